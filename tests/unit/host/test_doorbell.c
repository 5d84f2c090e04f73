// SPDX-License-Identifier: BSD-3-Clause
/* Doorbells and messages that no honest client sends. */
#include "tests/unit/host/road.h"

#define MM_PARTITION 0x8001u

static struct road r;

static int start(void **state)
{
	(void)state;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, NULL, 0);
	assert_int_equal(road_set(&r, "Witness", NV_BS_RT, "unharmed", 8), EFI_SUCCESS);
	return 0;
}

/* Whatever was asked: the service goes on and has lost nothing. */
static int finish(void **state)
{
	(void)state;
	road_expect(&r, "Witness", NV_BS_RT, "unharmed", 8);
	assert_int_equal(road_set(&r, "Witness", NV_BS_RT, "at work", 7), EFI_SUCCESS);
	assert_int_equal(road_count(&r), 1);
	road_off(&r);
	road_boot(&r, NULL, 0);
	road_expect(&r, "Witness", NV_BS_RT, "at work", 7);
	road_end(&r);
	return 0;
}

static uint8_t *shared(void)
{
	return ffav_memory_ram(ffav_host_memory(r.m), FFAV_HOST_BUFFER,
			       ffav_host_memory(r.m)->buffer_size);
}

/* Ring, and expect a response with this MM code. */
static void ring(uint64_t x3, int64_t code)
{
	uint64_t x[8] = {FFA_MSG_SEND_DIRECT_REQ_64, MM_PARTITION, 0, x3};

	road_call(x);
	assert_int_equal(x[0], FFA_MSG_SEND_DIRECT_RESP_64);
	assert_int_equal(x[1], (uint64_t)MM_PARTITION << 16);
	assert_int_equal((int32_t)x[3], code);
}

static void test_outside(void **state)
{
	uint64_t size = ffav_host_memory(r.m)->buffer_size;

	(void)state;
	ring(size, MM_INVALID_PARAMETER);
	ring(size - 1, MM_INVALID_PARAMETER);
	ring(size - MM_HEADER_V1_SIZE + 1, MM_INVALID_PARAMETER);
	ring(UINT64_MAX, MM_INVALID_PARAMETER);
	ring(UINT64_MAX - size, MM_INVALID_PARAMETER);
	ring(UINT64_C(1) << 63, MM_INVALID_PARAMETER);
	ring(FFAV_HOST_BUFFER - 1, MM_INVALID_PARAMETER);
	ring(FFAV_HOST_BUFFER + size, MM_INVALID_PARAMETER);
	ring(FFAV_HOST_RAM, MM_INVALID_PARAMETER);
	ring(FFAV_HOST_FLASH, MM_INVALID_PARAMETER);
	assert_true(r.lines > 0);
	assert_non_null(strstr(r.told, "shared buffer"));
}

static void test_wide_register_is_not_cut(void **state)
{
	(void)state;
	/* Its low half is a good offset. */
	ring(UINT64_C(0x100000000), MM_INVALID_PARAMETER);
}

static void test_32_bit_doorbell(void **state)
{
	uint64_t x[8] = {FFA_MSG_SEND_DIRECT_REQ_32, MM_PARTITION};

	(void)state;
	road_call(x);
	assert_int_equal(x[0], FFA_MSG_SEND_DIRECT_RESP_32);
	assert_int_equal((int32_t)x[3], MM_NOT_SUPPORTED);
}

static void expect_error(uint64_t function, uint64_t w1, uint64_t w2, int32_t code)
{
	uint64_t x[8] = {function, w1, w2};

	road_call(x);
	assert_int_equal(x[0], FFA_ERROR);
	assert_int_equal((int32_t)x[2], code);
}

static void test_unknown_endpoints(void **state)
{
	(void)state;
	expect_error(FFA_MSG_SEND_DIRECT_REQ_64, 0x8002, 0, FFA_INVALID_PARAMETERS);
	expect_error(FFA_MSG_SEND_DIRECT_REQ_64, 0x8000, 0, FFA_INVALID_PARAMETERS);
	expect_error(FFA_MSG_SEND_DIRECT_REQ_64, 0, 0, FFA_INVALID_PARAMETERS);
	expect_error(FFA_MSG_SEND_DIRECT_REQ_64, 0xffff, 0, FFA_INVALID_PARAMETERS);
	/* The sender pretends to be somebody else. */
	expect_error(FFA_MSG_SEND_DIRECT_REQ_64, ffav_ffa_endpoints(1, MM_PARTITION), 0,
		     FFA_INVALID_PARAMETERS);
	expect_error(FFA_MSG_SEND_DIRECT_REQ_64, ffav_ffa_endpoints(0x8001, MM_PARTITION), 0,
		     FFA_INVALID_PARAMETERS);
	/* Framework messages are the framework's. */
	expect_error(FFA_MSG_SEND_DIRECT_REQ_64, MM_PARTITION, 0x80000000,
		     FFA_INVALID_PARAMETERS);
	expect_error(FFA_RUN, ffav_ffa_target(MM_PARTITION, 0), 0, FFA_DENIED);
	expect_error(FFA_RUN, ffav_ffa_target(MM_PARTITION, 1), 0, FFA_INVALID_PARAMETERS);
	expect_error(FFA_RUN, ffav_ffa_target(0x8005, 0), 0, FFA_INVALID_PARAMETERS);
	/* Only a partition responds, waits and yields. */
	expect_error(FFA_MSG_SEND_DIRECT_RESP_64, MM_PARTITION, 0, FFA_NOT_SUPPORTED);
	expect_error(FFA_MSG_WAIT, 0, 0, FFA_NOT_SUPPORTED);
	expect_error(FFA_YIELD, 0, 0, FFA_NOT_SUPPORTED);
	expect_error(FFA_FID32(0xff), 0, 0, FFA_NOT_SUPPORTED);
}

static void test_not_ffa(void **state)
{
	uint64_t x[8] = {0x84000050};

	(void)state;
	road_call(x);
	assert_int_equal((int64_t)x[0], SMCCC_NOT_SUPPORTED);
	x[0] = SMCCC_VERSION;
	road_call(x);
	assert_int_equal(x[0], SMCCC_VERSION_1_2);
}

/* A message whose length field says @length. */
static void put_header(const struct efi_guid *guid, uint64_t length)
{
	memcpy(shared(), guid, sizeof(*guid));
	ffav_put64(shared() + 16, length);
}

static void test_lengths(void **state)
{
	static const struct efi_guid service = MM_VARIABLE_GUID;
	uint64_t size = ffav_host_memory(r.m)->buffer_size;

	(void)state;
	put_header(&service, UINT64_MAX);
	ring(0, MM_INVALID_PARAMETER);
	put_header(&service, UINT64_MAX - MM_HEADER_V1_SIZE + 1);
	ring(0, MM_INVALID_PARAMETER);
	put_header(&service, size - MM_HEADER_V1_SIZE + 1);
	ring(0, MM_INVALID_PARAMETER);
	put_header(&service, UINT64_C(1) << 63);
	ring(0, MM_INVALID_PARAMETER);
	/* Too short for a variable header: no status can be written, so the code says it. */
	put_header(&service, FFAV_VAR_HEADER_SIZE - 1);
	ring(0, MM_INVALID_PARAMETER);
	put_header(&service, 0);
	ring(0, MM_INVALID_PARAMETER);
}

static void test_unknown_service(void **state)
{
	static const struct efi_guid nobody = EFI_GUID_INIT(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
	uint64_t x[8] = {FFA_MSG_SEND_DIRECT_REQ_64, MM_PARTITION};

	(void)state;
	put_header(&nobody, FFAV_VAR_HEADER_SIZE);
	road_call(x);
	assert_int_equal(x[0], FFA_MSG_SEND_DIRECT_RESP_64);
	assert_int_not_equal((int32_t)x[3], MM_SUCCESS);
}

/* Ring with a variable message and return the status in the reply. */
static efi_status_t ask(uint64_t function, const uint8_t *payload, size_t size)
{
	static const struct efi_guid service = MM_VARIABLE_GUID;
	uint8_t *data = shared() + MM_HEADER_V1_SIZE;

	put_header(&service, FFAV_VAR_HEADER_SIZE + size);
	ffav_var_header_encode(data, function, 0);
	memcpy(data + FFAV_VAR_HEADER_SIZE, payload, size);
	ring(0, MM_SUCCESS);
	assert_int_equal(ffav_var_function(data), function);
	return ffav_var_status(data);
}

static void test_unknown_functions(void **state)
{
	static const uint8_t nothing[64];

	(void)state;
	assert_int_equal(ask(0, nothing, 0), EFI_UNSUPPORTED);
	assert_int_equal(ask(99, nothing, 64), EFI_UNSUPPORTED);
	assert_int_equal(ask(UINT64_MAX, nothing, 64), EFI_UNSUPPORTED);
}

/* Every function with every short payload: each is answered, and none with success unwritten. */
static void test_short_payloads(void **state)
{
	static const uint8_t nothing[64];

	(void)state;
	for (size_t size = 0; size < FFAV_VAR_ACCESS_SIZE; size++) {
		assert_int_equal(ask(FFAV_VAR_GET, nothing, size), EFI_INVALID_PARAMETER);
		assert_int_equal(ask(FFAV_VAR_SET, nothing, size), EFI_INVALID_PARAMETER);
	}
	for (size_t size = 0; size < FFAV_VAR_NEXT_SIZE; size++)
		assert_int_equal(ask(FFAV_VAR_GET_NEXT_NAME, nothing, size),
				 EFI_INVALID_PARAMETER);
	for (size_t size = 0; size < FFAV_VAR_INFO_SIZE; size++)
		assert_int_equal(ask(FFAV_VAR_QUERY_INFO, nothing, size),
				 EFI_INVALID_PARAMETER);
}

static void test_absurd_sizes(void **state)
{
	static const uint64_t sizes[] = {UINT64_MAX,
					 UINT64_MAX - 1,
					 UINT64_MAX - 35,
					 UINT64_C(1) << 63,
					 UINT64_C(1) << 32,
					 UINT32_MAX,
					 65,
					 29};
	uint8_t payload[64];

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		/* A name that claims more than there is. */
		memset(payload, 0, sizeof(payload));
		memcpy(payload, road_guid.b, sizeof(road_guid));
		payload[FFAV_VAR_ACCESS_SIZE] = 'A';
		ffav_put32(payload + 32, NV_BS_RT);
		ffav_put64(payload + 24, sizes[i]);
		assert_int_equal(ask(FFAV_VAR_GET, payload, sizeof(payload)),
				 EFI_INVALID_PARAMETER);
		assert_int_equal(ask(FFAV_VAR_SET, payload, sizeof(payload)),
				 EFI_INVALID_PARAMETER);
		/* Data that claims more than there is. */
		ffav_put64(payload + 24, 4);
		ffav_put64(payload + 16, sizes[i]);
		assert_int_equal(ask(FFAV_VAR_SET, payload, sizeof(payload)),
				 EFI_INVALID_PARAMETER);
	}
}

static void test_names(void **state)
{
	uint8_t payload[64] = {0};

	(void)state;
	memcpy(payload, road_guid.b, sizeof(road_guid));
	ffav_put32(payload + 32, NV_BS_RT);
	ffav_put64(payload + 16, 4);
	payload[FFAV_VAR_ACCESS_SIZE] = 'A';
	payload[FFAV_VAR_ACCESS_SIZE + 2] = 'B';
	/* No terminator, an odd size, nothing, only a terminator, one in the middle. */
	ffav_put64(payload + 24, 4);
	assert_int_equal(ask(FFAV_VAR_SET, payload, sizeof(payload)), EFI_INVALID_PARAMETER);
	ffav_put64(payload + 24, 5);
	assert_int_equal(ask(FFAV_VAR_SET, payload, sizeof(payload)), EFI_INVALID_PARAMETER);
	ffav_put64(payload + 24, 0);
	assert_int_equal(ask(FFAV_VAR_SET, payload, sizeof(payload)), EFI_INVALID_PARAMETER);
	ffav_put64(payload + 24, 8);
	assert_int_equal(ask(FFAV_VAR_SET, payload, sizeof(payload)), EFI_INVALID_PARAMETER);
	payload[FFAV_VAR_ACCESS_SIZE] = 0;
	ffav_put64(payload + 24, 2);
	assert_int_equal(ask(FFAV_VAR_SET, payload, sizeof(payload)), EFI_INVALID_PARAMETER);
}

/* Random registers and a random buffer: always a well-formed answer. */
static void test_noise(void **state)
{
	static const uint64_t functions[] = {
		FFA_MSG_SEND_DIRECT_REQ_64,
		FFA_MSG_SEND_DIRECT_REQ_32,
		FFA_MSG_SEND_DIRECT_REQ2,
		FFA_RUN,
		FFA_PARTITION_INFO_GET_REGS,
		FFA_FEATURES,
		FFA_RX_RELEASE,
		FFA_CONSOLE_LOG_64,
	};
	uint64_t random = 88172645463325252u;

	(void)state;
	for (unsigned int round = 0; round < 20000; round++) {
		uint64_t x[8];

		for (size_t i = 0; i < 8; i++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			x[i] = random >> (random & 63);
		}
		x[0] = functions[round % (sizeof(functions) / sizeof(functions[0]))];
		if (random & 0x100)
			x[1] = MM_PARTITION;
		if (random & 0x200)
			x[2] = 0;
		ffav_put64(shared() + (random >> 12) % 128, random);
		road_call(x);
		assert_true(x[0] == FFA_ERROR || x[0] == FFA_SUCCESS_32 ||
			    x[0] == FFA_SUCCESS_64 || x[0] == FFA_MSG_SEND_DIRECT_RESP_32 ||
			    x[0] == FFA_MSG_SEND_DIRECT_RESP_64 ||
			    x[0] == FFA_MSG_SEND_DIRECT_RESP2);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_outside, start, finish),
		cmocka_unit_test_setup_teardown(test_wide_register_is_not_cut, start, finish),
		cmocka_unit_test_setup_teardown(test_32_bit_doorbell, start, finish),
		cmocka_unit_test_setup_teardown(test_unknown_endpoints, start, finish),
		cmocka_unit_test_setup_teardown(test_not_ffa, start, finish),
		cmocka_unit_test_setup_teardown(test_lengths, start, finish),
		cmocka_unit_test_setup_teardown(test_unknown_service, start, finish),
		cmocka_unit_test_setup_teardown(test_unknown_functions, start, finish),
		cmocka_unit_test_setup_teardown(test_short_payloads, start, finish),
		cmocka_unit_test_setup_teardown(test_absurd_sizes, start, finish),
		cmocka_unit_test_setup_teardown(test_names, start, finish),
		cmocka_unit_test_setup_teardown(test_noise, start, finish),
	};

	return cmocka_run_group_tests_name("host/doorbell", tests, NULL, NULL);
}
