/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: A machine for the tests of the partition manager
 *
 * Memory of both worlds in arrays, a lock that knows whether it is held, two
 * partitions that the test itself plays, and checks that every test uses.
 */
#ifndef FFAV_TESTS_SPMC_MACHINE_H
#define FFAV_TESTS_SPMC_MACHINE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "secure/spmc/spmc.h"

/** Normal-world RAM. */
#define NORMAL_BASE UINT64_C(0x40000000)
#define NORMAL_SIZE 0x80000u
/** Normal-world RAM that the first partition's manifest shares. */
#define SHARED_BASE (NORMAL_BASE + 0x40000)
#define SHARED_SIZE 0x20000u
/** More of it, for long lists of pages. */
#define HIGH_BASE UINT64_C(0x48000000)
#define HIGH_SIZE 0x200000u
/** Memory of partition n is at PARTITION_BASE + n * PARTITION_SIZE. */
#define PARTITION_BASE UINT64_C(0x0e100000)
#define PARTITION_SIZE 0x10000u

/** The partitions: the MM partition of FF-A 1.2, an echo partition of FF-A 1.0. */
#define MM      0
#define ECHO    1
#define MM_ID   0x8001u
#define ECHO_ID 0x8002u

extern uint8_t machine_normal[NORMAL_SIZE];
extern uint8_t machine_partition[FFAV_SPMC_PARTITIONS_MAX][PARTITION_SIZE];

/** Service UUID of the echo partition. */
extern const struct ffav_uuid machine_echo_uuid;

/** machine_config() - The description of partition MM or ECHO. */
struct ffav_partition_config machine_config(unsigned int index);

/** machine_start() - A manager with both partitions, initialised, and an empty report. */
void machine_start(struct ffav_spmc *m);

/** machine_reset() - Clean memory, a free lock, an empty report. */
void machine_reset(void);

/** Changes of a partition's map that need room and succeed before one fails; UINT_MAX for all. */
extern unsigned int machine_map_room;

/** machine_access() - FFAV_REGION_* of partition @index at @address. */
uint32_t machine_access(unsigned int index, uint64_t address);

/** machine_set_access() - Let partition @index have a page that the manager knows nothing of. */
void machine_set_access(unsigned int index, uint64_t address, uint32_t flags);

/** machine_snapshot() - Remember manager, maps and memory. */
void machine_snapshot(const struct ffav_spmc *m);

/** assert_unchanged() - They are what they were, but for registers that the manager keeps for callers. */
void assert_unchanged(const struct ffav_spmc *m);

/** machine_locked() - Is the manager's lock held? */
bool machine_locked(void);

/** regs() - Registers x0-x7 of a call; x8-x17 hold a pattern of the caller's. */
struct ffav_smc_regs regs(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4,
			  uint64_t x5, uint64_t x6, uint64_t x7);

/** The pattern that regs() leaves in register @n. */
#define PATTERN(n) (UINT64_C(0xabcdef0123450000) + (n))

/** normal() - A call of the normal world that must come back to it; the answer. */
struct ffav_smc_regs normal(struct ffav_spmc *m, unsigned int cpu, struct ffav_smc_regs r);

/** partition() - A call of the partition that runs on @cpu, which must get the answer itself. */
struct ffav_smc_regs partition(struct ffav_spmc *m, unsigned int cpu, unsigned int index,
			       struct ffav_smc_regs r);

/** request() - A call of the normal world that must enter partition @index; what that gets. */
struct ffav_smc_regs request(struct ffav_spmc *m, unsigned int cpu, unsigned int index,
			     struct ffav_smc_regs r);

/** respond() - A call of the partition on @cpu that must go to the normal world; what it gets. */
struct ffav_smc_regs respond(struct ffav_spmc *m, unsigned int cpu, struct ffav_smc_regs r);

/** Short forms of regs(). */
#define CALL0(f)             regs((f), 0, 0, 0, 0, 0, 0, 0)
#define CALL1(f, a)          regs((f), (a), 0, 0, 0, 0, 0, 0)
#define CALL2(f, a, b)       regs((f), (a), (b), 0, 0, 0, 0, 0)
#define CALL3(f, a, b, c)    regs((f), (a), (b), (c), 0, 0, 0, 0)
#define CALL4(f, a, b, c, d) regs((f), (a), (b), (c), (d), 0, 0, 0)

/** assert_answer() - x0-x7 are these and x8-x17 are the caller's still. */
void assert_answer(struct ffav_smc_regs r, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3);

/** assert_refused() - FFA_ERROR with @code, nothing else, and @line is the only report. */
void assert_refused(struct ffav_smc_regs r, int32_t code, const char *line);

/** assert_reported() - @line is the only report. */
void assert_reported(const char *line);

/** assert_silent() - Nothing was reported. */
void assert_silent(void);

#endif
