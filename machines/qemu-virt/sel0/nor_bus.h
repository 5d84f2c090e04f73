/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: How the driver of the NOR flash reaches the chips
 *
 * Plain accesses to device memory. With FFAV_NOR_MODEL another program has the chips:
 * tests/unit/nor models them, for QEMU's never fail.
 */
#ifndef FFAV_QEMU_NOR_BUS_H
#define FFAV_QEMU_NOR_BUS_H

#include "abi/bytes.h"

#ifdef FFAV_NOR_MODEL

/** Reads of the status before the chips count as broken. */
#define FFAV_NOR_POLLS_MAX 1000u

/** ffav_nor_load() - Read a word of both chips. */
uint32_t ffav_nor_load(const volatile uint32_t *at);

/** ffav_nor_store() - Write a word to both chips. */
void ffav_nor_store(volatile uint32_t *at, uint32_t value);

/** ffav_nor_barrier() - What was written has arrived. */
void ffav_nor_barrier(void);

#else

/* Many seconds on any machine. */
#define FFAV_NOR_POLLS_MAX (1u << 26)

static inline uint32_t ffav_nor_load(const volatile uint32_t *at)
{
	return *at;
}

static inline void ffav_nor_store(volatile uint32_t *at, uint32_t value)
{
	*at = value;
}

static inline void ffav_nor_barrier(void)
{
	__asm__ volatile("dsb sy" : : : "memory");
}

#endif
#endif
