/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bits that go bad while a store is mounted: in headers of records, in marks, in what records
 * hold. Each in turn, then the store is used until the sector has been reclaimed.
 */
#include "fixture.h"
#include "secure/store/log.h"

#include <stdio.h>

#define ITEMS 10u

static const uint8_t stamp[FFAV_STORE_TIME_SIZE] = {0xe9, 7, 11, 26};

static size_t size_of(unsigned int i)
{
	/* Without data, with a few, and one that goes on in the next sector. */
	return i == 3 ? 0 : i == 7 ? 600 : 5 + 13 * i;
}

/* Items 4 to 6 are one transaction, 5 has a time stamp and a signer. */
static void open_world(struct world *w, uint32_t unit)
{
	static const char *const names[] = {"i4", "i5", "i6"};
	struct ffav_store_change changes[3];
	uint8_t data[700];
	char name[8];
	unsigned int i;

	world_open(w, 1024, 16, unit, 20);
	for (i = 0; i < ITEMS; i++) {
		snprintf(name, sizeof(name), "i%u", i);
		if (i < 4 || i > 6) {
			assert_int_equal(world_fill(w, name, (uint8_t)(i + 1), size_of(i)), 0);
			continue;
		}
		memset(data + (i - 4) * 200, (int)i + 1, size_of(i));
		changes[i - 4] = (struct ffav_store_change){
			.key = names[i - 4],
			.key_size = 2,
			.attributes = 7,
			.time = i == 5 ? stamp : NULL,
			.signer = stamp,
			.signer_size = i == 5 ? 5 : 0,
			.data = {{data + (i - 4) * 200, size_of(i)}},
		};
		if (i == 6)
			assert_int_equal(ffav_store_commit(&w->store, changes, 3), 0);
	}
}

/* Everything about an item is right. */
static bool is_right(struct world *w, unsigned int i)
{
	struct ffav_store_meta meta;
	char name[8], key[8];

	snprintf(name, sizeof(name), "i%u", i);
	if (!world_reads(w, name, (uint8_t)(i + 1), size_of(i)) ||
	    ffav_store_meta(&w->store, world_find(w, name), &meta) || meta.attributes != 7 ||
	    ffav_store_key(&w->store, world_find(w, name), key, sizeof(key)) != 2 ||
	    memcmp(key, name, 2))
		return false;
	return meta.has_time == (i == 5) && meta.signer_size == (i == 5 ? 5 : 0) &&
	       (i != 5 ||
		(!memcmp(meta.time, stamp, sizeof(stamp)) && !memcmp(meta.signer, stamp, 5)));
}

/* An item that cannot be read says so, whatever is asked. */
static bool is_refused(struct world *w, unsigned int i)
{
	struct ffav_store_meta meta;
	uint8_t out[700];
	ffav_store_id id;
	char name[8];

	snprintf(name, sizeof(name), "i%u", i);
	id = world_find(w, name);
	return id && ffav_store_meta(&w->store, id, &meta) == FFAV_STORE_IO_ERROR &&
	       ffav_store_read(&w->store, id, 0, out, size_of(i)) == FFAV_STORE_IO_ERROR;
}

static void check_all(struct world *w, unsigned int refused)
{
	unsigned int i;

	for (i = 0; i < ITEMS; i++)
		assert_true(i == refused ? is_refused(w, i) : is_right(w, i));
	assert_int_equal(w->store.lost, 0);
}

/* Uses the store until every sector that is now part of the log has been used anew. */
static void turn(struct world *w)
{
	uint32_t newest = w->store.head_sequence;
	unsigned int n;

	for (n = 0; w->store.tail_sequence <= newest || w->store.head_sequence < newest + 20;
	     n++)
		assert_int_equal(world_fill(w, "churn", (uint8_t)n, 100), 0);
	assert_true(world_reads(w, "churn", (uint8_t)(n - 1), 100));
}

/* Turns the store with what has gone bad in it, and again after a mount. */
static void check_turned(struct world *w, unsigned int refused)
{
	turn(w);
	check_all(w, refused);
	assert_int_equal(w->store.damaged, refused < ITEMS);
	assert_int_equal(world_mount(w), 0);
	check_all(w, refused);
	assert_int_equal(w->store.damaged, refused < ITEMS);
	turn(w);
	check_all(w, refused);
	assert_int_equal(w->store.items, ITEMS + 1);
	world_close(w);
}

static struct ffav_store_entry *entry_of(struct world *w, unsigned int i)
{
	char name[8];

	snprintf(name, sizeof(name), "i%u", i);
	return &w->store.entries[world_find(w, name) - 1];
}

/* A wrong bit in a header costs nothing once it is moved, and never gives wrong bytes. */
static void test_header(void **state)
{
	static const uint32_t units[] = {4, 16, 32};
	unsigned int unit, i, key, byte;
	struct world w;

	(void)state;
	for (unit = 0; unit < 3; unit++)
		for (i = 0; i < ITEMS; i++)
			for (key = 0; key < 2; key++)
				for (byte = 0; byte < LOG_RECORD_SIZE; byte++) {
					const struct ffav_store_entry *e;

					open_world(&w, units[unit]);
					e = entry_of(&w, i);
					w.nor.cells[(key ? e->key_at : e->data_at) + byte] ^=
						(uint8_t)(1u << (i + byte) % 8);
					if (byte % 2)
						w.nor.flash.map = NULL;
					check_turned(&w, ITEMS);
				}
}

/* The header is wrong before anything has been moved: what is asked fails or is right. */
static void test_read(void **state)
{
	unsigned int i, byte, other;
	uint8_t out[700], attributes[8];
	uint32_t seen;
	ffav_store_id id;
	struct world w;

	(void)state;
	for (i = 0; i < ITEMS; i++)
		for (byte = 0; byte < 24; byte++) {
			open_world(&w, 4);
			if (byte % 2)
				w.nor.flash.map = NULL;
			id = (ffav_store_id)(entry_of(&w, i) - w.store.entries) + 1;
			/* What the index knows of the record, in turn of data and key. */
			w.nor.cells[(byte < 12 ? entry_of(&w, i)->data_at
					       : entry_of(&w, i)->key_at) +
				    byte % 12] ^= (uint8_t)(1u << i % 8);
			for (other = 0; other < ITEMS; other++)
				assert_true(other == i || is_right(&w, other));
			if (byte < 12) {
				assert_true(is_refused(&w, i));
			} else {
				assert_int_equal(ffav_store_key(&w.store, id, out, 8),
						 FFAV_STORE_IO_ERROR);
				id = i; /* Ids are given out from 1 on. */
				assert_int_equal(
					ffav_store_step(&w.store, &id, &seen, attributes, 8),
					FFAV_STORE_IO_ERROR);
			}
			world_close(&w);
		}
}

/* Place of the mark number @n of the log, or 0 where there are fewer. */
static uint32_t mark_at(const struct world *w, unsigned int n)
{
	uint32_t sector = w->store.tail_sector;
	uint32_t offset = w->store.tail;
	struct log_item item;

	for (;; n--) {
		enum log_kind kind = log_scan(&w->store, sector, &offset, 1024, &item);

		if (kind == LOG_END)
			return 0;
		if (!n)
			return kind == LOG_TRANSACTION ? item.start
						       : log_place(&w->store, sector, offset) -
								 w->store.mark_size;
		if (kind == LOG_SETTLE)
			continue;
		sector = log_sector_of(&w->store, item.end);
		offset = log_offset_of(&w->store, item.end);
	}
}

/* A mark that goes bad costs nothing: the index knows what is behind it. */
static void test_mark(void **state)
{
	static const uint32_t units[] = {4, 16, 32};
	unsigned int unit, n, byte;
	struct world w;

	(void)state;
	for (unit = 0; unit < 3; unit++)
		for (n = 0; n < ITEMS - 2; n++)
			for (byte = 0; byte < LOG_MARK_SIZE; byte++) {
				uint32_t place;

				open_world(&w, units[unit]);
				place = mark_at(&w, n);
				assert_int_not_equal(place, 0);
				w.nor.cells[place + byte] ^= (uint8_t)(1u << n % 8);
				check_turned(&w, ITEMS);
			}
}

/* The header and what is behind it: nobody knows the data any more, but everything else. */
static void test_header_and_data(void **state)
{
	unsigned int i, byte;
	struct world w;

	(void)state;
	for (i = 0; i < ITEMS; i++)
		for (byte = 0; byte < LOG_RECORD_SIZE; byte++) {
			struct ffav_store_entry *e;

			/* This one has nothing to go bad. */
			if (i == 3)
				continue;
			open_world(&w, 4);
			e = entry_of(&w, i);
			w.nor.cells[e->data_at + byte] ^= 0x10;
			w.nor.cells[e->data_at + LOG_RECORD_SIZE] ^= 0x10;
			check_turned(&w, i);
		}
}

/* The header and the key: whose data these are nobody knows, and no other item is harmed. */
static void test_header_and_key(void **state)
{
	unsigned int i, other;
	struct world w;
	char name[8];

	(void)state;
	for (i = 0; i < ITEMS; i++) {
		struct ffav_store_entry *e;

		open_world(&w, 4);
		snprintf(name, sizeof(name), "i%u", i);
		e = entry_of(&w, i);
		w.nor.cells[e->key_at + 4] ^= 0x10;
		w.nor.cells[e->key_at + LOG_RECORD_SIZE] ^= 0x10;
		assert_int_equal(world_find(&w, name), FFAV_STORE_UNREADABLE);
		turn(&w);
		assert_int_equal(world_find(&w, name), FFAV_STORE_UNREADABLE);
		assert_int_equal(w.store.damaged, 1);
		assert_int_equal(world_mount(&w), 0);
		assert_int_equal(world_find(&w, name), 0);
		assert_int_not_equal(w.store.damaged, 0);
		for (other = 0; other < ITEMS; other++)
			assert_true(other == i || is_right(&w, other));
		world_close(&w);
	}
}

/* All headers of a sector at once: more than one batch of copies. */
static void test_all_headers(void **state)
{
	struct world w;
	char name[8];
	unsigned int i;

	(void)state;
	world_open(&w, 4096, 16, 4, 100);
	for (i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "v%u", i);
		assert_int_equal(world_fill(&w, name, (uint8_t)i, i), 0);
	}
	for (i = 0; i < 60; i++) {
		w.nor.cells[w.store.entries[i].key_at] ^= 1;
		w.nor.cells[w.store.entries[i].data_at + 19] ^= 0x80;
	}
	turn(&w);
	assert_int_equal(world_mount(&w), 0);
	assert_int_equal(w.store.damaged, 0);
	for (i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "v%u", i);
		assert_true(world_reads(&w, name, (uint8_t)i, i));
	}
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),         cmocka_unit_test(test_read),
		cmocka_unit_test(test_mark),           cmocka_unit_test(test_header_and_data),
		cmocka_unit_test(test_header_and_key), cmocka_unit_test(test_all_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
