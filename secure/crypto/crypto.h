/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Hashes, certificates and signatures
 *
 * All that the variable service knows of cryptography. mbedTLS does the work behind
 * these functions; nothing of it shows. Nothing is kept between calls: what a call
 * allocates it frees, also where it fails. Nothing looks at the time: a certificate's
 * dates do not matter to UEFI (UEFI 2.10 section 32.2, firmware has no trusted clock).
 */
#ifndef FFAV_CRYPTO_H
#define FFAV_CRYPTO_H

#include "abi/bytes.h"

/** struct ffav_bytes - Bytes that somebody else owns. @data: first; @size: how many. */
struct ffav_bytes {
	const uint8_t *data;
	size_t size;
};

/** ffav_bytes_equal() - Are they the same bytes? */
static inline bool ffav_bytes_equal(struct ffav_bytes a, struct ffav_bytes b)
{
	return a.size == b.size && (!a.size || memcmp(a.data, b.data, a.size) == 0);
}

/** The hash functions that signatures may use, UEFI 2.10 section 8.2.2. */
enum ffav_hash {
	FFAV_HASH_NONE,
	FFAV_HASH_SHA256,
	FFAV_HASH_SHA384,
	FFAV_HASH_SHA512,
};

/** Longest hash, bytes. */
#define FFAV_HASH_SIZE_MAX 64u

/** ffav_hash_size() - Size of a hash, bytes; 0 for FFAV_HASH_NONE. */
size_t ffav_hash_size(enum ffav_hash hash);

/**
 * ffav_hash_compute() - Hash bytes that lie in several places.
 * @hash: which function
 * @pieces: the bytes in their order
 * @count: how many pieces
 * @digest: out: ffav_hash_size() bytes
 *
 * Return: false if the function is not available or memory ran out.
 */
bool ffav_hash_compute(enum ffav_hash hash, const struct ffav_bytes *pieces, size_t count,
		       uint8_t *digest);

/** Kinds of signature. RSA is PKCS#1 v1.5. */
enum ffav_signature_kind {
	FFAV_SIGNATURE_UNKNOWN,
	FFAV_SIGNATURE_RSA,
	FFAV_SIGNATURE_ECDSA,
};

/** struct ffav_signature - A signature. @kind, @hash: how it was made; @bytes: as it was sent. */
struct ffav_signature {
	enum ffav_signature_kind kind;
	enum ffav_hash hash;
	struct ffav_bytes bytes;
};

/** What came of looking at a certificate or a signature. */
enum ffav_crypto_result {
	FFAV_CRYPTO_OK = 0,
	/** It is not what it claims to be, byte by byte. */
	FFAV_CRYPTO_MALFORMED,
	/** A key size, curve, exponent or hash function that is not accepted here. */
	FFAV_CRYPTO_UNSUPPORTED,
	/** A good signature of something else, or of somebody else. */
	FFAV_CRYPTO_MISMATCH,
	FFAV_CRYPTO_NO_MEMORY,
};

/**
 * struct ffav_certificate - An X.509 certificate, taken apart. All of it lies in @der.
 * @der: all bytes
 * @tbs: tbsCertificate
 * @subject: name of the owner, DER
 * @issuer: name of the issuer, DER
 * @serial: contents of the serial number
 * @common_name: contents of the subject's first common name, empty without one
 * @public_key: SubjectPublicKeyInfo
 * @signature: the issuer's signature over @tbs
 * @may_issue: other certificates may be signed with the key
 * @path_max: most certificates that may stand between it and the last one, or -1
 */
struct ffav_certificate {
	struct ffav_bytes der;
	struct ffav_bytes tbs;
	struct ffav_bytes subject;
	struct ffav_bytes issuer;
	struct ffav_bytes serial;
	struct ffav_bytes common_name;
	struct ffav_bytes public_key;
	struct ffav_signature signature;
	bool may_issue;
	int path_max;
};

/**
 * ffav_certificate_parse() - Take a certificate apart.
 * @certificate: filled in if FFAV_CRYPTO_OK is returned
 * @der: exactly one certificate; must outlive @certificate
 *
 * Accepts public keys that ffav_signature_verify() can use: RSA of 2,048 to 4,096 bits with an
 * exponent of at most 64 bits, ECDSA on P-256, P-384 and P-521.
 */
enum ffav_crypto_result ffav_certificate_parse(struct ffav_certificate *certificate,
					       struct ffav_bytes der);

/**
 * ffav_signature_verify() - Was this signed with the key of a certificate?
 * @signer: the certificate
 * @signature: the signature
 * @digest: what was signed: ffav_hash_size(@signature->hash) bytes
 */
enum ffav_crypto_result ffav_signature_verify(const struct ffav_certificate *signer,
					      const struct ffav_signature *signature,
					      const uint8_t *digest);

/**
 * ffav_certificate_issued() - Did the owner of one certificate issue another?
 * @issuer: the one
 * @subject: the other
 *
 * Names are compared as bytes, then the signature is verified.
 */
enum ffav_crypto_result ffav_certificate_issued(const struct ffav_certificate *issuer,
						const struct ffav_certificate *subject);

#endif
