/* SPDX-License-Identifier: BSD-3-Clause */
/* Enumeration: every item that lives throughout is met once, whatever else happens. */
#include "fixture.h"

#include <stdio.h>

static void test_while_others_change(void **state)
{
	unsigned int met[50] = {0}, i, step = 0;
	ffav_store_id id = 0;
	struct world w;
	char key[16];

	(void)state;
	world_open(&w, 1024, 40, 4, 120);
	for (i = 0; i < 50; i++) {
		snprintf(key, sizeof(key), "stay%02u", i);
		assert_int_equal(world_fill(&w, key, 1, 20), 0);
		snprintf(key, sizeof(key), "gone%02u", i);
		assert_int_equal(world_fill(&w, key, 1, 20), 0);
	}
	while ((id = ffav_store_next(&w.store, id))) {
		assert_int_equal(ffav_store_key(&w.store, id, key, sizeof(key)), 6);
		key[6] = 0;
		if (sscanf(key, "stay%02u", &i) == 1)
			met[i]++;
		/* Overwrite some, delete one that is not the current, create another. */
		snprintf(key, sizeof(key), "stay%02u", step * 7 % 50);
		assert_int_equal(world_fill(&w, key, 2, 30), 0);
		snprintf(key, sizeof(key), "gone%02u", step % 50);
		if (world_find(&w, key) != id && world_find(&w, key))
			assert_int_equal(world_delete(&w, key), 0);
		if (step < 20) {
			snprintf(key, sizeof(key), "come%02u", step);
			assert_int_equal(world_fill(&w, key, 3, 10), 0);
		}
		assert_true(++step < 200);
	}
	for (i = 0; i < 50; i++)
		assert_int_equal(met[i], 1);
	world_close(&w);
}

static void test_bad_ids(void **state)
{
	struct ffav_store_meta meta;
	struct world w;
	uint8_t out[4];

	(void)state;
	world_open(&w, 1024, 16, 4, 10);
	assert_int_equal(ffav_store_next(&w.store, 0), 0);
	assert_int_equal(ffav_store_next(&w.store, 3), 0);
	assert_int_equal(ffav_store_next(&w.store, UINT32_MAX), 0);
	assert_int_equal(ffav_store_meta(&w.store, 0, &meta), FFAV_STORE_NOT_FOUND);
	assert_int_equal(ffav_store_key(&w.store, 1, out, 4), FFAV_STORE_NOT_FOUND);
	assert_int_equal(ffav_store_read(&w.store, 70000, 0, out, 1), FFAV_STORE_NOT_FOUND);
	assert_int_equal(ffav_store_read(&w.store, FFAV_STORE_UNREADABLE, 0, out, 1),
			 FFAV_STORE_IO_ERROR);
	assert_int_equal(ffav_store_meta(&w.store, FFAV_STORE_UNREADABLE, &meta),
			 FFAV_STORE_IO_ERROR);
	world_close(&w);
}

static void test_step(void **state)
{
	uint32_t attributes = 0;
	ffav_store_id id = 0;
	unsigned int i;
	struct world w;
	char key[8];

	(void)state;
	world_open(&w, 1024, 16, 4, 10);
	assert_int_equal(world_fill(&w, "a", 1, 10), 0);
	assert_int_equal(world_fill(&w, "bad", 0x5a, 30), 0);
	assert_int_equal(world_fill(&w, "longer", 2, 20), 0);
	for (i = 0; i < 1024 && memcmp(w.nor.cells + i, "\x5a\x5a\x5a\x5a", 4); i++)
		;
	w.nor.cells[i] ^= 1;
	assert_int_equal(world_mount(&w), 0);
	memset(key, 'x', sizeof(key));
	assert_int_equal(ffav_store_step(&w.store, &id, &attributes, key, 5), 1);
	assert_int_equal(attributes, 7);
	assert_memory_equal(key, "axxxxxxx", 8);
	assert_int_equal(ffav_store_step(&w.store, &id, &attributes, key, 5),
			 FFAV_STORE_IO_ERROR);
	assert_int_equal(ffav_store_step(&w.store, &id, &attributes, key, 5), 6);
	assert_memory_equal(key, "axxxxxxx", 8);
	assert_int_equal(id, world_find(&w, "longer"));
	assert_int_equal(ffav_store_step(&w.store, &id, &attributes, key, 5), 0);
	assert_int_equal(id, 0);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_while_others_change),
		cmocka_unit_test(test_bad_ids),
		cmocka_unit_test(test_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
