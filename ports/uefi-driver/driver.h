/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: The parts of ffavars.efi and the state they share
 *
 * A resident driver that gives a UEFI firmware the variable services of a
 * partition in the secure world. Boot-only parts report through
 * ffav_boot_log(), one line per cause, and leave nothing behind when they fail.
 */
#ifndef FFAV_UEFI_DRIVER_H
#define FFAV_UEFI_DRIVER_H

#include "normal/variables/variables.h"
#include "ports/uefi-driver/options.h"
#include "ports/uefi-driver/uefi.h"

/**
 * struct ffav_tables - The addresses that SetVirtualAddressMap changes.
 * @system_table: the firmware's system table
 * @firmware: the runtime table as the firmware made it; every service that is not ours
 *            is called through it, because the firmware changes its entries on the way
 * @table: the runtime table that is published instead
 */
struct ffav_tables {
	struct efi_system_table *system_table;
	struct efi_runtime_services *firmware;
	struct efi_runtime_services *table;
};

/**
 * struct ffav_driver - What stays in memory when the operating system runs.
 * @mm: the connection to the partition
 * @tables: addresses to be used now
 * @virtual_tables: addresses to be used when SetVirtualAddressMap has returned
 * @scratch: room for a copy of the operating system's memory map; physical, not used later
 * @scratch_size: bytes at @scratch
 * @image_start: physical address of this image
 * @moved_by: what SetVirtualAddressMap adds to the addresses of this image
 * @raise_tpl: RaiseTPL() of the boot services; NULL before the table is published and from
 *             ExitBootServices on, so that it is never converted
 * @restore_tpl: RestoreTPL(), likewise
 * @at_runtime: ExitBootServices has happened
 * @converted: the event of SetVirtualAddressMap has been seen
 * @moved: SetVirtualAddressMap has returned
 *
 * While SetVirtualAddressMap runs, other drivers' events still call ConvertPointer() at the
 * old addresses: so the new ones come into use only when it has returned.
 */
struct ffav_driver {
	struct ffav_mm mm;
	struct ffav_tables tables;
	struct ffav_tables virtual_tables;
	uint8_t *scratch;
	size_t scratch_size;
	uint64_t image_start;
	uint64_t moved_by;
	efi_raise_tpl_t raise_tpl;
	efi_restore_tpl_t restore_tpl;
	bool at_runtime;
	bool converted;
	bool moved;
};

extern struct ffav_driver ffav_driver;

/* --- boot.c: what exists while booting only --- */

/** ffav_boot_start() - Remember the firmware's tables. Boot only. */
void ffav_boot_start(struct efi_system_table *system_table);

/** ffav_boot_services() - The boot services. Boot only. */
struct efi_boot_services *ffav_boot_services(void);

/** ffav_boot_say() - Print one line: "ffavars: ", @message. Boot only. */
void ffav_boot_say(const char *message);

/**
 * ffav_boot_hold() - Keep back what is said from now on, all but the last line. Boot only.
 *
 * The library tells each attempt; whoever boots wants the outcome in one line. The load
 * option "verbose" leaves this out.
 */
void ffav_boot_hold(void);

/** ffav_boot_release() - Print the line that was held, and the next ones at once. Boot only. */
void ffav_boot_release(void);

/** ffav_boot_end() - Forget the console and the boot services: they are gone from now on. */
void ffav_boot_end(void);

/**
 * ffav_configuration_table() - Find a table in the system table's list. Boot only.
 * @guid: which
 *
 * Return: the table, or NULL.
 */
void *ffav_configuration_table(const struct efi_guid *guid);

/**
 * ffav_allocate_runtime() - Take memory that stays, on 64 KiB borders. Boot only.
 * @size: bytes, a multiple of 64 KiB
 * @address: where it was taken
 */
efi_status_t ffav_allocate_runtime(uint64_t size, efi_physical_address_t *address);

/* --- conduit.c --- */

/**
 * ffav_conduit_is_smc() - Can SMCs be made, and does anybody answer them? Boot only.
 *
 * An SMC where EL3 does not exist, or is not for us, is an undefined instruction: so this
 * asks before the first one. Return: true, or false after a line that says why.
 */
bool ffav_conduit_is_smc(void);

/* --- buffer.c --- */

/**
 * ffav_buffer_take() - Learn where the shared buffer lies, check it and allocate it. Boot only.
 * @image: the driver's loaded image, which has its load options
 * @place: filled in; the memory is the caller's to free when this succeeds
 *
 * Return: EFI_SUCCESS, or an error after a line that says why.
 */
efi_status_t ffav_buffer_take(const struct efi_loaded_image *image,
			      struct ffav_buffer_place *place);

/* --- table.c --- */

/**
 * ffav_table_prepare() - Make the runtime table that will be published. Boot only.
 * @region: EfiRuntimeServicesData for it and for the scratch room behind it
 * @size: bytes at @region
 *
 * Return: EFI_SUCCESS, or EFI_UNSUPPORTED if the firmware's table is too old.
 */
efi_status_t ffav_table_prepare(void *region, size_t size);

/** ffav_table_publish() - Point the system table at it. Cannot fail. Boot only. */
void ffav_table_publish(void);

/**
 * ffav_table_move() - Rewrite the published table for the new addresses, and both CRCs.
 *
 * Called at physical addresses when SetVirtualAddressMap is about to return. Uses
 * @tables, and writes what is in @virtual_tables and @moved_by.
 */
void ffav_table_move(void);

/* --- services.c --- */

/** ffav_service_get_variable() - GetVariable() of the published table. */
efi_status_t ffav_service_get_variable(const uint16_t *name, const struct efi_guid *guid,
				       uint32_t *attributes, uint64_t *data_size, void *data);

/** ffav_service_get_next_variable_name() - GetNextVariableName() of the published table. */
efi_status_t ffav_service_get_next_variable_name(uint64_t *name_size, uint16_t *name,
						 struct efi_guid *guid);

/** ffav_service_set_variable() - SetVariable() of the published table. */
efi_status_t ffav_service_set_variable(const uint16_t *name, const struct efi_guid *guid,
				       uint32_t attributes, uint64_t data_size,
				       const void *data);

/** ffav_service_query_variable_info() - QueryVariableInfo() of the published table. */
efi_status_t ffav_service_query_variable_info(uint32_t attributes, uint64_t *max_storage,
					      uint64_t *remaining, uint64_t *max_variable);

/* --- address_map.c --- */

/** ffav_set_virtual_address_map() - SetVirtualAddressMap(), UEFI 2.10 section 8.4. */
efi_status_t ffav_set_virtual_address_map(uint64_t map_size, uint64_t descriptor_size,
					  uint32_t descriptor_version, void *map);

/** ffav_driver_convert() - Find the new addresses, once. Event handler of SetVirtualAddressMap. */
void ffav_driver_convert(efi_event_t event, void *context);

/* --- properties.c --- */

/** ffav_properties_update() - Say that all four variable services work at runtime. Boot only. */
void ffav_properties_update(void);

/* --- crc32.c --- */

/** ffav_crc32() - The CRC of UEFI tables (section 4.2). Boot and runtime. */
uint32_t ffav_crc32(const void *data, size_t size);

#endif
