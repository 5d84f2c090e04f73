// SPDX-License-Identifier: BSD-3-Clause
/* Messages about variable policies: entered, listed, locked, switched off, asked for. */
#include "secure/variables/policies.h"
#include "secure/variables/policy.h"

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
#define COMMAND_INFO       6u
#define COMMAND_STATE_INFO 7u

/* Parameters of COMMAND_DUMP; the page follows. */
#define DUMP_PAGE     0u
#define DUMP_TOTAL    4u
#define DUMP_SIZE     8u
#define DUMP_HAS_MORE 12u
#define DUMP_FIXED    13u

/* Parameters of COMMAND_INFO and COMMAND_STATE_INFO; the name asked for and the pattern follow. */
#define INFO_GUID      0u
#define INFO_NAME_SIZE 16u
#define INFO_ROOM      20u
#define INFO_POLICY    24u
#define INFO_FIXED     (INFO_POLICY + POLICY_FIXED)

#define VERSION 0x00010000u

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
	size_t size = ffav_var_policy_load(v, number, other);
	size_t at = ffav_get16(policy + POLICY_NAME);
	size_t length = ffav_get16(policy + POLICY_SIZE) - at;

	return size && ffav_guid_equal(other + POLICY_GUID, policy + POLICY_GUID) &&
	       size - ffav_get16(other + POLICY_NAME) == length &&
	       memcmp(other + ffav_get16(other + POLICY_NAME), policy + at, length) == 0;
}

static efi_status_t enter(struct ffav_var_request *r)
{
	uint8_t key[POLICY_KEY_SIZE];
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
	ffav_var_policy_key(key, r->v->policies);
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
		size_t size = ffav_var_policy_load(r->v, i, policy);
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

/*
 * The policy that counts for one variable, or the state that locks it. The parameters' fixed
 * part is filled in also where the name does not fit; then its size is the answer.
 */
static efi_status_t info(struct ffav_var_request *r, bool state)
{
	uint8_t bytes[FFAV_VAR_GUID_SIZE + POLICY_BYTES_MAX], policy[POLICY_BYTES_MAX];
	struct ffav_var_key key = {.bytes = bytes, .size = FFAV_VAR_GUID_SIZE};
	uint8_t *out = r->payload;
	uint64_t name_size, room;
	size_t length, size, from, at, fixed;

	if (r->size < INFO_FIXED)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER, "no room for a policy, bytes",
				       r->size);
	name_size = ffav_get32(out + INFO_NAME_SIZE);
	room = ffav_get32(out + INFO_ROOM);
	if (!ffav_range_in(INFO_FIXED, name_size, r->size) ||
	    !ffav_range_in(INFO_FIXED + name_size, room, r->size))
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "the names do not lie within the message, bytes",
				       r->size);
	/* A client that asks for the size alone sends none: that is the empty name. */
	length = ffav_name_length(out + INFO_FIXED, (size_t)name_size);
	if (!length)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "the name is not terminated, bytes", name_size);
	memcpy(bytes, out + INFO_GUID, FFAV_VAR_GUID_SIZE);
	/* No pattern is as long as a longer name. */
	if (length <= POLICY_BYTES_MAX) {
		memcpy(bytes + FFAV_VAR_GUID_SIZE, out + INFO_FIXED, length - 2);
		key.size += length - 2;
	}
	size = ffav_var_policy_best(r->v, &key, policy);
	if (!size || (state && policy[POLICY_LOCK] != LOCK_ON_STATE))
		return EFI_NOT_FOUND;
	from = state ? STATE_NAME : ffav_get16(policy + POLICY_NAME);
	at = state ? ffav_get16(policy + POLICY_NAME) : size;
	fixed = state ? STATE_NAME - POLICY_FIXED : POLICY_FIXED;
	memset(out + INFO_POLICY, 0, POLICY_FIXED);
	memcpy(out + INFO_POLICY, policy + (state ? POLICY_FIXED : 0), fixed);
	ffav_put32(out + INFO_ROOM, (uint32_t)(at - from));
	r->reply = INFO_FIXED + (size_t)name_size;
	if (at - from > room)
		return EFI_BUFFER_TOO_SMALL;
	memcpy(out + r->reply, policy + from, at - from);
	r->reply += at - from;
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
	case COMMAND_INFO:
		return info(r, false);
	case COMMAND_STATE_INFO:
		return info(r, true);
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
