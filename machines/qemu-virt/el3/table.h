/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Translation tables
 *
 * Identity maps with 4 KiB pages and 39-bit addresses, in blocks where they fit. The same
 * code makes the monitor's own tables and those of each partition. The latter change while the
 * partition lives (remap.c), in pages.
 */
#ifndef FFAV_QEMU_TABLE_H
#define FFAV_QEMU_TABLE_H

#include "abi/bytes.h"

#define FFAV_MAP_KIND (UINT64_C(7) << 2)
/* Kind of memory: index into MAIR_EL3 and MAIR_EL1. */
#define FFAV_MAP_DEVICE (UINT64_C(0) << 2)
#define FFAV_MAP_NORMAL ((UINT64_C(1) << 2) | FFAV_MAP_INNER_SHAREABLE)

#define FFAV_MAP_NORMAL_WORLD    (UINT64_C(1) << 5)
#define FFAV_MAP_EL0             (UINT64_C(1) << 6)
#define FFAV_MAP_READ_ONLY       (UINT64_C(1) << 7)
#define FFAV_MAP_INNER_SHAREABLE (UINT64_C(3) << 8)
/* Only for one address space. */
#define FFAV_MAP_NOT_GLOBAL (UINT64_C(1) << 11)
/* Never executed by EL1; never executed by EL0, or at all at EL3. */
#define FFAV_MAP_EL1_NO_EXECUTE (UINT64_C(1) << 53)
#define FFAV_MAP_NO_EXECUTE     (UINT64_C(1) << 54)

/**
 * struct ffav_table - Tables of one address space.
 * @pool: pages for tables, 4 KiB aligned and zero; the first is the root
 * @pages: pages in @pool, 64 at most
 * @used: those in use, one bit each; bit 0 is set
 */
struct ffav_table {
	uint64_t (*pool)[512];
	unsigned int pages;
	uint64_t used;
};

/* Parts of a descriptor. */
#define FFAV_DESC_VALID    UINT64_C(1)
#define FFAV_DESC_TABLE    UINT64_C(2)
#define FFAV_DESC_PAGE     UINT64_C(2)
#define FFAV_DESC_ACCESSED (UINT64_C(1) << 10)
#define FFAV_DESC_ADDRESS  UINT64_C(0x0000fffffffff000)

/* Levels of the tables: the root's, and that of pages. */
#define FFAV_LEVEL_FIRST 1u
#define FFAV_LEVEL_LAST  3u

/** ffav_level_span() - Bytes that one entry of a table covers. */
static inline uint64_t ffav_level_span(unsigned int level)
{
	return UINT64_C(4096) << (9 * (FFAV_LEVEL_LAST - level));
}

/** ffav_table_take() - A zero page for another table. Return: NULL if the pool is empty. */
uint64_t *ffav_table_take(struct ffav_table *table);

/**
 * ffav_table_set() - Change what a range of a live map is.
 * @table: the map of one partition
 * @partition: its index
 * @base: physical address, 4 KiB aligned
 * @size: bytes, a multiple of 4 KiB
 * @attributes: FFAV_MAP_*; 0 unmaps
 *
 * Entries change by break before make; all CPUs have forgotten the old ones when it returns.
 *
 * Return: false, with the map as it was, if the range is beyond 39 bits or the pool is empty.
 * Unmapping what this function has mapped needs nothing of the pool.
 */
bool ffav_table_set(struct ffav_table *table, unsigned int partition, uint64_t base,
		    uint64_t size, uint64_t attributes);

/** ffav_table_get() - The descriptor of the page at @address, 0 if there is none. */
uint64_t ffav_table_get(const struct ffav_table *table, uint64_t address);

/**
 * ffav_table_map() - Map a range at its own address.
 * @table: the tables
 * @base: physical address, 4 KiB aligned
 * @size: bytes, a multiple of 4 KiB
 * @attributes: FFAV_MAP_*
 *
 * Return: false if the range is not aligned, beyond 39 bits, mapped already, or the pool is
 * empty; part of it may be mapped then.
 */
bool ffav_table_map(struct ffav_table *table, uint64_t base, uint64_t size,
		    uint64_t attributes);

/** ffav_monitor_map() - Make the monitor's own tables, before the MMU is on. Of normal-world RAM they have the device tree only. */
void ffav_monitor_map(void);

/** ffav_monitor_map_ram() - Add the rest of the normal world's RAM. @ram: its size, bytes */
void ffav_monitor_map_ram(uint64_t ram);

/** ffav_mmu_enable() - Turn this CPU's MMU on. */
void ffav_mmu_enable(void);

#endif
