/* SPDX-License-Identifier: BSD-3-Clause */
#include "ports/uefi-driver/devicetree.h"
#include "ports/uefi-driver/driver.h"

/* The load options, and where they are silent the device tree. */
FFAV_BOOT static enum ffav_place_status find_place(const struct efi_loaded_image *image,
						   struct ffav_buffer_place *place)
{
	static const struct efi_guid guid = EFI_DEVICE_TREE_TABLE_GUID;
	enum ffav_place_status found = FFAV_PLACE_ABSENT;
	const void *dtb;

	if (image->load_options)
		found = ffav_options_buffer(image->load_options, image->load_options_size,
					    place);
	if (found == FFAV_PLACE_MALFORMED)
		ffav_boot_say("The load option is not \"buffer=ADDRESS,SIZE[,OFFSET]\"; "
			      "not loaded.");
	if (found != FFAV_PLACE_ABSENT)
		return found;

	dtb = ffav_configuration_table(&guid);
	if (dtb)
		found = ffav_devicetree_buffer(dtb, ffav_dt_size(dtb), place);
	if (found == FFAV_PLACE_MALFORMED)
		ffav_boot_say("The node /firmware/ffavars has no \"reg\" of two 64-bit "
			      "numbers, or no \"message-offset\" of one cell; not loaded.");
	if (found == FFAV_PLACE_ABSENT)
		ffav_boot_say("Neither the load options (\"buffer=ADDRESS,SIZE\") nor "
			      "/firmware/ffavars say where the shared buffer is; not loaded.");
	return found;
}

FFAV_BOOT efi_status_t ffav_buffer_take(const struct efi_loaded_image *image,
					struct ffav_buffer_place *place)
{
	efi_physical_address_t address;
	const char *problem;
	efi_status_t status;
	uint64_t value;

	if (find_place(image, place) != FFAV_PLACE_FOUND)
		return EFI_NOT_FOUND;
	problem = ffav_place_problem(place, &value);
	if (problem) {
		ffav_boot_log(problem, value);
		return EFI_INVALID_PARAMETER;
	}
	address = place->address;
	status = ffav_boot_services()->allocate_pages(EFI_ALLOCATE_ADDRESS,
						      EFI_RUNTIME_SERVICES_DATA,
						      place->size / EFI_PAGE_SIZE, &address);
	if (status != EFI_SUCCESS)
		ffav_boot_log("The memory of the shared buffer is taken or not there; "
			      "not loaded. Its address:",
			      place->address);
	return status;
}
