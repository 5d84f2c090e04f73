// SPDX-License-Identifier: BSD-3-Clause
/*
 * Variables that nobody stores: the service computes them from the keys that
 * are enrolled and the mode. UEFI 2.10 section 3.3 (globally defined variables) and 32.3.
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

/* EFI_CERT_SHA256_GUID and EFI_CERT_X509_GUID, UEFI 2.10 section 32.4.1. */
static const struct efi_guid signatures[] = {
	EFI_GUID_INIT(0xc1c41626, 0x504c, 0x4092, 0xac, 0xa9, 0x41, 0xf9, 0x36, 0x93, 0x43,
		      0x28),
	EFI_GUID_INIT(0xa5c059a1, 0x94e4, 0x4aa7, 0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0,
		      0x72),
};
_Static_assert(sizeof(signatures) <= FFAV_VAR_STATE_DATA_MAX, "SignatureSupport is too large");

int ffav_var_state_find(const uint8_t *key, size_t key_size)
{
	if (!ffav_guid_equal(key, &global))
		return -1;
	for (int i = 0; i < STATE_COUNT; i++) {
		if (ffav_var_name_is(key, key_size, names[i]))
			return i;
	}
	return -1;
}

uint8_t *ffav_var_state_rule(struct ffav_variables *v, int number)
{
	switch (number) {
	case AUDIT_MODE:
		return &v->audit_rule;
	case DEPLOYED_MODE:
		return &v->deployed_rule;
	default:
		return NULL;
	}
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

size_t ffav_var_state_read(struct ffav_variables *v, int number, uint8_t *out)
{
	enum ffav_var_mode mode = ffav_var_mode(v);
	bool setup = mode == FFAV_VAR_MODE_SETUP || mode == FFAV_VAR_MODE_AUDIT;

	switch (number) {
	case SETUP_MODE:
		out[0] = setup;
		return 1;
	case SECURE_BOOT:
		out[0] = v->config.platform_verifies_images && !setup;
		return 1;
	case AUDIT_MODE:
		out[0] = mode == FFAV_VAR_MODE_AUDIT;
		return 1;
	case DEPLOYED_MODE:
		out[0] = mode == FFAV_VAR_MODE_DEPLOYED;
		return 1;
	case SIGNATURE_SUPPORT:
		memcpy(out, signatures, sizeof(signatures));
		return sizeof(signatures);
	default:
		/* No vendor's keys are built in. */
		out[0] = 0;
		return 1;
	}
}

efi_status_t ffav_var_state_write(struct ffav_var_request *r, const struct ffav_var_key *key,
				  int number, struct ffav_bytes data)
{
	const uint8_t *rule = ffav_var_state_rule(r->v, number);
	efi_status_t status;

	if (r->v->at_runtime)
		return ffav_var_refuse(r, EFI_WRITE_PROTECTED,
				       "computed variables are read-only at runtime, number",
				       (uint64_t)number);
	if (rule) {
		if (*rule & (FFAV_VAR_STATE_LOCKED | FFAV_VAR_STATE_READ_ONLY))
			return ffav_var_refuse(
				r, EFI_WRITE_PROTECTED,
				"the computed variable is locked until reset, number",
				(uint64_t)number);
		/* As of a removal: attributes and size are the service's own. */
		status =
			ffav_var_policy_check(r, key, FFAV_VAR_STATE_ATTRIBUTES, true, true, 1);
		if (status)
			return status;
		if (data.size == 1 && data.data[0] == 1)
			return ffav_var_mode_enter(r, number == AUDIT_MODE
							      ? FFAV_VAR_MODE_AUDIT
							      : FFAV_VAR_MODE_DEPLOYED);
	}
	ffav_report(r->call, "write to a computed variable not carried out, number",
		    (uint64_t)number);
	return EFI_SUCCESS;
}
