/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: SMC calling convention (Arm DEN0028, version 1.2)
 *
 * The registers of one call and the ranges of function identifiers.
 */
#ifndef FFAV_ABI_SMCCC_H
#define FFAV_ABI_SMCCC_H

#include "abi/bytes.h"

/** Registers x0-x17 carry arguments and results under SMCCC 1.2. */
#define FFAV_SMC_REGS 18

/**
 * struct ffav_smc_regs - The registers of one call, in and out.
 * @x: x0 to x17. A 32-bit call uses the low half of each.
 */
struct ffav_smc_regs {
	uint64_t x[FFAV_SMC_REGS];
};

#define SMCCC_FAST           UINT32_C(0x80000000)
#define SMCCC_64             UINT32_C(0x40000000)
#define SMCCC_OWNER(fid)     (((fid) >> 24) & 0x3fu)
#define SMCCC_OWNER_ARCH     0u
#define SMCCC_OWNER_STANDARD 4u
#define SMCCC_FUNCTION(fid)  ((fid)&0xffffu)
#define SMCCC_NOT_SUPPORTED  (-1)

#define SMCCC_VERSION       UINT32_C(0x80000000)
#define SMCCC_ARCH_FEATURES UINT32_C(0x80000001)
#define SMCCC_VERSION_1_2   UINT32_C(0x00010002)

/* PSCI 1.1 (Arm DEN0022), as far as the monitor and the tests use it. */
#define PSCI_VERSION           UINT32_C(0x84000000)
#define PSCI_CPU_OFF           UINT32_C(0x84000002)
#define PSCI_CPU_ON_32         UINT32_C(0x84000003)
#define PSCI_CPU_ON_64         UINT32_C(0xc4000003)
#define PSCI_AFFINITY_INFO_32  UINT32_C(0x84000004)
#define PSCI_AFFINITY_INFO_64  UINT32_C(0xc4000004)
#define PSCI_MIGRATE_INFO_TYPE UINT32_C(0x84000006)
#define PSCI_SYSTEM_OFF        UINT32_C(0x84000008)
#define PSCI_SYSTEM_RESET      UINT32_C(0x84000009)
#define PSCI_FEATURES          UINT32_C(0x8400000a)

#define PSCI_SUCCESS          0
#define PSCI_NOT_SUPPORTED    (-1)
#define PSCI_INVALID_PARAMS   (-2)
#define PSCI_DENIED           (-3)
#define PSCI_ALREADY_ON       (-4)
#define PSCI_ON_PENDING       (-5)
#define PSCI_INTERNAL_FAILURE (-6)

#endif
