// SPDX-License-Identifier: BSD-3-Clause
/*
 * Updates as the industry ships them: each is accepted under the platform key of its own
 * vendor and under nobody else's. They are not part of this project: the test looks for them
 * in the folder that FFAV_SECUREBOOT_DATA names (else in shared/data/secureboot beside the
 * checkout), and is skipped where there is none.
 */
#include "tests/unit/auth/service.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <string.h>

#include <openssl/pkcs7.h>

#define UPDATES_MAX 64u

/** struct update - A file. @signer: the certificate of whoever signed it, DER. */
struct update {
	char name[256];
	struct vec_buffer bytes;
	uint8_t *signer;
	size_t signer_size;
};

static struct update updates[UPDATES_MAX];
static size_t update_count;

static const char *folder(void)
{
	const char *named = getenv("FFAV_SECUREBOOT_DATA");

	return named ? named : SECUREBOOT_DATA;
}

static bool read_file(const char *path, struct vec_buffer *b)
{
	uint8_t piece[4096];
	FILE *file = fopen(path, "rb");
	size_t n;

	if (!file)
		return false;
	while ((n = fread(piece, 1, sizeof(piece), file)) > 0)
		vec_append(b, piece, n);
	(void)fclose(file);
	return true;
}

/* OpenSSL says who signed: our own parser is what is tested. */
static void find_signer(struct update *u)
{
	const uint8_t *p = u->bytes.data + 40;
	long size = (long)ffav_get32(u->bytes.data + 16) - 24;
	const uint8_t *q = p;
	PKCS7 *p7 = d2i_PKCS7(NULL, &q, size);
	STACK_OF(X509) * signers;
	int length;

	if (!p7) {
		q = p;
		p7 = PKCS7_new();
		assert_true(PKCS7_set_type(p7, NID_pkcs7_signed));
		PKCS7_SIGNED_free(p7->d.sign);
		p7->d.sign = d2i_PKCS7_SIGNED(NULL, &q, size);
		assert_non_null(p7->d.sign);
	}
	signers = PKCS7_get0_signers(p7, NULL, 0);
	assert_int_equal(sk_X509_num(signers), 1);
	length = i2d_X509(sk_X509_value(signers, 0), &u->signer);
	assert_true(length > 0);
	u->signer_size = (size_t)length;
	sk_X509_free(signers);
	PKCS7_free(p7);
}

/* All files of a subfolder, of which there must be some. */
static void read_updates(const char *subfolder)
{
	char path[1024];
	struct dirent *entry;
	DIR *dir;

	update_count = 0;
	snprintf(path, sizeof(path), "%s/%s", folder(), subfolder);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)) && update_count < UPDATES_MAX) {
		struct update *u = &updates[update_count];

		if (!strstr(entry->d_name, ".bin"))
			continue;
		snprintf(u->name, sizeof(u->name), "%s", entry->d_name);
		snprintf(path, sizeof(path), "%s/%s/%s", folder(), subfolder, entry->d_name);
		assert_true(read_file(path, &u->bytes));
		find_signer(u);
		update_count++;
	}
	if (dir)
		(void)closedir(dir);
	assert_true(update_count > 0);
}

static void drop_updates(void)
{
	for (size_t i = 0; i < update_count; i++) {
		vec_drop(&updates[i].bytes);
		OPENSSL_free(updates[i].signer);
		memset(&updates[i], 0, sizeof(updates[i]));
	}
}

static void enroll(struct svc *s, const char *name, const uint8_t *der, size_t size)
{
	struct vec_buffer list = {0};

	vec_list(&list, &vec_x509, 1, der, size, 1);
	assert_int_equal(svc_write(s, &fx_global, name, KEY, NULL, 1, &list), EFI_SUCCESS);
	vec_drop(&list);
}

static efi_status_t send(struct svc *s, const struct efi_guid *guid, const char *name,
			 uint32_t attributes, const struct update *u)
{
	(void)fx_reported("");
	return fx_set_guid(&s->f, guid, name, attributes, u->bytes.data, u->bytes.size);
}

/* Accepted once; after that it changes nothing, and cannot take the place of all. */
static void accept(struct svc *s, const struct efi_guid *guid, const char *name,
		   const struct update *u)
{
	size_t payload = u->bytes.size - 16 - ffav_get32(u->bytes.data + 16);
	uint64_t steps;

	if (send(s, guid, name, KEY | APP, u) != EFI_SUCCESS)
		fail_msg("%s was not accepted as %s.", u->name, name);
	fx_expect(&s->f, guid, name, KEY, u->bytes.data + u->bytes.size - payload, payload);
	for (unsigned int reset = 0; reset < 2; reset++) {
		steps = s->f.nor.steps;
		assert_int_equal(send(s, guid, name, KEY | APP, u), EFI_SUCCESS);
		assert_int_equal(s->f.nor.steps, steps);
		assert_int_equal(send(s, guid, name, KEY, u), EFI_SECURITY_VIOLATION);
		fx_expect(&s->f, guid, name, KEY, u->bytes.data + u->bytes.size - payload,
			  payload);
		fx_reset(&s->f);
	}
}

static void key_updates_under_their_own_platform_key(void **state)
{
	struct svc *s = *state;

	read_updates("kek-updates");
	for (size_t owner = 0; owner < update_count; owner++) {
		fx_close(&s->f);
		fx_open(&s->f);
		enroll(s, "PK", updates[owner].signer, updates[owner].signer_size);
		for (size_t i = 0; i < update_count; i++) {
			if (i == owner)
				continue;
			if (send(s, &fx_global, "KEK", KEY | APP, &updates[i]) !=
			    EFI_SECURITY_VIOLATION)
				fail_msg("%s was accepted under the platform key of %s.",
					 updates[i].name, updates[owner].name);
			assert_true(fx_reported("PK does not vouch for the signer"));
		}
		accept(s, &fx_global, "KEK", &updates[owner]);
	}
	print_message("# %zu updates\n", update_count);
	drop_updates();
}

static void revocations_under_the_right_exchange_key(void **state)
{
	static const char *const keys[] = {"kek-2011.der", "kek-2023.der"};
	struct svc *s = *state;
	unsigned int accepted = 0;

	read_updates("dbx-updates");
	for (size_t i = 0; i < update_count; i++) {
		for (size_t k = 0; k < 2; k++) {
			struct vec_buffer der = {0};
			char path[1024];

			snprintf(path, sizeof(path), "%s/certificates/%s", folder(), keys[k]);
			assert_true(read_file(path, &der));
			fx_close(&s->f);
			fx_open(&s->f);
			enroll(s, "KEK", der.data, der.size);
			enroll(s, "PK", s->pk.der, s->pk.der_size);
			/* Linux tools append it while the system runs. */
			assert_int_equal(fx_call(&s->f, FFAV_VAR_EXIT_BOOT_SERVICES, 0),
					 EFI_SUCCESS);
			/* The files of today are signed below the older one. */
			if (k == 0) {
				accept(s, &svc_security, "dbx", &updates[i]);
				accepted++;
			} else {
				assert_int_equal(
					send(s, &svc_security, "dbx", KEY | APP, &updates[i]),
					EFI_SECURITY_VIOLATION);
				assert_true(fx_reported("neither PK nor KEK vouches"));
			}
			vec_drop(&der);
		}
	}
	assert_int_equal(accepted, update_count);
	drop_updates();
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, svc_setup, svc_teardown)
	const struct CMUnitTest tests[] = {
		CASE(key_updates_under_their_own_platform_key),
		CASE(revocations_under_the_right_exchange_key),
	};

	/* cmocka's own word for a skipped test counts as a failure in TAP. */
	if (access(folder(), R_OK)) {
		printf("1..0 # SKIP There are no vendor updates in %s.\n", folder());
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
