/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reading: the window as a sequence of sectors, and what callers ask about items.
 */
#include "secure/store/log.h"

int log_load(const struct ffav_store *store, uint32_t place, void *out, size_t size)
{
	const struct ffav_flash *flash = store->flash;

	if (flash->map) {
		memcpy(out, flash->map + place, size);
		return FFAV_STORE_OK;
	}
	return flash->read(flash->context, place, out, size) ? FFAV_STORE_IO_ERROR
							     : FFAV_STORE_OK;
}

uint32_t log_next_sector(const struct ffav_store *store, uint32_t sector)
{
	uint32_t wanted = store->sectors[sector].sequence + 1;
	uint32_t count = store->flash->sector_count;
	uint32_t i;

	for (i = 1; i < count; i++) {
		if (++sector == count)
			sector = 0;
		if (store->sectors[sector].sequence == wanted)
			return sector;
	}
	return LOG_NONE;
}

uint32_t log_following(const struct ffav_store *store, uint32_t sequence)
{
	uint32_t best = store->head_sector;
	uint32_t i;

	for (i = 0; i < store->flash->sector_count; i++)
		if (store->sectors[i].sequence > sequence &&
		    store->sectors[i].sequence < store->sectors[best].sequence)
			best = i;
	return best;
}

bool log_blank(const struct ffav_store *store, uint32_t sector, uint32_t offset)
{
	uint32_t end = store->flash->sector_size;
	uint8_t piece[64];
	uint32_t i, size;

	for (; offset < end; offset += size) {
		size = end - offset < sizeof(piece) ? end - offset : (uint32_t)sizeof(piece);
		if (log_load(store, log_place(store, sector, offset), piece, size))
			return false;
		for (i = 0; i < size; i++)
			if (piece[i] != 0xff)
				return false;
	}
	return true;
}

/* Moves a place that is the end of a sector to the sector after it. */
static uint32_t log_hop(const struct ffav_store *store, uint32_t place)
{
	uint32_t next = log_next_sector(store, log_sector_of(store, place));

	return next == LOG_NONE ? LOG_NONE : log_place(store, next, store->sector_head);
}

int log_read(const struct ffav_store *store, uint32_t place, void *out, size_t size)
{
	uint32_t mask = store->flash->sector_size - 1;
	uint8_t *bytes = out;

	while (size) {
		size_t step;
		int result;

		if (!(place & mask)) {
			place = log_hop(store, place);
			if (place == LOG_NONE)
				return FFAV_STORE_IO_ERROR;
		}
		step = mask + 1 - (place & mask);
		if (step > size)
			step = size;
		result = log_load(store, place, bytes, step);
		if (result)
			return result;
		place += (uint32_t)step;
		bytes += step;
		size -= step;
	}
	return FFAV_STORE_OK;
}

uint32_t log_skip(const struct ffav_store *store, uint32_t place, uint32_t size)
{
	uint32_t mask = store->flash->sector_size - 1;

	while (size) {
		uint32_t step;

		if (!(place & mask)) {
			place = log_hop(store, place);
			if (place == LOG_NONE)
				return LOG_NONE;
		}
		step = mask + 1 - (place & mask);
		if (step > size)
			step = size;
		place += step;
		size -= step;
	}
	return place;
}

bool log_header(const struct ffav_store *store, uint32_t sector, struct log_sector *header)
{
	const struct ffav_flash *flash = store->flash;
	uint8_t raw[LOG_SECTOR_SIZE];

	return !log_load(store, log_place(store, sector, 0), raw, sizeof(raw)) &&
	       log_sector_decode(raw, flash->sector_size, flash->sector_count,
				 flash->program_unit, header);
}

bool log_check(const struct ffav_store *store, uint32_t place, const struct log_record *record)
{
	uint32_t left = log_record_before(record) + record->size;
	uint32_t crc = FFAV_CRC32C_START;
	uint8_t piece[256];
	uint32_t step;

	place = log_skip(store, place, LOG_RECORD_SIZE);
	for (; left; left -= step) {
		step = left < sizeof(piece) ? left : sizeof(piece);
		if (place == LOG_NONE || log_read(store, place, piece, step))
			return false;
		crc = ffav_crc32c(crc, piece, step);
		place = log_skip(store, place, step);
	}
	return crc == record->checksum;
}

ffav_store_id ffav_store_find(struct ffav_store *store, const void *key, size_t key_size)
{
	return index_find(store, key, key_size, index_hash(key, key_size));
}

static const struct ffav_store_entry *live_entry(const struct ffav_store *store,
						 ffav_store_id id)
{
	if (!id || id > store->capacity || !store->entries[id - 1].data_at)
		return NULL;
	return &store->entries[id - 1];
}

ffav_store_id ffav_store_next(struct ffav_store *store, ffav_store_id id)
{
	const struct ffav_store_entry *e;

	if (!id)
		return store->first;
	e = live_entry(store, id);
	return e ? e->next : 0;
}

int ffav_store_meta(struct ffav_store *store, ffav_store_id id, struct ffav_store_meta *meta)
{
	const struct ffav_store_entry *e = live_entry(store, id);
	uint8_t raw[LOG_RECORD_SIZE + FFAV_STORE_TIME_SIZE + FFAV_STORE_SIGNER_MAX];
	size_t size;

	if (!e)
		return FFAV_STORE_NOT_FOUND;
	meta->data_size = e->data_size;
	meta->key_size = e->key_size;
	meta->has_time = e->flags & LOG_RECORD_TIME;
	meta->signer_size = e->flags & LOG_RECORD_SIGNER_MASK;
	size = LOG_RECORD_SIZE + (meta->has_time ? FFAV_STORE_TIME_SIZE : 0u) +
	       meta->signer_size;
	if (log_read(store, e->data_at, raw, size))
		return FFAV_STORE_IO_ERROR;
	meta->attributes = ffav_get32(raw + 8);
	size = LOG_RECORD_SIZE;
	if (meta->has_time) {
		memcpy(meta->time, raw + size, FFAV_STORE_TIME_SIZE);
		size += FFAV_STORE_TIME_SIZE;
	}
	if (meta->signer_size)
		memcpy(meta->signer, raw + size, meta->signer_size);
	return e->state & ENTRY_DAMAGED ? FFAV_STORE_IO_ERROR : FFAV_STORE_OK;
}

int ffav_store_key(struct ffav_store *store, ffav_store_id id, void *out, size_t room)
{
	const struct ffav_store_entry *e = live_entry(store, id);
	uint32_t place;

	if (!e)
		return FFAV_STORE_NOT_FOUND;
	if (e->key_size > room)
		return e->key_size;
	place = log_skip(store, e->key_at, LOG_RECORD_SIZE);
	if (place == LOG_NONE || log_read(store, place, out, e->key_size))
		return FFAV_STORE_IO_ERROR;
	return e->key_size;
}

int ffav_store_read(struct ffav_store *store, ffav_store_id id, size_t offset, void *out,
		    size_t length)
{
	const struct ffav_store_entry *e = live_entry(store, id);
	struct log_record r;
	uint32_t place;

	if (!e)
		return FFAV_STORE_NOT_FOUND;
	if (!ffav_range_in(offset, length, e->data_size))
		return FFAV_STORE_INVALID;
	if (e->state & ENTRY_DAMAGED)
		return FFAV_STORE_IO_ERROR;
	r.flags = e->flags;
	place = log_skip(store, e->data_at,
			 LOG_RECORD_SIZE + log_record_before(&r) + (uint32_t)offset);
	if (place == LOG_NONE)
		return FFAV_STORE_IO_ERROR;
	return log_read(store, place, out, length);
}

void ffav_store_space(const struct ffav_store *store, struct ffav_store_space *space)
{
	uint64_t total = reclaim_capacity(store, 0);
	uint64_t room = total > store->live ? total - store->live : 0;

	space->total = total;
	space->used = store->live;
	space->items = store->items;
	/* The largest record counts twice: where it is, and where reclaiming moves it. */
	space->largest = room / 2 > 2u * LOG_RECORD_SIZE + FFAV_STORE_KEY_MAX
				 ? room / 2 - 2u * LOG_RECORD_SIZE - FFAV_STORE_KEY_MAX
				 : 0;
	if (space->largest > FFAV_STORE_DATA_MAX)
		space->largest = FFAV_STORE_DATA_MAX;
}

bool ffav_store_room(const struct ffav_store *store, size_t key_size, size_t data_size)
{
	struct log_record r = {.flags = LOG_RECORD_TIME | FFAV_STORE_SIGNER_MAX};
	uint32_t largest;

	if (store->sealed || !store->spare || key_size > FFAV_STORE_KEY_MAX ||
	    data_size > FFAV_STORE_DATA_MAX)
		return false;
	r.size = (uint32_t)data_size;
	largest = log_record_total(&r) > store->largest ? log_record_total(&r) : store->largest;
	return store->live + log_record_total(&r) + LOG_RECORD_SIZE +
		       ffav_align_up(key_size, LOG_ALIGN) <=
	       reclaim_capacity(store, largest);
}
