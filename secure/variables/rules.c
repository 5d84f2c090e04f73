// SPDX-License-Identifier: BSD-3-Clause
/*
 * Locks and var-check properties: what platform firmware says, until reset,
 * about single variables, whether they exist or not.
 *
 * A rule is an item of the volatile store: found as fast as a variable, and gone
 * after a reset. Its key is the variable's behind one marker byte, so that it
 * has an odd size and cannot be a variable's.
 */
#include "secure/variables/internal.h"

#define RULE_MARKER 'R'

/* Layout of a rule's data. */
#define RULE_FLAGS      0u
#define RULE_PROPERTY   2u
#define RULE_ATTRIBUTES 4u
#define RULE_MIN_SIZE   8u
#define RULE_MAX_SIZE   16u
#define RULE_SIZE       24u

#define RULE_FLAG_LOCKED   1u
#define RULE_FLAG_PROPERTY 2u

/**
 * struct rule - What may be written to one variable until reset.
 * @read_only: nothing; by a lock or by a property
 * @has_property: the fields below hold
 * @property: FFAV_VAR_CHECK_READ_ONLY or 0, as it was set
 * @attributes: exactly these, or 0 for any
 * @min_size: smallest data, bytes
 * @max_size: largest data, bytes
 */
struct rule {
	bool read_only;
	bool has_property;
	uint16_t property;
	uint32_t attributes;
	uint64_t min_size;
	uint64_t max_size;
};

static struct ffav_var_key rule_key(const struct ffav_var_key *key)
{
	struct ffav_var_key k = {.bytes = key->bytes - 1, .size = key->size + 1};

	k.bytes[0] = RULE_MARKER;
	return k;
}

/* The rule's bytes, or all zero and EFI_NOT_FOUND. */
static efi_status_t rule_read(struct ffav_variables *v, const struct ffav_var_key *key,
			      uint8_t *bytes)
{
	struct ffav_var_key k;
	ffav_store_id id;

	memset(bytes, 0, RULE_SIZE);
	if (!v->rules)
		return EFI_NOT_FOUND;
	k = rule_key(key);
	id = ffav_store_find(v->volatiles, k.bytes, k.size);
	if (!id)
		return EFI_NOT_FOUND;
	if (ffav_store_read(v->volatiles, id, 0, bytes, RULE_SIZE) != FFAV_STORE_OK)
		return EFI_DEVICE_ERROR;
	return EFI_SUCCESS;
}

static efi_status_t rule_write(struct ffav_var_request *r, const struct ffav_var_key *key,
			       const uint8_t *bytes, bool created)
{
	struct ffav_var_key k = rule_key(key);
	struct ffav_store_change change = {
		.key = k.bytes, .key_size = k.size, .data = {{bytes, RULE_SIZE}}};
	efi_status_t status = ffav_var_commit(r, r->v->volatiles, &change, 1);

	if (!status && created)
		r->v->rules++;
	return status;
}

/* Find the rule of a variable; all zero where there is none. */
static efi_status_t rule_find(const struct ffav_var_request *r, const struct ffav_var_key *key,
			      struct rule *rule)
{
	uint8_t bytes[RULE_SIZE];
	efi_status_t status = rule_read(r->v, key, bytes);
	uint16_t flags = ffav_get16(bytes + RULE_FLAGS);

	rule->property = ffav_get16(bytes + RULE_PROPERTY);
	rule->attributes = ffav_get32(bytes + RULE_ATTRIBUTES);
	rule->min_size = ffav_get64(bytes + RULE_MIN_SIZE);
	rule->max_size = ffav_get64(bytes + RULE_MAX_SIZE);
	rule->has_property = flags & RULE_FLAG_PROPERTY;
	rule->read_only = flags & RULE_FLAG_LOCKED || rule->property & FFAV_VAR_CHECK_READ_ONLY;
	if (status == EFI_DEVICE_ERROR)
		return ffav_var_refuse(r, status, "unreadable rule, name of size",
				       ffav_var_key_name_size(key->size));
	return EFI_SUCCESS;
}

efi_status_t ffav_var_rules_check(const struct ffav_var_request *r,
				  const struct ffav_var_key *key, uint32_t attributes,
				  bool exists, bool remove, uint64_t size)
{
	struct rule rule;
	efi_status_t status = rule_find(r, key, &rule);

	if (status)
		return status;
	if (rule.read_only)
		return ffav_var_refuse(r, EFI_WRITE_PROTECTED,
				       "the variable is locked until reset, attributes",
				       attributes);
	if (!remove && rule.has_property) {
		if (rule.attributes && rule.attributes != attributes)
			return ffav_var_refuse(
				r, EFI_INVALID_PARAMETER,
				"the variable's property wants other attributes than",
				attributes);
		if (size < rule.min_size || size > rule.max_size)
			return ffav_var_refuse(
				r, EFI_INVALID_PARAMETER,
				"the variable's property does not allow the size", size);
	}
	return ffav_var_policy_check(r, key, attributes, exists, remove, size);
}

/* Names of rules follow the same rules as those of SetVariable(). */
static efi_status_t check_name(const struct ffav_var_request *r, const uint8_t *name,
			       uint64_t size)
{
	if (!ffav_name_check(name, size))
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "the name is empty or not terminated, bytes", size);
	if (size > r->v->config.name_max)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER, "the name is too long, bytes",
				       size);
	return EFI_SUCCESS;
}

/*
 * Stock firmware locks the secure-boot state that it has just "written" when it starts, and
 * gives up if that is refused. Most of these variables are read-only anyway. For those that are
 * not there is always room: their rules are no items. @keep, @set: FFAV_VAR_STATE_*
 */
static efi_status_t rule_of_state(const struct ffav_var_request *r, int number,
				  unsigned int keep, unsigned int set)
{
	uint8_t *rule = ffav_var_state_rule(r->v, number);

	if (rule)
		*rule = (uint8_t)((*rule & keep) | set);
	else
		ffav_report(r->call, "computed variables are read-only already, number",
			    (uint64_t)number);
	return EFI_SUCCESS;
}

/*
 * What is said of a mode's property until firmware sets another one: stock firmware, asked to
 * write the mode, then refuses that itself.
 */
static uint16_t property_of_state(struct ffav_variables *v, int number)
{
	const uint8_t *rule = ffav_var_state_rule(v, number);

	if (rule && *rule & FFAV_VAR_STATE_PROPERTY && !(*rule & FFAV_VAR_STATE_READ_ONLY))
		return 0;
	return FFAV_VAR_CHECK_READ_ONLY;
}

efi_status_t ffav_var_lock(struct ffav_var_request *r)
{
	uint8_t *name = r->payload + FFAV_VAR_NEXT_SIZE;
	uint8_t bytes[RULE_SIZE];
	struct ffav_var_next n;
	struct ffav_var_key key;
	efi_status_t found, status;
	int number;

	/* GUID, NameSize and name lie as in GetNextVariableName. */
	if (!ffav_var_next_decode(r->payload, r->size, &n) || n.name_room != n.name_size)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "the message is cut off at byte", r->size);
	status = check_name(r, name, n.name_size);
	if (status)
		return status;
	if (r->v->rules_closed)
		return ffav_var_refuse(r, EFI_ACCESS_DENIED,
				       "too late in the boot, name of size", n.name_size);
	key = ffav_var_key_make(name, n.name_room, n.guid);
	number = ffav_var_state_find(key.bytes, key.size);
	if (number >= 0)
		return rule_of_state(r, number, UINT8_MAX, FFAV_VAR_STATE_LOCKED);

	found = rule_read(r->v, &key, bytes);
	if (found == EFI_DEVICE_ERROR)
		return ffav_var_refuse(r, found, "unreadable rule, name of size", n.name_size);
	ffav_put16(bytes + RULE_FLAGS,
		   (uint16_t)(ffav_get16(bytes + RULE_FLAGS) | RULE_FLAG_LOCKED));
	return rule_write(r, &key, bytes, found == EFI_NOT_FOUND);
}

efi_status_t ffav_var_property_set(struct ffav_var_request *r)
{
	uint8_t *name = r->payload + FFAV_VAR_CHECK_SIZE;
	uint8_t bytes[RULE_SIZE];
	struct ffav_var_check c;
	struct ffav_var_key key;
	efi_status_t found, status;
	int number;

	if (!ffav_var_check_decode(r->payload, r->size, &c))
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "the message is cut off at byte", r->size);
	status = check_name(r, name, c.name_size);
	if (status)
		return status;
	if (c.revision != FFAV_VAR_CHECK_REVISION)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER, "unknown property revision",
				       c.revision);
	if (c.property & ~FFAV_VAR_CHECK_READ_ONLY)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER, "unknown property bits",
				       c.property);
	if (r->v->rules_closed)
		return ffav_var_refuse(r, EFI_ACCESS_DENIED,
				       "too late in the boot, name of size", c.name_size);
	key = ffav_var_key_make(name, (size_t)c.name_size, c.guid);
	number = ffav_var_state_find(key.bytes, key.size);
	if (number >= 0)
		return rule_of_state(r, number, FFAV_VAR_STATE_LOCKED,
				     FFAV_VAR_STATE_PROPERTY |
					     (c.property ? FFAV_VAR_STATE_READ_ONLY : 0));

	found = rule_read(r->v, &key, bytes);
	if (found == EFI_DEVICE_ERROR)
		return ffav_var_refuse(r, found, "unreadable rule, name of size", c.name_size);
	ffav_put16(bytes + RULE_FLAGS,
		   (uint16_t)(ffav_get16(bytes + RULE_FLAGS) | RULE_FLAG_PROPERTY));
	ffav_put16(bytes + RULE_PROPERTY, c.property);
	ffav_put32(bytes + RULE_ATTRIBUTES, c.attributes);
	ffav_put64(bytes + RULE_MIN_SIZE, c.min_size);
	ffav_put64(bytes + RULE_MAX_SIZE, c.max_size);
	return rule_write(r, &key, bytes, found == EFI_NOT_FOUND);
}

efi_status_t ffav_var_property_get(struct ffav_var_request *r)
{
	uint8_t *name = r->payload + FFAV_VAR_CHECK_SIZE;
	uint8_t computed[FFAV_VAR_STATE_DATA_MAX];
	struct rule rule;
	struct ffav_var_check c;
	struct ffav_var_key key;
	efi_status_t status;
	int number;

	if (!ffav_var_check_decode(r->payload, r->size, &c))
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "the message is cut off at byte", r->size);
	status = check_name(r, name, c.name_size);
	if (status)
		return status;
	key = ffav_var_key_make(name, (size_t)c.name_size, c.guid);
	number = ffav_var_state_find(key.bytes, key.size);
	if (number >= 0) {
		rule.has_property = true;
		rule.property = property_of_state(r->v, number);
		rule.attributes = FFAV_VAR_STATE_ATTRIBUTES;
		rule.min_size = ffav_var_state_read(r->v, number, computed);
		rule.max_size = rule.min_size;
	} else {
		status = rule_find(r, &key, &rule);
		if (status)
			return status;
	}
	if (!rule.has_property)
		return EFI_NOT_FOUND;
	c.guid = key.bytes;
	c.revision = FFAV_VAR_CHECK_REVISION;
	c.property = rule.property;
	c.attributes = rule.attributes;
	c.min_size = rule.min_size;
	c.max_size = rule.max_size;
	(void)ffav_var_check_encode(r->payload, r->capacity, &c);
	r->reply = FFAV_VAR_CHECK_SIZE + (size_t)c.name_size;
	return EFI_SUCCESS;
}
