// SPDX-License-Identifier: BSD-3-Clause
/* MM communicate: one copy in, the message carried out on the copy, one copy out. */
#include "secure/mm/service.h"
#include "secure/report/report.h"

/* Offsets of the length field in the two headers. */
#define V1_LENGTH      16u
#define V3_LENGTH      48u
#define V3_BUFFER_SIZE 16u

/*
 * Read the next bytes of the message. The normal world may change them while we look: what was
 * read is only ever looked at in the copy, and the compiler is kept from fetching it again.
 */
static void copy_in(struct ffav_service *s, uint64_t offset, size_t from, size_t size)
{
	memcpy(s->copy + from, s->shared + offset + from, size);
	__asm__ volatile("" ::: "memory");
}

/* Read the header, in two steps because only its first part says how long it is. */
static bool header_in(struct ffav_service *s, uint64_t offset, size_t capacity,
		      struct ffav_mm_header *h)
{
	static const struct efi_guid v3 = MM_HEADER_V3_GUID;

	if (capacity < MM_HEADER_V1_SIZE)
		return false;
	copy_in(s, offset, 0, MM_HEADER_V1_SIZE);
	if (ffav_guid_equal(s->copy, &v3) && capacity >= MM_HEADER_V3_SIZE)
		copy_in(s, offset, MM_HEADER_V1_SIZE, MM_HEADER_V3_SIZE - MM_HEADER_V1_SIZE);
	return ffav_mm_header_decode(s->copy, capacity, h);
}

int ffav_service_message(struct ffav_service *s, uint64_t offset)
{
	struct ffav_mm_header h;
	size_t capacity, reply_size;
	int code;

	if (offset >= s->shared_size) {
		ffav_report("MM communicate", "the offset is outside the shared buffer",
			    offset);
		return MM_INVALID_PARAMETER;
	}
	capacity = s->shared_size - (size_t)offset;
	if (capacity > s->copy_size)
		capacity = s->copy_size;
	if (!header_in(s, offset, capacity, &h)) {
		ffav_report("MM communicate", "the message does not fit in the buffer, offset",
			    offset);
		return MM_INVALID_PARAMETER;
	}
	copy_in(s, offset, h.header_size, (size_t)h.data_size);

	/* A version 3 client says how large its buffer is; the reply stays within. */
	if (h.header_size == MM_HEADER_V3_SIZE)
		capacity = (size_t)ffav_get64(s->copy + V3_BUFFER_SIZE);
	code = ffav_service_dispatch(s, h.guid, s->copy + h.header_size, (size_t)h.data_size,
				     capacity - h.header_size, &reply_size);
	if (code != MM_SUCCESS)
		return code;
	ffav_put64(s->copy + (h.header_size == MM_HEADER_V3_SIZE ? V3_LENGTH : V1_LENGTH),
		   reply_size);
	memcpy(s->shared + offset, s->copy, h.header_size + reply_size);
	return MM_SUCCESS;
}
