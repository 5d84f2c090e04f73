/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A partition: text, read-only data, stack, data, and data that is retained where the partition
 * is started again after a fault. Each is a segment of whole pages with its own permissions. The page below the stack belongs to no segment: it is the guard. In an image
 * without segments it is a page that cannot be written.
 *
 * Linked at 0 as a position-independent image, or at a fixed address.
 */
#include "machines/qemu-virt/el3/package.h"
#include "machines/qemu-virt/memory.h"

ENTRY(_start)

PHDRS
{
	text PT_LOAD FLAGS(5);
	rodata PT_LOAD FLAGS(4);
	stack PT_LOAD FLAGS(6);
	data PT_LOAD FLAGS(6);
	retained PT_LOAD FLAGS(6 | FFAV_SEGMENT_RETAINED);
}

SECTIONS
{
	. = FFAV_PARTITION_BASE;
	ffav_image_start = .;
	.text : {
		*(.text.start)
		*(.text .text.*)
		. = ALIGN(4096);
	} :text
	ffav_rodata_start = .;
	.rodata : {
		*(.rodata .rodata.*)
	} :rodata
	.rela.dyn : {
		ffav_rela_start = .;
		*(.rela .rela.*)
		ffav_rela_end = .;
	} :rodata
	. = ALIGN(4096);
	ffav_rodata_end = .;
	. += 4096;
	ffav_data_start = .;
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
	.retained (NOLOAD) : {
		*(.retained)
		. = ALIGN(4096);
	} :retained
	ffav_data_end = .;
	ASSERT(. <= FFAV_PARTITION_BASE + FFAV_PARTITION_SIZE, "the partition is too large")
	/DISCARD/ : {
		*(.comment) *(.note*) *(.eh_frame*) *(.ARM.attributes)
		*(.interp .dynamic .dynsym .dynstr .hash .gnu.hash)
	}
}
