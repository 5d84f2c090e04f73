// SPDX-License-Identifier: BSD-3-Clause
/* The machine's life: built, switched on, scrapped. */
#include <stdio.h>
#include <stdlib.h>

#include "machines/host/state.h"

#define BUFFER_GRANULE      ((size_t)64 * 1024)
#define BUFFER_SIZE_DEFAULT ((size_t)128 * 1024)

static struct ffav_host *current;

struct ffav_host *ffav_host_current(void)
{
	if (!current) {
		fputs("host machine: a platform function was called without a machine.\n",
		      stderr);
		abort();
	}
	return current;
}

struct ffav_host *ffav_host_create(const struct ffav_host_options *options)
{
	size_t buffer_size = options->buffer_size ? options->buffer_size : BUFFER_SIZE_DEFAULT;
	struct ffav_host *m;

	if (current || !options->nor || buffer_size % BUFFER_GRANULE ||
	    buffer_size > FFAV_HOST_BUFFER_SIZE_MAX || options->cpus > FFAV_SPMC_CPUS_MAX)
		return NULL;
	m = calloc(1, sizeof(*m));
	if (!m)
		return NULL;
	current = m;
	m->options = *options;
	m->interrupt_every = options->interrupt_every;
	atomic_init(&m->off, true);
	atomic_flag_clear(&m->library_lock);
	/* On Linux these cannot fail: default mutexes need nothing. */
	pthread_mutex_init(&m->lock, NULL);
	pthread_mutex_init(&m->drain_lock, NULL);
	if (!ffav_memory_init(&m->memory,
			      options->share_buffer ? FFAV_HOST_SHARED : FFAV_HOST_BUFFER,
			      buffer_size, options->cache_percent, options->seed)) {
		ffav_host_destroy(m);
		return NULL;
	}
	ffav_host_attach_flash(m);
	if (options->cache_soiled)
		ffav_cache_soil(&m->memory.cache);
	return m;
}

void ffav_host_destroy(struct ffav_host *m)
{
	if (!m)
		return;
	for (unsigned int i = 0; i < m->partition_count; i++) {
		ffav_context_destroy(m->partitions[i].context);
		free(m->partitions[i].manifest);
		ffav_memory_window_close(m->partitions[i].window);
	}
	ffav_host_detach_flash(m);
	ffav_memory_exit(&m->memory);
	pthread_mutex_destroy(&m->drain_lock);
	pthread_mutex_destroy(&m->lock);
	current = NULL;
	free(m);
}

enum ffav_host_boot ffav_host_boot(struct ffav_host *m)
{
	struct ffav_smc_regs regs = {0};
	struct ffav_switch to = {.to = FFAV_SWITCH_PARTITION};
	bool ready = false;
	int next;

	ffav_spmc_init(&m->spmc);
	if (!ffav_host_add_mm(m)) {
		ffav_host_drain(m);
		return FFAV_HOST_NO_PARTITION;
	}
	atomic_store(&m->off, false);
	m->booting = true;
	while ((next = ffav_spmc_boot(&m->spmc, 0)) >= 0) {
		to.partition = (unsigned int)next;
		memset(&regs, 0, sizeof(regs));
		if (!ffav_host_switch(m, 0, to, &regs)) {
			ffav_host_drain(m);
			return FFAV_HOST_POWER_LOST;
		}
		ready = m->spmc.partitions[next].ready;
		ffav_host_drain(m);
	}
	m->booting = false;
	return ready ? FFAV_HOST_READY : FFAV_HOST_NO_PARTITION;
}

struct ffav_host_memory *ffav_host_memory(struct ffav_host *m)
{
	return &m->memory;
}

void ffav_host_set_interrupts(struct ffav_host *m, unsigned int every)
{
	m->interrupt_every = every;
	m->operations = 0;
}

void ffav_host_set_fault(struct ffav_host *m, unsigned int operations)
{
	m->fault_in = operations;
}

struct ffav_mm *ffav_host_resident(struct ffav_host *m)
{
	_Static_assert(sizeof(struct ffav_mm) <= FFAV_HOST_RESIDENT_SIZE,
		       "the connection fits in the resident data");
	return (struct ffav_mm *)(void *)m->memory.runtime;
}

efi_status_t ffav_host_probe(struct ffav_host *m, size_t offset, bool rxtx)
{
	void *pages = ffav_memory_ram(&m->memory, FFAV_HOST_RXTX, FFAV_HOST_RXTX_SIZE);

	if (m->options.share_buffer)
		return ffav_mm_probe_sharing(
			ffav_host_resident(m), ffav_memory_view(&m->memory),
			m->memory.buffer_address, m->memory.buffer_size, offset,
			rxtx ? pages : NULL, rxtx ? FFAV_HOST_RXTX : 0);
	return ffav_mm_probe(ffav_host_resident(m), ffav_memory_view(&m->memory),
			     m->memory.buffer_address, m->memory.buffer_size, offset,
			     rxtx ? pages : NULL, rxtx ? FFAV_HOST_RXTX : 0);
}

bool ffav_host_move(struct ffav_host *m)
{
	uint8_t *alias = ffav_memory_alias(&m->memory);

	if (!alias)
		return false;
	m->convert_from = m->memory.runtime;
	m->convert_to = alias;
	m->convert_size = FFAV_HOST_RESIDENT_SIZE + m->memory.buffer_size;
	ffav_mm_set_virtual_address_map(ffav_host_resident(m));
	m->convert_from = NULL;
	ffav_memory_move(&m->memory, alias);
	return true;
}
