// SPDX-License-Identifier: BSD-3-Clause
/* Hashes, certificates and signatures by mbedTLS. The only file that knows the library. */
#include <mbedtls/ecp.h>
#include <mbedtls/md.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>
#include <mbedtls/x509_crt.h>

#include "secure/crypto/crypto.h"

#define RSA_BITS_MIN 2048u
#define RSA_BITS_MAX 4096u
/* A hostile key with a long exponent would keep the partition busy for seconds. */
#define RSA_EXPONENT_BITS_MAX 64u

static const mbedtls_md_info_t *hash_info(enum ffav_hash hash)
{
	switch (hash) {
	case FFAV_HASH_SHA256:
		return mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
	case FFAV_HASH_SHA384:
		return mbedtls_md_info_from_type(MBEDTLS_MD_SHA384);
	case FFAV_HASH_SHA512:
		return mbedtls_md_info_from_type(MBEDTLS_MD_SHA512);
	default:
		return NULL;
	}
}

static enum ffav_hash hash_of(mbedtls_md_type_t type)
{
	switch (type) {
	case MBEDTLS_MD_SHA256:
		return FFAV_HASH_SHA256;
	case MBEDTLS_MD_SHA384:
		return FFAV_HASH_SHA384;
	case MBEDTLS_MD_SHA512:
		return FFAV_HASH_SHA512;
	default:
		return FFAV_HASH_NONE;
	}
}

size_t ffav_hash_size(enum ffav_hash hash)
{
	const mbedtls_md_info_t *info = hash_info(hash);

	return info ? mbedtls_md_get_size(info) : 0;
}

bool ffav_hash_compute(enum ffav_hash hash, const struct ffav_bytes *pieces, size_t count,
		       uint8_t *digest)
{
	const mbedtls_md_info_t *info = hash_info(hash);
	mbedtls_md_context_t context;
	bool done = false;

	mbedtls_md_init(&context);
	if (!info || mbedtls_md_setup(&context, info, 0) || mbedtls_md_starts(&context))
		goto out;
	for (size_t i = 0; i < count; i++) {
		if (pieces[i].size &&
		    mbedtls_md_update(&context, pieces[i].data, pieces[i].size))
			goto out;
	}
	done = !mbedtls_md_finish(&context, digest);
out:
	mbedtls_md_free(&context);
	return done;
}

/* The library's errors are a high part (module) and a low part (what went wrong below it). */
static enum ffav_crypto_result result_of(int error)
{
	static const int no_memory[] = {
		MBEDTLS_ERR_X509_ALLOC_FAILED, MBEDTLS_ERR_PK_ALLOC_FAILED,
		MBEDTLS_ERR_MPI_ALLOC_FAILED,  MBEDTLS_ERR_ECP_ALLOC_FAILED,
		MBEDTLS_ERR_ASN1_ALLOC_FAILED, MBEDTLS_ERR_MD_ALLOC_FAILED,
	};
	int high = -(-error & 0xff80);
	int low = -(-error & 0x7f);

	if (!error)
		return FFAV_CRYPTO_OK;
	for (size_t i = 0; i < sizeof(no_memory) / sizeof(no_memory[0]); i++) {
		if (high == no_memory[i] || low == no_memory[i])
			return FFAV_CRYPTO_NO_MEMORY;
	}
	switch (high) {
	case MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG:
	case MBEDTLS_ERR_X509_UNKNOWN_VERSION:
	case MBEDTLS_ERR_X509_FEATURE_UNAVAILABLE:
	case MBEDTLS_ERR_PK_UNKNOWN_PK_ALG:
	case MBEDTLS_ERR_PK_UNKNOWN_NAMED_CURVE:
	case MBEDTLS_ERR_PK_FEATURE_UNAVAILABLE:
		return FFAV_CRYPTO_UNSUPPORTED;
	default:
		return FFAV_CRYPTO_MALFORMED;
	}
}

static bool curve_accepted(mbedtls_ecp_group_id id)
{
	return id == MBEDTLS_ECP_DP_SECP256R1 || id == MBEDTLS_ECP_DP_SECP384R1 ||
	       id == MBEDTLS_ECP_DP_SECP521R1;
}

static bool rsa_accepted(const mbedtls_rsa_context *rsa)
{
	size_t bits = mbedtls_mpi_bitlen(&rsa->N);

	return bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX &&
	       mbedtls_mpi_bitlen(&rsa->E) <= RSA_EXPONENT_BITS_MAX;
}

static enum ffav_signature_kind key_kind(const mbedtls_pk_context *key)
{
	switch (mbedtls_pk_get_type(key)) {
	case MBEDTLS_PK_RSA:
		return rsa_accepted(mbedtls_pk_rsa(*key)) ? FFAV_SIGNATURE_RSA
							  : FFAV_SIGNATURE_UNKNOWN;
	case MBEDTLS_PK_ECKEY:
		return curve_accepted(mbedtls_pk_ec(*key)->grp.id) ? FFAV_SIGNATURE_ECDSA
								   : FFAV_SIGNATURE_UNKNOWN;
	default:
		return FFAV_SIGNATURE_UNKNOWN;
	}
}

static struct ffav_bytes bytes_of(const mbedtls_x509_buf *buffer)
{
	return (struct ffav_bytes){.data = buffer->p, .size = buffer->len};
}

static struct ffav_bytes common_name(const mbedtls_x509_name *name)
{
	for (; name; name = name->next) {
		if (MBEDTLS_OID_CMP(MBEDTLS_OID_AT_CN, &name->oid) == 0)
			return bytes_of(&name->val);
	}
	return (struct ffav_bytes){0};
}

/* RFC 5280 section 4.2.1: a certificate without extensions can only be a self-signed root. */
static bool may_issue(const mbedtls_x509_crt *crt)
{
	if (crt->version < 3)
		return ffav_bytes_equal(bytes_of(&crt->subject_raw),
					bytes_of(&crt->issuer_raw));
	return crt->ca_istrue &&
	       !mbedtls_x509_crt_check_key_usage(crt, MBEDTLS_X509_KU_KEY_CERT_SIGN);
}

static void take_apart(struct ffav_certificate *certificate, const mbedtls_x509_crt *crt)
{
	*certificate = (struct ffav_certificate){
		.der = bytes_of(&crt->raw),
		.tbs = bytes_of(&crt->tbs),
		.subject = bytes_of(&crt->subject_raw),
		.issuer = bytes_of(&crt->issuer_raw),
		.serial = bytes_of(&crt->serial),
		.common_name = common_name(&crt->subject),
		.public_key = bytes_of(&crt->pk_raw),
		.signature = {.kind = FFAV_SIGNATURE_UNKNOWN,
			      .hash = hash_of(crt->sig_md),
			      .bytes = bytes_of(&crt->sig)},
		.may_issue = may_issue(crt),
		/* The library counts from one, so that zero is no limit. */
		.path_max = crt->max_pathlen > 0 ? crt->max_pathlen - 1 : -1,
	};
	if (crt->sig_pk == MBEDTLS_PK_RSA)
		certificate->signature.kind = FFAV_SIGNATURE_RSA;
	else if (crt->sig_pk == MBEDTLS_PK_ECDSA)
		certificate->signature.kind = FFAV_SIGNATURE_ECDSA;
}

enum ffav_crypto_result ffav_certificate_parse(struct ffav_certificate *certificate,
					       struct ffav_bytes der)
{
	enum ffav_crypto_result result;
	mbedtls_x509_crt crt;

	mbedtls_x509_crt_init(&crt);
	result = result_of(mbedtls_x509_crt_parse_der_nocopy(&crt, der.data, der.size));
	if (result)
		goto out;
	if (crt.raw.len != der.size)
		result = FFAV_CRYPTO_MALFORMED;
	else if (key_kind(&crt.pk) == FFAV_SIGNATURE_UNKNOWN)
		result = FFAV_CRYPTO_UNSUPPORTED;
	else
		take_apart(certificate, &crt);
out:
	mbedtls_x509_crt_free(&crt);
	return result;
}

enum ffav_crypto_result ffav_signature_verify(const struct ffav_certificate *signer,
					      const struct ffav_signature *signature,
					      const uint8_t *digest)
{
	/* The library moves the pointer, and never writes through it. */
	unsigned char *p = (unsigned char *)(uintptr_t)signer->public_key.data;
	const mbedtls_md_info_t *info = hash_info(signature->hash);
	enum ffav_crypto_result result;
	mbedtls_pk_context key;
	int error;

	mbedtls_pk_init(&key);
	result = result_of(mbedtls_pk_parse_subpubkey(&p, p + signer->public_key.size, &key));
	if (result)
		goto out;
	result = FFAV_CRYPTO_UNSUPPORTED;
	if (!info || key_kind(&key) == FFAV_SIGNATURE_UNKNOWN)
		goto out;
	result = FFAV_CRYPTO_MISMATCH;
	if (key_kind(&key) != signature->kind)
		goto out;
	error = mbedtls_pk_verify(&key, mbedtls_md_get_type(info), digest,
				  mbedtls_md_get_size(info), signature->bytes.data,
				  signature->bytes.size);
	if (!error)
		result = FFAV_CRYPTO_OK;
	else if (result_of(error) == FFAV_CRYPTO_NO_MEMORY)
		result = FFAV_CRYPTO_NO_MEMORY;
out:
	mbedtls_pk_free(&key);
	return result;
}

enum ffav_crypto_result ffav_certificate_issued(const struct ffav_certificate *issuer,
						const struct ffav_certificate *subject)
{
	uint8_t digest[FFAV_HASH_SIZE_MAX];

	if (!ffav_bytes_equal(issuer->subject, subject->issuer))
		return FFAV_CRYPTO_MISMATCH;
	if (!hash_info(subject->signature.hash))
		return FFAV_CRYPTO_UNSUPPORTED;
	if (!ffav_hash_compute(subject->signature.hash, &subject->tbs, 1, digest))
		return FFAV_CRYPTO_NO_MEMORY;
	return ffav_signature_verify(issuer, &subject->signature, digest);
}
