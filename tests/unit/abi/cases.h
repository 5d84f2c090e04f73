/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FFAV_TESTS_ABI_CASES_H
#define FFAV_TESTS_ABI_CASES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/**
 * cut() - A copy of the first @size bytes in memory of exactly that size.
 *
 * A decoder that reads one byte more is caught by AddressSanitizer and valgrind. The
 * caller frees it.
 */
static inline uint8_t *cut(const uint8_t *bytes, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	assert_non_null(copy);
	if (size)
		memcpy(copy, bytes, size);
	return copy;
}

#endif
