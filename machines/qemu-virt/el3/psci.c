/* SPDX-License-Identifier: BSD-3-Clause */
/* PSCI 1.1 (Arm DEN0022) for CPUs that wait in the monitor while they are off. */
#include "machines/qemu-virt/el3/console.h"
#include "machines/qemu-virt/el3/lock.h"
#include "machines/qemu-virt/el3/monitor.h"
#include "machines/qemu-virt/el3/sysreg.h"
#include "machines/qemu-virt/memory.h"
#include "secure/spmc/spmc.h"

#define PSCI_VERSION_1_1         0x00010001
#define PSCI_CPU_SUSPEND_32      UINT32_C(0x84000001)
#define PSCI_CPU_SUSPEND_64      UINT32_C(0xc4000001)
#define PSCI_POWER_DOWN          (UINT32_C(1) << 16)
#define PSCI_INVALID_ADDRESS     (-9)
#define PSCI_MIGRATE_NOT_NEEDED  2
#define PSCI_AFFINITY_ON         0
#define PSCI_AFFINITY_OFF        1
#define PSCI_AFFINITY_ON_PENDING 2

/* PL061: a data register's address names the bits it changes. */
#define GPIO_DIR       0x400
#define GPIO_POWER_OFF 0
#define GPIO_RESET     1

enum cpu_state {
	CPU_OFF,
	CPU_ON_PENDING,
	CPU_ON,
};

static struct ffav_lock lock;
static struct {
	enum cpu_state state;
	uint64_t entry;
	uint64_t argument;
} cpus[FFAV_CPUS_MAX];

static _Noreturn void power(unsigned int bit)
{
	uintptr_t data = FFAV_SECURE_GPIO_BASE + ((uintptr_t)1 << (bit + 2));

	ffav_console_flush();
	ffav_write32(FFAV_SECURE_GPIO_BASE + GPIO_DIR,
		     ffav_read32(FFAV_SECURE_GPIO_BASE + GPIO_DIR) | 1u << bit);
	ffav_write32(data, 0);
	ffav_write32(data, 1u << bit);
	for (;;)
		__asm__ volatile("wfi");
}

/* Index of the CPU that an MPIDR argument names, or -1. */
static int target_index(uint64_t mpidr)
{
	uint64_t index = (mpidr & 0xff) + ((mpidr >> 8) & 0xff) * 16;

	if (mpidr & ~UINT64_C(0xffff) || (mpidr & 0xff) > 15 || index >= FFAV_CPUS_MAX ||
	    !(ffav_gic_cpu_mask() & (UINT32_C(1) << index)))
		return -1;
	return (int)index;
}

static int32_t cpu_on(uint64_t mpidr, uint64_t entry, uint64_t argument)
{
	int32_t result = PSCI_SUCCESS;
	int target = target_index(mpidr);

	if (target < 0)
		return PSCI_INVALID_PARAMS;
	if (entry & 3 || !ffav_machine_normal_memory(entry, sizeof(uint32_t)))
		return PSCI_INVALID_ADDRESS;
	ffav_lock(&lock);
	switch (cpus[target].state) {
	case CPU_ON:
		result = PSCI_ALREADY_ON;
		break;
	case CPU_ON_PENDING:
		result = PSCI_ON_PENDING;
		break;
	case CPU_OFF:
		cpus[target].entry = entry;
		cpus[target].argument = argument;
		cpus[target].state = CPU_ON_PENDING;
		break;
	}
	ffav_unlock(&lock);
	ffav_dsb();
	__asm__ volatile("sev");
	return result;
}

static int32_t affinity_info(uint64_t mpidr, uint64_t level)
{
	int target = target_index(mpidr);
	int32_t result;

	if (target < 0 || level)
		return PSCI_INVALID_PARAMS;
	ffav_lock(&lock);
	result = cpus[target].state == CPU_ON           ? PSCI_AFFINITY_ON
		 : cpus[target].state == CPU_ON_PENDING ? PSCI_AFFINITY_ON_PENDING
							: PSCI_AFFINITY_OFF;
	ffav_unlock(&lock);
	return result;
}

void ffav_psci_started(const struct ffav_cpu *cpu)
{
	ffav_lock(&lock);
	cpus[cpu->index].state = CPU_ON;
	ffav_unlock(&lock);
}

bool ffav_psci_turned_on(const struct ffav_cpu *cpu, uint64_t *entry, uint64_t *argument)
{
	bool on;

	ffav_lock(&lock);
	on = cpus[cpu->index].state == CPU_ON_PENDING;
	if (on) {
		*entry = cpus[cpu->index].entry;
		*argument = cpus[cpu->index].argument;
		cpus[cpu->index].state = CPU_ON;
	}
	ffav_unlock(&lock);
	return on;
}

/*
 * Standby is all that this machine has: the CPU waits here and goes on where it was. An interrupt
 * that goes to a lower level need not end a WFI of EL3, so interrupts are EL3's meanwhile. PSTATE
 * masks them here as ever: what ends the WFI stays pending, and then goes to the normal world.
 * QEMU wakes for every interrupt, so no test can show that this is needed.
 */
static int32_t cpu_suspend(uint32_t power_state)
{
	uint64_t scr = ffav_sysreg_read(scr_el3);

	if (power_state & PSCI_POWER_DOWN)
		return PSCI_INVALID_PARAMS;
	ffav_sysreg_write(scr_el3, scr | SCR_IRQ | SCR_FIQ);
	ffav_isb();
	ffav_dsb();
	__asm__ volatile("wfi");
	ffav_sysreg_write(scr_el3, scr);
	ffav_isb();
	return PSCI_SUCCESS;
}

static bool supports(uint32_t fid)
{
	switch (fid) {
	case PSCI_VERSION:
	case PSCI_CPU_SUSPEND_32:
	case PSCI_CPU_SUSPEND_64:
	case PSCI_CPU_OFF:
	case PSCI_CPU_ON_32:
	case PSCI_CPU_ON_64:
	case PSCI_AFFINITY_INFO_32:
	case PSCI_AFFINITY_INFO_64:
	case PSCI_MIGRATE_INFO_TYPE:
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
	case PSCI_FEATURES:
	case SMCCC_VERSION:
		return true;
	default:
		return false;
	}
}

void ffav_psci(struct ffav_cpu *cpu, uint64_t *x)
{
	uint32_t fid = (uint32_t)x[0];
	int64_t result;

	if (!(fid & SMCCC_64)) {
		for (unsigned int i = 1; i <= 3; i++)
			x[i] = (uint32_t)x[i];
	}
	switch (fid) {
	case PSCI_VERSION:
		result = PSCI_VERSION_1_1;
		break;
	case PSCI_CPU_SUSPEND_32:
	case PSCI_CPU_SUSPEND_64:
		result = cpu_suspend((uint32_t)x[1]);
		break;
	case PSCI_CPU_OFF:
		ffav_lock(&lock);
		cpus[cpu->index].state = CPU_OFF;
		ffav_unlock(&lock);
		ffav_cpu_restart(cpu);
	case PSCI_CPU_ON_32:
	case PSCI_CPU_ON_64:
		result = cpu_on(x[1], x[2], x[3]);
		break;
	case PSCI_AFFINITY_INFO_32:
	case PSCI_AFFINITY_INFO_64:
		result = affinity_info(x[1], x[2]);
		break;
	case PSCI_MIGRATE_INFO_TYPE:
		result = PSCI_MIGRATE_NOT_NEEDED;
		break;
	case PSCI_SYSTEM_OFF:
		power(GPIO_POWER_OFF);
	case PSCI_SYSTEM_RESET:
		power(GPIO_RESET);
	case PSCI_FEATURES:
		result = supports((uint32_t)x[1]) ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED;
		break;
	default:
		result = PSCI_NOT_SUPPORTED;
		break;
	}
	x[0] = (uint64_t)result;
}
