/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Keys, certificates, signatures and authenticated writes, made while the test runs
 *
 * By OpenSSL, which shares no code with what is tested. Every certificate's dates lie in
 * the past: they must not matter.
 */
#ifndef FFAV_TESTS_AUTH_VECTORS_H
#define FFAV_TESTS_AUTH_VECTORS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "abi/efi.h"
#include "secure/crypto/crypto.h"

/** struct vec_id - A key with its certificate. @key: the key; @cert: the certificate; @der: the same. */
struct vec_id {
	EVP_PKEY *key;
	X509 *cert;
	uint8_t *der;
	size_t der_size;
};

/** vec_rsa() - An RSA key. */
EVP_PKEY *vec_rsa(unsigned int bits, unsigned long exponent);
/** vec_ec() - An EC key on a curve such as "P-256". */
EVP_PKEY *vec_ec(const char *curve);

/** VEC_LEAF, VEC_CA - Basic constraints: not a CA; a CA of any depth; else a CA's path limit. */
#define VEC_LEAF (-2)
#define VEC_CA   (-1)
/** VEC_V1 - A certificate of version 1, without extensions. */
#define VEC_V1 (-3)

/**
 * vec_issue() - Make a certificate.
 * @id: filled in; @id->key is there already
 * @name: its common name
 * @issuer: who signs, or NULL for itself
 * @basic: VEC_*, or a path limit
 * @hash: "SHA256", ...
 */
void vec_issue(struct vec_id *id, const char *name, const struct vec_id *issuer, int basic,
	       const char *hash);
/** vec_new() - A P-256 key, which is quickly made, and a certificate with SHA-256. */
void vec_new(struct vec_id *id, const char *name, const struct vec_id *issuer, int basic);
/** vec_new_rsa() - The same with RSA of 2,048 bits. */
void vec_new_rsa(struct vec_id *id, const char *name, const struct vec_id *issuer, int basic);
/** vec_free() - Free both. */
void vec_free(struct vec_id *id);

static inline struct ffav_bytes vec_der(const struct vec_id *id)
{
	return (struct ffav_bytes){.data = id->der, .size = id->der_size};
}

/** struct vec_buffer - Bytes that grow. @data: freed by vec_drop(); @size: how many. */
struct vec_buffer {
	uint8_t *data;
	size_t size;
};

void vec_append(struct vec_buffer *b, const void *data, size_t size);
void vec_drop(struct vec_buffer *b);

/** How a signature is made: VEC_WRAPPED with ContentInfo, VEC_ATTRIBUTES with authenticated
 * attributes, VEC_CONTENT with the content inside, VEC_REVERSED certificates in reverse order,
 * VEC_NO_CERTIFICATES without any. */
#define VEC_WRAPPED         1u
#define VEC_ATTRIBUTES      2u
#define VEC_CONTENT         4u
#define VEC_REVERSED        8u
#define VEC_NO_CERTIFICATES 16u

/**
 * struct vec_signer - Who signs and how.
 * @id: the signer
 * @hash: "SHA256", ...
 * @others: more certificates that are sent along
 * @other_count: how many
 * @flags: VEC_*
 */
struct vec_signer {
	const struct vec_id *id;
	const char *hash;
	const struct vec_id *const *others;
	size_t other_count;
	unsigned int flags;
};

/** vec_sign() - A SignedData over these bytes, appended to @out. */
void vec_sign(struct vec_buffer *out, const struct vec_signer *signer, const void *data,
	      size_t size);

/** struct vec_time - A time stamp. */
struct vec_time {
	unsigned int year, month, day, hour, minute, second;
};
/** vec_time() - EFI_TIME. */
void vec_time(uint8_t *out, const struct vec_time *time);

/**
 * vec_write() - The data of an authenticated SetVariable.
 * @out: appended to
 * @signer: who signs, or NULL for an empty certificate
 * @time: EFI_TIME
 * @name: in ASCII
 * @guid: vendor GUID
 * @attributes: as they will be passed
 * @data: the payload
 * @size: bytes of it
 */
void vec_write(struct vec_buffer *out, const struct vec_signer *signer, const uint8_t *time,
	       const char *name, const struct efi_guid *guid, uint32_t attributes,
	       const void *data, size_t size);

/** vec_list() - Append an EFI_SIGNATURE_LIST of @count entries of @size bytes, owner all @owner. */
void vec_list(struct vec_buffer *out, const struct efi_guid *type, uint8_t owner,
	      const void *entries, size_t size, size_t count);
/** vec_list_cert() - The same with one certificate. */
void vec_list_cert(struct vec_buffer *out, const struct vec_id *id);

extern const struct efi_guid vec_x509;
extern const struct efi_guid vec_sha256;

#endif
