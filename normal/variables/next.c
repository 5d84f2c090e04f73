/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * GetNextVariableName(), UEFI 2.10 section 8.2.2.
 */
#include "normal/variables/message.h"
#include "normal/variables/variables.h"

/*
 * Check a reply. @offered: bytes of name that were asked for; @max: bytes that any message
 * could bring; @name, @name_size and @guid still hold what was asked.
 */
FFAV_RESIDENT static efi_status_t take_reply(const struct ffav_var_reply *reply,
					     efi_status_t status, uint64_t asked,
					     uint64_t offered, uint64_t max,
					     uint64_t *name_size, uint16_t *name,
					     struct efi_guid *guid)
{
	struct ffav_var_next n;
	size_t size;

	if (!ffav_var_next_decode(reply->payload, reply->size, &n))
		return EFI_DEVICE_ERROR;
	if (status == EFI_BUFFER_TOO_SMALL) {
		if (n.name_size <= offered || n.name_size > max || n.name_size % 2)
			return EFI_DEVICE_ERROR;
		*name_size = n.name_size;
		return status;
	}
	if (n.name_size > offered || n.name_room != n.name_size ||
	    !ffav_name_check(n.name, n.name_size))
		return EFI_DEVICE_ERROR;
	size = (size_t)n.name_size;
	/* The same variable again would let the caller enumerate for ever. */
	if (size == asked && ffav_guid_equal(n.guid, guid) && !memcmp(n.name, name, size))
		return EFI_DEVICE_ERROR;
	memcpy(name, n.name, size);
	/* The name may have changed since it was checked: it is a string all the same. */
	name[size / 2 - 1] = 0;
	memcpy(guid, n.guid, sizeof(*guid));
	*name_size = size;
	return EFI_SUCCESS;
}

FFAV_RESIDENT efi_status_t ffav_get_next_variable_name(struct ffav_mm *mm, uint64_t *name_size,
						       uint16_t *name, struct efi_guid *guid)
{
	struct ffav_var_reply reply;
	uint64_t max, offered, asked;
	efi_status_t status;
	uint8_t *payload;

	if (!name_size || !name || !guid)
		return EFI_INVALID_PARAMETER;
	status = ffav_var_begin(mm);
	if (status)
		return status;

	payload = ffav_var_payload(mm);
	max = mm->payload_max - FFAV_VAR_NEXT_SIZE;
	offered = (*name_size < max ? *name_size : max) & ~UINT64_C(1);
	asked = ffav_var_put_name(payload + FFAV_VAR_NEXT_SIZE, offered, name);
	if (!asked) {
		/* No terminator within the caller's buffer. */
		ffav_var_abandon(mm, FFAV_VAR_NEXT_SIZE + offered);
		status = EFI_INVALID_PARAMETER;
		goto out;
	}
	ffav_var_next_encode(payload, (size_t)mm->payload_max, guid, offered, NULL, 0);
	if (offered > asked) {
		/* Servers of the edk2 family look for a terminator at the very end of the room. */
		uint8_t *last = payload + FFAV_VAR_NEXT_SIZE + offered - 2;

		ffav_put16(last, 0);
		ffav_clean(last, 2);
	}

	status = ffav_var_send(mm, FFAV_VAR_GET_NEXT_NAME, FFAV_VAR_NEXT_SIZE + offered,
			       FFAV_VAR_NEXT_SIZE + asked, &reply);
	if (status == EFI_SUCCESS || status == EFI_BUFFER_TOO_SMALL)
		status = take_reply(&reply, status, asked, offered, max, name_size, name, guid);
out:
	ffav_mm_end(mm);
	return status;
}
