// SPDX-License-Identifier: BSD-3-Clause
/* GetNextVariableName(); UEFI 2.10 section 8.2.2. */
#include "tests/unit/variables/fixture.h"

#include <stdio.h>
#include <string.h>

/* The computed variables are always there. */
#define COMPUTED 6u

static void empty_store_has_the_computed_ones(void **state)
{
	struct fx *f = *state;

	assert_int_equal(fx_count(f), COMPUTED);
	assert_int_equal(fx_enumerated(f, &fx_global, "SetupMode"), 1);
	assert_int_equal(fx_enumerated(f, &fx_global, "SignatureSupport"), 1);
}

static void every_variable_once(void **state)
{
	struct fx *f = *state;
	char name[16];

	for (unsigned int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "Var%05u", i);
		assert_int_equal(fx_set(f, name, i % 2 ? NV | BS | RT : BS | RT, &i, sizeof(i)),
				 EFI_SUCCESS);
	}
	assert_int_equal(fx_set_guid(f, &fx_guid2, "Var00000", NV | BS, "x", 1), EFI_SUCCESS);
	assert_int_equal(fx_count(f), 101 + COMPUTED);
	for (unsigned int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "Var%05u", i);
		assert_int_equal(fx_enumerated(f, &fx_guid, name), 1);
	}
	assert_int_equal(fx_enumerated(f, &fx_guid2, "Var00000"), 1);
}

static void steps_survive_changes_in_between(void **state)
{
	struct fx *f = *state;
	char name[64] = "", other[16];
	struct efi_guid guid = {{0}};
	unsigned int seen = 0;

	for (unsigned int i = 0; i < 20; i++) {
		snprintf(other, sizeof(other), "Keep%02u", i);
		assert_int_equal(fx_set(f, other, NV | BS, "k", 1), EFI_SUCCESS);
		snprintf(other, sizeof(other), "Drop%02u", i);
		assert_int_equal(fx_set(f, other, NV | BS, "d", 1), EFI_SUCCESS);
	}
	for (unsigned int i = 0; !fx_next(f, &guid, name, sizeof(name)); i++) {
		seen += !strncmp(name, "Keep", 4);
		if (i >= 20)
			continue;
		/* Delete one that is not the current one, and overwrite the current one. */
		snprintf(other, sizeof(other), "Drop%02u", i);
		if (strcmp(other, name))
			(void)fx_set(f, other, 0, NULL, 0);
		if (!strncmp(name, "Keep", 4))
			assert_int_equal(fx_set(f, name, NV | BS, "new", 3), EFI_SUCCESS);
	}
	assert_int_equal(seen, 20);
}

static void boot_only_is_passed_over_at_runtime(void **state)
{
	struct fx *f = *state;
	struct efi_guid guid = fx_guid;
	char name[64] = "B";

	assert_int_equal(fx_set(f, "A", NV | BS | RT, "x", 1), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "B", NV | BS, "x", 1), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "C", BS, "x", 1), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "D", BS | RT, "x", 1), EFI_SUCCESS);
	assert_int_equal(fx_count(f), 4 + COMPUTED);
	assert_int_equal(fx_call(f, FFAV_VAR_EXIT_BOOT_SERVICES, 0), EFI_SUCCESS);
	assert_int_equal(fx_count(f), 2 + COMPUTED);
	assert_int_equal(fx_enumerated(f, &fx_guid, "A"), 1);
	assert_int_equal(fx_enumerated(f, &fx_guid, "D"), 1);
	/* As a starting point it is unknown, too. */
	assert_int_equal(fx_next(f, &guid, name, sizeof(name)), EFI_INVALID_PARAMETER);
}

static void unknown_name_is_refused(void **state)
{
	struct fx *f = *state;
	struct efi_guid guid = fx_guid;
	char name[64] = "Unknown";

	assert_int_equal(fx_next(f, &guid, name, sizeof(name)), EFI_INVALID_PARAMETER);
	assert_int_equal(f->reply_size, FFAV_VAR_HEADER_SIZE);
	assert_true(fx_reported("GetNextVariableName refused: no such variable"));
}

static void too_small_returns_the_size_and_keeps_the_rest(void **state)
{
	struct fx *f = *state;
	struct efi_guid guid = fx_guid2;
	struct ffav_var_next n;
	char name[64] = "";

	assert_int_equal(fx_set(f, "efi_st_var0", NV | BS, "x", 1), EFI_SUCCESS);
	for (uint64_t room = 2; room < 24; room++) {
		assert_int_equal(fx_next(f, &guid, name, room), EFI_BUFFER_TOO_SMALL);
		assert_int_equal(f->reply_size, FFAV_VAR_HEADER_SIZE + FFAV_VAR_NEXT_SIZE);
		assert_true(ffav_var_next_decode(fx_payload(f), FFAV_VAR_NEXT_SIZE, &n));
		assert_int_equal(n.name_size, 24);
		assert_memory_equal(n.guid, &fx_guid2, sizeof(guid));
	}
	assert_int_equal(fx_next(f, &guid, name, 24), EFI_SUCCESS);
	assert_string_equal(name, "efi_st_var0");
	assert_memory_equal(&guid, &fx_guid, sizeof(guid));

	/* The same where a name was given: the GUID of the request comes back. */
	assert_int_equal(fx_next(f, &guid, name, 24), EFI_SUCCESS);
	guid = fx_global;
	assert_int_equal(fx_next(f, &guid, name, 21), EFI_BUFFER_TOO_SMALL);
	assert_memory_equal(fx_payload(f), &fx_global, sizeof(guid));
}

static void unterminated_name_is_refused(void **state)
{
	struct fx *f = *state;
	struct efi_guid guid = fx_guid;
	char name[64] = "efi_st_var1";

	assert_int_equal(fx_set(f, name, NV | BS, "x", 1), EFI_SUCCESS);
	for (uint64_t room = 0; room < 24; room++)
		assert_int_equal(fx_next(f, &guid, name, room), EFI_INVALID_PARAMETER);
	assert_true(fx_reported("GetNextVariableName refused: the name is not terminated"));
	assert_int_equal(fx_next(f, &guid, name, 24), EFI_SUCCESS);
}

static void name_beyond_the_buffer_is_refused(void **state)
{
	struct fx *f = *state;
	uint8_t *p = fx_payload(f);

	assert_int_equal(fx_set(f, "LongerName", NV | BS, "x", 1), EFI_SUCCESS);
	/* The client has room, but its message buffer has only that for nine characters. */
	for (size_t room = 2; room <= 24; room += 2) {
		ffav_var_header_encode(f->message, FFAV_VAR_GET_NEXT_NAME, 0);
		memset(p, 0, FFAV_VAR_NEXT_SIZE + 2);
		ffav_put64(p + 16, 1000);
		memset(p + FFAV_VAR_NEXT_SIZE + room, 0xa5, 64);
		assert_int_equal(
			ffav_variables_handle(&f->v, f->message,
					      FFAV_VAR_HEADER_SIZE + FFAV_VAR_NEXT_SIZE + 2,
					      FFAV_VAR_HEADER_SIZE + FFAV_VAR_NEXT_SIZE + room,
					      &f->reply_size),
			MM_SUCCESS);
		assert_int_equal(ffav_var_status(f->message),
				 room < 22 ? EFI_INVALID_PARAMETER : EFI_SUCCESS);
		assert_int_equal(p[FFAV_VAR_NEXT_SIZE + room], 0xa5);
	}
}

/* Items that no client can name, from a foreign image, must not stop an enumeration. */
static void foreign_items_are_passed_over(void **state)
{
	struct fx *f = *state;
	uint8_t key[FFAV_STORE_KEY_MAX];
	struct ffav_store_change c = {
		.key = key, .attributes = NV | BS | RT, .data = {{"x", 1}}};
	static const size_t sizes[] = {1, 15, 16, 17, 19, FFAV_STORE_KEY_MAX};

	assert_int_equal(fx_set(f, "A", NV | BS | RT, "x", 1), EFI_SUCCESS);
	memset(key, 'k', sizeof(key));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		c.key_size = sizes[i];
		assert_int_equal(ffav_store_commit(&f->nonvolatile, &c, 1), FFAV_STORE_OK);
	}
	/* A name with a terminator in it. */
	memset(key + sizeof(fx_guid), 0, 8);
	key[sizeof(fx_guid)] = 'z';
	key[sizeof(fx_guid) + 6] = 'z';
	c.key_size = sizeof(fx_guid) + 8;
	assert_int_equal(ffav_store_commit(&f->nonvolatile, &c, 1), FFAV_STORE_OK);
	/* A stored SetupMode does not count: the computed one is the one. */
	c.key_size = fx_key(key, &fx_global, "SetupMode");
	assert_int_equal(ffav_store_commit(&f->nonvolatile, &c, 1), FFAV_STORE_OK);
	assert_int_equal(fx_set(f, "B", NV | BS | RT, "x", 1), EFI_SUCCESS);

	assert_int_equal(fx_count(f), 2 + COMPUTED);
	assert_int_equal(fx_enumerated(f, &fx_guid, "A"), 1);
	assert_int_equal(fx_enumerated(f, &fx_guid, "B"), 1);
	assert_int_equal(fx_enumerated(f, &fx_global, "SetupMode"), 1);
	fx_expect(f, &fx_global, "SetupMode", BS | RT, "\x01", 1);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, fx_setup, fx_teardown)
	const struct CMUnitTest tests[] = {
		CASE(empty_store_has_the_computed_ones),
		CASE(every_variable_once),
		CASE(steps_survive_changes_in_between),
		CASE(boot_only_is_passed_over_at_runtime),
		CASE(unknown_name_is_refused),
		CASE(too_small_returns_the_size_and_keeps_the_rest),
		CASE(unterminated_name_is_refused),
		CASE(name_beyond_the_buffer_is_refused),
		CASE(foreign_items_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
