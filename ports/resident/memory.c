/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The four functions that the compiler calls on its own, resident: those of the firmware are
 * gone at runtime. A port compiles this so that no loop here becomes a call of the function
 * that it is in (freestanding, or -fno-tree-loop-distribute-patterns); rtcheck would see it.
 */
#include "normal/platform.h"

FFAV_RESIDENT void *memcpy(void *restrict dest, const void *restrict src, size_t n)
{
	uint8_t *d = dest;
	const uint8_t *s = src;

	/* Whole words where both sides allow it: firmware may be built for strict alignment. */
	if ((((uintptr_t)d | (uintptr_t)s) & 7) == 0) {
		for (; n >= 8; n -= 8, d += 8, s += 8)
			*(uint64_t *)(void *)d = *(const uint64_t *)(const void *)s;
	}
	for (; n; n--)
		*d++ = *s++;
	return dest;
}

FFAV_RESIDENT void *memmove(void *dest, const void *src, size_t n)
{
	uint8_t *d = dest;
	const uint8_t *s = src;

	if ((uintptr_t)d - (uintptr_t)s >= n)
		return memcpy(dest, src, n);
	while (n--)
		d[n] = s[n];
	return dest;
}

FFAV_RESIDENT void *memset(void *dest, int c, size_t n)
{
	uint8_t *d = dest;

	while (n--)
		*d++ = (uint8_t)c;
	return dest;
}

FFAV_RESIDENT int memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *p = a;
	const uint8_t *q = b;

	for (; n; n--, p++, q++)
		if (*p != *q)
			return *p < *q ? -1 : 1;
	return 0;
}
