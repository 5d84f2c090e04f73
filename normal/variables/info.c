/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * QueryVariableInfo(), UEFI 2.10 section 8.2.4.
 */
#include "normal/variables/message.h"
#include "normal/variables/variables.h"

FFAV_RESIDENT efi_status_t ffav_query_variable_info(struct ffav_mm *mm, uint32_t attributes,
						    uint64_t *max_storage, uint64_t *remaining,
						    uint64_t *max_variable)
{
	struct ffav_var_info info = {0};
	struct ffav_var_reply reply;
	efi_status_t status;
	uint8_t *payload;

	if (!attributes || !max_storage || !remaining || !max_variable)
		return EFI_INVALID_PARAMETER;
	status = ffav_var_begin(mm);
	if (status)
		return status;

	/* Servers that use sizeof on the structure expect its padding. */
	payload = ffav_var_payload(mm);
	info.attributes = attributes;
	ffav_var_info_encode(payload, FFAV_VAR_INFO_PADDED_SIZE, &info);
	ffav_put32(payload + FFAV_VAR_INFO_SIZE, 0);
	status = ffav_var_send(mm, FFAV_VAR_QUERY_INFO, FFAV_VAR_INFO_PADDED_SIZE,
			       FFAV_VAR_INFO_PADDED_SIZE, &reply);
	if (status == EFI_BUFFER_TOO_SMALL)
		status = EFI_DEVICE_ERROR;
	if (status)
		goto out;
	if (!ffav_var_info_decode(reply.payload, reply.size, &info) ||
	    info.attributes != attributes || info.remaining > info.max_storage) {
		status = EFI_DEVICE_ERROR;
		goto out;
	}
	*max_storage = info.max_storage;
	*remaining = info.remaining;
	*max_variable = info.max_variable;
out:
	ffav_mm_end(mm);
	return status;
}
