/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: The variable volume of edk2
 *
 * A firmware volume (UEFI PI 1.7, volume 3, section 3.2.1) that holds a variable store, the
 * working area of the fault tolerant write driver and its spare area, one behind the other.
 * It is what edk2 firmware keeps its variables in, and what the tools of its users read and
 * write.
 *
 * Integers are little-endian. A record of the store begins at a multiple of 4 from the start
 * of the volume; name and data follow its header without padding.
 */
#ifndef FFAVARS_EDK2_H
#define FFAVARS_EDK2_H

#include "tools/ffavars/variable.h"

/** Firmware volume header: offsets of what matters, and the size with one run of blocks. */
#define EDK2_FV_GUID_AT   16u
#define EDK2_FV_LENGTH_AT 32u
#define EDK2_FV_MAGIC_AT  40u
/** "_FVH" */
#define EDK2_FV_MAGIC       UINT32_C(0x4856465f)
#define EDK2_FV_FLAGS_AT    44u
#define EDK2_FV_HEADER_AT   48u
#define EDK2_FV_CHECKSUM_AT 50u
#define EDK2_FV_REVISION_AT 55u
#define EDK2_FV_BLOCKS_AT   56u
#define EDK2_FV_SIZE        72u
#define EDK2_FV_REVISION    2u

/** gEfiSystemNvDataFvGuid: what a volume with variables calls its file system. */
#define EDK2_NV_DATA_GUID                                                                   \
	EFI_GUID_INIT(0xfff12b8d, 0x7696, 0x4c8b, 0xa9, 0x85, 0x27, 0x47, 0x07, 0x5b, 0x4f, \
		      0x50)
/** gEfiAuthenticatedVariableGuid: a store whose records have time stamps. */
#define EDK2_AUTHENTICATED_GUID                                                             \
	EFI_GUID_INIT(0xaaf32c78, 0x947b, 0x439a, 0xa1, 0x80, 0x2e, 0x14, 0x4e, 0xc3, 0x77, \
		      0x92)
/** gEfiVariableGuid: one whose records have none. */
#define EDK2_PLAIN_GUID                                                                     \
	EFI_GUID_INIT(0xddcf3616, 0x3275, 0x4164, 0x98, 0xb6, 0xfe, 0x85, 0x70, 0x7f, 0xfe, \
		      0x7d)
/** gEdkiiWorkingBlockSignatureGuid: the working area. */
#define EDK2_WORKING_GUID                                                                   \
	EFI_GUID_INIT(0x9e58292b, 0x7c68, 0x497d, 0xa0, 0xce, 0x65, 0x00, 0xfd, 0x9f, 0x1b, \
		      0x95)
/** gEfiCertDbGuid: vendor of the variable "certdb", which holds the signers. */
#define EDK2_CERTDB_GUID                                                                    \
	EFI_GUID_INIT(0xd9bee56e, 0x75dc, 0x49d9, 0xb4, 0xd7, 0xb5, 0x34, 0x21, 0x0f, 0x63, \
		      0x7a)
#define EDK2_CERTDB_NAME "certdb"

/** Variable store header: GUID 16, size 4, format 1, state 1, reserved 6. */
#define EDK2_STORE_SIZE      28u
#define EDK2_STORE_FORMATTED UINT8_C(0x5a)
#define EDK2_STORE_HEALTHY   UINT8_C(0xfe)

/** Record headers: with and without authentication. */
#define EDK2_RECORD_SIZE       60u
#define EDK2_PLAIN_RECORD_SIZE 32u
#define EDK2_RECORD_START      UINT16_C(0x55aa)
#define EDK2_RECORD_ALIGN      4u
/** States of a record; bits are cleared as it gets on. */
#define EDK2_ADDED         UINT8_C(0x3f)
#define EDK2_IN_TRANSITION UINT8_C(0x3e)

/** Working area: GUID 16, CRC-32 4, state 1, reserved 3, size of the queue 8. */
#define EDK2_WORKING_SIZE    32u
#define EDK2_WORKING_VALID   UINT8_C(0xfe)
#define EDK2_QUEUE_HEADER    40u
#define EDK2_QUEUE_RECORD    40u
#define EDK2_QUEUE_ALLOCATED UINT8_C(0x01)
#define EDK2_QUEUE_WRITES    UINT8_C(0x02)
#define EDK2_QUEUE_COMPLETE  UINT8_C(0x04)
/** Of a record of the queue: the spare area has it all; so has the destination. */
#define EDK2_QUEUE_SPARE UINT8_C(0x02)
#define EDK2_QUEUE_DONE  UINT8_C(0x04)

/**
 * struct edk2_layout - A volume as a firmware wants it, bytes.
 * @name: for --layout
 * @help: whose it is
 * @flags: attributes of the volume
 * @block: one erase block
 * @variables: from the start of the volume to what follows the store
 * @log: an event log that nobody uses any more, between store and working area
 * @working: working area
 * @spare: spare area
 * @file: what the file is filled up to with zeros
 */
struct edk2_layout {
	const char *name;
	const char *help;
	uint32_t flags;
	uint32_t block;
	uint32_t variables;
	uint32_t log;
	uint32_t working;
	uint32_t spare;
	uint32_t file;
};

/** All layouts; the first is the default, the last has no name. */
extern const struct edk2_layout edk2_layouts[];

/** edk2_detect() - Does this look like a volume or a variable store? */
bool edk2_detect(const uint8_t *file, size_t size);

/**
 * edk2_read() - Read the variables of a volume, or of a variable store alone.
 * @file: the file
 * @size: bytes
 * @list: an empty list; what was read goes there, also where something is wrong
 * @p: what is wrong, with its offset
 *
 * An update that was interrupted after the spare area was written is carried out, as the
 * firmware would do it. The signers in "certdb" are given to their variables. What the
 * variables are is for variables_check(). Return: 0 or -1.
 */
int edk2_read(const uint8_t *file, size_t size, struct variables *list, struct problem *p);

/**
 * edk2_write() - Make a volume.
 * @list: what variables_check() has accepted
 * @layout: of which kind
 * @p: what is wrong
 *
 * Return: @layout->file bytes, for free(), or NULL after a problem.
 */
uint8_t *edk2_write(const struct variables *list, const struct edk2_layout *layout,
		    struct problem *p);

/** edk2_checksum() - Sum of 16-bit words; 0 over a whole firmware volume header. */
uint16_t edk2_checksum(const uint8_t *in, size_t size);

/** edk2_working_crc() - CRC-32 that a working area's header has. @header: EDK2_WORKING_SIZE bytes. */
uint32_t edk2_working_crc(const uint8_t *header);

/**
 * edk2_spare() - Is there an update that waits in the spare area?
 * @volume: the volume
 * @size: bytes
 * @store_end: offset behind the variable store
 * @spare: where the offset of the spare area goes
 * @p: what is wrong
 *
 * Return: 1 if the spare area holds what the first block should, 0 if nothing waits, -1 after
 * a problem.
 */
int edk2_spare(const uint8_t *volume, size_t size, size_t store_end, size_t *spare,
	       struct problem *p);

/**
 * edk2_certdb_take() - Give the signers in "certdb" to their variables and drop it.
 *
 * Return: 0, or -1 where it contradicts itself.
 */
int edk2_certdb_take(struct variables *list, struct problem *p);

/**
 * edk2_certdb_make() - What "certdb" has to hold.
 * @list: the variables
 * @size: where its size goes, bytes; 0 if no variable has a signer
 *
 * Return: the data, for free(), or NULL without memory.
 */
uint8_t *edk2_certdb_make(const struct variables *list, size_t *size);

#endif
