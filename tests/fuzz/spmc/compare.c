// SPDX-License-Identifier: BSD-3-Clause
/* The manager compared with the model. */
#include "tests/fuzz/spmc/compare.h"

#include "tests/fuzz/spmc/memory.h"

static uint8_t shadow[NORMAL_SIZE];

void compare_state(void)
{
	static const enum ffav_partition_state states[] = {
		[WAITING] = FFAV_PARTITION_WAITING,     [RUNNING] = FFAV_PARTITION_RUNNING,
		[PREEMPTED] = FFAV_PARTITION_PREEMPTED, [BLOCKED] = FFAV_PARTITION_BLOCKED,
		[CALLING] = FFAV_PARTITION_CALLING,     [STOPPED] = FFAV_PARTITION_STOPPED,
		[DEAD] = FFAV_PARTITION_DEAD,
	};

	uint32_t map[MACHINE_PAGES];

	require(!machine_locked, "the lock is still held");
	for (unsigned int e = 0; e <= PARTS; e++) {
		const struct ffav_endpoint *have =
			e ? &model_manager.partitions[e - 1].endpoint : &model_manager.normal;

		require(have->version == model_endpoints[e].version, "version");
		require((have->rx_pages != 0) == model_endpoints[e].mapped, "RX/TX mapped");
		require(have->rx_full == model_endpoints[e].full, "RX full");
	}
	for (unsigned int i = 0; i < PARTS; i++) {
		require(model_manager.partitions[i].state == states[model_parts[i].state],
			"partition state");
		require(model_manager.partitions[i].request == model_parts[i].request,
			"request");
		model_map(i, map);
		require(!memcmp(machine_map[i], map, sizeof(map)), "access to a page");
	}
	for (unsigned int cpu = 0; cpu < FFAV_SPMC_CPUS_MAX; cpu++)
		require(model_manager.current[cpu] == model_runs(cpu), "who runs where");
}

void compare_unchanged(const struct ffav_spmc *before)
{
	struct ffav_spmc now = model_manager, then = *before;

	memset(now.kept, 0, sizeof(now.kept));
	memset(then.kept, 0, sizeof(then.kept));
	now.normal.spoke = then.normal.spoke = false;
	for (unsigned int i = 0; i < PARTS; i++)
		now.partitions[i].endpoint.spoke = then.partitions[i].endpoint.spoke = false;
	require(!memcmp(&now, &then, sizeof(now)), "a refused call changed the state");
}

void compare_registers(const struct outcome *o, const struct ffav_smc_regs *sent,
		       const struct ffav_smc_regs *got, const uint64_t *kept)
{
	if (o->to == FFAV_SWITCH_RESUME || o->to == FFAV_SWITCH_START)
		return;
	if (o->all) {
		require(!memcmp(got->x, o->all, sizeof(got->x)), "a message that waited");
		return;
	}
	require(got->x[0] == o->x0, "x0");
	require(got->x[1] == o->x1, "x1");
	if (o->codes)
		require(got->x[2] > UINT32_MAX - 31 &&
				o->codes >> (UINT32_MAX - got->x[2] + 1) & 1,
			"the code of a refusal");
	else
		require(got->x[2] == o->x2, "x2");
	if (o->any_payload && o->x0 == FFA_SUCCESS_64)
		return;
	require(got->x[3] == o->x3, "x3");
	if (!o->any_payload) {
		for (unsigned int i = 4; i < 8; i++)
			require(!got->x[i], "an unused result is not zero");
	} else if (!(got->x[0] & SMCCC_64)) {
		for (unsigned int i = 1; i < 8; i++)
			require(!(got->x[i] >> 32), "an upper half of a 32-bit call");
	}
	if (got->x[0] == FFA_MSG_SEND_DIRECT_RESP2 || got->x[0] == FFA_MSG_SEND_DIRECT_REQ2) {
		require(!memcmp(&got->x[4], &sent->x[4], 14 * sizeof(got->x[0])),
			"x4-x17 of a second-kind message");
	} else {
		for (unsigned int i = 8; i < FFAV_SMC_REGS; i++)
			require(got->x[i] == (kept ? kept[i - 8] : 0), "x8-x17");
	}
}

void compare_rx(unsigned int e)
{
	const struct model_endpoint *endpoint = &model_endpoints[e];
	const uint8_t *rx;

	if (!model_rx_size)
		return;
	rx = ffav_machine_partition_memory(e - 1, endpoint->rx, (size_t)endpoint->size);
	require(rx && !memcmp(rx, model_rx, model_rx_size), "what a borrower is told");
	model_rx_size = 0;
}

void compare_memory(bool answered)
{
	size_t rx = (size_t)(model_endpoints[0].rx - NORMAL_BASE);

	if (answered && rx < NORMAL_SIZE)
		memcpy(shadow + rx, machine_normal + rx, 4 * FFA_PARTITION_INFO_SIZE_1_1);
	require(!memcmp(shadow, machine_normal, NORMAL_SIZE), "memory of the normal world");
}

void compare_memory_start(void)
{
	memcpy(shadow, machine_normal, sizeof(shadow));
}
