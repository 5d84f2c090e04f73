/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: The normal-world library in a bare-metal program
 *
 * MMU and caches are off, so cache maintenance has nothing to do. Every CPU may call; its
 * timer interrupts what the partition does for it, and what happens then a test can choose.
 */
#ifndef FFAV_QEMU_TEST_LIBRARY_H
#define FFAV_QEMU_TEST_LIBRARY_H

#include "machines/qemu-virt/test/bare.h"
#include "normal/variables/variables.h"

#define LIBRARY_CPUS 4u
#define LIBRARY_PLAIN                                                  \
	(EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | \
	 EFI_VARIABLE_RUNTIME_ACCESS)

/** library_mm - The connection that the helpers below use. */
extern struct ffav_mm library_mm;

/** library_secure_ticks - How much of the counter went by within SMCs, of all CPUs. */
extern uint64_t library_secure_ticks;

/** library_period - Microseconds until the timer fires in a call; 0: it is off. */
extern volatile unsigned int library_period;

/** library_preempted - How often a call of each CPU's was interrupted. */
extern volatile unsigned int library_preempted[LIBRARY_CPUS];

/**
 * library_interrupted - NULL, or called where a call was interrupted and is about to be resumed.
 *
 * @regs are what the SMC returned, FFA_INTERRUPT, and may be replaced.
 */
extern void (*volatile library_interrupted)(struct ffav_smc_regs *regs);

/** library_cpu() - Index of the CPU that this runs on. */
unsigned int library_cpu(void);

/** library_interrupts_on() - Let this CPU, whichever it is, have its timer's interrupts. */
void library_interrupts_on(void);

/** library_forget() - Start anew, as another kernel does: no connection, no lock taken. */
void library_forget(void);

/** library_probe() - Find the partition. */
efi_status_t library_probe(void);

/** library_fill() - Bytes that tell one variable's value from another's. */
void library_fill(uint8_t *data, size_t size, unsigned int seed);

/** library_set() - SetVariable() of the variable "V0" to "V9". @n: which; @size: of library_fill(@seed) */
efi_status_t library_set(unsigned int n, size_t size, unsigned int seed);

/** library_get() - GetVariable(). Return: its status, or EFI_ABORTED if it holds anything else. */
efi_status_t library_get(unsigned int n, size_t size, unsigned int seed);

#endif
