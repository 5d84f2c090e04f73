// SPDX-License-Identifier: BSD-3-Clause
/* Boot entries and what belongs to them; UEFI 2.10 sections 3.1.3 and 3.1.6. */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdlib.h>

#include "tools/ffavars/decode.h"
#include "tools/ffavars/devicepath.h"
#include "tools/ffavars/json.h"

/** EFI_LOAD_OPTION: attributes 4, bytes of the paths 2, the description, the paths, the rest. */
#define LOAD_OPTION_SIZE  6u
#define LOAD_ACTIVE       1u
#define LOAD_RECONNECT    2u
#define LOAD_HIDDEN       8u
#define LOAD_CATEGORY     0x1f00u
#define LOAD_CATEGORY_APP 0x100u

/** EFI_KEY_OPTION: data 4, CRC-32 of the entry 4, its number 2, the keys 4 each. */
#define KEY_OPTION_SIZE 10u
#define KEY_SIZE        4u

static void add_flag(cJSON *array, bool set, const char *word)
{
	if (set)
		cJSON_AddItemToArray(array, cJSON_CreateString(word));
}

void decode_device_path(cJSON *object, const uint8_t *data, size_t size)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return;
	(void)device_path_print(out, data, size);
	if (!fclose(out))
		cJSON_AddStringToObject(object, "path", text);
	free(text);
}

/* Is this text that a person could read, terminated or not? */
static bool readable(const char *text)
{
	for (uint32_t c; *text; text += name_take_utf8(text, &c)) {
		if (!name_take_utf8(text, &c) || !name_is_plain(c) || c == 0xfffd)
			return false;
	}
	return true;
}

/* A loader's own data; most of them are a command line in UTF-16. */
static void add_optional(cJSON *object, const uint8_t *data, size_t size)
{
	size_t length = 0;
	char *text;

	json_add_bytes(object, "options", data, size);
	while (length + 2 <= size && ffav_get16(data + length))
		length += 2;
	if (size % 2 || length < 2 || length + 2 < size)
		return;
	text = decode_text(data, size);
	if (text && readable(text))
		cJSON_AddStringToObject(object, "arguments", text);
	free(text);
}

void decode_load_option(cJSON *object, const uint8_t *data, size_t size)
{
	size_t at = LOAD_OPTION_SIZE;
	uint32_t attributes;
	size_t paths;
	cJSON *flags;
	char *text;

	if (size < LOAD_OPTION_SIZE) {
		decode_broken(object, "its fields do not fit into its %zu bytes", size);
		return;
	}
	attributes = ffav_get32(data);
	paths = ffav_get16(data + 4);
	while (at + 2 <= size && ffav_get16(data + at))
		at += 2;
	text = decode_text(data + LOAD_OPTION_SIZE, at - LOAD_OPTION_SIZE);
	cJSON_AddStringToObject(object, "entry", text ? text : "");
	free(text);
	flags = cJSON_AddArrayToObject(object, "flags");
	add_flag(flags, true, attributes & LOAD_ACTIVE ? "active" : "not active");
	add_flag(flags, attributes & LOAD_HIDDEN, "hidden");
	add_flag(flags, attributes & LOAD_RECONNECT, "reconnects drivers");
	add_flag(flags, (attributes & LOAD_CATEGORY) == LOAD_CATEGORY_APP, "an application");
	if (at + 2 > size || !ffav_range_in(at + 2, paths, size)) {
		decode_broken(object,
			      "its fields do not fit into its %zu bytes: the description or "
			      "the %zu bytes of its paths, from 0x%x on, go beyond them",
			      size, paths, LOAD_OPTION_SIZE);
		return;
	}
	at += 2;
	decode_device_path(object, data + at, paths);
	if (size > at + paths)
		add_optional(object, data + at + paths, size - at - paths);
}

void decode_key_option(cJSON *object, const uint8_t *data, size_t size)
{
	static const char *const shifts[] = {"Shift", "Ctrl", "Alt", "Logo", "Menu", "SysRq"};
	char text[64];
	uint32_t packed;
	cJSON *keys;

	if (size < KEY_OPTION_SIZE) {
		decode_broken(object, "its fields do not fit into its %zu bytes", size);
		return;
	}
	packed = ffav_get32(data);
	snprintf(text, sizeof(text), "Boot%04X", ffav_get16(data + 8));
	cJSON_AddStringToObject(object, "starts", text);
	keys = cJSON_AddArrayToObject(object, "keys");
	for (size_t i = 0; i < sizeof(shifts) / sizeof(shifts[0]); i++)
		add_flag(keys, packed >> (8 + i) & 1, shifts[i]);
	for (size_t at = KEY_OPTION_SIZE; at + KEY_SIZE <= size; at += KEY_SIZE) {
		uint16_t scan = ffav_get16(data + at);
		uint16_t unit = ffav_get16(data + at + 2);

		if (unit > 0x20 && unit < 0x7f)
			snprintf(text, sizeof(text), "%c", unit);
		else
			snprintf(text, sizeof(text), "scan 0x%x, character 0x%x", scan, unit);
		add_flag(keys, true, text);
	}
	if ((size - KEY_OPTION_SIZE) / KEY_SIZE != packed >> 30 ||
	    (size - KEY_OPTION_SIZE) % KEY_SIZE)
		decode_broken(object, "it says that it has %u keys, in %zu bytes",
			      (unsigned int)(packed >> 30), size);
}
