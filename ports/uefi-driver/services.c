/* SPDX-License-Identifier: BSD-3-Clause */
/* The four services that are ours, with the signatures of the runtime table. */
#include "ports/uefi-driver/driver.h"

FFAV_RESIDENT efi_status_t ffav_service_get_variable(const uint16_t *name,
						     const struct efi_guid *guid,
						     uint32_t *attributes, uint64_t *data_size,
						     void *data)
{
	return ffav_get_variable(&ffav_driver.mm, name, guid, attributes, data_size, data);
}

FFAV_RESIDENT efi_status_t ffav_service_get_next_variable_name(uint64_t *name_size,
							       uint16_t *name,
							       struct efi_guid *guid)
{
	return ffav_get_next_variable_name(&ffav_driver.mm, name_size, name, guid);
}

FFAV_RESIDENT efi_status_t ffav_service_set_variable(const uint16_t *name,
						     const struct efi_guid *guid,
						     uint32_t attributes, uint64_t data_size,
						     const void *data)
{
	return ffav_set_variable(&ffav_driver.mm, name, guid, attributes, data_size, data);
}

FFAV_RESIDENT efi_status_t ffav_service_query_variable_info(uint32_t attributes,
							    uint64_t *max_storage,
							    uint64_t *remaining,
							    uint64_t *max_variable)
{
	return ffav_query_variable_info(&ffav_driver.mm, attributes, max_storage, remaining,
					max_variable);
}
