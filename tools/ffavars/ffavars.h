/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: What the files of the tool share
 */
#ifndef FFAVARS_H
#define FFAVARS_H

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
	/** The flash image cannot be used. */
	STATUS_IMAGE = 3,
};

/** What a variable gets if the user does not say. */
#define ATTRIBUTES_DEFAULT                                             \
	(EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | \
	 EFI_VARIABLE_RUNTIME_ACCESS)

/** Most data that one variable can have here, bytes: what fits in the shared buffer. */
#define DATA_MAX ((size_t)128 * 1024)

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
 * @image: the image
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
	struct image image;
	struct ffav_nor nor;
	struct ffav_host *host;
	struct ffav_trace trace;
	struct ffav_mm *mm;
	const char *log_text[LOG_LINES];
	uint64_t log_value[LOG_LINES];
	unsigned int log_lines;
};

/**
 * session_open() - Open the image, switch the machine on, find the partition.
 * @s: filled in; session_close() ends it
 * @a: the command line
 * @writable: changes are to reach the file
 *
 * Return: STATUS_DONE, or STATUS_IMAGE after a message.
 */
enum exit_status session_open(struct session *s, const struct arguments *a, bool writable);

/** session_close() - Switch off and put everything on the disk. @status: kept unless that fails. */
enum exit_status session_close(struct session *s, enum exit_status status);

/** struct verb - One thing that the tool does. */
struct verb {
	const char *name;
	/** What it does, for --help. */
	const char *help;
	/** It names a variable. */
	bool needs_name;
	/** It takes data, some at least. */
	bool takes_data;
	/** It changes the image. */
	bool writes;
	enum exit_status (*run)(struct session *s, const struct arguments *a);
};

/** All verbs; the last has no name. */
extern const struct verb verbs[];

/**
 * data_read() - Get the data that is to be written.
 * @a: the command line
 * @out: DATA_MAX bytes
 * @size: where its size goes, bytes
 *
 * Return: 0, or -1 after a message.
 */
int data_read(const struct arguments *a, uint8_t *out, size_t *size);

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
