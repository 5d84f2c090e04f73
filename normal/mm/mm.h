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

/** How the doorbell names the message; docs/runtime.md compares them. */
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
 * @moved: the virtual address map was set, pointers are converted
 * @exit_told: the partition has acknowledged ExitBootServices
 * @exit_answered: it has answered that message, with success or an error of its own; until
 *	then each variable service at runtime sends it first
 * @buffer: the shared buffer as this world sees it; the only pointer here, converted once
 * @buffer_address: its physical address
 * @buffer_size: bytes
 * @offset: where messages start in the buffer, bytes
 * @header_size: of the MM header that variable messages get: MM_HEADER_V1_SIZE, or
 *	MM_HEADER_V3_SIZE for a partition that only takes that
 * @payload_max: most bytes behind the variable header, as the partition says
 * @sharing: the buffer is ours to share, not the one of the partition's manifest
 * @handle: under which it is shared, 0 while it is not
 */
struct ffav_mm {
	struct ffav_ffa ffa;
	enum ffav_phase phase;
	enum ffav_mm_dialect dialect;
	bool found;
	bool dead;
	bool moved;
	bool exit_told;
	bool exit_answered;
	uint8_t *buffer;
	uint64_t buffer_address;
	size_t buffer_size;
	size_t offset;
	size_t header_size;
	uint64_t payload_max;
	bool sharing;
	uint64_t handle;
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
 * The buffer is cleaned and invalidated whole, once; from here on it belongs to the library.
 * Whoever answers is asked for its payload size, which shows that it speaks the dialect.
 * Every attempt is logged. On failure nothing is left behind: RX/TX are unmapped, @mm says
 * not found and holds no pointer. If @mm->dead is set then, a partition was left with a
 * request that it has not answered: the buffer's memory must never be used for anything else.
 * The same holds for the pages at @rxtx if @mm->ffa.rxtx_mapped is set: the manager refused to
 * unmap them and may write there.
 *
 * Return: EFI_SUCCESS, EFI_INVALID_PARAMETER (buffer or offset cannot hold a message),
 * EFI_UNSUPPORTED (neither FF-A nor SPM_MM), EFI_NOT_FOUND (no MM partition), or
 * EFI_DEVICE_ERROR; why has gone to ffav_boot_log().
 */
efi_status_t ffav_mm_probe(struct ffav_mm *mm, void *buffer, uint64_t buffer_address,
			   size_t buffer_size, size_t offset, void *rxtx,
			   uint64_t rxtx_address);

/**
 * typedef ffav_mm_attempt - Set up what is special with a partition that was found, and talk to it.
 * @mm: the connection, with a partition and a dialect
 * @info: its descriptor
 * @rxtx: memory for RX/TX
 *
 * Boot only. Return: EFI_SUCCESS if it answers; otherwise nothing is left of the attempt.
 */
typedef efi_status_t ffav_mm_attempt(struct ffav_mm *mm, const struct ffav_partition_info *info,
				     const struct ffav_ffa_rxtx *rxtx);

/** ffav_mm_try_out() - The attempt with nothing special: ask the partition for its payload size. */
ffav_mm_attempt ffav_mm_try_out;

/**
 * ffav_mm_probe_by() - Both ways of probing. Boot only.
 * @mm: zero, but for the buffer, the offset and whether it is ours to share
 * @pages: memory for RX/TX
 * @attempt: what to do with each partition that is found
 *
 * It is a parameter so that who shares nothing has no code for it. Return: as ffav_mm_probe().
 */
efi_status_t ffav_mm_probe_by(struct ffav_mm *mm, const struct ffav_ffa_rxtx *pages,
			      ffav_mm_attempt *attempt);

/**
 * ffav_mm_probe_sharing() - The same, with a buffer that no manifest names. Boot only.
 * @mm: filled in
 * @buffer: normal-world RAM of the caller's choice, whole pages of 4 KiB, mapped
 * @buffer_address: its physical address
 * @buffer_size: bytes
 * @offset: where messages start in it, bytes
 * @rxtx: two pages for RX and TX, page aligned; there is no sharing without them
 * @rxtx_address: their physical address
 *
 * The buffer is shared with each partition that is tried (FFA_MEM_SHARE), which is told to take
 * it (MM_BUFFER_TAKE). It stays shared when the operating system takes over, and works there as
 * any other; but while it is, the manager keeps the FF-A version that was negotiated here, and
 * an operating system that asks for another one is refused.
 *
 * What ffav_mm_probe() says of failures holds here; @mm->dead is also set if the buffer cannot
 * be reclaimed. Return: as ffav_mm_probe(); SPM_MM is not tried.
 */
efi_status_t ffav_mm_probe_sharing(struct ffav_mm *mm, void *buffer, uint64_t buffer_address,
				   size_t buffer_size, size_t offset, void *rxtx,
				   uint64_t rxtx_address);

/**
 * ffav_mm_buffer_share() - Share the buffer with the partition and let it take it. Boot only.
 * @mm: with a partition; @mm->sharing is set
 * @rxtx: memory for RX/TX
 *
 * Return: EFI_SUCCESS; otherwise nothing is shared, or @mm->dead is set.
 */
efi_status_t ffav_mm_buffer_share(struct ffav_mm *mm, const struct ffav_ffa_rxtx *rxtx);

/**
 * ffav_mm_buffer_take_back() - Let the partition give the buffer up, and reclaim it. Boot only.
 * @mm: the connection; nothing happens unless it shares its buffer
 *
 * There is no connection afterwards. If the buffer is not given up or cannot be reclaimed,
 * @mm->dead is set: its memory must never be used for anything else.
 */
void ffav_mm_buffer_take_back(struct ffav_mm *mm);

/**
 * ffav_mm_communicate() - The raw MM communicate call (PI 1.8 volume 4, EFI_MM_COMMUNICATION).
 * @mm: the connection
 * @message: header (version 1 or 3) and data; at runtime this must be the place for messages
 *	in the shared buffer itself. At boot it is copied in, and the reply copied out
 * @size: in: bytes at @message; out: bytes of the reply, or the limit of the shared buffer
 *	with EFI_BAD_BUFFER_SIZE. May be NULL: then the header tells
 *
 * Boot and runtime. A caller that writes into the shared buffer itself writes nothing behind
 * the message: such lines would not be cleaned.
 *
 * Return: EFI_INVALID_PARAMETER (a null buffer, a size that is smaller than the message says,
 * at runtime another buffer than the shared one, at boot one that overlaps it);
 * EFI_BAD_BUFFER_SIZE (larger than the shared buffer); EFI_UNSUPPORTED (no partition was
 * found); EFI_OUT_OF_RESOURCES (the reply does not fit in the caller's buffer);
 * EFI_DEVICE_ERROR (the partition is lost, busy for too long, or its reply makes no sense);
 * or what ffav_mm_status() makes of the partition's answer.
 */
efi_status_t ffav_mm_communicate(struct ffav_mm *mm, void *message, size_t *size);

/**
 * ffav_mm_set_virtual_address_map() - Convert every stored pointer, once.
 *
 * Called on the virtual-address-change event, when ffav_convert_pointer() works. A second
 * call changes nothing.
 */
void ffav_mm_set_virtual_address_map(struct ffav_mm *mm);

/**
 * ffav_mm_status() - The one mapping of MM return codes to EFI_STATUS. Boot and runtime.
 * @code: from the other world, any value
 *
 * DEN0060 section 2.2. Total: what is not a known code counts as denied.
 */
efi_status_t ffav_mm_status(int64_t code);

/*
 * What the services are built from. Between ffav_mm_begin() and ffav_mm_end() the caller owns
 * the lock and the shared buffer, and writes its message at ffav_mm_message().
 */

/**
 * ffav_mm_begin() - Take the lock for one call. Boot and runtime.
 *
 * Return: EFI_SUCCESS, then ffav_mm_end() must follow; or, with nothing taken,
 * EFI_UNSUPPORTED (no partition), EFI_DEVICE_ERROR (it is lost, or another caller holds the
 * lock for too long).
 */
efi_status_t ffav_mm_begin(struct ffav_mm *mm);

/** ffav_mm_end() - Release what ffav_mm_begin() took. Boot and runtime. */
void ffav_mm_end(struct ffav_mm *mm);

/** ffav_mm_message() - Where messages start in the shared buffer. Boot and runtime. */
static inline uint8_t *ffav_mm_message(const struct ffav_mm *mm)
{
	return mm->buffer + mm->offset;
}

/** ffav_mm_room() - Bytes from there to the end of the shared buffer. */
static inline size_t ffav_mm_room(const struct ffav_mm *mm)
{
	return mm->buffer_size - mm->offset;
}

/**
 * ffav_mm_exchange() - Send the message in the shared buffer and receive the reply there.
 * @mm: between ffav_mm_begin() and ffav_mm_end()
 * @written: bytes from the start of the message that were written and must be cleaned; at
 *	least the header
 * @reply: where header size and length of the reply's data go; header and data lie in the
 *	shared buffer and have been invalidated, their contents are not checked
 *
 * Boot and runtime. This is the only place that hands the buffer over.
 *
 * Return: EFI_SUCCESS if the partition answered with success, a header for the same service
 * and a length that fits; what ffav_mm_status() says for another answer; EFI_DEVICE_ERROR.
 */
efi_status_t ffav_mm_exchange(struct ffav_mm *mm, size_t written, struct ffav_mm_header *reply);

/**
 * ffav_mm_doorbell() - Tell the partition that the message is in the buffer. Boot and runtime.
 *
 * The one function that speaks the dialects, for both phases. Sets @mm->dead if the buffer
 * cannot be taken back.
 */
efi_status_t ffav_mm_doorbell(struct ffav_mm *mm);

#endif
