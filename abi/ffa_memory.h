/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Descriptors of FF-A memory management
 *
 * A memory transaction descriptor is a header, one access descriptor for each
 * borrower, a composite descriptor that they all point to, and behind that the
 * address ranges (FF-A 1.2, chapter "Memory transaction descriptor"; DEN0140).
 * FF-A 1.0 has a header of 32 bytes, 1.1 one of 48 that says where the access
 * descriptors are and how large; those of 1.2 have 16 bytes more, for a value
 * that lender and borrower agree on.
 *
 * Decoders take what lies in @size bytes of memory that nobody changes
 * meanwhile and refuse reserved bits that are set. What the values mean
 * together is for who uses them.
 */
#ifndef FFAV_ABI_FFA_MEMORY_H
#define FFAV_ABI_FFA_MEMORY_H

#include "abi/ffa.h"

#define FFA_MEM_HEADER_SIZE_1_0 32u
#define FFA_MEM_HEADER_SIZE_1_1 48u
#define FFA_MEM_ACCESS_SIZE_1_0 16u
#define FFA_MEM_ACCESS_SIZE_1_2 32u
#define FFA_MEM_COMPOSITE_SIZE  16u
#define FFA_MEM_RANGE_SIZE      16u
/** Of a relinquish descriptor before its endpoint ids of two bytes each. */
#define FFA_MEM_RELINQUISH_SIZE 16u
/** Access descriptors, composite descriptor and ranges are aligned to this. */
#define FFA_MEM_ALIGN 16u

/* Memory region attributes. */
#define FFA_MEM_SHAREABILITY    0x03u
#define FFA_MEM_INNER_SHAREABLE 0x03u
#define FFA_MEM_CACHEABILITY    0x0cu
#define FFA_MEM_WRITE_BACK      0x0cu
#define FFA_MEM_TYPE            0x30u
#define FFA_MEM_TYPE_NONE       0x00u
#define FFA_MEM_TYPE_DEVICE     0x10u
#define FFA_MEM_TYPE_NORMAL     0x20u
/** In the answer to a retrieval, since FF-A 1.1: the memory is the normal world's. */
#define FFA_MEM_NON_SECURE 0x40u
/** Normal, write-back, inner shareable: how both worlds map RAM. */
#define FFA_MEM_RAM (FFA_MEM_TYPE_NORMAL | FFA_MEM_WRITE_BACK | FFA_MEM_INNER_SHAREABLE)

/* Flags of a transaction; the first two also of FFA_MEM_RELINQUISH and FFA_MEM_RECLAIM. */
#define FFA_MEM_ZERO             (UINT32_C(1) << 0)
#define FFA_MEM_TIME_SLICE       (UINT32_C(1) << 1)
#define FFA_MEM_ZERO_AFTER       (UINT32_C(1) << 2)
#define FFA_MEM_TRANSACTION      (UINT32_C(3) << 3)
#define FFA_MEM_TRANSACTION_NONE (UINT32_C(0) << 3)
#define FFA_MEM_SHARED           (UINT32_C(1) << 3)
#define FFA_MEM_LENT             (UINT32_C(2) << 3)
#define FFA_MEM_DONATED          (UINT32_C(3) << 3)
#define FFA_MEM_ALIGN_HINT       (UINT32_C(0x1f) << 5)
/** The caller names itself only, not all borrowers. */
#define FFA_MEM_BYPASS_BORROWERS (UINT32_C(1) << 10)

/* Access permissions. */
#define FFA_MEM_DATA        0x03u
#define FFA_MEM_DATA_NONE   0x00u
#define FFA_MEM_READ_ONLY   0x01u
#define FFA_MEM_READ_WRITE  0x02u
#define FFA_MEM_CODE        0x0cu
#define FFA_MEM_CODE_NONE   0x00u
#define FFA_MEM_NOT_EXECUTE 0x04u
#define FFA_MEM_EXECUTE     0x08u

/** Flag of an access descriptor in a retrieval: it is not about the caller. */
#define FFA_MEM_OTHER_BORROWER 0x01u

/* Permissions of FFA_MEM_PERM_GET and FFA_MEM_PERM_SET, which have codes of their own. */
#define FFA_MEM_PERM_CODE       UINT32_C(0x3)
#define FFA_MEM_PERM_READ_WRITE UINT32_C(0x5)
#define FFA_MEM_PERM_READ_ONLY  UINT32_C(0x7)

/**
 * struct ffav_mem_header - A memory transaction descriptor's header.
 * @sender: endpoint that owns the memory
 * @attributes: FFA_MEM_TYPE_* and so on
 * @flags: FFA_MEM_ZERO and so on
 * @handle: of the transaction; 0 before it has one
 * @tag: sender and borrowers agree on it
 * @access_size: bytes of an access descriptor
 * @access_count: how many there are
 * @access_offset: where the first one is, from the start of the descriptor
 */
struct ffav_mem_header {
	uint16_t sender;
	uint16_t attributes;
	uint32_t flags;
	uint64_t handle;
	uint64_t tag;
	uint32_t access_size;
	uint32_t access_count;
	uint32_t access_offset;
};

/**
 * struct ffav_mem_access - An endpoint memory access descriptor.
 * @receiver: the borrower
 * @permissions: FFA_MEM_READ_ONLY and so on
 * @flags: FFA_MEM_OTHER_BORROWER
 * @composite: where the composite descriptor is, from the start of the whole; 0 for none
 * @value: since FF-A 1.2, what lender and borrower agree on
 */
struct ffav_mem_access {
	uint16_t receiver;
	uint8_t permissions;
	uint8_t flags;
	uint32_t composite;
	uint64_t value[2];
};

/**
 * struct ffav_mem_composite - A composite memory region descriptor; its ranges follow.
 * @pages: pages of 4 KiB in all ranges together
 * @ranges: how many there are
 */
struct ffav_mem_composite {
	uint32_t pages;
	uint32_t ranges;
};

/**
 * struct ffav_mem_range - A constituent memory region.
 * @address: of the first byte
 * @pages: pages of 4 KiB
 */
struct ffav_mem_range {
	uint64_t address;
	uint32_t pages;
};

/**
 * struct ffav_mem_relinquish - A relinquish descriptor; its endpoint ids follow.
 * @handle: of the transaction
 * @flags: FFA_MEM_ZERO and FFA_MEM_TIME_SLICE
 * @count: endpoint ids
 */
struct ffav_mem_relinquish {
	uint64_t handle;
	uint32_t flags;
	uint32_t count;
};

/** ffav_mem_header_size() - Bytes of the header for a caller of @version. */
static inline uint32_t ffav_mem_header_size(uint32_t version)
{
	return version < FFA_VERSION_1_1 ? FFA_MEM_HEADER_SIZE_1_0 : FFA_MEM_HEADER_SIZE_1_1;
}

/** ffav_mem_access_size() - Bytes of an access descriptor that a caller of @version is given. */
static inline uint32_t ffav_mem_access_size(uint32_t version)
{
	return version < FFA_VERSION_1_2 ? FFA_MEM_ACCESS_SIZE_1_0 : FFA_MEM_ACCESS_SIZE_1_2;
}

/**
 * ffav_mem_header_encode() - Write a header.
 * @out: the descriptor
 * @size: bytes of it that may be written
 * @version: of FF-A; 1.0 carries neither @h->access_size nor @h->access_offset, which are
 *	then those of 1.0
 * @h: what to write
 *
 * Return: false if it does not fit.
 */
static inline bool ffav_mem_header_encode(uint8_t *out, size_t size, uint32_t version,
					  const struct ffav_mem_header *h)
{
	uint32_t header = ffav_mem_header_size(version);

	if (size < header)
		return false;
	memset(out, 0, header);
	ffav_put16(out, h->sender);
	ffav_put16(out + 2, h->attributes);
	ffav_put32(out + 4, h->flags);
	ffav_put64(out + 8, h->handle);
	ffav_put64(out + 16, h->tag);
	if (version < FFA_VERSION_1_1) {
		ffav_put32(out + 28, h->access_count);
		return true;
	}
	ffav_put32(out + 24, h->access_size);
	ffav_put32(out + 28, h->access_count);
	ffav_put32(out + 32, h->access_offset);
	return true;
}

/**
 * ffav_mem_header_decode() - Read a header.
 * @in: the descriptor
 * @size: bytes of it
 * @version: of FF-A, as the sender speaks it
 * @h: where the fields go
 *
 * Return: false if it is not whole, a reserved field is not zero, the size of an access
 * descriptor is none of @version, or the access descriptors do not lie in @size.
 */
static inline bool ffav_mem_header_decode(const uint8_t *in, size_t size, uint32_t version,
					  struct ffav_mem_header *h)
{
	uint32_t header = ffav_mem_header_size(version);

	if (size < header)
		return false;
	h->sender = ffav_get16(in);
	h->attributes = ffav_get16(in + 2);
	h->flags = ffav_get32(in + 4);
	h->handle = ffav_get64(in + 8);
	h->tag = ffav_get64(in + 16);
	h->access_count = ffav_get32(in + 28);
	if (version < FFA_VERSION_1_1) {
		h->access_size = FFA_MEM_ACCESS_SIZE_1_0;
		h->access_offset = header;
		/* One byte of attributes, one reserved, and no word about the world yet. */
		if (h->attributes & ~0x3fu || ffav_get32(in + 24))
			return false;
	} else {
		h->access_size = ffav_get32(in + 24);
		h->access_offset = ffav_get32(in + 32);
		if (h->attributes & ~0x7fu || ffav_get32(in + 36) || ffav_get64(in + 40))
			return false;
	}
	if (h->access_size != FFA_MEM_ACCESS_SIZE_1_0 &&
	    (h->access_size != FFA_MEM_ACCESS_SIZE_1_2 || version < FFA_VERSION_1_2))
		return false;
	return h->access_offset >= header && h->access_offset % FFA_MEM_ALIGN == 0 &&
	       ffav_range_in(h->access_offset, (uint64_t)h->access_size * h->access_count,
			     size);
}

/**
 * ffav_mem_access_encode() - Write an access descriptor.
 * @out: @size bytes
 * @size: FFA_MEM_ACCESS_SIZE_1_0 or FFA_MEM_ACCESS_SIZE_1_2
 * @a: what to write
 */
static inline void ffav_mem_access_encode(uint8_t *out, size_t size,
					  const struct ffav_mem_access *a)
{
	memset(out, 0, size);
	ffav_put16(out, a->receiver);
	out[2] = a->permissions;
	out[3] = a->flags;
	ffav_put32(out + 4, a->composite);
	if (size < FFA_MEM_ACCESS_SIZE_1_2)
		return;
	ffav_put64(out + 8, a->value[0]);
	ffav_put64(out + 16, a->value[1]);
}

/**
 * ffav_mem_access_decode() - Read an access descriptor.
 * @in: @size bytes
 * @size: FFA_MEM_ACCESS_SIZE_1_0 or FFA_MEM_ACCESS_SIZE_1_2
 * @a: where the fields go
 *
 * Return: false if a reserved field is not zero or permissions are a reserved code.
 */
static inline bool ffav_mem_access_decode(const uint8_t *in, size_t size,
					  struct ffav_mem_access *a)
{
	memset(a, 0, sizeof(*a));
	a->receiver = ffav_get16(in);
	a->permissions = in[2];
	a->flags = in[3];
	a->composite = ffav_get32(in + 4);
	if (size >= FFA_MEM_ACCESS_SIZE_1_2) {
		a->value[0] = ffav_get64(in + 8);
		a->value[1] = ffav_get64(in + 16);
	}
	if (ffav_get64(in + size - 8) || a->permissions & ~(FFA_MEM_DATA | FFA_MEM_CODE) ||
	    a->flags & ~FFA_MEM_OTHER_BORROWER)
		return false;
	return (a->permissions & FFA_MEM_DATA) != FFA_MEM_DATA &&
	       (a->permissions & FFA_MEM_CODE) != FFA_MEM_CODE;
}

/** ffav_mem_composite_encode() - Write a composite descriptor. @out: FFA_MEM_COMPOSITE_SIZE bytes */
static inline void ffav_mem_composite_encode(uint8_t *out, const struct ffav_mem_composite *c)
{
	ffav_put32(out, c->pages);
	ffav_put32(out + 4, c->ranges);
	ffav_put64(out + 8, 0);
}

/** ffav_mem_composite_decode() - Read FFA_MEM_COMPOSITE_SIZE bytes; false if the reserved field is not zero. */
static inline bool ffav_mem_composite_decode(const uint8_t *in, struct ffav_mem_composite *c)
{
	c->pages = ffav_get32(in);
	c->ranges = ffav_get32(in + 4);
	return !ffav_get64(in + 8);
}

/** ffav_mem_range_encode() - Write a range. @out: FFA_MEM_RANGE_SIZE bytes */
static inline void ffav_mem_range_encode(uint8_t *out, const struct ffav_mem_range *r)
{
	ffav_put64(out, r->address);
	ffav_put32(out + 8, r->pages);
	ffav_put32(out + 12, 0);
}

/**
 * ffav_mem_range_decode() - Read a range.
 * @in: FFA_MEM_RANGE_SIZE bytes
 * @r: where the fields go
 *
 * Return: false if it is empty, not aligned to 4 KiB or wraps, or the reserved field is not zero.
 */
static inline bool ffav_mem_range_decode(const uint8_t *in, struct ffav_mem_range *r)
{
	uint64_t end;

	r->address = ffav_get64(in);
	r->pages = ffav_get32(in + 8);
	return !ffav_get32(in + 12) && r->pages && r->address % FFA_PAGE_SIZE == 0 &&
	       ffav_add(r->address, (uint64_t)r->pages * FFA_PAGE_SIZE, &end);
}

/** ffav_mem_range_size() - Bytes of a range. */
static inline uint64_t ffav_mem_range_size(const struct ffav_mem_range *r)
{
	return (uint64_t)r->pages * FFA_PAGE_SIZE;
}

/**
 * ffav_mem_relinquish_encode() - Write a relinquish descriptor of one endpoint.
 * @out: the descriptor
 * @size: bytes of it that may be written
 * @handle: of the transaction
 * @endpoint: who gives its access up
 *
 * Return: false if it does not fit.
 */
static inline bool ffav_mem_relinquish_encode(uint8_t *out, size_t size, uint64_t handle,
					      uint16_t endpoint)
{
	if (size < FFA_MEM_RELINQUISH_SIZE + sizeof(endpoint))
		return false;
	ffav_put64(out, handle);
	ffav_put32(out + 8, 0);
	ffav_put32(out + 12, 1);
	ffav_put16(out + FFA_MEM_RELINQUISH_SIZE, endpoint);
	return true;
}

/** ffav_mem_relinquish_decode() - Read the FFA_MEM_RELINQUISH_SIZE bytes before the endpoint ids. */
static inline void ffav_mem_relinquish_decode(const uint8_t *in, struct ffav_mem_relinquish *r)
{
	r->handle = ffav_get64(in);
	r->flags = ffav_get32(in + 8);
	r->count = ffav_get32(in + 12);
}

/** ffav_mem_handle() - A handle from the two registers that carry it. */
static inline uint64_t ffav_mem_handle(uint64_t low, uint64_t high)
{
	return (uint32_t)low | (uint64_t)(uint32_t)high << 32;
}

#endif
