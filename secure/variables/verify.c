// SPDX-License-Identifier: BSD-3-Clause
/* Who signed a write, and whether he may; UEFI 2.10 sections 8.2.2 and 32.3. */
#include "secure/variables/auth/signature_list.h"
#include "secure/variables/auth/signed_data.h"
#include "secure/variables/internal.h"

static const struct efi_guid x509 = EFI_CERT_X509_GUID;

static efi_status_t refuse(const struct ffav_var_request *r, const char *reason, uint64_t value)
{
	return ffav_var_refuse(r, EFI_SECURITY_VIOLATION, reason, value);
}

static efi_status_t no_memory(const struct ffav_var_request *r)
{
	return ffav_var_refuse(r, EFI_OUT_OF_RESOURCES,
			       "cryptography ran out of memory, data of size", r->size);
}

/* What people compare with a certificate's fingerprint: the first half of its SHA-256. */
static uint64_t fingerprint(const struct ffav_certificate *c)
{
	uint8_t digest[FFAV_HASH_SIZE_MAX];
	uint64_t value = 0;

	if (!ffav_hash_compute(FFAV_HASH_SHA256, &c->der, 1, digest))
		return 0;
	for (unsigned int i = 0; i < 8; i++)
		value = value << 8 | digest[i];
	return value;
}

/* Find the signer's certificate and what issued it. */
static efi_status_t build_chain(const struct ffav_var_request *r,
				const struct ffav_signed_data *s, struct ffav_chain *chain)
{
	enum ffav_crypto_result result = ffav_chain_build(
		chain, s->certificates, s->certificate_count, s->issuer, s->serial);

	switch (result) {
	case FFAV_CRYPTO_OK:
		return EFI_SUCCESS;
	case FFAV_CRYPTO_NO_MEMORY:
		return no_memory(r);
	case FFAV_CRYPTO_UNSUPPORTED:
		return refuse(r, "the signer's certificate has a key that is not accepted, of",
			      s->certificate_count);
	default:
		return refuse(r, "the signer's certificate is not among the certificates, of",
			      s->certificate_count);
	}
}

/* UEFI 2.10 section 8.2.2: what is signed is made of the fields of the call. */
static efi_status_t check_signature(const struct ffav_var_request *r,
				    const struct ffav_var_key *key, uint32_t attributes,
				    const struct ffav_descriptor *d,
				    const struct ffav_signature *signature,
				    const struct ffav_chain *chain)
{
	uint8_t passed[4];
	const struct ffav_bytes pieces[] = {
		{key->bytes + FFAV_VAR_GUID_SIZE, key->size - FFAV_VAR_GUID_SIZE},
		{key->bytes, FFAV_VAR_GUID_SIZE},
		{passed, sizeof(passed)},
		{d->time, EFI_TIME_SIZE},
		d->payload,
	};
	uint8_t digest[FFAV_HASH_SIZE_MAX];

	ffav_put32(passed, attributes);
	if (!ffav_hash_compute(signature->hash, pieces, sizeof(pieces) / sizeof(pieces[0]),
			       digest))
		return no_memory(r);
	switch (ffav_signature_verify(&chain->certificates[0], signature, digest)) {
	case FFAV_CRYPTO_OK:
		return EFI_SUCCESS;
	case FFAV_CRYPTO_NO_MEMORY:
		return no_memory(r);
	default:
		return refuse(r, "the signature is not over this write, by signer",
			      fingerprint(&chain->certificates[0]));
	}
}

/* Does the chain end in a certificate of these signature lists, which have been checked? */
static efi_status_t search_lists(const struct ffav_var_request *r, struct ffav_chain *chain,
				 struct ffav_bytes lists, bool *found)
{
	struct ffav_signature_entry entry = {0};

	while (!*found && ffav_signature_next(lists, &entry)) {
		if (!ffav_guid_equal(entry.type, &x509))
			continue;
		switch (ffav_chain_ends_in(chain, entry.signature)) {
		case FFAV_CRYPTO_OK:
			*found = true;
			break;
		case FFAV_CRYPTO_NO_MEMORY:
			return no_memory(r);
		default:
			break;
		}
	}
	return EFI_SUCCESS;
}

/* Does the chain end in a certificate that the database @name holds? */
static efi_status_t search(const struct ffav_var_request *r, struct ffav_chain *chain,
			   const char *name, bool *found)
{
	uint8_t bytes[FFAV_VAR_GLOBAL_KEY_MAX];
	struct ffav_var_key key = {.bytes = bytes, .size = ffav_var_global_key(name, bytes)};
	struct ffav_var_item item;
	struct ffav_bytes lists;
	uint64_t value;
	efi_status_t status;

	status = ffav_var_find(r->v, &key, &item);
	if (status)
		return ffav_var_refuse(r, status, "unreadable item", item.id);
	if (!item.id)
		return EFI_SUCCESS;
	status = ffav_var_load(r, &item, &lists);
	if (status)
		return status;
	/* An image that was made elsewhere may hold anything. */
	if (ffav_signature_lists_check(lists, &value))
		return refuse(r, "what is enrolled already is no signature list, at byte",
			      value);
	return search_lists(r, chain, lists, found);
}

static efi_status_t check_enrolled(const struct ffav_var_request *r, enum ffav_var_kind kind,
				   struct ffav_chain *chain)
{
	bool only_pk = kind == FFAV_VAR_PK || kind == FFAV_VAR_KEK;
	bool found = false;
	efi_status_t status = search(r, chain, "PK", &found);

	if (!status && !found && !only_pk)
		status = search(r, chain, "KEK", &found);
	if (status || found)
		return status;
	return refuse(r,
		      only_pk ? "PK does not vouch for the signer"
			      : "neither PK nor KEK vouches for the signer",
		      fingerprint(&chain->certificates[0]));
}

/* Has the owner of the first platform key signed it himself? */
static efi_status_t check_self_signed(const struct ffav_var_request *r,
				      struct ffav_chain *chain, struct ffav_bytes lists)
{
	bool found = false;
	efi_status_t status = search_lists(r, chain, lists, &found);

	if (status || found)
		return status;
	return refuse(r, "the platform key has not signed itself but was signed by",
		      fingerprint(&chain->certificates[0]));
}

/* A private variable's signer: his name, and who answers for it. */
static efi_status_t check_registered(const struct ffav_var_request *r,
				     const struct ffav_chain *chain,
				     const struct ffav_var_item *item, uint8_t *signer)
{
	const struct ffav_certificate *c = &chain->certificates[0];
	const struct ffav_bytes pieces[] = {c->common_name, ffav_chain_top(chain)->tbs};
	uint8_t digest[FFAV_HASH_SIZE_MAX];

	if (!c->common_name.size)
		return refuse(r, "the signer's certificate has no common name, signer",
			      fingerprint(c));
	if (!ffav_hash_compute(FFAV_HASH_SHA256, pieces, 2, digest))
		return no_memory(r);
	memcpy(signer, digest, FFAV_VAR_SIGNER_SIZE);
	if (item->id && (item->meta.signer_size != FFAV_VAR_SIGNER_SIZE ||
			 memcmp(item->meta.signer, signer, FFAV_VAR_SIGNER_SIZE) != 0))
		return refuse(r, "another signer than the one who wrote it first",
			      fingerprint(c));
	return EFI_SUCCESS;
}

efi_status_t ffav_var_verify(const struct ffav_var_request *r, enum ffav_var_kind kind,
			     const struct ffav_var_key *key, uint32_t attributes,
			     const struct ffav_descriptor *d, const struct ffav_var_item *item,
			     uint8_t *signer)
{
	enum ffav_var_mode mode = ffav_var_mode(r->v);
	bool setup = mode == FFAV_VAR_MODE_SETUP || mode == FFAV_VAR_MODE_AUDIT;
	bool first =
		setup && kind == FFAV_VAR_PK && r->v->config.self_signed_pk && d->payload.size;
	struct ffav_signed_data s;
	struct ffav_chain chain;
	efi_status_t status;
	const char *why;
	size_t offset;

	/* Without a platform key there is nobody who could have signed for him. */
	if (kind != FFAV_VAR_PRIVATE && setup && !first)
		return EFI_SUCCESS;
	why = ffav_signed_data_parse(&s, d->signed_data, &offset);
	if (why)
		return refuse(r, why, offset);
	status = build_chain(r, &s, &chain);
	if (!status)
		status = check_signature(r, key, attributes, d, &s.signature, &chain);
	if (status)
		return status;
	if (kind == FFAV_VAR_PRIVATE)
		return check_registered(r, &chain, item, signer);
	if (first)
		return check_self_signed(r, &chain, d->payload);
	return check_enrolled(r, kind, &chain);
}
