/* SPDX-License-Identifier: BSD-3-Clause */
#include "ports/uefi-driver/driver.h"

/* Bit by bit: two tables, twice in a machine's life, are not worth a kilobyte of constants. */
FFAV_RESIDENT uint32_t ffav_crc32(const void *data, size_t size)
{
	const uint8_t *p = data;
	uint32_t crc = 0xffffffffu;

	for (size_t i = 0; i < size; i++) {
		crc ^= p[i];
		for (unsigned int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}
