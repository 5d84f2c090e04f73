/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Variables as JSON
 *
 * The format that QEMU's uefi-vars device and virt-fw-vars keep their variables in: an object
 * with "version", 2, and "variables", an array of objects with "name", "guid", "attr" and
 * "data", and for authenticated variables "time" (an EFI_TIME; "timestamp" is read too) and
 * "digest" (of the signer). Bytes are hexadecimal. A name that is not valid UTF-16 also has
 * "name-utf16", its units as little-endian bytes, which then counts.
 */
#ifndef FFAVARS_JSON_H
#define FFAVARS_JSON_H

#include <cjson/cJSON.h>

#include "tools/ffavars/variable.h"

/**
 * json_read() - Read variables.
 * @text: the file; need not be terminated
 * @size: bytes
 * @list: an empty list; what was read goes there, also where something is wrong
 * @p: what is wrong, with its offset
 *
 * What the variables are is for variables_check(). Return: 0 or -1.
 */
int json_read(const char *text, size_t size, struct variables *list, struct problem *p);

/**
 * json_text() - Variables as a JSON text.
 * @list: the variables
 * @size: where its size goes, bytes
 *
 * Return: the text, for free(), or NULL without memory.
 */
char *json_text(const struct variables *list, size_t *size);

/** json_name() - An object with "name" and "guid" of a variable, or NULL without memory. */
cJSON *json_name(const struct efi_guid *guid, const uint16_t *name);

/** json_add_bytes() - Add bytes in hexadecimal to an object. Return: false without memory. */
bool json_add_bytes(cJSON *object, const char *key, const void *bytes, size_t size);

/**
 * json_start() - Let the library end the program, after a message, where there is no memory.
 *
 * Nothing is lost by that: an image is written after all else has been done.
 */
void json_start(void);

/** json_print() - Print a value on standard output and free it. Return: false without memory. */
bool json_print(cJSON *value);

#endif
