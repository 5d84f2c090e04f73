// SPDX-License-Identifier: BSD-3-Clause
/* CPU cycles: FFA_MSG_WAIT, FFA_RUN, FFA_YIELD, FFA_INTERRUPT, FFA_ERROR, and faults. */
#include "secure/spmc/core.h"

/** FFA_MSG_WAIT, w2, since FF-A 1.2: the caller keeps its RX buffer. */
#define MSG_WAIT_KEEP_RX UINT64_C(1)

struct ffav_switch ffav_spmc_enter(struct ffav_spmc *m, struct ffav_partition *partition,
				   unsigned int cpu, enum ffav_switch_to to)
{
	partition->state = FFAV_PARTITION_RUNNING;
	m->current[cpu] = (int)ffav_spmc_index(m, partition);
	return (struct ffav_switch){.to = to, .partition = ffav_spmc_index(m, partition)};
}

void ffav_spmc_leave(struct ffav_spmc *m, struct ffav_partition *partition, unsigned int cpu,
		     enum ffav_partition_state state)
{
	partition->state = state;
	m->current[cpu] = -1;
	/* A preempted partition goes on with its line. */
	if (state != FFAV_PARTITION_PREEMPTED)
		ffav_spmc_log_flush(partition);
}

static size_t string_size(const char *s)
{
	size_t size = 0;

	while (s[size])
		size++;
	return size;
}

struct ffav_partition *ffav_spmc_giver(struct ffav_spmc *m,
				       const struct ffav_partition *partition)
{
	/* The id of the normal world is no partition's. */
	return partition->request ? ffav_spmc_find(m, partition->requester) : NULL;
}

bool ffav_spmc_has_lent(struct ffav_spmc *m, const struct ffav_partition *partition)
{
	for (unsigned int i = 0; i < m->partition_count; i++) {
		if (ffav_spmc_giver(m, &m->partitions[i]) == partition)
			return true;
	}
	return false;
}

struct ffav_switch ffav_spmc_give(struct ffav_spmc *m, const struct ffav_caller *caller,
				  struct ffav_partition *partition, enum ffav_switch_to to,
				  const struct ffav_smc_regs *regs)
{
	if (caller->partition) {
		ffav_spmc_leave(m, caller->partition, caller->cpu, FFAV_PARTITION_CALLING);
		caller->partition->callee = ffav_spmc_index(m, partition);
		memcpy(caller->partition->kept, &regs->x[8], sizeof(caller->partition->kept));
	}
	return ffav_spmc_enter(m, partition, caller->cpu, to);
}

struct ffav_switch ffav_spmc_give_back(struct ffav_spmc *m, struct ffav_partition *partition,
				       unsigned int cpu, enum ffav_partition_state state,
				       struct ffav_partition *giver, struct ffav_smc_regs *out)
{
	ffav_spmc_leave(m, partition, cpu, state);
	if (!giver)
		return ffav_spmc_to_normal();
	if (out->x[0] != FFA_MSG_SEND_DIRECT_RESP2)
		memcpy(&out->x[8], giver->kept, sizeof(giver->kept));
	return ffav_spmc_enter(m, giver, cpu, FFAV_SWITCH_PARTITION);
}

/* What a partition has of the manager ends with it; it may start again with nothing. */
static void forget(struct ffav_spmc *m, struct ffav_partition *partition,
		   enum ffav_partition_state state)
{
	partition->state = state;
	partition->request = 0;
	partition->starting = false;
	ffav_spmc_buffers_unmap(&partition->endpoint);
	partition->endpoint.version = partition->config.version;
	partition->endpoint.spoke = false;
	ffav_spmc_memory_drop(m, partition);
}

static bool has_ended(const struct ffav_partition *partition)
{
	return partition->state == FFAV_PARTITION_STOPPED ||
	       partition->state == FFAV_PARTITION_DEAD;
}

/* End what waits for FFA_RUN of a partition that will never make it, and what waits for those. */
static void end_orphans(struct ffav_spmc *m)
{
	static const char why[] = "The partition that it yielded to was stopped, and it too.";
	bool found;

	do {
		found = false;
		for (unsigned int i = 0; i < m->partition_count; i++) {
			struct ffav_partition *partition = &m->partitions[i];
			const struct ffav_partition *giver = ffav_spmc_giver(m, partition);

			if (!giver || !has_ended(giver))
				continue;
			forget(m, partition, FFAV_PARTITION_STOPPED);
			ffav_report_line(FFAV_REPORT_EVENTS, partition->config.name, why,
					 sizeof(why) - 1);
			found = true;
		}
	} while (found);
}

struct ffav_switch ffav_spmc_end(struct ffav_spmc *m, struct ffav_partition *partition,
				 unsigned int cpu, enum ffav_partition_state state,
				 const char *why, struct ffav_smc_regs *out)
{
	struct ffav_partition *giver = ffav_spmc_giver(m, partition);
	struct ffav_switch to;

	forget(m, partition, state);
	ffav_spmc_answer(out, FFA_ERROR);
	out->x[2] = (uint32_t)FFA_ABORTED;
	to = ffav_spmc_give_back(m, partition, cpu, state, giver, out);
	ffav_report_line(FFAV_REPORT_EVENTS, partition->config.name, why, string_size(why));
	end_orphans(m);
	return to;
}

/*
 * A request of the second kind started a partition that has asked for an older version since,
 * and so has no call to respond with. It waits for messages, and the requester is told what it
 * would be told from now on.
 */
static struct ffav_switch send_back(struct ffav_spmc *m, const struct ffav_caller *caller,
				    struct ffav_smc_regs *out)
{
	struct ffav_partition *partition = caller->partition;
	struct ffav_partition *giver = ffav_spmc_giver(m, partition);

	ffav_report_refusal(giver ? FFAV_REPORT_PARTITIONS : FFAV_REPORT_NORMAL,
			    "FFA_MSG_SEND_DIRECT_REQ2", "the receiver takes no such message",
			    partition->config.id);
	partition->starting = false;
	partition->request = 0;
	ffav_spmc_answer(out, FFA_ERROR);
	out->x[2] = (uint32_t)FFA_DENIED;
	return ffav_spmc_give_back(m, partition, caller->cpu, FFAV_PARTITION_WAITING, giver,
				   out);
}

/*
 * FF-A 1.2, section "FFA_MSG_WAIT". It ends the initialisation; a request ends
 * with its response only. A partition that was started again for a request gets
 * that at once.
 */
struct ffav_switch ffav_spmc_msg_wait(struct ffav_spmc *m, const struct ffav_caller *caller,
				      const struct ffav_smc_regs *in, struct ffav_smc_regs *out)
{
	struct ffav_partition *partition = caller->partition;
	bool keep = caller->endpoint->version >= FFA_VERSION_1_2 && in->x[2] & MSG_WAIT_KEEP_RX;

	if (ffav_spmc_has_request(partition))
		return ffav_spmc_refuse(m, caller, FFA_DENIED,
					"the request has not been responded to",
					partition->request, out);
	if (ffav_spmc_has_lent(m, partition))
		return ffav_spmc_refuse(m, caller, FFA_DENIED,
					"a partition that the caller called has yielded to it",
					caller->endpoint->id, out);
	if (!keep)
		caller->endpoint->rx_full = false;
	if (partition->starting && partition->request == FFA_MSG_SEND_DIRECT_REQ2 &&
	    caller->endpoint->version < FFA_VERSION_1_2)
		return send_back(m, caller, out);
	if (partition->starting) {
		partition->starting = false;
		*out = partition->pending;
		return ffav_spmc_back(m, caller);
	}
	partition->ready = true;
	m->generation++;
	ffav_spmc_leave(m, partition, caller->cpu, FFAV_PARTITION_WAITING);
	ffav_spmc_answer(out, FFA_SUCCESS_32);
	return ffav_spmc_to_normal();
}

/* A partition that has yielded gets cycles again: its FFA_YIELD succeeds. */
static struct ffav_switch go_on(struct ffav_spmc *m, const struct ffav_caller *caller,
				struct ffav_partition *partition, struct ffav_smc_regs *out)
{
	struct ffav_switch to =
		ffav_spmc_give(m, caller, partition, FFAV_SWITCH_PARTITION, out);

	ffav_spmc_answer(out, FFA_SUCCESS_32);
	memcpy(&out->x[8], partition->kept, sizeof(partition->kept));
	return to;
}

/*
 * The normal world gives cycles to what it called itself. Where that has called others it is
 * the last of them that goes on, for the cycles of all of them are those of the first.
 */
static struct ffav_switch run_from_normal(struct ffav_spmc *m, const struct ffav_caller *caller,
					  struct ffav_partition *partition,
					  struct ffav_smc_regs *out)
{
	uint64_t target = ffav_ffa_target(partition->config.id, 0);
	struct ffav_partition *last = partition;

	if (ffav_spmc_giver(m, partition))
		return ffav_spmc_refuse(m, caller, FFA_DENIED,
					"the partition works for another partition", target,
					out);
	while (last->state == FFAV_PARTITION_CALLING)
		last = &m->partitions[last->callee];
	switch (last->state) {
	case FFAV_PARTITION_PREEMPTED:
		return ffav_spmc_give(m, caller, last, FFAV_SWITCH_RESUME, out);
	case FFAV_PARTITION_BLOCKED:
		return go_on(m, caller, last, out);
	case FFAV_PARTITION_RUNNING:
		return ffav_spmc_refuse(m, caller, FFA_BUSY, "the partition runs already",
					target, out);
	case FFAV_PARTITION_NEW:
	case FFAV_PARTITION_WAITING:
	case FFAV_PARTITION_CALLING:
	case FFAV_PARTITION_STOPPED:
	case FFAV_PARTITION_DEAD:
		break;
	}
	return ffav_spmc_refuse(m, caller, FFA_DENIED, "the partition was not interrupted",
				target, out);
}

/* A partition gives cycles to what it called and what has yielded to it; nothing else waits for it. */
static struct ffav_switch run_from_partition(struct ffav_spmc *m,
					     const struct ffav_caller *caller,
					     struct ffav_partition *partition,
					     struct ffav_smc_regs *out)
{
	if (partition->state != FFAV_PARTITION_BLOCKED ||
	    ffav_spmc_giver(m, partition) != caller->partition)
		return ffav_spmc_refuse(m, caller, FFA_DENIED,
					"the partition has not yielded to the caller",
					ffav_ffa_target(partition->config.id, 0), out);
	return go_on(m, caller, partition, out);
}

/*
 * FF-A 1.2, section "FFA_RUN". Partitions schedule nothing of their own, so
 * cycles go only to what an interrupt or FFA_YIELD stopped, on any CPU.
 */
struct ffav_switch ffav_spmc_run(struct ffav_spmc *m, const struct ffav_caller *caller,
				 const struct ffav_smc_regs *in, struct ffav_smc_regs *out)
{
	/* The target's w1 has the layout of a message's: partition above, context below. */
	struct ffav_partition *partition = ffav_spmc_find(m, ffav_ffa_sender(in->x[1]));

	if (!partition || in->x[1] != ffav_ffa_target(partition->config.id, 0))
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"there is no such execution context", in->x[1], out);
	if (has_ended(partition))
		return ffav_spmc_refuse(m, caller, FFA_ABORTED, "the partition has aborted",
					in->x[1], out);
	if (caller->partition)
		return run_from_partition(m, caller, partition, out);
	return run_from_normal(m, caller, partition, out);
}

/*
 * FF-A 1.2, section "FFA_YIELD". Whoever gave the partition its cycles is told
 * who yielded and gives it cycles again with FFA_RUN; the partition's call then
 * succeeds.
 */
struct ffav_switch ffav_spmc_yield(struct ffav_spmc *m, const struct ffav_caller *caller,
				   const struct ffav_smc_regs *in, struct ffav_smc_regs *out)
{
	struct ffav_partition *partition = caller->partition;

	(void)in;
	if (!ffav_spmc_has_request(partition))
		return ffav_spmc_refuse(m, caller, FFA_DENIED, "there is nobody to yield to",
					caller->endpoint->id, out);
	memcpy(partition->kept, &out->x[8], sizeof(partition->kept));
	ffav_spmc_answer(out, FFA_YIELD);
	out->x[1] = ffav_ffa_target(partition->config.id, 0);
	return ffav_spmc_give_back(m, partition, caller->cpu, FFAV_PARTITION_BLOCKED,
				   ffav_spmc_giver(m, partition), out);
}

/* Why a partition could not initialise, by the status code that it gave. */
static const char *why_not_started(uint32_t code)
{
	switch ((int32_t)code) {
	case FFA_NOT_SUPPORTED:
		return "It could not initialise: NOT_SUPPORTED.";
	case FFA_INVALID_PARAMETERS:
		return "It could not initialise: INVALID_PARAMETERS.";
	case FFA_NO_MEMORY:
		return "It could not initialise: NO_MEMORY.";
	case FFA_DENIED:
		return "It could not initialise: DENIED.";
	case FFA_ABORTED:
		return "It could not initialise: ABORTED.";
	default:
		return "It could not initialise, and did not say why.";
	}
}

/*
 * FF-A 1.2, section "FFA_ERROR". It ends an initialisation that has failed. A
 * request is never answered with it: its caller would take it for the manager's.
 */
struct ffav_switch ffav_spmc_error(struct ffav_spmc *m, const struct ffav_caller *caller,
				   const struct ffav_smc_regs *in, struct ffav_smc_regs *out)
{
	if (ffav_spmc_has_request(caller->partition))
		return ffav_spmc_refuse(m, caller, FFA_DENIED,
					"a request is answered with its response", in->x[2],
					out);
	return ffav_spmc_end(m, caller->partition, caller->cpu, FFAV_PARTITION_DEAD,
			     why_not_started((uint32_t)in->x[2]), out);
}
