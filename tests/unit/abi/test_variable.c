/* SPDX-License-Identifier: BSD-3-Clause */
/* MM headers and variable messages: every codec, at every truncation. */
#include "abi/variable.h"
#include "tests/unit/abi/cases.h"

static void test_bytes(void **state)
{
	uint8_t b[9] = {0xff, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11};
	uint64_t sum;

	(void)state;
	assert_int_equal(ffav_get16(b + 1), 0x7788);
	assert_int_equal(ffav_get32(b + 1), 0x55667788);
	assert_int_equal(ffav_get64(b + 1), UINT64_C(0x1122334455667788));
	assert_int_equal(ffav_fetch32(b + 1), 0x55667788);
	assert_int_equal(ffav_fetch64(b + 1), UINT64_C(0x1122334455667788));
	ffav_put64(b + 1, UINT64_C(0x8070605040302010));
	assert_int_equal(b[0], 0xff);
	assert_int_equal(b[1], 0x10);
	assert_int_equal(b[8], 0x80);
	ffav_put32(b + 1, 0xa1a2a3a4);
	ffav_put16(b + 3, 0xb1b2);
	assert_int_equal(ffav_get64(b + 1), UINT64_C(0x80706050b1b2a3a4));

	assert_true(ffav_add(UINT64_MAX - 1, 1, &sum));
	assert_false(ffav_add(UINT64_MAX, 1, &sum));
	assert_true(ffav_range_in(0, 0, 0));
	assert_true(ffav_range_in(4, 6, 10));
	assert_false(ffav_range_in(4, 7, 10));
	assert_false(ffav_range_in(11, 0, 10));
	assert_false(ffav_range_in(1, UINT64_MAX, 10));
	assert_false(ffav_range_in(UINT64_MAX, UINT64_MAX, UINT64_MAX - 1));
	assert_int_equal(ffav_align_up(65, 64), 128);
	assert_int_equal(ffav_align_up(64, 64), 64);
	assert_int_equal(ffav_align_down(127, 64), 64);
}

static void test_guids(void **state)
{
	static const struct {
		struct efi_guid guid;
		uint64_t lo, hi;
		uint8_t wire[16];
	} rows[] = {
		{MM_VARIABLE_GUID,
		 MM_VARIABLE_GUID_LO,
		 MM_VARIABLE_GUID_HI,
		 {0x33, 0xd5, 0x32, 0xed, 0xe6, 0x99, 0x09, 0x42, 0x9c, 0xc0, 0x2d, 0x72, 0xcd,
		  0xd9, 0x98, 0xa7}},
		{MM_HEADER_V3_GUID,
		 MM_HEADER_V3_GUID_LO,
		 MM_HEADER_V3_GUID_HI,
		 {0x53, 0xc8, 0xe8, 0x68, 0xa9, 0x2b, 0xd7, 0x4d, 0x9a, 0xc0, 0x91, 0xe1, 0x61,
		  0x55, 0xc9, 0x35}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct efi_guid built = ffav_guid(rows[i].lo, rows[i].hi);

		assert_memory_equal(rows[i].guid.b, rows[i].wire, 16);
		assert_memory_equal(built.b, rows[i].wire, 16);
		for (size_t b = 0; b < 16; b++) {
			struct efi_guid other = built;

			other.b[b] ^= 1;
			assert_false(ffav_guid_equal(&other, &built));
			assert_false(ffav_guid_is(&other, rows[i].lo, rows[i].hi));
		}
		assert_true(ffav_guid_equal(&built, rows[i].wire));
		assert_true(ffav_guid_is(&built, rows[i].lo, rows[i].hi));
	}
}

static void test_statuses(void **state)
{
	(void)state;
	assert_int_equal(EFI_INVALID_PARAMETER, UINT64_C(0x8000000000000002));
	assert_int_equal(EFI_BUFFER_TOO_SMALL, UINT64_C(0x8000000000000005));
	assert_int_equal(EFI_DEVICE_ERROR, UINT64_C(0x8000000000000007));
	assert_int_equal(EFI_OUT_OF_RESOURCES, UINT64_C(0x8000000000000009));
	assert_int_equal(EFI_NOT_FOUND, UINT64_C(0x800000000000000e));
	assert_int_equal(EFI_SECURITY_VIOLATION, UINT64_C(0x800000000000001a));
}

static void test_header_v1(void **state)
{
	struct efi_guid guid = MM_VARIABLE_GUID;
	struct ffav_mm_header h = {guid.b, MM_HEADER_V1_SIZE, 8};
	uint8_t out[64] = {0};

	(void)state;
	for (size_t capacity = 0; capacity <= 32; capacity++) {
		memset(out, 0xee, sizeof(out));
		assert_int_equal(ffav_mm_header_encode(out, capacity, &h), capacity == 32);
		if (capacity < 32)
			assert_int_equal(out[0], 0xee);
	}
	for (size_t size = 0; size <= 32; size++) {
		uint8_t *in = cut(out, size);
		struct ffav_mm_header got;

		assert_int_equal(ffav_mm_header_decode(in, size, &got), size == 32);
		if (size == 32) {
			assert_ptr_equal(got.guid, in);
			assert_int_equal(got.header_size, 24);
			assert_int_equal(got.data_size, 8);
		}
		free(in);
	}
	h.data_size = UINT64_MAX;
	assert_false(ffav_mm_header_encode(out, 32, &h));
	h.data_size = 0;
	h.header_size = 25;
	assert_false(ffav_mm_header_encode(out, 32, &h));
	ffav_put64(out + 16, UINT64_MAX - 23);
	assert_false(ffav_mm_header_decode(out, 32, &h));
}

static void test_header_v3(void **state)
{
	struct efi_guid guid = MM_VARIABLE_GUID;
	struct ffav_mm_header h = {guid.b, MM_HEADER_V3_SIZE, 8};
	uint8_t out[64] = {0};

	(void)state;
	for (size_t capacity = 0; capacity <= sizeof(out); capacity++)
		assert_int_equal(ffav_mm_header_encode(out, capacity, &h), capacity == 64);
	for (size_t size = 0; size <= 64; size++) {
		uint8_t *in = cut(out, size);
		struct ffav_mm_header got;

		assert_int_equal(ffav_mm_header_decode(in, size, &got), size == 64);
		if (size == 64) {
			assert_ptr_equal(got.guid, in + 32);
			assert_int_equal(got.header_size, 56);
			assert_int_equal(got.data_size, 8);
		}
		free(in);
	}
	/* BufferSize may exceed the message, never the buffer; MessageSize never either. */
	ffav_put64(out + 48, 7);
	assert_true(ffav_mm_header_decode(out, 64, &h));
	ffav_put64(out + 48, 9);
	assert_false(ffav_mm_header_decode(out, 64, &h));
	ffav_put64(out + 48, UINT64_MAX);
	assert_false(ffav_mm_header_decode(out, 64, &h));
	ffav_put64(out + 48, 0);
	ffav_put64(out + 16, 65);
	assert_false(ffav_mm_header_decode(out, 64, &h));
	ffav_put64(out + 16, 55);
	assert_false(ffav_mm_header_decode(out, 64, &h));
}

static const uint8_t guid_bytes[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
static const uint8_t name_bytes[6] = {'H', 0, 'i', 0, 0, 0};

static void test_access(void **state)
{
	const struct ffav_var_access a = {guid_bytes, name_bytes, 6, 0x27, NULL, 4};
	uint8_t out[50] = {0};
	uint8_t fixed[36] = {0};

	(void)state;
	/* 36 + 6 + 4, with the name at 36, whatever sizeof would say. */
	for (size_t capacity = 0; capacity <= sizeof(out); capacity++) {
		memset(out, 0xee, sizeof(out));
		assert_int_equal(ffav_var_access_encode(out, capacity, &a),
				 capacity >= 46 ? 42 : 0);
		assert_int_equal(out[0] == 0xee, capacity < 46);
		for (size_t i = 42; i < sizeof(out); i++)
			assert_int_equal(out[i], 0xee);
	}
	assert_memory_equal(out, guid_bytes, 16);
	assert_int_equal(ffav_get64(out + 16), 4);
	assert_int_equal(ffav_get64(out + 24), 6);
	assert_int_equal(ffav_get32(out + 32), 0x27);
	assert_memory_equal(out + 36, name_bytes, 6);
	ffav_var_access_encode_fixed(fixed, &a);
	assert_memory_equal(fixed, out, sizeof(fixed));

	for (size_t size = 0; size <= sizeof(out); size++) {
		struct ffav_var_access got = {0};
		uint8_t *in = cut(out, size);

		assert_int_equal(ffav_var_access_decode_fixed(in, size, &got), size >= 36);
		if (size >= 36) {
			assert_int_equal(got.data_size, 4);
			assert_int_equal(got.name_size, 6);
			assert_int_equal(got.attributes, 0x27);
		}
		assert_int_equal(ffav_var_access_decode(in, size, false, &got), size >= 42);
		assert_int_equal(ffav_var_access_decode(in, size, true, &got), size >= 46);
		if (size >= 46) {
			assert_memory_equal(got.guid, guid_bytes, 16);
			assert_memory_equal(got.name, name_bytes, 6);
			assert_ptr_equal(got.data, in + 42);
		}
		free(in);
	}
}

static void test_access_sizes(void **state)
{
	static const uint64_t bad[] = {
		7, 8, UINT64_MAX, UINT64_MAX - 35, UINT64_MAX - 36, UINT64_C(1) << 63};
	struct ffav_var_access a = {guid_bytes, name_bytes, 6, 0, NULL, 0};
	uint8_t out[42] = {0};

	(void)state;
	assert_int_equal(ffav_var_access_encode(out, sizeof(out), &a), 42);
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct ffav_var_access got;

		ffav_put64(out + 24, bad[i]);
		assert_false(ffav_var_access_decode(out, sizeof(out), false, &got));
		ffav_put64(out + 24, 6);
		ffav_put64(out + 16, bad[i]);
		assert_false(ffav_var_access_decode(out, sizeof(out), true, &got));
		/* As a request it only says how much room there is. */
		assert_true(ffav_var_access_decode(out, sizeof(out), false, &got));
		assert_int_equal(got.data_size, bad[i]);
		ffav_put64(out + 16, 0);

		a.data_size = bad[i];
		assert_int_equal(ffav_var_access_encode(out, sizeof(out), &a), 0);
		a.data_size = 0;
		a.name_size = bad[i];
		assert_int_equal(ffav_var_access_encode(out, sizeof(out), &a), 0);
		a.name_size = 6;
	}
}

static void test_next(void **state)
{
	uint8_t out[32] = {0};

	(void)state;
	for (size_t capacity = 0; capacity <= 30; capacity++)
		assert_int_equal(
			ffav_var_next_encode(out, capacity, guid_bytes, 100, name_bytes, 6),
			capacity == 30);
	assert_false(ffav_var_next_encode(out, 30, guid_bytes, 100, name_bytes, SIZE_MAX));
	for (size_t size = 0; size <= 30; size++) {
		struct ffav_var_next got;
		uint8_t *in = cut(out, size);

		assert_int_equal(ffav_var_next_decode(in, size, &got), size >= 24);
		if (size >= 24) {
			assert_int_equal(got.name_size, 100);
			assert_int_equal(got.name_room, size - 24);
			assert_ptr_equal(got.name, in + 24);
		}
		free(in);
	}
	/* The room is what is present, or what is announced if that is less. */
	{
		struct ffav_var_next got;

		ffav_put64(out + 16, 4);
		assert_true(ffav_var_next_decode(out, 30, &got));
		assert_int_equal(got.name_room, 4);
		ffav_put64(out + 16, UINT64_MAX);
		assert_true(ffav_var_next_decode(out, 30, &got));
		assert_int_equal(got.name_room, 6);
	}
	assert_true(ffav_var_next_encode(out, 24, guid_bytes, 2, NULL, 0));
}

static void test_info(void **state)
{
	const struct ffav_var_info info = {UINT64_C(0x1111111122222222), 2, 3, 0x80000007};
	uint8_t out[32] = {0};

	(void)state;
	for (size_t capacity = 0; capacity <= sizeof(out); capacity++) {
		memset(out, 0xee, sizeof(out));
		assert_int_equal(ffav_var_info_encode(out, capacity, &info), capacity >= 28);
		assert_int_equal(out[28], 0xee);
	}
	/* 28 packed, 32 as sizeof has it: both are taken. */
	for (size_t size = 0; size <= sizeof(out); size++) {
		struct ffav_var_info got;
		uint8_t *in = cut(out, size);

		assert_int_equal(ffav_var_info_decode(in, size, &got), size >= 28);
		if (size >= 28) {
			assert_int_equal(got.max_storage, UINT64_C(0x1111111122222222));
			assert_int_equal(got.remaining, 2);
			assert_int_equal(got.max_variable, 3);
			assert_int_equal(got.attributes, 0x80000007);
		}
		free(in);
	}
}

static void test_check(void **state)
{
	const struct ffav_var_check check = {guid_bytes, name_bytes, 6, 1, 1, 7, 1, 99};
	uint8_t out[54] = {0};

	(void)state;
	for (size_t capacity = 0; capacity <= sizeof(out); capacity++)
		assert_int_equal(ffav_var_check_encode(out, capacity, &check), capacity == 54);
	for (size_t size = 0; size <= sizeof(out); size++) {
		struct ffav_var_check got;
		uint8_t *in = cut(out, size);

		assert_int_equal(ffav_var_check_decode(in, size, &got), size == 54);
		if (size == 54) {
			assert_memory_equal(got.guid, guid_bytes, 16);
			assert_memory_equal(got.name, name_bytes, 6);
			assert_int_equal(got.name_size, 6);
			assert_int_equal(got.revision, 1);
			assert_int_equal(got.property, 1);
			assert_int_equal(got.attributes, 7);
			assert_int_equal(got.min_size, 1);
			assert_int_equal(got.max_size, 99);
		}
		free(in);
	}
	ffav_put64(out + 16, UINT64_MAX - 47);
	{
		struct ffav_var_check got;

		assert_false(ffav_var_check_decode(out, sizeof(out), &got));
	}
}

static void test_var_header(void **state)
{
	uint8_t out[16] = {0};

	(void)state;
	ffav_var_header_encode(out, FFAV_VAR_SET, EFI_NOT_FOUND);
	assert_int_equal(ffav_get64(out), 3);
	assert_int_equal(ffav_var_function(out), 3);
	assert_int_equal(ffav_var_status(out), EFI_NOT_FOUND);
	assert_int_equal(out[15], 0x80);
}

static void test_name_check(void **state)
{
	static const struct {
		uint8_t bytes[8];
		uint64_t size;
		bool good;
	} rows[] = {
		{{'A', 0, 0, 0}, 4, true},
		{{0, 'A', 0, 0}, 4, true},
		{{'A', 0, 'B', 0, 'C', 0, 0, 0}, 8, true},
		/* None, empty, odd, without an end, with two. */
		{{0}, 0, false},
		{{0, 0}, 2, false},
		{{'A', 0}, 2, false},
		{{'A', 0, 0, 0, 0}, 5, false},
		{{'A', 0, 0}, 3, false},
		{{'A', 0, 'B', 0}, 4, false},
		{{'A', 0, 0, 1}, 4, false},
		{{'A', 0, 0, 0, 'B', 0, 0, 0}, 8, false},
		{{'A', 0, 0, 0, 0, 0}, 6, false},
		{{0, 0, 0, 0}, 4, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t *in = cut(rows[i].bytes, (size_t)rows[i].size);

		assert_int_equal(ffav_name_check(in, rows[i].size), rows[i].good);
		free(in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),        cmocka_unit_test(test_guids),
		cmocka_unit_test(test_statuses),     cmocka_unit_test(test_header_v1),
		cmocka_unit_test(test_header_v3),    cmocka_unit_test(test_access),
		cmocka_unit_test(test_access_sizes), cmocka_unit_test(test_next),
		cmocka_unit_test(test_info),         cmocka_unit_test(test_check),
		cmocka_unit_test(test_var_header),   cmocka_unit_test(test_name_check),
	};

	return cmocka_run_group_tests_name("abi/variable", tests, NULL, NULL);
}
