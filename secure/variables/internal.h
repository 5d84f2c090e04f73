/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: What the files of the variable service share
 *
 * One handler per function of the protocol. A handler gets the payload behind
 * the variable header in private memory, works in place and says in
 * request->reply how many bytes of it are the reply. It refuses through
 * ffav_var_refuse(), so that nothing is refused silently.
 */
#ifndef FFAV_VARIABLES_INTERNAL_H
#define FFAV_VARIABLES_INTERNAL_H

#include "secure/report/report.h"
#include "secure/variables/auth/descriptor.h"
#include "secure/variables/variables.h"

#define FFAV_VAR_GUID_SIZE sizeof(struct efi_guid)
/** Attributes that say who may see a variable. */
#define FFAV_VAR_ACCESS_BITS (EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS)

/**
 * struct ffav_var_request - One message while it is carried out.
 * @v: the service
 * @call: name of the service for messages to people
 * @payload: bytes behind the variable header; the reply's payload replaces them
 * @size: bytes of the request's payload
 * @capacity: bytes at @payload that the reply may use, at least @size
 * @reply: out: bytes of the reply's payload; 0 before the handler runs
 */
struct ffav_var_request {
	struct ffav_variables *v;
	const char *call;
	uint8_t *payload;
	size_t size;
	size_t capacity;
	size_t reply;
};

/**
 * struct ffav_var_key - A variable's key in the stores.
 * @bytes: vendor GUID and name without its terminator. One more byte in front of it may be
 *	written: a lock or property has the same key behind one marker byte
 * @size: bytes
 */
struct ffav_var_key {
	uint8_t *bytes;
	size_t size;
};

/**
 * struct ffav_var_item - A stored variable.
 * @store: where it is
 * @hash: of its key
 * @id: its handle there; 0 if there is no such variable
 * @meta: attributes and sizes
 */
struct ffav_var_item {
	struct ffav_store *store;
	uint32_t hash;
	ffav_store_id id;
	struct ffav_store_meta meta;
};

/**
 * ffav_var_refuse() - Refuse a request and say so.
 * @r: the request
 * @status: the answer
 * @reason: why, without the value; lives for ever
 * @value: the value that was wrong
 *
 * Return: @status.
 */
static inline efi_status_t ffav_var_refuse(const struct ffav_var_request *r,
					   efi_status_t status, const char *reason,
					   uint64_t value)
{
	ffav_report(r->call, reason, value);
	return status;
}

/**
 * ffav_var_key_make() - Make a key where the name lies in the message.
 * @name: the name; at least 17 bytes of the message, already decoded, lie in front of it
 * @name_size: bytes of it, with the terminator
 * @guid: vendor GUID, anywhere in the message
 *
 * The GUID is moved in front of the name, over fields that the caller has decoded: the key is
 * whole without copying the name.
 */
static inline struct ffav_var_key ffav_var_key_make(uint8_t *name, size_t name_size,
						    const uint8_t *guid)
{
	struct ffav_var_key key = {.bytes = name - FFAV_VAR_GUID_SIZE,
				   .size = FFAV_VAR_GUID_SIZE + name_size - 2};

	memmove(key.bytes, guid, FFAV_VAR_GUID_SIZE);
	return key;
}

/** ffav_var_key_name_size() - Size of the name in a key with its terminator, bytes. */
static inline uint64_t ffav_var_key_name_size(size_t key_size)
{
	return key_size - FFAV_VAR_GUID_SIZE + 2;
}

/** ffav_var_visible() - May the caller of this phase see a variable with these attributes? */
static inline bool ffav_var_visible(const struct ffav_variables *v, uint32_t attributes)
{
	return attributes &
	       (v->at_runtime ? EFI_VARIABLE_RUNTIME_ACCESS : FFAV_VAR_ACCESS_BITS);
}

/* item.c: stored variables. */

/**
 * ffav_var_find() - Find a stored variable in either store, visible or not.
 * @v: the service
 * @key: its key
 * @item: filled in; @item->id is 0 where there is none
 *
 * Return: EFI_SUCCESS, also where there is none, or EFI_DEVICE_ERROR.
 */
efi_status_t ffav_var_find(struct ffav_variables *v, const struct ffav_var_key *key,
			   struct ffav_var_item *item);

/**
 * ffav_var_commit() - Carry out changes in a store, together or not at all.
 * @r: the request, for the report
 * @store: which store
 * @changes: the changes; of the first one the report tells the size
 * @count: how many
 *
 * Return: EFI_SUCCESS once it is durable, EFI_OUT_OF_RESOURCES, EFI_INVALID_PARAMETER or
 * EFI_DEVICE_ERROR.
 */
efi_status_t ffav_var_commit(const struct ffav_var_request *r, struct ffav_store *store,
			     const struct ffav_store_change *changes, size_t count);

/* quota.c: who may use how much of the NV store. */

/** ffav_var_quota_init() - Count what is stored, once. */
void ffav_var_quota_init(struct ffav_variables *v);

/**
 * ffav_var_quota_commit() - ffav_var_commit() within what the variable's kind may use.
 * @r: the request, for the report
 * @store: which store
 * @item: what is stored under the key of the first change
 * @changes: the changes, of which the first is that of the variable
 * @count: how many
 *
 * Return: as ffav_var_commit(); EFI_OUT_OF_RESOURCES also where there is room, but not for this.
 */
efi_status_t ffav_var_quota_commit(const struct ffav_var_request *r, struct ffav_store *store,
				   const struct ffav_var_item *item,
				   struct ffav_store_change *changes, size_t count);

/**
 * ffav_var_quota_space() - The space that variables with these attributes have in this phase.
 * @v: the service
 * @attributes: EFI_VARIABLE_*
 * @space: filled in, but for the items
 */
void ffav_var_quota_space(const struct ffav_variables *v, uint32_t attributes,
			  struct ffav_store_space *space);

/**
 * ffav_var_load() - Read all data of a stored variable into the scratch memory.
 * @r: the request, for the report
 * @item: the variable
 * @data: out: its data; until the scratch memory is used again
 *
 * Return: EFI_SUCCESS or EFI_DEVICE_ERROR.
 */
efi_status_t ffav_var_load(const struct ffav_var_request *r, const struct ffav_var_item *item,
			   struct ffav_bytes *data);

/** ffav_var_same_data() - Does the stored variable hold exactly these bytes? */
bool ffav_var_same_data(const struct ffav_var_item *item, const uint8_t *data, size_t size);

/* attributes.c: UEFI 2.10 section 8.2, table of attributes. */

/**
 * ffav_var_attributes_check() - Are these attributes a combination that can exist?
 * @r: the request, for the report
 * @attributes: EFI_VARIABLE_*
 *
 * Return: EFI_SUCCESS, EFI_INVALID_PARAMETER, or EFI_UNSUPPORTED for the ways of
 * authentication that this service does not have.
 */
efi_status_t ffav_var_attributes_check(const struct ffav_var_request *r, uint32_t attributes);

/* state.c: variables that the service computes, UEFI 2.10 sections 3.3 and 32.3. */

/** Largest data of a computed variable, bytes. */
#define FFAV_VAR_STATE_DATA_MAX 32u
/** Attributes of all of them. */
#define FFAV_VAR_STATE_ATTRIBUTES \
	(EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS)

/** ffav_var_state_find() - Number of the computed variable with this key, or -1. */
int ffav_var_state_find(const uint8_t *key, size_t key_size);

/** Of AuditMode and DeployedMode, until reset: locked; has a property; by which it is read-only. */
#define FFAV_VAR_STATE_LOCKED    1u
#define FFAV_VAR_STATE_PROPERTY  2u
#define FFAV_VAR_STATE_READ_ONLY 4u

/**
 * ffav_var_state_rule() - The lock and property of a computed variable.
 * @v: the service
 * @number: its number
 *
 * Return: FFAV_VAR_STATE_*, or NULL of one that nobody can write anyway.
 */
uint8_t *ffav_var_state_rule(struct ffav_variables *v, int number);

/**
 * ffav_var_state_key() - Write the key of a computed variable.
 * @number: its number, from 0
 * @out: FFAV_VAR_GUID_SIZE bytes and the name's
 * @room: bytes at @out
 *
 * Return: the key's size in bytes (nothing is written where it exceeds @room), or 0 if there
 * is no variable of this number.
 */
size_t ffav_var_state_key(int number, uint8_t *out, size_t room);

/**
 * ffav_var_state_read() - Compute a variable.
 * @v: the service
 * @number: its number
 * @out: FFAV_VAR_STATE_DATA_MAX bytes
 *
 * Return: bytes of data.
 */
size_t ffav_var_state_read(struct ffav_variables *v, int number, uint8_t *out);

/**
 * ffav_var_state_write() - SetVariable() of a computed variable.
 * @r: the request
 * @key: its key
 * @number: its number
 * @data: what was passed
 *
 * Stock firmware writes the secure-boot state when it starts and gives up if that is refused, so
 * until ExitBootServices the answer is EFI_SUCCESS. Only AuditMode = 1 and DeployedMode = 1 mean
 * something; only writes to these two can be refused, where the variable is locked, or where
 * there is no way to the mode.
 */
efi_status_t ffav_var_state_write(struct ffav_var_request *r, const struct ffav_var_key *key,
				  int number, struct ffav_bytes data);

/* keys.c: the variables that hold keys, and the mode that depends on them; UEFI 2.10, 32.3. */

/** Who may write a variable, and what it holds. */
enum ffav_var_kind {
	/** Whoever wrote it first; anything. */
	FFAV_VAR_PRIVATE,
	/** Whom PK says; one X.509 certificate. */
	FFAV_VAR_PK,
	/** Whom PK says; signature lists. */
	FFAV_VAR_KEK,
	/** Whom PK or KEK says; signature lists. */
	FFAV_VAR_DATABASE,
	/** Whom PK or KEK says; anything. */
	FFAV_VAR_RECOVERY,
};

/** Attributes of every variable that holds keys, exactly. */
#define FFAV_VAR_KEY_ATTRIBUTES                                        \
	(EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | \
	 EFI_VARIABLE_RUNTIME_ACCESS | EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS)

/**
 * ffav_var_kind() - Which kind is this variable?
 * @key: its key
 * @attributes: as they were passed: OsRecovery#### can also be anybody's plain variable
 */
enum ffav_var_kind ffav_var_kind(const struct ffav_var_key *key, uint32_t attributes);

/** Longest key that ffav_var_global_key() makes, bytes. */
#define FFAV_VAR_GLOBAL_KEY_MAX 64u

/** ffav_var_global_key() - Write the key of the global variable @name, ASCII. Return: its size. */
size_t ffav_var_global_key(const char *name, uint8_t *out);

/** ffav_var_name_is() - Is this the key of a variable with this name, ASCII, whatever its GUID? */
bool ffav_var_name_is(const uint8_t *key, size_t key_size, const char *name);

/** The mode that UEFI 2.10 section 32.3 calls so. */
enum ffav_var_mode {
	FFAV_VAR_MODE_SETUP,
	FFAV_VAR_MODE_AUDIT,
	FFAV_VAR_MODE_USER,
	FFAV_VAR_MODE_DEPLOYED,
};

/** ffav_var_mode() - The mode that the platform is in. */
enum ffav_var_mode ffav_var_mode(struct ffav_variables *v);

/** ffav_var_mode_enter() - Go to audit or deployed mode, if there is a way from where we are. */
efi_status_t ffav_var_mode_enter(struct ffav_var_request *r, enum ffav_var_mode mode);

/** Databases that leave their time stamps behind when they are deleted. */
#define FFAV_VAR_TIMES_MAX 5u

/**
 * struct ffav_var_mode_change - What belongs into one transaction with a change of PK.
 * @changes: the changes, and room for two more
 * @keys: keys of some of them
 */
struct ffav_var_mode_change {
	struct ffav_store_change changes[FFAV_VAR_TIMES_MAX + 2];
	uint8_t keys[FFAV_VAR_TIMES_MAX][FFAV_VAR_GLOBAL_KEY_MAX];
};

/**
 * ffav_var_mode_change() - What a write to PK changes beside PK.
 * @v: the service
 * @removed: PK goes; else it comes or changes
 * @m: filled in
 *
 * Return: how many changes there are in @m.
 */
size_t ffav_var_mode_change(struct ffav_variables *v, bool removed,
			    struct ffav_var_mode_change *m);

/**
 * ffav_var_leaves_time() - Does a variable of this kind leave its time stamp when it is deleted?
 * @v: the service
 * @kind: the variable's kind
 *
 * An item that has neither data nor access attributes is what stays, so that an older signed
 * write cannot bring the variable back.
 */
bool ffav_var_leaves_time(struct ffav_variables *v, enum ffav_var_kind kind);

/* verify.c: who signed a write, and whether he may; UEFI 2.10 sections 8.2.2 and 32.3. */

/** Size of the digest that stands for the signer of a private variable, bytes. */
#define FFAV_VAR_SIGNER_SIZE 32u

/**
 * ffav_var_verify() - Verify the signature of an authenticated write.
 * @r: the request, for the report; the scratch memory is used
 * @kind: the variable's kind
 * @key: its key
 * @attributes: as they were passed
 * @d: the descriptor and the new data
 * @item: what is stored under the key
 * @signer: out, for FFAV_VAR_PRIVATE: FFAV_VAR_SIGNER_SIZE bytes to be stored with it
 *
 * Return: EFI_SUCCESS, EFI_SECURITY_VIOLATION, EFI_OUT_OF_RESOURCES or EFI_DEVICE_ERROR.
 */
efi_status_t ffav_var_verify(const struct ffav_var_request *r, enum ffav_var_kind kind,
			     const struct ffav_var_key *key, uint32_t attributes,
			     const struct ffav_descriptor *d, const struct ffav_var_item *item,
			     uint8_t *signer);

/* rules.c: locks and var-check properties. */

/**
 * ffav_var_rules_check() - Do locks, properties and policies allow a write?
 * @r: the request, for the report
 * @key: the variable's key; the byte in front of it is overwritten
 * @attributes: that it would have
 * @exists: it is there already
 * @remove: it would go; attributes and size do not matter then
 * @size: data that it would have, bytes
 *
 * Return: EFI_SUCCESS, EFI_INVALID_PARAMETER, EFI_WRITE_PROTECTED or EFI_DEVICE_ERROR.
 */
efi_status_t ffav_var_rules_check(const struct ffav_var_request *r,
				  const struct ffav_var_key *key, uint32_t attributes,
				  bool exists, bool remove, uint64_t size);

/* policies.c: what platform firmware says about variables that a pattern names. */

/**
 * ffav_var_policy_check() - Does the policy that fits best allow a write?
 *
 * Parameters and return value are those of ffav_var_rules_check(), which asks this too.
 */
efi_status_t ffav_var_policy_check(const struct ffav_var_request *r,
				   const struct ffav_var_key *key, uint32_t attributes,
				   bool exists, bool remove, uint64_t size);

/* The handlers. Return: the status that goes into the reply. */

/** ffav_var_get() - GetVariable(), UEFI 2.10 section 8.2.1. */
efi_status_t ffav_var_get(struct ffav_var_request *r);
/** ffav_var_next() - GetNextVariableName(), UEFI 2.10 section 8.2.2. */
efi_status_t ffav_var_next(struct ffav_var_request *r);
/** ffav_var_set() - SetVariable(), UEFI 2.10 section 8.2.3. */
efi_status_t ffav_var_set(struct ffav_var_request *r);
/** ffav_var_query_info() - QueryVariableInfo(), UEFI 2.10 section 8.2.4. */
efi_status_t ffav_var_query_info(struct ffav_var_request *r);
/** ffav_var_payload_size() - Function 11: how large a message may be. */
efi_status_t ffav_var_payload_size(struct ffav_var_request *r);
/** ffav_var_lock() - Function 8: make a variable read-only until reset. */
efi_status_t ffav_var_lock(struct ffav_var_request *r);
/** ffav_var_property_set() - Function 9: say what may be written to a variable. */
efi_status_t ffav_var_property_set(struct ffav_var_request *r);
/** ffav_var_property_get() - Function 10: what function 9 said. */
efi_status_t ffav_var_property_get(struct ffav_var_request *r);

#endif
