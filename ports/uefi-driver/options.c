/* SPDX-License-Identifier: BSD-3-Clause */
#include "ports/uefi-driver/options.h"
#include "ports/uefi-driver/devicetree.h"
#include "ports/uefi-driver/uefi.h"
#include "normal/platform.h"

/* The device-tree node of the buffer. */
#define NODE "firmware/ffavars"

/* Text in UTF-16 and how far it has been read. */
struct text {
	const uint8_t *start;
	size_t characters;
	size_t at;
};

/* The next character without taking it, 0 at the end. */
FFAV_BOOT static uint16_t peek(const struct text *t)
{
	return t->at < t->characters ? ffav_get16(t->start + 2 * t->at) : 0;
}

FFAV_BOOT static bool is_blank(uint16_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Take @word if it comes next. */
FFAV_BOOT static bool take_word(struct text *t, const char *word)
{
	struct text ahead = *t;

	for (; *word; word++, ahead.at++)
		if (peek(&ahead) != (uint8_t)*word)
			return false;
	*t = ahead;
	return true;
}

/* The value of a digit, or 16 for anything else. */
FFAV_BOOT static unsigned int digit(uint16_t c)
{
	if (c >= '0' && c <= '9')
		return c - (unsigned int)'0';
	if (c >= 'a' && c <= 'f')
		return c - (unsigned int)'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - (unsigned int)'A' + 10;
	return 16;
}

/* Take a number, decimal or hexadecimal behind 0x, that fits 64 bits. */
FFAV_BOOT static bool take_number(struct text *t, uint64_t *number)
{
	unsigned int base = take_word(t, "0x") || take_word(t, "0X") ? 16 : 10;
	size_t first = t->at;

	*number = 0;
	for (unsigned int d = digit(peek(t)); d < base; d = digit(peek(t))) {
		if (__builtin_mul_overflow(*number, base, number) ||
		    !ffav_add(*number, d, number))
			return false;
		t->at++;
	}
	return t->at > first;
}

FFAV_BOOT enum ffav_place_status ffav_options_buffer(const void *options, size_t size,
						     struct ffav_buffer_place *place)
{
	struct text t = {.start = options, .characters = size / 2};

	for (;;) {
		while (is_blank(peek(&t)))
			t.at++;
		if (!peek(&t))
			return FFAV_PLACE_ABSENT;
		if (take_word(&t, "buffer="))
			break;
		while (peek(&t) && !is_blank(peek(&t)))
			t.at++;
	}
	place->offset = 0;
	if (!take_number(&t, &place->address) || !take_word(&t, ",") ||
	    !take_number(&t, &place->size))
		return FFAV_PLACE_MALFORMED;
	if (take_word(&t, ",") && !take_number(&t, &place->offset))
		return FFAV_PLACE_MALFORMED;
	if (peek(&t) && !is_blank(peek(&t)))
		return FFAV_PLACE_MALFORMED;
	return FFAV_PLACE_FOUND;
}

FFAV_BOOT bool ffav_options_have(const void *options, size_t size, const char *word)
{
	struct text t = {.start = options, .characters = size / 2};

	for (;;) {
		while (is_blank(peek(&t)))
			t.at++;
		if (!peek(&t))
			return false;
		if (take_word(&t, word) && (!peek(&t) || is_blank(peek(&t))))
			return true;
		while (peek(&t) && !is_blank(peek(&t)))
			t.at++;
	}
}

FFAV_BOOT enum ffav_place_status ffav_devicetree_buffer(const void *dtb, size_t dtb_size,
							struct ffav_buffer_place *place)
{
	const uint8_t *value;
	size_t length;

	if (!ffav_dt_property(dtb, dtb_size, NODE, NULL, NULL))
		return FFAV_PLACE_ABSENT;
	value = ffav_dt_property(dtb, dtb_size, NODE, "reg", &length);
	if (!value || length != 16)
		return FFAV_PLACE_MALFORMED;
	place->address = ffav_dt_get64(value);
	place->size = ffav_dt_get64(value + 8);
	place->offset = 0;
	value = ffav_dt_property(dtb, dtb_size, NODE, "message-offset", &length);
	if (value && length != 4)
		return FFAV_PLACE_MALFORMED;
	if (value)
		place->offset = ffav_dt_get32(value);
	return FFAV_PLACE_FOUND;
}

FFAV_BOOT const char *ffav_place_problem(const struct ffav_buffer_place *place, uint64_t *value)
{
	uint64_t end;

	*value = place->address;
	if (place->address % EFI_RUNTIME_PAGE_SIZE)
		return "The address of the shared buffer is not a multiple of 64 KiB.";
	*value = place->size;
	if (!place->size || place->size % EFI_RUNTIME_PAGE_SIZE)
		return "The size of the shared buffer is not a multiple of 64 KiB.";
	if (!ffav_add(place->address, place->size, &end))
		return "The shared buffer does not end in the address space; its size is "
		       "wrong.";
	*value = place->offset;
	if (place->offset >= place->size || place->offset % 8)
		return "The message offset is not a multiple of 8 inside the shared buffer.";
	return NULL;
}
