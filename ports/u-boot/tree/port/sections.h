/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Where resident code and data go in U-Boot
 *
 * The library's marks, spelled as U-Boot's __efi_runtime, __efi_runtime_data and
 * __efi_runtime_rodata are. The library cannot include the header that defines
 * those, because its EFI types and U-Boot's have the same names; runtime.c, which
 * includes both this file and that one, refuses to compile if they differ.
 *
 * What is not resident needs no section here: U-Boot drops all of its own
 * sections at ExitBootServices but the one that __efi_runtime goes to.
 */
#ifndef FFAVARS_PORT_SECTIONS_H
#define FFAVARS_PORT_SECTIONS_H

#define FFAV_RESIDENT        __attribute__((__section__(".text.efi_runtime")))
#define FFAV_RESIDENT_DATA   __attribute__((__section__(".data.efi_runtime")))
#define FFAV_RESIDENT_RODATA __attribute__((__section__(".rodata.efi_runtime")))
#define FFAV_BOOT            __attribute__((__noinline__))
#define FFAV_BOOT_DATA

#endif
