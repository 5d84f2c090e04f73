/* SPDX-License-Identifier: BSD-3-Clause */
/* World switch: what both worlds use and only one can have at a time. */
#include "machines/qemu-virt/el3/monitor.h"
#include "machines/qemu-virt/el3/sysreg.h"

_Static_assert(sizeof(struct ffav_frame) == FFAV_FRAME_SIZE &&
		       offsetof(struct ffav_frame, elr) == FFAV_FRAME_ELR,
	       "the assembler's frame is not the compiler's");
_Static_assert(offsetof(struct ffav_cpu, index) == 0, "ffav_cpu_restart() reads the index");
_Static_assert(offsetof(struct ffav_fp_state, fpcr) == 512, "ffav_fp_save() writes FPCR there");

#define SCR_NORMAL (SCR_NS | SCR_RES1 | SCR_HCE | SCR_RW)
#define SCR_SECURE (SCR_RES1 | SCR_SIF | SCR_RW)
/* While a partition runs, the normal world's interrupts go to EL3. */
#define SCR_PREEMPTIBLE (SCR_IRQ | SCR_FIQ)

/* CPACR_EL1.FPEN: no trap. Zero traps FP at EL0 and EL1. */
#define CPACR_FP (3 << 20)
/* A partition's SCTLR_EL1: MMU and caches on, writable is never executable, no big endian. */
#define SCTLR_PARTITION \
	(SCTLR_EL1_RES1 | SCTLR_M | SCTLR_C | SCTLR_I | SCTLR_SA | (1 << 4) | SCTLR_WXN)
/* TTBR1 is not used (EPD1), 40-bit physical addresses. */
#define TCR_PARTITION (TCR_TTBR0 | (1 << 23) | (UINT64_C(2) << 32))

#define CPTR_EL2_RES1   0x33ff
#define CNTHCTL_EL2_ALL 3

extern uint8_t ffav_shim[];

static void el1_save(struct ffav_el1_state *s)
{
	s->sctlr = ffav_sysreg_read(sctlr_el1);
	s->cpacr = ffav_sysreg_read(cpacr_el1);
	s->ttbr0 = ffav_sysreg_read(ttbr0_el1);
	s->ttbr1 = ffav_sysreg_read(ttbr1_el1);
	s->tcr = ffav_sysreg_read(tcr_el1);
	s->mair = ffav_sysreg_read(mair_el1);
	s->amair = ffav_sysreg_read(amair_el1);
	s->vbar = ffav_sysreg_read(vbar_el1);
	s->elr = ffav_sysreg_read(elr_el1);
	s->spsr = ffav_sysreg_read(spsr_el1);
	s->esr = ffav_sysreg_read(esr_el1);
	s->far = ffav_sysreg_read(far_el1);
	s->afsr0 = ffav_sysreg_read(afsr0_el1);
	s->afsr1 = ffav_sysreg_read(afsr1_el1);
	s->contextidr = ffav_sysreg_read(contextidr_el1);
	s->tpidr_el0 = ffav_sysreg_read(tpidr_el0);
	s->tpidrro_el0 = ffav_sysreg_read(tpidrro_el0);
	s->tpidr_el1 = ffav_sysreg_read(tpidr_el1);
	s->cntkctl = ffav_sysreg_read(cntkctl_el1);
	s->par = ffav_sysreg_read(par_el1);
	s->mdscr = ffav_sysreg_read(mdscr_el1);
	s->sp_el1 = ffav_sysreg_read(sp_el1);
	s->pmuserenr = ffav_sysreg_read(pmuserenr_el0);
}

static void el1_load(const struct ffav_el1_state *s)
{
	ffav_sysreg_write(sctlr_el1, s->sctlr);
	ffav_sysreg_write(cpacr_el1, s->cpacr);
	ffav_sysreg_write(ttbr0_el1, s->ttbr0);
	ffav_sysreg_write(ttbr1_el1, s->ttbr1);
	ffav_sysreg_write(tcr_el1, s->tcr);
	ffav_sysreg_write(mair_el1, s->mair);
	ffav_sysreg_write(amair_el1, s->amair);
	ffav_sysreg_write(vbar_el1, s->vbar);
	ffav_sysreg_write(elr_el1, s->elr);
	ffav_sysreg_write(spsr_el1, s->spsr);
	ffav_sysreg_write(esr_el1, s->esr);
	ffav_sysreg_write(far_el1, s->far);
	ffav_sysreg_write(afsr0_el1, s->afsr0);
	ffav_sysreg_write(afsr1_el1, s->afsr1);
	ffav_sysreg_write(contextidr_el1, s->contextidr);
	ffav_sysreg_write(tpidr_el0, s->tpidr_el0);
	ffav_sysreg_write(tpidrro_el0, s->tpidrro_el0);
	ffav_sysreg_write(tpidr_el1, s->tpidr_el1);
	ffav_sysreg_write(cntkctl_el1, s->cntkctl);
	ffav_sysreg_write(par_el1, s->par);
	ffav_sysreg_write(mdscr_el1, s->mdscr);
	ffav_sysreg_write(sp_el1, s->sp_el1);
	ffav_sysreg_write(pmuserenr_el0, s->pmuserenr);
}

void ffav_normal_entry(struct ffav_frame *frame, uint64_t entry, uint64_t argument)
{
	/* Reset values where the normal world may rely on them, PSCI section 6.4. */
	const struct ffav_el1_state el1 = {.sctlr = SCTLR_EL1_RES1};

	memset(frame, 0, sizeof(*frame));
	frame->x[0] = argument;
	frame->elr = entry;
	frame->spsr = SPSR_EL2;
	el1_load(&el1);
	ffav_sysreg_write(sctlr_el2, SCTLR_EL2_RES1);
	ffav_sysreg_write(hcr_el2, 0);
	ffav_sysreg_write(cptr_el2, CPTR_EL2_RES1);
	ffav_sysreg_write(mdcr_el2, (ffav_sysreg_read(pmcr_el0) >> 11) & 31);
	ffav_sysreg_write(cnthctl_el2, CNTHCTL_EL2_ALL);
	ffav_sysreg_write(cntvoff_el2, 0);
	ffav_sysreg_write(vpidr_el2, ffav_sysreg_read(midr_el1));
	ffav_sysreg_write(vmpidr_el2, ffav_sysreg_read(mpidr_el1));
	ffav_sysreg_write(vttbr_el2, 0);
	ffav_sysreg_write(scr_el3, SCR_NORMAL);
	ffav_isb();
	__asm__ volatile("tlbi alle2\n\ttlbi alle1" : : : "memory");
	ffav_dsb();
	ffav_isb();
}

/*
 * Would the caller take an interrupt of the normal world if it got its CPU back? To it that is
 * an IRQ, no FIQ. At EL3 nothing of this masks it, so a partition would be preempted each time
 * it is resumed, before its first instruction, for a caller that never lets the interrupt in.
 */
static bool takes_interrupts(const struct ffav_frame *caller)
{
	bool to_el2 = ffav_sysreg_read(hcr_el2) & (HCR_IMO | HCR_TGE);
	bool at_el2 = (caller->spsr & SPSR_EL) == SPSR_AT_EL2;

	/* DDI0487: below the level that it goes to it is never masked, above always. */
	if (at_el2 != to_el2)
		return to_el2;
	return !(caller->spsr & SPSR_I);
}

/*
 * Is there an SError, which can only be the normal world's? The barrier makes those of its
 * writes come, as far as a CPU without the RAS extension can be made to.
 */
static bool serror_pending(void)
{
	ffav_dsb();
	ffav_isb();
	return ffav_sysreg_read(isr_el1) & ISR_A;
}

/*
 * SCR_EL3 for the partitions that run until the normal world has its CPU back. Aborts go to
 * EL3, and those of a partition end it; not so where the normal world called with an SError
 * pending: EL3 would take it before the partition's first instruction. Left to EL1 it is masked
 * by the partition's PSTATE.A, waits, and is the normal world's in the end; other aborts come by
 * way of the shim. QEMU has no SErrors, so no test can show it.
 */
static uint64_t partition_scr(const struct ffav_cpu *cpu)
{
	uint64_t scr = SCR_SECURE;

	if (!serror_pending())
		scr |= SCR_EA;
	if (!cpu->booting && takes_interrupts(&cpu->normal.frame))
		scr |= SCR_PREEMPTIBLE;
	return scr;
}

void ffav_partition_enter(struct ffav_cpu *cpu, unsigned int partition,
			  struct ffav_frame *frame)
{
	const struct ffav_world *world = ffav_partition_world(partition);
	/* Zero keeps EL0 from what it need not have: timers (CNTKCTL), counters (PMUSERENR). */
	const struct ffav_el1_state el1 = {
		.sctlr = SCTLR_PARTITION,
		.ttbr0 = ffav_partition_ttbr(partition),
		.tcr = TCR_PARTITION,
		.mair = MAIR_VALUE,
		.vbar = (uintptr_t)ffav_shim,
		.tpidr_el0 = world->el1.tpidr_el0,
		.elr = world->el1.elr,
		.spsr = world->el1.spsr,
		.esr = world->el1.esr,
		.far = world->el1.far,
	};
	uint64_t scr = ffav_sysreg_read(scr_el3);

	/* From another partition, which was saved, or from the normal world. */
	if (cpu->partition >= 0) {
		if (cpu->fp_live)
			ffav_fp_load(&cpu->normal.fp);
	} else {
		if (!cpu->booting) {
			cpu->normal.frame = *frame;
			el1_save(&cpu->normal.el1);
		}
		scr = partition_scr(cpu);
	}
	el1_load(&el1);
	ffav_sysreg_write(scr_el3, scr);
	ffav_isb();
	*frame = world->frame;
	cpu->partition = (int)partition;
	cpu->fp_live = false;
}

void ffav_forget_addresses(unsigned int partition)
{
	/* Which world's translations are meant is what SCR_EL3.NS says. */
	uint64_t scr = ffav_sysreg_read(scr_el3);

	ffav_sysreg_write(scr_el3, SCR_SECURE);
	ffav_dsb();
	ffav_isb();
	__asm__ volatile("tlbi aside1is, %0"
			 :
			 : "r"(ffav_partition_ttbr(partition) & ~UINT64_C(0xffffffffffff))
			 : "memory");
	ffav_dsb();
	ffav_sysreg_write(scr_el3, scr);
	ffav_isb();
}

void ffav_partition_save(struct ffav_cpu *cpu, const struct ffav_frame *frame)
{
	struct ffav_world *world = ffav_partition_world((unsigned int)cpu->partition);

	world->frame = *frame;
	world->el1.tpidr_el0 = ffav_sysreg_read(tpidr_el0);
	/* An interrupt can come between an exception to S-EL1 and the shim's SMC. */
	world->el1.elr = ffav_sysreg_read(elr_el1);
	world->el1.spsr = ffav_sysreg_read(spsr_el1);
	world->el1.esr = ffav_sysreg_read(esr_el1);
	world->el1.far = ffav_sysreg_read(far_el1);
	if (cpu->fp_live)
		ffav_fp_save(&world->fp);
}

void ffav_partition_leave(struct ffav_cpu *cpu, struct ffav_frame *frame)
{
	if (cpu->fp_live)
		ffav_fp_load(&cpu->normal.fp);
	cpu->fp_live = false;
	cpu->partition = -1;
	if (cpu->booting)
		return;
	el1_load(&cpu->normal.el1);
	ffav_sysreg_write(scr_el3, SCR_NORMAL);
	ffav_isb();
	*frame = cpu->normal.frame;
}

void ffav_partition_use_fp(struct ffav_cpu *cpu)
{
	struct ffav_world *world = ffav_partition_world((unsigned int)cpu->partition);

	ffav_fp_save(&cpu->normal.fp);
	ffav_fp_load(&world->fp);
	cpu->fp_live = true;
	ffav_sysreg_write(cpacr_el1, CPACR_FP);
	ffav_isb();
}
