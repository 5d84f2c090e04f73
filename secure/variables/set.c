// SPDX-License-Identifier: BSD-3-Clause
/* SetVariable(); UEFI 2.10 section 8.2.3. */
#include "secure/variables/auth/signature_list.h"
#include "secure/variables/internal.h"

static const struct efi_guid x509 = EFI_CERT_X509_GUID;

/**
 * struct change - What a SetVariable comes down to, after the message was checked.
 * @attributes: as passed, without APPEND
 * @append: the data goes behind what is there
 * @remove: the variable goes
 * @authenticated: it is a time-based authenticated write
 * @deleted: the variable is not there, but what is stored says when it was deleted
 * @kind: of the variable
 * @descriptor: of an authenticated write
 * @signer: of a private authenticated write: who signed it
 * @data: the data, without the descriptor
 * @size: bytes of it
 */
struct change {
	uint32_t attributes;
	bool append;
	bool remove;
	bool authenticated;
	bool deleted;
	enum ffav_var_kind kind;
	struct ffav_descriptor descriptor;
	uint8_t signer[FFAV_VAR_SIGNER_SIZE];
	uint8_t *data;
	size_t size;
};

/* Rules that need nothing but the message. */
static efi_status_t check_message(const struct ffav_var_request *r,
				  const struct ffav_var_access *a)
{
	if (!ffav_name_check(a->name, a->name_size))
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "the name is empty or not terminated, bytes",
				       a->name_size);
	if (a->name_size > r->v->config.name_max)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER, "the name is too long, bytes",
				       a->name_size);
	return ffav_var_attributes_check(r, a->attributes);
}

/* What the message says is to be done. */
static efi_status_t read_change(const struct ffav_var_request *r,
				const struct ffav_var_access *a, uint8_t *data,
				struct change *c)
{
	struct ffav_bytes all = {.data = data, .size = (size_t)a->data_size};
	const char *why;
	uint64_t value;

	memset(c, 0, sizeof(*c));
	c->attributes = a->attributes & ~EFI_VARIABLE_APPEND_WRITE;
	c->append = a->attributes & EFI_VARIABLE_APPEND_WRITE;
	c->authenticated = a->attributes & EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS;
	c->data = data;
	c->size = all.size;
	if (c->authenticated) {
		why = ffav_descriptor_parse(&c->descriptor, all, &value);
		if (why)
			return ffav_var_refuse(r, EFI_SECURITY_VIOLATION, why, value);
		c->size = c->descriptor.payload.size;
		c->data = data + (all.size - c->size);
	}
	if (c->size > r->v->config.data_max)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER, "the data is too large, bytes",
				       c->size);
	c->remove = !c->append && (!c->size || !(a->attributes & FFAV_VAR_ACCESS_BITS));
	return EFI_SUCCESS;
}

/* After ExitBootServices only variables that are NV and RT can be written. */
static efi_status_t check_runtime(const struct ffav_var_request *r,
				  const struct ffav_var_item *item, const struct change *c)
{
	const uint32_t needed = EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_RUNTIME_ACCESS;

	if (item->id) {
		/* A boot-only variable is not there for the caller; its name stays taken. */
		if (!(item->meta.attributes & EFI_VARIABLE_RUNTIME_ACCESS))
			return c->remove ? EFI_NOT_FOUND
					 : ffav_var_refuse(r, EFI_INVALID_PARAMETER,
							   "boot-only variable at runtime, "
							   "attributes",
							   item->meta.attributes);
		if (!(item->meta.attributes & EFI_VARIABLE_NON_VOLATILE))
			return ffav_var_refuse(r, EFI_WRITE_PROTECTED,
					       "volatile variable at runtime, attributes",
					       item->meta.attributes);
	} else if (!c->remove && (c->attributes & needed) != needed) {
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "creation at runtime without NV and RT, attributes",
				       c->attributes);
	}
	return EFI_SUCCESS;
}

/*
 * What is stored cannot be read, but its attributes can: what belongs to nobody in particular may
 * be replaced or deleted. What is authenticated may not: who signed it, and when, is lost.
 */
static bool may_replace(const struct ffav_var_item *item, const struct change *c)
{
	return item->id != FFAV_STORE_UNREADABLE && !c->append && !c->authenticated &&
	       !(item->meta.attributes & EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS);
}

/* Rules about what is stored under this name already. */
static efi_status_t check_existing(const struct ffav_var_request *r,
				   const struct ffav_var_item *item, const struct change *c)
{
	if (!c->authenticated &&
	    item->meta.attributes & EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS)
		return ffav_var_refuse(r, EFI_WRITE_PROTECTED,
				       "plain write to an authenticated variable, attributes",
				       c->attributes);
	if ((!c->remove || c->authenticated) && item->meta.attributes != c->attributes)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "the variable exists with other attributes than",
				       c->attributes);
	return EFI_SUCCESS;
}

/* Is this a database that can hold keys? UEFI 2.10 section 32.4.1. */
static efi_status_t check_lists(const struct ffav_var_request *r,
				const struct ffav_var_item *item, const struct change *c)
{
	const struct ffav_bytes lists = c->descriptor.payload;
	struct ffav_signature_entry entry = {0};
	struct ffav_certificate certificate;
	unsigned int count = 0;
	enum ffav_crypto_result result;
	const char *why;
	uint64_t value = 0;

	why = ffav_signature_lists_check(lists, &value);
	if (why)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER, why, value);
	if (c->kind == FFAV_VAR_DATABASE || !c->size)
		return EFI_SUCCESS;
	/* What cannot be used to verify must not be enrolled to do so. */
	while (ffav_signature_next(lists, &entry)) {
		count++;
		if (ffav_guid_equal(entry.type, &x509)) {
			result = ffav_certificate_parse(&certificate, entry.signature);
			if (result)
				return ffav_var_refuse(
					r, EFI_INVALID_PARAMETER,
					"a certificate that cannot be used, entry", count);
		} else if (c->kind == FFAV_VAR_PK) {
			return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
					       "PK takes an X.509 certificate only, entry",
					       count);
		}
	}
	if (c->kind == FFAV_VAR_PK && (count != 1 || (c->append && item->id)))
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "PK holds one certificate, entries passed", count);
	return EFI_SUCCESS;
}

/* All that an authenticated write has to pass beyond what a plain one has to. */
static efi_status_t check_authenticated(const struct ffav_var_request *r,
					const struct ffav_var_key *key, uint32_t attributes,
					const struct ffav_var_item *item, struct change *c)
{
	efi_status_t status;

	if (c->kind == FFAV_VAR_PK || c->kind == FFAV_VAR_KEK || c->kind == FFAV_VAR_DATABASE) {
		status = check_lists(r, item, c);
		if (status)
			return status;
	}
	if ((item->id || c->deleted) && item->meta.has_time && !c->append &&
	    ffav_time_compare(c->descriptor.time, item->meta.time) <= 0)
		return ffav_var_refuse(r, EFI_SECURITY_VIOLATION,
				       "the time stamp is not later than the stored one but of "
				       "year",
				       ffav_get16(c->descriptor.time));
	return ffav_var_verify(r, c->kind, key, attributes, &c->descriptor, item, c->signer);
}

static efi_status_t write_plain(const struct ffav_var_request *r,
				const struct ffav_var_key *key,
				const struct ffav_var_item *item, const struct change *c)
{
	struct ffav_store_change change = {.key = key->bytes,
					   .key_size = key->size,
					   .remove = c->remove,
					   .attributes = c->attributes,
					   .known = !c->deleted,
					   .hash = item->hash,
					   .id = item->id};
	struct ffav_store *store = item->store;
	struct ffav_bytes old;
	efi_status_t status;

	if (c->remove)
		return ffav_var_quota_commit(r, store, item, &change, 1);
	if (!item->id) {
		store = c->attributes & EFI_VARIABLE_NON_VOLATILE ? r->v->nonvolatile
								  : r->v->volatiles;
	} else if (c->append) {
		status = ffav_var_load(r, item, &old);
		if (status)
			return status;
		change.data[0] = (struct ffav_store_span){old.data, old.size};
	} else if (ffav_var_same_data(item, c->data, c->size)) {
		/* The flash wears; what is there already is not written again. */
		return EFI_SUCCESS;
	}
	change.data[1] = (struct ffav_store_span){c->data, c->size};
	return ffav_var_quota_commit(r, store, item, &change, 1);
}

/*
 * Data, time stamp, signer and mode change in one transaction. The newer time stamp is stored
 * also where the data stays as it is: otherwise the write could be replayed later.
 */
static efi_status_t write_authenticated(const struct ffav_var_request *r,
					const struct ffav_var_key *key,
					const struct ffav_var_item *item, struct change *c)
{
	struct ffav_var_mode_change m;
	struct ffav_store_change changes[1 + sizeof(m.changes) / sizeof(m.changes[0])] = {
		{.key = key->bytes,
		 .key_size = key->size,
		 .remove = c->remove,
		 .attributes = c->attributes,
		 .time = c->descriptor.time,
		 .anchored = true}};
	bool later = !(item->id || c->deleted) || !item->meta.has_time ||
		     ffav_time_compare(c->descriptor.time, item->meta.time) > 0;
	struct ffav_store *store = item->store;
	struct ffav_bytes old = {0};
	efi_status_t status;
	size_t count = 1;
	uint64_t value;

	if (!item->id)
		store = c->attributes & EFI_VARIABLE_NON_VOLATILE ? r->v->nonvolatile
								  : r->v->volatiles;
	if (c->append && item->id) {
		status = ffav_var_load(r, item, &old);
		if (status)
			return status;
		if ((c->kind == FFAV_VAR_KEK || c->kind == FFAV_VAR_DATABASE) &&
		    !ffav_signature_filter(old, c->data, &c->size, &value))
			return ffav_var_refuse(
				r, EFI_DEVICE_ERROR,
				"what is enrolled already is no signature list, at byte",
				value);
		if (!c->size && !later)
			return EFI_SUCCESS;
	}
	/* Only an append can be older. */
	if (!later)
		changes[0].time = item->meta.time;
	if (old.size + c->size > r->v->config.data_max)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "the appended data becomes too large, bytes",
				       old.size + c->size);
	if (c->kind == FFAV_VAR_PRIVATE) {
		changes[0].signer = c->signer;
		changes[0].signer_size = sizeof(c->signer);
	}
	changes[0].data[0] = (struct ffav_store_span){old.data, old.size};
	changes[0].data[1] = (struct ffav_store_span){c->data, c->size};
	if (c->remove && ffav_var_leaves_time(r->v, c->kind)) {
		changes[0].remove = false;
		changes[0].attributes = 0;
	}
	if (c->kind == FFAV_VAR_PK) {
		count += ffav_var_mode_change(r->v, c->remove, &m);
		memcpy(&changes[1], m.changes, (count - 1) * sizeof(changes[0]));
	}
	return ffav_var_quota_commit(r, store, item, changes, count);
}

efi_status_t ffav_var_set(struct ffav_var_request *r)
{
	uint8_t *name = r->payload + FFAV_VAR_ACCESS_SIZE;
	struct ffav_var_access a;
	struct ffav_var_item item;
	struct ffav_var_key key;
	struct change c;
	uint64_t total;
	efi_status_t status;
	int number;

	if (!ffav_var_access_decode(r->payload, r->size, true, &a))
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "the message is cut off at byte", r->size);
	status = check_message(r, &a);
	if (status)
		return status;
	key = ffav_var_key_make(name, (size_t)a.name_size, a.guid);
	number = ffav_var_state_find(key.bytes, key.size);
	if (number >= 0)
		return ffav_var_state_write(
			r, &key, number,
			(struct ffav_bytes){.data = a.data, .size = (size_t)a.data_size});
	status = read_change(r, &a, name + a.name_size, &c);
	if (status)
		return status;
	c.kind = ffav_var_kind(&key, c.attributes);
	if (c.kind != FFAV_VAR_PRIVATE && (!c.remove || c.authenticated) &&
	    c.attributes != FFAV_VAR_KEY_ATTRIBUTES)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "not the attributes of a variable that holds keys but",
				       c.attributes);

	status = ffav_var_find(r->v, &key, &item);
	if (status && !may_replace(&item, &c))
		return ffav_var_refuse(r, status, "unreadable item", item.id);
	if (item.id && ffav_variables_is_deleted(item.meta.attributes)) {
		c.deleted = true;
		item.id = 0;
	}
	if (r->v->at_runtime) {
		status = check_runtime(r, &item, &c);
		if (status)
			return status;
	}
	total = c.size + (uint64_t)(c.append && item.id ? item.meta.data_size : 0);
	status = ffav_var_rules_check(r, &key, c.attributes, item.id, c.remove, total);
	if (status)
		return status;
	if (item.id) {
		status = check_existing(r, &item, &c);
		if (status)
			return status;
	}
	if (c.authenticated) {
		status = check_authenticated(r, &key, a.attributes, &item, &c);
		if (status)
			return status;
	}

	/* Appending nothing changes nothing, but for the time stamp of what is there. */
	if (c.append && !c.size && !(c.authenticated && item.id))
		return EFI_SUCCESS;
	if (!item.id && (c.remove || !(c.attributes & FFAV_VAR_ACCESS_BITS)))
		return EFI_NOT_FOUND;
	if (c.authenticated)
		return write_authenticated(r, &key, &item, &c);
	if (total > r->v->config.data_max)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "the appended data becomes too large, bytes", total);
	return write_plain(r, &key, &item, &c);
}
