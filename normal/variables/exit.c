/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ExitBootServices: the partition is told, and what only boot needs is given back.
 */
#include "normal/variables/message.h"
#include "normal/variables/variables.h"

FFAV_RESIDENT static efi_status_t tell_partition(struct ffav_mm *mm)
{
	efi_status_t status;

	status = ffav_mm_begin(mm);
	if (status)
		return status;
	status = ffav_var_tell_exit(mm);
	ffav_mm_end(mm);
	return status;
}

FFAV_RESIDENT efi_status_t ffav_variables_exit_boot_services(struct ffav_mm *mm)
{
	efi_status_t status = EFI_SUCCESS;

	/* Whatever fails below, the operating system goes on, and boot services are gone. */
	mm->phase = FFAV_PHASE_RUNTIME;
	if (!mm->exit_told)
		status = tell_partition(mm);
	if (!ffav_ffa_rxtx_unmap(&mm->ffa) && !status)
		status = EFI_DEVICE_ERROR;
	return status;
}
