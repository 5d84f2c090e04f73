/* SPDX-License-Identifier: BSD-3-Clause */
/** DOC: libfdt includes this header; what it calls of it (strtoul) is not linked here. */
#ifndef FFAV_QEMU_STDLIB_H
#define FFAV_QEMU_STDLIB_H

#include <stddef.h>

unsigned long strtoul(const char *s, char **end, int base);

#endif
