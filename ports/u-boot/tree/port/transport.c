// SPDX-License-Identifier: BSD-3-Clause
/*
 * The shared buffer and the way to EL3. Boot only.
 */
#define LOG_CATEGORY LOGC_EFI

#include <efi_loader.h>
#include <event.h>
#include <log.h>
#include <malloc.h>
#include <asm/system.h>
#include <dm/ofnode.h>
#include <linux/build_bug.h>
#include <linux/sizes.h>
#include "shim.h"
#include "uboot.h"

#define BUFFER_ADDRESS CONFIG_FFAVARS_BUFFER_ADDRESS
#define BUFFER_SIZE    CONFIG_FFAVARS_BUFFER_SIZE
#define MESSAGE_OFFSET CONFIG_FFAVARS_MESSAGE_OFFSET

/* UEFI 2.10 section 2.3.6: kernels with 64 KiB pages cannot map runtime memory otherwise. */
_Static_assert(!(BUFFER_ADDRESS % SZ_64K),
	       "CONFIG_FFAVARS_BUFFER_ADDRESS must be a multiple of 64 KiB");
_Static_assert(BUFFER_SIZE && !(BUFFER_SIZE % SZ_64K),
	       "CONFIG_FFAVARS_BUFFER_SIZE must be a multiple of 64 KiB");
_Static_assert(MESSAGE_OFFSET < BUFFER_SIZE && !(MESSAGE_OFFSET % 8),
	       "CONFIG_FFAVARS_MESSAGE_OFFSET must be a multiple of 8 within the buffer");

/* The buffer is in the memory map as EFI_RUNTIME_SERVICES_DATA, and taken in LMB. */
static bool buffer_taken;

void ffavars_uboot_log(const char *message, unsigned long value)
{
	log_info("ffavars: %s 0x%lx\n", message, value);
}

static efi_status_t take_buffer(void)
{
	u64 address = BUFFER_ADDRESS;
	efi_status_t ret;

	if (buffer_taken)
		return EFI_SUCCESS;
	ret = efi_allocate_pages(EFI_ALLOCATE_ADDRESS, EFI_RUNTIME_SERVICES_DATA,
				 efi_size_in_pages(BUFFER_SIZE), &address);
	buffer_taken = ret == EFI_SUCCESS;
	return ret;
}

/*
 * Before the first command, so that nobody loads a file there. That the buffer is still
 * missing is said when it is needed: a board that never starts UEFI can do without.
 */
static int take_buffer_early(void)
{
	take_buffer();
	return 0;
}

EVENT_SPY_SIMPLE(EVT_LAST_STAGE_INIT, take_buffer_early);

/* ID_AA64PFR0_EL1.EL3, Arm DDI 0487 section D19.2: 0 where EL3 is not implemented. */
static bool has_el3(void)
{
	u64 pfr0;

	asm("mrs %0, id_aa64pfr0_el1" : "=r"(pfr0));
	return (pfr0 >> 12) & 0xf;
}

/* May an SMC be made? Where nothing answers it, it is an undefined instruction. */
static bool smc_is_answered(void)
{
	ofnode node = ofnode_path("/psci");
	const char *method;

	if (!ofnode_valid(node))
		node = ofnode_path("/firmware/psci");
	method = ofnode_valid(node) ? ofnode_read_string(node, "method") : NULL;
	if (!method || strcmp(method, "smc")) {
		log_err("ffavars: no SMC can be made: \"method\" of /psci in the device tree "
			"is %s, not smc\n",
			method ? method : "missing");
		return false;
	}
	if (current_el() == 3) {
		log_err("ffavars: no SMC can be made: U-Boot itself runs in EL3\n");
		return false;
	}
	if (!has_el3()) {
		log_err("ffavars: no SMC can be made: this CPU has no EL3\n");
		return false;
	}
	return true;
}

/* Find the partition, with two pages that are needed no longer than that. */
static efi_status_t probe(void)
{
	struct ffavars_connection connection;
	efi_status_t ret;
	u64 rxtx;

	ret = efi_allocate_pages(EFI_ALLOCATE_ANY_PAGES, EFI_BOOT_SERVICES_DATA, 2, &rxtx);
	if (ret != EFI_SUCCESS)
		return ret;
	ret = ffavars_probe((void *)(uintptr_t)BUFFER_ADDRESS, BUFFER_SIZE, MESSAGE_OFFSET,
			    (void *)(uintptr_t)rxtx);
	ffavars_describe(&connection);
	/* Memory that the other world may still write to is never given back. */
	if (!connection.rxtx_mapped)
		efi_free_pages(rxtx, 2);
	if (ret != EFI_SUCCESS && !connection.dead) {
		efi_free_pages(BUFFER_ADDRESS, efi_size_in_pages(BUFFER_SIZE));
		buffer_taken = false;
	}
	return ret;
}

efi_status_t ffavars_transport_start(void)
{
	efi_status_t ret;

	ret = take_buffer();
	if (ret != EFI_SUCCESS) {
		log_err("ffavars: the shared buffer 0x%lx..0x%lx is not free RAM: it is used, "
			"or reserved in the device tree\n",
			(ulong)BUFFER_ADDRESS, (ulong)BUFFER_ADDRESS + BUFFER_SIZE - 1);
		return ret;
	}
	if (!smc_is_answered())
		return EFI_UNSUPPORTED;
	ret = probe();
	if (ret != EFI_SUCCESS)
		log_err("ffavars: no MM partition keeps UEFI variables on this board, so UEFI "
			"does not start\n");
	return ret;
}

bool ffavars_transport_is_mapped(void)
{
	struct efi_mem_desc *map;
	efi_uintn_t size = 0;
	bool mapped = false;

	/* Not from EFI's memory, the map of which the operating system has read by now. */
	efi_get_memory_map(&size, NULL, NULL, NULL, NULL);
	map = malloc(size);
	if (!map)
		return false;
	if (efi_get_memory_map(&size, map, NULL, NULL, NULL) == EFI_SUCCESS) {
		for (efi_uintn_t i = 0; i < size / sizeof(*map); i++) {
			u64 end = map[i].physical_start + (map[i].num_pages << EFI_PAGE_SHIFT);

			if (map[i].type == EFI_RUNTIME_SERVICES_DATA &&
			    map[i].physical_start <= BUFFER_ADDRESS &&
			    end >= (u64)BUFFER_ADDRESS + BUFFER_SIZE)
				mapped = true;
		}
	}
	free(map);
	return mapped;
}
