/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reclaiming: live records of the oldest sector are copied to the head, then the sector is
 * free. They are found by walking over the log; where that does not find all that the index
 * knows of, because something has gone bad, the rest is found in the index. The order of the
 * ring makes wear even and lets a delete's record die as soon as it is the oldest.
 * docs/store-design.md derives the pace.
 */
#include "secure/store/log.h"

/* Bytes of records in one copy transaction; larger only for a single larger record. */
#define BATCH 1024u
#define PICKS 32u
/* Sectors that stay free, so that copying can go on after any cut. */
#define RESERVE 4u
/* Bytes that one call may copy however small its record, where its erases allow it. */
#define COPY_MIN 8192u
/* Most bytes of tail that are looked at for each byte appended. */
#define PACE_MAX 40u
/* Most bytes of tail that a call looks at, and that can be owed, for each that it may copy. */
#define DEBT_MAX 4u

/* struct pick - A live record that is to be copied. @place: of its header; @record: that. */
struct pick {
	uint32_t place;
	struct log_record record;
};

/*
 * struct batch - What is copied at once. @bytes: of records; @most: what they may become;
 *	@recalled: the headers are what the index knows, whatever there is on flash
 */
struct batch {
	struct pick picks[PICKS];
	uint32_t count;
	uint32_t bytes;
	uint64_t most;
	bool recalled;
};

static uint64_t size_of(const struct ffav_store *store, uint32_t sectors)
{
	return (uint64_t)sectors * store->usable;
}

uint64_t reclaim_reserve(const struct ffav_store *store, uint32_t largest)
{
	return size_of(store, RESERVE) + largest;
}

uint64_t reclaim_capacity(const struct ffav_store *store, uint32_t largest)
{
	uint64_t all = size_of(store, store->usable_sectors);
	uint64_t kept = reclaim_reserve(store, largest) + all / 32;
	/* Each batch of copies has a mark, a commit and padding. */
	uint64_t extra = store->mark_size + store->commit_size + store->flash->program_unit;

	return all > kept ? (all - kept) / (BATCH + extra) * BATCH : 0;
}

uint64_t reclaim_free(const struct ffav_store *store)
{
	return size_of(store, store->free_sectors) + store->flash->sector_size - store->head;
}

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
static struct pick *pick(struct batch *b, const struct log_record *r, uint32_t place)
{
	uint32_t total = log_record_total(r);
	struct pick *p = &b->picks[b->count];

	if (b->count == PICKS || (b->count && b->bytes + total > BATCH) ||
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
		      struct batch *b)
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

/* Picks what the index knows in the oldest sector and walking over it has not found. */
static int pick_missed(const struct ffav_store *store, struct batch *b, bool *full)
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
			struct pick *p;
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
static int copy_record(struct ffav_store *store, const struct pick *pick, bool recalled,
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

static int copy(struct ffav_store *store, const struct batch *b)
{
	uint32_t to[PICKS];
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

/*
 * struct progress - What a call has reclaimed. @moved: bytes of tail; @copied: bytes of records;
 *	@most: what @copied may become, where a record does not take more alone
 */
struct progress {
	uint64_t moved;
	uint64_t copied;
	uint64_t most;
};

/*
 * Walks over the oldest sector and picks what is live. @next: the sector after it, or LOG_NONE.
 * Return: false where the batch is full.
 */
static bool walk(struct ffav_store *store, uint32_t next, struct batch *b)
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
		if (store->tail - before >= BATCH)
			break;
	}
	return true;
}

/*
 * Moves the tail by up to a batch. @p: added to. Return: FFAV_STORE_NOT_FOUND where there is
 * nothing but the head, or where the next record is too large for this call.
 */
static int step(struct ffav_store *store, struct progress *p)
{
	struct batch b;
	uint32_t before = store->tail, size = store->flash->sector_size;
	const uint32_t *live = &store->sectors[store->tail_sector].live;
	uint32_t begin = store->sector_head;
	uint32_t next;
	bool full;
	int result = FFAV_STORE_OK;

	if (store->tail_sector == store->head_sector)
		return FFAV_STORE_NOT_FOUND;
	b.count = 0;
	b.bytes = 0;
	b.most = p->most - p->copied;
	b.recalled = false;
	next = log_next_sector(store, store->tail_sector);
	full = !walk(store, next, &b);
	if (store->tail == size && !b.count && *live)
		result = pick_missed(store, &b, &full);
	if (!result && b.count)
		result = copy(store, &b);
	if (result) {
		store->tail = before;
		return result;
	}
	if (full && store->tail == before && !b.bytes)
		return FFAV_STORE_NOT_FOUND;
	p->copied += b.bytes;
	p->moved += b.bytes > store->tail - before ? b.bytes : store->tail - before;
	/* What the walk has not found is copied in steps of its own. */
	if (store->tail < size || full || (b.count && *live))
		return FFAV_STORE_OK;
	if (next == LOG_NONE)
		next = log_following(store, store->tail_sequence);
	store->tail_sector = next;
	store->tail_sequence = store->sectors[store->tail_sector].sequence;
	log_limit(store, store->tail_sector, &begin);
	store->tail = begin;
	store->free_sectors++;
	/*
	 * A sector can be used again when flash says that it is free. The next head's header
	 * will; where that may be too late, say so at once.
	 */
	if (store->free_sectors < RESERVE + store->tail_sequence - store->durable_tail &&
	    store->head + store->mark_size <= store->flash->sector_size && log_settle(store)) {
		/* A mount would find nothing behind it. The next header says the same. */
		result = log_abandon(store);
	}
	return result;
}

/*
 * Bytes that a call may copy for @size bytes of its own: 8 KiB and twice as much, in one sector
 * more than twice as much needs. Small ones stay within one sector.
 */
static uint64_t may_copy(const struct ffav_store *store, uint32_t size)
{
	uint64_t sector = store->flash->sector_size;
	uint64_t extra = store->mark_size + store->commit_size + store->flash->program_unit;
	uint64_t sectors =
		size < BATCH / 4 ? 1 : 1 + (2 * (uint64_t)size + sector - 1) / sector;
	uint64_t most = size_of(store, (uint32_t)sectors) - size;

	if (most > COPY_MIN + 2 * (uint64_t)size)
		most = COPY_MIN + 2 * (uint64_t)size;
	/* What the marks of the batches and the ends of the sectors take. */
	most = most * BATCH / (BATCH + extra);
	return most > sectors * extra ? most - sectors * extra : 0;
}

/* Pays for bytes to be appended with reclaiming, within what one call may do. */
static int keep_pace(struct ffav_store *store, uint32_t size, uint64_t available, uint64_t from)
{
	uint64_t all = size_of(store, store->usable_sectors);
	uint64_t used = all - reclaim_free(store);
	uint64_t most = may_copy(store, size);
	uint64_t pace = PACE_MAX;
	/* A record that is too large for this call waits for one that is larger, for a while. */
	struct progress p = {.most = available >= from / 4 ? most : UINT64_MAX};
	int result = FFAV_STORE_OK;

	if (available * PACE_MAX > used)
		pace = used / available + 1;
	/* What cannot be paid for at once is owed, as far as that makes sense. */
	pace = store->credit + pace * size;
	store->credit = (uint32_t)(pace > DEBT_MAX * most ? DEBT_MAX * most : pace);
	while (!result && store->credit >= BATCH && p.copied + BATCH <= most) {
		uint64_t before = p.moved;

		result = step(store, &p);
		p.most = most;
		before = p.moved - before;
		store->credit -= before < store->credit ? (uint32_t)before : store->credit;
	}
	return result == FFAV_STORE_NOT_FOUND ? FFAV_STORE_OK : result;
}

/*
 * So little must be free that reclaiming goes along with every change: enough that calls as
 * large as @largest, one after the other, can copy all that is live with what each may copy.
 */
static uint64_t pace_from(const struct ffav_store *store, uint32_t largest)
{
	uint64_t from = size_of(store, store->usable_sectors) / 8;
	uint64_t most, ahead;

	/* What copies eight times what it writes need not begin earlier. */
	if (largest < store->usable / 10)
		return from;
	most = may_copy(store, largest);
	ahead = most ? store->live * largest / most : from;
	return ahead > from ? ahead : from;
}

int reclaim_for(struct ffav_store *store, uint32_t size)
{
	uint32_t largest = size > store->largest ? size : store->largest;
	uint64_t needed = reclaim_reserve(store, largest) + size;
	uint64_t all = size_of(store, store->usable_sectors);
	uint64_t available = reclaim_free(store);
	struct progress p = {.most = UINT64_MAX};
	uint64_t from;
	unsigned int failures = 0;
	int result = FFAV_STORE_OK;

	available = available > needed ? available - needed : 0;
	from = pace_from(store, largest);
	if (available >= from)
		store->credit = 0;
	else
		result = keep_pace(store, size, available, from);
	/* After a cut, or where large records come in a row, there is no choice left. */
	while (!store->sealed && reclaim_free(store) < needed && p.moved <= 2 * all) {
		result = step(store, &p);
		if (result == FFAV_STORE_IO_ERROR && ++failures <= 3)
			continue;
		if (result)
			break;
	}
	if (reclaim_free(store) >= needed && !store->sealed)
		return FFAV_STORE_OK;
	return result == FFAV_STORE_IO_ERROR ? result : FFAV_STORE_NO_SPACE;
}
