/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: The EFI variable services of the normal world
 *
 * The services of UEFI 2.10 section 8.2 as calls to an MM partition: one direct
 * request each, built in the shared buffer itself, in both phases.
 */
#ifndef FFAV_NORMAL_VARIABLES_H
#define FFAV_NORMAL_VARIABLES_H

#include "abi/efi.h"
#include "normal/mm/mm.h"

/*
 * The parameters are those of the services in the EFI runtime table; sizes are
 * in bytes. They check their arguments as the specification says and return
 * EFI_STATUS. Without a partition: EFI_UNSUPPORTED.
 *
 * At runtime a service first tells the partition of ExitBootServices if it has not answered
 * that yet. Nobody answers: EFI_DEVICE_ERROR, the request itself is not sent, and the next one
 * tries again.
 */

/** ffav_get_variable() - GetVariable(), UEFI 2.10 section 8.2.1. Boot and runtime. */
efi_status_t ffav_get_variable(struct ffav_mm *mm, const uint16_t *name,
			       const struct efi_guid *guid, uint32_t *attributes,
			       uint64_t *data_size, void *data);

/** ffav_get_next_variable_name() - GetNextVariableName(), UEFI 2.10 section 8.2.2. Boot and runtime. */
efi_status_t ffav_get_next_variable_name(struct ffav_mm *mm, uint64_t *name_size,
					 uint16_t *name, struct efi_guid *guid);

/** ffav_set_variable() - SetVariable(), UEFI 2.10 section 8.2.3. Boot and runtime. */
efi_status_t ffav_set_variable(struct ffav_mm *mm, const uint16_t *name,
			       const struct efi_guid *guid, uint32_t attributes,
			       uint64_t data_size, const void *data);

/** ffav_query_variable_info() - QueryVariableInfo(), UEFI 2.10 section 8.2.4. Boot and runtime. */
efi_status_t ffav_query_variable_info(struct ffav_mm *mm, uint32_t attributes,
				      uint64_t *max_storage, uint64_t *remaining,
				      uint64_t *max_variable);

/**
 * ffav_variables_exit_boot_services() - Tell the partition and release what only boot needs.
 *
 * Sends the ExitBootServices message, unmaps RX/TX, enters the runtime phase. Idempotent:
 * what has succeeded is not done again, what failed is tried again, so that a failed and a
 * repeated ExitBootServices are fine. Called from the event. A port need not call it again: a
 * partition that has not answered is told by the services. Only RX/TX stay mapped then.
 *
 * Return: EFI_SUCCESS; EFI_UNSUPPORTED (no partition); or why the partition does not know, or
 * RX/TX are still mapped. The runtime phase has begun in every case.
 */
efi_status_t ffav_variables_exit_boot_services(struct ffav_mm *mm);

#endif
