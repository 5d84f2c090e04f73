// SPDX-License-Identifier: BSD-3-Clause
/*
 * The entry points that a compiler calls before each access when it compiles for
 * ThreadSanitizer. It knows their prototypes, no header does.
 */
#include "machines/host/watch.h"

#define ENTRY(name, size, write)                       \
	void name(void *p);                            \
	void name(void *p)                             \
	{                                              \
		ffav_watch_access(p, (size), (write)); \
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
	ffav_watch_access(p, size, false);
}

void __tsan_write_range(void *p, size_t size);
void __tsan_write_range(void *p, size_t size)
{
	ffav_watch_access(p, size, true);
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
	ffav_watch_access(p, sizeof(*p), false);
	return __atomic_load_n(p, __ATOMIC_SEQ_CST);
}

void __tsan_atomic32_store(unsigned int *p, unsigned int value, int order);
void __tsan_atomic32_store(unsigned int *p, unsigned int value, int order)
{
	(void)order;
	ffav_watch_access(p, sizeof(*p), true);
	__atomic_store_n(p, value, __ATOMIC_SEQ_CST);
}
