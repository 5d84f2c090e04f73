/* SPDX-License-Identifier: BSD-3-Clause */
/* The test partition borrows memory, lends memory, and arranges its own pages. */
#include "machines/qemu-virt/rogue/memory.h"
#include "machines/qemu-virt/rogue/rogue.h"
#include "secure/mm/partition.h"

#define PAGE_WORDS (FFA_PAGE_SIZE / sizeof(uint64_t))

static uint8_t rx[FFA_PAGE_SIZE] __attribute__((aligned(FFA_PAGE_SIZE)));
static uint8_t tx[FFA_PAGE_SIZE] __attribute__((aligned(FFA_PAGE_SIZE)));
static uint64_t own[PAGE_WORDS] __attribute__((aligned(FFA_PAGE_SIZE)));
static uint64_t permissions;

static struct ffav_smc_regs call(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
	struct ffav_smc_regs regs = {.x = {x0, x1, x2, x3}};

	ffav_partition_call(&regs);
	return regs;
}

/* What a call came to: its status code, or @good. */
static uint64_t result(const struct ffav_smc_regs *regs, uint64_t good)
{
	return regs->x[0] == FFA_ERROR ? (uint64_t)(int32_t)regs->x[2] : good;
}

void ffav_rogue_memory_start(void)
{
	uint64_t page = (uintptr_t)own;
	uint64_t code = (uintptr_t)ffav_rogue_memory & ~(uint64_t)(FFA_PAGE_SIZE - 1);

	/* A byte each, from the lowest: as it was, read only, as before, code, and code to write. */
	permissions = call(FFA_MEM_PERM_GET_64, page, 0, 0).x[2] & 0xff;
	call(FFA_MEM_PERM_SET_64, page, 1, FFA_MEM_PERM_READ_ONLY);
	permissions |= (call(FFA_MEM_PERM_GET_64, page, 0, 0).x[2] & 0xff) << 8;
	call(FFA_MEM_PERM_SET_64, page, 1, FFA_MEM_PERM_READ_WRITE);
	own[0] = 1;
	permissions |= (call(FFA_MEM_PERM_GET_64, page, 0, 0).x[2] & 0xff) << 16;
	permissions |= (call(FFA_MEM_PERM_GET_64, code, 0, 0).x[2] & 0xff) << 24;
	permissions |= (call(FFA_MEM_PERM_SET_64, code, 1, 1).x[2] & 0xff) << 32;
	call(FFA_RXTX_MAP_64, (uintptr_t)tx, (uintptr_t)rx, 1);
}

/* @code: whether it says that it does not execute, FFA_MEM_NOT_EXECUTE */
static uint64_t retrieve(uint16_t self, uint16_t sender, uint64_t handle, uint8_t data,
			 uint8_t code)
{
	struct ffav_mem_access access = {.receiver = self, .permissions = data | code};
	struct ffav_mem_header header = {
		.sender = sender,
		.handle = handle,
		.access_size = FFA_MEM_ACCESS_SIZE_1_2,
		.access_count = 1,
		.access_offset = FFA_MEM_HEADER_SIZE_1_1,
	};
	const size_t size = FFA_MEM_HEADER_SIZE_1_1 + FFA_MEM_ACCESS_SIZE_1_2;
	struct ffav_mem_range range;
	struct ffav_smc_regs regs;
	uint64_t answer;

	ffav_mem_header_encode(tx, sizeof(tx), FFA_VERSION_1_2, &header);
	ffav_mem_access_encode(tx + FFA_MEM_HEADER_SIZE_1_1, FFA_MEM_ACCESS_SIZE_1_2, &access);
	regs = call(FFA_MEM_RETRIEVE_REQ_64, size, size, 0);
	if (regs.x[0] == FFA_ERROR ||
	    !ffav_mem_range_decode(rx + size + FFA_MEM_COMPOSITE_SIZE, &range))
		return result(&regs, 0);
	answer = range.address;
	call(FFA_RX_RELEASE, 0, 0, 0);
	return answer;
}

static uint64_t relinquish(uint16_t self, uint64_t handle)
{
	struct ffav_smc_regs regs;

	ffav_mem_relinquish_encode(tx, sizeof(tx), handle, self);
	regs = call(FFA_MEM_RELINQUISH, 0, 0, 0);
	return result(&regs, FFA_SUCCESS_32);
}

static uint64_t lend(uint16_t self, uint16_t receiver)
{
	const uint32_t at = FFA_MEM_HEADER_SIZE_1_1 + FFA_MEM_ACCESS_SIZE_1_2;
	const size_t size = at + FFA_MEM_COMPOSITE_SIZE + FFA_MEM_RANGE_SIZE;
	const struct ffav_mem_access access = {
		.receiver = receiver, .permissions = FFA_MEM_READ_WRITE, .composite = at};
	const struct ffav_mem_composite composite = {.pages = 1, .ranges = 1};
	const struct ffav_mem_range range = {.address = (uintptr_t)own, .pages = 1};
	const struct ffav_mem_header header = {
		.sender = self,
		.access_size = FFA_MEM_ACCESS_SIZE_1_2,
		.access_count = 1,
		.access_offset = FFA_MEM_HEADER_SIZE_1_1,
	};
	struct ffav_smc_regs regs;

	for (size_t i = 0; i < PAGE_WORDS; i++)
		own[i] = receiver;
	ffav_mem_header_encode(tx, sizeof(tx), FFA_VERSION_1_2, &header);
	ffav_mem_access_encode(tx + header.access_offset, FFA_MEM_ACCESS_SIZE_1_2, &access);
	ffav_mem_composite_encode(tx + at, &composite);
	ffav_mem_range_encode(tx + at + FFA_MEM_COMPOSITE_SIZE, &range);
	regs = call(FFA_MEM_LEND_64, size, size, 0);
	return result(&regs, ffav_mem_handle(regs.x[2], regs.x[3]));
}

uint64_t ffav_rogue_memory(uint16_t self, uint64_t command, uint64_t argument)
{
	struct ffav_smc_regs regs;

	switch (command) {
	case FFAV_ROGUE_RETRIEVE:
		return retrieve(self, FFA_NORMAL_WORLD_ID, argument, FFA_MEM_READ_WRITE, 0);
	case FFAV_ROGUE_RETRIEVE_TO_READ:
		return retrieve(self, FFA_NORMAL_WORLD_ID, argument, FFA_MEM_READ_ONLY, 0);
	case FFAV_ROGUE_RETRIEVE_LENT:
		return retrieve(self, (uint16_t)(argument >> 32), (uint32_t)argument,
				FFA_MEM_READ_WRITE, FFA_MEM_NOT_EXECUTE);
	case FFAV_ROGUE_RELINQUISH:
		return relinquish(self, argument);
	case FFAV_ROGUE_LEND:
		return lend(self, (uint16_t)argument);
	case FFAV_ROGUE_RECLAIM:
		regs = call(FFA_MEM_RECLAIM, (uint32_t)argument, argument >> 32, 0);
		return result(&regs, FFA_SUCCESS_32);
	case FFAV_ROGUE_READ_OWN:
		return *(volatile uint64_t *)own;
	case FFAV_ROGUE_READ_ADDRESS:
		return *(volatile uint64_t *)(uintptr_t)argument;
	case FFAV_ROGUE_EXECUTE_ADDRESS:
		((void (*)(void))(uintptr_t)argument)();
		return 0;
	case FFAV_ROGUE_PERMISSIONS:
		return permissions;
	default:
		return argument;
	}
}
