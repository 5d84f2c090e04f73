/* SPDX-License-Identifier: BSD-3-Clause */
#include "fixture.h"
#include "secure/store/crc32c.h"

static uint32_t by_bits(uint32_t crc, const uint8_t *p, size_t size)
{
	size_t i;
	int bit;

	for (i = 0; i < size; i++) {
		crc ^= p[i];
		for (bit = 0; bit < 8; bit++)
			crc = crc & 1 ? (crc >> 1) ^ UINT32_C(0x82f63b78) : crc >> 1;
	}
	return crc;
}

#if !FFAV_CRC32C_INSTRUCTION
static void test_table(void **state)
{
	uint8_t bytes[4] = {0};
	uint32_t n, b;

	(void)state;
	for (n = 0; n < 4; n++)
		for (b = 0; b < 256; b++) {
			bytes[0] = (uint8_t)b;
			assert_int_equal(ffav_crc32c_table[n][b], by_bits(0, bytes, n + 1));
		}
}
#endif

static void test_known_value(void **state)
{
	(void)state;
	/* The check value of the algorithm, before the final inversion. */
	assert_int_equal(~ffav_crc32c(FFAV_CRC32C_START, "123456789", 9), 0xe3069283);
}

static void test_any_split(void **state)
{
	uint8_t bytes[37];
	size_t i, split;

	(void)state;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 37);
	for (split = 0; split <= sizeof(bytes); split++)
		assert_int_equal(ffav_crc32c(ffav_crc32c(FFAV_CRC32C_START, bytes, split),
					     bytes + split, sizeof(bytes) - split),
				 by_bits(FFAV_CRC32C_START, bytes, sizeof(bytes)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#if !FFAV_CRC32C_INSTRUCTION
		cmocka_unit_test(test_table),
#endif
		cmocka_unit_test(test_known_value),
		cmocka_unit_test(test_any_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
