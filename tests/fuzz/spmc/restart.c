// SPDX-License-Identifier: BSD-3-Clause
/* The model: partitions that end, and start again. */
#include "tests/fuzz/spmc/memory.h"

/* The versions that the manifests name. */
static const uint32_t versions[PARTS] = {FFA_VERSION_1_2, FFA_VERSION_1_0};

/* A partition ends, and what has yielded to it, which nobody else may resume. */
static void end(unsigned int i, enum model_state state)
{
	model_parts[i].state = state;
	model_parts[i].cpu = -1;
	model_parts[i].request = 0;
	model_parts[i].starting = false;
	model_endpoints[i + 1].version = versions[i];
	model_endpoints[i + 1].mapped = false;
	model_endpoints[i + 1].full = false;
	model_memory_drop(i + 1);
	for (unsigned int j = 0; j < PARTS; j++) {
		if (model_giver(j) == (int)i)
			end(j, STOPPED);
	}
}

static struct outcome aborted(unsigned int i, enum model_state state)
{
	struct outcome o = model_give_back(i, state, model_refuse(FFA_ABORTED));

	/* The partition's mistake is not a refused call. */
	o.code = 0;
	end(i, state);
	return o;
}

struct outcome model_fault(unsigned int i)
{
	return aborted(i, ++model_parts[i].faults < MODEL_FAULTS ? STOPPED : DEAD);
}

struct outcome model_start_again(unsigned int e, unsigned int cpu, unsigned int i,
				 const uint64_t *x)
{
	size_t count = (uint32_t)x[0] == FFA_MSG_SEND_DIRECT_REQ2 ? FFAV_SMC_REGS : 8;
	struct outcome o = {.to = FFAV_SWITCH_START};

	memset(model_parts[i].pending, 0, sizeof(model_parts[i].pending));
	memcpy(model_parts[i].pending, x, count * sizeof(*x));
	model_parts[i].starting = true;
	model_fresh_access(i);
	return model_give(e, cpu, i, o);
}

bool model_works(unsigned int i)
{
	return model_parts[i].request && !model_parts[i].starting;
}

/* The partition was started for a request that it cannot respond to in its new version. */
static struct outcome send_back(unsigned int i)
{
	struct outcome o = model_give_back(i, WAITING, model_refuse(FFA_DENIED));

	/* It is not its own call that is refused. */
	o.code = 0;
	model_parts[i].request = 0;
	model_parts[i].starting = false;
	return o;
}

struct outcome model_msg_wait(unsigned int i, const uint64_t *x)
{
	struct model_endpoint *endpoint = &model_endpoints[i + 1];
	bool keeps = endpoint->version >= FFA_VERSION_1_2 && x[2] & 1;

	if (model_works(i) || model_has_lent(i))
		return model_refuse(FFA_DENIED);
	if (!keeps)
		endpoint->full = false;
	if (model_parts[i].request == FFA_MSG_SEND_DIRECT_REQ2 &&
	    endpoint->version < FFA_VERSION_1_2)
		return send_back(i);
	model_parts[i].starting = false;
	return (struct outcome){.moves = true,
				.to = FFAV_SWITCH_PARTITION,
				.partition = i,
				.all = model_parts[i].pending};
}

struct outcome model_error(unsigned int i)
{
	return model_works(i) ? model_refuse(FFA_DENIED) : aborted(i, DEAD);
}

void model_fresh_access(unsigned int i)
{
	for (size_t page = 0; page < COUNT(model_parts[i].access); page++)
		model_parts[i].access[page] = FFAV_REGION_READ | FFAV_REGION_WRITE;
}

/* Access of partition @i to the page at @address; NULL where it has none. */
static uint32_t *access_at(unsigned int i, uint64_t address)
{
	uint64_t base = SECURE_BASE + i * (uint64_t)SECURE_SIZE;

	if (address < base || address - base >= SECURE_SIZE)
		return NULL;
	return &model_parts[i].access[(address - base) / FFA_PAGE_SIZE];
}

/* What partition @i may do with the page at @address, also with one that it borrows. */
static uint32_t reach(unsigned int i, uint64_t address)
{
	uint32_t map[MACHINE_PAGES], page = machine_page(address);

	model_map(i, map);
	return page < MACHINE_PAGES ? map[page] : 0;
}

struct outcome model_perm_get(unsigned int i, const uint64_t *x)
{
	uint32_t access = reach(i, x[1]);

	if (model_works(i))
		return model_refuse(FFA_DENIED);
	if (x[1] % FFA_PAGE_SIZE || !access)
		return model_refuse(FFA_INVALID_PARAMETERS);
	if (access & FFAV_REGION_WRITE)
		return model_succeed(5, 0);
	return model_succeed(access & FFAV_REGION_EXECUTE ? 3 : 7, 0);
}

struct outcome model_perm_set(unsigned int i, const uint64_t *x)
{
	uint64_t size = (uint64_t)(uint32_t)x[2] * FFA_PAGE_SIZE;
	uint32_t code = (uint32_t)x[3], access = FFAV_REGION_READ;

	if (model_works(i))
		return model_refuse(FFA_DENIED);
	if (x[1] % FFA_PAGE_SIZE || !size || x[1] + size < x[1])
		return model_refuse(FFA_INVALID_PARAMETERS);
	if (code != 3 && code != 5 && code != 7)
		return model_refuse(FFA_INVALID_PARAMETERS);
	if (code != 7)
		access |= code == 5 ? FFAV_REGION_WRITE : FFAV_REGION_EXECUTE;
	for (uint64_t page = x[1]; page < x[1] + size; page += FFA_PAGE_SIZE) {
		if (!reach(i, page))
			return model_refuse(FFA_INVALID_PARAMETERS);
		if (!access_at(i, page) || model_is_live(page) || model_is_buffer(page))
			return model_refuse(FFA_DENIED);
	}
	for (uint64_t page = x[1]; page < x[1] + size; page += FFA_PAGE_SIZE)
		*access_at(i, page) = access;
	return model_succeed(0, 0);
}
