/* SPDX-License-Identifier: BSD-3-Clause */
/* Devices that fail: sectors that cannot be erased, programmed or read. */
#include "fixture.h"

#include <stdio.h>

static void run_with(uint8_t failing)
{
	struct world w;
	uint8_t byte[4] = {0};
	char name[4];
	unsigned int i;

	world_open(&w, 1024, 24, 4, 20);
	w.nor.failing[3] = failing;
	w.nor.failing[4] = failing;
	w.nor.failing[20] = failing;
	for (i = 0; i < 2000; i++) {
		snprintf(name, sizeof(name), "k%u", i % 4);
		assert_int_equal(world_fill(&w, name, (uint8_t)i, 64 + i % 200), 0);
		byte[i % 4] = (uint8_t)i;
		if (i % 50 == 0)
			assert_int_equal(world_mount(&w), 0);
		assert_int_equal(w.store.damaged, 0);
	}
	for (i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "k%u", i);
		assert_true(world_reads(&w, name, byte[i], 64 + (1996 + i) % 200));
	}
	world_close(&w);
}

static void test_erase_fails(void **state)
{
	(void)state;
	run_with(FFAV_NOR_FAILS_ERASE);
}

static void test_program_fails(void **state)
{
	(void)state;
	run_with(FFAV_NOR_FAILS_PROGRAM);
}

static void test_bad_data_is_reported_for_that_item(void **state)
{
	struct ffav_store_meta meta;
	struct world w;
	uint8_t out[100];
	unsigned int i;

	(void)state;
	world_open(&w, 1024, 24, 4, 20);
	assert_int_equal(world_fill(&w, "good", 1, 100), 0);
	assert_int_equal(world_fill(&w, "bad", 0x5a, 100), 0);
	assert_int_equal(world_fill(&w, "other", 3, 100), 0);
	for (i = 0; i < 1024 && memcmp(w.nor.cells + i, "\x5a\x5a\x5a\x5a", 4); i++)
		;
	w.nor.cells[i + 50] ^= 4;
	assert_int_equal(world_mount(&w), 0);
	assert_int_equal(w.store.damaged, 1);
	assert_true(world_reads(&w, "good", 1, 100));
	assert_true(world_reads(&w, "other", 3, 100));
	assert_int_not_equal(world_find(&w, "bad"), 0);
	assert_int_equal(ffav_store_meta(&w.store, world_find(&w, "bad"), &meta),
			 FFAV_STORE_IO_ERROR);
	assert_int_equal(ffav_store_read(&w.store, world_find(&w, "bad"), 0, out, 100),
			 FFAV_STORE_IO_ERROR);
	/* What is known of it has a checksum of its own. */
	assert_int_equal(meta.attributes, 7);
	assert_int_equal(meta.data_size, 100);
	assert_null(meta.data);
	/* Also after it has been copied, and until it is written again. */
	for (i = 0; i < 500; i++)
		assert_int_equal(world_fill(&w, "other", 4, 100), 0);
	assert_int_equal(world_mount(&w), 0);
	assert_int_equal(ffav_store_read(&w.store, world_find(&w, "bad"), 0, out, 100),
			 FFAV_STORE_IO_ERROR);
	assert_int_equal(world_fill(&w, "bad", 6, 30), 0);
	assert_true(world_reads(&w, "bad", 6, 30));
	world_close(&w);
}

/* Whether an item is the one that is looked for cannot be told: that is not "not found". */
static void check_unreadable(struct world *w)
{
	const struct ffav_store_change change = {.key = "lost", .key_size = 4};
	ffav_store_id id = world_find(w, "lost");
	struct ffav_store_meta meta;

	assert_int_equal(id, FFAV_STORE_UNREADABLE);
	assert_int_equal(ffav_store_meta(&w->store, id, &meta), FFAV_STORE_IO_ERROR);
	assert_int_equal(
		ffav_store_lookup(&w->store, "lost", 4, ffav_store_hash("lost", 4), &id, &meta),
		FFAV_STORE_IO_ERROR);
	assert_int_equal(world_fill(w, "lost", 1, 10), FFAV_STORE_IO_ERROR);
	assert_int_equal(ffav_store_commit(&w->store, &change, 1), FFAV_STORE_IO_ERROR);
	assert_int_equal(world_find(w, "lose"), 0);
}

static void test_bad_key(void **state)
{
	struct world w;
	unsigned int i;

	(void)state;
	world_open(&w, 1024, 24, 4, 20);
	assert_int_equal(world_fill(&w, "lost", 1, 100), 0);
	assert_int_equal(world_fill(&w, "good", 2, 100), 0);
	for (i = 0; i < 1024 && memcmp(w.nor.cells + i, "lost", 4); i++)
		;
	w.nor.cells[i] ^= 4;
	check_unreadable(&w);
	assert_true(world_reads(&w, "good", 2, 100));
	w.nor.flash.map = NULL;
	check_unreadable(&w);
	assert_true(world_reads(&w, "good", 2, 100));
	world_close(&w);
}

static void test_read_fails(void **state)
{
	ffav_store_id id = 0;
	uint32_t attributes;
	struct world w;
	char key[8];

	(void)state;
	world_open(&w, 1024, 24, 4, 20);
	w.nor.flash.map = NULL;
	assert_int_equal(world_fill(&w, "lost", 1, 700), 0);
	assert_int_equal(world_fill(&w, "good", 2, 700), 0);
	w.nor.failing[0] = FFAV_NOR_FAILS_READ;
	check_unreadable(&w);
	assert_int_equal(ffav_store_step(&w.store, &id, &attributes, key, 8),
			 FFAV_STORE_IO_ERROR);
	assert_int_not_equal(id, 0);
	w.nor.failing[0] = 0;
	assert_true(world_reads(&w, "lost", 1, 700));
	w.nor.failing[1] = FFAV_NOR_FAILS_READ;
	assert_false(world_reads(&w, "good", 2, 700));
	/* What cannot be read today is not given up: nothing is written. */
	w.nor.steps = 0;
	assert_int_equal(world_mount(&w), FFAV_STORE_IO_ERROR);
	assert_int_equal(w.nor.steps, 0);
	w.nor.failing[1] = 0;
	assert_int_equal(world_mount(&w), 0);
	assert_true(world_reads(&w, "lost", 1, 700));
	assert_true(world_reads(&w, "good", 2, 700));
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_erase_fails),
		cmocka_unit_test(test_program_fails),
		cmocka_unit_test(test_bad_data_is_reported_for_that_item),
		cmocka_unit_test(test_bad_key),
		cmocka_unit_test(test_read_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
