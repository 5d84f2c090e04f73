/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: The bench's flash: memory that counts
 *
 * It enforces nothing, so that what is measured is the store and not a model
 * of a device; the tests' NOR model does that.
 */
#ifndef BENCH_FLASH_H
#define BENCH_FLASH_H

#include "secure/store/flash.h"

/**
 * struct bench_flash - The flash.
 * @flash: what the store takes
 * @cells: its content
 * @bytes_programmed: since it was made
 * @bytes_read: through @flash.read since it was made
 * @erases: sectors erased since it was made
 * @sector_erases: the same for each sector
 * @operations: programs and erases since it was made
 */
struct bench_flash {
	struct ffav_flash flash;
	uint8_t *cells;
	uint64_t bytes_programmed;
	uint64_t bytes_read;
	uint64_t erases;
	uint32_t *sector_erases;
	uint64_t operations;
};

/** bench_flash_init() - Make a blank flash; ends the program where there is no memory. */
void bench_flash_init(struct bench_flash *f, uint32_t sector_size, uint32_t sectors,
		      uint32_t program_unit);

#endif
