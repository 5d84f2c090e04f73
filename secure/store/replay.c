/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reading the log: from its oldest sector to its newest, which transactions count goes into the
 * index.
 */
#include "secure/store/mount.h"

/* Takes one record of a transaction that counts into the index. */
static int take(struct ffav_store *store, uint32_t place, const struct log_record *r, bool copy)
{
	struct ffav_store_entry *e;
	bool sound = log_check(store, place, r);

	if (!r->id || r->type < LOG_RECORD_KEY || r->type > LOG_RECORD_DELETE) {
		store->damaged++;
		return FFAV_STORE_OK;
	}
	if (r->id > store->capacity)
		return FFAV_STORE_NO_INDEX;
	e = &store->entries[r->id - 1];
	if (!sound)
		store->damaged++;
	switch (r->type) {
	case LOG_RECORD_KEY:
		/* Without its key an item cannot be found; a copy's original still can. */
		if (!sound || !r->size || r->size > FFAV_STORE_KEY_MAX || r->flags)
			break;
		e->key_at = place;
		e->key_size = (uint16_t)r->size;
		e->hash = r->extra;
		break;
	case LOG_RECORD_DATA:
		if (r->size > FFAV_STORE_DATA_MAX || r->extra > FFAV_STORE_ATTRIBUTES_MAX ||
		    (r->flags & LOG_RECORD_SIGNER_MASK) > FFAV_STORE_SIGNER_MAX) {
			store->damaged++;
			break;
		}
		if (!sound && copy && e->data_at)
			break;
		e->data_at = place;
		e->data_size = r->size;
		e->attributes = (uint16_t)r->extra;
		e->flags = r->flags;
		e->state = sound ? 0 : ENTRY_DAMAGED;
		break;
	default:
		memset(e, 0, sizeof(*e));
		break;
	}
	return FFAV_STORE_OK;
}

/*
 * Goes over the records of a transaction. @take_them: into the index, else only checks them.
 * Return: FFAV_STORE_OK; when checking, FFAV_STORE_IO_ERROR where one is not right.
 */
static int records(struct ffav_store *store, const struct log_item *item, bool take_them)
{
	uint32_t place = item->body;
	uint32_t left = item->length;
	uint8_t raw[LOG_RECORD_SIZE];
	struct log_record r;
	int result;

	while (left >= LOG_RECORD_SIZE) {
		uint32_t total;

		if (!(place & (store->flash->sector_size - 1))) {
			uint32_t next = log_next_sector(store, log_sector_of(store, place));

			if (next == LOG_NONE)
				return FFAV_STORE_OK;
			place = log_place(store, next, store->sector_head);
		}
		if (log_read(store, place, raw, sizeof(raw)))
			memset(raw, 0, sizeof(raw));
		if (raw[0] == 0xff)
			break;
		if (!log_record_decode(raw, left, &r)) {
			if (!take_them)
				return FFAV_STORE_IO_ERROR;
			store->damaged++;
			store->lost += left;
			break;
		}
		if (take_them)
			result = take(store, place, &r, item->copy);
		else
			result = log_check(store, place, &r) ? FFAV_STORE_OK
							     : FFAV_STORE_IO_ERROR;
		if (result)
			return result;
		total = log_record_total(&r);
		left -= total;
		place = log_skip(store, place, total);
		if (place == LOG_NONE)
			break;
	}
	return FFAV_STORE_OK;
}

static void accept_pending(struct replay *r)
{
	int result;

	if (!r->has_pending)
		return;
	r->has_pending = false;
	r->counts_from = log_sector_of(r->store, r->pending.start + 1);
	r->counts_to = log_sector_of(r->store, r->pending.end);
	result = records(r->store, &r->pending, true);
	if (!r->result)
		r->result = result;
}

/*
 * Nothing behind the last transaction says that it counts: its commit does, if everything is
 * as it was when that was programmed. Return: true if it counts.
 */
bool replay_judge(struct replay *r)
{
	if (!r->has_pending)
		return true;
	if (log_committed(r->store, &r->pending) && !records(r->store, &r->pending, false)) {
		accept_pending(r);
		return true;
	}
	r->has_pending = false;
	return false;
}

/*
 * Is everything from @sector on the inside of one transaction that does not begin in the
 * sector before? Then it is what a cut left of it, or of an earlier attempt.
 */
static bool only_inside(const struct ffav_store *store, uint32_t sector)
{
	uint32_t end = store->flash->sector_size;
	uint32_t offset;
	struct log_item item;

	while (sector != store->head_sector) {
		if (store->sectors[sector].continued <= store->usable)
			return false;
		sector = log_following(store, store->sectors[sector].sequence);
	}
	log_limit(store, sector, &offset);
	return store->sectors[sector].continued &&
	       log_scan(store, sector, &offset, end, &item) == LOG_END;
}

/* Remembers where transactions are, for what may be done to the head. */
static void note(struct replay *r, const struct log_item *item)
{
	r->last_in = item->whole ? log_sector_of(r->store, item->end) : r->sector;
	r->last_copy = item->copy;
	if (item->copy)
		return;
	r->change_from = r->sector;
	r->change_to = r->last_in;
}

/* One sector of the log. Return: false at the end of the log. */
static bool replay_sector(struct replay *r)
{
	struct ffav_store *store = r->store;
	uint32_t exact = log_next_sector(store, r->sector);
	uint32_t begin = store->sector_head;
	uint32_t limit = log_limit(store, exact, &begin);
	const struct ffav_store_sector *header;
	struct log_item item;
	uint32_t next;

	if (r->skip_head && r->sector == store->head_sector)
		return false;
	for (;;) {
		enum log_kind kind = log_scan(store, r->sector, &r->offset, limit, &item);

		if (kind == LOG_END)
			break;
		accept_pending(r);
		r->torn_sector = LOG_NONE;
		if (kind == LOG_SETTLE)
			continue;
		note(r, &item);
		if (!item.whole) {
			r->torn_sector = r->sector;
			r->torn = log_offset_of(store, item.start + 1) - 1;
			r->offset = store->flash->sector_size;
			break;
		}
		r->pending = item;
		r->has_pending = true;
		r->offset = log_offset_of(store, item.end);
		r->settled = r->offset;
		if (log_sector_of(store, item.end) == r->sector)
			continue;
		r->sector = log_sector_of(store, item.end);
		return true;
	}
	if (r->sector == store->head_sector)
		return false;
	next = exact != LOG_NONE ? exact
				 : log_following(store, store->sectors[r->sector].sequence);
	header = &store->sectors[r->sector];
	/* The transaction may have begun before the tail, and the sector may be full of it. */
	if ((header->continued <= store->usable ||
	     store->sectors[next].continued != header->continued - store->usable) &&
	    only_inside(store, next)) {
		mount_drop_after(store, r->sector);
		return false;
	}
	header = &store->sectors[next];
	if (exact == LOG_NONE) {
		store->lost += (uint64_t)(store->sectors[next].sequence -
					  store->sectors[r->sector].sequence - 1) *
			       store->usable;
		replay_judge(r);
	} else if (header->continued) {
		replay_judge(r);
	} else if (r->has_pending) {
		if (log_offset_of(store, r->pending.end) <= header->previous_end)
			accept_pending(r);
		r->has_pending = false;
	}
	if (exact != LOG_NONE && !header->continued && r->torn_sector == LOG_NONE &&
	    r->offset < limit && limit - r->offset >= store->mark_size)
		store->lost += limit - r->offset;
	if (!header->continued)
		r->torn_sector = LOG_NONE;
	log_limit(store, next, &begin);
	r->sector = next;
	r->offset = begin;
	r->settled = begin;
	return true;
}

void replay_log(struct replay *r, struct ffav_store *store, bool skip_head)
{
	uint64_t lost = store->lost;

	memset(r, 0, sizeof(*r));
	r->store = store;
	r->skip_head = skip_head;
	r->torn_sector = LOG_NONE;
	r->last_in = LOG_NONE;
	r->change_from = LOG_NONE;
	r->change_to = LOG_NONE;
	r->counts_from = LOG_NONE;
	r->counts_to = LOG_NONE;
	r->sector = store->tail_sector;
	store->tail = store->sector_head;
	log_limit(store, r->sector, &store->tail);
	r->offset = store->tail;
	r->settled = store->tail;
	index_reset(store);
	store->damaged = 0;
	store->lost = lost;
	while (replay_sector(r))
		;
}
