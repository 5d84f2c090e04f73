// SPDX-License-Identifier: BSD-3-Clause
/*
 * A shared buffer that the normal world shares by FFA_MEM_SHARE, over the whole road: client,
 * manager, partition and store, from discovery to the operating system's address map.
 */
#include "tests/unit/host/road.h"

#define PAGE   4096u
#define MM_ID  0x8001u
#define SPARE  (FFAV_HOST_RAM + 0x20000000)
#define BUFFER ((size_t)128 * 1024)

static const struct ffav_ffa_rxtx *rxtx(struct road *r)
{
	static struct ffav_ffa_rxtx pages;

	pages.pages =
		ffav_memory_ram(ffav_host_memory(r->m), FFAV_HOST_RXTX, FFAV_HOST_RXTX_SIZE);
	pages.address = FFAV_HOST_RXTX;
	return &pages;
}

/* One direct request by hand; its MM return code. */
static int64_t ask(uint64_t x3, uint64_t handle, uint64_t address, uint64_t size)
{
	uint64_t x[8] = {FFA_MSG_SEND_DIRECT_REQ_64, MM_ID, 0, x3, handle, address, size};

	road_call(x);
	assert_int_equal(x[0], FFA_MSG_SEND_DIRECT_RESP_64);
	assert_int_equal(x[1], (uint64_t)MM_ID << 16);
	assert_int_equal(x[2], 0);
	assert_int_equal(x[3], x[4]);
	return (int64_t)x[3];
}

/* The status code of FFA_MEM_RECLAIM, 0 for success. */
static int32_t reclaim(uint64_t handle)
{
	uint64_t x[8] = {FFA_MEM_RECLAIM, (uint32_t)handle, handle >> 32};

	road_call(x);
	if (x[0] == FFA_SUCCESS_32)
		return 0;
	assert_int_equal(x[0], FFA_ERROR);
	return (int32_t)(uint32_t)x[2];
}

/* Was anything written to the buffer of the manifest? */
static bool manifest_buffer_used(struct road *r)
{
	const uint8_t *p = ffav_memory_ram(ffav_host_memory(r->m), FFAV_HOST_BUFFER, BUFFER);

	for (size_t i = 0; i < BUFFER; i++) {
		if (p[i])
			return true;
	}
	return false;
}

/* Every phase, with a cache that does what it likes and interrupts all the time. */
static void test_phases(void **state)
{
	static uint8_t large[20000];
	struct ffav_host_options o = {.share_buffer = true,
				      .cache_percent = 30,
				      .cache_soiled = true,
				      .interrupt_every = 7,
				      .seed = 5};
	static struct road r;

	(void)state;
	memset(large, 0x6c, sizeof(large));
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, &o, 64);
	assert_true(r.mm->sharing);
	assert_int_not_equal(r.mm->handle, 0);
	assert_int_equal(r.mm->buffer_address, FFAV_HOST_SHARED);
	assert_false(r.mm->ffa.rxtx_mapped);
	assert_int_equal(road_set(&r, "Boot", NV_BS, "boot", 4), EFI_SUCCESS);
	assert_int_equal(road_set(&r, "Large", NV_BS_RT, large, sizeof(large)), EFI_SUCCESS);
	road_expect(&r, "Large", NV_BS_RT, large, sizeof(large));
	assert_int_equal(ffav_variables_exit_boot_services(r.mm), EFI_SUCCESS);
	assert_int_equal(road_set(&r, "Both", NV_BS_RT, "both", 4), EFI_SUCCESS);
	road_expect(&r, "Both", NV_BS_RT, "both", 4);
	assert_true(ffav_host_move(r.m));
	r.mm = ffav_host_resident(r.m);
	road_expect(&r, "Large", NV_BS_RT, large, sizeof(large));
	assert_int_equal(road_set(&r, "Both", NV_BS_RT, "else", 4), EFI_SUCCESS);
	road_expect(&r, "Both", NV_BS_RT, "else", 4);
	assert_int_equal(road_count(&r), 2);
	assert_false(manifest_buffer_used(&r));
	/* A reset ends it all; what was written stays. */
	road_off(&r);
	road_boot(&r, &o, 0);
	road_expect(&r, "Boot", NV_BS, "boot", 4);
	road_expect(&r, "Both", NV_BS_RT, "else", 4);
	road_end(&r);
}

/* Each dialect finds its message there: offset, address, and the second form. */
static void test_dialects(void **state)
{
	static const enum ffav_mm_dialect dialects[] = {FFAV_MM_OFFSET, FFAV_MM_ADDRESS,
							FFAV_MM_REQUEST2};
	struct ffav_host_options o = {.share_buffer = true};
	static struct road r;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, &o, 4096);
	for (size_t i = 0; i < sizeof(dialects) / sizeof(dialects[0]); i++) {
		uint8_t value = (uint8_t)i;

		r.mm->dialect = dialects[i];
		assert_int_equal(road_set(&r, "Dialect", NV_BS_RT, &value, 1), EFI_SUCCESS);
		road_expect(&r, "Dialect", NV_BS_RT, &value, 1);
	}
	/* An address in the manifest's buffer is none of a message any more. */
	assert_int_equal(ask(FFAV_HOST_BUFFER, 0, 0, 0), MM_INVALID_PARAMETER);
	road_end(&r);
}

/* While the partition has it, it stays where it is. */
static void test_under_its_feet(void **state)
{
	struct ffav_host_options o = {.share_buffer = true};
	uint64_t map[8] = {FFA_RXTX_MAP_64, FFAV_HOST_SHARED, FFAV_HOST_RXTX, 1};
	uint64_t old[8] = {FFA_VERSION, FFA_VERSION_1_1};
	uint64_t same[8] = {FFA_VERSION, FFA_VERSION_1_2};
	struct ffav_mem_range range = {.address = FFAV_HOST_SHARED + PAGE, .pages = 1};
	static struct road r;
	uint64_t handle;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, &o, 0);
	assert_int_equal(reclaim(r.mm->handle), FFA_DENIED);
	assert_int_equal(reclaim(r.mm->handle + 1), FFA_INVALID_PARAMETERS);
	road_call(map);
	assert_int_equal(map[0], FFA_ERROR);
	assert_int_equal(map[2], (uint32_t)FFA_INVALID_PARAMETERS);
	assert_int_equal(ffav_ffa_mem_share(&r.mm->ffa, rxtx(&r), 0, &range, 1, &handle),
			 EFI_ACCESS_DENIED);
	/* What lives was set up under a version. */
	road_call(old);
	assert_int_equal(old[0], UINT32_MAX);
	road_call(same);
	assert_int_equal(same[0], FFA_VERSION_1_2);
	assert_int_equal(road_set(&r, "Still", NV_BS_RT, "here", 4), EFI_SUCCESS);
	road_expect(&r, "Still", NV_BS_RT, "here", 4);
	road_end(&r);
}

/* A driver that goes takes its buffer with it; the partition is back at its manifest's. */
static void test_take_back(void **state)
{
	struct ffav_host_options o = {.share_buffer = true};
	static struct road r;
	uint64_t handle;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, &o, 0);
	handle = r.mm->handle;
	assert_int_equal(road_set(&r, "Mine", NV_BS_RT, "mine", 4), EFI_SUCCESS);
	ffav_mm_buffer_take_back(r.mm);
	assert_false(r.mm->dead);
	assert_false(r.mm->found);
	assert_int_equal(r.mm->handle, 0);
	assert_int_equal(reclaim(handle), FFA_INVALID_PARAMETERS);
	assert_int_equal(road_set(&r, "Mine", NV_BS_RT, "mine", 4), EFI_UNSUPPORTED);
	assert_int_equal(ask(FFAV_HOST_SHARED, 0, 0, 0), MM_INVALID_PARAMETER);
	/* Nothing to take back: nothing happens. */
	ffav_mm_buffer_take_back(r.mm);
	assert_false(r.mm->dead);
	/* The next driver shares it again. */
	assert_int_equal(ffav_host_probe(r.m, 0, true), EFI_SUCCESS);
	assert_true(r.mm->handle > handle);
	road_expect(&r, "Mine", NV_BS_RT, "mine", 4);
	road_end(&r);
}

/* There is no sharing without RX/TX, nor of pages in part; nothing is left behind. */
static void test_refused(void **state)
{
	struct ffav_host_options o = {.share_buffer = true};
	static struct road r;
	uint8_t *view;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	assert_int_equal(road_on(&r, &o), FFAV_HOST_READY);
	r.mm = ffav_host_resident(r.m);
	assert_int_equal(ffav_host_probe(r.m, 0, false), EFI_NOT_FOUND);
	assert_false(r.mm->dead);
	assert_false(r.mm->sharing);
	assert_int_equal(r.mm->handle, 0);
	view = ffav_memory_view(ffav_host_memory(r.m));
	assert_int_equal(ffav_mm_probe_sharing(r.mm, view, FFAV_HOST_SHARED + 64, PAGE, 0,
					       rxtx(&r)->pages, FFAV_HOST_RXTX),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(ffav_mm_probe_sharing(r.mm, view, FFAV_HOST_SHARED, PAGE + 64, 0,
					       rxtx(&r)->pages, FFAV_HOST_RXTX),
			 EFI_INVALID_PARAMETER);
	/* The manifest's own buffer is not the normal world's to share. */
	assert_int_equal(ffav_mm_probe_sharing(r.mm, view, FFAV_HOST_BUFFER, BUFFER, 0,
					       rxtx(&r)->pages, FFAV_HOST_RXTX),
			 EFI_DEVICE_ERROR);
	assert_false(r.mm->dead);
	assert_null(r.mm->buffer);
	assert_int_equal(ffav_host_probe(r.m, 0, true), EFI_SUCCESS);
	road_end(&r);
}

/* A message about a buffer, and what is wrong with it. */
static void test_messages(void **state)
{
	static const struct {
		struct ffav_mem_range ranges[2];
		uint32_t count;
		uint64_t tag;
		uint64_t address, size;
		int code;
	} rows[] = {
		{{{SPARE, 2}}, 1, MM_BUFFER_TAG, SPARE, 0, MM_INVALID_PARAMETER},
		{{{SPARE, 2}}, 1, MM_BUFFER_TAG, SPARE, 0x2001, MM_INVALID_PARAMETER},
		{{{SPARE, 2}}, 1, MM_BUFFER_TAG, SPARE + 8, 0x2000, MM_INVALID_PARAMETER},
		{{{SPARE, 2}},
		 1,
		 MM_BUFFER_TAG,
		 SPARE,
		 UINT64_C(0xfffffffffffff000),
		 MM_INVALID_PARAMETER},
		{{{SPARE, 33}}, 1, MM_BUFFER_TAG, SPARE, 0x21000, MM_INVALID_PARAMETER},
		/* Other memory than was shared: less, more, beside it. */
		{{{SPARE, 2}}, 1, MM_BUFFER_TAG, SPARE, 0x1000, MM_INVALID_PARAMETER},
		{{{SPARE, 2}}, 1, MM_BUFFER_TAG, SPARE, 0x3000, MM_INVALID_PARAMETER},
		{{{SPARE, 2}}, 1, MM_BUFFER_TAG, SPARE + PAGE, 0x2000, MM_INVALID_PARAMETER},
		/* With a hole, and in the wrong order. */
		{{{SPARE, 1}, {SPARE + 2 * PAGE, 1}},
		 2,
		 MM_BUFFER_TAG,
		 SPARE,
		 0x2000,
		 MM_INVALID_PARAMETER},
		{{{SPARE + PAGE, 1}, {SPARE, 1}},
		 2,
		 MM_BUFFER_TAG,
		 SPARE,
		 0x2000,
		 MM_INVALID_PARAMETER},
		{{{SPARE, 2}}, 1, 1, SPARE, 0x2000, MM_DENIED},
	};
	struct ffav_host_options o = {.share_buffer = true};
	static struct road r;
	uint64_t handle, first;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, &o, 0);
	first = r.mm->handle;
	assert_int_equal(road_set(&r, "Kept", NV_BS_RT, "kept", 4), EFI_SUCCESS);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(ffav_ffa_mem_share(&r.mm->ffa, rxtx(&r), rows[i].tag,
						    rows[i].ranges, rows[i].count, &handle),
				 EFI_SUCCESS);
		assert_int_equal(ask(MM_BUFFER_TAKE, handle, rows[i].address, rows[i].size),
				 rows[i].code);
		/* It has kept nothing of it, and works on with what it had. */
		assert_int_equal(reclaim(handle), 0);
		road_expect(&r, "Kept", NV_BS_RT, "kept", 4);
	}
	assert_int_equal(ask(MM_BUFFER_TAKE, handle, SPARE, 0x2000), MM_DENIED);
	assert_int_equal(ask(MM_BUFFER_TAKE, 0, SPARE, 0x2000), MM_DENIED);
	assert_int_equal(ask(MM_BUFFER_TAKE, first, FFAV_HOST_SHARED, BUFFER), MM_DENIED);
	assert_int_equal(ask(MM_BUFFER_GIVE_UP, first + 1, 0, 0), MM_INVALID_PARAMETER);
	assert_int_equal(ask(MM_BUFFER_GIVE_UP, 0, 0, 0), MM_INVALID_PARAMETER);
	assert_int_equal(ask(MM_BUFFER_GIVE_UP + 1, first, 0, 0), MM_INVALID_PARAMETER);
	road_expect(&r, "Kept", NV_BS_RT, "kept", 4);
	road_end(&r);
}

/* Who shares the next buffer frees the one before: a restarted boot loader knows no handle. */
static void test_replaced(void **state)
{
	const struct ffav_mem_range ranges[] = {{SPARE, 1}, {SPARE + PAGE, 1}};
	struct ffav_host_options o = {.share_buffer = true};
	static struct road r;
	uint64_t handle;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, &o, 0);
	assert_int_equal(
		ffav_ffa_mem_share(&r.mm->ffa, rxtx(&r), MM_BUFFER_TAG, ranges, 2, &handle),
		EFI_SUCCESS);
	assert_int_equal(ask(MM_BUFFER_TAKE, handle, SPARE, 2 * PAGE), MM_SUCCESS);
	assert_int_equal(reclaim(r.mm->handle), 0);
	assert_int_equal(reclaim(handle), FFA_DENIED);
	assert_int_equal(ask(MM_BUFFER_GIVE_UP, r.mm->handle, 0, 0), MM_INVALID_PARAMETER);
	assert_int_equal(ask(MM_BUFFER_GIVE_UP, handle, 0, 0), MM_SUCCESS);
	assert_int_equal(ask(MM_BUFFER_GIVE_UP, handle, 0, 0), MM_INVALID_PARAMETER);
	assert_int_equal(reclaim(handle), 0);
	road_end(&r);
}

/* A list that is longer than TX goes in fragments, at each version. */
static void test_long_list(void **state)
{
	static const uint32_t versions[] = {FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2};
	static struct ffav_mem_range ranges[600];
	static struct road r;

	(void)state;
	for (uint32_t i = 0; i < 600; i++)
		ranges[i] = (struct ffav_mem_range){SPARE + i * 2ull * PAGE, 1};
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, NULL, 0);
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		struct ffav_ffa ffa = r.mm->ffa;
		uint64_t version[8] = {FFA_VERSION, versions[i]};
		uint64_t handle;

		ffa.version = versions[i];
		road_call(version);
		assert_int_equal(ffav_ffa_mem_share(&ffa, rxtx(&r), 7, ranges, 600, &handle),
				 EFI_SUCCESS);
		assert_int_equal(ffav_ffa_mem_reclaim(handle), EFI_SUCCESS);
		assert_int_equal(ffav_ffa_mem_reclaim(handle), EFI_INVALID_PARAMETER);
		/* The last range is wrong: the fragments before it are given up. */
		ranges[599].address = FFAV_HOST_BUFFER;
		assert_int_equal(ffav_ffa_mem_share(&ffa, rxtx(&r), 7, ranges, 600, &handle),
				 EFI_ACCESS_DENIED);
		ranges[599].address = ranges[598].address + 2 * PAGE;
	}
	road_end(&r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_phases),         cmocka_unit_test(test_dialects),
		cmocka_unit_test(test_under_its_feet), cmocka_unit_test(test_take_back),
		cmocka_unit_test(test_refused),        cmocka_unit_test(test_messages),
		cmocka_unit_test(test_replaced),       cmocka_unit_test(test_long_list),
	};

	return cmocka_run_group_tests_name("host/share", tests, NULL, NULL);
}
