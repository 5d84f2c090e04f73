// SPDX-License-Identifier: BSD-3-Clause
/* The model: who runs where. */
#include "tests/fuzz/spmc/model.h"

struct outcome model_run(unsigned int cpu, const uint64_t *x)
{
	uint64_t target = x[1];
	unsigned int i = (unsigned int)(target >> 16) - 0x8001;
	struct outcome o = {.to = FFAV_SWITCH_RESUME, .any_payload = true};

	if (target != 0x80010000 && target != 0x80020000)
		return model_refuse(FFA_INVALID_PARAMETERS);
	o.partition = i;
	switch (model_parts[i].state) {
	case WAITING:
		return model_refuse(FFA_DENIED);
	case RUNNING:
		return model_refuse(FFA_BUSY);
	case DEAD:
		return model_refuse(FFA_ABORTED);
	case BLOCKED:
		o.to = FFAV_SWITCH_PARTITION;
		o.x0 = FFA_SUCCESS_32;
		break;
	case PREEMPTED:
		break;
	}
	model_parts[i].state = RUNNING;
	model_parts[i].cpu = (int)cpu;
	return o;
}

/* Partition @i leaves its CPU in @state; the normal world hears @f of it. */
static struct outcome leave(unsigned int i, enum model_state state, uint32_t f)
{
	model_parts[i].state = state;
	model_parts[i].cpu = -1;
	return (struct outcome){.x0 = f, .x1 = (uint64_t)model_endpoints[i + 1].id << 16};
}

struct outcome model_yield(unsigned int i)
{
	return leave(i, BLOCKED, FFA_YIELD);
}

struct outcome model_preempt(unsigned int i)
{
	return leave(i, PREEMPTED, FFA_INTERRUPT);
}

struct outcome model_fault(unsigned int i)
{
	model_parts[i] = (struct model_partition){DEAD, -1, 0};
	model_endpoints[i + 1].mapped = false;
	model_endpoints[i + 1].full = false;
	return model_refuse(FFA_ABORTED);
}
