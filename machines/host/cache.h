/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: A write-back cache between the normal world and the shared buffer
 *
 * The normal world reads and writes a view of the buffer, the secure world
 * reads and writes memory. Lines move between the two when the normal world
 * cleans or invalidates them, and when the cache likes. Plain loads cannot be
 * caught, so a line that was invalidated is fetched again at once, as a
 * prefetcher may: what is not invalidated after the other world has written
 * stays stale, what is not cleaned before stays unseen, and a dirty line that
 * is left behind can fall over the reply.
 *
 * Plain stores cannot be caught either, so a line is dirty where its bytes are
 * others than were loaded. One that is written with the bytes that it had is
 * dirty on hardware and clean here: that it is left behind goes unnoticed.
 */
#ifndef FFAV_HOST_CACHE_H
#define FFAV_HOST_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes of a cache line. */
#define FFAV_CACHE_LINE ((size_t)64)

/**
 * struct ffav_cache - The model.
 * @view: what the normal world reads and writes
 * @memory: what the secure world reads and writes
 * @loaded: each line as the cache last took it from or gave it to memory; a line of @view
 *	that differs is dirty
 * @size: bytes of each of the three, a multiple of FFAV_CACHE_LINE
 * @percent: how likely a line is evicted or fetched again at each opportunity
 * @random: state of the choices; never 0
 * @cleaned: lines that ffav_cache_clean() named, for the benchmark
 * @invalidated: lines that ffav_cache_invalidate() named
 */
struct ffav_cache {
	uint8_t *view;
	uint8_t *memory;
	uint8_t *loaded;
	size_t size;
	unsigned int percent;
	uint64_t random;
	uint64_t cleaned;
	uint64_t invalidated;
};

/**
 * ffav_cache_init() - Start with an empty cache.
 * @c: filled in
 * @view: what the normal world will see
 * @memory: what is behind it
 * @size: bytes of both, a multiple of FFAV_CACHE_LINE
 * @percent: see struct ffav_cache; 0 for a cache that does nothing by itself
 * @seed: of the choices
 *
 * Return: false if there is no memory. ffav_cache_exit() gives it back.
 */
bool ffav_cache_init(struct ffav_cache *c, uint8_t *view, uint8_t *memory, size_t size,
		     unsigned int percent, uint64_t seed);

/** ffav_cache_exit() - Give back what ffav_cache_init() took. */
void ffav_cache_exit(struct ffav_cache *c);

/** ffav_cache_soil() - Make every line dirty with bytes that nobody wants, as a previous owner left them. */
void ffav_cache_soil(struct ffav_cache *c);

/** ffav_cache_move() - The view is mapped elsewhere from now on. @view: same content, new address. */
void ffav_cache_move(struct ffav_cache *c, uint8_t *view);

/** ffav_cache_clean() - Write back the dirty lines that [@p, @p + @size) touches; false if it is not in the view. */
bool ffav_cache_clean(struct ffav_cache *c, const void *p, size_t size);

/**
 * ffav_cache_invalidate() - Forget the lines that [@p, @p + @size) touches.
 *
 * Lines at the edges that also hold other bytes are written back first. A dirty line in the
 * middle is dropped or written back as chance has it: the architecture allows both.
 * Return: false if the range is not in the view.
 */
bool ffav_cache_invalidate(struct ffav_cache *c, const void *p, size_t size);

/** ffav_cache_stir() - An opportunity: lines are written back or fetched again by chance. */
void ffav_cache_stir(struct ffav_cache *c);

/** ffav_cache_dirty() - How many lines are dirty? */
size_t ffav_cache_dirty(const struct ffav_cache *c);

#endif
