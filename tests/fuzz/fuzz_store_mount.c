/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fuzz target: an arbitrary image is mounted, read and written. The image is repaired as far
 * as checksums of headers go, so that what lies behind them is reached.
 *
 * Input: a byte that chooses the program unit, the repairs and whether there is a counter, then the image of 8 sectors of
 * 1,024 bytes; what is missing is erased.
 */
#include "secure/store/counter.h"
#include "secure/store/format.h"
#include "secure/store/ram.h"

#define SECTOR  1024u
#define SECTORS 8u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void repair_headers(uint8_t *image, uint32_t unit)
{
	uint32_t i;

	for (i = 0; i < SECTORS; i++) {
		uint8_t *p = image + i * SECTOR;

		if (p[0] == 0xff)
			continue;
		memcpy(p, LOG_MAGIC, 4);
		p[4] = LOG_VERSION;
		p[5] = log_shift(SECTOR);
		p[6] = log_shift(unit);
		ffav_put16(p + 14, SECTORS);
		ffav_put32(p + 28, ffav_crc32c(FFAV_CRC32C_START, p, 28));
	}
}

static void repair_marks(uint8_t *image)
{
	uint32_t at;

	for (at = 0; at + 8 <= SECTORS * SECTOR; at += 4) {
		uint8_t *p = image + at;

		if (at % SECTOR >= 32 && (p[0] == LOG_MARK_CHANGE || p[0] == LOG_MARK_COPY ||
					  p[0] == LOG_MARK_SETTLE))
			ffav_put32(p + 4,
				   log_mark_checksum(
					   p, ffav_get32(image + at / SECTOR * SECTOR + 8),
					   at % SECTOR));
		if (at + 20 <= SECTORS * SECTOR && p[0] >= LOG_RECORD_KEY &&
		    p[0] <= LOG_RECORD_DELETE)
			ffav_put32(p + 16, ffav_crc32c(FFAV_CRC32C_START, p, 16));
	}
}

static int counter_read(void *context, uint64_t *value)
{
	*value = *(const uint64_t *)context;
	return 0;
}

static int counter_increment(void *context)
{
	(*(uint64_t *)context)++;
	return 0;
}

static void use(struct ffav_store *store)
{
	static uint8_t out[FFAV_STORE_KEY_MAX];
	const struct ffav_store_change change = {
		.key = "k", .key_size = 1, .data = {{out, 90}}};
	struct ffav_store_meta meta;
	ffav_store_id id;
	uint32_t i;

	for (id = ffav_store_next(store, 0); id; id = ffav_store_next(store, id)) {
		(void)ffav_store_key(store, id, out, sizeof(out));
		if (!ffav_store_meta(store, id, &meta) && meta.data_size)
			(void)ffav_store_read(store, id, meta.data_size - 1, out, 1);
	}
	for (i = 0; i < 40; i++)
		(void)ffav_store_commit(store, &change, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t units[] = {4, 16, 32, 4};
	static uint8_t image[SECTORS * SECTOR];
	static uint64_t memory[512];
	static struct ffav_store store;
	uint64_t value = size & 3;
	const struct ffav_counter counter = {.window = 2,
					     .context = &value,
					     .read = counter_read,
					     .increment = counter_increment};
	struct ffav_ram ram;
	uint8_t how;

	if (!size)
		return 0;
	how = data[0];
	ffav_ram_init(&ram, image, sizeof(image), SECTOR);
	ram.flash.program_unit = units[how & 3];
	if (how & 4)
		ram.flash.map = NULL;
	memset(image, 0xff, sizeof(image));
	memcpy(image, data + 1, size - 1 < sizeof(image) ? size - 1 : sizeof(image));
	if (how & 8)
		repair_headers(image, ram.flash.program_unit);
	if (how & 16)
		repair_marks(image);
	if (ffav_store_mount(&store, &ram.flash, memory, sizeof(memory)))
		return 0;
	if (how & 32)
		(void)ffav_store_bind(&store, &counter, how & 64);
	use(&store);
	return 0;
}
