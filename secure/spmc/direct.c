// SPDX-License-Identifier: BSD-3-Clause
/* Direct messages: FFA_MSG_SEND_DIRECT_REQ and RESP, 32 and 64 bits, REQ2 and RESP2. */
#include "secure/spmc/core.h"

/* Does @partition serve @uuid? The nil UUID names none in particular. */
static bool serves(const struct ffav_partition *partition, const struct ffav_uuid *uuid)
{
	if (ffav_uuid_is_nil(uuid))
		return true;
	for (unsigned int i = 0; i < partition->config.uuid_count; i++) {
		if (ffav_uuid_equal(&partition->config.uuids[i], uuid))
			return true;
	}
	return false;
}

/* The response that ends a request; its width must be the request's too. */
static uint32_t response_of(uint32_t request)
{
	switch (request) {
	case FFA_MSG_SEND_DIRECT_REQ_32:
		return FFA_MSG_SEND_DIRECT_RESP_32;
	case FFA_MSG_SEND_DIRECT_REQ_64:
		return FFA_MSG_SEND_DIRECT_RESP_64;
	case FFA_MSG_SEND_DIRECT_REQ2:
		return FFA_MSG_SEND_DIRECT_RESP2;
	default:
		return 0;
	}
}

/* Pass a message on: its registers and nothing else. */
static void pass(const struct ffav_smc_regs *in, unsigned int count, struct ffav_smc_regs *out)
{
	memset(out, 0, sizeof(*out));
	memcpy(out->x, in->x, count * sizeof(out->x[0]));
}

/* Would @receiver have to respond to @caller before @caller responds to it? */
static bool in_call_chain(struct ffav_spmc *m, const struct ffav_partition *caller,
			  const struct ffav_partition *receiver)
{
	while (caller && caller != receiver)
		caller = ffav_spmc_giver(m, caller);
	return caller != NULL;
}

/*
 * A partition that faulted is started again in the time of the next request to it, which it gets
 * once it waits for messages. So its caller learned of the fault at once, an initialisation that
 * takes long is preempted as a long request is, and a partition that nobody calls costs nobody
 * anything.
 */
static void restart(struct ffav_partition *receiver)
{
	static const char line[] = "It is started again.";

	receiver->starting = true;
	receiver->restarts++;
	ffav_report_line(FFAV_REPORT_EVENTS, receiver->config.name, line, sizeof(line) - 1);
}

/*
 * FF-A 1.2, sections "FFA_MSG_SEND_DIRECT_REQ" and "FFA_MSG_SEND_DIRECT_REQ2".
 * w2 of the former is 0 for a message between partitions; a framework message
 * (bit 31) comes from the framework only. A partition sends only what its
 * manifest says that it sends, and to nobody who waits for its own response:
 * the runtime model denies that (section "Runtime model for direct requests").
 */
struct ffav_switch ffav_spmc_direct_request(struct ffav_spmc *m,
					    const struct ffav_caller *caller,
					    const struct ffav_smc_regs *in,
					    struct ffav_smc_regs *out)
{
	uint32_t function = (uint32_t)in->x[0];
	bool second = function == FFA_MSG_SEND_DIRECT_REQ2;
	uint32_t receives = second ? FFA_PARTITION_DIRECT2_RECV : FFA_PARTITION_DIRECT_RECV;
	uint32_t sends = second ? FFA_PARTITION_DIRECT2_SEND : FFA_PARTITION_DIRECT_SEND;
	struct ffav_partition *receiver = ffav_spmc_find(m, ffav_ffa_receiver(in->x[1]));
	struct ffav_switch to;
	struct ffav_uuid uuid;

	if (in->x[1] >> 32 || ffav_ffa_sender(in->x[1]) != caller->endpoint->id)
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"the sender is not the caller", in->x[1], out);
	if (!receiver)
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"there is no such receiver", in->x[1], out);
	if (receiver == caller->partition)
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"the caller is the receiver", in->x[1], out);
	if (!second && in->x[2])
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"w2 is not that of a partition message", in->x[2], out);
	if (caller->partition && !(caller->partition->config.properties & sends))
		return ffav_spmc_refuse(m, caller, FFA_DENIED,
					"the caller's manifest has it send no such message",
					in->x[1], out);
	/* One that asked for an older version since has no call to respond with. */
	if (!(receiver->config.properties & receives) ||
	    (second && receiver->endpoint.version < FFA_VERSION_1_2))
		return ffav_spmc_refuse(m, caller, FFA_DENIED,
					"the receiver takes no such message", in->x[1], out);
	if (second) {
		uuid = ffav_uuid_from_regs(in->x[2], in->x[3]);
		if (!serves(receiver, &uuid))
			return ffav_spmc_refuse(
				m, caller, FFA_INVALID_PARAMETERS,
				"the receiver has not the UUID that starts with",
				ffav_uuid_word(&uuid, 0), out);
	}
	if (receiver->state == FFAV_PARTITION_DEAD)
		return ffav_spmc_refuse(m, caller, FFA_ABORTED, "the receiver has aborted",
					in->x[1], out);
	if (in_call_chain(m, caller->partition, receiver))
		return ffav_spmc_refuse(m, caller, FFA_DENIED,
					"the receiver waits for the caller", in->x[1], out);
	if (receiver->state != FFAV_PARTITION_WAITING &&
	    receiver->state != FFAV_PARTITION_STOPPED)
		return ffav_spmc_refuse(m, caller, FFA_BUSY, "the receiver does not wait",
					in->x[1], out);
	receiver->request = function;
	receiver->requester = caller->endpoint->id;
	if (receiver->state == FFAV_PARTITION_STOPPED) {
		restart(receiver);
		pass(in, second ? FFAV_SMC_REGS : 8, &receiver->pending);
		return ffav_spmc_give(m, caller, receiver, FFAV_SWITCH_START, out);
	}
	to = ffav_spmc_give(m, caller, receiver, FFAV_SWITCH_PARTITION, out);
	pass(in, second ? FFAV_SMC_REGS : 8, out);
	return to;
}

/*
 * FF-A 1.2, sections "FFA_MSG_SEND_DIRECT_RESP" and "FFA_MSG_SEND_DIRECT_RESP2".
 * A response that does not match is the partition's mistake alone: it is told
 * and goes on, its caller sees nothing of it. A partition that yielded to it is
 * brought to its own response first: nobody else may resume that.
 */
struct ffav_switch ffav_spmc_direct_response(struct ffav_spmc *m,
					     const struct ffav_caller *caller,
					     const struct ffav_smc_regs *in,
					     struct ffav_smc_regs *out)
{
	struct ffav_partition *partition = caller->partition;
	uint32_t function = (uint32_t)in->x[0];
	bool second = function == FFA_MSG_SEND_DIRECT_RESP2;
	struct ffav_partition *giver;

	if (!ffav_spmc_has_request(partition))
		return ffav_spmc_refuse(m, caller, FFA_DENIED,
					"there is no request to respond to", function, out);
	if (function != response_of(partition->request))
		return ffav_spmc_refuse(m, caller, FFA_DENIED,
					"the response does not match the request",
					partition->request, out);
	if (in->x[1] != ffav_ffa_endpoints(partition->endpoint.id, partition->requester))
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"sender and receiver are not those of the request",
					in->x[1], out);
	if (in->x[2] || (second && in->x[3]))
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"reserved registers are set", in->x[2] | in->x[3], out);
	if (ffav_spmc_has_lent(m, partition))
		return ffav_spmc_refuse(m, caller, FFA_DENIED,
					"a partition that the caller called has yielded to it",
					in->x[1], out);
	giver = ffav_spmc_giver(m, partition);
	partition->request = 0;
	partition->faults = 0;
	pass(in, second ? FFAV_SMC_REGS : 8, out);
	return ffav_spmc_give_back(m, partition, caller->cpu, FFAV_PARTITION_WAITING, giver,
				   out);
}
