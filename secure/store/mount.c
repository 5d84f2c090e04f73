/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mounting: the log is read from its oldest sector to its newest, what a power cut left
 * undecided is decided on flash, and only then does the store answer.
 */
#include "secure/store/mount.h"

bool mount_good_geometry(const struct ffav_flash *flash)
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

void mount_set_sizes(struct ffav_store *store, const struct ffav_flash *flash)
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
uint32_t mount_tail_told_by(const struct ffav_store *store, uint32_t sector)
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

/* Makes @sector the head: those after it hold nothing that counts. */
void mount_drop_after(struct ffav_store *store, uint32_t sector)
{
	uint32_t last = store->sectors[sector].sequence;
	uint32_t i;

	for (i = 0; i < store->flash->sector_count; i++)
		if (store->sectors[i].sequence > last)
			store->sectors[i].sequence = 0;
	store->head_sector = sector;
	store->head_sequence = last;
	/* What the dropped headers said of the tail need not last. It stays true, though. */
	store->durable_tail = mount_tail_told_by(store, sector);
}

/* Has a change or a copy been begun in @sector? A settle alone says nothing. */
static bool has_records(const struct ffav_store *store, uint32_t sector)
{
	uint32_t offset = store->sector_head;
	struct log_item item;
	enum log_kind kind;

	log_limit(store, sector, &offset);
	do {
		kind = log_scan(store, sector, &offset, store->flash->sector_size, &item);
	} while (kind == LOG_SETTLE);
	return kind != LOG_END;
}

/*
 * Of two sectors with the same number, was the second one opened later? The first one had failed
 * then, or a cut had left doubts about it: there are no records in it, and it comes first behind the
 * sector before, or, where there is none, just before the other.
 */
static bool is_later(const struct ffav_store *store, uint32_t first, uint32_t second)
{
	uint32_t count = store->flash->sector_count;
	bool has = has_records(store, second);
	uint32_t i;

	if (has != has_records(store, first))
		return has;
	for (i = 0; i < count; i++)
		if (store->sectors[i].sequence &&
		    store->sectors[i].sequence + 1 == store->sectors[first].sequence)
			break;
	if (i == count)
		return (second + count - first) % count < (first + count - second) % count;
	return (second + count - i) % count > (first + count - i) % count;
}

/*
 * A number that two sectors have is that of the one that was opened last. A sector keeps it whose
 * header's program was reported as failed and was not, and that could not be erased again; and one
 * in whose place settle_log() took another.
 */
static void drop_twins(struct ffav_store *store)
{
	uint32_t i, j;

	for (i = 0; i < store->flash->sector_count; i++) {
		for (j = 0; store->sectors[i].sequence && j < i; j++) {
			if (store->sectors[j].sequence != store->sectors[i].sequence)
				continue;
			store->sectors[is_later(store, j, i) ? j : i].sequence = 0;
		}
	}
}

/* Reads all headers. The newest sector says which others belong to the log. */
static int find_sectors(struct ffav_store *store)
{
	uint32_t count = store->flash->sector_count;
	uint32_t i, head = LOG_NONE;
	struct log_sector header;
	bool newer = false;
	uint8_t raw[LOG_SECTOR_SIZE];

	for (i = 0; i < count; i++) {
		store->sectors[i] = (struct ffav_store_sector){0};
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
	store->head_sequence = store->sectors[head].sequence;
	drop_twins(store);
	for (i = 0; i < count; i++)
		if (store->sectors[i].sequence == store->head_sequence)
			store->head_sector = i;
	set_tail(store, mount_tail_told_by(store, store->head_sector));
	return FFAV_STORE_OK;
}

int ffav_store_mount(struct ffav_store *store, const struct ffav_flash *flash, void *memory,
		     size_t memory_size)
{
	struct replay r;
	int result;

	if (!mount_good_geometry(flash))
		return FFAV_STORE_INVALID;
	mount_set_sizes(store, flash);
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
	settle_count_sectors(store);
	result = settle_log(&r);
	if (!r.result && r.again) {
		/* What was copied to the head is read where it was copied from. */
		set_tail(store, store->head_sequence - store->sectors[store->head_sector].span);
		replay_log(&r, store, true);
		settle_count_sectors(store);
		result = settle_log(&r);
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
