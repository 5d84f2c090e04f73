/* SPDX-License-Identifier: BSD-3-Clause */
/** DOC: System registers, barriers and device registers, and what their bits are called. */
#ifndef FFAV_QEMU_SYSREG_H
#define FFAV_QEMU_SYSREG_H

/* SCR_EL3, DDI0487 section D19.2. */
#define SCR_NS   (1 << 0)
#define SCR_IRQ  (1 << 1)
#define SCR_FIQ  (1 << 2)
#define SCR_EA   (1 << 3)
#define SCR_RES1 (3 << 4)
#define SCR_HCE  (1 << 8)
#define SCR_SIF  (1 << 9)
#define SCR_RW   (1 << 10)

/* ESR_ELx.EC */
#define EC_FP    0x07
#define EC_SVC64 0x15
#define EC_SMC32 0x13
#define EC_SMC64 0x17

/* SPSR: EL0 with SP_EL0, EL2 with SP_EL2, all interrupts masked. */
#define SPSR_EL0 0x3c0
#define SPSR_EL2 0x3c9
/* SPSR: IRQs are masked; M[4:2], which are AArch32 or not and the exception level. */
#define SPSR_I      (1 << 7)
#define SPSR_EL     0x1c
#define SPSR_AT_EL2 0x08

/* ISR_EL1: what is pending, masked or not: an SError, an IRQ. */
#define ISR_A (1 << 8)
#define ISR_I (1 << 7)

/* HCR_EL2: physical IRQs go to EL2. */
#define HCR_IMO (1 << 4)
#define HCR_TGE (1 << 27)

#define SCTLR_M   (1 << 0)
#define SCTLR_A   (1 << 1)
#define SCTLR_C   (1 << 2)
#define SCTLR_SA  (1 << 3)
#define SCTLR_I   (1 << 12)
#define SCTLR_WXN (1 << 19)
/* Bits that are 1 for ever in each register of an Armv8.0 CPU. */
#define SCTLR_EL3_RES1 0x30c50830
#define SCTLR_EL2_RES1 0x30c50830
#define SCTLR_EL1_RES1 0x30d00800

/* MAIR, one byte each: 0 device nGnRnE, 1 normal write-back, 2 device nGnRE. */
#define MAIR_VALUE 0x04ff00

/* TCR, the half that TTBR0 uses: 39-bit addresses, 4 KiB pages, write-back, inner shareable. */
#define TCR_TTBR0 (25 | (1 << 8) | (1 << 10) | (3 << 12))

#ifndef __ASSEMBLER__

#include <stdint.h>

#define ffav_sysreg_read(name)                                     \
	({                                                         \
		uint64_t value_;                                   \
		__asm__ volatile("mrs %0, " #name : "=r"(value_)); \
		value_;                                            \
	})

#define ffav_sysreg_write(name, value) \
	__asm__ volatile("msr " #name ", %0" : : "r"((uint64_t)(value)) : "memory")

static inline void ffav_isb(void)
{
	__asm__ volatile("isb" : : : "memory");
}

static inline void ffav_dsb(void)
{
	__asm__ volatile("dsb sy" : : : "memory");
}

/** ffav_read32() - Read a device register. */
static inline uint32_t ffav_read32(uintptr_t address)
{
	return *(const volatile uint32_t *)address;
}

/** ffav_write32() - Write a device register. */
static inline void ffav_write32(uintptr_t address, uint32_t value)
{
	*(volatile uint32_t *)address = value;
}

#endif
#endif
