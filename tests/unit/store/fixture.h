/* SPDX-License-Identifier: BSD-3-Clause */
/** DOC: A store on the NOR model, for the unit tests of the store. */
#ifndef FFAV_TESTS_STORE_FIXTURE_H
#define FFAV_TESTS_STORE_FIXTURE_H

/* cmocka.h needs these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "machines/host/nor.h"
#include "secure/store/store.h"

/** struct world - A device, a store on it, and its index memory. */
struct world {
	struct ffav_nor nor;
	struct ffav_store store;
	uint64_t *memory;
	size_t memory_size;
};

/** world_open() - Make a device with an empty, mounted store. */
void world_open(struct world *w, uint32_t sector_size, uint32_t sectors, uint32_t unit,
		uint32_t items);

/** world_mount() - Mount again, as after a reset. Return: a ffav_store_result. */
int world_mount(struct world *w);

/** world_close() - Release everything. */
void world_close(struct world *w);

/** world_set() - Set the item of a name that is a C string. Return: a ffav_store_result. */
int world_set(struct world *w, const char *name, const void *data, size_t size);

/** world_fill() - Set an item to @size bytes of @byte. Return: a ffav_store_result. */
int world_fill(struct world *w, const char *name, uint8_t byte, size_t size);

/** world_delete() - Delete an item. Return: a ffav_store_result. */
int world_delete(struct world *w, const char *name);

/** world_reads() - Is the item there with @size bytes of @byte? */
bool world_reads(struct world *w, const char *name, uint8_t byte, size_t size);

/** world_find() - The item's id, or 0. */
ffav_store_id world_find(struct world *w, const char *name);

#endif
