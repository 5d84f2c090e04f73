// SPDX-License-Identifier: BSD-3-Clause
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>

#include "tools/ffavars/json.h"

bool json_add_bytes(cJSON *object, const char *key, const void *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *in = bytes;
	char *text = malloc(2 * size + 1);
	bool added;

	if (!text)
		return false;
	for (size_t i = 0; i < size; i++) {
		text[2 * i] = digits[in[i] >> 4];
		text[2 * i + 1] = digits[in[i] & 15];
	}
	text[2 * size] = 0;
	added = cJSON_AddStringToObject(object, key, text);
	free(text);
	return added;
}

/* What UTF-8 cannot say: the units one by one. */
static bool add_units(cJSON *object, const uint16_t *name)
{
	size_t length = 0;
	uint8_t *units;
	bool added;

	while (name[length])
		length++;
	units = calloc(length + 1, 2);
	if (!units)
		return false;
	for (size_t i = 0; i < length; i++)
		ffav_put16(units + 2 * i, name[i]);
	added = json_add_bytes(object, "name-utf16", units, 2 * length);
	free(units);
	return added;
}

cJSON *json_name(const struct efi_guid *guid, const uint16_t *name)
{
	char guid_text[NAME_GUID_TEXT];
	cJSON *object = cJSON_CreateObject();
	bool exact = true;
	char *text = name_to_utf8(name, &exact);

	if (!object || !text || !cJSON_AddStringToObject(object, "name", text) ||
	    (!exact && !add_units(object, name)) ||
	    !cJSON_AddStringToObject(object, "guid", name_guid_text(guid, guid_text))) {
		cJSON_Delete(object);
		object = NULL;
	}
	free(text);
	return object;
}

static cJSON *variable_object(const struct variable *v)
{
	cJSON *object = json_name(&v->guid, v->name);

	if (object && cJSON_AddNumberToObject(object, "attr", v->attributes) &&
	    json_add_bytes(object, "data", v->data, v->size) &&
	    (!v->has_time || json_add_bytes(object, "time", v->time, sizeof(v->time))) &&
	    (!v->signer_size || json_add_bytes(object, "digest", v->signer, v->signer_size)))
		return object;
	cJSON_Delete(object);
	return NULL;
}

/*
 * JSON may end up on a terminal. What must not reach one as it is stands only in strings, and
 * there it may be escaped. Return: the text for free(), or NULL without memory.
 */
static char *escaped(const char *text, size_t *size)
{
	char *result = NULL;
	FILE *out = open_memstream(&result, size);

	if (!out)
		return NULL;
	while (*text) {
		uint32_t c = 0;
		size_t taken = name_take_utf8(text, &c);

		if (taken > 1 && !name_is_plain(c))
			fprintf(out, "\\u%04x", (unsigned int)c);
		else
			fwrite(text, 1, taken ? taken : 1, out);
		text += taken ? taken : 1;
	}
	fputc('\n', out);
	if (fclose(out)) {
		free(result);
		result = NULL;
	}
	return result;
}

/* The text of a value, which is freed. */
static char *print(cJSON *value, size_t *size)
{
	char *raw = value ? cJSON_Print(value) : NULL;
	char *text = raw ? escaped(raw, size) : NULL;

	cJSON_free(raw);
	cJSON_Delete(value);
	return text;
}

char *json_text(const struct variables *list, size_t *size)
{
	cJSON *root = cJSON_CreateObject();
	cJSON *all = NULL;
	size_t i = 0;

	if (root && cJSON_AddNumberToObject(root, "version", 2))
		all = cJSON_AddArrayToObject(root, "variables");
	for (; all && i < list->count; i++) {
		cJSON *one = variable_object(&list->all[i]);

		if (!one)
			break;
		cJSON_AddItemToArray(all, one);
	}
	if (all && i == list->count)
		return print(root, size);
	cJSON_Delete(root);
	return NULL;
}

bool json_print(cJSON *value)
{
	size_t size = 0;
	char *text = print(value, &size);

	if (!text)
		return false;
	fwrite(text, 1, size, stdout);
	free(text);
	return true;
}
