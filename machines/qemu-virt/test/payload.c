/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A normal world that tests the monitor: PSCI, FF-A with an test partition, preemption by a
 * timer of the normal world, what the worlds keep of each other's registers, and what a
 * partition must not reach.
 */
#include "machines/qemu-virt/rogue/fp.h"
#include "machines/qemu-virt/rogue/rogue.h"
#include "machines/qemu-virt/el3/sysreg.h"
#include "machines/qemu-virt/memory.h"
#include "machines/qemu-virt/test/bare.h"

/* Survives a reset, which QEMU's RAM does; the image itself is loaded anew. */
#define RESET_FLAG ((volatile uint64_t *)(FFAV_NORMAL_ENTRY + 0x10000000))
#define RESET_DONE UINT64_C(0x7265736574646f6e)
/* Where tests/system ask for something else than all the tests: one of the MODE_*. */
#define MODE             ((volatile uint64_t *)(FFAV_NORMAL_ENTRY + 0x10000008))
#define MODE_SILENT      1u
#define MODE_PANIC       2u
#define PSCI_CPU_SUSPEND UINT32_C(0xc4000001)
#define HAMMER_ANSWERS   300u
#define ROGUE_ID         0x8010u
#define PREEMPT_TRIES    20u
#define HCR_RW           (UINT64_C(1) << 31)
#define OUR_FP           UINT64_C(0x0123456789abcdef)
/* MDSCR_EL1: EL0 does not reach the debug channel. */
#define MDSCR_TDCC (1u << 12)
/* PMUSERENR_EL0: all of the performance monitors are EL0's. */
#define PMUSERENR_EN (1u << 0)

/* second.S */
void payload_second(void);
uint64_t payload_smc_at_el1(struct ffav_smc_regs *regs);
_Noreturn void payload_second_main(uint64_t argument);

static volatile uint64_t second_argument;
static volatile uint64_t second_sctlr;
static volatile uint32_t second_command;
static struct ffav_smc_regs second_regs;
static volatile unsigned int second_hammered;

/* Commands for the second CPU. */
enum {
	SECOND_IDLE,
	SECOND_CALL,
	SECOND_OFF,
	SECOND_HAMMER,
	SECOND_RELEASE,
};

static uint8_t buffers[2][4096] __attribute__((aligned(4096)));

/* One SMC. Return: 0 if it changed no register that it must not change. */
static uint64_t changed_by(struct ffav_smc_regs *regs)
{
	uint64_t changed;

	ffav_fp_exchange(OUR_FP);
	changed = bare_smc(regs);
	return changed | (ffav_fp_exchange(OUR_FP) ^ OUR_FP);
}

static struct ffav_smc_regs request(unsigned int n, uint64_t command, uint64_t argument)
{
	struct ffav_smc_regs regs = {
		.x = {FFA_MSG_SEND_DIRECT_REQ_64,
		      ffav_ffa_endpoints(FFA_NORMAL_WORLD_ID, (uint16_t)(ROGUE_ID + n)), 0,
		      command, argument, 0x55, 0x66, 0x77},
	};

	bare_equal(changed_by(&regs), 0,
		   "x18 to x30, all FP and SIMD registers are as before the call");
	return regs;
}

static void test_calls(void)
{
	struct ffav_smc_regs regs;

	bare_equal(bare_call(SMCCC_VERSION, 0, 0, 0).x[0], SMCCC_VERSION_1_2,
		   "SMCCC_VERSION is 1.2");
	bare_equal(bare_call(PSCI_VERSION, 0, 0, 0).x[0], 0x00010001, "PSCI_VERSION is 1.1");
	bare_equal(bare_call(PSCI_FEATURES, PSCI_CPU_ON_64, 0, 0).x[0], 0,
		   "PSCI_FEATURES knows CPU_ON");
	bare_equal(bare_call(PSCI_FEATURES, 0x8400001f, 0, 0).x[0],
		   (uint64_t)PSCI_NOT_SUPPORTED,
		   "PSCI_FEATURES does not know an unassigned function");
	bare_timer_in(1000);
	bare_equal(bare_call(PSCI_CPU_SUSPEND, 0, 0, 0).x[0], 0,
		   "CPU_SUSPEND stands by until an interrupt");
	bare_equal(ffav_sysreg_read(cntp_ctl_el0) & 4, 4, "which is pending then");
	bare_take_interrupts();
	bare_equal(bare_interrupts, 1, "and the normal world's");
	bare_interrupts = 0;
	bare_equal(bare_call(PSCI_MIGRATE_INFO_TYPE, 0, 0, 0).x[0], 2,
		   "no trusted OS needs migration");
	bare_equal(bare_call(0xc2001234, 1, 2, 3).x[0], (uint64_t)SMCCC_NOT_SUPPORTED,
		   "an unknown SMC is not supported");
	bare_equal(bare_call(0x44000063, 0, 0, 0).x[0], (uint64_t)SMCCC_NOT_SUPPORTED,
		   "a yielding SMC is not supported");
	bare_equal(bare_call(FFA_VERSION, FFA_VERSION_1_2, 0, 0).x[0], FFA_VERSION_1_2,
		   "FFA_VERSION is 1.2");
	bare_equal(bare_call(FFA_ID_GET, 0, 0, 0).x[2], FFA_NORMAL_WORLD_ID,
		   "FFA_ID_GET gives endpoint 0");
	regs = bare_call(FFA_PARTITION_INFO_GET_REGS, 0, 0, 0);
	bare_equal(regs.x[0], FFA_SUCCESS_64, "FFA_PARTITION_INFO_GET_REGS succeeds");
	bare_equal(ffav_info_regs_decode(regs.x[2]).last, 3, "there are four partitions");
	bare_equal(ffav_info_regs_get(&regs, 0).id, ROGUE_ID,
		   "the first is the first test partition");
}

static void test_buffers(void)
{
	uint64_t tx = (uintptr_t)buffers[0];
	uint64_t rx = (uintptr_t)buffers[1];
	struct ffav_smc_regs regs = {.x = {FFA_PARTITION_INFO_GET}};

	bare_equal(bare_call(FFA_RXTX_MAP_64, FFAV_SECURE_RAM_BASE, rx, 1).x[0], FFA_ERROR,
		   "a TX buffer in secure RAM is refused");
	bare_equal(bare_call(FFA_RXTX_MAP_64, tx, FFAV_STORE_BASE, 1).x[0], FFA_ERROR,
		   "an RX buffer in the secure flash is refused");
	bare_equal(bare_call(FFA_RXTX_MAP_64, tx, UINT64_C(0x4000000000), 1).x[0], FFA_ERROR,
		   "an RX buffer behind the RAM is refused");
	bare_equal(bare_call(FFA_RXTX_MAP_64, tx, FFAV_GICD_BASE, 1).x[0], FFA_ERROR,
		   "an RX buffer in a device is refused");
	bare_equal(bare_call(FFA_RXTX_MAP_64, tx, rx, 1).x[0], FFA_SUCCESS_32,
		   "FFA_RXTX_MAP succeeds");
	bare_smc(&regs);
	bare_equal(regs.x[2], 4, "FFA_PARTITION_INFO_GET counts four partitions");
	bare_equal(ffav_get16(buffers[1]), ROGUE_ID,
		   "and describes the first in the RX buffer");
	bare_equal(bare_call(FFA_RX_RELEASE, 0, 0, 0).x[0], FFA_SUCCESS_32,
		   "FFA_RX_RELEASE succeeds");
	bare_equal(bare_call(FFA_RXTX_UNMAP, 0, 0, 0).x[0], FFA_SUCCESS_32,
		   "FFA_RXTX_UNMAP succeeds");
}

static void test_messages(void)
{
	struct ffav_smc_regs regs = request(0, FFAV_ROGUE_PLAIN, 0x1122334455667788);

	bare_equal(regs.x[0], FFA_MSG_SEND_DIRECT_RESP_64, "a direct request is answered");
	bare_equal(regs.x[1], ffav_ffa_endpoints(ROGUE_ID, 0), "by the partition it was for");
	bare_equal(regs.x[4], 0x1122334455667788, "with x4");
	bare_equal(regs.x[7], 0x77, "with x7");
	bare_equal(request(0, FFAV_ROGUE_BSS, 1).x[4], 0, "the partition's bss is zero");
	bare_equal(request(0, FFAV_ROGUE_BSS, 0).x[4], 1, "and is its own");
	*(volatile uint64_t *)(FFAV_SHARED_BUFFER_BASE + 0x1fff8) = 0x0123456789abcdef;
	bare_equal(request(0, FFAV_ROGUE_READ_SHARED, 0x1fff8).x[4], 0x0123456789abcdef,
		   "the partition reads the shared buffer's last word");
}

static struct ffav_smc_regs slow_request(uint64_t turns)
{
	return (struct ffav_smc_regs){
		.x = {FFA_MSG_SEND_DIRECT_REQ_64,
		      ffav_ffa_endpoints(FFA_NORMAL_WORLD_ID, ROGUE_ID), 0, FFAV_ROGUE_SLOW,
		      turns},
	};
}

/*
 * A slow request that the timer preempts. A busy host may stop this machine for so long that
 * the timer fires before the call: then it is tried again.
 */
static struct ffav_smc_regs preempted_request(uint64_t turns)
{
	struct ffav_smc_regs regs;

	for (unsigned int i = 0; i < PREEMPT_TRIES; i++) {
		regs = slow_request(turns);
		bare_timer_in(2000);
		bare_smc_unmasked(&regs);
		if (regs.x[0] == FFA_INTERRUPT)
			break;
	}
	return regs;
}

/*
 * Resume a preempted request until it is done; the timer interrupts it again. @target: whether
 * FFA_INTERRUPT named it each time. @taken: whether we took each interrupt. Return: how often
 * it was preempted
 */
static unsigned int run_to_the_end(struct ffav_smc_regs *regs, bool *target, bool *taken)
{
	unsigned int preempted = 0;

	while (regs->x[0] == FFA_INTERRUPT && preempted < 100000) {
		unsigned int before = bare_interrupts;

		preempted++;
		*target &= regs->x[1] == ffav_ffa_target(ROGUE_ID, 0);
		*regs = (struct ffav_smc_regs){.x = {FFA_RUN, regs->x[1]}};
		if (preempted < 5)
			bare_timer_in(2000);
		bare_smc_unmasked(regs);
		*taken &= preempted >= 5 || bare_interrupts == before + 1;
	}
	return preempted;
}

/* A slow request that the timer interrupts, again and again, until it is done. */
static void test_preemption(void)
{
	struct ffav_smc_regs regs = preempted_request(40000000);
	bool target = true, taken = true;
	unsigned int preempted;

	bare_equal(regs.x[0], FFA_INTERRUPT, "the timer preempts the partition: FFA_INTERRUPT");
	bare_equal(request(0, FFAV_ROGUE_PLAIN, 0).x[2], (uint32_t)FFA_BUSY,
		   "another request meanwhile is BUSY");
	preempted = run_to_the_end(&regs, &target, &taken);
	/* A busy host may have let the timer fire before FFA_RUN, too. */
	for (unsigned int i = 1; i < PREEMPT_TRIES && preempted < 2; i++) {
		regs = preempted_request(40000000);
		preempted = run_to_the_end(&regs, &target, &taken);
	}
	bare_ok(preempted >= 2, "it is preempted again when the timer fires again");
	bare_ok(target, "FFA_INTERRUPT names partition and context");
	bare_ok(taken, "the normal world takes each interrupt itself");
	bare_equal(regs.x[0], FFA_MSG_SEND_DIRECT_RESP_64, "FFA_RUN goes on to the response");
	bare_equal(regs.x[4], 40000000, "the partition lost no turn of its loop");
	bare_equal(bare_call(FFA_RUN, ffav_ffa_target(ROGUE_ID, 0), 0, 0).x[0], FFA_ERROR,
		   "FFA_RUN on a partition that waits is refused");
}

static struct ffav_smc_regs call_through(uint64_t command, uint64_t argument)
{
	return (struct ffav_smc_regs){
		.x = {FFA_MSG_SEND_DIRECT_REQ_64,
		      ffav_ffa_endpoints(FFA_NORMAL_WORLD_ID, ROGUE_ID), 0, FFAV_ROGUE_CALL,
		      argument, ROGUE_ID + 1, command},
	};
}

/* The first partition calls the second, which the timer interrupts again and again. */
static void test_chain(void)
{
	struct ffav_smc_regs regs = call_through(FFAV_ROGUE_PLAIN, 0xc0ffee);
	unsigned int preempted = 0;
	bool first = true, busy = false;

	bare_equal(changed_by(&regs), 0, "a chain of partitions changes no register of ours");
	bare_equal(regs.x[0], FFA_MSG_SEND_DIRECT_RESP_64, "a partition calls another");
	bare_equal(regs.x[5], FFA_MSG_SEND_DIRECT_RESP_64, "which responds to it");
	bare_equal(regs.x[4], 0xc0ffee, "with its words");

	for (unsigned int i = 0; i < PREEMPT_TRIES && regs.x[0] != FFA_INTERRUPT; i++) {
		regs = call_through(FFAV_ROGUE_SLOW, 40000000);
		bare_timer_in(2000);
		bare_smc_unmasked(&regs);
	}
	while (regs.x[0] == FFA_INTERRUPT && preempted++ < 100000) {
		first &= regs.x[1] == ffav_ffa_target(ROGUE_ID, 0);
		/* The interrupt may come before the first has called the second. */
		if (!busy && request(1, FFAV_ROGUE_PLAIN, 0).x[2] == (uint32_t)FFA_BUSY) {
			busy = true;
			bare_equal(
				bare_call(FFA_RUN, ffav_ffa_target(ROGUE_ID + 1, 0), 0, 0).x[2],
				(uint32_t)FFA_DENIED,
				"the second is not resumed past the first");
		}
		regs = (struct ffav_smc_regs){.x = {FFA_RUN, regs.x[1]}};
		if (preempted < 5 || !busy)
			bare_timer_in(2000);
		bare_smc_unmasked(&regs);
	}
	bare_ok(preempted >= 1, "a chain is preempted");
	bare_ok(busy, "the second is BUSY meanwhile");
	bare_ok(first, "FFA_INTERRUPT names the partition that was called");
	bare_equal(regs.x[0], FFA_MSG_SEND_DIRECT_RESP_64, "FFA_RUN goes on to its response");
	bare_equal(regs.x[4], 40000000, "and the second lost no turn of its loop");
	bare_interrupts = 0;
	/* FP registers of three worlds. */
	request(0, FFAV_ROGUE_FP, 0x1111);
	regs = call_through(FFAV_ROGUE_FP, 0x2222);
	bare_equal(changed_by(&regs), 0, "nor the FP registers");
	regs = call_through(FFAV_ROGUE_FP, 0x3333);
	bare_smc(&regs);
	bare_equal(regs.x[4], 0x2222, "the second has FP registers of its own");
	bare_equal(request(0, FFAV_ROGUE_FP, 0).x[4], 0x1111, "and so has the first");
	regs = call_through(FFAV_ROGUE_FP, 0);
	bare_smc(&regs);
}

/* Let the timer's interrupt be pending, for a caller that does not take it. */
static void pend_interrupt(void)
{
	bare_timer_in(1);
	while (!(ffav_sysreg_read(isr_el1) & ISR_I))
		;
}

/*
 * A caller that has interrupts masked and follows FFA_INTERRUPT without a bound, as stock
 * U-Boot does, would never come back if what it does not take preempted the partition.
 */
static void test_masked(void)
{
	struct ffav_smc_regs regs;

	bare_take_interrupts();
	pend_interrupt();
	regs = request(0, FFAV_ROGUE_SLOW, 100000);
	bare_equal(regs.x[0], FFA_MSG_SEND_DIRECT_RESP_64,
		   "a caller that has interrupts masked is not preempted by a pending one");
	bare_equal(regs.x[4], 100000, "and gets its answer");
	bare_ok(ffav_sysreg_read(isr_el1) & ISR_I, "the interrupt is pending still");
	bare_take_interrupts();

	regs = preempted_request(40000000);
	bare_equal(regs.x[0], FFA_INTERRUPT, "a call is preempted");
	pend_interrupt();
	regs = bare_call(FFA_RUN, regs.x[1], 0, 0);
	bare_equal(regs.x[0], FFA_MSG_SEND_DIRECT_RESP_64,
		   "resumed with interrupts masked it comes to its end at once");
	bare_equal(regs.x[4], 40000000, "and lost nothing");

	/* What HCR_EL2 routes to EL1 is not taken at EL2, whatever PSTATE says. */
	ffav_sysreg_write(hcr_el2, HCR_RW);
	regs = slow_request(100000);
	bare_smc_unmasked(&regs);
	bare_equal(regs.x[0], FFA_MSG_SEND_DIRECT_RESP_64,
		   "nor is one preempted at EL2 by an interrupt that is EL1's");
	/* What is EL2's interrupts EL1 for sure: a guest must not hold a hypervisor up. */
	ffav_sysreg_write(hcr_el2, HCR_RW | HCR_IMO);
	bare_interrupts = 0;
	regs = slow_request(100000000);
	payload_smc_at_el1(&regs);
	bare_equal(bare_interrupts, 1, "the interrupt of EL2 comes to a caller at EL1");
	for (unsigned int i = 0; i < PREEMPT_TRIES && regs.x[0] != FFA_INTERRUPT; i++) {
		regs = slow_request(100000000);
		bare_timer_in(2000);
		payload_smc_at_el1(&regs);
	}
	bare_equal(regs.x[0], FFA_INTERRUPT,
		   "and preempts its partition, though EL1 has interrupts masked");
	regs = bare_call(FFA_RUN, regs.x[1], 0, 0);
	bare_equal(regs.x[0], FFA_MSG_SEND_DIRECT_RESP_64, "which then goes on");
	ffav_sysreg_write(hcr_el2, HCR_IMO);
}

static void test_fp(void)
{
	struct ffav_smc_regs regs;

	bare_equal(request(0, FFAV_ROGUE_FP, 0xaaaa).x[4], 0,
		   "a partition starts with FP registers of zero");
	bare_equal(request(0, FFAV_ROGUE_FP, 0xbbbb).x[4], 0xaaaa,
		   "its FP registers are its own");
	regs = request(0, FFAV_ROGUE_FP, 0);
	bare_equal(regs.x[4], 0xbbbb, "and stay");
}

/*
 * EL1 registers of the normal world, which the partition's own take the place of; the values change
 * nothing at EL2. AMAIR_EL1, AFSR0_EL1 and AFSR1_EL1 are always zero in QEMU.
 */
static void test_el1_registers(void)
{
	ffav_sysreg_write(sctlr_el1, SCTLR_EL1_RES1 | SCTLR_A | SCTLR_C);
	ffav_sysreg_write(ttbr0_el1, 0x1000);
	ffav_sysreg_write(ttbr1_el1, 0x2000);
	ffav_sysreg_write(mair_el1, 0x3);
	ffav_sysreg_write(vbar_el1, 0x4000);
	ffav_sysreg_write(tcr_el1, 0x5);
	ffav_sysreg_write(elr_el1, 0x6000);
	ffav_sysreg_write(spsr_el1, 0x3c5);
	ffav_sysreg_write(sp_el0, 0x7000);
	ffav_sysreg_write(sp_el1, 0xa000);
	ffav_sysreg_write(tpidr_el0, 0x8000);
	ffav_sysreg_write(tpidrro_el0, 0xb000);
	ffav_sysreg_write(tpidr_el1, 0xc000);
	ffav_sysreg_write(contextidr_el1, 0xd);
	ffav_sysreg_write(cntkctl_el1, 0x3);
	ffav_sysreg_write(cpacr_el1, 3u << 20);
	ffav_sysreg_write(esr_el1, 0x9);
	ffav_sysreg_write(far_el1, 0xe000);
	ffav_sysreg_write(par_el1, 0xf000);
	ffav_sysreg_write(mdscr_el1, MDSCR_TDCC);
	ffav_isb();
	request(0, FFAV_ROGUE_PLAIN, 0);
	bare_equal(ffav_sysreg_read(sctlr_el1), SCTLR_EL1_RES1 | SCTLR_A | SCTLR_C,
		   "SCTLR_EL1 is kept");
	bare_equal(ffav_sysreg_read(ttbr0_el1), 0x1000, "TTBR0_EL1 is kept");
	bare_equal(ffav_sysreg_read(ttbr1_el1), 0x2000, "TTBR1_EL1 is kept");
	bare_equal(ffav_sysreg_read(mair_el1), 0x3, "MAIR_EL1 is kept");
	bare_equal(ffav_sysreg_read(vbar_el1), 0x4000, "VBAR_EL1 is kept");
	bare_equal(ffav_sysreg_read(tcr_el1), 0x5, "TCR_EL1 is kept");
	bare_equal(ffav_sysreg_read(elr_el1), 0x6000, "ELR_EL1 is kept");
	bare_equal(ffav_sysreg_read(spsr_el1), 0x3c5, "SPSR_EL1 is kept");
	bare_equal(ffav_sysreg_read(sp_el0), 0x7000, "SP_EL0 is kept");
	bare_equal(ffav_sysreg_read(sp_el1), 0xa000, "SP_EL1 is kept");
	bare_equal(ffav_sysreg_read(tpidr_el0), 0x8000, "TPIDR_EL0 is kept");
	bare_equal(ffav_sysreg_read(tpidrro_el0), 0xb000, "TPIDRRO_EL0 is kept");
	bare_equal(ffav_sysreg_read(tpidr_el1), 0xc000, "TPIDR_EL1 is kept");
	bare_equal(ffav_sysreg_read(contextidr_el1), 0xd, "CONTEXTIDR_EL1 is kept");
	bare_equal(ffav_sysreg_read(cntkctl_el1), 0x3, "CNTKCTL_EL1 is kept");
	bare_equal(ffav_sysreg_read(cpacr_el1), 3u << 20, "CPACR_EL1 is kept");
	bare_equal(ffav_sysreg_read(esr_el1), 0x9, "ESR_EL1 is kept");
	bare_equal(ffav_sysreg_read(far_el1), 0xe000, "FAR_EL1 is kept");
	bare_equal(ffav_sysreg_read(par_el1), 0xf000, "PAR_EL1 is kept");
	bare_equal(ffav_sysreg_read(mdscr_el1), MDSCR_TDCC, "MDSCR_EL1 is kept");
}

/* The flash driver at S-EL0; tests/system/qemu_el3_monitor.py looks at the image afterwards. */
static void test_flash(void)
{
	bare_equal(request(0, FFAV_ROGUE_FLASH, 0).x[4], 0,
		   "the flash driver erases, programs and reads (line of the failed check)");
}

/* Each of these stops a partition; the next request starts it again. */
static void test_faults(void)
{
	struct ffav_smc_regs regs;

	request(1, FFAV_ROGUE_BSS, 0xdead);
	request(1, FFAV_ROGUE_FP, 0xdead);
	bare_equal(request(1, FFAV_ROGUE_WRITE_ADDRESS, FFAV_SECURE_RAM_BASE).x[2],
		   (uint32_t)FFA_ABORTED, "a partition that writes to the monitor is stopped");
	bare_equal(bare_call(FFA_RUN, ffav_ffa_target(ROGUE_ID + 1, 0), 0, 0).x[2],
		   (uint32_t)FFA_ABORTED, "FFA_RUN does not start it");
	regs = request(1, FFAV_ROGUE_BSS, 0);
	bare_equal(regs.x[0], FFA_MSG_SEND_DIRECT_RESP_64, "the next request does");
	bare_equal(regs.x[4], 0, "its bss is zero again");
	bare_equal(request(1, FFAV_ROGUE_FP, 0).x[4], 0, "and so are its FP registers");
	bare_equal(request(2, FFAV_ROGUE_WRITE_CODE, 0).x[2], (uint32_t)FFA_ABORTED,
		   "a partition that writes to its code is stopped");
	bare_equal(request(3, FFAV_ROGUE_EXECUTE_DATA, 0).x[2], (uint32_t)FFA_ABORTED,
		   "a partition that executes its data is stopped");
	bare_equal(request(0, FFAV_ROGUE_PLAIN, 0).x[0], FFA_MSG_SEND_DIRECT_RESP_64,
		   "the others go on");
	bare_equal(request(0, FFAV_ROGUE_OVERFLOW_STACK, 1000).x[2], (uint32_t)FFA_ABORTED,
		   "a partition that overflows its stack is stopped");
	bare_equal(request(0, FFAV_ROGUE_OVERFLOW_STACK, 2).x[0], FFA_MSG_SEND_DIRECT_RESP_64,
		   "and has a stack again");
	/* A partition that makes nothing but faults is given up. */
	for (unsigned int i = 0; i < 2; i++)
		bare_equal(request(2, FFAV_ROGUE_WRITE_CODE, 0).x[2], (uint32_t)FFA_ABORTED,
			   "a partition that was started again makes a fault");
	bare_equal(request(2, FFAV_ROGUE_PLAIN, 0).x[2], (uint32_t)FFA_ABORTED,
		   "after three it is given up");
	/* Also where the normal world lets its own EL0 have the counters. */
	ffav_sysreg_write(pmuserenr_el0, PMUSERENR_EN);
	bare_equal(request(3, FFAV_ROGUE_PLAIN, 3).x[4], 3, "a stopped partition is started");
	bare_equal(request(3, FFAV_ROGUE_READ_COUNTER, 0).x[2], (uint32_t)FFA_ABORTED,
		   "a partition that reads the normal world's counters is stopped");
	bare_equal(ffav_sysreg_read(pmuserenr_el0), PMUSERENR_EN, "PMUSERENR_EL0 is kept");
	ffav_sysreg_write(pmuserenr_el0, 0);
	/* The chain's caller is told, and goes on. */
	regs = call_through(FFAV_ROGUE_EXECUTE_DATA, 0);
	bare_smc(&regs);
	bare_equal(regs.x[0], FFA_MSG_SEND_DIRECT_RESP_64,
		   "a partition whose callee makes a fault goes on");
	bare_equal(regs.x[5], FFA_ERROR, "it gets FFA_ERROR");
	bare_equal(regs.x[6], (uint32_t)FFA_ABORTED, "with ABORTED");
	regs = call_through(FFAV_ROGUE_PLAIN, 0xc0ffee);
	bare_smc(&regs);
	bare_equal(regs.x[4], 0xc0ffee, "and starts the callee again by calling it");
}

/*
 * Requests as fast as they go, each with a number of its own, until HAMMER_ANSWERS of them
 * were answered. Return: how often the partition was BUSY with the other CPU's, plus 1; 0 if
 * an answer was not to its request.
 */
static unsigned int hammer(uint64_t start)
{
	unsigned int answered = 0;
	unsigned int busy = 0;

	for (uint64_t i = start; answered < HAMMER_ANSWERS; i++) {
		struct ffav_smc_regs regs = {
			.x = {FFA_MSG_SEND_DIRECT_REQ_64,
			      ffav_ffa_endpoints(FFA_NORMAL_WORLD_ID, ROGUE_ID), 0,
			      FFAV_ROGUE_SLOW, i % 4096, i, i, i},
		};

		bare_smc_unmasked(&regs);
		while (regs.x[0] == FFA_INTERRUPT) {
			regs = bare_call(FFA_RUN, regs.x[1], 0, 0);
		}
		if (regs.x[0] == FFA_ERROR && (int32_t)regs.x[2] == FFA_BUSY) {
			busy++;
			continue;
		}
		if (regs.x[0] != FFA_MSG_SEND_DIRECT_RESP_64 || regs.x[4] != i % 4096 ||
		    regs.x[5] != i || regs.x[7] != i)
			return 0;
		answered++;
	}
	return busy + 1;
}

/* The second CPU: run commands of the first one, then turn off. */
_Noreturn void payload_second_main(uint64_t argument)
{
	second_sctlr = ffav_sysreg_read(sctlr_el2);
	second_argument = argument;
	for (;;) {
		while (!__atomic_load_n(&second_command, __ATOMIC_ACQUIRE))
			;
		if (second_command == SECOND_OFF)
			break;
		if (second_command == SECOND_CALL)
			bare_smc(&second_regs);
		else if (second_command == SECOND_HAMMER)
			second_hammered = hammer(UINT64_C(0x200000000));
		while (second_command == SECOND_RELEASE)
			bare_call(FFA_RX_RELEASE, 0, 0, 0);
		__atomic_store_n(&second_command, SECOND_IDLE, __ATOMIC_RELEASE);
	}
	bare_call(PSCI_CPU_OFF, 0, 0, 0);
	bare_print("Bail out! CPU_OFF returned\n");
	bare_power_off();
}

static bool wait_for(uint64_t wanted)
{
	uint64_t start = ffav_sysreg_read(cntpct_el0);

	while (bare_call(PSCI_AFFINITY_INFO_64, 1, 0, 0).x[0] != wanted) {
		if (ffav_sysreg_read(cntpct_el0) - start > 5 * ffav_sysreg_read(cntfrq_el0))
			return false;
	}
	return true;
}

static struct ffav_smc_regs on_second(const struct ffav_smc_regs *regs)
{
	second_regs = *regs;
	__atomic_store_n(&second_command, SECOND_CALL, __ATOMIC_RELEASE);
	while (__atomic_load_n(&second_command, __ATOMIC_ACQUIRE))
		;
	return second_regs;
}

/* Both CPUs at the same partition, with a timer between: no reply is ever mixed up. */
static void test_both(void)
{
	unsigned int first;

	__atomic_store_n(&second_command, SECOND_HAMMER, __ATOMIC_RELEASE);
	bare_timer_in(3000);
	first = hammer(UINT64_C(0x100000000));
	while (__atomic_load_n(&second_command, __ATOMIC_ACQUIRE))
		;
	bare_take_interrupts();
	bare_ok(first > 0, "with both CPUs calling, the first gets its own answers");
	bare_ok(second_hammered > 0, "and the second its own");
	bare_print("# BUSY ");
	bare_print_number(first - 1);
	bare_print(" and ");
	bare_print_number(second_hammered - 1);
	bare_print(" times\n");
}

static void test_second_cpu(void)
{
	struct ffav_smc_regs regs;

	bare_equal(bare_call(PSCI_AFFINITY_INFO_64, 0, 0, 0).x[0], 0, "the first CPU is on");
	bare_equal(bare_call(PSCI_AFFINITY_INFO_64, 1, 0, 0).x[0], 1, "the second is off");
	bare_equal(bare_call(PSCI_CPU_ON_64, 0, (uintptr_t)payload_second, 0).x[0],
		   (uint64_t)PSCI_ALREADY_ON, "the first cannot be turned on again");
	bare_equal(bare_call(PSCI_CPU_ON_64, 8, (uintptr_t)payload_second, 0).x[0],
		   (uint64_t)PSCI_INVALID_PARAMS, "nor one that is not there");
	bare_equal(bare_call(PSCI_CPU_ON_64, 1, FFAV_SECURE_RAM_BASE, 0).x[0], (uint64_t)-9,
		   "nor at a secure address");
	bare_equal(bare_call(PSCI_CPU_ON_64, 1, UINT64_C(0x4000000000), 0).x[0], (uint64_t)-9,
		   "nor behind the RAM");
	bare_equal(bare_call(PSCI_CPU_ON_64, 1, UINT64_MAX - 3, 0).x[0], (uint64_t)-9,
		   "nor at the last address of all");
	bare_equal(bare_call(PSCI_CPU_ON_64, 1, (uintptr_t)payload_second + 2, 0).x[0],
		   (uint64_t)-9, "nor between two instructions");
	for (unsigned int round = 0; round < 2; round++) {
		second_argument = 0;
		bare_equal(
			bare_call(PSCI_CPU_ON_64, 1, (uintptr_t)payload_second, 0x5ec0d).x[0],
			0, "CPU_ON succeeds");
		bare_ok(wait_for(0), "the second CPU comes up");
		while (!second_argument)
			;
		bare_equal(second_argument, 0x5ec0d, "with its argument");
		bare_equal(second_sctlr & 5, 0, "with MMU and caches off");
		regs = (struct ffav_smc_regs){.x = {FFA_ID_GET}};
		bare_equal(on_second(&regs).x[0], FFA_SUCCESS_32, "it can call");
		if (!round)
			test_both();
		/* Preempted here, resumed there. */
		regs = preempted_request(20000000);
		bare_equal(regs.x[0], FFA_INTERRUPT, "a request is preempted on the first CPU");
		regs = (struct ffav_smc_regs){.x = {FFA_RUN, regs.x[1]}};
		regs = on_second(&regs);
		bare_equal(regs.x[0], FFA_MSG_SEND_DIRECT_RESP_64, "resumed on the second");
		bare_equal(regs.x[4], 20000000, "and lost nothing");
		__atomic_store_n(&second_command, SECOND_OFF, __ATOMIC_RELEASE);
		bare_ok(wait_for(1), "the second CPU turns itself off");
		second_command = SECOND_IDLE;
	}
}

/* libc/string.c at every alignment, against loops over bytes. */
static bool memory_functions(void)
{
	static uint8_t a[64], b[64], wanted[64];

	for (unsigned int i = 0; i < 8 * 8 * 40; i++) {
		size_t from = i % 8, to = i / 8 % 8, n = i / 64;

		for (unsigned int k = 0; k < 64; k++) {
			a[k] = (uint8_t)(k + i);
			wanted[k] =
				(uint8_t)(k >= to && k < to + n ? k - to + from + i : k + i);
			b[k] = (uint8_t)(k + i);
		}
		memcpy(b + to, a + from, n);
		memmove(a + to, a + from, n);
		for (unsigned int k = 0; k < 64; k++) {
			if (b[k] != wanted[k] || a[k] != wanted[k])
				return false;
		}
		if (memcmp(a, b, 64))
			return false;
		memset(a + to, (int)i, n);
		for (unsigned int k = 0; k < 64; k++) {
			if (a[k] != (uint8_t)(k >= to && k < to + n ? i : wanted[k]))
				return false;
		}
		b[63] = (uint8_t)(a[63] + 1);
		b[62] = a[62];
		if (memcmp(a + 62, b + 62, 2) != (a[63] < b[63] ? -1 : 1))
			return false;
	}
	return true;
}

static void test_secure_addresses(void)
{
	bare_equal(bare_peek(FFAV_RAM_BASE), 0, "RAM can be read");
	bare_equal(bare_peek(FFAV_FLASH_BASE), 1, "the secure flash cannot");
	bare_equal(bare_peek(FFAV_STORE_BASE), 1, "nor the variable store");
	bare_equal(bare_peek(FFAV_SECURE_RAM_BASE), 1, "nor secure RAM");
	bare_equal(bare_peek(FFAV_SECURE_UART_BASE), 1, "nor the secure console");
	bare_equal(bare_peek(FFAV_SECURE_GPIO_BASE), 1, "nor the power controller");
}

/* A partition dies, and nobody makes a call any more that could move its report on. */
static _Noreturn void die_silently(void)
{
	for (unsigned int i = 0; i < 8; i++)
		bare_call(FFA_RUN, 0x80200000 + i, 0, 0);
	request(1, FFAV_ROGUE_WRITE_ADDRESS, FFAV_SECURE_RAM_BASE);
	bare_print("# silent\n");
	for (;;)
		__asm__ volatile("wfi");
}

/*
 * Both CPUs call until tests/system/qemu_el3_panic.py makes the monitor panic on the second, with
 * locks taken. This one must come back from its call, and find PSCI working.
 */
static _Noreturn void outlive_panic(void)
{
	bare_print("TAP version 13\n");
	bare_call(PSCI_CPU_ON_64, 1, (uintptr_t)payload_second, 1);
	__atomic_store_n(&second_command, SECOND_RELEASE, __ATOMIC_RELEASE);
	while (bare_call(FFA_ID_GET, 0, 0, 0).x[0] == FFA_SUCCESS_32)
		;
	bare_equal(request(0, FFAV_ROGUE_PLAIN, 0).x[0], (uint64_t)SMCCC_NOT_SUPPORTED,
		   "after a panic on another CPU there is no FF-A any more");
	bare_equal(bare_call(SMCCC_VERSION, 0, 0, 0).x[0], SMCCC_VERSION_1_2,
		   "other calls are as before");
	bare_equal(bare_call(PSCI_AFFINITY_INFO_64, 1, 0, 0).x[0], 0,
		   "and so is PSCI, which powers off");
	bare_end();
}

_Noreturn void bare_main(const void *dtb)
{
	if (*MODE == MODE_SILENT)
		die_silently();
	if (*MODE == MODE_PANIC)
		outlive_panic();
	/* Everything is tested after a warm reset with both CPUs on and a partition preempted. */
	bare_interrupts_on();
	if (*RESET_FLAG != RESET_DONE) {
		*RESET_FLAG = RESET_DONE;
		bare_call(PSCI_CPU_ON_64, 1, (uintptr_t)payload_second, 1);
		while (!second_argument)
			;
		bare_call(FFA_VERSION, FFA_VERSION_1_2, 0, 0);
		if (preempted_request(400000000).x[0] != FFA_INTERRUPT)
			bare_print("Bail out! no request was preempted before the reset\n");
		bare_call(PSCI_SYSTEM_RESET, 0, 0, 0);
	}
	*RESET_FLAG = 0;
	bare_print("TAP version 13\n");
	bare_equal((uintptr_t)dtb, FFAV_RAM_BASE, "x0 is the address of the device tree");
	bare_equal((ffav_sysreg_read(currentel) >> 2) & 3, 2, "the normal world starts at EL2");
	bare_ok(memory_functions(), "memcpy, memmove, memset and memcmp at every alignment");
	test_secure_addresses();
	test_calls();
	test_buffers();
	test_messages();
	test_preemption();
	test_masked();
	bare_interrupts = 0;
	test_fp();
	test_chain();
	test_el1_registers();
	test_second_cpu();
	test_flash();
	test_faults();
	bare_end();
}
