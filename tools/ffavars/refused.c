// SPDX-License-Identifier: BSD-3-Clause
#include <inttypes.h>

#include "tools/ffavars/ffavars.h"

enum exit_status refused(const char *call, const char *name, efi_status_t status)
{
	const char *text = ffav_status_name(status);
	const char *hint = "";

	switch (status) {
	case EFI_NOT_FOUND:
		hint = ": there is no such variable";
		break;
	case EFI_OUT_OF_RESOURCES:
		hint = ": the store is full, or the variable is larger than the service takes";
		break;
	case EFI_WRITE_PROTECTED:
		hint = ": the variable is read-only";
		break;
	case EFI_SECURITY_VIOLATION:
	case EFI_ACCESS_DENIED:
		hint = ": the service does not allow it";
		break;
	case EFI_INVALID_PARAMETER:
		hint = ": name, attributes and data do not go together, or the variable has "
		       "other attributes";
		break;
	default:
		break;
	}
	if (text)
		message("%s of %s was answered EFI_%s%s.", call, name, text, hint);
	else
		message("%s of %s was answered with status 0x%" PRIx64 ".", call, name, status);
	return STATUS_REFUSED;
}
