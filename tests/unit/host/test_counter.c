// SPDX-License-Identifier: BSD-3-Clause
/* A machine with a monotonic counter, and somebody who puts older images into its flash. */
/* mkdtemp() */
#define _GNU_SOURCE

#include "tests/unit/host/road.h"

#include <stdlib.h>
#include <unistd.h>

#include "machines/host/counter.h"

#define SIZE ((size_t)ROAD_SECTOR * ROAD_SECTORS)

static char folder[] = "/tmp/ffavars-counter-XXXXXX";
static char path[sizeof(folder) + 16];
static uint8_t image[SIZE], marks[SIZE];

static void write_counter(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void take(const struct road *r)
{
	memcpy(image, r->nor.cells, SIZE);
	memcpy(marks, r->nor.programmed, SIZE / 4);
}

static void put(struct road *r)
{
	memcpy(r->nor.cells, image, SIZE);
	memcpy(r->nor.programmed, marks, SIZE / 4);
}

static void expect_refused(struct road *r, const struct ffav_host_options *o, const char *why)
{
	assert_int_equal(road_on(r, o), FFAV_HOST_NO_PARTITION);
	if (!strstr(r->told, why))
		fail_msg("not '%s' but: %s", why, r->told);
	road_off(r);
}

static void test_older_image(void **state)
{
	struct ffav_host_options o = {0};
	struct ffav_counter_file c;
	static struct road r;

	(void)state;
	(void)unlink(path);
	ffav_counter_file_open(&c, path, 1);
	o.counter = &c.counter;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, &o, 0);
	assert_int_equal(road_set(&r, "Target", NV_BS_RT, "old", 3), EFI_SUCCESS);
	/* Making the store, and the change; what is there already is not written again. */
	assert_int_equal(c.increments, 2);
	assert_int_equal(road_set(&r, "Target", NV_BS_RT, "old", 3), EFI_SUCCESS);
	assert_int_equal(c.increments, 2);
	assert_int_equal(road_count(&r), 1);
	road_off(&r);
	take(&r);
	road_boot(&r, &o, 0);
	road_expect(&r, "Target", NV_BS_RT, "old", 3);
	assert_int_equal(road_set(&r, "Target", NV_BS_RT, "new", 3), EFI_SUCCESS);
	road_off(&r);
	put(&r);
	expect_refused(&r, &o, "is older than its monotonic counter says");
	/* Whoever did that on purpose says so in the manifest. */
	o.rebind_store = true;
	road_boot(&r, &o, 0);
	road_expect(&r, "Target", NV_BS_RT, "old", 3);
	road_off(&r);
	o.rebind_store = false;
	road_boot(&r, &o, 0);
	road_expect(&r, "Target", NV_BS_RT, "old", 3);
	road_end(&r);
}

static void test_erased_window(void **state)
{
	struct ffav_host_options o = {0};
	struct ffav_counter_file c;
	static struct road r;

	(void)state;
	(void)unlink(path);
	ffav_counter_file_open(&c, path, 1);
	o.counter = &c.counter;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, &o, 0);
	assert_int_equal(road_set(&r, "Target", NV_BS_RT, "x", 1), EFI_SUCCESS);
	road_end(&r);
	road_flash(&r, ROAD_SECTORS);
	expect_refused(&r, &o, "the monotonic counter says that it held a variable store");
	for (size_t i = 0; i < SIZE; i++)
		assert_int_equal(r.nor.cells[i], 0xff);
	o.rebind_store = true;
	road_boot(&r, &o, 0);
	assert_int_equal(road_count(&r), 0);
	road_off(&r);
	o.rebind_store = false;
	road_boot(&r, &o, 0);
	road_end(&r);
}

static void test_counter_that_fails(void **state)
{
	struct ffav_host_options o = {0};
	struct ffav_counter_file c;
	static struct road r;

	(void)state;
	(void)unlink(path);
	ffav_counter_file_open(&c, path, 1);
	o.counter = &c.counter;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, &o, 0);
	c.fails_increment = true;
	assert_int_equal(road_set(&r, "Target", NV_BS_RT, "kept", 4), EFI_SUCCESS);
	assert_int_equal(road_set(&r, "Target", NV_BS_RT, "refused", 7), EFI_DEVICE_ERROR);
	road_expect(&r, "Target", NV_BS_RT, "kept", 4);
	road_off(&r);
	c.fails_read = true;
	expect_refused(&r, &o, "cannot be read");
	c.fails_read = c.fails_increment = false;
	road_boot(&r, &o, 0);
	road_expect(&r, "Target", NV_BS_RT, "kept", 4);
	assert_int_equal(road_set(&r, "Target", NV_BS_RT, "again", 5), EFI_SUCCESS);
	road_off(&r);
	write_counter("three\n");
	expect_refused(&r, &o, "cannot be read");
	write_counter("3");
	expect_refused(&r, &o, "cannot be read");
	write_counter("1\n");
	expect_refused(&r, &o, "is not the one that the store was used with");
	write_counter("3\n");
	road_boot(&r, &o, 0);
	road_expect(&r, "Target", NV_BS_RT, "again", 5);
	road_end(&r);
}

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/counter", folder);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path) || rmdir(folder) ? -1 : 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_older_image),
		cmocka_unit_test(test_erased_window),
		cmocka_unit_test(test_counter_that_fails),
	};

	return cmocka_run_group_tests_name("host/counter", tests, setup, teardown);
}
