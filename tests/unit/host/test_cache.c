// SPDX-License-Identifier: BSD-3-Clause
/* The cache model itself: each mistake that it is there for shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h needs the four above. */
#include <cmocka.h>
#include <string.h>

#include "machines/host/cache.h"

#define SIZE ((size_t)1024)

static uint8_t view[SIZE];
static uint8_t memory[SIZE];
static struct ffav_cache cache;

static void start(unsigned int percent, uint64_t seed)
{
	memset(memory, 0x11, sizeof(memory));
	assert_true(ffav_cache_init(&cache, view, memory, SIZE, percent, seed));
	assert_memory_equal(view, memory, SIZE);
}

static int finish(void **state)
{
	(void)state;
	ffav_cache_exit(&cache);
	return 0;
}

static void test_forgotten_clean(void **state)
{
	(void)state;
	start(0, 0);
	memset(view, 0x22, 10);
	assert_int_equal(memory[0], 0x11);
	assert_int_equal(ffav_cache_dirty(&cache), 1);
	assert_true(ffav_cache_clean(&cache, view, 10));
	assert_int_equal(memory[9], 0x22);
	assert_int_equal(ffav_cache_dirty(&cache), 0);
}

static void test_narrow_clean(void **state)
{
	(void)state;
	start(0, 0);
	memset(view + 60, 0x22, 10);
	assert_true(ffav_cache_clean(&cache, view + 60, 4));
	assert_int_equal(memory[63], 0x22);
	assert_int_equal(memory[64], 0x11);
	assert_int_equal(cache.cleaned, 1);
}

static void test_forgotten_invalidate(void **state)
{
	(void)state;
	start(0, 0);
	memset(memory, 0x33, SIZE);
	assert_int_equal(view[100], 0x11);
	assert_true(ffav_cache_invalidate(&cache, view + 64, 64));
	assert_int_equal(view[64], 0x33);
	assert_int_equal(view[127], 0x33);
	assert_int_equal(view[63], 0x11);
	assert_int_equal(view[128], 0x11);
	assert_int_equal(cache.invalidated, 1);
}

/* An invalidate before the other world writes is no use: the line is back at once. */
static void test_early_invalidate(void **state)
{
	(void)state;
	start(0, 0);
	assert_true(ffav_cache_invalidate(&cache, view, 64));
	memset(memory, 0x33, SIZE);
	assert_int_equal(view[0], 0x11);
}

/* An invalidate that does not clean loses what was written, but not its neighbours. */
static void test_invalidate_drops(void **state)
{
	(void)state;
	start(0, 0);
	memset(view, 0x22, 192);
	assert_true(ffav_cache_invalidate(&cache, view + 10, 150));
	assert_int_equal(view[0], 0x22);
	assert_int_equal(memory[0], 0x22);
	assert_int_equal(view[64], 0x11);
	assert_int_equal(memory[64], 0x11);
	assert_int_equal(view[191], 0x22);
	assert_int_equal(memory[191], 0x22);
}

static void test_outside(void **state)
{
	(void)state;
	start(0, 0);
	assert_false(ffav_cache_clean(&cache, view + SIZE - 4, 8));
	assert_false(ffav_cache_invalidate(&cache, view + SIZE - 4, 8));
	assert_false(ffav_cache_clean(&cache, view, SIZE_MAX));
	assert_false(ffav_cache_clean(&cache, memory, 1));
	assert_true(ffav_cache_clean(&cache, view + SIZE, 0));
}

/* A dirty line that was left behind falls over the other world's bytes, sooner or later. */
static void test_eviction(void **state)
{
	unsigned int rounds = 0;

	(void)state;
	start(10, 3);
	view[200] = 0x22;
	memory[200] = 0x33;
	while (memory[200] == 0x33 && rounds++ < 1000)
		ffav_cache_stir(&cache);
	assert_int_equal(memory[200], 0x22);
	/* And a clean line sees memory by itself, sooner or later. */
	memory[500] = 0x44;
	for (rounds = 0; view[500] != 0x44 && rounds < 1000; rounds++)
		ffav_cache_stir(&cache);
	assert_int_equal(view[500], 0x44);
}

static void test_soil(void **state)
{
	(void)state;
	start(0, 5);
	ffav_cache_soil(&cache);
	assert_int_equal(ffav_cache_dirty(&cache), SIZE / FFAV_CACHE_LINE);
	for (size_t i = 0; i < SIZE; i++)
		assert_int_not_equal(view[i], 0x11);
}

static void test_seed_repeats(void **state)
{
	uint8_t first[SIZE];

	(void)state;
	start(20, 77);
	ffav_cache_soil(&cache);
	ffav_cache_stir(&cache);
	memcpy(first, memory, SIZE);
	ffav_cache_exit(&cache);
	start(20, 77);
	ffav_cache_soil(&cache);
	ffav_cache_stir(&cache);
	assert_memory_equal(first, memory, SIZE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_forgotten_clean, finish),
		cmocka_unit_test_teardown(test_narrow_clean, finish),
		cmocka_unit_test_teardown(test_forgotten_invalidate, finish),
		cmocka_unit_test_teardown(test_early_invalidate, finish),
		cmocka_unit_test_teardown(test_invalidate_drops, finish),
		cmocka_unit_test_teardown(test_outside, finish),
		cmocka_unit_test_teardown(test_eviction, finish),
		cmocka_unit_test_teardown(test_soil, finish),
		cmocka_unit_test_teardown(test_seed_repeats, finish),
	};

	return cmocka_run_group_tests_name("host/cache", tests, NULL, NULL);
}
