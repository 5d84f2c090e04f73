/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The smallest partition that is of any use: it answers each direct request with its own words.
 * An example to start from (docs/ffa.md), and a peer for whoever tests an FF-A client.
 */
#include "machines/qemu-virt/sel0/sel0.h"
#include "secure/mm/partition.h"

/* Turn a request into its response: back to the sender, with the payload as it came. */
static void respond(struct ffav_smc_regs *regs)
{
	uint16_t sender = ffav_ffa_sender(regs->x[1]);
	uint16_t receiver = ffav_ffa_receiver(regs->x[1]);

	switch ((uint32_t)regs->x[0]) {
	case FFA_MSG_SEND_DIRECT_REQ_32:
		regs->x[0] = FFA_MSG_SEND_DIRECT_RESP_32;
		break;
	case FFA_MSG_SEND_DIRECT_REQ_64:
		regs->x[0] = FFA_MSG_SEND_DIRECT_RESP_64;
		break;
	case FFA_MSG_SEND_DIRECT_REQ2:
		regs->x[0] = FFA_MSG_SEND_DIRECT_RESP2;
		/* The service's UUID is not part of the response. */
		regs->x[2] = 0;
		regs->x[3] = 0;
		break;
	default:
		/* The manager refuses what cannot be refused: a fault says so. */
		__builtin_trap();
	}
	regs->x[1] = ffav_ffa_endpoints(receiver, sender);
}

_Noreturn void ffav_sel0_main(const void *boot_info, size_t size)
{
	/* The first call ends the initialisation; each comes back with the next request. */
	struct ffav_smc_regs regs = {.x = {FFA_MSG_WAIT}};

	(void)boot_info;
	(void)size;
	for (;;) {
		ffav_partition_call(&regs);
		respond(&regs);
	}
}
