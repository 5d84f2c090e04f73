// SPDX-License-Identifier: BSD-3-Clause
/*
 * 'bootefi selftest': the variable services after ExitBootServices, where SetVariable()
 * works. Takes the place of U-Boot's test of that name, which expects that it does not.
 */
#include <charset.h>
#include <efi_selftest.h>
#include <efi_variable.h>

#define RUNTIME_ATTRIBUTES                                             \
	(EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | \
	 EFI_VARIABLE_RUNTIME_ACCESS)
#define NAME_MAX_CHARS 64

static const efi_guid_t vendor =
	EFI_GUID(0x3c1f0b6e, 0x5d27, 0x4f6e, 0x8c, 0x31, 0x70, 0x0a, 0x5e, 0x1f, 0x7e, 0x57);

static bool is_status(const char *what, efi_status_t ret, efi_status_t expected)
{
	if (ret == expected)
		return true;
	efi_st_error("%s: status %u, expected %u\n", what, (unsigned int)ret,
		     (unsigned int)expected);
	return false;
}

static bool has_value(const char *what, u16 *name, const void *expected, efi_uintn_t size)
{
	u8 data[16];
	efi_uintn_t len = sizeof(data);
	u32 attributes = 0;

	if (!is_status(what, st_runtime->get_variable(name, &vendor, &attributes, &len, data),
		       EFI_SUCCESS))
		return false;
	if (len == size && !memcmp(data, expected, size) && attributes == RUNTIME_ATTRIBUTES)
		return true;
	efi_st_error("%s: %u bytes, attributes 0x%x\n", what, (unsigned int)len, attributes);
	return false;
}

/* How often does the store list this variable of ours? */
static int listed(const u16 *wanted)
{
	u16 name[NAME_MAX_CHARS] = {0};
	efi_guid_t guid = {{0}};
	efi_status_t ret;
	int count = 0;

	for (;;) {
		efi_uintn_t size = sizeof(name);

		ret = st_runtime->get_next_variable_name(&size, name, &guid);
		if (ret == EFI_NOT_FOUND)
			return count;
		/* Somebody's name may be longer than this test's buffer. */
		if (!is_status("GetNextVariableName", ret, EFI_SUCCESS))
			return -1;
		if (!guidcmp(&guid, &vendor) && !u16_strcmp(name, wanted))
			count++;
	}
}

static int setup(const efi_handle_t handle, const struct efi_system_table *systable)
{
	u8 value = 1;

	if (!is_status("SetVariable at boot",
		       st_runtime->set_variable(u"st_boot", &vendor,
						EFI_VARIABLE_BOOTSERVICE_ACCESS, 1, &value),
		       EFI_SUCCESS))
		return EFI_ST_FAILURE;
	return EFI_ST_SUCCESS;
}

static bool check_refusals(void)
{
	u8 data[16] = {1, 2, 3};
	efi_uintn_t len = sizeof(data);

	return is_status("GetVariable of a boot variable",
			 st_runtime->get_variable(u"st_boot", &vendor, NULL, &len, data),
			 EFI_NOT_FOUND) &&
	       is_status("SetVariable of a volatile variable",
			 st_runtime->set_variable(u"st_run", &vendor,
						  EFI_VARIABLE_BOOTSERVICE_ACCESS |
							  EFI_VARIABLE_RUNTIME_ACCESS,
						  3, data),
			 EFI_INVALID_PARAMETER) &&
	       is_status("SetVariable without runtime access",
			 st_runtime->set_variable(u"st_run", &vendor,
						  EFI_VARIABLE_BOOTSERVICE_ACCESS |
							  EFI_VARIABLE_NON_VOLATILE,
						  3, data),
			 EFI_INVALID_PARAMETER) &&
	       is_status("SetVariable without a name",
			 st_runtime->set_variable(u"", &vendor, RUNTIME_ATTRIBUTES, 3, data),
			 EFI_INVALID_PARAMETER) &&
	       listed(u"st_run") == 0 && listed(u"st_boot") == 0;
}

static bool check_life(void)
{
	u8 data[] = {1, 2, 3, 4, 5}, other[] = {9, 8}, room[16];
	efi_uintn_t len = 2;
	u32 attributes = 0;

	/* Created, read back, too long for a small buffer, appended to, replaced, deleted. */
	if (!is_status(
		    "SetVariable",
		    st_runtime->set_variable(u"st_run", &vendor, RUNTIME_ATTRIBUTES, 3, data),
		    EFI_SUCCESS) ||
	    !has_value("created", u"st_run", data, 3))
		return false;
	if (!is_status("GetVariable into 2 bytes",
		       st_runtime->get_variable(u"st_run", &vendor, &attributes, &len, room),
		       EFI_BUFFER_TOO_SMALL))
		return false;
	if (len != 3 || attributes != RUNTIME_ATTRIBUTES) {
		efi_st_error("size needed %u, attributes 0x%x\n", (unsigned int)len,
			     attributes);
		return false;
	}
	if (!is_status("appending",
		       st_runtime->set_variable(u"st_run", &vendor,
						RUNTIME_ATTRIBUTES | EFI_VARIABLE_APPEND_WRITE,
						2, data + 3),
		       EFI_SUCCESS) ||
	    !has_value("appended", u"st_run", data, 5) || listed(u"st_run") != 1)
		return false;
	if (!is_status(
		    "replacing",
		    st_runtime->set_variable(u"st_run", &vendor, RUNTIME_ATTRIBUTES, 2, other),
		    EFI_SUCCESS) ||
	    !has_value("replaced", u"st_run", other, 2))
		return false;
	len = sizeof(room);
	return is_status("deleting",
			 st_runtime->set_variable(u"st_run", &vendor, RUNTIME_ATTRIBUTES, 0,
						  NULL),
			 EFI_SUCCESS) &&
	       is_status("GetVariable of what was deleted",
			 st_runtime->get_variable(u"st_run", &vendor, NULL, &len, room),
			 EFI_NOT_FOUND) &&
	       is_status("deleting again",
			 st_runtime->set_variable(u"st_run", &vendor, RUNTIME_ATTRIBUTES, 0,
						  NULL),
			 EFI_NOT_FOUND) &&
	       listed(u"st_run") == 0;
}

static int execute(void)
{
	if (efi_st_query_variable_common(RUNTIME_ATTRIBUTES) != EFI_ST_SUCCESS)
		return EFI_ST_FAILURE;
	if (!check_refusals() || !check_life())
		return EFI_ST_FAILURE;
	return EFI_ST_SUCCESS;
}

EFI_UNIT_TEST(variables_run) = {
	.name = "variables at runtime",
	.phase = EFI_SETUP_BEFORE_BOOTTIME_EXIT,
	.setup = setup,
	.execute = execute,
};
