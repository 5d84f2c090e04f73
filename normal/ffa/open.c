/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Version negotiation and endpoint id (FF-A 1.2, sections 13.2 and 13.10).
 */
#include "normal/ffa/ffa.h"

/* Offers that one negotiation may make; each further one is for an older version. */
#define VERSION_OFFERS_MAX 4

/* Ask for one version. The answer is a version or FFA_NOT_SUPPORTED in w0, never FFA_ERROR. */
FFAV_BOOT static uint32_t offer(uint32_t version)
{
	struct ffav_smc_regs regs = {.x = {FFA_VERSION, version}};

	ffav_smc(&regs);
	return (uint32_t)regs.x[0];
}

FFAV_BOOT static uint32_t negotiate(void)
{
	uint32_t ours = FFA_VERSION_1_2;

	for (int i = 0; i < VERSION_OFFERS_MAX; i++) {
		uint32_t theirs = offer(ours);

		if ((int32_t)theirs == FFA_NOT_SUPPORTED) {
			/* Some managers refuse what they do not know instead of answering theirs. */
			if (ours == FFA_VERSION_1_0)
				break;
			ours--;
			continue;
		}
		if (theirs & FFA_VERSION_RESERVED_BIT ||
		    theirs >> 16 != FFA_VERSION_1_0 >> 16) {
			ffav_boot_log(
				"FFA_VERSION was answered with a version that is not 1.x.",
				theirs);
			return 0;
		}
		/* A newer minor version serves ours; an older one has to be told that we adopt it. */
		if (theirs >= ours)
			return ours;
		ours = theirs;
	}
	ffav_boot_log("FFA_VERSION: no version of FF-A was agreed on, the last one offered is",
		      ours);
	return 0;
}

FFAV_BOOT efi_status_t ffav_ffa_open(struct ffav_ffa *ffa)
{
	struct ffav_smc_regs regs = {.x = {FFA_ID_GET}};

	memset(ffa, 0, sizeof(*ffa));
	ffa->version = negotiate();
	if (!ffa->version)
		return EFI_UNSUPPORTED;

	ffav_smc(&regs);
	if ((uint32_t)regs.x[0] != FFA_SUCCESS_32 && (uint32_t)regs.x[0] != FFA_SUCCESS_64) {
		ffav_boot_log("FFA_ID_GET failed; what it answered in x0 is", regs.x[0]);
		return EFI_DEVICE_ERROR;
	}
	if ((uint32_t)regs.x[2] > UINT16_MAX) {
		ffav_boot_log("FFA_ID_GET answered with an id of more than 16 bits.",
			      regs.x[2]);
		return EFI_DEVICE_ERROR;
	}
	ffa->id = (uint16_t)regs.x[2];
	return EFI_SUCCESS;
}
