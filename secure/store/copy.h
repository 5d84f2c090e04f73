/* SPDX-License-Identifier: BSD-3-Clause */
/** DOC: Copying live records to the head, for reclaiming: in batches, each a transaction */
#ifndef FFAV_STORE_COPY_H
#define FFAV_STORE_COPY_H

#include "secure/store/log.h"

/** Bytes of records in one copy transaction; larger only for a single larger record. */
#define COPY_BATCH 1024u
/** Most records in one. */
#define COPY_PICKS 32u

/**
 * struct copy_pick - A live record that is to be copied.
 * @place: of its header
 * @record: that header
 */
struct copy_pick {
	uint32_t place;
	struct log_record record;
};

/**
 * struct copy_batch - What is copied at once.
 * @picks: the records
 * @count: how many
 * @bytes: of records
 * @most: what @bytes may become
 * @recalled: the headers are what the index knows, whatever there is on flash
 */
struct copy_batch {
	struct copy_pick picks[COPY_PICKS];
	uint32_t count;
	uint32_t bytes;
	uint64_t most;
	bool recalled;
};

/**
 * copy_walk() - Walk over the oldest sector and pick what is live.
 * @store: the store; its tail moves
 * @next: the sector after it, or LOG_NONE
 * @b: added to
 *
 * Return: false where the batch is full.
 */
bool copy_walk(struct ffav_store *store, uint32_t next, struct copy_batch *b);

/**
 * copy_missed() - Pick what the index knows in the oldest sector and walking over it has not found.
 * @store: the store
 * @b: added to
 * @full: set where the batch is full
 *
 * Return: a ffav_store_result.
 */
int copy_missed(const struct ffav_store *store, struct copy_batch *b, bool *full);

/** copy_carry_out() - Copy what has been picked, and let the index follow. Return: a ffav_store_result. */
int copy_carry_out(struct ffav_store *store, const struct copy_batch *b);

#endif
