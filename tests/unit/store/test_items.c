/* SPDX-License-Identifier: BSD-3-Clause */
/* Items: what is written is what is read, also after a mount, for each program unit. */
#include "fixture.h"

#include <stdio.h>

static const uint32_t units[] = {4, 16, 32};

static void test_sizes(void **state)
{
	static const size_t sizes[] = {0, 1, 3, 4, 5, 255, 256, 257, 980, 1024, 5000};
	struct world w;
	char name[16];
	size_t u, i;

	(void)state;
	for (u = 0; u < 3; u++) {
		world_open(&w, 1024, 64, units[u], 20);
		for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			snprintf(name, sizeof(name), "item%zu", i);
			assert_int_equal(world_fill(&w, name, (uint8_t)i, sizes[i]), 0);
		}
		for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			snprintf(name, sizeof(name), "item%zu", i);
			assert_true(world_reads(&w, name, (uint8_t)i, sizes[i]));
		}
		/* The same through reads instead of memory. */
		w.nor.flash.map = NULL;
		assert_int_equal(world_mount(&w), 0);
		assert_int_equal(w.store.damaged, 0);
		for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			snprintf(name, sizeof(name), "item%zu", i);
			assert_true(world_reads(&w, name, (uint8_t)i, sizes[i]));
		}
		world_close(&w);
	}
}

static void test_value_of_64_kib_in_small_sectors(void **state)
{
	struct world w;
	unsigned int i;

	(void)state;
	world_open(&w, 4096, 64, 4, 20);
	for (i = 0; i < 20; i++) {
		assert_int_equal(world_fill(&w, "large", (uint8_t)i, 65536), 0);
		assert_int_equal(world_fill(&w, "small", (uint8_t)(i + 1), 64), 0);
	}
	assert_int_equal(world_mount(&w), 0);
	assert_true(world_reads(&w, "large", 19, 65536));
	assert_true(world_reads(&w, "small", 20, 64));
	world_close(&w);
}

static void test_time_and_signer(void **state)
{
	uint8_t time[FFAV_STORE_TIME_SIZE], signer[FFAV_STORE_SIGNER_MAX];
	struct ffav_store_change change = {.key = "k", .key_size = 1, .attributes = 0x27};
	struct ffav_store_meta meta;
	struct world w;
	size_t size;

	(void)state;
	memset(time, 0x11, sizeof(time));
	memset(signer, 0x22, sizeof(signer));
	world_open(&w, 1024, 32, 16, 20);
	for (size = 0; size <= sizeof(signer); size++) {
		change.time = size & 1 ? time : NULL;
		change.signer = signer;
		change.signer_size = size;
		change.data[0] = (struct ffav_store_span){"abc", 3};
		change.data[1] = (struct ffav_store_span){"defg", size & 3};
		assert_int_equal(ffav_store_commit(&w.store, &change, 1), 0);
		assert_int_equal(world_mount(&w), 0);
		assert_int_equal(ffav_store_meta(&w.store, world_find(&w, "k"), &meta), 0);
		assert_int_equal(meta.attributes, 0x27);
		assert_int_equal(meta.has_time, size & 1);
		assert_int_equal(meta.signer_size, size);
		assert_int_equal(meta.data_size, 3 + (size & 3));
		if (meta.has_time)
			assert_memory_equal(meta.time, time, sizeof(time));
		assert_memory_equal(meta.signer, signer, size);
	}
	world_close(&w);
}

static void test_attributes(void **state)
{
	struct ffav_store_change change = {
		.key = "k", .key_size = 1, .attributes = FFAV_STORE_ATTRIBUTES_MAX};
	struct ffav_store_meta meta;
	struct world w;

	(void)state;
	world_open(&w, 1024, 16, 4, 10);
	assert_int_equal(ffav_store_commit(&w.store, &change, 1), 0);
	change.attributes++;
	assert_int_equal(ffav_store_commit(&w.store, &change, 1), FFAV_STORE_INVALID);
	assert_int_equal(world_mount(&w), 0);
	assert_int_equal(ffav_store_meta(&w.store, world_find(&w, "k"), &meta), 0);
	assert_int_equal(meta.attributes, FFAV_STORE_ATTRIBUTES_MAX);
	world_close(&w);
}

/* What a lookup said is enough for the commit that follows. */
static void test_known(void **state)
{
	struct ffav_store_change change = {
		.key = "key", .key_size = 3, .data = {{"new", 3}}, .known = true};
	struct ffav_store_meta meta;
	struct world w;
	char out[3];

	(void)state;
	world_open(&w, 1024, 16, 4, 10);
	change.hash = ffav_store_hash("key", 3);
	assert_int_equal(ffav_store_lookup(&w.store, "key", 3, change.hash, &change.id, &meta),
			 FFAV_STORE_NOT_FOUND);
	assert_int_equal(change.id, 0);
	assert_int_equal(ffav_store_commit(&w.store, &change, 1), 0);
	assert_int_equal(ffav_store_lookup(&w.store, "key", 3, change.hash, &change.id, &meta),
			 FFAV_STORE_OK);
	assert_int_equal(change.id, world_find(&w, "key"));
	assert_int_equal(meta.data_size, 3);
	assert_memory_equal(meta.data, "new", 3);
	change.data[0].data = "old";
	assert_int_equal(ffav_store_commit(&w.store, &change, 1), 0);
	assert_int_equal(ffav_store_read(&w.store, world_find(&w, "key"), 0, out, 3), 0);
	assert_memory_equal(out, "old", 3);
	change.remove = true;
	assert_int_equal(ffav_store_commit(&w.store, &change, 1), 0);
	assert_int_equal(world_find(&w, "key"), 0);
	world_close(&w);
}

/* Names that differ in any one character only must not meet in a few buckets. */
static void test_hash_spreads(void **state)
{
	uint8_t key[32];
	unsigned int at, i;

	(void)state;
	for (at = 16; at < sizeof(key); at += 2) {
		unsigned int met[32] = {0}, most = 0;

		memset(key, 0, sizeof(key));
		for (i = 16; i < sizeof(key); i += 2)
			key[i] = '0';
		for (i = 0; i < 64; i++) {
			unsigned int *bucket;

			key[at] = (uint8_t)(32 + i);
			bucket = &met[ffav_store_hash(key, sizeof(key)) >> 27];
			if (++*bucket > most)
				most = *bucket;
		}
		/* Two each on average. */
		assert_true(most <= 8);
	}
}

static void test_parts_of_data(void **state)
{
	uint8_t data[3000], out[64];
	ffav_store_id id;
	struct world w;
	size_t at;

	(void)state;
	for (at = 0; at < sizeof(data); at++)
		data[at] = (uint8_t)(at * 7 + at / 256);
	world_open(&w, 1024, 32, 4, 20);
	assert_int_equal(world_set(&w, "k", data, sizeof(data)), 0);
	id = world_find(&w, "k");
	for (at = 0; at + sizeof(out) <= sizeof(data); at += 13) {
		assert_int_equal(ffav_store_read(&w.store, id, at, out, sizeof(out)), 0);
		assert_memory_equal(out, data + at, sizeof(out));
	}
	assert_int_equal(ffav_store_read(&w.store, id, sizeof(data), out, 0), 0);
	assert_int_equal(ffav_store_read(&w.store, id, sizeof(data), out, 1),
			 FFAV_STORE_INVALID);
	assert_int_equal(ffav_store_read(&w.store, id, SIZE_MAX, out, 2), FFAV_STORE_INVALID);
	world_close(&w);
}

static void test_keys(void **state)
{
	uint8_t key[FFAV_STORE_KEY_MAX + 1], out[FFAV_STORE_KEY_MAX];
	struct ffav_store_change change = {.key = key, .attributes = 1};
	struct world w;
	size_t size, i;
	ffav_store_id id;

	(void)state;
	world_open(&w, 1024, 64, 4, 100);
	for (i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)(i * 31);
	for (size = 1; size <= sizeof(out); size += 99) {
		change.key_size = size;
		change.data[0] = (struct ffav_store_span){&size, sizeof(size)};
		assert_int_equal(ffav_store_commit(&w.store, &change, 1), 0);
	}
	assert_int_equal(world_mount(&w), 0);
	for (size = 1; size <= sizeof(out); size += 99) {
		id = ffav_store_find(&w.store, key, size);
		assert_int_not_equal(id, 0);
		assert_int_equal(ffav_store_key(&w.store, id, out, sizeof(out)), size);
		assert_memory_equal(out, key, size);
		assert_int_equal(ffav_store_key(&w.store, id, out, size - 1), size);
		assert_int_equal(ffav_store_find(&w.store, key, size + 1), 0);
	}
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_value_of_64_kib_in_small_sectors),
		cmocka_unit_test(test_time_and_signer),
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_hash_spreads),
		cmocka_unit_test(test_parts_of_data),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
