/* SPDX-License-Identifier: BSD-3-Clause */
/* The model itself: a rule that is broken is noticed, a cut leaves what it should. */
#include "fixture.h"

#include <stdio.h>
#include <unistd.h>

static jmp_buf escape;
static char said[200];

static void fault(void *context, const char *message)
{
	(void)context;
	snprintf(said, sizeof(said), "%s", message);
	longjmp(escape, 1);
}

static void power_lost(void *context)
{
	(void)context;
	longjmp(escape, 2);
}

/* Is the program refused with these words? */
static bool refused(struct ffav_nor *nor, uint32_t at, const void *in, size_t size,
		    const char *words)
{
	said[0] = 0;
	if (!setjmp(escape))
		nor->flash.program(nor->flash.context, at, in, size);
	return strstr(said, words) != NULL;
}

static void test_rules(void **state)
{
	const uint8_t zero[16] = {0};
	struct ffav_nor nor;

	(void)state;
	assert_int_equal(ffav_nor_memory(&nor, 1024, 2, 4), 0);
	nor.fault = fault;
	assert_int_equal(nor.flash.program(&nor, 8, zero, 4), 0);
	assert_true(refused(&nor, 8, zero, 4, "programmed twice"));
	assert_true(refused(&nor, 4, zero, 8, "programmed twice"));
	assert_true(refused(&nor, 2, zero, 4, "not aligned"));
	assert_true(refused(&nor, 0, zero, 6, "not aligned"));
	assert_true(refused(&nor, 2044, zero, 8, "outside"));
	assert_true(refused(&nor, 0, zero, 0, "empty"));
	nor.cells[100] = 0x7f;
	assert_true(refused(&nor, 100, "\xff\xff\xff\xff", 4, "0 into 1"));
	assert_int_equal(nor.flash.erase(&nor, 0), 0);
	assert_int_equal(nor.flash.program(&nor, 8, zero, 4), 0);
	assert_int_equal(nor.erases[0], 1);
	assert_int_equal(nor.bytes_programmed, 8);
	ffav_nor_close(&nor);
}

static void test_cuts(void **state)
{
	const uint8_t zero[16] = {0};
	uint8_t out[16];
	static enum ffav_nor_cut way;
	struct ffav_nor nor;

	(void)state;
	for (way = 0; way < FFAV_NOR_CUTS; way++) {
		assert_int_equal(ffav_nor_memory(&nor, 1024, 2, 4), 0);
		nor.power_lost = power_lost;
		nor.cut = way;
		nor.cut_step = 1;
		if (!setjmp(escape)) {
			nor.flash.program(&nor, 0, zero, 16);
			fail();
		}
		ffav_nor_power_on(&nor);
		assert_int_equal(nor.flash.read(&nor, 0, out, 16), 0);
		assert_memory_equal(out, zero, 4);
		if (way == FFAV_NOR_CUT_BEFORE)
			assert_int_equal(ffav_get32(out + 4), UINT32_MAX);
		if (way == FFAV_NOR_CUT_AFTER)
			assert_int_equal(ffav_get32(out + 4), 0);
		if (way != FFAV_NOR_CUT_SCATTERED)
			assert_int_equal(ffav_get64(out + 8), UINT64_MAX);
		assert_int_equal(nor.flash.erase(&nor, 0), 0);
		assert_int_equal(nor.flash.program(&nor, 0, zero, 16), 0);
		ffav_nor_close(&nor);
	}
}

/* Cuts the power inside a program of the unit at 0. */
static void cut_inside(struct ffav_nor *nor, const void *in)
{
	nor->cut = FFAV_NOR_CUT_UNSTABLE;
	nor->cut_step = nor->steps;
	if (!setjmp(escape)) {
		nor->flash.program(nor, 0, in, 4);
		fail();
	}
	ffav_nor_power_on(nor);
}

/* A bit that one cut left unstable is still so after another one in a program that leaves it 1. */
static void test_cut_twice(void **state)
{
	const uint8_t weak[4] = {0x7f, 0xff, 0xff, 0xff}, other[4] = {0xf7, 0xff, 0xff, 0xff};
	struct ffav_nor nor;

	(void)state;
	assert_int_equal(ffav_nor_memory(&nor, 1024, 2, 4), 0);
	nor.fault = fault;
	nor.power_lost = power_lost;
	cut_inside(&nor, weak);
	assert_non_null(nor.unstable);
	/* The cut left nothing to be seen. */
	nor.cells[0] = 0xff;
	nor.unstable[0] = 0x80;
	cut_inside(&nor, other);
	assert_int_equal(nor.unstable[0] & 0x80, 0x80);
	ffav_nor_close(&nor);
}

static void test_file(void **state)
{
	FILE *file = tmpfile();
	struct ffav_nor nor;
	uint8_t out[4];
	int fd;

	(void)state;
	assert_non_null(file);
	fd = fileno(file);
	assert_int_equal(ftruncate(fd, 10000), 0);
	assert_int_equal(ffav_nor_file(&nor, 1024, 8, 4, fd, 2000, true), -1);
	assert_int_equal(ffav_nor_file(&nor, 1024, 8, 4, fd, 1000, true), 0);
	assert_int_equal(nor.flash.erase(&nor, 7), 0);
	ffav_nor_close(&nor);
	assert_int_equal(pread(fd, out, 4, 1000 + 7 * 1024), 4);
	assert_int_equal(ffav_get32(out), UINT32_MAX);
	assert_int_equal(pread(fd, out, 4, 1000 + 6 * 1024), 4);
	assert_int_equal(ffav_get32(out), 0);
	assert_int_equal(ffav_nor_file(&nor, 1024, 8, 4, fd, 1000, false), 0);
	nor.fault = fault;
	assert_true(refused(&nor, 0, out, 4, "programmed twice"));
	assert_int_equal(nor.flash.erase(&nor, 0), 0);
	ffav_nor_close(&nor);
	assert_int_equal(pread(fd, out, 4, 1000), 4);
	assert_int_equal(ffav_get32(out), 0);
	fclose(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_cut_twice),
		cmocka_unit_test(test_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
