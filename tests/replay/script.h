/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Recorded conversations
 *
 * tests/replay/README.md describes the format. A script is read step by step; a step is a call
 * with its message and everything that came back, or something else that happened.
 */
#ifndef TESTS_REPLAY_SCRIPT_H
#define TESTS_REPLAY_SCRIPT_H

#include <stdio.h>

#include "abi/smccc.h"

/** Bytes that a message can have: the shared buffer's. */
#define REPLAY_BYTES_MAX 0x20000u
/** Most sizes in a fill line. */
#define REPLAY_SIZES_MAX 8u

/** What a step is. */
enum replay_kind {
	/** The machine is switched off, and its store filled until nothing more fits. */
	REPLAY_FILL,
	/** The machine is switched on, or off and on. */
	REPLAY_BOOT,
	/** A new part of the conversation begins. */
	REPLAY_SECTION,
	/** A call and its answer. */
	REPLAY_CALL,
	/** The end of the file. */
	REPLAY_END,
	/** The file is not what it should be; it has been said why. */
	REPLAY_BROKEN,
};

/** struct replay_bytes - Bytes somewhere in the shared buffer or in RX. */
struct replay_bytes {
	bool present;
	size_t offset;
	size_t size;
	uint8_t bytes[REPLAY_BYTES_MAX];
};

/**
 * struct replay_step - One step.
 * @kind: what it is; the other members belong to kinds
 * @line: where it starts in the file
 * @sizes: REPLAY_FILL: sizes of the data, in this order
 * @size_count: how many
 * @title: REPLAY_SECTION
 * @in: REPLAY_CALL: registers of the call
 * @out: registers of the answer
 * @message: what is in the shared buffer with the call
 * @reply: what is there afterwards
 * @rx: what is in the RX buffer afterwards
 */
struct replay_step {
	enum replay_kind kind;
	unsigned int line;
	size_t sizes[REPLAY_SIZES_MAX];
	unsigned int size_count;
	char title[128];
	struct ffav_smc_regs in;
	struct ffav_smc_regs out;
	struct replay_bytes message;
	struct replay_bytes reply;
	struct replay_bytes rx;
};

/**
 * struct replay_script - A file that is being read.
 * @file: open for reading
 * @name: for messages
 * @line: number of @text
 * @text: the line that was read last
 * @held: it has not been used yet
 */
struct replay_script {
	FILE *file;
	const char *name;
	unsigned int line;
	char text[512];
	bool held;
};

/** replay_next() - Read the next step. @step: filled in; what is wrong with the file goes to stderr */
void replay_next(struct replay_script *s, struct replay_step *step);

#endif
