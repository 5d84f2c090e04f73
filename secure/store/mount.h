/* SPDX-License-Identifier: BSD-3-Clause */
/** DOC: What the three steps of a mount share: finding the log, reading it, settling its end */
#ifndef FFAV_STORE_MOUNT_H
#define FFAV_STORE_MOUNT_H

#include "secure/store/log.h"

/**
 * struct replay - The state of reading the log.
 * @store: the store
 * @sector: where it is read
 * @offset: offset there
 * @settled: offset there behind the last thing that was not a settle: a settle that nothing
 *	follows may read differently next time
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
	uint32_t settled;
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

/* mount.c */

/** mount_good_geometry() - Can a store be in such a window? */
bool mount_good_geometry(const struct ffav_flash *flash);

/** mount_set_sizes() - Begin a store: what follows from its geometry. */
void mount_set_sizes(struct ffav_store *store, const struct ffav_flash *flash);

/** mount_tail_told_by() - The tail's number as a sector tells it: in its header, and later in its settles. */
uint32_t mount_tail_told_by(const struct ffav_store *store, uint32_t sector);

/** mount_drop_after() - Make @sector the head: those after it hold nothing that counts. */
void mount_drop_after(struct ffav_store *store, uint32_t sector);

/* replay.c */

/**
 * replay_log() - Read the log from its tail on into the index.
 * @r: filled in: what is to be known about the end of the log
 * @store: its sectors are known
 * @skip_head: as if there were nothing in the head
 */
void replay_log(struct replay *r, struct ffav_store *store, bool skip_head);

/**
 * replay_judge() - Decide about the last transaction, where nothing behind it does: its commit
 * does, if everything is as it was when that was programmed.
 *
 * Return: true if there is none or it counts; it is in the index then.
 */
bool replay_judge(struct replay *r);

/* settle.c */

/** settle_count_sectors() - Count what is free. */
void settle_count_sectors(struct ffav_store *store);

/** settle_log() - Decide on flash what the end of the log left open. Return: a ffav_store_result. */
int settle_log(struct replay *r);

#endif
