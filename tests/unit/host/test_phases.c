// SPDX-License-Identifier: BSD-3-Clause
/* From discovery to the operating system: what holds in each phase, and what may be repeated. */
#include "tests/unit/host/road.h"

static void expect_all(struct ffav_mm *mm, efi_status_t expected)
{
	uint64_t storage, remaining, largest, size = 4;
	uint16_t name[2] = {'x', 0};
	struct efi_guid guid = road_guid;
	uint32_t attributes;
	uint8_t data[4];

	assert_int_equal(ffav_get_variable(mm, name, &guid, &attributes, &size, data),
			 expected);
	assert_int_equal(ffav_set_variable(mm, name, &guid, NV_BS_RT, 1, data), expected);
	assert_int_equal(ffav_query_variable_info(mm, NV_BS_RT, &storage, &remaining, &largest),
			 expected);
	name[0] = 0;
	assert_int_equal(ffav_get_next_variable_name(mm, &size, name, &guid), expected);
}

static void test_before_discovery(void **state)
{
	static struct road r;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	assert_int_equal(road_on(&r, NULL), FFAV_HOST_READY);
	expect_all(ffav_host_resident(r.m), EFI_UNSUPPORTED);
	assert_int_equal(ffav_host_probe(r.m, 0, true), EFI_SUCCESS);
	r.mm = ffav_host_resident(r.m);
	assert_int_equal(road_set(&r, "Now", NV_BS_RT, "works", 5), EFI_SUCCESS);
	road_end(&r);
}

/* A machine whose partition did not start, all the way through. */
static void test_without_partition(void **state)
{
	struct ffav_host_options o = {.buffer_size = 64 * 1024};
	static struct road r;
	struct ffav_mm *mm;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	assert_int_equal(road_on(&r, &o), FFAV_HOST_NO_PARTITION);
	assert_int_not_equal(ffav_host_probe(r.m, 0, true), EFI_SUCCESS);
	mm = ffav_host_resident(r.m);
	assert_false(mm->dead);
	expect_all(mm, EFI_UNSUPPORTED);
	ffav_variables_exit_boot_services(mm);
	expect_all(mm, EFI_UNSUPPORTED);
	assert_true(ffav_host_move(r.m));
	expect_all(ffav_host_resident(r.m), EFI_UNSUPPORTED);
	road_end(&r);
}

static void repeat_exit(struct road *r, unsigned int times)
{
	for (unsigned int i = 0; i < times; i++) {
		uint32_t attributes;
		uint8_t data[8];
		size_t size = sizeof(data);

		assert_int_equal(ffav_variables_exit_boot_services(r->mm), EFI_SUCCESS);
		assert_int_equal(road_get(r, "Boot", &attributes, data, &size), EFI_NOT_FOUND);
		road_expect(r, "Both", NV_BS_RT, "both", 4);
	}
}

static void test_repeated_exit(void **state)
{
	static struct road r;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, NULL, 0);
	assert_int_equal(road_set(&r, "Boot", NV_BS, "boot", 4), EFI_SUCCESS);
	assert_int_equal(road_set(&r, "Both", NV_BS_RT, "both", 4), EFI_SUCCESS);
	repeat_exit(&r, 3);
	assert_true(ffav_host_move(r.m));
	r.mm = ffav_host_resident(r.m);
	/* U-Boot 2023.01 signals the event once more from SetVirtualAddressMap. */
	repeat_exit(&r, 2);
	road_end(&r);
}

static void call(void *argument)
{
	road_call(argument);
}

/*
 * Boot services end while somebody else's request is in flight, so that the partition cannot be
 * told; then that request ends.
 */
static void fail_exit(struct road *r)
{
	struct ffav_host_options o = {.interrupt_every = 1, .cpus = 2};
	uint64_t request[8] = {FFA_MSG_SEND_DIRECT_REQ_64, 0x8001};
	uint64_t run[8] = {FFA_RUN, ffav_ffa_target(0x8001, 0)};

	road_flash(r, ROAD_SECTORS);
	road_boot(r, &o, 0);
	assert_int_equal(road_set(r, "Boot", NV_BS, "boot", 4), EFI_SUCCESS);
	assert_int_equal(road_set(r, "Both", NV_BS_RT, "BOTH", 4), EFI_SUCCESS);
	road_put_set(r, "Both", "both", 4);
	assert_true(ffav_host_run(r->m, 1, call, request));
	assert_int_equal(request[0], FFA_INTERRUPT);
	assert_int_equal(ffav_variables_exit_boot_services(r->mm), EFI_DEVICE_ERROR);
	/* At runtime all the same: whatever failed, boot services are gone. */
	assert_int_equal(r->mm->phase, FFAV_PHASE_RUNTIME);
	while (run[0] != FFA_MSG_SEND_DIRECT_RESP_64) {
		run[0] = FFA_RUN;
		run[1] = ffav_ffa_target(0x8001, 0);
		assert_true(ffav_host_run(r->m, 1, call, run));
	}
	road_take_reply(r);
	ffav_host_set_interrupts(r->m, 0);
}

static void test_failed_exit(void **state)
{
	static struct road r;

	(void)state;
	fail_exit(&r);
	repeat_exit(&r, 2);
	road_end(&r);
}

/* Nobody repeats it: the partition hears of it before the operating system's first request. */
static void test_exit_told_late(void **state)
{
	(void)state;
	for (unsigned int moved = 0; moved < 2; moved++) {
		static struct road r;
		uint32_t attributes;
		uint8_t data[8];
		size_t size = sizeof(data);

		fail_exit(&r);
		if (moved) {
			assert_true(ffav_host_move(r.m));
			r.mm = ffav_host_resident(r.m);
		}
		assert_int_equal(road_get(&r, "Boot", &attributes, data, &size), EFI_NOT_FOUND);
		assert_int_equal(road_set(&r, "Boot2", NV_BS, "boot", 4),
				 EFI_INVALID_PARAMETER);
		assert_int_equal(road_count(&r), 1);
		road_expect(&r, "Both", NV_BS_RT, "both", 4);
		road_end(&r);
	}
}

/* The operating system has a client of its own: RX/TX, a version, and our services go on. */
static void test_rxtx_is_free(void **state)
{
	static const uint32_t versions[] = {FFA_VERSION_1_2, FFA_VERSION_1_1, FFA_VERSION_1_0};

	(void)state;
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		uint64_t version[8] = {FFA_VERSION, versions[i]};
		uint64_t map[8] = {FFA_RXTX_MAP_64, FFAV_HOST_RXTX, FFAV_HOST_RXTX + 4096, 1};
		uint64_t info[8] = {FFA_PARTITION_INFO_GET};
		uint64_t release[8] = {FFA_RX_RELEASE};
		uint64_t unmap[8] = {FFA_RXTX_UNMAP};
		static struct road r;

		road_flash(&r, ROAD_SECTORS);
		road_boot(&r, NULL, 0);
		assert_int_equal(road_set(&r, "Both", NV_BS_RT, "both", 4), EFI_SUCCESS);
		assert_int_equal(ffav_variables_exit_boot_services(r.mm), EFI_SUCCESS);
		assert_false(r.mm->ffa.rxtx_mapped);
		road_call(version);
		/* The answer is the manager's own; the rules are those of the lower one. */
		assert_int_equal(version[0], FFA_VERSION_1_2);
		road_call(map);
		assert_int_equal(map[0], FFA_SUCCESS_32);
		road_call(info);
		assert_int_equal(info[0], FFA_SUCCESS_32);
		assert_true(info[2] >= 1);
		assert_int_equal(ffav_get16(ffav_memory_ram(ffav_host_memory(r.m),
							    FFAV_HOST_RXTX + 4096, 4096)),
				 0x8001);
		road_expect(&r, "Both", NV_BS_RT, "both", 4);
		road_call(release);
		assert_int_equal(release[0], FFA_SUCCESS_32);
		/* Ours asks for nothing to be unmapped that it has not mapped. */
		assert_int_equal(ffav_variables_exit_boot_services(r.mm), EFI_SUCCESS);
		road_call(unmap);
		assert_int_equal(unmap[0], FFA_SUCCESS_32);
		assert_int_equal(road_set(&r, "Both", NV_BS_RT, "else", 4), EFI_SUCCESS);
		road_expect(&r, "Both", NV_BS_RT, "else", 4);
		road_end(&r);
	}
}

/* A second driver finds the same partition; both work, one after the other. */
static void test_second_client(void **state)
{
	static struct road r;
	struct ffav_mm first;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, NULL, 0);
	assert_int_equal(road_set(&r, "First", NV_BS_RT, "1", 1), EFI_SUCCESS);
	first = *r.mm;
	assert_int_equal(ffav_host_probe(r.m, 0, true), EFI_SUCCESS);
	road_expect(&r, "First", NV_BS_RT, "1", 1);
	*r.mm = first;
	assert_int_equal(road_set(&r, "First", NV_BS_RT, "2", 1), EFI_SUCCESS);
	road_expect(&r, "First", NV_BS_RT, "2", 1);
	road_end(&r);
}

/* Lines of the cache that @bytes from the start of the buffer lie in. */
static uint64_t lines(size_t bytes)
{
	return (bytes + FFAV_CACHE_LINE - 1) / FFAV_CACHE_LINE;
}

/* Maintenance is of request and reply, rounded to lines, and never of the whole buffer. */
static void test_maintenance(void **state)
{
	static const size_t sizes[] = {1, 20, 64, 500, 4000, 30000};
	static uint8_t data[30000];
	size_t head = MM_HEADER_V1_SIZE + FFAV_VAR_HEADER_SIZE + FFAV_VAR_ACCESS_SIZE + 4;
	struct ffav_cache *cache;
	static struct road r;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, NULL, 0);
	cache = &ffav_host_memory(r.m)->cache;
	for (unsigned int phase = 0; phase < 2; phase++) {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			cache->cleaned = cache->invalidated = 0;
			assert_int_equal(road_set(&r, "N", NV_BS_RT, data, sizes[i]),
					 EFI_SUCCESS);
			assert_int_equal(cache->cleaned, lines(head + sizes[i]));
			/* The header first, then the rest: the line between counts twice. */
			assert_true(cache->invalidated <= lines(head + sizes[i]) + 1);
			cache->cleaned = cache->invalidated = 0;
			road_expect(&r, "N", NV_BS_RT, data, sizes[i]);
			assert_int_equal(cache->cleaned, lines(head));
			assert_true(cache->invalidated <= lines(head + sizes[i]) + 1);
		}
		assert_int_equal(ffav_variables_exit_boot_services(r.mm), EFI_SUCCESS);
	}
	road_end(&r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_before_discovery),
		cmocka_unit_test(test_without_partition),
		cmocka_unit_test(test_repeated_exit),
		cmocka_unit_test(test_failed_exit),
		cmocka_unit_test(test_exit_told_late),
		cmocka_unit_test(test_rxtx_is_free),
		cmocka_unit_test(test_second_client),
		cmocka_unit_test(test_maintenance),
	};

	return cmocka_run_group_tests_name("host/phases", tests, NULL, NULL);
}
