// SPDX-License-Identifier: BSD-3-Clause
/* Reader of AArch64 COFF objects, as clang makes them for UEFI (PE/COFF specification, sections 3-5). */
#include "tools/rtcheck/rtcheck.h"

#include "abi/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COFF_MACHINE_ARM64       0xaa64u
#define COFF_FILE_HEADER_SIZE    20u
#define COFF_SECTION_HEADER_SIZE 40u
#define COFF_SYMBOL_SIZE         18u
#define COFF_RELOCATION_SIZE     10u

#define COFF_CNT_CODE        0x00000020u
#define COFF_CNT_BSS         0x00000080u
#define COFF_LNK_INFO        0x00000200u
#define COFF_LNK_REMOVE      0x00000800u
#define COFF_LNK_NRELOC_OVFL 0x01000000u
#define COFF_MEM_DISCARDABLE 0x02000000u

#define COFF_SYM_ABSOLUTE   0xffffu
#define COFF_SYM_DEBUG      0xfffeu
#define COFF_CLASS_EXTERNAL 2u
#define COFF_CLASS_STATIC   3u
#define COFF_CLASS_WEAK     105u

#define COFF_REL_ABSOLUTE 0x0000u
#define COFF_REL_BRANCH26 0x0003u
#define COFF_REL_BRANCH19 0x000fu
#define COFF_REL_BRANCH14 0x0010u

/** struct coff_file - A COFF image while it is read. */
struct coff_file {
	struct rt_input *in;
	const struct rt_options *options;
	const char *name;
	const uint8_t *data;
	size_t size;
	size_t object;
	size_t *sections;
	size_t section_count;
	size_t *symbols;
	size_t symbol_table;
	size_t symbol_count;
	size_t strings;
	size_t strings_size;
};

bool rt_is_coff(const uint8_t *data, size_t size)
{
	/* No optional header: an object, not an image. */
	return size >= COFF_FILE_HEADER_SIZE && ffav_get16(data) == COFF_MACHINE_ARM64 &&
	       ffav_get16(data + 16) == 0;
}

static bool complain(const struct coff_file *f, const char *what, uint64_t value)
{
	fprintf(stderr, "rtcheck: %s: %s (0x%llx).\n", f->name, what,
		(unsigned long long)value);
	return false;
}

static char *string_at(const struct coff_file *f, uint64_t offset)
{
	if (offset >= f->strings_size)
		return rt_copy("", 0);
	return rt_copy((const char *)f->data + f->strings + offset,
		       f->strings_size - (size_t)offset);
}

static char *section_name(const struct coff_file *f, const uint8_t *field)
{
	char digits[8] = {0};

	if (field[0] != '/')
		return rt_copy((const char *)field, 8);
	memcpy(digits, field + 1, 7);
	return string_at(f, strtoul(digits, NULL, 10));
}

static char *symbol_name(const struct coff_file *f, const uint8_t *field)
{
	if (ffav_get32(field) == 0)
		return string_at(f, ffav_get32(field + 4));
	return rt_copy((const char *)field, 8);
}

static bool read_sections(struct coff_file *f)
{
	f->section_count = ffav_get16(f->data + 2);
	if (!ffav_range_in(COFF_FILE_HEADER_SIZE, f->section_count * COFF_SECTION_HEADER_SIZE,
			   f->size))
		return complain(f, "its section headers lie outside the file",
				f->section_count);
	f->sections = calloc(f->section_count + 1, sizeof(*f->sections));
	if (!f->sections)
		return complain(f, "there is no memory for its sections", f->section_count);
	for (size_t i = 0; i < f->section_count; i++) {
		const uint8_t *h =
			f->data + COFF_FILE_HEADER_SIZE + i * COFF_SECTION_HEADER_SIZE;
		struct rt_section s = {.object = f->object, .index = i + 1};
		uint32_t flags = ffav_get32(h + 36), raw = ffav_get32(h + 20);

		s.name = section_name(f, h);
		s.size = ffav_get32(h + 16);
		s.code = flags & COFF_CNT_CODE;
		s.loaded = !(flags & (COFF_LNK_INFO | COFF_LNK_REMOVE | COFF_MEM_DISCARDABLE));
		s.resident = s.loaded && rt_is_resident(f->options, s.name);
		s.relocated = true;
		if (s.resident && !(flags & COFF_CNT_BSS) && s.size) {
			if (!ffav_range_in(raw, s.size, f->size)) {
				free(s.name);
				return complain(f, "a resident section lies outside the file",
						raw);
			}
			s.data = malloc((size_t)s.size);
			if (!s.data) {
				free(s.name);
				return complain(f, "there is no memory for a section", s.size);
			}
			memcpy(s.data, f->data + raw, (size_t)s.size);
		}
		f->sections[i] = rt_add_section(f->in, &s);
	}
	return true;
}

static bool read_symbols(struct coff_file *f)
{
	size_t first = f->in->symbol_count;

	f->symbols = malloc((f->symbol_count + 1) * sizeof(*f->symbols));
	if (!f->symbols)
		return complain(f, "there is no memory for its symbols", f->symbol_count);
	for (size_t i = 0; i < f->symbol_count; i++)
		f->symbols[i] = RT_NONE;
	for (size_t i = 0; i < f->symbol_count; i++) {
		const uint8_t *r = f->data + f->symbol_table + i * COFF_SYMBOL_SIZE;
		uint16_t section = ffav_get16(r + 12);
		uint8_t class = r[16], aux = r[17];
		struct rt_symbol s = {
			.section = RT_NONE, .object = f->object, .alternative = RT_NONE};

		s.absolute = section == COFF_SYM_ABSOLUTE || section == COFF_SYM_DEBUG;
		if (!s.absolute && section) {
			if (section > f->section_count)
				return complain(f, "a symbol names a section that is not there",
						section);
			s.section = f->sections[section - 1];
		}
		s.offset = ffav_get32(r + 8);
		s.function = ffav_get16(r + 14) == 0x20;
		s.binding = class == COFF_CLASS_EXTERNAL ? RT_GLOBAL
			    : class == COFF_CLASS_WEAK   ? RT_WEAK
							 : RT_LOCAL;
		/* The record that stands for a section has one of its own behind it. */
		if (class == COFF_CLASS_STATIC && s.offset == 0 && aux && s.section != RT_NONE)
			s.name = rt_copy("", 0);
		else
			s.name = symbol_name(f, r);
		/* A number of a record for now; it may stand further down. */
		if (class == COFF_CLASS_WEAK && aux && i + 1 < f->symbol_count)
			s.alternative = ffav_get32(r + COFF_SYMBOL_SIZE);
		f->symbols[i] = rt_add_symbol(f->in, &s);
		i += aux;
	}
	for (size_t i = first; i < f->in->symbol_count; i++) {
		size_t *alternative = &f->in->symbols[i].alternative;

		if (*alternative != RT_NONE)
			*alternative = *alternative < f->symbol_count ? f->symbols[*alternative]
								      : RT_NONE;
	}
	return true;
}

static bool read_relocations(struct coff_file *f, size_t index)
{
	const uint8_t *h = f->data + COFF_FILE_HEADER_SIZE + index * COFF_SECTION_HEADER_SIZE;
	const struct rt_section *target = &f->in->sections[f->sections[index]];
	uint64_t at = ffav_get32(h + 24), count = ffav_get16(h + 32), first = 0;

	if (!target->resident || !count)
		return true;
	if ((ffav_get32(h + 36) & COFF_LNK_NRELOC_OVFL) && count == 0xffff) {
		/* The first record then holds the real number, itself included. */
		if (!ffav_range_in(at, COFF_RELOCATION_SIZE, f->size))
			return complain(f, "relocations lie outside the file", at);
		count = ffav_get32(f->data + at);
		first = 1;
	}
	if (!ffav_range_in(at, count * COFF_RELOCATION_SIZE, f->size))
		return complain(f, "relocations lie outside the file", at);
	for (uint64_t i = first; i < count; i++) {
		const uint8_t *rel = f->data + at + i * COFF_RELOCATION_SIZE;
		struct rt_reference r = {.section = f->sections[index]};
		uint32_t symbol = ffav_get32(rel + 4);
		uint16_t type = ffav_get16(rel + 8);

		if (type == COFF_REL_ABSOLUTE)
			continue;
		r.offset = ffav_get32(rel);
		if (r.offset >= target->size)
			return complain(f, "a relocation lies outside its section", r.offset);
		if (symbol >= f->symbol_count || f->symbols[symbol] == RT_NONE)
			return complain(f, "a relocation names a symbol that is not there",
					symbol);
		r.symbol = f->symbols[symbol];
		r.call = type == COFF_REL_BRANCH26 || type == COFF_REL_BRANCH19 ||
			 type == COFF_REL_BRANCH14;
		rt_add_reference(f->in, &r);
	}
	return true;
}

bool rt_read_coff(struct rt_input *in, const struct rt_options *options, const char *name,
		  const uint8_t *data, size_t size)
{
	struct coff_file f = {
		.in = in, .options = options, .name = name, .data = data, .size = size};
	bool ok = false;

	f.symbol_table = ffav_get32(data + 8);
	f.symbol_count = ffav_get32(data + 12);
	if (!ffav_range_in(f.symbol_table, (uint64_t)f.symbol_count * COFF_SYMBOL_SIZE, size))
		return complain(&f, "its symbol table lies outside the file", f.symbol_table);
	f.strings = f.symbol_table + f.symbol_count * COFF_SYMBOL_SIZE;
	if (ffav_range_in(f.strings, 4, size))
		f.strings_size = ffav_get32(data + f.strings);
	if (f.strings_size > size - f.strings)
		return complain(&f, "its string table lies outside the file", f.strings_size);
	f.object = rt_add_object(in, name);
	if (!read_sections(&f) || !read_symbols(&f))
		goto out;
	for (size_t i = 0; i < f.section_count; i++) {
		if (!read_relocations(&f, i))
			goto out;
	}
	ok = true;
out:
	free(f.sections);
	free(f.symbols);
	return ok;
}
