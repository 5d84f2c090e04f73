/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SetVirtualAddressMap: everything that has to change is here.
 */
#include "normal/mm/mm.h"

FFAV_RESIDENT void ffav_mm_set_virtual_address_map(struct ffav_mm *mm)
{
	void *p = mm->buffer;

	if (mm->moved)
		return;
	mm->moved = true;
	/* There is no such call before ExitBootServices, whether we were told of that or not. */
	mm->phase = FFAV_PHASE_RUNTIME;
	mm->ffa.rx = NULL;
	if (!p)
		return;
	ffav_convert_pointer(&p);
	mm->buffer = p;
}
