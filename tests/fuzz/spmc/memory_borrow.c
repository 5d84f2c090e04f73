// SPDX-License-Identifier: BSD-3-Clause
/* The model: borrowers retrieve memory and give it up. */
#include "tests/fuzz/spmc/memory.h"

#define INVALID MODEL_CODE(FFA_INVALID_PARAMETERS)
#define DENIED  MODEL_CODE(FFA_DENIED)

/* Bits 0 and 2 ask for zeros, 3 and 4 say the kind, 10 that the caller names itself only. */
static uint32_t judge_header(const struct model_region *r, const struct model_descriptor *d)
{
	uint32_t wrong = 0, kind = d->flags >> 3 & 3, type = d->attributes >> 4 & 3;

	if (d->sender != model_endpoints[r->owner].id || d->tag != r->tag)
		wrong |= INVALID;
	if (d->flags & ~UINT32_C(0x41d) || (kind && kind != (r->lent ? 2u : 1u)))
		wrong |= INVALID;
	if (d->flags & 5)
		wrong |= r->lent ? DENIED : INVALID;
	if (d->attributes >> 6 || type == 3)
		wrong |= INVALID;
	else if (type && d->attributes != 0x2f)
		wrong |= DENIED;
	return wrong;
}

/* One borrower as endpoint @e names it. */
static uint32_t judge_access(unsigned int e, struct model_region *r,
			     const struct model_descriptor *d, const struct model_access *a)
{
	const struct model_borrower *b = model_borrower(r, a->receiver - 0x8000u);
	uint8_t data = a->permissions & 3, code = a->permissions >> 2;
	bool only = r->lent && r->borrowers == 1;
	uint32_t wrong = 0;

	if (!b || a->composite || data == 3 || code == 3)
		return INVALID;
	if (a->flags > (b->e != e))
		wrong |= INVALID;
	if (b->valued && d->access_size == 32 && a->value != b->value)
		wrong |= INVALID;
	/* Execution is a matter between a lender and its only borrower. */
	if (only ? code == 0 : code != 0)
		wrong |= INVALID;
	if ((only && code == 2) || (data == 2 && !b->write))
		wrong |= DENIED;
	return wrong;
}

/* All borrowers, each once, or the caller alone. */
static uint32_t judge_borrowers(unsigned int e, struct model_region *r,
				const struct model_descriptor *d)
{
	bool alone = d->flags >> 10 & 1, self = false;
	uint32_t wrong = 0;

	if (alone ? d->access_count != 1 || r->borrowers == 1 : d->access_count != r->borrowers)
		wrong |= INVALID;
	for (uint32_t i = 0; i < d->access_count; i++) {
		wrong |= judge_access(e, r, d, &d->access[i]);
		self |= d->access[i].receiver == model_endpoints[e].id;
	}
	if (!self || (d->access_count == 2 && d->access[0].receiver == d->access[1].receiver))
		wrong |= INVALID;
	return wrong;
}

/* Ranges of @r that fit into RX behind @head, as bytes; the answer is then @head and they. */
static uint32_t put_answer(unsigned int e, const struct model_region *r,
			   struct model_borrower *b, uint32_t head)
{
	uint32_t fit = (uint32_t)(model_endpoints[e].size - head) / 16;

	if (fit > r->count - b->sent)
		fit = r->count - b->sent;
	model_rx_size = head + model_put_ranges(r->ranges + b->sent, fit, model_rx + head);
	b->sent += fit;
	model_endpoints[e].full = true;
	return (uint32_t)model_rx_size;
}

/* What endpoint @e is told of @r, up to the ranges. */
static struct model_descriptor *describe(unsigned int e, const struct model_region *r,
					 const struct model_borrower *b)
{
	static struct model_descriptor d;
	uint32_t version = model_endpoints[e].version;

	d = (struct model_descriptor){
		.sender = model_endpoints[r->owner].id,
		.attributes = version >= FFA_VERSION_1_1 && !r->owner ? 0x6f : 0x2f,
		.flags = r->lent ? 0x10 : 0x08,
		.handle = r->handle,
		.tag = r->tag,
		.access_size = version >= FFA_VERSION_1_2 ? 32 : 16,
		.access_count = 1,
		.access = {{.receiver = model_endpoints[e].id,
			    .permissions = b->writes ? 6 : 5,
			    .value = b->value}},
		.pages = r->pages,
		.range_count = r->count,
	};
	return &d;
}

struct outcome model_mem_retrieve(unsigned int e, const uint64_t *x)
{
	const struct model_endpoint *endpoint = &model_endpoints[e];
	const struct model_descriptor *d = model_tx;
	struct model_region *r = d ? model_region(d->handle) : NULL;
	struct model_borrower *b = r ? model_borrower(r, e) : NULL;
	uint32_t wrong = endpoint->mapped ? 0 : DENIED, head;
	struct outcome o = {.x0 = FFA_MEM_RETRIEVE_RESP};

	if (!b || r->told != r->count || x[3] || (uint32_t)x[4] ||
	    (uint32_t)x[1] != (uint32_t)x[2] ||
	    (uint32_t)x[1] != model_head_size(endpoint->version, d))
		return model_refuse_any(wrong | INVALID);
	wrong |= judge_header(r, d) | judge_borrowers(e, r, d);
	if (b->has)
		wrong |= DENIED;
	if (endpoint->full)
		wrong |= MODEL_CODE(FFA_BUSY);
	if (wrong)
		return model_refuse_any(wrong);
	b->has = true;
	b->writes = b->write;
	b->sent = 0;
	for (uint32_t i = 0; i < d->access_count; i++) {
		if (d->access[i].receiver == endpoint->id && d->access[i].permissions & 3)
			b->writes = (d->access[i].permissions & 3) == 2;
	}
	d = describe(e, r, b);
	head = model_head_size(endpoint->version, d);
	model_put_head(endpoint->version, d, model_rx);
	o.x1 = head + r->count * 16;
	o.x2 = put_answer(e, r, b, head);
	return o;
}

struct outcome model_mem_frag_rx(unsigned int e, const uint64_t *x)
{
	struct model_region *r = model_region((uint32_t)x[1] | x[2] << 32);
	struct model_borrower *b = r ? model_borrower(r, e) : NULL;
	uint32_t wrong = 0, head;

	if (!b || !b->has || b->sent == r->count)
		return model_refuse_any(INVALID);
	head = model_head_size(model_endpoints[e].version, describe(e, r, b));
	if (x[4] || x[3] != head + b->sent * 16)
		wrong |= INVALID;
	if (!model_endpoints[e].mapped)
		wrong |= DENIED;
	if (model_endpoints[e].full)
		wrong |= MODEL_CODE(FFA_BUSY);
	if (wrong)
		return model_refuse_any(wrong);
	return (struct outcome){.x0 = FFA_MEM_FRAG_TX,
				.x1 = (uint32_t)r->handle,
				.x2 = r->handle >> 32,
				.x3 = put_answer(e, r, b, 0)};
}

struct outcome model_mem_relinquish(unsigned int e, const uint64_t *x)
{
	const struct model_descriptor *d = model_tx;
	struct model_region *r = d ? model_region(d->handle) : NULL;
	struct model_borrower *b = r ? model_borrower(r, e) : NULL;
	uint32_t wrong = model_endpoints[e].mapped ? 0 : DENIED;

	(void)x;
	if (!b || !b->has)
		return model_refuse_any(wrong | INVALID);
	if (d->access_count != 1 || d->access[0].receiver != model_endpoints[e].id)
		wrong |= INVALID;
	wrong |= model_zero_flags(r, d->flags);
	if (wrong)
		return model_refuse_any(wrong);
	b->has = false;
	return model_succeed(0, 0);
}
