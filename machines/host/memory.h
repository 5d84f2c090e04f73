/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Physical memory of the host machine, and how the normal world maps it
 *
 * A stretch of normal-world RAM, the shared buffer in it, and the normal
 * world's mapping of what it keeps at runtime: its view of the shared buffer
 * and its resident data. That mapping can move, as it does when an operating
 * system sets the virtual address map; the old addresses then fault.
 */
#ifndef FFAV_HOST_MEMORY_H
#define FFAV_HOST_MEMORY_H

#include "machines/host/cache.h"

/** Physical address of the store's window in secure flash. */
#define FFAV_HOST_FLASH UINT64_C(0x10000000)
/**
 * Physical address of normal-world RAM, and its size in bytes: as on QEMU, so that what was
 * recorded there can be said here. Only pages that somebody touches take memory.
 */
#define FFAV_HOST_RAM      UINT64_C(0x40000000)
#define FFAV_HOST_RAM_SIZE ((size_t)1024 * 1024 * 1024)
/** Physical address of two pages that a client may use for RX and TX. */
#define FFAV_HOST_RXTX      (FFAV_HOST_RAM + 0x100000)
#define FFAV_HOST_RXTX_SIZE ((size_t)2 * 4096)
/** Physical address of the shared buffer, and the most bytes it can have. */
#define FFAV_HOST_BUFFER          (FFAV_HOST_RAM + 0x10000000)
#define FFAV_HOST_BUFFER_SIZE_MAX ((size_t)1024 * 1024)
/** Physical address of the buffer that the normal world shares where it does not use that one. */
#define FFAV_HOST_SHARED (FFAV_HOST_RAM + 0x12000000)
/** Bytes of resident data that the normal world can have. */
#define FFAV_HOST_RESIDENT_SIZE ((size_t)64 * 1024)

/**
 * struct ffav_host_memory - Physical memory and the normal world's mapping.
 * @ram: FFAV_HOST_RAM_SIZE bytes, what the manager and devices see
 * @ram_fd: holds them, so that each partition can have a window on them of its own
 * @buffer_address: physical address of the buffer that the normal world uses
 * @buffer_size: bytes of the shared buffer
 * @runtime_fd: holds resident data and the view of the buffer, so that both can be mapped again
 * @runtime: where they are mapped now: resident data, then the view
 * @old: where they were mapped before, inaccessible now, or NULL
 * @cache: between the view and @ram
 */
struct ffav_host_memory {
	uint8_t *ram;
	int ram_fd;
	uint64_t buffer_address;
	size_t buffer_size;
	int runtime_fd;
	uint8_t *runtime;
	uint8_t *old;
	struct ffav_cache cache;
};

/**
 * ffav_memory_init() - Set up memory with a shared buffer.
 * @memory: filled in; ffav_memory_exit() gives back what it took, also after a failure
 * @buffer_address: FFAV_HOST_BUFFER or FFAV_HOST_SHARED
 * @buffer_size: bytes, a multiple of 64 KiB, at most FFAV_HOST_BUFFER_SIZE_MAX
 * @percent: see struct ffav_cache
 * @seed: of the cache's choices
 *
 * Return: false if the system has no memory left.
 */
bool ffav_memory_init(struct ffav_host_memory *memory, uint64_t buffer_address,
		      size_t buffer_size, unsigned int percent, uint64_t seed);

/** ffav_memory_exit() - Give everything back. */
void ffav_memory_exit(struct ffav_host_memory *memory);

/** ffav_memory_ram() - Reach physical memory. Return: NULL if any of [@address, @address + @size) is not RAM. */
void *ffav_memory_ram(struct ffav_host_memory *memory, uint64_t address, size_t size);

/** ffav_memory_window() - Map RAM once more, with no access to any of it. Return: NULL without memory. */
uint8_t *ffav_memory_window(const struct ffav_host_memory *memory);

/** ffav_memory_window_close() - Give a window back. @window: may be NULL. */
void ffav_memory_window_close(uint8_t *window);

/**
 * ffav_memory_window_allow() - Change what a window lets through.
 * @window: the window
 * @address: physical address in RAM, on a page of 4 KiB
 * @size: bytes, whole pages
 * @read: reads go through; otherwise they are faults
 * @write: writes go through
 *
 * Return: false if the system cannot do that.
 */
bool ffav_memory_window_allow(uint8_t *window, uint64_t address, size_t size, bool read,
			      bool write);

/** ffav_memory_view() - The shared buffer as the normal world sees it now. */
uint8_t *ffav_memory_view(const struct ffav_host_memory *memory);

/** ffav_memory_alias() - Map the runtime a second time. Return: its new address, NULL without memory. */
uint8_t *ffav_memory_alias(const struct ffav_host_memory *memory);

/** ffav_memory_move() - Use @alias from now on, and make the old addresses inaccessible. */
void ffav_memory_move(struct ffav_host_memory *memory, uint8_t *alias);

#endif
