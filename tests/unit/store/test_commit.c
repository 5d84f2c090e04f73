/* SPDX-License-Identifier: BSD-3-Clause */
/* Transactions: all or nothing, and what a caller may not ask for. */
#include "fixture.h"
#include "secure/store/log.h"

static void test_several_changes(void **state)
{
	struct ffav_store_change changes[3] = {
		{.key = "a", .key_size = 1, .data = {{"new", 3}}},
		{.key = "b", .key_size = 1, .remove = true},
		{.key = "c", .key_size = 1, .data = {{"cc", 2}}},
	};
	struct world w;

	(void)state;
	world_open(&w, 1024, 32, 4, 20);
	assert_int_equal(world_fill(&w, "a", 1, 10), 0);
	assert_int_equal(world_fill(&w, "b", 2, 10), 0);
	assert_int_equal(ffav_store_commit(&w.store, changes, 3), 0);
	assert_int_equal(w.store.items, 2);
	assert_int_equal(world_find(&w, "b"), 0);
	assert_int_equal(world_mount(&w), 0);
	assert_int_equal(w.store.items, 2);
	assert_int_equal(world_find(&w, "b"), 0);
	assert_true(world_reads(&w, "c", 'c', 2));
	world_close(&w);
}

static void test_one_impossible_change_stops_all(void **state)
{
	struct ffav_store_change changes[2] = {
		{.key = "a", .key_size = 1, .data = {{"new", 3}}},
		{.key = "nobody", .key_size = 6, .remove = true},
	};
	uint64_t programmed;
	struct world w;

	(void)state;
	world_open(&w, 1024, 32, 4, 20);
	assert_int_equal(world_fill(&w, "a", 1, 10), 0);
	programmed = w.nor.bytes_programmed;
	assert_int_equal(ffav_store_commit(&w.store, changes, 2), FFAV_STORE_NOT_FOUND);
	assert_int_equal(w.nor.bytes_programmed, programmed);
	assert_true(world_reads(&w, "a", 1, 10));
	world_close(&w);
}

static void test_limits(void **state)
{
	static uint8_t big[FFAV_STORE_KEY_MAX + 1];
	struct ffav_store_change good = {.key = "k", .key_size = 1, .data = {{"x", 1}}};
	struct ffav_store_change c;
	struct world w;

	(void)state;
	world_open(&w, 1024, 32, 4, 20);
	assert_int_equal(ffav_store_commit(&w.store, &good, 0), FFAV_STORE_INVALID);
	assert_int_equal(ffav_store_commit(&w.store, &good, 9), FFAV_STORE_INVALID);
	c = good;
	c.key_size = 0;
	assert_int_equal(ffav_store_commit(&w.store, &c, 1), FFAV_STORE_INVALID);
	c.key = big;
	c.key_size = sizeof(big);
	assert_int_equal(ffav_store_commit(&w.store, &c, 1), FFAV_STORE_INVALID);
	c = good;
	c.signer = big;
	c.signer_size = FFAV_STORE_SIGNER_MAX + 1;
	assert_int_equal(ffav_store_commit(&w.store, &c, 1), FFAV_STORE_INVALID);
	c = good;
	c.data[1] = (struct ffav_store_span){"x", SIZE_MAX};
	assert_int_equal(ffav_store_commit(&w.store, &c, 1), FFAV_STORE_INVALID);
	c.data[1] = (struct ffav_store_span){NULL, 1};
	assert_int_equal(ffav_store_commit(&w.store, &c, 1), FFAV_STORE_INVALID);
	assert_int_equal(w.store.items, 0);
	assert_int_equal(ffav_store_commit(&w.store, &good, 1), 0);
	world_close(&w);
}

static void test_a_deleted_item_stays_deleted(void **state)
{
	struct world w;
	unsigned int i;

	(void)state;
	/* Long enough for the delete's record to be reclaimed, and the id used again. */
	world_open(&w, 1024, 12, 4, 3);
	assert_int_equal(world_fill(&w, "stays", 1, 100), 0);
	assert_int_equal(world_fill(&w, "goes", 2, 100), 0);
	assert_int_equal(world_delete(&w, "goes"), 0);
	for (i = 0; i < 300; i++) {
		assert_int_equal(world_fill(&w, i & 1 ? "x" : "y", (uint8_t)i, 90), 0);
		assert_int_equal(world_delete(&w, i & 1 ? "x" : "y"), 0);
		assert_int_equal(world_find(&w, "goes"), 0);
		if (i % 7 == 0)
			assert_int_equal(world_mount(&w), 0);
	}
	assert_int_equal(w.store.items, 1);
	assert_true(world_reads(&w, "stays", 1, 100));
	assert_int_equal(w.store.damaged, 0);
	world_close(&w);
}

/*
 * The power went in the last settle that fits into a sector. The next mount read it and left the
 * sector; the one after that reads nothing there, and nothing is lost.
 */
static void test_last_settle_reads_differently(void **state)
{
	struct world w;
	uint32_t size;

	(void)state;
	world_open(&w, 1024, 16, 4, 10);
	assert_int_equal(world_fill(&w, "a", 1, 10), 0);
	size = 1000 - w.store.head - LOG_MARK_SIZE - LOG_RECORD_SIZE - LOG_COMMIT_SIZE;
	assert_int_equal(world_fill(&w, "a", 2, size), 0);
	assert_int_equal(w.store.head, 1000);
	assert_int_equal(world_mount(&w), 0);
	/* The place before may have been tried, too. */
	assert_int_equal(w.store.head, 1016);
	assert_int_equal(w.nor.cells[1008], LOG_MARK_SETTLE);
	assert_int_equal(world_mount(&w), 0);
	assert_int_equal(w.store.head_sector, 1);
	memset(w.nor.cells + 1008, 0xff, LOG_MARK_SIZE);
	assert_int_equal(world_mount(&w), 0);
	assert_int_equal(w.store.lost, 0);
	assert_true(world_reads(&w, "a", 2, size));
	world_close(&w);
}

/*
 * The power went in a sector's first settle, which reads wrong now and right later. Its header is
 * whole, and must not be erased: an erase that is cut might leave all of it as it was.
 */
static void test_first_settle_reads_differently(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, 1024, 16, 4, 10);
	memset(w.nor.cells, 0xff, 1024);
	memset(w.nor.programmed, 0, 1024 / 4);
	assert_int_equal(ffav_store_format(&w.nor.flash), 0);
	w.nor.cells[LOG_SECTOR_SIZE + 5] ^= 0x40;
	assert_int_equal(world_mount(&w), 0);
	assert_int_equal(w.nor.sectors_erased, 0);
	assert_int_equal(w.store.head_sector, 0);
	assert_int_equal(world_fill(&w, "a", 1, 50), 0);
	assert_int_equal(world_mount(&w), 0);
	assert_true(world_reads(&w, "a", 1, 50));
	w.nor.cells[LOG_SECTOR_SIZE + 5] ^= 0x40;
	assert_int_equal(world_mount(&w), 0);
	assert_true(world_reads(&w, "a", 1, 50));
	assert_int_equal(w.store.lost + w.store.damaged, 0);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_several_changes),
		cmocka_unit_test(test_one_impossible_change_stops_all),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_a_deleted_item_stays_deleted),
		cmocka_unit_test(test_last_settle_reads_differently),
		cmocka_unit_test(test_first_settle_reads_differently),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
