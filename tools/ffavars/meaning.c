// SPDX-License-Identifier: BSD-3-Clause
/* What the data of well-known variables mean; UEFI 2.10 sections 3.1.3 and 3.3. */
#include <ctype.h>
#include <inttypes.h>

#include "tools/ffavars/devicepath.h"
#include "tools/ffavars/ffavars.h"

static bool starts_with(const uint16_t *name, const char *start, const uint16_t **rest)
{
	for (; *start; start++, name++) {
		if (*name != (uint8_t)*start)
			return false;
	}
	*rest = name;
	return true;
}

static bool is(const uint16_t *name, const char *text)
{
	const uint16_t *rest;

	return starts_with(name, text, &rest) && !*rest;
}

/* Boot0001, Driver00AF and their like: the kind, or NULL. */
static const char *numbered(const uint16_t *name)
{
	static const char *const kinds[] = {"Boot", "Driver", "SysPrep", "OsRecovery",
					    "PlatformRecovery"};
	const uint16_t *rest;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t digits = 0;

		if (!starts_with(name, kinds[i], &rest))
			continue;
		while (digits < 4 && rest[digits] < 0x80 && isxdigit(rest[digits]) &&
		       !islower(rest[digits]))
			digits++;
		if (digits == 4 && !rest[4])
			return kinds[i];
	}
	return NULL;
}

/** EFI_LOAD_OPTION: attributes 4, bytes of the paths 2, the description, the paths, the rest. */
#define LOAD_OPTION_SIZE  6u
#define LOAD_ACTIVE       1u
#define LOAD_RECONNECT    2u
#define LOAD_HIDDEN       8u
#define LOAD_CATEGORY     0x1f00u
#define LOAD_CATEGORY_APP 0x100u

static void print_load_option(FILE *out, const uint8_t *data, size_t size)
{
	size_t at = LOAD_OPTION_SIZE;
	uint32_t attributes;
	size_t paths;

	if (size < LOAD_OPTION_SIZE)
		goto broken;
	attributes = ffav_get32(data);
	paths = ffav_get16(data + 4);
	while (at + 2 <= size && ffav_get16(data + at))
		at += 2;
	if (at + 2 > size || !ffav_range_in(at + 2, paths, size))
		goto broken;
	fputs("Entry:      \"", out);
	utf16_print(out, data + LOAD_OPTION_SIZE, at - LOAD_OPTION_SIZE);
	fprintf(out, "\", %s%s%s%s\nPath:       ",
		attributes & LOAD_ACTIVE ? "active" : "not active",
		attributes & LOAD_HIDDEN ? ", hidden" : "",
		attributes & LOAD_RECONNECT ? ", reconnects drivers" : "",
		(attributes & LOAD_CATEGORY) == LOAD_CATEGORY_APP ? ", an application" : "");
	at += 2;
	(void)device_path_print(out, data + at, paths);
	fputc('\n', out);
	if (size > at + paths)
		fprintf(out, "Options:    %zu bytes from 0x%zx on\n", size - at - paths,
			at + paths);
	return;
broken:
	fprintf(out, "Entry:      its fields do not fit into its %zu bytes\n", size);
}

static void print_order(FILE *out, const char *kind, const uint8_t *data, size_t size)
{
	fputs("Order:     ", out);
	for (size_t i = 0; i + 2 <= size; i += 2)
		fprintf(out, " %s%04X", kind, ffav_get16(data + i));
	fputs(size % 2 ? " and half an entry\n" : "\n", out);
}

static void print_indications(FILE *out, const uint8_t *data)
{
	static const char *const words[] = {
		"boot to firmware set-up",     "revoke time stamps",
		"deliver capsules from files", "FMP capsules",
		"report results of capsules",  "start OS recovery",
		"start platform recovery",     "collect the JSON configuration"};
	uint64_t bits = ffav_get64(data);
	const char *separator = "";

	fputs("Means:      ", out);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!(bits >> i & 1))
			continue;
		fprintf(out, "%s%s", separator, words[i]);
		separator = ", ";
	}
	fputs(*separator ? "\n" : "nothing\n", out);
}

void meaning_print(FILE *out, const struct efi_guid *guid, const uint16_t *name,
		   const uint8_t *data, size_t size)
{
	static const struct efi_guid global = EFI_GLOBAL_VARIABLE_GUID;

	if (!ffav_guid_equal(guid, &global))
		return;
	if (numbered(name))
		print_load_option(out, data, size);
	else if (is(name, "BootOrder"))
		print_order(out, "Boot", data, size);
	else if (is(name, "DriverOrder"))
		print_order(out, "Driver", data, size);
	else if (is(name, "SysPrepOrder"))
		print_order(out, "SysPrep", data, size);
	else if ((is(name, "BootNext") || is(name, "BootCurrent")) && size == 2)
		fprintf(out, "Means:      Boot%04X\n", ffav_get16(data));
	else if (is(name, "Timeout") && size == 2)
		fprintf(out, "Means:      the boot menu waits %u seconds\n", ffav_get16(data));
	else if ((is(name, "OsIndications") || is(name, "OsIndicationsSupported")) && size == 8)
		print_indications(out, data);
}
