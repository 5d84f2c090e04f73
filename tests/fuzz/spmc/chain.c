// SPDX-License-Identifier: BSD-3-Clause
/* The model: who has whose CPU, where partitions call partitions. */
#include "tests/fuzz/spmc/model.h"

int model_giver(unsigned int i)
{
	return model_parts[i].request ? (int)model_parts[i].requester - 1 : -1;
}

bool model_waits(unsigned int i, unsigned int e)
{
	for (int caller = (int)e - 1; caller >= 0; caller = model_giver((unsigned int)caller)) {
		if (caller == (int)i)
			return true;
	}
	return false;
}

bool model_has_lent(unsigned int i)
{
	for (unsigned int j = 0; j < PARTS; j++) {
		if (model_giver(j) == (int)i)
			return true;
	}
	return false;
}

unsigned int model_first(unsigned int i)
{
	while (model_giver(i) >= 0)
		i = (unsigned int)model_giver(i);
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
	int to = model_giver(i);

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
