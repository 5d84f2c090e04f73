// SPDX-License-Identifier: BSD-3-Clause
/* Chains of certificates; RFC 5280 section 6 without the dates and the revocation lists. */
#include "secure/crypto/chain.h"

/*
 * May @issuer stand above a certificate that is @depth steps away from the signer's?
 * Between them and the signer's stand @depth certificates, which a path limit counts.
 */
static bool may_stand_above(const struct ffav_certificate *issuer, unsigned int depth)
{
	return issuer->may_issue &&
	       (issuer->path_max < 0 || depth <= (unsigned int)issuer->path_max);
}

static enum ffav_crypto_result issued(struct ffav_chain *chain,
				      const struct ffav_certificate *issuer, size_t subject)
{
	const struct ffav_certificate *c = &chain->certificates[subject];

	if (!may_stand_above(issuer, chain->depth[subject]) ||
	    !ffav_bytes_equal(issuer->subject, c->issuer))
		return FFAV_CRYPTO_MISMATCH;
	if (!chain->work)
		return FFAV_CRYPTO_UNSUPPORTED;
	chain->work--;
	return ffav_certificate_issued(issuer, c);
}

static bool reached(const struct ffav_chain *chain, struct ffav_bytes der)
{
	for (size_t i = 0; i < chain->count; i++) {
		if (ffav_bytes_equal(chain->certificates[i].der, der))
			return true;
	}
	return false;
}

static enum ffav_crypto_result find_signer(struct ffav_chain *chain,
					   const struct ffav_bytes *bag, size_t count,
					   struct ffav_bytes issuer, struct ffav_bytes serial)
{
	struct ffav_certificate *signer = &chain->certificates[0];
	enum ffav_crypto_result why = FFAV_CRYPTO_MISMATCH;

	for (size_t i = 0; i < count; i++) {
		enum ffav_crypto_result result = ffav_certificate_parse(signer, bag[i]);

		if (result == FFAV_CRYPTO_NO_MEMORY)
			return result;
		if (!result && ffav_bytes_equal(signer->issuer, issuer) &&
		    ffav_bytes_equal(signer->serial, serial)) {
			chain->depth[0] = 0;
			chain->count = 1;
			return FFAV_CRYPTO_OK;
		}
		/* It may have been the signer's; if no other is, that is why. */
		if (result)
			why = result;
	}
	return why;
}

/* Add what issued the certificate number @at. */
static enum ffav_crypto_result climb(struct ffav_chain *chain, const struct ffav_bytes *bag,
				     size_t count, size_t at)
{
	for (size_t i = 0; i < count; i++) {
		struct ffav_certificate *next = &chain->certificates[chain->count];
		enum ffav_crypto_result result;

		if (reached(chain, bag[i]))
			continue;
		result = ffav_certificate_parse(next, bag[i]);
		if (!result)
			result = issued(chain, next, at);
		if (result == FFAV_CRYPTO_NO_MEMORY)
			return result;
		if (!result)
			chain->depth[chain->count++] = (uint8_t)(chain->depth[at] + 1);
	}
	return FFAV_CRYPTO_OK;
}

enum ffav_crypto_result ffav_chain_build(struct ffav_chain *chain, const struct ffav_bytes *bag,
					 size_t count, struct ffav_bytes issuer,
					 struct ffav_bytes serial)
{
	enum ffav_crypto_result result;

	chain->count = 0;
	chain->work = FFAV_CHAIN_WORK_MAX;
	if (count > FFAV_CHAIN_BAG_MAX)
		return FFAV_CRYPTO_UNSUPPORTED;
	result = find_signer(chain, bag, count, issuer, serial);
	/*
	 * Breadth first: each certificate is reached by its shortest way, and once. A bag of
	 * distinct certificates cannot overflow the chain, and one that is in the bag twice is
	 * not reached twice.
	 */
	for (size_t at = 0; !result && at < chain->count; at++) {
		if (chain->depth[at] + 1u < FFAV_CHAIN_MAX && chain->count < FFAV_CHAIN_BAG_MAX)
			result = climb(chain, bag, count, at);
	}
	return result;
}

enum ffav_crypto_result ffav_chain_ends_in(struct ffav_chain *chain, struct ffav_bytes enrolled)
{
	struct ffav_certificate anchor;
	enum ffav_crypto_result result;

	if (reached(chain, enrolled))
		return FFAV_CRYPTO_OK;
	result = ffav_certificate_parse(&anchor, enrolled);
	if (result)
		return result;
	for (size_t at = 0; at < chain->count; at++) {
		if (chain->depth[at] + 1u >= FFAV_CHAIN_MAX)
			continue;
		result = issued(chain, &anchor, at);
		if (result == FFAV_CRYPTO_OK || result == FFAV_CRYPTO_NO_MEMORY)
			return result;
	}
	return FFAV_CRYPTO_MISMATCH;
}

const struct ffav_certificate *ffav_chain_top(const struct ffav_chain *chain)
{
	return &chain->certificates[chain->count - 1];
}
