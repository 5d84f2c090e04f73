// SPDX-License-Identifier: BSD-3-Clause
/* The power goes at every flash operation of an authenticated write: old or new, whole. */
#include "tests/unit/auth/service.h"

#include <stdlib.h>
#include <string.h>

static jmp_buf powered_off;

static void lose_power(void *context)
{
	(void)context;
	longjmp(powered_off, 1);
}

/** struct write - A SetVariable that was signed beforehand. */
struct write {
	const struct efi_guid *guid;
	const char *name;
	uint32_t attributes;
	struct vec_buffer bytes;
};

static void make(struct write *w, const struct efi_guid *guid, const char *name,
		 uint32_t attributes, const struct vec_id *signer, unsigned int year,
		 const void *data, size_t size)
{
	struct vec_signer by = {.id = signer, .hash = "SHA256"};
	uint8_t time[EFI_TIME_SIZE];

	*w = (struct write){.guid = guid, .name = name, .attributes = attributes};
	vec_time(time, &(struct vec_time){year, 1, 1, 0, 0, 0});
	vec_write(&w->bytes, signer ? &by : NULL, time, name, guid, attributes, data, size);
}

static efi_status_t send(struct svc *s, const struct write *w)
{
	return fx_set_guid(&s->f, w->guid, w->name, w->attributes, w->bytes.data,
			   w->bytes.size);
}

/**
 * struct scenario - A change in which the power goes.
 * @before: makes the state before
 * @change: the change
 * @check: asserts that the state is the one before or the one after, whole
 */
struct scenario {
	void (*before)(struct svc *s);
	efi_status_t (*change)(struct svc *s);
	void (*check)(struct svc *s, bool finished);
};

/* Cut at one step in one way. Return: false once the change has no such step. */
static bool cut_once(struct svc *s, const struct scenario *c, uint64_t step,
		     enum ffav_nor_cut cut)
{
	volatile bool finished = false;

	fx_close(&s->f);
	fx_open(&s->f);
	c->before(s);
	s->f.nor.power_lost = lose_power;
	s->f.nor.seed = step * 31 + cut;
	s->f.nor.cut = cut;
	s->f.nor.cut_step = s->f.nor.steps + step;
	if (!setjmp(powered_off)) {
		assert_int_equal(c->change(s), EFI_SUCCESS);
		finished = true;
	}
	ffav_nor_power_on(&s->f.nor);
	fx_reset(&s->f);
	c->check(s, finished);
	return !finished;
}

static void cut_everywhere(struct svc *s, const struct scenario *c)
{
	for (int cut = 0; cut < FFAV_NOR_CUTS; cut++) {
		uint64_t step = 0;

		while (cut_once(s, c, step, (enum ffav_nor_cut)cut))
			step++;
		assert_true(step > 5);
	}
}

static struct write first, second, other;

static void private_before(struct svc *s)
{
	assert_int_equal(send(s, &first), EFI_SUCCESS);
}

static efi_status_t private_change(struct svc *s)
{
	return send(s, &second);
}

/* Data and time stamp change together: what is there cannot be replaced by what was before. */
static void private_check(struct svc *s, bool finished)
{
	bool is_new;

	assert_int_equal(fx_get(&s->f, &fx_guid, "V", 100), EFI_SUCCESS);
	is_new = s->f.message[s->f.reply_size - 1] == '2';
	fx_expect(&s->f, &fx_guid, "V", KEY, is_new ? "data 2" : "data 1", 6);
	assert_true(is_new || !finished);
	assert_int_equal(send(s, &first), EFI_SECURITY_VIOLATION);
	assert_int_equal(send(s, &second), is_new ? EFI_SECURITY_VIOLATION : EFI_SUCCESS);
}

static void update_is_whole(void **state)
{
	static const struct scenario c = {private_before, private_change, private_check};
	struct svc *s = *state;

	make(&first, &fx_guid, "V", KEY, &s->kek, 2001, "data 1", 6);
	make(&second, &fx_guid, "V", KEY, &s->kek, 2002, "data 2", 6);
	cut_everywhere(s, &c);
	vec_drop(&first.bytes);
	vec_drop(&second.bytes);
}

static void nothing_before(struct svc *s)
{
	(void)s;
}

/* Data and owner come together: there is no moment at which somebody else can take it. */
static void registration_check(struct svc *s, bool finished)
{
	bool there = fx_get(&s->f, &fx_guid, "V", 100) == EFI_SUCCESS;

	assert_true(there || !finished);
	assert_int_equal(send(s, &other), there ? EFI_SECURITY_VIOLATION : EFI_SUCCESS);
	fx_expect(&s->f, &fx_guid, "V", KEY, there ? "data 2" : "data 3", 6);
}

static void registration_is_whole(void **state)
{
	static const struct scenario c = {nothing_before, private_change, registration_check};
	struct svc *s = *state;

	make(&second, &fx_guid, "V", KEY, &s->kek, 2002, "data 2", 6);
	make(&other, &fx_guid, "V", KEY, &s->other, 2003, "data 3", 6);
	cut_everywhere(s, &c);
	vec_drop(&second.bytes);
	vec_drop(&other.bytes);
}

static struct write enrolled;

static void database_before(struct svc *s)
{
	assert_int_equal(send(s, &enrolled), EFI_SUCCESS);
	assert_int_equal(send(s, &first), EFI_SUCCESS);
}

/* Deleted, the time stamp stays: there is no moment at which the older write is welcome again. */
static void deletion_check(struct svc *s, bool finished)
{
	bool there = fx_get(&s->f, &svc_security, "db", 5000) == EFI_SUCCESS;

	assert_true(!there || !finished);
	assert_int_equal(send(s, &first), EFI_SECURITY_VIOLATION);
	assert_int_equal(send(s, &second), there ? EFI_SUCCESS : EFI_SECURITY_VIOLATION);
	assert_int_equal(fx_get(&s->f, &svc_security, "db", 5000), EFI_NOT_FOUND);
}

/* Of a private variable nothing stays: it is its owner's, or it is anybody's. */
static void private_deletion_check(struct svc *s, bool finished)
{
	bool there = fx_get(&s->f, &fx_guid, "V", 100) == EFI_SUCCESS;

	assert_true(!there || !finished);
	assert_int_equal(send(s, &other), there ? EFI_SECURITY_VIOLATION : EFI_SUCCESS);
}

static void deletion_is_whole(void **state)
{
	static const struct scenario database = {database_before, private_change,
						 deletion_check};
	static const struct scenario private = {private_before, private_change,
						private_deletion_check};
	struct svc *s = *state;
	struct vec_buffer pk = {0}, db = {0};

	vec_list_cert(&pk, &s->pk);
	vec_list_cert(&db, &s->other);
	make(&enrolled, &fx_global, "PK", KEY, NULL, 2001, pk.data, pk.size);
	make(&first, &svc_security, "db", KEY, &s->pk, 2001, db.data, db.size);
	make(&second, &svc_security, "db", KEY, &s->pk, 2002, NULL, 0);
	cut_everywhere(s, &database);
	vec_drop(&first.bytes);
	vec_drop(&second.bytes);
	make(&first, &fx_guid, "V", KEY, &s->kek, 2001, "data 1", 6);
	make(&second, &fx_guid, "V", KEY, &s->kek, 2002, NULL, 0);
	make(&other, &fx_guid, "V", KEY, &s->other, 2001, "data 3", 6);
	cut_everywhere(s, &private);
	vec_drop(&enrolled.bytes);
	vec_drop(&first.bytes);
	vec_drop(&second.bytes);
	vec_drop(&other.bytes);
	vec_drop(&pk);
	vec_drop(&db);
}

/* A database grows by an append, with its time stamp, or does not. */
static void append_check(struct svc *s, bool finished)
{
	bool is_new;

	assert_int_equal(fx_get(&s->f, &svc_security, "db", 5000), EFI_SUCCESS);
	is_new = ffav_get64(s->f.message + FFAV_VAR_HEADER_SIZE + 16) > first.bytes.size;
	assert_true(is_new || !finished);
	/* A plain write of the time of the append is too old only where that came to be. */
	assert_int_equal(send(s, &other), is_new ? EFI_SECURITY_VIOLATION : EFI_SUCCESS);
}

static void append_is_whole(void **state)
{
	static const struct scenario c = {database_before, private_change, append_check};
	struct svc *s = *state;
	struct vec_buffer pk = {0}, db = {0}, more = {0};

	vec_list_cert(&pk, &s->pk);
	vec_list_cert(&db, &s->other);
	/* Larger than the first with all that is signed around it. */
	for (unsigned int i = 0; i < 8; i++)
		vec_list(&more, &vec_x509, (uint8_t)i, s->kek.der, s->kek.der_size, 1);
	make(&enrolled, &fx_global, "PK", KEY, NULL, 2001, pk.data, pk.size);
	make(&first, &svc_security, "db", KEY, &s->pk, 2001, db.data, db.size);
	make(&second, &svc_security, "db", KEY | APP, &s->pk, 2002, more.data, more.size);
	make(&other, &svc_security, "db", KEY, &s->pk, 2002, db.data, db.size);
	cut_everywhere(s, &c);
	vec_drop(&enrolled.bytes);
	vec_drop(&first.bytes);
	vec_drop(&second.bytes);
	vec_drop(&other.bytes);
	vec_drop(&pk);
	vec_drop(&db);
	vec_drop(&more);
}

static void set_mode(struct svc *s, const char *name)
{
	assert_int_equal(fx_set_guid(&s->f, &fx_global, name, BS | RT, "\x01", 1), EFI_SUCCESS);
}

static uint8_t byte(struct svc *s, const char *name)
{
	assert_int_equal(fx_get(&s->f, &fx_global, name, 1), EFI_SUCCESS);
	return s->f.message[s->f.reply_size - 1];
}

static void audit_before(struct svc *s)
{
	set_mode(s, "AuditMode");
}

/* Out of audit mode into deployed mode, with the platform key, and never in between. */
static void deploy_check(struct svc *s, bool finished)
{
	bool there = fx_get(&s->f, &fx_global, "PK", 5000) == EFI_SUCCESS;

	assert_true(there || !finished);
	assert_int_equal(byte(s, "SetupMode"), !there);
	assert_int_equal(byte(s, "AuditMode"), !there);
	assert_int_equal(byte(s, "DeployedMode"), there);
}

static void user_before(struct svc *s)
{
	assert_int_equal(send(s, &second), EFI_SUCCESS);
}

static efi_status_t audit_change(struct svc *s)
{
	return fx_set_guid(&s->f, &fx_global, "AuditMode", BS | RT, "\x01", 1);
}

/* Out of user mode into audit mode, without the platform key. */
static void audit_check(struct svc *s, bool finished)
{
	bool there = fx_get(&s->f, &fx_global, "PK", 5000) == EFI_SUCCESS;

	assert_true(!there || !finished);
	assert_int_equal(byte(s, "SetupMode"), !there);
	assert_int_equal(byte(s, "AuditMode"), !there);
	assert_int_equal(byte(s, "DeployedMode"), 0);
}

static void mode_changes_are_whole(void **state)
{
	static const struct scenario deploy = {audit_before, private_change, deploy_check};
	static const struct scenario audit = {user_before, audit_change, audit_check};
	struct svc *s = *state;
	struct vec_buffer list = {0};

	vec_list_cert(&list, &s->pk);
	make(&second, &fx_global, "PK", KEY, NULL, 2002, list.data, list.size);
	cut_everywhere(s, &deploy);
	cut_everywhere(s, &audit);
	vec_drop(&second.bytes);
	vec_drop(&list);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, svc_setup, svc_teardown)
	const struct CMUnitTest tests[] = {
		CASE(update_is_whole), CASE(registration_is_whole),  CASE(deletion_is_whole),
		CASE(append_is_whole), CASE(mode_changes_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
