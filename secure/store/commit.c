/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Transactions: what a caller wants changed becomes one transaction of the log, then the
 * index follows.
 */
#include "secure/store/counter.h"
#include "secure/store/log.h"

/**
 * struct plan - One change, worked out.
 * @change: what the caller wants
 * @key: header of the key's record; type 0 where the key is on flash already
 * @record: header of the data's or the delete's record
 * @id: the item
 * @hash: of the key
 * @key_at: place of the key's record, once it is written
 * @record_at: place of the other record
 */
struct plan {
	const struct ffav_store_change *change;
	struct log_record key;
	struct log_record record;
	uint16_t id;
	uint32_t hash;
	uint32_t key_at;
	uint32_t record_at;
};

static bool sensible(const struct ffav_store_change *c)
{
	uint64_t size;

	if (!c->key || !c->key_size || c->key_size > FFAV_STORE_KEY_MAX)
		return false;
	if (c->remove)
		return true;
	return ffav_add(c->data[0].size, c->data[1].size, &size) &&
	       size <= FFAV_STORE_DATA_MAX && (c->data[0].data || !c->data[0].size) &&
	       (c->data[1].data || !c->data[1].size) &&
	       c->attributes <= FFAV_STORE_ATTRIBUTES_MAX &&
	       c->signer_size <= FFAV_STORE_SIGNER_MAX && (c->signer || !c->signer_size);
}

static void describe_data(struct plan *p)
{
	const struct ffav_store_change *c = p->change;
	uint32_t crc = FFAV_CRC32C_START;

	p->record.type = LOG_RECORD_DATA;
	p->record.flags = (uint8_t)(c->signer_size | (c->time ? LOG_RECORD_TIME : 0));
	p->record.id = p->id;
	p->record.size = (uint32_t)(c->data[0].size + c->data[1].size);
	p->record.extra = c->attributes;
	if (c->time)
		crc = ffav_crc32c(crc, c->time, FFAV_STORE_TIME_SIZE);
	if (c->signer_size)
		crc = ffav_crc32c(crc, c->signer, c->signer_size);
	if (c->data[0].size)
		crc = ffav_crc32c(crc, c->data[0].data, c->data[0].size);
	p->record.checksum = ffav_crc32c(crc, c->data[1].data, c->data[1].size);
}

static void describe_key(struct plan *p)
{
	const struct ffav_store_change *c = p->change;

	p->key.type = LOG_RECORD_KEY;
	p->key.flags = 0;
	p->key.id = p->id;
	p->key.size = (uint32_t)c->key_size;
	p->key.extra = p->hash;
	p->key.checksum = ffav_crc32c(FFAV_CRC32C_START, c->key, c->key_size);
}

/**
 * struct tally - What the changes so far come to.
 * @after: bytes of live records when they are done
 * @length: bytes of their own records
 * @largest: largest live record
 * @spare: the next unused id
 */
struct tally {
	uint64_t after;
	uint32_t length;
	uint32_t largest;
	uint16_t spare;
};

/* Works out one change and adds it to what was there before. */
static int make_plan(struct ffav_store *store, const struct ffav_store_change *c,
		     struct plan *p, struct tally *t)
{
	const struct ffav_store_entry *e;
	ffav_store_id found;
	uint32_t total;

	if (!sensible(c))
		return FFAV_STORE_INVALID;
	p->change = c;
	p->hash = c->known ? c->hash : ffav_store_hash(c->key, c->key_size);
	found = c->known ? c->id : index_find(store, c->key, c->key_size, p->hash);
	if (found == FFAV_STORE_UNREADABLE)
		return FFAV_STORE_IO_ERROR;
	p->id = (uint16_t)found;
	p->key.type = 0;
	e = &store->entries[p->id ? p->id - 1 : 0];
	if (c->remove) {
		if (!p->id)
			return FFAV_STORE_NOT_FOUND;
		t->after -= entry_key_total(e) + entry_data_total(e);
		t->length += LOG_RECORD_SIZE;
		memset(&p->record, 0, sizeof(p->record));
		p->record.type = LOG_RECORD_DELETE;
		p->record.id = p->id;
		p->record.checksum = FFAV_CRC32C_START;
		return FFAV_STORE_OK;
	}
	if (p->id) {
		t->after -= entry_data_total(e);
	} else {
		if (!t->spare)
			return FFAV_STORE_NO_INDEX;
		p->id = t->spare;
		t->spare = store->entries[p->id - 1].chain;
		describe_key(p);
		total = log_record_total(&p->key);
		t->after += total;
		t->length += total;
	}
	describe_data(p);
	total = log_record_total(&p->record);
	t->after += total;
	t->length += total;
	if (total > t->largest)
		t->largest = total;
	return FFAV_STORE_OK;
}

/*
 * Puts a record: its header, and behind it what it holds. Most fit into the write buffer as
 * they are. Its place goes to @place.
 */
static int put_record(struct ffav_store *store, const struct log_record *r,
		      const struct ffav_store_span *parts, size_t count, uint32_t *place)
{
	uint32_t total = log_record_total(r);
	uint8_t *room = log_room(store, total, place);
	uint8_t raw[LOG_RECORD_SIZE];
	size_t i;
	int result;

	if (room) {
		/* The padding; what is not padding is written over. */
		ffav_put32(room + total - LOG_ALIGN, UINT32_MAX);
		log_record_encode(room, r);
		room += LOG_RECORD_SIZE;
		for (i = 0; i < count; i++) {
			if (parts[i].size)
				memcpy(room, parts[i].data, parts[i].size);
			room += parts[i].size;
		}
		return FFAV_STORE_OK;
	}
	result = log_tell(store, place);
	log_record_encode(raw, r);
	if (!result)
		result = log_put(store, raw, sizeof(raw));
	for (i = 0; i < count && !result; i++)
		result = log_put(store, parts[i].data, parts[i].size);
	memset(raw, 0xff, LOG_ALIGN);
	return result ? result
		      : log_put(store, raw,
				total - LOG_RECORD_SIZE - log_record_before(r) - r->size);
}

static int put_plan(struct ffav_store *store, struct plan *p)
{
	const struct ffav_store_change *c = p->change;
	const struct ffav_store_span key = {c->key, c->key_size};
	const struct ffav_store_span data[] = {
		{c->time, c->time ? FFAV_STORE_TIME_SIZE : 0},
		{c->signer, c->signer_size},
		c->data[0],
		c->data[1],
	};

	if (p->key.type) {
		int result = put_record(store, &p->key, &key, 1, &p->key_at);

		if (result)
			return result;
	}
	return put_record(store, &p->record, data, c->remove ? 0 : 4, &p->record_at);
}

static int write_plans(struct ffav_store *store, struct plan *plans, size_t count,
		       uint32_t length)
{
	size_t i;
	int result;

	do {
		result = log_begin(store, LOG_MARK_CHANGE, length);
		for (i = 0; i < count && !result; i++)
			result = put_plan(store, &plans[i]);
		if (!result)
			result = log_commit(store);
	} while (result == LOG_AGAIN);
	return result;
}

static void follow_plan(struct ffav_store *store, const struct plan *p)
{
	struct ffav_store_entry *e = &store->entries[p->id - 1];

	if (p->change->remove) {
		index_remove(store, p->id);
		return;
	}
	if (p->key.type) {
		store->spare = e->chain;
	} else {
		store->live -= entry_data_total(e);
		(*log_live_at(store, e->data_at))--;
	}
	e->data_at = p->record_at;
	e->data_size = p->record.size;
	e->attributes = (uint16_t)p->record.extra;
	e->flags = p->record.flags;
	e->state = 0;
	if (p->key.type) {
		e->key_at = p->key_at;
		e->key_size = (uint16_t)p->key.size;
		e->hash = p->hash;
		index_insert(store, p->id);
		return;
	}
	(*log_live_at(store, e->data_at))++;
	store->live += entry_data_total(e);
	if (entry_data_total(e) > store->largest)
		store->largest = entry_data_total(e);
}

/* Is this transaction one that the counter is incremented with? */
static bool counts(const struct ffav_store *store, const struct ffav_store_change *changes,
		   size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (changes[i].anchored)
			return true;
	return !count || store->uncounted >= store->counter->window - 1;
}

/* struct epoch - The change that raises the epoch. @raw: its data */
struct epoch {
	struct ffav_store_change change;
	uint8_t raw[COUNTER_EPOCH_SIZE];
};

/* Works that change out; its few bytes are taken from what capacity leaves out. */
__attribute__((noinline)) static int plan_epoch(struct ffav_store *store, struct epoch *epoch,
						struct plan *plan, struct tally *t)
{
	epoch->change = (struct ffav_store_change){
		.key = COUNTER_KEY,
		.key_size = COUNTER_KEY_SIZE,
		.data = {{epoch->raw, sizeof(epoch->raw)}},
	};
	ffav_put64(epoch->raw, store->epoch + 1);
	return make_plan(store, &epoch->change, plan, t);
}

/* Writes a transaction that has been worked out, and tries again where the device fails. */
static int carry_out(struct ffav_store *store, struct plan *plans, size_t count,
		     uint32_t length)
{
	unsigned int tries;
	int result;
	size_t i;

	result = reclaim_for(store, length + store->mark_size + store->commit_size);
	if (result)
		return result;
	for (tries = 0; tries < 3; tries++) {
		int go_on;

		result = write_plans(store, plans, count, length);
		if (!result)
			break;
		/* The device failed in the middle: give that up for good, try elsewhere. */
		go_on = log_abandon(store);
		/* Where all of it has been tried, nobody knows what a mount will find. */
		if (go_on)
			return store->remaining ? go_on : result;
	}
	if (result)
		return result;
	/* New ids come off the spare list in the order in which they were given out. */
	for (i = 0; i < count; i++)
		if (!plans[i].change->remove)
			follow_plan(store, &plans[i]);
	for (i = 0; i < count; i++)
		if (plans[i].change->remove)
			follow_plan(store, &plans[i]);
	return FFAV_STORE_OK;
}

/*
 * Is there room for a transaction, and behind it for what its changes want to be kept?
 * @after: bytes of live records then. What does not add to the store is always welcome.
 */
__attribute__((noinline)) static int check_room(const struct ffav_store *store,
						const struct plan *plans, size_t count,
						uint64_t after, uint32_t largest)
{
	uint32_t keep = 0, keep_items = 0;
	uint64_t items = store->items;
	size_t i;

	for (i = 0; i < count; i++) {
		const struct ffav_store_change *c = plans[i].change;

		if (c->keep > keep)
			keep = c->keep;
		if (c->keep_items > keep_items)
			keep_items = c->keep_items;
		items += plans[i].key.type != 0;
		items -= c->remove;
	}
	if (after > store->live && after + keep > reclaim_capacity(store, largest))
		return FFAV_STORE_NO_SPACE;
	if (items > store->items && items + keep_items > store->capacity)
		return FFAV_STORE_NO_INDEX;
	return FFAV_STORE_OK;
}

int ffav_store_commit(struct ffav_store *store, const struct ffav_store_change *changes,
		      size_t count)
{
	struct tally t = {
		.after = store->live, .largest = store->largest, .spare = store->spare};
	struct plan plans[LOG_CHANGES_MAX + 1];
	struct epoch epoch;
	bool counted = false;
	size_t planned = count;
	int result;
	size_t i;

	/* Nothing but an epoch is what binding writes. */
	if (count > LOG_CHANGES_MAX || (!count && !store->counter))
		return FFAV_STORE_INVALID;
	for (i = 0; i < count; i++) {
		result = make_plan(store, &changes[i], &plans[i], &t);
		if (result)
			return result;
		if (counter_key(changes[i].key, changes[i].key_size))
			return FFAV_STORE_INVALID;
	}
	if (store->sealed)
		return FFAV_STORE_NO_SPACE;
	/* Where an id was taken there is an item more. */
	if (t.after > store->live || t.spare != store->spare) {
		result = check_room(store, plans, count, t.after, t.largest);
		if (result)
			return result;
	}
	if (store->counter) {
		/* The epoch is never more than one ahead of the counter. */
		result = counter_follow(store);
		counted = !result && counts(store, changes, count);
		if (counted)
			result = plan_epoch(store, &epoch, &plans[planned++], &t);
		if (result)
			return result;
	}
	result = carry_out(store, plans, planned,
			   (uint32_t)ffav_align_up(t.length, store->flash->program_unit));
	if (result || !store->counter)
		return result;
	if (!counted) {
		store->uncounted++;
		return FFAV_STORE_OK;
	}
	store->epoch_id = plans[count].id;
	store->epoch++;
	store->uncounted = 0;
	/* The changes are durable, whatever the counter does. */
	(void)counter_follow(store);
	return FFAV_STORE_OK;
}
