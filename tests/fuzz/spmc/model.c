// SPDX-License-Identifier: BSD-3-Clause
/*
 * The model's state, what every chapter uses, and which chapter answers a call.
 */
#include "tests/fuzz/spmc/memory.h"

struct model_endpoint model_endpoints[1 + PARTS];
struct model_partition model_parts[PARTS];
struct ffav_spmc model_manager;

void model_start(void)
{
	memset(model_endpoints, 0, sizeof(model_endpoints));
	model_memory_start();
	model_endpoints[0].version = FFA_VERSION_1_0;
	model_endpoints[1].version = FFA_VERSION_1_2;
	model_endpoints[2].version = FFA_VERSION_1_0;
	for (unsigned int i = 0; i < PARTS; i++) {
		model_endpoints[i + 1].id = (uint16_t)(0x8001 + i);
		model_parts[i] = (struct model_partition){.state = WAITING, .cpu = -1};
		model_fresh_access(i);
	}
}

int model_runs(unsigned int cpu)
{
	for (unsigned int i = 0; i < PARTS; i++) {
		if (model_parts[i].state == RUNNING && model_parts[i].cpu == (int)cpu)
			return (int)i;
	}
	return -1;
}

struct outcome model_refuse(int32_t code)
{
	return (struct outcome){.code = code, .x0 = FFA_ERROR, .x2 = (uint32_t)code};
}

struct outcome model_succeed(uint64_t w2, uint64_t w3)
{
	return (struct outcome){.x0 = FFA_SUCCESS_32, .x2 = w2, .x3 = w3};
}

bool model_has(unsigned int e, uint32_t f, bool meet)
{
	uint32_t version = model_endpoints[e].version;

	switch (f) {
	case FFA_VERSION:
	case FFA_FEATURES:
	case FFA_RX_RELEASE:
	case FFA_RXTX_MAP_32:
	case FFA_RXTX_MAP_64:
	case FFA_RXTX_UNMAP:
	case FFA_PARTITION_INFO_GET:
	case FFA_ID_GET:
	case FFA_RUN:
	case FFA_MSG_SEND_DIRECT_REQ_32:
	case FFA_MSG_SEND_DIRECT_REQ_64:
	case FFA_MEM_LEND_32:
	case FFA_MEM_LEND_64:
	case FFA_MEM_SHARE_32:
	case FFA_MEM_SHARE_64:
	case FFA_MEM_RECLAIM:
	case FFA_MEM_FRAG_TX:
		return true;
	case FFA_MEM_RETRIEVE_REQ_32:
	case FFA_MEM_RETRIEVE_REQ_64:
	case FFA_MEM_RELINQUISH:
		return e != 0;
	case FFA_MEM_RETRIEVE_RESP:
		return meet && e != 0;
	case FFA_MEM_FRAG_RX:
		return meet || e != 0;
	case FFA_MEM_PERM_GET_32:
	case FFA_MEM_PERM_GET_64:
	case FFA_MEM_PERM_SET_32:
	case FFA_MEM_PERM_SET_64:
		return e != 0 && version >= FFA_VERSION_1_1;
	case FFA_SPM_ID_GET:
		return version >= FFA_VERSION_1_1;
	case FFA_PARTITION_INFO_GET_REGS:
	case FFA_MSG_SEND_DIRECT_REQ2:
		return version >= FFA_VERSION_1_2;
	case FFA_MSG_WAIT:
	case FFA_MSG_SEND_DIRECT_RESP_32:
	case FFA_MSG_SEND_DIRECT_RESP_64:
	case FFA_CONSOLE_LOG_32:
	case FFA_CONSOLE_LOG_64:
		return e != 0;
	case FFA_MSG_SEND_DIRECT_RESP2:
		return e != 0 && version >= FFA_VERSION_1_2;
	case FFA_ERROR:
	case FFA_YIELD:
		return e != 0 || meet;
	case FFA_SUCCESS_32:
	case FFA_SUCCESS_64:
	case FFA_INTERRUPT:
		return meet;
	default:
		return false;
	}
}

struct outcome model_foretell(unsigned int e, unsigned int cpu, const uint64_t *x)
{
	uint32_t f = (uint32_t)x[0];

	if (!model_has(e, f, false))
		return model_refuse(FFA_NOT_SUPPORTED);
	switch (f) {
	case FFA_VERSION:
		return model_version(e, (uint32_t)x[1]);
	case FFA_FEATURES:
		return model_features(e, x);
	case FFA_ID_GET:
		return model_succeed(model_endpoints[e].id, 0);
	case FFA_SPM_ID_GET:
		return model_succeed(0x8000, 0);
	case FFA_RXTX_MAP_32:
	case FFA_RXTX_MAP_64:
		return model_rxtx_map(e, x);
	case FFA_RXTX_UNMAP:
		return model_rxtx_unmap(e, x);
	case FFA_RX_RELEASE:
		return model_rx_release(e, x);
	case FFA_PARTITION_INFO_GET:
		return model_info_get(e, x);
	case FFA_PARTITION_INFO_GET_REGS:
		return model_info_get_regs(e, x);
	case FFA_RUN:
		return model_run(e, cpu, x);
	case FFA_CONSOLE_LOG_32:
	case FFA_CONSOLE_LOG_64:
		return model_console_log(e, x);
	case FFA_MEM_LEND_32:
	case FFA_MEM_LEND_64:
	case FFA_MEM_SHARE_32:
	case FFA_MEM_SHARE_64:
		return model_mem_share(e, x);
	case FFA_MEM_FRAG_TX:
		return model_mem_frag_tx(e, x);
	case FFA_MEM_FRAG_RX:
		return model_mem_frag_rx(e, x);
	case FFA_MEM_RETRIEVE_REQ_32:
	case FFA_MEM_RETRIEVE_REQ_64:
		return model_mem_retrieve(e, x);
	case FFA_MEM_RELINQUISH:
		return model_mem_relinquish(e, x);
	case FFA_MEM_RECLAIM:
		return model_mem_reclaim(e, x);
	case FFA_MEM_PERM_GET_32:
	case FFA_MEM_PERM_GET_64:
		return model_perm_get(e - 1, x);
	case FFA_MEM_PERM_SET_32:
	case FFA_MEM_PERM_SET_64:
		return model_perm_set(e - 1, x);
	case FFA_YIELD:
		return model_yield(e - 1);
	case FFA_MSG_WAIT:
		return model_msg_wait(e - 1, x);
	case FFA_ERROR:
		return model_error(e - 1);
	case FFA_MSG_SEND_DIRECT_REQ_32:
	case FFA_MSG_SEND_DIRECT_REQ_64:
	case FFA_MSG_SEND_DIRECT_REQ2:
		return model_direct_request(e, cpu, x);
	default:
		return model_direct_response(e - 1, x);
	}
}
