/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Manifests for tests, made with libfdt's writer
 */
#ifndef FFAV_TESTS_SPMC_MANIFESTS_H
#define FFAV_TESTS_SPMC_MANIFESTS_H

#include <libfdt.h>

/** Room for a manifest and what a test adds. */
#define MANIFEST_ROOM 8192

/**
 * manifest_make() - Write a whole, sensible manifest.
 * @fdt: MANIFEST_ROOM bytes, aligned to 8
 *
 * Two services, a shared buffer (memory-regions/buffer) and a flash window
 * (device-regions/flash). It can be changed with libfdt's read-write functions.
 *
 * Return: 0, or libfdt's error.
 */
int manifest_make(void *fdt);

#endif
