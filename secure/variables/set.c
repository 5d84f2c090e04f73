// SPDX-License-Identifier: BSD-3-Clause
/* SetVariable(); UEFI 2.10 section 8.2.3. */
#include "secure/variables/internal.h"

/**
 * struct change - What a SetVariable comes down to, after the message was checked.
 * @attributes: as passed, without APPEND
 * @append: the data goes behind what is there
 * @remove: the variable goes
 * @data: the data
 * @size: bytes of it
 */
struct change {
	uint32_t attributes;
	bool append;
	bool remove;
	const uint8_t *data;
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
	if (a->data_size > r->v->config.data_max)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER, "the data is too large, bytes",
				       a->data_size);
	return ffav_var_attributes_check(r, a->attributes);
}

/*
 * Stock firmware writes the secure-boot state when it starts and gives up if that is refused;
 * the service computes it, so nothing changes. An operating system is told that it cannot.
 */
static efi_status_t set_state(const struct ffav_var_request *r, int number)
{
	ffav_report(r->call, "write to a computed variable not carried out, number",
		    (uint64_t)number);
	return r->v->at_runtime ? EFI_WRITE_PROTECTED : EFI_SUCCESS;
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

/* What locks and properties allow. */
static efi_status_t check_rule(const struct ffav_var_request *r,
			       const struct ffav_var_rule *rule, const struct change *c,
			       uint64_t size)
{
	if (rule->read_only)
		return ffav_var_refuse(r, EFI_WRITE_PROTECTED,
				       "the variable is locked until reset, attributes",
				       c->attributes);
	if (c->remove || !rule->has_property)
		return EFI_SUCCESS;
	if (rule->attributes && rule->attributes != c->attributes)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "the variable's property wants other attributes than",
				       c->attributes);
	if (size < rule->min_size || size > rule->max_size)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "the variable's property does not allow the size", size);
	return EFI_SUCCESS;
}

/* Rules about what is stored under this name already. */
static efi_status_t check_existing(const struct ffav_var_request *r,
				   const struct ffav_var_item *item, const struct change *c)
{
	if (item->meta.attributes & EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS)
		return ffav_var_refuse(r, EFI_WRITE_PROTECTED,
				       "plain write to an authenticated variable, attributes",
				       c->attributes);
	if (!c->remove && item->meta.attributes != c->attributes)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "the variable exists with other attributes than",
				       c->attributes);
	return EFI_SUCCESS;
}

static efi_status_t write(const struct ffav_var_request *r, const struct ffav_var_key *key,
			  const struct ffav_var_item *item, const struct change *c)
{
	struct ffav_store_change change = {.key = key->bytes,
					   .key_size = key->size,
					   .remove = c->remove,
					   .attributes = c->attributes};
	struct ffav_store *store = item->store;

	if (c->remove)
		return ffav_var_commit(r, store, &change);
	if (!item->id) {
		store = c->attributes & EFI_VARIABLE_NON_VOLATILE ? r->v->nonvolatile
								  : r->v->volatiles;
	} else if (c->append) {
		change.data[0].data = r->v->config.scratch;
		change.data[0].size = item->meta.data_size;
		if (ffav_store_read(store, item->id, 0, r->v->config.scratch,
				    item->meta.data_size) != FFAV_STORE_OK)
			return ffav_var_refuse(r, EFI_DEVICE_ERROR, "unreadable data of size",
					       item->meta.data_size);
	} else if (ffav_var_same_data(item, c->data, c->size)) {
		/* The flash wears; what is there already is not written again. */
		return EFI_SUCCESS;
	}
	change.data[1].data = c->data;
	change.data[1].size = c->size;
	return ffav_var_commit(r, store, &change);
}

efi_status_t ffav_var_set(struct ffav_var_request *r)
{
	uint8_t *name = r->payload + FFAV_VAR_ACCESS_SIZE;
	struct ffav_var_access a;
	struct ffav_var_item item;
	struct ffav_var_rule rule;
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
	c.attributes = a.attributes & ~EFI_VARIABLE_APPEND_WRITE;
	c.append = a.attributes & EFI_VARIABLE_APPEND_WRITE;
	c.remove = !c.append && (!a.data_size || !(a.attributes & FFAV_VAR_ACCESS_BITS));
	c.data = a.data;
	c.size = (size_t)a.data_size;

	key = ffav_var_key_make(name, (size_t)a.name_size, a.guid);
	number = ffav_var_state_find(key.bytes, key.size);
	if (number >= 0)
		return set_state(r, number);
	if (c.attributes & EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS)
		return ffav_var_refuse(r, EFI_UNSUPPORTED,
				       "authenticated writes are not supported, attributes",
				       c.attributes);
	if (!c.remove && ffav_var_is_key_database(&key))
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "key database without authentication, attributes",
				       c.attributes);

	status = ffav_var_find(r->v, &key, &item);
	if (status)
		return ffav_var_refuse(r, status, "unreadable item", item.id);
	if (r->v->at_runtime) {
		status = check_runtime(r, &item, &c);
		if (status)
			return status;
	}
	total = c.size + (uint64_t)(c.append && item.id ? item.meta.data_size : 0);
	if (ffav_var_rule_find(r->v, &key, &rule) == EFI_DEVICE_ERROR)
		return ffav_var_refuse(r, EFI_DEVICE_ERROR, "unreadable rule, name of size",
				       a.name_size);
	status = check_rule(r, &rule, &c, total);
	if (status)
		return status;
	if (item.id) {
		status = check_existing(r, &item, &c);
		if (status)
			return status;
	}

	/* Appending nothing changes nothing, whether the variable exists or not. */
	if (c.append && !c.size)
		return EFI_SUCCESS;
	if (!item.id && (c.remove || !(c.attributes & FFAV_VAR_ACCESS_BITS)))
		return EFI_NOT_FOUND;
	if (total > r->v->config.data_max)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "the appended data becomes too large, bytes", total);
	return write(r, &key, &item, &c);
}
