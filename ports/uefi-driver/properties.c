/* SPDX-License-Identifier: BSD-3-Clause */
#include "ports/uefi-driver/driver.h"

/*
 * UEFI 2.10 section 4.6.2. Linux does not call what the table leaves out. A firmware
 * without the table promises all services, which is true now.
 */
FFAV_BOOT void ffav_properties_update(void)
{
	static const struct efi_guid guid = EFI_RT_PROPERTIES_TABLE_GUID;
	struct efi_rt_properties *properties = ffav_configuration_table(&guid);

	if (properties && properties->length >= sizeof(*properties))
		properties->supported |= EFI_RT_SUPPORTED_GET_VARIABLE |
					 EFI_RT_SUPPORTED_GET_NEXT_VARIABLE_NAME |
					 EFI_RT_SUPPORTED_SET_VARIABLE |
					 EFI_RT_SUPPORTED_QUERY_VARIABLE_INFO;
}
