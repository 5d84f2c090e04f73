/* SPDX-License-Identifier: BSD-3-Clause */
/* The driver's entry point: everything that can fail first, then the take-over. */
#include "ports/uefi-driver/driver.h"

/* Room for the runtime table and a copy of the operating system's memory map. */
#define TABLE_REGION_SIZE EFI_RUNTIME_PAGE_SIZE
#define RXTX_PAGES        2

FFAV_RESIDENT_DATA struct ffav_driver ffav_driver = {0};

/* Installed with no interface while the driver is resident. */
static const struct efi_guid resident_guid = EFI_GUID_INIT(
	0x3c6f7a52, 0x91d4, 0x4be0, 0xa7, 0x1e, 0x5d, 0x08, 0xc2, 0x96, 0x4f, 0x13);

/* What has been taken so far, to be given back if a later step fails. */
struct taken {
	struct ffav_buffer_place place;
	efi_physical_address_t table_region;
	efi_physical_address_t rxtx;
	efi_event_t address_change;
	efi_handle_t marker;
	bool buffer;
};

/*
 * Boot code, although U-Boot 2023.01 calls every event's handler once more from
 * SetVirtualAddressMap: this image is still there then, at its old address.
 */
FFAV_BOOT static void exit_boot_services(efi_event_t event, void *context)
{
	(void)event;
	(void)context;
	if (ffav_driver.at_runtime)
		return;
	ffav_driver.at_runtime = true;
	/* The only boot services that resident code calls, and from here on it calls none. */
	ffav_driver.raise_tpl = NULL;
	ffav_driver.restore_tpl = NULL;
	/* A partition that does not answer now is told by the services, before they ask anything. */
	ffav_variables_exit_boot_services(&ffav_driver.mm);
	ffav_boot_end();
}

/* For what has no words of its own: memory, an event or a handle that is missing. */
FFAV_BOOT static efi_status_t failed(const char *message, efi_status_t status)
{
	ffav_boot_log(message, status);
	return status;
}

FFAV_BOOT static efi_status_t take(const struct efi_loaded_image *image, struct taken *taken)
{
	struct efi_boot_services *bs = ffav_boot_services();
	efi_status_t status;

	status = ffav_buffer_take(image, &taken->place);
	if (status != EFI_SUCCESS)
		return status;
	taken->buffer = true;

	status = ffav_allocate_runtime(TABLE_REGION_SIZE, &taken->table_region);
	if (status != EFI_SUCCESS)
		return failed("There is no memory for a runtime table; not loaded. Status:",
			      status);
	status = ffav_table_prepare((void *)(uintptr_t)taken->table_region, TABLE_REGION_SIZE);
	if (status != EFI_SUCCESS)
		return status;

	status = bs->allocate_pages(EFI_ALLOCATE_ANY_PAGES, EFI_BOOT_SERVICES_DATA, RXTX_PAGES,
				    &taken->rxtx);
	if (status != EFI_SUCCESS)
		return failed("There is no memory for RX/TX buffers; not loaded. Status:",
			      status);

	status = bs->create_event(EFI_EVENT_VIRTUAL_ADDRESS_CHANGE, EFI_TPL_NOTIFY,
				  ffav_driver_convert, NULL, &taken->address_change);
	if (status != EFI_SUCCESS)
		return failed("The firmware has no event for SetVirtualAddressMap; not loaded. "
			      "Status:",
			      status);
	status = bs->install_protocol_interface(&taken->marker, &resident_guid, 0, NULL);
	if (status != EFI_SUCCESS)
		return failed("The firmware has no room for a protocol; not loaded. Status:",
			      status);

	if (!image->load_options ||
	    !ffav_options_have(image->load_options, image->load_options_size, "verbose"))
		ffav_boot_hold();
	status = ffav_mm_probe(&ffav_driver.mm, (void *)(uintptr_t)taken->place.address,
			       taken->place.address, taken->place.size, taken->place.offset,
			       (void *)(uintptr_t)taken->rxtx, taken->rxtx);
	ffav_boot_release();
	return status;
}

/* Memory that the secure world may still write to stays taken for good. */
FFAV_BOOT static void give_back(const struct taken *taken)
{
	struct efi_boot_services *bs = ffav_boot_services();
	const struct ffav_mm *mm = &ffav_driver.mm;

	if (taken->marker)
		bs->uninstall_protocol_interface(taken->marker, &resident_guid, NULL);
	if (taken->address_change)
		bs->close_event(taken->address_change);
	if (taken->rxtx && !mm->ffa.rxtx_mapped)
		bs->free_pages(taken->rxtx, RXTX_PAGES);
	if (taken->table_region)
		bs->free_pages(taken->table_region, TABLE_REGION_SIZE / EFI_PAGE_SIZE);
	if (taken->buffer && mm->dead)
		ffav_boot_log("A partition has not answered and may still write to the shared "
			      "buffer, which stays reserved. Its address:",
			      taken->place.address);
	else if (taken->buffer)
		bs->free_pages(taken->place.address, taken->place.size / EFI_PAGE_SIZE);
}

/**
 * efi_main() - Entry point of the image.
 * @image_handle: this image
 * @system_table: the firmware's system table
 *
 * Return: EFI_SUCCESS and stays resident, or an error and leaves nothing changed, except that
 * memory which the secure world may still write to stays taken; the firmware unloads the image
 * then.
 */
efi_status_t efi_main(efi_handle_t image_handle, struct efi_system_table *system_table);

FFAV_BOOT efi_status_t efi_main(efi_handle_t image_handle,
				struct efi_system_table *system_table)
{
	static const struct efi_guid loaded_image_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	struct efi_boot_services *bs = system_table->boot;
	struct efi_loaded_image *image;
	struct taken taken = {0};
	efi_event_t event;
	efi_status_t status;
	void *interface;

	ffav_boot_start(system_table);
	if (bs->locate_protocol(&resident_guid, NULL, &interface) == EFI_SUCCESS) {
		ffav_boot_say("The driver is resident already; not loaded a second time.");
		return EFI_ALREADY_STARTED;
	}
	status = bs->handle_protocol(image_handle, &loaded_image_guid, &interface);
	if (status != EFI_SUCCESS)
		return failed(
			"The firmware does not say how this image was loaded; not loaded. "
			"Status:",
			status);
	image = interface;
	if (!ffav_conduit_is_smc())
		return EFI_UNSUPPORTED;

	ffav_driver.tables.system_table = system_table;
	ffav_driver.image_start = (uintptr_t)image->image_base;
	status = take(image, &taken);
	if (status != EFI_SUCCESS)
		goto out;

	/* From here on nothing can fail, so nothing is signalled that is not complete. */
	status = bs->create_event(EFI_EVENT_EXIT_BOOT_SERVICES, EFI_TPL_CALLBACK,
				  exit_boot_services, NULL, &event);
	if (status != EFI_SUCCESS) {
		ffav_ffa_rxtx_unmap(&ffav_driver.mm.ffa);
		failed("The firmware has no event for ExitBootServices; not loaded. Status:",
		       status);
		goto out;
	}
	ffav_driver.raise_tpl = bs->raise_tpl;
	ffav_driver.restore_tpl = bs->restore_tpl;
	ffav_table_publish();
	ffav_properties_update();
	ffav_boot_log("EFI variables are in the secure world now, through the buffer at",
		      taken.place.address);

out:
	if (status != EFI_SUCCESS)
		give_back(&taken);
	return status;
}
