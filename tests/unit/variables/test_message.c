// SPDX-License-Identifier: BSD-3-Clause
/*
 * MM communicate: every byte of the shared buffer is read at most once, none is
 * read after the first is written, and nothing but the reply is written.
 *
 * The code under test is compiled into this file with a memcpy that watches. The
 * shared buffer cannot be accessed outside of it.
 */
/* For MAP_ANONYMOUS. */
#define _DEFAULT_SOURCE
#include "tests/unit/variables/fixture.h"

#include <string.h>
#include <sys/mman.h>

#include "secure/mm/service.h"
#include "secure/report/report.h"

#define SHARED_SIZE 0x10000u
/* A byte that no message of these tests has. */
#define STALE 0x5e

static uint8_t *shared;
static uint8_t reads[SHARED_SIZE];
static uint8_t writes[SHARED_SIZE];
static bool written;
/* Called between a copy and the next step, as the other world could act then. */
static void (*meddle)(void);

static void *watched_memcpy(void *to, const void *from, size_t size)
{
	uint8_t *t = to;
	const uint8_t *f = from;
	bool in = f >= shared && f < shared + SHARED_SIZE;
	bool out = t >= shared && t < shared + SHARED_SIZE;

	if (!in && !out)
		return memcpy(to, from, size);
	assert_int_equal(mprotect(shared, SHARED_SIZE, PROT_READ | PROT_WRITE), 0);
	if (in) {
		assert_false(written);
		assert_true(size <= (size_t)(shared + SHARED_SIZE - f));
		for (size_t i = 0; i < size; i++)
			reads[f - shared + (ptrdiff_t)i]++;
	}
	if (out) {
		written = true;
		assert_true(size <= (size_t)(shared + SHARED_SIZE - t));
		for (size_t i = 0; i < size; i++)
			writes[t - shared + (ptrdiff_t)i]++;
	}
	memcpy(to, from, size);
	if (meddle)
		meddle();
	assert_int_equal(mprotect(shared, SHARED_SIZE, PROT_NONE), 0);
	return to;
}

#define memcpy watched_memcpy
#include "secure/mm/communicate.c"
#undef memcpy

static struct fx fx;
static uint8_t copy[SHARED_SIZE];
static struct ffav_service service;

static int setup(void **state)
{
	(void)state;
	fx_open(&fx);
	shared = mmap(NULL, SHARED_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0);
	if (shared == MAP_FAILED)
		return -1;
	service = (struct ffav_service){.shared = shared,
					.shared_address = 0x50000000,
					.shared_size = SHARED_SIZE,
					.copy = copy,
					.copy_size = sizeof(copy),
					.variables = &fx.v};
	meddle = NULL;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	munmap(shared, SHARED_SIZE);
	fx_close(&fx);
	return 0;
}

static const struct efi_guid variable_guid = MM_VARIABLE_GUID;

/* Write a message; @header_size says which header. Returns where its data start. */
static uint8_t *put_message(size_t offset, size_t header_size, const void *guid,
			    const void *data, size_t size)
{
	struct ffav_mm_header h = {.guid = guid, .header_size = header_size, .data_size = size};

	memset(shared, 0xee, SHARED_SIZE);
	assert_true(ffav_mm_header_encode(shared + offset, SHARED_SIZE - offset, &h));
	memcpy(shared + offset + header_size, data, size);
	return shared + offset + header_size;
}

static int ring(uint64_t offset)
{
	int code;

	memset(reads, 0, sizeof(reads));
	memset(writes, 0, sizeof(writes));
	written = false;
	/* What an earlier message left behind must not come out. */
	memset(copy, STALE, sizeof(copy));
	assert_int_equal(mprotect(shared, SHARED_SIZE, PROT_NONE), 0);
	code = ffav_service_message(&service, offset);
	assert_int_equal(mprotect(shared, SHARED_SIZE, PROT_READ | PROT_WRITE), 0);
	for (size_t i = 0; i < SHARED_SIZE; i++)
		assert_true(reads[i] <= 1 && writes[i] <= 1 &&
			    !(writes[i] && shared[i] == STALE));
	if (code != MM_SUCCESS)
		assert_false(written);
	return code;
}

/* Were exactly [@offset, @offset + @size) read (or written)? */
static void exactly(const uint8_t *touched, size_t offset, size_t size)
{
	for (size_t i = 0; i < SHARED_SIZE; i++)
		assert_int_equal(touched[i], i >= offset && i - offset < size);
}

static const size_t header_sizes[] = {MM_HEADER_V1_SIZE, MM_HEADER_V3_SIZE};

static void one_copy_in_and_one_out(void **state)
{
	uint8_t request[64] = {0};

	(void)state;
	ffav_var_header_encode(request, FFAV_VAR_PAYLOAD_SIZE, 7);
	for (size_t h = 0; h < 2; h++) {
		for (size_t offset = 0; offset < 200; offset += 13) {
			size_t hs = header_sizes[h];
			uint8_t *data = put_message(offset, hs, &variable_guid, request, 40);

			assert_int_equal(ring(offset), MM_SUCCESS);
			exactly(reads, offset, hs + 40);
			exactly(writes, offset, hs + 24);
			assert_int_equal(ffav_var_status(data), EFI_SUCCESS);
			assert_int_equal(ffav_get64(data + 16), FX_PAYLOAD_MAX);
			assert_int_equal(ffav_get64(data - 8), 24);
			/* A version 3 client's own buffer size comes back. */
			if (hs == MM_HEADER_V3_SIZE)
				assert_int_equal(ffav_get64(data - hs + 16), hs + 40);
		}
	}
}

static void reply_may_be_longer_than_the_request(void **state)
{
	uint8_t data[500];
	struct ffav_mm_header h;
	size_t size;

	(void)state;
	memset(data, 0x42, sizeof(data));
	assert_int_equal(fx_set(&fx, "V", NV | BS, data, sizeof(data)), EFI_SUCCESS);
	size = FFAV_VAR_HEADER_SIZE + fx_access(&fx, &fx_guid, "V", 0, sizeof(data), NULL);
	ffav_var_header_encode(fx.message, FFAV_VAR_GET, 0);

	/* With a version 1 header the shared buffer is the limit. */
	put_message(16, MM_HEADER_V1_SIZE, &variable_guid, fx.message, size);
	assert_int_equal(ring(16), MM_SUCCESS);
	assert_true(ffav_mm_header_decode(shared + 16, SHARED_SIZE - 16, &h));
	assert_int_equal(h.data_size, size + sizeof(data));
	assert_int_equal(ffav_var_status(shared + 16 + 24), EFI_SUCCESS);
	assert_memory_equal(shared + 16 + 24 + size, data, sizeof(data));

	/* At the end of the buffer there is no room for it. */
	put_message(SHARED_SIZE - 24 - size - 499, MM_HEADER_V1_SIZE, &variable_guid,
		    fx.message, size);
	assert_int_equal(ring(SHARED_SIZE - 24 - size - 499), MM_SUCCESS);
	assert_int_equal(ffav_var_status(shared + SHARED_SIZE - size - 499),
			 EFI_INVALID_PARAMETER);

	/* With a version 3 header its buffer size is. */
	put_message(0, MM_HEADER_V3_SIZE, &variable_guid, fx.message, size);
	ffav_put64(shared + 16, MM_HEADER_V3_SIZE + size + 499);
	assert_int_equal(ring(0), MM_SUCCESS);
	assert_int_equal(ffav_var_status(shared + MM_HEADER_V3_SIZE), EFI_INVALID_PARAMETER);
	put_message(0, MM_HEADER_V3_SIZE, &variable_guid, fx.message, size);
	ffav_put64(shared + 16, MM_HEADER_V3_SIZE + size + 500);
	assert_int_equal(ring(0), MM_SUCCESS);
	assert_int_equal(ffav_var_status(shared + MM_HEADER_V3_SIZE), EFI_SUCCESS);
}

static void messages_that_do_not_fit(void **state)
{
	uint8_t request[64] = {0};
	static const uint64_t offsets[] = {SHARED_SIZE, SHARED_SIZE + 1, 0x80000000,
					   0x50000000,  UINT64_MAX - 23, UINT64_MAX};
	static const uint64_t lengths[] = {SHARED_SIZE - 24 + 1, SHARED_SIZE,     0x7fffffff,
					   0xffffffff,           0x100000000,     INT64_MAX,
					   UINT64_MAX - 55,      UINT64_MAX - 23, UINT64_MAX};

	(void)state;
	ffav_var_header_encode(request, FFAV_VAR_PAYLOAD_SIZE, 0);
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		assert_int_equal(ring(offsets[i]), MM_INVALID_PARAMETER);
		assert_true(fx_reported("MM communicate refused: the offset is outside"));
	}
	/* Too near to the end for the header or for the data. */
	for (size_t h = 0; h < 2; h++) {
		for (size_t left = 1; left < header_sizes[h] + 24; left++) {
			memset(shared, 0xee, SHARED_SIZE);
			put_message(0, header_sizes[h], &variable_guid, request, 24);
			memmove(shared + SHARED_SIZE - left, shared, left);
			assert_int_equal(ring(SHARED_SIZE - left), MM_INVALID_PARAMETER);
			assert_true(
				fx_reported("MM communicate refused: the message does not"));
		}
		for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
			put_message(0, header_sizes[h], &variable_guid, request, 24);
			ffav_put64(shared + header_sizes[h] - 8, lengths[i]);
			assert_int_equal(ring(0), MM_INVALID_PARAMETER);
		}
	}
	/* Version 3 has a second length that can lie. */
	for (size_t i = 1; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		put_message(0, MM_HEADER_V3_SIZE, &variable_guid, request, 24);
		ffav_put64(shared + 16, lengths[i] + 24);
		assert_int_equal(ring(0),
				 lengths[i] + 24 >= 80 && lengths[i] + 24 <= SHARED_SIZE
					 ? MM_SUCCESS
					 : MM_INVALID_PARAMETER);
	}
	put_message(0, MM_HEADER_V3_SIZE, &variable_guid, request, 24);
	ffav_put64(shared + 16, 79);
	assert_int_equal(ring(0), MM_INVALID_PARAMETER);
}

static void longer_than_the_private_copy(void **state)
{
	uint8_t request[64] = {0};

	(void)state;
	service.copy_size = 64;
	ffav_var_header_encode(request, FFAV_VAR_PAYLOAD_SIZE, 0);
	put_message(0, MM_HEADER_V1_SIZE, &variable_guid, request, 41);
	assert_int_equal(ring(0), MM_INVALID_PARAMETER);
	put_message(0, MM_HEADER_V1_SIZE, &variable_guid, request, 40);
	assert_int_equal(ring(0), MM_SUCCESS);
}

static void flood(void)
{
	memset(shared, 0xff, SHARED_SIZE);
}

/* Lengths, names and data that change right after they were read change nothing. */
static void changes_behind_our_back(void **state)
{
	uint8_t request[128] = {0};
	size_t size;

	(void)state;
	size = FFAV_VAR_HEADER_SIZE + fx_access(&fx, &fx_guid, "V", NV | BS, 4, "data");
	ffav_var_header_encode(fx.message, FFAV_VAR_SET, 0);
	memcpy(request, fx.message, size);
	meddle = flood;
	/* What was read first is what counts: the header is whole, the rest is what came later. */
	put_message(0, MM_HEADER_V1_SIZE, &variable_guid, request, size);
	assert_int_equal(ring(0), MM_SUCCESS);
	exactly(reads, 0, MM_HEADER_V1_SIZE + size);
	exactly(writes, 0, MM_HEADER_V1_SIZE + FFAV_VAR_HEADER_SIZE);
	put_message(0, MM_HEADER_V3_SIZE, &variable_guid, request, size);
	assert_int_equal(ring(0), MM_INVALID_PARAMETER);
	fx_absent(&fx, "V");
}

static void events(void **state)
{
	static const struct efi_guid closing[] = {EFI_END_OF_DXE_EVENT_GROUP_GUID,
						  EFI_DXE_MM_READY_TO_LOCK_GUID,
						  EFI_EVENT_READY_TO_BOOT_GUID};
	static const struct efi_guid ebs = EFI_EVENT_EXIT_BOOT_SERVICES_GUID;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		fx_reset(&fx);
		put_message(0, MM_HEADER_V1_SIZE, &closing[i], "\x77", 1);
		assert_int_equal(ring(0), MM_SUCCESS);
		exactly(writes, 0, MM_HEADER_V1_SIZE + 1);
		assert_int_equal(shared[24], 0x77);
		assert_true(fx.v.rules_closed);
		assert_false(fx.v.at_runtime);
	}
	for (size_t h = 0; h < 2; h++) {
		fx_reset(&fx);
		assert_int_equal(fx_set(&fx, "Boot", NV | BS, "x", 1), EFI_SUCCESS);
		put_message(0, header_sizes[h], &ebs, "\x00", 1);
		assert_int_equal(ring(0), MM_SUCCESS);
		fx_absent(&fx, "Boot");
	}
}

static void policies_are_asked_about(void **state)
{
	static const struct efi_guid policy_guid = MM_VARIABLE_POLICY_GUID;
	uint8_t request[32] = {'V', 'C', 'P', 'C', 1, 0, 0, 0, 2};

	(void)state;
	put_message(0, MM_HEADER_V1_SIZE, &policy_guid, request, sizeof(request));
	assert_int_equal(ring(0), MM_SUCCESS);
	assert_int_equal(ffav_get64(shared + 24 + 12), EFI_SUCCESS);
	assert_memory_equal(shared + 24, request, 12);
	assert_int_equal(shared[24 + 20], 1);
	exactly(writes, 0, 24 + 21);
	for (size_t size = 0; size < 20; size++) {
		put_message(0, MM_HEADER_V1_SIZE, &policy_guid, request, size);
		assert_int_equal(ring(0), MM_INVALID_PARAMETER);
		assert_true(fx_reported("VariablePolicy refused"));
	}
}

static void unknown_guid(void **state)
{
	uint8_t request[64] = {0};

	(void)state;
	for (size_t h = 0; h < 2; h++) {
		put_message(0, header_sizes[h], &fx_guid, request, sizeof(request));
		assert_int_equal(ring(0), MM_NOT_SUPPORTED);
		assert_true(fx_reported("MM communicate refused: nobody answers"));
	}
	/* The version 3 header's own GUID is nobody's either. */
	put_message(0, MM_HEADER_V3_SIZE, shared, request, sizeof(request));
	memcpy(shared + 32, shared, 16);
	assert_int_equal(ring(0), MM_NOT_SUPPORTED);
}

static void too_short_for_the_variable_header(void **state)
{
	uint8_t request[16] = {1};

	(void)state;
	for (size_t size = 0; size < 16; size++) {
		put_message(0, MM_HEADER_V1_SIZE, &variable_guid, request, size);
		assert_int_equal(ring(0), MM_INVALID_PARAMETER);
		assert_true(fx_reported("variable message refused: too short"));
	}
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(one_copy_in_and_one_out),
		CASE(reply_may_be_longer_than_the_request),
		CASE(messages_that_do_not_fit),
		CASE(longer_than_the_private_copy),
		CASE(changes_behind_our_back),
		CASE(events),
		CASE(policies_are_asked_about),
		CASE(unknown_guid),
		CASE(too_short_for_the_variable_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
