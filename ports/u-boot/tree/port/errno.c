// SPDX-License-Identifier: BSD-3-Clause
/*
 * MM communicate for callers of U-Boot's kind, which expect errno values. Boot only.
 * No other file of the client knows errno.
 */
#include <efi.h>
#include <linux/errno.h>
#include "shim.h"
#include "uboot.h"

/*
 * The library has mapped the MM return code to an EFI status, in the one function that
 * serves boot and runtime. This is the other half, for callers of U-Boot's kind.
 */
static int status_to_errno(efi_status_t status)
{
	switch (status) {
	case EFI_SUCCESS: /* MM SUCCESS */
		return 0;
	case EFI_DEVICE_ERROR: /* MM NOT_SUPPORTED, or no answer that makes sense */
		return -EINVAL;
	case EFI_INVALID_PARAMETER: /* MM INVALID_PARAMETER */
		return -EPERM;
	case EFI_OUT_OF_RESOURCES: /* MM NO_MEMORY */
		return -EBUSY;
	case EFI_BAD_BUFFER_SIZE: /* longer than the shared buffer: not sent */
		return -E2BIG;
	case EFI_UNSUPPORTED: /* no partition: not sent */
		return -ENODEV;
	default: /* MM DENIED, and every code that MM does not have */
		return -EACCES;
	}
}

int ffavars_transport_communicate(void *message, ulong *size)
{
	return status_to_errno(ffavars_communicate(message, size));
}
