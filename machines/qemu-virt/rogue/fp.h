/* SPDX-License-Identifier: BSD-3-Clause */
/** DOC: All FP and SIMD registers at once, for tests of what the worlds keep of them. */
#ifndef FFAV_QEMU_ROGUE_FP_H
#define FFAV_QEMU_ROGUE_FP_H

#include <stdint.h>

/** What ffav_fp_exchange() returns where the registers hold no pattern. */
#define FFAV_FP_NO_PATTERN UINT64_MAX

/**
 * ffav_fp_exchange() - Fill q0 to q31, FPCR and FPSR with a pattern.
 * @seed: of the pattern; that of 0 is zero everywhere
 *
 * Return: the seed of the pattern that was there, or FFAV_FP_NO_PATTERN.
 */
uint64_t ffav_fp_exchange(uint64_t seed);

#endif
