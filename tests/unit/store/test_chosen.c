/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data that somebody has chosen: where a cut tears the header in front of them, they must not be taken
 * for what a mount or the store itself has written.
 */
#include "fixture.h"
#include "secure/store/log.h"

#define SECTOR 4096u
#define SIZE   600u

static struct world w;
static int (*real_program)(void *context, uint32_t offset, const void *in, size_t length);
static jmp_buf off;
static bool armed;
/** The sector's number and the offset of the last mark, and how many settles there were. */
static uint32_t sequence, mark_at;
static unsigned int settles;

/* Would a settle be found behind the mark? Each word is programmed, or is not. */
static bool shows_settle(const uint8_t *body, size_t size)
{
	uint32_t step = w.store.mark_size;
	uint8_t place[8], blank[8];
	struct log_mark mark;
	size_t i;

	for (i = 0; i < 15 * step && i < size; i += step) {
		memset(place, 0xff, sizeof(place));
		memcpy(place, body + i, size - i < 8 ? size - i : 8);
		memcpy(blank, place, 4);
		memset(blank + 4, 0xff, 4);
		if ((log_mark_decode(place, sequence, mark_at + step + (uint32_t)i, &mark) ||
		     log_mark_decode(blank, sequence, mark_at + step + (uint32_t)i, &mark)) &&
		    mark.tag == LOG_MARK_SETTLE)
			return true;
	}
	return false;
}

static int program(void *context, uint32_t offset, const void *in, size_t length)
{
	struct log_mark mark;
	static bool behind_mark;

	if (length == w.store.mark_size &&
	    log_mark_decode(in, w.store.head_sequence, offset % SECTOR, &mark)) {
		sequence = w.store.head_sequence;
		mark_at = offset % SECTOR;
		settles += mark.tag == LOG_MARK_SETTLE;
		behind_mark = mark.tag != LOG_MARK_SETTLE;
	} else if (behind_mark && offset % SECTOR == mark_at + w.store.mark_size) {
		behind_mark = false;
		assert_false(shows_settle(in, length));
		if (armed) {
			/* All is done but one bit of the header. */
			uint8_t torn[FFAV_STORE_BUFFER];

			memcpy(torn, in, length);
			torn[2] |= 1;
			real_program(context, offset, torn, length);
			longjmp(off, 1);
		}
	}
	return real_program(context, offset, in, length);
}

static void watch(void)
{
	real_program = w.nor.flash.program;
	w.nor.flash.program = program;
	settles = 0;
}

static void open_world(uint32_t unit)
{
	world_open(&w, SECTOR, 16, unit, 20);
	watch();
	assert_int_equal(world_set(&w, "PK", "platform key", 12), 0);
	assert_int_equal(world_set(&w, "V", "x", 1), 0);
}

/* What a settle at this offset would be. @span: sectors before it that still count */
static void put_settle(uint8_t *out, uint32_t number, uint32_t offset, uint32_t span)
{
	const struct log_mark mark = {.tag = LOG_MARK_SETTLE, .length = span * LOG_ALIGN};

	log_mark_encode(out, &mark, number, offset);
}

/* A settle, then the deletion of the first item, behind a header that is torn. */
static void check_torn(uint32_t unit)
{
	static uint8_t data[SIZE];
	const struct log_mark change = {.tag = LOG_MARK_CHANGE, .length = 32};
	const struct log_record remove = {
		.type = LOG_RECORD_DELETE, .id = 1, .checksum = FFAV_CRC32C_START};
	uint32_t step, first, at;

	open_world(unit);
	step = w.store.mark_size;
	memset(data, 0xff, sizeof(data));
	/* The second mark's place from the data's beginning on, in an overwrite of V. */
	first = (LOG_RECORD_SIZE / step + 1) * step;
	at = w.store.head + step + first;
	put_settle(data + first - LOG_RECORD_SIZE, w.store.head_sequence, at, 0xffff);
	first += step - LOG_RECORD_SIZE;
	at += step;
	log_mark_encode(data + first, &change, w.store.head_sequence, at);
	log_record_encode(data + first + step, &remove);
	ffav_put32(data + first + step + change.length, LOG_COMMIT_WORD);
	if (!setjmp(off)) {
		armed = true;
		(void)world_set(&w, "V", data, sizeof(data));
		fail();
	}
	armed = false;
	assert_int_equal(world_mount(&w), 0);
	assert_int_not_equal(world_find(&w, "PK"), 0);
	assert_int_not_equal(world_find(&w, "V"), 0);
	assert_int_equal(world_mount(&w), 0);
	assert_int_not_equal(world_find(&w, "PK"), 0);
	assert_int_equal(w.store.lost + w.store.damaged, 0);
	world_close(&w);
}

static void test_torn(void **state)
{
	(void)state;
	check_torn(4);
	check_torn(16);
	check_torn(32);
}

/* Places one behind the other, each for the offset to which the settles before move it. */
static void check_moved(uint32_t unit)
{
	static uint8_t data[SIZE];
	uint32_t step, first, head, n;

	open_world(unit);
	step = w.store.mark_size;
	head = w.store.head;
	for (n = 0; n < 12; n++) {
		first = (LOG_RECORD_SIZE / step + 1 + n) * step;
		put_settle(data + first - LOG_RECORD_SIZE, w.store.head_sequence,
			   head + step + first + n * step, n);
	}
	settles = 0;
	assert_int_equal(world_set(&w, "V", data, sizeof(data)), 0);
	assert_int_equal(settles, 12);
	assert_int_equal(mark_at, head + 12 * step);
	assert_int_equal(world_mount(&w), 0);
	assert_int_equal(w.store.lost + w.store.damaged, 0);
	world_close(&w);
}

static void test_moved(void **state)
{
	(void)state;
	check_moved(4);
	check_moved(16);
	check_moved(32);
}

/* What four bytes must be in front of @sum, so that they, a number and an offset have that checksum. */
static uint32_t bytes_before(uint32_t sum, uint32_t number, uint32_t offset)
{
	uint8_t bytes[12] = {0};
	int i, bit;

	ffav_put32(bytes + 4, number);
	ffav_put32(bytes + 8, offset);
	for (i = 11; i >= 0; i--) {
		for (bit = 0; bit < 8; bit++)
			sum = sum & 0x80000000 ? (sum ^ 0x82f63b78) << 1 | 1 : sum << 1;
		sum ^= bytes[i];
	}
	return sum ^ FFAV_CRC32C_START;
}

/* The second half of the place is not programmed yet, or it is the commit. @size: of the data */
static void check_half(uint32_t size, uint32_t behind)
{
	uint8_t data[SIZE] = {0};
	/* In the body: the place whose first half the last bytes are. */
	uint32_t first = LOG_RECORD_SIZE + size - LOG_ALIGN, word;

	open_world(4);
	for (;;) {
		word = bytes_before(behind, w.store.head_sequence,
				    w.store.head + LOG_MARK_SIZE + first);
		if ((uint8_t)word == LOG_MARK_SETTLE && w.store.head + SIZE < SECTOR)
			break;
		assert_int_equal(world_set(&w, "V", "x", 1), 0);
	}
	ffav_put32(data + size - LOG_ALIGN, word);
	settles = 0;
	assert_int_equal(world_set(&w, "V", data, size), 0);
	assert_int_equal(settles, 1);
	world_close(&w);
}

static void test_half(void **state)
{
	(void)state;
	check_half(40, UINT32_MAX);
	check_half(40, LOG_COMMIT_WORD);
}

/* What is copied can have been chosen for the place where it will be copied to. */
static void test_copied(void **state)
{
	uint32_t number = 0, at = 0, from, to, round;
	uint8_t data[100] = {0};
	unsigned int i, without = 0;

	(void)state;
	for (round = 0; round < 2; round++) {
		world_open(&w, SECTOR, 16, 4, 20);
		watch();
		/* Behind its key it is 48 bytes from the mark that it is copied behind. */
		if (round)
			put_settle(data, number, at, 3);
		assert_int_equal(world_set(&w, "chosen", data, sizeof(data)), 0);
		from = w.store.entries[world_find(&w, "chosen") - 1].data_at;
		settles = 0;
		for (i = 0;; i++) {
			assert_int_equal(world_set(&w, "V", &i, sizeof(i)), 0);
			to = w.store.entries[world_find(&w, "chosen") - 1].data_at;
			if (to != from)
				break;
		}
		number = w.store.sectors[to / SECTOR].sequence;
		at = to % SECTOR + LOG_RECORD_SIZE;
		if (!round)
			without = settles;
		world_close(&w);
	}
	assert_int_equal(settles, without + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_torn),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_half),
		cmocka_unit_test(test_copied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
