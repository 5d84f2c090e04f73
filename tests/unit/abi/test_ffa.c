/* SPDX-License-Identifier: BSD-3-Clause */
/* FF-A: UUIDs in registers, descriptors, boot information, identifiers. */
#include "abi/ffa.h"
#include "tests/unit/abi/cases.h"

static void test_uuid_words(void **state)
{
	/* As the facts about public clients and servers have them. */
	static const struct {
		struct ffav_uuid uuid;
		uint32_t words[4];
		uint64_t lo, hi;
	} rows[] = {
		{FFAV_UUID_MM_VARIABLE,
		 {0x33d532ed, 0x0942e699, 0x722dc09c, 0xa798d9cd},
		 UINT64_C(0x0942e69933d532ed),
		 UINT64_C(0xa798d9cd722dc09c)},
		{FFAV_UUID_MM_COMMUNICATION2,
		 {0xdcae8d37, 0x46446bf0, 0xab401483, 0xa3873c93},
		 UINT64_C(0x46446bf0dcae8d37),
		 UINT64_C(0xa3873c93ab401483)},
		{FFAV_UUID_MM_COMMUNICATION3,
		 {0x144a23f7, 0xc046f20d, 0xe69028ad, 0x2fa783b8},
		 UINT64_C(0xc046f20d144a23f7),
		 UINT64_C(0x2fa783b8e69028ad)},
	};
	struct ffav_uuid nil = {{0}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct ffav_uuid *u = &rows[i].uuid;
		struct ffav_uuid back;

		for (unsigned int w = 0; w < 4; w++)
			assert_int_equal(ffav_uuid_word(u, w), rows[i].words[w]);
		assert_int_equal(ffav_uuid_lo(u), rows[i].lo);
		assert_int_equal(ffav_uuid_hi(u), rows[i].hi);
		back = ffav_uuid_from_words(rows[i].words[0], rows[i].words[1],
					    rows[i].words[2], rows[i].words[3]);
		assert_true(ffav_uuid_equal(&back, u));
		back = ffav_uuid_from_regs(rows[i].lo, rows[i].hi);
		assert_true(ffav_uuid_equal(&back, u));
		assert_false(ffav_uuid_is_nil(u));
		for (size_t b = 0; b < 16; b++) {
			back = *u;
			back.b[b] ^= 0x10;
			assert_false(ffav_uuid_equal(&back, u));
			nil.b[b] = 1;
			assert_false(ffav_uuid_is_nil(&nil));
			nil.b[b] = 0;
		}
	}
	assert_true(ffav_uuid_is_nil(&nil));
}

static void test_function_ids(void **state)
{
	(void)state;
	assert_int_equal(FFA_ERROR, 0x84000060);
	assert_int_equal(FFA_SUCCESS_64, 0xc4000061);
	assert_int_equal(FFA_INTERRUPT, 0x84000062);
	assert_int_equal(FFA_VERSION, 0x84000063);
	assert_int_equal(FFA_RXTX_MAP_64, 0xc4000066);
	assert_int_equal(FFA_PARTITION_INFO_GET, 0x84000068);
	assert_int_equal(FFA_ID_GET, 0x84000069);
	assert_int_equal(FFA_RUN, 0x8400006d);
	assert_int_equal(FFA_MSG_SEND_DIRECT_REQ_64, 0xc400006f);
	assert_int_equal(FFA_MSG_SEND_DIRECT_RESP_64, 0xc4000070);
	assert_int_equal(FFA_PARTITION_INFO_GET_REGS, 0xc400008b);
	assert_int_equal(FFA_MSG_SEND_DIRECT_REQ2, 0xc400008d);
	assert_int_equal(FFA_MSG_SEND_DIRECT_RESP2, 0xc400008e);
}

static void test_endpoints(void **state)
{
	(void)state;
	assert_int_equal(ffav_ffa_endpoints(0x1234, 0x8003), 0x12348003);
	assert_int_equal(ffav_ffa_sender(0x12348003), 0x1234);
	assert_int_equal(ffav_ffa_receiver(0x12348003), 0x8003);
	/* The upper half of a register of a 32-bit call means nothing. */
	assert_int_equal(ffav_ffa_sender(UINT64_C(0xffffffff12348003)), 0x1234);
	assert_int_equal(ffav_ffa_endpoints(0xffff, 0xffff), UINT64_C(0xffffffff));
	assert_int_equal(ffav_ffa_target(0x8003, 7), 0x80030007);
}

static void test_partition_info(void **state)
{
	const struct ffav_partition_info info = {0x8003, 4, 0x80000103, FFAV_UUID_MM_VARIABLE};
	static const uint8_t wire[] = {0x03, 0x80, 4,    0,    0x03, 0x01, 0,    0x80,
				       0xed, 0x32, 0xd5, 0x33, 0x99, 0xe6, 0x42, 0x09,
				       0x9c, 0xc0, 0x2d, 0x72, 0xcd, 0xd9, 0x98, 0xa7};
	uint8_t out[48] = {0};

	(void)state;
	for (size_t size = 0; size <= sizeof(out); size++) {
		bool known = size == 8 || size == 24;

		memset(out, 0xee, sizeof(out));
		assert_int_equal(ffav_partition_info_encode(out, size, &info), known);
		if (known)
			assert_memory_equal(out, wire, size);
		for (size_t i = known ? size : 0; i < sizeof(out); i++)
			assert_int_equal(out[i], 0xee);
	}
	for (size_t size = 0; size <= sizeof(wire); size++) {
		struct ffav_partition_info got;
		uint8_t *in = cut(wire, size);

		assert_int_equal(ffav_partition_info_decode(in, size, &got), size >= 8);
		if (size >= 8) {
			assert_int_equal(got.id, 0x8003);
			assert_int_equal(got.contexts, 4);
			assert_int_equal(got.properties, 0x80000103);
			assert_int_equal(ffav_uuid_is_nil(&got.uuid), size < 24);
		}
		if (size >= 24)
			assert_true(ffav_uuid_equal(&got.uuid, &info.uuid));
		free(in);
	}
}

static void test_info_regs(void **state)
{
	struct ffav_info_regs m = ffav_info_regs_decode(UINT64_C(0x0018000300020001));
	struct ffav_smc_regs regs;

	(void)state;
	assert_int_equal(m.last, 1);
	assert_int_equal(m.current, 2);
	assert_int_equal(m.tag, 3);
	assert_int_equal(m.size, 24);
	assert_int_equal(ffav_info_regs_encode(&m), UINT64_C(0x0018000300020001));

	memset(&regs, 0, sizeof(regs));
	for (unsigned int n = 0; n < FFA_INFO_REGS_MAX; n++) {
		struct ffav_partition_info in = {(uint16_t)(0x8001 + n), (uint16_t)n,
						 0xf0000000u + n, FFAV_UUID_MM_COMMUNICATION2};
		struct ffav_partition_info out;

		ffav_info_regs_put(&regs, n, &in);
		out = ffav_info_regs_get(&regs, n);
		assert_int_equal(out.id, in.id);
		assert_int_equal(out.contexts, in.contexts);
		assert_int_equal(out.properties, in.properties);
		assert_true(ffav_uuid_equal(&out.uuid, &in.uuid));
	}
	assert_int_equal(regs.x[3], UINT64_C(0xf000000000008001));
	assert_int_equal(regs.x[4], UINT64_C(0x46446bf0dcae8d37));
	assert_int_equal(regs.x[17], UINT64_C(0xa3873c93ab401483));
	assert_int_equal(regs.x[0] | regs.x[1] | regs.x[2], 0);
}

static void test_error(void **state)
{
	struct ffav_smc_regs regs;

	(void)state;
	memset(&regs, 0xff, sizeof(regs));
	ffav_ffa_error(&regs, INT32_MIN);
	assert_int_equal(regs.x[0], FFA_ERROR);
	/* Not sign-extended: w2 is 32 bits. */
	assert_int_equal(regs.x[2], 0x80000000);
	for (unsigned int i = 1; i < FFAV_SMC_REGS; i++)
		assert_true(i == 2 || !regs.x[i]);
}

static void test_boot_info(void **state)
{
	uint8_t blob[FFA_BOOT_INFO_HEADER_SIZE + 2 * FFA_BOOT_INFO_DESC_SIZE] = {0};
	uint64_t fdt = 0;
	uint32_t size = 0;

	(void)state;
	ffav_boot_info_encode(blob, 64, UINT64_C(0x123456789abcdef0), 0x1000);
	assert_true(ffav_boot_info_decode(blob, 64, &fdt, &size));
	assert_int_equal(fdt, UINT64_C(0x123456789abcdef0));
	assert_int_equal(size, 0x1000);
	for (size_t n = 0; n < 64; n++) {
		uint8_t *in = cut(blob, n);

		assert_false(ffav_boot_info_decode(in, n, &fdt, &size));
		free(in);
	}
	/* A blob that says it is larger than it is; offsets and sizes that leave it. */
	ffav_put32(blob + 8, UINT32_MAX);
	assert_true(ffav_boot_info_decode(blob, 64, &fdt, &size));
	ffav_put32(blob + 20, 33);
	assert_false(ffav_boot_info_decode(blob, 64, &fdt, &size));
	ffav_put32(blob + 20, UINT32_MAX);
	assert_false(ffav_boot_info_decode(blob, 64, &fdt, &size));
	ffav_boot_info_encode(blob, 64, 1, 1);
	ffav_put32(blob + 12, 31);
	assert_false(ffav_boot_info_decode(blob, 64, &fdt, &size));
	ffav_boot_info_encode(blob, 64, 1, 1);
	ffav_put32(blob + 16, 0);
	assert_false(ffav_boot_info_decode(blob, 64, &fdt, &size));
	/* Another type first, then the device tree; then neither, with a huge count. */
	ffav_boot_info_encode(blob, 96, 1, 1);
	memcpy(blob + 64, blob + 32, 32);
	blob[32 + 16] = 1;
	ffav_put64(blob + 64 + 24, 0x5555);
	ffav_put32(blob + 16, 2);
	assert_true(ffav_boot_info_decode(blob, 96, &fdt, &size));
	assert_int_equal(fdt, 0x5555);
	blob[64 + 16] = 1;
	ffav_put32(blob + 16, UINT32_MAX);
	assert_false(ffav_boot_info_decode(blob, 96, &fdt, &size));
	ffav_put32(blob + 12, UINT32_MAX);
	assert_false(ffav_boot_info_decode(blob, 96, &fdt, &size));
}

static void test_boot_info_restarts(void **state)
{
	uint8_t blob[FFA_BOOT_INFO_HEADER_SIZE + 2 * FFA_BOOT_INFO_DESC_SIZE] = {0};
	uint64_t fdt = 0;
	uint32_t size = 0;

	(void)state;
	ffav_boot_info_encode(blob, sizeof(blob), 0x1234, 0x1000);
	assert_int_equal(ffav_boot_info_restarts(blob, sizeof(blob)), 0);
	ffav_boot_info_add_restarts(blob, 0);
	assert_int_equal(ffav_boot_info_restarts(blob, sizeof(blob)), 0);
	ffav_boot_info_add_restarts(blob, UINT32_MAX);
	assert_int_equal(ffav_boot_info_restarts(blob, sizeof(blob)), UINT32_MAX);
	assert_true(ffav_boot_info_decode(blob, sizeof(blob), &fdt, &size));
	assert_int_equal(fdt, 0x1234);
	for (size_t n = 0; n < sizeof(blob); n++) {
		uint8_t *in = cut(blob, n);

		assert_int_equal(ffav_boot_info_restarts(in, n), 0);
		free(in);
	}
	/* An address where a value should be is not followed, nor taken for one. */
	blob[FFA_BOOT_INFO_HEADER_SIZE + FFA_BOOT_INFO_DESC_SIZE + 18] = 0;
	assert_int_equal(ffav_boot_info_restarts(blob, sizeof(blob)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uuid_words), cmocka_unit_test(test_function_ids),
		cmocka_unit_test(test_endpoints),  cmocka_unit_test(test_partition_info),
		cmocka_unit_test(test_info_regs),  cmocka_unit_test(test_error),
		cmocka_unit_test(test_boot_info),  cmocka_unit_test(test_boot_info_restarts),
	};

	return cmocka_run_group_tests_name("abi/ffa", tests, NULL, NULL);
}
