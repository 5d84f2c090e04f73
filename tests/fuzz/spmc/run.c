// SPDX-License-Identifier: BSD-3-Clause
/* The model: who runs where. */
#include "tests/fuzz/spmc/model.h"

/* A partition gives cycles only to what works for it, and that waits for them once it has yielded. */
static struct outcome run_from_partition(unsigned int e, unsigned int cpu, unsigned int i)
{
	struct outcome o = {
		.to = FFAV_SWITCH_PARTITION, .x0 = FFA_SUCCESS_32, .kept = model_parts[i].kept};

	if (model_parts[i].state != BLOCKED || model_parts[i].requester != e)
		return model_refuse(FFA_DENIED);
	return model_give(e, cpu, i, o);
}

struct outcome model_run(unsigned int e, unsigned int cpu, const uint64_t *x)
{
	uint64_t target = x[1];
	unsigned int i = (unsigned int)(target >> 16) - 0x8001;
	struct outcome o = {.to = FFAV_SWITCH_RESUME, .any_payload = true};

	if (target != 0x80010000 && target != 0x80020000)
		return model_refuse(FFA_INVALID_PARAMETERS);
	if (model_parts[i].state == DEAD || model_parts[i].state == STOPPED)
		return model_refuse(FFA_ABORTED);
	if (e)
		return run_from_partition(e, cpu, i);
	if (model_first(i) != i)
		return model_refuse(FFA_DENIED);
	i = model_last(i);
	if (model_parts[i].state == WAITING)
		return model_refuse(FFA_DENIED);
	if (model_parts[i].state == RUNNING)
		return model_refuse(FFA_BUSY);
	if (model_parts[i].state == BLOCKED) {
		o.to = FFAV_SWITCH_PARTITION;
		o.x0 = FFA_SUCCESS_32;
		o.kept = model_parts[i].kept;
	}
	return model_give(0, cpu, i, o);
}

struct outcome model_yield(unsigned int i)
{
	struct outcome o = {.x0 = FFA_YIELD, .x1 = (uint64_t)model_endpoints[i + 1].id << 16};

	if (!model_works(i))
		return model_refuse(FFA_DENIED);
	return model_give_back(i, BLOCKED, o);
}

struct outcome model_preempt(unsigned int i)
{
	uint16_t id = model_endpoints[model_first(i) + 1].id;

	model_parts[i].state = PREEMPTED;
	model_parts[i].cpu = -1;
	return (struct outcome){.moves = true, .x0 = FFA_INTERRUPT, .x1 = (uint64_t)id << 16};
}
