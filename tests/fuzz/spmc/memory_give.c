// SPDX-License-Identifier: BSD-3-Clause
/* The model: owners share memory, lend it, and take it back. */
#include "tests/fuzz/spmc/memory.h"

#define INVALID MODEL_CODE(FFA_INVALID_PARAMETERS)
#define DENIED  MODEL_CODE(FFA_DENIED)

/* Does the page belong to endpoint @e alone, as data? */
static bool gives(unsigned int e, uint64_t page)
{
	if (model_is_live(page) || model_is_buffer(page))
		return false;
	if (!e)
		return (page >= NORMAL_BASE && page < SHARED_BASE) ||
		       (page >= BANK_BASE && page - BANK_BASE < BANK_SIZE);
	page -= SECURE_BASE + (e - 1) * (uint64_t)SECURE_SIZE;
	return page < SECURE_SIZE && model_parts[e - 1].access[page / FFA_PAGE_SIZE] ==
					     (FFAV_REGION_READ | FFAV_REGION_WRITE);
}

static bool overlap(const struct model_range *a, const struct model_range *b)
{
	return a->address < b->address + (uint64_t)b->pages * FFA_PAGE_SIZE &&
	       b->address < a->address + (uint64_t)a->pages * FFA_PAGE_SIZE;
}

/* What is wrong with the next @count ranges of @r, which are @ranges. */
static uint32_t judge_ranges(unsigned int e, const struct model_region *r,
			     const struct model_range *ranges, uint32_t count)
{
	uint32_t wrong = 0, pages = 0;

	for (uint32_t i = 0; i < r->told; i++)
		pages += r->ranges[i].pages;
	for (uint32_t i = 0; i < count; i++) {
		if (!ranges[i].pages || ranges[i].address % FFA_PAGE_SIZE)
			wrong |= INVALID;
		for (uint32_t j = 0; j < ranges[i].pages; j++)
			if (!gives(e, ranges[i].address + (uint64_t)j * FFA_PAGE_SIZE))
				wrong |= DENIED;
		for (uint32_t j = 0; j < r->told; j++)
			wrong |= overlap(&ranges[i], &r->ranges[j]) ? INVALID : 0;
		for (uint32_t j = 0; j < i; j++)
			wrong |= overlap(&ranges[i], &ranges[j]) ? INVALID : 0;
		pages += ranges[i].pages;
	}
	if (pages > r->pages || (r->told + count == r->count && pages != r->pages))
		wrong |= INVALID;
	return wrong;
}

/* The header: who lends to one borrower leaves the attributes to that. */
static uint32_t judge_header(unsigned int e, bool lent, const struct model_descriptor *d)
{
	uint32_t wrong = 0, type = d->attributes >> 4 & 3;

	if (d->sender != model_endpoints[e].id)
		wrong |= DENIED;
	if (d->handle)
		wrong |= INVALID;
	if (d->flags)
		wrong |= lent && d->flags == 1 ? DENIED : INVALID;
	if (lent && d->access_count == 1)
		return wrong | (d->attributes ? INVALID : 0);
	if (d->attributes >> 6 || type == 0 || type == 3)
		wrong |= INVALID;
	else if (d->attributes != 0x2f)
		wrong |= DENIED;
	return wrong;
}

/* The borrowers: partitions, each once, that read or write; the owner is silent about code. */
static uint32_t judge_borrowers(unsigned int e, const struct model_descriptor *d)
{
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < d->access_count; i++) {
		const struct model_access *a = &d->access[i];

		if (a->flags || (a->permissions != 1 && a->permissions != 2))
			wrong |= INVALID;
		if (a->receiver == model_endpoints[e].id ||
		    (a->receiver != 0x8001 && a->receiver != 0x8002))
			wrong |= INVALID;
		if (i && a->receiver == d->access[0].receiver)
			wrong |= INVALID;
	}
	return wrong;
}

/* The answer to an owner that has sent @told ranges more. */
static struct outcome told(struct model_region *r, uint32_t count)
{
	r->told += count;
	if (r->told == r->count)
		return model_succeed((uint32_t)r->handle, r->handle >> 32);
	return (struct outcome){.x0 = FFA_MEM_FRAG_RX,
				.x1 = (uint32_t)r->handle,
				.x2 = r->handle >> 32,
				.x3 = r->offset};
}

static bool has_room(uint32_t count)
{
	for (unsigned int i = 0; i < MODEL_REGIONS; i++)
		count += model_regions[i].handle ? model_regions[i].count : 0;
	return count <= MODEL_RANGES && model_new_region();
}

static void fill(struct model_region *r, const struct model_descriptor *d)
{
	r->tag = d->tag;
	r->borrowers = d->access_count;
	r->count = d->range_count;
	r->pages = d->pages;
	memcpy(r->ranges, d->ranges, sizeof(r->ranges));
	for (uint32_t i = 0; i < d->access_count; i++)
		r->borrower[i] = (struct model_borrower){
			.e = d->access[i].receiver - UINT32_C(0x8000),
			.write = d->access[i].permissions == 2,
			.valued = d->access_size == 32,
			.value = d->access_size == 32 ? d->access[i].value : 0};
}

struct outcome model_mem_share(unsigned int e, const uint64_t *x)
{
	static struct model_region r;
	const struct model_endpoint *endpoint = &model_endpoints[e];
	bool lent = x[0] == FFA_MEM_LEND_32 || x[0] == FFA_MEM_LEND_64;
	uint32_t total = (uint32_t)x[1], length = (uint32_t)x[2], head, count = 0;
	uint32_t wrong = endpoint->mapped ? 0 : DENIED;

	if (x[3] || (uint32_t)x[4] || length > total || length > endpoint->size)
		wrong |= INVALID;
	if (!model_tx)
		return model_refuse_any(wrong | INVALID);
	head = model_head_size(endpoint->version, model_tx);
	if (total != head + model_tx->range_count * 16 || length < head || (length - head) % 16)
		wrong |= INVALID;
	else
		count = (length - head) / 16;
	wrong |= judge_header(e, lent, model_tx) | judge_borrowers(e, model_tx);
	if (!has_room(model_tx->range_count))
		wrong |= MODEL_CODE(FFA_NO_MEMORY);
	r = (struct model_region){.lent = lent, .owner = e, .offset = length};
	fill(&r, model_tx);
	/* A length that is wrong says nothing about ranges that fit. */
	if (!(wrong & INVALID))
		wrong |= judge_ranges(e, &r, r.ranges, count);
	if (wrong)
		return model_refuse_any(wrong);
	r.handle = model_next_handle();
	*model_new_region() = r;
	return told(model_region(r.handle), count);
}

struct outcome model_mem_frag_tx(unsigned int e, const uint64_t *x)
{
	struct model_region *r = model_region((uint32_t)x[1] | x[2] << 32);
	uint32_t length = (uint32_t)x[3], count = length / 16;
	uint32_t wrong = 0;

	if (!r || r->owner != e || r->told == r->count)
		return model_refuse_any(INVALID);
	if (!model_endpoints[e].mapped)
		wrong |= DENIED;
	if (x[4] || !length || length % 16 || length > model_endpoints[e].size ||
	    count > r->count - r->told || !model_tx)
		return model_refuse_any(wrong | INVALID);
	/* Behind the ranges in TX there is noise. */
	if (count > model_tx->range_count) {
		wrong |= INVALID;
		count = model_tx->range_count;
	}
	wrong |= judge_ranges(e, r, model_tx->ranges, count);
	if (wrong)
		return model_refuse_any(wrong);
	memcpy(r->ranges + r->told, model_tx->ranges, count * sizeof(r->ranges[0]));
	r->offset += length;
	return told(r, count);
}

struct outcome model_mem_reclaim(unsigned int e, const uint64_t *x)
{
	struct model_region *r = model_region((uint32_t)x[1] | x[2] << 32);
	uint32_t wrong;

	if (!r || r->owner != e)
		return model_refuse_any(INVALID);
	wrong = model_zero_flags(r, x[3]);
	for (unsigned int i = 0; i < r->borrowers; i++)
		wrong |= r->borrower[i].has ? DENIED : 0;
	if (wrong)
		return model_refuse_any(wrong);
	r->handle = 0;
	return model_succeed(0, 0);
}
