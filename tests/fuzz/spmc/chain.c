// SPDX-License-Identifier: BSD-3-Clause
/* The model: who has whose CPU, where partitions call partitions. */
#include "tests/fuzz/spmc/model.h"

/* Index of the partition that partition @i works for, or -1 for the normal world or nobody. */
static int giver(unsigned int i)
{
	return model_parts[i].request ? (int)model_parts[i].requester - 1 : -1;
}

bool model_waits(unsigned int i, unsigned int e)
{
	for (int caller = (int)e - 1; caller >= 0; caller = giver((unsigned int)caller)) {
		if (caller == (int)i)
			return true;
	}
	return false;
}

bool model_has_lent(unsigned int i)
{
	for (unsigned int j = 0; j < PARTS; j++) {
		if (giver(j) == (int)i)
			return true;
	}
	return false;
}

unsigned int model_first(unsigned int i)
{
	while (giver(i) >= 0)
		i = (unsigned int)giver(i);
	return i;
}

unsigned int model_last(unsigned int i)
{
	while (model_parts[i].state == CALLING)
		i = model_parts[i].callee;
	return i;
}

struct outcome model_give(unsigned int e, unsigned int cpu, unsigned int i, struct outcome o)
{
	if (e) {
		model_parts[e - 1].state = CALLING;
		model_parts[e - 1].cpu = -1;
		model_parts[e - 1].callee = i;
	}
	model_parts[i].state = RUNNING;
	model_parts[i].cpu = (int)cpu;
	o.moves = true;
	o.partition = i;
	return o;
}

struct outcome model_give_back(unsigned int i, enum model_state state, struct outcome o)
{
	int to = giver(i);

	if (to >= 0) {
		model_parts[to].state = RUNNING;
		model_parts[to].cpu = model_parts[i].cpu;
		o.to = FFAV_SWITCH_PARTITION;
		o.partition = (unsigned int)to;
		o.kept = model_parts[to].kept;
	}
	model_parts[i].state = state;
	model_parts[i].cpu = -1;
	o.moves = true;
	return o;
}

/* A partition ends, and what has yielded to it, which nobody else may resume. */
static void end(unsigned int i)
{
	model_parts[i].state = DEAD;
	model_parts[i].cpu = -1;
	model_parts[i].request = 0;
	model_endpoints[i + 1].mapped = false;
	model_endpoints[i + 1].full = false;
	for (unsigned int j = 0; j < PARTS; j++) {
		if (giver(j) == (int)i)
			end(j);
	}
}

struct outcome model_fault(unsigned int i)
{
	struct outcome o = model_give_back(i, DEAD, model_refuse(FFA_ABORTED));

	end(i);
	return o;
}
