/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: EFI_SIGNATURE_LIST
 *
 * UEFI 2.10 section 32.4.1. A signature database is lists behind each other, each with
 * entries of one type and size. Sizes come from outside and are checked before anything
 * is walked: none can make a walk stand still or leave the data.
 */
#ifndef FFAV_VARIABLES_SIGNATURE_LIST_H
#define FFAV_VARIABLES_SIGNATURE_LIST_H

#include "abi/efi.h"
#include "secure/crypto/crypto.h"

/** EFI_CERT_X509_GUID: the entry is a certificate, DER. */
#define EFI_CERT_X509_GUID                                                                  \
	EFI_GUID_INIT(0xa5c059a1, 0x94e4, 0x4aa7, 0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, \
		      0x72)

/**
 * struct ffav_signature_entry - An entry of a database, and the place behind it.
 * @type: type of its list, 16 bytes
 * @owner: 16 bytes in front of @signature; comparing entries, they count
 * @signature: what is enrolled: a certificate, a hash
 * @next_entry: where the next entry of the list begins
 * @list_end: where the list ends
 *
 * All zero is the place in front of the first entry.
 */
struct ffav_signature_entry {
	const uint8_t *type;
	const uint8_t *owner;
	struct ffav_bytes signature;
	size_t next_entry;
	size_t list_end;
};

/**
 * ffav_signature_lists_check() - Is this a signature database?
 * @lists: the data of the variable; empty is one
 * @value: out: offset of the list that is not right
 *
 * Return: NULL, or what is wrong: words that live for ever.
 */
const char *ffav_signature_lists_check(struct ffav_bytes lists, uint64_t *value);

/**
 * ffav_signature_next() - Step to the next entry, over the ends of lists.
 * @lists: lists that ffav_signature_lists_check() found right
 * @entry: the entry before, all zero for the first one
 *
 * Return: false at the end.
 */
bool ffav_signature_next(struct ffav_bytes lists, struct ffav_signature_entry *entry);

/**
 * ffav_signature_filter() - Take out what a database holds already.
 * @old: the database, as it is stored: an image that was made elsewhere may hold anything
 * @lists: lists that are to be appended, right ones; what stays is moved together in place
 * @size: bytes of them; out: bytes that are left
 * @value: out: offset of the list in @old that is not right
 *
 * Entries are equal if type, size, owner and signature are. A list without an entry left goes
 * as a whole.
 *
 * Return: false if @old is no database; nothing is moved then.
 */
bool ffav_signature_filter(struct ffav_bytes old, uint8_t *lists, size_t *size,
			   uint64_t *value);

#endif
