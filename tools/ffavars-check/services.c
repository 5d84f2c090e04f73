/* SPDX-License-Identifier: BSD-3-Clause */
/* The variable services against UEFI 2.10 section 8.2, through the published runtime table. */
#include "tools/ffavars-check/check.h"

#define NV_BS_RT                                                       \
	(EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | \
	 EFI_VARIABLE_RUNTIME_ACCESS)

#define GET   "UEFI 2.10, 8.2.1"
#define NEXT  "UEFI 2.10, 8.2.2"
#define SET   "UEFI 2.10, 8.2.3"
#define QUERY "UEFI 2.10, 8.2.4"

/** Steps after which an enumeration is taken to be endless. */
#define STEPS_MAX 100000u
/** Room for a name, characters. */
#define NAME_MAX 1024u
/** Room for the data of any variable in the digest, bytes. */
#define DATA_MAX 0x10000u

/* Namespaces of this application only: whatever is in them is ours to delete. */
static const struct efi_guid ours = EFI_GUID_INIT(0x6a1f7c02, 0x9b0e, 0x4d33, 0x8e, 0x51, 0x0c,
						  0x5b, 0xa7, 0x44, 0x21, 0xf6);
static const struct efi_guid other = EFI_GUID_INIT(0x6a1f7c03, 0x9b0e, 0x4d33, 0x8e, 0x51, 0x0c,
						   0x5b, 0xa7, 0x44, 0x21, 0xf6);
static const uint16_t name[] = u"FfavarsCheck";
static const uint16_t planted[] = u"FfavarsCheckBoot";

static uint16_t walk_name[NAME_MAX];
static uint8_t walk_data[DATA_MAX];

static struct efi_runtime_services *runtime(const struct check *c)
{
	return c->system_table->runtime;
}

static efi_status_t get(struct check *c, uint32_t *attributes, uint64_t *size, void *data)
{
	return runtime(c)->get_variable(name, &ours, attributes, size, data);
}

static efi_status_t set(struct check *c, uint32_t attributes, const char *data, uint64_t size)
{
	return runtime(c)->set_variable(name, &ours, attributes, size, data);
}

static void expect(struct check *c, efi_status_t seen, efi_status_t wanted, const char *rule,
		   const char *section)
{
	check_point(c, seen == wanted, rule, section, seen);
}

static bool same_name(const uint16_t *a, const uint16_t *b)
{
	size_t i = 0;

	while (a[i] && a[i] == b[i])
		i++;
	return a[i] == b[i];
}

static void check_get_arguments(struct check *c)
{
	uint64_t size = 4;
	uint8_t data[4];

	expect(c, runtime(c)->get_variable(NULL, &ours, NULL, &size, data),
	       EFI_INVALID_PARAMETER, "GetVariable() without a name is INVALID_PARAMETER", GET);
	expect(c, runtime(c)->get_variable(name, NULL, NULL, &size, data),
	       EFI_INVALID_PARAMETER, "GetVariable() without a GUID is INVALID_PARAMETER", GET);
	expect(c, runtime(c)->get_variable(name, &ours, NULL, NULL, data),
	       EFI_INVALID_PARAMETER, "GetVariable() without a size is INVALID_PARAMETER", GET);
	expect(c, runtime(c)->get_variable(name, &ours, NULL, &size, data), EFI_NOT_FOUND,
	       "GetVariable() of a variable that does not exist is NOT_FOUND", GET);
}

static void check_create(struct check *c)
{
	uint32_t attributes = 0;
	uint64_t size;
	uint8_t data[16];
	efi_status_t status;

	expect(c, set(c, NV_BS_RT, NULL, 0), EFI_NOT_FOUND,
	       "deleting a variable that does not exist is NOT_FOUND", SET);
	expect(c, runtime(c)->set_variable(u"", &ours, NV_BS_RT, 1, "x"), EFI_INVALID_PARAMETER,
	       "SetVariable() with an empty name is INVALID_PARAMETER", SET);
	expect(c, set(c, EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_RUNTIME_ACCESS, "x", 1),
	       EFI_INVALID_PARAMETER,
	       "RUNTIME_ACCESS without BOOTSERVICE_ACCESS is INVALID_PARAMETER", SET);
	expect(c, set(c, NV_BS_RT, "12345", 5), EFI_SUCCESS, "a variable can be created", SET);
	size = sizeof(data);
	status = get(c, &attributes, &size, data);
	check_point(c, status == EFI_SUCCESS && size == 5 && !memcmp(data, "12345", 5),
		    "what was written is read back", GET, status);
	check_point(c, attributes == NV_BS_RT, "its attributes are read back", GET, attributes);
	size = 2;
	attributes = 0;
	status = get(c, &attributes, &size, data);
	check_point(c, status == EFI_BUFFER_TOO_SMALL && size == 5,
		    "a buffer that is too small is told the size", GET, size);
	check_point(c, attributes == NV_BS_RT, "and the attributes", GET, attributes);
	size = sizeof(data);
	expect(c, runtime(c)->get_variable(name, &other, NULL, &size, data), EFI_NOT_FOUND,
	       "the same name under another GUID is another variable", GET);
}

static void check_change(struct check *c)
{
	uint64_t size;
	uint8_t data[16];
	efi_status_t status;

	expect(c, set(c, NV_BS_RT, "ab", 2), EFI_SUCCESS, "a variable can be overwritten", SET);
	expect(c, set(c, NV_BS_RT | EFI_VARIABLE_APPEND_WRITE, "cde", 3), EFI_SUCCESS,
	       "data can be appended", SET);
	expect(c, set(c, NV_BS_RT | EFI_VARIABLE_APPEND_WRITE, NULL, 0), EFI_SUCCESS,
	       "appending nothing succeeds", SET);
	size = sizeof(data);
	status = get(c, NULL, &size, data);
	check_point(c, status == EFI_SUCCESS && size == 5 && !memcmp(data, "abcde", 5),
		    "appended data stands behind what was there", SET, size);
	expect(c, set(c, EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS, "x", 1),
	       EFI_INVALID_PARAMETER,
	       "other attributes than the variable's are INVALID_PARAMETER", SET);
}

static void check_next(struct check *c)
{
	static const uint16_t unknown[] = u"FfavarsCheckNobody";
	struct efi_guid guid = {{0}};
	unsigned int met = 0, steps = 0;
	uint64_t size = 2, offered;
	efi_status_t status;

	walk_name[0] = 0;
	status = runtime(c)->get_next_variable_name(&size, walk_name, &guid);
	check_point(c, status == EFI_BUFFER_TOO_SMALL && size > 2,
		    "a name buffer that is too small is told the size", NEXT, status);
	walk_name[0] = 0;
	do {
		size = sizeof(walk_name);
		status = runtime(c)->get_next_variable_name(&size, walk_name, &guid);
		if (status == EFI_SUCCESS && ffav_guid_equal(&guid, &ours) &&
		    same_name(walk_name, name))
			met++;
	} while (status == EFI_SUCCESS && ++steps < STEPS_MAX);
	check_point(c, status == EFI_NOT_FOUND, "an enumeration ends with NOT_FOUND", NEXT,
		    status);
	check_point(c, met == 1, "an enumeration meets a variable exactly once", NEXT, met);
	memcpy(walk_name, unknown, sizeof(unknown));
	guid = ours;
	offered = size = sizeof(walk_name);
	status = runtime(c)->get_next_variable_name(&size, walk_name, &guid);
	check_point(c, status == EFI_INVALID_PARAMETER && size == offered,
		    "going on behind an unknown name is INVALID_PARAMETER", NEXT, status);
}

static void check_query(struct check *c)
{
	uint64_t storage = 0, remaining = 0, largest = 0;
	efi_status_t status;

	if (c->phase != CHECK_BOOT && !(c->supported & EFI_RT_SUPPORTED_QUERY_VARIABLE_INFO)) {
		check_skip(c, "QueryVariableInfo()",
			   "the RT properties table says unsupported");
		return;
	}
	expect(c, runtime(c)->query_variable_info(0, &storage, &remaining, &largest),
	       EFI_INVALID_PARAMETER,
	       "QueryVariableInfo() without attributes is INVALID_PARAMETER", QUERY);
	status = runtime(c)->query_variable_info(NV_BS_RT, &storage, &remaining, &largest);
	check_point(c, status == EFI_SUCCESS && remaining <= storage && largest <= storage,
		    "QueryVariableInfo() answers sizes that fit each other", QUERY, status);
}

static void check_visibility(struct check *c)
{
	uint64_t size = 4;
	uint8_t data[4];
	efi_status_t status;

	status = runtime(c)->get_variable(planted, &ours, NULL, &size, data);
	if (c->phase == CHECK_BOOT) {
		expect(c, status, EFI_SUCCESS, "a volatile boot-only variable exists at boot",
		       SET);
		return;
	}
	expect(c, status, EFI_NOT_FOUND, "a boot-only variable is invisible at runtime", GET);
	status = set(c, EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS, "x", 1);
	check_point(c, status & EFI_ERROR_BIT,
		    "a boot-only variable cannot be created at runtime", SET, status);
	status = set(c, EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS, "x", 1);
	check_point(c, status & EFI_ERROR_BIT,
		    "a volatile variable cannot be created at runtime", SET, status);
}

void check_plant(struct check *c)
{
	efi_status_t status = runtime(c)->set_variable(planted, &ours,
						       EFI_VARIABLE_BOOTSERVICE_ACCESS, 1, "b");

	expect(c, status, EFI_SUCCESS, "a volatile boot-only variable can be created", SET);
}

void check_services(struct check *c)
{
	uint64_t size = 4;
	uint8_t data[4];

	/* What an interrupted earlier run left; its absence is fine. */
	if (c->phase == CHECK_BOOT)
		set(c, NV_BS_RT, NULL, 0);
	check_get_arguments(c);
	check_visibility(c);
	check_query(c);
	if (c->phase != CHECK_BOOT && !(c->supported & EFI_RT_SUPPORTED_SET_VARIABLE)) {
		expect(c, set(c, NV_BS_RT, "x", 1), EFI_UNSUPPORTED,
		       "SetVariable() is UNSUPPORTED where the RT properties table says so",
		       "UEFI 2.10, 4.6");
		return;
	}
	check_create(c);
	check_change(c);
	check_next(c);
	expect(c, set(c, NV_BS_RT, NULL, 0), EFI_SUCCESS, "a variable can be deleted", SET);
	expect(c, get(c, NULL, &size, data), EFI_NOT_FOUND, "a deleted variable is gone", SET);
}

static uint64_t hash_bytes(uint64_t hash, const void *bytes, uint64_t size)
{
	const uint8_t *b = bytes;

	/* FNV-1a of each variable; the sum of all does not depend on their order. */
	for (uint64_t i = 0; i < size; i++)
		hash = (hash ^ b[i]) * UINT64_C(0x100000001b3);
	return hash;
}

bool check_digest(struct check *c, struct check_digest *d)
{
	struct efi_guid guid = {{0}};
	efi_status_t status;

	*d = (struct check_digest){0};
	walk_name[0] = 0;
	for (unsigned int steps = 0; steps < STEPS_MAX; steps++) {
		uint64_t size = sizeof(walk_name), data_size = sizeof(walk_data), hash;
		uint32_t attributes = 0;

		status = runtime(c)->get_next_variable_name(&size, walk_name, &guid);
		if (status == EFI_NOT_FOUND)
			return true;
		if (status != EFI_SUCCESS)
			return false;
		status = runtime(c)->get_variable(walk_name, &guid, &attributes, &data_size,
						  walk_data);
		/* Volatile variables are the firmware's to change when boot services end. */
		if (!(attributes & EFI_VARIABLE_RUNTIME_ACCESS) ||
		    !(attributes & EFI_VARIABLE_NON_VOLATILE))
			continue;
		hash = hash_bytes(UINT64_C(0xcbf29ce484222325), walk_name, size);
		hash = hash_bytes(hash, &guid, sizeof(guid));
		hash = hash_bytes(hash, &attributes, sizeof(attributes));
		if (status == EFI_SUCCESS)
			hash = hash_bytes(hash, walk_data, data_size);
		d->hash += hash;
		d->count++;
	}
	return false;
}
