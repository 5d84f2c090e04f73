/* SPDX-License-Identifier: BSD-3-Clause */
/** DOC: A set of cut points, each a hash of 64 bits */
#ifndef FFAV_POWERCUT_POINTS_H
#define FFAV_POWERCUT_POINTS_H

#include "abi/bytes.h"

/**
 * struct points - The set. All zero is an empty one.
 * @slots: hash table with open addressing; 0 is a free slot
 * @room: slots, a power of two
 * @count: distinct points
 */
struct points {
	uint64_t *slots;
	size_t room;
	size_t count;
};

/** points_mix() - Continue a hash with 64 bits. */
static inline uint64_t points_mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ (hash >> 29) ^ word) * UINT64_C(0xbf58476d1ce4e5b9);
	return hash ^ (hash >> 32);
}

/** points_hash() - Continue a hash with bytes, a multiple of 8. */
uint64_t points_hash(uint64_t hash, const uint8_t *bytes, size_t size);

/** points_add() - Add a point. Return: false where there is no memory. */
bool points_add(struct points *p, uint64_t hash);

/** points_write() - Append all points to a file. Return: false where that fails. */
bool points_write(const struct points *p, const char *path);

/** points_read() - Add all points of a file. Return: false where that fails. */
bool points_read(struct points *p, const char *path);

#endif
