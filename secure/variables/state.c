// SPDX-License-Identifier: BSD-3-Clause
/*
 * Variables that nobody stores: the service computes them from the keys that
 * are enrolled. UEFI 2.10 section 3.3 (globally defined variables) and 32.3.
 */
#include "secure/variables/internal.h"

enum {
	SETUP_MODE,
	SECURE_BOOT,
	AUDIT_MODE,
	DEPLOYED_MODE,
	VENDOR_KEYS,
	SIGNATURE_SUPPORT,
	STATE_COUNT,
};

/* In ASCII; every character of these names is one. */
static const char names[STATE_COUNT][20] = {
	[SETUP_MODE] = "SetupMode",   [SECURE_BOOT] = "SecureBoot",
	[AUDIT_MODE] = "AuditMode",   [DEPLOYED_MODE] = "DeployedMode",
	[VENDOR_KEYS] = "VendorKeys", [SIGNATURE_SUPPORT] = "SignatureSupport",
};

static const struct efi_guid global = EFI_GLOBAL_VARIABLE_GUID;
static const struct efi_guid databases = EFI_IMAGE_SECURITY_DATABASE_GUID;

/* EFI_CERT_SHA256_GUID and EFI_CERT_X509_GUID, UEFI 2.10 section 32.4.1. */
static const struct efi_guid signatures[] = {
	EFI_GUID_INIT(0xc1c41626, 0x504c, 0x4092, 0xac, 0xa9, 0x41, 0xf9, 0x36, 0x93, 0x43,
		      0x28),
	EFI_GUID_INIT(0xa5c059a1, 0x94e4, 0x4aa7, 0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0,
		      0x72),
};
_Static_assert(sizeof(signatures) <= FFAV_VAR_STATE_DATA_MAX, "SignatureSupport is too large");

static bool name_is(const uint8_t *key, size_t key_size, const char *name)
{
	size_t i = FFAV_VAR_GUID_SIZE;

	for (; i + 2 <= key_size && *name; i += 2, name++) {
		if (ffav_get16(key + i) != (uint8_t)*name)
			return false;
	}
	return i == key_size && !*name;
}

int ffav_var_state_find(const uint8_t *key, size_t key_size)
{
	if (!ffav_guid_equal(key, &global))
		return -1;
	for (int i = 0; i < STATE_COUNT; i++) {
		if (name_is(key, key_size, names[i]))
			return i;
	}
	return -1;
}

size_t ffav_var_state_key(int number, uint8_t *out, size_t room)
{
	const char *name;
	size_t size = FFAV_VAR_GUID_SIZE;

	if (number >= STATE_COUNT)
		return 0;
	for (name = names[number]; *name; name++)
		size += 2;
	if (size > room)
		return size;
	memcpy(out, &global, sizeof(global));
	out += sizeof(global);
	for (name = names[number]; *name; name++, out += 2)
		ffav_put16(out, (uint8_t)*name);
	return size;
}

/* Without a platform key the platform is in setup mode. */
static bool setup_mode(struct ffav_variables *v)
{
	uint8_t key[FFAV_VAR_GUID_SIZE + 4];

	memcpy(key, &global, sizeof(global));
	ffav_put16(key + FFAV_VAR_GUID_SIZE, 'P');
	ffav_put16(key + FFAV_VAR_GUID_SIZE + 2, 'K');
	return !ffav_store_find(v->nonvolatile, key, sizeof(key));
}

size_t ffav_var_state_read(struct ffav_variables *v, int number, uint8_t *out)
{
	switch (number) {
	case SETUP_MODE:
		out[0] = setup_mode(v);
		return 1;
	case SECURE_BOOT:
		out[0] = v->config.platform_verifies_images && !setup_mode(v);
		return 1;
	case SIGNATURE_SUPPORT:
		memcpy(out, signatures, sizeof(signatures));
		return sizeof(signatures);
	default:
		/* Neither audit nor deployed mode can be entered, and no vendor's keys are built in. */
		out[0] = 0;
		return 1;
	}
}

bool ffav_var_is_key_database(const struct ffav_var_key *key)
{
	if (ffav_guid_equal(key->bytes, &global))
		return name_is(key->bytes, key->size, "PK") ||
		       name_is(key->bytes, key->size, "KEK");
	if (ffav_guid_equal(key->bytes, &databases))
		return name_is(key->bytes, key->size, "db") ||
		       name_is(key->bytes, key->size, "dbx") ||
		       name_is(key->bytes, key->size, "dbt") ||
		       name_is(key->bytes, key->size, "dbr");
	return false;
}
