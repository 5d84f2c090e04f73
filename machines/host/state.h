/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the host machine share; nobody else includes it. */
#ifndef FFAV_HOST_STATE_H
#define FFAV_HOST_STATE_H

#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>

#include "machines/host/context.h"
#include "machines/host/host.h"

/** Why a partition gave up the CPU. */
enum ffav_leave {
	FFAV_LEAVE_CALL,
	FFAV_LEAVE_INTERRUPT,
	FFAV_LEAVE_FAULT,
	FFAV_LEAVE_POWER,
};

/** Ranges in which a partition may do something else than its manifest says. */
#define FFAV_HOST_CHANGES_MAX 64u

/**
 * struct ffav_host_partition - A partition of the machine.
 * @config: as its manifest says
 * @context: what it runs in
 * @started: it has been entered before
 * @leave: why it left the CPU
 * @regs: of the call that it left with, or with which it is entered
 * @manifest: its manifest, with this machine's sizes filled in
 * @boot_info: what it finds at its entry: the tree, and how often it was started again
 * @window: its window on normal-world RAM, which lets through what it may reach
 * @changes: what the manager gave and took since it started; of two that overlap the later one
 *	counts
 * @change_count: how many
 */
struct ffav_host_partition {
	struct ffav_partition_config config;
	struct ffav_context *context;
	bool started;
	enum ffav_leave leave;
	struct ffav_smc_regs regs;
	uint8_t *manifest;
	uint8_t boot_info[FFA_BOOT_INFO_HEADER_SIZE + 2 * FFA_BOOT_INFO_DESC_SIZE];
	uint8_t *window;
	struct ffav_region changes[FFAV_HOST_CHANGES_MAX];
	unsigned int change_count;
};

/**
 * struct ffav_host - The machine.
 * @options: how it was built
 * @memory: its memory
 * @spmc: its partition manager
 * @lock: ffav_machine_lock()
 * @drain_lock: one CPU at a time takes lines out of the ring
 * @partitions: what runs in it
 * @partition_count: how many
 * @booting: the normal world does not run yet, so no interrupt of its comes
 * @off: the power is gone
 * @interrupt_every: see struct ffav_host_options
 * @operations: flash operations since the last interrupt
 * @fault_in: see ffav_host_set_fault()
 * @library_lock: ffav_try_lock()
 * @counter: ffav_counter()
 * @convert_from: runtime mapping that ffav_convert_pointer() turns into @convert_to, or NULL
 * @convert_to: see @convert_from
 * @convert_size: bytes of both
 */
struct ffav_host {
	struct ffav_host_options options;
	struct ffav_host_memory memory;
	struct ffav_spmc spmc;
	pthread_mutex_t lock;
	pthread_mutex_t drain_lock;
	struct ffav_host_partition partitions[FFAV_SPMC_PARTITIONS_MAX];
	unsigned int partition_count;
	bool booting;
	atomic_bool off;
	unsigned int interrupt_every;
	unsigned int operations;
	unsigned int fault_in;
	atomic_flag library_lock;
	atomic_uint_fast64_t counter;
	uint8_t *convert_from;
	uint8_t *convert_to;
	size_t convert_size;
};

/** ffav_host_current() - The machine that exists, or an abort with a message if there is none. */
struct ffav_host *ffav_host_current(void);

/**
 * ffav_host_switch() - Do what the manager says until a CPU is back in the normal world.
 * @m: the machine
 * @cpu: index of the CPU
 * @to: what the manager said
 * @regs: x0-x17, in and out
 *
 * Return: false if the power went off.
 */
bool ffav_host_switch(struct ffav_host *m, unsigned int cpu, struct ffav_switch to,
		      struct ffav_smc_regs *regs);

/**
 * ffav_host_restart() - Make a partition anew: registers, stack, window and boot information.
 *
 * Its static data are this program's and stay as the fault left them, while on a board they are
 * loaded again: what the partition does not set up itself, it finds spoiled here. What it must
 * find as it was it finds here even if it is not FFAV_RETAINED; whether it is,
 * tests/system/restart_retained.py and qemu_el3_isolation.py see.
 *
 * @m: the machine
 * @index: of the partition, which has made a fault
 *
 * Return: false if the system has no memory left for its stack.
 */
bool ffav_host_restart(struct ffav_host *m, unsigned int index);

/** ffav_host_enter() - Run a partition until it gives up the CPU; why is in @p->leave. */
void ffav_host_enter(struct ffav_host_partition *p);

/** ffav_host_attach_flash() - Let flash operations interrupt the partition and lose power. */
void ffav_host_attach_flash(struct ffav_host *m);

/** ffav_host_detach_flash() - The flash belongs to its owner again. */
void ffav_host_detach_flash(struct ffav_host *m);

/** ffav_host_drain() - Hand lines of the refusals' ring to the report hook. */
void ffav_host_drain(struct ffav_host *m);

/**
 * ffav_host_open_window() - Let a partition see what its manifest shares with it.
 *
 * Return: false if the system has no memory left.
 */
bool ffav_host_open_window(struct ffav_host *m, struct ffav_host_partition *p);

/**
 * ffav_host_add_mm() - Add the MM partition to the machine, by its manifest.
 *
 * Return: false if the manifest does not suit the machine; why has gone to the report hook.
 */
bool ffav_host_add_mm(struct ffav_host *m);

#endif
