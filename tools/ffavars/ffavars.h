/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: What the files of the tool share
 */
#ifndef FFAVARS_H
#define FFAVARS_H

#include <time.h>

#include "machines/host/host.h"
#include "machines/host/trace.h"
#include "tools/ffavars/image.h"
#include "tools/ffavars/message.h"
#include "tools/ffavars/name.h"

/** Exit statuses; the manual page lists them. */
enum exit_status {
	STATUS_DONE = 0,
	/** The variable service refused, or there is no such variable. */
	STATUS_REFUSED = 1,
	/** The command line makes no sense, or the data to write cannot be read. */
	STATUS_USAGE = 2,
	/** The flash image, or another file, cannot be used or written. */
	STATUS_IMAGE = 3,
	/** fsck: something is wrong and still is. */
	STATUS_WRONG = 4,
	/** fsck: something was wrong and has been repaired. */
	STATUS_REPAIRED = 5,
};

/** What a variable gets if the user does not say. */
#define ATTRIBUTES_DEFAULT                                             \
	(EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | \
	 EFI_VARIABLE_RUNTIME_ACCESS)

/** Most data that one variable can have here, bytes: what fits in the shared buffer. */
#define DATA_MAX ((size_t)128 * 1024)

/** What a file is enrolled in. */
enum enroll_target {
	ENROLL_PK,
	ENROLL_KEK,
	ENROLL_DB,
	ENROLL_DBX,
};

/** struct enroll_file - enroll: a file. @target: what it is for; @path: "-": standard input */
struct enroll_file {
	enum enroll_target target;
	const char *path;
};

/** Most files that one command enrolls. */
#define ENROLL_MAX 64u

/** Who certificates belong to where the user does not say: this tool. */
#define OWNER_DEFAULT                                                                       \
	EFI_GUID_INIT(0x3da5623f, 0xd511, 0x48f5, 0xaa, 0x64, 0x35, 0x79, 0x0f, 0x5b, 0x95, \
		      0x1e)

/**
 * struct arguments - The command line.
 * @flash: flash image file
 * @create: make the file first
 * @create_size: with this size, bytes
 * @sector_size: 0 if the user does not say
 * @program_unit: 0 if the user does not say
 * @trace: print each SMC and SVC
 * @raw: get: data only, as it is
 * @full: list: attributes and sizes too
 * @attributes: set, append: EFI_VARIABLE_*
 * @attributes_given: the user has said so
 * @hex: data given as an argument is hexadecimal
 * @json: print JSON
 * @force: export, import: overwrite what is there
 * @repair: fsck: write
 * @counter: file with the store's monotonic counter, or NULL
 * @rebind: the store is taken whatever the counter says
 * @dry_run: do all but write to the file
 * @enroll: enroll: the files
 * @enroll_count: how many
 * @owner: enroll: whose certificates are
 * @owner_given: the user has said so
 * @time: enroll: time stamp of what is not signed, UTC
 * @time_given: the user has said so
 * @format: export: of the file; NULL if the user does not say
 * @layout: export: of an edk2 volume; NULL if the user does not say
 * @other: export, import: the other file, "-" for standard input or output
 * @file: set, append: file with the data, "-" for standard input, or NULL
 * @name: the variable as it was written
 * @parsed: the same, read
 * @data: set, append: data as an argument, or NULL
 * @bytes: the data to write, wherever they came from, or NULL
 * @size: bytes at @bytes
 */
struct arguments {
	const char *flash;
	bool create;
	uint64_t create_size;
	uint32_t sector_size;
	uint32_t program_unit;
	bool trace;
	bool raw;
	bool full;
	uint32_t attributes;
	bool attributes_given;
	bool hex;
	bool json;
	bool force;
	bool repair;
	const char *counter;
	bool rebind;
	bool dry_run;
	struct enroll_file enroll[ENROLL_MAX];
	size_t enroll_count;
	struct efi_guid owner;
	bool owner_given;
	struct tm time;
	bool time_given;
	const char *format;
	const char *layout;
	const char *other;
	const char *file;
	const char *name;
	struct name parsed;
	const char *data;
	uint8_t *bytes;
	size_t size;
};

/** Lines of the normal-world library that are kept until it is known whether they matter. */
#define LOG_LINES 32u

/**
 * struct session - A machine that runs on a flash image.
 * @image: the image; somebody else's
 * @nor: the flash model on it
 * @host: the machine
 * @trace: its trace
 * @mm: the connection to the MM partition
 * @log_text: what the normal-world library said while it looked for the partition; its strings
 *	live for ever
 * @log_value: the value beside each
 * @log_lines: how many
 */
struct session {
	struct image *image;
	struct ffav_nor nor;
	struct ffav_host *host;
	struct ffav_trace trace;
	struct ffav_mm *mm;
	const char *log_text[LOG_LINES];
	uint64_t log_value[LOG_LINES];
	unsigned int log_lines;
};

/**
 * session_open() - Switch a machine on that has an image's window as its flash, and find the
 * partition.
 * @s: filled in; session_close() ends it
 * @image: an open image that outlives the session
 * @a: the command line
 *
 * Return: STATUS_DONE, or STATUS_IMAGE after a message; nothing is left open then.
 */
enum exit_status session_open(struct session *s, struct image *image,
			      const struct arguments *a);

/** session_close() - Switch the machine off. */
void session_close(struct session *s);

/** What a verb needs and understands; or'ed. */
enum verb_flags {
	/** It names a variable. */
	VERB_NAME = 1,
	/** It takes data, some at least. */
	VERB_DATA = 2,
	/** It changes the image. */
	VERB_WRITES = 4,
	/** It names another file. */
	VERB_FILE = 8,
	/** It understands --json. */
	VERB_JSON = 16,
	/** It understands --force. */
	VERB_FORCE = 32,
	/** It names files with keys. */
	VERB_KEYS = 64,
};

/**
 * struct verb - One thing that the tool does.
 * @name: the verb
 * @operands: what follows it, for --help, or ""
 * @help: what it does, in one line
 * @details: more lines for 'ffavars VERB --help', or NULL
 * @flags: VERB_*
 * @run: does it on a machine that runs on the image; NULL if it looks into the store itself
 * @run_alone: does it without one
 *
 * What a verb does to the image is written to the file if it returns STATUS_DONE or
 * STATUS_REPAIRED, and forgotten if not.
 */
struct verb {
	const char *name;
	const char *operands;
	const char *help;
	const char *details;
	unsigned int flags;
	enum exit_status (*run)(struct session *s, const struct arguments *a);
	enum exit_status (*run_alone)(struct image *image, const struct arguments *a);
};

/** All verbs; the last has no name. */
extern const struct verb verbs[];

enum exit_status verb_list(struct session *s, const struct arguments *a);
enum exit_status verb_get(struct session *s, const struct arguments *a);
enum exit_status verb_set(struct session *s, const struct arguments *a);
enum exit_status verb_append(struct session *s, const struct arguments *a);
enum exit_status verb_delete(struct session *s, const struct arguments *a);
enum exit_status verb_enroll(struct session *s, const struct arguments *a);
enum exit_status verb_info(struct session *s, const struct arguments *a);
enum exit_status verb_dump(struct image *image, const struct arguments *a);
enum exit_status verb_export(struct image *image, const struct arguments *a);
enum exit_status verb_import(struct image *image, const struct arguments *a);
enum exit_status verb_map(struct image *image, const struct arguments *a);
enum exit_status verb_fsck(struct image *image, const struct arguments *a);

/**
 * refused() - Say what a status means to the person at the keyboard.
 * @call: the service that was called
 * @name: the variable
 * @status: what it answered
 *
 * Return: STATUS_REFUSED.
 */
enum exit_status refused(const char *call, const char *name, efi_status_t status);

/**
 * finish() - Write to the file what was done in memory, unless the user only wants to see it.
 *
 * Return: 0, or -1 after a message.
 */
int finish(struct image *image, const struct arguments *a);

/** no_memory() - Say so. Return: STATUS_IMAGE. */
enum exit_status no_memory(void);

/**
 * options_take() - Read the options of the command line.
 * @argc: as main() has it
 * @argv: the same; getopt_long() moves what is no option behind the options
 * @a: filled in
 * @help: set if the user asks for help
 *
 * Return: false if an option makes no sense, after a message.
 */
bool options_take(int argc, char **argv, struct arguments *a, bool *help);

/**
 * help_print() - Print how the tool is used.
 * @v: about this verb, or NULL for all
 */
void help_print(const struct verb *v);

/**
 * data_read() - Get the data that is to be written.
 * @a: the command line
 * @out: DATA_MAX bytes
 * @size: where its size goes, bytes
 *
 * Return: 0, or -1 after a message.
 */
int data_read(const struct arguments *a, uint8_t *out, size_t *size);

/**
 * file_read() - Read a whole file.
 * @path: of the file, "-" for standard input
 * @limit: most bytes
 * @size: where its size goes, bytes
 *
 * Return: its content, for free(), or NULL after a message.
 */
uint8_t *file_read(const char *path, size_t limit, size_t *size);

/** What became of a file that was to be written. */
enum file_written {
	FILE_WRITTEN,
	/** It is there already, and stays. */
	FILE_EXISTS,
	FILE_FAILED,
};

/**
 * file_write() - Write a whole file, or nothing of it.
 * @path: of the file, "-" for standard output
 * @content: its content
 * @size: bytes
 * @replace: a file that is there may be replaced
 *
 * Pipes and character devices are written as they are. Return: FILE_WRITTEN, or another after a
 * message, where it is not about standard output.
 */
enum file_written file_write(const char *path, const void *content, size_t size, bool replace);

/** file_is() - Do two paths lead to the same file? */
bool file_is(const char *path, const char *other);

/** data_dump() - Print bytes in hexadecimal and as text, sixteen in a line. */
void data_dump(FILE *out, const uint8_t *data, size_t size);

/** attributes_print() - Attributes by their short names, joined by "|". */
void attributes_print(FILE *out, uint32_t attributes);

/**
 * attributes_parse() - Read attributes.
 * @in: a number, or names joined by "|" or ","
 * @out: where they go
 *
 * Return: 0, or -1 if @in is neither.
 */
int attributes_parse(const char *in, uint32_t *out);

#endif
