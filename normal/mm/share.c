/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A shared buffer that is shared by FFA_MEM_SHARE, not named by the partition's manifest.
 * Boot only; at runtime it is a buffer as any other.
 */
#include "normal/mm/mm.h"

/* Tell the partition about the buffer: @command is MM_BUFFER_TAKE or MM_BUFFER_GIVE_UP. */
FFAV_BOOT static efi_status_t tell(struct ffav_mm *mm, uint64_t command)
{
	struct ffav_ffa_request request = {
		.fid = FFA_MSG_SEND_DIRECT_REQ_64,
		.x3 = command,
		.x4 = mm->handle,
		.x5 = mm->buffer_address,
		.x6 = mm->buffer_size,
	};
	struct ffav_smc_regs regs;

	switch (ffav_ffa_direct(&mm->ffa, &request, &regs)) {
	case FFAV_FFA_RESPONSE:
		/* Codes have 32 bits, with or without their sign in the rest of the register. */
		return ffav_mm_status((int32_t)(uint32_t)regs.x[3]);
	case FFAV_FFA_ERROR:
		return EFI_DEVICE_ERROR;
	case FFAV_FFA_ERROR_RESUMED:
	case FFAV_FFA_LOST:
		break;
	}
	mm->dead = true;
	return EFI_DEVICE_ERROR;
}

/* Nobody but us has the buffer, or it must never be used again. */
FFAV_BOOT static void reclaim(struct ffav_mm *mm)
{
	if (ffav_ffa_mem_reclaim(mm->handle))
		mm->dead = true;
	mm->handle = 0;
}

FFAV_BOOT efi_status_t ffav_mm_buffer_share(struct ffav_mm *mm,
					    const struct ffav_ffa_rxtx *rxtx)
{
	struct ffav_mem_range range = {.address = mm->buffer_address,
				       .pages = (uint32_t)(mm->buffer_size / FFA_PAGE_SIZE)};
	efi_status_t status;

	status = ffav_ffa_mem_share(&mm->ffa, rxtx, MM_BUFFER_TAG, &range, 1, &mm->handle);
	if (status) {
		mm->handle = 0;
		if (status == EFI_DEVICE_ERROR)
			mm->dead = true;
		return status;
	}
	status = tell(mm, MM_BUFFER_TAKE);
	if (!status)
		return EFI_SUCCESS;
	ffav_boot_log(
		"The MM partition does not take the buffer that is shared with it; status",
		status);
	if (!mm->dead)
		reclaim(mm);
	return status;
}

FFAV_BOOT void ffav_mm_buffer_take_back(struct ffav_mm *mm)
{
	efi_status_t status;

	if (!mm->handle)
		return;
	mm->found = false;
	status = mm->dead ? EFI_DEVICE_ERROR : tell(mm, MM_BUFFER_GIVE_UP);
	if (status) {
		ffav_boot_log("The MM partition does not give the buffer up; status", status);
		mm->dead = true;
		return;
	}
	reclaim(mm);
}

/* The message about the buffer is a direct request of the first kind, whatever the doorbells are. */
FFAV_BOOT static efi_status_t attempt(struct ffav_mm *mm,
				      const struct ffav_partition_info *info,
				      const struct ffav_ffa_rxtx *rxtx)
{
	efi_status_t status;

	if (!(info->properties & FFA_PARTITION_DIRECT_RECV)) {
		ffav_boot_log("The MM partition cannot be told of a buffer; its properties are",
			      info->properties);
		return EFI_DEVICE_ERROR;
	}
	status = ffav_mm_buffer_share(mm, rxtx);
	if (status)
		return status;
	status = ffav_mm_try_out(mm, info, rxtx);
	if (status)
		ffav_mm_buffer_take_back(mm);
	return status;
}

FFAV_BOOT efi_status_t ffav_mm_probe_sharing(struct ffav_mm *mm, void *buffer,
					     uint64_t buffer_address, size_t buffer_size,
					     size_t offset, void *rxtx, uint64_t rxtx_address)
{
	struct ffav_ffa_rxtx pages = {rxtx, rxtx_address};

	memset(mm, 0, sizeof(*mm));
	/* What is shared is shared whole pages at a time. */
	if (buffer_address % FFA_PAGE_SIZE || buffer_size % FFA_PAGE_SIZE) {
		ffav_boot_log("The buffer to be shared is not whole pages of 4 KiB; address",
			      buffer_address);
		return EFI_INVALID_PARAMETER;
	}
	mm->buffer = buffer;
	mm->buffer_address = buffer_address;
	mm->buffer_size = buffer_size;
	mm->offset = offset;
	mm->sharing = true;
	return ffav_mm_probe_by(mm, &pages, attempt);
}
