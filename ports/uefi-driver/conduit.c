/* SPDX-License-Identifier: BSD-3-Clause */
#include "ports/uefi-driver/devicetree.h"
#include "ports/uefi-driver/driver.h"

/* ID_AA64PFR0_EL1.EL3, Arm DDI 0487 section D19.2: 0 where EL3 is not implemented. */
#define PFR0_EL3_SHIFT 12

/* ACPI 6.5: root pointer (5.2.5.3), table header (5.2.6), FADT (5.2.9). */
#define RSDP_XSDT           24
#define ACPI_LENGTH         4
#define ACPI_HEADER_SIZE    36
#define FADT_SIGNATURE      0x50434146u
#define FADT_ARM_BOOT_FLAGS 129
#define ARM_PSCI_COMPLIANT  0x1u
#define ARM_PSCI_USE_HVC    0x2u

enum conduit { CONDUIT_UNKNOWN, CONDUIT_SMC, CONDUIT_HVC, CONDUIT_NO_PSCI };

FFAV_BOOT static unsigned int el3_field(void)
{
	uint64_t pfr0;

	__asm__("mrs %0, id_aa64pfr0_el1" : "=r"(pfr0));
	return (unsigned int)(pfr0 >> PFR0_EL3_SHIFT) & 0xf;
}

/* The node /psci says how PSCI is called: FF-A takes the same road. */
FFAV_BOOT static enum conduit devicetree_conduit(void)
{
	static const struct efi_guid guid = EFI_DEVICE_TREE_TABLE_GUID;
	const void *dtb = ffav_configuration_table(&guid);
	const char *method;
	size_t length;

	if (!dtb)
		return CONDUIT_UNKNOWN;
	method = ffav_dt_property(dtb, ffav_dt_size(dtb), "psci", "method", &length);
	if (!method || length != 4 || method[3])
		return CONDUIT_UNKNOWN;
	if (method[0] == 's' && method[1] == 'm' && method[2] == 'c')
		return CONDUIT_SMC;
	if (method[0] == 'h' && method[1] == 'v' && method[2] == 'c')
		return CONDUIT_HVC;
	return CONDUIT_UNKNOWN;
}

/* The FADT's Arm boot flags say the same on ACPI machines. */
FFAV_BOOT static enum conduit acpi_conduit(void)
{
	static const struct efi_guid guid = EFI_ACPI_20_TABLE_GUID;
	const uint8_t *rsdp = ffav_configuration_table(&guid);
	const uint8_t *xsdt;
	uint32_t length;

	if (!rsdp)
		return CONDUIT_UNKNOWN;
	xsdt = (const uint8_t *)(uintptr_t)ffav_get64(rsdp + RSDP_XSDT);
	if (!xsdt)
		return CONDUIT_UNKNOWN;
	length = ffav_get32(xsdt + ACPI_LENGTH);
	for (uint32_t at = ACPI_HEADER_SIZE; ffav_range_in(at, 8, length); at += 8) {
		const uint8_t *table = (const uint8_t *)(uintptr_t)ffav_get64(xsdt + at);
		unsigned int flags;

		if (!table || ffav_get32(table) != FADT_SIGNATURE)
			continue;
		if (ffav_get32(table + ACPI_LENGTH) < FADT_ARM_BOOT_FLAGS + 2)
			return CONDUIT_UNKNOWN;
		flags = ffav_get16(table + FADT_ARM_BOOT_FLAGS);
		if (!(flags & ARM_PSCI_COMPLIANT))
			return CONDUIT_NO_PSCI;
		return flags & ARM_PSCI_USE_HVC ? CONDUIT_HVC : CONDUIT_SMC;
	}
	return CONDUIT_UNKNOWN;
}

FFAV_BOOT bool ffav_conduit_is_smc(void)
{
	enum conduit conduit = devicetree_conduit();

	if (conduit == CONDUIT_UNKNOWN)
		conduit = acpi_conduit();
	switch (conduit) {
	case CONDUIT_UNKNOWN:
		ffav_boot_say("Neither /psci in the device tree nor the ACPI FADT says "
			      "whether SMCs can be made; not loaded.");
		return false;
	case CONDUIT_NO_PSCI:
		ffav_boot_say("The ACPI FADT says that there is no PSCI, so SMCs cannot be "
			      "made; not loaded.");
		return false;
	case CONDUIT_HVC:
		ffav_boot_say("The firmware's conduit is HVC, not SMC, so there is no FF-A "
			      "to be reached; not loaded.");
		return false;
	case CONDUIT_SMC:
		break;
	}
	/* QEMU says "smc" where it answers PSCI itself and every other SMC is undefined. */
	if (!el3_field()) {
		ffav_boot_say("This CPU has no EL3 (ID_AA64PFR0_EL1.EL3 is 0), so there is "
			      "no FF-A; not loaded.");
		return false;
	}
	return true;
}
