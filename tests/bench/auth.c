// SPDX-License-Identifier: BSD-3-Clause
/*
 * What a signature costs: appends of one certificate to db, signed by a KEK with RSA of 2,048
 * bits, and plain writes of as many bytes, one SetVariable each. callgrind collects inside
 * measured(), or inside the functions of secure/crypto, which are the library's part.
 *
 *   bench_auth signed|plain CALLS
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/mm.h"
#include "tests/bench/service.h"
#include "tests/unit/auth/vectors.h"

#define KEY 0x27u
#define APP 0x40u

static const struct efi_guid global = EFI_GLOBAL_VARIABLE_GUID;
static const struct efi_guid security = EFI_IMAGE_SECURITY_DATABASE_GUID;
static struct ffav_variables variables;
static uint8_t message[BENCH_MESSAGE_SIZE];

static _Noreturn void die(const char *what, uint64_t value)
{
	fprintf(stderr, "bench_auth: %s (0x%" PRIx64 ").\n", what, value);
	exit(2);
}

__attribute__((noinline)) static int measured(size_t size)
{
	size_t reply;

	return ffav_variables_handle(&variables, message, size, sizeof(message), &reply);
}

static void set(const struct efi_guid *guid, const char *name, uint32_t attributes,
		const struct vec_buffer *data)
{
	uint8_t utf16[32];
	struct ffav_var_access a = {.guid = guid->b,
				    .name = utf16,
				    .attributes = attributes,
				    .data_size = data->size};
	size_t at = FFAV_VAR_HEADER_SIZE;

	for (const char *c = name; a.name_size == 0 || c[-1]; c++, a.name_size += 2)
		ffav_put16(utf16 + a.name_size, (uint8_t)*c);
	ffav_var_header_encode(message, FFAV_VAR_SET, 0);
	at += ffav_var_access_encode(message + at, sizeof(message) - at, &a);
	if (at == FFAV_VAR_HEADER_SIZE || at + data->size > sizeof(message))
		die("The message does not fit", data->size);
	memcpy(message + at, data->data, data->size);
	if (measured(at + data->size) != MM_SUCCESS || ffav_var_status(message))
		die("SetVariable was answered with", ffav_var_status(message));
}

/* Enrolling keys is measured as well: it comes once, and costs no signature. */
static void enroll(const char *name, const struct vec_id *id)
{
	struct vec_buffer list = {0}, write = {0};
	uint8_t time[EFI_TIME_SIZE];

	vec_time(time, &(struct vec_time){2000, 1, 1, 0, 0, 0});
	vec_list_cert(&list, id);
	vec_write(&write, NULL, time, name, &global, KEY, list.data, list.size);
	set(&global, name, KEY, &write);
	vec_drop(&list);
	vec_drop(&write);
}

int main(int argc, char **argv)
{
	struct vec_id pk, kek, certificate;
	struct vec_signer signer = {.id = &kek, .hash = "SHA256"};
	unsigned int calls = argc == 3 ? (unsigned int)strtoul(argv[2], NULL, 10) : 0;
	bool plain = argc == 3 && !strcmp(argv[1], "plain");
	uint8_t time[EFI_TIME_SIZE];

	if (!calls || calls > 60 || (!plain && strcmp(argv[1], "signed") != 0))
		die("Arguments are signed or plain, and 1 to 60 calls, given",
		    (uint64_t)argc - 1);
	bench_service_start(&variables);
	vec_new_rsa(&pk, "Platform", NULL, VEC_CA);
	vec_new_rsa(&kek, "Exchange", NULL, VEC_CA);
	if (!plain) {
		enroll("KEK", &kek);
		enroll("PK", &pk);
	}
	for (unsigned int i = 0; i < calls; i++) {
		struct vec_buffer list = {0}, write = {0};
		char name[16];

		vec_new(&certificate, "Signer", NULL, VEC_CA);
		vec_list_cert(&list, &certificate);
		vec_time(time, &(struct vec_time){2001 + i, 1, 1, 0, 0, 0});
		if (plain) {
			snprintf(name, sizeof(name), "V%u", i);
			set(&security, name, 7, &list);
		} else {
			vec_write(&write, &signer, time, "db", &security, KEY | APP, list.data,
				  list.size);
			set(&security, "db", KEY | APP, &write);
		}
		vec_free(&certificate);
		vec_drop(&list);
		vec_drop(&write);
	}
	printf("%u\n", calls);
	vec_free(&pk);
	vec_free(&kek);
	return 0;
}
