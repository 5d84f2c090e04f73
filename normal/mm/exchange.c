/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who owns the shared buffer, and the cache lines that go with it.
 *
 * Handing over: the lines that were written are cleaned, exactly. Taking back:
 * the header is invalidated and its length checked before the rest is
 * invalidated and anything of it is read. No line of the buffer is ever left
 * dirty, so that none can be evicted over a reply.
 */
#include "normal/mm/mm.h"

FFAV_RESIDENT efi_status_t ffav_mm_begin(struct ffav_mm *mm)
{
	unsigned int attempt = 0;

	if (!mm->found)
		return EFI_UNSUPPORTED;
	while (!ffav_try_lock()) {
		if (attempt == FFAV_BACKOFF_ATTEMPTS)
			return EFI_DEVICE_ERROR;
		ffav_backoff(attempt++);
	}
	/* Under the lock: the caller before us may have lost the partition. */
	if (mm->dead) {
		ffav_unlock();
		return EFI_DEVICE_ERROR;
	}
	return EFI_SUCCESS;
}

FFAV_RESIDENT void ffav_mm_end(struct ffav_mm *mm)
{
	(void)mm;
	ffav_unlock();
}

FFAV_RESIDENT efi_status_t ffav_mm_exchange(struct ffav_mm *mm, size_t written,
					    struct ffav_mm_header *reply)
{
	uint8_t *message = ffav_mm_message(mm);
	size_t header_size = MM_HEADER_V1_SIZE;
	size_t guid_at = 0;
	uint64_t guid_lo, guid_hi;
	efi_status_t status;

	if (ffav_guid_is(message, MM_HEADER_V3_GUID_LO, MM_HEADER_V3_GUID_HI)) {
		header_size = MM_HEADER_V3_SIZE;
		guid_at = 32;
	}
	guid_lo = ffav_get64(message + guid_at);
	guid_hi = ffav_get64(message + guid_at + 8);

	ffav_clean(message, written);
	status = ffav_mm_doorbell(mm);
	if (status)
		return status;

	ffav_invalidate(message, header_size);
	if (!ffav_mm_header_decode(message, ffav_mm_room(mm), reply) ||
	    reply->header_size != header_size || !ffav_guid_is(reply->guid, guid_lo, guid_hi))
		return EFI_DEVICE_ERROR;
	if (reply->data_size)
		ffav_invalidate(message + header_size, (size_t)reply->data_size);
	return EFI_SUCCESS;
}
