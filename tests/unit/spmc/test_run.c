// SPDX-License-Identifier: BSD-3-Clause
/* CPU cycles: preemption, FFA_RUN, FFA_YIELD, faults, and how partitions start. */
#include "tests/unit/spmc/machine.h"

static struct ffav_spmc m;

static int setup(void **state)
{
	(void)state;
	machine_start(&m);
	return 0;
}

#define MM_TARGET      ffav_ffa_target(MM_ID, 0)
#define MM_REQUEST     CALL1(FFA_MSG_SEND_DIRECT_REQ_64, MM_ID)
#define MM_RESPONSE(v) CALL3(FFA_MSG_SEND_DIRECT_RESP_64, ffav_ffa_endpoints(MM_ID, 0), 0, (v))

static struct ffav_smc_regs preempt(unsigned int cpu)
{
	struct ffav_smc_regs r;
	struct ffav_switch to;

	/* What the machine happens to pass must not reach the normal world. */
	memset(&r, 0xee, sizeof(r));
	to = ffav_spmc_preempted(&m, cpu, &r);
	assert_false(machine_locked());
	assert_int_equal(to.to, FFAV_SWITCH_NORMAL);
	return r;
}

static void resume(unsigned int cpu, unsigned int index, uint64_t target)
{
	struct ffav_smc_regs r = CALL1(FFA_RUN, target);
	struct ffav_switch to = ffav_spmc_from_normal(&m, cpu, &r);

	assert_int_equal(to.to, FFAV_SWITCH_RESUME);
	assert_int_equal(to.partition, index);
}

/* Promise 5: interrupted as often as it takes, then the answer. */
static void preempted_and_resumed(void **state)
{
	(void)state;
	request(&m, 0, MM, MM_REQUEST);
	for (unsigned int i = 0; i < 5000; i++) {
		assert_answer(preempt(0), FFA_INTERRUPT, MM_TARGET, 0, 0);
		assert_int_equal(m.partitions[MM].state, FFAV_PARTITION_PREEMPTED);
		resume(0, MM, MM_TARGET);
	}
	assert_answer(respond(&m, 0, MM_RESPONSE(42)), FFA_MSG_SEND_DIRECT_RESP_64,
		      ffav_ffa_endpoints(MM_ID, 0), 0, 42);
	assert_silent();
}

/* The operating system moves the thread: FFA_RUN comes from another CPU. */
static void resumed_elsewhere(void **state)
{
	struct ffav_smc_regs r;

	(void)state;
	request(&m, 0, MM, MM_REQUEST);
	preempt(0);
	resume(3, MM, MM_TARGET);
	/* The first CPU is free for other work. */
	assert_answer(normal(&m, 0, CALL0(FFA_ID_GET)), FFA_SUCCESS_32, 0, 0, 0);
	request(&m, 0, ECHO, CALL1(FFA_MSG_SEND_DIRECT_REQ_64, ECHO_ID));
	assert_answer(preempt(3), FFA_INTERRUPT, MM_TARGET, 0, 0);
	resume(1, MM, MM_TARGET);
	assert_answer(respond(&m, 1, MM_RESPONSE(1)), FFA_MSG_SEND_DIRECT_RESP_64,
		      ffav_ffa_endpoints(MM_ID, 0), 0, 1);
	r = respond(&m, 0, CALL1(FFA_MSG_SEND_DIRECT_RESP_64, ffav_ffa_endpoints(ECHO_ID, 0)));
	assert_answer(r, FFA_MSG_SEND_DIRECT_RESP_64, ffav_ffa_endpoints(ECHO_ID, 0), 0, 0);
	assert_silent();
}

static void busy_while_preempted(void **state)
{
	(void)state;
	request(&m, 0, MM, MM_REQUEST);
	preempt(0);
	assert_refused(normal(&m, 0, MM_REQUEST), FFA_BUSY,
		       "FFA_MSG_SEND_DIRECT_REQ refused: the receiver does not wait "
		       "(value 0x8001)");
	resume(0, MM, MM_TARGET);
	assert_refused(normal(&m, 1, CALL1(FFA_RUN, MM_TARGET)), FFA_BUSY,
		       "FFA_RUN refused: the partition runs already (value 0x80010000)");
	respond(&m, 0, MM_RESPONSE(0));
}

static void run_refused(void **state)
{
	static const struct {
		uint64_t target;
		int32_t code;
		const char *line;
	} rows[] = {
		{0x80010000, FFA_DENIED,
		 "FFA_RUN refused: the partition was not interrupted (value 0x80010000)"},
		{0x80010001, FFA_INVALID_PARAMETERS,
		 "FFA_RUN refused: there is no such execution context (value 0x80010001)"},
		{0x80030000, FFA_INVALID_PARAMETERS,
		 "FFA_RUN refused: there is no such execution context (value 0x80030000)"},
		{0x00008001, FFA_INVALID_PARAMETERS,
		 "FFA_RUN refused: there is no such execution context (value 0x8001)"},
		{0, FFA_INVALID_PARAMETERS,
		 "FFA_RUN refused: there is no such execution context (value 0x0)"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_refused(normal(&m, 0, CALL1(FFA_RUN, rows[i].target)), rows[i].code,
			       rows[i].line);
	/* A preempted partition is resumed by its own ids alone. */
	request(&m, 0, MM, MM_REQUEST);
	preempt(0);
	for (size_t i = 1; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_refused(normal(&m, 0, CALL1(FFA_RUN, rows[i].target)), rows[i].code,
			       rows[i].line);
	/* The upper half of w1 does not count. */
	resume(0, MM, UINT64_C(0xffffffff00000000) | MM_TARGET);
}

static void yield(void **state)
{
	struct ffav_smc_regs r;

	(void)state;
	request(&m, 0, MM, MM_REQUEST);
	r = respond(&m, 0, CALL4(FFA_YIELD, 0x5ec12e7, 0x5ec12e7, 0x5ec12e7, 0x5ec12e7));
	assert_answer(r, FFA_YIELD, MM_TARGET, 0, 0);
	assert_int_equal(m.partitions[MM].state, FFAV_PARTITION_BLOCKED);
	assert_refused(normal(&m, 1, MM_REQUEST), FFA_BUSY,
		       "FFA_MSG_SEND_DIRECT_REQ refused: the receiver does not wait "
		       "(value 0x8001)");
	/* The partition's call succeeds when it gets cycles again, on whichever CPU. */
	r = request(&m, 2, MM, CALL1(FFA_RUN, MM_TARGET));
	assert_answer(r, FFA_SUCCESS_32, 0, 0, 0);
	assert_answer(respond(&m, 2, MM_RESPONSE(9)), FFA_MSG_SEND_DIRECT_RESP_64,
		      ffav_ffa_endpoints(MM_ID, 0), 0, 9);
	assert_silent();
}

static struct ffav_smc_regs fault(unsigned int cpu)
{
	struct ffav_smc_regs r;
	struct ffav_switch to;

	memset(&r, 0xee, sizeof(r));
	to = ffav_spmc_faulted(&m, cpu, &r);
	assert_false(machine_locked());
	assert_int_equal(to.to, FFAV_SWITCH_NORMAL);
	return r;
}

/* The caller gets ABORTED, and everybody else goes on. */
static void faulted(void **state)
{
	(void)state;
	request(&m, 1, MM, MM_REQUEST);
	assert_refused(fault(1), FFA_ABORTED, "mm: It made a fault and was stopped.");
	assert_int_equal(m.partitions[MM].state, FFAV_PARTITION_STOPPED);
	assert_refused(normal(&m, 0, CALL1(FFA_RUN, MM_TARGET)), FFA_ABORTED,
		       "FFA_RUN refused: the partition has aborted (value 0x80010000)");
	request(&m, 0, ECHO, CALL1(FFA_MSG_SEND_DIRECT_REQ_64, ECHO_ID));
	respond(&m, 0, CALL1(FFA_MSG_SEND_DIRECT_RESP_64, ffav_ffa_endpoints(ECHO_ID, 0)));
	/* Nothing is in flight any more. */
	assert_answer(normal(&m, 0, CALL1(FFA_VERSION, FFA_VERSION_1_2)), FFA_VERSION_1_2, 0, 0,
		      0);
	assert_silent();
}

/* A fault after a preemption reaches whoever called FFA_RUN. */
static void faulted_after_resume(void **state)
{
	(void)state;
	request(&m, 0, MM, MM_REQUEST);
	preempt(0);
	resume(1, MM, MM_TARGET);
	assert_refused(fault(1), FFA_ABORTED, "mm: It made a fault and was stopped.");
	assert_int_equal(m.current[1], -1);
}

static void nobody_runs(void **state)
{
	struct ffav_smc_regs r = MM_REQUEST;

	(void)state;
	assert_int_equal(ffav_spmc_preempted(&m, 0, &r).to, FFAV_SWITCH_NORMAL);
	assert_int_equal(r.x[0], FFA_ERROR);
	assert_reported(
		"FFA_INTERRUPT refused: there is no such CPU, or it is not in that world "
		"(value 0x0)");
	assert_int_equal(ffav_spmc_faulted(&m, 9, &r).to, FFAV_SWITCH_NORMAL);
	assert_int_equal(r.x[0], FFA_ERROR);
	assert_reported(
		"partition fault refused: there is no such CPU, or it is not in that world "
		"(value 0x9)");
}

static void start_two(void)
{
	machine_reset();
	ffav_spmc_init(&m);
	for (unsigned int i = MM; i <= ECHO; i++) {
		struct ffav_partition_config config = machine_config(i);
		const char *why;

		assert_int_equal(ffav_spmc_add(&m, &config, &why), i);
	}
}

/* Partitions start one after the other, in the order in which they were added. */
static void initialisation(void **state)
{
	(void)state;
	start_two();
	assert_int_equal(ffav_spmc_boot(&m, 0), MM);
	/* It is still at it. */
	assert_int_equal(ffav_spmc_boot(&m, 0), -1);
	assert_int_equal(respond(&m, 0, CALL0(FFA_MSG_WAIT)).x[0], FFA_SUCCESS_32);
	assert_int_equal(ffav_spmc_boot(&m, 0), ECHO);
	assert_int_equal(respond(&m, 0, CALL0(FFA_MSG_WAIT)).x[0], FFA_SUCCESS_32);
	assert_int_equal(ffav_spmc_boot(&m, 0), -1);
	assert_silent();
}

static void initialisation_fails(void **state)
{
	struct ffav_smc_regs r;

	(void)state;
	start_two();
	ffav_spmc_boot(&m, 0);
	r = respond(&m, 0, CALL3(FFA_ERROR, 0, (uint32_t)FFA_NO_MEMORY, 0));
	assert_int_equal(r.x[0], FFA_ERROR);
	assert_int_equal(r.x[2], (uint32_t)FFA_ABORTED);
	assert_reported("mm: It could not initialise: NO_MEMORY.");
	/* The next one starts all the same. */
	assert_int_equal(ffav_spmc_boot(&m, 0), ECHO);
	fault(0);
	assert_reported("echo: It made a fault and was stopped for good.");
	assert_int_equal(ffav_spmc_boot(&m, 0), -1);
	assert_refused(
		normal(&m, 0, MM_REQUEST), FFA_ABORTED,
		"FFA_MSG_SEND_DIRECT_REQ refused: the receiver has aborted (value 0x8001)");
}

static void initialisation_says_why(void **state)
{
	static const struct {
		int32_t code;
		const char *line;
	} rows[] = {
		{FFA_NOT_SUPPORTED, "mm: It could not initialise: NOT_SUPPORTED."},
		{FFA_INVALID_PARAMETERS, "mm: It could not initialise: INVALID_PARAMETERS."},
		{FFA_NO_MEMORY, "mm: It could not initialise: NO_MEMORY."},
		{FFA_DENIED, "mm: It could not initialise: DENIED."},
		{FFA_ABORTED, "mm: It could not initialise: ABORTED."},
		{0, "mm: It could not initialise, and did not say why."},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start_two();
		ffav_spmc_boot(&m, 0);
		respond(&m, 0, CALL2(FFA_ERROR, 0, (uint32_t)rows[i].code));
		assert_reported(rows[i].line);
	}
}

/* Nobody could resume it, so an initialisation is not preempted, and does not yield. */
static void initialisation_is_not_preempted(void **state)
{
	struct ffav_smc_regs r = CALL4(1, 2, 3, 4, 5), before = r;
	struct ffav_switch to;

	(void)state;
	start_two();
	ffav_spmc_boot(&m, 0);
	to = ffav_spmc_preempted(&m, 0, &r);
	assert_int_equal(to.to, FFAV_SWITCH_RESUME);
	assert_int_equal(to.partition, MM);
	assert_memory_equal(&r, &before, sizeof(r));
	assert_int_equal(m.partitions[MM].state, FFAV_PARTITION_RUNNING);
	assert_refused(partition(&m, 0, MM, CALL0(FFA_YIELD)), FFA_DENIED,
		       "FFA_YIELD refused: there is nobody to yield to (value 0x8001)");
	respond(&m, 0, CALL0(FFA_MSG_WAIT));
}

/* FFA_MSG_WAIT gives RX back, unless the caller of FF-A 1.2 says that it keeps it. */
static void msg_wait_and_rx(void **state)
{
	static const struct {
		uint32_t version;
		uint64_t flags;
		bool full;
	} rows[] = {
		{FFA_VERSION_1_1, 0, false},
		{FFA_VERSION_1_1, 1, false},
		{FFA_VERSION_1_2, 0, false},
		{FFA_VERSION_1_2, 1, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start_two();
		ffav_spmc_boot(&m, 0);
		respond(&m, 0, CALL0(FFA_MSG_WAIT));
		ffav_spmc_boot(&m, 0);
		m.partitions[ECHO].endpoint.version = rows[i].version;
		partition(&m, 0, ECHO,
			  CALL3(FFA_RXTX_MAP_64, PARTITION_BASE + PARTITION_SIZE,
				PARTITION_BASE + PARTITION_SIZE + 0x1000, 1));
		partition(&m, 0, ECHO, CALL0(FFA_PARTITION_INFO_GET));
		assert_true(m.partitions[ECHO].endpoint.rx_full);
		respond(&m, 0, CALL2(FFA_MSG_WAIT, 0, rows[i].flags));
		assert_int_equal(m.partitions[ECHO].endpoint.rx_full, rows[i].full);
	}
}

static void refuse_add(const struct ffav_partition_config *config, const char *expected)
{
	const char *why = NULL;
	unsigned int count = m.partition_count;

	assert_int_equal(ffav_spmc_add(&m, config, &why), -1);
	assert_string_equal(why, expected);
	assert_int_equal(m.partition_count, count);
}

static void add_refused(void **state)
{
	struct ffav_partition_config config = machine_config(ECHO);
	const char *why;

	(void)state;
	refuse_add(&config, "Another partition has the same id.");
	config.id = 0x8003;
	refuse_add(&config, "The partition's memory overlaps that of another.");
	/* Another's image inside the last page of a region, and the other way round. */
	config.load_address = SHARED_BASE + SHARED_SIZE - 0x1000;
	refuse_add(&config, "The partition's memory overlaps that of another.");
	config.load_address = PARTITION_BASE + 2 * PARTITION_SIZE;
	config.regions[0] =
		(struct ffav_region){PARTITION_BASE - 0x1000, 0x2000, FFAV_REGION_READ};
	config.region_count = 1;
	refuse_add(&config, "The partition's memory overlaps that of another.");
	config.region_count = 0;
	assert_int_equal(ffav_spmc_add(&m, &config, &why), 2);
	config.id = 0;
	config.load_address += PARTITION_SIZE;
	assert_int_equal(ffav_spmc_add(&m, &config, &why), 3);
	assert_int_equal(m.partitions[3].config.id, 0x8004);
	config.load_address += PARTITION_SIZE;
	refuse_add(&config, "The partition table is full.");
}

static void add_senseless(void **state)
{
	static const uint16_t bad_ids[] = {1, 0x7fff, 0x8000, 0xffff};
	struct ffav_partition_config good = machine_config(ECHO), bad;

	(void)state;
	ffav_spmc_init(&m);
	for (size_t i = 0; i < sizeof(bad_ids) / sizeof(bad_ids[0]); i++) {
		bad = good;
		bad.id = bad_ids[i];
		refuse_add(&bad, "The partition's id is not that of a secure partition.");
	}
	bad = good;
	bad.contexts = 2;
	refuse_add(&bad, "The partition has not exactly one execution context.");
	bad = good;
	bad.uuid_count = FFAV_SPMC_UUIDS_MAX + 1;
	refuse_add(&bad, "The partition has more services than there is room for.");
	bad = good;
	bad.region_count = FFAV_SPMC_REGIONS_MAX + 1;
	refuse_add(&bad, "The partition has more regions than there is room for.");
	bad = good;
	bad.version = 0x10003;
	refuse_add(&bad,
		   "The partition was written for a version of FF-A that is not 1.0 to 1.2.");
	bad = good;
	bad.load_address += 1;
	refuse_add(&bad, "The image is not made of whole 4 KiB pages, or wraps.");
	bad = good;
	bad.load_address = UINT64_C(0xfffffffffffff000);
	refuse_add(&bad, "The image is not made of whole 4 KiB pages, or wraps.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(preempted_and_resumed, setup),
		cmocka_unit_test_setup(resumed_elsewhere, setup),
		cmocka_unit_test_setup(busy_while_preempted, setup),
		cmocka_unit_test_setup(run_refused, setup),
		cmocka_unit_test_setup(yield, setup),
		cmocka_unit_test_setup(faulted, setup),
		cmocka_unit_test_setup(faulted_after_resume, setup),
		cmocka_unit_test_setup(nobody_runs, setup),
		cmocka_unit_test_setup(initialisation, setup),
		cmocka_unit_test_setup(initialisation_fails, setup),
		cmocka_unit_test_setup(initialisation_says_why, setup),
		cmocka_unit_test_setup(initialisation_is_not_preempted, setup),
		cmocka_unit_test_setup(msg_wait_and_rx, setup),
		cmocka_unit_test_setup(add_refused, setup),
		cmocka_unit_test_setup(add_senseless, setup),
	};

	return cmocka_run_group_tests_name("spmc/run", tests, NULL, NULL);
}
