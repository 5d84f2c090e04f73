/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: What the library's files need before their first line, inside U-Boot
 *
 * Forced in front of every file of the library and of the port's library side
 * (Makefile: -include). Never included by a file that sees U-Boot's headers.
 */
#ifndef FFAVARS_PORT_LIBRARY_H
#define FFAVARS_PORT_LIBRARY_H

#include <stddef.h>
#include <stdint.h>

/* U-Boot's stdint.h comes first in its search path and has limits, but no types. */
#ifndef UINT64_C
typedef __UINT8_TYPE__ uint8_t;
typedef __UINT16_TYPE__ uint16_t;
typedef __UINT32_TYPE__ uint32_t;
typedef __UINT64_TYPE__ uint64_t;
typedef __INT8_TYPE__ int8_t;
typedef __INT16_TYPE__ int16_t;
typedef __INT32_TYPE__ int32_t;
typedef __INT64_TYPE__ int64_t;
typedef __UINTPTR_TYPE__ uintptr_t;
/* 64 bits are a long in U-Boot's only data model for this architecture, LP64. */
#define UINT32_C(c) c##U
#define UINT64_C(c) c##UL
#define INT64_C(c)  c##L
#endif

#include "sections.h"

/*
 * U-Boot's memcpy() and its relatives are gone at runtime. Under these names the
 * compiler calls the port's own, also where it makes the call by itself: for that
 * it must know them as what they are (Makefile: -fbuiltin).
 */
void *memcpy(void *restrict dest, const void *restrict src, size_t n) __asm__("ffavars_memcpy");
void *memmove(void *dest, const void *src, size_t n) __asm__("ffavars_memmove");
void *memset(void *dest, int c, size_t n) __asm__("ffavars_memset");
int memcmp(const void *a, const void *b, size_t n) __asm__("ffavars_memcmp");

#endif
