// SPDX-License-Identifier: BSD-3-Clause
#define _POSIX_C_SOURCE 200809L
#include "tools/ffavars/name.h"

#include <stdlib.h>

/** Characters of a GUID in its usual spelling. */
#define GUID_TEXT 36u

static const struct {
	const char *word;
	struct efi_guid guid;
} words[] = {
	{"global", EFI_GLOBAL_VARIABLE_GUID},
	{"security", EFI_IMAGE_SECURITY_DATABASE_GUID},
	{"shim", EFI_GUID_INIT(0x605dab50, 0xe046, 0x4300, 0xab, 0xb6, 0x3d, 0xd8, 0x10, 0xdd,
			       0x8b, 0x23)},
	{"loader", EFI_GUID_INIT(0x4a67b082, 0x0a4c, 0x41cf, 0xb6, 0xc7, 0x44, 0x0b, 0x29, 0xbb,
				 0x8c, 0x4f)},
	{"fwupd", EFI_GUID_INIT(0x0abba7dc, 0xe516, 0x4167, 0xbb, 0xf5, 0x4d, 0x9d, 0x1c, 0x73,
				0x94, 0x16)},
};

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Where in the 16 bytes each pair of digits of the usual spelling goes. */
static bool parse_guid(const char *in, struct efi_guid *guid)
{
	static const uint8_t place[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
	size_t n = 0;

	for (size_t i = 0; i < GUID_TEXT;) {
		int high, low;

		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (in[i++] != '-')
				return false;
			continue;
		}
		high = hex_digit(in[i]);
		if (high < 0)
			return false;
		low = hex_digit(in[i + 1]);
		if (low < 0)
			return false;
		guid->b[place[n++]] = (uint8_t)(high << 4 | low);
		i += 2;
	}
	return true;
}

/* The GUID or word in front of the name. Return: where the name starts, or NULL. */
static const char *parse_vendor(const char *in, struct efi_guid *guid)
{
	const char *end = NULL;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t length = strlen(words[i].word);

		if (!strncmp(in, words[i].word, length) && in[length] == '-') {
			*guid = words[i].guid;
			return in + length + 1;
		}
	}
	if (*in == '{') {
		if (!parse_guid(in + 1, guid) || in[GUID_TEXT + 1] != '}')
			return NULL;
		end = in + GUID_TEXT + 2;
	} else {
		if (!parse_guid(in, guid))
			return NULL;
		end = in + GUID_TEXT;
	}
	return *end == '-' ? end + 1 : NULL;
}

size_t name_take_utf8(const char *in, uint32_t *c)
{
	const unsigned char *b = (const unsigned char *)in;
	size_t more;

	if (b[0] < 0x80) {
		*c = b[0];
		return 1;
	}
	if (b[0] >= 0xc2 && b[0] <= 0xdf)
		more = 1, *c = b[0] & 0x1fu;
	else if (b[0] >= 0xe0 && b[0] <= 0xef)
		more = 2, *c = b[0] & 0x0fu;
	else if (b[0] >= 0xf0 && b[0] <= 0xf4)
		more = 3, *c = b[0] & 0x07u;
	else
		return 0;
	for (size_t i = 1; i <= more; i++) {
		if ((b[i] & 0xc0u) != 0x80)
			return 0;
		*c = *c << 6 | (b[i] & 0x3fu);
	}
	if ((more == 2 && *c < 0x800) || (more == 3 && (*c < 0x10000 || *c > 0x10ffff)) ||
	    (*c >= 0xd800 && *c <= 0xdfff))
		return 0;
	return more + 1;
}

/* One character, UTF-8 or escaped. Return: bytes taken, 0 if it is not well formed. */
static size_t parse_character(const char *in, uint32_t *c)
{
	if (*in != '\\')
		return name_take_utf8(in, c);
	if (in[1] == '\\') {
		*c = '\\';
		return 2;
	}
	*c = 0;
	if (in[1] != 'u')
		return 0;
	for (size_t i = 2; i < 6; i++) {
		int digit = hex_digit(in[i]);

		if (digit < 0)
			return 0;
		*c = *c << 4 | (uint32_t)digit;
	}
	return 6;
}

/* Append a character as UTF-16. Return: false where there is no room. */
static bool put_utf16(uint16_t *out, size_t *n, uint32_t c)
{
	if (*n + (c > 0xffff) >= NAME_MAX_CHARACTERS)
		return false;
	if (c > 0xffff) {
		out[(*n)++] = (uint16_t)(0xd800 + ((c - 0x10000) >> 10));
		c = 0xdc00 + ((c - 0x10000) & 0x3ff);
	}
	out[(*n)++] = (uint16_t)c;
	return true;
}

int name_parse(const char *in, struct name *out, const char **why)
{
	size_t n = 0;

	in = parse_vendor(in, &out->guid);
	if (!in) {
		*why = "A name is GUID-Name, for example "
		       "8be4df61-93ca-11d2-aa0d-00e098032b8c-Boot0000 or global-Boot0000.";
		return -1;
	}
	while (*in) {
		uint32_t c;
		size_t taken = parse_character(in, &c);

		if (!taken || !c) {
			*why = "The name is neither UTF-8 nor \\uXXXX.";
			return -1;
		}
		if (!put_utf16(out->text, &n, c)) {
			*why = "The name is longer than 1024 characters.";
			return -1;
		}
		in += taken;
	}
	if (!n) {
		*why = "There is nothing behind the GUID.";
		return -1;
	}
	out->text[n] = 0;
	return 0;
}

static void put_utf8(FILE *out, uint32_t c)
{
	if (c < 0x80) {
		fputc((int)c, out);
		return;
	}
	if (c < 0x800) {
		fputc((int)(0xc0 | c >> 6), out);
	} else if (c < 0x10000) {
		fputc((int)(0xe0 | c >> 12), out);
		fputc((int)(0x80 | (c >> 6 & 0x3f)), out);
	} else {
		fputc((int)(0xf0 | c >> 18), out);
		fputc((int)(0x80 | (c >> 12 & 0x3f)), out);
		fputc((int)(0x80 | (c >> 6 & 0x3f)), out);
	}
	fputc((int)(0x80 | (c & 0x3f)), out);
}

bool name_is_plain(uint32_t c)
{
	return c >= 0x20 && !(c >= 0x7f && c <= 0x9f) && !(c >= 0x200b && c <= 0x200f) &&
	       c != 0x61c && !(c >= 0x2028 && c <= 0x202e) && !(c >= 0x2060 && c <= 0x206f) &&
	       c != 0xfeff;
}

void name_print_text(FILE *out, const uint16_t *text)
{
	for (; *text; text++) {
		uint32_t c = *text;

		if (c >= 0xd800 && c <= 0xdbff && text[1] >= 0xdc00 && text[1] <= 0xdfff) {
			c = 0x10000 + ((c & 0x3ff) << 10) + (text[1] & 0x3ffu);
			text++;
			put_utf8(out, c);
		} else if (c == '\\') {
			fputs("\\\\", out);
		} else if (!name_is_plain(c) || (c >= 0xd800 && c <= 0xdfff)) {
			fprintf(out, "\\u%04x", (unsigned int)c);
		} else {
			put_utf8(out, c);
		}
	}
}

void name_print_utf8(FILE *out, const char *text)
{
	while (*text) {
		uint32_t c;
		size_t taken = name_take_utf8(text, &c);

		if (!taken)
			fprintf(out, "\\x%02x", (unsigned int)(unsigned char)*text);
		else if (name_is_plain(c))
			put_utf8(out, c);
		else
			fprintf(out, "\\u%04x", (unsigned int)c);
		text += taken ? taken : 1;
	}
}

char *name_to_utf8(const uint16_t *text, bool *exact)
{
	char *result = NULL;
	size_t size;
	FILE *out = open_memstream(&result, &size);

	if (!out)
		return NULL;
	*exact = true;
	for (; *text; text++) {
		uint32_t c = *text;

		if (c >= 0xd800 && c <= 0xdbff && text[1] >= 0xdc00 && text[1] <= 0xdfff) {
			c = 0x10000 + ((c & 0x3ff) << 10) + (text[1] & 0x3ffu);
			text++;
		} else if (c >= 0xd800 && c <= 0xdfff) {
			*exact = false;
			c = 0xfffd;
		}
		put_utf8(out, c);
	}
	if (fclose(out)) {
		free(result);
		return NULL;
	}
	return result;
}

int name_from_utf8(const char *in, uint16_t *out)
{
	size_t n = 0;

	while (*in) {
		uint32_t c;
		size_t taken = name_take_utf8(in, &c);

		if (!taken || !put_utf16(out, &n, c))
			return -1;
		in += taken;
	}
	out[n] = 0;
	return (int)n;
}

const char *name_guid_text(const struct efi_guid *guid, char *out)
{
	const uint8_t *g = guid->b;

	snprintf(out, NAME_GUID_TEXT, "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		 (unsigned int)ffav_get32(g), (unsigned int)ffav_get16(g + 4),
		 (unsigned int)ffav_get16(g + 6), g[8], g[9], g[10], g[11], g[12], g[13], g[14],
		 g[15]);
	return out;
}

bool name_guid_parse(const char *in, struct efi_guid *guid)
{
	return parse_guid(in, guid) && !in[GUID_TEXT];
}

void name_print_guid(FILE *out, const struct efi_guid *guid)
{
	char text[NAME_GUID_TEXT];

	fputs(name_guid_text(guid, text), out);
}

void name_print(FILE *out, const struct efi_guid *guid, const uint16_t *text)
{
	name_print_guid(out, guid);
	fputc('-', out);
	name_print_text(out, text);
}

const char *name_guid_word(const struct efi_guid *guid)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (ffav_guid_equal(&words[i].guid, guid))
			return words[i].word;
	}
	return NULL;
}

void name_print_words(FILE *out)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		fprintf(out, "  %-9s ", words[i].word);
		name_print_guid(out, &words[i].guid);
		fputc('\n', out);
	}
}
