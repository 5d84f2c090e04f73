/* SPDX-License-Identifier: BSD-3-Clause */
/* Space: what one call may cost, even wear, a full store, a full index. */
#include "fixture.h"
#include "secure/store/inspect.h"
#include "secure/store/log.h"

#include <stdio.h>

static void name_of(char *name, unsigned int i)
{
	/* 34 bytes, as GUID and an 18-byte name. */
	snprintf(name, 40, "0123456789abcdef-some-variable%04u", i % 10000);
}

static void test_cost_of_overwriting(void **state)
{
	static const struct {
		unsigned int items, most;
	} cases[] = {{10, 112}, {100, 120}, {1000, 260}};
	uint32_t random = 1, low, high;
	char name[40];
	struct world w;
	unsigned int c, i, n;

	(void)state;
	for (c = 0; c < 3; c++) {
		uint64_t start;

		n = cases[c].items;
		world_open(&w, 4096, 64, 4, n);
		for (i = 0; i < n; i++) {
			name_of(name, i);
			assert_int_equal(world_fill(&w, name, 0, 64), 0);
		}
		start = w.nor.bytes_programmed;
		for (i = 0; i < 20000; i++) {
			uint64_t bytes = w.nor.bytes_programmed;
			uint64_t erases = w.nor.sectors_erased;

			random = random * 1103515245 + 12345;
			name_of(name, (random >> 8) % n);
			assert_int_equal(world_fill(&w, name, (uint8_t)i, 64), 0);
			assert_true(w.nor.bytes_programmed - bytes <= 8192 + 128);
			assert_true(w.nor.sectors_erased - erases <= 1);
		}
		assert_true(w.nor.bytes_programmed - start <= 20000 * (uint64_t)cases[c].most);
		low = UINT32_MAX;
		high = 0;
		for (i = 0; i < 64; i++) {
			low = w.nor.erases[i] < low ? w.nor.erases[i] : low;
			high = w.nor.erases[i] > high ? w.nor.erases[i] : high;
		}
		/* One for formatting, one for the turn that the ring is in. */
		assert_true(high <= low + low / 10 + 2);
		world_close(&w);
	}
}

/*
 * Large records in a row, among small ones or not, in a store that is half full of what never
 * changes: docs/store-design.md says up to where this can be.
 */
static void test_cost_of_large_records(void **state)
{
	static const uint32_t sizes[] = {300, 2000, 8192, 16384};
	uint32_t random = 1, i, n, s, others;
	char name[40];
	struct world w;

	(void)state;
	for (s = 0; s < 8; s++) {
		uint32_t large = sizes[s / 2];

		world_open(&w, 4096, 64, 4, 2000);
		for (i = 0; i < 3; i++) {
			snprintf(name, sizeof(name), "large%u", i);
			assert_int_equal(world_fill(&w, name, 0, large), 0);
		}
		for (n = 0; w.store.live * 2 < reclaim_capacity(&w.store, large); n++) {
			name_of(name, n);
			assert_int_equal(world_fill(&w, name, 0, 64), 0);
		}
		/* None, or half of all. */
		others = s % 2 ? 50 : 0;
		for (i = 0; i < 3000; i++) {
			uint64_t bytes = w.nor.bytes_programmed;
			uint64_t erases = w.nor.sectors_erased;
			uint32_t size = large;

			random = random * 1103515245 + 12345;
			snprintf(name, sizeof(name), "large%u", (random >> 16) % 3);
			if ((random >> 8) % 100 < others) {
				name_of(name, (random >> 16) % n);
				size = 64;
			}
			assert_int_equal(world_fill(&w, name, (uint8_t)i, size), 0);
			/* Its own record, mark and commit; then what was copied. */
			size += LOG_RECORD_SIZE;
			bytes = w.nor.bytes_programmed - bytes - size - LOG_MARK_SIZE -
				LOG_COMMIT_SIZE;
			erases = w.nor.sectors_erased - erases;
			assert_true(bytes <= 8192 + 2 * size);
			assert_true(erases <= (size < 100 ? 1 : 1 + (2 * size + 4095) / 4096));
		}
		world_close(&w);
	}
}

static void test_memory_per_item(void **state)
{
	struct ffav_flash flash = {.sector_size = 4096, .sector_count = 64, .program_unit = 4};

	(void)state;
	assert_true(sizeof(struct ffav_store_entry) + 2 * sizeof(uint16_t) <= 32);
	assert_true(ffav_store_memory(&flash, 1000) - ffav_store_memory(&flash, 0) <=
		    32 * 1000);
}

static void test_full_store(void **state)
{
	struct ffav_store_space space;
	char name[40];
	struct world w;
	unsigned int i, n, round;

	(void)state;
	world_open(&w, 1024, 32, 4, 1000);
	for (n = 0;; n++) {
		name_of(name, n);
		if (!ffav_store_room(&w.store, 34, 200))
			break;
		assert_int_equal(world_fill(&w, name, (uint8_t)n, 200), 0);
	}
	assert_true(n > 40);
	/* Nothing is lost, everything can still be overwritten, over and over. */
	for (round = 0; round < 20; round++)
		for (i = 0; i < n; i++) {
			name_of(name, (i * 7 + round) % n);
			assert_int_equal(world_fill(&w, name, (uint8_t)round, 200), 0);
		}
	while (i = (unsigned int)w.store.items, name_of(name, i), !world_fill(&w, name, 0, 200))
		;
	name_of(name, (unsigned int)w.store.items);
	assert_int_equal(world_fill(&w, name, 0, 200), FFAV_STORE_NO_SPACE);
	assert_int_equal(world_find(&w, name), 0);
	assert_int_equal(world_mount(&w), 0);
	assert_false(w.store.sealed);
	for (i = 0; i < n; i++) {
		name_of(name, i);
		assert_true(world_reads(&w, name, 19, 200));
	}
	ffav_store_space(&w.store, &space);
	assert_true(space.used <= space.total);
	assert_int_equal(space.items, w.store.items);
	/* Room that is given back can be used again. */
	for (i = 0; i < n; i++) {
		name_of(name, i);
		assert_int_equal(world_delete(&w, name), 0);
	}
	assert_int_equal(world_fill(&w, "large", 1, 3000), 0);
	assert_true(world_reads(&w, "large", 1, 3000));
	world_close(&w);
}

/* Fills the store with items of @size. Return: how many there are. */
static unsigned int fill_up(struct world *w, uint32_t size)
{
	char name[40];
	unsigned int n;

	for (n = 0;; n++) {
		name_of(name, n);
		if (world_fill(w, name, 0, size))
			return n;
	}
}

/*
 * Sectors that go bad when the store is full: with one, what does not grow is still taken, with two,
 * what is deleted.
 */
static void test_full_store_loses_sectors(void **state)
{
	static const uint32_t cases[][3] = {{1024, 16, 100},
					    {1024, 16, 600},
					    {4096, 16, 300},
					    {4096, 16, 3000},
					    {4096, 64, 64}};
	unsigned int c, i, n, round;
	char name[40];
	struct world w;

	(void)state;
	for (c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		uint32_t size = cases[c][2];

		world_open(&w, cases[c][0], cases[c][1], 4, 3000);
		n = fill_up(&w, size);
		w.nor.failing[5] = FFAV_NOR_FAILS_ERASE;
		for (round = 1; round < 4; round++)
			for (i = 0; i < n; i++) {
				name_of(name, i);
				assert_int_equal(world_fill(&w, name, (uint8_t)round, size), 0);
			}
		assert_int_equal(w.store.usable_sectors, cases[c][1] - 1);
		/* What grows is not. */
		assert_int_equal(world_fill(&w, "one more", 0, size), FFAV_STORE_NO_SPACE);
		w.nor.failing[6] = FFAV_NOR_FAILS_ERASE;
		for (i = 0; i < n; i++) {
			name_of(name, i);
			assert_true(world_reads(&w, name, 3, size));
			assert_int_equal(world_delete(&w, name), 0);
		}
		assert_int_equal(world_fill(&w, "one more", 1, size), 0);
		assert_int_equal(world_mount(&w), 0);
		assert_false(w.store.sealed);
		assert_int_equal(w.store.items, 1);
		assert_true(world_reads(&w, "one more", 1, size));
		world_close(&w);
	}
}

/* What cannot be taken costs no program and no erase, however often it is tried. */
static void test_refusing_wears_nothing(void **state)
{
	struct world w;
	char name[40];
	unsigned int i;

	(void)state;
	world_open(&w, 1024, 16, 4, 100);
	assert_true(fill_up(&w, 2500) > 1);
	w.nor.steps = 0;
	for (i = 0; i < 100; i++) {
		name_of(name, i % 2);
		assert_int_equal(world_fill(&w, name, 1, 2500), FFAV_STORE_NO_SPACE);
	}
	assert_int_equal(w.nor.steps, 0);
	name_of(name, 0);
	assert_int_equal(world_delete(&w, name), 0);
	world_close(&w);
}

/* What the store says is left must be left: also when one large item must stay movable. */
static void test_space_tells_the_truth(void **state)
{
	struct ffav_store_space space;
	char name[40];
	struct world w;

	(void)state;
	world_open(&w, 1024, 32, 4, 1000);
	assert_int_equal(world_fill(&w, "large", 1, 6000), 0);
	for (unsigned int n = 0;; n++) {
		name_of(name, n);
		ffav_store_space(&w.store, &space);
		assert_true(space.used <= space.total);
		if (world_fill(&w, name, (uint8_t)n, 100))
			break;
	}
	/* A record with its key and headers takes less than 200 bytes. */
	assert_true(space.total - space.used < 200);
	assert_int_equal(space.largest, 0);
	assert_int_equal(world_delete(&w, "large"), 0);
	ffav_store_space(&w.store, &space);
	assert_true(space.largest > 1000);
	assert_int_equal(world_fill(&w, "large", 2, (uint32_t)space.largest), 0);
	world_close(&w);
}

static void test_full_index(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, 1024, 16, 4, 9);
	while (w.store.items < w.store.capacity) {
		char name[40];

		name_of(name, w.store.items);
		assert_int_equal(world_fill(&w, name, 0, 1), 0);
	}
	assert_true(w.store.capacity >= 9);
	assert_int_equal(world_fill(&w, "one more", 0, 1), FFAV_STORE_NO_INDEX);
	assert_false(ffav_store_room(&w.store, 1, 1));
	world_close(&w);
}

static void test_mount_with_less_memory(void **state)
{
	struct world w;
	char name[40];
	unsigned int i;

	(void)state;
	world_open(&w, 1024, 16, 4, 40);
	for (i = 0; i < 40; i++) {
		name_of(name, i);
		assert_int_equal(world_fill(&w, name, 0, 1), 0);
	}
	assert_int_equal(ffav_store_mount(&w.store, &w.nor.flash, w.memory,
					  ffav_store_memory(&w.nor.flash, 20)),
			 FFAV_STORE_NO_INDEX);
	assert_int_equal(ffav_store_mount(&w.store, &w.nor.flash, w.memory, 8),
			 FFAV_STORE_NO_INDEX);
	assert_int_equal(world_mount(&w), 0);
	assert_int_equal(w.store.items, 40);
	world_close(&w);
}

static void test_mount_reads_little(void **state)
{
	struct world w;
	char name[40];
	unsigned int i;

	(void)state;
	world_open(&w, 4096, 64, 4, 1000);
	for (i = 0; i < 4000; i++) {
		name_of(name, i % 900);
		assert_int_equal(world_fill(&w, name, (uint8_t)i, 64), 0);
	}
	w.nor.flash.map = NULL;
	w.nor.bytes_read = 0;
	assert_int_equal(world_mount(&w), 0);
	/* The log twice at most, and of what is free the headers only. */
	assert_true(w.store.free_sectors > 4);
	assert_true(w.nor.bytes_read <=
		    2 * (64 - w.store.free_sectors) * 4096 + 64 * LOG_SECTOR_SIZE);
	world_close(&w);
}

/* Over many turns of the ring, with starts in between, as each sector tells it. */
static void test_even_wear(void **state)
{
	struct ffav_store_sector_info sectors[16];
	uint32_t low = UINT32_MAX, high = 0, i;
	char name[40];
	struct world w;

	(void)state;
	world_open(&w, 1024, 16, 16, 40);
	for (i = 0; w.nor.sectors_erased < 10000; i++) {
		name_of(name, i % 5 ? i % 3 : i % 30);
		assert_int_equal(world_fill(&w, name, (uint8_t)i, 100 + i % 90), 0);
		if (i % 997 == 0)
			assert_int_equal(world_mount(&w), 0);
	}
	ffav_store_inspect(&w.store, sectors);
	for (i = 0; i < 16; i++) {
		assert_true(sectors[i].has_header);
		low = sectors[i].erases < low ? sectors[i].erases : low;
		high = sectors[i].erases > high ? sectors[i].erases : high;
	}
	assert_true(low > 500);
	assert_true(10 * high <= 11 * low + 10);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cost_of_overwriting),
		cmocka_unit_test(test_cost_of_large_records),
		cmocka_unit_test(test_memory_per_item),
		cmocka_unit_test(test_full_store),
		cmocka_unit_test(test_full_store_loses_sectors),
		cmocka_unit_test(test_refusing_wears_nothing),
		cmocka_unit_test(test_space_tells_the_truth),
		cmocka_unit_test(test_full_index),
		cmocka_unit_test(test_mount_with_less_memory),
		cmocka_unit_test(test_mount_reads_little),
		cmocka_unit_test(test_even_wear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
