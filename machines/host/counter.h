/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: A monotonic counter in a file
 *
 * It stands for the RPMB block or the TPM of a board: what a test does to the flash image does not
 * touch it. A file protects nothing; whoever can write one can write the other.
 */
#ifndef FFAV_HOST_COUNTER_H
#define FFAV_HOST_COUNTER_H

#include "secure/store/counter.h"

/**
 * struct ffav_counter_file - The counter.
 * @counter: what the store takes
 * @path: of the file; the caller's
 * @increments: since opening
 * @fails_read: reading fails
 * @fails_increment: incrementing fails, and does nothing
 */
struct ffav_counter_file {
	struct ffav_counter counter;
	const char *path;
	uint64_t increments;
	bool fails_read;
	bool fails_increment;
};

/**
 * ffav_counter_file_open() - Use a file as a counter.
 * @c: filled in
 * @path: the file, which holds the value as a decimal number on a line; where there is none the
 *	counter is at 0. Must outlive @c.
 * @window: as in struct ffav_counter
 *
 * The value is replaced by renaming a file that has been synchronised, so that a crash leaves the
 * old one or the new one.
 */
void ffav_counter_file_open(struct ffav_counter_file *c, const char *path, uint32_t window);

#endif
