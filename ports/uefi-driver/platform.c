/* SPDX-License-Identifier: BSD-3-Clause */
/* What the normal-world library needs of this platform: AArch64 under UEFI. */
#include "ports/uefi-driver/driver.h"

/* Taken while a service runs; a lock is not needed for more: see ffav_try_lock(). */
static FFAV_RESIDENT_DATA bool locked;

FFAV_RESIDENT void ffav_smc(struct ffav_smc_regs *regs)
{
	register uint64_t x0 __asm__("x0") = regs->x[0];
	register uint64_t x1 __asm__("x1") = regs->x[1];
	register uint64_t x2 __asm__("x2") = regs->x[2];
	register uint64_t x3 __asm__("x3") = regs->x[3];
	register uint64_t x4 __asm__("x4") = regs->x[4];
	register uint64_t x5 __asm__("x5") = regs->x[5];
	register uint64_t x6 __asm__("x6") = regs->x[6];
	register uint64_t x7 __asm__("x7") = regs->x[7];
	register uint64_t x8 __asm__("x8") = regs->x[8];
	register uint64_t x9 __asm__("x9") = regs->x[9];
	register uint64_t x10 __asm__("x10") = regs->x[10];
	register uint64_t x11 __asm__("x11") = regs->x[11];
	register uint64_t x12 __asm__("x12") = regs->x[12];
	register uint64_t x13 __asm__("x13") = regs->x[13];
	register uint64_t x14 __asm__("x14") = regs->x[14];
	register uint64_t x15 __asm__("x15") = regs->x[15];
	register uint64_t x16 __asm__("x16") = regs->x[16];
	register uint64_t x17 __asm__("x17") = regs->x[17];

	__asm__ volatile("smc #0"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5), "+r"(x6),
			   "+r"(x7), "+r"(x8), "+r"(x9), "+r"(x10), "+r"(x11), "+r"(x12),
			   "+r"(x13), "+r"(x14), "+r"(x15), "+r"(x16), "+r"(x17)
			 :
			 : "memory", "cc");

	regs->x[0] = x0;
	regs->x[1] = x1;
	regs->x[2] = x2;
	regs->x[3] = x3;
	regs->x[4] = x4;
	regs->x[5] = x5;
	regs->x[6] = x6;
	regs->x[7] = x7;
	regs->x[8] = x8;
	regs->x[9] = x9;
	regs->x[10] = x10;
	regs->x[11] = x11;
	regs->x[12] = x12;
	regs->x[13] = x13;
	regs->x[14] = x14;
	regs->x[15] = x15;
	regs->x[16] = x16;
	regs->x[17] = x17;
}

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

FFAV_RESIDENT void ffav_convert_pointer(void **p)
{
	/* NULL stays NULL: the services refuse to convert it. */
	if (*p)
		ffav_driver.firmware->convert_pointer(0, p);
}

/*
 * UEFI 2.10 section 8.1 forbids to call the variable services on two CPUs at once or
 * from inside one another; this catches those who do, and costs them EFI_NOT_READY.
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
