// SPDX-License-Identifier: BSD-3-Clause
/* Keys and hashes into PK, KEK, db and dbx; UEFI 2.10 section 32.3. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "secure/variables/auth/signature_list.h"
#include "tools/ffavars/certificate.h"
#include "tools/ffavars/decode.h"
#include "tools/ffavars/ffavars.h"
#include "tools/ffavars/json.h"
#include "tools/ffavars/keyfile.h"

/** Largest file, bytes: more than fits into a message. */
#define FILE_MAX ((size_t)1024 * 1024)
/** A descriptor without a signature: time 16, length 4, revision 2, type 2, GUID 16. */
#define UNSIGNED_DESCRIPTOR 40u

/* In the order in which they are written: with PK, setup mode ends. */
static const struct {
	enum enroll_target target;
	const char *name;
	struct efi_guid guid;
} targets[] = {
	{ENROLL_DB, "db", EFI_IMAGE_SECURITY_DATABASE_GUID},
	{ENROLL_DBX, "dbx", EFI_IMAGE_SECURITY_DATABASE_GUID},
	{ENROLL_KEK, "KEK", EFI_GLOBAL_VARIABLE_GUID},
	{ENROLL_PK, "PK", EFI_GLOBAL_VARIABLE_GUID},
};

#define TARGETS (sizeof(targets) / sizeof(targets[0]))

/**
 * struct enrollment - One file.
 * @file: which, and what it is for
 * @index: the same in targets[]
 * @key: what is in it
 * @attributes: with which it is written
 * @held: what the variable holds when it is written; owned
 * @held_size: bytes
 */
struct enrollment {
	const struct enroll_file *file;
	size_t index;
	struct keyfile key;
	uint32_t attributes;
	uint8_t *held;
	size_t held_size;
};

/* A variable's name in UTF-16. */
static const uint16_t *utf16_name(const char *name, uint16_t *out)
{
	size_t i = 0;

	for (; name[i]; i++)
		out[i] = (uint8_t)name[i];
	out[i] = 0;
	return out;
}

/* Return: an EFI_SUCCESS or EFI_NOT_FOUND, or STATUS_REFUSED's cause after a message. */
static efi_status_t read_variable(struct session *s, const char *name,
				  const struct efi_guid *guid, uint8_t *out, uint64_t *size)
{
	uint16_t text[16];
	uint32_t attributes;
	efi_status_t status;

	*size = DATA_MAX;
	status = ffav_get_variable(s->mm, utf16_name(name, text), guid, &attributes, size, out);
	if (status != EFI_SUCCESS)
		*size = 0;
	if (status != EFI_SUCCESS && status != EFI_NOT_FOUND)
		(void)refused("GetVariable", name, status);
	return status;
}

static void describe_entry(const struct ffav_signature_entry *entry, char *out, size_t room)
{
	static const struct efi_guid x509 = EFI_CERT_X509_GUID;
	struct certificate c;

	if (!ffav_guid_equal(entry->type, &x509)) {
		snprintf(out, room, "%s", signature_type_name(entry->type));
		return;
	}
	certificate_describe(&c, entry->signature.data, entry->signature.size);
	snprintf(out, room, "%s, SHA-256 %s", c.parsed ? c.subject : "certificate", c.sha256);
}

/* PK and KEK verify signatures: what cannot do so must not be there, and PK is one. */
static int check_use(const struct enrollment *e, struct problem *p)
{
	static const struct efi_guid x509 = EFI_CERT_X509_GUID;
	enum enroll_target target = targets[e->index].target;
	struct ffav_signature_entry entry = {0};
	struct ffav_certificate certificate;
	size_t count = 0;
	char what[640];

	while (ffav_signature_next(e->key.lists, &entry)) {
		bool is_certificate = ffav_guid_equal(entry.type, &x509);

		count++;
		describe_entry(&entry, what, sizeof(what));
		if (is_certificate && (target == ENROLL_PK || target == ENROLL_KEK) &&
		    ffav_certificate_parse(&certificate, entry.signature))
			return problem_set(p,
					   "A key of %s has to be RSA of 2048 to 4096 bits or "
					   "ECDSA on P-256, P-384 or P-521; this is not: %s.",
					   targets[e->index].name, what);
		if (!is_certificate && target == ENROLL_PK)
			return problem_set(p, "PK holds an X.509 certificate, not: %s.", what);
	}
	if (target == ENROLL_PK && count > 1)
		return problem_set(p, "PK holds one certificate; there are %zu.", count);
	if (!count && e->key.kind != KEYFILE_SIGNED)
		return problem_set(p, "There is nothing in it.");
	return 0;
}

/* Reads a file and checks all that can be without looking at the image. */
static enum exit_status load(struct enrollment *e, const struct arguments *a)
{
	struct problem p = {.text = ""};
	size_t size;
	uint8_t *content = file_read(e->file->path, FILE_MAX, &size);
	int result;

	if (!content)
		return STATUS_IMAGE;
	while (targets[e->index].target != e->file->target)
		e->index++;
	result = keyfile_parse(&e->key, content, size, &a->owner, &p);
	free(content);
	if (!result)
		result = check_use(e, &p);
	if (!result && e->key.kind == KEYFILE_SIGNED)
		result = keyfile_attributes(&e->key, &targets[e->index].guid,
					    targets[e->index].name, &e->attributes, &p);
	if (!result)
		return STATUS_DONE;
	message("%s cannot be enrolled in %s. %s", e->file->path, targets[e->index].name,
		p.text);
	return STATUS_IMAGE;
}

/* UEFI 2.10 section 8.3; the time of a signature has neither a zone nor parts of a second. */
static void put_time(uint8_t *out, const struct tm *t)
{
	memset(out, 0, EFI_TIME_SIZE);
	ffav_put16(out, (uint16_t)(t->tm_year + 1900));
	out[2] = (uint8_t)(t->tm_mon + 1);
	out[3] = (uint8_t)t->tm_mday;
	out[4] = (uint8_t)t->tm_hour;
	out[5] = (uint8_t)t->tm_min;
	out[6] = (uint8_t)t->tm_sec;
}

/* In setup mode nobody's signature is asked for, but the descriptor is. */
static uint8_t *unsigned_write(const struct enrollment *e, const struct arguments *a,
			       size_t *size)
{
	static const uint8_t certificate[] = {24,   0,    0,    0,    0x00, 0x02, 0xf1, 0x0e,
					      0x9d, 0xd2, 0xaf, 0x4a, 0xdf, 0x68, 0xee, 0x49,
					      0x8a, 0xa9, 0x34, 0x7d, 0x37, 0x56, 0x65, 0xa7};
	uint8_t *out = malloc(UNSIGNED_DESCRIPTOR + e->key.lists.size);

	if (!out)
		return NULL;
	put_time(out, &a->time);
	memcpy(out + EFI_TIME_SIZE, certificate, sizeof(certificate));
	memcpy(out + UNSIGNED_DESCRIPTOR, e->key.lists.data, e->key.lists.size);
	*size = UNSIGNED_DESCRIPTOR + e->key.lists.size;
	return out;
}

static enum exit_status write_one(struct session *s, struct enrollment *e,
				  const struct arguments *a, bool first)
{
	const char *name = targets[e->index].name;
	uint8_t *content = e->key.content;
	size_t size = e->key.size;
	uint8_t *held = malloc(DATA_MAX);
	uint64_t held_size = 0;
	uint16_t text[16];
	efi_status_t status;

	if (!held)
		return no_memory();
	e->held = held;
	status = read_variable(s, name, &targets[e->index].guid, held, &held_size);
	if (status != EFI_SUCCESS && status != EFI_NOT_FOUND)
		return STATUS_REFUSED;
	e->held_size = (size_t)held_size;
	if (e->key.kind != KEYFILE_SIGNED) {
		/* What is there stays, unless the user says otherwise; a variable's first has
		 * nothing to be added to. */
		e->attributes = KEYFILE_ATTRIBUTES;
		if (held_size && !(a->force && first))
			e->attributes |= EFI_VARIABLE_APPEND_WRITE;
		content = unsigned_write(e, a, &size);
		if (!content)
			return no_memory();
	}
	status = ffav_set_variable(s->mm, utf16_name(name, text), &targets[e->index].guid,
				   e->attributes, size, content);
	if (content != e->key.content)
		free(content);
	if (status == EFI_SUCCESS)
		return STATUS_DONE;
	message("%s is refused as %s.", e->file->path, name);
	return refused("SetVariable", name, status);
}

/* Without a signature nothing gets in where there is somebody who could have signed. */
static enum exit_status check_mode(struct session *s, const struct enrollment *all,
				   size_t count)
{
	static const struct efi_guid global = EFI_GLOBAL_VARIABLE_GUID;
	static uint8_t mode[DATA_MAX];
	enum exit_status result = STATUS_DONE;
	uint64_t size;

	if (read_variable(s, "SetupMode", &global, mode, &size) != EFI_SUCCESS)
		return STATUS_REFUSED;
	if (size == 1 && mode[0] == 1)
		return STATUS_DONE;
	for (size_t i = 0; i < count; i++) {
		if (all[i].key.kind == KEYFILE_SIGNED)
			continue;
		message("%s is not signed, and PK is enrolled already: %s takes only what the "
			"owner of %s has signed. sign-efi-sig-list makes such a file.",
			all[i].file->path, targets[all[i].index].name,
			targets[all[i].index].target == ENROLL_DB ||
					targets[all[i].index].target == ENROLL_DBX
				? "KEK or PK"
				: "PK");
		result = STATUS_REFUSED;
	}
	return result;
}

static enum exit_status write_all(struct session *s, struct enrollment *all, size_t count,
				  const struct arguments *a)
{
	enum exit_status result = check_mode(s, all, count);

	for (size_t t = 0; !result && t < TARGETS; t++) {
		bool first = true;

		for (size_t i = 0; !result && i < count; i++) {
			if (all[i].index != t)
				continue;
			result = write_one(s, &all[i], a, first);
			first = false;
		}
	}
	return result;
}

/* Did the variable hold this entry before it was appended to? */
static bool was_there(const struct enrollment *e, const struct ffav_signature_entry *entry)
{
	struct ffav_bytes held = {e->held, e->held_size};
	struct ffav_signature_entry old = {0};
	uint64_t where;

	if (!(e->attributes & EFI_VARIABLE_APPEND_WRITE) ||
	    ffav_signature_lists_check(held, &where))
		return false;
	while (ffav_signature_next(held, &old)) {
		if (ffav_guid_equal(old.type, entry->type) &&
		    ffav_guid_equal(old.owner, entry->owner) &&
		    ffav_bytes_equal(old.signature, entry->signature))
			return true;
	}
	return false;
}

static void print_text(const struct enrollment *e, const struct arguments *a)
{
	const char *would = a->dry_run ? " would be" : "";
	struct ffav_signature_entry entry = {0};
	const char *name = targets[e->index].name;
	const char *hint = e->key.kind == KEYFILE_SIGNED ? ", as it was signed" : "";

	if (!e->key.lists.size)
		printf("%s:%s %s%s\n", name, would,
		       e->attributes & EFI_VARIABLE_APPEND_WRITE ? "left as it is" : "removed",
		       hint);
	while (ffav_signature_next(e->key.lists, &entry)) {
		static const struct efi_guid x509 = EFI_CERT_X509_GUID;
		char what[640];

		describe_entry(&entry, what, sizeof(what));
		printf("%s:%s ", name, would);
		fputs(was_there(e, &entry) ? "there already: " : "enrolled: ", stdout);
		name_print_utf8(stdout, what);
		if (!ffav_guid_equal(entry.type, &x509)) {
			putchar(' ');
			for (size_t i = 0; i < entry.signature.size; i++)
				printf("%02x", entry.signature.data[i]);
		}
		printf("%s\n", hint);
	}
}

static void add_object(cJSON *array, const struct enrollment *e)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddItemToArray(array, object);
	cJSON_AddStringToObject(object, "variable", targets[e->index].name);
	cJSON_AddStringToObject(object, "file", e->file->path);
	cJSON_AddStringToObject(object, "kind", keyfile_kind_name(e->key.kind));
	cJSON_AddBoolToObject(object, "append",
			      (e->attributes & EFI_VARIABLE_APPEND_WRITE) != 0);
	decode_signatures(object, e->key.lists.data, e->key.lists.size);
}

static enum exit_status tell(const struct enrollment *all, size_t count,
			     const struct arguments *a)
{
	cJSON *array = a->json ? cJSON_CreateArray() : NULL;

	for (size_t t = 0; t < TARGETS; t++) {
		for (size_t i = 0; i < count; i++) {
			if (all[i].index == t && a->json)
				add_object(array, &all[i]);
			else if (all[i].index == t)
				print_text(&all[i], a);
		}
	}
	return !a->json || json_print(array) ? STATUS_DONE : no_memory();
}

enum exit_status verb_enroll(struct session *s, const struct arguments *a)
{
	struct enrollment *all = calloc(a->enroll_count, sizeof(*all));
	enum exit_status result = STATUS_DONE;

	if (!all)
		return no_memory();
	for (size_t i = 0; !result && i < a->enroll_count; i++) {
		all[i].file = &a->enroll[i];
		result = load(&all[i], a);
	}
	if (!result)
		result = write_all(s, all, a->enroll_count, a);
	if (result)
		message("Nothing was changed in %s.", a->flash);
	else if (finish(s->image, a))
		result = STATUS_IMAGE;
	else
		result = tell(all, a->enroll_count, a);
	for (size_t i = 0; i < a->enroll_count; i++) {
		keyfile_free(&all[i].key);
		free(all[i].held);
	}
	free(all);
	return result;
}
