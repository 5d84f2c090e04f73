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
	assert_int_not_equal(road_set(&r, "Large", NV_BS_RT, data, sizeof(data)), EFI_SUCCESS);
	assert_int_equal(road_set(&r, "Large", NV_BS_RT, data, sizeof(data) - 1), EFI_SUCCESS);
	road_expect(&r, "Large", NV_BS_RT, data, sizeof(data) - 1);
	road_end(&r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_too_large),
	};

	return cmocka_run_group_tests_name("host/full", tests, NULL, NULL);
}
