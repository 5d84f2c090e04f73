// SPDX-License-Identifier: BSD-3-Clause
/* A store that is full, over the whole road. */
#include "tests/unit/host/road.h"

static void fill_name(char *name, size_t size, unsigned int i)
{
	snprintf(name, size, "Fill%04u", i);
}

/* Write until it is refused. Return: how many were written. */
static unsigned int fill(struct road *r, size_t data_size)
{
	static uint8_t data[8192];
	char name[16];

	for (unsigned int i = 0;; i++) {
		efi_status_t status;

		memset(data, (int)i, data_size);
		fill_name(name, sizeof(name), i);
		status = road_set(r, name, NV_BS_RT, data, data_size);
		if (status == EFI_OUT_OF_RESOURCES)
			return i;
		assert_int_equal(status, EFI_SUCCESS);
		assert_true(i < 10000);
	}
}

static void expect_all(struct road *r, unsigned int count, size_t data_size)
{
	static uint8_t data[8192];
	char name[16];

	for (unsigned int i = 0; i < count; i++) {
		memset(data, (int)i, data_size);
		fill_name(name, sizeof(name), i);
		road_expect(r, name, NV_BS_RT, data, data_size);
	}
	assert_int_equal(road_count(r), count);
}

static void test_full(void **state)
{
	static const size_t sizes[] = {64, 1000, 5000};

	(void)state;
	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		uint64_t storage, remaining, largest;
		unsigned int count;
		char name[16];
		static struct road r;

		road_flash(&r, 16);
		road_boot(&r, NULL, 0);
		count = fill(&r, sizes[s]);
		assert_true(count > 3);
		assert_int_equal(ffav_query_variable_info(r.mm, NV_BS_RT, &storage, &remaining,
							  &largest),
				 EFI_SUCCESS);
		assert_true(remaining < sizes[s] + 200);
		expect_all(&r, count, sizes[s]);
		/* Refused again and again, it loses nothing. */
		for (unsigned int i = 0; i < 20; i++) {
			assert_int_equal(
				road_set(&r, "More", NV_BS_RT, (uint8_t[5000]){1}, sizes[s]),
				EFI_OUT_OF_RESOURCES);
		}
		road_off(&r);
		road_boot(&r, NULL, 0);
		expect_all(&r, count, sizes[s]);
		/* A delete always works, and makes room. */
		fill_name(name, sizeof(name), count - 1);
		assert_int_equal(road_set(&r, name, NV_BS_RT, NULL, 0), EFI_SUCCESS);
		assert_int_equal(
			road_set(&r, "Fits", NV_BS_RT, (uint8_t[5000]){2}, sizes[s] - 1),
			EFI_SUCCESS);
		road_end(&r);
	}
}

/* What is larger than the service ever takes is refused at once, by the service. */
static void test_too_large(void **state)
{
	static uint8_t data[0x10001];
	static struct road r;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, NULL, 0);
	assert_int_equal(road_set(&r, "Large", NV_BS_RT, data, sizeof(data)),
			 EFI_INVALID_PARAMETER);
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 + i / 256);
	assert_int_equal(road_set(&r, "Large", NV_BS_RT, data, sizeof(data) - 1), EFI_SUCCESS);
	assert_int_equal(road_set(&r, "Large", NV_BS_RT | EFI_VARIABLE_APPEND_WRITE, data, 1),
			 EFI_INVALID_PARAMETER);
	for (unsigned int boot = 0; boot < 2; boot++) {
		road_expect(&r, "Large", NV_BS_RT, data, sizeof(data) - 1);
		road_off(&r);
		road_boot(&r, NULL, 0);
	}
	road_end(&r);
}

/* A thousand variables for an operating system, and some more for the firmware after it. */
static void test_too_many(void **state)
{
	static struct road r;
	unsigned int os, firmware;
	uint32_t value;
	char name[16];

	(void)state;
	road_flash(&r, 128);
	road_boot(&r, NULL, 0);
	assert_int_equal(ffav_variables_exit_boot_services(r.mm), EFI_SUCCESS);
	os = fill(&r, sizeof(value));
	assert_in_range(os, 1000, 1024 - 1);
	expect_all(&r, os, sizeof(value));
	/* Changing and deleting need no further one. */
	value = 0x12345678;
	assert_int_equal(road_set(&r, "Fill0000", NV_BS_RT, &value, sizeof(value)),
			 EFI_SUCCESS);
	road_off(&r);
	road_boot(&r, NULL, 0);
	assert_int_equal(road_count(&r), os);
	road_expect(&r, "Fill0000", NV_BS_RT, &value, sizeof(value));
	for (firmware = 0;; firmware++) {
		snprintf(name, sizeof(name), "Boot%04u", firmware);
		if (road_set(&r, name, NV_BS_RT, &value, sizeof(value)) != EFI_SUCCESS)
			break;
	}
	assert_int_equal(os + firmware, 1024);
	assert_int_equal(road_set(&r, name, NV_BS_RT, &value, sizeof(value)),
			 EFI_OUT_OF_RESOURCES);
	road_off(&r);
	road_boot(&r, NULL, 0);
	assert_int_equal(road_count(&r), os + firmware);
	road_expect(&r, "Fill0000", NV_BS_RT, &value, sizeof(value));
	for (unsigned int i = 1; i < os; i++) {
		uint8_t byte[4] = {(uint8_t)i, (uint8_t)i, (uint8_t)i, (uint8_t)i};

		fill_name(name, sizeof(name), i);
		road_expect(&r, name, NV_BS_RT, byte, sizeof(byte));
	}
	road_end(&r);
}

/* 1,024 characters of name, with 64 KiB of data behind it; and one character more. */
static void test_longest_name(void **state)
{
	static uint16_t name[1026], found[1026];
	static uint8_t data[0x10000], back[0x10000];
	uint64_t size = sizeof(back), name_size = 2050;
	struct efi_guid guid = {0};
	static struct road r;
	uint32_t attributes;

	(void)state;
	for (size_t i = 0; i < 1025; i++)
		name[i] = (uint16_t)(i % 2 ? 0x4e00 + i : 'a' + i % 26);
	memset(data, 0x5c, sizeof(data));
	road_flash(&r, 128);
	road_boot(&r, NULL, 0);
	assert_int_equal(
		ffav_set_variable(r.mm, name, &road_guid, NV_BS_RT, sizeof(data), data),
		EFI_INVALID_PARAMETER);
	name[1024] = 0;
	assert_int_equal(
		ffav_set_variable(r.mm, name, &road_guid, NV_BS_RT, sizeof(data), data),
		EFI_SUCCESS);
	road_off(&r);
	road_boot(&r, NULL, 0);
	assert_int_equal(ffav_get_variable(r.mm, name, &road_guid, &attributes, &size, back),
			 EFI_SUCCESS);
	assert_int_equal(size, sizeof(data));
	assert_memory_equal(back, data, sizeof(data));
	assert_int_equal(ffav_get_next_variable_name(r.mm, &name_size, found, &guid),
			 EFI_SUCCESS);
	assert_int_equal(name_size, 2050);
	assert_memory_equal(found, name, 2050);
	/* It can be stepped behind, too. */
	name_size = 2050;
	assert_int_equal(ffav_get_next_variable_name(r.mm, &name_size, found, &guid),
			 EFI_SUCCESS);
	assert_false(ffav_guid_equal(&guid, &road_guid));
	road_end(&r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_longest_name),
	};

	return cmocka_run_group_tests_name("host/full", tests, NULL, NULL);
}
