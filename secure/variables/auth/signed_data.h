/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: The frame around a signature: PKCS#7 SignedData
 *
 * RFC 2315 with what UEFI 2.10 section 8.2.2 says about it: version 1, one hash
 * function, content that is not there (or does not matter: what was signed are the
 * fields of the call), at least the signer's certificate, one signer, no attributes.
 * With ContentInfo around it or without.
 */
#ifndef FFAV_VARIABLES_SIGNED_DATA_H
#define FFAV_VARIABLES_SIGNED_DATA_H

#include "secure/crypto/chain.h"

/**
 * struct ffav_signed_data - What a SignedData says. All of it lies in the bytes that were parsed.
 * @certificates: the certificates, whole, in the order of the message
 * @certificate_count: how many
 * @issuer: the signer's issuer, whole
 * @serial: contents of the signer's serial number
 * @signature: the signature
 */
struct ffav_signed_data {
	struct ffav_bytes certificates[FFAV_CHAIN_BAG_MAX];
	size_t certificate_count;
	struct ffav_bytes issuer;
	struct ffav_bytes serial;
	struct ffav_signature signature;
};

/**
 * ffav_signed_data_parse() - Take a SignedData apart.
 * @signed_data: filled in
 * @bytes: exactly one SignedData or ContentInfo
 * @offset: out: where in @bytes the part begins that is wrong
 *
 * Certificates are found but not looked into.
 *
 * Return: NULL, or what is wrong: words that live for ever.
 */
const char *ffav_signed_data_parse(struct ffav_signed_data *signed_data,
				   struct ffav_bytes bytes, size_t *offset);

#endif
