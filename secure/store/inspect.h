/* SPDX-License-Identifier: BSD-3-Clause */
/** DOC: How a mounted store uses its sectors, for tools and tests; the services do not need it. */
#ifndef FFAV_STORE_INSPECT_H
#define FFAV_STORE_INSPECT_H

#include "secure/store/store.h"

/** What a sector is used for. */
enum ffav_store_sector_state {
	/** It is not part of the log: it will be erased when its turn comes. */
	FFAV_STORE_SECTOR_FREE,
	FFAV_STORE_SECTOR_LOG,
	/** The log is being written here. */
	FFAV_STORE_SECTOR_HEAD,
	/** It could not be erased or programmed since mount. */
	FFAV_STORE_SECTOR_UNUSABLE,
};

/**
 * struct ffav_store_sector_info - One sector.
 * @state: what it is used for
 * @has_header: it has a header that can be read; the next two fields are from there
 * @sequence: its number
 * @erases: how often it has been erased
 * @live: bytes of records that are valid
 * @dead: bytes that come back when it is reclaimed: superseded records, marks, commits, and
 *	what was left unused at its end
 * @blank: bytes that can still be programmed
 */
struct ffav_store_sector_info {
	enum ffav_store_sector_state state;
	bool has_header;
	uint32_t sequence;
	uint32_t erases;
	uint32_t live;
	uint32_t dead;
	uint32_t blank;
};

/**
 * ffav_store_inspect() - Describe every sector of a mounted store.
 * @store: the store
 * @out: one entry per sector of the window
 */
void ffav_store_inspect(const struct ffav_store *store, struct ffav_store_sector_info *out);

/** ffav_store_place() - Offset in the window of the record that holds an item's data, 0 for no item. */
uint32_t ffav_store_place(const struct ffav_store *store, ffav_store_id id);

/**
 * ffav_store_sequences() - Sequence numbers of the sectors that are the log.
 * @store: the store
 * @newest: where the number of the newest goes
 *
 * Return: the number of the oldest.
 */
uint32_t ffav_store_sequences(const struct ffav_store *store, uint32_t *newest);

#endif
