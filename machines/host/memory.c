// SPDX-License-Identifier: BSD-3-Clause
#define _GNU_SOURCE
#include "machines/host/memory.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t runtime_size(const struct ffav_host_memory *memory)
{
	return FFAV_HOST_RESIDENT_SIZE + memory->buffer_size;
}

static uint8_t *map_runtime(const struct ffav_host_memory *memory)
{
	void *p = mmap(NULL, runtime_size(memory), PROT_READ | PROT_WRITE, MAP_SHARED,
		       memory->runtime_fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

static uint8_t *map_ram(const struct ffav_host_memory *memory, int protection)
{
	void *p = mmap(NULL, FFAV_HOST_RAM_SIZE, protection, MAP_SHARED | MAP_NORESERVE,
		       memory->ram_fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

bool ffav_memory_init(struct ffav_host_memory *memory, uint64_t buffer_address,
		      size_t buffer_size, unsigned int percent, uint64_t seed)
{
	memset(memory, 0, sizeof(*memory));
	memory->buffer_address = buffer_address;
	memory->buffer_size = buffer_size;
	memory->runtime_fd = memfd_create("ffavars-runtime", MFD_CLOEXEC);
	memory->ram_fd = memfd_create("ffavars-ram", MFD_CLOEXEC);
	if (memory->runtime_fd < 0 || memory->ram_fd < 0 ||
	    ftruncate(memory->runtime_fd, (off_t)runtime_size(memory)) ||
	    ftruncate(memory->ram_fd, (off_t)FFAV_HOST_RAM_SIZE))
		return false;
	memory->ram = map_ram(memory, PROT_READ | PROT_WRITE);
	if (!memory->ram)
		return false;
	memory->runtime = map_runtime(memory);
	if (!memory->runtime)
		return false;
	return ffav_cache_init(&memory->cache, ffav_memory_view(memory),
			       memory->ram + (buffer_address - FFAV_HOST_RAM), buffer_size,
			       percent, seed);
}

void ffav_memory_exit(struct ffav_host_memory *memory)
{
	ffav_cache_exit(&memory->cache);
	if (memory->ram)
		munmap(memory->ram, FFAV_HOST_RAM_SIZE);
	if (memory->runtime)
		munmap(memory->runtime, runtime_size(memory));
	if (memory->old)
		munmap(memory->old, runtime_size(memory));
	if (memory->runtime_fd >= 0)
		close(memory->runtime_fd);
	if (memory->ram_fd >= 0)
		close(memory->ram_fd);
	memset(memory, 0, sizeof(*memory));
	memory->runtime_fd = -1;
	memory->ram_fd = -1;
}

uint8_t *ffav_memory_window(const struct ffav_host_memory *memory)
{
	return map_ram(memory, PROT_NONE);
}

void ffav_memory_window_close(uint8_t *window)
{
	if (window)
		munmap(window, FFAV_HOST_RAM_SIZE);
}

bool ffav_memory_window_allow(uint8_t *window, uint64_t address, size_t size, bool read,
			      bool write)
{
	int protection = (read ? PROT_READ : PROT_NONE) | (write ? PROT_WRITE : PROT_NONE);

	return !mprotect(window + (address - FFAV_HOST_RAM), size, protection);
}

void *ffav_memory_ram(struct ffav_host_memory *memory, uint64_t address, size_t size)
{
	if (address < FFAV_HOST_RAM || address - FFAV_HOST_RAM > FFAV_HOST_RAM_SIZE ||
	    size > FFAV_HOST_RAM_SIZE - (address - FFAV_HOST_RAM))
		return NULL;
	return memory->ram + (address - FFAV_HOST_RAM);
}

uint8_t *ffav_memory_view(const struct ffav_host_memory *memory)
{
	return memory->runtime + FFAV_HOST_RESIDENT_SIZE;
}

uint8_t *ffav_memory_alias(const struct ffav_host_memory *memory)
{
	return map_runtime(memory);
}

void ffav_memory_move(struct ffav_host_memory *memory, uint8_t *alias)
{
	if (memory->old)
		munmap(memory->old, runtime_size(memory));
	/* The addresses stay taken, so that nothing else appears there and hides a mistake. */
	memory->old = memory->runtime;
	mprotect(memory->old, runtime_size(memory), PROT_NONE);
	memory->runtime = alias;
	ffav_cache_move(&memory->cache, ffav_memory_view(memory));
}
