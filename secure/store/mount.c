/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mounting: the log is read from its oldest sector to its newest, what a power cut left
 * undecided is decided on flash, and only then does the store answer.
 */
#include "secure/store/log.h"

/**
 * struct replay - The state of reading the log.
 * @store: the store
 * @sector: where it is read
 * @offset: offset there
 * @pending: the last transaction, of which nothing behind it has yet said that it counts
 * @has_pending: there is one
 * @torn_sector: sector where a transaction begins whose sectors are not all there, or LOG_NONE
 * @torn: offset of its mark
 * @skip_head: read the log as if there were nothing in the head
 * @again: the log must be read that way: the head is to be begun again
 * @last_in: sector in which the last transaction ends, as far as it got
 * @last_copy: it is a copy
 * @change_from: sector in which the last change begins
 * @change_to: sector in which it ends, as far as it got
 * @counts_from: sector in which the last transaction that counts begins
 * @counts_to: sector in which it ends
 * @result: first error
 */
struct replay {
	struct ffav_store *store;
	uint32_t sector;
	uint32_t offset;
	struct log_item pending;
	bool has_pending;
	uint32_t torn_sector;
	uint32_t torn;
	bool skip_head;
	bool again;
	uint32_t last_in;
	bool last_copy;
	uint32_t change_from;
	uint32_t change_to;
	uint32_t counts_from;
	uint32_t counts_to;
	int result;
};

static bool good_geometry(const struct ffav_flash *flash)
{
	uint32_t size = flash->sector_size;
	uint32_t unit = flash->program_unit;

	return size >= 1024 && !(size & (size - 1)) &&
	       (unit == 4 || unit == 16 || unit == 32) &&
	       flash->sector_count >= LOG_SECTORS_MIN &&
	       flash->sector_count <= LOG_SECTORS_MAX &&
	       (uint64_t)size * flash->sector_count <= UINT32_C(0x80000000);
}

/* Hash buckets for so many items: a power of two. */
static uint32_t buckets_for(uint32_t items)
{
	uint32_t buckets = 8;

	while (buckets < items)
		buckets *= 2;
	return buckets;
}

size_t ffav_store_memory(const struct ffav_flash *flash, uint32_t items)
{
	if (items > LOG_ITEMS_MAX)
		items = LOG_ITEMS_MAX;
	return flash->sector_count * sizeof(struct ffav_store_sector) +
	       items * sizeof(struct ffav_store_entry) + buckets_for(items) * sizeof(uint16_t);
}

/* Divides the index memory. Return: false where it is too small for a single item. */
static bool divide_memory(struct ffav_store *store, void *memory, size_t size)
{
	size_t fixed = store->flash->sector_count * sizeof(*store->sectors);
	size_t each = sizeof(struct ffav_store_entry);
	uint32_t buckets = buckets_for(LOG_ITEMS_MAX);
	size_t items;

	for (;; buckets /= 2) {
		items = size < fixed + buckets * sizeof(uint16_t)
				? 0
				: (size - fixed - buckets * sizeof(uint16_t)) / each;
		if (buckets == 8 || items > buckets / 2)
			break;
	}
	if (items > LOG_ITEMS_MAX)
		items = LOG_ITEMS_MAX;
	if (!items)
		return false;
	store->capacity = (uint32_t)items;
	store->bucket_shift = (uint8_t)(32 - log_shift(buckets));
	store->sectors = memory;
	store->entries =
		(struct ffav_store_entry *)(store->sectors + store->flash->sector_count);
	store->buckets = (uint16_t *)(store->entries + items);
	return true;
}

static void set_sizes(struct ffav_store *store, const struct ffav_flash *flash)
{
	memset(store, 0, sizeof(*store));
	store->flash = flash;
	store->shift = log_shift(flash->sector_size);
	store->sector_head = (uint32_t)ffav_align_up(LOG_SECTOR_SIZE, flash->program_unit);
	store->mark_size = (uint32_t)ffav_align_up(LOG_MARK_SIZE, flash->program_unit);
	store->commit_size = (uint32_t)ffav_align_up(LOG_COMMIT_SIZE, flash->program_unit);
	store->usable = flash->sector_size - store->sector_head;
}

/* The tail's number as a sector tells it: in its header, and later in its settles. */
static uint32_t tail_told_by(const struct ffav_store *store, uint32_t sector)
{
	uint32_t sequence = store->sectors[sector].sequence;
	uint32_t offset = store->sector_head;
	uint32_t span = store->sectors[sector].span;
	struct log_item item;
	enum log_kind kind;

	log_limit(store, sector, &offset);
	for (;;) {
		kind = log_scan(store, sector, &offset, store->flash->sector_size, &item);
		if (kind == LOG_END)
			break;
		if (kind == LOG_SETTLE) {
			if (item.length / LOG_ALIGN < span)
				span = item.length / LOG_ALIGN;
			continue;
		}
		if (!item.whole || log_sector_of(store, item.end) != sector)
			break;
		offset = log_offset_of(store, item.end);
	}
	return sequence - span;
}

/* Leaves out of the log what is before the tail. */
static void set_tail(struct ffav_store *store, uint32_t sequence)
{
	store->tail_sequence = sequence;
	store->tail_sector = log_following(store, store->tail_sequence - 1);
	store->lost =
		(uint64_t)(store->sectors[store->tail_sector].sequence - store->tail_sequence) *
		store->usable;
	store->tail_sequence = store->sectors[store->tail_sector].sequence;
	store->durable_tail = store->tail_sequence;
}

/* Reads all headers. The newest sector says which others belong to the log. */
static int find_sectors(struct ffav_store *store)
{
	uint32_t count = store->flash->sector_count;
	uint32_t i, j, head = LOG_NONE;
	struct log_sector header;
	bool newer = false;
	uint8_t raw[LOG_SECTOR_SIZE];

	for (i = 0; i < count; i++) {
		store->sectors[i].sequence = 0;
		/* What is in it is not lost because the device cannot read it today. */
		if (log_load(store, log_place(store, i, 0), raw, sizeof(raw)))
			return FFAV_STORE_IO_ERROR;
		if (log_sector_decode(raw, store->flash->sector_size, count,
				      store->flash->program_unit, &header)) {
			log_remember(store, i, &header);
			if (head == LOG_NONE || header.sequence > store->sectors[head].sequence)
				head = i;
		} else if (!memcmp(raw, LOG_MAGIC, 4) && raw[4] != LOG_VERSION &&
			   raw[4] != 0xff) {
			newer = true;
		}
	}
	if (head == LOG_NONE)
		return newer ? FFAV_STORE_VERSION : FFAV_STORE_FOREIGN;
	store->head_sector = head;
	store->head_sequence = store->sectors[head].sequence;
	for (i = 0; i < count; i++) {
		/* No two sectors have the same number but in a forged image. */
		for (j = 0; store->sectors[i].sequence && j < i; j++)
			if (store->sectors[j].sequence == store->sectors[i].sequence)
				break;
		if (store->sectors[i].sequence && j < i)
			store->sectors[i].sequence = 0;
	}
	set_tail(store, tail_told_by(store, head));
	return FFAV_STORE_OK;
}

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
static bool judge_pending(struct replay *r)
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

/* Makes @sector the head: those after it hold nothing that counts. */
static void drop_after(struct ffav_store *store, uint32_t sector)
{
	uint32_t last = store->sectors[sector].sequence;
	uint32_t i;

	for (i = 0; i < store->flash->sector_count; i++)
		if (store->sectors[i].sequence > last)
			store->sectors[i].sequence = 0;
	store->head_sector = sector;
	store->head_sequence = last;
	/* What the dropped headers said of the tail need not last. It stays true, though. */
	store->durable_tail = tail_told_by(store, sector);
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
		drop_after(store, r->sector);
		return false;
	}
	header = &store->sectors[next];
	if (exact == LOG_NONE) {
		store->lost += (uint64_t)(store->sectors[next].sequence -
					  store->sectors[r->sector].sequence - 1) *
			       store->usable;
		judge_pending(r);
	} else if (header->continued) {
		judge_pending(r);
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
	return true;
}

/*
 * Power that goes again and again while the store reclaims must not use the reserve up. Where
 * little is left and the head holds only copies, it is begun again in its place. Their
 * originals are all still there: no settle has freed them, and the head is not yet full, so
 * that no sector has been erased since it was opened.
 */
static bool must_begin_again(const struct replay *r)
{
	const struct ffav_store *store = r->store;
	const struct ffav_store_sector *header = &store->sectors[store->head_sector];
	uint32_t largest = 0, i;

	for (i = 0; i < store->capacity; i++)
		if (store->entries[i].data_at && entry_data_total(&store->entries[i]) > largest)
			largest = entry_data_total(&store->entries[i]);
	return r->change_from != store->head_sector && r->change_to != store->head_sector &&
	       store->tail_sector != store->head_sector && !header->continued &&
	       !header->decides && r->torn_sector == LOG_NONE &&
	       tail_told_by(store, store->head_sector) == header->sequence - header->span &&
	       (uint64_t)store->free_sectors * store->usable <
		       reclaim_reserve(store, largest) + store->usable;
}

/* There is nothing in the head that counts, or its header may be torn: begin it again. */
static int begin_again(struct ffav_store *store)
{
	const struct ffav_store_sector header = store->sectors[store->head_sector];
	uint32_t sector = store->head_sector;
	uint32_t i;
	int result;

	store->free_sectors++;
	store->sectors[sector].sequence = 0;
	for (i = 0; i < store->flash->sector_count; i++)
		if (store->sectors[i].sequence &&
		    store->sectors[i].sequence == header.sequence - 1)
			break;
	if (i < store->flash->sector_count) {
		drop_after(store, i);
	} else {
		/* It is the whole log. The search for a free sector begins behind the head. */
		store->durable_tail = header.sequence;
		store->head_sequence = header.sequence - 1;
		store->head_sector = (sector ? sector : store->flash->sector_count) - 1;
	}
	store->head = store->flash->sector_size;
	result = log_open_next(store, 0, header.previous_end, header.decides);
	if (result)
		return result;
	if (store->tail_sector == sector) {
		store->tail_sector = store->head_sector;
		store->tail = store->sector_head;
	}
	return log_settle(store);
}

/* Goes on in a fresh sector: where the head ends is told in that one's header. */
static int move_on(struct replay *r, uint32_t previous_end)
{
	struct ffav_store *store = r->store;
	const struct ffav_store_sector *header = &store->sectors[store->head_sector];
	bool decides = r->last_in == store->head_sector && !r->last_copy;
	int result;

	/*
	 * Where nothing in the head counts, it is the fresh sector, unless it is needed itself:
	 * for what it says, or because without it there would be no store.
	 */
	if (r->counts_from != store->head_sector && r->counts_to != store->head_sector &&
	    !header->continued && !header->decides && store->tail_sector != store->head_sector)
		return begin_again(store);
	if (must_begin_again(r)) {
		r->again = true;
		return FFAV_STORE_OK;
	}
	store->head = store->flash->sector_size;
	result = log_open_next(store, 0, previous_end, decides);
	/* The settle proves that the header was whole. */
	return result ? result : log_settle(store);
}

static void count_sectors(struct ffav_store *store)
{
	uint32_t i;

	store->usable_sectors = store->flash->sector_count;
	store->free_sectors = 0;
	for (i = 0; i < store->flash->sector_count; i++)
		if (store->sectors[i].sequence < store->tail_sequence)
			store->free_sectors++;
}

/* Decides on flash what the end of the log left open. */
static int settle(struct replay *r)
{
	struct ffav_store *store = r->store;
	struct log_sector header;
	struct log_record record;
	uint32_t place = log_place(store, store->head_sector, 0);
	uint32_t start = r->pending.start;
	bool here = log_sector_of(store, start + 1) == store->head_sector;
	bool empty = r->offset == store->sector_head && !r->has_pending &&
		     r->torn_sector == LOG_NONE &&
		     !store->sectors[store->head_sector].continued;

	if (log_header(store, store->head_sector, &header))
		store->head_erases = header.erases;
	if (r->skip_head)
		return begin_again(store);
	if (r->torn_sector != LOG_NONE)
		return move_on(r, r->torn_sector == store->head_sector ? r->torn
								       : store->sector_head);
	if (!judge_pending(r)) {
		if (here)
			return move_on(r, start - place);
		/* Its later sectors can be used again at once. */
		r->torn_sector = log_sector_of(store, start + 1);
		r->torn = log_offset_of(store, start + 1) - 1;
		drop_after(store, r->torn_sector);
		count_sectors(store);
		r->last_in = r->torn_sector;
		return move_on(r, r->torn);
	}
	if (empty && log_blank(store, store->head_sector, r->offset + store->mark_size))
		return begin_again(store);
	if (!log_blank(store, store->head_sector, r->offset)) {
		/* A mark that the device has spoilt: what is behind it is not to be erased. */
		if (log_record_at(store, place + r->offset + store->mark_size, UINT32_MAX,
				  &record))
			r->counts_to = store->head_sector;
		return move_on(r, r->offset);
	}
	/* The next mark may have been tried and read as nothing: leave its place alone. */
	store->head = r->offset + store->mark_size;
	if (store->head + store->mark_size > store->flash->sector_size)
		return move_on(r, r->offset);
	return log_settle(store);
}

static void replay_log(struct replay *r, struct ffav_store *store, bool skip_head)
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
	index_reset(store);
	store->damaged = 0;
	store->lost = lost;
	while (replay_sector(r))
		;
}

int ffav_store_mount(struct ffav_store *store, const struct ffav_flash *flash, void *memory,
		     size_t memory_size)
{
	struct replay r;
	int result;

	if (!good_geometry(flash))
		return FFAV_STORE_INVALID;
	set_sizes(store, flash);
	if (!divide_memory(store, memory, memory_size))
		return FFAV_STORE_NO_INDEX;
	result = find_sectors(store);
	if (result)
		return result;
	replay_log(&r, store, false);
	if (store->durable_tail > store->tail_sequence) {
		/* The sectors that were dropped told an older tail than the head does. */
		set_tail(store, store->durable_tail);
		replay_log(&r, store, false);
	}
	count_sectors(store);
	result = settle(&r);
	if (!r.result && r.again) {
		/* What was copied to the head is read where it was copied from. */
		set_tail(store, store->head_sequence - store->sectors[store->head_sector].span);
		replay_log(&r, store, true);
		count_sectors(store);
		result = settle(&r);
	}
	if (r.result)
		return r.result;
	index_finish(store);
	if (!result)
		result = reclaim_for(store, 0);
	/* A store that cannot be written, because it is full or worn out, can still be read. */
	if (result)
		store->sealed = true;
	return FFAV_STORE_OK;
}

/*
 * Is there nothing in the window but, where a cut interrupted its formatting, headers that are
 * torn? @blank: the first sector in which there is nothing at all.
 */
static bool fresh(const struct ffav_store *store, uint32_t *blank)
{
	struct log_sector header;
	uint32_t i;

	*blank = LOG_NONE;
	for (i = 0; i < store->flash->sector_count; i++) {
		if (log_header(store, i, &header) || !log_blank(store, i, store->sector_head))
			return false;
		if (*blank == LOG_NONE && log_blank(store, i, 0))
			*blank = i;
	}
	return *blank != LOG_NONE;
}

/* Makes a blank sector a whole log. */
static int begin_log(const struct ffav_store *store, uint32_t sector, uint32_t sequence)
{
	const struct ffav_flash *flash = store->flash;
	const struct log_sector header = {.sequence = sequence, .erases = 1};
	const struct log_mark mark = {.tag = LOG_MARK_SETTLE};
	uint32_t place = log_place(store, sector, 0);
	uint8_t raw[64], settled[32];

	memset(raw, 0xff, sizeof(raw));
	log_sector_encode(raw, &header, flash->sector_size, flash->sector_count,
			  flash->program_unit);
	memset(settled, 0xff, sizeof(settled));
	log_mark_encode(settled, &mark, sequence, store->sector_head);
	return flash->program(flash->context, place, raw, store->sector_head) ||
			       flash->program(flash->context, place + store->sector_head,
					      settled, store->mark_size)
		       ? FFAV_STORE_IO_ERROR
		       : FFAV_STORE_OK;
}

int ffav_store_format(const struct ffav_flash *flash)
{
	struct ffav_store store;
	uint8_t raw[4];
	uint32_t i;

	if (!good_geometry(flash))
		return FFAV_STORE_INVALID;
	set_sizes(&store, flash);
	/*
	 * An erase that a cut interrupts leaves anything at all, after which nobody could tell a
	 * new window from somebody's. Headers that were torn stay; they have lower numbers.
	 */
	if (fresh(&store, &i) && !begin_log(&store, i, i + 1))
		return FFAV_STORE_OK;
	/* Whatever has no header of ours is erased when its turn comes. */
	for (i = 0; i < flash->sector_count; i++)
		if (log_load(&store, log_place(&store, i, 0), raw, sizeof(raw)) ||
		    !memcmp(raw, LOG_MAGIC, 4))
			(void)flash->erase(flash->context, i);
	for (i = 0; i < flash->sector_count; i++)
		if (!flash->erase(flash->context, i) && !begin_log(&store, i, 1))
			return FFAV_STORE_OK;
	return FFAV_STORE_IO_ERROR;
}
