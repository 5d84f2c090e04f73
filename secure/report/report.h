/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Refusals, told in a bounded ring
 *
 * Every refusal says which call and why. The line goes into a bounded,
 * rate-limited ring, never straight to a console: a slow console delays nobody,
 * and the normal world cannot flood it. Each program (partition, manager, host
 * machine) has one ring; who drains it and when is the machine's business.
 *
 * One writer at a time (in the manager its lock sees to that) and one reader at
 * a time; the two need no lock between them. Taking and refilling are the reader's.
 */
#ifndef FFAV_REPORT_H
#define FFAV_REPORT_H

#include "abi/bytes.h"

/** Longest line, bytes, without a terminator. */
#define FFAV_REPORT_LINE_MAX 120u

/** Whose lines they are. Each has a ration of its own, so that none can silence another. */
enum ffav_report_ration {
	/** Refusals of calls that the normal world made. */
	FFAV_REPORT_NORMAL,
	/** What partitions say (FFA_CONSOLE_LOG), and refusals of their calls. */
	FFAV_REPORT_PARTITIONS,
	/** What happened to a partition: a fault, a start. */
	FFAV_REPORT_EVENTS,
	FFAV_REPORT_RATIONS
};

/**
 * ffav_report_refusal() - Say that a call was refused, and why.
 * @ration: whose call it was
 * @call: the call by its name in the specification, a string that lives for ever
 * @reason: one sentence fragment without the value, a string that lives for ever
 * @value: the value that was wrong; printed in hexadecimal
 */
void ffav_report_refusal(enum ffav_report_ration ration, const char *call, const char *reason,
			 uint64_t value);

/** ffav_report() - The same, of a call that came from the normal world. */
static inline void ffav_report(const char *call, const char *reason, uint64_t value)
{
	ffav_report_refusal(FFAV_REPORT_NORMAL, call, reason, value);
}

/**
 * ffav_report_line() - Put a line into the ring that is not a refusal.
 * @ration: whose line it is
 * @source: who says it, a terminated string; stands before the text
 * @text: characters, no terminator needed; what does not print becomes a question mark
 * @length: how many; what is longer than a line is cut
 */
void ffav_report_line(enum ffav_report_ration ration, const char *source, const char *text,
		      size_t length);

/**
 * ffav_report_take() - Take the oldest line out of the ring.
 * @line: FFAV_REPORT_LINE_MAX bytes; no terminator, no newline
 *
 * Return: its length in bytes, 0 if there is none. Lines that were dropped in between are
 * announced by a line that counts them.
 */
size_t ffav_report_take(char *line);

/**
 * ffav_report_refill() - Allow up to @lines more lines of each ration.
 *
 * The machine calls it at a rate of its own choosing; without it the ring takes a burst of
 * a few lines and then only counts.
 */
void ffav_report_refill(unsigned int lines);

#endif
