/* SPDX-License-Identifier: BSD-3-Clause */
#include "normal/variables/message.h"

FFAV_RESIDENT size_t ffav_var_put_name(uint8_t *out, uint64_t room, const uint16_t *name)
{
	size_t max = (size_t)(room / 2);

	for (size_t i = 0; i < max; i++) {
		ffav_put16(out + 2 * i, name[i]);
		if (!name[i])
			return 2 * (i + 1);
	}
	return 0;
}

FFAV_RESIDENT void ffav_var_abandon(const struct ffav_mm *mm, uint64_t written)
{
	ffav_clean(ffav_var_payload(mm), (size_t)written);
}

#define STATUS_BIT(status) (UINT64_C(1) << ((status) & ~EFI_ERROR_BIT))

/* A status from the other world: what no variable service may return is a device error. */
FFAV_RESIDENT static efi_status_t status_of(uint64_t status)
{
	const uint64_t known = STATUS_BIT(EFI_INVALID_PARAMETER) | STATUS_BIT(EFI_UNSUPPORTED) |
			       STATUS_BIT(EFI_BAD_BUFFER_SIZE) |
			       STATUS_BIT(EFI_BUFFER_TOO_SMALL) | STATUS_BIT(EFI_NOT_READY) |
			       STATUS_BIT(EFI_DEVICE_ERROR) | STATUS_BIT(EFI_WRITE_PROTECTED) |
			       STATUS_BIT(EFI_OUT_OF_RESOURCES) | STATUS_BIT(EFI_NOT_FOUND) |
			       STATUS_BIT(EFI_ACCESS_DENIED) | STATUS_BIT(EFI_ALREADY_STARTED) |
			       STATUS_BIT(EFI_ABORTED) | STATUS_BIT(EFI_SECURITY_VIOLATION);
	uint64_t code = status & ~EFI_ERROR_BIT;

	if (status == EFI_SUCCESS)
		return EFI_SUCCESS;
	if (code == status || code >= 64 || !(known >> code & 1))
		return EFI_DEVICE_ERROR;
	return status;
}

FFAV_RESIDENT efi_status_t ffav_var_send(struct ffav_mm *mm, uint64_t function, uint64_t size,
					 uint64_t written, struct ffav_var_reply *reply)
{
	struct efi_guid guid = ffav_guid(MM_VARIABLE_GUID_LO, MM_VARIABLE_GUID_HI);
	struct ffav_mm_header header;
	uint8_t *message = ffav_mm_message(mm);
	uint8_t *data = message + mm->header_size;
	efi_status_t status;

	header.guid = guid.b;
	header.header_size = mm->header_size;
	header.data_size = FFAV_VAR_HEADER_SIZE + size;
	if (!ffav_mm_header_encode(message, ffav_mm_room(mm), &header))
		return EFI_BAD_BUFFER_SIZE;
	/* A server that answers without writing its status has not succeeded. */
	ffav_var_header_encode(data, function, EFI_DEVICE_ERROR);

	status = ffav_mm_exchange(mm, mm->header_size + FFAV_VAR_HEADER_SIZE + (size_t)written,
				  &header);
	if (status)
		return status;
	if (header.data_size < FFAV_VAR_HEADER_SIZE || ffav_var_function(data) != function)
		return EFI_DEVICE_ERROR;
	reply->payload = data + FFAV_VAR_HEADER_SIZE;
	reply->size = (size_t)header.data_size - FFAV_VAR_HEADER_SIZE;
	return status_of(ffav_var_status(data));
}

FFAV_RESIDENT efi_status_t ffav_var_tell_exit(struct ffav_mm *mm)
{
	struct ffav_var_reply reply;
	efi_status_t status;

	status = ffav_var_send(mm, FFAV_VAR_EXIT_BOOT_SERVICES, 0, 0, &reply);
	if (status == EFI_BUFFER_TOO_SMALL)
		status = EFI_DEVICE_ERROR;
	mm->exit_told = status == EFI_SUCCESS;
	mm->exit_answered = status != EFI_DEVICE_ERROR;
	return status;
}

FFAV_RESIDENT efi_status_t ffav_var_begin(struct ffav_mm *mm)
{
	efi_status_t status;

	status = ffav_mm_begin(mm);
	if (status || mm->phase == FFAV_PHASE_BOOT || mm->exit_answered)
		return status;
	/* Boot services are gone, and the partition does not know: it would use their rules. */
	ffav_var_tell_exit(mm);
	if (mm->exit_answered)
		return EFI_SUCCESS;
	ffav_mm_end(mm);
	return EFI_DEVICE_ERROR;
}
