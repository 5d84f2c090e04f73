/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A test driver that makes Linux call SetVirtualAddressMap() on a machine where it would
 * not: the EFI stub of arm64 kernels with 48-bit addresses leaves the runtime where it is,
 * except on processors that are known to need the call. It asks EFI_SMBIOS_PROTOCOL for
 * the type 4 record (SMBIOS 3.6 section 7.5), so this driver installs one of those.
 */
#include "ports/uefi-driver/uefi.h"

#define SMBIOS_PROCESSOR 4
/* SMCCC_ARCH_SOC_ID of the Ampere Altra. */
#define ALTRA_SOC_ID    0x0a160001u
#define NO_MORE_RECORDS 0xfffe

/* PI 1.8 volume 5, section 6.3. */
struct smbios_protocol {
	void *add;
	void *update_string;
	void *remove;
	efi_status_t (*get_next)(const struct smbios_protocol *self, uint16_t *handle,
				 uint8_t *type, void **record, efi_handle_t *producer);
	uint8_t major_version;
	uint8_t minor_version;
};

/* A type 4 record with no strings: two zero bytes end it. */
static uint8_t record[50] = {SMBIOS_PROCESSOR, 48, 0x04, 0x00};

static efi_status_t get_next(const struct smbios_protocol *self, uint16_t *handle,
			     uint8_t *type, void **found, efi_handle_t *producer)
{
	(void)self;
	if (*handle != NO_MORE_RECORDS || (type && *type != SMBIOS_PROCESSOR))
		return EFI_NOT_FOUND;
	*handle = 4;
	*found = record;
	if (producer)
		*producer = NULL;
	return EFI_SUCCESS;
}

static struct smbios_protocol protocol = {
	.get_next = get_next,
	.major_version = 3,
	.minor_version = 6,
};

efi_status_t altra_main(efi_handle_t image, struct efi_system_table *system_table);

/* Entry point. Installs the protocol and stays. */
efi_status_t altra_main(efi_handle_t image, struct efi_system_table *system_table)
{
	static const struct efi_guid guid = EFI_GUID_INIT(
		0x03583ff6, 0xcb36, 0x4940, 0x94, 0x7e, 0xb9, 0xb3, 0x9f, 0x4a, 0xfa, 0xf7);
	efi_handle_t handle = NULL;

	(void)image;
	/* The processor id of a type 4 record is at offset 8. */
	ffav_put32(record + 8, ALTRA_SOC_ID);
	return system_table->boot->install_protocol_interface(&handle, &guid, 0, &protocol);
}
