// SPDX-License-Identifier: BSD-3-Clause
/* Hashes, certificates, signatures and chains: made by OpenSSL, judged by us. */
#include "tests/unit/auth/vectors.h"

#include <stdlib.h>
#include <string.h>

#include "secure/crypto/chain.h"

static void hashes_are_right(void **state)
{
	static const char *const names[] = {"SHA256", "SHA384", "SHA512"};
	uint8_t text[300], expected[64], digest[64];
	unsigned int size;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)(i * 7);
	for (unsigned int i = 0; i < 3; i++) {
		enum ffav_hash hash = (enum ffav_hash)(FFAV_HASH_SHA256 + i);
		const struct ffav_bytes pieces[] = {{text, 1}, {NULL, 0}, {text + 1, 299}};

		assert_true(EVP_Digest(text, sizeof(text), expected, &size,
				       EVP_get_digestbyname(names[i]), NULL));
		assert_int_equal(ffav_hash_size(hash), size);
		assert_true(ffav_hash_compute(hash, pieces, 3, digest));
		assert_memory_equal(digest, expected, size);
	}
	assert_int_equal(ffav_hash_size(FFAV_HASH_NONE), 0);
	assert_false(ffav_hash_compute(FFAV_HASH_NONE, NULL, 0, digest));
}

static void certificate_is_taken_apart(void **state)
{
	static const uint8_t name[] = "Somebody";
	struct ffav_certificate c;
	struct vec_id root, leaf;

	(void)state;
	vec_new_rsa(&root, "Root", NULL, 3);
	vec_new(&leaf, "Somebody", &root, VEC_LEAF);
	assert_int_equal(ffav_certificate_parse(&c, vec_der(&leaf)), FFAV_CRYPTO_OK);
	assert_true(ffav_bytes_equal(c.der, vec_der(&leaf)));
	assert_int_equal(c.common_name.size, 8);
	assert_memory_equal(c.common_name.data, name, 8);
	assert_false(c.may_issue);
	assert_int_equal(c.path_max, -1);
	assert_int_equal(c.signature.kind, FFAV_SIGNATURE_RSA);
	assert_int_equal(c.signature.hash, FFAV_HASH_SHA256);
	assert_int_equal(ffav_certificate_parse(&c, vec_der(&root)), FFAV_CRYPTO_OK);
	assert_true(c.may_issue);
	assert_int_equal(c.path_max, 3);
	assert_true(ffav_bytes_equal(c.issuer, c.subject));
	vec_free(&root);
	vec_free(&leaf);
}

static void broken_certificates_are_refused(void **state)
{
	struct ffav_certificate c;
	struct ffav_bytes der;
	struct vec_id id;
	uint8_t *copy;

	(void)state;
	vec_new_rsa(&id, "Root", NULL, VEC_CA);
	for (size_t size = 0; size < id.der_size; size++) {
		/* Memory of just that size, so that a read beyond it is seen. */
		copy = malloc(size ? size : 1);
		assert_non_null(copy);
		memcpy(copy, id.der, size);
		der = (struct ffav_bytes){.data = copy, .size = size};
		assert_int_not_equal(ffav_certificate_parse(&c, der), FFAV_CRYPTO_OK);
		free(copy);
	}
	copy = calloc(1, id.der_size + 1);
	assert_non_null(copy);
	memcpy(copy, id.der, id.der_size);
	der = (struct ffav_bytes){.data = copy, .size = id.der_size + 1};
	assert_int_equal(ffav_certificate_parse(&c, der), FFAV_CRYPTO_MALFORMED);
	free(copy);
	vec_free(&id);
}

static void expect_key(EVP_PKEY *key, const char *hash, enum ffav_crypto_result expected)
{
	struct ffav_certificate c;
	struct vec_id id = {.key = key};

	vec_issue(&id, "Key", NULL, VEC_CA, hash);
	assert_int_equal(ffav_certificate_parse(&c, vec_der(&id)), expected);
	if (!expected)
		assert_int_equal(ffav_certificate_issued(&c, &c), FFAV_CRYPTO_OK);
	vec_free(&id);
}

static void every_algorithm_is_verified(void **state)
{
	(void)state;
	expect_key(vec_rsa(2048, 65537), "SHA256", FFAV_CRYPTO_OK);
	expect_key(vec_rsa(2048, 65537), "SHA384", FFAV_CRYPTO_OK);
	expect_key(vec_rsa(3072, 3), "SHA512", FFAV_CRYPTO_OK);
	expect_key(vec_rsa(4096, 65537), "SHA256", FFAV_CRYPTO_OK);
	expect_key(vec_ec("P-256"), "SHA256", FFAV_CRYPTO_OK);
	expect_key(vec_ec("P-384"), "SHA384", FFAV_CRYPTO_OK);
	expect_key(vec_ec("P-521"), "SHA512", FFAV_CRYPTO_OK);
}

static void weak_and_strange_keys_are_refused(void **state)
{
	struct ffav_certificate c;
	struct vec_id id = {.key = vec_rsa(2048, 65537)};

	(void)state;
	expect_key(vec_rsa(1024, 65537), "SHA256", FFAV_CRYPTO_UNSUPPORTED);
	expect_key(vec_ec("brainpoolP256r1"), "SHA256", FFAV_CRYPTO_UNSUPPORTED);
	/* A certificate that was signed with SHA-1 can be enrolled, but proves nothing. */
	vec_issue(&id, "Old", NULL, VEC_CA, "SHA1");
	assert_int_equal(ffav_certificate_parse(&c, vec_der(&id)), FFAV_CRYPTO_OK);
	assert_int_equal(ffav_certificate_issued(&c, &c), FFAV_CRYPTO_UNSUPPORTED);
	vec_free(&id);
}

static void wrong_signatures_are_refused(void **state)
{
	uint8_t digest[32] = {1, 2, 3}, bytes[512];
	struct ffav_signature s = {.kind = FFAV_SIGNATURE_RSA,
				   .hash = FFAV_HASH_SHA256,
				   .bytes = {.data = bytes, .size = 256}};
	struct ffav_certificate c, d;
	struct vec_id id, other, ec = {.key = vec_ec("P-256")};
	EVP_PKEY_CTX *ctx;
	size_t size = sizeof(bytes);

	(void)state;
	vec_new_rsa(&id, "Signer", NULL, VEC_CA);
	vec_new_rsa(&other, "Signer", NULL, VEC_CA);
	vec_issue(&ec, "Signer", NULL, VEC_CA, "SHA256");
	ctx = EVP_PKEY_CTX_new(id.key, NULL);
	assert_true(EVP_PKEY_sign_init(ctx) > 0);
	assert_true(EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) > 0);
	assert_true(EVP_PKEY_sign(ctx, bytes, &size, digest, sizeof(digest)) > 0);
	EVP_PKEY_CTX_free(ctx);
	assert_int_equal(ffav_certificate_parse(&c, vec_der(&id)), FFAV_CRYPTO_OK);
	assert_int_equal(ffav_signature_verify(&c, &s, digest), FFAV_CRYPTO_OK);

	digest[31] ^= 1;
	assert_int_equal(ffav_signature_verify(&c, &s, digest), FFAV_CRYPTO_MISMATCH);
	digest[31] ^= 1;
	for (size_t i = 0; i < size; i += 17) {
		bytes[i] ^= 0x10;
		assert_int_equal(ffav_signature_verify(&c, &s, digest), FFAV_CRYPTO_MISMATCH);
		bytes[i] ^= 0x10;
	}
	for (s.bytes.size = 0; s.bytes.size <= 300; s.bytes.size++) {
		if (s.bytes.size != 256)
			assert_int_equal(ffav_signature_verify(&c, &s, digest),
					 FFAV_CRYPTO_MISMATCH);
	}
	s.bytes.size = 256;
	s.hash = FFAV_HASH_SHA384;
	assert_int_equal(ffav_signature_verify(&c, &s, bytes), FFAV_CRYPTO_MISMATCH);
	s.hash = FFAV_HASH_NONE;
	assert_int_equal(ffav_signature_verify(&c, &s, digest), FFAV_CRYPTO_UNSUPPORTED);
	s.hash = FFAV_HASH_SHA256;
	s.kind = FFAV_SIGNATURE_ECDSA;
	assert_int_equal(ffav_signature_verify(&c, &s, digest), FFAV_CRYPTO_MISMATCH);
	s.kind = FFAV_SIGNATURE_RSA;
	assert_int_equal(ffav_certificate_parse(&d, vec_der(&other)), FFAV_CRYPTO_OK);
	assert_int_equal(ffav_signature_verify(&d, &s, digest), FFAV_CRYPTO_MISMATCH);
	assert_int_equal(ffav_certificate_parse(&d, vec_der(&ec)), FFAV_CRYPTO_OK);
	assert_int_equal(ffav_signature_verify(&d, &s, digest), FFAV_CRYPTO_MISMATCH);
	/* Same name, other key. */
	assert_int_equal(ffav_certificate_issued(&d, &c), FFAV_CRYPTO_MISMATCH);
	vec_free(&id);
	vec_free(&other);
	vec_free(&ec);
}

/* Build the chain of the first one in a bag of these, in this order. */
static enum ffav_crypto_result build(struct ffav_chain *chain, const struct vec_id *signer,
				     const struct vec_id *const *ids, size_t count)
{
	struct ffav_bytes bag[FFAV_CHAIN_BAG_MAX];
	struct ffav_certificate c;

	assert_int_equal(ffav_certificate_parse(&c, vec_der(signer)), FFAV_CRYPTO_OK);
	for (size_t i = 0; i < count; i++)
		bag[i] = vec_der(ids[i]);
	return ffav_chain_build(chain, bag, count, c.issuer, c.serial);
}

#define LONGEST 9u

static void chains_up_to_eight(void **state)
{
	struct vec_id ids[LONGEST + 1];
	const struct vec_id *bag[LONGEST];
	struct ffav_chain chain;
	char name[8];

	(void)state;
	/* ids[0] is the root, ids[LONGEST] the leaf below all of them. */
	for (unsigned int i = 0; i <= LONGEST; i++) {
		snprintf(name, sizeof(name), "CA%u", i);
		vec_new(&ids[i], name, i ? &ids[i - 1] : NULL, i < LONGEST ? VEC_CA : VEC_LEAF);
	}
	for (unsigned int order = 0; order < 3; order++) {
		for (unsigned int i = 0; i < LONGEST; i++)
			bag[order == 0   ? i
			    : order == 1 ? LONGEST - 1 - i
					 : (i * 4) % LONGEST] = &ids[i + 1];
		assert_int_equal(build(&chain, &ids[LONGEST], bag, LONGEST), FFAV_CRYPTO_OK);
		assert_int_equal(chain.count, FFAV_CHAIN_MAX);
		/* The eighth from the leaf is ids[2]; enrolled beyond it is too far. */
		for (unsigned int i = 0; i <= LONGEST; i++)
			assert_int_equal(ffav_chain_ends_in(&chain, vec_der(&ids[i])),
					 i >= 2 ? FFAV_CRYPTO_OK : FFAV_CRYPTO_MISMATCH);
		assert_true(ffav_bytes_equal(ffav_chain_top(&chain)->der, vec_der(&ids[2])));
	}
	/* Enrolled and not in the bag: seven below it are enough. */
	for (unsigned int i = 0; i < 7; i++)
		bag[i] = &ids[LONGEST - i];
	assert_int_equal(build(&chain, &ids[LONGEST], bag, 7), FFAV_CRYPTO_OK);
	assert_int_equal(ffav_chain_ends_in(&chain, vec_der(&ids[2])), FFAV_CRYPTO_OK);
	assert_int_equal(ffav_chain_ends_in(&chain, vec_der(&ids[1])), FFAV_CRYPTO_MISMATCH);
	/* One missing in the middle. */
	bag[2] = &ids[1];
	assert_int_equal(build(&chain, &ids[LONGEST], bag, 7), FFAV_CRYPTO_OK);
	assert_int_equal(chain.count, 2);
	assert_int_equal(ffav_chain_ends_in(&chain, vec_der(&ids[6])), FFAV_CRYPTO_MISMATCH);
	assert_int_equal(ffav_chain_ends_in(&chain, vec_der(&ids[7])), FFAV_CRYPTO_OK);
	for (unsigned int i = 0; i <= LONGEST; i++)
		vec_free(&ids[i]);
}

static void only_an_authority_issues(void **state)
{
	struct vec_id root, limited, middle, leaf, below, v1, v1_leaf;
	const struct vec_id *bag[4];
	struct ffav_chain chain;

	(void)state;
	vec_new(&root, "Root", NULL, VEC_CA);
	vec_new(&leaf, "Leaf", &root, VEC_LEAF);
	/* The owner of a leaf certificate cannot make others. */
	vec_new(&below, "Below", &leaf, VEC_LEAF);
	bag[0] = &below;
	bag[1] = &leaf;
	assert_int_equal(build(&chain, &below, bag, 2), FFAV_CRYPTO_OK);
	assert_int_equal(chain.count, 1);
	assert_int_equal(ffav_chain_ends_in(&chain, vec_der(&root)), FFAV_CRYPTO_MISMATCH);
	assert_int_equal(ffav_chain_ends_in(&chain, vec_der(&leaf)), FFAV_CRYPTO_MISMATCH);
	assert_int_equal(ffav_chain_ends_in(&chain, vec_der(&below)), FFAV_CRYPTO_OK);
	vec_free(&below);
	/* A limit of 0 allows signers, and no authority in between. */
	vec_new(&limited, "Limited", &root, 0);
	vec_new(&middle, "Middle", &limited, VEC_CA);
	vec_new(&below, "Below", &middle, VEC_LEAF);
	bag[0] = &below;
	bag[1] = &middle;
	assert_int_equal(build(&chain, &below, bag, 2), FFAV_CRYPTO_OK);
	assert_int_equal(ffav_chain_ends_in(&chain, vec_der(&limited)), FFAV_CRYPTO_MISMATCH);
	assert_int_equal(build(&chain, &middle, &bag[1], 1), FFAV_CRYPTO_OK);
	assert_int_equal(ffav_chain_ends_in(&chain, vec_der(&limited)), FFAV_CRYPTO_OK);
	/* Version 1 has no extensions: only a self-issued one is an authority. */
	vec_new(&v1, "V1", NULL, VEC_V1);
	vec_new(&v1_leaf, "V1 leaf", &v1, VEC_LEAF);
	bag[0] = &v1_leaf;
	assert_int_equal(build(&chain, &v1_leaf, bag, 1), FFAV_CRYPTO_OK);
	assert_int_equal(ffav_chain_ends_in(&chain, vec_der(&v1)), FFAV_CRYPTO_OK);
	vec_free(&root);
	vec_free(&limited);
	vec_free(&middle);
	vec_free(&leaf);
	vec_free(&below);
	vec_free(&v1);
	vec_free(&v1_leaf);
}

/* A bag of authorities with one name and one key: each could have issued each. */
static void tangled_bags_end(void **state)
{
	struct vec_id ids[FFAV_CHAIN_BAG_MAX], stranger;
	const struct vec_id *bag[FFAV_CHAIN_BAG_MAX];
	struct ffav_chain chain;

	(void)state;
	vec_new(&ids[0], "Tangle", NULL, VEC_CA);
	for (unsigned int i = 0; i < FFAV_CHAIN_BAG_MAX; i++) {
		if (i) {
			EVP_PKEY_up_ref(ids[0].key);
			ids[i].key = ids[0].key;
			vec_issue(&ids[i], "Tangle", &ids[0], VEC_CA, "SHA256");
		}
		bag[i] = &ids[i];
	}
	vec_new(&stranger, "Tangle", NULL, VEC_CA);
	assert_int_equal(build(&chain, &ids[3], bag, FFAV_CHAIN_BAG_MAX), FFAV_CRYPTO_OK);
	assert_int_equal(chain.count, FFAV_CHAIN_BAG_MAX);
	assert_int_equal(ffav_chain_ends_in(&chain, vec_der(&stranger)), FFAV_CRYPTO_MISMATCH);
	assert_int_equal(ffav_chain_ends_in(&chain, vec_der(&ids[9])), FFAV_CRYPTO_OK);
	/* The work is bounded however many are held against it. */
	for (unsigned int i = 0; i < 100; i++)
		(void)ffav_chain_ends_in(&chain, vec_der(&stranger));
	assert_int_equal(chain.work, 0);
	/* The same certificate again and again is one certificate. */
	for (unsigned int i = 0; i < FFAV_CHAIN_BAG_MAX; i++)
		bag[i] = &ids[i % 2];
	assert_int_equal(build(&chain, &ids[0], bag, FFAV_CHAIN_BAG_MAX), FFAV_CRYPTO_OK);
	assert_int_equal(chain.count, 2);
	for (unsigned int i = 0; i < FFAV_CHAIN_BAG_MAX; i++)
		vec_free(&ids[i]);
	vec_free(&stranger);
}

static void signer_must_be_in_the_bag(void **state)
{
	struct vec_id root, leaf;
	const struct vec_id *bag[1] = {&root};
	struct ffav_chain chain;

	(void)state;
	vec_new(&root, "Root", NULL, VEC_CA);
	vec_new(&leaf, "Leaf", &root, VEC_LEAF);
	assert_int_equal(build(&chain, &leaf, bag, 1), FFAV_CRYPTO_MISMATCH);
	assert_int_equal(build(&chain, &leaf, bag, 0), FFAV_CRYPTO_MISMATCH);
	vec_free(&root);
	vec_free(&leaf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_are_right),
		cmocka_unit_test(certificate_is_taken_apart),
		cmocka_unit_test(broken_certificates_are_refused),
		cmocka_unit_test(every_algorithm_is_verified),
		cmocka_unit_test(weak_and_strange_keys_are_refused),
		cmocka_unit_test(wrong_signatures_are_refused),
		cmocka_unit_test(chains_up_to_eight),
		cmocka_unit_test(only_an_authority_issues),
		cmocka_unit_test(tangled_bags_end),
		cmocka_unit_test(signer_must_be_in_the_bag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
