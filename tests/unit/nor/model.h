/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Two 16-bit NOR chips with the Intel command set, side by side in a 32-bit word
 *
 * Each chip follows its commands on its own, as the public data sheets of the family have
 * them, is slow as it is told, and fails as it is told. What such a chip would not understand
 * is counted as misuse and ends as an error of the command sequence.
 */
#ifndef FFAV_TEST_NOR_MODEL_H
#define FFAV_TEST_NOR_MODEL_H

#include "machines/qemu-virt/memory.h"
#include "secure/store/flash.h"

#define MODEL_SECTORS 2u
#define MODEL_WORDS   (MODEL_SECTORS * FFAV_FLASH_SECTOR_SIZE / 4)
#define MODEL_NEVER   UINT32_MAX

/**
 * struct model_chip - What a test tells a chip, and what the chip saw.
 * @device: its device code
 * @buffer_delay: status reads before the write buffer is there; MODEL_NEVER: it never is
 * @busy_delay: status reads before a command is done
 * @fault: status bits with which commands end, having done nothing
 * @suspended: status bits of a command that somebody suspended
 * @silent: commands end without an error, having done nothing
 * @forgets: is not ready after its status was cleared, until the next command, as QEMU's
 * @locked: one bit for each sector that cannot be programmed or erased
 * @locked_down: one bit for each sector that no command unlocks
 * @misuse: writes that a chip would not have understood
 */
struct model_chip {
	uint16_t device;
	uint32_t buffer_delay;
	uint32_t busy_delay;
	uint8_t fault;
	uint8_t suspended;
	bool silent;
	bool forgets;
	uint32_t locked;
	uint32_t locked_down;
	unsigned int misuse;
};

extern struct model_chip model_chips[2];

/** model_reset() - Good chips, erased, in array mode. */
void model_reset(void);

/** model_address() - Where the driver finds them. */
uint64_t model_address(void);

/** model_word() - What is in the array. @index: of the word of both chips */
uint32_t model_word(uint32_t index);

/** model_store() - Write to the chips past the driver, as a program before it did. @index: of the word */
void model_store(uint32_t index, uint32_t value);

/** model_in_array_mode() - Do both chips read as data, with no error in their status? */
bool model_in_array_mode(void);

#endif
