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
	struct ffav_driver *d = &ffav_driver;
	struct efi_runtime_services *firmware = d->tables.firmware;
	efi_status_t status;

	if (d->moved)
		return EFI_UNSUPPORTED;
	status = firmware->set_virtual_address_map(map_size, descriptor_size,
						   descriptor_version, map);
	/*
	 * U-Boot refuses a map with any runtime code but its own, before it does anything:
	 * show it a map in which ours is data. It comes back as code in the OS's own map.
	 */
	if (status == EFI_INVALID_PARAMETER && !d->converted &&
	    descriptor_version == DESCRIPTOR_VERSION &&
	    descriptor_size >= sizeof(struct efi_memory_descriptor) &&
	    descriptor_size % sizeof(uint64_t) == 0 && map_size <= d->scratch_size) {
		memcpy(d->scratch, map, map_size);
		retype_image(d->scratch, map_size, descriptor_size);
		status = firmware->set_virtual_address_map(map_size, descriptor_size,
							   descriptor_version, d->scratch);
	}
	if (status == EFI_SUCCESS && d->converted) {
		ffav_table_move();
		d->tables = d->virtual_tables;
		d->moved = true;
	}
	return status;
}

/* The new address of anything. */
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
	if (d->converted)
		return;
	d->converted = true;
	/* RaiseTPL() and RestoreTPL() are not converted: NULL since ExitBootServices. */
	d->moved_by = (uintptr_t)converted((void *)(uintptr_t)d->image_start) - d->image_start;
	d->virtual_tables.system_table = converted(d->tables.system_table);
	d->virtual_tables.firmware = converted(d->tables.firmware);
	d->virtual_tables.table = converted(d->tables.table);
	ffav_mm_set_virtual_address_map(&d->mm);
}
