/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: A second CPU of the normal world that acts between any two accesses
 *
 * In a program that is linked with the watched secure side, every load and store
 * by which the manager or a partition reaches memory of the normal world comes
 * here first. The compiler sees to that: it calls the entry points of
 * ThreadSanitizer before each access, and watch_entries.c has these instead of
 * ThreadSanitizer's library. Copies and comparisons count byte by byte, for
 * nobody promises their order or their width. A program that needs another
 * sanitizer can watch these alone: they are how messages are read and written.
 */
#ifndef FFAV_HOST_WATCH_H
#define FFAV_HOST_WATCH_H

#include "machines/host/host.h"

/**
 * typedef ffav_watch_hook - What another CPU of the normal world does just before an access.
 * @context: as passed to ffav_watch()
 * @address: physical address
 * @size: bytes, 1 to 16, or more where a compiler copies a structure
 * @write: a store
 *
 * It may change memory of the normal world, also what is about to be read, and make calls on
 * another CPU where the partition is the one that runs; it is not called for what those do.
 */
typedef void ffav_watch_hook(void *context, uint64_t address, size_t size, bool write);

/** ffav_watch() - Call @hook from now on. @m: the machine, @hook: NULL to end it, @context: its. */
void ffav_watch(struct ffav_host *m, ffav_watch_hook *hook, void *context);

/** ffav_watch_access() - An access is about to happen. @p: where, @size: bytes, @write: a store. */
void ffav_watch_access(const void *p, size_t size, bool write);

/* What memcpy() and its kin are in the watched secure side. */
void *ffav_watched_memcpy(void *to, const void *from, size_t size);
void *ffav_watched_memmove(void *to, const void *from, size_t size);
void *ffav_watched_memset(void *to, int value, size_t size);
int ffav_watched_memcmp(const void *a, const void *b, size_t size);

#endif
