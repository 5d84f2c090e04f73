// SPDX-License-Identifier: BSD-3-Clause
/* What the machine says that the partition may do at an address, after the manager changed it. */
#include "secure/spmc/spmc.h"
#include "tests/unit/host/road.h"

#define PAGE 4096u
#define RW   (FFAV_REGION_READ | FFAV_REGION_WRITE)
/* Normal-world RAM of which the manifest says nothing. */
#define SPARE (FFAV_HOST_RAM + 0x20000000)

/* The partition's data are the program's. */
static _Alignas(PAGE) uint8_t data[8 * PAGE];

static struct road r;

static int setup(void **state)
{
	(void)state;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, NULL, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	road_end(&r);
	return 0;
}

static bool set(uint64_t address, unsigned int pages, uint32_t flags)
{
	return ffav_machine_partition_set_access(0, address, (uint64_t)pages * PAGE, flags);
}

static void expect(uint64_t address, unsigned int pages, uint32_t flags)
{
	for (unsigned int i = 0; i < pages; i++)
		assert_int_equal(ffav_machine_partition_access(0, address + (uint64_t)i * PAGE),
				 flags);
}

/* A part is as the manifest says again, the rest is not. */
static void test_part_given_back(void **state)
{
	uint64_t own = (uintptr_t)data;

	(void)state;
	expect(own, 8, RW);
	expect(SPARE, 4, 0);
	assert_true(set(own, 8, FFAV_REGION_READ));
	assert_true(set(own + 2 * PAGE, 3, RW));
	expect(own, 2, FFAV_REGION_READ);
	expect(own + 2 * PAGE, 3, RW);
	expect(own + 5 * PAGE, 3, FFAV_REGION_READ);
	assert_true(set(SPARE, 4, RW));
	assert_true(set(SPARE + PAGE, 1, 0));
	expect(SPARE, 1, RW);
	expect(SPARE + PAGE, 1, 0);
	expect(SPARE + 2 * PAGE, 2, RW);
	assert_true(set(own, 8, RW));
	assert_true(set(SPARE, 4, 0));
	expect(own, 8, RW);
	expect(SPARE, 4, 0);
}

/* What one call took another can give back, however many there are. */
static void test_full(void **state)
{
	uint64_t own = (uintptr_t)data;
	unsigned int given = 0;

	(void)state;
	assert_true(set(own, 8, FFAV_REGION_READ));
	assert_true(set(own + PAGE, 1, 0));
	while (given < 1000 && set(SPARE + (uint64_t)2 * given * PAGE, 1, RW))
		given++;
	assert_in_range(given, 2, 999);
	expect(SPARE + (uint64_t)2 * given * PAGE, 1, 0);
	/* A part needs an entry that there is not; nothing changes. */
	assert_false(set(own + 2 * PAGE, 1, RW));
	expect(own, 1, FFAV_REGION_READ);
	expect(own + PAGE, 1, 0);
	expect(own + 2 * PAGE, 6, FFAV_REGION_READ);
	assert_true(set(own + PAGE, 1, RW));
	expect(own + PAGE, 1, RW);
	for (unsigned int i = 0; i < given; i++)
		assert_true(set(SPARE + (uint64_t)2 * i * PAGE, 1, 0));
	expect(SPARE, 2 * given, 0);
	/* The whole leaves nothing that a part could differ from. */
	assert_true(set(own, 8, RW));
	expect(own, 8, RW);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_part_given_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full, setup, teardown),
	};

	return cmocka_run_group_tests_name("host/access", tests, NULL, NULL);
}
