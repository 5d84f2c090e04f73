// SPDX-License-Identifier: BSD-3-Clause
#include "machines/host/watch.h"

#include "machines/host/state.h"

static struct ffav_host *watched;
static ffav_watch_hook *watch;
static void *watch_context;
/** The hook runs: what happens under it is not watched. */
static bool acting;

void ffav_watch(struct ffav_host *m, ffav_watch_hook *hook, void *context)
{
	watched = m;
	watch = hook;
	watch_context = context;
	acting = false;
}

/*
 * Where @p is in memory of the normal world, as an offset; beyond its size if it is not. The
 * manager sees all of it, each partition its window.
 */
static uintptr_t locate(const void *p)
{
	uintptr_t at;

	if (!watch)
		return UINTPTR_MAX;
	at = (uintptr_t)p - (uintptr_t)watched->memory.ram;
	for (unsigned int i = 0; at >= FFAV_HOST_RAM_SIZE && i < watched->partition_count; i++)
		at = (uintptr_t)p - (uintptr_t)watched->partitions[i].window;
	return at;
}

void ffav_watch_access(const void *p, size_t size, bool write)
{
	uintptr_t at = locate(p);

	if (at >= FFAV_HOST_RAM_SIZE || acting)
		return;
	acting = true;
	watch(watch_context, FFAV_HOST_RAM + at, size, write);
	acting = false;
}

void *ffav_watched_memcpy(void *to, const void *from, size_t size)
{
	if (locate(to) >= FFAV_HOST_RAM_SIZE && locate(from) >= FFAV_HOST_RAM_SIZE)
		return memcpy(to, from, size);
	for (size_t i = 0; i < size; i++) {
		ffav_watch_access((const uint8_t *)from + i, 1, false);
		ffav_watch_access((uint8_t *)to + i, 1, true);
		((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
	}
	return to;
}

void *ffav_watched_memmove(void *to, const void *from, size_t size)
{
	if ((uintptr_t)to <= (uintptr_t)from)
		return ffav_watched_memcpy(to, from, size);
	for (size_t i = size; i-- > 0;)
		ffav_watched_memcpy((uint8_t *)to + i, (const uint8_t *)from + i, 1);
	return to;
}

void *ffav_watched_memset(void *to, int value, size_t size)
{
	if (locate(to) >= FFAV_HOST_RAM_SIZE)
		return memset(to, value, size);
	for (size_t i = 0; i < size; i++) {
		ffav_watch_access((uint8_t *)to + i, 1, true);
		((uint8_t *)to)[i] = (uint8_t)value;
	}
	return to;
}

int ffav_watched_memcmp(const void *a, const void *b, size_t size)
{
	if (locate(a) >= FFAV_HOST_RAM_SIZE && locate(b) >= FFAV_HOST_RAM_SIZE)
		return memcmp(a, b, size);
	for (size_t i = 0; i < size; i++) {
		uint8_t x, y;

		ffav_watch_access((const uint8_t *)a + i, 1, false);
		x = ((const uint8_t *)a)[i];
		ffav_watch_access((const uint8_t *)b + i, 1, false);
		y = ((const uint8_t *)b)[i];
		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}
