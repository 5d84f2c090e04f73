/* SPDX-License-Identifier: BSD-3-Clause */
/* The volatile store's memory: empty at every start, whatever was there before. */
#include "fixture.h"
#include "secure/store/ram.h"

static void test_starts_empty(void **state)
{
	static uint64_t memory[16 * 1024 / 8], index[4096];
	const struct ffav_store_change change = {
		.key = "volatile", .key_size = 8, .data = {{"data", 4}}};
	static struct ffav_store store;
	struct ffav_ram ram;
	unsigned int start, i;
	uint8_t out[4];

	(void)state;
	for (start = 0; start < 3; start++) {
		ffav_ram_init(&ram, memory, sizeof(memory), 1024);
		assert_int_equal(ram.flash.sector_count, 16);
		assert_int_equal(ffav_store_format(&ram.flash), 0);
		assert_int_equal(ffav_store_mount(&store, &ram.flash, index, sizeof(index)), 0);
		assert_int_equal(store.items, 0);
		for (i = 0; i < 1000; i++)
			assert_int_equal(ffav_store_commit(&store, &change, 1), 0);
		assert_int_equal(store.items, 1);
		assert_int_equal(ffav_store_read(&store, ffav_store_find(&store, "volatile", 8),
						 0, out, 4),
				 0);
		assert_memory_equal(out, "data", 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_starts_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
