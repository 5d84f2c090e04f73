/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: What the data of well-known variables mean
 *
 * A decoder makes a JSON object of a variable's data, which is printed as it is for programs and
 * as lines for people. Data come from anywhere: what does not fit is said in "broken", beside
 * what was understood before it. The strings are UTF-8 and may hold any character; whoever
 * prints them escapes what must not reach a terminal.
 *
 * A decoder may count on memory: json_start() ends the program where there is none.
 */
#ifndef FFAVARS_DECODE_H
#define FFAVARS_DECODE_H

#include <cjson/cJSON.h>
#include <stdio.h>

#include "abi/efi.h"

/**
 * decode() - Decode a variable.
 * @guid: vendor GUID
 * @name: UTF-16, terminated
 * @data: the data
 * @size: bytes
 *
 * Return: an object for cJSON_Delete(), or NULL if this is no variable that is known here.
 */
cJSON *decode(const struct efi_guid *guid, const uint16_t *name, const uint8_t *data,
	      size_t size);

/**
 * decode_print() - Print what decode() made as lines.
 * @out: where to
 * @decoded: the object, or NULL for nothing
 */
void decode_print(FILE *out, const cJSON *decoded);

/** decode_broken() - Say what does not fit. @format: as for printf(): words, no full stop */
void decode_broken(cJSON *object, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* UEFI 2.10 sections 3.1 and 3.3; @object: empty, filled in. */

/** decode_load_option() - EFI_LOAD_OPTION, section 3.1.3. */
void decode_load_option(cJSON *object, const uint8_t *data, size_t size);

/** decode_key_option() - EFI_KEY_OPTION, section 3.1.6. */
void decode_key_option(cJSON *object, const uint8_t *data, size_t size);

/** decode_device_path() - A device path, section 10. */
void decode_device_path(cJSON *object, const uint8_t *data, size_t size);

/** decode_signatures() - Signature lists, section 32.4.1, in the array "signatures". */
void decode_signatures(cJSON *object, const uint8_t *data, size_t size);

/** decode_guids() - An array of GUIDs that are types of signatures. */
void decode_guids(cJSON *object, const uint8_t *data, size_t size);

/**
 * signature_type_name() - The type of a signature list in a word.
 * @type: a GUID, 16 bytes
 *
 * Return: words that live for ever, or NULL.
 */
const char *signature_type_name(const uint8_t *type);

/**
 * decode_text() - UTF-16 as UTF-8.
 * @text: the bytes, up to a terminator or the end
 * @size: how many
 *
 * Return: terminated text for free(); half surrogate pairs became U+FFFD.
 */
char *decode_text(const uint8_t *text, size_t size);

#endif
