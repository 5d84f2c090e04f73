// SPDX-License-Identifier: BSD-3-Clause
/*
 * Fuzz target: signature lists, an old database and one that is appended to it. The first two
 * bytes say how long the old one is.
 *
 * What must hold: lists that pass the check can be walked without leaving them; what filtering
 * leaves passes the check too, is not longer, and has nothing in it that the old one has. An old
 * database is filtered against unchecked: one that is none is refused, and changes nothing.
 */
#include <stdlib.h>

#include "secure/variables/auth/signature_list.h"

#define ENTRIES_MAX 100000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static bool check(struct ffav_bytes lists)
{
	uint64_t value = UINT64_MAX;

	if (!ffav_signature_lists_check(lists, &value))
		return true;
	must(value <= lists.size);
	return false;
}

static size_t walk(struct ffav_bytes lists)
{
	struct ffav_signature_entry e = {0};
	size_t count = 0;

	while (ffav_signature_next(lists, &e)) {
		must(e.signature.size && e.signature.data == e.owner + 16);
		must(e.owner >= lists.data + 28 && e.type >= lists.data);
		must(e.signature.data + e.signature.size <= lists.data + lists.size);
		must(++count <= ENTRIES_MAX);
	}
	return count;
}

/* Memory of just that size. */
static uint8_t *copy_of(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	must(copy);
	memcpy(copy, data, size);
	return copy;
}

/* Right lists against an old database that holds anything. */
static void filter(struct ffav_bytes old, uint8_t *lists, size_t size)
{
	struct ffav_bytes new = {.data = lists, .size = size};
	uint8_t *before = copy_of(lists, size);
	size_t count = walk(new), left = size;
	uint64_t value = UINT64_MAX;

	if (check(old)) {
		(void)walk(old);
		must(ffav_signature_filter(old, lists, &new.size, &value));
		must(new.size <= size);
		must(check(new));
		must(walk(new) <= count);
		left = new.size;
		must(ffav_signature_filter(old, lists, &left, &value));
		must(left == new.size);
	} else {
		must(!ffav_signature_filter(old, lists, &left, &value));
		must(value <= old.size && left == size && !memcmp(lists, before, size));
	}
	free(before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *old, *new;
	size_t split;

	if (size < 2)
		return 0;
	split = ffav_get16(data);
	data += 2;
	size -= 2;
	if (split > size)
		split = size;
	old = copy_of(data, split);
	new = copy_of(data + split, size - split);
	if (check((struct ffav_bytes){.data = new, .size = size - split}))
		filter((struct ffav_bytes){.data = old, .size = split}, new, size - split);
	free(old);
	free(new);
	return 0;
}
