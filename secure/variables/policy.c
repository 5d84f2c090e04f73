// SPDX-License-Identifier: BSD-3-Clause
/*
 * Variable policies. Each is an item of the volatile store as it came, numbered by its key,
 * so that they are gone after a reset; a key of five bytes cannot be a variable's.
 */
#include "secure/variables/policy.h"
#include "secure/variables/internal.h"

/* The header of a message. */
#define HEADER_SIGNATURE 0u
#define HEADER_REVISION  4u
#define HEADER_COMMAND   8u
#define HEADER_RESULT    12u
#define HEADER_SIZE      20u

#define SIGNATURE 0x43504356u /* VCPC */
#define REVISION  1u

#define COMMAND_DISABLE    1u
#define COMMAND_IS_ENABLED 2u
#define COMMAND_REGISTER   3u
#define COMMAND_DUMP       4u
#define COMMAND_LOCK       5u

/* Parameters of COMMAND_DUMP; the page follows. */
#define DUMP_PAGE     0u
#define DUMP_TOTAL    4u
#define DUMP_SIZE     8u
#define DUMP_HAS_MORE 12u
#define DUMP_FIXED    13u

/* A policy: fixed part, for LOCK_ON_STATE whose state, then the name's pattern. */
#define POLICY_VERSION   0u
#define POLICY_SIZE      4u
#define POLICY_NAME      6u
#define POLICY_GUID      8u
#define POLICY_MIN_SIZE  24u
#define POLICY_MAX_SIZE  28u
#define POLICY_MUST_HAVE 32u
#define POLICY_CANT_HAVE 36u
#define POLICY_LOCK      40u
#define POLICY_FIXED     44u

#define STATE_GUID  (POLICY_FIXED + 0u)
#define STATE_VALUE (POLICY_FIXED + 16u)
#define STATE_NAME  (POLICY_FIXED + 18u)

#define VERSION 0x00010000u

enum lock {
	LOCK_NEVER,
	LOCK_NOW,
	LOCK_ON_CREATE,
	LOCK_ON_STATE,
};

/* Most policies; each is looked at in every write. */
#define POLICIES_MAX 64u
/* Longest policy, bytes: two names of 127 characters and a little. */
#define POLICY_BYTES_MAX 600u

#define KEY_SIZE 5u
#define WILDCARD '#'

static void policy_key(uint8_t *key, uint32_t number)
{
	key[0] = 'P';
	ffav_put32(key + 1, number);
}

/* Policy @number, its size in bytes; 0 if it cannot be read. */
static size_t load(struct ffav_variables *v, uint32_t number, uint8_t *policy)
{
	struct ffav_store_meta meta;
	uint8_t key[KEY_SIZE];
	ffav_store_id id;

	policy_key(key, number);
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

/* The policy that fits best, in @policy; its size in bytes, 0 without one. */
static size_t best(struct ffav_variables *v, const struct ffav_var_key *key, uint8_t *policy)
{
	uint32_t nearest = UINT32_MAX, number = 0;

	for (uint32_t i = 0; i < v->policies && nearest; i++) {
		size_t size = load(v, i, policy);
		uint32_t d = size ? distance(policy, size, key) : UINT32_MAX;

		if (d < nearest) {
			nearest = d;
			number = i;
		}
	}
	return nearest == UINT32_MAX ? 0 : load(v, number, policy);
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

	if (!r->v->policies || r->v->policies_disabled || !best(r->v, key, policy))
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

/* Is this a policy? @size: bytes that are there. Sets the reason where it is not. */
static bool policy_is_valid(const uint8_t *policy, size_t size, const char **why,
			    uint64_t *value)
{
	size_t total, name, fixed = POLICY_FIXED;

	*why = "the policy is cut off at byte";
	*value = size;
	if (size < POLICY_FIXED)
		return false;
	*value = total = ffav_get16(policy + POLICY_SIZE);
	name = ffav_get16(policy + POLICY_NAME);
	if (total > size)
		return false;
	*why = "the policy is too large, bytes";
	if (total > POLICY_BYTES_MAX)
		return false;
	*why = "unknown lock of a policy";
	*value = policy[POLICY_LOCK];
	if (policy[POLICY_LOCK] > LOCK_ON_STATE)
		return false;
	*why = "the policy's name does not lie within it, at byte";
	*value = name;
	if (policy[POLICY_LOCK] == LOCK_ON_STATE)
		fixed = STATE_NAME;
	if (total < fixed || name < fixed || name > total)
		return false;
	*why = "the policy's name is not terminated, at byte";
	if (name < total && !ffav_name_check(policy + name, total - name))
		return false;
	if (fixed == STATE_NAME && !ffav_name_check(policy + fixed, name - fixed))
		return false;
	*why = "unknown version of a policy";
	*value = ffav_get32(policy + POLICY_VERSION);
	if (*value != VERSION)
		return false;
	*why = "a policy that allows no size, or none between";
	*value = ffav_get32(policy + POLICY_MAX_SIZE);
	return *value && *value >= ffav_get32(policy + POLICY_MIN_SIZE);
}

static bool same_pattern(struct ffav_variables *v, uint32_t number, const uint8_t *policy)
{
	uint8_t other[POLICY_BYTES_MAX];
	size_t size = load(v, number, other);
	size_t at = ffav_get16(policy + POLICY_NAME);
	size_t length = ffav_get16(policy + POLICY_SIZE) - at;

	return size && ffav_guid_equal(other + POLICY_GUID, policy + POLICY_GUID) &&
	       size - ffav_get16(other + POLICY_NAME) == length &&
	       memcmp(other + ffav_get16(other + POLICY_NAME), policy + at, length) == 0;
}

static efi_status_t enter(struct ffav_var_request *r)
{
	uint8_t key[KEY_SIZE];
	struct ffav_store_change change = {.key = key, .key_size = sizeof(key)};
	const uint8_t *policy = r->payload;
	const char *why;
	uint64_t value;
	efi_status_t status;

	if (!policy_is_valid(policy, r->size, &why, &value))
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER, why, value);
	if (r->v->policies_locked || r->v->rules_closed)
		return ffav_var_refuse(r, EFI_WRITE_PROTECTED, "policies are locked, there are",
				       r->v->policies);
	for (uint32_t i = 0; i < r->v->policies; i++) {
		if (same_pattern(r->v, i, policy))
			return ffav_var_refuse(r, EFI_ALREADY_STARTED,
					       "there is a policy for these names, number", i);
	}
	if (r->v->policies == POLICIES_MAX)
		return ffav_var_refuse(r, EFI_OUT_OF_RESOURCES, "too many policies",
				       POLICIES_MAX);
	policy_key(key, r->v->policies);
	change.data[0] = (struct ffav_store_span){policy, ffav_get16(policy + POLICY_SIZE)};
	status = ffav_var_commit(r, r->v->volatiles, &change, 1);
	if (!status)
		r->v->policies++;
	return status;
}

/*
 * All policies behind each other, cut into pages of what fits behind the parameters. Page 0
 * tells how much there is; the others have it.
 */
static efi_status_t dump(struct ffav_var_request *r)
{
	uint8_t policy[POLICY_BYTES_MAX];
	uint32_t page, room;
	uint64_t from, to, total = 0;

	if (r->size <= DUMP_FIXED)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "no room for a page of policies, bytes", r->size);
	page = ffav_get32(r->payload + DUMP_PAGE);
	room = (uint32_t)(r->size - DUMP_FIXED);
	from = page ? (uint64_t)(page - 1) * room : 0;
	to = page ? from + room : 0;
	for (uint32_t i = 0; i < r->v->policies; i++) {
		size_t size = load(r->v, i, policy);
		uint64_t start = total > from ? total : from;
		uint64_t end = total + size < to ? total + size : to;

		if (start < end)
			memcpy(r->payload + DUMP_FIXED + (start - from),
			       policy + (start - total), (size_t)(end - start));
		total += size;
	}
	if (page && from >= total && (total || page > 1))
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "there is no such page of policies", page);
	if (to > total)
		to = total;
	ffav_put32(r->payload + DUMP_TOTAL, (uint32_t)total);
	ffav_put32(r->payload + DUMP_SIZE, page ? (uint32_t)(to - from) : 0);
	r->payload[DUMP_HAS_MORE] = page ? to < total : total > 0;
	r->reply = DUMP_FIXED + (page ? (size_t)(to - from) : 0);
	return EFI_SUCCESS;
}

static efi_status_t disable(struct ffav_var_request *r)
{
	if (r->v->policies_disabled)
		return ffav_var_refuse(r, EFI_ALREADY_STARTED,
				       "policies are disabled already, there are",
				       r->v->policies);
	if (r->v->policies_locked || r->v->rules_closed)
		return ffav_var_refuse(r, EFI_WRITE_PROTECTED, "policies are locked, there are",
				       r->v->policies);
	r->v->policies_disabled = true;
	return EFI_SUCCESS;
}

static efi_status_t carry_out(struct ffav_var_request *r, uint32_t command)
{
	switch (command) {
	case COMMAND_DISABLE:
		return disable(r);
	case COMMAND_IS_ENABLED:
		if (!r->size)
			return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
					       "no room for the answer, bytes", r->size);
		r->payload[0] = !r->v->policies_disabled;
		r->reply = 1;
		return EFI_SUCCESS;
	case COMMAND_REGISTER:
		return enter(r);
	case COMMAND_DUMP:
		return dump(r);
	case COMMAND_LOCK:
		if (r->v->policies_locked)
			return ffav_var_refuse(r, EFI_WRITE_PROTECTED,
					       "policies are locked, there are",
					       r->v->policies);
		r->v->policies_locked = true;
		return EFI_SUCCESS;
	default:
		return ffav_var_refuse(r, EFI_UNSUPPORTED, "unknown command", command);
	}
}

int ffav_policy_handle(struct ffav_variables *v, uint8_t *message, size_t size,
		       size_t *reply_size)
{
	struct ffav_var_request r = {.v = v, .call = "VariablePolicy"};
	efi_status_t status;

	*reply_size = 0;
	if (size < HEADER_SIZE) {
		ffav_report(r.call, "too short for its header, bytes", size);
		return MM_INVALID_PARAMETER;
	}
	r.payload = message + HEADER_SIZE;
	r.size = size - HEADER_SIZE;
	r.capacity = r.size;
	if (ffav_get32(message + HEADER_SIGNATURE) != SIGNATURE ||
	    ffav_get32(message + HEADER_REVISION) != REVISION)
		status = ffav_var_refuse(&r, EFI_INVALID_PARAMETER,
					 "unknown signature or revision",
					 ffav_get64(message + HEADER_SIGNATURE));
	else
		status = carry_out(&r, ffav_get32(message + HEADER_COMMAND));
	ffav_put64(message + HEADER_RESULT, status);
	*reply_size = HEADER_SIZE + r.reply;
	return MM_SUCCESS;
}
