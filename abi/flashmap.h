/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Map of a secure flash image
 *
 * An image that holds more than the variable store has this descriptor at a fixed offset, so
 * that a host tool finds the store's window in it. A file without the descriptor is the
 * window itself, if it is a store at all. All fields are little-endian.
 */
#ifndef FFAV_ABI_FLASHMAP_H
#define FFAV_ABI_FLASHMAP_H

#include "abi/bytes.h"

/** Offset of the descriptor in the image, bytes. */
#define FFAV_FLASHMAP_OFFSET UINT32_C(0x00040000)
/** Size of the descriptor, bytes. */
#define FFAV_FLASHMAP_SIZE    36u
#define FFAV_FLASHMAP_MAGIC   "FFAVFMAP"
#define FFAV_FLASHMAP_VERSION 1u

/**
 * struct ffav_flashmap - The descriptor, decoded.
 * @store_offset: start of the store's window in the image, bytes
 * @store_size: its size, bytes
 * @sector_size: bytes that one erase covers
 * @program_unit: smallest program, bytes
 *
 * On flash: magic 8, version 4, store_offset 8, store_size 8, sector_size 4, program_unit 4.
 */
struct ffav_flashmap {
	uint64_t store_offset;
	uint64_t store_size;
	uint32_t sector_size;
	uint32_t program_unit;
};

/**
 * ffav_flashmap_decode() - Read the descriptor.
 * @in: FFAV_FLASHMAP_SIZE bytes from FFAV_FLASHMAP_OFFSET of the image
 * @image_size: bytes in the image
 * @map: where the fields go
 *
 * Return: true if this is a descriptor of this version and its window is whole sectors within
 * the image.
 */
static inline bool ffav_flashmap_decode(const uint8_t *in, uint64_t image_size,
					struct ffav_flashmap *map)
{
	if (memcmp(in, FFAV_FLASHMAP_MAGIC, 8) != 0 ||
	    ffav_get32(in + 8) != FFAV_FLASHMAP_VERSION)
		return false;
	map->store_offset = ffav_get64(in + 12);
	map->store_size = ffav_get64(in + 20);
	map->sector_size = ffav_get32(in + 28);
	map->program_unit = ffav_get32(in + 32);
	return map->sector_size && map->program_unit && map->store_size &&
	       map->sector_size % map->program_unit == 0 &&
	       map->store_offset % map->sector_size == 0 &&
	       map->store_size % map->sector_size == 0 &&
	       ffav_range_in(map->store_offset, map->store_size, image_size);
}

#endif
