// SPDX-License-Identifier: BSD-3-Clause
/* The frame around a signature; RFC 2315 section 9 and UEFI 2.10 section 8.2.2. */
#include "secure/variables/auth/signed_data.h"
#include "secure/variables/auth/der.h"

/* Object identifiers, their contents octets. */
static const uint8_t oid_data[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01};
static const uint8_t oid_signed_data[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02};
static const uint8_t oid_sha2[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02};
static const uint8_t oid_pkcs1[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01};
static const uint8_t oid_ec_key[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
static const uint8_t oid_ecdsa_sha2[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03};

#define BYTES_OF(array) ((struct ffav_bytes){.data = (array), .size = sizeof(array)})

/* Is this @arc with one more number, and which? */
static bool oid_below(struct ffav_bytes oid, struct ffav_bytes arc, uint8_t *number)
{
	if (oid.size != arc.size + 1 || memcmp(oid.data, arc.data, arc.size) != 0)
		return false;
	*number = oid.data[arc.size];
	return true;
}

static bool take_version_1(struct ffav_der *der)
{
	struct ffav_bytes version;

	return ffav_der_take(der, FFAV_DER_INTEGER, &version, NULL) && version.size == 1 &&
	       version.data[0] == 1;
}

/* AlgorithmIdentifier: an object identifier, and parameters that are absent or NULL. */
static bool take_algorithm(struct ffav_der *der, struct ffav_bytes *oid)
{
	struct ffav_bytes null;
	struct ffav_der inside;

	if (!ffav_der_enter(der, FFAV_DER_SEQUENCE, &inside) ||
	    !ffav_der_take(&inside, FFAV_DER_OID, oid, NULL))
		return false;
	return ffav_der_done(&inside) || (ffav_der_take(&inside, FFAV_DER_NULL, &null, NULL) &&
					  !null.size && ffav_der_done(&inside));
}

static enum ffav_hash hash_of(struct ffav_bytes oid)
{
	uint8_t number;

	if (!oid_below(oid, BYTES_OF(oid_sha2), &number))
		return FFAV_HASH_NONE;
	switch (number) {
	case 1:
		return FFAV_HASH_SHA256;
	case 2:
		return FFAV_HASH_SHA384;
	case 3:
		return FFAV_HASH_SHA512;
	default:
		return FFAV_HASH_NONE;
	}
}

/* The key's algorithm, or the key's and the hash's, which must then be the one in @hash. */
static enum ffav_signature_kind kind_of(struct ffav_bytes oid, enum ffav_hash hash)
{
	uint8_t number;

	if (ffav_bytes_equal(oid, BYTES_OF(oid_ec_key)))
		return FFAV_SIGNATURE_ECDSA;
	if (oid_below(oid, BYTES_OF(oid_ecdsa_sha2), &number) &&
	    number == (uint8_t)hash - FFAV_HASH_SHA256 + 2)
		return FFAV_SIGNATURE_ECDSA;
	if (oid_below(oid, BYTES_OF(oid_pkcs1), &number) &&
	    (number == 1 || number == (uint8_t)hash - FFAV_HASH_SHA256 + 11))
		return FFAV_SIGNATURE_RSA;
	return FFAV_SIGNATURE_UNKNOWN;
}

/* SET OF AlgorithmIdentifier. @oids: where it was, to be looked through again. */
static bool take_hashes(struct ffav_der *der, struct ffav_der *oids)
{
	struct ffav_bytes oid;
	struct ffav_der d;

	if (!ffav_der_enter(der, FFAV_DER_SET, oids))
		return false;
	for (d = *oids; !ffav_der_done(&d);) {
		if (!take_algorithm(&d, &oid))
			return false;
	}
	return true;
}

static bool lists_hash(struct ffav_der oids, enum ffav_hash hash)
{
	struct ffav_bytes oid;

	while (take_algorithm(&oids, &oid)) {
		if (hash_of(oid) == hash)
			return true;
	}
	return false;
}

/* Content may be there, and is passed over: it is not what the signature is checked against. */
static bool take_content(struct ffav_der *der)
{
	struct ffav_der inside, content;
	struct ffav_bytes oid;

	if (!ffav_der_enter(der, FFAV_DER_SEQUENCE, &inside) ||
	    !ffav_der_take(&inside, FFAV_DER_OID, &oid, NULL) ||
	    !ffav_bytes_equal(oid, BYTES_OF(oid_data)))
		return false;
	return ffav_der_done(&inside) ||
	       (ffav_der_enter(&inside, FFAV_DER_CONTEXT(0), &content) &&
		ffav_der_take(&content, FFAV_DER_OCTET_STRING, &oid, NULL) &&
		ffav_der_done(&content) && ffav_der_done(&inside));
}

static bool take_certificates(struct ffav_der *der, struct ffav_signed_data *s)
{
	struct ffav_bytes contents;
	struct ffav_der inside;

	if (!ffav_der_enter(der, FFAV_DER_CONTEXT(0), &inside))
		return false;
	for (s->certificate_count = 0; !ffav_der_done(&inside); s->certificate_count++) {
		if (s->certificate_count == FFAV_CHAIN_BAG_MAX ||
		    !ffav_der_take(&inside, FFAV_DER_SEQUENCE, &contents,
				   &s->certificates[s->certificate_count]))
			return false;
	}
	return s->certificate_count;
}

/* The one SignerInfo. @der is left where it stopped. */
static const char *take_signer(struct ffav_der *der, struct ffav_der hashes,
			       struct ffav_signed_data *s)
{
	struct ffav_der name;
	struct ffav_bytes oid, contents;

	if (!take_version_1(der))
		return "the signer's version is not 1, at byte";
	if (!ffav_der_enter(der, FFAV_DER_SEQUENCE, &name) ||
	    !ffav_der_take(&name, FFAV_DER_SEQUENCE, &contents, &s->issuer) ||
	    !ffav_der_take(&name, FFAV_DER_INTEGER, &s->serial, NULL) || !ffav_der_done(&name))
		return "no issuer and serial number of the signer at byte";
	if (!take_algorithm(der, &oid))
		return "no hash function of the signer at byte";
	s->signature.hash = hash_of(oid);
	if (s->signature.hash == FFAV_HASH_NONE)
		return "the signer's hash is not SHA-256, SHA-384 or SHA-512, before byte";
	if (!lists_hash(hashes, s->signature.hash))
		return "the signer's hash is not in digestAlgorithms, before byte";
	if (ffav_der_is(der, FFAV_DER_CONTEXT(0)))
		return "the signer has authenticated attributes, at byte";
	if (!take_algorithm(der, &oid))
		return "no signature algorithm at byte";
	s->signature.kind = kind_of(oid, s->signature.hash);
	if (s->signature.kind == FFAV_SIGNATURE_UNKNOWN)
		return "the signature is neither RSA nor ECDSA with the signer's hash, before "
		       "byte";
	if (!ffav_der_take(der, FFAV_DER_OCTET_STRING, &s->signature.bytes, NULL))
		return "no signature at byte";
	if (!ffav_der_done(der))
		return "the signer has something behind the signature, at byte";
	return NULL;
}

/* SignedData without its tag. @der is left where it stopped. */
static const char *take_signed_data(struct ffav_der *der, struct ffav_signed_data *s)
{
	struct ffav_der hashes, signers, signer;
	struct ffav_bytes crls;
	const char *why;

	if (!take_version_1(der))
		return "the SignedData's version is not 1, at byte";
	if (!take_hashes(der, &hashes))
		return "no digestAlgorithms at byte";
	if (!take_content(der))
		return "no contentInfo of the type data at byte";
	if (!take_certificates(der, s))
		return "no certificates, or more than 16, at byte";
	if (ffav_der_is(der, FFAV_DER_CONTEXT(1)) &&
	    !ffav_der_take(der, FFAV_DER_CONTEXT(1), &crls, NULL))
		return "broken revocation lists at byte";
	if (!ffav_der_enter(der, FFAV_DER_SET, &signers))
		return "no signerInfos at byte";
	if (!ffav_der_done(der))
		return "the SignedData has something behind signerInfos, at byte";
	*der = signers;
	if (!ffav_der_enter(&signers, FFAV_DER_SEQUENCE, &signer))
		return "no signer at byte";
	if (!ffav_der_done(&signers)) {
		der->at = signers.at;
		return "more than one signer, at byte";
	}
	why = take_signer(&signer, hashes, s);
	*der = signer;
	return why;
}

/* [0] EXPLICIT SignedData behind an object identifier, if that is what @inside begins with. */
static bool unwrap(struct ffav_der *inside)
{
	struct ffav_der content;
	struct ffav_bytes oid;

	return ffav_der_take(inside, FFAV_DER_OID, &oid, NULL) &&
	       ffav_bytes_equal(oid, BYTES_OF(oid_signed_data)) &&
	       ffav_der_enter(inside, FFAV_DER_CONTEXT(0), &content) && ffav_der_done(inside) &&
	       ffav_der_enter(&content, FFAV_DER_SEQUENCE, inside) && ffav_der_done(&content);
}

const char *ffav_signed_data_parse(struct ffav_signed_data *signed_data,
				   struct ffav_bytes bytes, size_t *offset)
{
	struct ffav_der outside = ffav_der_open(bytes);
	struct ffav_der inside = outside;
	const char *why = NULL;

	memset(signed_data, 0, sizeof(*signed_data));
	if (!ffav_der_enter(&outside, FFAV_DER_SEQUENCE, &inside))
		why = "the certificate data is no whole SEQUENCE, at byte";
	else if (!ffav_der_done(&outside)) {
		why = "something follows the SignedData, at byte";
		inside = outside;
	} else if (ffav_der_is(&inside, FFAV_DER_OID) && !unwrap(&inside)) {
		why = "the ContentInfo does not hold a SignedData, at byte";
	} else {
		why = take_signed_data(&inside, signed_data);
	}
	*offset = why ? (size_t)(inside.at - bytes.data) : 0;
	return why;
}
