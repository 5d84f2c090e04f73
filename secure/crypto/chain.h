/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Chains of certificates
 *
 * A signature brings certificates along, in any order. Starting from the signer's they
 * are followed, issuer by issuer, as far as they go; then the chain can be held against
 * any number of certificates that somebody enrolled. Dates are ignored.
 */
#ifndef FFAV_CRYPTO_CHAIN_H
#define FFAV_CRYPTO_CHAIN_H

#include "secure/crypto/crypto.h"

/** Most certificates in a chain, with the enrolled one. */
#define FFAV_CHAIN_MAX 8u
/** Most certificates that a signature may bring along. */
#define FFAV_CHAIN_BAG_MAX 16u
/** Most signatures that are verified for one chain, whatever it is held against. */
#define FFAV_CHAIN_WORK_MAX 64u

/**
 * struct ffav_chain - What can be reached from the signer's certificate.
 * @certificates: the signer's first, then in the order in which they were reached: each was
 *	issued by one behind it or by nobody in the bag
 * @depth: how many steps each is away from the signer
 * @count: how many
 * @work: signatures that may still be verified
 */
struct ffav_chain {
	struct ffav_certificate certificates[FFAV_CHAIN_BAG_MAX];
	uint8_t depth[FFAV_CHAIN_BAG_MAX];
	size_t count;
	unsigned int work;
};

/**
 * ffav_chain_build() - Follow the issuers of a certificate through a bag.
 * @chain: filled in; points into the bag's bytes
 * @bag: certificates; those that cannot be used are passed over
 * @count: at most FFAV_CHAIN_BAG_MAX
 * @issuer: the signer's issuer, DER
 * @serial: contents of the signer's serial number
 *
 * Return: FFAV_CRYPTO_OK if the signer's certificate is there and usable, else why not:
 * FFAV_CRYPTO_MISMATCH if it is not in the bag.
 */
enum ffav_crypto_result ffav_chain_build(struct ffav_chain *chain, const struct ffav_bytes *bag,
					 size_t count, struct ffav_bytes issuer,
					 struct ffav_bytes serial);

/**
 * ffav_chain_ends_in() - Does the chain end in this certificate?
 * @chain: the chain; its work is charged
 * @enrolled: a certificate that is trusted, DER
 *
 * It does if the certificate is in the chain, or has issued one that is.
 *
 * Return: FFAV_CRYPTO_OK if it does, FFAV_CRYPTO_MISMATCH if not, FFAV_CRYPTO_NO_MEMORY, or
 * why @enrolled cannot be used.
 */
enum ffav_crypto_result ffav_chain_ends_in(struct ffav_chain *chain,
					   struct ffav_bytes enrolled);

/** ffav_chain_top() - The certificate of the chain that is farthest from the signer's. */
const struct ffav_certificate *ffav_chain_top(const struct ffav_chain *chain);

#endif
