// SPDX-License-Identifier: BSD-3-Clause
/* A partition that faulted starts again: when, with what, and how often. */
#include "tests/unit/spmc/machine.h"

static struct ffav_spmc m;

#define MM_TARGET        ffav_ffa_target(MM_ID, 0)
#define MM_REQUEST(v)    CALL3(FFA_MSG_SEND_DIRECT_REQ_64, MM_ID, 0, (v))
#define MM_RESPONSE(v)   CALL3(FFA_MSG_SEND_DIRECT_RESP_64, ffav_ffa_endpoints(MM_ID, 0), 0, (v))
#define ECHO_REQUEST     CALL1(FFA_MSG_SEND_DIRECT_REQ_64, ECHO_ID)
#define STOPPED          "mm: It made a fault and was stopped."
#define STARTED          "mm: It is started again."
#define STOPPED_FOR_GOOD "mm: It made a fault and was stopped for good."

static int setup(void **state)
{
	(void)state;
	machine_start(&m);
	m.normal.version = FFA_VERSION_1_2;
	return 0;
}

/* The partition on @cpu makes a fault; the normal world is told so. */
static void fault(unsigned int cpu, const char *line)
{
	struct ffav_smc_regs r;
	struct ffav_switch to;

	memset(&r, 0xee, sizeof(r));
	to = ffav_spmc_faulted(&m, cpu, &r);
	assert_false(machine_locked());
	assert_int_equal(to.to, FFAV_SWITCH_NORMAL);
	assert_refused(r, FFA_ABORTED, line);
	assert_int_equal(m.current[cpu], -1);
}

static void crash(unsigned int cpu)
{
	request(&m, cpu, MM, MM_REQUEST(0));
	fault(cpu, STOPPED);
}

/* A request that starts the partition at its entry point. */
static void start(unsigned int cpu, struct ffav_smc_regs r)
{
	struct ffav_switch to = ffav_spmc_from_normal(&m, cpu, &r);

	assert_false(machine_locked());
	assert_int_equal(to.to, FFAV_SWITCH_START);
	assert_int_equal(to.partition, MM);
	assert_int_equal(m.current[cpu], MM);
	assert_int_equal(m.partitions[MM].state, FFAV_PARTITION_RUNNING);
	assert_reported(STARTED);
}

static void expect_response(unsigned int cpu, uint64_t value)
{
	assert_answer(respond(&m, cpu, MM_RESPONSE(value)), FFA_MSG_SEND_DIRECT_RESP_64,
		      ffav_ffa_endpoints(MM_ID, 0), 0, value);
}

/* The next request starts it, and is what its FFA_MSG_WAIT comes back with. */
static void starts_again(void **state)
{
	struct ffav_smc_regs r;

	(void)state;
	for (unsigned int i = 0; i < 5; i++) {
		crash(1);
		assert_int_equal(m.partitions[MM].restarts, i);
		/* Others work meanwhile. */
		request(&m, 1, ECHO, ECHO_REQUEST);
		respond(&m, 1,
			CALL1(FFA_MSG_SEND_DIRECT_RESP_64, ffav_ffa_endpoints(ECHO_ID, 0)));
		start(2, regs(FFA_MSG_SEND_DIRECT_REQ_64, MM_ID, 0, 3, 4, 5, 6, 7));
		assert_int_equal(m.partitions[MM].restarts, i + 1);
		assert_refused(normal(&m, 0, MM_REQUEST(0)), FFA_BUSY,
			       "FFA_MSG_SEND_DIRECT_REQ refused: the receiver does not wait "
			       "(value 0x8001)");
		r = partition(&m, 2, MM, CALL0(FFA_MSG_WAIT));
		assert_int_equal(r.x[0], FFA_MSG_SEND_DIRECT_REQ_64);
		assert_int_equal(r.x[1], MM_ID);
		for (unsigned int n = 3; n < FFAV_SMC_REGS; n++)
			assert_int_equal(r.x[n], n < 8 ? n : 0);
		expect_response(2, 9);
	}
	assert_silent();
}

static void starts_again_for_second_form(void **state)
{
	struct ffav_smc_regs r = CALL1(FFA_MSG_SEND_DIRECT_REQ2, MM_ID);

	(void)state;
	crash(0);
	start(0, r);
	r = partition(&m, 0, MM, CALL0(FFA_MSG_WAIT));
	assert_int_equal(r.x[0], FFA_MSG_SEND_DIRECT_REQ2);
	for (unsigned int n = 8; n < FFAV_SMC_REGS; n++)
		assert_int_equal(r.x[n], PATTERN(n));
	respond(&m, 0, CALL1(FFA_MSG_SEND_DIRECT_RESP2, ffav_ffa_endpoints(MM_ID, 0)));
	/* What is refused starts nobody. */
	crash(0);
	assert_refused(normal(&m, 0, CALL2(FFA_MSG_SEND_DIRECT_REQ_64, MM_ID, 1)),
		       FFA_INVALID_PARAMETERS,
		       "FFA_MSG_SEND_DIRECT_REQ refused: w2 is not that of a partition message "
		       "(value 0x1)");
	assert_int_equal(m.partitions[MM].state, FFAV_PARTITION_STOPPED);
}

/* One that asks for an older version as it starts could not respond to the second form. */
static void second_form_is_sent_back(void **state)
{
	(void)state;
	crash(0);
	start(0, CALL1(FFA_MSG_SEND_DIRECT_REQ2, MM_ID));
	assert_answer(partition(&m, 0, MM, CALL1(FFA_VERSION, FFA_VERSION_1_1)),
		      FFA_VERSION_1_2, 0, 0, 0);
	assert_refused(respond(&m, 0, CALL0(FFA_MSG_WAIT)), FFA_DENIED,
		       "FFA_MSG_SEND_DIRECT_REQ2 refused: the receiver takes no such message "
		       "(value 0x8001)");
	assert_int_equal(m.partitions[MM].state, FFAV_PARTITION_WAITING);
	assert_int_equal(m.current[0], -1);
	/* It works on what it can respond to. */
	request(&m, 0, MM, MM_REQUEST(1));
	expect_response(0, 1);
}

/* It has of the manager what its manifest says, and nothing that it set up before. */
static void forgets(void **state)
{
	struct ffav_partition *mm = &m.partitions[MM];
	struct ffav_smc_regs r;

	(void)state;
	request(&m, 0, MM, MM_REQUEST(0));
	partition(&m, 0, MM,
		  CALL3(FFA_RXTX_MAP_64, PARTITION_BASE, PARTITION_BASE + 0x1000, 1));
	r = partition(&m, 0, MM, CALL0(FFA_PARTITION_INFO_GET));
	assert_int_equal(r.x[0], FFA_SUCCESS_32);
	mm->endpoint.version = FFA_VERSION_1_1;
	fault(0, STOPPED);
	assert_int_equal(mm->endpoint.rx_pages, 0);
	assert_null(mm->endpoint.rx);
	assert_false(mm->endpoint.rx_full);
	assert_int_equal(mm->endpoint.version, FFA_VERSION_1_2);
	assert_int_equal(mm->request, 0);
	start(0, MM_REQUEST(1));
	/* It may map again, and negotiate: the request that waits is not in flight for it. */
	assert_answer(partition(&m, 0, MM, CALL1(FFA_VERSION, FFA_VERSION_1_1)),
		      FFA_VERSION_1_2, 0, 0, 0);
	assert_answer(partition(&m, 0, MM, CALL1(FFA_VERSION, FFA_VERSION_1_2)),
		      FFA_VERSION_1_2, 0, 0, 0);
	assert_answer(
		partition(&m, 0, MM,
			  CALL3(FFA_RXTX_MAP_64, PARTITION_BASE, PARTITION_BASE + 0x1000, 1)),
		FFA_SUCCESS_32, 0, 0, 0);
	partition(&m, 0, MM, CALL0(FFA_MSG_WAIT));
	expect_response(0, 0);
	assert_silent();
}

/* What only a partition with a request may do, one that initialises may not. */
static void initialises(void **state)
{
	(void)state;
	crash(0);
	start(0, MM_REQUEST(5));
	assert_refused(partition(&m, 0, MM, MM_RESPONSE(0)), FFA_DENIED,
		       "FFA_MSG_SEND_DIRECT_RESP refused: there is no request to respond to "
		       "(value 0xc4000070)");
	assert_refused(partition(&m, 0, MM, CALL0(FFA_YIELD)), FFA_DENIED,
		       "FFA_YIELD refused: there is nobody to yield to (value 0x8001)");
	/* But an interrupt preempts it, for there is somebody who resumes it. */
	for (unsigned int cpu = 0; cpu < 3; cpu++) {
		struct ffav_smc_regs r = CALL1(FFA_RUN, MM_TARGET), out = {{0}};

		assert_int_equal(ffav_spmc_preempted(&m, cpu, &out).to, FFAV_SWITCH_NORMAL);
		assert_int_equal(out.x[0], FFA_INTERRUPT);
		assert_int_equal(out.x[1], MM_TARGET);
		assert_int_equal(ffav_spmc_from_normal(&m, cpu + 1, &r).to, FFAV_SWITCH_RESUME);
	}
	assert_int_equal(partition(&m, 3, MM, CALL0(FFA_MSG_WAIT)).x[3], 5);
	assert_refused(partition(&m, 3, MM, CALL0(FFA_MSG_WAIT)), FFA_DENIED,
		       "FFA_MSG_WAIT refused: the request has not been responded to "
		       "(value 0xc400006f)");
	expect_response(3, 6);
}

/* No loop without an end: a partition that cannot answer is given up. */
static void given_up(void **state)
{
	(void)state;
	/* A response in between is a new beginning. */
	for (unsigned int round = 0; round < 3; round++) {
		crash(0);
		start(0, MM_REQUEST(0));
		fault(0, STOPPED);
		start(0, MM_REQUEST(0));
		partition(&m, 0, MM, CALL0(FFA_MSG_WAIT));
		expect_response(0, 0);
	}
	crash(0);
	/* While it initialises, and while it works. */
	start(0, MM_REQUEST(0));
	fault(0, STOPPED);
	start(0, MM_REQUEST(0));
	partition(&m, 0, MM, CALL0(FFA_MSG_WAIT));
	fault(0, STOPPED_FOR_GOOD);
	assert_int_equal(m.partitions[MM].state, FFAV_PARTITION_DEAD);
	for (unsigned int i = 0; i < 3; i++)
		assert_refused(normal(&m, 0, MM_REQUEST(0)), FFA_ABORTED,
			       "FFA_MSG_SEND_DIRECT_REQ refused: the receiver has aborted "
			       "(value 0x8001)");
	request(&m, 0, ECHO, ECHO_REQUEST);
}

/* A partition that says itself that it cannot start is not asked again. */
static void refuses_to_start(void **state)
{
	(void)state;
	crash(0);
	start(0, MM_REQUEST(0));
	assert_refused(respond(&m, 0, CALL3(FFA_ERROR, 0, (uint32_t)FFA_NO_MEMORY, 0)),
		       FFA_ABORTED, "mm: It could not initialise: NO_MEMORY.");
	assert_int_equal(m.partitions[MM].state, FFAV_PARTITION_DEAD);
	assert_refused(normal(&m, 0, MM_REQUEST(0)), FFA_ABORTED,
		       "FFA_MSG_SEND_DIRECT_REQ refused: the receiver has aborted (value "
		       "0x8001)");
}

/* A partition starts another one again, in its own caller's time. */
static void for_a_partition(void **state)
{
	struct ffav_smc_regs r =
		CALL1(FFA_MSG_SEND_DIRECT_REQ_64, ffav_ffa_endpoints(ECHO_ID, MM_ID));
	struct ffav_smc_regs out = {{0}};
	struct ffav_switch to;

	(void)state;
	m.partitions[ECHO].config.properties |= FFA_PARTITION_DIRECT_SEND;
	crash(0);
	request(&m, 0, ECHO, ECHO_REQUEST);
	to = ffav_spmc_from_partition(&m, 0, &r);
	assert_int_equal(to.to, FFAV_SWITCH_START);
	assert_int_equal(to.partition, MM);
	assert_reported(STARTED);
	assert_int_equal(ffav_spmc_preempted(&m, 0, &out).to, FFAV_SWITCH_NORMAL);
	assert_int_equal(out.x[1], ffav_ffa_target(ECHO_ID, 0));
	r = CALL1(FFA_RUN, ffav_ffa_target(ECHO_ID, 0));
	assert_int_equal(ffav_spmc_from_normal(&m, 0, &r).to, FFAV_SWITCH_RESUME);
	/* It fails once more: the caller hears of it and goes on. */
	to = ffav_spmc_faulted(&m, 0, &out);
	assert_int_equal(to.to, FFAV_SWITCH_PARTITION);
	assert_int_equal(to.partition, ECHO);
	assert_refused(out, FFA_ABORTED, STOPPED);
	respond(&m, 0, CALL1(FFA_MSG_SEND_DIRECT_RESP_64, ffav_ffa_endpoints(ECHO_ID, 0)));
}

/* It stays in the list that others discover. */
static void stays_discovered(void **state)
{
	struct ffav_smc_regs r;

	(void)state;
	crash(0);
	r = normal(&m, 0, CALL0(FFA_PARTITION_INFO_GET_REGS));
	assert_int_equal(r.x[0], FFA_SUCCESS_64);
	assert_int_equal(ffav_info_regs_get(&r, 0).id, MM_ID);
	start(0, MM_REQUEST(0));
	partition(&m, 0, MM, CALL0(FFA_MSG_WAIT));
	expect_response(0, 0);
	/* The list is the same, so a tag from before holds. */
	r = normal(&m, 0,
		   CALL3(FFA_PARTITION_INFO_GET_REGS, 0, 0,
			 1 | (uint64_t)ffav_info_regs_decode(r.x[2]).tag << 16));
	assert_int_equal(r.x[0], FFA_SUCCESS_64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(starts_again, setup),
		cmocka_unit_test_setup(starts_again_for_second_form, setup),
		cmocka_unit_test_setup(second_form_is_sent_back, setup),
		cmocka_unit_test_setup(forgets, setup),
		cmocka_unit_test_setup(initialises, setup),
		cmocka_unit_test_setup(given_up, setup),
		cmocka_unit_test_setup(refuses_to_start, setup),
		cmocka_unit_test_setup(for_a_partition, setup),
		cmocka_unit_test_setup(stays_discovered, setup),
	};

	return cmocka_run_group_tests_name("spmc/restart", tests, NULL, NULL);
}
