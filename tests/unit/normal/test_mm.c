/* SPDX-License-Identifier: BSD-3-Clause */
/* The raw MM call: its checks in their order, ownership, phases, giving up. */
#include <limits.h>
#include <string.h>

#include "tests/unit/normal/world.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct ffav_mm mm;

/* What the partition sends back: the request, or this if it is set. */
static struct {
	bool silent;
	uint64_t length;
	bool has_length;
	uint8_t seen[WORLD_BUFFER_SIZE];
	/* The end of the call instead of a response. */
	uint64_t x0, x1, x2;
} server;

static void serve(struct ffav_smc_regs *regs)
{
	uint8_t *message = world.far + mm.offset;

	if ((uint32_t)regs->x[0] == FFA_RUN)
		goto end;
	memcpy(server.seen, message, WORLD_BUFFER_SIZE - mm.offset);
	if (server.has_length)
		ffav_put64(message + 16, server.length);
end:
	if (server.x0) {
		memset(regs, 0, sizeof(*regs));
		regs->x[0] = server.x0;
		regs->x[1] = server.x1;
		regs->x[2] = server.x2;
		return;
	}
	/* The data comes back inverted. */
	if (!server.silent) {
		for (size_t i = 24; i < WORLD_BUFFER_SIZE - mm.offset; i++)
			message[i] = (uint8_t)~message[i];
	}
	world_respond(regs);
}

static int setup_at(size_t offset)
{
	world_reset();
	memset(&server, 0, sizeof(server));
	world_connect(&mm, FFAV_MM_OFFSET, offset);
	world.smc = serve;
	return 0;
}

static int setup(void **state)
{
	(void)state;
	return setup_at(0);
}

static void put_message(uint8_t *at, uint64_t length)
{
	memset(at, 0x11, 16);
	ffav_put64(at + 16, length);
}

static void test_status_mapping(void **state)
{
	static const struct {
		int64_t code;
		efi_status_t status;
	} rows[] = {
		{0, EFI_SUCCESS},
		{-1, EFI_DEVICE_ERROR},
		{-2, EFI_INVALID_PARAMETER},
		{-3, EFI_ACCESS_DENIED},
		{-5, EFI_OUT_OF_RESOURCES},
		{-4, EFI_ACCESS_DENIED},
		{-6, EFI_ACCESS_DENIED},
		{1, EFI_ACCESS_DENIED},
		{INT32_MIN, EFI_ACCESS_DENIED},
		{INT32_MAX, EFI_ACCESS_DENIED},
		{INT64_MIN, EFI_ACCESS_DENIED},
		{INT64_MAX, EFI_ACCESS_DENIED},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(ffav_mm_status(rows[i].code), rows[i].status);
}

/* The order of the checks: each row fails the named one and all that come after it. */
static void test_order_of_checks(void **state)
{
	_Alignas(8) uint8_t own[64];
	size_t size;

	(void)state;
	mm.found = false;
	mm.phase = FFAV_PHASE_RUNTIME;

	/* 1. A null buffer. */
	size = 0;
	assert_int_equal(ffav_mm_communicate(&mm, NULL, &size), EFI_INVALID_PARAMETER);
	/* 2. Size against header plus length; the length overflows. */
	size = 64;
	put_message(own, UINT64_MAX);
	assert_int_equal(ffav_mm_communicate(&mm, own, &size), EFI_INVALID_PARAMETER);
	put_message(own, UINT64_MAX - 23);
	assert_int_equal(ffav_mm_communicate(&mm, own, NULL), EFI_INVALID_PARAMETER);
	put_message(own, 41);
	assert_int_equal(ffav_mm_communicate(&mm, own, &size), EFI_INVALID_PARAMETER);
	size = 23;
	put_message(own, 0);
	assert_int_equal(ffav_mm_communicate(&mm, own, &size), EFI_INVALID_PARAMETER);
	assert_int_equal(size, 23);
	/* 3. The limit of the shared buffer; it is told what that is. */
	put_message(own, WORLD_BUFFER_SIZE - 24 + 1);
	size = WORLD_BUFFER_SIZE + 1;
	assert_int_equal(ffav_mm_communicate(&mm, own, &size), EFI_BAD_BUFFER_SIZE);
	assert_int_equal(size, WORLD_BUFFER_SIZE);
	assert_int_equal(ffav_mm_communicate(&mm, own, NULL), EFI_BAD_BUFFER_SIZE);
	assert_int_equal(ffav_get64(own + 16), WORLD_BUFFER_SIZE - 24);
	/* 4. At runtime: the shared buffer itself, and where messages start in it. */
	put_message(own, 40);
	size = 64;
	assert_int_equal(ffav_mm_communicate(&mm, own, &size), EFI_INVALID_PARAMETER);
	put_message(world.near + 8, 40);
	assert_int_equal(ffav_mm_communicate(&mm, world.near + 8, &size),
			 EFI_INVALID_PARAMETER);
	/* 5. A partition. */
	put_message(world.near, 40);
	assert_int_equal(ffav_mm_communicate(&mm, world.near, &size), EFI_UNSUPPORTED);
	mm.phase = FFAV_PHASE_BOOT;
	assert_int_equal(ffav_mm_communicate(&mm, own, &size), EFI_UNSUPPORTED);
	assert_int_equal(world.smcs, 0);
	assert_int_equal(world.lock_tries, 0);

	mm.found = true;
	ffav_clean(world.near, WORLD_BUFFER_SIZE);
	assert_int_equal(ffav_mm_communicate(&mm, own, &size), EFI_SUCCESS);
	assert_int_equal(world.smcs, 1);
}

static void test_before_discovery(void **state)
{
	struct ffav_mm fresh = {0};
	uint8_t own[64];
	size_t size = 64;

	(void)state;
	put_message(own, 40);
	assert_int_equal(ffav_mm_communicate(&fresh, own, &size), EFI_UNSUPPORTED);
	fresh.phase = FFAV_PHASE_RUNTIME;
	assert_int_equal(ffav_mm_communicate(&fresh, own, &size), EFI_UNSUPPORTED);
	ffav_mm_set_virtual_address_map(&fresh);
	assert_null(fresh.buffer);
	assert_int_equal(world.conversions, 0);
	assert_int_equal(world.smcs, 0);
}

static void test_copies_in_and_out(void **state)
{
	static const size_t offsets[] = {0, 8, 64, 1000};

	(void)state;
	for (size_t o = 0; o < COUNT(offsets); o++) {
		uint8_t own[24 + 100 + 8];
		size_t size = 24 + 100;

		setup_at(offsets[o]);
		put_message(own, 100);
		for (size_t i = 24; i < sizeof(own); i++)
			own[i] = (uint8_t)i;
		assert_int_equal(ffav_mm_communicate(&mm, own, &size), EFI_SUCCESS);
		assert_int_equal(size, 24 + 100);
		for (size_t i = 24; i < 24 + 100; i++) {
			assert_int_equal(server.seen[i], (uint8_t)i);
			assert_int_equal(own[i], (uint8_t)~i);
		}
		/* Not a byte behind the message. */
		for (size_t i = 24 + 100; i < sizeof(own); i++)
			assert_int_equal(own[i], (uint8_t)i);
		assert_false(world.locked);
		/* 124 bytes and no more, rounded out to lines; the header's line comes twice. */
		assert_in_range(world.lines_cleaned, 2, 3);
		assert_in_range(world.lines_invalidated, 3, 4);
	}
}

static void test_v3(void **state)
{
	uint8_t own[56 + 16];
	size_t size = sizeof(own);

	(void)state;
	world_hex(own, sizeof(own),
		  "53c8e868 a92b d74d 9ac091e16155c935 48000000 00000000 00000000 00000000"
		  "33d532ed e699 0942 9cc02d72cdd998a7 10000000 00000000"
		  "000102030405060708090a0b0c0d0e0f");
	server.silent = true;
	assert_int_equal(ffav_mm_communicate(&mm, own, &size), EFI_SUCCESS);
	assert_int_equal(size, sizeof(own));
	assert_memory_equal(server.seen, own, sizeof(own));

	/* BufferSize below the header, above the buffer, below the message. */
	ffav_put64(own + 16, 55);
	assert_int_equal(ffav_mm_communicate(&mm, own, &size), EFI_INVALID_PARAMETER);
	ffav_put64(own + 16, 73);
	assert_int_equal(ffav_mm_communicate(&mm, own, &size), EFI_INVALID_PARAMETER);
	ffav_put64(own + 16, 71);
	assert_int_equal(ffav_mm_communicate(&mm, own, &size), EFI_INVALID_PARAMETER);
	ffav_put64(own + 16, 72);
	ffav_put64(own + 48, UINT64_MAX);
	assert_int_equal(ffav_mm_communicate(&mm, own, &size), EFI_INVALID_PARAMETER);
	size = 55;
	assert_int_equal(ffav_mm_communicate(&mm, own, &size), EFI_INVALID_PARAMETER);
	assert_int_equal(world.smcs, 1);

	/* Too large: the size of the message is what is corrected. */
	ffav_put64(own + 16, 8192);
	ffav_put64(own + 48, 8000);
	assert_int_equal(ffav_mm_communicate(&mm, own, NULL), EFI_BAD_BUFFER_SIZE);
	assert_int_equal(ffav_get64(own + 48), WORLD_BUFFER_SIZE - 56);
}

static void test_overlapping(void **state)
{
	size_t size = 64;

	(void)state;
	put_message(world.near + 8, 40);
	assert_int_equal(ffav_mm_communicate(&mm, world.near + 8, &size),
			 EFI_INVALID_PARAMETER);
	put_message(world.near + WORLD_BUFFER_SIZE - 24, 40);
	assert_int_equal(ffav_mm_communicate(&mm, world.near + WORLD_BUFFER_SIZE - 24, NULL),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(world.smcs, 0);
}

static void test_runtime_in_place(void **state)
{
	size_t size = 24 + 100;
	uint8_t *at;

	(void)state;
	setup_at(128);
	at = world.near + 128;
	mm.phase = FFAV_PHASE_RUNTIME;
	put_message(at, 100);
	memset(at + 24, 0x33, 100);
	assert_int_equal(ffav_mm_communicate(&mm, at, &size), EFI_SUCCESS);
	assert_int_equal(server.seen[24], 0x33);
	for (size_t i = 24; i < 124; i++)
		assert_int_equal(at[i], 0xcc);
}

static void test_reply_lengths(void **state)
{
	static const struct {
		uint64_t length;
		efi_status_t status;
		size_t size;
	} rows[] = {
		{0, EFI_SUCCESS, 24},
		{39, EFI_SUCCESS, 63},
		{40, EFI_SUCCESS, 64},
		/* Larger than the caller's buffer. */
		{41, EFI_OUT_OF_RESOURCES, 64},
		{WORLD_BUFFER_SIZE - 24, EFI_OUT_OF_RESOURCES, 64},
		/* Larger than any buffer. */
		{WORLD_BUFFER_SIZE - 23, EFI_DEVICE_ERROR, 64},
		{UINT64_MAX, EFI_DEVICE_ERROR, 64},
		{UINT64_MAX - 23, EFI_DEVICE_ERROR, 64},
		{UINT64_C(1) << 63, EFI_DEVICE_ERROR, 64},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t own[64], before[64];
		size_t size = 64;

		setup(NULL);
		server.has_length = true;
		server.length = rows[i].length;
		put_message(own, 40);
		memset(own + 24, 0x77, 40);
		memcpy(before, own, sizeof(own));
		assert_int_equal(ffav_mm_communicate(&mm, own, &size), rows[i].status);
		assert_int_equal(size, rows[i].size);
		if (rows[i].status)
			assert_memory_equal(own, before, sizeof(own));
		assert_false(world.locked);
		/* A lie in the message is one call's matter. */
		assert_false(mm.dead);
	}

	/* Without a size the caller's buffer is as large as its message. */
	{
		uint8_t own[64];

		setup(NULL);
		server.has_length = true;
		server.length = 41;
		put_message(own, 40);
		memset(own + 24, 0x77, 40);
		assert_int_equal(ffav_mm_communicate(&mm, own, NULL), EFI_OUT_OF_RESOURCES);
	}
}

static void communicate_40(efi_status_t expected)
{
	uint8_t own[64];
	size_t size = 64;

	put_message(own, 40);
	memset(own + 24, 0x77, 40);
	assert_int_equal(ffav_mm_communicate(&mm, own, &size), expected);
	assert_false(world.locked);
}

/* However a request is lost: DEVICE_ERROR until reset, and the buffer is not touched again. */
static void test_dead(void **state)
{
	static const struct {
		uint64_t x0, x1, x2;
	} ends[] = {
		{FFA_INTERRUPT, 0x80030000, 0},
		{FFA_MSG_SEND_DIRECT_RESP_64, 0x80040000, 0},
		{FFA_MSG_SEND_DIRECT_RESP_32, 0x80030000, 0},
		{FFA_SUCCESS_32, 0, 0},
		{0xffffffff, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(ends); i++) {
		uint16_t name[2] = {'x', 0};
		struct efi_guid guid = {{0}};
		uint64_t n = 4, a, b, c;
		uint8_t data[4];
		size_t size = 64;

		setup(NULL);
		server.x0 = ends[i].x0;
		server.x1 = ends[i].x1;
		server.x2 = ends[i].x2;
		communicate_40(EFI_DEVICE_ERROR);
		assert_true(mm.dead);

		world_forbid();
		communicate_40(EFI_DEVICE_ERROR);
		assert_int_equal(ffav_get_variable(&mm, name, &guid, NULL, &n, data),
				 EFI_DEVICE_ERROR);
		assert_int_equal(ffav_set_variable(&mm, name, &guid, 7, 4, data),
				 EFI_DEVICE_ERROR);
		assert_int_equal(ffav_get_next_variable_name(&mm, &n, name, &guid),
				 EFI_DEVICE_ERROR);
		assert_int_equal(ffav_query_variable_info(&mm, 7, &a, &b, &c),
				 EFI_DEVICE_ERROR);
		assert_int_equal(ffav_variables_exit_boot_services(&mm), EFI_DEVICE_ERROR);
		/* At runtime, and with the shared buffer itself as the message. */
		assert_int_equal(mm.phase, FFAV_PHASE_RUNTIME);
		assert_int_equal(ffav_mm_communicate(&mm, world.near, &size), EFI_DEVICE_ERROR);
		assert_int_equal(ffav_mm_communicate(&mm, world.near, NULL), EFI_DEVICE_ERROR);
		communicate_40(EFI_DEVICE_ERROR);
		assert_true(mm.dead);
		world_reset();
	}
}

/* FFA_ERROR in the offset dialect is the manager's, not the partition's. */
static void test_manager_errors(void **state)
{
	static const int32_t codes[] = {
		FFA_NOT_SUPPORTED, FFA_INVALID_PARAMETERS, FFA_BUSY, FFA_ABORTED, INT32_MIN, 0};

	(void)state;
	for (size_t i = 0; i < COUNT(codes); i++) {
		setup(NULL);
		server.x0 = FFA_ERROR;
		server.x2 = (uint32_t)codes[i];
		communicate_40(EFI_DEVICE_ERROR);
		/* It was never handed over, so that the next call may work. */
		assert_false(mm.dead);
		server.x0 = 0;
		communicate_40(EFI_SUCCESS);
	}
}

static struct ffav_smc_regs after_resume;

static void preempt_then_end(struct ffav_smc_regs *regs)
{
	if ((uint32_t)regs->x[0] != FFA_RUN) {
		memset(regs, 0, sizeof(*regs));
		regs->x[0] = FFA_INTERRUPT;
		regs->x[1] = 0x80030000;
		return;
	}
	*regs = after_resume;
}

static void test_errors_after_resume(void **state)
{
	/* After ABORTED the partition has no request any more, so the connection lives on. */
	static const struct {
		enum ffav_mm_dialect dialect;
		int32_t code;
		bool dead;
	} rows[] = {
		{FFAV_MM_OFFSET, FFA_DENIED, true},     {FFAV_MM_OFFSET, FFA_ABORTED, false},
		{FFAV_MM_ADDRESS, FFA_ABORTED, false},  {FFAV_MM_ADDRESS, FFA_BUSY, true},
		{FFAV_MM_REQUEST2, FFA_ABORTED, false}, {FFAV_MM_ADDRESS, FFA_DENIED, false},
		{FFAV_MM_REQUEST2, FFA_DENIED, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		setup(NULL);
		mm.dialect = rows[i].dialect;
		world_error(&after_resume, rows[i].code);
		world.smc = preempt_then_end;
		communicate_40(rows[i].dead || rows[i].code == FFA_ABORTED ? EFI_DEVICE_ERROR
									   : EFI_ACCESS_DENIED);
		assert_int_equal(mm.dead, rows[i].dead);
	}
}

static void test_lock(void **state)
{
	uint64_t before;

	(void)state;
	world.lock_refusals = 3;
	communicate_40(EFI_SUCCESS);
	assert_int_equal(world.lock_tries, 4);

	/* Held for ever: bounded in attempts and in time, and nothing is touched. */
	setup(NULL);
	world.lock_refusals = UINT_MAX;
	before = world.now;
	communicate_40(EFI_DEVICE_ERROR);
	assert_int_equal(world.lock_tries, FFAV_BACKOFF_ATTEMPTS + 1);
	assert_true(world.now - before < world.rate / 5);
	assert_int_equal(world.smcs, 0);
	assert_int_equal(world.lines_cleaned, 0);
	assert_false(mm.dead);

	setup(NULL);
	world.lock_refusals = UINT_MAX;
	world.counter_stuck = true;
	communicate_40(EFI_DEVICE_ERROR);
}

static void test_address_map(void **state)
{
	static uint8_t elsewhere[WORLD_BUFFER_SIZE];

	(void)state;
	world.moved_by = elsewhere - world.near;
	/* Whatever of discovery is left must not be converted. */
	mm.ffa.rx = world.rxtx;
	ffav_mm_set_virtual_address_map(&mm);
	assert_ptr_equal(mm.buffer, elsewhere);
	assert_int_equal(mm.buffer_address, WORLD_BUFFER_ADDRESS);
	assert_null(mm.ffa.rx);
	assert_int_equal(mm.phase, FFAV_PHASE_RUNTIME);
	ffav_mm_set_virtual_address_map(&mm);
	assert_ptr_equal(mm.buffer, elsewhere);
	assert_int_equal(world.conversions, 1);
	assert_int_equal(world.smcs, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_status_mapping, setup),
		cmocka_unit_test_setup(test_order_of_checks, setup),
		cmocka_unit_test_setup(test_before_discovery, setup),
		cmocka_unit_test_setup(test_copies_in_and_out, setup),
		cmocka_unit_test_setup(test_v3, setup),
		cmocka_unit_test_setup(test_overlapping, setup),
		cmocka_unit_test_setup(test_runtime_in_place, setup),
		cmocka_unit_test_setup(test_reply_lengths, setup),
		cmocka_unit_test_setup(test_dead, setup),
		cmocka_unit_test_setup(test_manager_errors, setup),
		cmocka_unit_test_setup(test_errors_after_resume, setup),
		cmocka_unit_test_setup(test_lock, setup),
		cmocka_unit_test_setup(test_address_map, setup),
	};

	return cmocka_run_group_tests_name("normal/mm", tests, NULL, NULL);
}
