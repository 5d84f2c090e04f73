/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The raw call, for callers that bring a message of their own (PI 1.8 volume 4,
 * EFI_MM_COMMUNICATION_PROTOCOL.Communicate).
 */
#include "normal/mm/mm.h"

/* Does [@p, @p + @size) touch the shared buffer? */
FFAV_RESIDENT static bool overlaps(const struct ffav_mm *mm, const uint8_t *p, size_t size)
{
	return ffav_ranges_overlap((uintptr_t)p, size, (uintptr_t)mm->buffer, mm->buffer_size);
}

/* The message is larger than the shared buffer: say how large it may be, as PI asks. */
FFAV_RESIDENT static efi_status_t too_large(const struct ffav_mm *mm, uint8_t *message,
					    const struct ffav_mm_header *header, size_t *size)
{
	size_t field = header->header_size == MM_HEADER_V3_SIZE ? 48 : 16;

	if (size)
		*size = ffav_mm_room(mm);
	else if (!overlaps(mm, message, header->header_size))
		ffav_put64(message + field, ffav_mm_room(mm) - header->header_size);
	return EFI_BAD_BUFFER_SIZE;
}

FFAV_RESIDENT efi_status_t ffav_mm_communicate(struct ffav_mm *mm, void *message, size_t *size)
{
	struct ffav_mm_header header, reply;
	uint8_t *shared;
	size_t total, room, reply_size;
	efi_status_t status;

	if (!message)
		return EFI_INVALID_PARAMETER;
	/* The message may be in the shared buffer, which a lost partition still owns. */
	if (mm->dead)
		return EFI_DEVICE_ERROR;
	if (!ffav_mm_header_decode(message, size ? *size : SIZE_MAX, &header))
		return EFI_INVALID_PARAMETER;
	total = header.header_size + (size_t)header.data_size;
	if (!mm->buffer)
		return EFI_UNSUPPORTED;
	if (total > ffav_mm_room(mm))
		return too_large(mm, message, &header, size);
	shared = ffav_mm_message(mm);
	if (message != shared &&
	    (mm->phase != FFAV_PHASE_BOOT || overlaps(mm, message, size ? *size : total)))
		return EFI_INVALID_PARAMETER;

	status = ffav_mm_begin(mm);
	if (status)
		return status;
	if (message != shared)
		memcpy(shared, message, total);
	status = ffav_mm_exchange(mm, total, &reply);
	if (status)
		goto out;

	room = size ? *size : total;
	reply_size = reply.header_size + (size_t)reply.data_size;
	if (reply_size > room) {
		status = EFI_OUT_OF_RESOURCES;
		goto out;
	}
	if (message != shared)
		memcpy(message, shared, reply_size);
	if (size)
		*size = reply_size;
out:
	ffav_mm_end(mm);
	return status;
}
