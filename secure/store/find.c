/* SPDX-License-Identifier: BSD-3-Clause */
/* Finding an item by its key, and what the index says of it. */
#include "secure/store/log.h"

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

/* In words, two at a time: keys are long, and every call compares one. */
static inline bool same_bytes(const uint8_t *a, const uint8_t *b, size_t size)
{
	size_t i = 0;

	for (; size - i >= 16; i += 16)
		if ((ffav_get64(a + i) ^ ffav_get64(b + i)) |
		    (ffav_get64(a + i + 8) ^ ffav_get64(b + i + 8)))
			return false;
	for (; i < size; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

/*
 * Looks for a key in a chain from @id on, which has the same hash, whatever it takes. Another key
 * with the same hash is rare; a key that has gone bad on flash must not pass for one, or its item
 * would seem to be absent. Return: as index_find().
 */
static ffav_store_id find_slowly(const struct ffav_store *store, uint16_t id,
				 const uint8_t *key, size_t size)
{
	uint32_t hash = store->entries[id - 1].hash;

	for (; id; id = store->entries[id - 1].chain) {
		const struct ffav_store_entry *e = &store->entries[id - 1];
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

/* The first item in the chain of @hash that could be it, its entry, and whether it certainly is. */
static inline uint16_t find_fast(const struct ffav_store *store, const uint8_t *key,
				 size_t size, uint32_t hash,
				 const struct ffav_store_entry **entry, bool *certain)
{
	uint16_t id = *entry_bucket(store, hash);

	for (; id; id = store->entries[id - 1].chain) {
		const struct ffav_store_entry *e = &store->entries[id - 1];
		const uint8_t *record;

		if (e->hash != hash || e->key_size != size)
			continue;
		*entry = e;
		record = log_mapped(store, e->key_at, LOG_RECORD_SIZE + (uint32_t)size);
		*certain = record && same_bytes(record + LOG_RECORD_SIZE, key, size);
		return id;
	}
	*certain = true;
	return 0;
}

ffav_store_id index_find(const struct ffav_store *store, const void *key, size_t size,
			 uint32_t hash)
{
	const struct ffav_store_entry *e;
	bool certain;
	uint16_t id = find_fast(store, key, size, hash, &e, &certain);

	return certain ? id : find_slowly(store, id, key, size);
}

/*
 * Time stamp and signer are the only meta data that the index does not hold. They are read here,
 * and what else is not usual is found out.
 */
__attribute__((noinline)) static int read_origin(const struct ffav_store *store,
						 ffav_store_id id, struct ffav_store_meta *meta)
{
	const struct ffav_store_entry *e = &store->entries[id - 1];
	uint32_t place = log_skip(store, e->data_at, LOG_RECORD_SIZE);
	int result;

	meta->has_time = e->flags & LOG_RECORD_TIME;
	meta->signer_size = e->flags & LOG_RECORD_SIGNER_MASK;
	/* Nobody shall take damaged data for the item's. */
	meta->data = NULL;
	if (e->state & ENTRY_DAMAGED || place == LOG_NONE || !log_is_there(store, id, false))
		return FFAV_STORE_IO_ERROR;
	meta->data =
		log_mapped(store, e->data_at, LOG_RECORD_SIZE + entry_before(e) + e->data_size);
	if (meta->data)
		meta->data += LOG_RECORD_SIZE + entry_before(e);
	if (meta->has_time) {
		result = log_read(store, place, meta->time, FFAV_STORE_TIME_SIZE);
		if (result)
			return result;
		place = log_skip(store, place, FFAV_STORE_TIME_SIZE);
	}
	return place == LOG_NONE ? FFAV_STORE_IO_ERROR
				 : log_read(store, place, meta->signer, meta->signer_size);
}

static inline int fill_meta(const struct ffav_store *store, const struct ffav_store_entry *e,
			    ffav_store_id id, struct ffav_store_meta *meta)
{
	const uint8_t *record = log_mapped(store, e->data_at, LOG_RECORD_SIZE + e->data_size);
	bool usual = !(e->flags | e->state) && record && entry_is_data(e, id, record);

	meta->attributes = e->attributes;
	meta->data_size = e->data_size;
	meta->key_size = e->key_size;
	if (!usual)
		return read_origin(store, id, meta);
	meta->has_time = false;
	meta->signer_size = 0;
	meta->data = record + LOG_RECORD_SIZE;
	return FFAV_STORE_OK;
}

int ffav_store_meta(struct ffav_store *store, ffav_store_id id, struct ffav_store_meta *meta)
{
	const struct ffav_store_entry *e = entry_live(store, id);

	return e ? fill_meta(store, e, id, meta) : entry_missing(id);
}

ffav_store_id ffav_store_find(struct ffav_store *store, const void *key, size_t key_size)
{
	return index_find(store, key, key_size, ffav_store_hash(key, key_size));
}

/* Apart, so that the usual case calls nothing and keeps nothing for later. */
__attribute__((noinline)) static int lookup_slowly(const struct ffav_store *store,
						   uint16_t first, const uint8_t *key,
						   size_t size, ffav_store_id *id,
						   struct ffav_store_meta *meta)
{
	*id = find_slowly(store, first, key, size);
	if (!*id || *id == FFAV_STORE_UNREADABLE)
		return entry_missing(*id);
	return fill_meta(store, &store->entries[*id - 1], *id, meta);
}

int ffav_store_lookup(struct ffav_store *store, const void *key, size_t key_size, uint32_t hash,
		      ffav_store_id *id, struct ffav_store_meta *meta)
{
	const struct ffav_store_entry *e;
	bool certain;
	uint16_t found = find_fast(store, key, key_size, hash, &e, &certain);

	if (!certain)
		return lookup_slowly(store, found, key, key_size, id, meta);
	*id = found;
	return found ? fill_meta(store, e, found, meta) : FFAV_STORE_NOT_FOUND;
}
