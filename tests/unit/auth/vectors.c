// SPDX-License-Identifier: BSD-3-Clause
#include "tests/unit/auth/vectors.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/pkcs7.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

const struct efi_guid vec_x509 = EFI_GUID_INIT(0xa5c059a1, 0x94e4, 0x4aa7, 0x87, 0xb5, 0xab,
					       0x15, 0x5c, 0x2b, 0xf0, 0x72);
const struct efi_guid vec_sha256 = EFI_GUID_INIT(0xc1c41626, 0x504c, 0x4092, 0xac, 0xa9, 0x41,
						 0xf9, 0x36, 0x93, 0x43, 0x28);

void vec_append(struct vec_buffer *b, const void *data, size_t size)
{
	b->data = realloc(b->data, b->size + size + 1);
	assert_non_null(b->data);
	if (size)
		memcpy(b->data + b->size, data, size);
	b->size += size;
}

void vec_drop(struct vec_buffer *b)
{
	free(b->data);
	*b = (struct vec_buffer){0};
}

EVP_PKEY *vec_rsa(unsigned int bits, unsigned long exponent)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	BIGNUM *e = BN_new();
	EVP_PKEY *key = NULL;

	assert_true(EVP_PKEY_keygen_init(ctx) > 0);
	assert_true(EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, (int)bits) > 0);
	assert_true(BN_set_word(e, exponent));
	assert_true(EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, e) > 0);
	assert_true(EVP_PKEY_generate(ctx, &key) > 0);
	BN_free(e);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

EVP_PKEY *vec_ec(const char *curve)
{
	EVP_PKEY *key = EVP_EC_gen(curve);

	assert_non_null(key);
	return key;
}

static void set_name(X509 *cert, const char *name)
{
	X509_NAME *n = X509_NAME_new();

	assert_true(X509_NAME_add_entry_by_txt(
		n, "O", MBSTRING_ASC, (const unsigned char *)"ffavars test", -1, -1, 0));
	assert_true(X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_ASC,
					       (const unsigned char *)name, -1, -1, 0));
	assert_true(X509_set_subject_name(cert, n));
	X509_NAME_free(n);
}

static void set_basic(X509 *cert, int basic)
{
	char text[40];
	X509_EXTENSION *e;

	if (basic == VEC_LEAF)
		snprintf(text, sizeof(text), "critical,CA:FALSE");
	else if (basic == VEC_CA)
		snprintf(text, sizeof(text), "critical,CA:TRUE");
	else
		snprintf(text, sizeof(text), "critical,CA:TRUE,pathlen:%d", basic);
	e = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, text);
	assert_non_null(e);
	assert_true(X509_add_ext(cert, e, -1));
	X509_EXTENSION_free(e);
}

void vec_issue(struct vec_id *id, const char *name, const struct vec_id *issuer, int basic,
	       const char *hash)
{
	static long serial = 1000;
	int size;

	id->cert = X509_new();
	assert_non_null(id->cert);
	assert_true(X509_set_version(id->cert, basic == VEC_V1 ? 0 : 2));
	assert_true(ASN1_INTEGER_set(X509_get_serialNumber(id->cert), ++serial));
	assert_non_null(ASN1_TIME_set(X509_getm_notBefore(id->cert), 100000000));
	assert_non_null(ASN1_TIME_set(X509_getm_notAfter(id->cert), 200000000));
	set_name(id->cert, name);
	assert_true(X509_set_issuer_name(
		id->cert, X509_get_subject_name(issuer ? issuer->cert : id->cert)));
	assert_true(X509_set_pubkey(id->cert, id->key));
	if (basic != VEC_V1)
		set_basic(id->cert, basic);
	assert_true(X509_sign(id->cert, issuer ? issuer->key : id->key,
			      EVP_get_digestbyname(hash)) > 0);
	id->der = NULL;
	size = i2d_X509(id->cert, &id->der);
	assert_true(size > 0);
	id->der_size = (size_t)size;
}

void vec_new(struct vec_id *id, const char *name, const struct vec_id *issuer, int basic)
{
	id->key = vec_ec("P-256");
	vec_issue(id, name, issuer, basic, "SHA256");
}

void vec_new_rsa(struct vec_id *id, const char *name, const struct vec_id *issuer, int basic)
{
	id->key = vec_rsa(2048, 65537);
	vec_issue(id, name, issuer, basic, "SHA256");
}

void vec_free(struct vec_id *id)
{
	EVP_PKEY_free(id->key);
	X509_free(id->cert);
	OPENSSL_free(id->der);
	memset(id, 0, sizeof(*id));
}

/* The order in which OpenSSL writes certificates is the order in which they were added. */
static void add_certificates(PKCS7 *p7, const struct vec_signer *signer)
{
	if (signer->flags & VEC_NO_CERTIFICATES)
		return;
	if (!(signer->flags & VEC_REVERSED))
		assert_true(PKCS7_add_certificate(p7, signer->id->cert));
	for (size_t i = 0; i < signer->other_count; i++)
		assert_true(PKCS7_add_certificate(
			p7, signer->others[signer->flags & VEC_REVERSED
						   ? signer->other_count - 1 - i
						   : i]
				    ->cert));
	if (signer->flags & VEC_REVERSED)
		assert_true(PKCS7_add_certificate(p7, signer->id->cert));
}

void vec_sign(struct vec_buffer *out, const struct vec_signer *signer, const void *data,
	      size_t size)
{
	int flags = PKCS7_BINARY | PKCS7_NOCERTS | PKCS7_PARTIAL;
	BIO *in = BIO_new_mem_buf(data, (int)size);
	uint8_t *der = NULL;
	PKCS7 *p7;
	int length;

	if (!(signer->flags & VEC_ATTRIBUTES))
		flags |= PKCS7_NOATTR;
	if (!(signer->flags & VEC_CONTENT))
		flags |= PKCS7_DETACHED;
	p7 = PKCS7_sign(NULL, NULL, NULL, in, flags);
	assert_non_null(p7);
	assert_non_null(PKCS7_sign_add_signer(p7, signer->id->cert, signer->id->key,
					      EVP_get_digestbyname(signer->hash),
					      flags & ~PKCS7_PARTIAL));
	add_certificates(p7, signer);
	assert_true(PKCS7_final(p7, in, flags & ~PKCS7_PARTIAL));
	if (signer->flags & VEC_WRAPPED)
		length = i2d_PKCS7(p7, &der);
	else
		length = i2d_PKCS7_SIGNED(p7->d.sign, &der);
	assert_true(length > 0);
	vec_append(out, der, (size_t)length);
	OPENSSL_free(der);
	PKCS7_free(p7);
	BIO_free(in);
}

void vec_time(uint8_t *out, const struct vec_time *time)
{
	memset(out, 0, EFI_TIME_SIZE);
	ffav_put16(out, (uint16_t)time->year);
	out[2] = (uint8_t)time->month;
	out[3] = (uint8_t)time->day;
	out[4] = (uint8_t)time->hour;
	out[5] = (uint8_t)time->minute;
	out[6] = (uint8_t)time->second;
}

void vec_write(struct vec_buffer *out, const struct vec_signer *signer, const uint8_t *time,
	       const char *name, const struct efi_guid *guid, uint32_t attributes,
	       const void *data, size_t size)
{
	/* WIN_CERTIFICATE_UEFI_GUID: dwLength, revision 2.0, type, PKCS#7. */
	uint8_t head[24] = {0,    0,    0,    0,    0x00, 0x02, 0xf1, 0x0e,
			    0x9d, 0xd2, 0xaf, 0x4a, 0xdf, 0x68, 0xee, 0x49,
			    0x8a, 0xa9, 0x34, 0x7d, 0x37, 0x56, 0x65, 0xa7};
	struct vec_buffer tbs = {0}, signature = {0};
	uint8_t bytes[4];

	for (const char *c = name; *c; c++)
		vec_append(&tbs, (const uint8_t[2]){(uint8_t)*c, 0}, 2);
	vec_append(&tbs, guid, sizeof(*guid));
	ffav_put32(bytes, attributes);
	vec_append(&tbs, bytes, 4);
	vec_append(&tbs, time, EFI_TIME_SIZE);
	vec_append(&tbs, data, size);
	if (signer)
		vec_sign(&signature, signer, tbs.data, tbs.size);

	ffav_put32(head, (uint32_t)(sizeof(head) + signature.size));
	vec_append(out, time, EFI_TIME_SIZE);
	vec_append(out, head, sizeof(head));
	vec_append(out, signature.data, signature.size);
	vec_append(out, data, size);
	vec_drop(&tbs);
	vec_drop(&signature);
}

void vec_list(struct vec_buffer *out, const struct efi_guid *type, uint8_t owner,
	      const void *entries, size_t size, size_t count)
{
	uint8_t head[28];
	struct efi_guid guid;

	memset(&guid, owner, sizeof(guid));
	memcpy(head, type, sizeof(*type));
	ffav_put32(head + 16, (uint32_t)(sizeof(head) + (sizeof(guid) + size) * count));
	ffav_put32(head + 20, 0);
	ffav_put32(head + 24, (uint32_t)(sizeof(guid) + size));
	vec_append(out, head, sizeof(head));
	for (size_t i = 0; i < count; i++) {
		vec_append(out, &guid, sizeof(guid));
		vec_append(out, (const uint8_t *)entries + i * size, size);
	}
}

void vec_list_cert(struct vec_buffer *out, const struct vec_id *id)
{
	vec_list(out, &vec_x509, 0x77, id->der, id->der_size, 1);
}
