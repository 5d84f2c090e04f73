/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Memory for cryptography
 *
 * mbedTLS allocates while it verifies. In the partition it gets a fixed piece of memory:
 * what is needed is bounded by the largest key and certificate, and where it is not
 * enough the call fails and nothing else does. First fit; neighbours that are free
 * become one. After every call of crypto.h all of it is free again.
 */
#ifndef FFAV_CRYPTO_ARENA_H
#define FFAV_CRYPTO_ARENA_H

#include <stddef.h>

/** Size of the arena, bytes. */
#define FFAV_ARENA_SIZE 0x8000u

/**
 * ffav_arena_calloc() - Allocate zeroed memory, as calloc() does.
 * @count: elements
 * @size: bytes of each
 *
 * Return: memory aligned for anything, or NULL.
 */
void *ffav_arena_calloc(size_t count, size_t size);

/** ffav_arena_free() - Free what ffav_arena_calloc() returned, or nothing for NULL. */
void ffav_arena_free(void *memory);

/** ffav_arena_used() - Bytes that are allocated now, with their overhead. */
size_t ffav_arena_used(void);

/** ffav_arena_peak() - Most bytes that were ever allocated at a time, with their overhead. */
size_t ffav_arena_peak(void);

#endif
