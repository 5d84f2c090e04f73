/* SPDX-License-Identifier: BSD-3-Clause */
/* The four services that are ours, with the signatures of the runtime table. */
#include "ports/uefi-driver/driver.h"

/*
 * At boot the handler of an event may call these services too (UEFI 2.10 section 7.1: up to
 * TPL_CALLBACK), and a timer may start it amid a call: it would wait for a lock whose holder
 * goes on only after the handler has returned. So no handler runs while a service does.
 *
 * Nobody tells the TPL but RaiseTPL(), and to raise it to less than it is stops edk2: hence
 * all the way up. From there it is lowered at once, because interrupts are off at
 * TPL_HIGH_LEVEL, but to no less than the caller had.
 *
 * Return: the TPL of the caller, for let_events_in().
 */
FFAV_RESIDENT static uint64_t keep_events_out(void)
{
	uint64_t tpl;

	if (!ffav_driver.raise_tpl)
		return 0;
	tpl = ffav_driver.raise_tpl(EFI_TPL_HIGH_LEVEL);
	ffav_driver.restore_tpl(tpl < EFI_TPL_NOTIFY ? EFI_TPL_NOTIFY : tpl);
	return tpl;
}

FFAV_RESIDENT static void let_events_in(uint64_t tpl)
{
	if (ffav_driver.restore_tpl)
		ffav_driver.restore_tpl(tpl);
}

FFAV_RESIDENT efi_status_t ffav_service_get_variable(const uint16_t *name,
						     const struct efi_guid *guid,
						     uint32_t *attributes, uint64_t *data_size,
						     void *data)
{
	uint64_t tpl = keep_events_out();
	efi_status_t status;

	status = ffav_get_variable(&ffav_driver.mm, name, guid, attributes, data_size, data);
	let_events_in(tpl);
	return status;
}

FFAV_RESIDENT efi_status_t ffav_service_get_next_variable_name(uint64_t *name_size,
							       uint16_t *name,
							       struct efi_guid *guid)
{
	uint64_t tpl = keep_events_out();
	efi_status_t status;

	status = ffav_get_next_variable_name(&ffav_driver.mm, name_size, name, guid);
	let_events_in(tpl);
	return status;
}

FFAV_RESIDENT efi_status_t ffav_service_set_variable(const uint16_t *name,
						     const struct efi_guid *guid,
						     uint32_t attributes, uint64_t data_size,
						     const void *data)
{
	uint64_t tpl = keep_events_out();
	efi_status_t status;

	status = ffav_set_variable(&ffav_driver.mm, name, guid, attributes, data_size, data);
	let_events_in(tpl);
	return status;
}

FFAV_RESIDENT efi_status_t ffav_service_query_variable_info(uint32_t attributes,
							    uint64_t *max_storage,
							    uint64_t *remaining,
							    uint64_t *max_variable)
{
	uint64_t tpl = keep_events_out();
	efi_status_t status;

	status = ffav_query_variable_info(&ffav_driver.mm, attributes, max_storage, remaining,
					  max_variable);
	let_events_in(tpl);
	return status;
}
