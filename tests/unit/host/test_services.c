// SPDX-License-Identifier: BSD-3-Clause
/* Every service over the whole road, in both phases, with a cache that does what it likes. */
#include "tests/unit/host/road.h"

/* What a boot loader and then an operating system do. */
static void live_through(struct road *r)
{
	uint8_t buffer[64];
	size_t size = sizeof(buffer);
	uint32_t attributes = 0;
	uint64_t storage, remaining, largest;

	assert_int_equal(road_get(r, "Absent", &attributes, buffer, &size), EFI_NOT_FOUND);
	assert_int_equal(road_set(r, "Both", NV_BS_RT, "first", 5), EFI_SUCCESS);
	assert_int_equal(road_set(r, "Boot", NV_BS, "boot only", 9), EFI_SUCCESS);
	assert_int_equal(road_set(r, "Volatile",
				  EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS,
				  "fleeting", 8),
			 EFI_SUCCESS);
	road_expect(r, "Both", NV_BS_RT, "first", 5);
	road_expect(r, "Boot", NV_BS, "boot only", 9);
	assert_int_equal(road_count(r), 3);

	size = 2;
	assert_int_equal(road_get(r, "Both", &attributes, buffer, &size), EFI_BUFFER_TOO_SMALL);
	assert_int_equal(size, 5);
	assert_int_equal(attributes, NV_BS_RT);

	assert_int_equal(road_set(r, "Both", NV_BS_RT | EFI_VARIABLE_APPEND_WRITE, "+more", 5),
			 EFI_SUCCESS);
	road_expect(r, "Both", NV_BS_RT, "first+more", 10);
	assert_int_equal(
		ffav_query_variable_info(r->mm, NV_BS_RT, &storage, &remaining, &largest),
		EFI_SUCCESS);
	assert_true(remaining < storage && largest <= storage && largest > 0);

	assert_int_equal(ffav_variables_exit_boot_services(r->mm), EFI_SUCCESS);
	size = sizeof(buffer);
	assert_int_equal(road_get(r, "Boot", &attributes, buffer, &size), EFI_NOT_FOUND);
	assert_int_equal(road_count(r), 2);
	road_expect(r, "Both", NV_BS_RT, "first+more", 10);
	assert_int_equal(road_set(r, "Both", NV_BS_RT, "second", 6), EFI_SUCCESS);
	road_expect(r, "Both", NV_BS_RT, "second", 6);
}

static void live_on(struct road *r)
{
	uint64_t storage, remaining, largest;
	uint32_t attributes;
	uint8_t buffer[8];
	size_t size = sizeof(buffer);

	r->mm = ffav_host_resident(r->m);
	road_expect(r, "Both", NV_BS_RT, "second", 6);
	assert_int_equal(road_set(r, "New", NV_BS_RT, "runtime", 7), EFI_SUCCESS);
	road_expect(r, "New", NV_BS_RT, "runtime", 7);
	assert_int_equal(road_count(r), 3);
	assert_int_equal(
		ffav_query_variable_info(r->mm, NV_BS_RT, &storage, &remaining, &largest),
		EFI_SUCCESS);
	assert_int_equal(road_set(r, "New", NV_BS_RT, NULL, 0), EFI_SUCCESS);
	assert_int_equal(road_get(r, "New", &attributes, buffer, &size), EFI_NOT_FOUND);
}

static void test_quiet_cache(void **state)
{
	static struct road r;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, NULL, 0);
	live_through(&r);
	live_on(&r);
	road_end(&r);
}

static void test_wild_cache(void **state)
{
	static const unsigned int percents[] = {1, 10, 50, 90};

	(void)state;
	for (uint64_t seed = 0; seed < 40; seed++) {
		struct ffav_host_options o = {.seed = seed,
					      .cache_soiled = true,
					      .cache_percent = percents[seed % 4]};
		static struct road r;

		road_flash(&r, ROAD_SECTORS);
		road_boot(&r, &o, 0);
		live_through(&r);
		live_on(&r);
		road_end(&r);
	}
}

/* A cache that never acts by itself hides nothing that is stale and keeps all that is dirty. */
static void test_lazy_dirty_cache(void **state)
{
	struct ffav_host_options o = {.cache_soiled = true};
	static struct road r;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, &o, 0);
	assert_int_equal(ffav_cache_dirty(&ffav_host_memory(r.m)->cache), 0);
	live_through(&r);
	assert_int_equal(ffav_cache_dirty(&ffav_host_memory(r.m)->cache), 0);
	live_on(&r);
	road_end(&r);
}

/* A call that is given up before the doorbell has written to the buffer already. */
static void test_abandoned_call(void **state)
{
	struct ffav_host_options o = {.cache_soiled = true};
	static const uint8_t data[4096];
	static struct road r;
	uint64_t too_much;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, &o, 0);
	too_much = ffav_host_memory(r.m)->buffer_size;
	assert_int_not_equal(ffav_set_variable(r.mm, road_name("TooLarge"), &road_guid,
					       NV_BS_RT, too_much, data),
			     EFI_SUCCESS);
	assert_int_equal(ffav_cache_dirty(&ffav_host_memory(r.m)->cache), 0);
	assert_int_equal(road_set(&r, "Next", NV_BS_RT, "fine", 4), EFI_SUCCESS);
	road_expect(&r, "Next", NV_BS_RT, "fine", 4);
	road_end(&r);
}

/* The raw call tells the reply's length, which only the header in memory has. */
static void test_raw_communicate(void **state)
{
	static const struct efi_guid service = MM_VARIABLE_GUID;
	struct ffav_host_options o = {.cache_soiled = true};
	static uint8_t message[1024];
	static struct road r;
	const uint16_t *name;
	struct ffav_var_access a = {.guid = road_guid.b, .name_size = 10, .data_size = 500};
	struct ffav_mm_header h = {.guid = service.b, .header_size = MM_HEADER_V1_SIZE};
	uint8_t *payload = message + MM_HEADER_V1_SIZE + FFAV_VAR_HEADER_SIZE;
	size_t fixed = FFAV_VAR_ACCESS_SIZE + 10;
	size_t size;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, &o, 0);
	assert_int_equal(road_set(&r, "Four", NV_BS_RT, "1234", 4), EFI_SUCCESS);
	name = road_name("Four");
	a.name = (const uint8_t *)name;
	assert_int_equal(ffav_var_access_encode(payload, sizeof(message) - 40, &a), fixed);
	ffav_var_header_encode(message + MM_HEADER_V1_SIZE, FFAV_VAR_GET, EFI_DEVICE_ERROR);
	h.data_size = FFAV_VAR_HEADER_SIZE + fixed + 500;
	assert_true(ffav_mm_header_encode(message, sizeof(message), &h));
	size = sizeof(message);
	assert_int_equal(ffav_mm_communicate(r.mm, message, &size), EFI_SUCCESS);
	assert_int_equal(size, MM_HEADER_V1_SIZE + FFAV_VAR_HEADER_SIZE + fixed + 4);
	assert_int_equal(ffav_var_status(message + MM_HEADER_V1_SIZE), EFI_SUCCESS);
	assert_memory_equal(payload + fixed, "1234", 4);
	road_end(&r);
}

static void test_address_change(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 8; seed++) {
		struct ffav_host_options o = {
			.seed = seed, .cache_soiled = true, .cache_percent = 30};
		static struct road r;
		const void *before;

		road_flash(&r, ROAD_SECTORS);
		road_boot(&r, &o, 0);
		live_through(&r);
		before = r.mm;
		assert_true(ffav_host_move(r.m));
		assert_ptr_not_equal(ffav_host_resident(r.m), before);
		live_on(&r);
		road_end(&r);
	}
}

static void test_offsets(void **state)
{
	/* Unaligned ones too: nobody has promised that a carve-out's offset is round. */
	static const size_t offsets[] = {8, 64, 4096, 4100, 65536};

	(void)state;
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		struct ffav_host_options o = {
			.seed = i, .cache_soiled = true, .cache_percent = 20};
		uint8_t *memory;
		static struct road r;

		road_flash(&r, ROAD_SECTORS);
		road_boot(&r, &o, offsets[i]);
		assert_int_equal(r.mm->offset, offsets[i]);
		memory = ffav_memory_ram(ffav_host_memory(r.m), FFAV_HOST_BUFFER, offsets[i]);
		/* What lies before the message is nobody's business. */
		memset(memory, 0x5a, offsets[i] & ~(size_t)63);
		live_through(&r);
		assert_true(ffav_host_move(r.m));
		live_on(&r);
		for (size_t j = 0; j < (offsets[i] & ~(size_t)63); j++)
			assert_int_equal(memory[j], 0x5a);
		road_end(&r);
	}
}

/* The largest value of the manifest, through a buffer that just holds it. */
static void test_large_value(void **state)
{
	static uint8_t data[0x10000];
	struct ffav_host_options o = {.cache_soiled = true, .cache_percent = 10};
	static struct road r;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 + (i >> 8));
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, &o, 0);
	assert_int_equal(road_set(&r, "Large", NV_BS_RT, data, sizeof(data)), EFI_SUCCESS);
	road_expect(&r, "Large", NV_BS_RT, data, sizeof(data));
	road_end(&r);
}

/* A machine whose buffer does not suit the partition has no partition, and says why. */
static void test_unsuitable_buffers(void **state)
{
	static const size_t sizes[] = {64 * 1024, 1024 * 1024};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct ffav_host_options o = {.buffer_size = sizes[i]};
		static struct road r;

		road_flash(&r, ROAD_SECTORS);
		assert_int_equal(road_on(&r, &o), FFAV_HOST_NO_PARTITION);
		assert_true(r.lines > 0);
		assert_int_not_equal(ffav_host_probe(r.m, 0, true), EFI_SUCCESS);
		road_end(&r);
	}
}

/* One direct request per service call, GetVariable with attributes included. */
static void count_requests(void *context, const struct ffav_host_event *event)
{
	unsigned int *count = context;

	if (event->kind == FFAV_HOST_SMC)
		++*count;
}

static void test_one_request_per_call(void **state)
{
	unsigned int count = 0;
	struct ffav_host_options o = {.hooks = {.context = &count, .trace = count_requests}};
	uint64_t storage, remaining, largest;
	uint64_t name_size;
	uint16_t name[64] = {0};
	struct efi_guid guid = {0};
	uint32_t attributes;
	uint8_t buffer[8];
	size_t size = sizeof(buffer);
	static struct road r;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, &o, 0);
	count = 0;
	assert_int_equal(road_set(&r, "One", NV_BS_RT, "1", 1), EFI_SUCCESS);
	assert_int_equal(count, 1);
	assert_int_equal(road_get(&r, "One", &attributes, buffer, &size), EFI_SUCCESS);
	assert_int_equal(count, 2);
	name_size = sizeof(name);
	assert_int_equal(ffav_get_next_variable_name(r.mm, &name_size, name, &guid),
			 EFI_SUCCESS);
	assert_int_equal(count, 3);
	assert_int_equal(
		ffav_query_variable_info(r.mm, NV_BS_RT, &storage, &remaining, &largest),
		EFI_SUCCESS);
	assert_int_equal(count, 4);
	road_end(&r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quiet_cache),
		cmocka_unit_test(test_wild_cache),
		cmocka_unit_test(test_lazy_dirty_cache),
		cmocka_unit_test(test_abandoned_call),
		cmocka_unit_test(test_raw_communicate),
		cmocka_unit_test(test_address_change),
		cmocka_unit_test(test_offsets),
		cmocka_unit_test(test_large_value),
		cmocka_unit_test(test_unsuitable_buffers),
		cmocka_unit_test(test_one_request_per_call),
	};

	return cmocka_run_group_tests_name("host/services", tests, NULL, NULL);
}
