// SPDX-License-Identifier: BSD-3-Clause
/* Private authenticated variables: the first signer owns the variable; UEFI 2.10 section 8.2.2. */
#include "tests/unit/auth/service.h"

#include <stdlib.h>
#include <string.h>

static struct vec_buffer bytes_of(const char *text)
{
	struct vec_buffer b = {0};

	vec_append(&b, text, strlen(text));
	return b;
}

static void first_signer_owns_the_variable(void **state)
{
	struct svc *s = *state;
	struct vec_buffer one = bytes_of("one"), two = bytes_of("two");
	struct vec_id twin;

	assert_int_equal(svc_write(s, &fx_guid, "V", KEY, &s->kek, 1, &one), EFI_SUCCESS);
	fx_expect(&s->f, &fx_guid, "V", KEY, "one", 3);
	fx_reset(&s->f);
	assert_int_equal(svc_write(s, &fx_guid, "V", KEY, &s->other, 2, &two),
			 EFI_SECURITY_VIOLATION);
	assert_true(fx_reported("SetVariable refused: another signer than the one"));
	/* The same name on another certificate is somebody else. */
	vec_new(&twin, "Exchange", NULL, VEC_CA);
	assert_int_equal(svc_write(s, &fx_guid, "V", KEY, &twin, 2, &two),
			 EFI_SECURITY_VIOLATION);
	vec_free(&twin);
	/* PK's owner has no say in it. */
	assert_int_equal(svc_write(s, &fx_guid, "V", KEY, &s->pk, 2, &two),
			 EFI_SECURITY_VIOLATION);
	assert_int_equal(svc_write(s, &fx_guid, "V", KEY, &s->kek, 2, &two), EFI_SUCCESS);
	fx_expect(&s->f, &fx_guid, "V", KEY, "two", 3);
	/* Deleted, the name is free for anybody. */
	assert_int_equal(svc_write(s, &fx_guid, "V", KEY, &s->other, 3, NULL),
			 EFI_SECURITY_VIOLATION);
	assert_int_equal(svc_write(s, &fx_guid, "V", KEY, &s->kek, 3, NULL), EFI_SUCCESS);
	fx_absent(&s->f, "V");
	assert_int_equal(svc_write(s, &fx_guid, "V", KEY, &s->kek, 4, NULL), EFI_NOT_FOUND);
	assert_int_equal(svc_write(s, &fx_guid, "V", KEY, &s->other, 1, &one), EFI_SUCCESS);
	vec_drop(&one);
	vec_drop(&two);
}

/* Who owns it is the name of the signer and who answers for him, not the signer's key. */
static void a_renewed_certificate_stays_the_owner(void **state)
{
	struct svc *s = *state;
	struct vec_buffer one = bytes_of("one");
	const struct vec_id *const chain[] = {&s->kek};
	struct vec_id renewed, colleague;
	struct vec_signer signer = {.hash = "SHA256", .others = chain, .other_count = 1};

	vec_new(&renewed, "Signer", &s->kek, VEC_LEAF);
	vec_new(&colleague, "Colleague", &s->kek, VEC_LEAF);
	assert_int_equal(svc_write(s, &fx_guid, "V", KEY, &s->kek_leaf, 1, &one), EFI_SUCCESS);
	signer.id = &colleague;
	assert_int_equal(svc_write_by(s, &fx_guid, "V", KEY, &signer, 2, &one),
			 EFI_SECURITY_VIOLATION);
	signer.id = &renewed;
	signer.flags = VEC_REVERSED;
	assert_int_equal(svc_write_by(s, &fx_guid, "V", KEY, &signer, 2, &one), EFI_SUCCESS);
	/* Without the certificate of the one who answers for him he answers for himself. */
	signer.other_count = 0;
	assert_int_equal(svc_write_by(s, &fx_guid, "V", KEY, &signer, 3, &one),
			 EFI_SECURITY_VIOLATION);
	vec_free(&renewed);
	vec_free(&colleague);
	vec_drop(&one);
}

static void replay_and_downgrade_are_refused(void **state)
{
	struct svc *s = *state;
	struct vec_buffer one = bytes_of("one"), two = bytes_of("two");

	assert_int_equal(svc_write(s, &fx_guid, "V", KEY, &s->kek, 5, &one), EFI_SUCCESS);
	for (unsigned int reset = 0; reset < 2; reset++) {
		assert_int_equal(svc_write(s, &fx_guid, "V", KEY, &s->kek, 5, &one),
				 EFI_SECURITY_VIOLATION);
		assert_int_equal(svc_write(s, &fx_guid, "V", KEY, &s->kek, 4, &two),
				 EFI_SECURITY_VIOLATION);
		assert_int_equal(svc_write(s, &fx_guid, "V", KEY, &s->kek, 5, NULL),
				 EFI_SECURITY_VIOLATION);
		assert_true(fx_reported("the time stamp is not later"));
		fx_reset(&s->f);
	}
	fx_expect(&s->f, &fx_guid, "V", KEY, "one", 3);
	/* 2048 is later than 2047, though its low byte is smaller. */
	assert_int_equal(svc_write(s, &fx_guid, "V", KEY, &s->kek, 47 * 360, &one),
			 EFI_SUCCESS);
	assert_int_equal(svc_write(s, &fx_guid, "V", KEY, &s->kek, 48 * 360, &two),
			 EFI_SUCCESS);
	fx_reset(&s->f);
	assert_int_equal(svc_write(s, &fx_guid, "V", KEY, &s->kek, 47 * 360, &one),
			 EFI_SECURITY_VIOLATION);
	vec_drop(&one);
	vec_drop(&two);
}

static void attributes_stay(void **state)
{
	struct svc *s = *state;
	struct vec_buffer one = bytes_of("one"), two = bytes_of("two");

	assert_int_equal(svc_write(s, &fx_guid, "V", NV | BS | TA, &s->kek, 1, &one),
			 EFI_SUCCESS);
	assert_int_equal(svc_write(s, &fx_guid, "V", KEY, &s->kek, 2, &two),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(svc_write(s, &fx_guid, "V", NV | TA, &s->kek, 2, NULL),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(fx_set(&s->f, "V", NV | BS, "x", 1), EFI_WRITE_PROTECTED);
	assert_int_equal(fx_set(&s->f, "V", NV | BS | APP, "x", 1), EFI_WRITE_PROTECTED);
	assert_int_equal(fx_set(&s->f, "V", 0, NULL, 0), EFI_WRITE_PROTECTED);
	/* Appending: the data goes behind, the owner stays. */
	assert_int_equal(svc_write(s, &fx_guid, "V", NV | BS | TA | APP, &s->other, 2, &two),
			 EFI_SECURITY_VIOLATION);
	assert_int_equal(svc_write(s, &fx_guid, "V", NV | BS | TA | APP, &s->kek, 2, &two),
			 EFI_SUCCESS);
	fx_expect(&s->f, &fx_guid, "V", NV | BS | TA, "onetwo", 6);
	/* A plain variable does not become an authenticated one. */
	assert_int_equal(fx_set(&s->f, "W", NV | BS, "x", 1), EFI_SUCCESS);
	assert_int_equal(svc_write(s, &fx_guid, "W", NV | BS | TA, &s->kek, 2, &two),
			 EFI_INVALID_PARAMETER);
	/* Volatile ones exist, until reset. */
	assert_int_equal(svc_write(s, &fx_guid, "U", BS | TA, &s->kek, 1, &one), EFI_SUCCESS);
	assert_int_equal(svc_write(s, &fx_guid, "U", BS | TA, &s->other, 2, &one),
			 EFI_SECURITY_VIOLATION);
	fx_reset(&s->f);
	fx_absent(&s->f, "U");
	vec_drop(&one);
	vec_drop(&two);
}

static void locks_and_limits_hold(void **state)
{
	struct svc *s = *state;
	struct vec_buffer large = {0}, small = bytes_of("small");
	uint8_t *data = calloc(1, FX_DATA_MAX + 1);
	uint8_t *p = fx_payload(&s->f);

	assert_non_null(data);
	/* The limit is for the data; what is around it comes on top. */
	vec_append(&large, data, FX_DATA_MAX + 1);
	assert_int_equal(svc_write(s, &fx_guid, "V", KEY, &s->kek, 1, &large),
			 EFI_INVALID_PARAMETER);
	assert_true(fx_reported("the data is too large"));
	large.size--;
	assert_int_equal(svc_write(s, &fx_guid, "V", KEY, &s->kek, 1, &large), EFI_SUCCESS);
	fx_expect(&s->f, &fx_guid, "V", KEY, data, FX_DATA_MAX);
	assert_int_equal(svc_write(s, &fx_guid, "V", KEY | APP, &s->kek, 2, &small),
			 EFI_INVALID_PARAMETER);
	assert_true(fx_reported("the appended data becomes too large"));
	memcpy(p, &fx_guid, 16);
	ffav_put64(p + 16, 4);
	assert_int_equal(fx_call(&s->f, FFAV_VAR_LOCK, 24 + fx_name(p + 24, "V")), EFI_SUCCESS);
	assert_int_equal(svc_write(s, &fx_guid, "V", KEY, &s->kek, 2, &small),
			 EFI_WRITE_PROTECTED);
	free(data);
	vec_drop(&large);
	vec_drop(&small);
}

/* A stored variable without a registered signer, from an image that was made elsewhere. */
static void nobody_owns_what_has_no_owner(void **state)
{
	struct svc *s = *state;
	struct vec_buffer one = bytes_of("one");
	uint8_t key[64];
	struct ffav_store_change c = {.key = key, .attributes = KEY, .data = {{"auth", 4}}};

	c.key_size = fx_key(key, &fx_guid, "V");
	assert_int_equal(ffav_store_commit(&s->f.nonvolatile, &c, 1), FFAV_STORE_OK);
	assert_int_equal(svc_write(s, &fx_guid, "V", KEY, &s->kek, 1, &one),
			 EFI_SECURITY_VIOLATION);
	fx_expect(&s->f, &fx_guid, "V", KEY, "auth", 4);
	vec_drop(&one);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, svc_setup, svc_teardown)
	const struct CMUnitTest tests[] = {
		CASE(first_signer_owns_the_variable),
		CASE(a_renewed_certificate_stays_the_owner),
		CASE(replay_and_downgrade_are_refused),
		CASE(attributes_stay),
		CASE(locks_and_limits_hold),
		CASE(nobody_owns_what_has_no_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
