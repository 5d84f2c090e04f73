/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: The monitor at EL3
 *
 * What its files share: the frame that an exception leaves on a CPU's stack, the state of a
 * world that the stack does not hold, and the CPUs. The assembler reads the numbers at the
 * top, a static assertion in context.c ties them to the structures.
 */
#ifndef FFAV_QEMU_MONITOR_H
#define FFAV_QEMU_MONITOR_H

/* Offsets in struct ffav_frame, bytes. */
#define FFAV_FRAME_ELR  248
#define FFAV_FRAME_SIZE 272

/* Why the monitor was entered; the third argument of its exception handler. */
#define FFAV_EXCEPTION_SYNC   0
#define FFAV_EXCEPTION_IRQ    1
#define FFAV_EXCEPTION_FIQ    2
#define FFAV_EXCEPTION_SERROR 3

#define FFAV_CPU_STACK_SIZE 8192
#define FFAV_CPUS_MAX       8

#ifndef __ASSEMBLER__

#include "abi/smccc.h"

/**
 * struct ffav_frame - General registers of whoever was interrupted.
 * @x: x0 to x30
 * @elr: where to return
 * @spsr: with which processor state
 * @sp_el0: its stack pointer at EL0
 */
struct ffav_frame {
	uint64_t x[31];
	uint64_t elr;
	uint64_t spsr;
	uint64_t sp_el0;
};

/** struct ffav_el1_state - System registers that both worlds use at EL1 and EL0. */
struct ffav_el1_state {
	uint64_t sctlr, cpacr, ttbr0, ttbr1, tcr, mair, amair, vbar, elr, spsr, esr, far, afsr0,
		afsr1, contextidr, tpidr_el0, tpidrro_el0, tpidr_el1, cntkctl, par, mdscr,
		sp_el1, pmuserenr;
};

/** struct ffav_fp_state - FP and SIMD registers. */
struct ffav_fp_state {
	uint64_t q[64];
	uint64_t fpcr;
	uint64_t fpsr;
};

/**
 * struct ffav_world - Everything of a world that waits while another one runs.
 * @frame: general registers
 * @el1: system registers
 * @fp: FP and SIMD registers
 */
struct ffav_world {
	struct ffav_frame frame;
	struct ffav_el1_state el1;
	struct ffav_fp_state fp;
};

/**
 * struct ffav_cpu - A CPU.
 * @index: 0 to FFAV_CPUS_MAX - 1
 * @partition: the partition that runs on it, or -1 for the normal world
 * @booting: partitions are being initialised; the normal world has not started
 * @fp_live: the FP registers are the partition's; the normal world's are in @normal
 * @frame: on its stack, of the exception that it works on
 * @normal: the normal world while a partition runs
 */
struct ffav_cpu {
	unsigned int index;
	int partition;
	bool booting;
	bool fp_live;
	struct ffav_frame *frame;
	struct ffav_world normal;
};

/* vectors.S, start.S */

/** ffav_fp_save() - Store q0-q31, FPCR and FPSR. */
void ffav_fp_save(struct ffav_fp_state *state);

/** ffav_fp_load() - Load q0-q31, FPCR and FPSR. */
void ffav_fp_load(const struct ffav_fp_state *state);

/** ffav_frame_leave() - Leave EL3 with a frame of this CPU's stack; what is below it on the stack is forgotten. */
_Noreturn void ffav_frame_leave(struct ffav_frame *frame);

/** ffav_cpu_restart() - Run ffav_cpu_wait() on this CPU with an empty stack, then enter what it filled in. */
_Noreturn void ffav_cpu_restart(struct ffav_cpu *cpu);

/* main.c */

/** ffav_this_cpu() - The CPU that runs this. */
struct ffav_cpu *ffav_this_cpu(void);

/** ffav_first_main() - Start the secure world on the first CPU. @frame: filled in with who runs first */
void ffav_first_main(struct ffav_frame *frame);

/** ffav_second_main() - Start another CPU; see ffav_cpu_wait(). @index: of the CPU */
void ffav_second_main(unsigned int index, struct ffav_frame *frame);

/**
 * ffav_cpu_wait() - Wait for PSCI CPU_ON.
 * @cpu: this CPU
 * @frame: filled in with the normal world's entry
 */
void ffav_cpu_wait(struct ffav_cpu *cpu, struct ffav_frame *frame);

/** ffav_boot_next() - Enter the next partition to be initialised, or the normal world after the last. */
void ffav_boot_next(struct ffav_cpu *cpu, struct ffav_frame *frame);

/**
 * ffav_panic() - Say why the secure world cannot go on, and stop this CPU.
 *
 * What the CPU was at may be half done and locked for good, so no other CPU enters the manager or a
 * partition after that. The normal world goes on there: it can still reset the machine.
 */
_Noreturn void ffav_panic(const char *what, uint64_t value);

/** ffav_give_up() - Another CPU panicked: end the call that this one works on, for the normal world. */
_Noreturn void ffav_give_up(void);

/* context.c */

/**
 * ffav_normal_entry() - Set this CPU up so that the next exception return enters the normal world.
 * @frame: filled in
 * @entry: physical address, at NS-EL2
 * @argument: x0 there
 */
void ffav_normal_entry(struct ffav_frame *frame, uint64_t entry, uint64_t argument);

/**
 * ffav_partition_enter() - Switch this CPU to a partition.
 * @cpu: this CPU
 * @partition: its index
 * @frame: the normal world's registers, which are saved; or those of a partition that was saved
 *	by ffav_partition_save(). On return the partition's
 */
void ffav_partition_enter(struct ffav_cpu *cpu, unsigned int partition,
			  struct ffav_frame *frame);

/**
 * ffav_partition_leave() - Switch this CPU from its partition to the normal world.
 * @cpu: this CPU
 * @frame: filled in with the normal world's registers
 *
 * The partition's own state was saved by ffav_partition_save().
 */
void ffav_partition_leave(struct ffav_cpu *cpu, struct ffav_frame *frame);

/**
 * ffav_partition_save() - Save the state of the partition that runs on this CPU.
 *
 * It comes before the manager hears of what happened: from then on another CPU may resume it.
 */
void ffav_partition_save(struct ffav_cpu *cpu, const struct ffav_frame *frame);

/** ffav_forget_addresses() - Make all CPUs forget the map of a partition, as it was before. */
void ffav_forget_addresses(unsigned int partition);

/** ffav_partition_use_fp() - The partition's first FP instruction since it was entered. */
void ffav_partition_use_fp(struct ffav_cpu *cpu);

/* partitions.c */

/** ffav_partitions_load() - Load all partitions from flash and add them to the manager. @ram_size: bytes of normal-world RAM */
void ffav_partitions_load(uint64_t ram_size);

/**
 * ffav_partition_restart() - Make a partition anew, as it was when it was loaded.
 * @partition: its index; it runs on no CPU and the manager has given it to this one
 *
 * Image, bss, stack, map, registers and boot information; not what its image retains.
 */
void ffav_partition_restart(unsigned int partition);

/** ffav_partition_world() - Saved state of a partition. */
struct ffav_world *ffav_partition_world(unsigned int partition);

/** ffav_partition_ttbr() - TTBR0_EL1 of a partition: its tables and its address space id. */
uint64_t ffav_partition_ttbr(unsigned int partition);

/** ffav_partition_name() - Name of a partition, for messages to people. */
const char *ffav_partition_name(unsigned int partition);

/** ffav_manager() - The partition manager core. */
struct ffav_spmc *ffav_manager(void);

/** ffav_machine_lock_unless_panicked() - Take the manager's lock. Return: false if it may never be free. */
bool ffav_machine_lock_unless_panicked(void);

/* psci.c */

/** ffav_psci() - Carry out a PSCI call of the normal world (DEN0022). @x: x0-x3, x0 is the answer. */
void ffav_psci(struct ffav_cpu *cpu, uint64_t *x);

/** ffav_psci_started() - The first CPU enters the normal world: it is on. */
void ffav_psci_started(const struct ffav_cpu *cpu);

/**
 * ffav_psci_turned_on() - Has somebody turned this CPU on?
 * @cpu: this CPU
 * @entry: where the normal world's entry point goes
 * @argument: and what to pass it
 */
bool ffav_psci_turned_on(const struct ffav_cpu *cpu, uint64_t *entry, uint64_t *argument);

/* gic.c */

/** ffav_gic_init() - Give every interrupt to the normal world; once, on the first CPU. */
void ffav_gic_init(void);

/** ffav_gic_init_cpu() - The same for this CPU's own interrupts and its interface. */
void ffav_gic_init_cpu(void);

/** ffav_gic_cpu_mask() - One bit for each CPU, by index, that the redistributors say is there. Panics where there are more than FFAV_CPUS_MAX. */
uint32_t ffav_gic_cpu_mask(void);

/** ffav_gic_release_cpus() - Tell the CPUs that wait in flash that the code is in RAM. */
void ffav_gic_release_cpus(void);

#endif /* __ASSEMBLER__ */
#endif
