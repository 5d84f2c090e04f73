/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: The secure console
 *
 * Lines go into a ring of bytes. While the secure world starts they are written out at
 * once; later ffav_console_drain() writes as much as the UART's FIFO takes, bounded, so that
 * a slow console delays nobody; only a partition's fault is worth waiting for, now and then. A line that does
 * not fit in the ring is dropped and counted.
 */
#ifndef FFAV_QEMU_CONSOLE_H
#define FFAV_QEMU_CONSOLE_H

#include "abi/bytes.h"

/** ffav_console_init() - Turn the secure UART on. */
void ffav_console_init(void);

/** ffav_console_line() - Add one line; @text: @length bytes without a newline. */
void ffav_console_line(const char *text, size_t length);

/** ffav_console_value() - Add one line: a string, a value in hexadecimal, another string. */
void ffav_console_value(const char *before, uint64_t value, const char *after);

/** struct ffav_fault - Where and why a partition was stopped: ESR_ELx, ELR_ELx, FAR_ELx. */
struct ffav_fault {
	uint64_t esr;
	uint64_t elr;
	uint64_t far;
};

/**
 * ffav_console_fault() - Write everything out, and then one line about a partition's fault.
 * @name: of the partition
 * @fault: what happened
 *
 * Perhaps nobody makes a call after it that would move the line on. So it waits for the UART: at
 * 115200 baud 10 ms for the line and up to some 700 ms for full rings before it. Partitions can be
 * made to fault again and again, so it waits once in ten seconds; in between the lines move on
 * as all others do. A UART that takes nothing is given up. Not for holders of the manager's lock.
 */
void ffav_console_fault(const char *name, const struct ffav_fault *fault);

/** ffav_console_drain() - Move reports and lines on, a bounded number of bytes, never waiting. */
void ffav_console_drain(void);

/**
 * ffav_console_flush() - Write everything out, waiting for the UART. Start-up, power-off and a trace only.
 *
 * A UART that takes nothing is given up. After a panic this waits a second instead, for the CPU that
 * panicked to write.
 */
void ffav_console_flush(void);

/** ffav_console_panic() - Write a string and a value at once, taking no lock. ffav_panicked is set. */
void ffav_console_panic(const char *what, uint64_t value);

#endif
