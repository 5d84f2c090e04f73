// SPDX-License-Identifier: BSD-3-Clause
/*
 * Makes the seeds of fuzz_signed_data, fuzz_signature_list and fuzz_auth, and those of fuzz_policy
 * that ask for single policies and of fuzz_mm_message that write error records: each form that is accepted, from the makers of the unit tests'
 * vectors. Run it with the folder of the corpora.
 */
#include "tests/unit/auth/vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/variable.h"

#define KEY 0x27u
#define APP 0x40u

static const struct efi_guid global = EFI_GLOBAL_VARIABLE_GUID;
static const struct efi_guid security = EFI_IMAGE_SECURITY_DATABASE_GUID;
static const struct efi_guid private = {{0x42}};
static const char *folder;

static void save(const char *corpus, unsigned int number, struct vec_buffer *b)
{
	char path[1024];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s/%03u", folder, corpus, number);
	file = fopen(path, "wb");
	if (!file || fwrite(b->data, 1, b->size, file) != b->size || fclose(file)) {
		perror(path);
		exit(1);
	}
	vec_drop(b);
}

static void signed_data(const struct vec_id *ids, unsigned int *number)
{
	static const char *const hashes[] = {"SHA256", "SHA384", "SHA512"};

	for (unsigned int i = 0; i < 3; i++) {
		for (unsigned int flags = 0; flags < 16; flags += 5) {
			const struct vec_id *const others[] = {&ids[0], &ids[2]};
			struct vec_signer s = {.id = &ids[i],
					       .hash = hashes[i],
					       .others = others,
					       .other_count = i,
					       .flags = flags & ~VEC_ATTRIBUTES};
			struct vec_buffer b = {0};

			vec_sign(&b, &s, "seed", 4);
			save("signed_data", ++*number, &b);
		}
	}
}

static void signature_lists(const struct vec_id *ids)
{
	static const uint8_t hashes[3][32] = {{1}, {2}, {3}};
	struct vec_buffer b = {0};

	vec_append(&b, "\x5c\x00", 2);
	vec_list(&b, &vec_sha256, 1, hashes, 32, 1);
	b.data[0] = (uint8_t)(b.size - 2);
	vec_list(&b, &vec_sha256, 1, hashes, 32, 3);
	vec_list_cert(&b, &ids[0]);
	save("signature_list", 1, &b);
	vec_append(&b, "\x00\x00", 2);
	vec_list_cert(&b, &ids[1]);
	ffav_put16(b.data, (uint16_t)(b.size - 2));
	vec_list_cert(&b, &ids[1]);
	vec_list_cert(&b, &ids[2]);
	save("signature_list", 2, &b);
}

/* One write in the form that fuzz_auth reads. */
static void add(struct vec_buffer *b, uint8_t variable, const struct efi_guid *guid,
		const char *name, uint32_t attributes, const struct vec_id *signer,
		unsigned int year, const void *data, size_t size)
{
	struct vec_signer by = {.id = signer, .hash = "SHA256"};
	uint8_t head[4] = {variable, (uint8_t)attributes, 0, 0};
	uint8_t time[EFI_TIME_SIZE];
	struct vec_buffer write = {0};

	vec_time(time, &(struct vec_time){year, 1, 1, 0, 0, 0});
	vec_write(&write, signer ? &by : NULL, time, name, guid, attributes, data, size);
	ffav_put16(head + 2, (uint16_t)write.size);
	vec_append(b, head, sizeof(head));
	vec_append(b, write.data, write.size);
	vec_drop(&write);
}

static void writes(const struct vec_id *ids)
{
	struct vec_buffer b = {0}, pk = {0}, kek = {0};

	vec_list_cert(&pk, &ids[0]);
	vec_list_cert(&kek, &ids[2]);
	/* Enrolled in setup mode; then each signed by its owner; a reset and a replay. */
	add(&b, 0, &global, "PK", KEY, NULL, 2001, pk.data, pk.size);
	add(&b, 1, &global, "KEK", KEY, &ids[0], 2001, kek.data, kek.size);
	add(&b, 2, &security, "db", KEY, &ids[2], 2001, kek.data, kek.size);
	add(&b, 2, &security, "db", KEY | APP, &ids[2], 2002, pk.data, pk.size);
	add(&b, 0x12, &security, "db", KEY, &ids[2], 2001, kek.data, kek.size);
	add(&b, 0, &global, "PK", KEY, &ids[0], 2002, NULL, 0);
	save("auth", 1, &b);
	/* Private ones: two owners, appended, deleted. */
	add(&b, 4, &private, "V", KEY, &ids[0], 2001, "one", 3);
	add(&b, 5, &private, "W", 0x26, &ids[2], 2001, "two", 3);
	add(&b, 4, &private, "V", KEY | APP, &ids[0], 2002, "one", 3);
	add(&b, 4, &private, "V", KEY, &ids[2], 2003, "one", 3);
	add(&b, 4, &private, "V", KEY, &ids[0], 2003, NULL, 0);
	save("auth", 2, &b);
	/* The modes. */
	add(&b, 0x20, &global, "PK", KEY, NULL, 2001, pk.data, pk.size);
	add(&b, 0x40, &global, "PK", KEY, &ids[0], 2002, NULL, 0);
	add(&b, 6, &global, "OsRecoveryOrder", KEY, NULL, 2002, "order", 5);
	add(&b, 7, &private, "OsRecovery0001", KEY, NULL, 2002, "order", 5);
	save("auth", 3, &b);
	vec_drop(&pk);
	vec_drop(&kek);
}

static size_t utf16(uint8_t *out, const char *text)
{
	size_t size = 0;

	do {
		ffav_put16(out + size, (uint8_t)*text);
		size += 2;
	} while (*text++);
	return size;
}

/* One message in the form that fuzz_policy reads. @size: bytes of parameters at @message + 20. */
static void add_policy(struct vec_buffer *b, uint32_t command, uint8_t *message, size_t size)
{
	uint8_t head[3] = {2};

	memcpy(message, "VCPC\x01", 6);
	ffav_put32(message + 8, command);
	ffav_put16(head + 1, (uint16_t)(20 + size));
	vec_append(b, head, sizeof(head));
	vec_append(b, message, 20 + size);
}

static void enter(struct vec_buffer *b, const char *name, const char *state)
{
	uint8_t message[200] = {0};
	uint8_t *policy = message + 20;
	size_t at = 44;

	ffav_put32(policy, 0x10000);
	memcpy(policy + 8, &private, sizeof(private));
	ffav_put32(policy + 28, 9);
	if (state) {
		policy[40] = 3;
		memcpy(policy + at, &global, sizeof(global));
		policy[at + 16] = 1;
		at += 18 + utf16(policy + at + 18, state);
	}
	ffav_put16(policy + 6, (uint16_t)at);
	if (name)
		at += utf16(policy + at, name);
	ffav_put16(policy + 4, (uint16_t)at);
	add_policy(b, 3, message, at);
}

static void ask(struct vec_buffer *b, uint32_t command, const char *name, uint32_t room)
{
	uint8_t message[200] = {0};
	size_t size = utf16(message + 20 + 68, name);

	memcpy(message + 20, &private, sizeof(private));
	ffav_put32(message + 36, (uint32_t)size);
	ffav_put32(message + 40, room);
	add_policy(b, command, message, 68 + size + room);
}

static void policies(void)
{
	struct vec_buffer b = {0};

	enter(&b, "Boot####", NULL);
	enter(&b, NULL, NULL);
	enter(&b, "Locked", "Phase");
	ask(&b, 6, "Boot0001", 40);
	ask(&b, 6, "Boot0001", 4);
	ask(&b, 6, "Other", 0);
	ask(&b, 7, "Locked", 20);
	ask(&b, 7, "Boot0001", 20);
	save("policy", 5, &b);
}

/* One variable message in the form that fuzz_mm_message reads. */
static void add_message(struct vec_buffer *b, uint64_t function, const uint8_t *payload,
			size_t size)
{
	uint8_t head[3] = {0}, header[FFAV_VAR_HEADER_SIZE];

	ffav_put16(head + 1, (uint16_t)(sizeof(header) + size));
	ffav_var_header_encode(header, function, EFI_SUCCESS);
	vec_append(b, head, sizeof(head));
	vec_append(b, header, sizeof(header));
	vec_append(b, payload, size);
}

static void set(struct vec_buffer *b, const char *name, uint32_t attributes, size_t size)
{
	uint8_t payload[1000] = {0}, text[64];
	const struct ffav_var_access a = {.guid = private.b,
					  .name = text,
					  .name_size = utf16(text, name),
					  .attributes = attributes,
					  .data_size = size};
	size_t at = ffav_var_access_encode(payload, sizeof(payload), &a);

	memset(payload + at, (int)size, size);
	add_message(b, FFAV_VAR_SET, payload, at + size);
}

/* Error records and others, until there is no more space for them; in both phases. */
static void error_records(void)
{
	uint8_t info[FFAV_VAR_INFO_PADDED_SIZE] = {0};
	struct vec_buffer b = {0};

	ffav_put32(info + 24, 0xf);
	set(&b, "HwErrRec0001", 0xf, 200);
	set(&b, "HwErrRec0002", 0xf, 600);
	set(&b, "HwErrRec0003", 0xf, 600);
	set(&b, "HwErrRec0001", 0xf | APP, 20);
	set(&b, "Other", 7, 700);
	set(&b, "Other", 7 | APP, 700);
	add_message(&b, FFAV_VAR_QUERY_INFO, info, sizeof(info));
	add_message(&b, FFAV_VAR_EXIT_BOOT_SERVICES, info, 0);
	set(&b, "HwErrRec0002", 0xf, 30);
	set(&b, "HwErrRec0004", 0xf, 300);
	set(&b, "Others", 7, 900);
	set(&b, "HwErrRec0001", 0, 0);
	add_message(&b, FFAV_VAR_QUERY_INFO, info, sizeof(info));
	save("mm_message", 900, &b);
}

int main(int argc, char **argv)
{
	struct vec_id ids[3] = {{0}};
	unsigned int number = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: auth_seeds FOLDER-OF-THE-CORPORA\n");
		return 1;
	}
	folder = argv[1];
	vec_new(&ids[0], "Root", NULL, VEC_CA);
	vec_new_rsa(&ids[1], "Leaf", &ids[0], VEC_LEAF);
	ids[2].key = vec_ec("P-521");
	vec_issue(&ids[2], "Curve", NULL, VEC_CA, "SHA512");
	signed_data(ids, &number);
	signature_lists(ids);
	writes(ids);
	policies();
	error_records();
	for (unsigned int i = 0; i < 3; i++)
		vec_free(&ids[i]);
	return 0;
}
