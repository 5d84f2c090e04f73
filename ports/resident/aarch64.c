/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What every AArch64 port gives the normal-world library in the same way: cache maintenance by
 * range, the lock, the counter. Nothing of the firmware's is called: it is gone at runtime.
 */
#include "normal/platform.h"

/* Taken while a service runs; a lock is not needed for more: see ffav_try_lock(). */
static FFAV_RESIDENT_DATA bool locked;

/* Smallest data cache line of all levels, bytes (CTR_EL0.DminLine). */
FFAV_RESIDENT static uintptr_t line_size(void)
{
	uint64_t ctr;

	__asm__("mrs %0, ctr_el0" : "=r"(ctr));
	return (uintptr_t)4 << ((ctr >> 16) & 0xf);
}

FFAV_RESIDENT void ffav_clean(const void *p, size_t size)
{
	uintptr_t line = line_size();
	uintptr_t end = (uintptr_t)p + size;

	for (uintptr_t at = (uintptr_t)p & ~(line - 1); at < end; at += line)
		__asm__ volatile("dc cvac, %0" : : "r"(at) : "memory");
	__asm__ volatile("dsb sy" : : : "memory");
}

/*
 * DC CIVAC and not DC IVAC: a secure world that maps the buffer cacheable leaves its
 * reply dirty in lines that both worlds share, and an invalidation alone would throw it
 * away. Lines that this world dirtied are not there: the library cleans what it writes.
 */
FFAV_RESIDENT void ffav_invalidate(void *p, size_t size)
{
	uintptr_t line = line_size();
	uintptr_t end = (uintptr_t)p + size;

	for (uintptr_t at = (uintptr_t)p & ~(line - 1); at < end; at += line)
		__asm__ volatile("dc civac, %0" : : "r"(at) : "memory");
	__asm__ volatile("dsb sy" : : : "memory");
}

/*
 * Nobody who keeps the rules finds it taken. An operating system calls no service on two CPUs
 * at once or from inside one another (UEFI 2.10 section 8.1). At boot handlers of events may
 * call them (section 7.1), but none runs amid a service: ffavars.efi raises the TPL, and
 * U-Boot dispatches events only where it looks for them, which no service does. This catches
 * those who break the rules, and costs them EFI_DEVICE_ERROR once the library is tired of
 * waiting.
 */
FFAV_RESIDENT bool ffav_try_lock(void)
{
	return !__atomic_test_and_set(&locked, __ATOMIC_ACQUIRE);
}

FFAV_RESIDENT void ffav_unlock(void)
{
	__atomic_clear(&locked, __ATOMIC_RELEASE);
}

FFAV_RESIDENT uint64_t ffav_counter(void)
{
	uint64_t value;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(value) : : "memory");
	return value;
}

FFAV_RESIDENT uint64_t ffav_counter_rate(void)
{
	uint64_t value;

	__asm__("mrs %0, cntfrq_el0" : "=r"(value));
	return value;
}
