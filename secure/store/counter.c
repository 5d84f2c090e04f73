/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The epoch is the data of an item with a key of its own, so that it becomes visible with the
 * changes that it counts, is moved by reclaiming, and survives cuts as everything does.
 */
#include "secure/store/counter.h"

#include "secure/store/log.h"

/* How often an increment is tried before the counter is taken to have failed. */
#define TRIES 3u

int ffav_store_epoch(struct ffav_store *store, uint64_t *epoch)
{
	struct ffav_store_meta meta;
	uint8_t raw[COUNTER_EPOCH_SIZE];
	int result;

	*epoch = 0;
	if (!store->epoch_id)
		return FFAV_STORE_OK;
	result = ffav_store_meta(store, store->epoch_id, &meta);
	if (!result && meta.data_size != sizeof(raw))
		result = FFAV_STORE_IO_ERROR;
	if (!result)
		result = ffav_store_read(store, store->epoch_id, 0, raw, sizeof(raw));
	if (!result)
		*epoch = ffav_get64(raw);
	return result;
}

int counter_follow(struct ffav_store *store)
{
	const struct ffav_counter *counter = store->counter;
	unsigned int tries;
	uint64_t value;

	for (tries = 0; store->counted < store->epoch && tries < TRIES; tries++) {
		if (!counter->increment(counter->context)) {
			store->counted++;
			continue;
		}
		/* What failed may have been done. */
		if (!counter->read(counter->context, &value))
			store->counted = value;
	}
	return store->counted == store->epoch ? FFAV_STORE_OK : FFAV_STORE_COUNTER;
}

int ffav_store_bind(struct ffav_store *store, const struct ffav_counter *counter, bool rebind)
{
	uint64_t value, epoch;
	bool take = rebind;
	int result;

	if (!counter->window || counter->read(counter->context, &value) ||
	    value == UINT64_MAX) {
		store->sealed = true;
		return counter->window ? FFAV_STORE_COUNTER : FFAV_STORE_INVALID;
	}
	result = ffav_store_epoch(store, &epoch);
	if (!result && epoch < value)
		result = FFAV_STORE_ROLLED_BACK;
	if (!result && epoch - value > 1)
		result = FFAV_STORE_COUNTER;
	if (!result)
		take = !epoch;
	else if (!rebind) {
		store->sealed = true;
		return result;
	}
	store->counter = counter;
	store->counted = value;
	store->epoch = take ? value : epoch;
	store->uncounted = counter->window - 1;
	if (!take) {
		/* Where the counter fails the store can be read; a change will try again. */
		(void)counter_follow(store);
		return FFAV_STORE_OK;
	}
	result = ffav_store_commit(store, NULL, 0);
	if (result)
		store->sealed = true;
	return result;
}
