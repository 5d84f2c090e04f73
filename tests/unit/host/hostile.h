/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: One request under attack
 *
 * A machine with the watched secure side runs one request in a process of its
 * own, so that each run starts from the same state, and a crash or a loop is a
 * result like any other. A second CPU changes the shared buffer just before an
 * access that the test chooses.
 */
#ifndef TEST_HOST_HOSTILE_H
#define TEST_HOST_HOSTILE_H

#include "machines/host/watch.h"
#include "tests/unit/host/messages.h"
#include "tests/unit/host/road.h"

/** The part of the shared buffer, or of TX, that the tests use and look at, bytes. */
#define HOSTILE_WINDOW 0x1000u
/** Sectors of the flash. */
#define HOSTILE_SECTORS 8u

/** How a doorbell names its message. */
enum hostile_dialect {
	HOSTILE_OFFSET,
	HOSTILE_ADDRESS,
	HOSTILE_REQUEST2,
	HOSTILE_DIALECTS,
};

/**
 * struct hostile_message - A message in memory of the normal world, and the call that sends it.
 * @name: for people
 * @base: physical address of the window
 * @dialect: how a doorbell names it
 * @offset: where it starts in the window
 * @header_size: bytes of its MM header
 * @size: bytes, header included
 * @window: what the window holds: the message, and other bytes around it
 * @call: x0-x17 of the call
 */
struct hostile_message {
	const char *name;
	uint64_t base;
	enum hostile_dialect dialect;
	size_t offset;
	size_t header_size;
	size_t size;
	uint8_t window[HOSTILE_WINDOW];
	struct ffav_smc_regs call;
};

/** What the second CPU does. */
enum hostile_kind {
	/** Nothing. */
	HOSTILE_NOTHING,
	/** Once: all bits of the window change. */
	HOSTILE_FLIP,
	/** Once: the window is full of ones. */
	HOSTILE_ONES,
	/** Once: the window is full of zeros. */
	HOSTILE_ZEROS,
	/** From then on before each access: all bits of the window change. */
	HOSTILE_EVERY,
	/** Once: a field of the message gets a value. */
	HOSTILE_FIELD,
	/** Once: it makes a call of its own. */
	HOSTILE_CALL,
};

/**
 * struct hostile_attack - What the second CPU does, and when.
 * @kind: what
 * @at: before which access, 0 for the first
 * @field: HOSTILE_FIELD: offset in the message, bytes
 * @value: HOSTILE_FIELD: eight bytes
 * @call: HOSTILE_CALL: x0-x17 of the call, made on CPU 1
 */
struct hostile_attack {
	enum hostile_kind kind;
	size_t at;
	size_t field;
	uint64_t value;
	struct ffav_smc_regs call;
};

/**
 * struct hostile_run - What became of a request.
 * @finished: it has an answer; otherwise the process died or was stopped after a while
 * @answer: x0-x17
 * @called: HOSTILE_CALL: what the call got
 * @accesses: of the secure side to memory of the normal world
 * @outside: accesses outside the window
 * @late: reads after the first write
 * @reads: how often each byte of the window was read
 * @first: what was there when it was read first
 * @writes: how often each byte was written
 * @written: what was written there last
 * @flash: what the flash holds afterwards
 */
struct hostile_run {
	bool finished;
	struct ffav_smc_regs answer;
	struct ffav_smc_regs called;
	size_t accesses;
	size_t outside;
	size_t late;
	uint8_t reads[HOSTILE_WINDOW];
	uint8_t first[HOSTILE_WINDOW];
	uint8_t writes[HOSTILE_WINDOW];
	uint8_t written[HOSTILE_WINDOW];
	uint8_t flash[HOSTILE_SECTORS * ROAD_SECTOR];
};

/** hostile_in_peace() - hostile_ring() of a message that nobody attacks; until the next call of it. */
const struct hostile_run *hostile_in_peace(struct road *r,
					   const struct hostile_message *message);

/** hostile_as_read() - Put into @message what the secure side has read of it in @run. */
void hostile_as_read(struct hostile_message *message, const struct hostile_run *run);

/** hostile_read_once() - No byte was read or written twice, none read after a store, none outside. */
void hostile_read_once(const struct hostile_run *run, const struct hostile_message *message);

/** hostile_start() - A machine with two CPUs, a partition that waits, and a few variables. */
void hostile_start(struct road *r);

/**
 * hostile_make() - A message for the MM partition in a window that is full of other bytes.
 * @message: where it goes, with dialect, offset and header size filled in
 * @kind: index below message_kinds
 */
void hostile_make(struct hostile_message *message, unsigned int kind);

/**
 * hostile_ring() - Put a message into memory, make its call, and see what happens.
 * @r: the machine, which stays as it is
 * @message: the message
 * @attack: what the second CPU does meanwhile
 *
 * Return: what became of it; until the next call.
 */
const struct hostile_run *hostile_ring(struct road *r, const struct hostile_message *message,
				       const struct hostile_attack *attack);

#endif
