/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory that is shared with the partition (FF-A 1.2, chapter "Memory management interfaces").
 * Boot only: it needs RX/TX, which are the operating system's afterwards.
 */
#include "normal/ffa/ffa.h"

/**
 * struct sender - A descriptor on its way through TX.
 * @tx: the TX page
 * @ranges: what is shared
 * @count: how many
 * @next: the first that has not been sent
 * @sent: bytes of the descriptor that have
 * @total: bytes of it
 */
struct sender {
	uint8_t *tx;
	const struct ffav_mem_range *ranges;
	uint32_t count;
	uint32_t next;
	uint32_t sent;
	uint32_t total;
};

/* Everything before the ranges. Return: its bytes. */
FFAV_BOOT static uint32_t put_head(const struct ffav_ffa *ffa, uint64_t tag,
				   const struct sender *s)
{
	uint32_t size = ffav_mem_access_size(ffa->version);
	struct ffav_mem_header header = {
		.sender = ffa->id,
		.attributes = FFA_MEM_RAM,
		.tag = tag,
		.access_size = size,
		.access_count = 1,
		.access_offset = ffav_mem_header_size(ffa->version),
	};
	struct ffav_mem_access access = {
		.receiver = ffa->partition,
		.permissions = FFA_MEM_READ_WRITE,
		.composite = header.access_offset + size,
	};
	struct ffav_mem_composite composite = {.ranges = s->count};

	for (uint32_t i = 0; i < s->count; i++)
		composite.pages += s->ranges[i].pages;
	ffav_mem_header_encode(s->tx, FFA_PAGE_SIZE, ffa->version, &header);
	ffav_mem_access_encode(s->tx + header.access_offset, size, &access);
	ffav_mem_composite_encode(s->tx + access.composite, &composite);
	return access.composite + FFA_MEM_COMPOSITE_SIZE;
}

/* As many ranges as fit behind @at bytes of TX. Return: bytes of the fragment. */
FFAV_BOOT static uint32_t put_ranges(struct sender *s, uint32_t at)
{
	while (s->next < s->count && FFA_PAGE_SIZE - at >= FFA_MEM_RANGE_SIZE) {
		ffav_mem_range_encode(s->tx + at, &s->ranges[s->next++]);
		at += FFA_MEM_RANGE_SIZE;
	}
	s->sent += at;
	return at;
}

/* What an FF-A status code is to EFI. */
FFAV_BOOT static efi_status_t status_of(const struct ffav_smc_regs *regs)
{
	if ((uint32_t)regs->x[0] != FFA_ERROR)
		return EFI_DEVICE_ERROR;
	switch ((int32_t)(uint32_t)regs->x[2]) {
	case FFA_NOT_SUPPORTED:
		return EFI_UNSUPPORTED;
	case FFA_NO_MEMORY:
		return EFI_OUT_OF_RESOURCES;
	case FFA_DENIED:
		return EFI_ACCESS_DENIED;
	case FFA_INVALID_PARAMETERS:
		return EFI_INVALID_PARAMETER;
	default:
		return EFI_DEVICE_ERROR;
	}
}

/* Send what is left after the first fragment. @regs: its answer, on return the last one */
FFAV_BOOT static efi_status_t send_rest(struct sender *s, struct ffav_smc_regs *regs,
					uint64_t *handle)
{
	*handle = ffav_mem_handle(regs->x[1], regs->x[2]);
	while ((uint32_t)regs->x[0] == FFA_MEM_FRAG_RX) {
		uint32_t size;

		/* The manager asks for what has not been sent, of the descriptor that is. */
		if (s->sent == s->total || (uint32_t)regs->x[3] != s->sent ||
		    ffav_mem_handle(regs->x[1], regs->x[2]) != *handle)
			return EFI_DEVICE_ERROR;
		size = put_ranges(s, 0);
		memset(regs, 0, sizeof(*regs));
		regs->x[0] = FFA_MEM_FRAG_TX;
		regs->x[1] = (uint32_t)*handle;
		regs->x[2] = *handle >> 32;
		regs->x[3] = size;
		ffav_smc(regs);
	}
	if (!ffav_ffa_is_success(regs))
		return status_of(regs);
	if (s->sent != s->total || ffav_mem_handle(regs->x[2], regs->x[3]) != *handle)
		return EFI_DEVICE_ERROR;
	return EFI_SUCCESS;
}

FFAV_BOOT static efi_status_t send(const struct ffav_ffa *ffa, uint64_t tag, struct sender *s,
				   uint64_t *handle)
{
	uint32_t head = put_head(ffa, tag, s);
	struct ffav_smc_regs regs = {.x = {FFA_MEM_SHARE_64}};
	efi_status_t status;

	s->total = head + s->count * FFA_MEM_RANGE_SIZE;
	regs.x[1] = s->total;
	regs.x[2] = put_ranges(s, head);
	ffav_smc(&regs);
	if (ffav_ffa_is_success(&regs)) {
		*handle = ffav_mem_handle(regs.x[2], regs.x[3]);
		return s->sent == s->total ? EFI_SUCCESS : EFI_DEVICE_ERROR;
	}
	if ((uint32_t)regs.x[0] != FFA_MEM_FRAG_RX)
		return status_of(&regs);
	status = send_rest(s, &regs, handle);
	/* Half a descriptor is given up; where that fails nobody knows who has the memory. */
	if (status && ffav_ffa_mem_reclaim(*handle))
		status = EFI_DEVICE_ERROR;
	return status;
}

FFAV_BOOT efi_status_t ffav_ffa_mem_share(struct ffav_ffa *ffa,
					  const struct ffav_ffa_rxtx *rxtx, uint64_t tag,
					  const struct ffav_mem_range *ranges, uint32_t count,
					  uint64_t *handle)
{
	struct sender s = {.ranges = ranges, .count = count};
	efi_status_t status = ffav_ffa_rxtx_map(ffa, rxtx);

	if (status)
		return status;
	s.tx = (uint8_t *)rxtx->pages + FFA_PAGE_SIZE;
	status = send(ffa, tag, &s, handle);
	if (status)
		ffav_boot_log("FFA_MEM_SHARE failed; status", status);
	if (!ffav_ffa_rxtx_unmap(ffa)) {
		ffav_boot_log("FFA_RXTX_UNMAP failed after memory was shared; our id is",
			      ffa->id);
		status = EFI_DEVICE_ERROR;
	}
	return status;
}

FFAV_BOOT efi_status_t ffav_ffa_mem_reclaim(uint64_t handle)
{
	struct ffav_smc_regs regs = {
		.x = {FFA_MEM_RECLAIM, (uint32_t)handle, handle >> 32},
	};

	ffav_smc(&regs);
	if (ffav_ffa_is_success(&regs))
		return EFI_SUCCESS;
	ffav_boot_log("FFA_MEM_RECLAIM failed; w2 of its answer is", (uint32_t)regs.x[2]);
	return status_of(&regs);
}
