/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Driver of the secure NOR flash at S-EL0
 *
 * Two 16-bit chips with the Intel command set side by side, so that commands and status are
 * there twice in a 32-bit word. While a command runs, all of the flash reads as status:
 * nobody else may read it, and nobody does (the monitor is in RAM and done with it).
 *
 * The window is mapped as device memory: it is not read ahead of the program, and only
 * aligned accesses are made to it. It is read through the driver, therefore, not by plain
 * loads of the store (struct ffav_flash: @map is NULL).
 */
#ifndef FFAV_QEMU_NOR_H
#define FFAV_QEMU_NOR_H

#include "secure/store/flash.h"

/**
 * ffav_nor_open() - Make sure that the flash answers, and fill in the interface.
 * @flash: filled in
 * @address: of the window as the partition sees it; the window begins with a sector, but an
 *	address that the partition manager chose need not show that
 * @size: bytes, whole sectors
 *
 * The chips may be in the middle of what a program before this one told them, also of an erase;
 * that is waited for. Sectors of the window that are locked are unlocked.
 *
 * Asks for no CFI table, which begins with the chip, not with the window. No address is
 * taken for granted: the geometry is that of machines/qemu-virt/memory.h.
 *
 * Return: 0, or -1 if there is no such flash, it does not become ready, a sector cannot be
 * unlocked, or the window is not whole sectors.
 */
int ffav_nor_open(struct ffav_flash *flash, uint64_t address, size_t size);

#endif
