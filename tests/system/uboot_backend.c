/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The U-Boot side of the port against a scripted library: which requests it makes for
 * U-Boot's calls, and which errno values come of which status. Built and run by
 * uboot_backend.py with ports/u-boot/tree/port/backend.c and errno.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "uboot_declarations.h"
#include "shim.h"
#include "uboot.h"

const efi_guid_t efi_global_variable_guid = {{0x61}};
static const efi_guid_t other_guid = {{0x11}};

#define BOOT_RUNTIME 6u

/* What the library was asked, one letter per request: G, S, P (protect), p (unprotect), X. */
static char asked[32];
static unsigned int secure_state_inits, published, listened;

static struct {
	unsigned long get_status;
	unsigned int get_attributes;
	unsigned char value[8];
	unsigned long size;
	/* Of the first and of every further SetVariable. */
	unsigned long set_status, set_status_later;
	unsigned long protect_status;
	unsigned long communicate_status;
	unsigned long start_status;
	bool not_mapped;
	struct ffavars_connection connection;
} script;

static void note(char what)
{
	size_t used = strlen(asked);

	assert_true(used < sizeof(asked) - 1);
	asked[used] = what;
	asked[used + 1] = 0;
}

unsigned long ffavars_get(const unsigned short *name, const void *guid,
			  unsigned int *attributes, unsigned long *size, void *data)
{
	(void)name;
	(void)guid;
	note('G');
	if (script.get_status)
		return script.get_status;
	if (*size < script.size)
		return EFI_BUFFER_TOO_SMALL;
	memcpy(data, script.value, script.size);
	*size = script.size;
	*attributes = script.get_attributes;
	return EFI_SUCCESS;
}

unsigned long ffavars_set(const unsigned short *name, const void *guid, unsigned int attributes,
			  unsigned long size, const void *data)
{
	(void)name;
	(void)guid;
	(void)size;
	(void)data;
	/* U-Boot's private bit never leaves U-Boot. */
	assert_int_equal(attributes & ~0xffu, 0);
	note('S');
	return strchr(asked, 'S') == asked + strlen(asked) - 1 ? script.set_status
							       : script.set_status_later;
}

unsigned long ffavars_protect(const unsigned short *name, const void *guid,
			      unsigned int attributes, unsigned long size, int read_only)
{
	(void)name;
	(void)guid;
	(void)attributes;
	(void)size;
	note(read_only ? 'P' : 'p');
	return script.protect_status;
}

unsigned long ffavars_next(unsigned long *size, unsigned short *name, void *guid)
{
	(void)size;
	(void)name;
	(void)guid;
	return EFI_NOT_FOUND;
}

unsigned long ffavars_query(unsigned int attributes, unsigned long long *max_storage,
			    unsigned long long *remaining, unsigned long long *max_variable)
{
	*max_storage = attributes;
	*remaining = 2;
	*max_variable = 1;
	return EFI_SUCCESS;
}

unsigned long ffavars_communicate(void *message, unsigned long *size)
{
	(void)message;
	*size = 5;
	return script.communicate_status;
}

void ffavars_describe(struct ffavars_connection *connection)
{
	*connection = script.connection;
}

unsigned long ffavars_exit_boot_services(void)
{
	note('X');
	return script.start_status;
}

efi_status_t ffavars_transport_start(void)
{
	return script.start_status;
}

bool ffavars_transport_is_mapped(void)
{
	return !script.not_mapped;
}

void ffavars_give_up(void)
{
	note('D');
}

efi_status_t ffavars_runtime_listen(void)
{
	listened++;
	return EFI_SUCCESS;
}

void ffavars_runtime_publish(void)
{
	published++;
}

efi_status_t efi_init_secure_state(void)
{
	secure_state_inits++;
	return EFI_SUCCESS;
}

int guidcmp(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(efi_guid_t));
}

int u16_strcmp(const u16 *a, const u16 *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a - *b;
}

static int reset(void **state)
{
	(void)state;
	memset(&script, 0, sizeof(script));
	memset(asked, 0, sizeof(asked));
	secure_state_inits = published = listened = 0;
	return 0;
}

static efi_status_t set(const u16 *name, u32 attributes, bool ro_check)
{
	return efi_set_variable_int(name, &other_guid, attributes, 2, "\1\2", ro_check);
}

static void test_a_plain_write_is_one_request(void **state)
{
	(void)state;
	assert_int_equal(set(u"Name", 7, true), EFI_SUCCESS);
	assert_string_equal(asked, "S");
}

static void test_a_refusal_is_passed_on(void **state)
{
	(void)state;
	script.set_status = EFI_WRITE_PROTECTED;
	assert_int_equal(set(u"Name", 7, true), EFI_WRITE_PROTECTED);
	assert_string_equal(asked, "S");
}

static void test_what_is_there_already_is_left_alone(void **state)
{
	(void)state;
	script.size = 2;
	script.get_attributes = BOOT_RUNTIME;
	memcpy(script.value, "\1\2", 2);
	assert_int_equal(set(u"SetupMode", BOOT_RUNTIME | EFI_VARIABLE_READ_ONLY, false),
			 EFI_SUCCESS);
	assert_string_equal(asked, "G");
}

static void test_what_differs_is_written_and_protected(void **state)
{
	/* The value, the size, the attributes, or nothing is there. */
	static const struct {
		const char *value;
		unsigned long size;
		unsigned int attributes;
		unsigned long status;
	} cases[] = {{"\1\3", 2, BOOT_RUNTIME, 0},
		     {"\1", 1, BOOT_RUNTIME, 0},
		     {"\1\2\3", 3, BOOT_RUNTIME, 0},
		     {"\1\2", 2, 7, 0},
		     {"\1\2", 2, BOOT_RUNTIME, EFI_NOT_FOUND}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		reset(state);
		script.get_status = cases[i].status;
		script.size = cases[i].size;
		script.get_attributes = cases[i].attributes;
		memcpy(script.value, cases[i].value, cases[i].size);
		assert_int_equal(set(u"Name", BOOT_RUNTIME | EFI_VARIABLE_READ_ONLY, false),
				 EFI_SUCCESS);
		assert_string_equal(asked, "GSP");
	}
}

static void test_uboot_may_change_what_it_has_protected(void **state)
{
	(void)state;
	script.get_status = EFI_NOT_FOUND;
	script.set_status = EFI_WRITE_PROTECTED;
	assert_int_equal(set(u"Name", BOOT_RUNTIME | EFI_VARIABLE_READ_ONLY, false),
			 EFI_SUCCESS);
	assert_string_equal(asked, "GSpSP");
}

static void test_a_failed_write_protects_nothing(void **state)
{
	(void)state;
	script.get_status = EFI_NOT_FOUND;
	script.set_status = EFI_OUT_OF_RESOURCES;
	assert_int_equal(set(u"Name", BOOT_RUNTIME | EFI_VARIABLE_READ_ONLY, false),
			 EFI_OUT_OF_RESOURCES);
	assert_string_equal(asked, "GS");
	reset(NULL);
	script.set_status = EFI_WRITE_PROTECTED;
	script.protect_status = EFI_ACCESS_DENIED;
	assert_int_equal(set(u"Name", BOOT_RUNTIME, false), EFI_ACCESS_DENIED);
	assert_string_equal(asked, "Sp");
}

static void test_a_new_platform_key_changes_the_secure_state(void **state)
{
	(void)state;
	assert_int_equal(
		efi_set_variable_int(u"PK", &efi_global_variable_guid, 0x27, 1, "", true),
		EFI_SUCCESS);
	assert_int_equal(secure_state_inits, 1);
	/* Somebody else's PK, another name, a PK that was refused. */
	assert_int_equal(set(u"PK", 7, true), EFI_SUCCESS);
	assert_int_equal(
		efi_set_variable_int(u"PK2", &efi_global_variable_guid, 7, 1, "", true),
		EFI_SUCCESS);
	script.set_status_later = EFI_ACCESS_DENIED;
	assert_int_equal(
		efi_set_variable_int(u"PK", &efi_global_variable_guid, 0x27, 1, "", true),
		EFI_ACCESS_DENIED);
	assert_int_equal(secure_state_inits, 1);
}

static void test_arguments(void **state)
{
	(void)state;
	assert_int_equal(efi_set_variable_int(NULL, &other_guid, 7, 1, "", true),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(efi_set_variable_int(u"N", NULL, 7, 1, "", true),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(efi_set_variable_int(u"N", &other_guid,
					      BOOT_RUNTIME | EFI_VARIABLE_READ_ONLY, 1, NULL,
					      false),
			 EFI_INVALID_PARAMETER);
	assert_string_equal(asked, "");
}

static void test_the_time_is_always_set(void **state)
{
	u64 time = 99;
	efi_uintn_t size = 0;
	u32 attributes;

	(void)state;
	script.get_status = EFI_NOT_FOUND;
	assert_int_equal(
		efi_get_variable_int(u"N", &other_guid, &attributes, &size, NULL, &time),
		EFI_NOT_FOUND);
	assert_int_equal(time, 0);
	assert_string_equal(asked, "G");
}

static void test_nothing_is_promised_without_a_partition(void **state)
{
	(void)state;
	assert_int_equal(efi_ffavars_rt_supported(), 0);
	script.connection.ready = 1;
	assert_int_equal(efi_ffavars_rt_supported(),
			 EFI_RT_SUPPORTED_SET_VARIABLE | EFI_RT_SUPPORTED_QUERY_VARIABLE_INFO);
}

static void test_start(void **state)
{
	(void)state;
	script.start_status = EFI_NOT_FOUND;
	assert_int_equal(efi_init_variables(), EFI_NOT_FOUND);
	assert_int_equal(listened + secure_state_inits, 0);
	script.start_status = EFI_SUCCESS;
	assert_int_equal(efi_init_variables(), EFI_SUCCESS);
	assert_int_equal(listened, 1);
	assert_int_equal(secure_state_inits, 1);
}

static void test_exit_publishes_whatever_the_partition_says(void **state)
{
	(void)state;
	efi_variables_boot_exit_notify();
	script.start_status = EFI_DEVICE_ERROR;
	efi_variables_boot_exit_notify();
	assert_string_equal(asked, "XX");
	assert_int_equal(published, 2);
}

static void test_a_buffer_that_is_not_mapped_is_given_up(void **state)
{
	(void)state;
	script.not_mapped = true;
	efi_variables_boot_exit_notify();
	assert_string_equal(asked, "XD");
	assert_int_equal(published, 1);
}

static void test_errno(void **state)
{
	static const struct {
		unsigned long status;
		int error;
	} cases[] = {{EFI_SUCCESS, 0},
		     {EFI_DEVICE_ERROR, -EINVAL},
		     {EFI_INVALID_PARAMETER, -EPERM},
		     {EFI_ACCESS_DENIED, -EACCES},
		     {EFI_OUT_OF_RESOURCES, -EBUSY},
		     {EFI_BAD_BUFFER_SIZE, -E2BIG},
		     {EFI_UNSUPPORTED, -ENODEV},
		     {EFI_NOT_FOUND, -EACCES},
		     {EFI_ERROR_MASK, -EACCES},
		     {~0UL, -EACCES},
		     {1, -EACCES}};
	ulong size = 9;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		script.communicate_status = cases[i].status;
		assert_int_equal(ffavars_transport_communicate(&size, &size), cases[i].error);
	}
	assert_int_equal(size, 5);
}

#define TEST(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_plain_write_is_one_request),
		TEST(test_a_refusal_is_passed_on),
		TEST(test_what_is_there_already_is_left_alone),
		TEST(test_what_differs_is_written_and_protected),
		TEST(test_uboot_may_change_what_it_has_protected),
		TEST(test_a_failed_write_protects_nothing),
		TEST(test_a_new_platform_key_changes_the_secure_state),
		TEST(test_arguments),
		TEST(test_the_time_is_always_set),
		TEST(test_nothing_is_promised_without_a_partition),
		TEST(test_start),
		TEST(test_exit_publishes_whatever_the_partition_says),
		TEST(test_a_buffer_that_is_not_mapped_is_given_up),
		TEST(test_errno),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
