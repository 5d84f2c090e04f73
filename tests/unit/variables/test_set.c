// SPDX-License-Identifier: BSD-3-Clause
/* SetVariable(); UEFI 2.10 section 8.2.3. */
#include "tests/unit/variables/fixture.h"

#include <stdio.h>
#include <string.h>

static uint8_t large[FX_DATA_MAX + 1];

static void creates_overwrites_and_deletes(void **state)
{
	struct fx *f = *state;

	assert_int_equal(fx_set(f, "V", NV | BS | RT, "one", 3), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "V", NV | BS | RT, "three", 5), EFI_SUCCESS);
	fx_expect(f, &fx_guid, "V", NV | BS | RT, "three", 5);
	fx_reset(f);
	fx_expect(f, &fx_guid, "V", NV | BS | RT, "three", 5);
	assert_int_equal(fx_set(f, "V", NV | BS | RT, NULL, 0), EFI_SUCCESS);
	fx_absent(f, "V");
	fx_reset(f);
	fx_absent(f, "V");
}

static void volatile_ones_end_with_the_reset(void **state)
{
	struct fx *f = *state;
	uint64_t programmed = f->nor.bytes_programmed;

	assert_int_equal(fx_set(f, "V", BS | RT, "one", 3), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "V", BS | RT, "two", 3), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "W", BS, "w", 1), EFI_SUCCESS);
	fx_expect(f, &fx_guid, "V", BS | RT, "two", 3);
	assert_int_equal(fx_set(f, "W", BS, NULL, 0), EFI_SUCCESS);
	fx_absent(f, "W");
	assert_int_equal(f->nor.bytes_programmed, programmed);
	fx_reset(f);
	fx_absent(f, "V");
}

static void every_way_to_delete(void **state)
{
	struct fx *f = *state;
	static const struct {
		uint32_t attributes;
		size_t size;
	} ways[] = {
		{NV | BS | RT, 0}, {0, 0}, {BS, 0}, {0, 3}, {NV, 3},
	};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		assert_int_equal(fx_set(f, "V", NV | BS | RT, "one", 3), EFI_SUCCESS);
		assert_int_equal(fx_set(f, "V", ways[i].attributes, "two", ways[i].size),
				 EFI_SUCCESS);
		fx_absent(f, "V");
		assert_int_equal(fx_set(f, "V", ways[i].attributes, "two", ways[i].size),
				 EFI_NOT_FOUND);
	}
	/* Nothing of that is a refusal. */
	assert_false(fx_reported("refused"));
}

static void appends(void **state)
{
	struct fx *f = *state;
	static const uint32_t kinds[] = {NV | BS | RT, BS};

	for (size_t i = 0; i < 2; i++) {
		uint32_t a = kinds[i];

		assert_int_equal(fx_set(f, "V", a, "12345678", 8), EFI_SUCCESS);
		assert_int_equal(fx_set(f, "V", a | APP, "9abcdef", 7), EFI_SUCCESS);
		fx_expect(f, &fx_guid, "V", a, "123456789abcdef", 15);
		/* Appending to nothing creates, appending nothing does not. */
		assert_int_equal(fx_set(f, "None", a | APP, "", 0), EFI_SUCCESS);
		fx_absent(f, "None");
		assert_int_equal(fx_set(f, "None", a | APP, "xy", 2), EFI_SUCCESS);
		fx_expect(f, &fx_guid, "None", a, "xy", 2);
		assert_int_equal(fx_set(f, "V", 0, NULL, 0), EFI_SUCCESS);
		assert_int_equal(fx_set(f, "None", 0, NULL, 0), EFI_SUCCESS);
	}
	/* Without access there is nothing to append to, and nothing is created. */
	assert_int_equal(fx_set(f, "V", NV | APP, "x", 1), EFI_NOT_FOUND);
}

static void writes_that_change_nothing_leave_the_flash_alone(void **state)
{
	struct fx *f = *state;
	uint64_t steps;

	memset(large, 7, sizeof(large));
	assert_int_equal(fx_set(f, "V", NV | BS | RT, "same", 4), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "Large", NV | BS | RT, large, 1000), EFI_SUCCESS);
	steps = f->nor.steps;
	assert_int_equal(fx_set(f, "V", NV | BS | RT, "same", 4), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "Large", NV | BS | RT, large, 1000), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "V", NV | BS | RT | APP, "", 0), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "None", NV | BS | RT | APP, "", 0), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "None", NV | BS | RT, "", 0), EFI_NOT_FOUND);
	assert_int_equal(f->nor.steps, steps);
	/* The last byte is looked at, too. */
	large[999] = 8;
	assert_int_equal(fx_set(f, "Large", NV | BS | RT, large, 1000), EFI_SUCCESS);
	assert_int_not_equal(f->nor.steps, steps);
	fx_expect(f, &fx_guid, "Large", NV | BS | RT, large, 1000);
}

static void other_attributes_are_refused(void **state)
{
	struct fx *f = *state;
	static const uint32_t others[] = {NV | BS, BS | RT, BS, NV | BS | RT | HR};

	assert_int_equal(fx_set(f, "V", NV | BS | RT, "one", 3), EFI_SUCCESS);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_int_equal(fx_set(f, "V", others[i], "two", 3), EFI_INVALID_PARAMETER);
		assert_int_equal(fx_set(f, "V", others[i] | APP, "two", 3),
				 EFI_INVALID_PARAMETER);
		assert_true(fx_reported("SetVariable refused: the variable exists with other"));
	}
	fx_expect(f, &fx_guid, "V", NV | BS | RT, "one", 3);
	/* A volatile variable does not become an NV one either. */
	assert_int_equal(fx_set(f, "W", BS, "one", 3), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "W", NV | BS, "two", 3), EFI_INVALID_PARAMETER);
	fx_expect(f, &fx_guid, "W", BS, "one", 3);
}

static void impossible_attributes_are_refused(void **state)
{
	struct fx *f = *state;
	static const struct {
		uint32_t attributes;
		efi_status_t status;
	} cases[] = {
		{RT, EFI_INVALID_PARAMETER},
		{NV | RT, EFI_INVALID_PARAMETER},
		{HR, EFI_INVALID_PARAMETER},
		{NV | BS | HR, EFI_INVALID_PARAMETER},
		{BS | RT | HR, EFI_INVALID_PARAMETER},
		{NV | BS | 0x100, EFI_INVALID_PARAMETER},
		{NV | BS | 0x80000000, EFI_INVALID_PARAMETER},
		{NV | BS | 0x10, EFI_UNSUPPORTED},
		{NV | BS | RT | 0x10 | TA, EFI_UNSUPPORTED},
		{NV | BS | 0x80, EFI_UNSUPPORTED},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)fx_reported("");
		assert_int_equal(fx_set(f, "V", cases[i].attributes, "x", 1), cases[i].status);
		assert_true(fx_reported("SetVariable refused"));
		fx_absent(f, "V");
	}
	assert_int_equal(fx_set(f, "V", NV | BS | RT | HR, "x", 1), EFI_SUCCESS);
	fx_expect(f, &fx_guid, "V", NV | BS | RT | HR, "x", 1);
}

static void empty_name_is_refused(void **state)
{
	struct fx *f = *state;

	assert_int_equal(fx_set(f, "", NV | BS, "x", 1), EFI_INVALID_PARAMETER);
	assert_true(fx_reported("SetVariable refused: the name is empty"));
}

static void too_much_data_is_refused(void **state)
{
	struct fx *f = *state;

	assert_int_equal(fx_set(f, "V", NV | BS, large, FX_DATA_MAX + 1),
			 EFI_INVALID_PARAMETER);
	assert_true(fx_reported("SetVariable refused: the data is too large"));
	assert_int_equal(fx_set(f, "V", NV | BS, large, 40000), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "V", NV | BS | APP, large, FX_DATA_MAX - 40000 + 1),
			 EFI_INVALID_PARAMETER);
	assert_true(fx_reported("SetVariable refused: the appended data becomes too large"));
	fx_expect(f, &fx_guid, "V", NV | BS, large, 40000);
	assert_int_equal(fx_set(f, "V", NV | BS | APP, large, FX_DATA_MAX - 40000),
			 EFI_SUCCESS);
}

/* UEFI 2.10 section 8.2.3: what SetVariable() does after ExitBootServices(). */
static void runtime_rules(void **state)
{
	struct fx *f = *state;

	assert_int_equal(fx_set(f, "Boot", NV | BS, "b", 1), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "Both", NV | BS | RT, "r", 1), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "VolBoot", BS, "v", 1), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "VolBoth", BS | RT, "w", 1), EFI_SUCCESS);
	assert_int_equal(fx_call(f, FFAV_VAR_EXIT_BOOT_SERVICES, 0), EFI_SUCCESS);

	/* NV and RT: everything goes. */
	assert_int_equal(fx_set(f, "Both", NV | BS | RT, "rr", 2), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "Both", NV | BS | RT | APP, "r", 1), EFI_SUCCESS);
	fx_expect(f, &fx_guid, "Both", NV | BS | RT, "rrr", 3);
	assert_int_equal(fx_set(f, "Both", 0, NULL, 0), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "New", NV | BS | RT, "n", 1), EFI_SUCCESS);

	/* Creation needs both. */
	assert_int_equal(fx_set(f, "New2", NV | BS, "n", 1), EFI_INVALID_PARAMETER);
	assert_int_equal(fx_set(f, "New2", BS | RT, "n", 1), EFI_INVALID_PARAMETER);
	assert_int_equal(fx_set(f, "New2", BS | RT | APP, "n", 1), EFI_INVALID_PARAMETER);
	assert_true(fx_reported("SetVariable refused: creation at runtime without NV and RT"));
	assert_int_equal(fx_set(f, "New2", 0, NULL, 0), EFI_NOT_FOUND);

	/* Volatile ones are read-only. */
	assert_int_equal(fx_set(f, "VolBoth", BS | RT, "x", 1), EFI_WRITE_PROTECTED);
	assert_int_equal(fx_set(f, "VolBoth", BS | RT | APP, "x", 1), EFI_WRITE_PROTECTED);
	assert_int_equal(fx_set(f, "VolBoth", 0, NULL, 0), EFI_WRITE_PROTECTED);
	assert_true(fx_reported("SetVariable refused: volatile variable at runtime"));
	fx_expect(f, &fx_guid, "VolBoth", BS | RT, "w", 1);

	/* Boot-only ones are not there, but their names are taken. */
	assert_int_equal(fx_set(f, "Boot", NV | BS | RT, "x", 1), EFI_INVALID_PARAMETER);
	assert_int_equal(fx_set(f, "Boot", NV | BS, "x", 1), EFI_INVALID_PARAMETER);
	assert_true(fx_reported("SetVariable refused: boot-only variable at runtime"));
	assert_int_equal(fx_set(f, "Boot", 0, NULL, 0), EFI_NOT_FOUND);
	assert_int_equal(fx_set(f, "VolBoot", 0, NULL, 0), EFI_NOT_FOUND);
	fx_reset(f);
	fx_expect(f, &fx_guid, "Boot", NV | BS, "b", 1);
	fx_expect(f, &fx_guid, "New", NV | BS | RT, "n", 1);
}

/* An authenticated variable can be there, from an image that was made elsewhere. */
static void plain_write_over_an_authenticated_variable(void **state)
{
	struct fx *f = *state;
	uint8_t key[64];
	struct ffav_store_change c = {
		.key = key, .attributes = NV | BS | RT | TA, .data = {{"auth", 4}}};

	c.key_size = fx_key(key, &fx_guid, "Private");
	assert_int_equal(ffav_store_commit(&f->nonvolatile, &c, 1), FFAV_STORE_OK);
	assert_int_equal(fx_set(f, "Private", NV | BS | RT, "x", 1), EFI_WRITE_PROTECTED);
	assert_int_equal(fx_set(f, "Private", NV | BS | RT | APP, "x", 1), EFI_WRITE_PROTECTED);
	assert_int_equal(fx_set(f, "Private", NV | BS | RT, NULL, 0), EFI_WRITE_PROTECTED);
	assert_int_equal(fx_set(f, "Private", 0, NULL, 0), EFI_WRITE_PROTECTED);
	assert_true(fx_reported("SetVariable refused: plain write to an authenticated"));
	assert_int_equal(fx_set(f, "Private", NV | BS | RT | TA, "x", 1),
			 EFI_SECURITY_VIOLATION);
	assert_true(fx_reported("SetVariable refused: the data is shorter than an auth"));
	fx_expect(f, &fx_guid, "Private", NV | BS | RT | TA, "auth", 4);
}

static void full_store_refuses_and_loses_nothing(void **state)
{
	struct fx *f = *state;
	char name[16];
	unsigned int n = 0;
	efi_status_t status;

	memset(large, 0x42, sizeof(large));
	for (;; n++) {
		snprintf(name, sizeof(name), "Fill%04u", n);
		large[0] = (uint8_t)n;
		status = fx_set(f, name, NV | BS | RT, large, 2000);
		if (status)
			break;
		assert_true(n < 1000);
	}
	assert_int_equal(status, EFI_OUT_OF_RESOURCES);
	assert_true(fx_reported("SetVariable refused: no space"));
	assert_true(n > 50);
	fx_absent(f, name);
	for (unsigned int round = 0; round < 2; round++) {
		for (unsigned int i = 0; i < n; i++) {
			snprintf(name, sizeof(name), "Fill%04u", i);
			large[0] = (uint8_t)i;
			fx_expect(f, &fx_guid, name, NV | BS | RT, large, 2000);
		}
		fx_reset(f);
	}
	/* Reading, deleting and then writing still work. */
	assert_int_equal(fx_set(f, "Fill0003", 0, NULL, 0), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "Again", NV | BS | RT, large, 2000), EFI_SUCCESS);
	fx_expect(f, &fx_guid, "Again", NV | BS | RT, large, 2000);
}

static void full_index_refuses_and_loses_nothing(void **state)
{
	struct fx f;
	char name[16];
	unsigned int n = 0;
	efi_status_t status;

	(void)state;
	fx_open_sized(&f, 64, 20);
	for (;; n++) {
		snprintf(name, sizeof(name), "Fill%04u", n);
		status = fx_set(&f, name, NV | BS | RT, &n, sizeof(n));
		if (status)
			break;
		assert_true(n < 1000);
	}
	assert_int_equal(status, EFI_OUT_OF_RESOURCES);
	assert_true(fx_reported("SetVariable refused: too many variables"));
	assert_true(n >= 20);
	for (unsigned int i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "Fill%04u", i);
		fx_expect(&f, &fx_guid, name, NV | BS | RT, &i, sizeof(i));
	}
	/* Overwriting needs no further item. */
	assert_int_equal(fx_set(&f, "Fill0000", NV | BS | RT, "new", 3), EFI_SUCCESS);
	fx_expect(&f, &fx_guid, "Fill0000", NV | BS | RT, "new", 3);
	fx_close(&f);
}

/* With no sector that can be written there is no room; what is stored can still be read. */
static void worn_out_flash_refuses_and_loses_nothing(void **state)
{
	struct fx *f = *state;

	assert_int_equal(fx_set(f, "V", NV | BS | RT, "one", 3), EFI_SUCCESS);
	memset(f->nor.failing, FFAV_NOR_FAILS_PROGRAM | FFAV_NOR_FAILS_ERASE, 64);
	assert_int_equal(fx_set(f, "V", NV | BS | RT, "two", 3), EFI_OUT_OF_RESOURCES);
	assert_true(fx_reported("SetVariable refused: no space"));
	fx_expect(f, &fx_guid, "V", NV | BS | RT, "one", 3);
	assert_int_equal(fx_set(f, "W", BS, "two", 3), EFI_SUCCESS);
}

/* Turns over a bit of data that is stored, which @data are the first four bytes of. */
static void damage(struct fx *f, const char *data)
{
	size_t size = (size_t)f->nor.flash.sector_size * f->nor.flash.sector_count;
	size_t at = 0;

	while (at < size && memcmp(f->nor.cells + at, data, 4) != 0)
		at++;
	assert_true(at < size);
	f->nor.cells[at] ^= 1;
}

/* Its attributes say whether it is anybody's in particular, and they have their own checksum. */
static void damaged_plain_one_can_be_replaced(void **state)
{
	static const char *const names[] = {"Plain", "Other", "Signed"};
	static const char *const contents[] = {"plain data", "other data",
					       "Signed by somebody"};
	const size_t sizes[] = {10, 10, 18};
	struct fx *f = *state;
	struct ffav_store_change change = {.attributes = NV | BS | RT | TA,
					   .time = (const uint8_t[16]){0}};
	uint8_t key[sizeof(struct efi_guid) + 16];

	for (unsigned int i = 0; i < 3; i++) {
		change.key = key;
		change.key_size = fx_key(key, &fx_guid, names[i]);
		change.data[0] = (struct ffav_store_span){contents[i], sizes[i]};
		if (i < 2)
			assert_int_equal(fx_set(f, names[i], NV | BS | RT, contents[i], 10),
					 EFI_SUCCESS);
		else
			assert_int_equal(ffav_store_commit(&f->nonvolatile, &change, 1), 0);
	}
	fx_reset(f);
	for (unsigned int i = 0; i < 3; i++)
		damage(f, contents[i]);
	fx_reset(f);
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(fx_get(f, &fx_guid, names[i], 100), EFI_DEVICE_ERROR);
		/* What is not there any more cannot be appended to. */
		assert_int_equal(fx_set(f, names[i], NV | BS | RT | APP, "x", 1),
				 EFI_DEVICE_ERROR);
		assert_true(fx_reported("SetVariable refused: unreadable item"));
	}
	/* Other attributes are refused as ever. */
	assert_int_equal(fx_set(f, "Plain", NV | BS, "x", 1), EFI_INVALID_PARAMETER);
	/* What is stored now is wrong, also where it is the same as what is to be written. */
	assert_int_equal(fx_set(f, "Plain", NV | BS | RT, "qlain data", 10), EFI_SUCCESS);
	fx_expect(f, &fx_guid, "Plain", NV | BS | RT, "qlain data", 10);
	assert_int_equal(fx_set(f, "Other", NV | BS | RT, NULL, 0), EFI_SUCCESS);
	fx_absent(f, "Other");
	/* Who may write this one is not known any more. */
	assert_int_equal(fx_set(f, "Signed", NV | BS | RT, "x", 1), EFI_DEVICE_ERROR);
	assert_int_equal(fx_set(f, "Signed", NV | BS | RT, NULL, 0), EFI_DEVICE_ERROR);
	assert_int_equal(fx_set(f, "Signed", 0, NULL, 0), EFI_DEVICE_ERROR);
	fx_reset(f);
	fx_expect(f, &fx_guid, "Plain", NV | BS | RT, "qlain data", 10);
	fx_absent(f, "Other");
	assert_int_equal(fx_get(f, &fx_guid, "Signed", 100), EFI_DEVICE_ERROR);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, fx_setup, fx_teardown)
	const struct CMUnitTest tests[] = {
		CASE(creates_overwrites_and_deletes),
		CASE(volatile_ones_end_with_the_reset),
		CASE(every_way_to_delete),
		CASE(appends),
		CASE(writes_that_change_nothing_leave_the_flash_alone),
		CASE(other_attributes_are_refused),
		CASE(impossible_attributes_are_refused),
		CASE(empty_name_is_refused),
		CASE(too_much_data_is_refused),
		CASE(runtime_rules),
		CASE(plain_write_over_an_authenticated_variable),
		CASE(full_store_refuses_and_loses_nothing),
		CASE(damaged_plain_one_can_be_replaced),
		cmocka_unit_test(full_index_refuses_and_loses_nothing),
		CASE(worn_out_flash_refuses_and_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
