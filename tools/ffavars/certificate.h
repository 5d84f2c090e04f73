/* SPDX-License-Identifier: BSD-3-Clause */
/** DOC: X.509 certificates for people, by mbedTLS */
#ifndef FFAVARS_CERTIFICATE_H
#define FFAVARS_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes of a SHA-256 in hexadecimal, with a terminator. */
#define CERTIFICATE_DIGEST_TEXT 65u
/** Bytes of a name as text; a longer one is cut off. */
#define CERTIFICATE_NAME_TEXT 512u
/** Bytes of a date as text. */
#define CERTIFICATE_DATE_TEXT 40u

/**
 * struct certificate - What people want to know of one.
 * @sha256: of all bytes, in hexadecimal: what others call its fingerprint
 * @parsed: it is a certificate; the following is filled in
 * @subject: name of the owner
 * @issuer: name of the issuer
 * @key: kind and size of the public key
 * @not_before: first second in which it is valid; the variable service does not look at it
 * @not_after: the last
 */
struct certificate {
	char sha256[CERTIFICATE_DIGEST_TEXT];
	bool parsed;
	char subject[CERTIFICATE_NAME_TEXT];
	char issuer[CERTIFICATE_NAME_TEXT];
	char key[48];
	char not_before[CERTIFICATE_DATE_TEXT];
	char not_after[CERTIFICATE_DATE_TEXT];
};

/** certificate_describe() - Describe a certificate. @der: may be anything; @size: bytes */
void certificate_describe(struct certificate *out, const uint8_t *der, size_t size);

/**
 * certificate_digest() - SHA-256 as text.
 * @bytes: what to hash
 * @size: bytes
 * @out: CERTIFICATE_DIGEST_TEXT bytes
 */
void certificate_digest(const uint8_t *bytes, size_t size, char *out);

#endif
