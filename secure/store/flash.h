/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Flash interface of the variable store
 *
 * What the store needs of a device: geometry, read, program, erase. Backends:
 * the CFI NOR of machines/qemu-virt, the NOR model of machines/host, memory.
 *
 * NOR rules, which a backend may enforce: an erase sets every bit of one
 * sector to 1; a program only turns 1 into 0; each program unit is programmed
 * once between two erases; a program is aligned to the unit and a multiple of it.
 */
#ifndef FFAV_STORE_FLASH_H
#define FFAV_STORE_FLASH_H

#include "abi/bytes.h"

/** Results of flash operations. */
enum ffav_flash_result {
	FFAV_FLASH_OK = 0,
	/** The device reported failure; the range's content is not to be trusted. */
	FFAV_FLASH_IO_ERROR = -1,
};

/**
 * struct ffav_flash - A flash window that one store owns.
 * @sector_size: bytes one erase covers; a power of two
 * @sector_count: sectors in the window
 * @program_unit: smallest program, bytes: 4, 16 or 32
 * @map: the window as readable memory, or NULL: then @read is used. Where @map is set, plain
 *	loads see what was programmed as soon as @program or @erase has returned.
 * @context: the backend's
 * @read: copy @length bytes from @offset of the window; 0 or FFAV_FLASH_IO_ERROR
 * @program: program @length bytes, both multiples of @program_unit; when it returns 0 the
 *	bytes are durable
 * @erase: erase one sector by its number; when it returns 0 the sector reads as 0xff
 */
struct ffav_flash {
	uint32_t sector_size;
	uint32_t sector_count;
	uint32_t program_unit;
	const uint8_t *map;
	void *context;
	int (*read)(void *context, uint32_t offset, void *out, size_t length);
	int (*program)(void *context, uint32_t offset, const void *in, size_t length);
	int (*erase)(void *context, uint32_t sector);
};

#endif
