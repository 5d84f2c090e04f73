/* SPDX-License-Identifier: BSD-3-Clause */
/** DOC: What the test partition does with memory of others, and with its own. */
#ifndef FFAV_QEMU_ROGUE_MEMORY_H
#define FFAV_QEMU_ROGUE_MEMORY_H

#include "abi/ffa_memory.h"

/** ffav_rogue_memory_start() - Try permissions and map RX/TX, while the partition initialises. */
void ffav_rogue_memory_start(void);

/**
 * ffav_rogue_memory() - Obey one of the commands about memory.
 * @self: the partition's id
 * @command: FFAV_ROGUE_RETRIEVE to FFAV_ROGUE_PERMISSIONS
 * @argument: its argument
 *
 * Return: x4 of the answer.
 */
uint64_t ffav_rogue_memory(uint16_t self, uint64_t command, uint64_t argument);

#endif
