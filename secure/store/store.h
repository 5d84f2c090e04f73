/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Variable store: a crash-safe log of keyed items on NOR flash
 *
 * The store knows keys, values and transactions; it knows nothing of EFI. A key
 * is an opaque byte string (the variable service uses GUID + UTF-16 name). A
 * transaction of several changes becomes visible as a whole or not at all, also
 * across power cuts at any moment, and once visible stays visible.
 *
 * docs/store-format.md describes every bit on flash; docs/store-design.md why.
 */
#ifndef FFAV_STORE_H
#define FFAV_STORE_H

#include "secure/store/flash.h"

/** Results; every function that returns int returns one of these. */
enum ffav_store_result {
	FFAV_STORE_OK = 0,
	FFAV_STORE_NOT_FOUND = -1,
	/** There is no room, also after everything dead has been reclaimed. */
	FFAV_STORE_NO_SPACE = -2,
	/** The index memory is full. */
	FFAV_STORE_NO_INDEX = -3,
	/** The device failed, or a record's checksum is wrong. */
	FFAV_STORE_IO_ERROR = -4,
	/** The window does not hold a store; formatting it is the caller's decision. */
	FFAV_STORE_FOREIGN = -5,
	/** A store of a format version that this code does not know. */
	FFAV_STORE_VERSION = -6,
	/** An argument is out of the store's limits. */
	FFAV_STORE_INVALID = -7,
	/** The store is older than its monotonic counter says; see counter.h. */
	FFAV_STORE_ROLLED_BACK = -8,
	/** The monotonic counter fails, or is not the one that this store was used with. */
	FFAV_STORE_COUNTER = -9,
};

/** Longest key, bytes: GUID and a name of 1,024 characters with room to spare. */
#define FFAV_STORE_KEY_MAX 2080u
/** Longest signer digest, bytes. */
#define FFAV_STORE_SIGNER_MAX 64u
#define FFAV_STORE_TIME_SIZE  16u
/** Most that attributes can be. */
#define FFAV_STORE_ATTRIBUTES_MAX 0xffffu
/** Most data of one item, bytes, whatever the window's size. */
#define FFAV_STORE_DATA_MAX 0x100000u

/** Handle of a live item; 0 is no item. Valid until the next commit. */
typedef uint32_t ffav_store_id;
/**
 * Handle of an item whose key cannot be read, so that nobody knows whether it is the one that
 * was looked for. What is asked of it fails with FFAV_STORE_IO_ERROR.
 */
#define FFAV_STORE_UNREADABLE UINT32_MAX

/**
 * struct ffav_store_meta - What an item carries beside key and data.
 * @attributes: opaque to the store; at most FFAV_STORE_ATTRIBUTES_MAX
 * @data_size: bytes
 * @key_size: bytes
 * @has_time: @time is present
 * @signer_size: bytes of @signer, 0 for none
 * @data: the data as memory until the next commit, or NULL: then ffav_store_read() copies them
 * @time: time stamp, opaque to the store
 * @signer: signer digest, opaque to the store
 */
struct ffav_store_meta {
	uint32_t attributes;
	uint32_t data_size;
	uint16_t key_size;
	bool has_time;
	uint8_t signer_size;
	const uint8_t *data;
	uint8_t time[FFAV_STORE_TIME_SIZE];
	uint8_t signer[FFAV_STORE_SIGNER_MAX];
};

/** struct ffav_store_span - A piece of data. @data: bytes; @size: how many. */
struct ffav_store_span {
	const void *data;
	size_t size;
};

/**
 * struct ffav_store_change - One change of a transaction.
 * @key: the key's bytes
 * @key_size: 1 to FFAV_STORE_KEY_MAX
 * @remove: delete the item; the fields below are ignored then
 * @attributes: as in struct ffav_store_meta
 * @time: FFAV_STORE_TIME_SIZE bytes, or NULL for none
 * @signer: @signer_size bytes, or NULL
 * @signer_size: 0 to FFAV_STORE_SIGNER_MAX
 * @data: the new data as up to two pieces, one behind the other
 * @anchored: once this is answered, no older state of the store will be taken for the newest: where
 *	there is a monotonic counter it is incremented, whatever its window
 * @keep: bytes of live items that must still fit behind a transaction that adds to the store; of
 *	all its changes the largest counts
 * @keep_items: the same in items
 * @known: @hash and @id are what ffav_store_hash() and ffav_store_lookup() in this store said of
 *	the key, and nothing has been committed since
 * @hash: of the key
 * @id: the item, 0 for none
 */
struct ffav_store_change {
	const void *key;
	size_t key_size;
	bool remove;
	uint32_t attributes;
	const uint8_t *time;
	const uint8_t *signer;
	size_t signer_size;
	struct ffav_store_span data[2];
	bool anchored;
	uint32_t keep;
	uint32_t keep_items;
	bool known;
	uint32_t hash;
	ffav_store_id id;
};

/**
 * struct ffav_store_space - What the space in a store is used for, bytes.
 * @total: bytes that items can ever use
 * @used: bytes that live items use, with their records' overhead
 * @largest: largest data that a single item may have
 * @items: live items, but for the store's own
 */
struct ffav_store_space {
	uint64_t total;
	uint64_t used;
	uint64_t largest;
	uint32_t items;
};

struct ffav_counter;
struct ffav_store_entry;
struct ffav_store_sector;

/**
 * Bytes that the store collects before it programs them; a multiple of every program unit, and
 * room for what reclaiming copies at once.
 */
#define FFAV_STORE_BUFFER 1280u

/**
 * struct ffav_store - A mounted store. Callers allocate it; its fields are the store's own,
 *	but for the two counters, which a caller may read.
 * @flash: the window
 * @entries: one per possible item; id n is entry n - 1
 * @sectors: per sector: what its header says
 * @buckets: hash table: first id of each chain
 * @capacity: entries
 * @bucket_shift: the bits of a hash above these are its bucket
 * @items: live items
 * @first: first live item in the order of enumeration
 * @last: last live item in that order
 * @spare: first unused id
 * @shift: log2 of the sector size
 * @sector_head: bytes of a sector's header, in whole program units
 * @mark_size: bytes of a mark, in whole program units
 * @commit_size: bytes of a commit, in whole program units
 * @usable: bytes of a sector behind its header
 * @head_sector: sector that is being written
 * @head: offset in it of the next byte to program
 * @head_sequence: its sequence number
 * @head_erases: its erase count
 * @tail_sector: oldest sector of the log
 * @tail: offset in it of the next mark that reclaiming looks at
 * @tail_sequence: its sequence number
 * @durable_tail: the oldest sector that the newest header on flash says is in use
 * @free_sectors: sectors that are not part of the log and not known to be bad
 * @usable_sectors: sectors that are not known to be bad
 * @live: bytes of live records
 * @largest: bytes of the largest live record since mount
 * @credit: bytes of reclaiming that past commits have paid for
 * @remaining: bytes of the current transaction that are yet to be programmed
 * @filled: bytes in @buffer
 * @tag: what its mark, which is yet to be programmed, will say; 0 where it is
 * @start_sector: sector in which the current transaction began
 * @start: offset of its mark there
 * @counter: the monotonic counter that it is bound to, or NULL
 * @epoch: of a bound store: the number on flash that the counter follows
 * @counted: the counter's value
 * @uncounted: transactions since the last one that was counted
 * @epoch_id: the item that holds the epoch, or 0
 * @sealed: the store can be read but not written
 * @damaged: records found with a wrong checksum since mount
 * @lost: bytes of log that could not be made sense of at mount
 * @buffer: bytes that are not programmed yet
 */
struct ffav_store {
	const struct ffav_flash *flash;
	struct ffav_store_entry *entries;
	struct ffav_store_sector *sectors;
	uint16_t *buckets;
	uint32_t capacity;
	uint32_t items;
	uint16_t first;
	uint16_t last;
	uint16_t spare;
	uint8_t shift;
	uint8_t bucket_shift;
	uint32_t sector_head;
	uint32_t mark_size;
	uint32_t commit_size;
	uint32_t usable;
	uint32_t head_sector;
	uint32_t head;
	uint32_t head_sequence;
	uint32_t head_erases;
	uint32_t tail_sector;
	uint32_t tail;
	uint32_t tail_sequence;
	uint32_t durable_tail;
	uint32_t free_sectors;
	uint32_t usable_sectors;
	uint64_t live;
	uint32_t largest;
	uint32_t credit;
	uint32_t remaining;
	uint32_t filled;
	uint32_t start_sector;
	uint32_t start;
	const struct ffav_counter *counter;
	uint64_t epoch;
	uint64_t counted;
	uint32_t uncounted;
	uint16_t epoch_id;
	uint8_t tag;
	bool sealed;
	uint32_t damaged;
	uint64_t lost;
	uint8_t buffer[FFAV_STORE_BUFFER];
};

/**
 * ffav_store_memory() - Bytes of index memory that a store of this geometry and size needs.
 * @flash: geometry
 * @items: most live items
 */
size_t ffav_store_memory(const struct ffav_flash *flash, uint32_t items);

/**
 * ffav_store_format() - Erase the window and write an empty store.
 * @flash: the window
 */
int ffav_store_format(const struct ffav_flash *flash);

/**
 * ffav_store_mount() - Open the store in a window and finish what a power cut interrupted.
 * @store: filled in; the caller owns it
 * @flash: the window; must outlive the store
 * @memory: index memory, aligned for uint64_t; must outlive the store
 * @memory_size: bytes at @memory, ffav_store_memory() of what is wanted
 *
 * Nothing foreign is overwritten. Return: FFAV_STORE_OK, or why not.
 */
int ffav_store_mount(struct ffav_store *store, const struct ffav_flash *flash, void *memory,
		     size_t memory_size);

/**
 * ffav_store_find() - Find a live item by its key, in constant time.
 * @store: the store
 * @key: the key's bytes
 * @key_size: bytes
 *
 * Return: the item; 0 if there is none; FFAV_STORE_UNREADABLE if that cannot be told.
 */
ffav_store_id ffav_store_find(struct ffav_store *store, const void *key, size_t key_size);

/** ffav_store_hash() - What all stores find a key by; part of the format. */
uint32_t ffav_store_hash(const void *key, size_t key_size);

/**
 * ffav_store_lookup() - Find a live item and read its meta data.
 * @store: the store
 * @key: the key's bytes
 * @key_size: bytes
 * @hash: its ffav_store_hash()
 * @id: the item, or 0
 * @meta: filled in where there is one
 *
 * Return: FFAV_STORE_OK, FFAV_STORE_NOT_FOUND, or FFAV_STORE_IO_ERROR where the item, or
 * whether it is this one, cannot be read. In the first case @id is the item, and attributes
 * and sizes in @meta are right: they have a checksum of their own. In the second @id is
 * FFAV_STORE_UNREADABLE.
 */
int ffav_store_lookup(struct ffav_store *store, const void *key, size_t key_size, uint32_t hash,
		      ffav_store_id *id, struct ffav_store_meta *meta);

/**
 * ffav_store_next() - Step through the live items in a stable order.
 * @store: the store
 * @id: the item before, or 0 to start
 *
 * Every item that lives throughout an enumeration is met exactly once, whatever else is
 * created or deleted between the steps. Return: the next item, 0 at the end.
 */
ffav_store_id ffav_store_next(struct ffav_store *store, ffav_store_id id);

/**
 * ffav_store_meta() - Read an item's meta data.
 * @store: the store
 * @id: the item
 * @meta: filled in
 *
 * Return: FFAV_STORE_OK, FFAV_STORE_NOT_FOUND, or FFAV_STORE_IO_ERROR, as of
 * ffav_store_lookup().
 */
int ffav_store_meta(struct ffav_store *store, ffav_store_id id, struct ffav_store_meta *meta);

/**
 * ffav_store_key() - Copy an item's key.
 * @store: the store
 * @id: the item
 * @out: @room bytes
 * @room: bytes at @out
 *
 * Return: the key's size in bytes (nothing is copied where it exceeds @room), or a negative
 * ffav_store_result.
 */
int ffav_store_key(struct ffav_store *store, ffav_store_id id, void *out, size_t room);

/**
 * ffav_store_step() - ffav_store_next(), and the key and attributes of what is there.
 * @store: the store
 * @id: the item before, or 0 to start; the next item, or 0 at the end, out
 * @attributes: where its attributes go
 * @key: @room bytes, where its key goes
 * @room: bytes at @key
 *
 * Return: the key's size in bytes (nothing is copied where it exceeds @room), 0 at the end, or
 * FFAV_STORE_IO_ERROR for an item that cannot be read, after which an enumeration can go on.
 */
int ffav_store_step(struct ffav_store *store, ffav_store_id *id, uint32_t *attributes,
		    void *key, size_t room);

/** ffav_store_read() - Copy @length bytes of an item's data from @offset on; the range must lie within it. */
int ffav_store_read(struct ffav_store *store, ffav_store_id id, size_t offset, void *out,
		    size_t length);

/**
 * ffav_store_commit() - Carry out a transaction.
 * @store: the store
 * @changes: the changes; keys are distinct
 * @count: how many, 1 to 8
 *
 * When it returns FFAV_STORE_OK all changes are durable and visible; with anything else none
 * is, now or after a power cut. Items get new ids.
 *
 * But one case: the device reports that the very last program failed, it did not, and no other sector
 * can be erased and programmed to say that the transaction does not count. The answer is
 * FFAV_STORE_IO_ERROR, the store takes no change any more, and the next mount may find all of the
 * changes.
 *
 * Of a store that is bound to a monotonic counter, the counter has followed then. Where it fails
 * after the changes have become durable they stay, and every later change is refused with
 * FFAV_STORE_COUNTER until the counter has followed.
 */
int ffav_store_commit(struct ffav_store *store, const struct ffav_store_change *changes,
		      size_t count);

/**
 * ffav_store_room() - Would these bytes fit as one more item?
 * @store: the store
 * @key_size: bytes
 * @data_size: bytes
 */
bool ffav_store_room(const struct ffav_store *store, size_t key_size, size_t data_size);

/** ffav_store_space() - How the space is used. */
void ffav_store_space(const struct ffav_store *store, struct ffav_store_space *space);

/**
 * ffav_store_space_beside() - The same for somebody who has to leave a part of it alone.
 * @store: the store
 * @keep: that part, as in struct ffav_store_change; bytes
 * @keep_items: the same in items
 * @space: filled in; what is kept counts as used, and as belonging to the total
 */
void ffav_store_space_beside(const struct ffav_store *store, uint64_t keep, uint32_t keep_items,
			     struct ffav_store_space *space);

/**
 * ffav_store_item_size() - Bytes of live records that an item takes, as commit counts them.
 * @key_size: bytes
 * @has_time: it has a time stamp
 * @signer_size: bytes of its signer digest
 * @data_size: bytes
 */
uint32_t ffav_store_item_size(size_t key_size, bool has_time, size_t signer_size,
			      size_t data_size);

#endif
