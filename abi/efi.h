/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: EFI types, status codes and GUIDs that variable messages carry
 *
 * UEFI 2.10, appendix D (status codes), section 8.2 (variable attributes),
 * section 8.3 (EFI_TIME). Only what crosses between the worlds is here; the
 * tables of boot and runtime services belong to the port that uses them.
 */
#ifndef FFAV_ABI_EFI_H
#define FFAV_ABI_EFI_H

#include "abi/bytes.h"

/** typedef efi_status_t - EFI_STATUS of a 64-bit platform; bit 63 marks an error. */
typedef uint64_t efi_status_t;

#define EFI_ERROR_BIT (UINT64_C(1) << 63)

#define EFI_SUCCESS            UINT64_C(0)
#define EFI_INVALID_PARAMETER  (EFI_ERROR_BIT | 2)
#define EFI_UNSUPPORTED        (EFI_ERROR_BIT | 3)
#define EFI_BAD_BUFFER_SIZE    (EFI_ERROR_BIT | 4)
#define EFI_BUFFER_TOO_SMALL   (EFI_ERROR_BIT | 5)
#define EFI_NOT_READY          (EFI_ERROR_BIT | 6)
#define EFI_DEVICE_ERROR       (EFI_ERROR_BIT | 7)
#define EFI_WRITE_PROTECTED    (EFI_ERROR_BIT | 8)
#define EFI_OUT_OF_RESOURCES   (EFI_ERROR_BIT | 9)
#define EFI_NOT_FOUND          (EFI_ERROR_BIT | 14)
#define EFI_ACCESS_DENIED      (EFI_ERROR_BIT | 15)
#define EFI_ALREADY_STARTED    (EFI_ERROR_BIT | 20)
#define EFI_ABORTED            (EFI_ERROR_BIT | 21)
#define EFI_SECURITY_VIOLATION (EFI_ERROR_BIT | 26)

/* Variable attributes, UEFI 2.10 section 8.2.1. */
#define EFI_VARIABLE_NON_VOLATILE                          0x00000001u
#define EFI_VARIABLE_BOOTSERVICE_ACCESS                    0x00000002u
#define EFI_VARIABLE_RUNTIME_ACCESS                        0x00000004u
#define EFI_VARIABLE_HARDWARE_ERROR_RECORD                 0x00000008u
#define EFI_VARIABLE_AUTHENTICATED_WRITE_ACCESS            0x00000010u
#define EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS 0x00000020u
#define EFI_VARIABLE_APPEND_WRITE                          0x00000040u
#define EFI_VARIABLE_ENHANCED_AUTHENTICATED_ACCESS         0x00000080u
/** Every attribute that UEFI 2.10 defines. */
#define EFI_VARIABLE_ATTRIBUTES_MASK 0x000000ffu

/** struct efi_guid - A GUID as it lies in memory and in messages (mixed endian, 16 bytes). */
struct efi_guid {
	uint8_t b[16];
};

/**
 * EFI_GUID_INIT() - Initialiser for struct efi_guid from the usual spelling.
 *
 * ed32d533-99e6-4209-9cc0-2d72cdd998a7 is written
 * EFI_GUID_INIT(0xed32d533, 0x99e6, 0x4209, 0x9c, 0xc0, 0x2d, 0x72, 0xcd, 0xd9, 0x98, 0xa7).
 */
#define EFI_GUID_INIT(d1, d2, d3, ...)                                                \
	{                                                                             \
		{                                                                     \
			(uint8_t)((d1)&0xff), (uint8_t)(((d1) >> 8) & 0xff),          \
				(uint8_t)(((d1) >> 16) & 0xff),                       \
				(uint8_t)(((d1) >> 24) & 0xff), (uint8_t)((d2)&0xff), \
				(uint8_t)(((d2) >> 8) & 0xff), (uint8_t)((d3)&0xff),  \
				(uint8_t)(((d3) >> 8) & 0xff), __VA_ARGS__            \
		}                                                                     \
	}

/**
 * ffav_guid() - Build a GUID from its two halves, read as little-endian numbers.
 *
 * Resident code takes GUIDs from immediates: a constant would lie in a section that does not
 * stay. The _LO and _HI names beside the initialisers are these halves.
 */
FFAV_INLINE struct efi_guid ffav_guid(uint64_t lo, uint64_t hi)
{
	struct efi_guid guid = {{0}};

	ffav_put64(guid.b, lo);
	ffav_put64(guid.b + 8, hi);
	return guid;
}

/** ffav_guid_is() - Are these 16 bytes, any alignment, the GUID with these halves? */
FFAV_INLINE bool ffav_guid_is(const void *guid, uint64_t lo, uint64_t hi)
{
	return ffav_get64(guid) == lo && ffav_get64((const uint8_t *)guid + 8) == hi;
}

/** ffav_guid_equal() - Compare two GUIDs; 16 readable bytes each, any alignment. */
FFAV_INLINE bool ffav_guid_equal(const void *a, const void *b)
{
	return ffav_get64(a) == ffav_get64(b) &&
	       ffav_get64((const uint8_t *)a + 8) == ffav_get64((const uint8_t *)b + 8);
}

/** Size of an EFI_TIME in a message or record, bytes (UEFI 2.10 section 8.3). */
#define EFI_TIME_SIZE 16

/** EFI_GLOBAL_VARIABLE, the namespace of Boot####, PK, KEK, SecureBoot and others. */
#define EFI_GLOBAL_VARIABLE_GUID                                                            \
	EFI_GUID_INIT(0x8be4df61, 0x93ca, 0x11d2, 0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, \
		      0x8c)

/** EFI_IMAGE_SECURITY_DATABASE_GUID, the namespace of db, dbx, dbt and dbr. */
#define EFI_IMAGE_SECURITY_DATABASE_GUID                                                    \
	EFI_GUID_INIT(0xd719b2cb, 0x3d3a, 0x4596, 0xa3, 0xbc, 0xda, 0xd0, 0x0e, 0x67, 0x65, \
		      0x6f)

/* Event groups that arrive as MM messages with one data byte. */
#define EFI_EVENT_EXIT_BOOT_SERVICES_GUID                                                   \
	EFI_GUID_INIT(0x27abf055, 0xb1b8, 0x4c26, 0x80, 0x48, 0x74, 0x8f, 0x37, 0xba, 0xa2, \
		      0xdf)
#define EFI_EVENT_READY_TO_BOOT_GUID                                                        \
	EFI_GUID_INIT(0x7ce88fb3, 0x4bd7, 0x4679, 0x87, 0xa8, 0xa8, 0xd8, 0xde, 0xe5, 0x0d, \
		      0x2b)
#define EFI_END_OF_DXE_EVENT_GROUP_GUID                                                     \
	EFI_GUID_INIT(0x02ce967a, 0xdd7e, 0x4ffc, 0x9e, 0xe7, 0x81, 0x0c, 0xf0, 0x47, 0x08, \
		      0x80)
#define EFI_DXE_MM_READY_TO_LOCK_GUID                                                       \
	EFI_GUID_INIT(0x60ff8964, 0xe906, 0x41d0, 0xaf, 0xed, 0xf2, 0x41, 0xe9, 0x74, 0xe0, \
		      0x8e)

#endif
