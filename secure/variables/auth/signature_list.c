// SPDX-License-Identifier: BSD-3-Clause
/* EFI_SIGNATURE_LIST; UEFI 2.10 section 32.4.1. */
#include "secure/variables/auth/signature_list.h"

#define GUID_SIZE sizeof(struct efi_guid)

/* A list: type, then three sizes, then a header of its own, then the entries. */
#define LIST_SIZE        16u
#define LIST_HEADER_SIZE 20u
#define LIST_ENTRY_SIZE  24u
#define LIST_FIXED_SIZE  28u

/**
 * struct type - A type of entry.
 * @guid: the type
 * @size: bytes of an entry without its owner, or 0 if entries are as long as they are
 */
struct type {
	struct efi_guid guid;
	uint32_t size;
};

static const struct type types[] = {
	/* EFI_CERT_SHA256_GUID */
	{EFI_GUID_INIT(0xc1c41626, 0x504c, 0x4092, 0xac, 0xa9, 0x41, 0xf9, 0x36, 0x93, 0x43,
		       0x28),
	 32},
	{EFI_CERT_X509_GUID, 0},
	/* EFI_CERT_X509_SHA256_GUID, EFI_CERT_X509_SHA384_GUID, EFI_CERT_X509_SHA512_GUID */
	{EFI_GUID_INIT(0x3bd2a492, 0x96c0, 0x4079, 0xb4, 0x20, 0xfc, 0xf9, 0x8e, 0xf1, 0x03,
		       0xed),
	 48},
	{EFI_GUID_INIT(0x7076876e, 0x80c2, 0x4ee6, 0xaa, 0xd2, 0x28, 0xb3, 0x49, 0xa6, 0x86,
		       0x5b),
	 64},
	{EFI_GUID_INIT(0x446dbf63, 0x2502, 0x4cda, 0xbc, 0xfa, 0x24, 0x65, 0xd2, 0xb0, 0xfe,
		       0x9d),
	 80},
	/* EFI_CERT_RSA2048_GUID, EFI_CERT_RSA2048_SHA256_GUID, EFI_CERT_RSA2048_SHA1_GUID */
	{EFI_GUID_INIT(0x3c5766e8, 0x269c, 0x4e34, 0xaa, 0x14, 0xed, 0x77, 0x6e, 0x85, 0xb3,
		       0xb6),
	 256},
	{EFI_GUID_INIT(0xe2b36190, 0x879b, 0x4a3d, 0xad, 0x8d, 0xf2, 0xe7, 0xbb, 0xa3, 0x27,
		       0x84),
	 256},
	{EFI_GUID_INIT(0x67f8444f, 0x8743, 0x48f1, 0xa3, 0x28, 0x1e, 0xaa, 0xb8, 0x73, 0x60,
		       0x80),
	 256},
	/* EFI_CERT_SHA1_GUID, EFI_CERT_SHA224_GUID, EFI_CERT_SHA384_GUID, EFI_CERT_SHA512_GUID */
	{EFI_GUID_INIT(0x826ca512, 0xcf10, 0x4ac9, 0xb1, 0x87, 0xbe, 0x01, 0x49, 0x66, 0x31,
		       0xbd),
	 20},
	{EFI_GUID_INIT(0x0b6e5233, 0xa65c, 0x44c9, 0x94, 0x07, 0xd9, 0xab, 0x83, 0xbf, 0xc8,
		       0xbd),
	 28},
	{EFI_GUID_INIT(0xff3e5307, 0x9fd0, 0x48c9, 0x85, 0xf1, 0x8a, 0xd5, 0x6c, 0x70, 0x1e,
		       0x01),
	 48},
	{EFI_GUID_INIT(0x093e0fae, 0xa6c4, 0x4f50, 0x9f, 0x1b, 0xd4, 0x1e, 0x2b, 0x89, 0xc1,
		       0x9a),
	 64},
};

static const struct type *find_type(const uint8_t *guid)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (ffav_guid_equal(guid, &types[i].guid))
			return &types[i];
	}
	return NULL;
}

/* One list at the start of @size bytes. */
static const char *check_list(const uint8_t *list, size_t size)
{
	const struct type *type;
	uint32_t list_size, header, entry;

	if (size < LIST_FIXED_SIZE)
		return "a signature list is cut off at byte";
	list_size = ffav_get32(list + LIST_SIZE);
	header = ffav_get32(list + LIST_HEADER_SIZE);
	entry = ffav_get32(list + LIST_ENTRY_SIZE);
	type = find_type(list);
	if (!type)
		return "unknown type of the signature list at byte";
	if (list_size > size)
		return "SignatureListSize goes beyond the data, list at byte";
	if (list_size < LIST_FIXED_SIZE)
		return "SignatureListSize is less than its own header, list at byte";
	/* No type that is known has a header. */
	if (header)
		return "SignatureHeaderSize is not zero, list at byte";
	if (entry <= GUID_SIZE || (type->size && entry != GUID_SIZE + type->size))
		return "SignatureSize does not fit the type, list at byte";
	if (list_size == LIST_FIXED_SIZE || (list_size - LIST_FIXED_SIZE) % entry)
		return "SignatureListSize is not a number of entries, list at byte";
	return NULL;
}

const char *ffav_signature_lists_check(struct ffav_bytes lists, uint64_t *value)
{
	const char *why = NULL;
	size_t at = 0;

	while (at < lists.size && !why) {
		*value = at;
		why = check_list(lists.data + at, lists.size - at);
		if (!why)
			at += ffav_get32(lists.data + at + LIST_SIZE);
	}
	return why;
}

bool ffav_signature_next(struct ffav_bytes lists, struct ffav_signature_entry *entry)
{
	const uint8_t *list;
	size_t size;

	if (entry->next_entry == entry->list_end) {
		if (entry->list_end == lists.size)
			return false;
		entry->type = lists.data + entry->list_end;
		entry->next_entry = entry->list_end + LIST_FIXED_SIZE;
		entry->list_end += ffav_get32(entry->type + LIST_SIZE);
	}
	list = entry->type;
	size = ffav_get32(list + LIST_ENTRY_SIZE);
	entry->owner = lists.data + entry->next_entry;
	entry->signature =
		(struct ffav_bytes){.data = entry->owner + GUID_SIZE, .size = size - GUID_SIZE};
	entry->next_entry += size;
	return true;
}

/* Does a database hold an entry of this type, with owner and signature at @bytes? */
static bool holds(struct ffav_bytes lists, const uint8_t *type, const uint8_t *bytes,
		  size_t size)
{
	for (size_t at = 0; at < lists.size;) {
		const uint8_t *list = lists.data + at;
		size_t end = at + ffav_get32(list + LIST_SIZE);

		if (ffav_get32(list + LIST_ENTRY_SIZE) == size && ffav_guid_equal(list, type)) {
			for (at += LIST_FIXED_SIZE; at < end; at += size) {
				if (memcmp(lists.data + at, bytes, size) == 0)
					return true;
			}
		}
		at = end;
	}
	return false;
}

bool ffav_signature_filter(struct ffav_bytes old, uint8_t *lists, size_t *size, uint64_t *value)
{
	size_t kept = 0;

	if (ffav_signature_lists_check(old, value))
		return false;
	for (size_t at = 0; at < *size;) {
		const uint8_t *list = lists + at;
		size_t end = at + ffav_get32(list + LIST_SIZE);
		size_t entry = ffav_get32(list + LIST_ENTRY_SIZE);
		size_t head = kept;

		/* What is kept never gets ahead of what is read. */
		memmove(lists + head, list, LIST_FIXED_SIZE);
		kept += LIST_FIXED_SIZE;
		for (at += LIST_FIXED_SIZE; at < end; at += entry) {
			if (holds(old, lists + head, lists + at, entry))
				continue;
			memmove(lists + kept, lists + at, entry);
			kept += entry;
		}
		if (kept == head + LIST_FIXED_SIZE)
			kept = head;
		else
			ffav_put32(lists + head + LIST_SIZE, (uint32_t)(kept - head));
	}
	*size = kept;
	return true;
}
