/* SPDX-License-Identifier: BSD-3-Clause */
#include "fixture.h"

#include <stdlib.h>

void world_open(struct world *w, uint32_t sector_size, uint32_t sectors, uint32_t unit,
		uint32_t items)
{
	memset(w, 0, sizeof(*w));
	assert_int_equal(ffav_nor_memory(&w->nor, sector_size, sectors, unit), 0);
	w->memory_size = ffav_store_memory(&w->nor.flash, items);
	w->memory = malloc(w->memory_size);
	assert_non_null(w->memory);
	assert_int_equal(ffav_store_format(&w->nor.flash), FFAV_STORE_OK);
	assert_int_equal(world_mount(w), FFAV_STORE_OK);
}

int world_mount(struct world *w)
{
	memset(w->memory, 0xa5, w->memory_size);
	return ffav_store_mount(&w->store, &w->nor.flash, w->memory, w->memory_size);
}

void world_close(struct world *w)
{
	ffav_nor_close(&w->nor);
	free(w->memory);
}

int world_set(struct world *w, const char *name, const void *data, size_t size)
{
	const struct ffav_store_change change = {
		.key = name,
		.key_size = strlen(name),
		.attributes = 7,
		.data = {{data, size}},
	};

	return ffav_store_commit(&w->store, &change, 1);
}

int world_fill(struct world *w, const char *name, uint8_t byte, size_t size)
{
	uint8_t *data = malloc(size + 1);
	int result;

	assert_non_null(data);
	memset(data, byte, size);
	result = world_set(w, name, data, size);
	free(data);
	return result;
}

int world_delete(struct world *w, const char *name)
{
	const struct ffav_store_change change = {
		.key = name,
		.key_size = strlen(name),
		.remove = true,
	};

	return ffav_store_commit(&w->store, &change, 1);
}

ffav_store_id world_find(struct world *w, const char *name)
{
	return ffav_store_find(&w->store, name, strlen(name));
}

bool world_reads(struct world *w, const char *name, uint8_t byte, size_t size)
{
	ffav_store_id id = world_find(w, name);
	struct ffav_store_meta meta;
	uint8_t *data;
	bool same;
	size_t i;

	if (!id || ffav_store_meta(&w->store, id, &meta) || meta.data_size != size)
		return false;
	data = malloc(size + 1);
	assert_non_null(data);
	same = !ffav_store_read(&w->store, id, 0, data, size);
	for (i = 0; same && i < size; i++)
		same = data[i] == byte;
	free(data);
	return same;
}
