/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The runtime table that is published instead of the firmware's. The firmware's own
 * cannot be used: U-Boot writes its variable entries again after the last event of
 * ExitBootServices. Services that are not ours are called through the firmware's table
 * at the time of the call, because firmware changes entries there on the way too.
 */
#include "ports/uefi-driver/driver.h"

FFAV_RESIDENT static efi_status_t get_time(void *time, void *capabilities)
{
	return ffav_driver.tables.firmware->get_time(time, capabilities);
}

FFAV_RESIDENT static efi_status_t set_time(void *time)
{
	return ffav_driver.tables.firmware->set_time(time);
}

FFAV_RESIDENT static efi_status_t get_wakeup_time(uint8_t *enabled, uint8_t *pending,
						  void *time)
{
	return ffav_driver.tables.firmware->get_wakeup_time(enabled, pending, time);
}

FFAV_RESIDENT static efi_status_t set_wakeup_time(uint8_t enable, void *time)
{
	return ffav_driver.tables.firmware->set_wakeup_time(enable, time);
}

/* Over after SetVirtualAddressMap, where U-Boot's entry is left at its old address. */
FFAV_RESIDENT static efi_status_t convert_pointer(uint64_t disposition, void **address)
{
	if (ffav_driver.moved)
		return EFI_UNSUPPORTED;
	return ffav_driver.tables.firmware->convert_pointer(disposition, address);
}

FFAV_RESIDENT static efi_status_t get_next_high_monotonic_count(uint32_t *count)
{
	return ffav_driver.tables.firmware->get_next_high_monotonic_count(count);
}

FFAV_RESIDENT static void reset_system(uint32_t type, efi_status_t status, uint64_t size,
				       void *data)
{
	ffav_driver.tables.firmware->reset_system(type, status, size, data);
}

FFAV_RESIDENT static efi_status_t update_capsule(void **capsules, uint64_t count,
						 uint64_t scatter_list)
{
	return ffav_driver.tables.firmware->update_capsule(capsules, count, scatter_list);
}

FFAV_RESIDENT static efi_status_t query_capsule_capabilities(void **capsules, uint64_t count,
							     uint64_t *maximum,
							     uint32_t *reset_type)
{
	return ffav_driver.tables.firmware->query_capsule_capabilities(capsules, count, maximum,
								       reset_type);
}

/* The CRC covers the table with a CRC of 0 (UEFI 2.10 section 4.2). */
FFAV_RESIDENT static void seal(struct efi_table_header *header)
{
	header->crc32 = 0;
	header->crc32 = ffav_crc32(header, header->header_size);
}

FFAV_BOOT efi_status_t ffav_table_prepare(void *region, size_t size)
{
	struct efi_runtime_services *firmware = ffav_driver.tables.system_table->runtime;
	struct efi_runtime_services *table = region;

	if (firmware->header.signature != EFI_RUNTIME_SERVICES_SIGNATURE ||
	    firmware->header.header_size < sizeof(*table)) {
		ffav_boot_log(
			"The firmware's runtime table is older than UEFI 2.0; not loaded. "
			"Its size:",
			firmware->header.header_size);
		return EFI_UNSUPPORTED;
	}
	table->header = firmware->header;
	table->header.header_size = sizeof(*table);
	table->get_time = get_time;
	table->set_time = set_time;
	table->get_wakeup_time = get_wakeup_time;
	table->set_wakeup_time = set_wakeup_time;
	table->set_virtual_address_map = ffav_set_virtual_address_map;
	table->convert_pointer = convert_pointer;
	table->get_variable = ffav_service_get_variable;
	table->get_next_variable_name = ffav_service_get_next_variable_name;
	table->set_variable = ffav_service_set_variable;
	table->get_next_high_monotonic_count = get_next_high_monotonic_count;
	table->reset_system = reset_system;
	table->update_capsule = update_capsule;
	table->query_capsule_capabilities = query_capsule_capabilities;
	table->query_variable_info = ffav_service_query_variable_info;
	seal(&table->header);

	ffav_driver.tables.firmware = firmware;
	ffav_driver.tables.table = table;
	ffav_driver.scratch = (uint8_t *)region + sizeof(*table);
	ffav_driver.scratch_size = size - sizeof(*table);
	return EFI_SUCCESS;
}

FFAV_BOOT void ffav_table_publish(void)
{
	struct ffav_tables *tables = &ffav_driver.tables;

	tables->system_table->runtime = tables->table;
	seal(&tables->system_table->header);
}

FFAV_RESIDENT void ffav_table_move(void)
{
	struct ffav_tables *tables = &ffav_driver.tables;
	uint8_t *entry =
		(uint8_t *)tables->table + offsetof(struct efi_runtime_services, get_time);
	uint8_t *end = (uint8_t *)tables->table + sizeof(*tables->table);

	/* Every entry is a function of this image. */
	for (; entry < end; entry += sizeof(uint64_t))
		ffav_put64(entry, ffav_get64(entry) + ffav_driver.moved_by);
	seal(&tables->table->header);
	tables->system_table->runtime = ffav_driver.virtual_tables.table;
	seal(&tables->system_table->header);
}
