/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: The machine of the whole-machine fuzzer
 *
 * A host machine over a flash that outlives it, a second CPU that waits for its
 * moment, and a well-behaved client whose variables must survive whatever the
 * rest of the normal world does: they have a vendor GUID that the rest does not
 * know.
 */
#ifndef FFAV_FUZZ_MACHINE_WORLD_H
#define FFAV_FUZZ_MACHINE_WORLD_H

#include "machines/host/watch.h"
#include "tests/unit/host/messages.h"

#define CPUS    3u
#define KEEPERS 4u
/** The part of the shared buffer that the input writes to, bytes. */
#define WINDOW 0x1000u
/** Most changes that the second CPU makes at its moment. */
#define CHANGES 8u

/** require() - End the program with @what, which says what is wrong, unless @ok. */
void require(bool ok, const char *what);

/**
 * struct second_cpu - What another CPU does, and before which access of the secure side.
 * @armed: it will
 * @at: accesses that it lets pass
 * @count: bytes that it changes
 * @where: offsets of those in the window
 * @how: bits of those that change
 * @call: it makes a call as well, with @regs
 * @regs: x0-x17 of that
 */
struct second_cpu {
	bool armed;
	unsigned int at;
	unsigned int count;
	uint16_t where[CHANGES];
	uint8_t how[CHANGES];
	bool call;
	struct ffav_smc_regs regs;
};

/** world_start() - A machine on erased flash, and no variable. */
void world_start(void);

/** world_end() - Scrap the machine and the flash. */
void world_end(void);

/** world_machine() - The machine that runs now. */
struct ffav_host *world_machine(void);

/** world_window() - The start of the shared buffer in physical memory. */
uint8_t *world_window(void);

/** world_power_cycle() - Pull the plug and start again; the store must mount. */
void world_power_cycle(void);

/** world_cut() - Let the power go in the @steps-th next step of the flash, @how. */
void world_cut(unsigned int steps, enum ffav_nor_cut how);

/** world_second_cpu() - What the second CPU does next; it is disarmed when it has acted. */
struct second_cpu *world_second_cpu(void);

/**
 * world_smc() - Make a call; when the power goes meanwhile, start again.
 * @cpu: index of the CPU
 * @regs: x0-x17, in and out
 *
 * Return: false if there is no answer because the power went.
 */
bool world_smc(unsigned int cpu, struct ffav_smc_regs *regs);

/**
 * world_keep() - The well-behaved client writes a variable.
 * @index: which, below KEEPERS
 * @size: bytes of data; 0 deletes it
 * @fill: each byte of the data
 */
void world_keep(unsigned int index, size_t size, uint8_t fill);

/** world_check() - After a power cycle each variable of that client is one that it may be. */
void world_check(void);

#endif
