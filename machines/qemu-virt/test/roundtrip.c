/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A normal world that sends direct requests of both kinds to the echo partition, for
 * scripts/managercost.py, which counts what the monitor does meanwhile. Under QEMU's
 * "-icount shift=0" the counter advances with instructions, of whichever world.
 */
#include "machines/qemu-virt/el3/sysreg.h"
#include "machines/qemu-virt/test/bare.h"

#define CALLS   100u
#define ECHO_ID 0x8002u

/* A kind of request, and what was counted: answers, and the counter's ticks. */
static struct {
	const char *name;
	uint64_t request;
	uint64_t response;
	unsigned int answered;
	uint64_t ticks;
} kinds[] = {
	{"req", FFA_MSG_SEND_DIRECT_REQ_64, FFA_MSG_SEND_DIRECT_RESP_64, 0, 0},
	{"req2", FFA_MSG_SEND_DIRECT_REQ2, FFA_MSG_SEND_DIRECT_RESP2, 0, 0},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void measure(unsigned int kind)
{
	uint64_t start = ffav_sysreg_read(cntpct_el0);

	for (unsigned int i = 0; i < CALLS; i++) {
		struct ffav_smc_regs regs = {
			.x = {kinds[kind].request,
			      ffav_ffa_endpoints(FFA_NORMAL_WORLD_ID, ECHO_ID)}};

		kinds[kind].answered += !bare_smc(&regs) && regs.x[0] == kinds[kind].response;
	}
	kinds[kind].ticks = ffav_sysreg_read(cntpct_el0) - start;
}

/* "# trip KIND CALLS INSTRUCTIONS", of all calls together and with those of bare_smc(). */
static void tell(unsigned int kind)
{
	/* One instruction is one nanosecond. */
	uint64_t instructions = kinds[kind].ticks * (1000000000 / ffav_sysreg_read(cntfrq_el0));

	bare_equal(kinds[kind].answered, CALLS, kinds[kind].name);
	bare_print("# trip ");
	bare_print(kinds[kind].name);
	bare_print(" ");
	bare_print_number(CALLS);
	bare_print(" ");
	bare_print_number((unsigned int)instructions);
	bare_print("\n");
}

_Noreturn void bare_main(const void *dtb)
{
	(void)dtb;
	bare_print("TAP version 13\n");
	bare_equal(bare_call(FFA_VERSION, FFA_VERSION_1_2, 0, 0).x[0], FFA_VERSION_1_2,
		   "FFA_VERSION is 1.2");
	for (unsigned int kind = 0; kind < KINDS; kind++)
		measure(kind);
	for (unsigned int kind = 0; kind < KINDS; kind++)
		tell(kind);
	bare_end();
}
