// SPDX-License-Identifier: BSD-3-Clause
/* Data and attributes, in and out. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "tools/ffavars/ffavars.h"

static const struct {
	uint32_t bit;
	const char *name;
} attribute_names[] = {
	{EFI_VARIABLE_NON_VOLATILE, "NV"},
	{EFI_VARIABLE_BOOTSERVICE_ACCESS, "BS"},
	{EFI_VARIABLE_RUNTIME_ACCESS, "RT"},
	{EFI_VARIABLE_HARDWARE_ERROR_RECORD, "HR"},
	{EFI_VARIABLE_AUTHENTICATED_WRITE_ACCESS, "AW"},
	{EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS, "AT"},
	{EFI_VARIABLE_APPEND_WRITE, "AP"},
	{EFI_VARIABLE_ENHANCED_AUTHENTICATED_ACCESS, "EA"},
};

#define ATTRIBUTE_NAMES (sizeof(attribute_names) / sizeof(attribute_names[0]))

void attributes_print(FILE *out, uint32_t attributes)
{
	const char *separator = "";

	for (size_t i = 0; i < ATTRIBUTE_NAMES; i++) {
		if (!(attributes & attribute_names[i].bit))
			continue;
		fprintf(out, "%s%s", separator, attribute_names[i].name);
		separator = "|";
		attributes &= ~attribute_names[i].bit;
	}
	if (attributes || !*separator)
		fprintf(out, "%s0x%x", separator, (unsigned int)attributes);
}

static uint32_t attribute_bit(const char *name, size_t length)
{
	for (size_t i = 0; i < ATTRIBUTE_NAMES; i++) {
		if (strlen(attribute_names[i].name) == length &&
		    !strncasecmp(attribute_names[i].name, name, length))
			return attribute_names[i].bit;
	}
	return 0;
}

int attributes_parse(const char *in, uint32_t *out)
{
	unsigned long long number;
	char *end;

	if (isdigit((unsigned char)*in)) {
		errno = 0;
		number = strtoull(in, &end, 0);
		if (errno || *end || number > UINT32_MAX)
			return -1;
		*out = (uint32_t)number;
		return 0;
	}
	*out = 0;
	for (;;) {
		size_t length = strcspn(in, "|,");
		uint32_t bit = attribute_bit(in, length);

		if (!bit)
			return -1;
		*out |= bit;
		in += length;
		if (!*in)
			return 0;
		in++;
	}
}

static int read_file(const char *path, uint8_t *out, size_t *size)
{
	bool standard = !strcmp(path, "-");
	FILE *in = standard ? stdin : fopen(path, "rb");
	int result = -1;

	if (!in) {
		message("%s cannot be opened: %s.", path, strerror(errno));
		return -1;
	}
	*size = fread(out, 1, DATA_MAX, in);
	if (ferror(in))
		message("%s cannot be read: %s.", standard ? "Standard input" : path,
			strerror(errno));
	else if (*size == DATA_MAX && fgetc(in) != EOF)
		message("%s holds more than the %zu bytes that fit in a message.",
			standard ? "Standard input" : path, DATA_MAX);
	else
		result = 0;
	if (!standard)
		fclose(in);
	return result;
}

static int read_hex(const char *in, uint8_t *out, size_t *size)
{
	const char *start = in;
	unsigned int digits = 0;
	unsigned int byte = 0;

	*size = 0;
	for (; *in; in++) {
		unsigned char c = (unsigned char)*in;

		if ((isspace(c) || c == ':') && digits % 2 == 0)
			continue;
		if (!isxdigit(c) || *size == DATA_MAX) {
			message("\"%s\" is not pairs of hexadecimal digits, at most %zu of "
				"them.",
				start, DATA_MAX);
			return -1;
		}
		byte = byte << 4 | (unsigned int)(isdigit(c) ? c - '0' : tolower(c) - 'a' + 10);
		if (++digits % 2 == 0)
			out[(*size)++] = (uint8_t)byte;
	}
	if (digits % 2) {
		message("\"%s\" has an odd number of hexadecimal digits.", start);
		return -1;
	}
	return 0;
}

int data_read(const struct arguments *a, uint8_t *out, size_t *size)
{
	if (a->file)
		return read_file(a->file, out, size);
	if (a->hex)
		return read_hex(a->data, out, size);
	*size = strlen(a->data);
	if (*size > DATA_MAX) {
		message("The data is larger than the %zu bytes that fit in a message.",
			DATA_MAX);
		return -1;
	}
	memcpy(out, a->data, *size);
	return 0;
}

void data_dump(FILE *out, const uint8_t *data, size_t size)
{
	for (size_t line = 0; line < size; line += 16) {
		size_t count = size - line < 16 ? size - line : 16;

		fprintf(out, "%08zx ", line);
		for (size_t i = 0; i < 16; i++) {
			if (i == 8)
				fputc(' ', out);
			if (i < count)
				fprintf(out, " %02x", data[line + i]);
			else
				fputs("   ", out);
		}
		fputs("  |", out);
		for (size_t i = 0; i < count; i++) {
			uint8_t c = data[line + i];

			fputc(c >= 0x20 && c < 0x7f ? c : '.', out);
		}
		fputs("|\n", out);
	}
}
