// SPDX-License-Identifier: BSD-3-Clause
/* The frame around a signature: what is accepted, and each thing that is not. */
#include "tests/unit/auth/vectors.h"

#include <stdlib.h>
#include <string.h>

#include "secure/variables/auth/signed_data.h"

static const uint8_t text[] = "What is signed.";

/** struct keys - Made once: they take a while. */
struct keys {
	struct vec_id root, leaf, ec, rsa4096;
};

static int make_keys(void **state)
{
	struct keys *k = calloc(1, sizeof(*k));

	if (!k)
		return -1;
	vec_new_rsa(&k->root, "Root", NULL, VEC_CA);
	vec_new_rsa(&k->leaf, "Leaf", &k->root, VEC_LEAF);
	k->ec.key = vec_ec("P-384");
	vec_issue(&k->ec, "Curve", NULL, VEC_CA, "SHA384");
	k->rsa4096.key = vec_rsa(4096, 65537);
	vec_issue(&k->rsa4096, "Large", NULL, VEC_CA, "SHA512");
	*state = k;
	return 0;
}

static int free_keys(void **state)
{
	struct keys *k = *state;

	vec_free(&k->root);
	vec_free(&k->leaf);
	vec_free(&k->ec);
	vec_free(&k->rsa4096);
	free(k);
	return 0;
}

static const char *parse(struct ffav_signed_data *s, const struct vec_buffer *b, size_t *offset)
{
	return ffav_signed_data_parse(s, (struct ffav_bytes){.data = b->data, .size = b->size},
				      offset);
}

/* Parse, find the signer, verify. */
static void expect_good(const struct vec_signer *signer)
{
	struct ffav_bytes piece = {text, sizeof(text)};
	uint8_t digest[FFAV_HASH_SIZE_MAX];
	struct vec_buffer b = {0};
	struct ffav_signed_data s;
	struct ffav_chain chain;
	size_t offset;

	vec_sign(&b, signer, text, sizeof(text));
	assert_null(parse(&s, &b, &offset));
	assert_int_equal(s.certificate_count, 1 + signer->other_count);
	assert_int_equal(ffav_chain_build(&chain, s.certificates, s.certificate_count, s.issuer,
					  s.serial),
			 FFAV_CRYPTO_OK);
	assert_true(ffav_hash_compute(s.signature.hash, &piece, 1, digest));
	assert_int_equal(ffav_signature_verify(&chain.certificates[0], &s.signature, digest),
			 FFAV_CRYPTO_OK);
	assert_int_equal(ffav_chain_ends_in(&chain, vec_der(signer->id)), FFAV_CRYPTO_OK);
	vec_drop(&b);
}

static void every_form_is_accepted(void **state)
{
	static const char *const hashes[] = {"SHA256", "SHA384", "SHA512"};
	const struct keys *k = *state;
	const struct vec_id *const signers[] = {&k->leaf, &k->ec, &k->rsa4096};
	const struct vec_id *const others[] = {&k->root, &k->ec};

	for (unsigned int i = 0; i < 3; i++) {
		for (unsigned int h = 0; h < 3; h++) {
			struct vec_signer s = {.id = signers[i], .hash = hashes[h]};

			expect_good(&s);
			s.flags = VEC_WRAPPED;
			expect_good(&s);
		}
	}
	/* Certificates in any order, content that is there but does not matter. */
	expect_good(&(struct vec_signer){
		.id = &k->leaf, .hash = "SHA256", .others = others, .other_count = 2});
	expect_good(&(struct vec_signer){.id = &k->leaf,
					 .hash = "SHA256",
					 .others = others,
					 .other_count = 2,
					 .flags = VEC_REVERSED | VEC_CONTENT});
}

static void expect_refused(const struct vec_signer *signer, const char *words)
{
	struct vec_buffer b = {0};
	struct ffav_signed_data s;
	const char *why;
	size_t offset;

	vec_sign(&b, signer, text, sizeof(text));
	why = parse(&s, &b, &offset);
	assert_non_null(why);
	assert_non_null(strstr(why, words));
	assert_in_range(offset, 1, b.size);
	vec_drop(&b);
}

static void what_uefi_does_not_allow_is_refused(void **state)
{
	const struct keys *k = *state;
	const struct vec_id *many[FFAV_CHAIN_BAG_MAX];

	for (unsigned int i = 0; i < FFAV_CHAIN_BAG_MAX; i++)
		many[i] = &k->root;
	expect_refused(
		&(struct vec_signer){.id = &k->leaf, .hash = "SHA256", .flags = VEC_ATTRIBUTES},
		"authenticated attributes");
	expect_refused(&(struct vec_signer){.id = &k->leaf, .hash = "SHA1"}, "hash is not SHA");
	expect_refused(&(struct vec_signer){.id = &k->leaf,
					    .hash = "SHA256",
					    .flags = VEC_NO_CERTIFICATES},
		       "no certificates");
	expect_refused(&(struct vec_signer){.id = &k->leaf,
					    .hash = "SHA256",
					    .others = many,
					    .other_count = FFAV_CHAIN_BAG_MAX},
		       "more than 16");
}

/* A message that ends at any byte, in memory that ends there too, is refused. */
static void cut_off_anywhere_is_refused(void **state)
{
	const struct keys *k = *state;

	for (unsigned int wrapped = 0; wrapped < 2; wrapped++) {
		struct vec_signer signer = {
			.id = &k->leaf, .hash = "SHA256", .flags = wrapped ? VEC_WRAPPED : 0};
		struct vec_buffer b = {0};
		struct ffav_signed_data s;
		size_t offset;

		vec_sign(&b, &signer, text, sizeof(text));
		for (size_t size = 0; size < b.size; size++) {
			struct vec_buffer part = {.data = malloc(size ? size : 1),
						  .size = size};

			assert_non_null(part.data);
			memcpy(part.data, b.data, size);
			assert_non_null(parse(&s, &part, &offset));
			assert_true(offset <= size);
			free(part.data);
		}
		vec_append(&b, "", 1);
		assert_non_null(strstr(parse(&s, &b, &offset), "follows"));
		assert_int_equal(offset, b.size - 1);
		vec_drop(&b);
	}
}

/* Any one byte changed: never beyond the bytes, and what is still accepted lies within. */
static void changed_anywhere_stays_within(void **state)
{
	static const uint8_t flips[] = {0x01, 0x80, 0xff};
	const struct keys *k = *state;
	struct vec_signer signer = {.id = &k->ec, .hash = "SHA384", .flags = VEC_WRAPPED};
	struct vec_buffer b = {0};
	struct ffav_signed_data s;
	size_t offset;

	vec_sign(&b, &signer, text, sizeof(text));
	for (size_t i = 0; i < b.size; i++) {
		for (size_t f = 0; f < sizeof(flips); f++) {
			b.data[i] ^= flips[f];
			if (!parse(&s, &b, &offset)) {
				assert_true(s.signature.bytes.data >= b.data);
				assert_true(s.signature.bytes.data + s.signature.bytes.size <=
					    b.data + b.size);
			} else {
				assert_true(offset <= b.size);
			}
			b.data[i] ^= flips[f];
		}
	}
	vec_drop(&b);
}

static const char *parse_bytes(const uint8_t *bytes, size_t size)
{
	struct ffav_signed_data s;
	size_t offset;

	return ffav_signed_data_parse(&s, (struct ffav_bytes){.data = bytes, .size = size},
				      &offset);
}

static void lengths_that_are_not_der_are_refused(void **state)
{
	static const uint8_t indefinite[] = {0x30, 0x80, 0x02, 0x01, 0x01, 0x00, 0x00};
	static const uint8_t long_form[] = {0x30, 0x81, 0x03, 0x02, 0x01, 0x01};
	static const uint8_t leading_zero[] = {0x30, 0x82, 0x00, 0x83, 0x02, 0x01, 0x01};
	static const uint8_t huge[] = {0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x02};
	static const uint8_t wider[] = {0x30, 0x88, 0, 0, 0, 0, 0, 0, 0, 3, 2, 1, 1};

	(void)state;
	assert_non_null(strstr(parse_bytes(indefinite, sizeof(indefinite)), "SEQUENCE"));
	assert_non_null(strstr(parse_bytes(long_form, sizeof(long_form)), "SEQUENCE"));
	assert_non_null(strstr(parse_bytes(leading_zero, sizeof(leading_zero)), "SEQUENCE"));
	assert_non_null(strstr(parse_bytes(huge, sizeof(huge)), "SEQUENCE"));
	assert_non_null(strstr(parse_bytes(wider, sizeof(wider)), "SEQUENCE"));
	assert_non_null(parse_bytes(NULL, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_is_accepted),
		cmocka_unit_test(what_uefi_does_not_allow_is_refused),
		cmocka_unit_test(cut_off_anywhere_is_refused),
		cmocka_unit_test(changed_anywhere_stays_within),
		cmocka_unit_test(lengths_that_are_not_der_are_refused),
	};

	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
