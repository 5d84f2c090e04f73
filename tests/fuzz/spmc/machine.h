/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: The machine of the sequence fuzzer, and its input
 *
 * Memory of both worlds in arrays, a lock that knows whether it is held, and the
 * input as a stream of values that are worth trying.
 */
#ifndef FFAV_FUZZ_SPMC_MACHINE_H
#define FFAV_FUZZ_SPMC_MACHINE_H

#include "secure/spmc/spmc.h"

#define CPUS  4u
#define PARTS 2u

#define NORMAL_BASE UINT64_C(0x40000000)
#define NORMAL_SIZE 0x8000u
/** The last page is shared by the first partition's manifest. */
#define SHARED_BASE (NORMAL_BASE + NORMAL_SIZE - 0x1000)
#define SECURE_BASE UINT64_C(0x0e000000)
#define SECURE_SIZE 0x6000u
/** More of the normal world's memory, so much that the list of its pages does not fit into one. */
#define BANK_BASE  UINT64_C(0x50000000)
#define BANK_PAGES 254u
#define BANK_SIZE  (BANK_PAGES * 0x1000u)

/** All pages that there are: the normal world's, the partitions', the bank's. */
#define MACHINE_PAGES ((NORMAL_SIZE + PARTS * SECURE_SIZE) / 0x1000u + BANK_PAGES)

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

extern uint8_t machine_normal[NORMAL_SIZE];
extern uint8_t machine_secure[PARTS][SECURE_SIZE];
extern bool machine_locked;
/** FFAV_REGION_* of each page for each partition, by machine_page(). */
extern uint32_t machine_map[PARTS][MACHINE_PAGES];

/** machine_start() - Each partition has access to its own memory. */
void machine_start(void);

/** machine_restart() - A partition has access to its own memory and to nothing else. */
void machine_restart(unsigned int index);

/** machine_page() - Number of the page at @address, or MACHINE_PAGES where there is none. */
uint32_t machine_page(uint64_t address);

/** machine_access() - FFAV_REGION_* of partition @index at @address. */
uint32_t *machine_access(unsigned int index, uint64_t address);

/** require() - End the program with @what, which says what is wrong, unless @ok. */
void require(bool ok, const char *what);

/**
 * struct input - The fuzzer's input as a stream; it ends in zeros.
 * @data: what is left
 * @size: bytes at @data
 */
struct input {
	const uint8_t *data;
	size_t size;
};

/** input_byte() - The next byte. */
uint8_t input_byte(struct input *s);

/** input_value() - An argument: one that the manager gives a meaning, or any number. */
uint64_t input_value(struct input *s);

/** input_function() - A function id for the choice @pick: one of FF-A's, or any number. */
uint64_t input_function(struct input *s, uint8_t pick);

#endif
