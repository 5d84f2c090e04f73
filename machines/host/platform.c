// SPDX-License-Identifier: BSD-3-Clause
/* What the normal-world library and the manager need of their platform, on the host machine. */
#include <stdio.h>
#include <stdlib.h>

#include "machines/host/state.h"
#include "secure/report/report.h"

/** Ticks per second of the counter, and by how many each look at it moves it on. */
#define COUNTER_RATE UINT64_C(1000000)
#define COUNTER_STEP UINT64_C(50)
/** Lines that may be reported per SMC once the first burst is over. */
#define LINES_PER_SMC 4u

static _Noreturn void fail(const char *what, uint64_t value)
{
	fprintf(stderr, "host machine: %s (0x%llx).\n", what, (unsigned long long)value);
	abort();
}

/* RX and TX are coherent by the rules of FF-A; only the shared buffer has a cache in front. */
static bool in_rxtx(struct ffav_host *m, const void *p, size_t size)
{
	uintptr_t rxtx =
		(uintptr_t)ffav_memory_ram(&m->memory, FFAV_HOST_RXTX, FFAV_HOST_RXTX_SIZE);

	return (uintptr_t)p >= rxtx &&
	       ffav_range_in((uintptr_t)p - rxtx, size, FFAV_HOST_RXTX_SIZE);
}

void ffav_clean(const void *p, size_t size)
{
	struct ffav_host *m = ffav_host_current();

	if (!ffav_cache_clean(&m->memory.cache, p, size) && !in_rxtx(m, p, size))
		fail("a clean outside the shared buffer and RX/TX", (uintptr_t)p);
}

void ffav_invalidate(void *p, size_t size)
{
	struct ffav_host *m = ffav_host_current();

	if (!ffav_cache_invalidate(&m->memory.cache, p, size) && !in_rxtx(m, p, size))
		fail("an invalidate outside the shared buffer and RX/TX", (uintptr_t)p);
}

void ffav_convert_pointer(void **p)
{
	struct ffav_host *m = ffav_host_current();
	uintptr_t from = (uintptr_t)m->convert_from;
	uintptr_t address = (uintptr_t)*p;

	if (!from)
		fail("a pointer is converted while no address map is set", address);
	if (address < from || address - from >= m->convert_size)
		fail("a pointer is converted that points to nothing resident", address);
	*p = m->convert_to + (address - from);
}

bool ffav_try_lock(void)
{
	return !atomic_flag_test_and_set(&ffav_host_current()->library_lock);
}

void ffav_unlock(void)
{
	atomic_flag_clear(&ffav_host_current()->library_lock);
}

uint64_t ffav_counter(void)
{
	return atomic_fetch_add(&ffav_host_current()->counter, COUNTER_STEP);
}

uint64_t ffav_counter_rate(void)
{
	return COUNTER_RATE;
}

void ffav_boot_log(const char *message, uint64_t value)
{
	const struct ffav_host_hooks *hooks = &ffav_host_current()->options.hooks;

	if (hooks->log)
		hooks->log(hooks->context, message, value);
}

void *ffav_machine_normal_memory(uint64_t address, size_t size)
{
	return ffav_memory_ram(&ffav_host_current()->memory, address, size);
}

void *ffav_machine_partition_memory(unsigned int index, uint64_t address, size_t size)
{
	/* The image of a partition is this program's; its data lies between these symbols. */
	extern char __data_start[], _end[];
	struct ffav_host *m = ffav_host_current();
	uintptr_t start = (uintptr_t)__data_start;
	void *p = (void *)(uintptr_t)address;

	if (index >= m->partition_count)
		return NULL;
	if (address >= start && ffav_range_in(address - start, size, (uintptr_t)_end - start))
		return p;
	return ffav_context_owns(m->partitions[index].context, p, size) ? p : NULL;
}

void ffav_machine_lock(void)
{
	pthread_mutex_lock(&ffav_host_current()->lock);
}

void ffav_machine_unlock(void)
{
	pthread_mutex_unlock(&ffav_host_current()->lock);
}

void ffav_host_drain(struct ffav_host *m)
{
	char line[FFAV_REPORT_LINE_MAX];
	size_t length;

	pthread_mutex_lock(&m->drain_lock);
	while ((length = ffav_report_take(line)) > 0) {
		if (m->options.hooks.report)
			m->options.hooks.report(m->options.hooks.context, line, length);
	}
	ffav_report_refill(LINES_PER_SMC);
	pthread_mutex_unlock(&m->drain_lock);
}
