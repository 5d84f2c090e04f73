/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Appending to the log. A transaction is three kinds of programs in this order: its mark, its
 * records, its commit. Each starts after the one before has returned, so what a later one
 * shows proves the earlier ones whole. The mark waits for the first of the records, but not on flash.
 */
#include "secure/store/log.h"

static int program(struct ffav_store *store, const void *data, uint32_t size)
{
	const struct ffav_flash *flash = store->flash;
	uint32_t place = log_place(store, store->head_sector, store->head);

	/* What has been tried is used up, whether it worked or not. */
	store->head += size;
	return flash->program(flash->context, place, data, size) ? FFAV_STORE_IO_ERROR
								 : FFAV_STORE_OK;
}

/* The oldest sector that the headers on flash already call free. */
static uint32_t next_free(const struct ffav_store *store)
{
	uint32_t count = store->flash->sector_count;
	uint32_t sector = store->head_sector;
	uint32_t i;

	for (i = 1; i < count; i++) {
		if (++sector == count)
			sector = 0;
		/* LOG_UNUSABLE is above every tail. */
		if (store->sectors[sector].sequence < store->durable_tail)
			return sector;
	}
	return LOG_NONE;
}

static int prepare(struct ffav_store *store, uint32_t sector, const struct log_sector *header)
{
	const struct ffav_flash *flash = store->flash;
	uint8_t raw[64];

	if (flash->erase(flash->context, sector))
		return FFAV_STORE_IO_ERROR;
	memset(raw, 0xff, sizeof(raw));
	log_sector_encode(raw, header, flash->sector_size, flash->sector_count,
			  flash->program_unit);
	if (!flash->program(flash->context, log_place(store, sector, 0), raw,
			    store->sector_head))
		return FFAV_STORE_OK;
	/* It may read right all the same, and the next sector gets the same number. */
	(void)flash->erase(flash->context, sector);
	return FFAV_STORE_IO_ERROR;
}

int log_open_next(struct ffav_store *store, uint32_t continued, uint32_t previous_end,
		  bool decides)
{
	struct log_sector header, old;
	uint32_t sector;

	if (store->head_sequence >= LOG_SEQUENCE_MAX)
		return FFAV_STORE_NO_SPACE;
	for (;;) {
		sector = next_free(store);
		if (sector == LOG_NONE)
			return FFAV_STORE_NO_SPACE;
		/*
		 * Where the count was lost in an interrupted erase, or never written, it will
		 * be what the neighbour has, which was erased in the same turn.
		 */
		header.erases = store->head_erases;
		if (log_header(store, sector, &old))
			header.erases = old.erases < UINT32_MAX ? old.erases + 1 : old.erases;
		header.sequence = store->head_sequence + 1;
		header.span = header.sequence - store->tail_sequence;
		header.continued = continued;
		header.previous_end = previous_end;
		header.decides = decides;
		store->free_sectors--;
		if (!prepare(store, sector, &header))
			break;
		store->sectors[sector].sequence = LOG_UNUSABLE;
		store->usable_sectors--;
	}
	log_remember(store, sector, &header);
	store->head_sequence = header.sequence;
	store->head_sector = sector;
	store->head = store->sector_head;
	store->head_erases = header.erases;
	store->durable_tail = store->tail_sequence;
	return FFAV_STORE_OK;
}

static int write_mark(struct ffav_store *store, uint8_t tag, uint32_t length)
{
	const struct log_mark mark = {.tag = tag, .length = length};
	uint8_t raw[32];

	memset(raw, 0xff, sizeof(raw));
	log_mark_encode(raw, &mark, store->head_sequence, store->head);
	return program(store, raw, store->mark_size);
}

int log_begin(struct ffav_store *store, uint8_t tag, uint32_t length)
{
	int result;

	store->filled = 0;
	store->start_sector = store->head_sector;
	store->start = store->head;
	if (store->head + store->mark_size > store->flash->sector_size) {
		result = log_open_next(store, 0, store->head, false);
		if (result)
			return result;
		store->start_sector = store->head_sector;
		store->start = store->head;
	}
	store->remaining = (uint32_t)ffav_align_up(length, store->flash->program_unit) +
			   store->commit_size;
	store->tag = tag;
	store->head += store->mark_size;
	return FFAV_STORE_OK;
}

/* Would this place of the body read as a settle? Also with its second half blank, or the commit. */
__attribute__((noinline)) static bool is_settle(const struct ffav_store *store,
						const uint8_t *place)
{
	uint32_t at = (uint32_t)(place - store->buffer);
	uint32_t sum = log_mark_checksum(place, store->head_sequence, store->head + at);
	uint32_t word = at + LOG_ALIGN < store->filled ? ffav_get32(place + LOG_ALIGN)
						       : LOG_COMMIT_WORD;

	return sum == word || sum == UINT32_MAX;
}

/*
 * Where a cut tears the first record's header, the scanner looks for a settle behind the mark. It must
 * not find one in what somebody has chosen as key or data: is there one in the buffer, which the body
 * begins with? A record's first byte is none.
 */
static inline bool holds_settle(const struct ffav_store *store)
{
	uint32_t step = store->mark_size;
	uint32_t most = (LOG_WINDOW - 1) * step;
	const uint8_t *place = store->buffer + step;
	const uint8_t *end = store->buffer + (store->filled < most ? store->filled : most);

	for (; place < end; place += step)
		if (*place == LOG_MARK_SETTLE && is_settle(store, place))
			return true;
	return false;
}

/*
 * Programs the mark, when it is known what comes behind it. A settle in front moves everything, and
 * checksums of marks are for one offset each.
 */
static int begin_program(struct ffav_store *store)
{
	bool again = holds_settle(store);
	uint8_t tag = store->tag;
	int result;

	store->tag = 0;
	store->head = store->start;
	/* The length on flash includes the padding, so that the commit's place follows from it. */
	if (!again)
		return write_mark(store, tag, store->remaining - store->commit_size);
	store->filled = 0;
	result = log_settle(store);
	return result ? result : LOG_AGAIN;
}

static int flush(struct ffav_store *store)
{
	uint32_t size = store->filled;
	int result = store->tag ? begin_program(store) : FFAV_STORE_OK;

	if (result || !size)
		return result;
	store->filled = 0;
	store->remaining -= size;
	return program(store, store->buffer, size);
}

/* Sees to it that there is a place for the next byte in the head. */
static int make_way(struct ffav_store *store)
{
	int result;

	if (store->filled < FFAV_STORE_BUFFER &&
	    store->head + store->filled < store->flash->sector_size)
		return FFAV_STORE_OK;
	result = flush(store);
	if (!result && store->head == store->flash->sector_size)
		result = log_open_next(store, store->remaining, store->head, false);
	return result;
}

uint8_t *log_room(struct ffav_store *store, uint32_t size, uint32_t *place)
{
	uint32_t at = store->head + store->filled;
	uint8_t *room = store->buffer + store->filled;

	if (size > FFAV_STORE_BUFFER - store->filled || size > store->flash->sector_size - at)
		return NULL;
	store->filled += size;
	*place = log_place(store, store->head_sector, at);
	return room;
}

int log_tell(struct ffav_store *store, uint32_t *place)
{
	int result = make_way(store);

	*place = log_place(store, store->head_sector, store->head + store->filled);
	return result;
}

int log_put(struct ffav_store *store, const void *data, size_t size)
{
	const uint8_t *bytes = data;

	while (size) {
		size_t step;
		int result = make_way(store);

		if (result)
			return result;
		step = store->flash->sector_size - store->head - store->filled;
		if (step > FFAV_STORE_BUFFER - store->filled)
			step = FFAV_STORE_BUFFER - store->filled;
		if (step > size)
			step = size;
		memcpy(store->buffer + store->filled, bytes, step);
		store->filled += (uint32_t)step;
		bytes += step;
		size -= step;
	}
	return FFAV_STORE_OK;
}

int log_commit(struct ffav_store *store)
{
	uint32_t pad = store->remaining - store->commit_size - store->filled;
	uint8_t raw[32];
	int result;

	memset(raw, 0xff, sizeof(raw));
	result = pad ? log_put(store, raw, pad) : FFAV_STORE_OK;
	if (!result)
		result = flush(store);
	if (!result)
		result = make_way(store);
	if (result)
		return result;
	ffav_put32(raw, LOG_COMMIT_WORD);
	store->remaining = 0;
	return program(store, raw, store->commit_size);
}

int log_settle(struct ffav_store *store)
{
	uint32_t span = store->head_sequence - store->tail_sequence;
	int result;

	store->start_sector = store->head_sector;
	store->start = store->head;
	result = write_mark(store, LOG_MARK_SETTLE, span * LOG_ALIGN);
	if (!result)
		store->durable_tail = store->tail_sequence;
	return result;
}

int log_abandon(struct ffav_store *store)
{
	uint32_t end =
		store->start_sector == store->head_sector ? store->start : store->sector_head;
	bool tried = end != store->head;
	int result;

	store->filled = 0;
	/* Nothing has been programmed. */
	if (store->tag) {
		store->tag = 0;
		store->head = store->start;
		return FFAV_STORE_OK;
	}
	result = log_open_next(store, 0, end, true);
	/* A mount would find nothing that is written behind it. */
	if (result && tried)
		store->sealed = true;
	return result;
}
