/* SPDX-License-Identifier: BSD-3-Clause */
/* The monotonic counter: which older images are found out, and that nothing else is refused. */
#include "fixture.h"
#include "secure/store/counter.h"
#include "secure/store/inspect.h"
#include "secure/store/log.h"

#include <stdio.h>
#include <stdlib.h>

#define SECTOR  1024u
#define SECTORS 16u
#define SIZE    (SECTOR * SECTORS)

/** struct chip - A counter. @lies: an increment that is done is reported as failed */
struct chip {
	struct ffav_counter counter;
	uint64_t value;
	unsigned int increments;
	bool fails_read;
	bool fails_increment;
	bool lies;
};

static int chip_read(void *context, uint64_t *value)
{
	const struct chip *chip = context;

	*value = chip->value;
	return chip->fails_read ? -1 : 0;
}

static int chip_increment(void *context)
{
	struct chip *chip = context;

	chip->increments++;
	if (chip->fails_increment)
		return -1;
	chip->value++;
	return chip->lies ? -1 : 0;
}

/** struct image - The flash at some moment. */
struct image {
	uint8_t cells[SIZE];
	uint8_t programmed[SIZE / 4];
};

static void take(const struct world *w, struct image *image)
{
	memcpy(image->cells, w->nor.cells, SIZE);
	memcpy(image->programmed, w->nor.programmed, SIZE / 4);
}

static void put(struct world *w, const struct image *image)
{
	memcpy(w->nor.cells, image->cells, SIZE);
	memcpy(w->nor.programmed, image->programmed, SIZE / 4);
}

static int start(struct world *w, struct chip *chip, bool rebind)
{
	int result = world_mount(w);

	return result ? result : ffav_store_bind(&w->store, &chip->counter, rebind);
}

static void open_bound(struct world *w, struct chip *chip, uint32_t window)
{
	*chip = (struct chip){.counter = {window, chip, chip_read, chip_increment}};
	world_open(w, SECTOR, SECTORS, 4, 20);
	assert_int_equal(start(w, chip, false), FFAV_STORE_OK);
}

static void test_older_image(void **state)
{
	static struct image old, new;
	struct world w;
	struct chip chip;

	(void)state;
	open_bound(&w, &chip, 1);
	assert_int_equal(chip.value, 1);
	assert_int_equal(world_fill(&w, "dbx", 1, 100), 0);
	take(&w, &old);
	assert_int_equal(world_fill(&w, "dbx", 2, 100), 0);
	assert_int_equal(chip.value, 3);
	take(&w, &new);
	put(&w, &old);
	assert_int_equal(start(&w, &chip, false), FFAV_STORE_ROLLED_BACK);
	/* It can be looked at, and not be changed. */
	assert_true(world_reads(&w, "dbx", 1, 100));
	assert_int_equal(world_fill(&w, "dbx", 3, 100), FFAV_STORE_NO_SPACE);
	assert_int_equal(chip.value, 3);
	put(&w, &new);
	assert_int_equal(start(&w, &chip, false), FFAV_STORE_OK);
	assert_true(world_reads(&w, "dbx", 2, 100));
	world_close(&w);
}

static void test_formatted_again(void **state)
{
	struct world w;
	struct chip chip;

	(void)state;
	open_bound(&w, &chip, 1);
	memset(w.nor.cells, 0xff, SIZE);
	memset(w.nor.programmed, 0, SIZE / 4);
	assert_int_equal(ffav_store_format(&w.nor.flash), 0);
	assert_int_equal(start(&w, &chip, false), FFAV_STORE_ROLLED_BACK);
	world_close(&w);
}

/* Each start's first change is counted, then every so many-th, and what asks for it. */
static void test_window(void **state)
{
	const struct ffav_store_change anchored = {
		.key = "dbx", .key_size = 3, .anchored = true, .data = {{"new", 3}}};
	static struct image old;
	struct world w;
	struct chip chip;
	unsigned int i;

	(void)state;
	open_bound(&w, &chip, 10);
	/* Binding was the first. */
	assert_int_equal(chip.value, 1);
	for (i = 0; i < 25; i++)
		assert_int_equal(world_fill(&w, "a", (uint8_t)i, 50), 0);
	assert_int_equal(chip.value, 3);
	take(&w, &old);
	for (i = 0; i < 4; i++)
		assert_int_equal(world_fill(&w, "a", (uint8_t)i, 50), 0);
	/* Within the window nobody can tell. */
	put(&w, &old);
	assert_int_equal(start(&w, &chip, false), FFAV_STORE_OK);
	assert_true(world_reads(&w, "a", 24, 50));
	assert_int_equal(chip.value, 3);
	assert_int_equal(world_fill(&w, "a", 1, 50), 0);
	assert_int_equal(chip.value, 4);
	take(&w, &old);
	assert_int_equal(world_fill(&w, "a", 2, 50), 0);
	assert_int_equal(chip.value, 4);
	assert_int_equal(ffav_store_commit(&w.store, &anchored, 1), 0);
	assert_int_equal(chip.value, 5);
	put(&w, &old);
	assert_int_equal(start(&w, &chip, false), FFAV_STORE_ROLLED_BACK);
	world_close(&w);
}

/* A cut, or a counter that fails, between the change and its count. */
static void test_behind(void **state)
{
	struct world w;
	struct chip chip;
	uint64_t epoch;

	(void)state;
	open_bound(&w, &chip, 1);
	chip.fails_increment = true;
	chip.increments = 0;
	assert_int_equal(world_fill(&w, "a", 1, 50), FFAV_STORE_OK);
	assert_int_equal(chip.increments, 3);
	/* Never two ahead: the next change waits for the counter. */
	assert_int_equal(world_fill(&w, "a", 2, 50), FFAV_STORE_COUNTER);
	assert_int_equal(world_delete(&w, "a"), FFAV_STORE_COUNTER);
	assert_true(world_reads(&w, "a", 1, 50));
	assert_int_equal(start(&w, &chip, false), FFAV_STORE_OK);
	assert_true(world_reads(&w, "a", 1, 50));
	assert_int_equal(world_fill(&w, "a", 2, 50), FFAV_STORE_COUNTER);
	chip.fails_increment = false;
	assert_int_equal(world_fill(&w, "a", 2, 50), FFAV_STORE_OK);
	assert_int_equal(chip.value, 3);
	chip.fails_increment = true;
	assert_int_equal(world_fill(&w, "a", 3, 50), FFAV_STORE_OK);
	chip.fails_increment = false;
	assert_int_equal(start(&w, &chip, false), FFAV_STORE_OK);
	assert_int_equal(chip.value, 4);
	assert_int_equal(ffav_store_epoch(&w.store, &epoch), 0);
	assert_int_equal(epoch, 4);
	/* It says that it failed, and did not. */
	chip.lies = true;
	assert_int_equal(world_fill(&w, "a", 4, 50), FFAV_STORE_OK);
	assert_int_equal(world_fill(&w, "a", 5, 50), FFAV_STORE_OK);
	assert_int_equal(chip.value, 6);
	assert_int_equal(start(&w, &chip, false), FFAV_STORE_OK);
	world_close(&w);
}

static void test_other_counter(void **state)
{
	struct world w;
	struct chip chip;
	unsigned int i;

	(void)state;
	open_bound(&w, &chip, 1);
	for (i = 0; i < 5; i++)
		assert_int_equal(world_fill(&w, "a", (uint8_t)i, 50), 0);
	assert_int_equal(chip.value, 6);
	chip.value = 4;
	assert_int_equal(start(&w, &chip, false), FFAV_STORE_COUNTER);
	chip.value = 6;
	chip.fails_read = true;
	assert_int_equal(start(&w, &chip, false), FFAV_STORE_COUNTER);
	assert_int_equal(start(&w, &chip, true), FFAV_STORE_COUNTER);
	assert_int_equal(world_fill(&w, "a", 9, 50), FFAV_STORE_NO_SPACE);
	chip.fails_read = false;
	chip.value = UINT64_MAX;
	assert_int_equal(start(&w, &chip, true), FFAV_STORE_COUNTER);
	chip.value = 6;
	chip.counter.window = 0;
	assert_int_equal(start(&w, &chip, false), FFAV_STORE_INVALID);
	chip.counter.window = 1;
	assert_int_equal(start(&w, &chip, false), FFAV_STORE_OK);
	world_close(&w);
}

static void test_rebind(void **state)
{
	static const uint64_t values[] = {0, 3, 6, 7, 1000};
	static struct image old, now;
	struct world w;
	struct chip chip;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		unsigned int n;

		open_bound(&w, &chip, 1);
		for (n = 0; n < 5; n++)
			assert_int_equal(world_fill(&w, "a", (uint8_t)n, 50), 0);
		take(&w, &old);
		chip.value = values[i];
		assert_int_equal(start(&w, &chip, true), FFAV_STORE_OK);
		assert_true(world_reads(&w, "a", 4, 50));
		/* From here on it is as bound as any. */
		assert_int_equal(world_fill(&w, "a", 7, 50), 0);
		take(&w, &now);
		if (values[i] > 6) {
			put(&w, &old);
			assert_int_equal(start(&w, &chip, false), FFAV_STORE_ROLLED_BACK);
			put(&w, &now);
		}
		assert_int_equal(start(&w, &chip, false), FFAV_STORE_OK);
		assert_true(world_reads(&w, "a", 7, 50));
		world_close(&w);
	}
}

/* The epoch cannot be read: nobody knows how old the store is. */
static void test_damaged_epoch(void **state)
{
	struct world w;
	struct chip chip;
	uint64_t epoch;

	(void)state;
	open_bound(&w, &chip, 1);
	assert_int_equal(world_fill(&w, "a", 1, 50), 0);
	/* A mount settles the last change: from then on damage is not taken for a cut. */
	assert_int_equal(world_mount(&w), 0);
	w.nor.cells[ffav_store_place(&w.store, w.store.epoch_id) + LOG_RECORD_SIZE] ^= 1;
	assert_int_equal(start(&w, &chip, false), FFAV_STORE_IO_ERROR);
	assert_int_equal(ffav_store_epoch(&w.store, &epoch), FFAV_STORE_IO_ERROR);
	assert_int_equal(start(&w, &chip, true), FFAV_STORE_OK);
	assert_int_equal(chip.value, 3);
	assert_true(world_reads(&w, "a", 1, 50));
	assert_int_equal(start(&w, &chip, false), FFAV_STORE_OK);
	world_close(&w);
}

/* The epoch is nobody's item. */
static void test_not_an_item(void **state)
{
	struct ffav_store_space space;
	ffav_store_id id = 0;
	uint32_t attributes;
	struct world w;
	struct chip chip;
	char key[16];

	(void)state;
	open_bound(&w, &chip, 1);
	assert_int_equal(ffav_store_next(&w.store, 0), 0);
	assert_int_equal(world_fill(&w, "a", 1, 50), 0);
	assert_int_equal(world_fill(&w, "b", 1, 50), 0);
	assert_int_equal(ffav_store_step(&w.store, &id, &attributes, key, sizeof(key)), 1);
	assert_int_equal(ffav_store_step(&w.store, &id, &attributes, key, sizeof(key)), 1);
	assert_int_equal(key[0], 'b');
	assert_int_equal(ffav_store_step(&w.store, &id, &attributes, key, sizeof(key)), 0);
	ffav_store_space(&w.store, &space);
	assert_int_equal(space.items, 2);
	assert_int_equal(world_fill(&w, COUNTER_KEY, 1, 8), FFAV_STORE_INVALID);
	assert_int_equal(world_delete(&w, COUNTER_KEY), FFAV_STORE_INVALID);
	assert_int_equal(ffav_store_commit(&w.store, NULL, 9), FFAV_STORE_INVALID);
	/* Also in a store that is not bound, where there is nothing to be counted. */
	assert_int_equal(world_mount(&w), 0);
	assert_int_equal(world_delete(&w, COUNTER_KEY), FFAV_STORE_INVALID);
	assert_int_equal(ffav_store_commit(&w.store, NULL, 0), FFAV_STORE_INVALID);
	world_close(&w);
}

/* A store that was full before there was a counter, and reclaiming that moves the epoch. */
static void test_full(void **state)
{
	struct world w;
	struct chip chip = {.counter = {1000, &chip, chip_read, chip_increment}};
	char name[8];
	unsigned int n, i;

	(void)state;
	world_open(&w, SECTOR, SECTORS, 4, 200);
	for (n = 0;; n++) {
		snprintf(name, sizeof(name), "k%u", n);
		if (world_fill(&w, name, (uint8_t)n, 40))
			break;
	}
	assert_true(n > 50);
	assert_int_equal(start(&w, &chip, false), FFAV_STORE_OK);
	for (i = 0; i < 1500; i++) {
		snprintf(name, sizeof(name), "k%u", i % n);
		assert_int_equal(world_fill(&w, name, (uint8_t)i, 40), 0);
	}
	assert_int_equal(chip.value, 2);
	assert_int_equal(start(&w, &chip, false), FFAV_STORE_OK);
	snprintf(name, sizeof(name), "k%u", 1499 % n);
	assert_true(world_reads(&w, name, (uint8_t)1499, 40));
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_older_image),   cmocka_unit_test(test_formatted_again),
		cmocka_unit_test(test_window),        cmocka_unit_test(test_behind),
		cmocka_unit_test(test_other_counter), cmocka_unit_test(test_rebind),
		cmocka_unit_test(test_damaged_epoch), cmocka_unit_test(test_not_an_item),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
