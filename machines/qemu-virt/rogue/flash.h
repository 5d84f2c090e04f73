/* SPDX-License-Identifier: BSD-3-Clause */
/** DOC: A trial of the flash driver, in the last sectors of the store's window. */
#ifndef FFAV_QEMU_ROGUE_FLASH_H
#define FFAV_QEMU_ROGUE_FLASH_H

#include "abi/bytes.h"

/** Where the trial leaves its pattern: sector of the window, offset in it, bytes. */
#define FFAV_TRIAL_SECTOR 13
#define FFAV_TRIAL_OFFSET 1020
#define FFAV_TRIAL_SIZE   5000

/** ffav_rogue_flash() - Erase, program, read. Return: line of the check that failed, or 0. */
uint64_t ffav_rogue_flash(void);

#endif
