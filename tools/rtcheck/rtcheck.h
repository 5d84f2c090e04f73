/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Data model of the runtime-safety checker
 *
 * Readers (elf.c, coff.c) turn every input into objects with sections, symbols
 * and references. The checker (check.c) resolves symbols across objects and
 * reports each reference from a resident section to anything that is not.
 * Everything read from a file is bounds-checked by its reader.
 */
#ifndef FFAV_RTCHECK_H
#define FFAV_RTCHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** No symbol, no section. */
#define RT_NONE SIZE_MAX

/**
 * struct rt_section - A section of an input.
 * @name: its name, owned
 * @object: index of the object it belongs to
 * @index: its number in the file, for line look-up
 * @address: address in a linked file, 0 in an object
 * @size: bytes
 * @data: its bytes, owned, or NULL where it has none
 * @code: it holds instructions
 * @loaded: it is part of the program (not debug information)
 * @resident: its name is in the resident set
 * @relocated: relocations for it were found
 */
struct rt_section {
	char *name;
	size_t object;
	size_t index;
	uint64_t address;
	uint64_t size;
	uint8_t *data;
	bool code;
	bool loaded;
	bool resident;
	bool relocated;
};

enum rt_binding { RT_LOCAL, RT_WEAK, RT_GLOBAL };

/**
 * struct rt_symbol - A symbol of an input.
 * @name: its name, owned; empty for a section symbol
 * @section: index of the section that defines it, or RT_NONE
 * @object: index of the object
 * @offset: within the section, bytes
 * @size: bytes, 0 where the file does not say
 * @binding: local, weak or global
 * @absolute: an absolute value, which no map change moves
 * @function: it is code
 * @alternative: COFF: symbol that stands in where a weak external is not defined, or RT_NONE
 */
struct rt_symbol {
	char *name;
	size_t section;
	size_t object;
	uint64_t offset;
	uint64_t size;
	enum rt_binding binding;
	bool absolute;
	bool function;
	size_t alternative;
};

/**
 * struct rt_reference - A place in a section that refers to a symbol.
 * @section: index of the section that holds the place
 * @offset: of the place in the section, bytes
 * @symbol: index of the symbol
 * @addend: bytes behind the symbol
 * @call: a branch, not an address
 * @got: through the global offset table
 */
struct rt_reference {
	size_t section;
	uint64_t offset;
	size_t symbol;
	int64_t addend;
	bool call;
	bool got;
};

/**
 * struct rt_object - An object file, archive member or linked file.
 * @name: what to call it: FILE or FILE(MEMBER), owned
 * @lines: line look-up of its file, or NULL
 * @linked: addresses are final
 */
struct rt_object {
	char *name;
	void *lines;
	bool linked;
};

/** struct rt_input - Everything that was read; the arrays grow as files are added. */
struct rt_input {
	struct rt_object *objects;
	size_t object_count;
	struct rt_section *sections;
	size_t section_count;
	struct rt_symbol *symbols;
	size_t symbol_count;
	struct rt_reference *references;
	size_t reference_count;
};

/**
 * struct rt_allow - A symbol that resident code may refer to, and why.
 * @from: only from this function, or NULL for every one
 * @symbol: the symbol
 * @reason: why that is right
 * @used: something was allowed by it
 */
struct rt_allow {
	const char *from;
	const char *symbol;
	const char *reason;
	bool used;
};

/**
 * struct rt_options - What the command line says.
 * @resident: shell patterns of resident section names
 * @resident_count: how many
 * @allow: symbols that may be referred to
 * @allow_count: how many
 * @entries: entry points for the chains; none: every resident function nobody resident calls
 * @entry_count: how many
 */
struct rt_options {
	const char *const *resident;
	size_t resident_count;
	struct rt_allow *allow;
	size_t allow_count;
	const char **entries;
	size_t entry_count;
};

/* input.c */

/** rt_add_object() - Append an object; @name is copied. Return: its index. */
size_t rt_add_object(struct rt_input *in, const char *name);
/** rt_add_section() - Append a section; what the pointers in @s own passes over. Return: its index. */
size_t rt_add_section(struct rt_input *in, const struct rt_section *s);
/** rt_add_symbol() - Append a symbol; what the pointers in @s own passes over. Return: its index. */
size_t rt_add_symbol(struct rt_input *in, const struct rt_symbol *s);
/** rt_add_reference() - Append a reference. */
void rt_add_reference(struct rt_input *in, const struct rt_reference *r);
/** rt_input_free() - Release everything. */
void rt_input_free(struct rt_input *in);
/** rt_is_resident() - Is this section name in the resident set? */
bool rt_is_resident(const struct rt_options *options, const char *name);
/** rt_copy() - A terminated copy of at most @size bytes at @text, up to the first NUL; exits without memory. */
char *rt_copy(const char *text, size_t size);
/** rt_grow() - realloc() for an array of @count elements of @size bytes to hold one more; exits without memory. */
void *rt_grow(void *array, size_t count, size_t size);

/**
 * rt_read_file() - Read an object, archive or linked file of either format.
 * @in: what it is added to
 * @options: names the resident sections
 * @path: the file
 *
 * Return: true; or false after a message that says what is wrong with the file.
 */
bool rt_read_file(struct rt_input *in, const struct rt_options *options, const char *path);

/* elf.c */

/** rt_read_elf() - Read an open ELF file or archive. @fd: stays the caller's. As rt_read_file(). */
bool rt_read_elf(struct rt_input *in, const struct rt_options *options, const char *path,
		 int fd);

/* coff.c */

/**
 * rt_read_coff() - Read a COFF object from memory.
 * @in: what it is added to
 * @options: names the resident sections
 * @name: what to call it
 * @data: the file
 * @size: bytes
 */
bool rt_read_coff(struct rt_input *in, const struct rt_options *options, const char *name,
		  const uint8_t *data, size_t size);
/** rt_is_coff() - Do these bytes start like an AArch64 COFF object? */
bool rt_is_coff(const uint8_t *data, size_t size);

/* lines.c */

/** rt_lines_open() - Look-up of source lines for an ELF file; NULL where there is none. */
void *rt_lines_open(const char *path);
/** rt_lines_close() - Release it; NULL is fine. */
void rt_lines_close(void *lines);
/**
 * rt_lines_find() - Source file and line of a place.
 * @lines: look-up of the file
 * @member: archive member, or NULL
 * @section: section number in the file
 * @offset: within the section, bytes
 * @line: where the line number goes
 *
 * Return: the file's name, or NULL where debug information does not say.
 */
const char *rt_lines_find(void *lines, const char *member, size_t section, uint64_t offset,
			  int *line);

/* check.c */

/**
 * rt_check() - Report every reference from resident to non-resident.
 * @in: everything that was read
 * @options: the resident set, allowed symbols, entry points
 * @out: where the report goes
 *
 * Return: how many violations were printed.
 */
size_t rt_check(struct rt_input *in, const struct rt_options *options, FILE *out);

#endif
