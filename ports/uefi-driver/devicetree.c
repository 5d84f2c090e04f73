/* SPDX-License-Identifier: BSD-3-Clause */
#include "ports/uefi-driver/devicetree.h"
#include "normal/platform.h"

#define FDT_MAGIC      0xd00dfeedu
#define FDT_BEGIN_NODE 1u
#define FDT_END_NODE   2u
#define FDT_PROP       3u
#define FDT_NOP        4u

/* Offsets of header fields, section 5.2. */
#define FDT_TOTALSIZE       4
#define FDT_OFF_STRUCT      8
#define FDT_OFF_STRINGS     12
#define FDT_VERSION_AT      20
#define FDT_LAST_COMPATIBLE 24
#define FDT_SIZE_STRINGS    32
#define FDT_SIZE_STRUCT     36
#define FDT_HEADER_SIZE     40

/* The structure this reads: the first version whose header gives every size. */
#define FDT_VERSION 17u

/* One block of the tree and how far it has been read. */
struct block {
	const char *start;
	size_t size;
	size_t at;
};

FFAV_BOOT uint32_t ffav_dt_get32(const void *p)
{
	return __builtin_bswap32(ffav_get32(p));
}

FFAV_BOOT uint64_t ffav_dt_get64(const void *p)
{
	return __builtin_bswap64(ffav_get64(p));
}

FFAV_BOOT size_t ffav_dt_size(const void *dtb)
{
	const uint8_t *tree = dtb;

	if (ffav_dt_get32(tree) != FDT_MAGIC)
		return 0;
	return ffav_dt_get32(tree + FDT_TOTALSIZE);
}

/* The next cell, or 0, which is no token, at the end of the block. */
FFAV_BOOT static uint32_t next_cell(struct block *b)
{
	uint32_t cell;

	if (!ffav_range_in(b->at, 4, b->size))
		return 0;
	cell = ffav_dt_get32(b->start + b->at);
	b->at += 4;
	return cell;
}

/* Length of the string at @at with its terminator, or 0 if it does not end in the block. */
FFAV_BOOT static size_t string_size(const struct block *b, size_t at)
{
	for (size_t i = at; i < b->size; i++)
		if (!b->start[i])
			return i - at + 1;
	return 0;
}

/* Skip @length bytes and the padding to the next cell. */
FFAV_BOOT static bool skip(struct block *b, size_t length)
{
	size_t aligned = (size_t)ffav_align_up(length, 4);

	if (!ffav_range_in(b->at, aligned, b->size))
		return false;
	b->at += aligned;
	return true;
}

FFAV_BOOT static bool same_string(const char *a, const char *b)
{
	for (; *a == *b; a++, b++)
		if (!*a)
			return true;
	return false;
}

/*
 * Is @node, NUL-terminated, the first name of @path? If it is, return the rest
 * of the path behind its '/'; else NULL.
 */
FFAV_BOOT static const char *match_name(const char *path, const char *node)
{
	while (*path && *path != '/' && *path == *node) {
		path++;
		node++;
	}
	if ((*path && *path != '/') || (*node && *node != '@'))
		return NULL;
	return *path ? path + 1 : path;
}

FFAV_BOOT static bool open_blocks(const void *dtb, size_t dtb_size, struct block *structure,
				  struct block *strings)
{
	const char *tree = dtb;
	size_t total;

	if (dtb_size < FDT_HEADER_SIZE)
		return false;
	total = ffav_dt_size(tree);
	if (total < FDT_HEADER_SIZE || total > dtb_size ||
	    ffav_dt_get32(tree + FDT_VERSION_AT) < FDT_VERSION ||
	    ffav_dt_get32(tree + FDT_LAST_COMPATIBLE) > FDT_VERSION)
		return false;

	structure->size = ffav_dt_get32(tree + FDT_SIZE_STRUCT);
	strings->size = ffav_dt_get32(tree + FDT_SIZE_STRINGS);
	if (!ffav_range_in(ffav_dt_get32(tree + FDT_OFF_STRUCT), structure->size, total) ||
	    !ffav_range_in(ffav_dt_get32(tree + FDT_OFF_STRINGS), strings->size, total))
		return false;
	structure->start = tree + ffav_dt_get32(tree + FDT_OFF_STRUCT);
	strings->start = tree + ffav_dt_get32(tree + FDT_OFF_STRINGS);
	structure->at = 0;
	strings->at = 0;
	return true;
}

FFAV_BOOT const void *ffav_dt_property(const void *dtb, size_t dtb_size, const char *path,
				       const char *name, size_t *length)
{
	struct block structure, strings;
	/* Depth of the node being read, and of the deepest one that the path led into. */
	unsigned int depth = 0, inside = 0;
	const char *rest = path;

	if (!open_blocks(dtb, dtb_size, &structure, &strings))
		return NULL;
	for (;;) {
		uint32_t token = next_cell(&structure);
		const char *at = structure.start + structure.at;
		size_t size;

		switch (token) {
		case FDT_NOP:
			break;
		case FDT_BEGIN_NODE:
			size = string_size(&structure, structure.at);
			if (!size || !skip(&structure, size))
				return NULL;
			if (depth == inside && (!depth || *rest)) {
				/* The root's name is empty and not part of the path. */
				const char *next = depth ? match_name(rest, at) : rest;

				if (next) {
					rest = next;
					inside++;
				}
			}
			depth++;
			if (depth == inside && !*rest && !name) {
				if (length)
					*length = 0;
				return dtb;
			}
			break;
		case FDT_END_NODE:
			/* A node on the path ended: a second one of its name is malformed. */
			if (!depth || depth == inside)
				return NULL;
			depth--;
			break;
		case FDT_PROP: {
			size_t value_size = next_cell(&structure);
			size_t name_at = next_cell(&structure);
			const char *value = structure.start + structure.at;

			if (!depth || !skip(&structure, value_size) ||
			    !string_size(&strings, name_at))
				return NULL;
			if (name && depth == inside && !*rest &&
			    same_string(strings.start + name_at, name)) {
				if (length)
					*length = value_size;
				return value;
			}
			break;
		}
		default:
			/* The end of the tree, or no token at all. */
			return NULL;
		}
	}
}
