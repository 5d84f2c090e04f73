// SPDX-License-Identifier: BSD-3-Clause
/*
 * How much of its arena cryptography needs: mbedTLS as the partition builds it, on this machine,
 * whose words are as wide. One SetVariable of db, signed below a chain of certificates.
 *
 *   bench_arena KEY HASH CHAIN
 *
 * KEY is rsa2048, rsa3072, rsa4096 or a curve such as P-256; HASH is SHA256, SHA384 or SHA512;
 * CHAIN is how many certificates are sent, 1 to 8. Prints the most bytes that were allocated at a
 * time and the size of the arena. scripts/bench_arena.py builds it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/mm.h"
#include "secure/crypto/arena.h"
#include "secure/crypto/chain.h"
#include "tests/bench/service.h"
#include "tests/unit/auth/vectors.h"

#define KEY 0x27u

static const struct efi_guid global = EFI_GLOBAL_VARIABLE_GUID;
static const struct efi_guid security = EFI_IMAGE_SECURITY_DATABASE_GUID;
static struct ffav_variables variables;
static uint8_t message[BENCH_MESSAGE_SIZE];

static _Noreturn void die(const char *what, uint64_t value)
{
	fprintf(stderr, "bench_arena: %s (0x%" PRIx64 ").\n", what, value);
	exit(2);
}

/* One authenticated write of a certificate. */
static void set(const struct efi_guid *guid, const char *name, const struct vec_signer *signer,
		const struct vec_id *certificate)
{
	struct vec_buffer list = {0}, write = {0};
	uint8_t time[EFI_TIME_SIZE], utf16[32];
	struct ffav_var_access a = {.guid = guid->b, .name = utf16, .attributes = KEY};
	size_t at = FFAV_VAR_HEADER_SIZE, reply;

	vec_time(time, &(struct vec_time){2001, 1, 1, 0, 0, 0});
	vec_list_cert(&list, certificate);
	vec_write(&write, signer, time, name, guid, KEY, list.data, list.size);
	a.data_size = write.size;
	for (const char *c = name; a.name_size == 0 || c[-1]; c++, a.name_size += 2)
		ffav_put16(utf16 + a.name_size, (uint8_t)*c);
	ffav_var_header_encode(message, FFAV_VAR_SET, 0);
	at += ffav_var_access_encode(message + at, sizeof(message) - at, &a);
	if (at == FFAV_VAR_HEADER_SIZE || at + write.size > sizeof(message))
		die("The message does not fit", write.size);
	memcpy(message + at, write.data, write.size);
	if (ffav_variables_handle(&variables, message, at + write.size, sizeof(message),
				  &reply) != MM_SUCCESS ||
	    ffav_var_status(message))
		die("SetVariable was answered with", ffav_var_status(message));
	vec_drop(&list);
	vec_drop(&write);
}

int main(int argc, char **argv)
{
	unsigned int count = argc == 4 ? (unsigned int)strtoul(argv[3], NULL, 10) : 0;
	struct vec_id ids[FFAV_CHAIN_MAX] = {{0}};
	const struct vec_id *others[FFAV_CHAIN_MAX];
	struct vec_signer signer = {.others = others};
	char name[16];

	if (!count || count > FFAV_CHAIN_MAX)
		die("Arguments are KEY, HASH and 1 to 8 certificates, given",
		    (uint64_t)argc - 1);
	bench_service_start(&variables);
	/* One key serves for all of them: making large ones takes a while. */
	ids[0].key = strncmp(argv[1], "rsa", 3) != 0
			     ? vec_ec(argv[1])
			     : vec_rsa((unsigned int)strtoul(argv[1] + 3, NULL, 10), 65537);
	for (unsigned int i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "CA %u", i);
		if (i)
			EVP_PKEY_up_ref(ids[0].key);
		ids[i].key = ids[0].key;
		vec_issue(&ids[i], name, i ? &ids[i - 1] : NULL, VEC_CA, argv[2]);
		if (i + 1 < count)
			others[signer.other_count++] = &ids[i];
	}
	signer.id = &ids[count - 1];
	signer.hash = argv[2];
	/* The root is PK; the one below all others signs. */
	set(&global, "PK", NULL, &ids[0]);
	set(&security, "db", &signer, &ids[0]);
	if (ffav_arena_used())
		die("After the call something is still allocated, bytes", ffav_arena_used());
	printf("%zu %u\n", ffav_arena_peak(), FFAV_ARENA_SIZE);
	for (unsigned int i = 0; i < count; i++)
		vec_free(&ids[i]);
	return 0;
}
