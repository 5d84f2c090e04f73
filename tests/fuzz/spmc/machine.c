// SPDX-License-Identifier: BSD-3-Clause
/* The machine of the sequence fuzzer. */
#include "tests/fuzz/spmc/machine.h"

#include <stdio.h>
#include <stdlib.h>

uint8_t machine_normal[NORMAL_SIZE];
bool machine_locked;

static uint8_t machine_secure[PARTS][SECURE_SIZE];

void require(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz_spmc: %s\n", what);
	abort();
}

void ffav_machine_lock(void)
{
	require(!machine_locked, "the lock is taken twice");
	machine_locked = true;
}

void ffav_machine_unlock(void)
{
	require(machine_locked, "a free lock is released");
	machine_locked = false;
}

void *ffav_machine_normal_memory(uint64_t address, size_t size)
{
	if (address < NORMAL_BASE || !ffav_range_in(address - NORMAL_BASE, size, NORMAL_SIZE))
		return NULL;
	return machine_normal + (address - NORMAL_BASE);
}

void *ffav_machine_partition_memory(unsigned int index, uint64_t address, size_t size)
{
	uint64_t base = SECURE_BASE + index * (uint64_t)SECURE_SIZE;

	if (address < base || !ffav_range_in(address - base, size, SECURE_SIZE))
		return NULL;
	return machine_secure[index] + (address - base);
}
