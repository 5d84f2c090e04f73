/* SPDX-License-Identifier: BSD-3-Clause */
/* What secure/mm/partition.h asks of this machine, at S-EL0. */
#include "machines/qemu-virt/memory.h"
#include "machines/qemu-virt/sel0/nor.h"
#include "machines/qemu-virt/sel0/sel0.h"
#include "secure/mm/partition.h"

_Noreturn void ffav_sel0_main(const void *boot_info, size_t size)
{
	ffav_mm_main(boot_info, size);
}

/* The map is one to one; what the manifest does not name is not in it, and faults. */
void *ffav_partition_map(uint64_t address, size_t size)
{
	return size ? (void *)(uintptr_t)address : NULL;
}

int ffav_partition_flash(struct ffav_flash *flash, uint64_t address, size_t size)
{
	if (address < FFAV_STORE_BASE ||
	    !ffav_range_in(address - FFAV_STORE_BASE, size, FFAV_STORE_SIZE))
		return -1;
	return ffav_nor_open(flash, address, size);
}
