/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Walking over the marks of a sector. After a power cut the last mark may read differently
 * each time; a mount leaves it alone and settles behind it, and the rules here see to it that
 * the settle is found whether that mark reads as nothing, as garbage or as a mark.
 */
#include "secure/store/log.h"

static bool load_mark(const struct ffav_store *store, uint32_t sector, uint32_t offset,
		      uint32_t limit, struct log_mark *mark)
{
	const uint8_t *mapped;
	uint8_t raw[LOG_MARK_SIZE];

	if (offset + store->mark_size > limit)
		return false;
	mapped = log_mapped(store, log_place(store, sector, offset), LOG_MARK_SIZE);
	if (mapped)
		return log_mark_decode(mapped, store->sectors[sector].sequence, offset, mark);
	return !log_load(store, log_place(store, sector, offset), raw, sizeof(raw)) &&
	       log_mark_decode(raw, store->sectors[sector].sequence, offset, mark);
}

/* Offset of the next settle behind the mark at @offset, as far as it is looked for, or LOG_NONE. */
static uint32_t find_settle(const struct ffav_store *store, uint32_t sector, uint32_t offset,
			    uint32_t limit)
{
	struct log_mark mark;
	uint32_t i;

	for (i = 1; i < LOG_WINDOW; i++) {
		offset += store->mark_size;
		if (offset + store->mark_size > limit)
			break;
		if (load_mark(store, sector, offset, limit, &mark) &&
		    mark.tag == LOG_MARK_SETTLE)
			return offset;
	}
	return LOG_NONE;
}

bool log_record_at(const struct ffav_store *store, uint32_t place, uint32_t length,
		   struct log_record *record)
{
	const uint8_t *mapped = log_mapped(store, place, LOG_RECORD_SIZE);
	uint8_t raw[LOG_RECORD_SIZE];

	if (mapped)
		return log_record_decode(mapped, length, record);
	return !log_read(store, place, raw, sizeof(raw)) &&
	       log_record_decode(raw, length, record);
}

/* Follows a transaction through its sectors, as their headers say it goes on. */
static bool follow(const struct ffav_store *store, uint32_t place, uint32_t size, uint32_t *end)
{
	uint32_t sector = log_sector_of(store, place);
	uint32_t left = store->flash->sector_size - log_offset_of(store, place);

	while (size > left) {
		size -= left;
		sector = log_next_sector(store, sector);
		if (sector == LOG_NONE || store->sectors[sector].continued != size)
			return false;
		place = log_place(store, sector, store->sector_head);
		left = store->usable;
	}
	*end = place + size;
	return true;
}

enum log_kind log_scan(const struct ffav_store *store, uint32_t sector, uint32_t *offset,
		       uint32_t limit, struct log_item *item)
{
	uint32_t size = store->mark_size;
	struct log_mark mark;
	uint32_t behind, found;

	while (*offset + size <= limit) {
		behind = log_place(store, sector, *offset + size);
		if (load_mark(store, sector, *offset, limit, &mark)) {
			item->length = mark.length;
			if (mark.tag == LOG_MARK_SETTLE) {
				*offset += size;
				return LOG_SETTLE;
			}
			item->start = log_place(store, sector, *offset);
			item->body = behind;
			item->copy = mark.tag == LOG_MARK_COPY;
			item->whole = follow(store, behind, mark.length + store->commit_size,
					     &item->end);
			item->has_first =
				log_record_at(store, behind, mark.length, &item->first);
			if (item->has_first)
				return LOG_TRANSACTION;
			found = find_settle(store, sector, *offset, limit);
			if (found == LOG_NONE)
				return LOG_TRANSACTION;
		} else {
			/* A mark that cannot be read, before records: not the end of the log. */
			if (log_record_at(store, behind, UINT32_MAX, &item->first))
				return LOG_END;
			found = find_settle(store, sector, *offset, limit);
			if (found == LOG_NONE)
				return LOG_END;
		}
		*offset = found;
	}
	return LOG_END;
}

bool log_committed(const struct ffav_store *store, const struct log_item *item)
{
	uint32_t place = log_skip(store, item->body, item->length);
	uint8_t word[LOG_COMMIT_SIZE];

	return place != LOG_NONE && !log_read(store, place, word, sizeof(word)) &&
	       ffav_get32(word) == LOG_COMMIT_WORD;
}

uint32_t log_limit(const struct ffav_store *store, uint32_t next, uint32_t *begin)
{
	const struct ffav_store_sector *header;

	if (next == LOG_NONE)
		return store->flash->sector_size;
	header = &store->sectors[next];
	*begin = store->sector_head +
		 (header->continued < store->usable ? header->continued : store->usable);
	return header->continued ? store->flash->sector_size : header->previous_end;
}
