/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * GetVariable(), UEFI 2.10 section 8.2.1: value and attributes in one request.
 */
#include "normal/variables/message.h"
#include "normal/variables/variables.h"

/*
 * Check a reply. @offered: bytes of data that were asked for; @max: bytes that any message
 * could bring. Nothing is written before everything is checked.
 */
FFAV_RESIDENT static efi_status_t take_reply(const struct ffav_var_reply *reply,
					     efi_status_t status, const struct efi_guid *guid,
					     size_t name_size, uint64_t offered, uint64_t max,
					     uint32_t *attributes, uint64_t *data_size,
					     void *data)
{
	struct ffav_var_access a;

	if (!ffav_var_access_decode_fixed(reply->payload, reply->size, &a) ||
	    a.name_size != name_size || !ffav_guid_equal(a.guid, guid) ||
	    a.attributes & ~EFI_VARIABLE_ATTRIBUTES_MASK)
		return EFI_DEVICE_ERROR;
	if (status == EFI_BUFFER_TOO_SMALL) {
		/* More than was offered, and not more than could ever be had. */
		if (a.data_size <= offered || a.data_size > max)
			return EFI_DEVICE_ERROR;
	} else {
		if (a.data_size > offered ||
		    !ffav_range_in(FFAV_VAR_ACCESS_SIZE + name_size, a.data_size, reply->size))
			return EFI_DEVICE_ERROR;
		/* Only now is it known that the room is enough: section 8.2.1 asks in this order. */
		if (a.data_size && !data)
			return EFI_INVALID_PARAMETER;
		if (a.data_size)
			memcpy(data, reply->payload + FFAV_VAR_ACCESS_SIZE + name_size,
			       (size_t)a.data_size);
	}
	*data_size = a.data_size;
	if (attributes)
		*attributes = a.attributes;
	return status;
}

FFAV_RESIDENT efi_status_t ffav_get_variable(struct ffav_mm *mm, const uint16_t *name,
					     const struct efi_guid *guid, uint32_t *attributes,
					     uint64_t *data_size, void *data)
{
	struct ffav_var_access request = {0};
	struct ffav_var_reply reply;
	efi_status_t status;
	uint8_t *payload;
	uint64_t max;

	if (!name || !guid || !data_size)
		return EFI_INVALID_PARAMETER;
	status = ffav_var_begin(mm);
	if (status)
		return status;
	if (!*name) {
		/* No variable has an empty name. */
		status = EFI_NOT_FOUND;
		goto out;
	}

	payload = ffav_var_payload(mm);
	request.guid = guid->b;
	request.name_size = ffav_var_put_name(payload + FFAV_VAR_ACCESS_SIZE,
					      mm->payload_max - FFAV_VAR_ACCESS_SIZE, name);
	if (!request.name_size) {
		ffav_var_abandon(mm, mm->payload_max);
		status = EFI_INVALID_PARAMETER;
		goto out;
	}
	max = mm->payload_max - FFAV_VAR_ACCESS_SIZE - request.name_size;
	request.data_size = *data_size < max ? *data_size : max;
	ffav_var_access_encode_fixed(payload, &request);

	status = ffav_var_send(mm, FFAV_VAR_GET,
			       FFAV_VAR_ACCESS_SIZE + request.name_size + request.data_size,
			       FFAV_VAR_ACCESS_SIZE + request.name_size, &reply);
	if (status == EFI_SUCCESS || status == EFI_BUFFER_TOO_SMALL)
		status = take_reply(&reply, status, guid, (size_t)request.name_size,
				    request.data_size, max, attributes, data_size, data);
out:
	ffav_mm_end(mm);
	return status;
}
