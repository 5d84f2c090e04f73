/* SPDX-License-Identifier: BSD-3-Clause */
#include "machines/qemu-virt/test/descriptor.h"

static uint8_t tx[4096] __attribute__((aligned(4096)));
static uint8_t rx[4096] __attribute__((aligned(4096)));

void memory_start(void)
{
	bare_call(FFA_VERSION, FFA_VERSION_1_2, 0, 0);
	bare_equal(bare_call(FFA_RXTX_MAP_64, (uintptr_t)tx, (uintptr_t)rx, 1).x[0],
		   FFA_SUCCESS_32, "FFA_RXTX_MAP succeeds");
}

static struct ffav_smc_regs request(unsigned int n, uint64_t command, uint64_t argument)
{
	struct ffav_smc_regs regs = {
		.x = {FFA_MSG_SEND_DIRECT_REQ_64,
		      ffav_ffa_endpoints(FFA_NORMAL_WORLD_ID, (uint16_t)(ROGUE_ID + n)), 0,
		      command, argument},
	};

	bare_smc(&regs);
	return regs;
}

uint64_t memory_ask(unsigned int n, uint64_t command, uint64_t argument)
{
	return request(n, command, argument).x[4];
}

bool memory_dies(unsigned int n, uint64_t command, uint64_t argument)
{
	struct ffav_smc_regs regs = request(n, command, argument);

	return regs.x[0] == FFA_ERROR && (int32_t)regs.x[2] == FFA_ABORTED;
}

struct ffav_smc_regs memory_share(uint32_t function, unsigned int n, uint8_t permissions,
				  uint64_t address, uint64_t stride, uint32_t pages)
{
	const uint32_t at = FFA_MEM_HEADER_SIZE_1_1 + FFA_MEM_ACCESS_SIZE_1_2;
	const uint32_t first = at + FFA_MEM_COMPOSITE_SIZE;
	const size_t size = first + (size_t)pages * FFA_MEM_RANGE_SIZE;
	const struct ffav_mem_composite composite = {.pages = pages, .ranges = pages};
	const struct ffav_mem_access access = {.receiver = (uint16_t)(ROGUE_ID + n),
					       .permissions = permissions,
					       .composite = at};
	const struct ffav_mem_header header = {
		.attributes = function == FFA_MEM_SHARE_64 ? FFA_MEM_RAM : 0,
		.access_size = FFA_MEM_ACCESS_SIZE_1_2,
		.access_count = 1,
		.access_offset = FFA_MEM_HEADER_SIZE_1_1,
	};

	ffav_mem_header_encode(tx, sizeof(tx), FFA_VERSION_1_2, &header);
	ffav_mem_access_encode(tx + header.access_offset, FFA_MEM_ACCESS_SIZE_1_2, &access);
	ffav_mem_composite_encode(tx + at, &composite);
	for (uint32_t i = 0; i < pages; i++) {
		const struct ffav_mem_range range = {.address = address + i * stride,
						     .pages = 1};

		ffav_mem_range_encode(tx + first + i * FFA_MEM_RANGE_SIZE, &range);
	}
	return bare_call(function, size, size, 0);
}

uint64_t memory_reclaim(uint64_t handle)
{
	struct ffav_smc_regs regs =
		bare_call(FFA_MEM_RECLAIM, (uint32_t)handle, handle >> 32, 0);

	return regs.x[0] == FFA_ERROR ? (uint64_t)(int32_t)regs.x[2] : regs.x[0];
}
