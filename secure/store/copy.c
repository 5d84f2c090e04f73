/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Copying live records of the oldest sector to the head. They are found by walking over the log; where
 * that does not find all that the index knows of, because something has gone bad, the rest is found in
 * the index.
 */
#include "secure/store/copy.h"

static bool is_live(const struct ffav_store *store, const struct log_record *r, uint32_t place)
{
	const struct ffav_store_entry *e;

	if (!r->id || r->id > store->capacity)
		return false;
	e = &store->entries[r->id - 1];
	return (r->type == LOG_RECORD_KEY && e->key_at == place) ||
	       (r->type == LOG_RECORD_DATA && e->data_at == place);
}

/* Adds a record. Return: the pick, or NULL where the batch is full. */
static struct copy_pick *pick(struct copy_batch *b, const struct log_record *r, uint32_t place)
{
	uint32_t total = log_record_total(r);
	struct copy_pick *p = &b->picks[b->count];

	if (b->count == COPY_PICKS || (b->count && b->bytes + total > COPY_BATCH) ||
	    b->bytes + total > b->most)
		return NULL;
	p->place = place;
	p->record = *r;
	b->count++;
	b->bytes += total;
	return p;
}

/*
 * Picks the live records of a transaction. Return: false where the batch is full; the transaction
 * is then looked at again, when what has been copied is no longer live in it.
 */
static bool pick_from(const struct ffav_store *store, const struct log_item *item,
		      struct copy_batch *b)
{
	uint32_t place = item->body;
	uint32_t left = item->length;
	struct log_record r = item->first;
	bool sound = item->has_first;

	while (left >= LOG_RECORD_SIZE && place != LOG_NONE) {
		uint32_t total;

		/* The first byte of a place that is the end of a sector is in the next one. */
		if (!(place & (store->flash->sector_size - 1))) {
			uint32_t next = log_next_sector(store, log_sector_of(store, place));

			if (next == LOG_NONE)
				break;
			place = log_place(store, next, store->sector_head);
		}
		if (left < item->length)
			sound = log_record_at(store, place, left, &r);
		if (!sound)
			break;
		total = log_record_total(&r);
		if (is_live(store, &r, place) && !pick(b, &r, place))
			return false;
		left -= total;
		place = log_skip(store, place, total);
	}
	return true;
}

/*
 * Completes the header of a record of which the index knows all but the checksum of what it holds.
 * That is right where the header on flash says the same, or where the header's own checksum is the
 * one that it would have then; else the record stays bad.
 */
static int recall(const struct ffav_store *store, uint32_t place, struct log_record *r)
{
	uint8_t raw[LOG_RECORD_SIZE], whole[LOG_RECORD_SIZE];
	int result = log_read(store, place, raw, sizeof(raw));

	if (!result)
		result = log_sum(store, place, r, &r->checksum);
	if (result)
		return result;
	log_record_encode(whole, r);
	if (memcmp(whole + LOG_RECORD_SIZE - 4, raw + LOG_RECORD_SIZE - 4, 4))
		r->checksum = ffav_get32(raw + LOG_RECORD_SIZE - 8);
	return FFAV_STORE_OK;
}

int copy_missed(const struct ffav_store *store, struct copy_batch *b, bool *full)
{
	uint32_t id, i;

	b->recalled = true;
	for (id = 1; id <= store->capacity; id++) {
		const struct ffav_store_entry *e = &store->entries[id - 1];
		const struct log_record records[] = {
			{.type = LOG_RECORD_KEY,
			 .id = (uint16_t)id,
			 .size = e->key_size,
			 .extra = e->hash},
			{.type = LOG_RECORD_DATA,
			 .flags = e->flags,
			 .id = (uint16_t)id,
			 .size = e->data_size,
			 .extra = e->attributes},
		};
		const uint32_t places[] = {e->key_at, e->data_at};

		for (i = 0; i < 2 && e->data_at; i++) {
			struct copy_pick *p;
			int result;

			if (places[i] >> store->shift != store->tail_sector)
				continue;
			p = pick(b, &records[i], places[i]);
			if (!p) {
				*full = true;
				return FFAV_STORE_OK;
			}
			result = recall(store, p->place, &p->record);
			if (result)
				return result;
		}
	}
	return FFAV_STORE_OK;
}

/* Copies bytes of the log to its head. @crc: continued over them. @place: moved behind them. */
static int copy_bytes(struct ffav_store *store, uint32_t *place, uint32_t size, uint32_t *crc)
{
	uint8_t piece[128];
	uint32_t step;
	int result = FFAV_STORE_OK;

	for (; size && !result; size -= step) {
		step = size < sizeof(piece) ? size : sizeof(piece);
		result = *place == LOG_NONE ? FFAV_STORE_IO_ERROR
					    : log_read(store, *place, piece, step);
		if (result)
			break;
		*crc = ffav_crc32c(*crc, piece, step);
		*place = log_skip(store, *place, step);
		result = log_put(store, piece, step);
	}
	return result;
}

/*
 * Copies a record and checks it on the way. One that has gone bad stays bad: its checksum is
 * copied with it and is still wrong.
 */
static int copy_record(struct ffav_store *store, const struct copy_pick *pick, bool recalled,
		       uint32_t *to)
{
	const struct log_record *r = &pick->record;
	struct ffav_store_entry *e = &store->entries[r->id - 1];
	uint32_t content = log_record_before(r) + r->size;
	uint32_t total = log_record_total(r);
	uint32_t padding = 0, crc = FFAV_CRC32C_START;
	const uint8_t *from = recalled ? NULL : log_mapped(store, pick->place, total);
	uint8_t *room = from ? log_room(store, total, to) : NULL;
	uint32_t place;
	uint8_t header[LOG_RECORD_SIZE];
	int result;

	if (room) {
		memcpy(room, from, total);
		crc = ffav_crc32c(crc, room + LOG_RECORD_SIZE, content);
		result = FFAV_STORE_OK;
	} else {
		place = log_skip(store, pick->place, LOG_RECORD_SIZE);
		log_record_encode(header, r);
		result = log_tell(store, to);
		if (!result)
			result = log_put(store, header, sizeof(header));
		if (!result)
			result = copy_bytes(store, &place, content, &crc);
		if (!result)
			result = copy_bytes(store, &place, total - LOG_RECORD_SIZE - content,
					    &padding);
	}
	if (result || crc == r->checksum)
		return result;
	if (!(e->state & ENTRY_DAMAGED))
		store->damaged++;
	e->state |= ENTRY_DAMAGED;
	return FFAV_STORE_OK;
}

int copy_carry_out(struct ffav_store *store, const struct copy_batch *b)
{
	uint32_t to[COPY_PICKS];
	uint32_t i;
	int result;

	do {
		result = log_begin(store, LOG_MARK_COPY, b->bytes);
		for (i = 0; i < b->count && !result; i++)
			result = copy_record(store, &b->picks[i], b->recalled, &to[i]);
		if (!result)
			result = log_commit(store);
	} while (result == LOG_AGAIN);
	if (result) {
		int go_on = log_abandon(store);

		return go_on ? go_on : result;
	}
	for (i = 0; i < b->count; i++) {
		const struct log_record *r = &b->picks[i].record;
		struct ffav_store_entry *e = &store->entries[r->id - 1];

		*(r->type == LOG_RECORD_KEY ? &e->key_at : &e->data_at) = to[i];
		(*log_live_at(store, b->picks[i].place))--;
		(*log_live_at(store, to[i]))++;
	}
	return FFAV_STORE_OK;
}

bool copy_walk(struct ffav_store *store, uint32_t next, struct copy_batch *b)
{
	uint32_t size = store->flash->sector_size, before = store->tail;
	uint32_t begin = store->sector_head;
	uint32_t limit = log_limit(store, next, &begin);
	bool goes_on = next != LOG_NONE && store->sectors[next].continued;
	struct log_item item;

	/* Nothing here, nor in what goes on behind it. */
	if (!store->sectors[store->tail_sector].live && !goes_on)
		store->tail = size;
	while (store->tail < size) {
		enum log_kind kind =
			log_scan(store, store->tail_sector, &store->tail, limit, &item);

		if (kind == LOG_SETTLE)
			continue;
		if (kind == LOG_TRANSACTION && !pick_from(store, &item, b))
			return false;
		if (kind == LOG_END || !item.whole ||
		    log_sector_of(store, item.end) != store->tail_sector) {
			store->tail = size;
			break;
		}
		store->tail = log_offset_of(store, item.end);
		/* A call looks at no more than it pays for. */
		if (store->tail - before >= COPY_BATCH)
			break;
	}
	return true;
}
