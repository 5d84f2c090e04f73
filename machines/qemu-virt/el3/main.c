/* SPDX-License-Identifier: BSD-3-Clause */
/* Start of the secure world on each CPU, and what happens at each exception from below. */
#include <libfdt.h>

#include "abi/ffa.h"
#include "machines/qemu-virt/el3/console.h"
#include "machines/qemu-virt/el3/lock.h"
#include "machines/qemu-virt/el3/monitor.h"
#include "machines/qemu-virt/el3/sysreg.h"
#include "machines/qemu-virt/el3/table.h"
#include "machines/qemu-virt/el3/trace.h"
#include "machines/qemu-virt/memory.h"
#include "secure/spmc/spmc.h"

/* The range of FF-A within the standard secure services, DEN0028 table 6-2. */
#define FFA_FUNCTION_FIRST 0x60u
#define FFA_FUNCTION_LAST  0xffu
#define PSCI_FUNCTION_LAST 0x1fu

#define EC(esr) (((esr) >> 26) & 0x3f)
/* Seconds that the other CPUs have for leaving the flash. */
#define LEAVE_FLASH_SECONDS 10u

static struct ffav_cpu cpus[FFAV_CPUS_MAX];
static uint32_t arrived;

bool ffav_panicked;

struct ffav_cpu *ffav_this_cpu(void)
{
	return (struct ffav_cpu *)ffav_sysreg_read(tpidr_el3);
}

/* Before the first word of a panic: from here on the console is this CPU's. */
static void set_panicked(void)
{
	/* A plain store: the MMU may be off. */
	__atomic_store_n(&ffav_panicked, true, __ATOMIC_RELAXED);
	ffav_dsb();
}

_Noreturn void ffav_panic(const char *what, uint64_t value)
{
	set_panicked();
	ffav_console_panic(what, value);
	for (;;)
		__asm__ volatile("wfi");
}

/* Called by the vectors for an exception of EL3 itself. */
_Noreturn void ffav_own_exception(unsigned int kind);

_Noreturn void ffav_own_exception(unsigned int kind)
{
	set_panicked();
	ffav_console_panic("The monitor made an exception of kind ", kind);
	ffav_console_panic("  ELR ", ffav_sysreg_read(elr_el3));
	ffav_console_panic("  FAR ", ffav_sysreg_read(far_el3));
	ffav_panic("  ESR ", ffav_sysreg_read(esr_el3));
}

static struct ffav_cpu *cpu_init(unsigned int index)
{
	struct ffav_cpu *cpu = &cpus[index];

	cpu->index = index;
	cpu->partition = -1;
	ffav_sysreg_write(tpidr_el3, (uintptr_t)cpu);
	ffav_gic_init_cpu();
	__atomic_or_fetch(&arrived, UINT32_C(1) << index, __ATOMIC_RELEASE);
	return cpu;
}

/* Bytes of normal-world RAM, from the device tree that QEMU put at its start. */
static uint64_t ram_size(void)
{
	const void *fdt = (const void *)(uintptr_t)FFAV_RAM_BASE;
	const fdt64_t *reg;
	int node, length;

	if (fdt_check_full(fdt, FFAV_DTB_MAX))
		ffav_panic("There is no device tree at ", FFAV_RAM_BASE);
	node = fdt_node_offset_by_prop_value(fdt, -1, "device_type", "memory", 7);
	if (node < 0)
		ffav_panic("There is no memory node in the device tree at ", FFAV_RAM_BASE);
	reg = fdt_getprop(fdt, node, "reg", &length);
	/* Two cells each for address and size, big-endian; one region. */
	if (!reg || length < 16 || fdt64_ld(reg) != FFAV_RAM_BASE ||
	    fdt64_ld(reg + 1) <= FFAV_DTB_MAX)
		ffav_panic("The device tree does not say how much RAM there is at ",
			   FFAV_RAM_BASE);
	return ffav_align_down(fdt64_ld(reg + 1), 4096);
}

/*
 * Nobody may run from flash while it is in a command mode, so this waits until every CPU has
 * left it. A machine with more than FFAV_CPUS_MAX is refused: the others cannot leave.
 */
static void collect_cpus(void)
{
	uint64_t start = ffav_sysreg_read(cntpct_el0);
	uint64_t limit = ffav_sysreg_read(cntfrq_el0) * LEAVE_FLASH_SECONDS;
	uint32_t wanted = ffav_gic_cpu_mask();

	ffav_gic_release_cpus();
	while (__atomic_load_n(&arrived, __ATOMIC_ACQUIRE) != wanted) {
		if (ffav_sysreg_read(cntpct_el0) - start > limit)
			ffav_panic("Not all CPUs left the flash; those that did: ", arrived);
	}
	ffav_console_value("CPUs: ", wanted, " (one bit each)");
}

void ffav_boot_next(struct ffav_cpu *cpu, struct ffav_frame *frame)
{
	int next = ffav_spmc_boot(ffav_manager(), cpu->index);

	if (next >= 0) {
		ffav_partition_enter(cpu, (unsigned int)next, frame);
		return;
	}
	cpu->booting = false;
	/* What the partitions said comes first. */
	ffav_console_flush();
	ffav_console_value("Normal world: ", FFAV_NORMAL_ENTRY, "");
	ffav_console_flush();
	ffav_trace_boot();
	ffav_psci_started(cpu);
	ffav_normal_entry(frame, FFAV_NORMAL_ENTRY, FFAV_RAM_BASE);
}

void ffav_first_main(struct ffav_frame *frame)
{
	struct ffav_cpu *cpu;
	uint64_t ram;

	ffav_monitor_map();
	ffav_mmu_enable();
	ffav_console_init();
	ram = ram_size();
	ffav_monitor_map_ram(ram);
	ffav_gic_init();
	cpu = cpu_init(0);
	collect_cpus();
	ffav_partitions_load(ram);
	cpu->booting = true;
	ffav_boot_next(cpu, frame);
}

void ffav_second_main(unsigned int index, struct ffav_frame *frame)
{
	ffav_cpu_wait(cpu_init(index), frame);
}

void ffav_cpu_wait(struct ffav_cpu *cpu, struct ffav_frame *frame)
{
	uint64_t entry, argument;

	while (!ffav_psci_turned_on(cpu, &entry, &argument))
		__asm__ volatile("wfe");
	ffav_normal_entry(frame, entry, argument);
}

/* Do what the manager decided. @regs: x0-x17 of where it goes */
static void carry_out(struct ffav_cpu *cpu, struct ffav_frame *frame, struct ffav_switch to,
		      const struct ffav_smc_regs *regs)
{
	switch (to.to) {
	case FFAV_SWITCH_NORMAL:
		if (cpu->partition >= 0)
			ffav_partition_leave(cpu, frame);
		if (cpu->booting) {
			ffav_boot_next(cpu, frame);
			return;
		}
		memcpy(frame->x, regs->x, sizeof(regs->x));
		ffav_trace_answer(cpu->index, regs->x);
		break;
	case FFAV_SWITCH_PARTITION:
		if (cpu->partition != (int)to.partition)
			ffav_partition_enter(cpu, to.partition, frame);
		memcpy(frame->x, regs->x, sizeof(regs->x));
		break;
	case FFAV_SWITCH_START:
		ffav_partition_restart(to.partition);
		ffav_partition_enter(cpu, to.partition, frame);
		break;
	case FFAV_SWITCH_RESUME:
		ffav_partition_enter(cpu, to.partition, frame);
		break;
	}
}

/* What a CPU answers whose manager is out of order; the partition that it runs is left where it is. */
static void answer_panicked(struct ffav_cpu *cpu, struct ffav_frame *frame)
{
	if (cpu->partition >= 0)
		ffav_partition_leave(cpu, frame);
	frame->x[0] = (uint64_t)SMCCC_NOT_SUPPORTED;
}

_Noreturn void ffav_give_up(void)
{
	struct ffav_cpu *cpu = ffav_this_cpu();

	answer_panicked(cpu, cpu->frame);
	ffav_frame_leave(cpu->frame);
}

static void normal_smc(struct ffav_cpu *cpu, struct ffav_frame *frame)
{
	uint32_t fid = (uint32_t)frame->x[0];
	uint32_t function = SMCCC_FUNCTION(fid);
	struct ffav_smc_regs regs;

	if (!(fid & SMCCC_FAST)) {
		frame->x[0] = (uint64_t)SMCCC_NOT_SUPPORTED;
		return;
	}
	if (SMCCC_OWNER(fid) == SMCCC_OWNER_STANDARD && function >= FFA_FUNCTION_FIRST &&
	    function <= FFA_FUNCTION_LAST) {
		if (ffav_has_panicked()) {
			answer_panicked(cpu, frame);
			return;
		}
		memcpy(regs.x, frame->x, sizeof(regs.x));
		ffav_trace_call(cpu->index, regs.x);
		carry_out(cpu, frame, ffav_spmc_from_normal(ffav_manager(), cpu->index, &regs),
			  &regs);
		return;
	}
	if (SMCCC_OWNER(fid) == SMCCC_OWNER_STANDARD && function <= PSCI_FUNCTION_LAST) {
		ffav_psci(cpu, frame->x);
		return;
	}
	switch (fid) {
	case SMCCC_VERSION:
		frame->x[0] = SMCCC_VERSION_1_2;
		break;
	case SMCCC_ARCH_FEATURES:
		frame->x[0] = (uint32_t)frame->x[1] == SMCCC_VERSION ||
					      (uint32_t)frame->x[1] == SMCCC_ARCH_FEATURES
				      ? 0
				      : (uint64_t)SMCCC_NOT_SUPPORTED;
		break;
	default:
		frame->x[0] = (uint64_t)SMCCC_NOT_SUPPORTED;
		break;
	}
}

/* x0-x17 as the normal world had them: what the manager does not replace stays as it was. */
static struct ffav_smc_regs caller_regs(const struct ffav_cpu *cpu)
{
	struct ffav_smc_regs regs = {0};

	memcpy(regs.x, cpu->normal.frame.x, sizeof(regs.x));
	return regs;
}

static void partition_fault(struct ffav_cpu *cpu, struct ffav_frame *frame, uint64_t esr,
			    uint64_t far)
{
	const struct ffav_fault fault = {.esr = esr, .elr = frame->elr, .far = far};
	struct ffav_smc_regs regs;

	ffav_console_fault(ffav_partition_name((unsigned int)cpu->partition), &fault);
	ffav_partition_save(cpu, frame);
	regs = caller_regs(cpu);
	carry_out(cpu, frame, ffav_spmc_faulted(ffav_manager(), cpu->index, &regs), &regs);
}

/* The shim at S-EL1 hands over; or an abort came straight here. */
static void partition_sync(struct ffav_cpu *cpu, struct ffav_frame *frame)
{
	uint64_t esr = ffav_sysreg_read(esr_el3);
	struct ffav_smc_regs regs;
	struct ffav_switch to;

	if (EC(esr) != EC_SMC64) {
		partition_fault(cpu, frame, esr, ffav_sysreg_read(far_el3));
		return;
	}
	/* The shim's SMC interrupted the shim; who was interrupted before is what counts. */
	esr = ffav_sysreg_read(esr_el1);
	frame->elr = ffav_sysreg_read(elr_el1);
	frame->spsr = ffav_sysreg_read(spsr_el1);
	if (EC(esr) == EC_FP) {
		ffav_partition_use_fp(cpu);
		return;
	}
	if (EC(esr) != EC_SVC64) {
		partition_fault(cpu, frame, esr, ffav_sysreg_read(far_el1));
		return;
	}
	memcpy(regs.x, frame->x, sizeof(regs.x));
	ffav_partition_save(cpu, frame);
	to = ffav_spmc_from_partition(ffav_manager(), cpu->index, &regs);
	carry_out(cpu, frame, to, &regs);
}

/* Called by the vectors for an exception from a lower level. */
void ffav_exception(struct ffav_frame *frame, unsigned int kind);

void ffav_exception(struct ffav_frame *frame, unsigned int kind)
{
	struct ffav_cpu *cpu = ffav_this_cpu();
	struct ffav_smc_regs regs;
	struct ffav_switch to;
	uint64_t esr;

	cpu->frame = frame;
	if (cpu->partition >= 0) {
		if (ffav_has_panicked() && !cpu->booting) {
			answer_panicked(cpu, frame);
		} else if (kind == FFAV_EXCEPTION_SYNC) {
			partition_sync(cpu, frame);
		} else if (kind == FFAV_EXCEPTION_SERROR) {
			partition_fault(cpu, frame, ffav_sysreg_read(esr_el3), 0);
		} else {
			/* The interrupt stays pending: the normal world takes it. */
			ffav_partition_save(cpu, frame);
			regs = caller_regs(cpu);
			to = ffav_spmc_preempted(ffav_manager(), cpu->index, &regs);
			carry_out(cpu, frame, to, &regs);
		}
	} else {
		esr = ffav_sysreg_read(esr_el3);
		if (kind != FFAV_EXCEPTION_SYNC || (EC(esr) != EC_SMC64 && EC(esr) != EC_SMC32))
			ffav_panic(
				"The normal world made an exception that is not an SMC, ESR ",
				esr);
		normal_smc(cpu, frame);
	}
	if (!cpu->booting)
		ffav_console_drain();
}
