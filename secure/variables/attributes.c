// SPDX-License-Identifier: BSD-3-Clause
/* Which attributes can go together; UEFI 2.10 section 8.2. */
#include "secure/variables/internal.h"

#define KNOWN_BITS 0xffu
#define ERROR_RECORD_BITS                                              \
	(EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | \
	 EFI_VARIABLE_RUNTIME_ACCESS)

efi_status_t ffav_var_attributes_check(const struct ffav_var_request *r, uint32_t attributes)
{
	if (attributes & ~KNOWN_BITS)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER, "unknown attributes",
				       attributes);
	if (attributes & EFI_VARIABLE_AUTHENTICATED_WRITE_ACCESS)
		return ffav_var_refuse(r, EFI_UNSUPPORTED,
				       "count-based authentication, attributes", attributes);
	if (attributes & EFI_VARIABLE_ENHANCED_AUTHENTICATED_ACCESS)
		return ffav_var_refuse(r, EFI_UNSUPPORTED,
				       "enhanced authentication, attributes", attributes);
	/* What is visible at runtime must be visible before. */
	if ((attributes & FFAV_VAR_ACCESS_BITS) == EFI_VARIABLE_RUNTIME_ACCESS)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "runtime without boot access, attributes", attributes);
	/* Error records outlive the reset that follows the error and are read by both sides. */
	if (attributes & EFI_VARIABLE_HARDWARE_ERROR_RECORD &&
	    (attributes & ERROR_RECORD_BITS) != ERROR_RECORD_BITS)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "hardware error record without NV, BS or RT, attributes",
				       attributes);
	return EFI_SUCCESS;
}
