/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: MM communicate headers and return codes
 *
 * PI 1.8 volume 4 (EFI_MM_COMMUNICATE_HEADER), PI 1.9 (version 3 of it) and
 * Arm DEN0060 (return codes). A message is a header and its data in one
 * contiguous buffer that one world owns at a time.
 */
#ifndef FFAV_ABI_MM_H
#define FFAV_ABI_MM_H

#include "abi/efi.h"

/** HeaderGuid 16, MessageLength 8. */
#define MM_HEADER_V1_SIZE 24u
/** HeaderGuid 16, BufferSize 8, Reserved 8, MessageGuid 16, MessageSize 8. */
#define MM_HEADER_V3_SIZE 56u

/** HeaderGuid that says that a version 3 header follows. */
#define MM_HEADER_V3_GUID                                                                   \
	EFI_GUID_INIT(0x68e8c853, 0x2ba9, 0x4dd7, 0x9a, 0xc0, 0x91, 0xe1, 0x61, 0x55, 0xc9, \
		      0x35)
#define MM_HEADER_V3_GUID_LO UINT64_C(0x4dd72ba968e8c853)
#define MM_HEADER_V3_GUID_HI UINT64_C(0x35c95561e191c09a)

/** HeaderGuid (v1) or MessageGuid (v3) of variable messages. */
#define MM_VARIABLE_GUID                                                                    \
	EFI_GUID_INIT(0xed32d533, 0x99e6, 0x4209, 0x9c, 0xc0, 0x2d, 0x72, 0xcd, 0xd9, 0x98, \
		      0xa7)
#define MM_VARIABLE_GUID_LO UINT64_C(0x420999e6ed32d533)
#define MM_VARIABLE_GUID_HI UINT64_C(0xa798d9cd722dc09c)

/** HeaderGuid (v1) or MessageGuid (v3) of variable policy messages. */
#define MM_VARIABLE_POLICY_GUID                                                             \
	EFI_GUID_INIT(0xda1b0d11, 0xd1a7, 0x46c4, 0x9d, 0xc9, 0xf3, 0x71, 0x48, 0x75, 0xc6, \
		      0xeb)

/* Return codes of the MM interface, DEN0060 section 2.2. */
#define MM_SUCCESS           0
#define MM_NOT_SUPPORTED     (-1)
#define MM_INVALID_PARAMETER (-2)
#define MM_DENIED            (-3)
#define MM_NO_MEMORY         (-5)

/** Event id in x3 of a reply in the address dialect: the event is complete. */
#define MM_EVENT_COMPLETE UINT32_C(0xc4000061)

/*
 * The shared buffer by FFA_MEM_SHARE, a message of our own: no specification says how a
 * partition hears of the handle. It is an FFA_MSG_SEND_DIRECT_REQ_64, whose x3 is neither an
 * offset in a buffer nor a physical address: its upper bits are set. x4 is the handle, x5 the
 * buffer's address, x6 its size in bytes. The answer has an MM return code in x3 and x4.
 *
 * MM_BUFFER_TAKE: the partition retrieves the memory, to read and write, and messages are there
 * from now on, named by every dialect as before. What it had retrieved before it relinquishes.
 * MM_BUFFER_GIVE_UP: it relinquishes the memory, and messages are where its manifest says.
 *
 * Both are the normal world's to send: another partition (bit 15 of the sender's id) gets
 * MM_DENIED. Its variable requests are answered as the normal world's are, by the same rules: the
 * message is in the buffer that is in use, so that a partition whose manifest does not map it can
 * do no more than have what the normal world left there carried out once more.
 */
#define MM_BUFFER_TAKE    UINT64_C(0xffa0b0ff00000001)
#define MM_BUFFER_GIVE_UP UINT64_C(0xffa0b0ff00000002)
/** Tag of the transaction: sender and borrower agree on it. */
#define MM_BUFFER_TAG UINT64_C(0x4d4d427566666572)

/* The SPM_MM doorbell, DEN0060. */
#define MM_SPM_VERSION     UINT32_C(0x84000040)
#define MM_SPM_COMMUNICATE UINT32_C(0xc4000041)
/** The version that is offered with MM_SPM_VERSION; an answer needs the same major number. */
#define MM_SPM_VERSION_1_0 UINT32_C(0x00010000)

/**
 * struct ffav_mm_header - An MM header of either version, decoded.
 * @guid: who the message is for (16 bytes within the buffer it was decoded from, or the
 *	caller's when encoding)
 * @header_size: MM_HEADER_V1_SIZE or MM_HEADER_V3_SIZE; the data starts there
 * @data_size: bytes of data behind the header
 */
struct ffav_mm_header {
	const void *guid;
	size_t header_size;
	uint64_t data_size;
};

/**
 * ffav_mm_header_encode() - Write an MM header.
 * @out: the buffer
 * @capacity: its size, bytes
 * @h: what to write; @h->header_size chooses the version
 *
 * Return: true if header and data fit in @capacity.
 */
static inline bool ffav_mm_header_encode(uint8_t *out, size_t capacity,
					 const struct ffav_mm_header *h)
{
	uint64_t total;

	if (!ffav_add(h->header_size, h->data_size, &total) || total > capacity)
		return false;
	if (h->header_size == MM_HEADER_V1_SIZE) {
		memcpy(out, h->guid, sizeof(struct efi_guid));
		ffav_put64(out + 16, h->data_size);
		return true;
	}
	if (h->header_size == MM_HEADER_V3_SIZE) {
		ffav_put64(out, MM_HEADER_V3_GUID_LO);
		ffav_put64(out + 8, MM_HEADER_V3_GUID_HI);
		ffav_put64(out + 16, total);
		ffav_put64(out + 24, 0);
		memcpy(out + 32, h->guid, sizeof(struct efi_guid));
		ffav_put64(out + 48, h->data_size);
		return true;
	}
	return false;
}

/**
 * ffav_mm_header_decode() - Read an MM header of either version.
 * @in: the buffer; if the other world may change it, the sizes are read once
 * @capacity: bytes that may be read
 * @h: where the fields go; @h->guid points into @in
 *
 * Return: true if the header is whole and header and data fit in @capacity.
 */
static inline bool ffav_mm_header_decode(const uint8_t *in, size_t capacity,
					 struct ffav_mm_header *h)
{
	uint64_t buffer_size;

	if (capacity < MM_HEADER_V1_SIZE)
		return false;
	if (!ffav_guid_is(in, MM_HEADER_V3_GUID_LO, MM_HEADER_V3_GUID_HI)) {
		h->guid = in;
		h->header_size = MM_HEADER_V1_SIZE;
		h->data_size = ffav_fetch64(in + 16);
		return h->data_size <= capacity - MM_HEADER_V1_SIZE;
	}
	if (capacity < MM_HEADER_V3_SIZE)
		return false;
	buffer_size = ffav_fetch64(in + 16);
	h->guid = in + 32;
	h->header_size = MM_HEADER_V3_SIZE;
	h->data_size = ffav_fetch64(in + 48);
	return buffer_size >= MM_HEADER_V3_SIZE && buffer_size <= capacity &&
	       h->data_size <= buffer_size - MM_HEADER_V3_SIZE;
}

#endif
