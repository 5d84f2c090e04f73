/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: MM communicate of the normal world
 *
 * One shared buffer, one doorbell function and one completion loop for both
 * phases. The caller owns struct ffav_mm and keeps it in resident memory.
 */
#ifndef FFAV_NORMAL_MM_H
#define FFAV_NORMAL_MM_H

#include "abi/mm.h"
#include "normal/ffa/ffa.h"

/** How the doorbell names the message; docs/dialects in docs/architecture.md. */
enum ffav_mm_dialect {
	/** x3 is an offset in the buffer that both sides know. */
	FFAV_MM_OFFSET,
	/** x3 is the physical address of the buffer. */
	FFAV_MM_ADDRESS,
	/** FFA_MSG_SEND_DIRECT_REQ2, x4 is the physical address. */
	FFAV_MM_REQUEST2,
	/** MM_COMMUNICATE of SPM_MM, without FF-A. */
	FFAV_MM_SPM,
};

/** Where the library stands. */
enum ffav_phase {
	FFAV_PHASE_BOOT,
	/** After ExitBootServices, physical or virtual. */
	FFAV_PHASE_RUNTIME,
};

/**
 * struct ffav_mm - A connection to an MM partition.
 * @ffa: the FF-A client
 * @phase: boot or runtime
 * @dialect: how the doorbell speaks
 * @found: the partition was found; not told by its id, which may be anything
 * @dead: a call was given up or an answer made no sense: DEVICE_ERROR until reset
 * @buffer: the shared buffer as this world sees it; the only pointer here, converted once
 * @buffer_address: its physical address
 * @buffer_size: bytes
 * @offset: where messages start in the buffer, bytes
 * @payload_max: most bytes behind the variable header, as the partition says
 */
struct ffav_mm {
	struct ffav_ffa ffa;
	enum ffav_phase phase;
	enum ffav_mm_dialect dialect;
	bool found;
	bool dead;
	uint8_t *buffer;
	uint64_t buffer_address;
	size_t buffer_size;
	size_t offset;
	uint64_t payload_max;
};

/**
 * ffav_mm_probe() - Find the partition and open the connection. Boot only.
 * @mm: filled in
 * @buffer: the shared buffer, mapped
 * @buffer_address: its physical address
 * @buffer_size: bytes
 * @offset: where messages start in it, bytes
 * @rxtx: two pages for RX and TX, page aligned, or NULL: then only registers are used
 * @rxtx_address: their physical address
 *
 * On failure nothing is left behind: RX/TX are unmapped, @mm says not found.
 *
 * Return: EFI_SUCCESS, EFI_UNSUPPORTED (no FF-A), EFI_NOT_FOUND (no MM partition), or
 * EFI_DEVICE_ERROR; why has gone to ffav_boot_log().
 */
efi_status_t ffav_mm_probe(struct ffav_mm *mm, void *buffer, uint64_t buffer_address,
			   size_t buffer_size, size_t offset, void *rxtx,
			   uint64_t rxtx_address);

/**
 * ffav_mm_communicate() - The raw MM communicate call (PI 1.8 volume 4, EFI_MM_COMMUNICATION).
 * @mm: the connection
 * @message: header and data; at runtime this must be the shared buffer itself
 * @size: in: bytes at @message; out: bytes of the reply. May be NULL.
 */
efi_status_t ffav_mm_communicate(struct ffav_mm *mm, void *message, size_t *size);

/**
 * ffav_mm_set_virtual_address_map() - Convert every stored pointer, once.
 *
 * Called on the virtual-address-change event, when ffav_convert_pointer() works.
 */
void ffav_mm_set_virtual_address_map(struct ffav_mm *mm);

/** ffav_mm_status() - The one mapping of MM return codes to EFI_STATUS; total. Boot and runtime. */
efi_status_t ffav_mm_status(int64_t code);

#endif
