// SPDX-License-Identifier: BSD-3-Clause
/* GetVariable() and QueryVariableInfo(); UEFI 2.10 sections 8.2.1 and 8.2.4. */
#include "tests/unit/variables/fixture.h"

#include <string.h>

static void returns_what_was_set(void **state)
{
	struct fx *f = *state;

	assert_int_equal(fx_set(f, "Boot0001", NV | BS | RT, "\x01\x02\x03", 3), EFI_SUCCESS);
	fx_expect(f, &fx_guid, "Boot0001", NV | BS | RT, "\x01\x02\x03", 3);
	/* The same name under another GUID, and names around it, are other variables. */
	assert_int_equal(fx_get(f, &fx_guid2, "Boot0001", 10), EFI_NOT_FOUND);
	fx_absent(f, "Boot000");
	fx_absent(f, "Boot00011");
	fx_absent(f, "boot0001");
}

static void answers_nothing_but_a_status_when_there_is_nothing(void **state)
{
	struct fx *f = *state;

	fx_absent(f, "Missing");
	assert_false(fx_reported("refused"));
}

static void too_small_returns_size_and_attributes(void **state)
{
	struct fx *f = *state;
	struct ffav_var_access a;

	assert_int_equal(fx_set(f, "V", NV | BS, "12345678", 8), EFI_SUCCESS);
	for (uint64_t room = 0; room < 8; room++) {
		assert_int_equal(fx_get(f, &fx_guid, "V", room), EFI_BUFFER_TOO_SMALL);
		/* The fixed part and the name, and not a byte of the data. */
		assert_int_equal(f->reply_size,
				 FFAV_VAR_HEADER_SIZE + FFAV_VAR_ACCESS_SIZE + 4);
		assert_true(ffav_var_access_decode(fx_payload(f), FFAV_VAR_ACCESS_SIZE + 4,
						   false, &a));
		assert_memory_equal(a.guid, &fx_guid, sizeof(fx_guid));
		assert_int_equal(a.data_size, 8);
		assert_int_equal(a.attributes, NV | BS);
	}
	assert_int_equal(fx_get(f, &fx_guid, "V", 8), EFI_SUCCESS);
}

static void room_beyond_the_buffer_is_no_room(void **state)
{
	struct fx *f = *state;
	static uint8_t data[1000];
	size_t size;

	assert_int_equal(fx_set(f, "V", NV | BS, data, sizeof(data)), EFI_SUCCESS);
	/* The client has room, but the message buffer ends before the data do. */
	size = FFAV_VAR_HEADER_SIZE + fx_access(f, &fx_guid, "V", 0, 0, NULL);
	ffav_put64(fx_payload(f) + 16, UINT64_MAX);
	ffav_var_header_encode(f->message, FFAV_VAR_GET, 0);
	memset(f->message + size, 0xa5, 2000);
	assert_int_equal(
		ffav_variables_handle(&f->v, f->message, size, size + 999, &f->reply_size),
		MM_SUCCESS);
	assert_int_equal(ffav_var_status(f->message), EFI_INVALID_PARAMETER);
	assert_int_equal(f->reply_size, FFAV_VAR_HEADER_SIZE);
	assert_int_equal(f->message[size + 999], 0xa5);
	assert_true(fx_reported("GetVariable refused: the buffer has no room"));

	size = FFAV_VAR_HEADER_SIZE + fx_access(f, &fx_guid, "V", 0, 0, NULL);
	ffav_put64(fx_payload(f) + 16, UINT64_MAX);
	ffav_var_header_encode(f->message, FFAV_VAR_GET, 0);
	assert_int_equal(
		ffav_variables_handle(&f->v, f->message, size, size + 1000, &f->reply_size),
		MM_SUCCESS);
	assert_int_equal(ffav_var_status(f->message), EFI_SUCCESS);
	assert_int_equal(f->reply_size, size + 1000);
}

static void empty_name_is_not_found(void **state)
{
	struct fx *f = *state;

	assert_int_equal(fx_get(f, &fx_guid, "", 10), EFI_NOT_FOUND);
}

static void longest_name_and_longer(void **state)
{
	struct fx *f = *state;
	char name[1100];

	memset(name, 'n', sizeof(name));
	name[1024] = 0;
	assert_int_equal(fx_set(f, name, NV | BS, "x", 1), EFI_SUCCESS);
	fx_expect(f, &fx_guid, name, NV | BS, "x", 1);
	assert_int_equal(fx_enumerated(f, &fx_guid, name), 1);
	name[1024] = 'n';
	name[1025] = 0;
	assert_int_equal(fx_get(f, &fx_guid, name, 10), EFI_NOT_FOUND);
	assert_int_equal(fx_set(f, name, NV | BS, "x", 1), EFI_INVALID_PARAMETER);
	assert_true(fx_reported("SetVariable refused: the name is too long"));
}

static void boot_only_is_invisible_at_runtime(void **state)
{
	struct fx *f = *state;

	assert_int_equal(fx_set(f, "Boot", NV | BS, "b", 1), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "Both", NV | BS | RT, "r", 1), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "VolBoot", BS, "v", 1), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "VolBoth", BS | RT, "w", 1), EFI_SUCCESS);
	assert_int_equal(fx_call(f, FFAV_VAR_EXIT_BOOT_SERVICES, 0), EFI_SUCCESS);
	fx_absent(f, "Boot");
	fx_absent(f, "VolBoot");
	fx_expect(f, &fx_guid, "Both", NV | BS | RT, "r", 1);
	fx_expect(f, &fx_guid, "VolBoth", BS | RT, "w", 1);
	/* Told again, it stays; after a reset it is boot time. */
	assert_int_equal(fx_call(f, FFAV_VAR_EXIT_BOOT_SERVICES, 0), EFI_SUCCESS);
	fx_absent(f, "Boot");
	fx_reset(f);
	fx_expect(f, &fx_guid, "Boot", NV | BS, "b", 1);
	fx_absent(f, "VolBoth");
}

static void broken_flash_is_a_device_error(void **state)
{
	struct fx *f = *state;
	static uint8_t data[6000];

	/* The key is in the first sector, the end of the data in the second. */
	assert_int_equal(fx_set(f, "V", NV | BS | RT, data, sizeof(data)), EFI_SUCCESS);
	/* Without the map every read goes through the device. */
	f->nor.flash.map = NULL;
	f->nor.failing[1] = FFAV_NOR_FAILS_READ;
	assert_int_equal(fx_get(f, &fx_guid, "V", sizeof(data)), EFI_DEVICE_ERROR);
	assert_int_equal(f->reply_size, FFAV_VAR_HEADER_SIZE);
	assert_true(fx_reported("GetVariable refused: unreadable data"));
	assert_int_equal(fx_set(f, "V", NV | BS | RT | APP, "x", 1), EFI_DEVICE_ERROR);
	f->nor.failing[1] = 0;
	fx_expect(f, &fx_guid, "V", NV | BS | RT, data, sizeof(data));
}

static efi_status_t query(struct fx *f, uint32_t attributes, struct ffav_var_info *info)
{
	struct ffav_var_info i = {.attributes = attributes};
	efi_status_t status;

	assert_true(ffav_var_info_encode(fx_payload(f), FX_PAYLOAD_MAX, &i));
	status = fx_call(f, FFAV_VAR_QUERY_INFO, FFAV_VAR_INFO_SIZE);
	if (status)
		assert_int_equal(f->reply_size, FFAV_VAR_HEADER_SIZE);
	else
		assert_true(ffav_var_info_decode(fx_payload(f),
						 f->reply_size - FFAV_VAR_HEADER_SIZE, info));
	return status;
}

static void query_tells_the_truth(void **state)
{
	struct fx *f = *state;
	struct ffav_store_space space;
	struct ffav_var_info before, after, other;
	static uint8_t data[1000];

	/* The store keeps room to move its largest record; the first one of this size takes it. */
	assert_int_equal(fx_set(f, "U", NV | BS | RT, data, sizeof(data)), EFI_SUCCESS);
	assert_int_equal(query(f, NV | BS | RT, &before), EFI_SUCCESS);
	assert_int_equal(f->reply_size, FFAV_VAR_HEADER_SIZE + FFAV_VAR_INFO_SIZE);
	ffav_store_space(&f->nonvolatile, &space);
	assert_int_equal(before.max_storage, space.total);
	assert_int_equal(before.remaining, space.total - space.used);
	assert_true(before.max_variable > 0 && before.max_variable <= FX_DATA_MAX);
	assert_true(before.max_storage <= 64 * 4096);

	assert_int_equal(fx_set(f, "V", NV | BS | RT, data, sizeof(data)), EFI_SUCCESS);
	assert_int_equal(query(f, NV | BS, &after), EFI_SUCCESS);
	assert_int_equal(after.max_storage, before.max_storage);
	assert_true(after.remaining + sizeof(data) <= before.remaining);
	assert_true(after.remaining + sizeof(data) + 256 > before.remaining);

	/* Volatile variables have a space of their own. */
	assert_int_equal(query(f, BS, &other), EFI_SUCCESS);
	assert_int_not_equal(other.max_storage, before.max_storage);
	assert_int_equal(fx_set(f, "W", BS, data, sizeof(data)), EFI_SUCCESS);
	assert_int_equal(query(f, NV | BS, &before), EFI_SUCCESS);
	assert_int_equal(before.remaining, after.remaining);
}

static void largest_variable_is_as_large_as_told(void **state)
{
	struct fx *f = *state;
	static uint8_t data[FX_DATA_MAX + 1];
	struct ffav_var_info info;

	assert_int_equal(query(f, NV | BS | RT, &info), EFI_SUCCESS);
	assert_int_equal(fx_set(f, "V", NV | BS | RT, data, info.max_variable), EFI_SUCCESS);
	fx_expect(f, &fx_guid, "V", NV | BS | RT, data, info.max_variable);
	assert_int_equal(fx_set(f, "W", NV | BS | RT, data, info.max_variable + 1),
			 EFI_INVALID_PARAMETER);
	fx_expect(f, &fx_guid, "V", NV | BS | RT, data, info.max_variable);
	fx_absent(f, "W");
}

static void query_refuses_impossible_attributes(void **state)
{
	struct fx *f = *state;
	struct ffav_var_info info;
	static const struct {
		uint32_t attributes;
		efi_status_t status;
	} cases[] = {
		{0, EFI_INVALID_PARAMETER},
		{NV, EFI_INVALID_PARAMETER},
		{RT, EFI_INVALID_PARAMETER},
		{NV | RT, EFI_INVALID_PARAMETER},
		{BS | HR, EFI_INVALID_PARAMETER},
		{BS | 0x100, EFI_INVALID_PARAMETER},
		{BS | 0x80000000, EFI_INVALID_PARAMETER},
		{NV | BS | RT | 0x10, EFI_UNSUPPORTED},
		{NV | BS | RT | 0x80, EFI_UNSUPPORTED},
		{BS, EFI_SUCCESS},
		{NV | BS, EFI_SUCCESS},
		{NV | BS | RT | HR, EFI_SUCCESS},
		{NV | BS | RT | TA | APP, EFI_SUCCESS},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)fx_reported("");
		assert_int_equal(query(f, cases[i].attributes, &info), cases[i].status);
		assert_int_equal(fx_reported("QueryVariableInfo refused"),
				 cases[i].status != EFI_SUCCESS);
	}
	assert_int_equal(fx_call(f, FFAV_VAR_EXIT_BOOT_SERVICES, 0), EFI_SUCCESS);
	assert_int_equal(query(f, NV | BS, &info), EFI_INVALID_PARAMETER);
	assert_int_equal(query(f, NV | BS | RT, &info), EFI_SUCCESS);
}

static void payload_size_is_the_manifest_s(void **state)
{
	struct fx *f = *state;

	assert_int_equal(fx_call(f, FFAV_VAR_PAYLOAD_SIZE, 8), EFI_SUCCESS);
	assert_int_equal(f->reply_size, FFAV_VAR_HEADER_SIZE + 8);
	assert_int_equal(ffav_get64(fx_payload(f)), FX_PAYLOAD_MAX);
	assert_int_equal(fx_call(f, FFAV_VAR_PAYLOAD_SIZE, 7), EFI_INVALID_PARAMETER);
	assert_int_equal(f->reply_size, FFAV_VAR_HEADER_SIZE);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, fx_setup, fx_teardown)
	const struct CMUnitTest tests[] = {
		CASE(returns_what_was_set),
		CASE(answers_nothing_but_a_status_when_there_is_nothing),
		CASE(too_small_returns_size_and_attributes),
		CASE(room_beyond_the_buffer_is_no_room),
		CASE(empty_name_is_not_found),
		CASE(longest_name_and_longer),
		CASE(boot_only_is_invisible_at_runtime),
		CASE(broken_flash_is_a_device_error),
		CASE(query_tells_the_truth),
		CASE(largest_variable_is_as_large_as_told),
		CASE(query_refuses_impossible_attributes),
		CASE(payload_size_is_the_manifest_s),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
