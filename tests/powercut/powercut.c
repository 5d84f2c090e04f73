/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Power-cut simulator for the variable store.
 *
 * A workload of transactions runs on the NOR model; the power goes at chosen steps, in every
 * way the model knows, also while the store recovers from the cut before. After each recovery
 * what the store answers must be the state before the transaction in flight or the state
 * after it, whole, with time stamps and signers; what it has answered once it must answer for
 * good; and it must still take every transaction that fits.
 *
 * The store is bound to a monotonic counter, whose increments are steps, too. It must never be
 * refused after a cut, and an older image of the flash must be, once the counter has passed it.
 *
 *	powercut exhaustive [UNIT [FILE]]     every step of a short workload, every way, and
 *	                                      every step of the recovery for a sample of them
 *	powercut random SEED CUTS [UNIT [FILE]]
 *	                                      so many distinct cuts at random steps of a long
 *	                                      workload; FILE: their points are written there
 *	powercut restless SEED CUTS [UNIT [FILE]]
 *	                                      the same with flash that reads one way once and
 *	                                      another way the next time, and more cuts in a row
 *	powercut full SEED CUTS [UNIT [FILE]]
 *	                                      the same in a window that is full again and again,
 *	                                      where a transaction may be refused for that
 *	powercut count FILE...                how many distinct points several runs had
 *
 * A cut point is what the flash holds and the counter says, the step that is in flight, and the
 * manner of the cut. Points are told apart by a hash of 64 bits of all that; one that was met
 * before is cut at, too, but not counted.
 */
#include "machines/host/nor.h"
#include "secure/store/counter.h"
#include "tests/powercut/points.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#define KEYS        10u
#define KEY_MAX     700u
#define DATA_MAX    3000u
#define CHANGES     4u
#define SECTOR      1024u
#define SECTORS     28u
#define FULL        12u
#define MEMORY_SIZE 4096u

/** struct item - What one key should read as. @version: 0 is absent; decides all content. */
struct item {
	uint32_t version;
	uint32_t size;
	uint8_t signer_size;
	bool has_time;
};

/** struct state - What the store should hold. */
struct state {
	struct item items[KEYS];
};

/** struct transaction - One transaction of the workload. */
struct transaction {
	uint32_t count;
	uint32_t key[CHANGES];
	struct item to[CHANGES];
};

static struct ffav_nor nor;
/** Sectors in its window. */
static uint32_t sectors = SECTORS;
static struct ffav_store store;
static uint64_t memory[MEMORY_SIZE / 8];
static jmp_buf powered_off;
static uint64_t random_state;
static uint32_t next_version;
static uint64_t cuts;
static struct points points;
static char repeat[200];

/** The counter: its value, and how it is bound. */
static uint64_t counter_value;
static struct ffav_counter counter;

static uint64_t rnd(void)
{
	uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static void fail(const char *what, uint64_t a, uint64_t b)
{
	fprintf(stderr, "FAILED: %s (%" PRIu64 ", %" PRIu64 ") after %" PRIu64 " cuts.\n", what,
		a, b, cuts);
	fprintf(stderr, "Repeat it with: %s\n", repeat);
	printf("not ok - %s\n# repeat it with: %s\n", what, repeat);
	exit(1);
}

static void nor_rule_broken(void *context, const char *message)
{
	(void)context;
	fprintf(stderr, "%s\n", message);
	fail("the store broke a rule of NOR flash", nor.steps, 0);
}

static void power_lost(void *context)
{
	(void)context;
	longjmp(powered_off, 1);
}

/* The power goes at this step: which point is it? @what: of the step; @offset: of it */
static void note_cut(uint64_t what, uint64_t offset)
{
	uint64_t hash = points_mix(what, offset);

	hash = points_mix(hash, nor.cut);
	hash = points_mix(hash, counter_value);
	hash = points_mix(hash, nor.flash.program_unit);
	hash = points_hash(hash, nor.cells, (size_t)SECTOR * sectors);
	cuts++;
	if (!points_add(&points, hash))
		fail("no memory for the cut points", cuts, 0);
}

/* Sees each operation before it takes effect. */
static void observe(void *context, enum ffav_nor_operation operation, uint32_t offset,
		    size_t length)
{
	uint64_t first = nor.steps;
	uint64_t count = operation == FFAV_NOR_ERASE ? 1 : length / nor.flash.program_unit;

	(void)context;
	if (nor.cut_step >= first && nor.cut_step - first < count)
		note_cut(operation, offset + (nor.cut_step - first) * nor.flash.program_unit);
}

static int counter_read(void *context, uint64_t *value)
{
	(void)context;
	*value = counter_value;
	return 0;
}

/* It has counted or it has not: before, inside and scattered may be either. */
static int counter_increment(void *context)
{
	(void)context;
	if (nor.steps++ == nor.cut_step) {
		note_cut(FFAV_NOR_ERASE + 1, 0);
		nor.cut_step = UINT64_MAX;
		if (nor.cut == FFAV_NOR_CUT_AFTER ||
		    (nor.cut != FFAV_NOR_CUT_BEFORE && rnd() & 1))
			counter_value++;
		power_lost(NULL);
	}
	counter_value++;
	return 0;
}

/* Content follows from key and version, so that a mixture of two shows. */
static uint8_t byte_of(uint32_t key, uint32_t version, uint32_t i)
{
	uint32_t h = key * 0x9e3779b1u ^ version * 0x85ebca77u ^ (i >> 2) * 0xc2b2ae3du;

	h ^= h >> 15;
	h *= 0x2c1b3c6du;
	/* Many bytes that look like erased flash. */
	return h & 0x300 ? (uint8_t)(h >> 24) : 0xff;
}

static size_t make_key(uint32_t key, uint8_t *out)
{
	static const uint16_t sizes[KEYS] = {1, 18, 34, 34, 34, 35, 50, 200, 333, 700};
	uint32_t i;

	for (i = 0; i < sizes[key]; i++)
		out[i] = byte_of(key + 100, 1, i);
	out[0] = (uint8_t)key;
	return sizes[key];
}

static void make_bytes(uint8_t *out, uint32_t key, uint32_t version, uint32_t size)
{
	uint32_t i;

	for (i = 0; i < size; i++)
		out[i] = byte_of(key, version, i);
}

static void choose(const struct state *state, struct transaction *t)
{
	static const uint16_t sizes[] = {0, 1, 64, 64, 64, 64, 65, 100, 255, 256, 400, 900};
	uint32_t i, j;

	t->count = rnd() % 4 ? 1 : 1 + (uint32_t)(rnd() % CHANGES);
	for (i = 0; i < t->count; i++) {
		struct item *to = &t->to[i];
		bool again;

		do {
			t->key[i] = (uint32_t)(rnd() % KEYS);
			for (again = false, j = 0; j < i; j++)
				again |= t->key[j] == t->key[i];
		} while (again);
		memset(to, 0, sizeof(*to));
		if (state->items[t->key[i]].version && rnd() % 5 == 0)
			continue;
		to->version = ++next_version;
		to->size = sizes[rnd() % (sizeof(sizes) / sizeof(sizes[0]))];
		/* One key is larger than a sector, and spans two or three. */
		if (t->key[i] == 4)
			to->size = (uint32_t)(rnd() % DATA_MAX);
		to->has_time = rnd() % 3 == 0;
		to->signer_size = rnd() % 3 ? 0 : (uint8_t)(rnd() % 65);
	}
}

static void apply(struct state *state, const struct transaction *t)
{
	uint32_t i;

	for (i = 0; i < t->count; i++)
		state->items[t->key[i]] = t->to[i];
}

static int commit(const struct transaction *t)
{
	static uint8_t keys[CHANGES][KEY_MAX], data[CHANGES][DATA_MAX];
	static uint8_t times[CHANGES][FFAV_STORE_TIME_SIZE];
	static uint8_t signers[CHANGES][FFAV_STORE_SIGNER_MAX];
	struct ffav_store_change changes[CHANGES];
	uint32_t i;

	memset(changes, 0, sizeof(changes));
	for (i = 0; i < t->count; i++) {
		const struct item *to = &t->to[i];
		uint32_t first = to->size / 3;

		changes[i].key = keys[i];
		changes[i].key_size = make_key(t->key[i], keys[i]);
		changes[i].remove = !to->version;
		changes[i].attributes = to->version & FFAV_STORE_ATTRIBUTES_MAX;
		make_bytes(data[i], t->key[i], to->version, to->size);
		changes[i].data[0] = (struct ffav_store_span){data[i], first};
		changes[i].data[1] =
			(struct ffav_store_span){data[i] + first, to->size - first};
		make_bytes(times[i], t->key[i] + 200, to->version, sizeof(times[i]));
		make_bytes(signers[i], t->key[i] + 300, to->version, to->signer_size);
		changes[i].time = to->has_time ? times[i] : NULL;
		changes[i].signer = to->signer_size ? signers[i] : NULL;
		changes[i].signer_size = to->signer_size;
		changes[i].anchored = to->version % 5 == 1;
	}
	return ffav_store_commit(&store, changes, t->count);
}

/* Does the store read as @state? @why: where the first difference goes. */
static bool reads_as(const struct state *state, const char **why)
{
	uint8_t key[KEY_MAX], data[DATA_MAX], wanted[DATA_MAX];
	struct ffav_store_meta meta;
	ffav_store_id id;
	uint32_t i, live = 0, met = 0;

	for (i = 0; i < KEYS; i++) {
		const struct item *item = &state->items[i];

		id = ffav_store_find(&store, key, make_key(i, key));
		*why = "an item is missing or still there";
		if (!id != !item->version)
			return false;
		if (!id)
			continue;
		live++;
		*why = "meta data cannot be read or differ";
		if (ffav_store_meta(&store, id, &meta) ||
		    meta.attributes != (item->version & FFAV_STORE_ATTRIBUTES_MAX) ||
		    meta.data_size != item->size || meta.has_time != item->has_time ||
		    meta.signer_size != item->signer_size)
			return false;
		*why = "a time stamp differs";
		make_bytes(wanted, i + 200, item->version, FFAV_STORE_TIME_SIZE);
		if (meta.has_time && memcmp(meta.time, wanted, FFAV_STORE_TIME_SIZE))
			return false;
		*why = "a signer differs";
		make_bytes(wanted, i + 300, item->version, item->signer_size);
		if (memcmp(meta.signer, wanted, item->signer_size))
			return false;
		*why = "data cannot be read or differ";
		make_bytes(wanted, i, item->version, item->size);
		if (ffav_store_read(&store, id, 0, data, item->size) ||
		    memcmp(data, wanted, item->size))
			return false;
	}
	*why = "the enumeration does not meet every item once";
	for (id = ffav_store_next(&store, 0); id; id = ffav_store_next(&store, id))
		met++;
	return met == live;
}

static void mount(void)
{
	int result;

	memset(memory, 0xa5, sizeof(memory));
	result = ffav_store_mount(&store, &nor.flash, memory, sizeof(memory));
	if (result)
		fail("the store does not mount", (uint64_t)-result, nor.steps);
	if (store.sealed)
		fail("the store mounts but cannot be written", nor.steps, 0);
	if (store.damaged || store.lost)
		fail("a cut looks like damage", store.damaged, store.lost);
	result = ffav_store_bind(&store, &counter, false);
	if (result)
		fail("the store is not the counter's", (uint64_t)-result, counter_value);
	if (store.counted != store.epoch)
		fail("the counter has not followed", store.counted, store.epoch);
}

static void start(uint32_t unit, bool mapped)
{
	if (ffav_nor_memory(&nor, SECTOR, sectors, unit))
		fail("no memory for the flash", 0, 0);
	nor.power_lost = power_lost;
	nor.fault = nor_rule_broken;
	nor.observe = observe;
	nor.seed = rnd();
	if (!mapped)
		nor.flash.map = NULL;
	if (ffav_store_format(&nor.flash))
		fail("the flash cannot be formatted", 0, 0);
	/* Every transaction is counted, or every third. */
	counter_value = 0;
	counter = (struct ffav_counter){.window = rnd() & 1 ? 1 : 3,
					.read = counter_read,
					.increment = counter_increment};
}

/* Checks the store against both states; where it is the later one, takes it over. */
static void check_either(struct state *before, const struct state *after)
{
	const char *why_before, *why_after;

	if (after && reads_as(after, &why_after))
		*before = *after;
	else if (!reads_as(before, &why_before))
		fail(after ? why_after : why_before, nor.steps, after != NULL);
}

/*
 * Recovers from a cut. @later: the power goes again at these steps of the recovery, one after
 * the other, up to @times. Return: how many steps the last recovery took.
 */
static uint64_t recover(struct state *before, const struct state *after, const uint64_t *later,
			const enum ffav_nor_cut *ways, uint32_t times)
{
	static volatile uint32_t done;
	uint64_t first;

	done = 0;
	(void)setjmp(powered_off);
	ffav_nor_power_on(&nor);
	first = nor.steps;
	if (done < times) {
		nor.cut_step = nor.steps + later[done];
		nor.cut = ways[done];
		done++;
	}
	mount();
	nor.cut_step = UINT64_MAX;
	first = nor.steps - first;
	check_either(before, after);
	/* What has been answered stays so, also where no word was written since. */
	ffav_nor_power_on(&nor);
	mount();
	check_either(before, NULL);
	return first;
}

/* The short workload. Return: true if it ran to its end, false if the power went. */
static bool run_short(uint32_t unit, uint64_t seed, uint64_t step, enum ffav_nor_cut way,
		      struct state *before, struct state *after, uint64_t *from)
{
	static volatile uint32_t n;
	struct transaction t;

	random_state = seed;
	next_version = 0;
	memset(before, 0, sizeof(*before));
	start(unit, seed & 1);
	mount();
	*from = nor.steps;
	nor.cut_step = step == UINT64_MAX ? step : nor.steps + step;
	nor.cut = way;
	for (n = 0; n < 60; n++) {
		choose(before, &t);
		*after = *before;
		apply(after, &t);
		if (setjmp(powered_off))
			return false;
		if (commit(&t))
			fail("a transaction that fits was refused", n, nor.steps);
		*before = *after;
	}
	return true;
}

static void exhaustive(uint32_t unit)
{
	struct state before, after;
	enum ffav_nor_cut way, second;
	uint64_t from, steps, step, length, later, seed;
	struct transaction t;

	for (seed = 1; seed <= 2; seed++) {
		if (!run_short(unit, seed, UINT64_MAX, 0, &before, &after, &from))
			fail("power was lost without a cut", 0, 0);
		steps = nor.steps - from;
		ffav_nor_close(&nor);
		for (step = 0; step < steps; step++) {
			for (way = 0; way < FFAV_NOR_CUTS; way++) {
				run_short(unit, seed, step, way, &before, &after, &from);
				length = recover(&before, &after, NULL, NULL, 0);
				choose(&before, &t);
				if (commit(&t))
					fail("a transaction was refused after a cut", step,
					     way);
				ffav_nor_close(&nor);
				/* Each step of some recoveries, each in some way. */
				if ((step + way) % 17)
					continue;
				for (later = 0; later < length; later++) {
					second = (enum ffav_nor_cut)((step + later) %
								     FFAV_NOR_CUTS);
					run_short(unit, seed, step, way, &before, &after,
						  &from);
					recover(&before, &after, &later, &second, 1);
					ffav_nor_close(&nor);
				}
			}
		}
	}
}

/** struct image - The flash as it was once, and the epoch that it had. */
struct image {
	uint8_t cells[SECTOR * SECTORS];
	uint8_t programmed[SECTOR * SECTORS / 4];
	uint8_t unstable[SECTOR * SECTORS];
	uint64_t epoch;
};

static void take_image(struct image *image)
{
	size_t size = (size_t)SECTOR * sectors;

	memcpy(image->cells, nor.cells, size);
	memcpy(image->programmed, nor.programmed, size / nor.flash.program_unit);
	memset(image->unstable, 0, size);
	if (nor.unstable)
		memcpy(image->unstable, nor.unstable, size);
	image->epoch = store.epoch;
}

static void put_image(const struct image *image)
{
	size_t size = (size_t)SECTOR * sectors;

	memcpy(nor.cells, image->cells, size);
	memcpy(nor.programmed, image->programmed, size / nor.flash.program_unit);
	if (nor.unstable)
		memcpy(nor.unstable, image->unstable, size);
}

/* Puts an older image in place: it is refused if and only if the counter has passed it. */
static void check_image(const struct image *old)
{
	static struct image now;
	uint64_t value = counter_value;
	int result;

	take_image(&now);
	put_image(old);
	ffav_nor_power_on(&nor);
	result = ffav_store_mount(&store, &nor.flash, memory, sizeof(memory));
	if (result)
		fail("an older image does not mount", (uint64_t)-result, nor.steps);
	result = ffav_store_bind(&store, &counter, false);
	if (result != (old->epoch < value ? FFAV_STORE_ROLLED_BACK : FFAV_STORE_OK))
		fail("an older image is not what the counter says", old->epoch, value);
	counter_value = value;
	put_image(&now);
	ffav_nor_power_on(&nor);
	mount();
}

/* Below @few, or once in @odds below @many. In two statements, so that every compiler has the same. */
static uint64_t soon(uint64_t odds, uint64_t few, uint64_t many)
{
	uint64_t limit = rnd() % odds ? few : many;

	return rnd() % limit;
}

/*
 * Cuts of a long workload that is chosen at random, and of the recoveries after them. Restless:
 * each is followed by more, soon, on flash that shows one thing and the next time another.
 */
static void random_cuts(uint64_t seed, uint64_t wanted, uint32_t unit, bool restless)
{
	static struct image old;
	static struct state before, after;
	static struct transaction t;
	static volatile bool cut;
	static volatile uint32_t rounds;
	uint64_t later[4];
	enum ffav_nor_cut ways[4];
	uint32_t i, times;
	int result;

	rounds = 0;
	random_state = seed;
	next_version = 0;
	memset(&before, 0, sizeof(before));
	start(unit, seed & 1);
	nor.restless = restless;
	mount();
	take_image(&old);
	while (points.count < wanted) {
		nor.cut_step = nor.steps + soon(4, 40, 2000);
		nor.cut = (enum ffav_nor_cut)(rnd() % FFAV_NOR_CUTS);
		cut = false;
		while (!cut) {
			choose(&before, &t);
			after = before;
			apply(&after, &t);
			if (setjmp(powered_off)) {
				cut = true;
				break;
			}
			result = commit(&t);
			if (result == FFAV_STORE_NO_SPACE && sectors == FULL)
				continue;
			if (result)
				fail("a transaction that fits was refused", nor.steps,
				     store.live);
			before = after;
		}
		times = rnd() % 3 ? 0 : 1 + (uint32_t)(rnd() % 4);
		if (restless && !times)
			times = 4;
		for (i = 0; i < times; i++) {
			later[i] = soon(2, restless ? 6 : 12, 300);
			ways[i] = (enum ffav_nor_cut)(rnd() % FFAV_NOR_CUTS);
			if (restless && rnd() % 2)
				ways[i] = FFAV_NOR_CUT_UNSTABLE;
		}
		recover(&before, &after, later, ways, times);
		if (++rounds % 16 == 0)
			check_image(&old);
		if (rounds % 64 == 15)
			take_image(&old);
	}
	ffav_nor_close(&nor);
}

/* Merges what several runs have written. */
static int count_points(int argc, char **argv)
{
	int i;

	for (i = 2; i < argc; i++) {
		if (!points_read(&points, argv[i])) {
			fprintf(stderr, "%s cannot be read.\n", argv[i]);
			return 2;
		}
	}
	printf("%zu distinct cut points\n", points.count);
	return 0;
}

static int usage(const char *name)
{
	fprintf(stderr,
		"Usage: %s exhaustive [UNIT [FILE]] | random SEED CUTS [UNIT [FILE]] | "
		"restless SEED CUTS [UNIT [FILE]] | full SEED CUTS [UNIT [FILE]] | "
		"count FILE...\n",
		name);
	return 2;
}

int main(int argc, char **argv)
{
	bool every = argc >= 2 && !strcmp(argv[1], "exhaustive");
	bool restless = argc >= 2 && !strcmp(argv[1], "restless");
	bool full = argc >= 2 && !strcmp(argv[1], "full");
	uint64_t seed = 0, wanted = 0;
	uint32_t unit = 4;
	int position = every ? 2 : 4;

	if (argc >= 3 && !strcmp(argv[1], "count"))
		return count_points(argc, argv);
	if (!every && (argc < 4 || (!restless && !full && strcmp(argv[1], "random"))))
		return usage(argv[0]);
	if (argc > position)
		unit = (uint32_t)strtoul(argv[position], NULL, 0);
	if (unit != 4 && unit != 16 && unit != 32) {
		fprintf(stderr, "The program unit is 4, 16 or 32, not %u.\n", unit);
		return 2;
	}
	if (every) {
		snprintf(repeat, sizeof(repeat), "%s exhaustive %u", argv[0], unit);
		exhaustive(unit);
	} else {
		seed = strtoull(argv[2], NULL, 0);
		wanted = strtoull(argv[3], NULL, 0);
		if (full)
			sectors = FULL;
		snprintf(repeat, sizeof(repeat), "%s %s %" PRIu64 " %" PRIu64 " %u", argv[0],
			 argv[1], seed, wanted, unit);
		random_cuts(seed, wanted, unit, restless);
	}
	if (argc > position + 1 && !points_write(&points, argv[position + 1])) {
		fprintf(stderr, "The cut points cannot be written to %s.\n",
			argv[position + 1]);
		return 2;
	}
	printf("ok 1 - %s, program unit %u: %zu distinct cut points, %" PRIu64 " cuts\n1..1\n",
	       argv[1], unit, points.count, cuts);
	free(points.slots);
	return 0;
}
