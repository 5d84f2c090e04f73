/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A partition: text, read-only data, stack, data. Each is a segment of whole pages with its
 * own permissions. The page below the stack belongs to no segment: it is the guard.
 */
#include "machines/qemu-virt/memory.h"

ENTRY(_start)

PHDRS
{
	text PT_LOAD FLAGS(5);
	rodata PT_LOAD FLAGS(4);
	stack PT_LOAD FLAGS(6);
	data PT_LOAD FLAGS(6);
}

SECTIONS
{
	. = FFAV_PARTITION_BASE;
	.text : {
		*(.text.start)
		*(.text .text.*)
		. = ALIGN(4096);
	} :text
	.rodata : {
		*(.rodata .rodata.*)
		. = ALIGN(4096);
	} :rodata
	. += 4096;
	.stack (NOLOAD) : {
		. += FFAV_PARTITION_STACK;
		ffav_stack_top = .;
	} :stack
	.data : {
		*(.data .data.*)
		*(.got .got.*)
		. = ALIGN(16);
	} :data
	.bss (NOLOAD) : {
		*(.bss .bss.* COMMON)
		. = ALIGN(4096);
	} :data
	ASSERT(. <= FFAV_PARTITION_BASE + FFAV_PARTITION_SIZE, "the partition is too large")
	/DISCARD/ : { *(.comment) *(.note*) *(.eh_frame*) *(.ARM.attributes) }
}
