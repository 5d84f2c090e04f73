// SPDX-License-Identifier: BSD-3-Clause
/*
 * What the partition manager's core costs: a direct request and its response, or
 * memory that is shared, retrieved, relinquished and reclaimed. callgrind collects
 * inside the core's entry functions and stops in what it asks of its machine.
 *
 *   bench_manager req|req2 CALLS
 *   bench_manager share CALLS PAGES
 *
 * One line of results: calls, as often as was asked for.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/spmc/descriptor.h"

static struct ffav_spmc m;

/* To the partition and back; the partition itself does nothing. */
static void round_trip(uint64_t request_id, uint64_t response_id)
{
	struct ffav_smc_regs r = request(&m, 0, MM, regs(request_id, MM_ID, 0, 0, 1, 2, 3, 4));

	assert_int_equal(r.x[0], request_id);
	r = respond(&m, 0, regs(response_id, MM_ID << 16, 0, 0, 1, 2, 3, 4));
	assert_int_equal(r.x[0], response_id);
}

/* One life of @pages pages; the partition works on a request meanwhile. */
static void share(uint32_t pages)
{
	struct descriptor d =
		descriptor_share(FFA_VERSION_1_2, 0, MM_ID, NORMAL_BASE + 0x10000, pages);
	uint64_t handle = shared(&m, &d);
	struct ffav_smc_regs r;

	d = descriptor_retrieve(FFA_VERSION_1_2, 0, MM_ID, handle);
	r = retrieve(&m, 0, MM, &d);
	assert_int_equal(r.x[0], FFA_MEM_RETRIEVE_RESP);
	partition(&m, 0, MM, CALL0(FFA_RX_RELEASE));
	r = relinquish(&m, 0, MM, handle, 0);
	assert_int_equal(r.x[0], FFA_SUCCESS_32);
	r = reclaim(&m, handle, 0);
	assert_int_equal(r.x[0], FFA_SUCCESS_32);
}

int main(int argc, char **argv)
{
	bool sharing = argc == 4 && !strcmp(argv[1], "share");
	unsigned long calls;

	if (!sharing && (argc != 3 || strncmp(argv[1], "req", 3) != 0)) {
		fputs("bench_manager: arguments are req or req2 and the number of calls, or "
		      "share, calls and pages.\n",
		      stderr);
		return 2;
	}
	calls = strtoul(argv[2], NULL, 10);
	machine_start(&m);
	map_normal(&m, FFA_VERSION_1_2);
	if (sharing)
		enter(&m, 0, MM);
	for (unsigned long i = 0; i < calls; i++) {
		if (sharing)
			share((uint32_t)strtoul(argv[3], NULL, 10));
		else if (!strcmp(argv[1], "req2"))
			round_trip(FFA_MSG_SEND_DIRECT_REQ2, FFA_MSG_SEND_DIRECT_RESP2);
		else
			round_trip(FFA_MSG_SEND_DIRECT_REQ_64, FFA_MSG_SEND_DIRECT_RESP_64);
	}
	printf("%lu\n", calls);
	return 0;
}
