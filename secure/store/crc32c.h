/* SPDX-License-Identifier: BSD-3-Clause */
/** DOC: CRC-32C (Castagnoli), the checksum of the variable log. */
#ifndef FFAV_STORE_CRC32C_H
#define FFAV_STORE_CRC32C_H

#include "abi/bytes.h"

/** Start value; the final value is not inverted. */
#define FFAV_CRC32C_START UINT32_C(0xffffffff)

/** Does the compiler's target have an instruction for it? Otherwise tables are used. */
#if defined(__ARM_FEATURE_CRC32) || defined(__SSE4_2__)
#define FFAV_CRC32C_INSTRUCTION 1
#else
#define FFAV_CRC32C_INSTRUCTION 0
/** [n][b] is byte b followed by n zero bytes. For the tests. */
extern const uint32_t ffav_crc32c_table[4][256];
#endif

/**
 * ffav_crc32c() - Continue a CRC-32C over more bytes.
 * @crc: FFAV_CRC32C_START, or what the call for the bytes before returned
 * @data: the bytes
 * @size: how many
 */
uint32_t ffav_crc32c(uint32_t crc, const void *data, size_t size);

#endif
