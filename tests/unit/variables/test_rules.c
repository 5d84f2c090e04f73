// SPDX-License-Identifier: BSD-3-Clause
/* Locks, var-check properties, and the variables that the service computes. */
#include "tests/unit/variables/fixture.h"

#include <string.h>

static const struct efi_guid image_security = EFI_IMAGE_SECURITY_DATABASE_GUID;

static efi_status_t lock(struct fx *f, const char *name)
{
	return fx_lock(f, &fx_guid, name);
}

static efi_status_t property(struct fx *f, uint64_t function, const struct efi_guid *guid,
			     const char *name, struct ffav_var_check *c)
{
	uint8_t utf16[FX_NAME_MAX + 64];
	efi_status_t status;

	c->guid = guid->b;
	c->name = utf16;
	c->name_size = fx_name(utf16, name);
	assert_true(ffav_var_check_encode(fx_payload(f), FX_PAYLOAD_MAX, c));
	status = fx_call(f, function, FFAV_VAR_CHECK_SIZE + c->name_size);
	if (status || function == FFAV_VAR_CHECK_PROPERTY_SET) {
		assert_int_equal(f->reply_size, FFAV_VAR_HEADER_SIZE);
	} else {
		size_t size = f->reply_size - FFAV_VAR_HEADER_SIZE;

		assert_int_equal(size, FFAV_VAR_CHECK_SIZE + fx_name(utf16, name));
		assert_true(ffav_var_check_decode(fx_payload(f), size, c));
		assert_memory_equal(c->guid, guid, sizeof(*guid));
		assert_memory_equal(c->name, utf16, c->name_size);
	}
	return status;
}

static efi_status_t set_property(struct fx *f, const char *name, struct ffav_var_check c)
{
	c.revision = FFAV_VAR_CHECK_REVISION;
	return property(f, FFAV_VAR_CHECK_PROPERTY_SET, &fx_guid, name, &c);
}

static void lock_holds_until_reset(void **state)
{
	struct fx *f = *state;

	assert_int_equal(fx_set(f, "V", NV | BS | RT, "one", 3), EFI_SUCCESS);
	assert_int_equal(lock(f, "V"), EFI_SUCCESS);
	assert_int_equal(lock(f, "V"), EFI_SUCCESS);
	assert_int_equal(lock(f, "NotThere"), EFI_SUCCESS);
	for (unsigned int round = 0; round < 2; round++) {
		assert_int_equal(fx_set(f, "V", NV | BS | RT, "two", 3), EFI_WRITE_PROTECTED);
		assert_int_equal(fx_set(f, "V", NV | BS | RT | APP, "two", 3),
				 EFI_WRITE_PROTECTED);
		assert_int_equal(fx_set(f, "V", 0, NULL, 0), EFI_WRITE_PROTECTED);
		assert_int_equal(fx_set(f, "NotThere", NV | BS | RT, "x", 1),
				 EFI_WRITE_PROTECTED);
		assert_true(fx_reported("SetVariable refused: the variable is locked"));
		fx_expect(f, &fx_guid, "V", NV | BS | RT, "one", 3);
		/* Other names and the same name under another GUID are free. */
		assert_int_equal(fx_set(f, "VV", NV | BS | RT, "x", 1), EFI_SUCCESS);
		assert_int_equal(fx_set_guid(f, &fx_guid2, "V", NV | BS | RT, "x", 1),
				 EFI_SUCCESS);
		assert_int_equal(fx_call(f, FFAV_VAR_EXIT_BOOT_SERVICES, 0), EFI_SUCCESS);
	}
	/* Locks are no variables. */
	assert_int_equal(fx_count(f), 3 + 6);
	fx_reset(f);
	assert_int_equal(fx_set(f, "V", NV | BS | RT, "two", 3), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "NotThere", NV | BS | RT, "x", 1), EFI_SUCCESS);
}

static void no_rules_after_the_platform_had_its_turn(void **state)
{
	struct fx *f = *state;
	struct ffav_var_check c = {.max_size = 1};

	for (unsigned int way = 0; way < 3; way++) {
		fx_reset(f);
		assert_int_equal(lock(f, "V"), EFI_SUCCESS);
		if (way == 0)
			ffav_variables_end_of_dxe(&f->v);
		else
			assert_int_equal(fx_call(f,
						 way == 1 ? FFAV_VAR_READY_TO_BOOT
							  : FFAV_VAR_EXIT_BOOT_SERVICES,
						 0),
					 EFI_SUCCESS);
		assert_int_equal(lock(f, "W"), EFI_ACCESS_DENIED);
		assert_int_equal(set_property(f, "W", c), EFI_ACCESS_DENIED);
		assert_true(fx_reported("VarCheckPropertySet refused: too late"));
		assert_int_equal(fx_set(f, "V", NV | BS | RT, "x", 1), EFI_WRITE_PROTECTED);
	}
}

static void property_comes_back(void **state)
{
	struct fx *f = *state;
	struct ffav_var_check c = {.property = FFAV_VAR_CHECK_READ_ONLY,
				   .attributes = NV | BS,
				   .min_size = 2,
				   .max_size = 0x123456789a};
	struct ffav_var_check back = {.property = 1, .min_size = 77};

	assert_int_equal(property(f, FFAV_VAR_CHECK_PROPERTY_GET, &fx_guid, "V", &back),
			 EFI_NOT_FOUND);
	assert_int_equal(set_property(f, "V", c), EFI_SUCCESS);
	assert_int_equal(property(f, FFAV_VAR_CHECK_PROPERTY_GET, &fx_guid, "V", &back),
			 EFI_SUCCESS);
	assert_int_equal(back.revision, FFAV_VAR_CHECK_REVISION);
	assert_int_equal(back.property, c.property);
	assert_int_equal(back.attributes, c.attributes);
	assert_int_equal(back.min_size, c.min_size);
	assert_int_equal(back.max_size, c.max_size);
	/* Another one replaces it; a lock beside it is not a property, and stays. */
	assert_int_equal(lock(f, "V"), EFI_SUCCESS);
	c.property = 0;
	assert_int_equal(set_property(f, "V", c), EFI_SUCCESS);
	assert_int_equal(property(f, FFAV_VAR_CHECK_PROPERTY_GET, &fx_guid, "V", &back),
			 EFI_SUCCESS);
	assert_int_equal(back.property, 0);
	assert_int_equal(fx_set(f, "V", NV | BS, "xyz", 3), EFI_WRITE_PROTECTED);
	assert_int_equal(lock(f, "W"), EFI_SUCCESS);
	assert_int_equal(property(f, FFAV_VAR_CHECK_PROPERTY_GET, &fx_guid, "W", &back),
			 EFI_NOT_FOUND);
	fx_reset(f);
	assert_int_equal(property(f, FFAV_VAR_CHECK_PROPERTY_GET, &fx_guid, "V", &back),
			 EFI_NOT_FOUND);
}

static void property_is_enforced(void **state)
{
	struct fx *f = *state;
	struct ffav_var_check c = {.attributes = NV | BS, .min_size = 2, .max_size = 4};

	assert_int_equal(set_property(f, "V", c), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "V", NV | BS | RT, "xyz", 3), EFI_INVALID_PARAMETER);
	assert_true(fx_reported("property wants other attributes"));
	assert_int_equal(fx_set(f, "V", NV | BS, "x", 1), EFI_INVALID_PARAMETER);
	assert_int_equal(fx_set(f, "V", NV | BS, "vwxyz", 5), EFI_INVALID_PARAMETER);
	assert_true(fx_reported("property does not allow the size"));
	fx_absent(f, "V");
	assert_int_equal(fx_set(f, "V", NV | BS, "xy", 2), EFI_SUCCESS);
	/* The size that counts is the one that it would have. */
	assert_int_equal(fx_set(f, "V", NV | BS | APP, "zz", 2), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "V", NV | BS | APP, "!", 1), EFI_INVALID_PARAMETER);
	fx_expect(f, &fx_guid, "V", NV | BS, "xyzz", 4);
	/* Deleting is not a matter of size. */
	assert_int_equal(fx_set(f, "V", NV | BS, NULL, 0), EFI_SUCCESS);
	c.property = FFAV_VAR_CHECK_READ_ONLY;
	assert_int_equal(set_property(f, "V", c), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "V", NV | BS, "xy", 2), EFI_WRITE_PROTECTED);
}

static void malformed_properties_are_refused(void **state)
{
	struct fx *f = *state;
	struct ffav_var_check c = {.max_size = 1};

	c.revision = 2;
	assert_int_equal(property(f, FFAV_VAR_CHECK_PROPERTY_SET, &fx_guid, "V", &c),
			 EFI_INVALID_PARAMETER);
	assert_true(fx_reported("VarCheckPropertySet refused: unknown property revision"));
	c.property = 2;
	assert_int_equal(set_property(f, "V", c), EFI_INVALID_PARAMETER);
	assert_true(fx_reported("VarCheckPropertySet refused: unknown property bits"));
	c.property = 0;
	assert_int_equal(set_property(f, "", c), EFI_INVALID_PARAMETER);
	assert_int_equal(lock(f, ""), EFI_INVALID_PARAMETER);
	assert_true(fx_reported("LockVariable refused: the name is empty"));
	assert_int_equal(fx_set(f, "V", NV | BS, "xyz", 3), EFI_SUCCESS);
}

static const struct {
	const char *name;
	uint8_t value;
} computed[] = {
	{"SetupMode", 1},    {"SecureBoot", 0}, {"AuditMode", 0},
	{"DeployedMode", 0}, {"VendorKeys", 0},
};

static void state_without_keys(void **state)
{
	struct fx *f = *state;
	static const struct efi_guid sha256 = EFI_GUID_INIT(
		0xc1c41626, 0x504c, 0x4092, 0xac, 0xa9, 0x41, 0xf9, 0x36, 0x93, 0x43, 0x28);

	for (size_t i = 0; i < sizeof(computed) / sizeof(computed[0]); i++) {
		fx_expect(f, &fx_global, computed[i].name, BS | RT, &computed[i].value, 1);
		assert_int_equal(fx_get(f, &fx_global, computed[i].name, 0),
				 EFI_BUFFER_TOO_SMALL);
		assert_int_equal(ffav_get64(fx_payload(f) + 16), 1);
	}
	assert_int_equal(fx_get(f, &fx_global, "SignatureSupport", 100), EFI_SUCCESS);
	assert_int_equal(ffav_get64(fx_payload(f) + 16) % 16, 0);
	assert_memory_equal(f->message + f->reply_size - 32, &sha256, 16);
	fx_absent(f, "SetupMode");
}

/* A platform key can be there, from an image that was made elsewhere. */
static void platform_key_ends_setup_mode(void **state)
{
	struct fx *f = *state;
	uint8_t key[32];
	struct ffav_store_change c = {
		.key = key, .attributes = NV | BS | RT | TA, .data = {{"pk", 2}}};

	c.key_size = fx_key(key, &fx_global, "PK");
	assert_int_equal(ffav_store_commit(&f->nonvolatile, &c, 1), FFAV_STORE_OK);
	fx_expect(f, &fx_global, "SetupMode", BS | RT, "\x00", 1);
	/* SecureBoot is 1 only where somebody verifies images. */
	fx_expect(f, &fx_global, "SecureBoot", BS | RT, "\x00", 1);
	f->config.platform_verifies_images = true;
	fx_reset(f);
	fx_expect(f, &fx_global, "SetupMode", BS | RT, "\x00", 1);
	fx_expect(f, &fx_global, "SecureBoot", BS | RT, "\x01", 1);
	c.remove = true;
	assert_int_equal(ffav_store_commit(&f->nonvolatile, &c, 1), FFAV_STORE_OK);
	fx_expect(f, &fx_global, "SetupMode", BS | RT, "\x01", 1);
	fx_expect(f, &fx_global, "SecureBoot", BS | RT, "\x00", 1);
}

/* What a stock U-Boot does when it starts: it gives up if anything of it is refused. */
static void firmware_that_writes_the_state_goes_on(void **state)
{
	struct fx *f = *state;
	uint64_t steps = f->nor.steps;
	struct ffav_var_check c = {.revision = FFAV_VAR_CHECK_REVISION,
				   .property = FFAV_VAR_CHECK_READ_ONLY,
				   .attributes = BS | RT,
				   .min_size = 1,
				   .max_size = 1};

	for (size_t i = 0; i < sizeof(computed) / sizeof(computed[0]); i++) {
		/* Audit and deployed mode can be entered; whoever writes 0 wants no mode. */
		uint8_t opposite = i < 2 ? !computed[i].value : 0;

		assert_int_equal(
			fx_set_guid(f, &fx_global, computed[i].name, BS | RT, &opposite, 1),
			EFI_SUCCESS);
		assert_true(fx_reported("SetVariable refused: write to a computed variable"));
		assert_int_equal(property(f, FFAV_VAR_CHECK_PROPERTY_SET, &fx_global,
					  computed[i].name, &c),
				 EFI_SUCCESS);
		/* What can be written can be locked. */
		assert_int_equal(fx_reported("VarCheckPropertySet refused: computed variables"),
				 strcmp(computed[i].name, "AuditMode") != 0 &&
					 strcmp(computed[i].name, "DeployedMode") != 0);
		assert_int_equal(fx_lock(f, &fx_global, computed[i].name), EFI_SUCCESS);
		fx_expect(f, &fx_global, computed[i].name, BS | RT, &computed[i].value, 1);
		assert_int_equal(property(f, FFAV_VAR_CHECK_PROPERTY_GET, &fx_global,
					  computed[i].name, &c),
				 EFI_SUCCESS);
		assert_int_equal(c.property, FFAV_VAR_CHECK_READ_ONLY);
		assert_int_equal(c.max_size, 1);
		assert_int_equal(c.attributes, BS | RT);
	}
	assert_int_equal(
		fx_set_guid(f, &fx_global, "SignatureSupport", BS | RT, "0123456789abcdef", 16),
		EFI_SUCCESS);
	assert_int_equal(fx_set_guid(f, &fx_global, "SetupMode", 0, NULL, 0), EFI_SUCCESS);
	assert_int_equal(f->nor.steps, steps);
	assert_int_equal(fx_count(f), 6);

	assert_int_equal(fx_call(f, FFAV_VAR_EXIT_BOOT_SERVICES, 0), EFI_SUCCESS);
	for (size_t i = 0; i < sizeof(computed) / sizeof(computed[0]); i++) {
		assert_int_equal(
			fx_set_guid(f, &fx_global, computed[i].name, BS | RT, "\x01", 1),
			EFI_WRITE_PROTECTED);
		assert_int_equal(property(f, FFAV_VAR_CHECK_PROPERTY_SET, &fx_global,
					  computed[i].name, &c),
				 EFI_ACCESS_DENIED);
		fx_expect(f, &fx_global, computed[i].name, BS | RT, &computed[i].value, 1);
	}
}

static efi_status_t write_mode(struct fx *f, const char *name, uint8_t value)
{
	return fx_set_guid(f, &fx_global, name, BS | RT, &value, 1);
}

static void locked_modes_are_not_entered(void **state)
{
	static const char *const names[] = {"AuditMode", "DeployedMode"};
	struct fx *f = *state;

	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(fx_lock(f, &fx_global, names[i]), EFI_SUCCESS);
		for (uint8_t value = 0; value < 2; value++) {
			(void)fx_reported("");
			assert_int_equal(write_mode(f, names[i], value), EFI_WRITE_PROTECTED);
			assert_true(fx_reported(
				"SetVariable refused: the computed variable is locked"));
		}
		fx_expect(f, &fx_global, names[i], BS | RT, "\x00", 1);
		/* The other one is not. */
		assert_int_equal(write_mode(f, names[!i], 0), EFI_SUCCESS);
		/* The lock is no variable. */
		assert_int_equal(fx_count(f), 6);
		fx_reset(f);
		assert_int_equal(write_mode(f, names[i], 0), EFI_SUCCESS);
	}
	assert_int_equal(write_mode(f, "AuditMode", 1), EFI_SUCCESS);
	fx_expect(f, &fx_global, "AuditMode", BS | RT, "\x01", 1);
}

/* A stock U-Boot takes the property away, writes what it thinks, and puts it back. */
static void modes_are_read_only_as_firmware_says(void **state)
{
	static const char *const names[] = {"AuditMode", "DeployedMode"};
	struct fx *f = *state;

	for (unsigned int i = 0; i < 2; i++) {
		struct ffav_var_check c = {.property = 0};

		assert_int_equal(
			property(f, FFAV_VAR_CHECK_PROPERTY_GET, &fx_global, names[i], &c),
			EFI_SUCCESS);
		assert_int_equal(c.property, FFAV_VAR_CHECK_READ_ONLY);
		for (unsigned int round = 0; round < 2; round++) {
			c.property = 0;
			/* Attributes and sizes are the service's, not what is said here. */
			c.attributes = NV;
			c.min_size = 7;
			c.max_size = 9;
			assert_int_equal(property(f, FFAV_VAR_CHECK_PROPERTY_SET, &fx_global,
						  names[i], &c),
					 EFI_SUCCESS);
			assert_int_equal(property(f, FFAV_VAR_CHECK_PROPERTY_GET, &fx_global,
						  names[i], &c),
					 EFI_SUCCESS);
			assert_int_equal(c.property, 0);
			assert_int_equal(c.attributes, BS | RT);
			assert_int_equal(c.min_size, 1);
			assert_int_equal(c.max_size, 1);
			assert_int_equal(write_mode(f, names[i], 0), EFI_SUCCESS);
			c.property = FFAV_VAR_CHECK_READ_ONLY;
			assert_int_equal(property(f, FFAV_VAR_CHECK_PROPERTY_SET, &fx_global,
						  names[i], &c),
					 EFI_SUCCESS);
			assert_int_equal(write_mode(f, names[i], 1), EFI_WRITE_PROTECTED);
		}
		assert_int_equal(
			property(f, FFAV_VAR_CHECK_PROPERTY_GET, &fx_global, names[i], &c),
			EFI_SUCCESS);
		assert_int_equal(c.property, FFAV_VAR_CHECK_READ_ONLY);
		fx_expect(f, &fx_global, names[i], BS | RT, "\x00", 1);
	}
}

static void key_databases_take_authenticated_writes_only(void **state)
{
	struct fx *f = *state;
	static const struct {
		const struct efi_guid *guid;
		const char *name;
	} keys[] = {
		{&fx_global, "PK"},       {&fx_global, "KEK"},      {&image_security, "db"},
		{&image_security, "dbx"}, {&image_security, "dbt"}, {&image_security, "dbr"},
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		assert_int_equal(
			fx_set_guid(f, keys[i].guid, keys[i].name, NV | BS | RT, "x", 1),
			EFI_INVALID_PARAMETER);
		assert_true(fx_reported("SetVariable refused: not the attributes of a variable "
					"that holds keys"));
		assert_int_equal(fx_set_guid(f, keys[i].guid, keys[i].name, 0, NULL, 0),
				 EFI_NOT_FOUND);
		assert_int_equal(
			fx_set_guid(f, keys[i].guid, keys[i].name, NV | BS | RT | TA, "x", 1),
			EFI_SECURITY_VIOLATION);
		/* The names are taken in their own namespace only. */
		assert_int_equal(fx_set(f, keys[i].name, NV | BS | RT, "x", 1), EFI_SUCCESS);
	}
	fx_expect(f, &fx_global, "SetupMode", BS | RT, "\x01", 1);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, fx_setup, fx_teardown)
	const struct CMUnitTest tests[] = {
		CASE(lock_holds_until_reset),
		CASE(no_rules_after_the_platform_had_its_turn),
		CASE(property_comes_back),
		CASE(property_is_enforced),
		CASE(malformed_properties_are_refused),
		CASE(state_without_keys),
		CASE(platform_key_ends_setup_mode),
		CASE(firmware_that_writes_the_state_goes_on),
		CASE(locked_modes_are_not_entered),
		CASE(modes_are_read_only_as_firmware_says),
		CASE(key_databases_take_authenticated_writes_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
