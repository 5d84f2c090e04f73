/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Little-endian bytes and checked arithmetic
 *
 * Everything that crosses between the worlds is little-endian and has no
 * guaranteed alignment. These helpers read and write it without relying on
 * either, and do the arithmetic on lengths that come from the other side
 * without overflow. Safe in every phase: nothing here allocates, logs or
 * refers to data.
 */
#ifndef FFAV_ABI_BYTES_H
#define FFAV_ABI_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if __STDC_HOSTED__
#include <string.h>
#else
/* The platform supplies these four; the compiler may call them on its own. */
void *memcpy(void *restrict dest, const void *restrict src, size_t n);
void *memmove(void *dest, const void *src, size_t n);
void *memset(void *dest, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
#endif

/*
 * Inlined for certain: a copy that a compiler makes out of line, as it does at -Os,
 * would be called by resident code without being resident.
 */
#define FFAV_INLINE static inline __attribute__((always_inline))

/*
 * One access of the whole width: compilers that see single bytes do not reliably put them
 * together. Where the machine needs alignment, the attribute makes them bytes again.
 */
struct ffav_unaligned16 {
	uint16_t v;
} __attribute__((packed, may_alias));

struct ffav_unaligned32 {
	uint32_t v;
} __attribute__((packed, may_alias));

struct ffav_unaligned64 {
	uint64_t v;
} __attribute__((packed, may_alias));

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define FFAV_LE16(v) (v)
#define FFAV_LE32(v) (v)
#define FFAV_LE64(v) (v)
#else
#define FFAV_LE16(v) __builtin_bswap16(v)
#define FFAV_LE32(v) __builtin_bswap32(v)
#define FFAV_LE64(v) __builtin_bswap64(v)
#endif

/** ffav_get16() - Read a little-endian 16-bit value. @p: 2 readable bytes, any alignment. */
static inline uint16_t ffav_get16(const void *p)
{
	return FFAV_LE16(((const struct ffav_unaligned16 *)p)->v);
}

/** ffav_get32() - Read a little-endian 32-bit value. @p: 4 readable bytes, any alignment. */
static inline uint32_t ffav_get32(const void *p)
{
	return FFAV_LE32(((const struct ffav_unaligned32 *)p)->v);
}

/** ffav_get64() - Read a little-endian 64-bit value. @p: 8 readable bytes, any alignment. */
static inline uint64_t ffav_get64(const void *p)
{
	return FFAV_LE64(((const struct ffav_unaligned64 *)p)->v);
}

/**
 * ffav_fetch32() - Read a little-endian 32-bit value that the other world may change.
 * @p: 4 readable bytes, any alignment
 *
 * The value that was checked is the value that is used: the compiler cannot go back to
 * memory for it.
 */
FFAV_INLINE uint32_t ffav_fetch32(const void *p)
{
	uint32_t v = ffav_get32(p);

	__asm__ volatile("" : "+r"(v));
	return v;
}

/** ffav_fetch64() - The same for 64 bits. @p: 8 readable bytes, any alignment. */
FFAV_INLINE uint64_t ffav_fetch64(const void *p)
{
	uint64_t v = ffav_get64(p);

	__asm__ volatile("" : "+r"(v));
	return v;
}

/** ffav_put16() - Write a little-endian 16-bit value. @p: 2 writable bytes, any alignment. */
static inline void ffav_put16(void *p, uint16_t v)
{
	((struct ffav_unaligned16 *)p)->v = FFAV_LE16(v);
}

/** ffav_put32() - Write a little-endian 32-bit value. @p: 4 writable bytes, any alignment. */
static inline void ffav_put32(void *p, uint32_t v)
{
	((struct ffav_unaligned32 *)p)->v = FFAV_LE32(v);
}

/** ffav_put64() - Write a little-endian 64-bit value. @p: 8 writable bytes, any alignment. */
static inline void ffav_put64(void *p, uint64_t v)
{
	((struct ffav_unaligned64 *)p)->v = FFAV_LE64(v);
}

/**
 * ffav_add() - Add two sizes, saying whether the sum fits.
 * @a: first size, bytes
 * @b: second size, bytes
 * @sum: where the sum goes
 *
 * Return: true if the sum did not overflow.
 */
FFAV_INLINE bool ffav_add(uint64_t a, uint64_t b, uint64_t *sum)
{
	return !__builtin_add_overflow(a, b, sum);
}

/**
 * ffav_range_in() - Does [@offset, @offset + @length) lie within [0, @limit)?
 * @offset: start, bytes
 * @length: length, bytes; may be 0
 * @limit: size of the enclosing range, bytes
 */
FFAV_INLINE bool ffav_range_in(uint64_t offset, uint64_t length, uint64_t limit)
{
	return offset <= limit && length <= limit - offset;
}

/** ffav_ranges_overlap() - Do two ranges, neither of which wraps, share a byte? Sizes in bytes. */
FFAV_INLINE bool ffav_ranges_overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a_size && b_size && (a < b ? b - a < a_size : a - b < b_size);
}

/** ffav_align_up() - Round @v up to @align, a power of two; the caller has checked for overflow. */
FFAV_INLINE uint64_t ffav_align_up(uint64_t v, uint64_t align)
{
	return (v + align - 1) & ~(align - 1);
}

/** ffav_align_down() - Round @v down to @align, a power of two. */
FFAV_INLINE uint64_t ffav_align_down(uint64_t v, uint64_t align)
{
	return v & ~(align - 1);
}

#endif
