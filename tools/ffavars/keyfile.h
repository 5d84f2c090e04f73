/* SPDX-License-Identifier: BSD-3-Clause */
/** DOC: Files with keys and hashes to enroll: certificates, signature lists, signed updates */
#ifndef FFAVARS_KEYFILE_H
#define FFAVARS_KEYFILE_H

#include "abi/efi.h"
#include "secure/crypto/crypto.h"
#include "tools/ffavars/variable.h"

/** What a file turned out to be. */
enum keyfile_kind {
	/** One or more certificates, PEM. */
	KEYFILE_PEM,
	/** One certificate, DER. */
	KEYFILE_DER,
	/** Signature lists, as cert-to-efi-sig-list and others make them. */
	KEYFILE_LISTS,
	/** EFI_VARIABLE_AUTHENTICATION_2 with a signature, as sign-efi-sig-list makes it. */
	KEYFILE_SIGNED,
};

/**
 * struct keyfile - What is in a file.
 * @kind: what it is
 * @content: what SetVariable takes of a signed file; owned, and nothing for other kinds
 * @size: bytes at @content
 * @lists: signature lists: what the variable is to hold, or to hold more
 * @made: @lists where they had to be made or taken from their file; owned
 */
struct keyfile {
	enum keyfile_kind kind;
	uint8_t *content;
	size_t size;
	struct ffav_bytes lists;
	uint8_t *made;
};

/** keyfile_kind_name() - A kind in words. */
const char *keyfile_kind_name(enum keyfile_kind kind);

/**
 * keyfile_parse() - Find out what a file is, and read it.
 * @out: filled in; keyfile_free() gives it back, also after a problem
 * @in: the file; its content decides, not its name
 * @size: bytes
 * @owner: who certificates are said to be of; signature lists have owners of their own
 * @p: what is wrong, with its offset where there is one
 *
 * The lists of a result can be walked with ffav_signature_next(). They are empty only in a signed
 * file: that removes a variable. Return: 0 or -1.
 */
int keyfile_parse(struct keyfile *out, const uint8_t *in, size_t size,
		  const struct efi_guid *owner, struct problem *p);

/** keyfile_free() - Give back what parsing took. */
void keyfile_free(struct keyfile *k);

/** Attributes of every variable with keys, UEFI 2.10 section 32.3. */
#define KEYFILE_ATTRIBUTES                                             \
	(EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | \
	 EFI_VARIABLE_RUNTIME_ACCESS | EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS)

/**
 * keyfile_attributes() - With which attributes was a signed file signed for a variable?
 * @k: a signed file
 * @guid: vendor GUID of the variable
 * @name: its name, ASCII
 * @attributes: out: KEYFILE_ATTRIBUTES, with or without EFI_VARIABLE_APPEND_WRITE
 * @p: what is wrong with the signature, or that it is over another variable
 *
 * Whether the signer may do this is not looked at. Return: 0 or -1.
 */
int keyfile_attributes(const struct keyfile *k, const struct efi_guid *guid, const char *name,
		       uint32_t *attributes, struct problem *p);

#endif
