// SPDX-License-Identifier: BSD-3-Clause
/* The model: the table of transactions, and who reaches which page because of it. */
#include "tests/fuzz/spmc/memory.h"

struct model_region model_regions[MODEL_REGIONS];
const struct model_descriptor *model_tx;
uint8_t model_rx[NORMAL_SIZE];
size_t model_rx_size;

static uint64_t last_handle;

struct outcome model_refuse_any(uint32_t codes)
{
	return (struct outcome){.code = FFA_DENIED, .codes = codes, .x0 = FFA_ERROR};
}

void model_memory_start(void)
{
	memset(model_regions, 0, sizeof(model_regions));
	last_handle = 0;
}

struct model_region *model_new_region(void)
{
	for (unsigned int i = 0; i < MODEL_REGIONS; i++) {
		if (!model_regions[i].handle)
			return &model_regions[i];
	}
	return NULL;
}

uint64_t model_next_handle(void)
{
	return ++last_handle;
}

struct model_region *model_region(uint64_t handle)
{
	for (unsigned int i = 0; handle && i < MODEL_REGIONS; i++) {
		if (model_regions[i].handle == handle)
			return &model_regions[i];
	}
	return NULL;
}

struct model_borrower *model_borrower(struct model_region *r, unsigned int e)
{
	for (unsigned int i = 0; i < r->borrowers; i++) {
		if (r->borrower[i].e == e)
			return &r->borrower[i];
	}
	return NULL;
}

/* Zeroing may be asked for where memory is lent, and is never done; other flags are reserved. */
uint32_t model_zero_flags(const struct model_region *r, uint64_t flags)
{
	if (!flags)
		return 0;
	return MODEL_CODE(r->lent && flags == 1 ? FFA_DENIED : FFA_INVALID_PARAMETERS);
}

bool model_is_buffer(uint64_t page)
{
	for (unsigned int e = 0; e <= PARTS; e++) {
		const struct model_endpoint *endpoint = &model_endpoints[e];

		if (endpoint->mapped &&
		    ((page >= endpoint->rx && page - endpoint->rx < endpoint->size) ||
		     (page >= endpoint->tx && page - endpoint->tx < endpoint->size)))
			return true;
	}
	return false;
}

bool model_is_live(uint64_t page)
{
	for (unsigned int i = 0; i < MODEL_REGIONS; i++) {
		const struct model_region *r = &model_regions[i];

		for (uint32_t j = 0; r->handle && j < r->told; j++) {
			if (page >= r->ranges[j].address &&
			    (page - r->ranges[j].address) / FFA_PAGE_SIZE < r->ranges[j].pages)
				return true;
		}
	}
	return false;
}

/* In a map, the pages of a transaction. */
static void paint(uint32_t *map, const struct model_region *r, uint32_t access)
{
	for (uint32_t j = 0; j < r->told; j++) {
		for (uint32_t k = 0; k < r->ranges[j].pages; k++)
			map[machine_page(r->ranges[j].address + (uint64_t)k * FFA_PAGE_SIZE)] =
				access;
	}
}

void model_map(unsigned int i, uint32_t *map)
{
	memset(map, 0, MACHINE_PAGES * sizeof(*map));
	memcpy(map + machine_page(SECURE_BASE + i * (uint64_t)SECURE_SIZE),
	       model_parts[i].access, sizeof(model_parts[i].access));
	for (unsigned int j = 0; j < MODEL_REGIONS; j++) {
		struct model_region *r = &model_regions[j];
		const struct model_borrower *b = r->handle ? model_borrower(r, i + 1) : NULL;

		if (r->handle && r->owner == i + 1 && r->lent && r->told == r->count)
			paint(map, r, 0);
		if (b && b->has)
			paint(map, r,
			      FFAV_REGION_READ | (b->writes ? FFAV_REGION_WRITE : 0) |
				      (r->owner ? 0 : FFAV_REGION_NORMAL_WORLD));
	}
}

bool model_has_memory(unsigned int e)
{
	for (unsigned int i = 0; i < MODEL_REGIONS; i++) {
		struct model_region *r = &model_regions[i];
		const struct model_borrower *b = r->handle ? model_borrower(r, e) : NULL;

		if (r->handle && (r->owner == e || (b && b->has)))
			return true;
	}
	return false;
}

void model_memory_drop(unsigned int e)
{
	for (unsigned int i = 0; i < MODEL_REGIONS; i++) {
		struct model_region *r = &model_regions[i];
		struct model_borrower *b = r->handle ? model_borrower(r, e) : NULL;

		if (b)
			b->has = false;
		if (r->owner == e)
			r->handle = 0;
	}
}
