/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A store that was written once and is kept: what reads today's stores must read those that are
 * in the field. The image was taken after a wrap of the ring, a power-on and one more change.
 */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>

#define SECTOR  1024u
#define SECTORS 12u
#define UNIT    16u

static const char *image;

static void load(struct ffav_nor *nor)
{
	FILE *f = fopen(image, "r");
	char line[128];
	uint32_t lines = 0;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		char *p = line;
		unsigned long at;

		if (line[0] == '#')
			continue;
		at = strtoul(line, &p, 16);
		assert_true(at + 32 <= SECTOR * SECTORS);
		for (uint32_t i = 0; i < 32; i++) {
			char digits[3] = {p[1 + 2 * i], p[2 + 2 * i], 0};

			nor->cells[at + i] = (uint8_t)strtoul(digits, NULL, 16);
			if (nor->cells[at + i] != 0xff)
				nor->programmed[(at + i) / UNIT] = 1;
		}
		lines++;
	}
	fclose(f);
	assert_true(lines > 100);
}

static void check(struct world *w)
{
	struct ffav_store_meta meta;
	char data[4];
	uint32_t i;

	assert_int_equal(w->store.items, 6);
	assert_int_equal(w->store.damaged + w->store.lost, 0);
	assert_true(world_reads(w, "first", 1, 100));
	assert_true(world_reads(w, "often", 59, 149));
	assert_true(world_reads(w, "large", 0x5a, 1500));
	assert_true(world_reads(w, "last", 7, 33));
	assert_true(world_reads(w, "pair", 0, 0));
	assert_int_equal(world_find(w, "gone"), 0);
	assert_int_equal(ffav_store_meta(&w->store, world_find(w, "pair"), &meta), 0);
	assert_int_equal(meta.attributes, 3);
	assert_int_equal(ffav_store_meta(&w->store, world_find(w, "signed"), &meta), 0);
	assert_int_equal(meta.attributes, 0x27);
	assert_true(meta.has_time);
	assert_int_equal(meta.signer_size, 32);
	for (i = 0; i < 16; i++)
		assert_int_equal(meta.time[i], 0x10 + i);
	for (i = 0; i < 32; i++)
		assert_int_equal(meta.signer[i], 0x80 + i);
	assert_int_equal(ffav_store_read(&w->store, world_find(w, "signed"), 0, data, 4), 0);
	assert_memory_equal(data, "data", 4);
}

static void test_reads(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, SECTOR, SECTORS, UNIT, 20);
	memset(w.nor.cells, 0xff, (size_t)SECTOR * SECTORS);
	memset(w.nor.programmed, 0, (size_t)SECTOR * SECTORS / UNIT);
	load(&w.nor);
	assert_int_equal(world_mount(&w), 0);
	check(&w);
	assert_false(w.store.sealed);
	world_close(&w);
}

static void test_goes_on(void **state)
{
	struct world w;
	unsigned int i;

	(void)state;
	world_open(&w, SECTOR, SECTORS, UNIT, 20);
	memset(w.nor.cells, 0xff, (size_t)SECTOR * SECTORS);
	memset(w.nor.programmed, 0, (size_t)SECTOR * SECTORS / UNIT);
	load(&w.nor);
	assert_int_equal(world_mount(&w), 0);
	for (i = 0; i < 300; i++)
		assert_int_equal(world_fill(&w, "new", (uint8_t)i, 100), 0);
	assert_int_equal(world_delete(&w, "new"), 0);
	assert_int_equal(world_mount(&w), 0);
	check(&w);
	world_close(&w);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_goes_on),
	};

	if (argc != 2) {
		fputs("test_store_version1: the argument is the image's file.\n", stderr);
		return 2;
	}
	image = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
