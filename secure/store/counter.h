/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Monotonic counter: how a store that was put back to an older state is found out
 *
 * What the store needs of a counter that only goes up and that nobody who can write the flash
 * can set: an RPMB block, an NV counter of a TPM, fuses, a file of machines/host. A store that
 * is bound to one writes a number, its epoch, together with a change, and lets the counter
 * follow before it answers. docs/store-design.md says what this finds and what it does not.
 */
#ifndef FFAV_STORE_COUNTER_H
#define FFAV_STORE_COUNTER_H

#include "secure/store/store.h"

/**
 * struct ffav_counter - A monotonic counter that belongs to one store.
 * @window: the counter is incremented with every so many-th transaction, at least 1. The first
 *	one after binding and those with a change that is @anchored are always counted.
 * @context: the counter's
 * @read: get the value. 0 says that no store has been bound to it yet: a counter that starts
 *	elsewhere, as a TPM's does, is read less what it started from.
 * @increment: add 1; when it returns 0 that is durable. May be slow. A cut or a failure leaves
 *	the old value or the new one.
 *
 * Both return 0, or anything else where the device fails.
 */
struct ffav_counter {
	uint32_t window;
	void *context;
	int (*read)(void *context, uint64_t *value);
	int (*increment)(void *context);
};

/**
 * ffav_store_bind() - Check a mounted store against its counter, and count from now on.
 * @store: the store, just mounted
 * @counter: must outlive the store
 * @rebind: take the store as it is, whatever the counter says: for somebody who has put an
 *	older image or another counter in place himself
 *
 * After a power cut between a change and its count the store is one ahead of the counter, which
 * follows here. A store that was never bound is taken where the counter is at 0.
 *
 * Return: FFAV_STORE_OK; FFAV_STORE_ROLLED_BACK where the store is older than the counter says, or
 * has no epoch and the counter is not at 0; FFAV_STORE_COUNTER where the counter cannot be read,
 * or is so far behind that it is another one; FFAV_STORE_IO_ERROR where the epoch cannot be read;
 * of a store that is taken, what ffav_store_commit() returns. With all but FFAV_STORE_OK the store
 * takes no more changes.
 */
int ffav_store_bind(struct ffav_store *store, const struct ffav_counter *counter, bool rebind);

/**
 * ffav_store_epoch() - The number that a store and its counter share.
 * @store: a mounted store, bound or not
 * @epoch: where it goes; 0 where the store was never bound
 *
 * Return: FFAV_STORE_OK or FFAV_STORE_IO_ERROR.
 */
int ffav_store_epoch(struct ffav_store *store, uint64_t *epoch);

#endif
