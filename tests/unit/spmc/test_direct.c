// SPDX-License-Identifier: BSD-3-Clause
/* Direct messages: what passes, what does not, and who is told. */
#include "tests/unit/spmc/machine.h"

static struct ffav_spmc m;

static int setup(void **state)
{
	(void)state;
	machine_start(&m);
	m.normal.version = FFA_VERSION_1_2;
	return 0;
}

#define HIGH UINT64_C(0xfedcba9800000000)
/** w1 of a request to the MM partition and of its response. */
#define TO_MM   ffav_ffa_endpoints(0, MM_ID)
#define FROM_MM ffav_ffa_endpoints(MM_ID, 0)

static void assert_message(struct ffav_smc_regs r, uint32_t function, uint64_t w1,
			   uint64_t first, uint64_t mask)
{
	assert_int_equal(r.x[0], function);
	assert_int_equal(r.x[1], w1);
	assert_int_equal(r.x[2], 0);
	for (unsigned int i = 3; i < 8; i++)
		assert_int_equal(r.x[i], (first + i) & mask);
}

static void request_64(void **state)
{
	uint64_t v = HIGH | 0x1000;
	struct ffav_smc_regs r;

	(void)state;
	r = request(
		&m, 0, MM,
		regs(FFA_MSG_SEND_DIRECT_REQ_64, TO_MM, 0, v + 3, v + 4, v + 5, v + 6, v + 7));
	assert_message(r, FFA_MSG_SEND_DIRECT_REQ_64, TO_MM, v, UINT64_MAX);
	/* What the normal world keeps there is not the partition's business. */
	for (unsigned int i = 8; i < FFAV_SMC_REGS; i++)
		assert_int_equal(r.x[i], 0);
	/* The partition's own x8-x17 do not leave the secure world. */
	for (unsigned int i = 8; i < FFAV_SMC_REGS; i++)
		r.x[i] = 0x5ec12e7;
	v = HIGH | 0x2000;
	r.x[0] = FFA_MSG_SEND_DIRECT_RESP_64;
	r.x[1] = FROM_MM;
	for (unsigned int i = 3; i < 8; i++)
		r.x[i] = v + i;
	r = respond(&m, 0, r);
	assert_message(r, FFA_MSG_SEND_DIRECT_RESP_64, FROM_MM, v, UINT64_MAX);
	for (unsigned int i = 8; i < FFAV_SMC_REGS; i++)
		assert_int_equal(r.x[i], PATTERN(i));
	assert_silent();
}

/* Only the low halves pass, in both directions. */
static void request_32(void **state)
{
	uint64_t v = HIGH | 0x1000;
	struct ffav_smc_regs r;

	(void)state;
	r = request(&m, 0, MM,
		    regs(HIGH | FFA_MSG_SEND_DIRECT_REQ_32, HIGH | TO_MM, HIGH, v + 3, v + 4,
			 v + 5, v + 6, v + 7));
	assert_message(r, FFA_MSG_SEND_DIRECT_REQ_32, TO_MM, v, UINT32_MAX);
	r = respond(&m, 0,
		    regs(HIGH | FFA_MSG_SEND_DIRECT_RESP_32, HIGH | FROM_MM, HIGH, v + 3, v + 4,
			 v + 5, v + 6, v + 7));
	assert_message(r, FFA_MSG_SEND_DIRECT_RESP_32, FROM_MM, v, UINT32_MAX);
	for (unsigned int i = 8; i < FFAV_SMC_REGS; i++)
		assert_int_equal(r.x[i], PATTERN(i));
	assert_silent();
}

static void request_2(void **state)
{
	static const struct ffav_uuid services[] = {
		{{0}}, FFAV_UUID_MM_VARIABLE, FFAV_UUID_MM_COMMUNICATION3};

	(void)state;
	for (size_t n = 0; n < sizeof(services) / sizeof(services[0]); n++) {
		uint64_t lo = ffav_uuid_lo(&services[n]);
		uint64_t hi = ffav_uuid_hi(&services[n]);
		struct ffav_smc_regs r;

		r = request(&m, 0, MM,
			    regs(FFA_MSG_SEND_DIRECT_REQ2, TO_MM, lo, hi, 4, 5, 6, 7));
		assert_int_equal(r.x[0], FFA_MSG_SEND_DIRECT_REQ2);
		assert_int_equal(r.x[1], TO_MM);
		assert_int_equal(r.x[2], lo);
		assert_int_equal(r.x[3], hi);
		for (unsigned int i = 4; i < 8; i++)
			assert_int_equal(r.x[i], i);
		for (unsigned int i = 8; i < FFAV_SMC_REGS; i++)
			assert_int_equal(r.x[i], PATTERN(i));
		r.x[0] = FFA_MSG_SEND_DIRECT_RESP2;
		r.x[1] = FROM_MM;
		r.x[2] = 0;
		r.x[3] = 0;
		for (unsigned int i = 4; i < FFAV_SMC_REGS; i++)
			r.x[i] = HIGH | i;
		r = respond(&m, 0, r);
		assert_int_equal(r.x[0], FFA_MSG_SEND_DIRECT_RESP2);
		assert_int_equal(r.x[1], FROM_MM);
		assert_int_equal(r.x[2], 0);
		assert_int_equal(r.x[3], 0);
		for (unsigned int i = 4; i < FFAV_SMC_REGS; i++)
			assert_int_equal(r.x[i], HIGH | i);
	}
	assert_silent();
}

static void request_refused(void **state)
{
	static const struct {
		uint32_t function;
		int32_t code;
		uint64_t x1, x2, x3;
		const char *line;
	} rows[] = {
		{FFA_MSG_SEND_DIRECT_REQ_64, FFA_INVALID_PARAMETERS, 0x00018001, 0, 0,
		 "FFA_MSG_SEND_DIRECT_REQ refused: the sender is not the caller "
		 "(value 0x18001)"},
		{FFA_MSG_SEND_DIRECT_REQ_32, FFA_INVALID_PARAMETERS, 0x80028001, 0, 0,
		 "FFA_MSG_SEND_DIRECT_REQ refused: the sender is not the caller "
		 "(value 0x80028001)"},
		{FFA_MSG_SEND_DIRECT_REQ_64, FFA_INVALID_PARAMETERS, UINT64_C(0x100008001), 0,
		 0,
		 "FFA_MSG_SEND_DIRECT_REQ refused: the sender is not the caller "
		 "(value 0x100008001)"},
		{FFA_MSG_SEND_DIRECT_REQ_64, FFA_INVALID_PARAMETERS, 0, 0, 0,
		 "FFA_MSG_SEND_DIRECT_REQ refused: there is no such receiver (value 0x0)"},
		{FFA_MSG_SEND_DIRECT_REQ_64, FFA_INVALID_PARAMETERS, 0x8000, 0, 0,
		 "FFA_MSG_SEND_DIRECT_REQ refused: there is no such receiver (value 0x8000)"},
		{FFA_MSG_SEND_DIRECT_REQ_64, FFA_INVALID_PARAMETERS, 0x8003, 0, 0,
		 "FFA_MSG_SEND_DIRECT_REQ refused: there is no such receiver (value 0x8003)"},
		{FFA_MSG_SEND_DIRECT_REQ_64, FFA_INVALID_PARAMETERS, 0xffff, 0, 0,
		 "FFA_MSG_SEND_DIRECT_REQ refused: there is no such receiver (value 0xffff)"},
		{FFA_MSG_SEND_DIRECT_REQ_64, FFA_INVALID_PARAMETERS, MM_ID, 0x80000000, 0,
		 "FFA_MSG_SEND_DIRECT_REQ refused: w2 is not that of a partition message "
		 "(value 0x80000000)"},
		{FFA_MSG_SEND_DIRECT_REQ_32, FFA_INVALID_PARAMETERS, MM_ID, 1, 0,
		 "FFA_MSG_SEND_DIRECT_REQ refused: w2 is not that of a partition message "
		 "(value 0x1)"},
		{FFA_MSG_SEND_DIRECT_REQ2, FFA_DENIED, ECHO_ID, 0, 0,
		 "FFA_MSG_SEND_DIRECT_REQ2 refused: the receiver takes no such message "
		 "(value 0x8002)"},
		{FFA_MSG_SEND_DIRECT_REQ2, FFA_INVALID_PARAMETERS, MM_ID, 0x1234, 0x5678,
		 "FFA_MSG_SEND_DIRECT_REQ2 refused: the receiver has not the UUID that starts "
		 "with (value 0x1234)"},
		{FFA_MSG_SEND_DIRECT_REQ2, FFA_INVALID_PARAMETERS, UINT64_C(0x18001), 0, 0,
		 "FFA_MSG_SEND_DIRECT_REQ2 refused: the sender is not the caller "
		 "(value 0x18001)"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_refused(
			normal(&m, 0,
			       CALL3(rows[i].function, rows[i].x1, rows[i].x2, rows[i].x3)),
			rows[i].code, rows[i].line);
		assert_int_equal(m.partitions[MM].state, FFAV_PARTITION_WAITING);
		assert_int_equal(m.partitions[ECHO].state, FFAV_PARTITION_WAITING);
	}
	m.partitions[MM].config.properties = FFA_PARTITION_DIRECT2_RECV;
	assert_refused(normal(&m, 0, CALL1(FFA_MSG_SEND_DIRECT_REQ_64, MM_ID)), FFA_DENIED,
		       "FFA_MSG_SEND_DIRECT_REQ refused: the receiver takes no such message "
		       "(value 0x8001)");
	m.normal.version = FFA_VERSION_1_1;
	assert_refused(normal(&m, 0, CALL1(FFA_MSG_SEND_DIRECT_REQ2, MM_ID)), FFA_NOT_SUPPORTED,
		       "FFA_MSG_SEND_DIRECT_REQ2 refused: this caller has no such function "
		       "(value 0xc400008d)");
}

/* Promise 6: a second caller gets BUSY and the first its answer. */
static void second_caller(void **state)
{
	struct ffav_smc_regs r;

	(void)state;
	request(&m, 0, MM, CALL4(FFA_MSG_SEND_DIRECT_REQ_64, MM_ID, 0, 11, 12));
	r = normal(&m, 1, CALL4(FFA_MSG_SEND_DIRECT_REQ_64, MM_ID, 0, 21, 22));
	assert_refused(r, FFA_BUSY,
		       "FFA_MSG_SEND_DIRECT_REQ refused: the receiver does not wait "
		       "(value 0x8001)");
	/* The other partition is free. */
	request(&m, 1, ECHO, CALL4(FFA_MSG_SEND_DIRECT_REQ_64, ECHO_ID, 0, 31, 32));
	r = respond(&m, 1, CALL3(FFA_MSG_SEND_DIRECT_RESP_64, (uint64_t)ECHO_ID << 16, 0, 33));
	assert_answer(r, FFA_MSG_SEND_DIRECT_RESP_64, (uint64_t)ECHO_ID << 16, 0, 33);
}

static void second_caller_gets_through_later(void **state)
{
	(void)state;
	request(&m, 0, MM, CALL1(FFA_MSG_SEND_DIRECT_REQ_64, MM_ID));
	respond(&m, 0, CALL1(FFA_MSG_SEND_DIRECT_RESP_64, FROM_MM));
	request(&m, 1, MM, CALL1(FFA_MSG_SEND_DIRECT_REQ_32, MM_ID));
	respond(&m, 1, CALL1(FFA_MSG_SEND_DIRECT_RESP_32, FROM_MM));
	assert_silent();
}

static void not_started(void **state)
{
	struct ffav_partition_config config = machine_config(MM);
	const char *why;

	(void)state;
	ffav_spmc_init(&m);
	ffav_spmc_add(&m, &config, &why);
	assert_refused(normal(&m, 0, CALL1(FFA_MSG_SEND_DIRECT_REQ_64, MM_ID)), FFA_BUSY,
		       "FFA_MSG_SEND_DIRECT_REQ refused: the receiver does not wait "
		       "(value 0x8001)");
	ffav_spmc_boot(&m, 0);
	assert_refused(normal(&m, 1, CALL1(FFA_MSG_SEND_DIRECT_REQ_64, MM_ID)), FFA_BUSY,
		       "FFA_MSG_SEND_DIRECT_REQ refused: the receiver does not wait "
		       "(value 0x8001)");
}

/* Every answer that is not the one response: told to the partition, unseen by its caller. */
static void wrong_responses(void **state)
{
	static const struct {
		uint32_t function;
		int32_t code;
		uint64_t x1, x2, x3;
		const char *line;
	} rows[] = {
		{FFA_MSG_SEND_DIRECT_RESP_32, FFA_DENIED, 0x80010000, 0, 0,
		 "FFA_MSG_SEND_DIRECT_RESP refused: the response does not match the request "
		 "(value 0xc400006f)"},
		{FFA_MSG_SEND_DIRECT_RESP2, FFA_DENIED, 0x80010000, 0, 0,
		 "FFA_MSG_SEND_DIRECT_RESP2 refused: the response does not match the request "
		 "(value 0xc400006f)"},
		{FFA_MSG_SEND_DIRECT_RESP_64, FFA_INVALID_PARAMETERS, 0x80020000, 0, 0,
		 "FFA_MSG_SEND_DIRECT_RESP refused: sender and receiver are not those of the "
		 "request (value 0x80020000)"},
		{FFA_MSG_SEND_DIRECT_RESP_64, FFA_INVALID_PARAMETERS, 0x80018002, 0, 0,
		 "FFA_MSG_SEND_DIRECT_RESP refused: sender and receiver are not those of the "
		 "request (value 0x80018002)"},
		{FFA_MSG_SEND_DIRECT_RESP_64, FFA_INVALID_PARAMETERS, 0x00008001, 0, 0,
		 "FFA_MSG_SEND_DIRECT_RESP refused: sender and receiver are not those of the "
		 "request (value 0x8001)"},
		{FFA_MSG_SEND_DIRECT_RESP_64, FFA_INVALID_PARAMETERS, 0x80010000, 0x80000000, 0,
		 "FFA_MSG_SEND_DIRECT_RESP refused: reserved registers are set "
		 "(value 0x80000000)"},
		{FFA_MSG_WAIT, FFA_DENIED, 0, 0, 0,
		 "FFA_MSG_WAIT refused: the request has not been responded to "
		 "(value 0xc400006f)"},
		{FFA_ERROR, FFA_DENIED, 0, 0xffffffff, 0,
		 "FFA_ERROR refused: a request is answered with its response "
		 "(value 0xffffffff)"},
		{FFA_SUCCESS_32, FFA_NOT_SUPPORTED, 0, 0, 0,
		 "FFA_SUCCESS refused: this caller has no such function (value 0x84000061)"},
		{FFA_MSG_SEND_DIRECT_REQ_64, FFA_DENIED, 0x80018002, 0, 0,
		 "FFA_MSG_SEND_DIRECT_REQ refused: the caller's manifest has it send no such "
		 "message (value 0x80018002)"},
		{FFA_RUN, FFA_DENIED, 0x80020000, 0, 0,
		 "FFA_RUN refused: the partition has not yielded to the caller "
		 "(value 0x80020000)"},
		{0, FFA_NOT_SUPPORTED, 0, 0, 0,
		 "FF-A call refused: unknown function (value 0x0)"},
	};
	struct ffav_smc_regs r;

	(void)state;
	request(&m, 0, MM, CALL1(FFA_MSG_SEND_DIRECT_REQ_64, MM_ID));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		r = partition(&m, 0, MM,
			      CALL3(rows[i].function, rows[i].x1, rows[i].x2, rows[i].x3));
		assert_refused(r, rows[i].code, rows[i].line);
		assert_int_equal(m.partitions[MM].state, FFAV_PARTITION_RUNNING);
	}
	r = respond(&m, 0, CALL3(FFA_MSG_SEND_DIRECT_RESP_64, FROM_MM, 0, 7));
	assert_answer(r, FFA_MSG_SEND_DIRECT_RESP_64, FROM_MM, 0, 7);
}

static void wrong_response_2(void **state)
{
	struct ffav_smc_regs r;

	(void)state;
	request(&m, 0, MM, CALL1(FFA_MSG_SEND_DIRECT_REQ2, MM_ID));
	r = partition(&m, 0, MM, CALL3(FFA_MSG_SEND_DIRECT_RESP_64, FROM_MM, 0, 7));
	assert_refused(
		r, FFA_DENIED,
		"FFA_MSG_SEND_DIRECT_RESP refused: the response does not match the request "
		"(value 0xc400008d)");
	r = partition(&m, 0, MM, CALL3(FFA_MSG_SEND_DIRECT_RESP2, FROM_MM, 0, 7));
	assert_refused(
		r, FFA_INVALID_PARAMETERS,
		"FFA_MSG_SEND_DIRECT_RESP2 refused: reserved registers are set (value 0x7)");
	r = partition(&m, 0, MM, CALL3(FFA_MSG_SEND_DIRECT_RESP2, UINT64_C(0x180010000), 0, 0));
	assert_refused(
		r, FFA_INVALID_PARAMETERS,
		"FFA_MSG_SEND_DIRECT_RESP2 refused: sender and receiver are not those of "
		"the request (value 0x180010000)");
	respond(&m, 0, CALL1(FFA_MSG_SEND_DIRECT_RESP2, FROM_MM));
}

/* One request, one response. */
static void double_response(void **state)
{
	struct ffav_smc_regs r;

	(void)state;
	request(&m, 0, MM, CALL1(FFA_MSG_SEND_DIRECT_REQ_64, MM_ID));
	respond(&m, 0, CALL1(FFA_MSG_SEND_DIRECT_RESP_64, FROM_MM));
	/* Nobody runs there any more: the machine would be mistaken. */
	r = respond(&m, 0, CALL1(FFA_MSG_SEND_DIRECT_RESP_64, FROM_MM));
	assert_int_equal(r.x[0], FFA_ERROR);
	assert_int_equal(r.x[2], (uint32_t)FFA_DENIED);
	assert_reported(
		"partition call refused: there is no such CPU, or it is not in that world "
		"(value 0x0)");
	/* A partition that initialises has no request either. */
	ffav_spmc_init(&m);
	{
		struct ffav_partition_config config = machine_config(MM);
		const char *why;

		ffav_spmc_add(&m, &config, &why);
	}
	ffav_spmc_boot(&m, 0);
	r = partition(&m, 0, 0, CALL1(FFA_MSG_SEND_DIRECT_RESP_64, FROM_MM));
	assert_refused(r, FFA_DENIED,
		       "FFA_MSG_SEND_DIRECT_RESP refused: there is no request to respond to "
		       "(value 0xc4000070)");
	assert_int_equal(m.partitions[0].state, FFAV_PARTITION_RUNNING);
}

/* A partition's calls on the way do not disturb what the normal world gets back. */
static void calls_on_the_way(void **state)
{
	struct ffav_smc_regs r = CALL0(FFA_ID_GET);

	(void)state;
	request(&m, 0, MM, CALL1(FFA_MSG_SEND_DIRECT_REQ_64, MM_ID));
	for (unsigned int i = 8; i < FFAV_SMC_REGS; i++)
		r.x[i] = 0x5ec12e7 + i;
	r = partition(&m, 0, MM, r);
	for (unsigned int i = 8; i < FFAV_SMC_REGS; i++)
		assert_int_equal(r.x[i], 0x5ec12e7 + i);
	/* Another CPU's call has other registers. */
	r = CALL0(FFA_ID_GET);
	for (unsigned int i = 8; i < FFAV_SMC_REGS; i++)
		r.x[i] = i;
	r = normal(&m, 1, r);
	for (unsigned int i = 8; i < FFAV_SMC_REGS; i++)
		assert_int_equal(r.x[i], i);
	r = respond(&m, 0, CALL3(FFA_MSG_SEND_DIRECT_RESP_64, FROM_MM, 0, 1));
	assert_answer(r, FFA_MSG_SEND_DIRECT_RESP_64, FROM_MM, 0, 1);
}

static void cpu_is_elsewhere(void **state)
{
	struct ffav_smc_regs r;

	(void)state;
	request(&m, 0, MM, CALL1(FFA_MSG_SEND_DIRECT_REQ_64, MM_ID));
	r = normal(&m, 0, CALL0(FFA_ID_GET));
	assert_int_equal(r.x[0], FFA_ERROR);
	assert_reported("normal-world call refused: there is no such CPU, or it is not in that "
			"world (value 0x0)");
	assert_int_equal(ffav_spmc_boot(&m, 0), -1);
	respond(&m, 0, CALL1(FFA_MSG_SEND_DIRECT_RESP_64, FROM_MM));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(request_64, setup),
		cmocka_unit_test_setup(request_32, setup),
		cmocka_unit_test_setup(request_2, setup),
		cmocka_unit_test_setup(request_refused, setup),
		cmocka_unit_test_setup(second_caller, setup),
		cmocka_unit_test_setup(second_caller_gets_through_later, setup),
		cmocka_unit_test_setup(not_started, setup),
		cmocka_unit_test_setup(wrong_responses, setup),
		cmocka_unit_test_setup(wrong_response_2, setup),
		cmocka_unit_test_setup(double_response, setup),
		cmocka_unit_test_setup(calls_on_the_way, setup),
		cmocka_unit_test_setup(cpu_is_elsewhere, setup),
	};

	return cmocka_run_group_tests_name("spmc/direct", tests, NULL, NULL);
}
