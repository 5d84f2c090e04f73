/* SPDX-License-Identifier: BSD-3-Clause */
/** DOC: A bare-metal normal world that shares memory with the test partitions */
#ifndef FFAV_QEMU_TEST_DESCRIPTOR_H
#define FFAV_QEMU_TEST_DESCRIPTOR_H

#include "abi/ffa_memory.h"
#include "machines/qemu-virt/rogue/rogue.h"
#include "machines/qemu-virt/test/bare.h"

/** The first test partition; the others follow. */
#define ROGUE_ID 0x8010u

/** memory_start() - Agree on FF-A 1.2 and map RX/TX. */
void memory_start(void);

/** memory_ask() - x4 of test partition @n's answer to a command. */
uint64_t memory_ask(unsigned int n, uint64_t command, uint64_t argument);

/** memory_dies() - Does test partition @n, or who calls it, get FFA_ERROR with ABORTED? */
bool memory_dies(unsigned int n, uint64_t command, uint64_t argument);

/**
 * memory_share() - FFA_MEM_SHARE, or LEND.
 * @function: which
 * @n: with test partition
 * @permissions: FFA_MEM_READ_ONLY or FFA_MEM_READ_WRITE
 * @address: of the first page
 * @stride: from each page to the next, bytes
 * @pages: how many, a range each
 *
 * Return: the answer.
 */
struct ffav_smc_regs memory_share(uint32_t function, unsigned int n, uint8_t permissions,
				  uint64_t address, uint64_t stride, uint32_t pages);

/** memory_reclaim() - FFA_MEM_RECLAIM. Return: FFA_SUCCESS, or the status code. */
uint64_t memory_reclaim(uint64_t handle);

#endif
