// SPDX-License-Identifier: BSD-3-Clause
#define _GNU_SOURCE
#include "tools/ffavars/keyfile.h"

#include <stdlib.h>

#include <mbedtls/error.h>
#include <mbedtls/x509_crt.h>

#include "secure/variables/auth/descriptor.h"
#include "secure/variables/auth/signature_list.h"
#include "secure/variables/auth/signed_data.h"
#include "tools/ffavars/decode.h"

/** What the certificate in a descriptor begins with: revision, type, and the GUID of PKCS#7. */
#define DESCRIPTOR_MAGIC_AT 20u
/** A signature list: type 16, sizes of list, header and entry, then entries with an owner. */
#define LIST_HEADER 28u
#define OWNER_SIZE  sizeof(struct efi_guid)
/** Files that efivarfs shows have the attributes in front. */
#define EFIVARFS_HEADER 4u

static const char pem_begin[] = "-----BEGIN ";
static const char pem_certificate[] = "-----BEGIN CERTIFICATE-----";

const char *keyfile_kind_name(enum keyfile_kind kind)
{
	static const char *const names[] = {
		[KEYFILE_PEM] = "PEM",
		[KEYFILE_DER] = "DER",
		[KEYFILE_LISTS] = "signature lists",
		[KEYFILE_SIGNED] = "signed update",
	};

	return names[kind];
}

static bool is_signed(const uint8_t *in, size_t size)
{
	static const uint8_t magic[] = {0x00, 0x02, 0xf1, 0x0e, 0x9d, 0xd2, 0xaf,
					0x4a, 0xdf, 0x68, 0xee, 0x49, 0x8a, 0xa9,
					0x34, 0x7d, 0x37, 0x56, 0x65, 0xa7};

	return ffav_range_in(DESCRIPTOR_MAGIC_AT, sizeof(magic), size) &&
	       !memcmp(in + DESCRIPTOR_MAGIC_AT, magic, sizeof(magic));
}

static bool is_lists(const uint8_t *in, size_t size)
{
	return size >= sizeof(struct efi_guid) && signature_type_name(in);
}

/* Adds a list with one certificate, which is what UEFI wants of certificates. */
static int add_list(struct keyfile *out, const uint8_t *der, size_t size,
		    const struct efi_guid *owner, struct problem *p)
{
	static const struct efi_guid x509 = EFI_CERT_X509_GUID;
	size_t list = LIST_HEADER + OWNER_SIZE + size;
	uint8_t *made = realloc(out->made, out->lists.size + list);
	uint8_t *at;

	if (!made)
		return problem_set(p, "There is no memory.");
	at = made + out->lists.size;
	memcpy(at, &x509, sizeof(x509));
	ffav_put32(at + 16, (uint32_t)list);
	ffav_put32(at + 20, 0);
	ffav_put32(at + 24, (uint32_t)(OWNER_SIZE + size));
	memcpy(at + LIST_HEADER, owner, OWNER_SIZE);
	memcpy(at + LIST_HEADER + OWNER_SIZE, der, size);
	out->made = made;
	out->lists = (struct ffav_bytes){made, out->lists.size + list};
	return 0;
}

static int add_chain(struct keyfile *out, const mbedtls_x509_crt *chain,
		     const struct efi_guid *owner, struct problem *p)
{
	int result = 0;

	for (; !result && chain && chain->raw.p; chain = chain->next)
		result = add_list(out, chain->raw.p, chain->raw.len, owner, p);
	return result;
}

static int library_problem(struct problem *p, const char *what, int error)
{
	char text[160];

	mbedtls_strerror(error, text, sizeof(text));
	return problem_set(p, "%s, but cannot be read as a certificate: %s.", what, text);
}

static int parse_der(struct keyfile *out, const uint8_t *in, size_t size,
		     const struct efi_guid *owner, struct problem *p)
{
	mbedtls_x509_crt chain;
	int result;

	out->kind = KEYFILE_DER;
	mbedtls_x509_crt_init(&chain);
	result = mbedtls_x509_crt_parse_der(&chain, in, size);
	if (result)
		result = library_problem(p, "It begins as DER does", result);
	else if (chain.raw.len != size)
		result = problem_set(p,
				     "Behind the certificate there are %zu bytes more, from "
				     "offset %zu on.",
				     size - chain.raw.len, chain.raw.len);
	else
		result = add_chain(out, &chain, owner, p);
	mbedtls_x509_crt_free(&chain);
	return result;
}

/* The library wants text with its terminator, and passes over what is no certificate. */
static int parse_pem(struct keyfile *out, const uint8_t *in, size_t size,
		     const struct efi_guid *owner, struct problem *p)
{
	const uint8_t *nul = memchr(in, 0, size);
	mbedtls_x509_crt chain;
	char *text;
	int result;

	out->kind = KEYFILE_PEM;
	if (nul)
		return problem_set(p, "It is PEM with a NUL byte at offset %zu.",
				   (size_t)(nul - in));
	text = calloc(size + 1, 1);
	if (!text)
		return problem_set(p, "There is no memory.");
	memcpy(text, in, size);
	mbedtls_x509_crt_init(&chain);
	result = mbedtls_x509_crt_parse(&chain, (const uint8_t *)text, size + 1);
	if (!strstr(text, pem_certificate))
		result =
			problem_set(p, "It is PEM, but has no certificate. A private key stays "
				       "with whoever signs.");
	else if (result < 0)
		result = library_problem(p, "It is PEM", result);
	else if (result)
		result = problem_set(p, "%d of the certificates in it cannot be read.", result);
	else
		result = add_chain(out, &chain, owner, p);
	mbedtls_x509_crt_free(&chain);
	free(text);
	return result;
}

/* Checks lists that came as such. @at: where they begin in the file */
static int check_lists(struct ffav_bytes lists, size_t at, struct problem *p)
{
	uint64_t where = 0;
	const char *why = ffav_signature_lists_check(lists, &where);

	if (!why)
		return 0;
	return problem_set(p, "Its signature lists are wrong: %s %zu of the file.", why,
			   at + (size_t)where);
}

static int parse_lists(struct keyfile *out, const uint8_t *in, size_t size, struct problem *p)
{
	out->kind = KEYFILE_LISTS;
	out->made = malloc(size);
	if (!out->made)
		return problem_set(p, "There is no memory.");
	memcpy(out->made, in, size);
	out->lists = (struct ffav_bytes){out->made, size};
	return check_lists(out->lists, 0, p);
}

static int parse_signed(struct keyfile *out, const uint8_t *in, size_t size, struct problem *p)
{
	struct ffav_descriptor d;
	uint64_t value = 0;
	const char *why;

	out->kind = KEYFILE_SIGNED;
	out->content = malloc(size);
	if (!out->content)
		return problem_set(p, "There is no memory.");
	memcpy(out->content, in, size);
	out->size = size;
	why = ffav_descriptor_parse(&d, (struct ffav_bytes){out->content, size}, &value);
	if (why)
		return problem_set(p, "Its authentication descriptor is wrong: %s %llu.", why,
				   (unsigned long long)value);
	if (!d.signed_data.size)
		return problem_set(p, "It has a time stamp and no signature. What is behind "
				      "its first 40 bytes may be a file of signature lists.");
	out->lists = d.payload;
	return check_lists(d.payload, size - d.payload.size, p);
}

int keyfile_parse(struct keyfile *out, const uint8_t *in, size_t size,
		  const struct efi_guid *owner, struct problem *p)
{
	memset(out, 0, sizeof(*out));
	if (!size)
		return problem_set(p, "It is empty.");
	if (is_signed(in, size))
		return parse_signed(out, in, size, p);
	if (is_lists(in, size))
		return parse_lists(out, in, size, p);
	if (memmem(in, size, pem_begin, strlen(pem_begin)))
		return parse_pem(out, in, size, owner, p);
	if (in[0] == 0x30)
		return parse_der(out, in, size, owner, p);
	if (size > EFIVARFS_HEADER &&
	    (is_signed(in + EFIVARFS_HEADER, size - EFIVARFS_HEADER) ||
	     is_lists(in + EFIVARFS_HEADER, size - EFIVARFS_HEADER)))
		return problem_set(p, "It has four bytes of attributes in front, as efivarfs "
				      "has: 'tail -c +5' takes them off.");
	return problem_set(p, "At offset 0 there is neither a certificate (PEM or DER), a "
			      "signature list, nor a signed update.");
}

void keyfile_free(struct keyfile *k)
{
	free(k->content);
	free(k->made);
	memset(k, 0, sizeof(*k));
}

/* What was signed are the fields of the call; UEFI 2.10 section 8.2.2. */
static enum ffav_crypto_result verify(const struct ffav_descriptor *d,
				      const struct ffav_signed_data *s,
				      const struct ffav_certificate *signer,
				      const struct efi_guid *guid, const char *name,
				      uint32_t attributes)
{
	uint8_t digest[FFAV_HASH_SIZE_MAX];
	uint8_t units[64] = {0};
	uint8_t passed[4];
	const struct ffav_bytes pieces[] = {
		{units, 2 * strlen(name)},
		{guid->b, sizeof(*guid)},
		{passed, sizeof(passed)},
		{d->time, EFI_TIME_SIZE},
		d->payload,
	};

	for (size_t i = 0; name[i] && 2 * i < sizeof(units); i++)
		ffav_put16(units + 2 * i, (uint8_t)name[i]);
	ffav_put32(passed, attributes);
	if (!ffav_hash_compute(s->signature.hash, pieces, sizeof(pieces) / sizeof(pieces[0]),
			       digest))
		return FFAV_CRYPTO_UNSUPPORTED;
	return ffav_signature_verify(signer, &s->signature, digest);
}

int keyfile_attributes(const struct keyfile *k, const struct efi_guid *guid, const char *name,
		       uint32_t *attributes, struct problem *p)
{
	struct ffav_descriptor d;
	struct ffav_signed_data s;
	struct ffav_chain chain;
	const char *why;
	uint64_t value;
	size_t offset = 0;

	why = ffav_descriptor_parse(&d, (struct ffav_bytes){k->content, k->size}, &value);
	if (!why)
		why = ffav_signed_data_parse(&s, d.signed_data, &offset);
	if (why)
		return problem_set(p, "Its signature cannot be read: %s, at offset %zu.", why,
				   FFAV_DESCRIPTOR_SIZE + offset);
	if (ffav_chain_build(&chain, s.certificates, s.certificate_count, s.issuer, s.serial))
		return problem_set(p,
				   "The certificate of its signer is not in it, or has a key "
				   "that the service does not accept.");
	for (unsigned int i = 0; i < 2; i++) {
		*attributes = KEYFILE_ATTRIBUTES | (i ? EFI_VARIABLE_APPEND_WRITE : 0);
		if (!verify(&d, &s, &chain.certificates[0], guid, name, *attributes))
			return 0;
	}
	return problem_set(p,
			   "It was not signed for %s: the signature is over another variable, "
			   "other attributes or other data.",
			   name);
}
