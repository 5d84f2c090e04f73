// SPDX-License-Identifier: BSD-3-Clause
/*
 * Variable policies: which one fits a variable best, and what it forbids. Each is an item of the
 * volatile store as it came, numbered by its key, so that they are gone after a reset.
 */
#include "secure/variables/policies.h"

#define WILDCARD '#'

void ffav_var_policy_key(uint8_t *key, uint32_t number)
{
	key[0] = 'P';
	ffav_put32(key + 1, number);
}

size_t ffav_var_policy_load(struct ffav_variables *v, uint32_t number, uint8_t *policy)
{
	struct ffav_store_meta meta;
	uint8_t key[POLICY_KEY_SIZE];
	ffav_store_id id;

	ffav_var_policy_key(key, number);
	id = ffav_store_find(v->volatiles, key, sizeof(key));
	if (!id || ffav_store_meta(v->volatiles, id, &meta) != FFAV_STORE_OK ||
	    meta.data_size > POLICY_BYTES_MAX ||
	    ffav_store_read(v->volatiles, id, 0, policy, meta.data_size) != FFAV_STORE_OK)
		return 0;
	return meta.data_size;
}

/* The last characters of Boot#### and its like are hexadecimal. */
static bool is_digit(uint16_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

/*
 * How well does a policy's pattern fit a variable? 0 is its very name, 1 and more the number of
 * wildcards, UINT32_MAX - 1 its namespace, UINT32_MAX not at all.
 */
static uint32_t distance(const uint8_t *policy, size_t size, const struct ffav_var_key *key)
{
	size_t at = ffav_get16(policy + POLICY_NAME);
	const uint8_t *name = key->bytes + FFAV_VAR_GUID_SIZE;
	size_t name_size = key->size - FFAV_VAR_GUID_SIZE;
	uint32_t wildcards = 0;

	if (!ffav_guid_equal(policy + POLICY_GUID, key->bytes))
		return UINT32_MAX;
	if (at == size)
		return UINT32_MAX - 1;
	if (size - at != name_size + 2)
		return UINT32_MAX;
	for (size_t i = 0; i < name_size; i += 2) {
		uint16_t pattern = ffav_get16(policy + at + i);

		if (pattern == WILDCARD && is_digit(ffav_get16(name + i)))
			wildcards++;
		else if (pattern == WILDCARD || pattern != ffav_get16(name + i))
			return UINT32_MAX;
	}
	return wildcards;
}

size_t ffav_var_policy_best(struct ffav_variables *v, const struct ffav_var_key *key,
			    uint8_t *policy)
{
	uint32_t nearest = UINT32_MAX, number = 0;

	for (uint32_t i = 0; i < v->policies && nearest; i++) {
		size_t size = ffav_var_policy_load(v, i, policy);
		uint32_t d = size ? distance(policy, size, key) : UINT32_MAX;

		if (d < nearest) {
			nearest = d;
			number = i;
		}
	}
	return nearest == UINT32_MAX ? 0 : ffav_var_policy_load(v, number, policy);
}

/* Is the variable that a policy names in this state? It is looked up as it is now. */
static bool in_state(struct ffav_variables *v, const uint8_t *policy)
{
	uint8_t bytes[POLICY_BYTES_MAX];
	struct ffav_var_key key = {.bytes = bytes};
	uint8_t computed[FFAV_VAR_STATE_DATA_MAX];
	struct ffav_var_item item;
	size_t name = ffav_get16(policy + POLICY_NAME) - STATE_NAME;
	int number;

	memcpy(bytes, policy + STATE_GUID, FFAV_VAR_GUID_SIZE);
	memcpy(bytes + FFAV_VAR_GUID_SIZE, policy + STATE_NAME, name);
	key.size = FFAV_VAR_GUID_SIZE + name - 2;
	number = ffav_var_state_find(key.bytes, key.size);
	if (number >= 0)
		return ffav_var_state_read(v, number, computed) == 1 &&
		       computed[0] == policy[STATE_VALUE];
	return !ffav_var_find(v, &key, &item) && item.id && item.meta.data_size == 1 &&
	       ffav_var_same_data(&item, policy + STATE_VALUE, 1);
}

efi_status_t ffav_var_policy_check(const struct ffav_var_request *r,
				   const struct ffav_var_key *key, uint32_t attributes,
				   bool exists, bool remove, uint64_t size)
{
	uint8_t policy[POLICY_BYTES_MAX];
	uint32_t must, cant;

	if (!r->v->policies || r->v->policies_disabled ||
	    !ffav_var_policy_best(r->v, key, policy))
		return EFI_SUCCESS;
	must = ffav_get32(policy + POLICY_MUST_HAVE);
	cant = ffav_get32(policy + POLICY_CANT_HAVE);
	if (!remove && ((attributes & must) != must || attributes & cant))
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "a policy wants other attributes than", attributes);
	if (!remove && (size < ffav_get32(policy + POLICY_MIN_SIZE) ||
			size > ffav_get32(policy + POLICY_MAX_SIZE)))
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "a policy does not allow the size", size);
	switch (policy[POLICY_LOCK]) {
	case LOCK_NOW:
		return ffav_var_refuse(r, EFI_WRITE_PROTECTED,
				       "a policy locks the variable, attributes", attributes);
	case LOCK_ON_CREATE:
		if (!exists)
			return EFI_SUCCESS;
		return ffav_var_refuse(
			r, EFI_WRITE_PROTECTED,
			"a policy locks the variable once it is there, attributes", attributes);
	case LOCK_ON_STATE:
		if (!in_state(r->v, policy))
			return EFI_SUCCESS;
		return ffav_var_refuse(r, EFI_WRITE_PROTECTED,
				       "a policy locks the variable in the state of another, "
				       "value",
				       policy[STATE_VALUE]);
	default:
		return EFI_SUCCESS;
	}
}
