/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: The conversation between the worlds, on the secure console
 *
 * A monitor that is built with FFAV_TRACE (trace-flash.bin has one) writes down every FF-A call
 * of the normal world, so that scripts/record.py can make a test of it. In every other monitor
 * the functions here are nothing. Lines start with '~'; numbers are hexadecimal without a
 * prefix; registers that are zero at the end of a list are left out:
 *
 *   ~boot                   the normal world starts
 *   ~CPU call X0 X1 ...     it makes a call
 *   ~CPU message OFFSET N   an MM message in the shared buffer goes with it: N bytes follow
 *   ~CPU answer X0 X1 ...   what it gets
 *   ~CPU reply OFFSET N     the same place in the shared buffer afterwards
 *   ~CPU rx N               descriptors in the caller's RX buffer: N bytes follow
 *   ~CPU data BYTES         up to 32 of them
 *   ~CPU same BYTE N        the same byte N times
 *
 * A trace waits for the UART: it is for recording, not for measuring.
 */
#ifndef FFAV_QEMU_TRACE_H
#define FFAV_QEMU_TRACE_H

#include "abi/bytes.h"

#ifdef FFAV_TRACE

/** ffav_trace_boot() - The first CPU enters the normal world. */
void ffav_trace_boot(void);

/** ffav_trace_call() - The normal world calls. @cpu: index of its CPU; @x: its x0-x17 */
void ffav_trace_call(unsigned int cpu, const uint64_t *x);

/** ffav_trace_answer() - The normal world gets what it called for. @cpu: index of its CPU; @x: x0-x17 */
void ffav_trace_answer(unsigned int cpu, const uint64_t *x);

#else

static inline void ffav_trace_boot(void)
{
}

static inline void ffav_trace_call(unsigned int cpu, const uint64_t *x)
{
	(void)cpu;
	(void)x;
}

static inline void ffav_trace_answer(unsigned int cpu, const uint64_t *x)
{
	(void)cpu;
	(void)x;
}

#endif
#endif
