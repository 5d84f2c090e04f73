/* SPDX-License-Identifier: BSD-3-Clause */
/* FF-A memory descriptors: the layout of each version, and what is refused. */
#include "abi/ffa_memory.h"
#include "tests/unit/abi/cases.h"

/* Byte for byte what the tables of FF-A 1.0 say. */
static const uint8_t header_1_0[] = {
	0x34, 0x12, 0x2f, 0x00, 0x04, 0x03, 0x02, 0x01, 0x18, 0x17, 0x16,
	0x15, 0x14, 0x13, 0x12, 0x11, 0x28, 0x27, 0x26, 0x25, 0x24, 0x23,
	0x22, 0x21, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00,
};
/* The same in FF-A 1.2, with access descriptors of 32 bytes at 64. */
static const uint8_t header_1_2[] = {
	0x34, 0x12, 0x6f, 0x00, 0x04, 0x03, 0x02, 0x01, 0x18, 0x17, 0x16, 0x15,
	0x14, 0x13, 0x12, 0x11, 0x28, 0x27, 0x26, 0x25, 0x24, 0x23, 0x22, 0x21,
	0x20, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x40, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
};

static const struct ffav_mem_header header = {
	.sender = 0x1234,
	.attributes = 0x2f,
	.flags = 0x01020304,
	.handle = UINT64_C(0x1112131415161718),
	.tag = UINT64_C(0x2122232425262728),
	.access_size = 32,
	.access_count = 2,
	.access_offset = 64,
};

static void test_header_1_0(void **state)
{
	struct ffav_mem_header back;
	uint8_t out[FFA_MEM_HEADER_SIZE_1_0];
	uint8_t in[64] = {0};

	(void)state;
	assert_int_equal(ffav_mem_header_size(FFA_VERSION_1_0), 32);
	assert_false(ffav_mem_header_encode(out, sizeof(out) - 1, FFA_VERSION_1_0, &header));
	assert_true(ffav_mem_header_encode(out, sizeof(out), FFA_VERSION_1_0, &header));
	assert_memory_equal(out, header_1_0, sizeof(out));
	memcpy(in, header_1_0, sizeof(header_1_0));
	assert_true(ffav_mem_header_decode(in, sizeof(in), FFA_VERSION_1_0, &back));
	assert_int_equal(back.sender, header.sender);
	assert_int_equal(back.attributes, header.attributes);
	assert_int_equal(back.flags, header.flags);
	assert_int_equal(back.handle, header.handle);
	assert_int_equal(back.tag, header.tag);
	assert_int_equal(back.access_count, 2);
	/* What it does not carry. */
	assert_int_equal(back.access_size, 16);
	assert_int_equal(back.access_offset, 32);
	/* Two access descriptors end at 64. */
	assert_false(ffav_mem_header_decode(in, 63, FFA_VERSION_1_0, &back));
	assert_false(ffav_mem_header_decode(in, 31, FFA_VERSION_1_0, &back));
}

static void test_header_1_2(void **state)
{
	struct ffav_mem_header h = header;
	struct ffav_mem_header back;
	uint8_t out[FFA_MEM_HEADER_SIZE_1_1];
	uint8_t in[128] = {0};

	(void)state;
	h.attributes = 0x6f;
	assert_int_equal(ffav_mem_header_size(FFA_VERSION_1_1), 48);
	assert_int_equal(ffav_mem_header_size(FFA_VERSION_1_2), 48);
	assert_int_equal(ffav_mem_access_size(FFA_VERSION_1_0), 16);
	assert_int_equal(ffav_mem_access_size(FFA_VERSION_1_1), 16);
	assert_int_equal(ffav_mem_access_size(FFA_VERSION_1_2), 32);
	assert_false(ffav_mem_header_encode(out, sizeof(out) - 1, FFA_VERSION_1_2, &h));
	assert_true(ffav_mem_header_encode(out, sizeof(out), FFA_VERSION_1_2, &h));
	assert_memory_equal(out, header_1_2, sizeof(out));
	memcpy(in, header_1_2, sizeof(header_1_2));
	assert_true(ffav_mem_header_decode(in, sizeof(in), FFA_VERSION_1_2, &back));
	assert_memory_equal(&back, &h, sizeof(h));
	assert_false(ffav_mem_header_decode(in, sizeof(in) - 1, FFA_VERSION_1_2, &back));
	/* FF-A 1.1 knows only the short access descriptor; 1.2 knows both. */
	assert_false(ffav_mem_header_decode(in, sizeof(in), FFA_VERSION_1_1, &back));
	in[24] = 16;
	assert_true(ffav_mem_header_decode(in, sizeof(in), FFA_VERSION_1_1, &back));
	assert_true(ffav_mem_header_decode(in, sizeof(in), FFA_VERSION_1_2, &back));
}

/* Every byte of a header: one bit of it set where the version reserves it. */
static void test_header_reserved(void **state)
{
	static const struct {
		uint32_t version;
		size_t byte;
		uint8_t value;
	} rows[] = {
		{FFA_VERSION_1_0, 2, 0x40},  {FFA_VERSION_1_0, 2, 0x80},
		{FFA_VERSION_1_0, 3, 0x01},  {FFA_VERSION_1_0, 24, 0x01},
		{FFA_VERSION_1_0, 27, 0x80}, {FFA_VERSION_1_1, 2, 0x80},
		{FFA_VERSION_1_1, 3, 0x01},  {FFA_VERSION_1_1, 36, 0x01},
		{FFA_VERSION_1_1, 39, 0x80}, {FFA_VERSION_1_1, 40, 0x01},
		{FFA_VERSION_1_1, 47, 0x80}, {FFA_VERSION_1_2, 47, 0x80},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ffav_mem_header h = {
			.access_size = 16, .access_count = 1, .access_offset = 48};
		uint8_t in[64] = {0};

		assert_true(ffav_mem_header_encode(in, sizeof(in), rows[i].version, &h));
		assert_true(ffav_mem_header_decode(in, sizeof(in), rows[i].version, &h));
		in[rows[i].byte] |= rows[i].value;
		assert_false(ffav_mem_header_decode(in, sizeof(in), rows[i].version, &h));
	}
}

/* Sizes, offsets and counts near every limit. */
static void test_header_bounds(void **state)
{
	static const struct {
		uint32_t size, count, offset;
		bool ok;
	} rows[] = {
		{16, 1, 48, true},           {16, 2, 48, true},
		{16, 3, 48, false},          {16, 0, 48, true},
		{16, 1, 64, true},           {16, 2, 64, false},
		{16, 0, 80, true},           {16, 0, 96, false},
		{16, 1, 32, false},          {16, 1, 56, false},
		{16, 1, 0, false},           {0, 1, 48, false},
		{8, 1, 48, false},           {24, 1, 48, false},
		{32, 1, 48, true},           {33, 1, 48, false},
		{16, UINT32_MAX, 48, false}, {32, 0x08000000, 48, false},
		{16, 0x10000000, 48, false}, {16, 1, 0xfffffff0, false},
		{UINT32_MAX, 1, 48, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ffav_mem_header h = {.access_size = rows[i].size,
					    .access_count = rows[i].count,
					    .access_offset = rows[i].offset};
		uint8_t in[80] = {0};

		assert_true(ffav_mem_header_encode(in, sizeof(in), FFA_VERSION_1_2, &h));
		assert_int_equal(ffav_mem_header_decode(in, sizeof(in), FFA_VERSION_1_2, &h),
				 rows[i].ok);
	}
}

static void test_access(void **state)
{
	static const uint8_t wide[32] = {0x01, 0x80, 0x06, 0x01, 0x70, 0,    0,    0,
					 0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01,
					 0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11};
	static const struct ffav_mem_access access = {
		.receiver = 0x8001,
		.permissions = FFA_MEM_READ_WRITE | FFA_MEM_NOT_EXECUTE,
		.flags = FFA_MEM_OTHER_BORROWER,
		.composite = 0x70,
		.value = {UINT64_C(0x0102030405060708), UINT64_C(0x1112131415161718)},
	};
	struct ffav_mem_access back;
	uint8_t out[32];

	(void)state;
	ffav_mem_access_encode(out, 32, &access);
	assert_memory_equal(out, wide, sizeof(wide));
	assert_true(ffav_mem_access_decode(wide, 32, &back));
	assert_memory_equal(&back, &access, sizeof(back));
	/* The short form has no value; what was there is reserved. */
	ffav_mem_access_encode(out, 16, &access);
	assert_memory_equal(out, wide, 8);
	assert_int_equal(ffav_get64(out + 8), 0);
	assert_true(ffav_mem_access_decode(out, 16, &back));
	assert_int_equal(back.value[0], 0);
	assert_int_equal(back.value[1], 0);
	assert_false(ffav_mem_access_decode(wide, 16, &back));
}

static void test_access_refused(void **state)
{
	(void)state;
	for (size_t size = 16; size <= 32; size += 16) {
		struct ffav_mem_access back;
		uint8_t in[32] = {0};

		for (unsigned int permissions = 0; permissions < 256; permissions++) {
			bool ok = permissions < 16 && (permissions & 3) != 3 &&
				  permissions >> 2 != 3;

			in[2] = (uint8_t)permissions;
			assert_int_equal(ffav_mem_access_decode(in, size, &back), ok);
		}
		in[2] = 0;
		for (unsigned int bit = 1; bit < 8; bit++) {
			in[3] = (uint8_t)(1u << bit);
			assert_false(ffav_mem_access_decode(in, size, &back));
		}
		in[3] = 0;
		for (size_t byte = size - 8; byte < size; byte++) {
			in[byte] = 1;
			assert_false(ffav_mem_access_decode(in, size, &back));
			in[byte] = 0;
		}
	}
}

static void test_composite(void **state)
{
	static const uint8_t bytes[16] = {4, 3, 2, 1, 8, 7, 6, 5};
	struct ffav_mem_composite c = {.pages = 0x01020304, .ranges = 0x05060708};
	struct ffav_mem_composite back;
	uint8_t out[16];

	(void)state;
	memset(out, 0xff, sizeof(out));
	ffav_mem_composite_encode(out, &c);
	assert_memory_equal(out, bytes, sizeof(out));
	assert_true(ffav_mem_composite_decode(out, &back));
	assert_memory_equal(&back, &c, sizeof(c));
	for (size_t byte = 8; byte < 16; byte++) {
		out[byte] = 0x80;
		assert_false(ffav_mem_composite_decode(out, &back));
		out[byte] = 0;
	}
}

static void test_range(void **state)
{
	static const struct {
		uint64_t address;
		uint32_t pages;
		bool ok;
	} rows[] = {
		{0x40000000, 1, true},
		{0, 1, true},
		{0x40000000, 0, false},
		{0x40000800, 1, false},
		{0x40000001, 1, false},
		{0x40000000, UINT32_MAX, true},
		/* The last page of all; one more wraps. */
		{UINT64_C(0xffffffffffffe000), 1, true},
		{UINT64_C(0xfffffffffffff000), 1, false},
		{UINT64_C(0xfffffffffffff000), UINT32_MAX, false},
		{UINT64_C(0xfffff00000000000), UINT32_MAX, true},
		{UINT64_C(0xfffff00000001000), UINT32_MAX, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ffav_mem_range r = {.address = rows[i].address, .pages = rows[i].pages};
		struct ffav_mem_range back;
		uint8_t out[16];

		memset(out, 0xff, sizeof(out));
		ffav_mem_range_encode(out, &r);
		assert_int_equal(ffav_get64(out), rows[i].address);
		assert_int_equal(ffav_get32(out + 8), rows[i].pages);
		assert_int_equal(ffav_get32(out + 12), 0);
		assert_int_equal(ffav_mem_range_decode(out, &back), rows[i].ok);
		assert_int_equal(back.address, rows[i].address);
		assert_int_equal(back.pages, rows[i].pages);
		assert_int_equal(ffav_mem_range_size(&back), (uint64_t)rows[i].pages * 4096);
		out[15] = 1;
		assert_false(ffav_mem_range_decode(out, &back));
	}
}

static void test_relinquish(void **state)
{
	static const uint8_t bytes[18] = {8, 7, 6, 5, 4, 3, 2, 1, 0,
					  0, 0, 0, 1, 0, 0, 0, 1, 0x80};
	struct ffav_mem_relinquish back;
	uint8_t out[18];

	(void)state;
	memset(out, 0xff, sizeof(out));
	assert_false(ffav_mem_relinquish_encode(out, 17, UINT64_C(0x0102030405060708), 0x8001));
	assert_true(ffav_mem_relinquish_encode(out, 18, UINT64_C(0x0102030405060708), 0x8001));
	assert_memory_equal(out, bytes, sizeof(bytes));
	out[8] = 3;
	ffav_mem_relinquish_decode(out, &back);
	assert_int_equal(back.handle, UINT64_C(0x0102030405060708));
	assert_int_equal(back.flags, FFA_MEM_ZERO | FFA_MEM_TIME_SLICE);
	assert_int_equal(back.count, 1);
}

static void test_handle(void **state)
{
	(void)state;
	assert_int_equal(ffav_mem_handle(0x55667788, 0x11223344), UINT64_C(0x1122334455667788));
	/* Only the low halves count. */
	assert_int_equal(
		ffav_mem_handle(UINT64_C(0xffffffff00000001), UINT64_C(0xffffffff00000002)),
		UINT64_C(0x200000001));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header_1_0),      cmocka_unit_test(test_header_1_2),
		cmocka_unit_test(test_header_reserved), cmocka_unit_test(test_header_bounds),
		cmocka_unit_test(test_access),          cmocka_unit_test(test_access_refused),
		cmocka_unit_test(test_composite),       cmocka_unit_test(test_range),
		cmocka_unit_test(test_relinquish),      cmocka_unit_test(test_handle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
