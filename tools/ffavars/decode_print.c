// SPDX-License-Identifier: BSD-3-Clause
/* What decoders found, as lines. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "tools/ffavars/decode.h"
#include "tools/ffavars/name.h"

/** Most bytes in hexadecimal that are printed; there is a dump of all. */
#define HEX_MAX 32u
/** Most characters of a line that shows a whole object. */
#define LINE_MAX_TEXT 120u
/** Most fields of such an object. */
#define LINE_MAX_FIELDS 4

static bool is_one_of(const char *key, const char *const *words)
{
	while (*words && strcmp(key, *words) != 0)
		words++;
	return *words;
}

/* A key becomes a label: "not_after" is "Not after:". */
static void print_label(FILE *out, const char *key, int indent)
{
	char label[32];
	size_t i = 0;

	for (; i < sizeof(label) - 2 && key[i]; i++)
		label[i] = (char)(key[i] == '_' ? ' '
				  : i           ? key[i]
						: toupper((unsigned char)key[i]));
	label[i++] = ':';
	label[i] = 0;
	fprintf(out, "%*s%-11s ", indent, "", label);
}

static void print_scalar(FILE *out, const char *key, const cJSON *value)
{
	/* Text of a user may be empty or have space at its end. */
	static const char *const quoted[] = {"entry", "arguments", "text", NULL};
	static const char *const hexadecimal[] = {"options", "bytes", NULL};
	size_t digits;

	if (cJSON_IsNumber(value)) {
		fprintf(out, "%.0f", value->valuedouble);
	} else if (is_one_of(key, quoted)) {
		fputc('"', out);
		name_print_utf8(out, value->valuestring);
		fputc('"', out);
	} else if (is_one_of(key, hexadecimal)) {
		digits = strlen(value->valuestring);
		fprintf(out, "%zu bytes: %.*s%s", digits / 2, 2 * HEX_MAX, value->valuestring,
			digits > (size_t)2 * HEX_MAX ? "..." : "");
	} else {
		name_print_utf8(out, value->valuestring);
	}
}

/* Such an object needs no labels: it is a type, a value and whose it is. */
static bool fits_a_line(const cJSON *object)
{
	size_t length = 0;
	int fields = 0;

	for (const cJSON *i = object->child; i; i = i->next, fields++) {
		if (!cJSON_IsString(i) || !strcmp(i->string, "broken"))
			return false;
		length += strlen(i->valuestring) + 2;
	}
	return fields <= LINE_MAX_FIELDS && length <= LINE_MAX_TEXT;
}

static void print_fields(FILE *out, const cJSON *object, int indent);

static void print_numbered(FILE *out, const cJSON *object, unsigned int number)
{
	fprintf(out, "  #%u", number);
	if (!fits_a_line(object)) {
		fputc('\n', out);
		print_fields(out, object, 4);
		return;
	}
	for (const cJSON *i = object->child; i; i = i->next) {
		fputs("  ", out);
		print_scalar(out, i->string, i);
	}
	fputc('\n', out);
}

static void print_array(FILE *out, const cJSON *array, int indent)
{
	const char *separator = strcmp(array->string, "order") ? ", " : " ";
	unsigned int number = 0;

	print_label(out, array->string, indent);
	if (cJSON_IsObject(array->child)) {
		fprintf(out, "%d\n", cJSON_GetArraySize(array));
		for (const cJSON *i = array->child; i; i = i->next)
			print_numbered(out, i, ++number);
		return;
	}
	for (const cJSON *i = array->child; i; i = i->next) {
		print_scalar(out, array->string, i);
		fputs(i->next ? separator : "", out);
	}
	fputs(array->child ? "\n" : "none\n", out);
}

static void print_fields(FILE *out, const cJSON *object, int indent)
{
	for (const cJSON *i = object->child; i; i = i->next) {
		if (cJSON_IsArray(i)) {
			print_array(out, i, indent);
			continue;
		}
		/* The arguments are these bytes as text. */
		if (!strcmp(i->string, "options") &&
		    cJSON_GetObjectItemCaseSensitive(object, "arguments"))
			continue;
		print_label(out, i->string, indent);
		print_scalar(out, i->string, i);
		fputc('\n', out);
	}
}

void decode_print(FILE *out, const cJSON *decoded)
{
	if (decoded)
		print_fields(out, decoded, 0);
}
