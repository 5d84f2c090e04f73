/* SPDX-License-Identifier: BSD-3-Clause */
/* What the normal-world library asks of U-Boot itself; the rest is in ports/resident/. */
#include "normal/platform.h"
#include "shim.h"

FFAV_RESIDENT void ffav_smc(struct ffav_smc_regs *regs)
{
	_Static_assert(sizeof(regs->x[0]) == sizeof(unsigned long), "LP64");
	ffavars_uboot_smc((unsigned long *)regs->x);
}

FFAV_RESIDENT void ffav_convert_pointer(void **p)
{
	ffavars_uboot_convert_pointer(p);
}

FFAV_BOOT void ffav_boot_log(const char *message, uint64_t value)
{
	ffavars_uboot_log(message, value);
}
