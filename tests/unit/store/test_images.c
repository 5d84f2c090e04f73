/* SPDX-License-Identifier: BSD-3-Clause */
/* What is not a store, is not this store, or was made to break the reader. */
#include "fixture.h"
#include "secure/store/log.h"

static void fill(struct world *w)
{
	unsigned int i;

	for (i = 0; i < 200; i++)
		assert_int_equal(world_fill(w, i % 3 ? "a" : "b", (uint8_t)i, i * 3), 0);
}

static void test_blank_and_foreign(void **state)
{
	struct world w;
	size_t i;

	(void)state;
	world_open(&w, 1024, 16, 4, 10);
	memset(w.nor.cells, 0xff, 16 * 1024);
	assert_int_equal(world_mount(&w), FFAV_STORE_FOREIGN);
	memset(w.nor.cells, 0, 16 * 1024);
	assert_int_equal(world_mount(&w), FFAV_STORE_FOREIGN);
	for (i = 0; i < 16 * 1024; i++)
		w.nor.cells[i] = (uint8_t)(i * i >> 3);
	w.nor.steps = 0;
	assert_int_equal(world_mount(&w), FFAV_STORE_FOREIGN);
	/* Nothing foreign was overwritten. */
	assert_int_equal(w.nor.steps, 0);
	world_close(&w);
}

static void test_other_version(void **state)
{
	struct world w;
	uint32_t i;

	(void)state;
	world_open(&w, 1024, 16, 4, 10);
	fill(&w);
	for (i = 0; i < 16; i++)
		if (!memcmp(w.nor.cells + i * 1024, LOG_MAGIC, 4))
			w.nor.cells[i * 1024 + 4] = LOG_VERSION + 1;
	w.nor.steps = 0;
	assert_int_equal(world_mount(&w), FFAV_STORE_VERSION);
	assert_int_equal(w.nor.steps, 0);
	world_close(&w);
}

static void test_other_geometry(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, 1024, 16, 4, 10);
	fill(&w);
	w.nor.steps = 0;
	w.nor.flash.sector_count = 15;
	assert_int_equal(world_mount(&w), FFAV_STORE_FOREIGN);
	w.nor.flash.sector_count = 8;
	w.nor.flash.sector_size = 2048;
	assert_int_equal(world_mount(&w), FFAV_STORE_FOREIGN);
	w.nor.flash.sector_size = 1024;
	w.nor.flash.sector_count = 16;
	w.nor.flash.program_unit = 8;
	assert_int_equal(world_mount(&w), FFAV_STORE_INVALID);
	w.nor.flash.program_unit = 4;
	w.nor.flash.sector_count = 2;
	assert_int_equal(world_mount(&w), FFAV_STORE_INVALID);
	assert_int_equal(w.nor.steps, 0);
	w.nor.flash.sector_count = 16;
	assert_int_equal(world_mount(&w), FFAV_STORE_OK);
	world_close(&w);
}

/* One flipped bit spoils at most what it is in: every other item reads as before. */
static void test_every_bit(void **state)
{
	static uint8_t image[16 * 1024], programmed[16 * 1024 / 4];
	struct world w;
	uint32_t at, spoilt = 0;

	(void)state;
	world_open(&w, 1024, 16, 4, 10);
	assert_int_equal(world_fill(&w, "first", 1, 100), 0);
	assert_int_equal(world_fill(&w, "second", 2, 1500), 0);
	assert_int_equal(world_fill(&w, "third", 3, 100), 0);
	assert_int_equal(world_mount(&w), 0);
	memcpy(image, w.nor.cells, sizeof(image));
	memcpy(programmed, w.nor.programmed, sizeof(programmed));
	for (at = 0; at < 3 * 1024; at++) {
		unsigned int good;

		memcpy(w.nor.cells, image, sizeof(image));
		memcpy(w.nor.programmed, programmed, sizeof(programmed));
		w.nor.cells[at] ^= (uint8_t)(1u << (at & 7));
		if (world_mount(&w))
			continue;
		good = (unsigned int)world_reads(&w, "first", 1, 100) +
		       (unsigned int)world_reads(&w, "second", 2, 1500) +
		       (unsigned int)world_reads(&w, "third", 3, 100);
		if (good < 3)
			spoilt++;
		/* In data or a key, it costs that item only, and is counted. */
		if (at >= 500 && at < 1000) {
			assert_true(good >= 2);
			assert_int_equal(w.store.damaged, 1);
		}
	}
	assert_true(spoilt > 1000);
	world_close(&w);
}

/* Headers and marks with right checksums and any content: the reader comes to an end. */
static void test_forged(void **state)
{
	static uint8_t image[16 * 1024], programmed[16 * 1024 / 4];
	uint32_t random = 7, round, i;
	struct world w;

	(void)state;
	world_open(&w, 1024, 16, 4, 10);
	fill(&w);
	memcpy(image, w.nor.cells, sizeof(image));
	memcpy(programmed, w.nor.programmed, sizeof(programmed));
	for (round = 0; round < 20000; round++) {
		memcpy(w.nor.cells, image, sizeof(image));
		memcpy(w.nor.programmed, programmed, sizeof(programmed));
		for (i = 0; i < 1 + round % 4; i++) {
			uint32_t sector, place;
			uint8_t *p;

			random = random * 1103515245 + 12345;
			sector = (random >> 8) % 16;
			p = w.nor.cells + sector * 1024;
			random = random * 1103515245 + 12345;
			if (round & 1) {
				ffav_put32(p + 8 + 4 * ((random >> 8) % 5),
					   random & 0x80000000 ? random >> 16 : random >> 28);
				ffav_put32(p + 28, ffav_crc32c(FFAV_CRC32C_START, p, 28));
				continue;
			}
			place = 32 + 4 * ((random >> 8) % 240);
			random = random * 1103515245 + 12345;
			ffav_put32(p + place, LOG_MARK_CHANGE | (random & 0x3ff00));
			ffav_put32(p + place + 4,
				   log_mark_checksum(p + place, ffav_get32(p + 8), place));
		}
		/* Units that look erased are; the others are programmed. */
		for (i = 0; i < 16 * 1024; i++)
			if (w.nor.cells[i] != 0xff)
				w.nor.programmed[i / 4] = 1;
		(void)world_mount(&w);
		for (i = 0; i < 10; i++)
			(void)world_fill(&w, "c", 1, 300);
	}
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blank_and_foreign),
		cmocka_unit_test(test_other_version),
		cmocka_unit_test(test_other_geometry),
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_forged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
