/* SPDX-License-Identifier: BSD-3-Clause */
/* The test's normal world, loaded where the monitor enters it. */
#include "machines/qemu-virt/memory.h"

ENTRY(_start)

PHDRS
{
	text PT_LOAD FLAGS(5);
	data PT_LOAD FLAGS(6);
}

SECTIONS
{
	. = FFAV_NORMAL_ENTRY;
	.text : { *(.text.start) *(.text .text.*) *(.rodata .rodata.*) } :text
	. = ALIGN(4096);
	/* Zeroes are in the binary too: whoever loads it clears nothing. */
	.data : { QUAD(0) *(.data .data.*) *(.got .got.*) *(.bss .bss.* COMMON) . = ALIGN(16); QUAD(0) } :data
	/DISCARD/ : { *(.comment) *(.note*) *(.eh_frame*) *(.ARM.attributes) }
}
