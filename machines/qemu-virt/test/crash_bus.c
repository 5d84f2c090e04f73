/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A way to the flash on which the MM partition makes a fault, at whichever write to the chips the
 * normal world wants: the last word of the shared buffer counts the writes until then. It is how a
 * test ends the partition in the middle of a flash command (sel0/nor_bus.h).
 */
#include "machines/qemu-virt/memory.h"
#include "machines/qemu-virt/sel0/nor_bus.h"

#define COUNTDOWN ((volatile uint64_t *)(FFAV_SHARED_BUFFER_BASE + FFAV_SHARED_BUFFER_SIZE - 8))

uint32_t ffav_nor_load(const volatile uint32_t *at)
{
	return *at;
}

void ffav_nor_store(volatile uint32_t *at, uint32_t value)
{
	uint64_t left = *COUNTDOWN;

	if (left) {
		*COUNTDOWN = left - 1;
		if (left == 1)
			__builtin_trap();
	}
	*at = value;
}

void ffav_nor_barrier(void)
{
	__asm__ volatile("dsb sy" : : : "memory");
}
