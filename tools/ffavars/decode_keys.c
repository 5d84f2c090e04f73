// SPDX-License-Identifier: BSD-3-Clause
/* Databases of keys and hashes; UEFI 2.10 section 32.4.1. */
#include "secure/variables/auth/signature_list.h"
#include "tools/ffavars/certificate.h"
#include "tools/ffavars/decode.h"
#include "tools/ffavars/json.h"

static const struct {
	struct efi_guid guid;
	const char *name;
} types[] = {
	{EFI_CERT_X509_GUID, "X.509 certificate"},
	{EFI_GUID_INIT(0xc1c41626, 0x504c, 0x4092, 0xac, 0xa9, 0x41, 0xf9, 0x36, 0x93, 0x43,
		       0x28),
	 "SHA-256"},
	{EFI_GUID_INIT(0x826ca512, 0xcf10, 0x4ac9, 0xb1, 0x87, 0xbe, 0x01, 0x49, 0x66, 0x31,
		       0xbd),
	 "SHA-1"},
	{EFI_GUID_INIT(0x0b6e5233, 0xa65c, 0x44c9, 0x94, 0x07, 0xd9, 0xab, 0x83, 0xbf, 0xc8,
		       0xbd),
	 "SHA-224"},
	{EFI_GUID_INIT(0xff3e5307, 0x9fd0, 0x48c9, 0x85, 0xf1, 0x8a, 0xd5, 0x6c, 0x70, 0x1e,
		       0x01),
	 "SHA-384"},
	{EFI_GUID_INIT(0x093e0fae, 0xa6c4, 0x4f50, 0x9f, 0x1b, 0xd4, 0x1e, 0x2b, 0x89, 0xc1,
		       0x9a),
	 "SHA-512"},
	{EFI_GUID_INIT(0x3bd2a492, 0x96c0, 0x4079, 0xb4, 0x20, 0xfc, 0xf9, 0x8e, 0xf1, 0x03,
		       0xed),
	 "SHA-256 of a certificate"},
	{EFI_GUID_INIT(0x7076876e, 0x80c2, 0x4ee6, 0xaa, 0xd2, 0x28, 0xb3, 0x49, 0xa6, 0x86,
		       0x5b),
	 "SHA-384 of a certificate"},
	{EFI_GUID_INIT(0x446dbf63, 0x2502, 0x4cda, 0xbc, 0xfa, 0x24, 0x65, 0xd2, 0xb0, 0xfe,
		       0x9d),
	 "SHA-512 of a certificate"},
	{EFI_GUID_INIT(0x3c5766e8, 0x269c, 0x4e34, 0xaa, 0x14, 0xed, 0x77, 0x6e, 0x85, 0xb3,
		       0xb6),
	 "RSA-2048 key"},
	{EFI_GUID_INIT(0xe2b36190, 0x879b, 0x4a3d, 0xad, 0x8d, 0xf2, 0xe7, 0xbb, 0xa3, 0x27,
		       0x84),
	 "RSA-2048 signature of a SHA-256"},
	{EFI_GUID_INIT(0x67f8444f, 0x8743, 0x48f1, 0xa3, 0x28, 0x1e, 0xaa, 0xb8, 0x73, 0x60,
		       0x80),
	 "RSA-2048 signature of a SHA-1"},
	{EFI_GUID_INIT(0x4aafd29d, 0x68df, 0x49ee, 0x8a, 0xa9, 0x34, 0x7d, 0x37, 0x56, 0x65,
		       0xa7),
	 "PKCS#7"},
};

const char *signature_type_name(const uint8_t *type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (ffav_guid_equal(type, &types[i].guid))
			return types[i].name;
	}
	return NULL;
}

static void add_guid(cJSON *object, const char *key, const uint8_t *guid)
{
	char text[NAME_GUID_TEXT];
	struct efi_guid copy;

	memcpy(&copy, guid, sizeof(copy));
	cJSON_AddStringToObject(object, key, name_guid_text(&copy, text));
}

static void add_certificate(cJSON *object, struct ffav_bytes der)
{
	struct certificate c;

	certificate_describe(&c, der.data, der.size);
	if (c.parsed) {
		cJSON_AddStringToObject(object, "subject", c.subject);
		cJSON_AddStringToObject(object, "issuer", c.issuer);
		cJSON_AddStringToObject(object, "key", c.key);
		cJSON_AddStringToObject(object, "not_before", c.not_before);
		cJSON_AddStringToObject(object, "not_after", c.not_after);
	} else {
		decode_broken(object, "its %zu bytes are no certificate", der.size);
	}
	cJSON_AddStringToObject(object, "sha256", c.sha256);
}

/* Hash and time of revocation; all zeros stand for every time. */
static void add_revocation(cJSON *object, struct ffav_bytes entry)
{
	const uint8_t *t = entry.data + entry.size - EFI_TIME_SIZE;
	static const uint8_t always[EFI_TIME_SIZE];
	char text[32];

	json_add_bytes(object, "hash", entry.data, entry.size - EFI_TIME_SIZE);
	snprintf(text, sizeof(text), "%04u-%02u-%02u %02u:%02u:%02u", ffav_get16(t), t[2], t[3],
		 t[4], t[5], t[6]);
	cJSON_AddStringToObject(object, "revoked_from",
				memcmp(t, always, sizeof(always)) ? text : "always");
}

static cJSON *entry_object(const struct ffav_signature_entry *e)
{
	static const struct efi_guid x509 = EFI_CERT_X509_GUID;
	cJSON *object = cJSON_CreateObject();
	const char *type = signature_type_name(e->type);

	if (type)
		cJSON_AddStringToObject(object, "type", type);
	else
		add_guid(object, "type", e->type);
	if (ffav_guid_equal(e->type, &x509))
		add_certificate(object, e->signature);
	else if (type && strstr(type, "of a certificate") && e->signature.size > EFI_TIME_SIZE)
		add_revocation(object, e->signature);
	else
		json_add_bytes(object, strncmp(type ? type : "", "SHA", 3) ? "bytes" : "hash",
			       e->signature.data, e->signature.size);
	add_guid(object, "owner", e->owner);
	return object;
}

void decode_signatures(cJSON *object, const uint8_t *data, size_t size)
{
	struct ffav_bytes lists = {.data = data, .size = size};
	struct ffav_signature_entry e = {0};
	cJSON *array = cJSON_AddArrayToObject(object, "signatures");
	uint64_t where = 0;
	const char *why = ffav_signature_lists_check(lists, &where);

	/* The lists before the one that is wrong are right. */
	if (why)
		lists.size = (size_t)where;
	while (ffav_signature_next(lists, &e))
		cJSON_AddItemToArray(array, entry_object(&e));
	if (why)
		decode_broken(object, "%s 0x%llx", why, (unsigned long long)where);
}

void decode_guids(cJSON *object, const uint8_t *data, size_t size)
{
	cJSON *array = cJSON_AddArrayToObject(object, "types");

	for (; size >= sizeof(struct efi_guid); data += sizeof(struct efi_guid)) {
		const char *name = signature_type_name(data);
		cJSON *one = cJSON_CreateObject();

		add_guid(one, "guid", data);
		if (name)
			cJSON_AddStringToObject(one, "name", name);
		cJSON_AddItemToArray(array, one);
		size -= sizeof(struct efi_guid);
	}
	if (size)
		decode_broken(object, "%zu bytes behind the last GUID are none", size);
}
