// SPDX-License-Identifier: BSD-3-Clause
/* Variable policies: what platform firmware says about variables that a pattern names. */
#include "tests/unit/variables/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "secure/variables/policy.h"

#define ANY_SIZE UINT32_MAX

enum { NEVER, NOW, ON_CREATE, ON_STATE };
enum { DISABLE = 1, IS_ENABLED, REGISTER, DUMP, LOCK, INFO, STATE_INFO };

static uint8_t message[4096];

/* Send a command with @size bytes at message + 20; returns the result. */
static efi_status_t command(struct fx *f, uint32_t number, size_t size, size_t *reply)
{
	size_t length;

	memcpy(message, "VCPC", 4);
	ffav_put32(message + 4, 1);
	ffav_put32(message + 8, number);
	ffav_put64(message + 12, 0x1234);
	assert_int_equal(ffav_policy_handle(&f->v, message, 20 + size, &length), MM_SUCCESS);
	assert_in_range(length, 20, 20 + size);
	if (reply)
		*reply = length - 20;
	return ffav_get64(message + 12);
}

/** struct policy - A policy. @state, @value: whose state locks, for ON_STATE; @guid: or fx_guid. */
struct policy {
	const struct efi_guid *guid;
	const char *name;
	uint32_t min, max, must, cant;
	uint8_t lock;
	const char *state;
	uint8_t value;
};

/* Write a policy to message + 20; returns its size. */
static size_t put(const struct policy *p)
{
	uint8_t *out = message + 20;
	size_t at = 44;

	memset(out, 0, 1000);
	ffav_put32(out, 0x10000);
	memcpy(out + 8, p->guid ? p->guid : &fx_guid, 16);
	ffav_put32(out + 24, p->min);
	ffav_put32(out + 28, p->max);
	ffav_put32(out + 32, p->must);
	ffav_put32(out + 36, p->cant);
	out[40] = p->lock;
	if (p->state) {
		memcpy(out + at, &fx_guid2, 16);
		out[at + 16] = p->value;
		at += 18 + fx_name(out + at + 18, p->state);
	}
	ffav_put16(out + 6, (uint16_t)at);
	if (p->name)
		at += fx_name(out + at, p->name);
	ffav_put16(out + 4, (uint16_t)at);
	return at;
}

static efi_status_t enter(struct fx *f, const struct policy *p)
{
	(void)fx_reported("");
	return command(f, REGISTER, put(p), NULL);
}

static void sizes_and_attributes(void **state)
{
	struct fx *f = *state;
	const struct policy p = {.name = "V", .min = 2, .max = 4, .must = NV, .cant = RT};

	assert_int_equal(fx_set(f, "V", BS | RT, "old value", 9), EFI_SUCCESS);
	assert_int_equal(enter(f, &p), EFI_SUCCESS);
	/* What is there stays, and may go. */
	assert_int_equal(fx_set(f, "V", BS | RT, "old", 3), EFI_INVALID_PARAMETER);
	assert_int_equal(fx_set(f, "V", BS | RT, NULL, 0), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "V", NV | BS | RT, "abc", 3), EFI_INVALID_PARAMETER);
	assert_int_equal(fx_set(f, "V", BS, "abc", 3), EFI_INVALID_PARAMETER);
	assert_true(fx_reported("SetVariable refused: a policy wants other attributes"));
	assert_int_equal(fx_set(f, "V", NV | BS, "a", 1), EFI_INVALID_PARAMETER);
	assert_int_equal(fx_set(f, "V", NV | BS, "abcde", 5), EFI_INVALID_PARAMETER);
	assert_true(fx_reported("SetVariable refused: a policy does not allow the size"));
	assert_int_equal(fx_set(f, "V", NV | BS, "abc", 3), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "V", NV | BS | APP, "de", 2), EFI_INVALID_PARAMETER);
	assert_int_equal(fx_set_guid(f, &fx_guid2, "V", BS | RT, "abcdef", 6), EFI_SUCCESS);
	fx_reset(f);
	assert_int_equal(fx_set(f, "V", NV | BS, "abcde", 5), EFI_SUCCESS);
}

static void the_best_match_counts(void **state)
{
	struct fx *f = *state;

	/* In any order: a namespace, wildcards, the very name. */
	assert_int_equal(enter(f, &(struct policy){.max = 1}), EFI_SUCCESS);
	assert_int_equal(enter(f, &(struct policy){.name = "Boot####", .max = 2}), EFI_SUCCESS);
	assert_int_equal(enter(f, &(struct policy){.name = "Boot00##", .max = 3}), EFI_SUCCESS);
	assert_int_equal(enter(f, &(struct policy){.name = "Boot0001", .max = 4}), EFI_SUCCESS);
	static const struct {
		const char *name;
		size_t max;
	} cases[] = {
		{"Boot0001", 4}, {"Boot00fF", 3}, {"Boot1234", 2},
		{"BootABCD", 2}, {"Boot123", 1},  {"Boot12345", 1},
		{"Boot00g0", 1}, {"Boot####", 1}, {"Other", 1},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(fx_set(f, cases[i].name, NV | BS, "12345", cases[i].max + 1),
				 EFI_INVALID_PARAMETER);
		assert_int_equal(fx_set(f, cases[i].name, NV | BS, "12345", cases[i].max),
				 EFI_SUCCESS);
	}
}

static void locks(void **state)
{
	struct fx *f = *state;

	assert_int_equal(fx_set(f, "Now", NV | BS, "x", 1), EFI_SUCCESS);
	assert_int_equal(
		enter(f, &(struct policy){.name = "Now", .max = ANY_SIZE, .lock = NOW}),
		EFI_SUCCESS);
	assert_int_equal(fx_set(f, "Now", NV | BS, "y", 1), EFI_WRITE_PROTECTED);
	assert_int_equal(fx_set(f, "Now", NV | BS, NULL, 0), EFI_WRITE_PROTECTED);
	assert_true(fx_reported("SetVariable refused: a policy locks the variable"));
	assert_int_equal(
		enter(f, &(struct policy){.name = "Once", .max = ANY_SIZE, .lock = ON_CREATE}),
		EFI_SUCCESS);
	assert_int_equal(fx_set(f, "Once", NV | BS, "x", 1), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "Once", NV | BS, "y", 1), EFI_WRITE_PROTECTED);
	assert_int_equal(fx_set(f, "Once", NV | BS, NULL, 0), EFI_WRITE_PROTECTED);
	assert_int_equal(enter(f, &(struct policy){.name = "Late",
						   .max = ANY_SIZE,
						   .lock = ON_STATE,
						   .state = "State",
						   .value = 7}),
			 EFI_SUCCESS);
	assert_int_equal(fx_set(f, "Late", NV | BS, "1", 1), EFI_SUCCESS);
	/* Another value, another size, another namespace: not the state. */
	assert_int_equal(fx_set_guid(f, &fx_guid2, "State", BS, "\x06", 1), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "State", BS, "\x07", 1), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "Late", NV | BS, "2", 1), EFI_SUCCESS);
	assert_int_equal(fx_set_guid(f, &fx_guid2, "State", BS, "\x07\x07", 2), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "Late", NV | BS, "3", 1), EFI_SUCCESS);
	assert_int_equal(fx_set_guid(f, &fx_guid2, "State", BS, "\x07", 1), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "Late", NV | BS, "4", 1), EFI_WRITE_PROTECTED);
	assert_true(fx_reported("in the state of another"));
	assert_int_equal(fx_set_guid(f, &fx_guid2, "State", BS, NULL, 0), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "Late", NV | BS, "5", 1), EFI_SUCCESS);
}

/* The platform key's policy counts where audit mode would remove the platform key. */
static void audit_mode_keeps_to_the_policy_of_pk(void **state)
{
	struct fx *f = *state;
	const struct policy p = {
		.guid = &fx_global, .name = "PK", .max = ANY_SIZE, .lock = NOW};
	uint8_t key[32];
	struct ffav_store_change c = {
		.key = key, .attributes = NV | BS | RT | TA, .data = {{"pk", 2}}};

	c.key_size = fx_key(key, &fx_global, "PK");
	assert_int_equal(ffav_store_commit(&f->nonvolatile, &c, 1), FFAV_STORE_OK);
	assert_int_equal(enter(f, &p), EFI_SUCCESS);
	assert_int_equal(fx_set_guid(f, &fx_global, "AuditMode", BS | RT, "\x01", 1),
			 EFI_WRITE_PROTECTED);
	assert_true(fx_reported("SetVariable refused: a policy locks the variable"));
	fx_expect(f, &fx_global, "SetupMode", BS | RT, "\x00", 1);
	fx_expect(f, &fx_global, "PK", NV | BS | RT | TA, "pk", 2);
	fx_reset(f);
	assert_int_equal(fx_set_guid(f, &fx_global, "AuditMode", BS | RT, "\x01", 1),
			 EFI_SUCCESS);
	fx_expect(f, &fx_global, "SetupMode", BS | RT, "\x01", 1);
}

static void modes_keep_to_their_own_policies(void **state)
{
	struct fx *f = *state;
	struct policy p = {
		.guid = &fx_global, .name = "AuditMode", .min = 7, .max = 9, .must = NV};

	/* Attributes and sizes of what is computed are the service's. */
	assert_int_equal(enter(f, &p), EFI_SUCCESS);
	assert_int_equal(fx_set_guid(f, &fx_global, "AuditMode", BS | RT, "\x00", 1),
			 EFI_SUCCESS);
	fx_reset(f);
	for (p.lock = NOW; p.lock <= ON_CREATE; p.lock++) {
		assert_int_equal(enter(f, &p), EFI_SUCCESS);
		assert_int_equal(fx_set_guid(f, &fx_global, "AuditMode", BS | RT, "\x01", 1),
				 EFI_WRITE_PROTECTED);
		assert_true(fx_reported("SetVariable refused: a policy locks the variable"));
		fx_expect(f, &fx_global, "AuditMode", BS | RT, "\x00", 1);
		fx_reset(f);
	}
	assert_int_equal(fx_set_guid(f, &fx_global, "AuditMode", BS | RT, "\x01", 1),
			 EFI_SUCCESS);
}

static void closed_until_reset(void **state)
{
	struct fx *f = *state;
	const struct policy p = {.name = "V", .max = 1}, q = {.name = "W", .max = 1};

	assert_int_equal(enter(f, &p), EFI_SUCCESS);
	assert_int_equal(enter(f, &p), EFI_ALREADY_STARTED);
	assert_int_equal(command(f, LOCK, 0, NULL), EFI_SUCCESS);
	assert_int_equal(command(f, LOCK, 0, NULL), EFI_WRITE_PROTECTED);
	assert_int_equal(enter(f, &q), EFI_WRITE_PROTECTED);
	assert_true(fx_reported("VariablePolicy refused: policies are locked"));
	assert_int_equal(command(f, DISABLE, 0, NULL), EFI_WRITE_PROTECTED);
	assert_int_equal(fx_set(f, "V", NV | BS, "xy", 2), EFI_INVALID_PARAMETER);
	/* The platform had its turn: the same without a lock. */
	fx_reset(f);
	assert_int_equal(enter(f, &p), EFI_SUCCESS);
	assert_int_equal(fx_call(f, FFAV_VAR_READY_TO_BOOT, 0), EFI_SUCCESS);
	assert_int_equal(enter(f, &q), EFI_WRITE_PROTECTED);
	assert_int_equal(command(f, DISABLE, 0, NULL), EFI_WRITE_PROTECTED);
	assert_int_equal(fx_set(f, "V", NV | BS, "xy", 2), EFI_INVALID_PARAMETER);
	/* Disabled: nothing is enforced until reset. */
	fx_reset(f);
	assert_int_equal(enter(f, &p), EFI_SUCCESS);
	assert_int_equal(command(f, IS_ENABLED, 1, NULL), EFI_SUCCESS);
	assert_int_equal(message[20], 1);
	assert_int_equal(command(f, DISABLE, 0, NULL), EFI_SUCCESS);
	assert_int_equal(command(f, DISABLE, 0, NULL), EFI_ALREADY_STARTED);
	assert_int_equal(command(f, IS_ENABLED, 1, NULL), EFI_SUCCESS);
	assert_int_equal(message[20], 0);
	assert_int_equal(fx_set(f, "V", NV | BS, "xy", 2), EFI_SUCCESS);
}

static void pages_hold_all_of_them(void **state)
{
	struct fx *f = *state;
	uint8_t expected[4096], got[4096];
	size_t total = 0, reply, size = 0;
	char name[16];

	memset(message, 0, sizeof(message));
	assert_int_equal(command(f, DUMP, 100, &reply), EFI_SUCCESS);
	assert_int_equal(ffav_get32(message + 24), 0);
	assert_int_equal(message[32], 0);
	for (unsigned int i = 0; i < 20; i++) {
		struct policy p = {.name = name, .max = i + 1};

		snprintf(name, sizeof(name), "Name%u", i);
		assert_int_equal(enter(f, &p), EFI_SUCCESS);
		size = put(&p);
		memcpy(expected + total, message + 20, size);
		total += size;
	}
	assert_int_equal(fx_count(f), 6);
	for (size_t room = 1; room < 1500; room = room * 3 + 1) {
		uint32_t page = 0;

		size = 0;
		memset(message + 20, 0, 4);
		assert_int_equal(command(f, DUMP, 13 + room, &reply), EFI_SUCCESS);
		assert_int_equal(ffav_get32(message + 24), total);
		assert_int_equal(reply, 13);
		while (message[32]) {
			ffav_put32(message + 20, ++page);
			assert_int_equal(command(f, DUMP, 13 + room, &reply), EFI_SUCCESS);
			assert_int_equal(reply, 13 + ffav_get32(message + 28));
			memcpy(got + size, message + 33, reply - 13);
			size += reply - 13;
			assert_true(size <= total);
		}
		assert_int_equal(size, total);
		assert_memory_equal(got, expected, total);
		ffav_put32(message + 20, page + 1);
		assert_int_equal(command(f, DUMP, 13 + room, &reply), EFI_INVALID_PARAMETER);
		ffav_put32(message + 20, UINT32_MAX);
		assert_int_equal(command(f, DUMP, 13 + room, &reply), EFI_INVALID_PARAMETER);
	}
}

static void too_many_are_refused(void **state)
{
	struct fx *f = *state;
	char name[16];
	efi_status_t status;
	unsigned int i = 0;

	do {
		struct policy p = {.name = name, .max = 1};

		snprintf(name, sizeof(name), "Name%u", i);
		status = enter(f, &p);
	} while (!status && ++i < 1000);
	assert_int_equal(status, EFI_OUT_OF_RESOURCES);
	assert_int_equal(i, 64);
	assert_int_equal(fx_set(f, "Name63", NV | BS, "xy", 2), EFI_INVALID_PARAMETER);
}

/* Ask for a policy; returns the bytes of the parameters. */
static size_t put_question(const struct efi_guid *guid, const char *name, uint32_t room)
{
	uint8_t *out = message + 20;
	size_t size = fx_name(out + 68, name);

	memcpy(out, guid, 16);
	ffav_put32(out + 16, (uint32_t)size);
	ffav_put32(out + 20, room);
	memset(out + 24, 0xa5, 44);
	memset(out + 68 + size, 0xa5, room);
	return 68 + size + room;
}

/* Is the reply this policy, and behind the name asked for this text? */
static void expect_answer(const char *asked, const uint8_t *fixed, size_t fixed_size,
			  const char *name, size_t reply)
{
	static const uint8_t zeros[44];
	uint8_t utf16[64];
	size_t name_size = name ? fx_name(utf16, name) : 0;
	size_t asked_size = 2 * strlen(asked) + 2;

	assert_memory_equal(message + 20 + 24, fixed, fixed_size);
	assert_memory_equal(message + 20 + 24 + fixed_size, zeros, 44 - fixed_size);
	assert_int_equal(ffav_get32(message + 20 + 20), name_size);
	assert_int_equal(reply, 68 + asked_size + name_size);
	assert_memory_equal(message + 20 + 68 + asked_size, utf16, name_size);
}

static void one_variable_s_policy_is_told(void **state)
{
	const struct policy all = {.max = 9}, wild = {.name = "Boot####", .max = 8, .must = NV};
	const struct policy locked = {.name = "Locked",
				      .max = ANY_SIZE,
				      .lock = ON_STATE,
				      .state = "Phase",
				      .value = 7};
	uint8_t copies[3][44], where[18];
	struct fx *f = *state;
	size_t reply;

	assert_int_equal(command(f, INFO, put_question(&fx_guid, "Boot0001", 100), &reply),
			 EFI_NOT_FOUND);
	assert_int_equal(reply, 0);
	assert_false(fx_reported("refused"));
	assert_int_equal(enter(f, &all), EFI_SUCCESS);
	assert_int_equal(enter(f, &wild), EFI_SUCCESS);
	assert_int_equal(enter(f, &locked), EFI_SUCCESS);
	(void)put(&all);
	memcpy(copies[0], message + 20, 44);
	(void)put(&wild);
	memcpy(copies[1], message + 20, 44);
	(void)put(&locked);
	memcpy(copies[2], message + 20, 44);
	memcpy(where, message + 20 + 44, 18);
	assert_int_equal(command(f, INFO, put_question(&fx_guid, "Boot00aF", 18), &reply),
			 EFI_SUCCESS);
	expect_answer("Boot00aF", copies[1], 44, "Boot####", reply);
	assert_int_equal(command(f, INFO, put_question(&fx_guid, "Locked", 200), &reply),
			 EFI_SUCCESS);
	expect_answer("Locked", copies[2], 44, "Locked", reply);
	/* What is for a namespace has no name; a client without room for one sends none either. */
	assert_int_equal(command(f, INFO, put_question(&fx_guid, "Other", 0), &reply),
			 EFI_SUCCESS);
	expect_answer("Other", copies[0], 44, NULL, reply);
	assert_int_equal(command(f, INFO, put_question(&fx_guid, "", 0), &reply), EFI_SUCCESS);
	expect_answer("", copies[0], 44, NULL, reply);
	assert_int_equal(command(f, INFO, put_question(&fx_guid2, "Boot0001", 100), NULL),
			 EFI_NOT_FOUND);
	/* Too little room: the size needed, and all but the name. */
	for (uint32_t room = 0; room < 18; room++) {
		assert_int_equal(
			command(f, INFO, put_question(&fx_guid, "Boot0001", room), &reply),
			EFI_BUFFER_TOO_SMALL);
		assert_int_equal(reply, 68 + 18);
		assert_int_equal(ffav_get32(message + 20 + 20), 18);
		assert_memory_equal(message + 20 + 24, copies[1], 44);
	}
	/* Whose state locks it. */
	assert_int_equal(command(f, STATE_INFO, put_question(&fx_guid, "Locked", 12), &reply),
			 EFI_SUCCESS);
	expect_answer("Locked", where, 18, "Phase", reply);
	assert_int_equal(command(f, STATE_INFO, put_question(&fx_guid, "Locked", 11), &reply),
			 EFI_BUFFER_TOO_SMALL);
	assert_int_equal(ffav_get32(message + 20 + 20), 12);
	assert_int_equal(command(f, STATE_INFO, put_question(&fx_guid, "Boot0001", 99), &reply),
			 EFI_NOT_FOUND);
	/* Locked, late in the boot and switched off it is still told. */
	assert_int_equal(command(f, DISABLE, 0, NULL), EFI_SUCCESS);
	assert_int_equal(command(f, LOCK, 0, NULL), EFI_SUCCESS);
	assert_int_equal(fx_call(f, FFAV_VAR_EXIT_BOOT_SERVICES, 0), EFI_SUCCESS);
	assert_int_equal(command(f, INFO, put_question(&fx_guid, "Boot1234", 20), &reply),
			 EFI_SUCCESS);
	expect_answer("Boot1234", copies[1], 44, "Boot####", reply);
}

static void malformed_questions_are_refused(void **state)
{
	static const uint32_t lies[] = {0, 1, 17, 19, 0x7fffffff, 0xffffffe0, UINT32_MAX};
	struct fx *f = *state;
	uint8_t *exact;
	size_t size, reply;

	assert_int_equal(enter(f, &(struct policy){.max = 9}), EFI_SUCCESS);
	size = put_question(&fx_guid, "Boot0001", 20);
	memcpy(message, "VCPC\x01\x00\x00\x00\x06\x00\x00\x00", 12);
	for (size_t n = 20; n < 20 + size; n++) {
		exact = malloc(n);
		assert_non_null(exact);
		memcpy(exact, message, n);
		(void)fx_reported("");
		assert_int_equal(ffav_policy_handle(&f->v, exact, n, &reply), MM_SUCCESS);
		assert_int_equal(ffav_get64(exact + 12), EFI_INVALID_PARAMETER);
		assert_int_equal(reply, 20);
		assert_true(fx_reported("VariablePolicy refused"));
		free(exact);
	}
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		size = put_question(&fx_guid, "Boot0001", 0);
		ffav_put32(message + 20 + 16, lies[i]);
		assert_int_equal(command(f, INFO, size, &reply), EFI_INVALID_PARAMETER);
		size = put_question(&fx_guid, "Boot0001", 0);
		ffav_put32(message + 20 + 20, lies[i] | 1);
		assert_int_equal(command(f, INFO, size, &reply), EFI_INVALID_PARAMETER);
	}
}

static void malformed_ones_are_refused(void **state)
{
	struct fx *f = *state;
	const struct policy p = {
		.name = "V", .max = 9, .lock = ON_STATE, .state = "State", .value = 1};
	static const struct {
		size_t at;
		uint8_t value;
	} wrong[] = {{0, 1},  {2, 2},  {4, 10}, {6, 10}, {6, 0xff}, {7, 0xff},
		     {28, 0}, {25, 1}, {40, 4}, {62, 0}, {76, 'x'}, {6, 63}};
	size_t size = put(&p), reply;
	uint8_t *exact;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		(void)put(&p);
		message[20 + wrong[i].at] = wrong[i].value;
		(void)fx_reported("");
		assert_int_equal(command(f, REGISTER, size, NULL), EFI_INVALID_PARAMETER);
		assert_true(fx_reported("VariablePolicy refused"));
	}
	/* Cut off anywhere, in memory that ends there. */
	(void)put(&p);
	memcpy(message, "VCPC\x01\x00\x00\x00\x03\x00\x00\x00", 12);
	for (size_t n = 20; n < 20 + size; n++) {
		exact = malloc(n);
		assert_non_null(exact);
		memcpy(exact, message, n);
		assert_int_equal(ffav_policy_handle(&f->v, exact, n, &reply), MM_SUCCESS);
		assert_int_equal(ffav_get64(exact + 12), EFI_INVALID_PARAMETER);
		assert_int_equal(reply, 20);
		free(exact);
	}
	for (size_t n = 0; n < 20; n++)
		assert_int_equal(ffav_policy_handle(&f->v, message, n, &reply),
				 MM_INVALID_PARAMETER);
	assert_int_equal(command(f, 0, 64, NULL), EFI_UNSUPPORTED);
	assert_int_equal(command(f, 8, 64, NULL), EFI_UNSUPPORTED);
	assert_int_equal(command(f, IS_ENABLED, 0, NULL), EFI_INVALID_PARAMETER);
	assert_int_equal(command(f, DUMP, 13, NULL), EFI_INVALID_PARAMETER);
	message[4] = 2;
	assert_int_equal(ffav_policy_handle(&f->v, message, 64, &reply), MM_SUCCESS);
	assert_int_equal(ffav_get64(message + 12), EFI_INVALID_PARAMETER);
	assert_int_equal(f->v.policies, 0);
	(void)put(&p);
	assert_int_equal(command(f, REGISTER, size, NULL), EFI_SUCCESS);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, fx_setup, fx_teardown)
	const struct CMUnitTest tests[] = {
		CASE(sizes_and_attributes),
		CASE(the_best_match_counts),
		CASE(locks),
		CASE(audit_mode_keeps_to_the_policy_of_pk),
		CASE(modes_keep_to_their_own_policies),
		CASE(closed_until_reset),
		CASE(pages_hold_all_of_them),
		CASE(too_many_are_refused),
		CASE(malformed_ones_are_refused),
		CASE(one_variable_s_policy_is_told),
		CASE(malformed_questions_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
