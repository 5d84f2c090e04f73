/* SPDX-License-Identifier: BSD-3-Clause */
/* What secure/mm/partition.h asks of this machine, at S-EL0, under any partition manager. */
#include "machines/qemu-virt/sel0/nor.h"
#include "machines/qemu-virt/sel0/sel0.h"
#include "secure/mm/partition.h"

_Noreturn void ffav_sel0_main(const void *boot_info, size_t size)
{
	ffav_mm_main(boot_info, size);
}

/*
 * Addresses of the manifest are those of the partition: the map is one to one, or the manager
 * has put its own addresses in. What the manifest does not name is not mapped, and faults.
 */
void *ffav_partition_map(uint64_t address, size_t size)
{
	return size ? (void *)(uintptr_t)address : NULL;
}

int ffav_partition_flash(struct ffav_flash *flash, uint64_t address, size_t size)
{
	return ffav_nor_open(flash, address, size);
}

/* QEMU's virt machine has nothing that only counts up and outlives a power cut. */
bool ffav_partition_counter(struct ffav_counter *counter)
{
	(void)counter;
	return false;
}
