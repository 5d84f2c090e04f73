/* SPDX-License-Identifier: BSD-3-Clause */
/* SetVirtualAddressMap() and the conversion of pointers (UEFI 2.10 section 8.4). */
#include "ports/uefi-driver/driver.h"

/* Version of struct efi_memory_descriptor. */
#define DESCRIPTOR_VERSION 1u

/* Make this image's region look like data in the copy of a map. */
FFAV_RESIDENT static void retype_image(uint8_t *map, uint64_t map_size,
				       uint64_t descriptor_size)
{
	for (uint64_t at = 0; ffav_range_in(at, descriptor_size, map_size);
	     at += descriptor_size) {
		struct efi_memory_descriptor *d =
			(struct efi_memory_descriptor *)(void *)(map + at);

		if (d->type == EFI_RUNTIME_SERVICES_CODE &&
		    ffav_driver.image_start >= d->physical_start &&
		    ffav_driver.image_start - d->physical_start < d->pages * EFI_PAGE_SIZE)
			d->type = EFI_RUNTIME_SERVICES_DATA;
	}
}

FFAV_RESIDENT efi_status_t ffav_set_virtual_address_map(uint64_t map_size,
							uint64_t descriptor_size,
							uint32_t descriptor_version, void *map)
{
	/* The event converts the stored ones while the firmware's service runs. */
	struct efi_system_table *system_table = ffav_driver.system_table;
	struct efi_runtime_services *firmware = ffav_driver.firmware;
	struct efi_runtime_services *table = ffav_driver.table;
	uint8_t *copy = ffav_driver.scratch;
	efi_status_t status;

	if (ffav_driver.moved)
		return EFI_UNSUPPORTED;
	status = firmware->set_virtual_address_map(map_size, descriptor_size,
						   descriptor_version, map);
	/*
	 * U-Boot refuses a map with any runtime code but its own, before it does anything:
	 * show it a map in which ours is data. It comes back as code in the OS's own map.
	 */
	if (status == EFI_INVALID_PARAMETER && !ffav_driver.moved &&
	    descriptor_version == DESCRIPTOR_VERSION &&
	    descriptor_size >= sizeof(struct efi_memory_descriptor) &&
	    descriptor_size % sizeof(uint64_t) == 0 && map_size <= ffav_driver.scratch_size) {
		memcpy(copy, map, map_size);
		retype_image(copy, map_size, descriptor_size);
		status = firmware->set_virtual_address_map(map_size, descriptor_size,
							   descriptor_version, copy);
	}
	if (status == EFI_SUCCESS && ffav_driver.moved)
		ffav_table_move(system_table, table);
	return status;
}

/* Convert one pointer of any type. */
FFAV_RESIDENT static void *converted(void *p)
{
	ffav_convert_pointer(&p);
	return p;
}

FFAV_RESIDENT void ffav_driver_convert(efi_event_t event, void *context)
{
	struct ffav_driver *d = &ffav_driver;

	(void)event;
	(void)context;
	if (d->moved)
		return;
	d->moved = true;
	d->moved_by = (uintptr_t)converted((void *)(uintptr_t)d->image_start) - d->image_start;
	ffav_mm_set_virtual_address_map(&d->mm);
	d->system_table = converted(d->system_table);
	d->table = converted(d->table);
	d->scratch = converted(d->scratch);
	/* Last: it is what converts. */
	d->firmware = converted(d->firmware);
}
