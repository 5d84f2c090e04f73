/* SPDX-License-Identifier: BSD-3-Clause */
/** DOC: A variable policy as it is stored, which is as it came; and finding the one that counts */
#ifndef FFAV_VARIABLES_POLICIES_H
#define FFAV_VARIABLES_POLICIES_H

#include "secure/variables/internal.h"

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

/** What makes a variable read-only. */
enum lock {
	LOCK_NEVER,
	LOCK_NOW,
	LOCK_ON_CREATE,
	LOCK_ON_STATE,
};

/** Most policies; each is looked at in every write. */
#define POLICIES_MAX 64u
/** Longest policy, bytes: two names of 127 characters and a little. */
#define POLICY_BYTES_MAX 600u

/** Size of a policy's key in the volatile store, bytes: no variable's key is as short. */
#define POLICY_KEY_SIZE 5u

/** ffav_var_policy_key() - Write the key of policy @number, POLICY_KEY_SIZE bytes. */
void ffav_var_policy_key(uint8_t *key, uint32_t number);

/**
 * ffav_var_policy_load() - Read a policy.
 * @v: the service
 * @number: which, from 0
 * @policy: out: POLICY_BYTES_MAX bytes
 *
 * Return: its size in bytes, 0 if it cannot be read.
 */
size_t ffav_var_policy_load(struct ffav_variables *v, uint32_t number, uint8_t *policy);

/**
 * ffav_var_policy_best() - The policy that fits a variable best.
 * @v: the service
 * @key: the variable's key; a GUID alone fits only what is for all of its namespace
 * @policy: out: POLICY_BYTES_MAX bytes
 *
 * Return: its size in bytes, 0 without one.
 */
size_t ffav_var_policy_best(struct ffav_variables *v, const struct ffav_var_key *key,
			    uint8_t *policy);

#endif
