/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: mem* and str* for images without a C library
 *
 * Wide accesses are aligned ones only, so that they also work before the MMU is on and on
 * device memory. The file is compiled so that the compiler does not turn the loops below
 * into calls of themselves.
 */
#include <stdint.h>
#include <string.h>

#define WORD       sizeof(uint64_t)
#define MISALIGNED (WORD - 1)

/* The same 8 bytes as the caller's object has, whatever its type. */
typedef uint64_t __attribute__((may_alias)) word_t;

/* Registers of a call, 144 bytes, are copied often: several words at a time. */
#define BLOCK (4 * WORD)

static void copy_block(uint8_t *d, const uint8_t *s)
{
	const word_t *from = (const word_t *)s;
	word_t *to = (word_t *)d;
	uint64_t a = from[0], b = from[1], c = from[2], e = from[3];

	to[0] = a;
	to[1] = b;
	to[2] = c;
	to[3] = e;
}

void *memcpy(void *restrict dest, const void *restrict src, size_t n)
{
	uint8_t *d = dest;
	const uint8_t *s = src;

	if ((((uintptr_t)d ^ (uintptr_t)s) & MISALIGNED) == 0) {
		for (; n && ((uintptr_t)d & MISALIGNED); n--)
			*d++ = *s++;
		for (; n >= BLOCK; n -= BLOCK, d += BLOCK, s += BLOCK)
			copy_block(d, s);
		for (; n >= WORD; n -= WORD, d += WORD, s += WORD)
			*(word_t *)d = *(const word_t *)s;
	}
	for (; n; n--)
		*d++ = *s++;
	return dest;
}

void *memmove(void *dest, const void *src, size_t n)
{
	uint8_t *d = dest;
	const uint8_t *s = src;

	if ((uintptr_t)d - (uintptr_t)s >= n)
		return memcpy(dest, src, n);
	/* The destination starts within the source: from the end on. */
	if ((((uintptr_t)d ^ (uintptr_t)s) & MISALIGNED) == 0) {
		for (; n && ((uintptr_t)(d + n) & MISALIGNED); n--)
			d[n - 1] = s[n - 1];
		for (; n >= WORD; n -= WORD)
			*(word_t *)(d + n - WORD) = *(const word_t *)(s + n - WORD);
	}
	for (; n; n--)
		d[n - 1] = s[n - 1];
	return dest;
}

void *memset(void *dest, int c, size_t n)
{
	uint8_t *d = dest;
	uint64_t word = 0x0101010101010101u * (uint8_t)c;

	for (; n && ((uintptr_t)d & MISALIGNED); n--)
		*d++ = (uint8_t)c;
	for (; n >= BLOCK; n -= BLOCK, d += BLOCK) {
		word_t *to = (word_t *)d;

		to[0] = word;
		to[1] = word;
		to[2] = word;
		to[3] = word;
	}
	for (; n >= WORD; n -= WORD, d += WORD)
		*(word_t *)d = word;
	for (; n; n--)
		*d++ = (uint8_t)c;
	return dest;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *p = a;
	const uint8_t *q = b;

	for (; n; n--, p++, q++) {
		if (*p != *q)
			return *p < *q ? -1 : 1;
	}
	return 0;
}

void *memchr(const void *s, int c, size_t n)
{
	const uint8_t *p = s;

	for (; n; n--, p++) {
		if (*p == (uint8_t)c)
			return (void *)(uintptr_t)p;
	}
	return NULL;
}

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n])
		n++;
	return n;
}

size_t strlen(const char *s)
{
	return strnlen(s, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++) {
		if (*a != *b)
			return (uint8_t)*a < (uint8_t)*b ? -1 : 1;
		if (!*a)
			break;
	}
	return 0;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

char *strchr(const char *s, int c)
{
	for (;; s++) {
		if (*s == (char)c)
			return (char *)(uintptr_t)s;
		if (!*s)
			return NULL;
	}
}

char *strrchr(const char *s, int c)
{
	const char *last = NULL;

	for (;; s++) {
		if (*s == (char)c)
			last = s;
		if (!*s)
			return (char *)(uintptr_t)last;
	}
}
