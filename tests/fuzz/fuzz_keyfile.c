/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fuzz target: an arbitrary file is read as one with keys to enroll.
 *
 * What must hold: lists of a file that is accepted can be walked, and there are none only in a
 * signed file; for which variable that was signed can be asked.
 */
#include <stdio.h>
#include <stdlib.h>

#include "secure/variables/auth/signature_list.h"
#include "tools/ffavars/keyfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

static void walk(const struct keyfile *k)
{
	struct ffav_signature_entry entry = {0};
	uint64_t where = 0;
	size_t count = 0;

	must(!ffav_signature_lists_check(k->lists, &where), "The lists are wrong.");
	while (ffav_signature_next(k->lists, &entry)) {
		must(entry.signature.data + entry.signature.size <=
			     k->lists.data + k->lists.size,
		     "An entry leaves the lists.");
		count++;
	}
	must(count || k->kind == KEYFILE_SIGNED, "There is nothing in it.");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct efi_guid owner = EFI_GLOBAL_VARIABLE_GUID;
	static const struct efi_guid guid = EFI_IMAGE_SECURITY_DATABASE_GUID;
	struct problem p = {.text = ""};
	uint32_t attributes = 0;
	struct keyfile k;

	if (keyfile_parse(&k, data, size, &owner, &p)) {
		must(*p.text, "Nothing is said about what is wrong.");
	} else {
		walk(&k);
		if (k.kind == KEYFILE_SIGNED &&
		    !keyfile_attributes(&k, &guid, "db", &attributes, &p))
			must(attributes & KEYFILE_ATTRIBUTES, "There are no attributes.");
	}
	keyfile_free(&k);
	return 0;
}
