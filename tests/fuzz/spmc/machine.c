// SPDX-License-Identifier: BSD-3-Clause
/* The machine of the sequence fuzzer. */
#include "tests/fuzz/spmc/machine.h"

#include <stdio.h>
#include <stdlib.h>

uint8_t machine_normal[NORMAL_SIZE];
bool machine_locked;

uint8_t machine_secure[PARTS][SECURE_SIZE];
static uint32_t machine_map[PARTS][(NORMAL_SIZE + PARTS * SECURE_SIZE) / FFA_PAGE_SIZE];

void require(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "spmc: %s\n", what);
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

uint32_t *machine_access(unsigned int index, uint64_t address)
{
	static uint32_t none;

	if (address >= NORMAL_BASE && address - NORMAL_BASE < NORMAL_SIZE)
		return &machine_map[index][(address - NORMAL_BASE) / FFA_PAGE_SIZE];
	if (address >= SECURE_BASE && address - SECURE_BASE < PARTS * (uint64_t)SECURE_SIZE)
		return &machine_map[index][NORMAL_SIZE / FFA_PAGE_SIZE +
					   (address - SECURE_BASE) / FFA_PAGE_SIZE];
	none = 0;
	return &none;
}

void machine_restart(unsigned int index)
{
	memset(machine_map[index], 0, sizeof(machine_map[index]));
	for (uint64_t at = 0; at < SECURE_SIZE; at += FFA_PAGE_SIZE)
		*machine_access(index, SECURE_BASE + index * (uint64_t)SECURE_SIZE + at) =
			FFAV_REGION_READ | FFAV_REGION_WRITE;
}

void machine_start(void)
{
	for (unsigned int i = 0; i < PARTS; i++)
		machine_restart(i);
}

uint32_t ffav_machine_partition_access(unsigned int index, uint64_t address)
{
	return *machine_access(index, address);
}

bool ffav_machine_partition_set_access(unsigned int index, uint64_t address, uint64_t size,
				       uint32_t flags)
{
	for (uint64_t page = address; page < address + size; page += FFA_PAGE_SIZE)
		*machine_access(index, page) = flags;
	return true;
}
