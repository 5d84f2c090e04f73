/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The doorbell: one function for all dialects and both phases, and the one
 * mapping of return codes.
 */
#include "normal/mm/mm.h"

FFAV_RESIDENT efi_status_t ffav_mm_status(int64_t code)
{
	if (code == MM_SUCCESS)
		return EFI_SUCCESS;
	if (code == MM_NOT_SUPPORTED)
		return EFI_DEVICE_ERROR;
	if (code == MM_INVALID_PARAMETER)
		return EFI_INVALID_PARAMETER;
	if (code == MM_NO_MEMORY)
		return EFI_OUT_OF_RESOURCES;
	return EFI_ACCESS_DENIED;
}

/*
 * Return codes are 32-bit numbers. Servers exist that extend their sign to the whole register
 * and servers that do not; anything else in the upper half is not a code.
 */
FFAV_RESIDENT static int64_t code_of(uint64_t x)
{
	if (x >> 32)
		return (int64_t)x;
	return (int32_t)(uint32_t)x;
}

/*
 * The answer starts in register @x: a code, or the id of the completed event and a code. Both
 * forms are in use in every dialect.
 */
FFAV_RESIDENT static efi_status_t answer_of(const uint64_t *x)
{
	if (x[0] == MM_EVENT_COMPLETE)
		return ffav_mm_status(code_of(x[1]));
	return ffav_mm_status(code_of(x[0]));
}

/* FFA_ERROR where a partition uses it to answer: its codes in terms of MM's. */
FFAV_RESIDENT static efi_status_t error_of(int32_t code)
{
	if (code == FFA_INVALID_PARAMETERS)
		return ffav_mm_status(MM_INVALID_PARAMETER);
	if (code == FFA_NO_MEMORY)
		return ffav_mm_status(MM_NO_MEMORY);
	if (code == FFA_DENIED)
		return ffav_mm_status(MM_DENIED);
	return EFI_DEVICE_ERROR;
}

FFAV_RESIDENT static efi_status_t doorbell_spm(const struct ffav_mm *mm)
{
	struct ffav_smc_regs regs;

	memset(&regs, 0, sizeof(regs));
	regs.x[0] = MM_SPM_COMMUNICATE;
	regs.x[2] = mm->buffer_address + mm->offset;
	ffav_smc(&regs);
	return ffav_mm_status(code_of(regs.x[0]));
}

FFAV_RESIDENT efi_status_t ffav_mm_doorbell(struct ffav_mm *mm)
{
	struct ffav_ffa_request request = {.fid = FFA_MSG_SEND_DIRECT_REQ_64, .x3 = mm->offset};
	uint64_t address = mm->buffer_address + mm->offset;
	enum ffav_mm_dialect dialect = mm->dialect;
	enum ffav_ffa_outcome outcome;
	struct ffav_smc_regs regs;
	int32_t code;

	if (dialect == FFAV_MM_SPM)
		return doorbell_spm(mm);
	if (dialect == FFAV_MM_ADDRESS) {
		request.x3 = address;
	} else if (dialect == FFAV_MM_REQUEST2) {
		request.fid = FFA_MSG_SEND_DIRECT_REQ2;
		request.x2 = mm->ffa.uuid_lo;
		request.x3 = mm->ffa.uuid_hi;
		request.x4 = address;
	}

	outcome = ffav_ffa_direct(&mm->ffa, &request, &regs);
	if (outcome == FFAV_FFA_RESPONSE)
		return answer_of(&regs.x[dialect == FFAV_MM_REQUEST2 ? 4 : 3]);

	/* Partitions that are told an address may answer with FFA_ERROR; the others must not. */
	code = (int32_t)(uint32_t)regs.x[2];
	if (outcome == FFAV_FFA_ERROR)
		return dialect == FFAV_MM_OFFSET ? EFI_DEVICE_ERROR : error_of(code);
	/*
	 * It made a fault, and the request has ended with it: nobody has the buffer any more. Its
	 * manager may start it again.
	 */
	if (outcome == FFAV_FFA_ERROR_RESUMED && code == FFA_ABORTED)
		return EFI_DEVICE_ERROR;
	if (outcome == FFAV_FFA_ERROR_RESUMED && dialect != FFAV_MM_OFFSET)
		return error_of(code);

	/* The partition had the request and has not answered it: the buffer stays its own. */
	mm->dead = true;
	return EFI_DEVICE_ERROR;
}
