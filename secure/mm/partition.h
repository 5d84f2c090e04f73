/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: The MM partition and what it needs of its machine
 *
 * ffav_mm_main() is the whole partition: it reads its manifest, mounts the
 * stores, ends its initialisation with FFA_MSG_WAIT and then answers direct
 * requests for ever. The functions below it are bound at link time: at S-EL0
 * by machines/qemu-virt, in a process by machines/host.
 */
#ifndef FFAV_MM_PARTITION_H
#define FFAV_MM_PARTITION_H

#include "abi/ffa.h"
#include "secure/store/counter.h"

/**
 * Marks data that a partition finds as it left it where its manager starts it again after a
 * fault (FFA_BOOT_INFO_TYPE_RESTARTS), and as zeros at its first start. All other data is made anew.
 */
#define FFAV_RETAINED __attribute__((section(".retained")))

/**
 * ffav_mm_main() - Run the partition.
 * @boot_info: boot information blob (FF-A 1.1, section 5.4) as the partition sees it
 * @boot_info_size: readable bytes there; 0 if the manager does not say: then the blob's header
 *	does, and nothing beyond the page is read that the blob begins in
 *
 * Does not return. A partition that cannot start says why with FFA_CONSOLE_LOG and calls
 * FFA_ERROR, which tells its manager that it failed to initialise. Where the manager lets it
 * go on all the same, it answers every request with an MM return code.
 *
 * Where the boot information says that it was started again after a fault, volatile variables,
 * locks, policies and the phase are those from before.
 */
_Noreturn void ffav_mm_main(const void *boot_info, size_t boot_info_size);

/**
 * ffav_partition_call() - Call the partition manager (SVC at S-EL0).
 * @regs: x0-x17, in and out
 */
void ffav_partition_call(struct ffav_smc_regs *regs);

/**
 * ffav_partition_map() - Where the partition sees a memory region of its manifest.
 * @address: its base-address in the manifest that the partition was handed
 * @size: bytes
 *
 * Return: the address to use, or NULL if the region is not the partition's. At S-EL0 it is
 * the address itself: managers that do not map one to one rewrite their copy of the manifest.
 */
void *ffav_partition_map(uint64_t address, size_t size);

/**
 * ffav_partition_flash() - Open the flash window of the manifest.
 * @flash: filled in
 * @address: its base-address in the manifest that the partition was handed
 * @size: bytes
 *
 * Return: 0, or -1 if there is no flash that fits.
 */
int ffav_partition_flash(struct ffav_flash *flash, uint64_t address, size_t size);

/**
 * ffav_partition_counter() - Find the monotonic counter that belongs to the flash window.
 * @counter: filled in; what it refers to outlives the partition
 *
 * Return: true, or false if this machine has none: older images of the flash are then not told
 * from the newest.
 */
bool ffav_partition_counter(struct ffav_counter *counter);

#endif
