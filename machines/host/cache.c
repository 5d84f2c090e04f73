// SPDX-License-Identifier: BSD-3-Clause
#include "machines/host/cache.h"

#include <stdlib.h>
#include <string.h>

/* xorshift64*: good enough to choose lines, and the same for a seed everywhere. */
static unsigned int chance(struct ffav_cache *c)
{
	c->random ^= c->random >> 12;
	c->random ^= c->random << 25;
	c->random ^= c->random >> 27;
	return (unsigned int)((c->random * UINT64_C(0x2545f4914f6cdd1d)) >> 33) % 100;
}

static bool is_dirty(const struct ffav_cache *c, size_t line)
{
	return memcmp(c->view + line, c->loaded + line, FFAV_CACHE_LINE) != 0;
}

static void write_back(struct ffav_cache *c, size_t line)
{
	if (!is_dirty(c, line))
		return;
	memcpy(c->memory + line, c->view + line, FFAV_CACHE_LINE);
	memcpy(c->loaded + line, c->view + line, FFAV_CACHE_LINE);
}

static void fetch(struct ffav_cache *c, size_t line)
{
	memcpy(c->view + line, c->memory + line, FFAV_CACHE_LINE);
	memcpy(c->loaded + line, c->memory + line, FFAV_CACHE_LINE);
}

bool ffav_cache_init(struct ffav_cache *c, uint8_t *view, uint8_t *memory, size_t size,
		     unsigned int percent, uint64_t seed)
{
	memset(c, 0, sizeof(*c));
	c->loaded = malloc(size);
	if (!c->loaded)
		return false;
	c->view = view;
	c->memory = memory;
	c->size = size;
	c->percent = percent;
	/* Neighbouring seeds must not start alike, and zero would stay zero. */
	c->random = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
	if (!c->random)
		c->random = 1;
	memcpy(c->view, c->memory, size);
	memcpy(c->loaded, c->memory, size);
	return true;
}

void ffav_cache_exit(struct ffav_cache *c)
{
	free(c->loaded);
	memset(c, 0, sizeof(*c));
}

void ffav_cache_soil(struct ffav_cache *c)
{
	for (size_t i = 0; i < c->size; i++)
		c->view[i] = (uint8_t)(c->memory[i] ^ (1 + chance(c)));
}

void ffav_cache_move(struct ffav_cache *c, uint8_t *view)
{
	c->view = view;
}

/* The bytes of [@p, @p + @size) as offsets in the view. */
static bool locate(const struct ffav_cache *c, const void *p, size_t size, size_t *start,
		   size_t *end)
{
	uintptr_t base = (uintptr_t)c->view;
	uintptr_t address = (uintptr_t)p;

	if (address < base || address - base > c->size || size > c->size - (address - base))
		return false;
	*start = address - base;
	*end = *start + size;
	return true;
}

bool ffav_cache_clean(struct ffav_cache *c, const void *p, size_t size)
{
	size_t start, end;

	if (!locate(c, p, size, &start, &end))
		return false;
	ffav_cache_stir(c);
	for (size_t line = start & ~(FFAV_CACHE_LINE - 1); line < end;
	     line += FFAV_CACHE_LINE) {
		write_back(c, line);
		c->cleaned++;
	}
	return true;
}

bool ffav_cache_invalidate(struct ffav_cache *c, const void *p, size_t size)
{
	size_t start, end;

	if (!locate(c, p, size, &start, &end))
		return false;
	ffav_cache_stir(c);
	for (size_t line = start & ~(FFAV_CACHE_LINE - 1); line < end;
	     line += FFAV_CACHE_LINE) {
		if (line < start || line + FFAV_CACHE_LINE > end ||
		    (c->percent && chance(c) < 50))
			write_back(c, line);
		fetch(c, line);
		c->invalidated++;
	}
	return true;
}

void ffav_cache_stir(struct ffav_cache *c)
{
	if (!c->percent)
		return;
	for (size_t line = 0; line < c->size; line += FFAV_CACHE_LINE) {
		if (chance(c) >= c->percent)
			continue;
		if (is_dirty(c, line))
			write_back(c, line);
		else
			fetch(c, line);
	}
}

size_t ffav_cache_dirty(const struct ffav_cache *c)
{
	size_t dirty = 0;

	for (size_t line = 0; line < c->size; line += FFAV_CACHE_LINE)
		dirty += is_dirty(c, line);
	return dirty;
}
