/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: FF-A client of the normal world
 *
 * Arm DEN0077, versions 1.0 to 1.2. At boot: agree on a version, learn our
 * endpoint id, find a partition. In both phases: send it direct requests. The
 * state is plain values; the one pointer is gone before ExitBootServices.
 */
#ifndef FFAV_NORMAL_FFA_H
#define FFAV_NORMAL_FFA_H

#include "abi/efi.h"
#include "abi/ffa_memory.h"
#include "normal/platform.h"

/**
 * struct ffav_ffa - State of the FF-A client.
 * @version: negotiated version
 * @id: our endpoint id
 * @partition: endpoint id of the partition that direct requests go to
 * @uuid_index: which of the UUIDs that were asked for it answered
 * @uuid_lo: that UUID as DIRECT_REQ2 carries it, first register
 * @uuid_hi: second register
 * @rx: RX buffer while mapped, or NULL; boot only
 * @rxtx_mapped: RX/TX are mapped
 */
struct ffav_ffa {
	uint32_t version;
	uint16_t id;
	uint16_t partition;
	unsigned int uuid_index;
	uint64_t uuid_lo;
	uint64_t uuid_hi;
	const uint8_t *rx;
	bool rxtx_mapped;
};

/**
 * struct ffav_ffa_rxtx - Memory that discovery may use when registers do not do.
 * @pages: one page for RX, one for TX behind it, page aligned; NULL if there are none
 * @address: their physical address
 */
struct ffav_ffa_rxtx {
	void *pages;
	uint64_t address;
};

/**
 * ffav_ffa_open() - Agree on a version and learn our endpoint id. Boot only.
 * @ffa: zeroed and filled in
 *
 * FF-A 1.2, sections 13.2 (FFA_VERSION) and 13.10 (FFA_ID_GET).
 *
 * Return: EFI_SUCCESS, EFI_UNSUPPORTED if nothing speaks FF-A 1.x, EFI_DEVICE_ERROR if
 * what answers makes no sense; why has gone to ffav_boot_log().
 */
efi_status_t ffav_ffa_open(struct ffav_ffa *ffa);

/**
 * ffav_ffa_find() - Find the one partition that offers a service. Boot only.
 * @ffa: opened
 * @uuid: the service
 * @rxtx: memory for FFA_PARTITION_INFO_GET, used only if the register interface is missing
 * @info: where its descriptor goes
 *
 * RX/TX are mapped for this call only: they are unmapped again on every path.
 *
 * Return: EFI_SUCCESS, EFI_NOT_FOUND (no partition has it), EFI_ABORTED (several have it, or
 * the one has our own id: nobody could say who would answer), EFI_UNSUPPORTED (neither
 * interface can be used), EFI_DEVICE_ERROR (the answer makes no sense).
 */
efi_status_t ffav_ffa_find(struct ffav_ffa *ffa, const struct ffav_uuid *uuid,
			   const struct ffav_ffa_rxtx *rxtx, struct ffav_partition_info *info);

/**
 * ffav_ffa_rxtx_unmap() - Give RX/TX back if they are mapped. Boot and ExitBootServices.
 *
 * If the manager refuses, they stay marked as mapped and the next call tries again.
 *
 * Return: true if nothing is mapped any more.
 */
bool ffav_ffa_rxtx_unmap(struct ffav_ffa *ffa);

/**
 * ffav_ffa_rxtx_map() - Let the manager have RX/TX. Boot only.
 * @ffa: opened
 * @rxtx: what to map: the RX page, then the TX page
 *
 * Return: EFI_SUCCESS, EFI_UNSUPPORTED (there are none, or the manager wants larger ones),
 * EFI_DEVICE_ERROR; why has gone to ffav_boot_log().
 */
efi_status_t ffav_ffa_rxtx_map(struct ffav_ffa *ffa, const struct ffav_ffa_rxtx *rxtx);

/** ffav_ffa_is_success() - Is an answer FFA_SUCCESS? Boot only. */
bool ffav_ffa_is_success(const struct ffav_smc_regs *regs);

/**
 * ffav_ffa_mem_share() - Share memory with the partition, to read and write. Boot only.
 * @ffa: opened, with a partition
 * @rxtx: memory for RX/TX, mapped for this call only
 * @tag: what the partition will name the transaction by, beside the handle
 * @ranges: the memory; normal, write-back and inner shareable as RAM is
 * @count: how many ranges; more than fit in TX go in several fragments
 * @handle: where the handle goes
 *
 * FF-A 1.2, section "FFA_MEM_SHARE". A handle is alive until ffav_ffa_mem_reclaim(), and while
 * one is, the manager keeps this endpoint's version: an operating system that wants another one
 * is refused.
 *
 * Return: EFI_SUCCESS; EFI_UNSUPPORTED (no such call, or no RX/TX); EFI_OUT_OF_RESOURCES,
 * EFI_ACCESS_DENIED, EFI_INVALID_PARAMETER as the manager says; EFI_DEVICE_ERROR (its answer
 * makes no sense, or RX/TX cannot be unmapped). Unless it succeeded nothing is shared, or with
 * EFI_DEVICE_ERROR may be: the memory must not be used for anything else then.
 */
efi_status_t ffav_ffa_mem_share(struct ffav_ffa *ffa, const struct ffav_ffa_rxtx *rxtx,
				uint64_t tag, const struct ffav_mem_range *ranges,
				uint32_t count, uint64_t *handle);

/**
 * ffav_ffa_mem_reclaim() - Have memory alone again that was shared. Boot only.
 *
 * Return: EFI_SUCCESS, EFI_ACCESS_DENIED while the partition has it, EFI_INVALID_PARAMETER for
 * a handle that is not ours, EFI_DEVICE_ERROR.
 */
efi_status_t ffav_ffa_mem_reclaim(uint64_t handle);

/** enum ffav_ffa_outcome - How a direct request ended. */
enum ffav_ffa_outcome {
	/** The response of the partition is in the registers. */
	FFAV_FFA_RESPONSE,
	/** FFA_ERROR before the partition was resumed even once; the code is in w2. */
	FFAV_FFA_ERROR,
	/** FFA_ERROR after the partition had been resumed; the code is in w2. */
	FFAV_FFA_ERROR_RESUMED,
	/** Given up, or the answer makes no sense: the partition may still be working. */
	FFAV_FFA_LOST,
};

/**
 * struct ffav_ffa_request - What a direct request carries; every other register is zero.
 * @fid: FFA_MSG_SEND_DIRECT_REQ_64 or FFA_MSG_SEND_DIRECT_REQ2
 * @x2: zero, or the first half of the service UUID
 * @x3: the first word of the payload, or the second half of the UUID
 * @x4: more payload
 * @x5: the same
 * @x6: the same
 */
struct ffav_ffa_request {
	uint32_t fid;
	uint64_t x2;
	uint64_t x3;
	uint64_t x4;
	uint64_t x5;
	uint64_t x6;
};

/**
 * ffav_ffa_direct() - Send a direct request and bring it to its end. Boot and runtime.
 * @ffa: opened, with a partition
 * @request: what to send
 * @regs: where the last answer goes
 *
 * This is the only completion loop. FFA_INTERRUPT and FFA_YIELD are followed by FFA_RUN with
 * the ids that came back, within a very large bound, because FF-A cannot cancel a request.
 * BUSY and RETRY are tried again for a bounded time (FF-A 1.2, sections 15.2 to 15.4, 14.3).
 *
 * Return: how it ended.
 */
enum ffav_ffa_outcome ffav_ffa_direct(const struct ffav_ffa *ffa,
				      const struct ffav_ffa_request *request,
				      struct ffav_smc_regs *regs);

/** Attempts that ffav_backoff() spaces out before whoever is retrying gives up. */
#define FFAV_BACKOFF_ATTEMPTS 64u

/**
 * ffav_backoff() - Wait a little before attempt @attempt (from 0). Boot and runtime.
 *
 * Doubles from 8 microseconds to 1 millisecond; all FFAV_BACKOFF_ATTEMPTS together are about
 * 60 milliseconds. It uses no timer service, and a counter that stands still cannot hang it.
 */
void ffav_backoff(unsigned int attempt);

/** FFAV_RESUME_MAX - FFA_RUN calls for one request before it is given up. */
#define FFAV_RESUME_MAX (UINT32_C(1) << 24)

#endif
