/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FF-A as a caller sees it, over SMCs of our own. The firmware may have RX/TX
 * buffers mapped, so only what does without them is used.
 */
#include "tools/ffavars-check/check.h"

#include "abi/ffa.h"
#include "normal/platform.h"
#include "ports/uefi-driver/driver.h"

#define VERSION  "DEN0077 1.2, FFA_VERSION"
#define ID_GET   "DEN0077 1.2, FFA_ID_GET"
#define FEATURES "DEN0077 1.2, FFA_FEATURES"
#define REGS     "DEN0077 1.2, FFA_PARTITION_INFO_GET_REGS"
#define RXTX     "DEN0077 1.2, FFA_RXTX_MAP"
#define DIRECT   "DEN0077 1.2, FFA_MSG_SEND_DIRECT_REQ"
#define ERRORS   "DEN0077 1.2, status codes"

static struct ffav_smc_regs call(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
	struct ffav_smc_regs regs = {.x = {x0, x1, x2, x3}};

	ffav_smc(&regs);
	return regs;
}

static int32_t error_of(const struct ffav_smc_regs *regs)
{
	return (uint32_t)regs->x[0] == FFA_ERROR ? (int32_t)(uint32_t)regs->x[2] : 0;
}

/* Ask for the version that is agreed already, so that nothing changes for the firmware. */
static uint32_t check_version(struct check *c)
{
	static const uint32_t offers[] = {FFA_VERSION_1_2, FFA_VERSION_1_1, FFA_VERSION_1_0};
	uint32_t version = UINT32_MAX;

	for (unsigned int i = 0; i < 3 && version == UINT32_MAX; i++)
		version = (uint32_t)call(FFA_VERSION, offers[i], 0, 0).x[0];
	if (version == UINT32_MAX) {
		check_skip(c, "FFA_VERSION", "nothing here speaks FF-A (the answer is -1)");
		return 0;
	}
	check_point(c, !(version & FFA_VERSION_RESERVED_BIT) && version >> 16 == 1,
		    "FFA_VERSION answers a version 1.x with bit 31 clear", VERSION, version);
	return version;
}

static void check_partitions(struct check *c, const struct ffav_uuid *uuid, const char *rule)
{
	struct ffav_smc_regs regs =
		call(FFA_PARTITION_INFO_GET_REGS, ffav_uuid_lo(uuid), ffav_uuid_hi(uuid), 0);
	struct ffav_partition_info info;

	if ((uint32_t)regs.x[0] != FFA_SUCCESS_64) {
		check_skip(c, rule,
			   error_of(&regs) == FFA_NOT_SUPPORTED
				   ? "FFA_PARTITION_INFO_GET_REGS is not supported"
				   : "no partition has it");
		return;
	}
	info = ffav_info_regs_get(&regs, 0);
	/* 24 in FF-A 1.1 and 1.2; later versions append to it. */
	check_point(c, ffav_info_regs_decode(regs.x[2]).size >= FFA_PARTITION_INFO_SIZE_1_1,
		    "the descriptor size is at least 24", REGS, regs.x[2]);
	check_point(
		c,
		(info.properties & (FFA_PARTITION_DIRECT_RECV | FFA_PARTITION_DIRECT2_RECV)) &&
			info.contexts,
		rule, REGS, regs.x[3]);
}

void check_ffa(struct check *c)
{
	static const struct ffav_uuid variable = FFAV_UUID_MM_VARIABLE;
	static const struct ffav_uuid communicate = FFAV_UUID_MM_COMMUNICATION2;
	struct ffav_smc_regs regs;
	uint32_t version;
	uint16_t id;

	if (!ffav_conduit_is_smc()) {
		check_skip(c, "FF-A", "SMCs cannot be made here");
		return;
	}
	version = check_version(c);
	if (!version)
		return;
	c->ffa = true;
	regs = call(FFA_ID_GET, 0, 0, 0);
	id = (uint16_t)regs.x[2];
	check_point(c, (uint32_t)regs.x[0] == FFA_SUCCESS_32 && !(id & FFA_SECURE_ID_BIT),
		    "FFA_ID_GET answers a normal-world endpoint id", ID_GET, regs.x[0]);
	regs = call(FFA_FEATURES, FFA_MSG_SEND_DIRECT_REQ_64, 0, 0);
	check_point(c, (uint32_t)regs.x[0] == FFA_SUCCESS_32,
		    "FFA_FEATURES knows the 64-bit direct request", FEATURES, regs.x[2]);
	regs = call(FFA_FEATURES, FFA_FID32(0xef), 0, 0);
	check_point(c, error_of(&regs) == FFA_NOT_SUPPORTED,
		    "FFA_FEATURES of an unknown function is NOT_SUPPORTED", FEATURES,
		    regs.x[2]);
	regs = call(FFA_FID32(0xef), 0, 0, 0);
	check_point(c, error_of(&regs) == FFA_NOT_SUPPORTED || (int64_t)regs.x[0] == -1,
		    "an unknown function is NOT_SUPPORTED", ERRORS, regs.x[0]);
	regs = call(FFA_MSG_SEND_DIRECT_REQ_64, ffav_ffa_endpoints(id, 0xfffe), 0, 0);
	check_point(c, error_of(&regs) == FFA_INVALID_PARAMETERS,
		    "a direct request to nobody is INVALID_PARAMETERS", DIRECT, regs.x[2]);
	regs = call(FFA_MSG_SEND_DIRECT_REQ_64, ffav_ffa_endpoints(id, id), 0, 0);
	check_point(c, error_of(&regs) == FFA_INVALID_PARAMETERS,
		    "a direct request to oneself is INVALID_PARAMETERS", DIRECT, regs.x[2]);
	if (version >= FFA_VERSION_1_1) {
		regs = call(FFA_SPM_ID_GET, 0, 0, 0);
		check_point(c,
			    (uint32_t)regs.x[0] == FFA_SUCCESS_32 &&
				    ((uint16_t)regs.x[2] & FFA_SECURE_ID_BIT),
			    "FFA_SPM_ID_GET answers a secure id", "DEN0077 1.2, FFA_SPM_ID_GET",
			    regs.x[2]);
	}
	check_partitions(c, &variable,
			 "the partition for variable messages takes direct requests");
	check_partitions(c, &communicate,
			 "the partition for MmCommunication2 takes direct requests");
}

void check_ffa_again(struct check *c)
{
	static uint8_t buffers[2][EFI_PAGE_SIZE] __attribute__((aligned(EFI_PAGE_SIZE)));
	struct ffav_smc_regs regs;

	if (!c->ffa || !check_version(c))
		return;
	regs = call(FFA_RXTX_MAP_64, (uintptr_t)buffers[0], (uintptr_t)buffers[1], 1);
	check_point(c, (uint32_t)regs.x[0] == FFA_SUCCESS_32,
		    "the firmware has left RX/TX to the operating system", RXTX, regs.x[2]);
	if ((uint32_t)regs.x[0] != FFA_SUCCESS_32)
		return;
	regs = call(FFA_PARTITION_INFO_GET, 0, 0, 0);
	check_point(c, (uint32_t)regs.x[0] == FFA_SUCCESS_32 && regs.x[2],
		    "partitions are described in the operating system's RX buffer",
		    "DEN0077 1.2, FFA_PARTITION_INFO_GET", regs.x[2]);
	call(FFA_RX_RELEASE, 0, 0, 0);
	regs = call(FFA_RXTX_UNMAP, 0, 0, 0);
	check_point(c, (uint32_t)regs.x[0] == FFA_SUCCESS_32, "RX/TX can be unmapped again",
		    RXTX, regs.x[2]);
}
