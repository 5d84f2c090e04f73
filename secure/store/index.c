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

/*
 * Every bit of a product depends on the bits of its factor at and below its own place, so the
 * highest are the best: they are what a bucket is chosen by, and they are folded down before
 * the next eight bytes come in.
 */
static uint64_t mix(uint64_t h, uint64_t word)
{
	return ((h ^ h >> 32) ^ word) * UINT64_C(0x9e3779b97f4a7c15);
}

uint32_t ffav_store_hash(const void *key, size_t size)
{
	const uint8_t *p = key;
	uint64_t h = size;

	for (; size >= 8; size -= 8, p += 8)
		h = mix(h, ffav_get64(p));
	if (size & 4) {
		h = mix(h, ffav_get32(p));
		p += 4;
	}
	for (size &= 3; size; size--, p++)
		h = mix(h, *p);
	return (uint32_t)(h >> 32);
}

static uint16_t *bucket_of(const struct ffav_store *store, uint32_t hash)
{
	return &store->buckets[hash >> store->bucket_shift];
}

/* Compares a key that cannot be reached as memory, in pieces. Return: a ffav_store_result. */
static int compare_pieces(const struct ffav_store *store, const struct ffav_store_entry *e,
			  const uint8_t *key)
{
	uint32_t place = log_skip(store, e->key_at, LOG_RECORD_SIZE);
	uint32_t done, step;
	uint8_t piece[64];

	for (done = 0; done < e->key_size; done += step) {
		step = e->key_size - done;
		if (step > sizeof(piece))
			step = sizeof(piece);
		if (place == LOG_NONE || log_read(store, place, piece, step))
			return FFAV_STORE_IO_ERROR;
		if (memcmp(piece, key + done, step))
			return FFAV_STORE_NOT_FOUND;
		place = log_skip(store, place, step);
	}
	return FFAV_STORE_OK;
}

/* In words: keys are long, and every call compares one. */
static inline bool same_bytes(const uint8_t *a, const uint8_t *b, size_t size)
{
	for (; size >= 8; size -= 8, a += 8, b += 8)
		if (ffav_get64(a) != ffav_get64(b))
			return false;
	for (; size; size--)
		if (*a++ != *b++)
			return false;
	return true;
}

/*
 * Looks for a key in a chain from @id on, whatever it takes. Another key with the same hash is
 * rare; a key that has gone bad on flash must not pass for one, or its item would seem to be
 * absent. Return: as index_find().
 */
__attribute__((noinline)) static ffav_store_id find_slowly(const struct ffav_store *store,
							   uint16_t id, const uint8_t *key,
							   size_t size, uint32_t hash)
{
	for (; id; id = entry(store, id)->chain) {
		const struct ffav_store_entry *e = entry(store, id);
		uint8_t raw[LOG_RECORD_SIZE];
		struct log_record r;
		int result;

		if (e->hash != hash || e->key_size != size)
			continue;
		result = compare_pieces(store, e, key);
		if (!result)
			break;
		if (result != FFAV_STORE_NOT_FOUND ||
		    log_read(store, e->key_at, raw, sizeof(raw)) ||
		    !log_record_decode(raw, UINT32_MAX, &r) || r.size != size ||
		    !log_check(store, e->key_at, &r))
			return FFAV_STORE_UNREADABLE;
	}
	return id;
}

ffav_store_id index_find(const struct ffav_store *store, const void *key, size_t size,
			 uint32_t hash)
{
	uint16_t id = *bucket_of(store, hash);

	while (id) {
		const struct ffav_store_entry *e = entry(store, id);
		const uint8_t *record;

		if (e->hash != hash || e->key_size != size) {
			id = e->chain;
			continue;
		}
		record = log_mapped(store, e->key_at, LOG_RECORD_SIZE + e->key_size);
		if (record && same_bytes(record + LOG_RECORD_SIZE, key, size))
			break;
		return find_slowly(store, id, key, size, hash);
	}
	return id;
}

void index_insert(struct ffav_store *store, uint16_t id)
{
	struct ffav_store_entry *e = entry(store, id);
	uint16_t *bucket = bucket_of(store, e->hash);

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
	uint16_t *link = bucket_of(store, e->hash);

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
}
