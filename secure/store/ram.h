/* SPDX-License-Identifier: BSD-3-Clause */
/** DOC: A flash window in memory, for the store of volatile variables. */
#ifndef FFAV_STORE_RAM_H
#define FFAV_STORE_RAM_H

#include "secure/store/flash.h"

/**
 * struct ffav_ram - Memory that behaves like flash.
 * @flash: what the store takes
 * @bytes: the memory
 */
struct ffav_ram {
	struct ffav_flash flash;
	uint8_t *bytes;
};

/**
 * ffav_ram_init() - Turn memory into a window that ffav_store_format() accepts.
 * @ram: filled in; must outlive the store
 * @memory: at least 8 sectors; belongs to the window from now on
 * @size: bytes at @memory; what is more than whole sectors is not used
 * @sector_size: a power of two, at least 1,024
 *
 * Only the start of each sector is written: the rest is erased sector by sector as the log
 * gets there. Whatever the memory held before is not taken for a store.
 */
void ffav_ram_init(struct ffav_ram *ram, void *memory, size_t size, uint32_t sector_size);

/** ffav_ram_resume() - Take memory that was such a window before, as it is; see ffav_ram_init(). */
void ffav_ram_resume(struct ffav_ram *ram, void *memory, size_t size, uint32_t sector_size);

#endif
