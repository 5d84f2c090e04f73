// SPDX-License-Identifier: BSD-3-Clause
/* FFA_MEM_RELINQUISH, FFA_MEM_RECLAIM, and what else ends a transaction. */
#include "tests/unit/spmc/descriptor.h"

#define PAGE (NORMAL_BASE + 0x10000)
#define OWN  (PARTITION_BASE + PARTITION_SIZE + 0x8000)
#define DATA (FFAV_REGION_READ | FFAV_REGION_WRITE)

static struct ffav_spmc m;

static int setup(void **state)
{
	(void)state;
	machine_start(&m);
	map_normal(&m, FFA_VERSION_1_2);
	return 0;
}

/* A page for both partitions; @retrieved of them have it. MM runs on CPU 0, ECHO on 1. */
static void share_with_both(unsigned int retrieved)
{
	struct descriptor d = descriptor_share(FFA_VERSION_1_2, 0, MM_ID, PAGE, 1);

	descriptor_borrower(&d, ECHO_ID);
	assert_int_equal(shared(&m, &d), 1);
	enter(&m, 0, MM);
	enter(&m, 1, ECHO);
	for (unsigned int i = 0; i < retrieved; i++) {
		d = descriptor_retrieve(i ? FFA_VERSION_1_0 : FFA_VERSION_1_2, 0,
					(uint16_t)(MM_ID + i), 1);
		d.header.flags = FFA_MEM_BYPASS_BORROWERS;
		assert_int_equal(retrieve(&m, i, i, &d).x[0], FFA_MEM_RETRIEVE_RESP);
		partition(&m, i, i, CALL0(FFA_RX_RELEASE));
	}
}

/* The owner waits until the last borrower has let go. */
static void in_use(void **state)
{
	(void)state;
	share_with_both(2);
	assert_denied(
		&m, reclaim(&m, 1, 0), FFA_DENIED,
		"FFA_MEM_RECLAIM refused: it has not been relinquished by (value 0x8001)");
	assert_answer(relinquish(&m, 0, MM, 1, 0), FFA_SUCCESS_32, 0, 0, 0);
	assert_int_equal(machine_access(MM, PAGE), 0);
	assert_int_equal(machine_access(ECHO, PAGE), DATA | FFAV_REGION_NORMAL_WORLD);
	assert_denied(
		&m, reclaim(&m, 1, 0), FFA_DENIED,
		"FFA_MEM_RECLAIM refused: it has not been relinquished by (value 0x8002)");
	assert_answer(relinquish(&m, 1, ECHO, 1, 0), FFA_SUCCESS_32, 0, 0, 0);
	assert_int_equal(machine_access(ECHO, PAGE), 0);
	assert_answer(reclaim(&m, 1, 0), FFA_SUCCESS_32, 0, 0, 0);
	assert_int_equal(m.memory.transactions[0].handle, 0);
	assert_int_equal(m.memory.ranges_used, 0);
	assert_silent();
	assert_denied(&m, reclaim(&m, 1, 0), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RECLAIM refused: the caller has no such handle (value 0x1)");
}

static void relinquish_refused(void **state)
{
	uint8_t *tx = partition_tx(MM);

	(void)state;
	share_with_both(0);
	assert_denied(&m, relinquish(&m, 0, MM, 1, 0), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RELINQUISH refused: the caller has retrieved nothing under the "
		      "handle (value 0x1)");
	assert_denied(&m, relinquish(&m, 0, MM, 2, 0), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RELINQUISH refused: the caller has retrieved nothing under the "
		      "handle (value 0x2)");
	assert_denied(&m, relinquish(&m, 0, MM, 0, 0), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RELINQUISH refused: the caller has retrieved nothing under the "
		      "handle (value 0x0)");
	setup(NULL);
	share_with_both(2);
	assert_denied(&m, relinquish(&m, 0, MM, 1, FFA_MEM_ZERO), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RELINQUISH refused: flags are set that must not be (value 0x1)");
	assert_denied(&m, relinquish(&m, 0, MM, 1, FFA_MEM_TIME_SLICE), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RELINQUISH refused: flags are set that must not be (value 0x2)");
	assert_denied(&m, relinquish(&m, 0, MM, 1, 0x80000000), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RELINQUISH refused: flags are set that must not be "
		      "(value 0x80000000)");
	/* In the name of another, of nobody, of several. */
	ffav_mem_relinquish_encode(tx, 64, 1, ECHO_ID);
	machine_snapshot(&m);
	assert_denied(&m, partition(&m, 0, MM, CALL0(FFA_MEM_RELINQUISH)),
		      FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RELINQUISH refused: the caller does not name itself alone "
		      "(value 0x1)");
	ffav_mem_relinquish_encode(tx, 64, 1, MM_ID);
	for (uint32_t count = 0; count < 3; count += 2) {
		ffav_put32(tx + 12, count);
		machine_snapshot(&m);
		assert_denied(&m, partition(&m, 0, MM, CALL0(FFA_MEM_RELINQUISH)),
			      FFA_INVALID_PARAMETERS,
			      count ? "FFA_MEM_RELINQUISH refused: the caller does not name "
				      "itself alone (value 0x2)"
				    : "FFA_MEM_RELINQUISH refused: the caller does not name "
				      "itself alone (value 0x0)");
	}
	partition(&m, 0, MM, CALL0(FFA_RXTX_UNMAP));
	machine_snapshot(&m);
	assert_denied(&m, partition(&m, 0, MM, CALL0(FFA_MEM_RELINQUISH)), FFA_DENIED,
		      "FFA_MEM_RELINQUISH refused: RX/TX are not mapped (value 0x8001)");
}

static void reclaim_refused(void **state)
{
	struct descriptor d = descriptor_share(FFA_VERSION_1_2, 0, MM_ID, PAGE + 0x1000, 1);
	struct ffav_smc_regs r;
	uint32_t size;

	(void)state;
	share_with_both(0);
	d.header.attributes = 0;
	size = descriptor_put(normal_tx(), &d);
	assert_answer(normal(&m, 2, CALL2(FFA_MEM_LEND_64, size, size)), FFA_SUCCESS_32, 0, 2,
		      0);
	assert_denied(&m, reclaim(&m, 3, 0), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RECLAIM refused: the caller has no such handle (value 0x3)");
	assert_denied(&m, reclaim(&m, 0, 0), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RECLAIM refused: the caller has no such handle (value 0x0)");
	assert_denied(&m, reclaim(&m, UINT64_C(0x100000001), 0), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RECLAIM refused: the caller has no such handle "
		      "(value 0x100000001)");
	assert_denied(&m, reclaim(&m, 1, FFA_MEM_ZERO), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RECLAIM refused: flags are set that must not be (value 0x1)");
	assert_denied(&m, reclaim(&m, 2, FFA_MEM_ZERO), FFA_DENIED,
		      "FFA_MEM_RECLAIM refused: the manager zeroes no memory (value 0x1)");
	assert_denied(&m, reclaim(&m, 2, FFA_MEM_TIME_SLICE), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RECLAIM refused: flags are set that must not be (value 0x2)");
	assert_denied(&m, reclaim(&m, 2, 0x80000000), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RECLAIM refused: flags are set that must not be "
		      "(value 0x80000000)");
	/* Only its owner's to take back. */
	machine_snapshot(&m);
	r = partition(&m, 0, MM, CALL1(FFA_MEM_RECLAIM, 1));
	assert_denied(&m, r, FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RECLAIM refused: the caller has no such handle (value 0x1)");
}

/* Lent memory: a borrower that wants it zeroed when it lets go. */
static void relinquish_lent(void **state)
{
	struct descriptor d = descriptor_share(FFA_VERSION_1_2, 0, MM_ID, PAGE, 1);
	uint32_t size;

	(void)state;
	d.header.attributes = 0;
	size = descriptor_put(normal_tx(), &d);
	normal(&m, 2, CALL2(FFA_MEM_LEND_64, size, size));
	enter(&m, 0, MM);
	d = descriptor_retrieve(FFA_VERSION_1_2, 0, MM_ID, 1);
	d.access[0].permissions |= FFA_MEM_NOT_EXECUTE;
	assert_int_equal(retrieve(&m, 0, MM, &d).x[0], FFA_MEM_RETRIEVE_RESP);
	assert_denied(&m, relinquish(&m, 0, MM, 1, FFA_MEM_ZERO), FFA_DENIED,
		      "FFA_MEM_RELINQUISH refused: the manager zeroes no memory (value 0x1)");
	assert_answer(relinquish(&m, 0, MM, 1, 0), FFA_SUCCESS_32, 0, 0, 0);
	assert_answer(reclaim(&m, 1, 0), FFA_SUCCESS_32, 0, 0, 0);
}

/* A version that something lives under stays. */
static void version_holds(void **state)
{
	(void)state;
	share_with_both(0);
	normal(&m, 2, CALL0(FFA_RXTX_UNMAP));
	/* The requests that they work on would hold it, too. */
	respond(&m, 0, CALL1(FFA_MSG_SEND_DIRECT_RESP_64, 0x80010000));
	respond(&m, 1, CALL1(FFA_MSG_SEND_DIRECT_RESP_64, 0x80020000));
	machine_snapshot(&m);
	assert_answer(normal(&m, 2, CALL1(FFA_VERSION, FFA_VERSION_1_1)), UINT32_MAX, 0, 0, 0);
	assert_reported("FFA_VERSION refused: the version changes while memory is shared "
			"(value 0x10001)");
	assert_unchanged(&m);
	assert_answer(normal(&m, 2, CALL1(FFA_VERSION, FFA_VERSION_1_2)), FFA_VERSION_1_2, 0, 0,
		      0);
	assert_answer(reclaim(&m, 1, 0), FFA_SUCCESS_32, 0, 0, 0);
	assert_answer(normal(&m, 2, CALL1(FFA_VERSION, FFA_VERSION_1_1)), FFA_VERSION_1_2, 0, 0,
		      0);
	assert_int_equal(m.normal.version, FFA_VERSION_1_1);
}

/* The same for a borrower: what it was told it goes on reading as that version. */
static void version_of_borrower(void **state)
{
	struct descriptor d = descriptor_share(FFA_VERSION_1_2, 0, MM_ID, PAGE, 1);
	struct ffav_partition_config config = machine_config(MM);
	const char *why;

	(void)state;
	machine_reset();
	ffav_spmc_init(&m);
	ffav_spmc_add(&m, &config, &why);
	/* Only while it starts does a partition work on no request. */
	assert_int_equal(ffav_spmc_boot(&m, 0), MM);
	map_normal(&m, FFA_VERSION_1_2);
	assert_int_equal(shared(&m, &d), 1);
	assert_answer(partition(&m, 0, MM,
				CALL3(FFA_RXTX_MAP_64, PARTITION_TX(MM), PARTITION_RX(MM), 1)),
		      FFA_SUCCESS_32, 0, 0, 0);
	d = descriptor_retrieve(FFA_VERSION_1_2, 0, MM_ID, 1);
	assert_int_equal(retrieve(&m, 0, MM, &d).x[0], FFA_MEM_RETRIEVE_RESP);
	partition(&m, 0, MM, CALL0(FFA_RXTX_UNMAP));
	assert_int_equal(partition(&m, 0, MM, CALL1(FFA_VERSION, FFA_VERSION_1_1)).x[0],
			 UINT32_MAX);
	assert_reported("FFA_VERSION refused: the version changes while memory is shared "
			"(value 0x10001)");
}

/* A borrower that dies lets go. */
static void borrower_dies(void **state)
{
	struct ffav_smc_regs r = {{0}};

	(void)state;
	share_with_both(2);
	ffav_spmc_faulted(&m, 0, &r);
	assert_reported("mm: It made a fault and was stopped.");
	assert_int_equal(machine_access(MM, PAGE), 0);
	assert_int_equal(m.memory.transactions[0].borrowers[0].state, FFAV_BORROWER_NONE);
	assert_int_equal(machine_access(ECHO, PAGE), DATA | FFAV_REGION_NORMAL_WORLD);
	assert_denied(
		&m, reclaim(&m, 1, 0), FFA_DENIED,
		"FFA_MEM_RECLAIM refused: it has not been relinquished by (value 0x8002)");
	ffav_spmc_faulted(&m, 1, &r);
	assert_reported("echo: It made a fault and was stopped.");
	assert_answer(reclaim(&m, 1, 0), FFA_SUCCESS_32, 0, 0, 0);
}

/* An owner that dies has its memory to itself again, whether it was whole or not. */
static void owner_dies(void **state)
{
	struct descriptor d = descriptor_share(FFA_VERSION_1_0, ECHO_ID, MM_ID, OWN, 1);
	struct ffav_smc_regs r = {{0}};
	uint32_t size;

	(void)state;
	enter(&m, 0, MM);
	enter(&m, 1, ECHO);
	d.header.attributes = 0;
	size = descriptor_put(partition_tx(ECHO), &d);
	assert_answer(partition(&m, 1, ECHO, CALL2(FFA_MEM_LEND_32, size, size)),
		      FFA_SUCCESS_32, 0, 1, 0);
	d = descriptor_retrieve(FFA_VERSION_1_2, ECHO_ID, MM_ID, 1);
	d.access[0].permissions |= FFA_MEM_NOT_EXECUTE;
	assert_int_equal(retrieve(&m, 0, MM, &d).x[0], FFA_MEM_RETRIEVE_RESP);
	d = descriptor_share(FFA_VERSION_1_0, ECHO_ID, MM_ID, OWN + 0x1000, 1);
	d.composite = (struct ffav_mem_composite){.pages = 2, .ranges = 2};
	descriptor_put(partition_tx(ECHO), &d);
	assert_answer(partition(&m, 1, ECHO, CALL2(FFA_MEM_SHARE_32, 96, 80)), FFA_MEM_FRAG_RX,
		      2, 0, 80);
	assert_int_equal(machine_access(MM, OWN), DATA);
	assert_int_equal(machine_access(ECHO, OWN), 0);
	ffav_spmc_faulted(&m, 1, &r);
	assert_reported("echo: It made a fault and was stopped.");
	assert_int_equal(machine_access(MM, OWN), 0);
	assert_int_equal(machine_access(ECHO, OWN), DATA);
	assert_int_equal(machine_access(ECHO, OWN + 0x1000), DATA);
	assert_int_equal(m.memory.ranges_used, 0);
	assert_int_equal(m.memory.transactions[0].handle, 0);
	assert_int_equal(m.memory.transactions[1].handle, 0);
	/* The borrower's handle means nothing any more. */
	assert_denied(&m, relinquish(&m, 0, MM, 1, 0), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RELINQUISH refused: the caller has retrieved nothing under the "
		      "handle (value 0x1)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(in_use, setup),
		cmocka_unit_test_setup(relinquish_refused, setup),
		cmocka_unit_test_setup(reclaim_refused, setup),
		cmocka_unit_test_setup(relinquish_lent, setup),
		cmocka_unit_test_setup(version_holds, setup),
		cmocka_unit_test_setup(version_of_borrower, setup),
		cmocka_unit_test_setup(borrower_dies, setup),
		cmocka_unit_test_setup(owner_dies, setup),
	};

	return cmocka_run_group_tests_name("spmc/memory_reclaim", tests, NULL, NULL);
}
