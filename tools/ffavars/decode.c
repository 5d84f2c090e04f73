// SPDX-License-Identifier: BSD-3-Clause
/* Which variable means what; UEFI 2.10 section 3.3, and what boot loaders add to it. */
#include "tools/ffavars/decode.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "tools/ffavars/name.h"

void decode_broken(cJSON *object, const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): as in message() */
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	cJSON_AddStringToObject(object, "broken", text);
}

char *decode_text(const uint8_t *text, size_t size)
{
	uint16_t *units = calloc(size / 2 + 1, sizeof(*units));
	bool exact;
	char *out = NULL;

	if (!units)
		return NULL;
	for (size_t i = 0; i < size / 2; i++)
		units[i] = ffav_get16(text + 2 * i);
	out = name_to_utf8(units, &exact);
	free(units);
	return out;
}

static void wrong_size(cJSON *object, size_t size, size_t wanted)
{
	decode_broken(object, "it has %zu bytes and should have %zu", size, wanted);
}

static void add_entry(cJSON *array, const char *kind, uint16_t number)
{
	char text[32];

	snprintf(text, sizeof(text), "%s%04X", kind, number);
	cJSON_AddItemToArray(array, cJSON_CreateString(text));
}

static void order(cJSON *object, const char *kind, const uint8_t *data, size_t size)
{
	cJSON *array = cJSON_AddArrayToObject(object, "order");

	for (size_t i = 0; i + 2 <= size; i += 2)
		add_entry(array, kind, ffav_get16(data + i));
	if (size % 2)
		decode_broken(object, "there is half an entry at its end");
}

static void boot_order(cJSON *object, const uint8_t *data, size_t size)
{
	order(object, "Boot", data, size);
}

static void driver_order(cJSON *object, const uint8_t *data, size_t size)
{
	order(object, "Driver", data, size);
}

static void sysprep_order(cJSON *object, const uint8_t *data, size_t size)
{
	order(object, "SysPrep", data, size);
}

static void boot_entry(cJSON *object, const uint8_t *data, size_t size)
{
	char text[16];

	if (size != 2) {
		wrong_size(object, size, 2);
		return;
	}
	snprintf(text, sizeof(text), "Boot%04X", ffav_get16(data));
	cJSON_AddStringToObject(object, "means", text);
}

static void timeout(cJSON *object, const uint8_t *data, size_t size)
{
	char text[64];

	if (size != 2) {
		wrong_size(object, size, 2);
		return;
	}
	if (ffav_get16(data) == UINT16_MAX)
		snprintf(text, sizeof(text), "the boot menu waits for ever");
	else
		snprintf(text, sizeof(text), "the boot menu waits %u seconds",
			 ffav_get16(data));
	cJSON_AddNumberToObject(object, "seconds", ffav_get16(data));
	cJSON_AddStringToObject(object, "means", text);
}

static void on_off(cJSON *object, const uint8_t *data, size_t size)
{
	if (size != 1) {
		wrong_size(object, size, 1);
		return;
	}
	cJSON_AddNumberToObject(object, "value", data[0]);
	cJSON_AddStringToObject(object, "means",
				data[0] == 1 ? "yes" : (data[0] ? "neither 0 nor 1" : "no"));
}

/* Bits that have names; others are said as a number. */
static void bits(cJSON *object, uint64_t value, const char *const *words, size_t count)
{
	cJSON *array = cJSON_AddArrayToObject(object, "means");
	char text[32];

	for (size_t i = 0; i < count; i++) {
		if (words[i] && value >> i & 1) {
			cJSON_AddItemToArray(array, cJSON_CreateString(words[i]));
			value &= ~(UINT64_C(1) << i);
		}
	}
	if (value) {
		snprintf(text, sizeof(text), "0x%" PRIx64, value);
		cJSON_AddItemToArray(array, cJSON_CreateString(text));
	} else if (!cJSON_GetArraySize(array)) {
		cJSON_AddItemToArray(array, cJSON_CreateString("nothing"));
	}
}

static void indications(cJSON *object, const uint8_t *data, size_t size)
{
	static const char *const words[] = {
		"boot to firmware set-up",     "revoke time stamps",
		"deliver capsules from files", "FMP capsules",
		"report results of capsules",  "start OS recovery",
		"start platform recovery",     "collect the JSON configuration"};

	if (size == 8)
		bits(object, ffav_get64(data), words, sizeof(words) / sizeof(words[0]));
	else
		wrong_size(object, size, 8);
}

static void boot_options(cJSON *object, const uint8_t *data, size_t size)
{
	static const char *const words[] = {"hot keys", "application entries", NULL, NULL,
					    "SysPrep entries"};

	if (size == 4)
		bits(object, ffav_get32(data), words, sizeof(words) / sizeof(words[0]));
	else
		wrong_size(object, size, 4);
}

static void loader_features(cJSON *object, const uint8_t *data, size_t size)
{
	static const char *const words[] = {
		"time-out",     "time-out once",       "default entry",
		"entry once",   "boot counting",       "XBOOTLDR",
		"random seed",  "loads drivers",       "sorts by sort-key",
		"saved entry",  "device tree",         "Secure Boot enrolment",
		"retains shim", "menu can be disabled"};

	if (size == 8)
		bits(object, ffav_get64(data), words, sizeof(words) / sizeof(words[0]));
	else
		wrong_size(object, size, 8);
}

/* Codes of languages, in ASCII. */
static void ascii(cJSON *object, const uint8_t *data, size_t size)
{
	size_t length = 0;
	char *text;

	while (length < size && data[length] >= 0x20 && data[length] < 0x7f)
		length++;
	text = calloc(length + 1, 1);
	if (text) {
		memcpy(text, data, length);
		cJSON_AddStringToObject(object, "text", text);
	}
	free(text);
	if (length < size && (length + 1 != size || data[length]))
		decode_broken(object, "from byte %zu on it is no text", length);
}

/* What boot loaders write is UTF-16 with a terminator; lists have one behind each string. */
static void utf16(cJSON *object, const uint8_t *data, size_t size)
{
	cJSON *array = cJSON_AddArrayToObject(object, "text");
	size_t start = 0;

	for (size_t at = 0; at + 2 <= size; at += 2) {
		char *text;

		if (ffav_get16(data + at))
			continue;
		text = decode_text(data + start, at - start);
		if (text)
			cJSON_AddItemToArray(array, cJSON_CreateString(text));
		free(text);
		start = at + 2;
	}
	if (start < size)
		decode_broken(object, "from byte %zu on it is not terminated", start);
}

/**
 * struct kind - Variables that are decoded in one way.
 * @vendor: word of name_guid_word() for the vendor GUID
 * @name: the name; a # stands for a hexadecimal digit, and a * at its end for any rest
 * @decoder: fills an object in
 */
struct kind {
	const char *vendor;
	const char *name;
	void (*decoder)(cJSON *object, const uint8_t *data, size_t size);
};

static const struct kind kinds[] = {
	{"global", "Boot####", decode_load_option},
	{"global", "Driver####", decode_load_option},
	{"global", "SysPrep####", decode_load_option},
	{"global", "OsRecovery####", decode_load_option},
	{"global", "PlatformRecovery####", decode_load_option},
	{"global", "Key####", decode_key_option},
	{"global", "BootOrder", boot_order},
	{"global", "DriverOrder", driver_order},
	{"global", "SysPrepOrder", sysprep_order},
	{"global", "BootNext", boot_entry},
	{"global", "BootCurrent", boot_entry},
	{"global", "Timeout", timeout},
	{"global", "OsIndications", indications},
	{"global", "OsIndicationsSupported", indications},
	{"global", "BootOptionSupport", boot_options},
	{"global", "ConIn", decode_device_path},
	{"global", "ConOut", decode_device_path},
	{"global", "ErrOut", decode_device_path},
	{"global", "ConInDev", decode_device_path},
	{"global", "ConOutDev", decode_device_path},
	{"global", "ErrOutDev", decode_device_path},
	{"global", "Lang", ascii},
	{"global", "LangCodes", ascii},
	{"global", "PlatformLang", ascii},
	{"global", "PlatformLangCodes", ascii},
	{"global", "SecureBoot", on_off},
	{"global", "SetupMode", on_off},
	{"global", "AuditMode", on_off},
	{"global", "DeployedMode", on_off},
	{"global", "VendorKeys", on_off},
	{"global", "SignatureSupport", decode_guids},
	{"global", "PK", decode_signatures},
	{"global", "KEK", decode_signatures},
	{"global", "PKDefault", decode_signatures},
	{"global", "KEKDefault", decode_signatures},
	{"global", "dbDefault", decode_signatures},
	{"global", "dbxDefault", decode_signatures},
	{"global", "dbtDefault", decode_signatures},
	{"global", "dbrDefault", decode_signatures},
	{"security", "db", decode_signatures},
	{"security", "dbx", decode_signatures},
	{"security", "dbt", decode_signatures},
	{"security", "dbr", decode_signatures},
	{"shim", "MokList", decode_signatures},
	{"shim", "MokListX", decode_signatures},
	{"shim", "MokListRT", decode_signatures},
	{"shim", "MokListXRT", decode_signatures},
	{"shim", "SbatLevel", ascii},
	{"shim", "SbatLevelRT", ascii},
	{"loader", "LoaderFeatures", loader_features},
	{"loader", "LoaderDevicePartUUID", utf16},
	{"loader", "LoaderEntr*", utf16},
	{"loader", "LoaderFirmware*", utf16},
	{"loader", "LoaderImageIdentifier", utf16},
	{"loader", "LoaderInfo", utf16},
	{"loader", "LoaderTime*", utf16},
	{"loader", "StubInfo", utf16},
};

static bool matches(const char *pattern, const uint16_t *name)
{
	for (; *pattern; pattern++, name++) {
		if (*pattern == '*')
			return true;
		if (*pattern == '#' &&
		    ((*name >= '0' && *name <= '9') || (*name >= 'A' && *name <= 'F')))
			continue;
		if (*name != (uint8_t)*pattern)
			return false;
	}
	return !*name;
}

cJSON *decode(const struct efi_guid *guid, const uint16_t *name, const uint8_t *data,
	      size_t size)
{
	const char *vendor = name_guid_word(guid);
	cJSON *object;

	for (size_t i = 0; vendor && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].vendor, vendor) != 0 || !matches(kinds[i].name, name))
			continue;
		object = cJSON_CreateObject();
		kinds[i].decoder(object, data, size);
		return object;
	}
	return NULL;
}
