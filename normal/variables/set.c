/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SetVariable(), UEFI 2.10 section 8.2.3.
 */
#include "normal/variables/message.h"
#include "normal/variables/variables.h"

/* Runtime access alone is no valid combination, whatever else is asked for (section 8.2.3). */
#define ACCESS_MASK (EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS)

FFAV_RESIDENT efi_status_t ffav_set_variable(struct ffav_mm *mm, const uint16_t *name,
					     const struct efi_guid *guid, uint32_t attributes,
					     uint64_t data_size, const void *data)
{
	struct ffav_var_access request = {0};
	struct ffav_var_reply reply;
	efi_status_t status;
	uint8_t *payload;
	uint64_t size;

	if (!name || !*name || !guid || (data_size && !data) ||
	    attributes & ~EFI_VARIABLE_ATTRIBUTES_MASK ||
	    (attributes & ACCESS_MASK) == EFI_VARIABLE_RUNTIME_ACCESS)
		return EFI_INVALID_PARAMETER;
	status = ffav_var_begin(mm);
	if (status)
		return status;

	payload = ffav_var_payload(mm);
	request.guid = guid->b;
	request.attributes = attributes;
	request.data_size = data_size;
	request.name_size = ffav_var_put_name(payload + FFAV_VAR_ACCESS_SIZE,
					      mm->payload_max - FFAV_VAR_ACCESS_SIZE, name);
	size = FFAV_VAR_ACCESS_SIZE + request.name_size;
	if (!request.name_size || data_size > mm->payload_max - size) {
		ffav_var_abandon(mm, mm->payload_max);
		status = EFI_INVALID_PARAMETER;
		goto out;
	}
	ffav_var_access_encode_fixed(payload, &request);
	if (data_size)
		memcpy(payload + size, data, (size_t)data_size);
	size += data_size;

	status = ffav_var_send(mm, FFAV_VAR_SET, size, size, &reply);
	/* There is no buffer of the caller that could be too small. */
	if (status == EFI_BUFFER_TOO_SMALL)
		status = EFI_DEVICE_ERROR;
out:
	ffav_mm_end(mm);
	return status;
}
