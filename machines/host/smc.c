// SPDX-License-Identifier: BSD-3-Clause
/* The emulated SMC: from the normal world to the manager, into partitions and back. */
#include <stdio.h>
#include <stdlib.h>

#include "machines/host/state.h"

/** Function numbers of the standard secure service range that belong to FF-A. */
#define FFA_FIRST 0x60u
#define FFA_LAST  0xffu

/**
 * struct frame - Normal-world code that runs on a CPU.
 * @jump: where it is abandoned to when the power goes
 * @outer: what it interrupted on this thread, or NULL
 * @cpu: index of the CPU
 */
struct frame {
	jmp_buf jump;
	struct frame *outer;
	unsigned int cpu;
};

static _Thread_local struct frame *running;

bool ffav_host_run(struct ffav_host *m, unsigned int cpu, void (*world)(void *argument),
		   void *argument)
{
	struct frame f = {.outer = running, .cpu = cpu};

	if (atomic_load(&m->off))
		return false;
	running = &f;
	if (!setjmp(f.jump))
		world(argument);
	running = f.outer;
	return !atomic_load(&m->off);
}

static _Noreturn void die_with_the_power(void)
{
	if (!running) {
		fputs("host machine: the power went off under code that does not run in "
		      "ffav_host_run().\n",
		      stderr);
		abort();
	}
	longjmp(running->jump, 1);
}

/* @p is NULL where no partition is involved. */
static void trace(struct ffav_host *m, enum ffav_host_event_kind kind, unsigned int cpu,
		  const struct ffav_host_partition *p, const struct ffav_smc_regs *regs)
{
	struct ffav_host_event event = {.kind = kind, .cpu = cpu, .regs = regs};

	if (!m->options.hooks.trace)
		return;
	if (p) {
		event.partition = (unsigned int)(p - m->partitions);
		event.partition_id = p->config.id;
	}
	m->options.hooks.trace(m->options.hooks.context, &event);
}

bool ffav_host_switch(struct ffav_host *m, unsigned int cpu, struct ffav_switch to,
		      struct ffav_smc_regs *regs)
{
	while (to.to != FFAV_SWITCH_NORMAL) {
		struct ffav_host_partition *p = &m->partitions[to.partition];

		if (to.to == FFAV_SWITCH_START && !ffav_host_restart(m, to.partition)) {
			to = ffav_spmc_faulted(&m->spmc, cpu, regs);
			continue;
		}
		if (!p->started) {
			p->started = true;
			trace(m, FFAV_HOST_STARTED, cpu, p, NULL);
		} else if (to.to == FFAV_SWITCH_PARTITION) {
			p->regs = *regs;
			trace(m, FFAV_HOST_SVC_RETURN, cpu, p, regs);
		} else {
			trace(m, FFAV_HOST_RESUMED, cpu, p, NULL);
		}
		ffav_host_enter(p);
		switch (p->leave) {
		case FFAV_LEAVE_CALL:
			*regs = p->regs;
			trace(m, FFAV_HOST_SVC, cpu, p, regs);
			to = ffav_spmc_from_partition(&m->spmc, cpu, regs);
			break;
		case FFAV_LEAVE_INTERRUPT:
			trace(m, FFAV_HOST_PREEMPTED, cpu, p, NULL);
			to = ffav_spmc_preempted(&m->spmc, cpu, regs);
			break;
		case FFAV_LEAVE_FAULT:
			to = ffav_spmc_faulted(&m->spmc, cpu, regs);
			break;
		case FFAV_LEAVE_POWER:
			atomic_store(&m->off, true);
			return false;
		}
	}
	return true;
}

/* SMCs that the manager does not see. */
static void other_call(struct ffav_host *m, struct ffav_smc_regs *regs)
{
	uint32_t function = (uint32_t)regs->x[0];
	uint32_t argument = (uint32_t)regs->x[1];
	int64_t result = SMCCC_NOT_SUPPORTED;

	switch (function) {
	case SMCCC_VERSION:
		result = SMCCC_VERSION_1_2;
		break;
	case SMCCC_ARCH_FEATURES:
		if (argument == SMCCC_VERSION || argument == SMCCC_ARCH_FEATURES)
			result = 0;
		break;
	case PSCI_VERSION:
		result = 0x00010001;
		break;
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
		atomic_store(&m->off, true);
		return;
	default:
		break;
	}
	memset(regs, 0, sizeof(*regs));
	regs->x[0] = (uint64_t)result;
}

static bool is_ffa(uint64_t x0)
{
	uint32_t function = (uint32_t)x0;

	return function & SMCCC_FAST && SMCCC_OWNER(function) == SMCCC_OWNER_STANDARD &&
	       SMCCC_FUNCTION(function) >= FFA_FIRST && SMCCC_FUNCTION(function) <= FFA_LAST;
}

void ffav_smc(struct ffav_smc_regs *regs)
{
	struct ffav_host *m = ffav_host_current();
	const struct ffav_host_hooks *hooks = &m->options.hooks;
	unsigned int cpu = running ? running->cpu : 0;

	if (atomic_load(&m->off))
		die_with_the_power();
	ffav_cache_stir(&m->memory.cache);
	trace(m, FFAV_HOST_SMC, cpu, NULL, regs);
	if (is_ffa(regs->x[0]))
		ffav_host_switch(m, cpu, ffav_spmc_from_normal(&m->spmc, cpu, regs), regs);
	else
		other_call(m, regs);
	if (atomic_load(&m->off))
		die_with_the_power();
	if (hooks->lie)
		hooks->lie(hooks->context, regs);
	trace(m, FFAV_HOST_SMC_RETURN, cpu, NULL, regs);
	ffav_cache_stir(&m->memory.cache);
	ffav_host_drain(m);
	if ((uint32_t)regs->x[0] == FFA_INTERRUPT && hooks->interrupt) {
		hooks->interrupt(hooks->context, cpu);
		if (atomic_load(&m->off))
			die_with_the_power();
	}
}
