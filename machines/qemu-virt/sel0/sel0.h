/* SPDX-License-Identifier: BSD-3-Clause */
/** DOC: Start of a partition at S-EL0 on this machine. */
#ifndef FFAV_QEMU_SEL0_H
#define FFAV_QEMU_SEL0_H

#include "abi/bytes.h"

/**
 * ffav_sel0_main() - What a partition does; it does not return.
 * @boot_info: boot information blob
 * @size: readable bytes there, 0 if the manager does not say
 */
_Noreturn void ffav_sel0_main(const void *boot_info, size_t size);

#endif
