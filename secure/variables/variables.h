/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: The variable service of the MM partition
 *
 * UEFI 2.10 section 8.2 over messages as abi/variable.h describes them. The
 * service works on private memory only: its caller has copied the request in
 * and copies the reply out.
 */
#ifndef FFAV_VARIABLES_H
#define FFAV_VARIABLES_H

#include "abi/variable.h"
#include "secure/store/store.h"

/**
 * struct ffav_variables_config - What the partition's manifest says about the service.
 * @payload_max: most bytes behind the variable header that a message can have
 * @name_max: longest name with terminator, bytes; at most FFAV_VARIABLES_NAME_MAX
 * @data_max: largest data of one variable, bytes
 * @error_record_size: bytes of the NV store that hardware error records have to themselves; 0
 *	where they share with all others
 * @boot_size: bytes of it that are left alone after ExitBootServices
 * @boot_items: variables that can be created before ExitBootServices only
 * @platform_verifies_images: SecureBoot may become 1
 * @self_signed_pk: a platform key that is enrolled where there is none must have signed itself
 * @scratch: @data_max bytes of private memory, in which appended data is put together; must
 *	outlive the service
 */
struct ffav_variables_config {
	uint32_t payload_max;
	uint32_t name_max;
	uint32_t data_max;
	uint32_t error_record_size;
	uint32_t boot_size;
	uint32_t boot_items;
	bool platform_verifies_images;
	bool self_signed_pk;
	uint8_t *scratch;
};

/** Longest name with terminator that the store's keys have room for, bytes. */
#define FFAV_VARIABLES_NAME_MAX \
	((FFAV_STORE_KEY_MAX - (uint32_t)sizeof(struct efi_guid) - 1 + 2) & ~1u)

/**
 * FFAV_VARIABLES_MODE_KEY - Key of the item in which the service keeps audit and deployed mode,
 * one byte that no variable's key is; its data is one of the two below, one byte as well.
 */
#define FFAV_VARIABLES_MODE_KEY      'M'
#define FFAV_VARIABLES_MODE_AUDIT    1u
#define FFAV_VARIABLES_MODE_DEPLOYED 2u

/**
 * struct ffav_variables - The service. Private to secure/variables; here so that its owner can
 * place it.
 * @config: limits
 * @nonvolatile: store of the NV variables
 * @volatiles: store of the others, and of locks and properties
 * @at_runtime: ExitBootServices has been told
 * @rules_closed: no more locks and properties until reset
 * @rules: locks and properties in @volatiles
 * @error_records: bytes that hardware error records use, where they have their own part
 * @audit_rule: lock and property of AuditMode, FFAV_VAR_STATE_*
 * @deployed_rule: the same of DeployedMode
 * @policies: variable policies in @volatiles
 * @policies_locked: no more policies until reset
 * @policies_disabled: policies are not enforced until reset
 */
struct ffav_variables {
	struct ffav_variables_config config;
	struct ffav_store *nonvolatile;
	struct ffav_store *volatiles;
	bool at_runtime;
	bool rules_closed;
	uint32_t rules;
	uint32_t error_records;
	uint8_t audit_rule;
	uint8_t deployed_rule;
	uint32_t policies;
	bool policies_locked;
	bool policies_disabled;
};

/**
 * ffav_variables_is_deleted() - Does a stored item only say when its variable was deleted?
 * @attributes: its attributes
 *
 * A database of keys leaves such an item behind.
 */
static inline bool ffav_variables_is_deleted(uint32_t attributes)
{
	return !(attributes & (EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS));
}

/**
 * ffav_variables_init() - Start the service on two mounted stores.
 * @v: filled in; the caller owns it
 * @config: limits; copied
 * @nonvolatile: mounted store for NV variables; must outlive @v
 * @volatiles: mounted store in memory for the others; must outlive @v
 */
void ffav_variables_init(struct ffav_variables *v, const struct ffav_variables_config *config,
			 struct ffav_store *nonvolatile, struct ffav_store *volatiles);

/**
 * ffav_variables_resume() - Start the service once more after a fault of its partition.
 * @v: as it was left; see ffav_variables_init() for the others
 *
 * What holds until reset holds on: the phase, and what locks, properties and policies forbid.
 * A fault must not open again what platform firmware and ExitBootServices have closed.
 */
void ffav_variables_resume(struct ffav_variables *v, const struct ffav_variables_config *config,
			   struct ffav_store *nonvolatile, struct ffav_store *volatiles);

/**
 * ffav_variables_handle() - Carry out one variable message, in place.
 * @v: the service
 * @message: variable header and payload in private memory; the reply replaces it
 * @size: bytes of the request
 * @capacity: bytes at @message that the reply may use; at least @size
 * @reply_size: where the reply's length goes, bytes; at most @size for the functions whose
 *	clients expect the reply within the request's length
 *
 * The status is always written when @size covers the variable header.
 *
 * Return: MM_SUCCESS if there is a reply, MM_INVALID_PARAMETER if @size does not even
 * cover the header.
 */
int ffav_variables_handle(struct ffav_variables *v, uint8_t *message, size_t size,
			  size_t capacity, size_t *reply_size);

/**
 * ffav_variables_end_of_dxe() - EndOfDxe, ReadyToBoot or DxeMmReadyToLock, as a function or an
 * event: what platform firmware may set up until reset (locks, properties) is closed.
 * @v: the service
 */
void ffav_variables_end_of_dxe(struct ffav_variables *v);

/** ffav_variables_enter_runtime() - The event, in whichever form it came. One way until reset. */
void ffav_variables_enter_runtime(struct ffav_variables *v);

#endif
