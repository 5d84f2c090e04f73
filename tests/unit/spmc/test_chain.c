// SPDX-License-Identifier: BSD-3-Clause
/* Partitions that call partitions: who may, who waits for whom, and what comes back. */
#include "tests/unit/spmc/machine.h"

/** Three partitions, each of which sends and receives everything. */
enum { A, B, C, COUNT };

#define ID(n)       ((uint16_t)(0x8001u + (n)))
#define TARGET(n)   ffav_ffa_target(ID(n), 0)
#define REQUEST(to) CALL1(FFA_MSG_SEND_DIRECT_REQ_64, ffav_ffa_endpoints(0, ID(to)))
#define CALL_OF(from, to) \
	CALL1(FFA_MSG_SEND_DIRECT_REQ_64, ffav_ffa_endpoints(ID(from), ID(to)))
#define RESPONSE(from, v) \
	CALL3(FFA_MSG_SEND_DIRECT_RESP_64, ffav_ffa_endpoints(ID(from), 0), 0, (v))
#define RESPONSE_TO(from, to, v) \
	CALL3(FFA_MSG_SEND_DIRECT_RESP_64, ffav_ffa_endpoints(ID(from), ID(to)), 0, (v))
#define ALL                                                                                   \
	(FFA_PARTITION_DIRECT_RECV | FFA_PARTITION_DIRECT_SEND | FFA_PARTITION_DIRECT2_RECV | \
	 FFA_PARTITION_DIRECT2_SEND)

static struct ffav_spmc m;

static void add_all(void)
{
	static const char *const names[COUNT] = {"a", "b", "c"};

	machine_reset();
	ffav_spmc_init(&m);
	for (unsigned int i = 0; i < COUNT; i++) {
		struct ffav_partition_config config = machine_config(ECHO);
		const char *why;

		strcpy(config.name, names[i]);
		config.id = ID(i);
		config.version = FFA_VERSION_1_2;
		config.properties = FFA_PARTITION_AARCH64 | ALL;
		config.load_address = PARTITION_BASE + i * (uint64_t)PARTITION_SIZE;
		config.uuids[0].b[0] = (uint8_t)(0xa0 + i);
		assert_int_equal(ffav_spmc_add(&m, &config, &why), i);
	}
}

static int setup(void **state)
{
	(void)state;
	add_all();
	for (unsigned int i = 0; i < COUNT; i++) {
		assert_int_equal(ffav_spmc_boot(&m, 0), i);
		respond(&m, 0, CALL0(FFA_MSG_WAIT));
	}
	return 0;
}

/* A call of the partition on @cpu that must take the CPU to partition @to; what that gets. */
static struct ffav_smc_regs enters(unsigned int cpu, unsigned int to, struct ffav_smc_regs r)
{
	struct ffav_switch s = ffav_spmc_from_partition(&m, cpu, &r);

	assert_false(machine_locked());
	assert_int_equal(s.to, FFAV_SWITCH_PARTITION);
	assert_int_equal(s.partition, to);
	assert_int_equal(m.current[cpu], to);
	return r;
}

/* An interrupt or a fault on @cpu, which must go to the normal world, or to partition @to. */
static struct ffav_smc_regs stopped(unsigned int cpu, int to, bool fault)
{
	struct ffav_smc_regs r;
	struct ffav_switch s;

	memset(&r, 0xee, sizeof(r));
	s = fault ? ffav_spmc_faulted(&m, cpu, &r) : ffav_spmc_preempted(&m, cpu, &r);
	assert_false(machine_locked());
	assert_int_equal(s.to, to < 0 ? FFAV_SWITCH_NORMAL : FFAV_SWITCH_PARTITION);
	assert_int_equal(m.current[cpu], to);
	return r;
}

static void resumes(unsigned int cpu, unsigned int called, unsigned int goes_on)
{
	struct ffav_smc_regs r = CALL1(FFA_RUN, TARGET(called));
	struct ffav_switch s = ffav_spmc_from_normal(&m, cpu, &r);

	assert_int_equal(s.to, FFAV_SWITCH_RESUME);
	assert_int_equal(s.partition, goes_on);
	assert_int_equal(m.current[cpu], goes_on);
}

static void assert_state(unsigned int n, enum ffav_partition_state state)
{
	assert_int_equal(m.partitions[n].state, state);
}

/* A partition that is answered: x0-x3 are these, x8-x17 are those of its call. */
#define assert_message(r, x0, x1, x3) assert_answer((r), (x0), (x1), 0, (x3))

/* A message that enters a partition: nothing in x8-x17. */
static void assert_entered(struct ffav_smc_regs r, uint32_t function, uint64_t w1)
{
	assert_int_equal(r.x[0], function);
	assert_int_equal(r.x[1], w1);
	for (unsigned int i = 8; i < FFAV_SMC_REGS; i++)
		assert_int_equal(r.x[i], 0);
}

static void there_and_back(void **state)
{
	static const struct {
		uint32_t request, response;
	} forms[] = {
		{FFA_MSG_SEND_DIRECT_REQ_32, FFA_MSG_SEND_DIRECT_RESP_32},
		{FFA_MSG_SEND_DIRECT_REQ_64, FFA_MSG_SEND_DIRECT_RESP_64},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		uint64_t w1 = ffav_ffa_endpoints(ID(A), ID(B));
		uint64_t back = ffav_ffa_endpoints(ID(B), ID(A));
		struct ffav_smc_regs r;

		request(&m, 0, A, REQUEST(A));
		r = enters(0, B, regs(forms[i].request, w1, 0, 3, 4, 5, 6, 7));
		assert_entered(r, forms[i].request, w1);
		for (unsigned int n = 3; n < 8; n++)
			assert_int_equal(r.x[n], n);
		assert_state(A, FFAV_PARTITION_CALLING);
		assert_state(B, FFAV_PARTITION_RUNNING);
		r = regs(forms[i].response, back, 0, 13, 14, 15, 16, 17);
		/* The responder's x8-x17 are nobody's business. */
		for (unsigned int n = 8; n < FFAV_SMC_REGS; n++)
			r.x[n] = 0x5ec12e7;
		r = enters(0, A, r);
		assert_int_equal(r.x[0], forms[i].response);
		assert_int_equal(r.x[1], back);
		for (unsigned int n = 3; n < 8; n++)
			assert_int_equal(r.x[n], 10 + n);
		for (unsigned int n = 8; n < FFAV_SMC_REGS; n++)
			assert_int_equal(r.x[n], PATTERN(n));
		assert_state(A, FFAV_PARTITION_RUNNING);
		assert_state(B, FFAV_PARTITION_WAITING);
		assert_answer(respond(&m, 0, RESPONSE(A, 9)), FFA_MSG_SEND_DIRECT_RESP_64,
			      ffav_ffa_endpoints(ID(A), 0), 0, 9);
	}
	assert_silent();
}

/* REQ2 and RESP2 are 18 registers long in both directions. */
static void second_form(void **state)
{
	struct ffav_smc_regs r;
	uint64_t lo;

	(void)state;
	lo = ffav_uuid_lo(&m.partitions[B].config.uuids[0]);
	request(&m, 0, A, REQUEST(A));
	r = CALL3(FFA_MSG_SEND_DIRECT_REQ2, ffav_ffa_endpoints(ID(A), ID(B)), lo,
		  ffav_uuid_hi(&m.partitions[B].config.uuids[0]));
	r = enters(0, B, r);
	assert_int_equal(r.x[2], lo);
	for (unsigned int n = 8; n < FFAV_SMC_REGS; n++)
		assert_int_equal(r.x[n], PATTERN(n));
	r.x[0] = FFA_MSG_SEND_DIRECT_RESP2;
	r.x[1] = ffav_ffa_endpoints(ID(B), ID(A));
	r.x[2] = r.x[3] = 0;
	for (unsigned int n = 4; n < FFAV_SMC_REGS; n++)
		r.x[n] = 100 + n;
	r = enters(0, A, r);
	assert_int_equal(r.x[0], FFA_MSG_SEND_DIRECT_RESP2);
	for (unsigned int n = 4; n < FFAV_SMC_REGS; n++)
		assert_int_equal(r.x[n], 100 + n);
	respond(&m, 0, RESPONSE(A, 0));
	assert_silent();
}

static void three_deep(void **state)
{
	(void)state;
	request(&m, 2, A, REQUEST(A));
	enters(2, B, CALL_OF(A, B));
	enters(2, C, CALL_OF(B, C));
	assert_message(enters(2, B, RESPONSE_TO(C, B, 1)), FFA_MSG_SEND_DIRECT_RESP_64,
		       ffav_ffa_endpoints(ID(C), ID(B)), 1);
	assert_message(enters(2, A, RESPONSE_TO(B, A, 2)), FFA_MSG_SEND_DIRECT_RESP_64,
		       ffav_ffa_endpoints(ID(B), ID(A)), 2);
	assert_message(respond(&m, 2, RESPONSE(A, 3)), FFA_MSG_SEND_DIRECT_RESP_64,
		       ffav_ffa_endpoints(ID(A), 0), 3);
	assert_int_equal(m.current[2], -1);
	assert_silent();
}

/* Who is asked for what, in the order in which it is looked at. */
static void refused(void **state)
{
	static const struct {
		uint64_t w1;
		int32_t code;
		const char *line;
	} rows[] = {
		{0x80020000, FFA_INVALID_PARAMETERS,
		 "FFA_MSG_SEND_DIRECT_REQ refused: there is no such receiver (value "
		 "0x80020000)"},
		{0x80018003, FFA_INVALID_PARAMETERS,
		 "FFA_MSG_SEND_DIRECT_REQ refused: the sender is not the caller (value "
		 "0x80018003)"},
		{0x00008003, FFA_INVALID_PARAMETERS,
		 "FFA_MSG_SEND_DIRECT_REQ refused: the sender is not the caller (value "
		 "0x8003)"},
		{0x80028002, FFA_INVALID_PARAMETERS,
		 "FFA_MSG_SEND_DIRECT_REQ refused: the caller is the receiver (value "
		 "0x80028002)"},
		{0x80028001, FFA_DENIED,
		 "FFA_MSG_SEND_DIRECT_REQ refused: the receiver waits for the caller (value "
		 "0x80028001)"},
		{0x80028003, FFA_BUSY,
		 "FFA_MSG_SEND_DIRECT_REQ refused: the receiver does not wait (value "
		 "0x80028003)"},
	};

	(void)state;
	/* C works for another CPU; B works for A. */
	request(&m, 1, C, REQUEST(C));
	request(&m, 0, A, REQUEST(A));
	enters(0, B, CALL_OF(A, B));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_refused(
			partition(&m, 0, B, CALL1(FFA_MSG_SEND_DIRECT_REQ_64, rows[i].w1)),
			rows[i].code, rows[i].line);
		assert_state(B, FFAV_PARTITION_RUNNING);
		assert_state(A, FFAV_PARTITION_CALLING);
	}
	/* Two links up is a cycle too; C waits for nobody on this CPU. */
	respond(&m, 1, RESPONSE(C, 0));
	enters(0, C, CALL_OF(B, C));
	assert_refused(partition(&m, 0, C, CALL_OF(C, A)), FFA_DENIED,
		       "FFA_MSG_SEND_DIRECT_REQ refused: the receiver waits for the caller "
		       "(value 0x80038001)");
	/* The normal world finds all of them busy. */
	assert_refused(normal(&m, 3, REQUEST(B)), FFA_BUSY,
		       "FFA_MSG_SEND_DIRECT_REQ refused: the receiver does not wait (value "
		       "0x8002)");
}

/* What a manifest does not name is not sent, and not received. */
static void properties(void **state)
{
	static const struct {
		uint32_t function, sends, receives;
	} rows[] = {
		{FFA_MSG_SEND_DIRECT_REQ_32, FFA_PARTITION_DIRECT_SEND,
		 FFA_PARTITION_DIRECT_RECV},
		{FFA_MSG_SEND_DIRECT_REQ_64, FFA_PARTITION_DIRECT_SEND,
		 FFA_PARTITION_DIRECT_RECV},
		{FFA_MSG_SEND_DIRECT_REQ2, FFA_PARTITION_DIRECT2_SEND,
		 FFA_PARTITION_DIRECT2_RECV},
	};
	struct ffav_smc_regs r;

	(void)state;
	request(&m, 0, A, REQUEST(A));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		r = CALL1(rows[i].function, ffav_ffa_endpoints(ID(A), ID(B)));
		m.partitions[A].config.properties = ALL & ~rows[i].sends;
		r = partition(&m, 0, A, r);
		assert_int_equal(r.x[2], (uint32_t)FFA_DENIED);
		machine_reset();
		m.partitions[A].config.properties = rows[i].sends;
		m.partitions[B].config.properties = ALL & ~rows[i].receives;
		r = CALL1(rows[i].function, ffav_ffa_endpoints(ID(A), ID(B)));
		r = partition(&m, 0, A, r);
		assert_int_equal(r.x[2], (uint32_t)FFA_DENIED);
		machine_reset();
		m.partitions[B].config.properties = rows[i].receives;
		enters(0, B, CALL1(rows[i].function, ffav_ffa_endpoints(ID(A), ID(B))));
		enters(0, A, CALL1(rows[i].function + 1, ffav_ffa_endpoints(ID(B), ID(A))));
	}
	/* A receiver that has negotiated FF-A 1.1 has no FFA_MSG_SEND_DIRECT_RESP2. */
	m.partitions[B].endpoint.version = FFA_VERSION_1_1;
	assert_refused(
		partition(&m, 0, A,
			  CALL1(FFA_MSG_SEND_DIRECT_REQ2, ffav_ffa_endpoints(ID(A), ID(B)))),
		FFA_DENIED,
		"FFA_MSG_SEND_DIRECT_REQ2 refused: the receiver takes no such message "
		"(value 0x80018002)");
}

/* A response goes to who asked and to nobody else. */
static void wrong_responses(void **state)
{
	static const uint16_t others[] = {0, ID(B), ID(C), 0x8000};

	(void)state;
	request(&m, 0, A, REQUEST(A));
	enters(0, B, CALL_OF(A, B));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct ffav_smc_regs r = partition(&m, 0, B,
						   CALL1(FFA_MSG_SEND_DIRECT_RESP_64,
							 ffav_ffa_endpoints(ID(B), others[i])));

		assert_int_equal(r.x[2], (uint32_t)FFA_INVALID_PARAMETERS);
		assert_state(B, FFAV_PARTITION_RUNNING);
	}
	enters(0, A, RESPONSE_TO(B, A, 0));
}

/* The interrupt stops the whole chain; the normal world sees the partition that it called. */
static void preempted(void **state)
{
	struct ffav_smc_regs r;

	(void)state;
	request(&m, 0, A, REQUEST(A));
	enters(0, B, CALL_OF(A, B));
	enters(0, C, CALL_OF(B, C));
	for (unsigned int cpu = 0; cpu < 4; cpu++) {
		assert_answer(stopped(cpu, -1, false), FFA_INTERRUPT, TARGET(A), 0, 0);
		assert_state(A, FFAV_PARTITION_CALLING);
		assert_state(B, FFAV_PARTITION_CALLING);
		assert_state(C, FFAV_PARTITION_PREEMPTED);
		/* Cycles are given to the chain by its first. */
		assert_refused(normal(&m, 0, CALL1(FFA_RUN, TARGET(C))), FFA_DENIED,
			       "FFA_RUN refused: the partition works for another partition "
			       "(value 0x80030000)");
		resumes(cpu + 1, A, C);
		assert_refused(
			normal(&m, 0, CALL1(FFA_RUN, TARGET(A))), FFA_BUSY,
			"FFA_RUN refused: the partition runs already (value 0x80010000)");
	}
	r = enters(4, B, RESPONSE_TO(C, B, 7));
	assert_message(r, FFA_MSG_SEND_DIRECT_RESP_64, ffav_ffa_endpoints(ID(C), ID(B)), 7);
	assert_answer(stopped(4, -1, false), FFA_INTERRUPT, TARGET(A), 0, 0);
	assert_state(B, FFAV_PARTITION_PREEMPTED);
	resumes(0, A, B);
	enters(0, A, RESPONSE_TO(B, A, 8));
	assert_answer(stopped(0, -1, false), FFA_INTERRUPT, TARGET(A), 0, 0);
	resumes(0, A, A);
	respond(&m, 0, RESPONSE(A, 0));
	assert_silent();
}

/* Who yields gives the cycles back to whom they came from, and gets them from there again. */
static void yields(void **state)
{
	struct ffav_smc_regs r;

	(void)state;
	request(&m, 0, A, REQUEST(A));
	enters(0, B, CALL_OF(A, B));
	for (unsigned int i = 0; i < 3; i++) {
		assert_message(enters(0, A, CALL0(FFA_YIELD)), FFA_YIELD, TARGET(B), 0);
		assert_state(B, FFAV_PARTITION_BLOCKED);
		/* Nobody else resumes it, and A has to before it responds. */
		assert_refused(normal(&m, 1, CALL1(FFA_RUN, TARGET(B))), FFA_DENIED,
			       "FFA_RUN refused: the partition works for another partition "
			       "(value 0x80020000)");
		assert_refused(partition(&m, 0, A, CALL_OF(A, B)), FFA_BUSY,
			       "FFA_MSG_SEND_DIRECT_REQ refused: the receiver does not wait "
			       "(value 0x80018002)");
		assert_refused(partition(&m, 0, A, RESPONSE(A, 0)), FFA_DENIED,
			       "FFA_MSG_SEND_DIRECT_RESP refused: a partition that the caller "
			       "called has yielded to it (value 0x80010000)");
		r = enters(0, B, CALL1(FFA_RUN, TARGET(B)));
		assert_answer(r, FFA_SUCCESS_32, 0, 0, 0);
		assert_state(A, FFAV_PARTITION_CALLING);
	}
	/* A yields in turn while B waits for it: that is the normal world's. */
	enters(0, A, CALL0(FFA_YIELD));
	assert_answer(respond(&m, 0, CALL0(FFA_YIELD)), FFA_YIELD, TARGET(A), 0, 0);
	request(&m, 1, A, CALL1(FFA_RUN, TARGET(A)));
	enters(1, B, CALL1(FFA_RUN, TARGET(B)));
	/* The response is the answer to the FFA_RUN, and an interrupt is that of the chain. */
	assert_answer(stopped(1, -1, false), FFA_INTERRUPT, TARGET(A), 0, 0);
	resumes(2, A, B);
	assert_message(enters(2, A, RESPONSE_TO(B, A, 5)), FFA_MSG_SEND_DIRECT_RESP_64,
		       ffav_ffa_endpoints(ID(B), ID(A)), 5);
	respond(&m, 2, RESPONSE(A, 0));
	assert_silent();
}

static void run_refused(void **state)
{
	static const struct {
		uint64_t target;
		int32_t code;
	} rows[] = {
		{0x80020000, FFA_DENIED}, /* waits for a message */
		{0x80010000, FFA_DENIED}, /* the caller itself */
		{0x80030000, FFA_DENIED}, /* has yielded to somebody else */
		{0x80010001, FFA_INVALID_PARAMETERS}, /* no such context */
		{0x80040000, FFA_INVALID_PARAMETERS}, /* no such partition */
		{0, FFA_INVALID_PARAMETERS}, /* the normal world */
	};

	(void)state;
	request(&m, 1, C, REQUEST(C));
	respond(&m, 1, CALL0(FFA_YIELD));
	request(&m, 0, A, REQUEST(A));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ffav_smc_regs r = partition(&m, 0, A, CALL1(FFA_RUN, rows[i].target));

		assert_int_equal(r.x[0], FFA_ERROR);
		assert_int_equal(r.x[2], (uint32_t)rows[i].code);
		assert_state(A, FFAV_PARTITION_RUNNING);
		assert_state(C, FFAV_PARTITION_BLOCKED);
	}
	m.partitions[B].state = FFAV_PARTITION_DEAD;
	machine_reset();
	assert_refused(partition(&m, 0, A, CALL1(FFA_RUN, TARGET(B))), FFA_ABORTED,
		       "FFA_RUN refused: the partition has aborted (value 0x80020000)");
}

/* A partition that faults takes nobody with it: its caller is told and goes on. */
static void faults(void **state)
{
	(void)state;
	request(&m, 0, A, REQUEST(A));
	enters(0, B, CALL_OF(A, B));
	stopped(0, -1, false);
	resumes(1, A, B);
	assert_refused(stopped(1, A, true), FFA_ABORTED, "b: It made a fault and was stopped.");
	assert_state(A, FFAV_PARTITION_RUNNING);
	assert_state(B, FFAV_PARTITION_STOPPED);
	enters(1, C, CALL_OF(A, C));
	enters(1, A, RESPONSE_TO(C, A, 0));
	assert_answer(respond(&m, 1, RESPONSE(A, 4)), FFA_MSG_SEND_DIRECT_RESP_64,
		      ffav_ffa_endpoints(ID(A), 0), 0, 4);
	assert_silent();
}

/* What yielded to a partition that is gone would wait for ever. */
static void orphans(void **state)
{
	char line[FFAV_REPORT_LINE_MAX];

	(void)state;
	request(&m, 0, A, REQUEST(A));
	enters(0, B, CALL_OF(A, B));
	enters(0, C, CALL_OF(B, C));
	enters(0, B, CALL0(FFA_YIELD));
	enters(0, A, CALL0(FFA_YIELD));
	assert_answer(stopped(0, -1, true), FFA_ERROR, 0, (uint32_t)FFA_ABORTED, 0);
	for (unsigned int i = 0; i < COUNT; i++) {
		assert_state(i, FFAV_PARTITION_STOPPED);
		assert_int_equal(m.partitions[i].request, 0);
		assert_true(ffav_report_take(line) > 0);
	}
	assert_silent();
}

/* One that initialises calls those that wait already; nobody could resume such a chain. */
static void initialisation(void **state)
{
	struct ffav_smc_regs r = CALL4(1, 2, 3, 4, 5), before = r;
	struct ffav_switch s;

	(void)state;
	add_all();
	ffav_spmc_boot(&m, 0);
	respond(&m, 0, CALL0(FFA_MSG_WAIT));
	ffav_spmc_boot(&m, 0);
	assert_refused(partition(&m, 0, B, CALL_OF(B, C)), FFA_BUSY,
		       "FFA_MSG_SEND_DIRECT_REQ refused: the receiver does not wait (value "
		       "0x80028003)");
	enters(0, A, CALL_OF(B, A));
	s = ffav_spmc_preempted(&m, 0, &r);
	assert_int_equal(s.to, FFAV_SWITCH_RESUME);
	assert_int_equal(s.partition, A);
	assert_memory_equal(&r, &before, sizeof(r));
	/* A cannot reach back. */
	assert_refused(partition(&m, 0, A, CALL_OF(A, B)), FFA_DENIED,
		       "FFA_MSG_SEND_DIRECT_REQ refused: the receiver waits for the caller "
		       "(value 0x80018002)");
	enters(0, B, CALL0(FFA_YIELD));
	assert_refused(partition(&m, 0, B, CALL0(FFA_MSG_WAIT)), FFA_DENIED,
		       "FFA_MSG_WAIT refused: a partition that the caller called has yielded "
		       "to it (value 0x8002)");
	enters(0, A, CALL1(FFA_RUN, TARGET(A)));
	enters(0, B, RESPONSE_TO(A, B, 0));
	respond(&m, 0, CALL0(FFA_MSG_WAIT));
	assert_int_equal(ffav_spmc_boot(&m, 0), C);
	assert_silent();
}

/* A version stays while a request is open that was sent, or is worked on, under it. */
static void version_in_a_chain(void **state)
{
	(void)state;
	request(&m, 0, A, REQUEST(A));
	enters(0, B, CALL_OF(A, B));
	enters(0, A, CALL0(FFA_YIELD));
	m.partitions[A].request = 0;
	assert_answer(partition(&m, 0, A, CALL1(FFA_VERSION, FFA_VERSION_1_1)), UINT32_MAX, 0,
		      0, 0);
	assert_reported("FFA_VERSION refused: the version changes during a direct request "
			"(value 0x10001)");
	m.partitions[A].request = FFA_MSG_SEND_DIRECT_REQ_64;
	enters(0, B, CALL1(FFA_RUN, TARGET(B)));
	enters(0, A, RESPONSE_TO(B, A, 0));
	respond(&m, 0, RESPONSE(A, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(there_and_back, setup),
		cmocka_unit_test_setup(second_form, setup),
		cmocka_unit_test_setup(three_deep, setup),
		cmocka_unit_test_setup(refused, setup),
		cmocka_unit_test_setup(properties, setup),
		cmocka_unit_test_setup(wrong_responses, setup),
		cmocka_unit_test_setup(preempted, setup),
		cmocka_unit_test_setup(yields, setup),
		cmocka_unit_test_setup(run_refused, setup),
		cmocka_unit_test_setup(faults, setup),
		cmocka_unit_test_setup(orphans, setup),
		cmocka_unit_test_setup(initialisation, setup),
		cmocka_unit_test_setup(version_in_a_chain, setup),
	};

	return cmocka_run_group_tests_name("spmc/chain", tests, NULL, NULL);
}
