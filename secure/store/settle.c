/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Settling: what a power cut left undecided at the end of the log is decided on flash, before the
 * store answers.
 */
#include "secure/store/mount.h"

/*
 * Is so little left that a cut must not cost a sector? Power that goes again and again must not
 * use the reserve up.
 */
static bool is_scarce(const struct ffav_store *store)
{
	uint32_t largest = 0, i;

	for (i = 0; i < store->capacity; i++)
		if (store->entries[i].data_at && entry_data_total(&store->entries[i]) > largest)
			largest = entry_data_total(&store->entries[i]);
	return (uint64_t)store->free_sectors * store->usable <
	       reclaim_reserve(store, largest) + store->usable;
}

/*
 * Where little is left and the head holds only copies, it is begun again in its place. Their
 * originals are all still there: neither a settle has freed them, nor a later sector that holds
 * nothing any more but whose header still says so.
 */
static bool must_begin_again(const struct replay *r)
{
	const struct ffav_store *store = r->store;
	const struct ffav_store_sector *header = &store->sectors[store->head_sector];

	return r->change_from != store->head_sector && r->change_to != store->head_sector &&
	       store->tail_sector != store->head_sector && !header->continued &&
	       !header->decides && r->torn_sector == LOG_NONE &&
	       mount_tail_told_by(store, store->head_sector) ==
		       header->sequence - header->span &&
	       store->tail_sequence == header->sequence - header->span && is_scarce(store);
}

/*
 * Takes the head out of the log and opens another one with its number, in the first free sector
 * behind @behind.
 */
static int begin_behind(struct ffav_store *store, uint32_t behind)
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
		mount_drop_after(store, i);
	} else {
		/* It is the whole log. */
		store->durable_tail = header.sequence;
		store->head_sequence = header.sequence - 1;
	}
	/* That is where the search begins. */
	store->head_sector = behind;
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

/*
 * There is nothing in the head that counts: begin it again, in its own place, because another
 * sector would get its number while this one still has it.
 */
static int begin_again(struct ffav_store *store)
{
	uint32_t sector = store->head_sector;

	return begin_behind(store, (sector ? sector : store->flash->sector_count) - 1);
}

/*
 * The head shows a header and nothing else. The header may be torn, so that nothing may be
 * written behind it. Or it is whole, and a settle was tried that shows nothing now and may show
 * the next time: then it may not be erased in its place. An erase that is cut can leave
 * everything as it was, and where the settle reads right the log goes on in a sector that is
 * half erased. Another sector gets the head's number, and with its settle becomes the head.
 */
static int begin_elsewhere(struct ffav_store *store)
{
	uint32_t sector = store->head_sector;
	int result = begin_behind(store, sector);

	if (result != FFAV_STORE_NO_SPACE)
		return result;
	/* There is no other. */
	store->free_sectors--;
	store->sectors[sector].sequence = store->head_sequence + 1;
	store->head_sector = sector;
	return begin_again(store);
}

/* Goes on in a fresh sector: where the head ends is told in that one's header. */
static int move_on(struct replay *r, uint32_t previous_end)
{
	struct ffav_store *store = r->store;
	const struct ffav_store_sector *header = &store->sectors[store->head_sector];
	bool decides = r->last_in == store->head_sector && !r->last_copy;
	int result;

	/*
	 * Where nothing in the head counts, it can be the fresh sector, unless it is needed
	 * itself: for what it says, or because without it there would be no store. Not without
	 * need, though: an erase that is cut may leave it as it was, and a commit that reads
	 * differently next time would count in a sector that is half erased.
	 */
	if (is_scarce(store) && r->counts_from != store->head_sector &&
	    r->counts_to != store->head_sector && !header->continued && !header->decides &&
	    store->tail_sector != store->head_sector)
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

void settle_count_sectors(struct ffav_store *store)
{
	uint32_t i;

	store->usable_sectors = store->flash->sector_count;
	store->free_sectors = 0;
	for (i = 0; i < store->flash->sector_count; i++)
		if (store->sectors[i].sequence < store->tail_sequence)
			store->free_sectors++;
}

/* Decides on flash what the end of the log left open. */
int settle_log(struct replay *r)
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
	if (empty && !r->skip_head && log_blank(store, store->head_sector, r->offset))
		return begin_elsewhere(store);
	if (r->skip_head)
		return begin_again(store);
	if (r->torn_sector != LOG_NONE)
		return move_on(r, r->torn_sector == store->head_sector ? r->torn
								       : store->sector_head);
	if (!replay_judge(r)) {
		if (here)
			return move_on(r, start - place);
		/* Its later sectors can be used again at once. */
		r->torn_sector = log_sector_of(store, start + 1);
		r->torn = log_offset_of(store, start + 1) - 1;
		mount_drop_after(store, r->torn_sector);
		settle_count_sectors(store);
		r->last_in = r->torn_sector;
		return move_on(r, r->torn);
	}
	if (empty && log_blank(store, store->head_sector, r->offset + store->mark_size)) {
		/*
		 * A settle was tried, so the header is whole. The next one goes where a mount
		 * would put it that can read this one.
		 */
		store->head = r->offset + 2 * store->mark_size;
		return log_settle(store);
	}
	if (!log_blank(store, store->head_sector, r->offset)) {
		/* A mark that the device has spoilt: what is behind it is not to be erased. */
		if (log_record_at(store, place + r->offset + store->mark_size, UINT32_MAX,
				  &record))
			r->counts_to = store->head_sector;
		return move_on(r, r->settled);
	}
	/* The next mark may have been tried and read as nothing: leave its place alone. */
	store->head = r->offset + store->mark_size;
	if (store->head + store->mark_size > store->flash->sector_size)
		return move_on(r, r->settled);
	return log_settle(store);
}
