/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Partition discovery: by registers where the manager can do that, else through
 * RX/TX buffers (FF-A 1.2, sections 13.8 and 13.9).
 */
#include "normal/ffa/ffa.h"

/*
 * In PARTITION_INFO_GET_REGS: first register of the descriptors, bytes of registers there, and
 * of a descriptor what every version has. FF-A 1.3 has more, also in answers to older callers.
 */
#define INFO_REGS_FIRST    3u
#define INFO_REGS_SIZE     120u
#define INFO_REGS_DESC_MIN 24u

/* What was found so far. */
struct found {
	unsigned int count;
	struct ffav_partition_info first;
};

FFAV_BOOT bool ffav_ffa_is_success(const struct ffav_smc_regs *regs)
{
	uint32_t fid = (uint32_t)regs->x[0];

	return fid == FFA_SUCCESS_32 || fid == FFA_SUCCESS_64;
}

FFAV_BOOT static bool is_error(const struct ffav_smc_regs *regs, int32_t code)
{
	return (uint32_t)regs->x[0] == FFA_ERROR && (int32_t)(uint32_t)regs->x[2] == code;
}

/* The answer to a question about a UUID that nobody has. */
FFAV_BOOT static bool is_nobody(const struct ffav_smc_regs *regs)
{
	return is_error(regs, FFA_INVALID_PARAMETERS) || is_error(regs, FFA_NO_DATA);
}

FFAV_BOOT static void ask_feature(struct ffav_smc_regs *regs, uint32_t fid)
{
	memset(regs, 0, sizeof(*regs));
	regs->x[0] = FFA_FEATURES;
	regs->x[1] = fid;
	ffav_smc(regs);
}

FFAV_BOOT static void add(struct found *found, const struct ffav_partition_info *info)
{
	if (!found->count++)
		found->first = *info;
}

/* Descriptor @n of an answer whose descriptors have @size bytes. */
FFAV_BOOT static struct ffav_partition_info info_at(const struct ffav_smc_regs *regs,
						    uint32_t n, uint32_t size)
{
	struct ffav_smc_regs one = {.x = {0}};

	memcpy(&one.x[INFO_REGS_FIRST], &regs->x[INFO_REGS_FIRST + n * (size / 8)],
	       INFO_REGS_DESC_MIN);
	return ffav_info_regs_get(&one, 0);
}

FFAV_BOOT static efi_status_t by_registers(const struct ffav_uuid *uuid, struct found *found)
{
	uint32_t next = 0;
	uint16_t tag = 0;
	uint16_t last = 0;

	do {
		struct ffav_smc_regs regs = {.x = {FFA_PARTITION_INFO_GET_REGS,
						   ffav_uuid_lo(uuid), ffav_uuid_hi(uuid),
						   next | (uint64_t)tag << 16}};
		struct ffav_info_regs m;

		ffav_smc(&regs);
		if (!next && is_nobody(&regs))
			return EFI_SUCCESS;
		if (!next && is_error(&regs, FFA_NOT_SUPPORTED))
			return EFI_UNSUPPORTED;
		if (!ffav_ffa_is_success(&regs)) {
			ffav_boot_log("FFA_PARTITION_INFO_GET_REGS failed; w2 of its answer is",
				      (uint32_t)regs.x[2]);
			return EFI_DEVICE_ERROR;
		}
		m = ffav_info_regs_decode(regs.x[2]);
		/* Each answer must move forward, fit in the registers and keep the total. */
		if (m.size < INFO_REGS_DESC_MIN || m.size % 8 || m.current > m.last ||
		    m.current < next || m.current - next >= INFO_REGS_SIZE / m.size ||
		    (next && m.last != last)) {
			ffav_boot_log("FFA_PARTITION_INFO_GET_REGS answered with indices or a "
				      "size that make no sense; x2 is",
				      regs.x[2]);
			return EFI_DEVICE_ERROR;
		}
		for (uint32_t i = next; i <= m.current; i++) {
			struct ffav_partition_info info = info_at(&regs, i - next, m.size);

			add(found, &info);
		}
		last = m.last;
		tag = m.tag;
		next = (uint32_t)m.current + 1;
	} while (next <= last);
	return EFI_SUCCESS;
}

FFAV_BOOT efi_status_t ffav_ffa_rxtx_map(struct ffav_ffa *ffa, const struct ffav_ffa_rxtx *rxtx)
{
	struct ffav_smc_regs regs;

	if (!rxtx->pages) {
		ffav_boot_log("The partition manager needs RX/TX buffers and there are none.",
			      0);
		return EFI_UNSUPPORTED;
	}
	/* w2[1:0]: the smallest buffer, 0 for 4 KiB; a manager that does not say takes that. */
	ask_feature(&regs, FFA_RXTX_MAP_64);
	if (ffav_ffa_is_success(&regs) && regs.x[2] & 3) {
		ffav_boot_log("The partition manager wants RX/TX buffers larger than 4 KiB; "
			      "w2 of FFA_FEATURES is",
			      (uint32_t)regs.x[2]);
		return EFI_UNSUPPORTED;
	}
	memset(&regs, 0, sizeof(regs));
	regs.x[0] = FFA_RXTX_MAP_64;
	regs.x[1] = rxtx->address + FFA_PAGE_SIZE;
	regs.x[2] = rxtx->address;
	regs.x[3] = 1;
	ffav_smc(&regs);
	if (!ffav_ffa_is_success(&regs)) {
		ffav_boot_log("FFA_RXTX_MAP failed; w2 of its answer is", (uint32_t)regs.x[2]);
		return EFI_DEVICE_ERROR;
	}
	ffa->rx = rxtx->pages;
	ffa->rxtx_mapped = true;
	return EFI_SUCCESS;
}

FFAV_RESIDENT bool ffav_ffa_rxtx_unmap(struct ffav_ffa *ffa)
{
	struct ffav_smc_regs regs;

	if (!ffa->rxtx_mapped)
		return true;
	memset(&regs, 0, sizeof(regs));
	regs.x[0] = FFA_RXTX_UNMAP;
	regs.x[1] = (uint64_t)ffa->id << 16;
	ffav_smc(&regs);
	ffa->rx = NULL;
	if ((uint32_t)regs.x[0] == FFA_SUCCESS_32)
		ffa->rxtx_mapped = false;
	return !ffa->rxtx_mapped;
}

FFAV_BOOT static efi_status_t read_rx(const struct ffav_ffa *ffa,
				      const struct ffav_smc_regs *reply, struct found *found)
{
	uint32_t count = (uint32_t)reply->x[2];
	uint32_t stride = (uint32_t)reply->x[3];

	/* FF-A 1.0 knows one descriptor and does not say its size. */
	if (ffa->version == FFA_VERSION_1_0 || !stride)
		stride = FFA_PARTITION_INFO_SIZE_1_0;
	if (stride < FFA_PARTITION_INFO_SIZE_1_0 || stride > FFA_PAGE_SIZE ||
	    count > FFA_PAGE_SIZE / stride) {
		ffav_boot_log("FFA_PARTITION_INFO_GET announces more than fits in the RX "
			      "buffer; size and count are",
			      (uint64_t)stride << 32 | count);
		return EFI_DEVICE_ERROR;
	}
	for (uint32_t i = 0; i < count; i++) {
		struct ffav_partition_info info;

		if (!ffav_partition_info_decode(ffa->rx + (size_t)i * stride, stride, &info))
			return EFI_DEVICE_ERROR;
		add(found, &info);
	}
	return EFI_SUCCESS;
}

FFAV_BOOT static efi_status_t by_rxtx(struct ffav_ffa *ffa, const struct ffav_uuid *uuid,
				      const struct ffav_ffa_rxtx *rxtx, struct found *found)
{
	struct ffav_smc_regs regs = {.x = {FFA_PARTITION_INFO_GET, ffav_uuid_word(uuid, 0),
					   ffav_uuid_word(uuid, 1), ffav_uuid_word(uuid, 2),
					   ffav_uuid_word(uuid, 3)}};
	struct ffav_smc_regs release = {.x = {FFA_RX_RELEASE}};
	efi_status_t status;

	status = ffav_ffa_rxtx_map(ffa, rxtx);
	if (status)
		return status;
	ffav_smc(&regs);
	if (is_nobody(&regs))
		goto out;
	if (!ffav_ffa_is_success(&regs)) {
		ffav_boot_log("FFA_PARTITION_INFO_GET failed; w2 of its answer is",
			      (uint32_t)regs.x[2]);
		status = EFI_DEVICE_ERROR;
		goto out;
	}
	status = read_rx(ffa, &regs, found);
	ffav_smc(&release);
	if (!ffav_ffa_is_success(&release))
		ffav_boot_log("FFA_RX_RELEASE failed; w2 of its answer is",
			      (uint32_t)release.x[2]);
out:
	if (!ffav_ffa_rxtx_unmap(ffa))
		ffav_boot_log(
			"FFA_RXTX_UNMAP failed; the operating system will find the buffers "
			"of this endpoint mapped:",
			ffa->id);
	return status;
}

FFAV_BOOT efi_status_t ffav_ffa_find(struct ffav_ffa *ffa, const struct ffav_uuid *uuid,
				     const struct ffav_ffa_rxtx *rxtx,
				     struct ffav_partition_info *info)
{
	struct found found = {0};
	efi_status_t status = EFI_UNSUPPORTED;

	if (ffa->version >= FFA_VERSION_1_2) {
		struct ffav_smc_regs regs;

		ask_feature(&regs, FFA_PARTITION_INFO_GET_REGS);
		if (ffav_ffa_is_success(&regs))
			status = by_registers(uuid, &found);
	}
	if (status == EFI_UNSUPPORTED)
		status = by_rxtx(ffa, uuid, rxtx, &found);
	if (status)
		return status;
	if (!found.count)
		return EFI_NOT_FOUND;
	if (found.count > 1) {
		ffav_boot_log("Several partitions offer the same MM service, so none is used; "
			      "their number is",
			      found.count);
		return EFI_ABORTED;
	}
	if (found.first.id == ffa->id) {
		ffav_boot_log(
			"The partition that offers the MM service has our own endpoint id.",
			found.first.id);
		return EFI_ABORTED;
	}
	*info = found.first;
	return EFI_SUCCESS;
}
