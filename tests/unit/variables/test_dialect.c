// SPDX-License-Identifier: BSD-3-Clause
/*
 * Doorbells: conversations of each dialect as registers and bytes, written down
 * as clients of other projects make them.
 */
#include "tests/unit/variables/fixture.h"

#include <string.h>

#include "secure/mm/service.h"

#define BASE UINT64_C(0x50000000)
#define SIZE 0x20000u

/* Normal world (0) to the partition (0x8001), and back. */
#define THERE UINT64_C(0x00008001)
#define BACK  UINT64_C(0x80010000)

static struct fx fx;
static uint8_t shared[SIZE];
static uint8_t copy[SIZE];
static struct ffav_service service;

static int setup(void **state)
{
	(void)state;
	fx_open(&fx);
	memset(shared, 0, sizeof(shared));
	service = (struct ffav_service){.shared = shared,
					.shared_address = BASE,
					.shared_size = SIZE,
					.copy = copy,
					.copy_size = sizeof(copy),
					.variables = &fx.v};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fx_close(&fx);
	return 0;
}

/* GetPayloadSize as U-Boot sends it: version 1 header, 16 + 8 bytes. */
static const uint8_t payload_size_v1[] = {
	0x33, 0xd5, 0x32, 0xed, 0xe6, 0x99, 0x09, 0x42, 0x9c, 0xc0, 0x2d, 0x72,
	0xcd, 0xd9, 0x98, 0xa7, 0x18, 0,    0,    0,    0,    0,    0,    0,
	0x0b, 0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
	0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
};

/* The same with a version 3 header, in a buffer of 80 bytes. */
static const uint8_t payload_size_v3[] = {
	0x53, 0xc8, 0xe8, 0x68, 0xa9, 0x2b, 0xd7, 0x4d, 0x9a, 0xc0, 0x91, 0xe1, 0x61, 0x55,
	0xc9, 0x35, 0x50, 0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
	0,    0,    0,    0,    0x33, 0xd5, 0x32, 0xed, 0xe6, 0x99, 0x09, 0x42, 0x9c, 0xc0,
	0x2d, 0x72, 0xcd, 0xd9, 0x98, 0xa7, 0x18, 0,    0,    0,    0,    0,    0,    0,
	0x0b, 0,    0,    0,    0,    0,    0,    0,    0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0,    0,    0,    0,    0,    0,    0,    0,
};

static const struct {
	const uint8_t *bytes;
	size_t size;
	size_t header;
} messages[] = {
	{payload_size_v1, sizeof(payload_size_v1), MM_HEADER_V1_SIZE},
	{payload_size_v3, sizeof(payload_size_v3), MM_HEADER_V3_SIZE},
};

static struct ffav_smc_regs ring(uint64_t x0, uint64_t x2, uint64_t x3, uint64_t x4)
{
	struct ffav_smc_regs regs = {.x = {x0, THERE, x2, x3, x4}};

	/* Registers that the request does not use must not come back. */
	for (size_t i = 5; i < FFAV_SMC_REGS; i++)
		regs.x[i] = 0xdeadbeef;
	assert_true(ffav_service_request(&service, &regs));
	assert_int_equal(regs.x[1], BACK);
	assert_int_equal(regs.x[2], 0);
	for (size_t i = 6; i < FFAV_SMC_REGS; i++)
		assert_int_equal(regs.x[i], 0);
	return regs;
}

static void answered_at(size_t offset, size_t header)
{
	assert_int_equal(ffav_var_status(shared + offset + header), EFI_SUCCESS);
	assert_int_equal(ffav_get64(shared + offset + header + 16), FX_PAYLOAD_MAX);
}

static void offset_dialect(void **state)
{
	static const size_t offsets[] = {0, 1, 0x1000, SIZE - 80};
	struct ffav_smc_regs r;

	(void)state;
	for (size_t m = 0; m < 2; m++) {
		for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
			memcpy(shared + offsets[i], messages[m].bytes, messages[m].size);
			r = ring(FFA_MSG_SEND_DIRECT_REQ_64, 0, offsets[i], 0);
			assert_int_equal(r.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
			assert_int_equal(r.x[3], 0);
			assert_int_equal(r.x[4], 0);
			assert_int_equal(r.x[5], 0);
			answered_at(offsets[i], messages[m].header);
		}
	}
}

static void address_dialect(void **state)
{
	static const size_t offsets[] = {0, 0x1234, SIZE - 80};
	struct ffav_smc_regs r;

	(void)state;
	for (size_t m = 0; m < 2; m++) {
		for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
			memcpy(shared + offsets[i], messages[m].bytes, messages[m].size);
			r = ring(FFA_MSG_SEND_DIRECT_REQ_64, 0, BASE + offsets[i], 0);
			assert_int_equal(r.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
			assert_int_equal(r.x[3], MM_EVENT_COMPLETE);
			assert_int_equal(r.x[4], 0);
			answered_at(offsets[i], messages[m].header);
		}
	}
}

static void request2_dialect(void **state)
{
	static const struct ffav_uuid uuids[] = {FFAV_UUID_MM_VARIABLE,
						 FFAV_UUID_MM_COMMUNICATION2,
						 FFAV_UUID_MM_COMMUNICATION3};
	struct ffav_smc_regs r;

	(void)state;
	for (size_t u = 0; u < 3; u++) {
		memcpy(shared + 64, payload_size_v3, sizeof(payload_size_v3));
		r = ring(FFA_MSG_SEND_DIRECT_REQ2, ffav_uuid_lo(&uuids[u]),
			 ffav_uuid_hi(&uuids[u]), BASE + 64);
		assert_int_equal(r.x[0], FFA_MSG_SEND_DIRECT_RESP2);
		assert_int_equal(r.x[3], 0);
		assert_int_equal(r.x[4], 0);
		assert_int_equal(r.x[5], 0);
		answered_at(64, MM_HEADER_V3_SIZE);
	}
	/* An offset is no address here, and a service that is not ours no service. */
	r = ring(FFA_MSG_SEND_DIRECT_REQ2, ffav_uuid_lo(&uuids[0]), ffav_uuid_hi(&uuids[0]),
		 64);
	assert_int_equal((int64_t)r.x[4], MM_INVALID_PARAMETER);
	assert_int_equal((int64_t)r.x[5], MM_INVALID_PARAMETER);
	r = ring(FFA_MSG_SEND_DIRECT_REQ2, ffav_uuid_lo(&uuids[0]), 0, BASE + 64);
	assert_int_equal(r.x[0], FFA_MSG_SEND_DIRECT_RESP2);
	assert_int_equal((int64_t)r.x[4], MM_NOT_SUPPORTED);
	assert_true(fx_reported("MM doorbell refused: no service has the UUID"));
}

static void places_outside_of_the_buffer(void **state)
{
	static const uint64_t places[] = {
		SIZE,       BASE - 1,          BASE + SIZE,       UINT32_MAX,
		BASE << 32, UINT64_C(1) << 63, UINT64_MAX - SIZE, UINT64_MAX};
	struct ffav_smc_regs r;

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		r = ring(FFA_MSG_SEND_DIRECT_REQ_64, 0, places[i], 0);
		assert_int_equal(r.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
		assert_int_equal((int64_t)r.x[3], MM_INVALID_PARAMETER);
		assert_int_equal((int64_t)r.x[4], MM_INVALID_PARAMETER);
		assert_true(fx_reported("MM doorbell refused: the address is outside"));
	}
	/* Inside, but without a message: the code in both registers, in both dialects. */
	for (size_t offset = SIZE - 23; offset < SIZE; offset++) {
		r = ring(FFA_MSG_SEND_DIRECT_REQ_64, 0, offset, 0);
		assert_int_equal((int64_t)r.x[3], MM_INVALID_PARAMETER);
		assert_int_equal((int64_t)r.x[4], MM_INVALID_PARAMETER);
		r = ring(FFA_MSG_SEND_DIRECT_REQ_64, 0, BASE + offset, 0);
		assert_int_equal((int64_t)r.x[3], MM_INVALID_PARAMETER);
		assert_int_equal((int64_t)r.x[4], MM_INVALID_PARAMETER);
	}
}

static void doorbells_of_32_bits(void **state)
{
	struct ffav_smc_regs r;
	static uint8_t before[SIZE];

	(void)state;
	memcpy(shared, payload_size_v1, sizeof(payload_size_v1));
	memcpy(before, shared, SIZE);
	r = ring(FFA_MSG_SEND_DIRECT_REQ_32, 0, 0, 0);
	assert_int_equal(r.x[0], FFA_MSG_SEND_DIRECT_RESP_32);
	assert_int_equal(r.x[3], 0xffffffff);
	assert_int_equal(r.x[4], 0);
	assert_true(fx_reported("MM doorbell refused: 32-bit requests"));
	/* A framework message is nobody's doorbell. */
	r = ring(FFA_MSG_SEND_DIRECT_REQ_64, 0x80000000, 0, 0);
	assert_int_equal(r.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
	assert_int_equal((int64_t)r.x[3], MM_NOT_SUPPORTED);
	assert_memory_equal(shared, before, SIZE);
}

static void what_is_no_request_is_left_alone(void **state)
{
	static const uint64_t others[] = {0,
					  FFA_ERROR,
					  FFA_INTERRUPT,
					  FFA_RUN,
					  FFA_MSG_SEND_DIRECT_RESP_64,
					  FFA_SUCCESS_32};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct ffav_smc_regs regs = {.x = {others[i], THERE}}, before = regs;

		assert_false(ffav_service_request(&service, &regs));
		assert_memory_equal(&regs, &before, sizeof(regs));
	}
}

/* Whoever asks gets the answer: the ids are swapped, whatever they are. */
static void endpoints_are_swapped(void **state)
{
	struct ffav_smc_regs regs = {.x = {FFA_MSG_SEND_DIRECT_REQ_64, 0x7fff8002}};

	(void)state;
	assert_true(ffav_service_request(&service, &regs));
	assert_int_equal(regs.x[1], 0x80027fff);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(offset_dialect),        CASE(address_dialect),
		CASE(request2_dialect),      CASE(places_outside_of_the_buffer),
		CASE(doorbells_of_32_bits),  CASE(what_is_no_request_is_left_alone),
		CASE(endpoints_are_swapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
