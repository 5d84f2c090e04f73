/* SPDX-License-Identifier: BSD-3-Clause */
/* Making a store where there was none, also when the power goes while it is made. */
#include "fixture.h"

#include <setjmp.h>

static jmp_buf powered_off;

static void power_lost(void *context)
{
	(void)context;
	longjmp(powered_off, 1);
}

/* A window of a new machine, as the one who formats it judges: nothing behind the headers. */
static bool looks_new(const struct ffav_nor *nor)
{
	uint32_t i;

	for (i = 0; i < nor->flash.sector_size * nor->flash.sector_count; i++)
		if (i % nor->flash.sector_size >= 32 && nor->cells[i] != 0xff)
			return false;
	return true;
}

/* Formats with the power going at a step. Return: true if it went. */
static bool cut_format(struct ffav_nor *nor, uint64_t step, enum ffav_nor_cut way)
{
	if (setjmp(powered_off)) {
		ffav_nor_power_on(nor);
		nor->cut_step = UINT64_MAX;
		return true;
	}
	nor->cut_step = nor->steps + step;
	nor->cut = way;
	assert_int_equal(ffav_store_format(&nor->flash), 0);
	nor->cut_step = UINT64_MAX;
	return false;
}

/* Cuts twice at every step, then formats: the window never looks like somebody else's. */
static void run(uint32_t unit)
{
	static volatile uint64_t first, second;
	static volatile unsigned int way, runs;
	static struct world w;

	for (first = 0; first < 12; first++)
		for (second = 0; second < 12; second++)
			for (way = 0; way < FFAV_NOR_CUTS * FFAV_NOR_CUTS; way++) {
				unsigned int i;
				int result;

				assert_int_equal(ffav_nor_memory(&w.nor, 1024, 16, unit), 0);
				w.nor.power_lost = power_lost;
				w.nor.seed = first * 1000 + second * 50 + way + 1;
				w.nor.flash.map = NULL;
				w.memory_size = ffav_store_memory(&w.nor.flash, 10);
				w.memory = test_malloc(w.memory_size);
				if (cut_format(&w.nor, first, way % FFAV_NOR_CUTS)) {
					result = world_mount(&w);
					assert_true(!result || looks_new(&w.nor));
					if (result &&
					    cut_format(&w.nor, second, way / FFAV_NOR_CUTS)) {
						result = world_mount(&w);
						assert_true(!result || looks_new(&w.nor));
						if (result)
							assert_int_equal(
								ffav_store_format(&w.nor.flash),
								0);
					}
				}
				/* What a torn header reads as each time changes nothing. */
				for (i = 0; i < 5; i++) {
					assert_int_equal(world_mount(&w), 0);
					assert_int_equal(w.store.items, i > 0);
					assert_int_equal(w.store.damaged + w.store.lost, 0);
					assert_int_equal(world_fill(&w, "k", (uint8_t)i, 400),
							 0);
					assert_true(world_reads(&w, "k", (uint8_t)i, 400));
				}
				ffav_nor_close(&w.nor);
				test_free(w.memory);
				runs++;
			}
	assert_int_equal(runs % (144 * FFAV_NOR_CUTS * FFAV_NOR_CUTS), 0);
}

static void test_cuts_with_unit_4(void **state)
{
	(void)state;
	run(4);
}

static void test_cuts_with_unit_32(void **state)
{
	(void)state;
	run(32);
}

/* A store that is formatted again is empty, whatever numbers its sectors had. */
static void test_again(void **state)
{
	struct world w;
	unsigned int i;

	(void)state;
	world_open(&w, 1024, 16, 4, 10);
	for (i = 0; i < 100; i++)
		assert_int_equal(world_fill(&w, "a", (uint8_t)i, 300), 0);
	assert_int_equal(ffav_store_format(&w.nor.flash), 0);
	assert_int_equal(world_mount(&w), 0);
	assert_int_equal(w.store.items, 0);
	assert_int_equal(ffav_store_format(&w.nor.flash), 0);
	assert_int_equal(world_mount(&w), 0);
	assert_int_equal(w.store.items, 0);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cuts_with_unit_4),
		cmocka_unit_test(test_cuts_with_unit_32),
		cmocka_unit_test(test_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
