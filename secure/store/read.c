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

uint32_t log_skip_far(const struct ffav_store *store, uint32_t place, uint32_t size)
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

int log_sum(const struct ffav_store *store, uint32_t place, const struct log_record *record,
	    uint32_t *sum)
{
	uint32_t left = log_record_before(record) + record->size;
	uint8_t piece[256];
	uint32_t step;

	*sum = FFAV_CRC32C_START;
	place = log_skip(store, place, LOG_RECORD_SIZE);
	for (; left; left -= step) {
		step = left < sizeof(piece) ? left : sizeof(piece);
		if (place == LOG_NONE || log_read(store, place, piece, step))
			return FFAV_STORE_IO_ERROR;
		*sum = ffav_crc32c(*sum, piece, step);
		place = log_skip(store, place, step);
	}
	return FFAV_STORE_OK;
}

bool log_check(const struct ffav_store *store, uint32_t place, const struct log_record *record)
{
	uint32_t sum;

	return !log_sum(store, place, record, &sum) && sum == record->checksum;
}

ffav_store_id ffav_store_next(struct ffav_store *store, ffav_store_id id)
{
	const struct ffav_store_entry *e;
	ffav_store_id next = store->first;

	if (id) {
		e = entry_live(store, id);
		next = e ? e->next : 0;
	}
	/* The epoch is the store's own. */
	return next && next == store->epoch_id ? store->entries[next - 1].next : next;
}

bool log_is_there(const struct ffav_store *store, ffav_store_id id, bool key)
{
	const struct ffav_store_entry *e = &store->entries[id - 1];
	uint32_t place = key ? e->key_at : e->data_at;
	const uint8_t *header = log_mapped(store, place, LOG_RECORD_SIZE);
	uint8_t raw[LOG_RECORD_SIZE];

	if (!header) {
		if (log_read(store, place, raw, sizeof(raw)))
			return false;
		header = raw;
	}
	return key ? entry_is_key(e, id, header) : entry_is_data(e, id, header);
}

/*
 * Copies @size bytes that lie @skip bytes behind the beginning of a record, whatever it takes.
 * Apart, so that the usual case keeps nothing for it.
 */
__attribute__((noinline)) static int read_slowly(const struct ffav_store *store,
						 ffav_store_id id, bool key, uint32_t skip,
						 void *out, uint32_t size)
{
	const struct ffav_store_entry *e = &store->entries[id - 1];
	uint32_t place = log_skip(store, key ? e->key_at : e->data_at, skip);

	return place == LOG_NONE || !log_is_there(store, id, key)
		       ? FFAV_STORE_IO_ERROR
		       : log_read(store, place, out, size);
}

/* Copies a key. Return: its size, or a negative ffav_store_result. */
static inline int read_key(const struct ffav_store *store, const struct ffav_store_entry *e,
			   ffav_store_id id, void *out)
{
	const uint8_t *record = log_mapped(store, e->key_at, LOG_RECORD_SIZE + e->key_size);
	int result;

	if (record && entry_is_key(e, id, record)) {
		memcpy(out, record + LOG_RECORD_SIZE, e->key_size);
		return e->key_size;
	}
	result = read_slowly(store, id, true, LOG_RECORD_SIZE, out, e->key_size);
	return result ? result : e->key_size;
}

int ffav_store_key(struct ffav_store *store, ffav_store_id id, void *out, size_t room)
{
	const struct ffav_store_entry *e = entry_live(store, id);

	if (!e)
		return entry_missing(id);
	return e->key_size > room ? e->key_size : read_key(store, e, id, out);
}

int ffav_store_step(struct ffav_store *store, ffav_store_id *id, uint32_t *attributes,
		    void *key, size_t room)
{
	const struct ffav_store_entry *e;

	*id = ffav_store_next(store, *id);
	if (!*id)
		return 0;
	e = &store->entries[*id - 1];
	*attributes = e->attributes;
	if (e->state & ENTRY_DAMAGED)
		return FFAV_STORE_IO_ERROR;
	return e->key_size > room ? e->key_size : read_key(store, e, *id, key);
}

int ffav_store_read(struct ffav_store *store, ffav_store_id id, size_t offset, void *out,
		    size_t length)
{
	const struct ffav_store_entry *e = entry_live(store, id);
	const uint8_t *record;
	uint32_t skip;

	if (!e)
		return entry_missing(id);
	if (!ffav_range_in(offset, length, e->data_size))
		return FFAV_STORE_INVALID;
	if (e->state & ENTRY_DAMAGED)
		return FFAV_STORE_IO_ERROR;
	skip = LOG_RECORD_SIZE + entry_before(e) + (uint32_t)offset;
	record = log_mapped(store, e->data_at, skip + (uint32_t)length);
	if (!record || !entry_is_data(e, id, record))
		return read_slowly(store, id, false, skip, out, (uint32_t)length);
	memcpy(out, record + skip, length);
	return FFAV_STORE_OK;
}

uint32_t ffav_store_item_size(size_t key_size, bool has_time, size_t signer_size,
			      size_t data_size)
{
	const struct log_record r = {
		.flags = (uint8_t)(signer_size | (has_time ? LOG_RECORD_TIME : 0)),
		.size = (uint32_t)data_size};

	return log_record_total(&r) +
	       (uint32_t)ffav_align_up(LOG_RECORD_SIZE + key_size, LOG_ALIGN);
}

/* Room for records while reclaiming can still move the largest one and @keep stays, bytes. */
static uint64_t room_beside(const struct ffav_store *store, uint32_t largest, uint64_t keep)
{
	uint64_t capacity = reclaim_capacity(store, largest);

	if (store->sealed || !store->spare || capacity < store->live + keep)
		return 0;
	return capacity - store->live - keep;
}

void ffav_store_space(const struct ffav_store *store, struct ffav_store_space *space)
{
	ffav_store_space_beside(store, 0, 0, space);
}

void ffav_store_space_beside(const struct ffav_store *store, uint64_t keep, uint32_t keep_items,
			     struct ffav_store_space *space)
{
	const uint64_t overhead = UINT64_C(2) * LOG_RECORD_SIZE + FFAV_STORE_KEY_MAX;
	bool full = store->items + (uint64_t)keep_items >= store->capacity;
	uint64_t room = full ? 0 : room_beside(store, store->largest, keep);
	/* A record larger than any before counts twice: where it is, and where it is moved to. */
	uint64_t twice = full ? 0 : room_beside(store, 0, keep) / 2;
	uint64_t largest = room < store->largest ? room : store->largest;

	if (twice > store->largest)
		largest = twice;
	/* The total stays the same; what is kept free to move the largest record is used. */
	space->total = reclaim_capacity(store, 0);
	space->used = space->total > room ? space->total - room : 0;
	space->items = store->items - (store->epoch_id != 0);
	space->largest = largest > overhead ? largest - overhead : 0;
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
