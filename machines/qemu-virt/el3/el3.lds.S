/* SPDX-License-Identifier: BSD-3-Clause */
/* The monitor: linked for secure RAM, stored at the start of the flash. */
#include "machines/qemu-virt/memory.h"

ENTRY(ffav_reset)

PHDRS
{
	text PT_LOAD FLAGS(5);
	rodata PT_LOAD FLAGS(4);
	data PT_LOAD FLAGS(6);
}

SECTIONS
{
	. = FFAV_SECURE_RAM_BASE;
	ffav_image_start = .;
	.text : {
		*(.text.start)
		*(.text.vectors)
		*(.text.shim)
		*(.text .text.*)
		. = ALIGN(4096);
	} :text
	ffav_text_end = .;
	.rodata : {
		*(.rodata .rodata.*)
		. = ALIGN(4096);
	} :rodata
	ffav_rodata_end = .;
	.data : {
		*(.data .data.*)
		*(.got .got.*)
		. = ALIGN(16);
	} :data
	ffav_image_end = .;
	.bss (NOLOAD) : {
		*(.bss .bss.* COMMON)
		. = ALIGN(4096);
	} :data
	ffav_bss_end = .;
	ASSERT(ffav_bss_end <= FFAV_SECURE_RAM_BASE + FFAV_MONITOR_SIZE, "the monitor is too large")
	ASSERT(ffav_image_end - ffav_image_start <= FFAV_FLASH_SECTOR_SIZE, "the monitor's image is too large")
	/DISCARD/ : { *(.comment) *(.note*) *(.eh_frame*) *(.ARM.attributes) }
}
