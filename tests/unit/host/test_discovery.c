// SPDX-License-Identifier: BSD-3-Clause
/* Finding the partition: through registers, through RX/TX, and as FF-A 1.0 clients do it. */
#include "tests/unit/host/road.h"

static void test_registers(void **state)
{
	static struct road r;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	assert_int_equal(road_on(&r, NULL), FFAV_HOST_READY);
	/* Without pages for RX/TX nothing but registers is left. */
	assert_int_equal(ffav_host_probe(r.m, 0, false), EFI_SUCCESS);
	r.mm = ffav_host_resident(r.m);
	assert_true(r.mm->found);
	assert_int_equal(r.mm->ffa.partition, 0x8001);
	assert_int_equal(r.mm->ffa.version, FFA_VERSION_1_2);
	assert_int_equal(road_set(&r, "Found", NV_BS_RT, "x", 1), EFI_SUCCESS);
	road_end(&r);
}

/** What an old partition manager is made to look like, from the outside. */
struct old_manager {
	uint32_t version;
	uint32_t asked;
	unsigned int register_calls;
	unsigned int maps;
	unsigned int unmaps;
};

static void watch(void *context, const struct ffav_host_event *event)
{
	struct old_manager *old = context;

	if (event->kind != FFAV_HOST_SMC)
		return;
	old->asked = (uint32_t)event->regs->x[0];
	if (old->asked == FFA_VERSION)
		old->asked = event->regs->x[1] <= old->version ? 0 : FFA_VERSION;
	old->register_calls += (uint32_t)event->regs->x[0] == FFA_PARTITION_INFO_GET_REGS;
	old->maps += (uint32_t)event->regs->x[0] == FFA_RXTX_MAP_64;
	old->unmaps += (uint32_t)event->regs->x[0] == FFA_RXTX_UNMAP;
}

/* Only the version's answer is changed: with that version negotiated, the manager's own rules hold. */
static void answer_as_old(void *context, struct ffav_smc_regs *regs)
{
	const struct old_manager *old = context;

	if (old->asked == FFA_VERSION)
		regs->x[0] = old->version;
}

static void probe_old(uint32_t version)
{
	struct old_manager old = {.version = version};
	struct ffav_host_options o = {
		.hooks = {.context = &old, .trace = watch, .lie = answer_as_old}};
	static struct road r;

	road_flash(&r, ROAD_SECTORS);
	assert_int_equal(road_on(&r, &o), FFAV_HOST_READY);
	assert_int_equal(ffav_host_probe(r.m, 0, true), EFI_SUCCESS);
	r.mm = ffav_host_resident(r.m);
	assert_int_equal(r.mm->ffa.version, version);
	assert_int_equal(r.mm->ffa.partition, 0x8001);
	assert_int_equal(old.register_calls, 0);
	assert_true(old.maps > 0);
	assert_int_equal(ffav_variables_exit_boot_services(r.mm), EFI_SUCCESS);
	assert_int_equal(old.maps, old.unmaps);
	assert_int_equal(road_set(&r, "Found", NV_BS_RT, "x", 1), EFI_SUCCESS);
	road_end(&r);
}

static void test_rxtx_1_1(void **state)
{
	(void)state;
	probe_old(FFA_VERSION_1_1);
}

static void test_rxtx_1_0(void **state)
{
	(void)state;
	probe_old(FFA_VERSION_1_0);
}

/* Without pages an old manager leaves no way: said, and nothing is left behind. */
static void test_old_without_pages(void **state)
{
	struct old_manager old = {.version = FFA_VERSION_1_0};
	struct ffav_host_options o = {
		.hooks = {.context = &old, .trace = watch, .lie = answer_as_old}};
	static struct road r;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	assert_int_equal(road_on(&r, &o), FFAV_HOST_READY);
	assert_int_not_equal(ffav_host_probe(r.m, 0, false), EFI_SUCCESS);
	r.mm = ffav_host_resident(r.m);
	assert_false(r.mm->found);
	assert_int_equal(road_set(&r, "Nowhere", NV_BS_RT, "x", 1), EFI_UNSUPPORTED);
	road_end(&r);
}

/* The calls of a stock boot loader with FF-A 1.0, by hand, in its order. */
static void test_by_hand_1_0(void **state)
{
	uint64_t rx = FFAV_HOST_RXTX + FFA_PAGE_SIZE;
	struct ffav_partition_info info;
	static struct road r;
	uint8_t *page;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	assert_int_equal(road_on(&r, NULL), FFAV_HOST_READY);
	{
		uint64_t x[8] = {FFA_VERSION, FFA_VERSION_1_0};

		road_call(x);
		assert_true(x[0] == FFA_VERSION_1_0 || x[0] == FFA_VERSION_1_2);
	}
	{
		uint64_t x[8] = {FFA_ID_GET};

		road_call(x);
		assert_int_equal(x[0], FFA_SUCCESS_32);
		assert_int_equal(x[2], FFA_NORMAL_WORLD_ID);
	}
	{
		uint64_t x[8] = {FFA_RXTX_MAP_64, FFAV_HOST_RXTX, rx, 1};

		road_call(x);
		assert_int_equal(x[0], FFA_SUCCESS_32);
	}
	{
		uint64_t x[8] = {FFA_PARTITION_INFO_GET, 0x33d532ed, 0x0942e699, 0x722dc09c,
				 0xa798d9cd};

		road_call(x);
		assert_int_equal(x[0], FFA_SUCCESS_32);
		assert_int_equal(x[2], 1);
	}
	page = ffav_memory_ram(ffav_host_memory(r.m), rx, FFA_PAGE_SIZE);
	assert_true(ffav_partition_info_decode(page, FFA_PARTITION_INFO_SIZE_1_0, &info));
	assert_int_equal(info.id, 0x8001);
	assert_int_equal(info.contexts, 1);
	assert_true(info.properties & FFA_PARTITION_DIRECT_RECV);
	{
		uint64_t x[8] = {FFA_RX_RELEASE};

		road_call(x);
		assert_int_equal(x[0], FFA_SUCCESS_32);
	}
	{
		uint64_t x[8] = {FFA_RXTX_UNMAP};

		road_call(x);
		assert_int_equal(x[0], FFA_SUCCESS_32);
	}
	road_end(&r);
}

static void expect_rxtx_refused(uint64_t tx, uint64_t rx, uint64_t pages)
{
	uint64_t x[8] = {FFA_RXTX_MAP_64, tx, rx, pages};

	road_call(x);
	assert_int_equal(x[0], FFA_ERROR);
	assert_true((int32_t)x[2] == FFA_INVALID_PARAMETERS || (int32_t)x[2] == FFA_DENIED);
}

static void test_bad_rxtx(void **state)
{
	static struct road r;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, NULL, 0);
	expect_rxtx_refused(0, FFA_PAGE_SIZE, 1);
	expect_rxtx_refused(FFAV_HOST_RXTX + 8, FFAV_HOST_RXTX + FFA_PAGE_SIZE, 1);
	expect_rxtx_refused(FFAV_HOST_RXTX, FFAV_HOST_RXTX, 1);
	expect_rxtx_refused(FFAV_HOST_RXTX, FFAV_HOST_RXTX + FFA_PAGE_SIZE, 0);
	expect_rxtx_refused(FFAV_HOST_RAM + FFAV_HOST_RAM_SIZE, FFAV_HOST_RXTX, 1);
	expect_rxtx_refused(UINT64_MAX & ~UINT64_C(0xfff), FFAV_HOST_RXTX, 1);
	/* Neither the partition's memory nor the buffer that it shares. */
	expect_rxtx_refused(0x0e200000, FFAV_HOST_RXTX, 1);
	expect_rxtx_refused(FFAV_HOST_BUFFER, FFAV_HOST_RXTX, 1);
	assert_int_equal(road_set(&r, "Alive", NV_BS_RT, "x", 1), EFI_SUCCESS);
	road_end(&r);
}

/* The partition does not start: nothing is found and every service says so. */
static void test_no_partition(void **state)
{
	static struct road r;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	for (uint32_t i = 0; i < ROAD_SECTOR * ROAD_SECTORS; i++)
		r.nor.cells[i] = (uint8_t)(i * 131 + 7);
	assert_int_equal(road_on(&r, NULL), FFAV_HOST_NO_PARTITION);
	assert_true(r.lines > 0);
	assert_int_not_equal(ffav_host_probe(r.m, 0, true), EFI_SUCCESS);
	r.mm = ffav_host_resident(r.m);
	assert_int_equal(road_set(&r, "Nowhere", NV_BS_RT, "x", 1), EFI_UNSUPPORTED);
	road_off(&r);
	for (uint32_t i = 0; i < ROAD_SECTOR * ROAD_SECTORS; i++)
		assert_int_equal(r.nor.cells[i], (uint8_t)(i * 131 + 7));
	road_end(&r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registers),    cmocka_unit_test(test_rxtx_1_1),
		cmocka_unit_test(test_rxtx_1_0),     cmocka_unit_test(test_old_without_pages),
		cmocka_unit_test(test_by_hand_1_0),  cmocka_unit_test(test_bad_rxtx),
		cmocka_unit_test(test_no_partition),
	};

	return cmocka_run_group_tests_name("host/discovery", tests, NULL, NULL);
}
