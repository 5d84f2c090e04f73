// SPDX-License-Identifier: BSD-3-Clause
/* The way in: which calls there are, who may make them, and the machine's entry functions. */
#include "secure/spmc/core.h"

#define NORMAL    FFAV_FROM_NORMAL
#define PARTITION FFAV_FROM_PARTITION
#define BOTH      (NORMAL | PARTITION)

/* Every function id that the manager knows; FFA_FEATURES answers from it too. */
static const struct ffav_spmc_call calls[] = {
	{FFA_ERROR, FFA_VERSION_1_0, PARTITION, BOTH, "FFA_ERROR", ffav_spmc_error},
	{FFA_SUCCESS_32, FFA_VERSION_1_0, 0, BOTH, "FFA_SUCCESS", NULL},
	{FFA_SUCCESS_64, FFA_VERSION_1_0, 0, BOTH, "FFA_SUCCESS", NULL},
	/* A partition gets none, but asks for it: the specification wants it of everybody. */
	{FFA_INTERRUPT, FFA_VERSION_1_0, 0, BOTH, "FFA_INTERRUPT", NULL},
	{FFA_VERSION, FFA_VERSION_1_0, BOTH, 0, "FFA_VERSION", ffav_spmc_version},
	{FFA_FEATURES, FFA_VERSION_1_0, BOTH, 0, "FFA_FEATURES", ffav_spmc_features},
	{FFA_RX_RELEASE, FFA_VERSION_1_0, BOTH, 0, "FFA_RX_RELEASE", ffav_spmc_rx_release},
	{FFA_RXTX_MAP_32, FFA_VERSION_1_0, BOTH, 0, "FFA_RXTX_MAP", ffav_spmc_rxtx_map},
	{FFA_RXTX_MAP_64, FFA_VERSION_1_0, BOTH, 0, "FFA_RXTX_MAP", ffav_spmc_rxtx_map},
	{FFA_RXTX_UNMAP, FFA_VERSION_1_0, BOTH, 0, "FFA_RXTX_UNMAP", ffav_spmc_rxtx_unmap},
	{FFA_PARTITION_INFO_GET, FFA_VERSION_1_0, BOTH, 0, "FFA_PARTITION_INFO_GET",
	 ffav_spmc_partition_info_get},
	{FFA_PARTITION_INFO_GET_REGS, FFA_VERSION_1_2, BOTH, 0, "FFA_PARTITION_INFO_GET_REGS",
	 ffav_spmc_partition_info_get_regs},
	{FFA_ID_GET, FFA_VERSION_1_0, BOTH, 0, "FFA_ID_GET", ffav_spmc_id_get},
	{FFA_SPM_ID_GET, FFA_VERSION_1_1, BOTH, 0, "FFA_SPM_ID_GET", ffav_spmc_spm_id_get},
	{FFA_MSG_WAIT, FFA_VERSION_1_0, PARTITION, 0, "FFA_MSG_WAIT", ffav_spmc_msg_wait},
	{FFA_YIELD, FFA_VERSION_1_0, PARTITION, BOTH, "FFA_YIELD", ffav_spmc_yield},
	{FFA_RUN, FFA_VERSION_1_0, BOTH, 0, "FFA_RUN", ffav_spmc_run},
	{FFA_MSG_SEND_DIRECT_REQ_32, FFA_VERSION_1_0, BOTH, 0, "FFA_MSG_SEND_DIRECT_REQ",
	 ffav_spmc_direct_request},
	{FFA_MSG_SEND_DIRECT_REQ_64, FFA_VERSION_1_0, BOTH, 0, "FFA_MSG_SEND_DIRECT_REQ",
	 ffav_spmc_direct_request},
	{FFA_MSG_SEND_DIRECT_RESP_32, FFA_VERSION_1_0, PARTITION, 0, "FFA_MSG_SEND_DIRECT_RESP",
	 ffav_spmc_direct_response},
	{FFA_MSG_SEND_DIRECT_RESP_64, FFA_VERSION_1_0, PARTITION, 0, "FFA_MSG_SEND_DIRECT_RESP",
	 ffav_spmc_direct_response},
	{FFA_MSG_SEND_DIRECT_REQ2, FFA_VERSION_1_2, BOTH, 0, "FFA_MSG_SEND_DIRECT_REQ2",
	 ffav_spmc_direct_request},
	{FFA_MSG_SEND_DIRECT_RESP2, FFA_VERSION_1_2, PARTITION, 0, "FFA_MSG_SEND_DIRECT_RESP2",
	 ffav_spmc_direct_response},
	{FFA_CONSOLE_LOG_32, FFA_VERSION_1_0, PARTITION, 0, "FFA_CONSOLE_LOG",
	 ffav_spmc_console_log},
	{FFA_CONSOLE_LOG_64, FFA_VERSION_1_0, PARTITION, 0, "FFA_CONSOLE_LOG",
	 ffav_spmc_console_log},
	/* The normal world borrows nothing, so it retrieves nothing either. */
	{FFA_MEM_LEND_32, FFA_VERSION_1_0, BOTH, 0, "FFA_MEM_LEND", ffav_spmc_mem_share},
	{FFA_MEM_LEND_64, FFA_VERSION_1_0, BOTH, 0, "FFA_MEM_LEND", ffav_spmc_mem_share},
	{FFA_MEM_SHARE_32, FFA_VERSION_1_0, BOTH, 0, "FFA_MEM_SHARE", ffav_spmc_mem_share},
	{FFA_MEM_SHARE_64, FFA_VERSION_1_0, BOTH, 0, "FFA_MEM_SHARE", ffav_spmc_mem_share},
	{FFA_MEM_RETRIEVE_REQ_32, FFA_VERSION_1_0, PARTITION, 0, "FFA_MEM_RETRIEVE_REQ",
	 ffav_spmc_mem_retrieve},
	{FFA_MEM_RETRIEVE_REQ_64, FFA_VERSION_1_0, PARTITION, 0, "FFA_MEM_RETRIEVE_REQ",
	 ffav_spmc_mem_retrieve},
	{FFA_MEM_RETRIEVE_RESP, FFA_VERSION_1_0, 0, PARTITION, "FFA_MEM_RETRIEVE_RESP", NULL},
	{FFA_MEM_RELINQUISH, FFA_VERSION_1_0, PARTITION, 0, "FFA_MEM_RELINQUISH",
	 ffav_spmc_mem_relinquish},
	{FFA_MEM_RECLAIM, FFA_VERSION_1_0, BOTH, 0, "FFA_MEM_RECLAIM", ffav_spmc_mem_reclaim},
	{FFA_MEM_FRAG_RX, FFA_VERSION_1_0, PARTITION, BOTH, "FFA_MEM_FRAG_RX",
	 ffav_spmc_mem_frag_rx},
	{FFA_MEM_FRAG_TX, FFA_VERSION_1_0, BOTH, PARTITION, "FFA_MEM_FRAG_TX",
	 ffav_spmc_mem_frag_tx},
	{FFA_MEM_PERM_GET_32, FFA_VERSION_1_1, PARTITION, 0, "FFA_MEM_PERM_GET",
	 ffav_spmc_mem_perm_get},
	{FFA_MEM_PERM_GET_64, FFA_VERSION_1_1, PARTITION, 0, "FFA_MEM_PERM_GET",
	 ffav_spmc_mem_perm_get},
	{FFA_MEM_PERM_SET_32, FFA_VERSION_1_1, PARTITION, 0, "FFA_MEM_PERM_SET",
	 ffav_spmc_mem_perm_set},
	{FFA_MEM_PERM_SET_64, FFA_VERSION_1_1, PARTITION, 0, "FFA_MEM_PERM_SET",
	 ffav_spmc_mem_perm_set},
};

const struct ffav_spmc_call *ffav_spmc_find_call(uint32_t function)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (calls[i].function == function)
			return &calls[i];
	}
	return NULL;
}

struct ffav_switch ffav_spmc_refuse(const struct ffav_spmc *m, const struct ffav_caller *caller,
				    int32_t code, const char *reason, uint64_t value,
				    struct ffav_smc_regs *out)
{
	ffav_report_refusal(caller->partition ? FFAV_REPORT_PARTITIONS : FFAV_REPORT_NORMAL,
			    caller->call, reason, value);
	ffav_spmc_answer(out, FFA_ERROR);
	out->x[2] = (uint32_t)code;
	return ffav_spmc_back(m, caller);
}

/* Look the call up and hand it to its chapter. */
static struct ffav_switch dispatch(struct ffav_spmc *m, struct ffav_caller *caller,
				   struct ffav_smc_regs *regs)
{
	struct ffav_smc_regs in = *regs;
	/* The function id is a 32-bit value (SMCCC 1.2, section 2.5). */
	uint32_t function = (uint32_t)in.x[0];
	const struct ffav_spmc_call *call = ffav_spmc_find_call(function);

	in.x[0] = function;
	if (!(function & SMCCC_64)) {
		for (unsigned int i = 1; i < FFAV_SMC_REGS; i++)
			in.x[i] = (uint32_t)in.x[i];
	}
	caller->call = call ? call->name : "FF-A call";
	if (!call)
		return ffav_spmc_refuse(m, caller, FFA_NOT_SUPPORTED, "unknown function",
					function, regs);
	if (!(call->from & ffav_spmc_side(caller)) || caller->endpoint->version < call->since)
		return ffav_spmc_refuse(m, caller, FFA_NOT_SUPPORTED,
					"this caller has no such function", function, regs);
	if (function != FFA_VERSION)
		caller->endpoint->spoke = true;
	return call->handler(m, caller, &in, regs);
}

/* Give the normal world back what its call was to preserve. */
static void restore_kept(const struct ffav_spmc *m, unsigned int cpu, struct ffav_switch to,
			 struct ffav_smc_regs *regs)
{
	/* These two answers are 18 registers long. */
	if (to.to != FFAV_SWITCH_NORMAL || regs->x[0] == FFA_MSG_SEND_DIRECT_RESP2 ||
	    regs->x[0] == FFA_SUCCESS_64)
		return;
	memcpy(&regs->x[8], m->kept[cpu], sizeof(m->kept[cpu]));
}

/* The partition that runs on @cpu, or NULL. */
static struct ffav_partition *running_on(struct ffav_spmc *m, unsigned int cpu)
{
	if (cpu >= FFAV_SPMC_CPUS_MAX || m->current[cpu] < 0)
		return NULL;
	return &m->partitions[m->current[cpu]];
}

/* The machine names a CPU on which there is nothing to do it with. */
static struct ffav_switch refuse_cpu(const char *call, unsigned int cpu,
				     struct ffav_smc_regs *regs)
{
	ffav_report(call, "there is no such CPU, or it is not in that world", cpu);
	ffav_ffa_error(regs, FFA_DENIED);
	return ffav_spmc_to_normal();
}

struct ffav_switch ffav_spmc_from_normal(struct ffav_spmc *m, unsigned int cpu,
					 struct ffav_smc_regs *regs)
{
	struct ffav_caller caller = {.cpu = cpu, .endpoint = &m->normal};
	struct ffav_switch to;

	ffav_machine_lock();
	if (cpu >= FFAV_SPMC_CPUS_MAX || m->current[cpu] >= 0) {
		to = refuse_cpu("normal-world call", cpu, regs);
		goto out;
	}
	memcpy(m->kept[cpu], &regs->x[8], sizeof(m->kept[cpu]));
	to = dispatch(m, &caller, regs);
	restore_kept(m, cpu, to, regs);
out:
	ffav_machine_unlock();
	return to;
}

struct ffav_switch ffav_spmc_from_partition(struct ffav_spmc *m, unsigned int cpu,
					    struct ffav_smc_regs *regs)
{
	struct ffav_caller caller = {.cpu = cpu};
	struct ffav_switch to;

	ffav_machine_lock();
	caller.partition = running_on(m, cpu);
	if (!caller.partition) {
		to = refuse_cpu("partition call", cpu, regs);
		goto out;
	}
	caller.endpoint = &caller.partition->endpoint;
	to = dispatch(m, &caller, regs);
	restore_kept(m, cpu, to, regs);
out:
	ffav_machine_unlock();
	return to;
}

struct ffav_switch ffav_spmc_preempted(struct ffav_spmc *m, unsigned int cpu,
				       struct ffav_smc_regs *regs)
{
	struct ffav_partition *partition, *root;
	struct ffav_switch to;

	ffav_machine_lock();
	partition = running_on(m, cpu);
	if (!partition) {
		to = refuse_cpu("FFA_INTERRUPT", cpu, regs);
		goto out;
	}
	for (root = partition; ffav_spmc_giver(m, root); root = ffav_spmc_giver(m, root))
		;
	/* Nobody could resume an initialisation: it is not preempted. */
	if (!root->request) {
		to = (struct ffav_switch){.to = FFAV_SWITCH_RESUME,
					  .partition = ffav_spmc_index(m, partition)};
		goto out;
	}
	ffav_spmc_leave(m, partition, cpu, FFAV_PARTITION_PREEMPTED);
	ffav_spmc_answer(regs, FFA_INTERRUPT);
	regs->x[1] = ffav_ffa_target(root->config.id, 0);
	to = ffav_spmc_to_normal();
	restore_kept(m, cpu, to, regs);
out:
	ffav_machine_unlock();
	return to;
}

struct ffav_switch ffav_spmc_faulted(struct ffav_spmc *m, unsigned int cpu,
				     struct ffav_smc_regs *regs)
{
	struct ffav_partition *partition;
	struct ffav_switch to;

	ffav_machine_lock();
	partition = running_on(m, cpu);
	if (!partition) {
		to = refuse_cpu("partition fault", cpu, regs);
		goto out;
	}
	if (partition->ready && ++partition->faults < FFAV_SPMC_FAULTS_MAX)
		to = ffav_spmc_end(m, partition, cpu, FFAV_PARTITION_STOPPED,
				   "It made a fault and was stopped.", regs);
	else
		to = ffav_spmc_end(m, partition, cpu, FFAV_PARTITION_DEAD,
				   "It made a fault and was stopped for good.", regs);
	restore_kept(m, cpu, to, regs);
out:
	ffav_machine_unlock();
	return to;
}
