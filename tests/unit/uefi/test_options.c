/* SPDX-License-Identifier: BSD-3-Clause */
/* Where the shared buffer is said to be: load options and device tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <libfdt.h>

#include "ports/uefi-driver/options.h"

/* Parse ASCII text as UTF-16 load options of exactly that size, with and without a terminator. */
static enum ffav_place_status parse(const char *text, struct ffav_buffer_place *place)
{
	size_t length = strlen(text);
	enum ffav_place_status status[2];

	for (size_t terminator = 0; terminator < 2; terminator++) {
		size_t size = 2 * (length + terminator);
		uint8_t *options = malloc(size ? size : 1);

		assert_non_null(options);
		for (size_t i = 0; i < length + terminator; i++)
			ffav_put16(options + 2 * i, (uint16_t)text[i]);
		memset(place, 0xa5, sizeof(*place));
		status[terminator] = ffav_options_buffer(options, size, place);
		free(options);
	}
	assert_int_equal(status[0], status[1]);
	return status[0];
}

static void reads_address_size_and_offset(void **state)
{
	struct ffav_buffer_place place;

	(void)state;
	assert_int_equal(parse("buffer=0x50000000,0x20000", &place), FFAV_PLACE_FOUND);
	assert_int_equal(place.address, 0x50000000);
	assert_int_equal(place.size, 0x20000);
	assert_int_equal(place.offset, 0);
	assert_int_equal(parse("quiet  buffer=1342177280,131072,0X40 more", &place),
			 FFAV_PLACE_FOUND);
	assert_int_equal(place.address, 0x50000000);
	assert_int_equal(place.size, 0x20000);
	assert_int_equal(place.offset, 0x40);
	assert_int_equal(parse("buffer=0xFFFFffffFFFF0000,18446744073709551615", &place),
			 FFAV_PLACE_FOUND);
	assert_int_equal(place.size, UINT64_MAX);
}

static void tells_absent_from_malformed(void **state)
{
	static const char *const absent[] = {"",       "   ",       "quiet", "xbuffer=1,2",
					     "buffer", "Buffer=1,2"};
	static const char *const malformed[] = {
		"buffer=",
		"buffer=1",
		"buffer=1,",
		"buffer=1,2,",
		"buffer=1,2,3,",
		"buffer=1,2x",
		"buffer=0x,2",
		"buffer=a,2",
		"buffer=-1,2",
		"buffer=1 ,2",
		"buffer=1,2,3,4",
		"buffer=18446744073709551616,2",
		"buffer=0x10000000000000000,2",
	};
	struct ffav_buffer_place place;

	(void)state;
	for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
		assert_int_equal(parse(absent[i], &place), FFAV_PLACE_ABSENT);
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++)
		assert_int_equal(parse(malformed[i], &place), FFAV_PLACE_MALFORMED);
}

/* An odd byte at the end is no character. */
static void ignores_half_a_character(void **state)
{
	static const uint8_t options[] = {'b', 0, 'u', 0, 'f'};
	struct ffav_buffer_place place;

	(void)state;
	assert_int_equal(ffav_options_buffer(options, sizeof(options), &place),
			 FFAV_PLACE_ABSENT);
	assert_int_equal(ffav_options_buffer(options, 0, &place), FFAV_PLACE_ABSENT);
}

static bool has(const char *text, const char *word)
{
	uint8_t options[128];
	size_t length = strlen(text);

	for (size_t i = 0; i < length; i++)
		ffav_put16(options + 2 * i, (uint16_t)text[i]);
	return ffav_options_have(options, 2 * length, word);
}

static void finds_whole_words(void **state)
{
	(void)state;
	assert_true(has("verbose", "verbose"));
	assert_true(has(" buffer=1,2 verbose ", "verbose"));
	assert_false(has("", "verbose"));
	assert_false(has("verbos", "verbose"));
	assert_false(has("verboser noverbose", "verbose"));
	assert_true(has("verboser verbose", "verbose"));
}

/* A tree whose node /firmware/ffavars has these properties, where not NULL. */
static enum ffav_place_status parse_tree(bool node, size_t reg_size, size_t offset_size,
					 struct ffav_buffer_place *place)
{
	static const uint8_t reg[24] = {0, 0, 0, 1, 0x50, 0, 0, 0, 0, 0, 0, 0, 0, 2};
	static const uint8_t offset[8] = {0, 0, 0, 0x40};
	static uint8_t tree[1024];

	assert_int_equal(fdt_create(tree, sizeof(tree)), 0);
	assert_int_equal(fdt_finish_reservemap(tree), 0);
	assert_int_equal(fdt_begin_node(tree, ""), 0);
	assert_int_equal(fdt_begin_node(tree, "firmware"), 0);
	if (node) {
		assert_int_equal(fdt_begin_node(tree, "ffavars"), 0);
		if (reg_size)
			assert_int_equal(fdt_property(tree, "reg", reg, (int)reg_size), 0);
		if (offset_size)
			assert_int_equal(
				fdt_property(tree, "message-offset", offset, (int)offset_size),
				0);
		assert_int_equal(fdt_end_node(tree), 0);
	}
	assert_int_equal(fdt_end_node(tree), 0);
	assert_int_equal(fdt_end_node(tree), 0);
	assert_int_equal(fdt_finish(tree), 0);
	return ffav_devicetree_buffer(tree, sizeof(tree), place);
}

static void reads_the_device_tree(void **state)
{
	struct ffav_buffer_place place;

	(void)state;
	assert_int_equal(parse_tree(true, 16, 0, &place), FFAV_PLACE_FOUND);
	assert_int_equal(place.address, 0x150000000);
	assert_int_equal(place.size, 0x20000);
	assert_int_equal(place.offset, 0);
	assert_int_equal(parse_tree(true, 16, 4, &place), FFAV_PLACE_FOUND);
	assert_int_equal(place.offset, 0x40);
	assert_int_equal(parse_tree(false, 0, 0, &place), FFAV_PLACE_ABSENT);
	assert_int_equal(parse_tree(true, 0, 0, &place), FFAV_PLACE_MALFORMED);
	assert_int_equal(parse_tree(true, 8, 0, &place), FFAV_PLACE_MALFORMED);
	assert_int_equal(parse_tree(true, 24, 0, &place), FFAV_PLACE_MALFORMED);
	assert_int_equal(parse_tree(true, 16, 8, &place), FFAV_PLACE_MALFORMED);
}

static void names_what_is_wrong_with_a_place(void **state)
{
	struct ffav_buffer_place place = {.address = 0x50000000, .size = 0x20000, .offset = 0};
	uint64_t value;

	(void)state;
	assert_null(ffav_place_problem(&place, &value));
	place.offset = 0x1fff8;
	assert_null(ffav_place_problem(&place, &value));
	place.offset = 0x20000;
	assert_non_null(ffav_place_problem(&place, &value));
	assert_int_equal(value, 0x20000);
	place.offset = 4;
	assert_non_null(ffav_place_problem(&place, &value));
	place.offset = 0;
	place.address += 0x1000;
	assert_non_null(ffav_place_problem(&place, &value));
	assert_int_equal(value, 0x50001000);
	place.address = 0x50000000;
	place.size = 0;
	assert_non_null(ffav_place_problem(&place, &value));
	place.size = 0x21000;
	assert_non_null(ffav_place_problem(&place, &value));
	place.size = 0xffffffffffff0000;
	assert_non_null(ffav_place_problem(&place, &value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_address_size_and_offset),
		cmocka_unit_test(tells_absent_from_malformed),
		cmocka_unit_test(ignores_half_a_character),
		cmocka_unit_test(finds_whole_words),
		cmocka_unit_test(reads_the_device_tree),
		cmocka_unit_test(names_what_is_wrong_with_a_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
