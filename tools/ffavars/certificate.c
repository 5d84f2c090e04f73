// SPDX-License-Identifier: BSD-3-Clause
#include "tools/ffavars/certificate.h"

#include <stdio.h>
#include <string.h>

#include <mbedtls/x509_crt.h>

#include "secure/crypto/crypto.h"

void certificate_digest(const uint8_t *bytes, size_t size, char *out)
{
	const struct ffav_bytes piece = {bytes, size};
	uint8_t digest[FFAV_HASH_SIZE_MAX];

	*out = 0;
	if (!ffav_hash_compute(FFAV_HASH_SHA256, &piece, 1, digest))
		return;
	for (size_t i = 0; i < ffav_hash_size(FFAV_HASH_SHA256); i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

/* The library writes nothing unprintable, and fails where there is no room. */
static void name_text(char *out, const mbedtls_x509_name *name)
{
	if (mbedtls_x509_dn_gets(out, CERTIFICATE_NAME_TEXT, name) < 0)
		snprintf(out, CERTIFICATE_NAME_TEXT, "(longer than %u characters)",
			 CERTIFICATE_NAME_TEXT - 1);
}

static void date_text(char *out, const mbedtls_x509_time *t)
{
	snprintf(out, CERTIFICATE_DATE_TEXT, "%04d-%02d-%02d %02d:%02d:%02d", t->year, t->mon,
		 t->day, t->hour, t->min, t->sec);
}

void certificate_describe(struct certificate *out, const uint8_t *der, size_t size)
{
	mbedtls_x509_crt c;

	memset(out, 0, sizeof(*out));
	certificate_digest(der, size, out->sha256);
	mbedtls_x509_crt_init(&c);
	if (!mbedtls_x509_crt_parse_der_nocopy(&c, der, size) && c.raw.len == size) {
		out->parsed = true;
		name_text(out->subject, &c.subject);
		name_text(out->issuer, &c.issuer);
		snprintf(out->key, sizeof(out->key), "%s, %zu bits", mbedtls_pk_get_name(&c.pk),
			 mbedtls_pk_get_bitlen(&c.pk));
		date_text(out->not_before, &c.valid_from);
		date_text(out->not_after, &c.valid_to);
	}
	mbedtls_x509_crt_free(&c);
}
