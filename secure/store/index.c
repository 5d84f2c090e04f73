/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The index: hash chains for finding, a list for enumerating, both through 16-bit ids. An
 * item keeps its id while it lives, so that overwriting moves nothing.
 */
#include "secure/store/log.h"

static struct ffav_store_entry *entry(const struct ffav_store *store, uint16_t id)
{
	return &store->entries[id - 1];
}

void index_insert(struct ffav_store *store, uint16_t id)
{
	struct ffav_store_entry *e = entry(store, id);
	uint16_t *bucket = entry_bucket(store, e->hash);

	e->chain = *bucket;
	*bucket = id;
	e->next = 0;
	e->previous = store->last;
	if (store->last)
		entry(store, store->last)->next = id;
	else
		store->first = id;
	store->last = id;
	store->items++;
	(*log_live_at(store, e->key_at))++;
	(*log_live_at(store, e->data_at))++;
	store->live += entry_key_total(e) + entry_data_total(e);
	if (entry_data_total(e) > store->largest)
		store->largest = entry_data_total(e);
}

void index_remove(struct ffav_store *store, uint16_t id)
{
	struct ffav_store_entry *e = entry(store, id);
	uint16_t *link = entry_bucket(store, e->hash);

	while (*link != id)
		link = &entry(store, *link)->chain;
	*link = e->chain;
	if (e->previous)
		entry(store, e->previous)->next = e->next;
	else
		store->first = e->next;
	if (e->next)
		entry(store, e->next)->previous = e->previous;
	else
		store->last = e->previous;
	store->items--;
	(*log_live_at(store, e->key_at))--;
	(*log_live_at(store, e->data_at))--;
	store->live -= entry_key_total(e) + entry_data_total(e);
	memset(e, 0, sizeof(*e));
	e->chain = store->spare;
	store->spare = id;
}

void index_reset(struct ffav_store *store)
{
	memset(store->entries, 0, store->capacity * sizeof(*store->entries));
	memset(store->buckets, 0,
	       ((size_t)1 << (32 - store->bucket_shift)) * sizeof(*store->buckets));
	store->first = 0;
	store->last = 0;
	store->spare = 0;
	store->items = 0;
	store->live = 0;
	store->largest = 0;
}

void index_finish(struct ffav_store *store)
{
	uint32_t id;

	for (id = 1; id <= store->capacity; id++)
		if (entry(store, (uint16_t)id)->key_at && entry(store, (uint16_t)id)->data_at)
			index_insert(store, (uint16_t)id);
	/* From the highest, so that the lowest is used first. */
	for (id = store->capacity; id; id--) {
		struct ffav_store_entry *e = entry(store, (uint16_t)id);

		if (e->key_at && e->data_at)
			continue;
		/* A key without data or data without a key: the other half was damaged. */
		if (e->key_at || e->data_at)
			store->damaged++;
		memset(e, 0, sizeof(*e));
		e->chain = store->spare;
		store->spare = (uint16_t)id;
	}
	id = ffav_store_find(store, COUNTER_KEY, COUNTER_KEY_SIZE);
	store->epoch_id = id == FFAV_STORE_UNREADABLE ? 0 : (uint16_t)id;
}
