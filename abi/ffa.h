/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Arm Firmware Framework for Arm A-profile (DEN0077, FF-A 1.0 to 1.2)
 *
 * Function identifiers, error codes, partition descriptors and the places
 * where registers hold them. Both worlds encode and decode through this file.
 */
#ifndef FFAV_ABI_FFA_H
#define FFAV_ABI_FFA_H

#include "abi/smccc.h"

#define FFA_FID32(n) (UINT32_C(0x84000000) + (n))
#define FFA_FID64(n) (UINT32_C(0xc4000000) + (n))

#define FFA_ERROR                      FFA_FID32(0x60)
#define FFA_SUCCESS_32                 FFA_FID32(0x61)
#define FFA_SUCCESS_64                 FFA_FID64(0x61)
#define FFA_INTERRUPT                  FFA_FID32(0x62)
#define FFA_VERSION                    FFA_FID32(0x63)
#define FFA_FEATURES                   FFA_FID32(0x64)
#define FFA_RX_RELEASE                 FFA_FID32(0x65)
#define FFA_RXTX_MAP_32                FFA_FID32(0x66)
#define FFA_RXTX_MAP_64                FFA_FID64(0x66)
#define FFA_RXTX_UNMAP                 FFA_FID32(0x67)
#define FFA_PARTITION_INFO_GET         FFA_FID32(0x68)
#define FFA_ID_GET                     FFA_FID32(0x69)
#define FFA_MSG_POLL                   FFA_FID32(0x6a)
#define FFA_MSG_WAIT                   FFA_FID32(0x6b)
#define FFA_YIELD                      FFA_FID32(0x6c)
#define FFA_RUN                        FFA_FID32(0x6d)
#define FFA_MSG_SEND                   FFA_FID32(0x6e)
#define FFA_MSG_SEND_DIRECT_REQ_32     FFA_FID32(0x6f)
#define FFA_MSG_SEND_DIRECT_REQ_64     FFA_FID64(0x6f)
#define FFA_MSG_SEND_DIRECT_RESP_32    FFA_FID32(0x70)
#define FFA_MSG_SEND_DIRECT_RESP_64    FFA_FID64(0x70)
#define FFA_MEM_DONATE_32              FFA_FID32(0x71)
#define FFA_MEM_DONATE_64              FFA_FID64(0x71)
#define FFA_MEM_LEND_32                FFA_FID32(0x72)
#define FFA_MEM_LEND_64                FFA_FID64(0x72)
#define FFA_MEM_SHARE_32               FFA_FID32(0x73)
#define FFA_MEM_SHARE_64               FFA_FID64(0x73)
#define FFA_MEM_RETRIEVE_REQ_32        FFA_FID32(0x74)
#define FFA_MEM_RETRIEVE_REQ_64        FFA_FID64(0x74)
#define FFA_MEM_RETRIEVE_RESP          FFA_FID32(0x75)
#define FFA_MEM_RELINQUISH             FFA_FID32(0x76)
#define FFA_MEM_RECLAIM                FFA_FID32(0x77)
#define FFA_MEM_FRAG_RX                FFA_FID32(0x7a)
#define FFA_MEM_FRAG_TX                FFA_FID32(0x7b)
#define FFA_NORMAL_WORLD_RESUME        FFA_FID32(0x7c)
#define FFA_NOTIFICATION_BITMAP_CREATE FFA_FID32(0x7d)
#define FFA_NOTIFICATION_INFO_GET      FFA_FID32(0x83)
#define FFA_RX_ACQUIRE                 FFA_FID32(0x84)
#define FFA_SPM_ID_GET                 FFA_FID32(0x85)
#define FFA_MSG_SEND2                  FFA_FID32(0x86)
#define FFA_SECONDARY_EP_REGISTER_64   FFA_FID64(0x87)
#define FFA_MEM_PERM_GET_32            FFA_FID32(0x88)
#define FFA_MEM_PERM_GET_64            FFA_FID64(0x88)
#define FFA_MEM_PERM_SET_32            FFA_FID32(0x89)
#define FFA_MEM_PERM_SET_64            FFA_FID64(0x89)
#define FFA_CONSOLE_LOG_32             FFA_FID32(0x8a)
#define FFA_CONSOLE_LOG_64             FFA_FID64(0x8a)
#define FFA_PARTITION_INFO_GET_REGS    FFA_FID64(0x8b)
#define FFA_EL3_INTR_HANDLE            FFA_FID32(0x8c)
#define FFA_MSG_SEND_DIRECT_REQ2       FFA_FID64(0x8d)
#define FFA_MSG_SEND_DIRECT_RESP2      FFA_FID64(0x8e)

/* Status codes in w2 of FFA_ERROR, section "Status codes". */
#define FFA_NOT_SUPPORTED      (-1)
#define FFA_INVALID_PARAMETERS (-2)
#define FFA_NO_MEMORY          (-3)
#define FFA_BUSY               (-4)
#define FFA_INTERRUPTED        (-5)
#define FFA_DENIED             (-6)
#define FFA_RETRY              (-7)
#define FFA_ABORTED            (-8)
#define FFA_NO_DATA            (-9)
#define FFA_NOT_READY          (-10)

#define FFA_VERSION_1_0 UINT32_C(0x00010000)
#define FFA_VERSION_1_1 UINT32_C(0x00010001)
#define FFA_VERSION_1_2 UINT32_C(0x00010002)
/** The argument and the answer of FFA_VERSION have this bit clear. */
#define FFA_VERSION_RESERVED_BIT UINT32_C(0x80000000)

/** The operating system and the firmware before it are this endpoint. */
#define FFA_NORMAL_WORLD_ID 0u
/** Secure endpoints have bit 15 set. */
#define FFA_SECURE_ID_BIT 0x8000u

/* Partition properties in a partition descriptor. */
#define FFA_PARTITION_DIRECT_RECV  (UINT32_C(1) << 0)
#define FFA_PARTITION_DIRECT_SEND  (UINT32_C(1) << 1)
#define FFA_PARTITION_INDIRECT     (UINT32_C(1) << 2)
#define FFA_PARTITION_AARCH64      (UINT32_C(1) << 8)
#define FFA_PARTITION_DIRECT2_RECV (UINT32_C(1) << 9)
#define FFA_PARTITION_DIRECT2_SEND (UINT32_C(1) << 10)

/** FFA_PARTITION_INFO_GET, w5: return only the count. */
#define FFA_PARTITION_INFO_COUNT UINT32_C(1)

/** Granule of RX/TX buffers and of memory sharing, bytes. */
#define FFA_PAGE_SIZE 4096u

/* Interface identifiers that FFA_FEATURES takes beside function ids (bit 31 clear). */
#define FFA_FEATURE_NPI UINT32_C(1)
#define FFA_FEATURE_SRI UINT32_C(2)
#define FFA_FEATURE_MEI UINT32_C(3)

/**
 * struct ffav_uuid - A service UUID, its 16 bytes in the order in which it is spelled.
 *
 * This is the FF-A order, not the mixed-endian order of an EFI GUID.
 */
struct ffav_uuid {
	uint8_t b[16];
};

/** Service UUID of the MM partition as U-Boot and smm-gateway know it: ed32d533-.... */
#define FFAV_UUID_MM_VARIABLE                                                             \
	{                                                                                 \
		{                                                                         \
			0xed, 0x32, 0xd5, 0x33, 0x99, 0xe6, 0x42, 0x09, 0x9c, 0xc0, 0x2d, \
				0x72, 0xcd, 0xd9, 0x98, 0xa7                              \
		}                                                                         \
	}
/** Service UUID of the MM partition as edk2's MmCommunication2 client knows it: 378daedc-.... */
#define FFAV_UUID_MM_COMMUNICATION2                                                       \
	{                                                                                 \
		{                                                                         \
			0x37, 0x8d, 0xae, 0xdc, 0xf0, 0x6b, 0x44, 0x46, 0x83, 0x14, 0x40, \
				0xab, 0x93, 0x3c, 0x87, 0xa3                              \
		}                                                                         \
	}
/** Service UUID of MM Communication3: f7234a14-.... */
#define FFAV_UUID_MM_COMMUNICATION3                                                       \
	{                                                                                 \
		{                                                                         \
			0xf7, 0x23, 0x4a, 0x14, 0x0d, 0xf2, 0x46, 0xc0, 0xad, 0x28, 0x90, \
				0xe6, 0xb8, 0x83, 0xa7, 0x2f                              \
		}                                                                         \
	}

/** ffav_uuid_word() - Word @n (0-3) of a UUID as FFA_PARTITION_INFO_GET carries it in w1-w4. */
static inline uint32_t ffav_uuid_word(const struct ffav_uuid *uuid, unsigned int n)
{
	return ffav_get32(uuid->b + 4 * (size_t)n);
}

/** ffav_uuid_lo() - First register of a UUID in the 64-bit interfaces. */
static inline uint64_t ffav_uuid_lo(const struct ffav_uuid *uuid)
{
	return ffav_get64(uuid->b);
}

/** ffav_uuid_hi() - Second register of a UUID in the 64-bit interfaces. */
static inline uint64_t ffav_uuid_hi(const struct ffav_uuid *uuid)
{
	return ffav_get64(uuid->b + 8);
}

/** ffav_uuid_from_words() - Build a UUID from w1-w4 of FFA_PARTITION_INFO_GET. */
static inline struct ffav_uuid ffav_uuid_from_words(uint32_t w1, uint32_t w2, uint32_t w3,
						    uint32_t w4)
{
	struct ffav_uuid uuid = {{0}};

	ffav_put32(uuid.b, w1);
	ffav_put32(uuid.b + 4, w2);
	ffav_put32(uuid.b + 8, w3);
	ffav_put32(uuid.b + 12, w4);
	return uuid;
}

/** ffav_uuid_from_regs() - Build a UUID from its two 64-bit registers. */
static inline struct ffav_uuid ffav_uuid_from_regs(uint64_t lo, uint64_t hi)
{
	struct ffav_uuid uuid = {{0}};

	ffav_put64(uuid.b, lo);
	ffav_put64(uuid.b + 8, hi);
	return uuid;
}

/** ffav_uuid_equal() - Compare two UUIDs. */
static inline bool ffav_uuid_equal(const struct ffav_uuid *a, const struct ffav_uuid *b)
{
	return ffav_uuid_lo(a) == ffav_uuid_lo(b) && ffav_uuid_hi(a) == ffav_uuid_hi(b);
}

/** ffav_uuid_is_nil() - Is this the nil UUID, which stands for every partition? */
static inline bool ffav_uuid_is_nil(const struct ffav_uuid *uuid)
{
	return (ffav_uuid_lo(uuid) | ffav_uuid_hi(uuid)) == 0;
}

/** ffav_ffa_sender() - Sender of a direct message, from w1. */
static inline uint16_t ffav_ffa_sender(uint64_t w1)
{
	return (uint16_t)(w1 >> 16);
}

/** ffav_ffa_receiver() - Receiver of a direct message, from w1. */
static inline uint16_t ffav_ffa_receiver(uint64_t w1)
{
	return (uint16_t)w1;
}

/** ffav_ffa_endpoints() - w1 of a direct message. */
static inline uint64_t ffav_ffa_endpoints(uint16_t sender, uint16_t receiver)
{
	return (uint64_t)sender << 16 | receiver;
}

/** ffav_ffa_target() - w1 of FFA_RUN and FFA_INTERRUPT: partition and its execution context. */
static inline uint64_t ffav_ffa_target(uint16_t partition, uint16_t vcpu)
{
	return (uint64_t)partition << 16 | vcpu;
}

/**
 * struct ffav_partition_info - A partition descriptor, decoded.
 * @id: endpoint id
 * @contexts: number of execution contexts
 * @properties: FFA_PARTITION_* bits
 * @uuid: service UUID; nil where the descriptor does not carry one
 */
struct ffav_partition_info {
	uint16_t id;
	uint16_t contexts;
	uint32_t properties;
	struct ffav_uuid uuid;
};

#define FFA_PARTITION_INFO_SIZE_1_0 8u
#define FFA_PARTITION_INFO_SIZE_1_1 24u

/**
 * ffav_partition_info_encode() - Write a descriptor for FFA_PARTITION_INFO_GET.
 * @out: at least @size bytes
 * @size: FFA_PARTITION_INFO_SIZE_1_0 or FFA_PARTITION_INFO_SIZE_1_1
 * @info: what to write
 *
 * FF-A 1.2, "Partition information descriptor". Return: false if @size is neither.
 */
static inline bool ffav_partition_info_encode(uint8_t *out, size_t size,
					      const struct ffav_partition_info *info)
{
	if (size != FFA_PARTITION_INFO_SIZE_1_0 && size != FFA_PARTITION_INFO_SIZE_1_1)
		return false;
	ffav_put16(out, info->id);
	ffav_put16(out + 2, info->contexts);
	ffav_put32(out + 4, info->properties);
	if (size == FFA_PARTITION_INFO_SIZE_1_1)
		memcpy(out + 8, info->uuid.b, sizeof(info->uuid.b));
	return true;
}

/**
 * ffav_partition_info_decode() - Read one descriptor of a given stride.
 * @in: the descriptor
 * @size: its stride in bytes, as the reply says (8 for FF-A 1.0)
 * @info: where the fields go
 *
 * Return: false if @size is too small to hold a descriptor.
 */
static inline bool ffav_partition_info_decode(const uint8_t *in, size_t size,
					      struct ffav_partition_info *info)
{
	if (size < FFA_PARTITION_INFO_SIZE_1_0)
		return false;
	info->id = ffav_get16(in);
	info->contexts = ffav_get16(in + 2);
	info->properties = ffav_get32(in + 4);
	memset(info->uuid.b, 0, sizeof(info->uuid.b));
	if (size >= FFA_PARTITION_INFO_SIZE_1_1)
		memcpy(info->uuid.b, in + 8, sizeof(info->uuid.b));
	return true;
}

/** Descriptors in one reply of FFA_PARTITION_INFO_GET_REGS, three registers each from x3. */
#define FFA_INFO_REGS_MAX 5u

/**
 * struct ffav_info_regs - x2 of a reply to FFA_PARTITION_INFO_GET_REGS, decoded.
 * @last: index of the last descriptor there is
 * @current: index of the last descriptor in this reply
 * @tag: to be passed in x3 of the next call
 * @size: descriptor size in bytes, 24
 */
struct ffav_info_regs {
	uint16_t last;
	uint16_t current;
	uint16_t tag;
	uint16_t size;
};

/** ffav_info_regs_encode() - x2 of a reply to FFA_PARTITION_INFO_GET_REGS. */
static inline uint64_t ffav_info_regs_encode(const struct ffav_info_regs *m)
{
	return (uint64_t)m->last | (uint64_t)m->current << 16 | (uint64_t)m->tag << 32 |
	       (uint64_t)m->size << 48;
}

/** ffav_info_regs_decode() - Read x2 of a reply to FFA_PARTITION_INFO_GET_REGS. */
static inline struct ffav_info_regs ffav_info_regs_decode(uint64_t x2)
{
	struct ffav_info_regs m;

	m.last = (uint16_t)x2;
	m.current = (uint16_t)(x2 >> 16);
	m.tag = (uint16_t)(x2 >> 32);
	m.size = (uint16_t)(x2 >> 48);
	return m;
}

/** ffav_info_regs_put() - Write descriptor @n (0-4) of a reply into its three registers. */
static inline void ffav_info_regs_put(struct ffav_smc_regs *regs, unsigned int n,
				      const struct ffav_partition_info *info)
{
	uint64_t *x = &regs->x[3 + 3 * (size_t)n];

	x[0] = (uint64_t)info->id | (uint64_t)info->contexts << 16 |
	       (uint64_t)info->properties << 32;
	x[1] = ffav_uuid_lo(&info->uuid);
	x[2] = ffav_uuid_hi(&info->uuid);
}

/** ffav_info_regs_get() - Read descriptor @n (0-4) of a reply from its three registers. */
static inline struct ffav_partition_info ffav_info_regs_get(const struct ffav_smc_regs *regs,
							    unsigned int n)
{
	const uint64_t *x = &regs->x[3 + 3 * (size_t)n];
	struct ffav_partition_info info;

	info.id = (uint16_t)x[0];
	info.contexts = (uint16_t)(x[0] >> 16);
	info.properties = (uint32_t)(x[0] >> 32);
	info.uuid = ffav_uuid_from_regs(x[1], x[2]);
	return info;
}

/** ffav_ffa_error() - Turn @regs into FFA_ERROR with @code; the other registers are zero. */
static inline void ffav_ffa_error(struct ffav_smc_regs *regs, int32_t code)
{
	memset(regs, 0, sizeof(*regs));
	regs->x[0] = FFA_ERROR;
	regs->x[2] = (uint32_t)code;
}

/* Boot information protocol, FF-A 1.1 and later, section 5.4. */
#define FFA_BOOT_INFO_SIGNATURE   UINT32_C(0x0ffa)
#define FFA_BOOT_INFO_VERSION     UINT32_C(0x00010001)
#define FFA_BOOT_INFO_HEADER_SIZE 32u
#define FFA_BOOT_INFO_DESC_SIZE   32u
/** Type byte of a descriptor: standard type, flattened device tree. */
#define FFA_BOOT_INFO_TYPE_FDT 0u
/**
 * Type byte of a descriptor whose type the implementation defines (bit 7): its contents are how
 * often the partition was started again after a fault.
 */
#define FFA_BOOT_INFO_TYPE_RESTARTS 0x80u
/** Flags of a descriptor, bits 3:2: its contents are an address (0), or a value. */
#define FFA_BOOT_INFO_CONTENTS 0xcu
#define FFA_BOOT_INFO_VALUE    0x4u

/**
 * ffav_boot_info_encode() - Write a boot information blob that names one device tree.
 * @out: at least FFA_BOOT_INFO_HEADER_SIZE + FFA_BOOT_INFO_DESC_SIZE bytes
 * @blob_size: size of the whole blob, bytes
 * @fdt: address of the device tree as the partition sees it
 * @fdt_size: its size, bytes
 */
static inline void ffav_boot_info_encode(uint8_t *out, uint32_t blob_size, uint64_t fdt,
					 uint32_t fdt_size)
{
	uint8_t *desc = out + FFA_BOOT_INFO_HEADER_SIZE;

	memset(out, 0, FFA_BOOT_INFO_HEADER_SIZE + FFA_BOOT_INFO_DESC_SIZE);
	ffav_put32(out, FFA_BOOT_INFO_SIGNATURE);
	ffav_put32(out + 4, FFA_BOOT_INFO_VERSION);
	ffav_put32(out + 8, blob_size);
	ffav_put32(out + 12, FFA_BOOT_INFO_DESC_SIZE);
	ffav_put32(out + 16, 1);
	ffav_put32(out + 20, FFA_BOOT_INFO_HEADER_SIZE);
	/* Name 16, type 1, reserved 1, flags 2, size 4, contents 8; flags 0: name is a string, contents an address. */
	memcpy(desc, "FDT", 3);
	desc[16] = FFA_BOOT_INFO_TYPE_FDT;
	ffav_put32(desc + 20, fdt_size);
	ffav_put64(desc + 24, fdt);
}

/**
 * ffav_boot_info_add_restarts() - Add how often the partition was started again, or replace it.
 * @out: a blob of ffav_boot_info_encode(), with room for a second descriptor before the tree
 * @restarts: 0 at the first start
 */
static inline void ffav_boot_info_add_restarts(uint8_t *out, uint32_t restarts)
{
	uint8_t *desc = out + FFA_BOOT_INFO_HEADER_SIZE + FFA_BOOT_INFO_DESC_SIZE;

	ffav_put32(out + 16, 2);
	memset(desc, 0, FFA_BOOT_INFO_DESC_SIZE);
	memcpy(desc, "restarts", 8);
	desc[16] = FFA_BOOT_INFO_TYPE_RESTARTS;
	ffav_put16(desc + 18, FFA_BOOT_INFO_VALUE);
	ffav_put32(desc + 20, sizeof(uint32_t));
	ffav_put64(desc + 24, restarts);
}

/**
 * ffav_boot_info_find() - Find a descriptor in a boot information blob.
 * @in: the blob
 * @size: readable bytes at @in
 * @type: FFA_BOOT_INFO_TYPE_*
 * @contents: what bits 3:2 of its flags must be
 *
 * Return: the first such descriptor, or NULL if the blob is malformed or has none.
 */
static inline const uint8_t *ffav_boot_info_find(const uint8_t *in, size_t size, uint8_t type,
						 uint16_t contents)
{
	uint32_t total, desc_size, count, offset;

	if (size < FFA_BOOT_INFO_HEADER_SIZE || ffav_get32(in) != FFA_BOOT_INFO_SIGNATURE)
		return NULL;
	total = ffav_get32(in + 8);
	desc_size = ffav_get32(in + 12);
	count = ffav_get32(in + 16);
	offset = ffav_get32(in + 20);
	if (total > size)
		total = (uint32_t)size;
	if (desc_size < FFA_BOOT_INFO_DESC_SIZE)
		return NULL;
	for (uint32_t i = 0; i < count; i++) {
		const uint8_t *desc;

		if (!ffav_range_in(offset, FFA_BOOT_INFO_DESC_SIZE, total))
			return NULL;
		desc = in + offset;
		if (desc[16] == type &&
		    (ffav_get16(desc + 18) & FFA_BOOT_INFO_CONTENTS) == contents)
			return desc;
		if (desc_size > total - offset)
			return NULL;
		offset += desc_size;
	}
	return NULL;
}

/**
 * ffav_boot_info_decode() - Find the device tree in a boot information blob.
 * @in: the blob, FFA_BOOT_INFO_HEADER_SIZE readable bytes at least
 * @size: readable bytes at @in
 * @fdt: where its address goes
 * @fdt_size: where its size goes, bytes
 *
 * Return: false if the blob is malformed or names no device tree.
 */
static inline bool ffav_boot_info_decode(const uint8_t *in, size_t size, uint64_t *fdt,
					 uint32_t *fdt_size)
{
	const uint8_t *desc = ffav_boot_info_find(in, size, FFA_BOOT_INFO_TYPE_FDT, 0);

	if (!desc)
		return false;
	*fdt_size = ffav_get32(desc + 20);
	*fdt = ffav_get64(desc + 24);
	return true;
}

/**
 * ffav_boot_info_restarts() - How often was this partition started again after a fault?
 * @in: the blob
 * @size: readable bytes at @in
 *
 * Return: the number; 0 where the partition manager says nothing of it.
 */
static inline uint32_t ffav_boot_info_restarts(const uint8_t *in, size_t size)
{
	const uint8_t *desc =
		ffav_boot_info_find(in, size, FFA_BOOT_INFO_TYPE_RESTARTS, FFA_BOOT_INFO_VALUE);

	return desc ? ffav_get32(desc + 24) : 0;
}

#endif
