/* SPDX-License-Identifier: BSD-3-Clause */
/* A trial of the flash driver at S-EL0; see flash.h. */
#include "machines/qemu-virt/rogue/flash.h"
#include "machines/qemu-virt/memory.h"
#include "machines/qemu-virt/sel0/nor.h"

#define START (FFAV_TRIAL_SECTOR * FFAV_FLASH_SECTOR_SIZE + FFAV_TRIAL_OFFSET)

#define CHECK(condition)                 \
	do {                             \
		if (!(condition))        \
			return __LINE__; \
	} while (0)

static struct ffav_flash flash;
/* One more byte, so that it can be used misaligned. */
static uint8_t store[FFAV_TRIAL_SIZE + 1] __attribute__((aligned(8)));
static uint8_t back[FFAV_TRIAL_SIZE];

/* Does @length bytes from @offset of the window read as @value? */
static bool reads_as(uint32_t offset, size_t length, uint8_t value)
{
	uint8_t piece[64];

	for (; length; offset += (uint32_t)sizeof(piece), length -= sizeof(piece)) {
		if (flash.read(flash.context, offset, piece, sizeof(piece)))
			return false;
		for (size_t i = 0; i < sizeof(piece); i++) {
			if (piece[i] != value)
				return false;
		}
	}
	return true;
}

uint64_t ffav_rogue_flash(void)
{
	uint32_t sector = FFAV_TRIAL_SECTOR * FFAV_FLASH_SECTOR_SIZE;
	const uint8_t zero[4] = {0};
	uint8_t *pattern = store + 1;

	CHECK(ffav_nor_open(&flash, FFAV_STORE_BASE + 1, FFAV_STORE_SIZE) == -1);
	CHECK(ffav_nor_open(&flash, FFAV_STORE_BASE, 0) == -1);
	CHECK(ffav_nor_open(&flash, FFAV_STORE_BASE, FFAV_STORE_SIZE) == 0);
	CHECK(flash.sector_count == FFAV_STORE_SIZE / FFAV_FLASH_SECTOR_SIZE);

	/* The sector behind has a mark that the erase must leave alone. */
	CHECK(!flash.program(flash.context, sector + FFAV_FLASH_SECTOR_SIZE, zero,
			     sizeof(zero)));
	CHECK(!flash.program(flash.context, sector, zero, sizeof(zero)));
	CHECK(!flash.erase(flash.context, FFAV_TRIAL_SECTOR));
	CHECK(reads_as(sector, FFAV_FLASH_SECTOR_SIZE, 0xff));
	CHECK(!flash.read(flash.context, sector + FFAV_FLASH_SECTOR_SIZE, back, 4));
	CHECK(ffav_get32(back) == 0);

	/* Across several of the chip's buffers, from memory without alignment. */
	for (size_t i = 0; i < FFAV_TRIAL_SIZE; i++)
		pattern[i] = (uint8_t)(i * 7 + i / 256);
	CHECK(!flash.program(flash.context, START, pattern, FFAV_TRIAL_SIZE));
	CHECK(!flash.read(flash.context, START, back, sizeof(back)));
	CHECK(!memcmp(pattern, back, sizeof(back)));
	for (uint32_t skip = 0; skip < 8; skip++) {
		CHECK(!flash.read(flash.context, START + skip, back, 3 + skip));
		CHECK(!memcmp(pattern + skip, back, 3 + skip));
	}
	CHECK(reads_as(sector, 960, 0xff));

	return 0;
}
