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

/** The items of test_every_bit(), each written in a transaction of its own. */
static const struct {
	const char *name;
	uint8_t byte;
	uint32_t size;
} items[] = {{"first", 1, 100}, {"second", 2, 1500}, {"third", 3, 100}};

static bool reads(struct world *w, unsigned int i)
{
	return world_reads(w, items[i].name, items[i].byte, items[i].size);
}

/* Is it there, with anything but what was written? */
static bool lies(struct world *w, unsigned int i)
{
	ffav_store_id id = world_find(w, items[i].name);
	struct ffav_store_meta meta;
	uint8_t data[1500];

	return id && !ffav_store_meta(&w->store, id, &meta) &&
	       (meta.data_size > sizeof(data) ||
		!ffav_store_read(&w->store, id, 0, data, meta.data_size)) &&
	       !reads(w, i);
}

/*
 * One flipped bit never makes an item read as what was not written. In a record it costs that item at
 * most, in a mark or in a sector's header what the log loses with it.
 */
static void test_every_bit(void **state)
{
	static uint8_t image[16 * 1024], programmed[16 * 1024 / 4];
	struct world w;
	/* Which item's record a byte is in, and whether it is in the data. */
	uint8_t owner[3 * 1024], content[3 * 1024] = {0};
	unsigned int i, spoilt = 0;
	uint32_t at;

	(void)state;
	world_open(&w, 1024, 16, 4, 10);
	for (i = 0; i < 3; i++)
		assert_int_equal(world_fill(&w, items[i].name, items[i].byte, items[i].size),
				 0);
	assert_int_equal(world_mount(&w), 0);
	memset(owner, 3, sizeof(owner));
	for (i = 0; i < 3; i++) {
		const struct ffav_store_entry *e =
			&w.store.entries[world_find(&w, items[i].name) - 1];

		for (at = e->key_at; at < log_skip(&w.store, e->data_at, entry_data_total(e));
		     at++) {
			if (at % 1024 < LOG_SECTOR_SIZE)
				continue;
			owner[at] = (uint8_t)i;
			content[at] = at >= e->data_at + LOG_RECORD_SIZE;
		}
	}
	memcpy(image, w.nor.cells, sizeof(image));
	memcpy(programmed, w.nor.programmed, sizeof(programmed));
	for (at = 0; at < 3 * 1024; at++) {
		unsigned int good = 0;

		memcpy(w.nor.cells, image, sizeof(image));
		memcpy(w.nor.programmed, programmed, sizeof(programmed));
		w.nor.cells[at] ^= (uint8_t)(1u << (at & 7));
		if (world_mount(&w)) {
			assert_int_equal(owner[at], 3);
			continue;
		}
		for (i = 0; i < 3; i++) {
			good += reads(&w, i);
			assert_false(lies(&w, i));
			assert_true(owner[at] == 3 || owner[at] == i || reads(&w, i));
		}
		spoilt += good < 3;
		/* Nothing but the record's checksum knows of it, and it is counted once. */
		if (content[at])
			assert_int_equal(w.store.damaged, 1);
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
