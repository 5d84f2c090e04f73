/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Where the shared buffer lies, and the words that say so
 *
 * Either the driver's load options carry "buffer=ADDRESS,SIZE[,OFFSET]" between
 * blanks, or the device tree has /firmware/ffavars with "reg" of two 64-bit
 * numbers and, where messages do not start at offset 0, "message-offset" of one cell.
 */
#ifndef FFAV_UEFI_OPTIONS_H
#define FFAV_UEFI_OPTIONS_H

#include "abi/bytes.h"

/**
 * struct ffav_buffer_place - Where the shared buffer lies.
 * @address: physical address
 * @size: bytes
 * @offset: where messages start in it, bytes
 */
struct ffav_buffer_place {
	uint64_t address;
	uint64_t size;
	uint64_t offset;
};

/** enum ffav_place_status - What came of looking for a place. */
enum ffav_place_status {
	FFAV_PLACE_FOUND,
	/** Nothing is said there about a buffer. */
	FFAV_PLACE_ABSENT,
	/** Something is said, but it is not a place. */
	FFAV_PLACE_MALFORMED,
};

/**
 * ffav_options_buffer() - Look for the buffer in the load options.
 * @options: UTF-16 text, with or without terminator; any alignment
 * @size: bytes at @options
 * @place: filled in when found
 */
enum ffav_place_status ffav_options_buffer(const void *options, size_t size,
					   struct ffav_buffer_place *place);

/**
 * ffav_options_have() - Is a word among the load options?
 * @options: UTF-16 text, with or without terminator; any alignment
 * @size: bytes at @options
 * @word: the word
 */
bool ffav_options_have(const void *options, size_t size, const char *word);

/**
 * ffav_devicetree_buffer() - Look for the buffer in a device tree.
 * @dtb: the tree
 * @dtb_size: bytes readable at @dtb
 * @place: filled in when found
 */
enum ffav_place_status ffav_devicetree_buffer(const void *dtb, size_t dtb_size,
					      struct ffav_buffer_place *place);

/**
 * ffav_place_problem() - What is wrong with a place as a shared buffer?
 * @place: the place
 * @value: the number that the sentence is about
 *
 * Return: a sentence without the value, or NULL if nothing is wrong.
 */
const char *ffav_place_problem(const struct ffav_buffer_place *place, uint64_t *value);

#endif
