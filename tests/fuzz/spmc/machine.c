// SPDX-License-Identifier: BSD-3-Clause
/* The machine of the sequence fuzzer. */
#include "tests/fuzz/spmc/machine.h"

#include <stdio.h>
#include <stdlib.h>

uint8_t machine_normal[NORMAL_SIZE];
bool machine_locked;

uint8_t machine_secure[PARTS][SECURE_SIZE];
uint32_t machine_map[PARTS][MACHINE_PAGES];
static uint8_t bank[BANK_SIZE];

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
	if (address >= BANK_BASE && ffav_range_in(address - BANK_BASE, size, BANK_SIZE))
		return bank + (address - BANK_BASE);
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

uint32_t machine_page(uint64_t address)
{
	static const struct {
		uint64_t base, size;
	} all[] = {
		{NORMAL_BASE, NORMAL_SIZE},
		{SECURE_BASE, PARTS * (uint64_t)SECURE_SIZE},
		{BANK_BASE, BANK_SIZE},
	};
	uint64_t before = 0;

	for (size_t i = 0; i < COUNT(all); i++) {
		if (address >= all[i].base && address - all[i].base < all[i].size)
			return (uint32_t)((before + address - all[i].base) / FFA_PAGE_SIZE);
		before += all[i].size;
	}
	return MACHINE_PAGES;
}

uint32_t *machine_access(unsigned int index, uint64_t address)
{
	static uint32_t none;
	uint32_t page = machine_page(address);

	if (page < MACHINE_PAGES)
		return &machine_map[index][page];
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
	memset(machine_secure, 0, sizeof(machine_secure));
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
