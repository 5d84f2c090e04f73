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

uint32_t index_hash(const void *key, size_t size)
{
	const uint64_t factor = UINT64_C(0x9e3779b97f4a7c15);
	const uint8_t *p = key;
	uint64_t h = size * factor;

	for (; size >= 8; size -= 8, p += 8) {
		h = (h ^ ffav_get64(p)) * factor;
		h ^= h >> 32;
	}
	if (size & 4) {
		h = (h ^ ffav_get32(p)) * factor;
		h ^= h >> 32;
		p += 4;
	}
	for (size &= 3; size; size--, p++) {
		h = (h ^ *p) * factor;
		h ^= h >> 32;
	}
	return (uint32_t)h;
}

/* Compares a key that is on flash, in pieces where it cannot be reached as memory. */
static bool same_key(const struct ffav_store *store, const struct ffav_store_entry *e,
		     const uint8_t *key)
{
	uint32_t mask = store->flash->sector_size - 1;
	uint32_t place = e->key_at;
	uint32_t done, step;
	uint8_t piece[64];

	if (store->flash->map && (place & mask) + LOG_RECORD_SIZE + e->key_size <= mask + 1)
		return !memcmp(store->flash->map + place + LOG_RECORD_SIZE, key, e->key_size);
	place = log_skip(store, place, LOG_RECORD_SIZE);
	for (done = 0; done < e->key_size; done += step) {
		step = e->key_size - done;
		if (step > sizeof(piece))
			step = sizeof(piece);
		if (place == LOG_NONE || log_read(store, place, piece, step) ||
		    memcmp(piece, key + done, step))
			return false;
		place = log_skip(store, place, step);
	}
	return true;
}

uint16_t index_find(const struct ffav_store *store, const void *key, size_t size, uint32_t hash)
{
	uint16_t id = store->buckets[hash & store->bucket_mask];

	while (id) {
		const struct ffav_store_entry *e = entry(store, id);

		if (e->hash == hash && e->key_size == size && same_key(store, e, key))
			return id;
		id = e->chain;
	}
	return 0;
}

void index_insert(struct ffav_store *store, uint16_t id)
{
	struct ffav_store_entry *e = entry(store, id);
	uint16_t *bucket = &store->buckets[e->hash & store->bucket_mask];

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
	store->live += entry_key_total(e) + entry_data_total(e);
	if (entry_data_total(e) > store->largest)
		store->largest = entry_data_total(e);
}

void index_remove(struct ffav_store *store, uint16_t id)
{
	struct ffav_store_entry *e = entry(store, id);
	uint16_t *link = &store->buckets[e->hash & store->bucket_mask];

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
	store->live -= entry_key_total(e) + entry_data_total(e);
	memset(e, 0, sizeof(*e));
	e->chain = store->spare;
	store->spare = id;
}

void index_reset(struct ffav_store *store)
{
	memset(store->entries, 0, store->capacity * sizeof(*store->entries));
	memset(store->buckets, 0, (store->bucket_mask + 1) * sizeof(*store->buckets));
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
}
