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

/**
 * ffav_report() - Say that a call was refused, and why.
 * @call: the call by its name in the specification, a string that lives for ever
 * @reason: one sentence fragment without the value, a string that lives for ever
 * @value: the value that was wrong; printed in hexadecimal
 */
void ffav_report(const char *call, const char *reason, uint64_t value);

/**
 * ffav_report_line() - Put a line into the ring that is not a refusal.
 * @source: who says it, a terminated string; stands before the text
 * @text: characters, no terminator needed; what does not print becomes a question mark
 * @length: how many; what is longer than a line is cut
 *
 * For what partitions say (FFA_CONSOLE_LOG): bounded and rate-limited as refusals are.
 */
void ffav_report_line(const char *source, const char *text, size_t length);

/**
 * ffav_report_take() - Take the oldest line out of the ring.
 * @line: FFAV_REPORT_LINE_MAX bytes; no terminator, no newline
 *
 * Return: its length in bytes, 0 if there is none. Lines that were dropped in between are
 * announced by a line that counts them.
 */
size_t ffav_report_take(char *line);

/**
 * ffav_report_refill() - Allow up to @lines more lines.
 *
 * The machine calls it at a rate of its own choosing; without it the ring takes a burst of
 * a few lines and then only counts.
 */
void ffav_report_refill(unsigned int lines);

#endif
