// SPDX-License-Identifier: BSD-3-Clause
/*
 * Fuzz target: signature lists, an old database and one that is appended to it. The first two
 * bytes say how long the old one is.
 *
 * What must hold: lists that pass the check can be walked without leaving them; what filtering
 * leaves passes the check too, is not longer, and has nothing in it that the old one has.
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ffav_bytes old = {0}, new;
	size_t split, left, again;
	uint8_t *copy;

	if (size < 2)
		return 0;
	split = ffav_get16(data);
	data += 2;
	size -= 2;
	if (split > size)
		split = size;
	old = (struct ffav_bytes){.data = data, .size = split};
	/* Memory of just that size, which may be written to. */
	copy = malloc(size - split + 1);
	must(copy);
	memcpy(copy, data + split, size - split);
	new = (struct ffav_bytes){.data = copy, .size = size - split};
	if (check(old) && check(new)) {
		size_t before = walk(new);

		(void)walk(old);
		left = ffav_signature_filter(old, copy, new.size);
		must(left <= new.size);
		new.size = left;
		must(check(new));
		must(walk(new) <= before);
		again = ffav_signature_filter(old, copy, left);
		must(again == left);
	}
	free(copy);
	return 0;
}
