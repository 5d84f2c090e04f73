/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: What the partition reads in its manifest
 *
 * The manifest is the one that the partition manager was given (FF-A 1.1,
 * "arm,ffa-manifest-1.0"); secure/mm/manifest.dtsi is its machine-independent part.
 */
#ifndef FFAV_MM_CONFIG_H
#define FFAV_MM_CONFIG_H

#include "abi/bytes.h"

/**
 * struct ffav_mm_config - The partition's configuration.
 * @buffer_address: base-address of the shared buffer, which is where the partition sees it
 * @buffer_physical: its physical address, by which the normal world's doorbells name it
 * @buffer_size: bytes
 * @store_address: base-address of the flash window of the NV variables
 * @store_size: bytes
 * @items: most NV variables
 * @name_max: longest name with terminator, bytes
 * @data_max: largest data of a variable, bytes
 * @error_record_size: bytes of the NV store that hardware error records have to themselves
 * @boot_size: bytes of it that are left to the firmware once an operating system runs
 * @boot_items: the same in variables
 * @payload_max: most bytes behind the variable header that a message in the buffer can have
 * @platform_verifies_images: the platform's firmware verifies what it boots
 * @self_signed_pk: the first platform key must have signed itself
 * @rebind_store: the NV store is taken as it is, whatever the monotonic counter says
 * @console_log: refusals go to the manager with FFA_CONSOLE_LOG
 */
struct ffav_mm_config {
	uint64_t buffer_address;
	uint64_t buffer_physical;
	uint64_t buffer_size;
	uint64_t store_address;
	uint64_t store_size;
	uint32_t items;
	uint32_t name_max;
	uint32_t data_max;
	uint32_t error_record_size;
	uint32_t boot_size;
	uint32_t boot_items;
	uint32_t payload_max;
	bool platform_verifies_images;
	bool self_signed_pk;
	bool rebind_store;
	bool console_log;
};

/**
 * ffav_mm_config_parse() - Read the manifest.
 * @fdt: the flattened device tree, aligned to 8 bytes
 * @size: readable bytes at @fdt
 * @config: filled in
 * @why: where a sentence about the first thing that is wrong goes; lives for ever
 *
 * Return: true if everything is there and fits together.
 */
bool ffav_mm_config_parse(const void *fdt, size_t size, struct ffav_mm_config *config,
			  const char **why);

#endif
