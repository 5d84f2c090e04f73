// SPDX-License-Identifier: BSD-3-Clause
/*
 * The store alone, one transaction for each SetVariable: what a long mixed workload does to the
 * flash, and what a mount costs. Keys are those of the standard workload, 32 bytes.
 *
 *   bench_store mixed VARIABLES FILL CALLS SECTORS UNIT
 *
 * Fills the window to FILL per cent of what it can hold with so many variables of sizes around
 * what that takes, room for two more left out. Then every fifth call deletes one, the next
 * creates it again, and the others overwrite one with another size. One line of results: calls
 * made, bytes programmed, sectors erased, worst call in bytes copied and in erases, calls that
 * copied or erased more than the bound, erases of the sector with the fewest and of that with the
 * most.
 *
 *   bench_store mount VARIABLES CALLS SECTORS UNIT
 *
 * Overwrites so often, then mounts; callgrind collects inside measured_mount(). One line: bytes
 * read, bytes in the log, bytes of index memory, bytes of that for no variables at all, bytes of
 * the store's own structure.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "secure/store/store.h"
#include "tests/bench/flash.h"

#define SECTOR_SIZE 4096u
#define KEY_SIZE    32u
/* Headers of the two records and the key. */
#define OVERHEAD 72u

static struct bench_flash flash;
static struct ffav_store store;
static void *memory;
static size_t memory_size;
static uint8_t data[FFAV_STORE_DATA_MAX];
static uint64_t random_state = 88172645463325252u;

static _Noreturn void die(const char *what, int64_t value)
{
	fprintf(stderr, "bench_store: %s (%" PRId64 ").\n", what, value);
	exit(2);
}

static uint32_t draw(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 20) % below;
}

__attribute__((noinline)) static int measured_mount(void)
{
	return ffav_store_mount(&store, &flash.flash, memory, memory_size);
}

/* Sets a variable, or deletes it where @size is 0. */
static void set(uint32_t n, uint32_t size)
{
	char key[KEY_SIZE + 1];
	struct ffav_store_change change = {.key = key,
					   .key_size = KEY_SIZE,
					   .attributes = 7,
					   .remove = !size,
					   .data = {{data, size}}};
	int result;

	snprintf(key, sizeof(key), "GUID of sixteen Var%05" PRIu32 "        ", n % 100000);
	data[0]++;
	result = ffav_store_commit(&store, &change, 1);
	if (result)
		die("A change was refused", result);
}

static void start(uint32_t variables, uint32_t sectors, uint32_t unit)
{
	int result;

	bench_flash_init(&flash, SECTOR_SIZE, sectors, unit);
	memory_size = ffav_store_memory(&flash.flash, variables);
	memory = malloc(memory_size);
	result = memory ? ffav_store_format(&flash.flash) : -1;
	if (!result)
		result = measured_mount();
	if (result)
		die("There is no store", result);
}

/* A size around @mean, from 7/8 to 9/8 of it. */
static uint32_t near(uint32_t mean)
{
	return mean - mean / 8 + draw(mean / 4 + 1);
}

/** struct worst - The worst calls. @copied: bytes; @beyond: calls beyond the bound */
struct worst {
	uint64_t copied;
	uint64_t erases;
	uint64_t beyond;
};

/* One call, and whether it kept to 1 + ceil(2 x record / sector) erases, 8 KiB + 2 x record. */
static void measure(struct worst *w, uint32_t n, uint32_t size)
{
	uint64_t bytes = flash.bytes_programmed;
	uint64_t erases = flash.erases;
	uint64_t record = size + OVERHEAD;

	set(n, size);
	bytes = flash.bytes_programmed - bytes;
	erases = flash.erases - erases;
	bytes = bytes > record ? bytes - record : 0;
	if (bytes > w->copied)
		w->copied = bytes;
	if (erases > w->erases)
		w->erases = erases;
	w->beyond += bytes > 2 * (uint64_t)SECTOR_SIZE + 2 * record ||
		     erases > 1 + (2 * record + SECTOR_SIZE - 1) / SECTOR_SIZE;
}

static void mixed(uint32_t variables, uint32_t fill, uint32_t calls, uint32_t sectors,
		  uint32_t unit)
{
	struct ffav_store_space space;
	struct worst w = {0};
	uint64_t bytes, erases;
	uint32_t low = UINT32_MAX, high = 0, mean, made, gone = UINT32_MAX;

	start(variables, sectors, unit);
	ffav_store_space(&store, &space);
	/* One more is written before the old one goes, and the largest must stay movable. */
	mean = (uint32_t)(space.total * fill / 100 / (variables + 2));
	mean = mean > OVERHEAD + 8 ? mean - OVERHEAD : 8;
	for (uint32_t i = 0; i < variables; i++)
		set(i, near(mean));
	bytes = flash.bytes_programmed;
	erases = flash.erases;
	for (made = 0; made < calls; made++) {
		if (gone != UINT32_MAX) {
			measure(&w, gone, near(mean));
			gone = UINT32_MAX;
		} else if (made % 5 == 0) {
			gone = draw(variables);
			measure(&w, gone, 0);
		} else {
			measure(&w, draw(variables), near(mean));
		}
	}
	for (uint32_t i = 0; i < sectors; i++) {
		low = flash.sector_erases[i] < low ? flash.sector_erases[i] : low;
		high = flash.sector_erases[i] > high ? flash.sector_erases[i] : high;
	}
	printf("%" PRIu32 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
	       " %" PRIu32 " %" PRIu32 "\n",
	       made, flash.bytes_programmed - bytes, flash.erases - erases, w.copied, w.erases,
	       w.beyond, low, high);
}

static void mount(uint32_t variables, uint32_t calls, uint32_t sectors, uint32_t unit)
{
	uint64_t used;
	int result;

	start(variables, sectors, unit);
	for (uint32_t i = 0; i < variables; i++)
		set(i, 64);
	for (uint32_t i = 0; i < calls; i++)
		set(draw(variables), 64);
	/* Plain loads cannot be counted. */
	flash.flash.map = NULL;
	flash.bytes_read = 0;
	result = measured_mount();
	if (result)
		die("The store does not mount", result);
	used = (uint64_t)(sectors - store.free_sectors) * SECTOR_SIZE;
	printf("%" PRIu64 " %" PRIu64 " %zu %zu %zu\n", flash.bytes_read, used, memory_size,
	       ffav_store_memory(&flash.flash, 0), sizeof(store));
}

int main(int argc, char **argv)
{
	uint32_t n[5] = {0};

	for (int i = 2; i < argc && i < 7; i++)
		n[i - 2] = (uint32_t)strtoul(argv[i], NULL, 10);
	if (argc == 7 && argv[1][1] == 'i' && n[0] && n[1])
		mixed(n[0], n[1], n[2], n[3], n[4]);
	else if (argc == 6 && argv[1][1] == 'o' && n[0])
		mount(n[0], n[1], n[2], n[3]);
	else
		die("Arguments are 'mixed VARIABLES FILL CALLS SECTORS UNIT' or 'mount "
		    "VARIABLES CALLS SECTORS UNIT', given",
		    argc - 1);
	return 0;
}
