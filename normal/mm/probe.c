/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which partition is there, and which dialect does it speak? Boot only.
 */
#include "abi/variable.h"
#include "normal/mm/mm.h"

/* A partition must take at least this behind the variable header to be of any use. */
#define PAYLOAD_MIN 256u

/* One way to talk to somebody. */
struct candidate {
	struct ffav_uuid uuid;
	/* What the partition must be able to receive: FFA_PARTITION_DIRECT_RECV or ..2_RECV. */
	uint32_t receives;
	enum ffav_mm_dialect dialect;
	size_t header_size;
	const char *found;
	const char *not_found;
	const char *refused;
};

/* In order: who takes an offset takes no address from us, and plain requests work everywhere. */
static const struct candidate candidates[] = {
	{FFAV_UUID_MM_VARIABLE, FFA_PARTITION_DIRECT_RECV, FFAV_MM_OFFSET, MM_HEADER_V1_SIZE,
	 "Found an MM partition ed32d533 that is told offsets; its id is",
	 "Tried service ed32d533 (offsets in the shared buffer): not there; status",
	 "Tried service ed32d533 (offsets in the shared buffer): no usable answer; status"},
	{FFAV_UUID_MM_COMMUNICATION2, FFA_PARTITION_DIRECT_RECV, FFAV_MM_ADDRESS,
	 MM_HEADER_V1_SIZE, "Found an MM partition 378daedc that is told addresses; its id is",
	 "Tried service 378daedc (address of the buffer): not there; status",
	 "Tried service 378daedc (address of the buffer): no usable answer; status"},
	{FFAV_UUID_MM_COMMUNICATION2, FFA_PARTITION_DIRECT2_RECV, FFAV_MM_REQUEST2,
	 MM_HEADER_V1_SIZE, "Found an MM partition 378daedc that takes DIRECT_REQ2; its id is",
	 "Tried service 378daedc (DIRECT_REQ2): not there; status",
	 "Tried service 378daedc (DIRECT_REQ2): no usable answer; status"},
	{FFAV_UUID_MM_COMMUNICATION3, FFA_PARTITION_DIRECT2_RECV, FFAV_MM_REQUEST2,
	 MM_HEADER_V3_SIZE, "Found an MM partition f7234a14 that takes DIRECT_REQ2; its id is",
	 "Tried service f7234a14 (DIRECT_REQ2): not there; status",
	 "Tried service f7234a14 (DIRECT_REQ2): no usable answer; status"},
};

/* Ask for the payload size: that whoever answers it speaks our dialect is thereby shown. */
FFAV_BOOT static efi_status_t ask_payload_size(struct ffav_mm *mm)
{
	struct efi_guid guid = MM_VARIABLE_GUID;
	struct ffav_mm_header header = {guid.b, mm->header_size,
					FFAV_VAR_HEADER_SIZE + FFAV_VAR_PAYLOAD_SIZE_SIZE};
	size_t room = ffav_mm_room(mm);
	struct ffav_mm_header reply;
	efi_status_t status;
	uint8_t *data;
	uint64_t max;

	status = ffav_mm_begin(mm);
	if (status)
		return status;
	if (!ffav_mm_header_encode(ffav_mm_message(mm), room, &header)) {
		status = EFI_BAD_BUFFER_SIZE;
		goto out;
	}
	data = ffav_mm_message(mm) + mm->header_size;
	ffav_var_header_encode(data, FFAV_VAR_PAYLOAD_SIZE, EFI_DEVICE_ERROR);
	ffav_put64(data + FFAV_VAR_HEADER_SIZE, 0);
	status = ffav_mm_exchange(mm, mm->header_size + (size_t)header.data_size, &reply);
	if (status)
		goto out;
	if (reply.data_size < FFAV_VAR_HEADER_SIZE + FFAV_VAR_PAYLOAD_SIZE_SIZE ||
	    ffav_var_function(data) != FFAV_VAR_PAYLOAD_SIZE || ffav_var_status(data)) {
		status = EFI_DEVICE_ERROR;
		goto out;
	}
	max = ffav_fetch64(data + FFAV_VAR_HEADER_SIZE);
	if (max < PAYLOAD_MIN) {
		ffav_boot_log("The MM partition takes too few bytes per message:", max);
		status = EFI_BAD_BUFFER_SIZE;
		goto out;
	}
	room -= mm->header_size + FFAV_VAR_HEADER_SIZE;
	mm->payload_max = max < room ? max : room;
out:
	ffav_mm_end(mm);
	return status;
}

FFAV_BOOT efi_status_t ffav_mm_try_out(struct ffav_mm *mm,
				       const struct ffav_partition_info *info,
				       const struct ffav_ffa_rxtx *rxtx)
{
	efi_status_t status;

	(void)info;
	(void)rxtx;
	mm->found = true;
	status = ask_payload_size(mm);
	if (status)
		mm->found = false;
	return status;
}

FFAV_BOOT static efi_status_t try_candidate(struct ffav_mm *mm, unsigned int index,
					    const struct ffav_ffa_rxtx *rxtx,
					    ffav_mm_attempt *attempt)
{
	const struct candidate *c = &candidates[index];
	struct ffav_partition_info info;
	efi_status_t status;

	if (c->dialect == FFAV_MM_REQUEST2 && mm->ffa.version < FFA_VERSION_1_2) {
		ffav_boot_log(c->not_found, EFI_UNSUPPORTED);
		return EFI_UNSUPPORTED;
	}
	status = ffav_ffa_find(&mm->ffa, &c->uuid, rxtx, &info);
	if (!status && !(info.properties & c->receives))
		status = EFI_NOT_FOUND;
	if (status) {
		ffav_boot_log(c->not_found, status);
		return status;
	}
	mm->ffa.partition = info.id;
	mm->ffa.uuid_index = index;
	mm->ffa.uuid_lo = ffav_uuid_lo(&c->uuid);
	mm->ffa.uuid_hi = ffav_uuid_hi(&c->uuid);
	mm->dialect = c->dialect;
	mm->header_size = c->header_size;
	status = attempt(mm, &info, rxtx);
	ffav_boot_log(status ? c->refused : c->found, status ? status : info.id);
	return status;
}

FFAV_BOOT static efi_status_t try_spm(struct ffav_mm *mm)
{
	struct ffav_smc_regs regs = {.x = {MM_SPM_VERSION}};
	uint32_t version;
	efi_status_t status;

	ffav_smc(&regs);
	version = (uint32_t)regs.x[0];
	if (version & FFA_VERSION_RESERVED_BIT || version < MM_SPM_VERSION_1_0 ||
	    version >> 16 != MM_SPM_VERSION_1_0 >> 16) {
		ffav_boot_log("Tried SPM_MM: not there; MM_VERSION answered", version);
		return EFI_UNSUPPORTED;
	}
	mm->dialect = FFAV_MM_SPM;
	mm->header_size = MM_HEADER_V1_SIZE;
	status = ffav_mm_try_out(mm, NULL, NULL);
	if (status)
		ffav_boot_log("Tried SPM_MM: no usable answer; status", status);
	else
		ffav_boot_log("Found an MM partition behind SPM_MM; its version is", version);
	return status;
}

FFAV_BOOT efi_status_t ffav_mm_probe_by(struct ffav_mm *mm, const struct ffav_ffa_rxtx *pages,
					ffav_mm_attempt *attempt)
{
	efi_status_t status, ffa_status;
	bool dead, mapped;

	if (!mm->buffer ||
	    !ffav_range_in(mm->offset, MM_HEADER_V3_SIZE + FFAV_VAR_HEADER_SIZE + PAYLOAD_MIN,
			   mm->buffer_size) ||
	    mm->buffer_address > UINT64_MAX - mm->buffer_size) {
		ffav_boot_log("The shared buffer cannot hold a message; its size in bytes is",
			      mm->buffer_size);
		memset(mm, 0, sizeof(*mm));
		return EFI_INVALID_PARAMETER;
	}
	/* Whatever the buffer's memory was before: no dirty line of it may come back later. */
	ffav_clean(mm->buffer, mm->buffer_size);
	ffav_invalidate(mm->buffer, mm->buffer_size);

	ffa_status = ffav_ffa_open(&mm->ffa);
	status = ffa_status ? ffa_status : EFI_NOT_FOUND;
	for (unsigned int i = 0; !ffa_status && status && !mm->dead &&
				 i < sizeof(candidates) / sizeof(candidates[0]);
	     i++) {
		efi_status_t s = try_candidate(mm, i, pages, attempt);

		/* "Found, but" says more than "not there". */
		if (s != EFI_NOT_FOUND && s != EFI_UNSUPPORTED)
			status = s ? EFI_DEVICE_ERROR : EFI_SUCCESS;
	}
	if (status && !mm->dead && !mm->sharing && !try_spm(mm))
		status = EFI_SUCCESS;
	if (status) {
		ffav_boot_log("No MM partition can be used; status", status);
		dead = mm->dead;
		mapped = !ffav_ffa_rxtx_unmap(&mm->ffa);
		memset(mm, 0, sizeof(*mm));
		mm->dead = dead;
		mm->ffa.rxtx_mapped = mapped;
	}
	return status;
}

FFAV_BOOT efi_status_t ffav_mm_probe(struct ffav_mm *mm, void *buffer, uint64_t buffer_address,
				     size_t buffer_size, size_t offset, void *rxtx,
				     uint64_t rxtx_address)
{
	struct ffav_ffa_rxtx pages = {rxtx, rxtx_address};

	memset(mm, 0, sizeof(*mm));
	mm->buffer = buffer;
	mm->buffer_address = buffer_address;
	mm->buffer_size = buffer_size;
	mm->offset = offset;
	return ffav_mm_probe_by(mm, &pages, ffav_mm_try_out);
}
