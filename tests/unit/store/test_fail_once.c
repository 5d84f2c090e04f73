/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A device that fails once, at any operation, or from then on: what was answered before and after
 * is there when the store is mounted again.
 */
#include "fixture.h"

#include <stdio.h>

#define SECTOR  1024u
#define SECTORS 16u
#define SIZE    (SECTOR * SECTORS)
#define ITEMS   6u
/** Commits in which each program fails once, and commits that follow each failure. */
#define COMMITS 100u
#define AFTER   6u

/** How a program fails. */
enum way {
	/** It has changed nothing. */
	NOT_DONE,
	/** It has done what it should, and says that it has not. */
	DONE,
	/** The same, and the sector cannot be erased until the reset. */
	STUCK,
	/** Of its first unit some bits are done, and some read differently each time. */
	TORN,
	WAYS,
};

/** struct item - What was answered last for an item: @byte many times. */
struct item {
	uint8_t byte;
	uint32_t size;
};

static struct world w;
static struct item items[ITEMS];
/** What an item may be after a mount instead: the one that failed when the store was sealed. */
static struct item perhaps;
static unsigned int perhaps_of;
static int (*real_program)(void *context, uint32_t offset, const void *in, size_t length);
static int (*real_erase)(void *context, uint32_t sector);
static uint64_t programs, fail_at;
static uint32_t stuck = SECTORS;
static bool worn_out, failed;
static enum way way;

static int program(void *context, uint32_t offset, const void *in, size_t length)
{
	struct ffav_nor *nor = context;
	uint32_t unit = nor->flash.program_unit;

	if (programs++ != fail_at)
		return real_program(context, offset, in, length);
	failed = true;
	if (way == DONE || way == STUCK) {
		real_program(context, offset, in, length);
		stuck = way == STUCK ? offset / SECTOR : SECTORS;
	} else if (way == TORN) {
		nor->failing[offset / SECTOR] |= FFAV_NOR_FAILS_PROGRAM;
		real_program(context, offset, in, length);
		nor->failing[offset / SECTOR] = 0;
	} else {
		/* Nobody may try it again. */
		memset(nor->programmed + offset / unit, 1, length / unit);
	}
	return FFAV_FLASH_IO_ERROR;
}

static int erase(void *context, uint32_t sector)
{
	return sector == stuck || (worn_out && failed) ? FFAV_FLASH_IO_ERROR
						       : real_erase(context, sector);
}

static bool set(unsigned int i, uint8_t byte, uint32_t size)
{
	bool sealed = w.store.sealed;
	char name[12];
	int result;

	snprintf(name, sizeof(name), "k%u", i);
	result = world_fill(&w, name, byte, size);
	if (!result)
		items[i] = (struct item){.byte = byte, .size = size};
	if (result == FFAV_STORE_IO_ERROR && w.store.sealed && !sealed) {
		perhaps = (struct item){.byte = byte, .size = size};
		perhaps_of = i;
	}
	return !result;
}

static void check_all(void)
{
	char name[12];
	unsigned int i;

	for (i = 0; i < ITEMS; i++) {
		snprintf(name, sizeof(name), "k%u", i);
		assert_true(
			world_reads(&w, name, items[i].byte, items[i].size) ||
			(i == perhaps_of && world_reads(&w, name, perhaps.byte, perhaps.size)));
	}
}

/*
 * A store with @others of 100 bytes that do not change, and a few items of @size that will. As many
 * as take most of the room, but leave enough for what is written after a failure to stay on flash.
 */
static void open_world(uint32_t unit, uint32_t size, uint32_t others)
{
	char name[12];
	unsigned int i;

	perhaps_of = ITEMS;
	world_open(&w, SECTOR, SECTORS, unit, 100);
	for (i = 0; i < ITEMS; i++)
		assert_true(set(i, 1, size));
	for (i = 0; i < others; i++) {
		snprintf(name, sizeof(name), "c%u", i);
		assert_int_equal(world_fill(&w, name, 0, 100), 0);
	}
	/* Some turns, so that reclaiming is in its stride. */
	for (i = 0; i < 300; i++)
		assert_true(set(i % ITEMS, 1, size));
	real_program = w.nor.flash.program;
	w.nor.flash.program = program;
	real_erase = w.nor.flash.erase;
	w.nor.flash.erase = erase;
}

/* struct moment - Everything there is, so that it can be had again. */
struct moment {
	uint8_t cells[SIZE];
	uint8_t programmed[SIZE / 4];
	struct ffav_store store;
	uint8_t memory[4096];
	struct item items[ITEMS];
};

static void keep(struct moment *m)
{
	memcpy(m->cells, w.nor.cells, SIZE);
	memcpy(m->programmed, w.nor.programmed, SIZE / w.nor.flash.program_unit);
	m->store = w.store;
	assert_true(w.memory_size <= sizeof(m->memory));
	memcpy(m->memory, w.memory, w.memory_size);
	memcpy(m->items, items, sizeof(items));
}

static void go_back(const struct moment *m)
{
	memcpy(w.nor.cells, m->cells, SIZE);
	memcpy(w.nor.programmed, m->programmed, SIZE / w.nor.flash.program_unit);
	if (w.nor.unstable)
		memset(w.nor.unstable, 0, SIZE);
	w.store = m->store;
	memcpy(w.memory, m->memory, w.memory_size);
	memcpy(items, m->items, sizeof(items));
	programs = 0;
	stuck = SECTORS;
	failed = false;
	perhaps_of = ITEMS;
}

/* The commit number @n of the workload. */
static void work(unsigned int n, uint32_t size)
{
	set(n * 7 % 11 % ITEMS, (uint8_t)(n + 2), size);
}

/* Return: false where commit @n has fewer programs than @fail_at. */
static bool fails_in(unsigned int n, uint32_t size)
{
	unsigned int i;

	work(n, size);
	if (!failed)
		return false;
	for (i = 1; i <= AFTER; i++)
		work(n + i, size);
	check_all();
	stuck = SECTORS;
	failed = false;
	ffav_nor_power_on(&w.nor);
	assert_int_equal(world_mount(&w), 0);
	assert_false(w.store.sealed);
	assert_int_equal(w.store.lost + w.store.damaged, 0);
	check_all();
	return true;
}

static void check_program(uint32_t unit, uint32_t size, uint32_t others)
{
	static struct moment before;
	bool more;
	unsigned int n;

	open_world(unit, size, others);
	for (n = 0; n < COMMITS; n++) {
		keep(&before);
		for (more = true, fail_at = 0; more; fail_at++) {
			for (way = 0; way < WAYS && more; way++) {
				go_back(&before);
				more = fails_in(n, size);
			}
		}
		go_back(&before);
		fail_at = UINT64_MAX;
		work(n, size);
	}
	world_close(&w);
}

static void check_all_programs(void)
{
	check_program(4, 100, 55);
	check_program(16, 300, 30);
	check_program(32, 100, 45);
}

static void test_program(void **state)
{
	(void)state;
	check_all_programs();
}

/* From the program that fails until the reset no sector can be erased. */
static void test_program_and_erases(void **state)
{
	(void)state;
	worn_out = true;
	check_all_programs();
	worn_out = false;
}

static jmp_buf off;

static int program_then_off(void *context, uint32_t offset, const void *in, size_t length)
{
	int result = real_program(context, offset, in, length);

	if (!offset)
		longjmp(off, 1);
	return result;
}

/*
 * The last sector cannot be erased and is left out, and the power goes when there is no more than a
 * header in the first. After the reset the last one works again, and is free. @size: of the items.
 * Return: whether the header is inside of a transaction.
 */
static bool check_left_out(uint32_t size)
{
	static uint8_t twos[SECTOR];
	static bool inside;

	memset(twos, 2, sizeof(twos));
	world_open(&w, SECTOR, SECTORS, 4, 20);
	while (w.store.head_sector != SECTORS - 2)
		assert_true(set(0, 1, size));
	w.nor.failing[SECTORS - 1] = FFAV_NOR_FAILS_ERASE;
	real_program = w.nor.flash.program;
	if (!setjmp(off)) {
		w.nor.flash.program = program_then_off;
		for (;;)
			assert_int_equal(world_set(&w, "k0", twos, size), 0);
	}
	inside = w.store.remaining != 0;
	w.nor.flash.program = real_program;
	w.nor.failing[SECTORS - 1] = 0;
	ffav_nor_power_on(&w.nor);
	assert_int_equal(world_mount(&w), 0);
	assert_true(world_reads(&w, "k0", 2, size));
	assert_true(set(1, 3, 100));
	assert_int_equal(world_mount(&w), 0);
	assert_true(world_reads(&w, "k0", 2, size));
	assert_true(world_reads(&w, "k1", 3, 100));
	assert_int_equal(w.store.lost, 0);
	world_close(&w);
	return inside;
}

static void test_left_out(void **state)
{
	unsigned int inside = 0, size;

	(void)state;
	for (size = 100; size < 200; size++)
		inside += check_left_out(size);
	assert_in_range(inside, 50, 99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_program),
		cmocka_unit_test(test_program_and_erases),
		cmocka_unit_test(test_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
