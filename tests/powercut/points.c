/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/powercut/points.h"

#include <stdio.h>
#include <stdlib.h>

#define ROOM_FIRST 4096u

uint64_t points_hash(uint64_t hash, const uint8_t *bytes, size_t size)
{
	size_t i;

	for (i = 0; i + 8 <= size; i += 8)
		hash = points_mix(hash, ffav_get64(bytes + i));
	return hash;
}

/* Puts a point where it belongs. Return: true if it was not there. */
static bool insert(uint64_t *slots, size_t room, uint64_t hash)
{
	size_t at = (size_t)(hash >> 7) & (room - 1);

	while (slots[at] && slots[at] != hash)
		at = (at + 1) & (room - 1);
	if (slots[at])
		return false;
	slots[at] = hash;
	return true;
}

static bool grow(struct points *p)
{
	size_t room = p->room ? 2 * p->room : ROOM_FIRST;
	uint64_t *slots = calloc(room, sizeof(*slots));
	size_t i;

	if (!slots)
		return false;
	for (i = 0; i < p->room; i++)
		if (p->slots[i])
			insert(slots, room, p->slots[i]);
	free(p->slots);
	p->slots = slots;
	p->room = room;
	return true;
}

bool points_add(struct points *p, uint64_t hash)
{
	if (p->count >= p->room / 2 && !grow(p))
		return false;
	/* 0 is a free slot. */
	p->count += insert(p->slots, p->room, hash ? hash : 1);
	return true;
}

bool points_write(const struct points *p, const char *path)
{
	FILE *f = fopen(path, "ab");
	bool good = f;
	size_t i;

	for (i = 0; good && i < p->room; i++)
		if (p->slots[i])
			good = fwrite(&p->slots[i], sizeof(p->slots[i]), 1, f) == 1;
	return f && !fclose(f) && good;
}

bool points_read(struct points *p, const char *path)
{
	FILE *f = fopen(path, "rb");
	bool good = f;
	uint64_t hash;

	while (good && fread(&hash, sizeof(hash), 1, f) == 1)
		good = points_add(p, hash);
	good = good && !ferror(f);
	return f && !fclose(f) && good;
}
