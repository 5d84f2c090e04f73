/* SPDX-License-Identifier: BSD-3-Clause */
/* What the normal-world library asks of UEFI itself; the rest is in ports/resident/ and smc.c. */
#include "ports/uefi-driver/driver.h"

FFAV_RESIDENT void ffav_convert_pointer(void **p)
{
	/* NULL stays NULL: the services refuse to convert it. */
	if (*p)
		ffav_driver.tables.firmware->convert_pointer(0, p);
}
