// SPDX-License-Identifier: BSD-3-Clause
/* PK, KEK, db and their friends: who may write what, in which mode; UEFI 2.10 section 32.3. */
#include "tests/unit/auth/service.h"

#include <string.h>

static const char *const databases[] = {"db", "dbx", "dbt", "dbr"};

static void enroll(struct svc *s)
{
	struct vec_buffer pk = {0}, kek = {0};

	vec_list_cert(&pk, &s->pk);
	vec_list_cert(&kek, &s->kek);
	/* In setup mode nobody has to sign. */
	assert_int_equal(svc_write(s, &fx_global, "KEK", KEY, NULL, 1, &kek), EFI_SUCCESS);
	assert_int_equal(svc_write(s, &fx_global, "PK", KEY, NULL, 1, &pk), EFI_SUCCESS);
	svc_expect_byte(s, "SetupMode", 0);
	vec_drop(&pk);
	vec_drop(&kek);
}

static void setup_mode_needs_no_signature(void **state)
{
	struct svc *s = *state;
	struct vec_buffer list = {0};

	vec_list_cert(&list, &s->other);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(svc_write(s, &svc_security, databases[i], KEY, NULL, 1, &list),
				 EFI_SUCCESS);
		fx_expect(&s->f, &svc_security, databases[i], KEY, list.data, list.size);
		/* But the time stamp counts, and the attributes, and the lists. */
		assert_int_equal(svc_write(s, &svc_security, databases[i], KEY, NULL, 1, &list),
				 EFI_SECURITY_VIOLATION);
		assert_true(fx_reported("SetVariable refused: the time stamp is not later"));
		assert_int_equal(
			svc_write(s, &svc_security, databases[i], KEY & ~RT, NULL, 2, &list),
			EFI_INVALID_PARAMETER);
		assert_true(fx_reported("not the attributes of a variable that holds keys"));
		list.size--;
		assert_int_equal(svc_write(s, &svc_security, databases[i], KEY, NULL, 2, &list),
				 EFI_INVALID_PARAMETER);
		assert_true(fx_reported("SignatureListSize goes beyond the data"));
		list.size++;
	}
	svc_expect_byte(s, "SetupMode", 1);
	/* A private variable's signature counts always. */
	assert_int_equal(svc_write(s, &fx_guid, "Mine", KEY, NULL, 1, &list),
			 EFI_SECURITY_VIOLATION);
	vec_drop(&list);
}

static void platform_key_begins_user_mode(void **state)
{
	struct svc *s = *state;

	enroll(s);
	svc_expect_byte(s, "SecureBoot", 0);
	s->f.config.platform_verifies_images = true;
	fx_reset(&s->f);
	svc_expect_byte(s, "SetupMode", 0);
	svc_expect_byte(s, "SecureBoot", 1);
	/* Only its owner can remove it. */
	assert_int_equal(svc_write(s, &fx_global, "PK", KEY, &s->kek, 2, NULL),
			 EFI_SECURITY_VIOLATION);
	assert_true(fx_reported("PK does not vouch for the signer"));
	assert_int_equal(svc_write(s, &fx_global, "PK", KEY, NULL, 2, NULL),
			 EFI_SECURITY_VIOLATION);
	assert_int_equal(fx_set_guid(&s->f, &fx_global, "PK", KEY, NULL, 0),
			 EFI_SECURITY_VIOLATION);
	assert_int_equal(fx_set_guid(&s->f, &fx_global, "PK", 0, NULL, 0), EFI_WRITE_PROTECTED);
	assert_int_equal(fx_set_guid(&s->f, &fx_global, "PK", NV | BS | RT, NULL, 0),
			 EFI_WRITE_PROTECTED);
	svc_expect_byte(s, "SetupMode", 0);
	assert_int_equal(svc_write(s, &fx_global, "PK", KEY, &s->pk, 2, NULL), EFI_SUCCESS);
	svc_expect_byte(s, "SetupMode", 1);
	svc_expect_byte(s, "SecureBoot", 0);
	assert_int_equal(svc_write(s, &fx_global, "PK", KEY, &s->pk, 3, NULL), EFI_NOT_FOUND);
	fx_reset(&s->f);
	svc_expect_byte(s, "SetupMode", 1);
}

/* A platform can ask for proof that whoever enrolls a platform key has it. */
static void first_platform_key_signs_itself(void **state)
{
	struct svc *s = *state;
	struct vec_buffer list = {0};

	vec_list_cert(&list, &s->pk);
	s->f.config.self_signed_pk = true;
	fx_reset(&s->f);
	assert_int_equal(svc_write(s, &fx_global, "PK", KEY, NULL, 1, &list),
			 EFI_SECURITY_VIOLATION);
	assert_int_equal(svc_write(s, &fx_global, "PK", KEY, &s->kek, 1, &list),
			 EFI_SECURITY_VIOLATION);
	assert_true(fx_reported("the platform key has not signed itself"));
	assert_int_equal(svc_write(s, &fx_global, "PK", KEY, NULL, 1, NULL), EFI_NOT_FOUND);
	svc_expect_byte(s, "SetupMode", 1);
	/* The others need nobody's signature as long as there is none. */
	assert_int_equal(svc_write(s, &fx_global, "KEK", KEY, NULL, 1, &list), EFI_SUCCESS);
	assert_int_equal(svc_write(s, &fx_global, "PK", KEY, &s->pk, 1, &list), EFI_SUCCESS);
	svc_expect_byte(s, "SetupMode", 0);
	/* Its successor is signed by the one that is there, as always. */
	vec_drop(&list);
	vec_list_cert(&list, &s->other);
	assert_int_equal(svc_write(s, &fx_global, "PK", KEY, &s->other, 2, &list),
			 EFI_SECURITY_VIOLATION);
	assert_int_equal(svc_write(s, &fx_global, "PK", KEY, &s->pk, 2, &list), EFI_SUCCESS);
	vec_drop(&list);
}

static void only_the_right_key_signs(void **state)
{
	struct svc *s = *state;
	const struct vec_id *pk_only[] = {&s->pk, NULL};
	const struct vec_id *both[] = {&s->pk, &s->kek, NULL};
	const struct vec_id *all[] = {&s->pk, &s->kek, &s->kek_leaf, &s->other, NULL};
	const struct {
		const struct efi_guid *guid;
		const char *name;
		const struct vec_id **owners;
	} cases[] = {
		{&fx_global, "KEK", pk_only},        {&svc_security, "db", both},
		{&svc_security, "dbx", both},        {&svc_security, "dbt", both},
		{&svc_security, "dbr", both},        {&fx_global, "OsRecoveryOrder", both},
		{&fx_guid2, "OsRecovery01AF", both},
	};
	struct vec_buffer list = {0};
	unsigned int time = 10;

	enroll(s);
	vec_list_cert(&list, &s->kek);
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		for (unsigned int i = 0; all[i]; i++) {
			bool owner = false;

			for (unsigned int o = 0; cases[c].owners[o]; o++)
				owner |= cases[c].owners[o] == all[i];
			/* The leaf is one step below the KEK. */
			owner |= all[i] == &s->kek_leaf && cases[c].owners == both;
			assert_int_equal(svc_write(s, cases[c].guid, cases[c].name, KEY, all[i],
						   time++, &list),
					 owner ? EFI_SUCCESS : EFI_SECURITY_VIOLATION);
			if (!owner)
				assert_true(fx_reported("vouch"));
		}
	}
	vec_drop(&list);
}

static void platform_key_is_one_certificate(void **state)
{
	struct svc *s = *state;
	struct vec_buffer list = {0};
	uint8_t hash[32] = {1};

	vec_list_cert(&list, &s->pk);
	vec_list_cert(&list, &s->kek);
	assert_int_equal(svc_write(s, &fx_global, "PK", KEY, NULL, 1, &list),
			 EFI_INVALID_PARAMETER);
	assert_true(fx_reported("PK holds one certificate"));
	vec_drop(&list);
	vec_list(&list, &vec_sha256, 1, hash, 32, 1);
	assert_int_equal(svc_write(s, &fx_global, "PK", KEY, NULL, 1, &list),
			 EFI_INVALID_PARAMETER);
	assert_true(fx_reported("PK takes an X.509 certificate only"));
	vec_drop(&list);
	vec_list(&list, &vec_x509, 1, hash, 32, 1);
	assert_int_equal(svc_write(s, &fx_global, "PK", KEY, NULL, 1, &list),
			 EFI_INVALID_PARAMETER);
	assert_true(fx_reported("a certificate that cannot be used"));
	assert_int_equal(svc_write(s, &fx_global, "KEK", KEY, NULL, 1, &list),
			 EFI_INVALID_PARAMETER);
	vec_drop(&list);
	svc_expect_byte(s, "SetupMode", 1);
	enroll(s);
	/* One more is one too many; its successor takes its place. */
	vec_list_cert(&list, &s->other);
	assert_int_equal(svc_write(s, &fx_global, "PK", KEY | APP, &s->pk, 2, &list),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(svc_write(s, &fx_global, "PK", KEY, &s->pk, 3, &list), EFI_SUCCESS);
	assert_int_equal(svc_write(s, &fx_global, "PK", KEY, &s->pk, 4, &list),
			 EFI_SECURITY_VIOLATION);
	assert_int_equal(svc_write(s, &fx_global, "PK", KEY, &s->other, 4, &list), EFI_SUCCESS);
	vec_drop(&list);
}

/* What a signature is over: each field, changed, makes it another write's. */
static void signature_is_over_every_field(void **state)
{
	struct svc *s = *state;
	struct vec_signer signer = {.id = &s->kek, .hash = "SHA256"};
	uint8_t time[EFI_TIME_SIZE];
	struct vec_buffer list = {0}, write = {0};
	efi_status_t status;

	enroll(s);
	vec_list_cert(&list, &s->other);
	vec_time(time, &(struct vec_time){2020, 1, 1, 1, 1, 1});
	vec_write(&write, &signer, time, "db", &svc_security, KEY, list.data, list.size);
#define SEND(guid, name, attributes) \
	fx_set_guid(&s->f, guid, name, attributes, write.data, write.size)
	assert_int_equal(SEND(&svc_security, "dbx", KEY), EFI_SECURITY_VIOLATION);
	assert_true(fx_reported("SetVariable refused: the signature is not over this write"));
	assert_int_equal(SEND(&svc_security, "db", KEY | APP), EFI_SECURITY_VIOLATION);
	assert_int_equal(SEND(&fx_guid, "db", KEY), EFI_SECURITY_VIOLATION);
	/* Year, month, day, hour, minute, second; owner in the list; last byte of the data. */
	for (size_t i = 0; i < write.size; i += i < 6 ? 1 : write.size - 8) {
		write.data[i] ^= 1;
		status = SEND(&svc_security, "db", KEY);
		assert_int_equal(status, EFI_SECURITY_VIOLATION);
		assert_true(fx_reported("the signature is not over this write"));
		write.data[i] ^= 1;
	}
	fx_absent(&s->f, "db");
	assert_int_equal(fx_get(&s->f, &svc_security, "db", 10), EFI_NOT_FOUND);
	assert_int_equal(SEND(&svc_security, "db", KEY), EFI_SUCCESS);
	fx_expect(&s->f, &svc_security, "db", KEY, list.data, list.size);
#undef SEND
	vec_drop(&list);
	vec_drop(&write);
}

/* Cut off at each byte, with a dwLength that fits and one that does not: refused, and nothing changes. */
static void broken_writes_change_nothing(void **state)
{
	struct svc *s = *state;
	struct vec_signer signer = {.id = &s->kek, .hash = "SHA256", .flags = VEC_WRAPPED};
	struct vec_buffer list = {0}, old = {0}, write = {0}, broken = {0};
	uint8_t time[EFI_TIME_SIZE];
	size_t signed_size;

	enroll(s);
	vec_list_cert(&old, &s->kek);
	vec_list_cert(&list, &s->other);
	assert_int_equal(svc_write(s, &svc_security, "db", KEY, &s->kek, 1, &old), EFI_SUCCESS);
	vec_time(time, &(struct vec_time){2020, 1, 1, 1, 1, 1});
	vec_write(&write, &signer, time, "db", &svc_security, KEY, list.data, list.size);
	signed_size = ffav_get32(write.data + 16) - 24;
	assert_int_equal(40 + signed_size + list.size, write.size);
	for (size_t size = 0; size < write.size; size++) {
		efi_status_t status =
			fx_set_guid(&s->f, &svc_security, "db", KEY, write.data, size);

		/* Behind the signature it is the lists that are cut off, or all of them. */
		assert_int_equal(status, size <= 40 + signed_size ? EFI_SECURITY_VIOLATION
								  : EFI_INVALID_PARAMETER);
	}
	for (size_t size = 0; size <= signed_size + 1; size++) {
		if (size == signed_size)
			continue;
		vec_append(&broken, write.data, 40 + size);
		ffav_put32(broken.data + 16, (uint32_t)(24 + size));
		vec_append(&broken, list.data, list.size);
		assert_int_equal(
			fx_set_guid(&s->f, &svc_security, "db", KEY, broken.data, broken.size),
			EFI_SECURITY_VIOLATION);
		vec_drop(&broken);
	}
	fx_expect(&s->f, &svc_security, "db", KEY, old.data, old.size);
	assert_int_equal(fx_set_guid(&s->f, &svc_security, "db", KEY, write.data, write.size),
			 EFI_SUCCESS);
	fx_expect(&s->f, &svc_security, "db", KEY, list.data, list.size);
	vec_drop(&list);
	vec_drop(&old);
	vec_drop(&write);
}

static void every_algorithm_writes(void **state)
{
	static const char *const hashes[] = {"SHA256", "SHA384", "SHA512"};
	struct svc *s = *state;
	struct vec_buffer list = {0};
	struct vec_id ids[6];
	unsigned int time = 10;

	ids[0].key = vec_rsa(2048, 65537);
	ids[1].key = vec_rsa(3072, 65537);
	ids[2].key = vec_rsa(4096, 65537);
	ids[3].key = vec_ec("P-256");
	ids[4].key = vec_ec("P-384");
	ids[5].key = vec_ec("P-521");
	for (unsigned int i = 0; i < 6; i++) {
		vec_issue(&ids[i], "Key", NULL, VEC_CA, "SHA256");
		vec_list_cert(&list, &ids[i]);
	}
	enroll(s);
	assert_int_equal(svc_write(s, &fx_global, "KEK", KEY, &s->pk, 2, &list), EFI_SUCCESS);
	for (unsigned int i = 0; i < 6; i++) {
		for (unsigned int h = 0; h < 3; h++) {
			struct vec_signer signer = {.id = &ids[i],
						    .hash = hashes[h],
						    .flags = h == 1 ? VEC_WRAPPED : 0};

			assert_int_equal(svc_write_by(s, &svc_security, "db", KEY, &signer,
						      time++, &list),
					 EFI_SUCCESS);
		}
		vec_free(&ids[i]);
	}
	vec_drop(&list);
}

static void append_drops_what_is_there(void **state)
{
	static const uint8_t hashes[3][32] = {{1}, {2}, {3}};
	struct svc *s = *state;
	struct vec_buffer a = {0}, b = {0}, expected = {0};
	uint64_t steps;

	enroll(s);
	vec_list(&a, &vec_sha256, 1, hashes, 32, 2);
	vec_list(&b, &vec_sha256, 1, hashes[1], 32, 2);
	vec_list(&expected, &vec_sha256, 1, hashes, 32, 2);
	vec_list(&expected, &vec_sha256, 1, hashes[2], 32, 1);
	/* Creating by appending; then an older append, which keeps the later time. */
	assert_int_equal(svc_write(s, &svc_security, "dbx", KEY | APP, &s->kek, 5, &a),
			 EFI_SUCCESS);
	assert_int_equal(svc_write(s, &svc_security, "dbx", KEY | APP, &s->kek, 4, &b),
			 EFI_SUCCESS);
	fx_expect(&s->f, &svc_security, "dbx", KEY, expected.data, expected.size);
	assert_int_equal(svc_write(s, &svc_security, "dbx", KEY, &s->kek, 5, &a),
			 EFI_SECURITY_VIOLATION);
	/* Again, and nothing new: nothing is written. */
	steps = s->f.nor.steps;
	assert_int_equal(svc_write(s, &svc_security, "dbx", KEY | APP, &s->kek, 4, &b),
			 EFI_SUCCESS);
	assert_int_equal(s->f.nor.steps, steps);
	/* Nothing new, or nothing at all, but later: the time is stored, across a reset too. */
	assert_int_equal(svc_write(s, &svc_security, "dbx", KEY | APP, &s->kek, 7, &b),
			 EFI_SUCCESS);
	fx_reset(&s->f);
	assert_int_equal(svc_write(s, &svc_security, "dbx", KEY, &s->kek, 7, &a),
			 EFI_SECURITY_VIOLATION);
	assert_int_equal(svc_write(s, &svc_security, "dbx", KEY | APP, &s->kek, 9, NULL),
			 EFI_SUCCESS);
	fx_expect(&s->f, &svc_security, "dbx", KEY, expected.data, expected.size);
	fx_reset(&s->f);
	assert_int_equal(svc_write(s, &svc_security, "dbx", KEY, &s->kek, 9, &a),
			 EFI_SECURITY_VIOLATION);
	assert_int_equal(svc_write(s, &svc_security, "dbx", KEY, &s->kek, 10, &a), EFI_SUCCESS);
	fx_expect(&s->f, &svc_security, "dbx", KEY, a.data, a.size);
	/* The same data, later: the time is stored. */
	assert_int_equal(svc_write(s, &svc_security, "dbx", KEY, &s->kek, 12, &a), EFI_SUCCESS);
	fx_reset(&s->f);
	assert_int_equal(svc_write(s, &svc_security, "dbx", KEY, &s->kek, 11, &a),
			 EFI_SECURITY_VIOLATION);
	/* Appending nothing to nothing makes nothing. */
	assert_int_equal(svc_write(s, &svc_security, "dbt", KEY | APP, &s->kek, 1, NULL),
			 EFI_SUCCESS);
	assert_int_equal(fx_get(&s->f, &svc_security, "dbt", 10), EFI_NOT_FOUND);
	vec_drop(&a);
	vec_drop(&b);
	vec_drop(&expected);
}

/* An image that was made elsewhere may hold anything under the name of a database. */
static void append_to_what_is_no_database(void **state)
{
	static const uint8_t hash[32] = {1};
	static const struct {
		const struct efi_guid *guid;
		const char *name;
	} names[] = {{&fx_global, "KEK"}, {&svc_security, "db"}, {&svc_security, "dbx"}};
	/* SignatureListSize: stands still, goes on outside, ends too early, too late. */
	static const uint32_t sizes[] = {0, 0x8000004c, 75, 0x10004c};
	struct svc *s = *state;
	struct vec_buffer pk = {0}, old = {0}, new = {0};
	uint8_t key[64];

	vec_list_cert(&pk, &s->pk);
	assert_int_equal(svc_write(s, &fx_global, "PK", KEY, NULL, 1, &pk), EFI_SUCCESS);
	vec_list(&old, &vec_sha256, 1, hash, 32, 1);
	vec_list_cert(&new, &s->kek);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct ffav_store_change c = {
			.key = key,
			.attributes = KEY,
			.data = {{old.data, old.size}},
		};

		c.key_size = fx_key(key, names[i].guid, names[i].name);
		for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
			ffav_put32(old.data + 16, sizes[k]);
			assert_int_equal(ffav_store_commit(&s->f.nonvolatile, &c, 1),
					 FFAV_STORE_OK);
			assert_int_equal(svc_write(s, names[i].guid, names[i].name, KEY | APP,
						   &s->pk, 2, &new),
					 EFI_DEVICE_ERROR);
			assert_true(fx_reported("SetVariable refused: what is enrolled already "
						"is no signature list"));
			fx_expect(&s->f, names[i].guid, names[i].name, KEY, old.data, old.size);
		}
		/* Its owner replaces it. */
		assert_int_equal(
			svc_write(s, names[i].guid, names[i].name, KEY, &s->pk, 3, &new),
			EFI_SUCCESS);
		fx_expect(&s->f, names[i].guid, names[i].name, KEY, new.data, new.size);
	}
	vec_drop(&pk);
	vec_drop(&old);
	vec_drop(&new);
}

/* What was signed before a deletion does not bring the database back. */
static void deleted_databases_leave_their_time(void **state)
{
	static const char *const names[] = {"KEK", "db", "dbx", "dbt", "dbr"};
	struct svc *s = *state;
	struct vec_buffer list = {0};
	unsigned int there;

	vec_list_cert(&list, &s->other);
	for (size_t i = 0; i < 5; i++) {
		const struct efi_guid *guid = i ? &svc_security : &fx_global;

		fx_close(&s->f);
		fx_open(&s->f);
		enroll(s);
		there = fx_count(&s->f);
		assert_int_equal(svc_write(s, guid, names[i], KEY, &s->pk, 5, &list),
				 EFI_SUCCESS);
		assert_int_equal(svc_write(s, guid, names[i], KEY, &s->pk, 6, NULL),
				 EFI_SUCCESS);
		for (unsigned int reset = 0; reset < 2; reset++) {
			assert_int_equal(fx_get(&s->f, guid, names[i], 10), EFI_NOT_FOUND);
			assert_int_equal(fx_enumerated(&s->f, guid, names[i]), 0);
			assert_int_equal(fx_count(&s->f), i ? there : there - 1);
			assert_int_equal(svc_write(s, guid, names[i], KEY, &s->pk, 5, &list),
					 EFI_SECURITY_VIOLATION);
			assert_true(fx_reported("the time stamp is not later"));
			assert_int_equal(svc_write(s, guid, names[i], KEY, &s->pk, 6, NULL),
					 EFI_SECURITY_VIOLATION);
			fx_reset(&s->f);
		}
		assert_int_equal(svc_write(s, guid, names[i], KEY, &s->pk, 7, NULL),
				 EFI_NOT_FOUND);
		/* An append is not compared, but what it makes is as old as the deletion. */
		assert_int_equal(svc_write(s, guid, names[i], KEY | APP, &s->pk, 4, &list),
				 EFI_SUCCESS);
		fx_expect(&s->f, guid, names[i], KEY, list.data, list.size);
		assert_int_equal(svc_write(s, guid, names[i], KEY, &s->pk, 6, &list),
				 EFI_SECURITY_VIOLATION);
		assert_int_equal(svc_write(s, guid, names[i], KEY, &s->pk, 7, NULL),
				 EFI_SUCCESS);
		assert_int_equal(svc_write(s, guid, names[i], KEY, &s->pk, 8, &list),
				 EFI_SUCCESS);
		fx_expect(&s->f, guid, names[i], KEY, list.data, list.size);
		/* Without a platform key nobody has to sign, and the next owner begins anew. */
		assert_int_equal(svc_write(s, guid, names[i], KEY, &s->pk, 9, NULL),
				 EFI_SUCCESS);
		if (i % 2)
			assert_int_equal(svc_write(s, &fx_global, "PK", KEY, &s->pk, 9, NULL),
					 EFI_SUCCESS);
		else
			assert_int_equal(
				fx_set_guid(&s->f, &fx_global, "AuditMode", BS | RT, "\x01", 1),
				EFI_SUCCESS);
		svc_expect_byte(s, "SetupMode", 1);
		assert_int_equal(svc_write(s, guid, names[i], KEY, NULL, 1, &list),
				 EFI_SUCCESS);
	}
	vec_drop(&list);
}

static efi_status_t set_mode(struct svc *s, const char *name, uint8_t value)
{
	return fx_set_guid(&s->f, &fx_global, name, BS | RT, &value, 1);
}

static void expect_mode(struct svc *s, uint8_t setup, uint8_t audit, uint8_t deployed)
{
	svc_expect_byte(s, "SetupMode", setup);
	svc_expect_byte(s, "AuditMode", audit);
	svc_expect_byte(s, "DeployedMode", deployed);
	svc_expect_byte(s, "SecureBoot", !setup);
}

static void modes_follow_the_specification(void **state)
{
	struct svc *s = *state;
	unsigned int names;

	s->f.config.platform_verifies_images = true;
	fx_reset(&s->f);
	names = fx_count(&s->f);
	expect_mode(s, 1, 0, 0);
	/* Setup mode: only audit mode can be entered. */
	assert_int_equal(set_mode(s, "DeployedMode", 1), EFI_WRITE_PROTECTED);
	assert_true(fx_reported("SetVariable refused: no way to audit or deployed mode"));
	assert_int_equal(set_mode(s, "AuditMode", 1), EFI_SUCCESS);
	expect_mode(s, 1, 1, 0);
	assert_int_equal(set_mode(s, "AuditMode", 0), EFI_SUCCESS);
	fx_reset(&s->f);
	expect_mode(s, 1, 1, 0);
	assert_int_equal(set_mode(s, "DeployedMode", 1), EFI_WRITE_PROTECTED);
	/* A platform key makes it deployed mode; and out of that, only its owner. */
	enroll(s);
	fx_reset(&s->f);
	expect_mode(s, 0, 0, 1);
	assert_int_equal(set_mode(s, "AuditMode", 1), EFI_WRITE_PROTECTED);
	assert_int_equal(set_mode(s, "DeployedMode", 0), EFI_SUCCESS);
	expect_mode(s, 0, 0, 1);
	assert_int_equal(svc_write(s, &fx_global, "PK", KEY, &s->pk, 2, NULL), EFI_SUCCESS);
	expect_mode(s, 1, 0, 0);
	/* User mode: to deployed mode, or the platform key goes and it is audit mode. */
	assert_int_equal(svc_write(s, &fx_global, "KEK", KEY, NULL, 9, NULL), EFI_SUCCESS);
	enroll(s);
	expect_mode(s, 0, 0, 0);
	assert_int_equal(set_mode(s, "AuditMode", 1), EFI_SUCCESS);
	fx_reset(&s->f);
	expect_mode(s, 1, 1, 0);
	assert_int_equal(fx_get(&s->f, &fx_global, "PK", 10), EFI_NOT_FOUND);
	assert_int_equal(svc_write(s, &fx_global, "KEK", KEY, NULL, 9, NULL), EFI_SUCCESS);
	enroll(s);
	expect_mode(s, 0, 0, 1);
	/* What is stored for it is no variable: PK and KEK came. */
	assert_int_equal(fx_count(&s->f), names + 2);
	assert_int_equal(svc_write(s, &fx_global, "PK", KEY, &s->pk, 2, NULL), EFI_SUCCESS);
	assert_int_equal(svc_write(s, &fx_global, "KEK", KEY, NULL, 9, NULL), EFI_SUCCESS);
	enroll(s);
	assert_int_equal(set_mode(s, "DeployedMode", 1), EFI_SUCCESS);
	fx_reset(&s->f);
	expect_mode(s, 0, 0, 1);
	/* Not while an operating system runs. */
	assert_int_equal(fx_call(&s->f, FFAV_VAR_EXIT_BOOT_SERVICES, 0), EFI_SUCCESS);
	assert_int_equal(set_mode(s, "AuditMode", 1), EFI_WRITE_PROTECTED);
	expect_mode(s, 0, 0, 1);
}

/* A locked platform key is not removed on the way to audit mode either. */
static void locked_platform_key_stays(void **state)
{
	struct svc *s = *state;

	s->f.config.platform_verifies_images = true;
	fx_reset(&s->f);
	enroll(s);
	assert_int_equal(fx_lock(&s->f, &fx_global, "PK"), EFI_SUCCESS);
	assert_int_equal(svc_write(s, &fx_global, "PK", KEY, &s->pk, 2, NULL),
			 EFI_WRITE_PROTECTED);
	(void)fx_reported("");
	assert_int_equal(set_mode(s, "AuditMode", 1), EFI_WRITE_PROTECTED);
	assert_true(fx_reported("SetVariable refused: the variable is locked until reset"));
	expect_mode(s, 0, 0, 0);
	assert_int_equal(fx_enumerated(&s->f, &fx_global, "PK"), 1);
	/* Deployed mode leaves it alone. */
	assert_int_equal(set_mode(s, "DeployedMode", 1), EFI_SUCCESS);
	expect_mode(s, 0, 0, 1);
	/* Nothing is removed on the way from setup mode, and a reset ends the lock. */
	fx_reset(&s->f);
	assert_int_equal(svc_write(s, &fx_global, "PK", KEY, &s->pk, 2, NULL), EFI_SUCCESS);
	assert_int_equal(svc_write(s, &fx_global, "KEK", KEY, NULL, 9, NULL), EFI_SUCCESS);
	assert_int_equal(fx_lock(&s->f, &fx_global, "PK"), EFI_SUCCESS);
	assert_int_equal(set_mode(s, "AuditMode", 1), EFI_SUCCESS);
	expect_mode(s, 1, 1, 0);
}

/* A locked mode cannot be entered by a write; PK still decides. */
static void locked_modes_follow_pk(void **state)
{
	struct svc *s = *state;

	s->f.config.platform_verifies_images = true;
	fx_reset(&s->f);
	enroll(s);
	assert_int_equal(fx_lock(&s->f, &fx_global, "AuditMode"), EFI_SUCCESS);
	assert_int_equal(fx_lock(&s->f, &fx_global, "DeployedMode"), EFI_SUCCESS);
	assert_int_equal(set_mode(s, "AuditMode", 1), EFI_WRITE_PROTECTED);
	assert_int_equal(set_mode(s, "DeployedMode", 1), EFI_WRITE_PROTECTED);
	expect_mode(s, 0, 0, 0);
	assert_int_equal(svc_write(s, &fx_global, "PK", KEY, &s->pk, 2, NULL), EFI_SUCCESS);
	expect_mode(s, 1, 0, 0);
	fx_reset(&s->f);
	assert_int_equal(set_mode(s, "AuditMode", 1), EFI_SUCCESS);
	assert_int_equal(fx_lock(&s->f, &fx_global, "AuditMode"), EFI_SUCCESS);
	assert_int_equal(fx_lock(&s->f, &fx_global, "DeployedMode"), EFI_SUCCESS);
	assert_int_equal(svc_write(s, &fx_global, "KEK", KEY, NULL, 9, NULL), EFI_SUCCESS);
	enroll(s);
	expect_mode(s, 0, 0, 1);
}

static void operating_system_updates_too(void **state)
{
	struct svc *s = *state;
	struct vec_buffer list = {0};

	enroll(s);
	vec_list_cert(&list, &s->other);
	assert_int_equal(fx_call(&s->f, FFAV_VAR_EXIT_BOOT_SERVICES, 0), EFI_SUCCESS);
	assert_int_equal(svc_write(s, &svc_security, "db", KEY, &s->other, 1, &list),
			 EFI_SECURITY_VIOLATION);
	assert_int_equal(svc_write(s, &svc_security, "db", KEY, &s->kek, 1, &list),
			 EFI_SUCCESS);
	fx_expect(&s->f, &svc_security, "db", KEY, list.data, list.size);
	assert_int_equal(svc_write(s, &svc_security, "db", KEY, &s->kek, 2, NULL), EFI_SUCCESS);
	assert_int_equal(fx_get(&s->f, &svc_security, "db", 10), EFI_NOT_FOUND);
	vec_drop(&list);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, svc_setup, svc_teardown)
	const struct CMUnitTest tests[] = {
		CASE(setup_mode_needs_no_signature),
		CASE(platform_key_begins_user_mode),
		CASE(only_the_right_key_signs),
		CASE(first_platform_key_signs_itself),
		CASE(platform_key_is_one_certificate),
		CASE(signature_is_over_every_field),
		CASE(every_algorithm_writes),
		CASE(broken_writes_change_nothing),
		CASE(append_drops_what_is_there),
		CASE(append_to_what_is_no_database),
		CASE(deleted_databases_leave_their_time),
		CASE(modes_follow_the_specification),
		CASE(locked_platform_key_stays),
		CASE(locked_modes_follow_pk),
		CASE(operating_system_updates_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
