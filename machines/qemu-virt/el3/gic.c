/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * GICv3 (Arm IHI0069): every interrupt is a non-secure group 1 interrupt, for the normal
 * world. In the secure world such an interrupt is signalled as FIQ, which goes to EL3.
 */
#include "machines/qemu-virt/el3/monitor.h"
#include "machines/qemu-virt/el3/sysreg.h"
#include "machines/qemu-virt/memory.h"

#define GICD_CTLR     (FFAV_GICD_BASE + 0x0000)
#define GICD_TYPER    (FFAV_GICD_BASE + 0x0004)
#define GICD_IGROUPR  (FFAV_GICD_BASE + 0x0080)
#define GICD_IGRPMODR (FFAV_GICD_BASE + 0x0d00)

/* Also the flag that the other CPUs wait for; no interrupt is in group 0. */
#define GICD_ENABLE_GRP0   (1u << 0)
#define GICD_ENABLE_GRP1NS (1u << 1)
#define GICD_ARE_S         (1u << 4)
#define GICD_ARE_NS        (1u << 5)
#define GICD_RWP           (1u << 31)

/* Within a redistributor: its control frame, then its interrupt frame 64 KiB behind. */
#define GICR_TYPER     0x0008
#define GICR_WAKER     0x0014
#define GICR_IGROUPR0  0x10080
#define GICR_IGRPMODR0 0x10d00

#define GICR_TYPER_LAST   (1u << 4)
#define GICR_WAKER_SLEEP  (1u << 1)
#define GICR_WAKER_ASLEEP (1u << 2)

static uintptr_t redistributor(unsigned int n)
{
	return FFAV_GICR_BASE + (uintptr_t)n * FFAV_GICR_STRIDE;
}

static uint32_t redistributor_affinity(unsigned int n)
{
	return ffav_read32(redistributor(n) + GICR_TYPER + 4);
}

/* The same numbering of CPUs as in start.S. */
static unsigned int affinity_index(uint32_t affinity)
{
	return (affinity & 0xff) + ((affinity >> 8) & 0xff) * 16;
}

void ffav_gic_init(void)
{
	uint32_t lines = (ffav_read32(GICD_TYPER) & 31) + 1;

	ffav_write32(GICD_CTLR, 0);
	while (ffav_read32(GICD_CTLR) & GICD_RWP)
		;
	ffav_write32(GICD_CTLR, GICD_ARE_S | GICD_ARE_NS);
	for (uint32_t i = 1; i < lines; i++) {
		ffav_write32(GICD_IGROUPR + 4 * (uintptr_t)i, UINT32_MAX);
		ffav_write32(GICD_IGRPMODR + 4 * (uintptr_t)i, 0);
	}
	ffav_write32(GICD_CTLR, GICD_ARE_S | GICD_ARE_NS | GICD_ENABLE_GRP1NS);
	while (ffav_read32(GICD_CTLR) & GICD_RWP)
		;
}

void ffav_gic_release_cpus(void)
{
	ffav_dsb();
	ffav_write32(GICD_CTLR,
		     GICD_ARE_S | GICD_ARE_NS | GICD_ENABLE_GRP1NS | GICD_ENABLE_GRP0);
}

uint32_t ffav_gic_cpu_mask(void)
{
	uint32_t mask = 0;
	unsigned int index;

	for (unsigned int n = 0;; n++) {
		index = affinity_index(redistributor_affinity(n));
		/* It would stay in the flash and run whatever a flash command makes of it. */
		if (index >= FFAV_CPUS_MAX)
			ffav_panic("There are more CPUs than the monitor can keep out of the "
				   "flash: ",
				   index + 1);
		mask |= UINT32_C(1) << index;
		if (ffav_read32(redistributor(n) + GICR_TYPER) & GICR_TYPER_LAST)
			return mask;
	}
}

void ffav_gic_init_cpu(void)
{
	uint32_t mpidr = (uint32_t)ffav_sysreg_read(mpidr_el1) & 0xffffff;
	unsigned int n = 0;
	uintptr_t base;

	while (redistributor_affinity(n) != mpidr) {
		if (ffav_read32(redistributor(n) + GICR_TYPER) & GICR_TYPER_LAST)
			ffav_panic("No redistributor for the CPU with MPIDR ", mpidr);
		n++;
	}
	base = redistributor(n);
	ffav_write32(base + GICR_WAKER, ffav_read32(base + GICR_WAKER) & ~GICR_WAKER_SLEEP);
	while (ffav_read32(base + GICR_WAKER) & GICR_WAKER_ASLEEP)
		;
	ffav_write32(base + GICR_IGROUPR0, UINT32_MAX);
	ffav_write32(base + GICR_IGRPMODR0, 0);

	ffav_sysreg_write(icc_sre_el3, 0xf);
	ffav_isb();
	ffav_sysreg_write(icc_pmr_el1, 0xff);
	/* Group 1 of the normal world. */
	ffav_sysreg_write(icc_igrpen1_el3, 1);
	/* The other interface registers exist once per world: those of the normal world. */
	ffav_sysreg_write(scr_el3, ffav_sysreg_read(scr_el3) | SCR_NS);
	ffav_isb();
	ffav_sysreg_write(icc_sre_el2, 0xf);
	ffav_sysreg_write(icc_sre_el1, 7);
	ffav_isb();
	ffav_sysreg_write(scr_el3, ffav_sysreg_read(scr_el3) & ~(uint64_t)SCR_NS);
	ffav_isb();
}
