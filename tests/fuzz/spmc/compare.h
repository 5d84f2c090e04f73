/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: The manager compared with the model
 */
#ifndef FFAV_FUZZ_SPMC_COMPARE_H
#define FFAV_FUZZ_SPMC_COMPARE_H

#include "tests/fuzz/spmc/model.h"

/** compare_state() - The manager's state is the model's. */
void compare_state(void);

/** compare_unchanged() - A refused call left everything as in @before, but for the note that it was made. */
void compare_unchanged(const struct ffav_spmc *before);

/**
 * compare_registers() - What comes out of a call is what was foretold.
 * @o: what was foretold
 * @sent: the call as the manager may see it
 * @got: what came out
 * @kept: what x8-x17 must hold, or NULL for zeros
 */
void compare_registers(const struct outcome *o, const struct ffav_smc_regs *sent,
		       const struct ffav_smc_regs *got, const uint64_t *kept);

/** compare_rx() - Partition endpoint @e has in RX what the model says, if that says anything. */
void compare_rx(unsigned int e);

/** compare_memory() - Memory of the normal world is as it was, but in RX if it was @answered there. */
void compare_memory(bool answered);

/** compare_memory_start() - From now on memory of the normal world is to stay as it is. */
void compare_memory_start(void);

#endif
