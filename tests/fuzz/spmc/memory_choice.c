// SPDX-License-Identifier: BSD-3-Clause
/*
 * Calls of memory management that are worth trying: right as far as the chooser can see, or with
 * one mistake. Whether they are right then is the model's to say.
 */
#include "tests/fuzz/spmc/memory.h"

/** What a sender and its borrowers agree on. */
#define TAG   UINT64_C(0x7a67)
#define VALUE UINT64_C(0x76a1)

static struct model_descriptor chosen;

/* TX of endpoint @e, or NULL. */
static uint8_t *tx_of(unsigned int e)
{
	const struct model_endpoint *endpoint = &model_endpoints[e];

	if (!endpoint->mapped)
		return NULL;
	return e ? ffav_machine_partition_memory(e - 1, endpoint->tx, (size_t)endpoint->size)
		 : ffav_machine_normal_memory(endpoint->tx, (size_t)endpoint->size);
}

void memory_spoil(unsigned int e)
{
	uint8_t *tx = tx_of(e);

	model_tx = NULL;
	if (tx)
		memset(tx, 0xff, (size_t)model_endpoints[e].size);
}

/* Does a list that is as long as @pick says come from the bank? Only that holds it. */
static void choose_ranges(struct input *s, unsigned int e, uint8_t pick)
{
	uint8_t first = input_byte(s);
	bool many = pick >= 0xf0 && !e;
	bool bank = many || (first & 0x80 && !e);
	uint64_t base =
		bank ? BANK_BASE
		     : (e ? SECURE_BASE + (e - 1) * (uint64_t)SECURE_SIZE : NORMAL_BASE);
	uint32_t room = (bank ? BANK_SIZE : e ? SECURE_SIZE : NORMAL_SIZE) / FFA_PAGE_SIZE;
	uint32_t page = (first & 0x7fu) % room;

	chosen.range_count = many ? MODEL_RANGES_TRIED : 1 + pick % 3u;
	chosen.pages = 0;
	for (uint32_t i = 0; i < chosen.range_count; i++) {
		uint32_t pages = !many && pick >> 2 & 1 && page + 1 < room ? 2 : 1;

		chosen.ranges[i].address = base + (uint64_t)page * FFA_PAGE_SIZE;
		chosen.ranges[i].pages = pages;
		chosen.pages += pages;
		page = (page + pages) % room;
	}
}

static void choose_give(struct input *s, unsigned int e, uint64_t *x)
{
	uint8_t what = input_byte(s), pick = input_byte(s);
	const struct model_endpoint *endpoint = &model_endpoints[e];
	bool lent = what & 1, wide = endpoint->version >= FFA_VERSION_1_2 && what & 2;
	uint16_t first = what & 4 ? 0x8002 : 0x8001;
	uint32_t told, head, most;
	uint8_t *tx = tx_of(e);

	if (e)
		first = e == 1 ? 0x8002 : 0x8001;
	chosen = (struct model_descriptor){
		.sender = endpoint->id,
		.tag = TAG,
		.access_size = wide ? 32 : 16,
		.access_count = what & 8 && !e ? 2 : 1,
		.access = {{.receiver = first,
			    .permissions = what & 16 ? 1 : 2,
			    .value = VALUE},
			   {.receiver = first ^ 3,
			    .permissions = what & 32 ? 1 : 2,
			    .value = VALUE}},
	};
	chosen.attributes = lent && chosen.access_count == 1 ? 0 : 0x2f;
	choose_ranges(s, e, pick);
	/* As many ranges as fit, or the first one or none. */
	head = model_head_size(endpoint->version, &chosen);
	most = tx ? (uint32_t)(endpoint->size - head) / 16 : chosen.range_count;
	told = what & 64                   ? what >> 7 & 1
	       : most < chosen.range_count ? most
					   : chosen.range_count;
	x[0] = lent ? FFA_MEM_LEND_64 : FFA_MEM_SHARE_64;
	x[1] = head + chosen.range_count * 16;
	x[2] = head + told * 16;
	memory_spoil_gift(&chosen, input_byte(s), x);
	/* A mistake may have made it longer; the lengths are still those of what was meant. */
	head = model_head_size(endpoint->version, &chosen);
	if (tx) {
		model_put_head(endpoint->version, &chosen, tx);
		model_put_ranges(chosen.ranges, told, tx + head);
	}
}

/* A transaction that is alive, as the input picks it, or an entry that is free. */
static struct model_region *choose_region(struct input *s)
{
	unsigned int count = 0, pick = input_byte(s);

	for (unsigned int i = 0; i < MODEL_REGIONS; i++)
		count += model_regions[i].handle != 0;
	if (!count)
		return &model_regions[0];
	pick %= count;
	for (unsigned int i = 0;; i++) {
		if (model_regions[i].handle && !pick--)
			return &model_regions[i];
	}
}

static void put_handle(const struct model_region *r, uint64_t *x)
{
	x[1] = (uint32_t)r->handle;
	x[2] = r->handle >> 32;
}

/* The ranges that the owner has not told yet, or some of them. */
static void choose_frag_tx(struct input *s, unsigned int e, uint64_t *x)
{
	const struct model_region *r = choose_region(s);
	uint8_t some = input_byte(s), mistake = input_byte(s);
	uint32_t count = r->count - r->told;
	uint8_t *tx = tx_of(e);

	x[0] = FFA_MEM_FRAG_TX;
	put_handle(r, x);
	if (some % 4 && count > some % 4u)
		count = some % 4u;
	if (tx && count > model_endpoints[e].size / 16)
		count = (uint32_t)model_endpoints[e].size / 16;
	chosen = (struct model_descriptor){.range_count = count};
	memcpy(chosen.ranges, r->ranges + r->told, count * sizeof(chosen.ranges[0]));
	x[3] = count * UINT64_C(16);
	if (mistake == 1)
		x[3] += 8;
	else if (mistake == 2)
		x[3] += 16;
	else if (mistake == 3)
		x[4] = 1;
	else if (mistake == 4)
		chosen.ranges[0].address = NORMAL_BASE;
	else if (mistake == 5)
		chosen.ranges[0].pages ^= 3;
	else if (mistake == 6 && r->told)
		chosen.ranges[0] = r->ranges[0];
	else if (mistake == 7)
		x[1] ^= 1;
	if (tx)
		model_put_ranges(chosen.ranges, count, tx);
}

static void choose_retrieve(struct input *s, unsigned int e, uint64_t *x)
{
	const struct model_region *r = choose_region(s);
	const struct model_endpoint *endpoint = &model_endpoints[e];
	uint8_t what = input_byte(s), *tx = tx_of(e);
	bool alone = r->borrowers == 1 || what & 1;

	chosen = (struct model_descriptor){
		.sender = model_endpoints[r->owner].id,
		.attributes = what & 2 ? 0x2f : 0,
		.flags = (what & 4  ? 0
			  : r->lent ? 0x10
				    : 0x08) |
			 (r->borrowers == 2 && alone ? 0x400 : 0),
		.handle = r->handle,
		.tag = TAG,
		.access_size = endpoint->version >= FFA_VERSION_1_2 && what & 8 ? 32 : 16,
		.access_count = alone ? 1 : 2,
		.access = {{.receiver = endpoint->id,
			    .permissions =
				    (r->lent && r->borrowers == 1 ? 4 : 0) | (what >> 4 & 1),
			    .value = VALUE},
			   {.receiver = endpoint->id ^ 3,
			    .flags = what >> 5 & 1,
			    .value = VALUE}},
	};
	x[0] = FFA_MEM_RETRIEVE_REQ_64;
	x[1] = x[2] = model_head_size(endpoint->version, &chosen);
	memory_spoil_retrieval(&chosen, input_byte(s), x);
	if (tx)
		model_put_head(endpoint->version, &chosen, tx);
}

static void choose_frag_rx(struct input *s, unsigned int e, uint64_t *x)
{
	struct model_region *r = choose_region(s);
	const struct model_borrower *b = model_borrower(r, e);
	uint32_t version = model_endpoints[e].version;
	uint8_t mistake = input_byte(s);

	chosen = (struct model_descriptor){
		.access_size = version >= FFA_VERSION_1_2 ? 32 : 16,
		.access_count = 1,
		.range_count = 1,
	};
	x[0] = FFA_MEM_FRAG_RX;
	put_handle(r, x);
	x[3] = model_head_size(version, &chosen) + (b ? b->sent : 0) * UINT64_C(16);
	if (mistake == 1)
		x[3] += 16;
	else if (mistake == 2)
		x[4] = 1;
	else if (mistake == 3)
		x[1] ^= 1;
}

static void choose_relinquish(struct input *s, unsigned int e, uint64_t *x)
{
	const struct model_region *r = choose_region(s);
	uint8_t mistake = input_byte(s), *tx = tx_of(e);

	chosen = (struct model_descriptor){
		.handle = r->handle,
		.access_count = 1,
		.access = {{.receiver = model_endpoints[e].id}},
	};
	if (mistake == 1)
		chosen.handle ^= 1;
	else if (mistake == 2 || mistake == 3)
		chosen.flags = mistake - 1u;
	else if (mistake == 4)
		chosen.access_count = 2;
	else if (mistake == 5)
		chosen.access[0].receiver ^= 3;
	x[0] = FFA_MEM_RELINQUISH;
	if (tx)
		model_put_relinquish(&chosen, tx);
}

static void choose_reclaim(struct input *s, uint64_t *x)
{
	const struct model_region *r = choose_region(s);
	uint8_t mistake = input_byte(s);

	x[0] = FFA_MEM_RECLAIM;
	put_handle(r, x);
	if (mistake == 1)
		x[1] ^= 1;
	else if (mistake == 2 || mistake == 3)
		x[3] = mistake - 1u;
}

void memory_choose(struct input *s, unsigned int e, uint64_t *x)
{
	uint8_t pick = input_byte(s) % 6;

	memory_spoil(e);
	for (unsigned int i = 0; i < 8; i++)
		x[i] = 0;
	if (pick == 0)
		choose_give(s, e, x);
	else if (pick == 1)
		choose_frag_tx(s, e, x);
	else if (pick == 2)
		choose_retrieve(s, e, x);
	else if (pick == 3)
		choose_frag_rx(s, e, x);
	else if (pick == 4)
		choose_relinquish(s, e, x);
	else
		choose_reclaim(s, x);
	model_tx = &chosen;
}
