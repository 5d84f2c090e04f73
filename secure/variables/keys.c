// SPDX-License-Identifier: BSD-3-Clause
/*
 * The variables that hold keys, and the secure-boot mode, which depends on whether a
 * platform key is enrolled; UEFI 2.10 section 32.3.
 *
 * Audit and deployed mode outlive a reset, so they are stored: one byte under a key that
 * no client can name. It changes in the same transaction as PK.
 *
 * A database of keys that its owners delete leaves its time stamp behind: under its key stays an
 * item without data and without access attributes, which is no variable, but which says that
 * what was signed before is old. Without a platform key nobody has to sign, so that there is
 * nothing to replay: these items go with PK, and the next owner begins anew.
 */
#include "secure/variables/internal.h"

static const struct efi_guid global = EFI_GLOBAL_VARIABLE_GUID;
static const struct efi_guid databases = EFI_IMAGE_SECURITY_DATABASE_GUID;

/* Too short for a variable's key. */
static const uint8_t mode_key[] = {FFAV_VARIABLES_MODE_KEY};
/* What is stored under it. */
static const uint8_t audit[] = {FFAV_VARIABLES_MODE_AUDIT};
static const uint8_t deployed[] = {FFAV_VARIABLES_MODE_DEPLOYED};

bool ffav_var_name_is(const uint8_t *key, size_t key_size, const char *name)
{
	size_t i = FFAV_VAR_GUID_SIZE;

	for (; i + 2 <= key_size && *name; i += 2, name++) {
		if (ffav_get16(key + i) != (uint8_t)*name)
			return false;
	}
	return i == key_size && !*name;
}

static size_t make_key(const struct efi_guid *guid, const char *name, uint8_t *out)
{
	size_t size = sizeof(*guid);

	memcpy(out, guid, sizeof(*guid));
	for (; *name; name++, size += 2)
		ffav_put16(out + size, (uint8_t)*name);
	return size;
}

size_t ffav_var_global_key(const char *name, uint8_t *out)
{
	return make_key(&global, name, out);
}

/* OsRecovery and four hexadecimal digits, in any namespace; UEFI 2.10 section 3.4.1. */
static bool is_recovery(const struct ffav_var_key *key)
{
	static const char name[] = "OsRecovery";
	const size_t head = FFAV_VAR_GUID_SIZE + 2 * (sizeof(name) - 1);

	if (key->size != head + 8 || !ffav_var_name_is(key->bytes, head, name))
		return false;
	for (size_t i = head; i < key->size; i += 2) {
		uint16_t c = ffav_get16(key->bytes + i);

		if ((c < '0' || c > '9') && (c < 'A' || c > 'F'))
			return false;
	}
	return true;
}

enum ffav_var_kind ffav_var_kind(const struct ffav_var_key *key, uint32_t attributes)
{
	const uint8_t *k = key->bytes;

	if (ffav_guid_equal(k, &global)) {
		if (ffav_var_name_is(k, key->size, "PK"))
			return FFAV_VAR_PK;
		if (ffav_var_name_is(k, key->size, "KEK"))
			return FFAV_VAR_KEK;
		if (ffav_var_name_is(k, key->size, "OsRecoveryOrder"))
			return FFAV_VAR_RECOVERY;
	}
	if (ffav_guid_equal(k, &databases) &&
	    (ffav_var_name_is(k, key->size, "db") || ffav_var_name_is(k, key->size, "dbx") ||
	     ffav_var_name_is(k, key->size, "dbt") || ffav_var_name_is(k, key->size, "dbr")))
		return FFAV_VAR_DATABASE;
	if (attributes & EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS && is_recovery(key))
		return FFAV_VAR_RECOVERY;
	return FFAV_VAR_PRIVATE;
}

static bool platform_key_enrolled(struct ffav_variables *v)
{
	uint8_t key[FFAV_VAR_GLOBAL_KEY_MAX];

	return ffav_store_find(v->nonvolatile, key, ffav_var_global_key("PK", key));
}

/* The stored byte, 0 without one. */
static uint8_t stored_mode(struct ffav_variables *v)
{
	ffav_store_id id = ffav_store_find(v->nonvolatile, mode_key, sizeof(mode_key));
	struct ffav_store_meta meta;
	uint8_t mode = 0;

	if (id &&
	    (ffav_store_meta(v->nonvolatile, id, &meta) != FFAV_STORE_OK ||
	     meta.data_size != sizeof(mode) ||
	     ffav_store_read(v->nonvolatile, id, 0, &mode, sizeof(mode)) != FFAV_STORE_OK))
		return 0;
	return mode;
}

enum ffav_var_mode ffav_var_mode(struct ffav_variables *v)
{
	uint8_t mode = stored_mode(v);

	if (platform_key_enrolled(v))
		return mode == deployed[0] ? FFAV_VAR_MODE_DEPLOYED : FFAV_VAR_MODE_USER;
	return mode == audit[0] ? FFAV_VAR_MODE_AUDIT : FFAV_VAR_MODE_SETUP;
}

static struct ffav_store_change mode_write(const uint8_t *mode)
{
	return (struct ffav_store_change){
		.key = mode_key, .key_size = sizeof(mode_key), .data = {{mode, 1}}};
}

bool ffav_var_leaves_time(struct ffav_variables *v, enum ffav_var_kind kind)
{
	return (kind == FFAV_VAR_KEK || kind == FFAV_VAR_DATABASE) && platform_key_enrolled(v);
}

/* Removes the time stamps that deleted databases have left. Return: how many changes that takes. */
static size_t forget_times(struct ffav_variables *v, struct ffav_var_mode_change *m)
{
	static const struct {
		const struct efi_guid *guid;
		const char *name;
	} names[FFAV_VAR_TIMES_MAX] = {{&global, "KEK"},
				       {&databases, "db"},
				       {&databases, "dbx"},
				       {&databases, "dbt"},
				       {&databases, "dbr"}};
	struct ffav_store_meta meta;
	size_t count = 0;

	for (size_t i = 0; i < FFAV_VAR_TIMES_MAX; i++) {
		size_t size = make_key(names[i].guid, names[i].name, m->keys[count]);
		ffav_store_id id = ffav_store_find(v->nonvolatile, m->keys[count], size);

		if (!id || ffav_store_meta(v->nonvolatile, id, &meta) != FFAV_STORE_OK ||
		    meta.attributes & FFAV_VAR_ACCESS_BITS)
			continue;
		m->changes[count] = (struct ffav_store_change){
			.key = m->keys[count], .key_size = size, .remove = true};
		count++;
	}
	return count;
}

size_t ffav_var_mode_change(struct ffav_variables *v, bool removed,
			    struct ffav_var_mode_change *m)
{
	size_t count = removed ? forget_times(v, m) : 0;

	/* Enrolling a platform key ends audit mode in deployed mode. */
	if (!removed && ffav_var_mode(v) == FFAV_VAR_MODE_AUDIT) {
		m->changes[count++] = mode_write(deployed);
	} else if (removed && stored_mode(v)) {
		m->changes[count] = mode_write(NULL);
		m->changes[count++].remove = true;
	}
	return count;
}

efi_status_t ffav_var_mode_enter(struct ffav_var_request *r, enum ffav_var_mode mode)
{
	enum ffav_var_mode now = ffav_var_mode(r->v);
	struct ffav_var_mode_change m;
	uint8_t bytes[1 + FFAV_VAR_GLOBAL_KEY_MAX];
	struct ffav_var_key pk = {.bytes = bytes + 1};
	efi_status_t status;
	size_t count = 0;

	if (now == mode)
		return EFI_SUCCESS;
	if (now == FFAV_VAR_MODE_DEPLOYED ||
	    (mode == FFAV_VAR_MODE_DEPLOYED && now != FFAV_VAR_MODE_USER))
		return ffav_var_refuse(r, EFI_WRITE_PROTECTED,
				       "no way to audit or deployed mode from mode", now);
	/* Audit mode is a setup mode: the platform key goes, unless it is locked. */
	if (mode == FFAV_VAR_MODE_AUDIT && now == FFAV_VAR_MODE_USER) {
		pk.size = ffav_var_global_key("PK", pk.bytes);
		status = ffav_var_rules_check(r, &pk, FFAV_VAR_KEY_ATTRIBUTES, true, true, 0);
		if (status)
			return status;
		count = forget_times(r->v, &m);
		m.changes[count++] = (struct ffav_store_change){
			.key = pk.bytes, .key_size = pk.size, .remove = true};
	}
	m.changes[count] = mode_write(mode == FFAV_VAR_MODE_AUDIT ? audit : deployed);
	m.changes[count++].anchored = true;
	return ffav_var_commit(r, r->v->nonvolatile, m.changes, count);
}
