// SPDX-License-Identifier: BSD-3-Clause
/*
 * The variable "certdb": for each authenticated variable but the key databases, by what its
 * writers are known. Size of all, then entries: vendor GUID 16, size of the entry 4,
 * characters of the name 4, bytes of the signer 4, the name, the signer.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "tools/ffavars/edk2.h"

#define ENTRY_SIZE ((size_t)28)

static const struct efi_guid certdb = EDK2_CERTDB_GUID;

/* The variable an entry is about, or NULL. @name: @length characters, little-endian */
static struct variable *find(const struct variables *list, const uint8_t *guid,
			     const uint8_t *name, size_t length)
{
	for (size_t i = 0; i < list->count; i++) {
		struct variable *v = &list->all[i];
		size_t n = 0;

		if (v->name_length != length || !ffav_guid_equal(&v->guid, guid))
			continue;
		while (n < length && v->name[n] == ffav_get16(name + 2 * n))
			n++;
		if (n == length)
			return v;
	}
	return NULL;
}

static int take_entry(const struct variables *list, const uint8_t *entry, uint32_t characters,
		      uint32_t size, size_t where, struct problem *p)
{
	const uint8_t *name = entry + ENTRY_SIZE;
	struct variable *v = find(list, entry, name, characters);

	/* The firmware forgets the entry of a variable that was deleted, but not at once. */
	if (!v)
		return 0;
	if (!(v->attributes & EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS))
		return problem_set(p,
				   "certdb names at offset %zu a signer of the variable at "
				   "offset %zu, which has not AT.",
				   where, v->where);
	if (!size || size > sizeof(v->signer))
		return problem_set(p,
				   "certdb has at offset %zu a signer of %" PRIu32
				   " bytes; a digest has at most %zu. Firmware of before 2018 "
				   "kept whole certificates, which cannot be taken over.",
				   where, size, sizeof(v->signer));
	if (v->signer_size)
		return problem_set(p,
				   "certdb has at offset %zu a second signer of the variable "
				   "at offset %zu.",
				   where, v->where);
	v->signer_size = (uint8_t)size;
	memcpy(v->signer, name + 2 * (size_t)characters, size);
	return 0;
}

/* @where: offset of the variable in the file, for messages */
static int take_entries(const struct variables *list, const struct variable *db,
			struct problem *p)
{
	size_t at = 4;
	size_t data = db->where + EDK2_RECORD_SIZE + 2 * (db->name_length + 1);

	if (db->size < 4 || ffav_get32(db->data) != db->size)
		return problem_set(p, "certdb at offset %zu has %zu bytes and says otherwise.",
				   db->where, db->size);
	while (at < db->size) {
		const uint8_t *entry = db->data + at;
		uint32_t node, characters, size;

		if (!ffav_range_in(at, ENTRY_SIZE, db->size))
			return problem_set(p, "certdb is cut off at offset %zu.", data + at);
		node = ffav_get32(entry + 16);
		characters = ffav_get32(entry + 20);
		size = ffav_get32(entry + 24);
		if (ENTRY_SIZE + 2 * (uint64_t)characters + size != node ||
		    !ffav_range_in(at, node, db->size))
			return problem_set(p,
					   "The sizes in certdb at offset %zu contradict each "
					   "other.",
					   data + at);
		if (take_entry(list, entry, characters, size, data + at, p))
			return -1;
		at += node;
	}
	return 0;
}

int edk2_certdb_take(struct variables *list, struct problem *p)
{
	bool taken = false;

	for (size_t i = 0; i < list->count; i++) {
		if (!variable_is(&list->all[i], &certdb, EDK2_CERTDB_NAME))
			continue;
		if (taken)
			return problem_set(p, "There is a second certdb at offset %zu.",
					   list->all[i].where);
		taken = true;
		if (take_entries(list, &list->all[i], p))
			return -1;
		variables_drop(list, i--);
	}
	return 0;
}

uint8_t *edk2_certdb_make(const struct variables *list, size_t *size)
{
	size_t total = 4;
	uint8_t *out, *at;

	for (size_t i = 0; i < list->count; i++) {
		const struct variable *v = &list->all[i];

		if (v->signer_size)
			total += ENTRY_SIZE + 2 * v->name_length + v->signer_size;
	}
	out = malloc(total);
	if (!out)
		return NULL;
	ffav_put32(out, (uint32_t)total);
	at = out + 4;
	for (size_t i = 0; i < list->count; i++) {
		const struct variable *v = &list->all[i];

		if (!v->signer_size)
			continue;
		memcpy(at, &v->guid, sizeof(v->guid));
		ffav_put32(at + 16,
			   (uint32_t)(ENTRY_SIZE + 2 * v->name_length + v->signer_size));
		ffav_put32(at + 20, (uint32_t)v->name_length);
		ffav_put32(at + 24, v->signer_size);
		at += ENTRY_SIZE;
		for (size_t n = 0; n < v->name_length; n++, at += 2)
			ffav_put16(at, v->name[n]);
		memcpy(at, v->signer, v->signer_size);
		at += v->signer_size;
	}
	*size = total > 4 ? total : 0;
	return out;
}
