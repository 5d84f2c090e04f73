// SPDX-License-Identifier: BSD-3-Clause
/*
 * Fuzz target: a SignedData, as far as it can be followed without knowing what was signed.
 *
 * What must hold: what was found lies within the bytes, an error's offset too, and a chain
 * is never longer than it may be, whatever the certificates claim.
 */
#include <stdlib.h>

#include "secure/variables/auth/signed_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void must_lie_within(struct ffav_bytes part, const uint8_t *data, size_t size)
{
	must(part.data >= data && part.size <= size &&
	     (size_t)(part.data - data) <= size - part.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t digest[FFAV_HASH_SIZE_MAX] = {0};
	struct ffav_signed_data s;
	struct ffav_chain chain;
	size_t offset = SIZE_MAX;

	if (ffav_signed_data_parse(&s, (struct ffav_bytes){.data = data, .size = size},
				   &offset)) {
		must(offset <= size);
		return 0;
	}
	must(s.certificate_count && s.certificate_count <= FFAV_CHAIN_BAG_MAX);
	for (size_t i = 0; i < s.certificate_count; i++)
		must_lie_within(s.certificates[i], data, size);
	must_lie_within(s.issuer, data, size);
	must_lie_within(s.serial, data, size);
	must_lie_within(s.signature.bytes, data, size);
	must(s.signature.kind != FFAV_SIGNATURE_UNKNOWN);
	must(s.signature.hash != FFAV_HASH_NONE);
	if (ffav_chain_build(&chain, s.certificates, s.certificate_count, s.issuer, s.serial))
		return 0;
	must(chain.count && chain.count <= s.certificate_count);
	for (size_t i = 0; i < chain.count; i++)
		must(chain.depth[i] < FFAV_CHAIN_MAX);
	/* Nobody has signed zeros. */
	must(ffav_signature_verify(&chain.certificates[0], &s.signature, digest) !=
	     FFAV_CRYPTO_OK);
	must(ffav_chain_ends_in(&chain, ffav_chain_top(&chain)->der) == FFAV_CRYPTO_OK);
	return 0;
}
