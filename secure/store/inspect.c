/* SPDX-License-Identifier: BSD-3-Clause */
#include "secure/store/inspect.h"

#include "secure/store/log.h"

/* Counts a record where it lies; it may go on in the sectors that follow. */
static void add_live(const struct ffav_store *store, struct ffav_store_sector_info *out,
		     uint32_t place, uint32_t size)
{
	uint32_t sector = log_sector_of(store, place);
	uint32_t left = store->flash->sector_size - log_offset_of(store, place);

	while (size) {
		uint32_t step = size < left ? size : left;

		out[sector].live += step;
		size -= step;
		if (!size)
			return;
		sector = log_next_sector(store, sector);
		if (sector == LOG_NONE)
			return;
		left = store->usable;
	}
}

static enum ffav_store_sector_state state_of(const struct ffav_store *store, uint32_t sector)
{
	if (store->sectors[sector].sequence == LOG_UNUSABLE)
		return FFAV_STORE_SECTOR_UNUSABLE;
	if (sector == store->head_sector)
		return FFAV_STORE_SECTOR_HEAD;
	return store->sectors[sector].sequence >= store->tail_sequence ? FFAV_STORE_SECTOR_LOG
								       : FFAV_STORE_SECTOR_FREE;
}

void ffav_store_inspect(const struct ffav_store *store, struct ffav_store_sector_info *out)
{
	uint32_t count = store->flash->sector_count;
	struct log_sector header;
	uint32_t i;

	memset(out, 0, count * sizeof(*out));
	for (i = 0; i < store->capacity; i++) {
		const struct ffav_store_entry *e = &store->entries[i];

		if (!e->key_at || !e->data_at)
			continue;
		add_live(store, out, e->key_at, entry_key_total(e));
		add_live(store, out, e->data_at, entry_data_total(e));
	}
	for (i = 0; i < count; i++) {
		struct ffav_store_sector_info *s = &out[i];

		s->state = state_of(store, i);
		s->has_header = log_header(store, i, &header);
		if (s->has_header) {
			s->sequence = header.sequence;
			s->erases = header.erases;
		}
		if (s->state == FFAV_STORE_SECTOR_HEAD) {
			s->blank = store->flash->sector_size - store->head;
			s->dead = store->usable - s->blank;
		} else if (s->state == FFAV_STORE_SECTOR_LOG) {
			s->dead = store->usable;
		} else if (s->state == FFAV_STORE_SECTOR_FREE) {
			s->blank = store->usable;
		}
		s->dead = s->dead > s->live ? s->dead - s->live : 0;
	}
}

uint32_t ffav_store_place(const struct ffav_store *store, ffav_store_id id)
{
	const struct ffav_store_entry *e;
	uint32_t sector;

	if (!id || id > store->capacity || !store->entries[id - 1].data_at)
		return 0;
	e = &store->entries[id - 1];
	if (e->data_at & (store->flash->sector_size - 1))
		return e->data_at;
	/* It begins behind the header of the sector after. */
	sector = log_next_sector(store, log_sector_of(store, e->data_at));
	return sector == LOG_NONE ? e->data_at : log_place(store, sector, store->sector_head);
}

uint32_t ffav_store_sequences(const struct ffav_store *store, uint32_t *newest)
{
	*newest = store->head_sequence;
	return store->tail_sequence;
}
