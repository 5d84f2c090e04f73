/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: What the files of the store share
 *
 * A place is an offset in the window. The end of a sector, and only that, is a place whose
 * offset in its sector is 0: what is read there begins behind the header of the sector that
 * follows in the log.
 */
#ifndef FFAV_STORE_LOG_H
#define FFAV_STORE_LOG_H

#include "secure/store/format.h"
#include "secure/store/store.h"

/** No sector. */
#define LOG_NONE UINT32_MAX
/** In struct ffav_store_sector: the sector cannot be erased or programmed. */
#define LOG_UNUSABLE UINT32_MAX

/** Fewest sectors that the store can work with, most that its header can count. */
#define LOG_SECTORS_MIN 8u
#define LOG_SECTORS_MAX 65534u
/** Most items: ids are 16 bits wide and 0 is none. */
#define LOG_ITEMS_MAX 65534u
/** Most changes in one transaction. */
#define LOG_CHANGES_MAX 8u
/** How many marks far the settle behind a mark that is torn is looked for. */
#define LOG_WINDOW 16u
/**
 * What a function that appends returns, beside a ffav_store_result: nothing of the transaction has been
 * programmed, and all of it must be appended again.
 */
#define LOG_AGAIN 1

/** State bits of an entry. */
#define ENTRY_DAMAGED UINT8_C(1)

/**
 * struct ffav_store_entry - Index entry of an item, 28 bytes.
 * @key_at: place of the key's record, 0 for none
 * @data_at: place of the data's record, 0 for none
 * @hash: of the key
 * @data_size: bytes
 * @key_size: bytes
 * @chain: next id with the same hash bucket, or next unused id
 * @next: next id in the order of enumeration
 * @previous: id before in that order
 * @attributes: of the data
 * @flags: of the data's record
 * @state: ENTRY_*
 */
struct ffav_store_entry {
	uint32_t key_at;
	uint32_t data_at;
	uint32_t hash;
	uint32_t data_size;
	uint16_t key_size;
	uint16_t chain;
	uint16_t next;
	uint16_t previous;
	uint16_t attributes;
	uint8_t flags;
	uint8_t state;
};
_Static_assert(sizeof(struct ffav_store_entry) == 28, "docs/store-design.md says 28 bytes");

/**
 * struct ffav_store_sector - A sector's header, read once when mounting: one that a power cut
 *	left unstable must not read differently later.
 * @sequence: its number, 0 where there is no header, or LOG_UNUSABLE. The sector is part of
 *	the log where the number is not below the tail's; below, it is free.
 * @continued: as in struct log_sector
 * @previous_end: as in struct log_sector
 * @live: records of live items that begin in it; it is not free before there are none
 * @span: as in struct log_sector
 * @decides: as in struct log_sector
 */
struct ffav_store_sector {
	uint32_t sequence;
	uint32_t continued;
	uint32_t previous_end;
	uint32_t live;
	uint16_t span;
	bool decides;
};

static inline void log_remember(struct ffav_store *store, uint32_t sector,
				const struct log_sector *header)
{
	store->sectors[sector] = (struct ffav_store_sector){
		.sequence = header->sequence,
		.continued = header->continued,
		.previous_end = header->previous_end,
		.span = (uint16_t)header->span,
		.decides = header->decides,
	};
}

static inline uint32_t log_place(const struct ffav_store *store, uint32_t sector,
				 uint32_t offset)
{
	return (sector << store->shift) + offset;
}

/* Sector of a place that may be the end of its sector. */
static inline uint32_t log_sector_of(const struct ffav_store *store, uint32_t place)
{
	return (place - 1) >> store->shift;
}

/* Offset in log_sector_of(); the sector's size at its end. */
static inline uint32_t log_offset_of(const struct ffav_store *store, uint32_t place)
{
	return ((place - 1) & (store->flash->sector_size - 1)) + 1;
}

/* The number of live records in the sector where this one begins. */
static inline uint32_t *log_live_at(const struct ffav_store *store, uint32_t place)
{
	return &store->sectors[place >> store->shift].live;
}

/* Entry of a live item, or NULL. */
static inline const struct ffav_store_entry *entry_live(const struct ffav_store *store,
							ffav_store_id id)
{
	if (!id || id > store->capacity || !store->entries[id - 1].data_at)
		return NULL;
	return &store->entries[id - 1];
}

/* Why there is no entry. */
static inline int entry_missing(ffav_store_id id)
{
	return id == FFAV_STORE_UNREADABLE ? FFAV_STORE_IO_ERROR : FFAV_STORE_NOT_FOUND;
}

/* First id of the chain in which keys with this hash are. */
static inline uint16_t *entry_bucket(const struct ffav_store *store, uint32_t hash)
{
	return &store->buckets[hash >> store->bucket_shift];
}

static inline uint32_t entry_key_total(const struct ffav_store_entry *e)
{
	return (uint32_t)ffav_align_up(LOG_RECORD_SIZE + e->key_size, LOG_ALIGN);
}

/* Bytes between the data record's header and the data. */
static inline uint32_t entry_before(const struct ffav_store_entry *e)
{
	struct log_record r = {.flags = e->flags};

	return log_record_before(&r);
}

static inline uint32_t entry_data_total(const struct ffav_store_entry *e)
{
	struct log_record r = {.flags = e->flags, .size = e->data_size};

	return log_record_total(&r);
}

/*
 * Is this the header of the record of an item's key, or of its data? Its checksums are not looked
 * at: who knows all the rest needs none.
 */
static inline bool entry_is_key(const struct ffav_store_entry *e, ffav_store_id id,
				const uint8_t *header)
{
	return ffav_get32(header) == (LOG_RECORD_KEY | id << 16) &&
	       ffav_get32(header + 4) == e->key_size && ffav_get32(header + 8) == e->hash;
}

static inline bool entry_is_data(const struct ffav_store_entry *e, ffav_store_id id,
				 const uint8_t *header)
{
	return ffav_get32(header) == (LOG_RECORD_DATA | (uint32_t)e->flags << 8 | id << 16) &&
	       ffav_get32(header + 4) == e->data_size &&
	       ffav_get32(header + 8) == e->attributes;
}

/*
 * @size bytes at @place as memory, or NULL where the window is not mapped or where they do not
 * lie within one sector. What is found so is what log_read() would copy.
 */
static inline const uint8_t *log_mapped(const struct ffav_store *store, uint32_t place,
					uint32_t size)
{
	const struct ffav_flash *flash = store->flash;
	uint32_t offset = place & (flash->sector_size - 1);

	if (!flash->map || !offset || size > flash->sector_size - offset)
		return NULL;
	return flash->map + place;
}

/* read.c: reading the window. */

/** log_load() - Read bytes that lie within one sector. Return: a ffav_store_result. */
int log_load(const struct ffav_store *store, uint32_t place, void *out, size_t size);

/** log_read() - Read bytes of a transaction, across sectors. Return: a ffav_store_result. */
int log_read(const struct ffav_store *store, uint32_t place, void *out, size_t size);

/** log_skip_far() - log_skip() where sectors end in between. */
uint32_t log_skip_far(const struct ffav_store *store, uint32_t place, uint32_t size);

/** log_skip() - The place @size bytes behind @place, or LOG_NONE where the log ends before. */
static inline uint32_t log_skip(const struct ffav_store *store, uint32_t place, uint32_t size)
{
	uint32_t offset = place & (store->flash->sector_size - 1);

	return offset && size <= store->flash->sector_size - offset
		       ? place + size
		       : log_skip_far(store, place, size);
}

/** log_next_sector() - The sector whose number follows that of @sector, or LOG_NONE. */
uint32_t log_next_sector(const struct ffav_store *store, uint32_t sector);

/** log_following() - The sector of the log with the lowest number above @sequence, else the head. */
uint32_t log_following(const struct ffav_store *store, uint32_t sequence);

/** log_header() - Read and check the header that a sector has on flash. */
bool log_header(const struct ffav_store *store, uint32_t sector, struct log_sector *header);

/** log_is_there() - Is a live item's record what the index knows? @key: of its key, else its data. */
bool log_is_there(const struct ffav_store *store, ffav_store_id id, bool key);

/**
 * log_sum() - Compute the checksum of what a record holds.
 * @store: the store
 * @place: of its header
 * @record: what it says of sizes
 * @sum: where it goes
 *
 * Return: a ffav_store_result.
 */
int log_sum(const struct ffav_store *store, uint32_t place, const struct log_record *record,
	    uint32_t *sum);

/** log_check() - Is a record's checksum right? @place: of its header. */
bool log_check(const struct ffav_store *store, uint32_t place, const struct log_record *record);

/* scan.c: walking over marks. */

/** enum log_kind - What log_scan() found. */
enum log_kind {
	/** Nothing more in this sector; a device error looks the same. */
	LOG_END,
	/** A mark that a mount wrote: what was before it counts. */
	LOG_SETTLE,
	LOG_TRANSACTION,
};

/**
 * struct log_item - A transaction in the log.
 * @start: place of its mark
 * @body: place of its first record; may be the end of a sector
 * @length: bytes of its records
 * @copy: it was made by reclaiming: what it holds was visible before
 * @whole: all its sectors are there; @end is valid
 * @end: place behind its commit; may be the end of a sector
 * @first: header of its first record, where @has_first
 * @has_first: that record could be read
 */
struct log_item {
	uint32_t start;
	uint32_t body;
	uint32_t length;
	bool copy;
	bool whole;
	uint32_t end;
	struct log_record first;
	bool has_first;
};

/**
 * log_scan() - Find what comes next in a sector.
 * @store: its geometry and sectors are used
 * @sector: the sector
 * @offset: where to look, in; for LOG_END and LOG_SETTLE, where it was or what is behind it, out
 * @limit: offset at which the sector's marks end
 * @item: filled in for LOG_TRANSACTION, and the caller goes on at its end; for LOG_SETTLE,
 *	@item.length is the mark's
 */
enum log_kind log_scan(const struct ffav_store *store, uint32_t sector, uint32_t *offset,
		       uint32_t limit, struct log_item *item);

/**
 * log_record_at() - Is there the header of a record, with which all transactions' bodies begin?
 * @store: the store
 * @place: where to look
 * @length: bytes that the record may take
 * @record: where it goes
 */
bool log_record_at(const struct ffav_store *store, uint32_t place, uint32_t length,
		   struct log_record *record);

/** log_committed() - Does the commit word of a whole transaction read as it should? */
bool log_committed(const struct ffav_store *store, const struct log_item *item);

/**
 * log_limit() - Where the marks of a sector end, and where the next sector's begin.
 * @store: the store
 * @next: the sector after it in the log, or LOG_NONE
 * @begin: where the offset of the first mark in @next goes; untouched for LOG_NONE
 */
uint32_t log_limit(const struct ffav_store *store, uint32_t next, uint32_t *begin);

/* write.c: appending. */

/**
 * log_open_next() - Take the next free sector as head.
 * @store: the store
 * @continued: bytes of the current transaction that continue in it
 * @previous_end: offset in the head so far up to which it counts
 * @decides: nothing else says so of the last change there
 *
 * Return: FFAV_STORE_OK, FFAV_STORE_NO_SPACE or FFAV_STORE_IO_ERROR.
 */
int log_open_next(struct ffav_store *store, uint32_t continued, uint32_t previous_end,
		  bool decides);

/**
 * log_begin() - Begin a transaction of @length bytes of records. @tag: LOG_MARK_*
 *
 * Until it is committed each function below may return LOG_AGAIN: then begin it again.
 */
int log_begin(struct ffav_store *store, uint8_t tag, uint32_t length);

/** log_tell() - Where the next record of the transaction goes; opens a sector where needed. */
int log_tell(struct ffav_store *store, uint32_t *place);

/**
 * log_room() - Take the next bytes of the transaction at once, to be filled in before the next
 * call.
 * @store: the store
 * @size: how many
 * @place: where their place in the log goes
 *
 * Return: where to put them, or NULL where they must be given to log_put() in pieces.
 */
uint8_t *log_room(struct ffav_store *store, uint32_t size, uint32_t *place);

/** log_put() - Append bytes to the transaction. */
int log_put(struct ffav_store *store, const void *data, size_t size);

/** log_commit() - End the transaction: from its return on it counts. */
int log_commit(struct ffav_store *store);

/**
 * log_settle() - Write a mark that says that everything before it counts, and where the tail is.
 * Where that fails and the log is to go on, it must be given up as a transaction is.
 */
int log_settle(struct ffav_store *store);

/**
 * log_abandon() - Give up a transaction or a settle that failed, in the next sector's header.
 *
 * Return: FFAV_STORE_OK if the store can go on, or why not. It is sealed then, unless nothing of
 * what failed has been tried yet.
 */
int log_abandon(struct ffav_store *store);

/** log_blank() - Does the head read as erased from @offset to its end? */
bool log_blank(const struct ffav_store *store, uint32_t sector, uint32_t offset);

/* index.c */

/** index_reset() - Empty the index. */
void index_reset(struct ffav_store *store);

/** index_finish() - Link what mount has found: live items and spare ids. */
void index_finish(struct ffav_store *store);

/** index_find() - Find an item by key. Return: its id, 0 or FFAV_STORE_UNREADABLE. */
ffav_store_id index_find(const struct ffav_store *store, const void *key, size_t size,
			 uint32_t hash);

/** index_insert() - Make the entry, taken from the spare ids and filled in, findable. */
void index_insert(struct ffav_store *store, uint16_t id);

/** index_remove() - Forget an item; its id becomes spare. */
void index_remove(struct ffav_store *store, uint16_t id);

/* counter.c */

/** Key of the item that holds the epoch. No caller can use it. */
#define COUNTER_KEY      "FFVepoch"
#define COUNTER_KEY_SIZE 8u
/** Bytes of its data: the epoch. */
#define COUNTER_EPOCH_SIZE 8u

/** counter_key() - Is this the epoch's key? */
static inline bool counter_key(const void *key, size_t size)
{
	return size == COUNTER_KEY_SIZE && !memcmp(key, COUNTER_KEY, COUNTER_KEY_SIZE);
}

/** counter_follow() - Bring the counter to the epoch. Return: FFAV_STORE_OK or FFAV_STORE_COUNTER. */
int counter_follow(struct ffav_store *store);

/* reclaim.c */

/** reclaim_reserve() - Bytes that must stay free for reclaiming to go on after any cut. */
uint64_t reclaim_reserve(const struct ffav_store *store, uint32_t largest);

/** reclaim_capacity() - Bytes that live records may use in a store whose largest is @largest. */
uint64_t reclaim_capacity(const struct ffav_store *store, uint32_t largest);

/** reclaim_free() - Bytes that can be appended before a sector of the log is needed again. */
uint64_t reclaim_free(const struct ffav_store *store);

/**
 * reclaim_for() - Do the reclaiming that goes with appending @size bytes, and make sure of the
 * room for them.
 */
int reclaim_for(struct ffav_store *store, uint32_t size);

#endif
