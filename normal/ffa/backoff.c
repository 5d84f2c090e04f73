/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Waiting without a timer service: only a counter that may be read in every phase.
 */
#include "normal/ffa/ffa.h"

#define BACKOFF_FIRST_US 8u
#define BACKOFF_LAST_US  1024u

/* A counter that does not move must not stop the machine: reads per wait. */
#define BACKOFF_MAX_READS 100000u

FFAV_RESIDENT void ffav_backoff(unsigned int attempt)
{
	uint64_t start = ffav_counter();
	uint64_t rate = ffav_counter_rate();
	uint64_t us = BACKOFF_LAST_US;
	uint64_t ticks;

	if (attempt < 7)
		us = BACKOFF_FIRST_US << attempt;
	/* CNTFRQ_EL0 is a 32-bit value by architecture, so that the product cannot overflow. */
	ticks = (rate & UINT32_MAX) * us / 1000000;
	for (unsigned int reads = 0; reads < BACKOFF_MAX_READS; reads++) {
		if (ffav_counter() - start >= ticks)
			return;
	}
}
