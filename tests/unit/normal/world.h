/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: A secure world that does what a test says, and the platform around it
 *
 * The shared buffer exists twice: as the normal world's cache shows it and as
 * memory holds it, which is all that the secure side sees. Cleaning copies lines
 * one way, invalidating the other, so that forgotten maintenance loses the
 * message or its reply. At each SMC no line of the buffer may be dirty, unless a
 * test switches that off.
 */
#ifndef FFAV_TESTS_NORMAL_WORLD_H
#define FFAV_TESTS_NORMAL_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "abi/variable.h"
#include "normal/variables/variables.h"

#define WORLD_BUFFER_SIZE    4096u
#define WORLD_LINE           64u
#define WORLD_BUFFER_ADDRESS UINT64_C(0x47fc0000)
#define WORLD_RXTX_ADDRESS   UINT64_C(0x50000000)
#define WORLD_PARTITION      0x8003u
#define WORLD_LOG_MAX        64u

/** struct world_step - One SMC as the test expects it, and what is answered. */
struct world_step {
	/** x0-x7 on the way in; all are compared, x8-x17 must be zero. */
	uint64_t in[8];
	/** x0-x7 on the way out. */
	uint64_t out[8];
	/** The message in memory, as hex with spaces; NULL: not looked at. */
	const char *message;
	/** What is written over it, as hex; NULL: nothing. */
	const char *reply;
};

/** struct world - Everything that a test sets and looks at. */
struct world {
	/** The secure side: called for each SMC after the checks. */
	void (*smc)(struct ffav_smc_regs *regs);
	/** A conversation, if @smc is world_converse(). */
	const struct world_step *steps;
	size_t step_count;
	size_t step;

	/** The buffer as the normal world sees it, as it was last cleaned or invalidated. */
	_Alignas(WORLD_LINE) uint8_t near[WORLD_BUFFER_SIZE];
	uint8_t shadow[WORLD_BUFFER_SIZE];
	/** The buffer's memory. */
	uint8_t far[WORLD_BUFFER_SIZE];
	_Alignas(4096) uint8_t rxtx[2 * 4096];
	bool allow_dirty;
	/** The buffer belongs to a partition that never answered: nobody may touch it. */
	bool forbidden;

	unsigned int smcs;
	unsigned int lines_cleaned;
	unsigned int lines_invalidated;
	bool locked;
	/** How often the lock is refused before it is given; UINT_MAX: always. */
	unsigned int lock_refusals;
	unsigned int lock_tries;
	uint64_t now;
	/** The counter stands still. */
	bool counter_stuck;
	uint64_t rate;
	unsigned int conversions;
	int64_t moved_by;
	unsigned int logs;
	const char *log[WORLD_LOG_MAX];
	uint64_t log_value[WORLD_LOG_MAX];
};

extern struct world world;

/** world_reset() - A fresh world: no partition, garbage and dirty lines in the buffer. */
void world_reset(void);

/**
 * world_forbid() - From here on nobody may touch the buffer or make an SMC.
 *
 * Maintenance fails the test; with AddressSanitizer every read and write does, too.
 */
void world_forbid(void);

/** world_run() - Play a conversation from here on; world_finish() sees that it was whole. */
void world_run(const struct world_step *steps, size_t count);

/** world_finish() - Every step of the conversation was played. */
void world_finish(void);

/** world_logged() - Was this sentence, or a part of it, told to the user? */
bool world_logged(const char *part);

/** world_connect() - A connection as a probe leaves it, without any SMC. */
void world_connect(struct ffav_mm *mm, enum ffav_mm_dialect dialect, size_t offset);

/** world_hex() - Read hex digits with spaces between bytes at will. Return: bytes. */
size_t world_hex(uint8_t *out, size_t room, const char *hex);

/** world_error() - Answer with FFA_ERROR. */
void world_error(struct ffav_smc_regs *regs, int32_t code);

/** world_respond() - Answer a direct request of either form with success. */
void world_respond(struct ffav_smc_regs *regs);

#endif
