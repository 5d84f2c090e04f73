/* SPDX-License-Identifier: BSD-3-Clause */
/* Cuts in a row that the power-cut simulator meets too rarely: their logs are made by hand. */
#include "fixture.h"
#include "secure/store/log.h"

#define SECTOR  1024u
#define SECTORS 8u

static struct world w;
static int (*real_program)(void *context, uint32_t offset, const void *in, size_t length);
static uint32_t last_program;
static jmp_buf off;

static int program_then_off(void *context, uint32_t offset, const void *in, size_t length)
{
	int result = real_program(context, offset, in, length);

	if (offset == last_program)
		longjmp(off, 1);
	return result;
}

static void put(uint32_t place, const void *bytes, size_t size)
{
	memcpy(w.nor.cells + place, bytes, size);
	memset(w.nor.programmed + place / 4, 1, size / 4);
}

/* Return: the place behind the header. */
static uint32_t put_header(uint32_t sector, const struct log_sector *header)
{
	uint8_t raw[LOG_SECTOR_SIZE];

	log_sector_encode(raw, header, SECTOR, SECTORS, 4);
	put(sector * SECTOR, raw, sizeof(raw));
	return sector * SECTOR + LOG_SECTOR_SIZE;
}

static uint32_t put_mark(uint32_t place, uint8_t tag, uint32_t length)
{
	const struct log_mark mark = {.tag = tag, .length = length};
	uint8_t raw[LOG_MARK_SIZE];

	log_mark_encode(raw, &mark, place / SECTOR + 1, place % SECTOR);
	put(place, raw, sizeof(raw));
	return place + LOG_MARK_SIZE;
}

/* The item 1 with the key "item" and no data. */
static uint32_t put_item(uint32_t place, uint8_t tag)
{
	const struct log_record key = {.type = LOG_RECORD_KEY,
				       .id = 1,
				       .size = 4,
				       .extra = ffav_store_hash("item", 4),
				       .checksum = ffav_crc32c(FFAV_CRC32C_START, "item", 4)};
	const struct log_record data = {
		.type = LOG_RECORD_DATA, .id = 1, .extra = 7, .checksum = FFAV_CRC32C_START};
	uint8_t raw[2 * LOG_RECORD_SIZE + 8];

	log_record_encode(raw, &key);
	memcpy(raw + LOG_RECORD_SIZE, "item", 4);
	log_record_encode(raw + LOG_RECORD_SIZE + 4, &data);
	ffav_put32(raw + 2 * LOG_RECORD_SIZE + 4, LOG_COMMIT_WORD);
	place = put_mark(place, tag, sizeof(raw) - LOG_COMMIT_SIZE);
	put(place, raw, sizeof(raw));
	return place + sizeof(raw);
}

/*
 * The item has been copied to the head, number 6. Number 7, which freed its original, was opened for a
 * change and has been erased after a cut; number 8, into which the change went on, is still there and
 * says that number 1 is free. Little is free, and the power goes when the head has been begun again.
 */
static void test_original_is_free(void **state)
{
	uint32_t i, end, place;

	(void)state;
	world_open(&w, SECTOR, SECTORS, 4, 10);
	memset(w.nor.cells, 0xff, (size_t)SECTOR * SECTORS);
	memset(w.nor.programmed, 0, (size_t)SECTOR * SECTORS / 4);
	end = put_item(put_header(0, &(struct log_sector){.sequence = 1, .erases = 1}),
		       LOG_MARK_CHANGE);
	for (i = 1; i < 6; i++) {
		place = put_header(i, &(struct log_sector){.sequence = i + 1,
							   .span = i,
							   .erases = 1,
							   .previous_end = end % SECTOR});
		end = i < 5 ? put_mark(place, LOG_MARK_SETTLE, 4 * i)
			    : put_item(place, LOG_MARK_COPY);
	}
	put_header(7, &(struct log_sector){
			      .sequence = 8, .span = 6, .erases = 1, .continued = 100});
	/* Torn, so that the head is not gone on with. */
	put(end, "\x43\xff\xff\xff", 4);
	last_program = 5 * SECTOR + LOG_SECTOR_SIZE;
	real_program = w.nor.flash.program;
	w.nor.flash.program = program_then_off;
	if (!setjmp(off))
		assert_int_equal(world_mount(&w), 0);
	w.nor.flash.program = real_program;
	ffav_nor_power_on(&w.nor);
	assert_int_equal(world_mount(&w), 0);
	assert_int_equal(w.store.lost + w.store.damaged, 0);
	assert_true(world_reads(&w, "item", 0, 0));
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_original_is_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
