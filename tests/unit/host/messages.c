// SPDX-License-Identifier: BSD-3-Clause
/* A message of each kind that the MM partition knows, and some that it does not. */
#include "tests/unit/host/messages.h"

#define BS       EFI_VARIABLE_BOOTSERVICE_ACCESS
#define NV_BS_RT (EFI_VARIABLE_NON_VOLATILE | BS | EFI_VARIABLE_RUNTIME_ACCESS)

/** Bytes of room for a payload. */
#define ROOM 256u

const struct efi_guid message_guid = EFI_GUID_INIT(0x5f3d2a10, 0x7c41, 0x4b8e, 0x9d, 0x02, 0x11,
						   0x22, 0x33, 0x44, 0x55, 0x66);

static const struct efi_guid variables = MM_VARIABLE_GUID;
static const struct efi_guid policies = MM_VARIABLE_POLICY_GUID;
static const struct efi_guid end_of_dxe = EFI_END_OF_DXE_EVENT_GROUP_GUID;
static const struct efi_guid exit_boot_services = EFI_EVENT_EXIT_BOOT_SERVICES_GUID;
static const struct efi_guid unknown = EFI_GUID_INIT(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

/* An ASCII name as UTF-16, with its terminator. */
static void put_name(uint8_t *out, const char *name)
{
	for (size_t i = 0; i <= strlen(name); i++)
		ffav_put16(out + 2 * i, (uint8_t)name[i]);
}

/* An access message: @data NULL is a GetVariable with @size bytes of room. */
static size_t put_access(uint8_t *out, const char *name, uint32_t attributes, const void *data,
			 size_t size)
{
	struct ffav_var_access a = {.guid = message_guid.b,
				    .name_size = 2 * (strlen(name) + 1),
				    .attributes = attributes,
				    .data_size = size};
	size_t at = FFAV_VAR_ACCESS_SIZE + (size_t)a.name_size;

	ffav_var_access_encode_fixed(out, &a);
	put_name(out + FFAV_VAR_ACCESS_SIZE, name);
	if (!data)
		return at;
	memcpy(out + at, data, size);
	return at + size;
}

static size_t get(uint8_t *out)
{
	return put_access(out, "Old", 0, NULL, 64);
}

static size_t get_without_room(uint8_t *out)
{
	return put_access(out, "Old", 0, NULL, 1);
}

static size_t get_missing(uint8_t *out)
{
	return put_access(out, "No", 0, NULL, 64);
}

static size_t set_new(uint8_t *out)
{
	return put_access(out, "New", NV_BS_RT, "new", 3);
}

static size_t set_old(uint8_t *out)
{
	return put_access(out, "Old", NV_BS_RT, "a new value", 11);
}

static size_t append(uint8_t *out)
{
	return put_access(out, "Old", NV_BS_RT | EFI_VARIABLE_APPEND_WRITE, " and more", 9);
}

static size_t delete (uint8_t *out)
{
	return put_access(out, "Old", NV_BS_RT, "", 0);
}

static size_t set_volatile(uint8_t *out)
{
	return put_access(out, "V", BS, "v", 1);
}

static size_t next(uint8_t *out)
{
	ffav_var_next_encode(out, ROOM, message_guid.b, 64, NULL, 0);
	put_name(out + FFAV_VAR_NEXT_SIZE, "Old");
	return FFAV_VAR_NEXT_SIZE + 64;
}

static size_t query(uint8_t *out)
{
	struct ffav_var_info info = {.attributes = NV_BS_RT};

	ffav_var_info_encode(out, ROOM, &info);
	return FFAV_VAR_INFO_SIZE;
}

static size_t eight_bytes(uint8_t *out)
{
	(void)out;
	return FFAV_VAR_PAYLOAD_SIZE_SIZE;
}

static size_t nothing(uint8_t *out)
{
	(void)out;
	return 0;
}

static size_t property(uint8_t *out)
{
	uint8_t name[8];
	struct ffav_var_check c = {.guid = message_guid.b,
				   .name = name,
				   .name_size = sizeof(name),
				   .revision = FFAV_VAR_CHECK_REVISION,
				   .attributes = NV_BS_RT,
				   .max_size = 100};

	put_name(name, "Old");
	ffav_var_check_encode(out, ROOM, &c);
	return FFAV_VAR_CHECK_SIZE + sizeof(name);
}

static size_t policy(uint8_t *out)
{
	static const uint8_t ask[] = {'V', 'C', 'P', 'C', 1, 0, 0, 0, 2};

	memcpy(out, ask, sizeof(ask));
	return 32;
}

static size_t event(uint8_t *out)
{
	out[0] = 0x77;
	return 1;
}

/* One kind: who it is for, the function of a variable message or 0, and what follows. */
static const struct {
	const char *name;
	const struct efi_guid *guid;
	uint64_t function;
	size_t (*payload)(uint8_t *out);
} kinds[] = {
	{"GetVariable", &variables, FFAV_VAR_GET, get},
	{"GetVariable without room", &variables, FFAV_VAR_GET, get_without_room},
	{"GetVariable of nothing", &variables, FFAV_VAR_GET, get_missing},
	{"GetNextVariableName", &variables, FFAV_VAR_GET_NEXT_NAME, next},
	{"SetVariable", &variables, FFAV_VAR_SET, set_new},
	{"SetVariable once more", &variables, FFAV_VAR_SET, set_old},
	{"SetVariable to append", &variables, FFAV_VAR_SET, append},
	{"SetVariable to delete", &variables, FFAV_VAR_SET, delete},
	{"SetVariable of a volatile one", &variables, FFAV_VAR_SET, set_volatile},
	{"QueryVariableInfo", &variables, FFAV_VAR_QUERY_INFO, query},
	{"ready to boot", &variables, FFAV_VAR_READY_TO_BOOT, nothing},
	{"exit boot services", &variables, FFAV_VAR_EXIT_BOOT_SERVICES, nothing},
	{"lock", &variables, FFAV_VAR_LOCK, get},
	{"property set", &variables, FFAV_VAR_CHECK_PROPERTY_SET, property},
	{"property get", &variables, FFAV_VAR_CHECK_PROPERTY_GET, property},
	{"payload size", &variables, FFAV_VAR_PAYLOAD_SIZE, eight_bytes},
	{"statistics", &variables, FFAV_VAR_STATISTICS, eight_bytes},
	{"no function", &variables, 99, eight_bytes},
	{"policy", &policies, 0, policy},
	{"end of DXE", &end_of_dxe, 0, event},
	{"exit boot services event", &exit_boot_services, 0, event},
	{"nobody's message", &unknown, 0, event},
};

const unsigned int message_kinds = sizeof(kinds) / sizeof(kinds[0]);

const char *message_name(unsigned int kind)
{
	return kinds[kind].name;
}

size_t message_make(uint8_t *out, unsigned int kind, size_t header_size)
{
	uint8_t *data = out + header_size;
	struct ffav_mm_header h = {.guid = kinds[kind].guid->b, .header_size = header_size};

	memset(out, 0, MESSAGE_MAX);
	if (kinds[kind].function) {
		ffav_var_header_encode(data, kinds[kind].function, MESSAGE_STATUS);
		h.data_size = FFAV_VAR_HEADER_SIZE;
	}
	h.data_size += kinds[kind].payload(data + h.data_size);
	ffav_mm_header_encode(out, MESSAGE_MAX, &h);
	/* A reply may be longer than its request where a version 3 client says so. */
	if (header_size == MM_HEADER_V3_SIZE)
		ffav_put64(out + 16, MM_HEADER_V3_SIZE + h.data_size + 64);
	return header_size + (size_t)h.data_size;
}
