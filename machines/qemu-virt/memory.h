/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: What lies where on QEMU's virt machine with a secure world
 *
 * One place for every address: C, assembler, linker scripts and device trees include it,
 * scripts/make-dtb.py reads it. Only #define lines with plain numbers, therefore.
 */
#ifndef FFAV_QEMU_MEMORY_H
#define FFAV_QEMU_MEMORY_H

/* Secure NOR flash: two 16-bit chips side by side, 256 sectors of 256 KiB. */
#define FFAV_FLASH_BASE        0x00000000
#define FFAV_FLASH_SIZE        0x04000000
#define FFAV_FLASH_SECTOR_SIZE 0x00040000

/* The variable store: the last 16 sectors. */
#define FFAV_STORE_BASE 0x03c00000
#define FFAV_STORE_SIZE 0x00400000

/* Devices. */
#define FFAV_GICD_BASE        0x08000000
#define FFAV_GICR_BASE        0x080a0000
#define FFAV_GICR_STRIDE      0x00020000
#define FFAV_GIC_SIZE         0x01000000
#define FFAV_UART_BASE        0x09000000
#define FFAV_SECURE_UART_BASE 0x09040000
#define FFAV_SECURE_GPIO_BASE 0x090b0000
#define FFAV_DEVICE_SIZE      0x00001000

/* Secure RAM: the monitor first, then the partitions, each at its manifest's load address. */
#define FFAV_SECURE_RAM_BASE 0x0e000000
#define FFAV_SECURE_RAM_SIZE 0x01000000
#define FFAV_MONITOR_SIZE    0x00200000
#define FFAV_MM_BASE         0x0e200000
#define FFAV_MM_SIZE         0x00400000
#define FFAV_ECHO_BASE       0x0e600000
#define FFAV_ECHO_SIZE       0x00010000
#define FFAV_ROGUE_BASE      0x0e800000
#define FFAV_ROGUE_STRIDE    0x00200000
#define FFAV_ROGUE_SIZE      0x00020000
#define FFAV_PARTITION_STACK 0x00008000

/* Normal-world RAM; QEMU puts its device tree at the start. */
#define FFAV_RAM_BASE     0x40000000
#define FFAV_DTB_MAX      0x00100000
#define FFAV_NORMAL_ENTRY 0x60000000

/* The shared buffer. Free under Debian's U-Boot and kernel, 64 KiB aligned. */
#define FFAV_SHARED_BUFFER_BASE 0x50000000
#define FFAV_SHARED_BUFFER_SIZE 0x00020000

#endif
