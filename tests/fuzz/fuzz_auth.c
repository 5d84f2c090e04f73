// SPDX-License-Identifier: BSD-3-Clause
/*
 * Fuzz target: authenticated SetVariables, one behind the other.
 *
 * The input is a sequence of writes: a byte says which variable and what happens before, a
 * byte has the attributes, two bytes say how many bytes of data there are. What must hold:
 * every write gets a status; the mode is what the platform key says; what holds keys holds
 * right signature lists, and PK one certificate.
 */
#include <stdlib.h>

#include "secure/report/report.h"
#include "secure/store/ram.h"
#include "secure/variables/auth/signature_list.h"
#include "secure/variables/variables.h"

#define STORE_SIZE   0x10000u
#define SECTOR_SIZE  4096u
#define INDEX_SIZE   0x8000u
#define ITEMS        64u
#define DATA_MAX     8192u
#define MESSAGE_SIZE 0x6000u

/* What the first byte of a write means. */
#define VARIABLE_MASK 0x07u
#define DO_RESET      0x10u
#define DO_AUDIT      0x20u
#define DO_DEPLOY     0x40u

static const struct efi_guid global = EFI_GLOBAL_VARIABLE_GUID;
static const struct efi_guid security = EFI_IMAGE_SECURITY_DATABASE_GUID;
static const struct efi_guid private = {{0x42}};

static const struct {
	const struct efi_guid *guid;
	const char *name;
} variables[VARIABLE_MASK + 1] = {
	{&global, "PK"},
	{&global, "KEK"},
	{&security, "db"},
	{&security, "dbx"},
	{&private, "V"},
	{&private, "W"},
	{&global, "OsRecoveryOrder"},
	{&private, "OsRecovery0001"},
};

static uint8_t scratch[DATA_MAX];
static _Alignas(uint64_t) uint8_t memory[2][STORE_SIZE];
static _Alignas(uint64_t) uint8_t indexes[2][INDEX_SIZE];
static struct ffav_ram rams[2];
static struct ffav_store stores[2];
static struct ffav_variables service;
static uint8_t message[MESSAGE_SIZE];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void mount(unsigned int i, bool format)
{
	const struct ffav_flash *flash = &rams[i].flash;

	if (format) {
		ffav_ram_init(&rams[i], memory[i], sizeof(memory[i]), SECTOR_SIZE);
		must(ffav_store_format(flash) == FFAV_STORE_OK);
	}
	must(ffav_store_memory(flash, ITEMS) <= INDEX_SIZE);
	must(ffav_store_mount(&stores[i], flash, indexes[i], ffav_store_memory(flash, ITEMS)) ==
	     FFAV_STORE_OK);
}

static void power_on(bool format)
{
	const struct ffav_variables_config limits = {.payload_max = MESSAGE_SIZE - 16,
						     .name_max = 512,
						     .data_max = DATA_MAX,
						     .scratch = scratch};

	mount(0, format);
	mount(1, true);
	ffav_variables_init(&service, &limits, &stores[0], &stores[1]);
}

static size_t put_name(uint8_t *out, const char *name)
{
	size_t size = 0;

	do {
		ffav_put16(out + size, (uint8_t)*name);
		size += 2;
	} while (*name++);
	return size;
}

/* Send an access message; returns the status. */
static efi_status_t call(uint64_t function, const struct efi_guid *guid, const char *name,
			 uint32_t attributes, const uint8_t *data, size_t size)
{
	uint8_t utf16[64];
	struct ffav_var_access a = {.guid = guid->b,
				    .name = utf16,
				    .name_size = put_name(utf16, name),
				    .attributes = attributes,
				    .data_size = size};
	size_t at = FFAV_VAR_HEADER_SIZE, reply;

	ffav_var_header_encode(message, function, 0x1234);
	at += ffav_var_access_encode(message + at, sizeof(message) - at, &a);
	must(at > FFAV_VAR_HEADER_SIZE && at + size <= sizeof(message));
	if (data) {
		memcpy(message + at, data, size);
		at += size;
	}
	must(ffav_variables_handle(&service, message, at, sizeof(message), &reply) ==
	     MM_SUCCESS);
	must(reply >= FFAV_VAR_HEADER_SIZE && ffav_var_status(message) != 0x1234);
	return ffav_var_status(message);
}

/* The data of a variable, in the message; empty where there is none. */
static struct ffav_bytes get(const struct efi_guid *guid, const char *name)
{
	struct ffav_var_access a;

	if (call(FFAV_VAR_GET, guid, name, 0, NULL, DATA_MAX))
		return (struct ffav_bytes){0};
	must(ffav_var_access_decode(message + FFAV_VAR_HEADER_SIZE,
				    sizeof(message) - FFAV_VAR_HEADER_SIZE, true, &a));
	return (struct ffav_bytes){.data = a.data, .size = (size_t)a.data_size};
}

static uint8_t state(const char *name)
{
	struct ffav_bytes bytes = get(&global, name);

	must(bytes.size == 1 && bytes.data[0] <= 1);
	return bytes.data[0];
}

static void check(void)
{
	struct ffav_signature_entry e = {0};
	struct ffav_bytes lists;
	uint64_t value;
	bool pk;

	for (unsigned int i = 0; i < 4; i++)
		must(!ffav_signature_lists_check(get(variables[i].guid, variables[i].name),
						 &value));
	lists = get(&global, "PK");
	pk = lists.size;
	must(ffav_signature_next(lists, &e) == pk && !ffav_signature_next(lists, &e));
	must(state("SetupMode") == !pk);
	must(!state("SecureBoot"));
	must(!state("AuditMode") || !pk);
	must(!state("DeployedMode") || pk);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char line[FFAV_REPORT_LINE_MAX];

	power_on(true);
	while (size >= 4) {
		const struct efi_guid *guid = variables[data[0] & VARIABLE_MASK].guid;
		const char *name = variables[data[0] & VARIABLE_MASK].name;
		uint8_t what = data[0], attributes = data[1];
		size_t length = ffav_get16(data + 2);

		data += 4;
		size -= 4;
		if (length > size)
			length = size;
		if (length > MESSAGE_SIZE - 256)
			length = MESSAGE_SIZE - 256;
		if (what & DO_RESET)
			power_on(false);
		if (what & DO_AUDIT)
			(void)call(FFAV_VAR_SET, &global, "AuditMode", 6,
				   (const uint8_t *)"\x01", 1);
		if (what & DO_DEPLOY)
			(void)call(FFAV_VAR_SET, &global, "DeployedMode", 6,
				   (const uint8_t *)"\x01", 1);
		(void)call(FFAV_VAR_SET, guid, name, attributes, data, length);
		check();
		data += length;
		size -= length;
		while (ffav_report_take(line))
			ffav_report_refill(16);
	}
	return 0;
}
