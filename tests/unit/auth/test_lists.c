// SPDX-License-Identifier: BSD-3-Clause
/* Descriptors, time stamps and signature lists: bytes from outside, checked before use. */
#include "tests/unit/auth/vectors.h"

#include <stdlib.h>
#include <string.h>

#include "secure/variables/auth/descriptor.h"
#include "secure/variables/auth/signature_list.h"

static const struct efi_guid guid = {{1, 2, 3}};

static struct ffav_bytes bytes_of(const struct vec_buffer *b)
{
	return (struct ffav_bytes){.data = b->data, .size = b->size};
}

static void descriptor_is_taken_apart(void **state)
{
	uint8_t time[EFI_TIME_SIZE];
	struct vec_buffer b = {0};
	struct ffav_descriptor d;
	uint64_t value;

	(void)state;
	vec_time(time, &(struct vec_time){2026, 11, 23, 1, 2, 3});
	vec_write(&b, NULL, time, "x", &guid, 0x27, "data", 4);
	assert_null(ffav_descriptor_parse(&d, bytes_of(&b), &value));
	assert_memory_equal(d.time, time, sizeof(time));
	assert_int_equal(d.signed_data.size, 0);
	assert_int_equal(d.payload.size, 4);
	assert_memory_equal(d.payload.data, "data", 4);
	/* Without data, and with all of it certificate. */
	assert_null(ffav_descriptor_parse(
		&d, (struct ffav_bytes){.data = b.data, .size = b.size - 4}, &value));
	assert_int_equal(d.payload.size, 0);
	ffav_put32(b.data + 16, 28);
	assert_null(ffav_descriptor_parse(&d, bytes_of(&b), &value));
	assert_int_equal(d.signed_data.size, 4);
	vec_drop(&b);
}

static void expect_descriptor(struct vec_buffer *b, size_t at, uint8_t byte, const char *words)
{
	struct ffav_descriptor d;
	uint8_t was = b->data[at];
	const char *why;
	uint64_t value;

	b->data[at] = byte;
	why = ffav_descriptor_parse(&d, bytes_of(b), &value);
	assert_non_null(why);
	assert_non_null(strstr(why, words));
	b->data[at] = was;
}

static void each_wrong_field_is_named(void **state)
{
	uint8_t time[EFI_TIME_SIZE];
	struct vec_buffer b = {0};
	struct ffav_descriptor d;
	uint64_t value;

	(void)state;
	vec_time(time, &(struct vec_time){2026, 11, 23, 1, 2, 3});
	vec_write(&b, NULL, time, "x", &guid, 0x27, "data", 4);
	expect_descriptor(&b, 7, 1, "Pad1");
	for (size_t i = 8; i < 12; i++)
		expect_descriptor(&b, i, 1, "Nanosecond");
	expect_descriptor(&b, 12, 1, "TimeZone");
	expect_descriptor(&b, 13, 0x80, "TimeZone");
	expect_descriptor(&b, 14, 1, "Daylight");
	expect_descriptor(&b, 15, 1, "Pad2");
	for (uint8_t length = 0; length < 24; length++)
		expect_descriptor(&b, 16, length, "less than its own header");
	expect_descriptor(&b, 16, 29, "beyond the data");
	expect_descriptor(&b, 19, 0xff, "beyond the data");
	expect_descriptor(&b, 20, 1, "wRevision");
	expect_descriptor(&b, 21, 1, "wRevision");
	expect_descriptor(&b, 22, 0xf0, "wCertificateType");
	for (size_t i = 24; i < 40; i++)
		expect_descriptor(&b, i, (uint8_t)(b.data[i] ^ 1), "CertType");
	for (size_t size = 0; size < 40; size++) {
		struct ffav_bytes part = {.data = b.data, .size = size};

		assert_non_null(strstr(ffav_descriptor_parse(&d, part, &value), "shorter"));
		assert_int_equal(value, size);
	}
	vec_drop(&b);
}

/* Fields, not bytes: 2048 is 0x0800 and its low byte is less than 2047's. */
static void times_are_compared_field_by_field(void **state)
{
	static const struct vec_time rising[] = {
		{0, 0, 0, 0, 0, 0},     {1999, 12, 31, 23, 59, 59}, {2000, 1, 1, 0, 0, 0},
		{2000, 1, 1, 0, 0, 59}, {2000, 1, 1, 0, 1, 0},      {2000, 1, 1, 1, 0, 0},
		{2000, 1, 31, 0, 0, 0}, {2000, 2, 1, 0, 0, 0},      {2047, 12, 31, 23, 59, 59},
		{2048, 1, 1, 0, 0, 0},  {65535, 1, 1, 0, 0, 0},
	};
	uint8_t a[EFI_TIME_SIZE], b[EFI_TIME_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(rising) / sizeof(rising[0]); i++) {
		for (size_t j = 0; j < sizeof(rising) / sizeof(rising[0]); j++) {
			int difference;

			vec_time(a, &rising[i]);
			vec_time(b, &rising[j]);
			difference = ffav_time_compare(a, b);
			assert_true(i < j ? difference < 0
					  : (i > j ? difference > 0 : difference == 0));
		}
	}
}

static void lists_are_walked(void **state)
{
	static const uint8_t hashes[3][32] = {{1}, {2}, {3}};
	struct ffav_signature_entry e = {0};
	struct vec_buffer b = {0};
	unsigned int count = 0;
	uint64_t value;

	(void)state;
	assert_null(ffav_signature_lists_check(bytes_of(&b), &value));
	assert_false(ffav_signature_next(bytes_of(&b), &e));
	vec_list(&b, &vec_sha256, 0x11, hashes, 32, 2);
	vec_list(&b, &vec_x509, 0x22, "certificate", 11, 1);
	vec_list(&b, &vec_sha256, 0x33, hashes[2], 32, 1);
	assert_null(ffav_signature_lists_check(bytes_of(&b), &value));
	while (ffav_signature_next(bytes_of(&b), &e)) {
		switch (count++) {
		case 0:
		case 1:
			assert_memory_equal(e.type, &vec_sha256, 16);
			assert_int_equal(e.owner[15], 0x11);
			assert_int_equal(e.signature.data[0], count);
			break;
		case 2:
			assert_memory_equal(e.type, &vec_x509, 16);
			assert_int_equal(e.signature.size, 11);
			assert_memory_equal(e.signature.data, "certificate", 11);
			break;
		default:
			assert_int_equal(e.owner[0], 0x33);
			assert_int_equal(e.signature.data[0], 3);
			break;
		}
	}
	assert_int_equal(count, 4);
	vec_drop(&b);
}

static void expect_lists(struct vec_buffer *b, size_t at, uint32_t word, const char *words)
{
	uint32_t was = ffav_get32(b->data + at);
	uint64_t value = 99;
	const char *why;

	ffav_put32(b->data + at, word);
	why = ffav_signature_lists_check(bytes_of(b), &value);
	assert_non_null(why);
	assert_non_null(strstr(why, words));
	assert_int_equal(value, 0);
	ffav_put32(b->data + at, was);
}

static void lists_that_lie_are_refused(void **state)
{
	static const uint8_t hashes[2][32] = {{1}, {2}};
	struct vec_buffer b = {0};
	uint8_t again[27];
	uint64_t value;

	(void)state;
	vec_list(&b, &vec_sha256, 0x11, hashes, 32, 2);
	memcpy(again, b.data, sizeof(again));
	expect_lists(&b, 0, 0x12345678, "unknown type");
	expect_lists(&b, 16, 0, "less than its own header");
	expect_lists(&b, 16, 27, "less than its own header");
	expect_lists(&b, 16, 28, "not a number of entries");
	expect_lists(&b, 16, 29, "not a number of entries");
	expect_lists(&b, 16, (uint32_t)b.size + 1, "beyond the data");
	expect_lists(&b, 16, UINT32_MAX, "beyond the data");
	expect_lists(&b, 20, 1, "SignatureHeaderSize");
	expect_lists(&b, 20, UINT32_MAX, "SignatureHeaderSize");
	expect_lists(&b, 24, 0, "SignatureSize");
	expect_lists(&b, 24, 16, "SignatureSize");
	expect_lists(&b, 24, 96, "SignatureSize");
	expect_lists(&b, 24, UINT32_MAX, "SignatureSize");
	for (size_t size = 1; size < b.size; size++) {
		struct ffav_bytes part = {.data = b.data, .size = size};

		assert_non_null(ffav_signature_lists_check(part, &value));
	}
	/* The second list is the wrong one, and is the one that is named. */
	vec_append(&b, again, sizeof(again));
	assert_non_null(strstr(ffav_signature_lists_check(bytes_of(&b), &value), "cut off"));
	assert_int_equal(value, b.size - sizeof(again));
	vec_drop(&b);
	/* A certificate of no size would never end. */
	vec_list(&b, &vec_x509, 0x11, "c", 1, 1);
	expect_lists(&b, 24, 16, "SignatureSize");
	vec_drop(&b);
}

static void duplicates_are_filtered(void **state)
{
	static const uint8_t hashes[4][32] = {{1}, {2}, {3}, {4}};
	struct vec_buffer old = {0}, new = {0}, expected = {0};
	uint64_t value;

	(void)state;
	vec_list(&old, &vec_sha256, 0x11, hashes, 32, 2);
	vec_list(&old, &vec_x509, 0x11, hashes[3], 32, 1);
	/* Old and new entries, a list with nothing new, other owner, other type. */
	vec_list(&new, &vec_sha256, 0x11, hashes, 32, 3);
	vec_list(&new, &vec_sha256, 0x11, hashes[1], 32, 1);
	vec_list(&new, &vec_sha256, 0x22, hashes, 32, 1);
	vec_list(&new, &vec_sha256, 0x11, hashes[3], 32, 1);
	vec_list(&new, &vec_x509, 0x11, hashes[3], 32, 1);
	vec_list(&expected, &vec_sha256, 0x11, hashes[2], 32, 1);
	vec_list(&expected, &vec_sha256, 0x22, hashes, 32, 1);
	vec_list(&expected, &vec_sha256, 0x11, hashes[3], 32, 1);
	assert_true(ffav_signature_filter(bytes_of(&old), new.data, &new.size, &value));
	assert_int_equal(new.size, expected.size);
	assert_memory_equal(new.data, expected.data, expected.size);
	assert_null(ffav_signature_lists_check(bytes_of(&new), &value));
	/* What is there already: nothing is left. Against nothing: all is left. */
	vec_append(&old, new.data, new.size);
	assert_true(ffav_signature_filter(bytes_of(&old), new.data, &new.size, &value));
	assert_int_equal(new.size, 0);
	new.size = expected.size;
	assert_true(ffav_signature_filter((struct ffav_bytes){0}, expected.data, &new.size,
					  &value));
	assert_int_equal(new.size, expected.size);
	vec_drop(&old);
	vec_drop(&new);
	vec_drop(&expected);
}

/* Whoever made the image may have stored anything under the database's name. */
static void an_old_database_is_checked(void **state)
{
	static const uint8_t hash[32] = {1};
	static const struct {
		size_t at;
		uint32_t value;
	} wrong[] = {
		{16, 0}, {16, 27}, {16, 28}, {16, 75}, {16, 0x8000004c}, {16, 0x10004c},
		{20, 1}, {24, 0},  {24, 16}, {24, 49}, {24, 0x80000030},
	};
	struct vec_buffer old = {0}, new = {0}, before = {0};
	size_t size;
	uint64_t value;

	(void)state;
	/* The first list is right. */
	vec_list(&old, &vec_sha256, 0x11, hash, 32, 1);
	vec_list(&old, &vec_sha256, 0x11, hash, 32, 1);
	vec_list(&new, &vec_sha256, 0x22, hash, 32, 1);
	vec_append(&before, new.data, new.size);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		uint8_t *field = old.data + 76 + wrong[i].at;
		uint32_t right = ffav_get32(field);

		ffav_put32(field, wrong[i].value);
		size = new.size;
		assert_false(ffav_signature_filter(bytes_of(&old), new.data, &size, &value));
		assert_int_equal(value, 76);
		assert_int_equal(size, new.size);
		assert_memory_equal(new.data, before.data, new.size);
		ffav_put32(field, right);
	}
	size = new.size;
	assert_true(ffav_signature_filter(bytes_of(&old), new.data, &size, &value));
	vec_drop(&old);
	vec_drop(&new);
	vec_drop(&before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(descriptor_is_taken_apart),
		cmocka_unit_test(each_wrong_field_is_named),
		cmocka_unit_test(times_are_compared_field_by_field),
		cmocka_unit_test(lists_are_walked),
		cmocka_unit_test(lists_that_lie_are_refused),
		cmocka_unit_test(duplicates_are_filtered),
		cmocka_unit_test(an_old_database_is_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
