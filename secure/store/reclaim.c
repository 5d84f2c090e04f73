/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reclaiming: live records of the oldest sector are copied to the head, then the sector is
 * free. The order of the ring makes wear even and lets a delete's record die as soon as it is the
 * oldest. docs/store-design.md derives the pace.
 */
#include "secure/store/copy.h"

/* Sectors that stay free, so that copying can go on after any cut. */
#define RESERVE 4u
/* Those without which it could not go on even if there is none. */
#define RESERVE_LEAST 2u
/* Bytes that one call may copy however small its record, where its erases allow it. */
#define COPY_MIN 8192u
/* Most bytes of tail that are looked at for each byte appended. */
#define PACE_MAX 40u
/* Most bytes of tail that a call looks at, and that can be owed, for each that it may copy. */
#define DEBT_MAX 4u

static uint64_t size_of(const struct ffav_store *store, uint32_t sectors)
{
	return (uint64_t)sectors * store->usable;
}

uint64_t reclaim_reserve(const struct ffav_store *store, uint32_t largest)
{
	return size_of(store, RESERVE) + largest;
}

/* Bytes of live records that can be had where so many bytes are kept free. */
static uint64_t room_beside(const struct ffav_store *store, uint64_t kept)
{
	uint64_t all = size_of(store, store->usable_sectors);
	/* Each batch of copies has a mark, a commit and padding. */
	uint64_t extra = store->mark_size + store->commit_size + store->flash->program_unit;

	return all > kept ? (all - kept) / (COPY_BATCH + extra) * COPY_BATCH : 0;
}

uint64_t reclaim_capacity(const struct ffav_store *store, uint32_t largest)
{
	return room_beside(store, reclaim_reserve(store, largest) +
					  size_of(store, store->usable_sectors) / 32);
}

uint64_t reclaim_free(const struct ffav_store *store)
{
	return size_of(store, store->free_sectors) + store->flash->sector_size - store->head;
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
 * Moves the tail by up to a batch. @p: added to. Return: FFAV_STORE_NOT_FOUND where there is
 * nothing but the head, or where the next record is too large for this call.
 */
static int step(struct ffav_store *store, struct progress *p)
{
	struct copy_batch b;
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
	full = !copy_walk(store, next, &b);
	if (store->tail == size && !b.count && *live)
		result = copy_missed(store, &b, &full);
	if (!result && b.count)
		result = copy_carry_out(store, &b);
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
		size < COPY_BATCH / 4 ? 1 : 1 + (2 * (uint64_t)size + sector - 1) / sector;
	uint64_t most = size_of(store, (uint32_t)sectors) - size;

	if (most > COPY_MIN + 2 * (uint64_t)size)
		most = COPY_MIN + 2 * (uint64_t)size;
	/* What the marks of the batches and the ends of the sectors take. */
	most = most * COPY_BATCH / (COPY_BATCH + extra);
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
	while (!result && store->credit >= COPY_BATCH && p.copied + COPY_BATCH <= most) {
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

/*
 * Bytes that must be free for a change of @size bytes, so that the reserve is free behind it. Where
 * sectors have gone bad since the store was filled there cannot be so much, and it is a part of the
 * reserve. What adds to the store is refused before it comes to that.
 */
static uint64_t needed_for(const struct ffav_store *store, uint32_t largest, uint32_t size)
{
	uint64_t needed = reclaim_reserve(store, largest) + size;

	if (store->usable_sectors == store->flash->sector_count ||
	    store->live + size <= reclaim_capacity(store, largest))
		return needed;
	return needed - size_of(store, RESERVE - RESERVE_LEAST);
}

int reclaim_for(struct ffav_store *store, uint32_t size)
{
	uint32_t largest = size > store->largest ? size : store->largest;
	uint64_t needed = needed_for(store, largest, size);
	uint64_t all = size_of(store, store->usable_sectors);
	uint64_t available = reclaim_free(store);
	struct progress p = {.most = UINT64_MAX};
	uint64_t from;
	unsigned int failures = 0;
	int result = FFAV_STORE_OK;

	/* What cannot succeed is not to wear the flash. */
	if (available < needed && store->live > room_beside(store, needed))
		return FFAV_STORE_NO_SPACE;
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
		/* A sector may have gone bad meanwhile. */
		needed = needed_for(store, largest, size);
	}
	if (reclaim_free(store) >= needed && !store->sealed)
		return FFAV_STORE_OK;
	return result == FFAV_STORE_IO_ERROR ? result : FFAV_STORE_NO_SPACE;
}
