// SPDX-License-Identifier: BSD-3-Clause
/* A first-fit allocator in a fixed piece of memory. */
#include "secure/crypto/arena.h"
#include "abi/bytes.h"

#define ALIGNMENT 16u

/**
 * struct block - What stands in front of each piece. Pieces lie behind each other and fill
 *	the arena.
 * @size: bytes, with this header
 * @before: bytes of the piece in front of it, 0 for the first one
 * @used: it is allocated
 */
struct block {
	uint32_t size;
	uint32_t before;
	uint64_t used;
};

_Static_assert(sizeof(struct block) == ALIGNMENT, "pieces must stay aligned");

static _Alignas(ALIGNMENT) uint8_t arena[FFAV_ARENA_SIZE];
static size_t used;
static size_t peak;

static struct block *block_at(size_t offset)
{
	return (struct block *)(void *)(arena + offset);
}

static size_t offset_of(const struct block *b)
{
	return (size_t)((const uint8_t *)b - arena);
}

/* The piece behind this one, or NULL. */
static struct block *behind(const struct block *b)
{
	size_t offset = offset_of(b) + b->size;

	return offset < FFAV_ARENA_SIZE ? block_at(offset) : NULL;
}

static void resize(struct block *b, size_t size)
{
	struct block *next;

	b->size = (uint32_t)size;
	next = behind(b);
	if (next)
		next->before = b->size;
}

void *ffav_arena_calloc(size_t count, size_t size)
{
	struct block *b = block_at(0);
	struct block *rest;
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes) || !bytes ||
	    bytes > FFAV_ARENA_SIZE - sizeof(*b))
		return NULL;
	bytes = (size_t)ffav_align_up(bytes, ALIGNMENT) + sizeof(*b);
	/* Memory that is all zero is an arena in which nothing was allocated yet. */
	if (!b->size)
		b->size = FFAV_ARENA_SIZE;
	while (b && (b->used || b->size < bytes))
		b = behind(b);
	if (!b)
		return NULL;
	if (b->size > bytes) {
		rest = block_at(offset_of(b) + bytes);
		*rest = (struct block){.before = (uint32_t)bytes};
		resize(rest, b->size - bytes);
		b->size = (uint32_t)bytes;
	}
	b->used = 1;
	used += bytes;
	if (used > peak)
		peak = used;
	memset(b + 1, 0, bytes - sizeof(*b));
	return b + 1;
}

void ffav_arena_free(void *memory)
{
	struct block *b, *other;

	if (!memory)
		return;
	b = (struct block *)memory - 1;
	b->used = 0;
	used -= b->size;
	other = behind(b);
	if (other && !other->used)
		resize(b, b->size + other->size);
	if (b->before) {
		other = block_at(offset_of(b) - b->before);
		if (!other->used)
			resize(other, other->size + b->size);
	}
}

size_t ffav_arena_used(void)
{
	return used;
}

size_t ffav_arena_peak(void)
{
	return peak;
}
