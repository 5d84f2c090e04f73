// SPDX-License-Identifier: BSD-3-Clause
#include "machines/host/watch.h"

#include "machines/host/state.h"

static struct ffav_host *watched;
static ffav_watch_hook *watch;
static void *watch_context;

void ffav_watch(struct ffav_host *m, ffav_watch_hook *hook, void *context)
{
	watched = m;
	watch = hook;
	watch_context = context;
}

static void touch(const void *p, size_t size, bool write)
{
	ffav_watch_hook *hook = watch;
	uintptr_t at;

	if (!hook)
		return;
	at = (uintptr_t)p - (uintptr_t)watched->memory.ram;
	if (at >= FFAV_HOST_RAM_SIZE)
		return;
	watch = NULL;
	hook(watch_context, FFAV_HOST_RAM + at, size, write);
	/* The hook may have ended the watch, or begun another. */
	if (!watch)
		watch = hook;
}

void *ffav_watched_memcpy(void *to, const void *from, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		touch((const uint8_t *)from + i, 1, false);
		touch((uint8_t *)to + i, 1, true);
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
	for (size_t i = 0; i < size; i++) {
		touch((uint8_t *)to + i, 1, true);
		((uint8_t *)to)[i] = (uint8_t)value;
	}
	return to;
}

int ffav_watched_memcmp(const void *a, const void *b, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		uint8_t x, y;

		touch((const uint8_t *)a + i, 1, false);
		x = ((const uint8_t *)a)[i];
		touch((const uint8_t *)b + i, 1, false);
		y = ((const uint8_t *)b)[i];
		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

/* The entry points that the compiler calls; it knows their prototypes, C does not. */
#define ENTRY(name, size, write)           \
	void name(void *p);                \
	void name(void *p)                 \
	{                                  \
		touch(p, (size), (write)); \
	}

ENTRY(__tsan_read1, 1, false)
ENTRY(__tsan_read2, 2, false)
ENTRY(__tsan_read4, 4, false)
ENTRY(__tsan_read8, 8, false)
ENTRY(__tsan_read16, 16, false)
ENTRY(__tsan_unaligned_read2, 2, false)
ENTRY(__tsan_unaligned_read4, 4, false)
ENTRY(__tsan_unaligned_read8, 8, false)
ENTRY(__tsan_unaligned_read16, 16, false)
ENTRY(__tsan_write1, 1, true)
ENTRY(__tsan_write2, 2, true)
ENTRY(__tsan_write4, 4, true)
ENTRY(__tsan_write8, 8, true)
ENTRY(__tsan_write16, 16, true)
ENTRY(__tsan_unaligned_write2, 2, true)
ENTRY(__tsan_unaligned_write4, 4, true)
ENTRY(__tsan_unaligned_write8, 8, true)
ENTRY(__tsan_unaligned_write16, 16, true)

void __tsan_read_range(void *p, size_t size);
void __tsan_read_range(void *p, size_t size)
{
	touch(p, size, false);
}

void __tsan_write_range(void *p, size_t size);
void __tsan_write_range(void *p, size_t size)
{
	touch(p, size, true);
}

/* Which function runs is nothing that is watched. */
void __tsan_func_entry(void *caller);
void __tsan_func_entry(void *caller)
{
	(void)caller;
}

void __tsan_func_exit(void);
void __tsan_func_exit(void)
{
}

void __tsan_init(void);
void __tsan_init(void)
{
}

/* The ring of refusals has atomic indices; the order asked for is the strongest here. */
unsigned int __tsan_atomic32_load(const unsigned int *p, int order);
unsigned int __tsan_atomic32_load(const unsigned int *p, int order)
{
	(void)order;
	touch(p, sizeof(*p), false);
	return __atomic_load_n(p, __ATOMIC_SEQ_CST);
}

void __tsan_atomic32_store(unsigned int *p, unsigned int value, int order);
void __tsan_atomic32_store(unsigned int *p, unsigned int value, int order)
{
	(void)order;
	touch(p, sizeof(*p), true);
	__atomic_store_n(p, value, __ATOMIC_SEQ_CST);
}
