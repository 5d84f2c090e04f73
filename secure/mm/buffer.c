// SPDX-License-Identifier: BSD-3-Clause
/*
 * A shared buffer that the normal world shares by FFA_MEM_SHARE.
 *
 * What counts is what the manager says of the transaction: the normal world's
 * own words, which name the same memory, are only compared with it. RX and TX
 * are mapped for the time of the call.
 */
#include "abi/ffa_memory.h"
#include "secure/mm/partition.h"
#include "secure/mm/service.h"
#include "secure/report/report.h"

#define HEAD_SIZE (FFA_MEM_HEADER_SIZE_1_1 + FFA_MEM_ACCESS_SIZE_1_2)

static _Alignas(FFA_PAGE_SIZE) uint8_t rx[FFA_PAGE_SIZE];
static _Alignas(FFA_PAGE_SIZE) uint8_t tx[FFA_PAGE_SIZE];

static struct ffav_smc_regs call(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
	struct ffav_smc_regs regs = {.x = {x0, x1, x2, x3}};

	ffav_partition_call(&regs);
	return regs;
}

static bool refused(const struct ffav_smc_regs *regs, const char *what)
{
	if ((uint32_t)regs->x[0] != FFA_ERROR)
		return false;
	ffav_report("MM buffer", what, (uint32_t)regs->x[2]);
	return true;
}

static bool relinquish(uint16_t self, uint64_t handle)
{
	struct ffav_smc_regs regs;

	ffav_mem_relinquish_encode(tx, sizeof(tx), handle, self);
	regs = call(FFA_MEM_RELINQUISH, 0, 0, 0);
	return !refused(&regs, "the manager does not let go of the memory, code");
}

/* The manager's answer is in RX: does it give all of [@address, @address + @size), to write? */
static bool is_whole(const struct ffav_smc_regs *regs, uint64_t address, uint64_t size)
{
	struct ffav_mem_composite composite;
	struct ffav_mem_access access;
	struct ffav_mem_header header;
	struct ffav_mem_range range;
	uint64_t end = address;
	size_t at, length = (uint32_t)regs->x[2];

	if ((uint32_t)regs->x[0] != FFA_MEM_RETRIEVE_RESP || length > sizeof(rx) ||
	    (uint32_t)regs->x[1] != length ||
	    !ffav_mem_header_decode(rx, length, FFA_VERSION_1_2, &header) ||
	    !header.access_count ||
	    !ffav_mem_access_decode(rx + header.access_offset, header.access_size, &access) ||
	    !ffav_range_in(access.composite, FFA_MEM_COMPOSITE_SIZE, length) ||
	    !ffav_mem_composite_decode(rx + access.composite, &composite))
		return false;
	at = access.composite + FFA_MEM_COMPOSITE_SIZE;
	if (composite.ranges > (length - at) / FFA_MEM_RANGE_SIZE ||
	    (access.permissions & FFA_MEM_DATA) != FFA_MEM_READ_WRITE)
		return false;
	/* One piece of memory, whatever it was shared in. */
	for (uint32_t i = 0; i < composite.ranges; i++, at += FFA_MEM_RANGE_SIZE) {
		if (!ffav_mem_range_decode(rx + at, &range) || range.address != end)
			return false;
		end += ffav_mem_range_size(&range);
	}
	return end - address == size;
}

static int retrieve(uint16_t self, uint16_t sender, uint64_t handle, uint64_t address,
		    uint64_t size)
{
	struct ffav_mem_access access = {.receiver = self, .permissions = FFA_MEM_READ_WRITE};
	struct ffav_mem_header header = {
		.sender = sender,
		.flags = FFA_MEM_SHARED,
		.handle = handle,
		.tag = MM_BUFFER_TAG,
		.access_size = FFA_MEM_ACCESS_SIZE_1_2,
		.access_count = 1,
		.access_offset = FFA_MEM_HEADER_SIZE_1_1,
	};
	struct ffav_smc_regs regs;
	bool whole;

	ffav_mem_header_encode(tx, sizeof(tx), FFA_VERSION_1_2, &header);
	ffav_mem_access_encode(tx + FFA_MEM_HEADER_SIZE_1_1, FFA_MEM_ACCESS_SIZE_1_2, &access);
	regs = call(FFA_MEM_RETRIEVE_REQ_64, HEAD_SIZE, HEAD_SIZE, 0);
	if (refused(&regs, "the manager does not let it be retrieved, code"))
		return MM_DENIED;
	whole = is_whole(&regs, address, size);
	call(FFA_RX_RELEASE, 0, 0, 0);
	if (whole)
		return MM_SUCCESS;
	ffav_report("MM buffer", "what was shared is not the memory that starts at", address);
	relinquish(self, handle);
	return MM_INVALID_PARAMETER;
}

/* Retrieve the new buffer first: if that fails the old one is still there. */
static int take(struct ffav_service *s, uint16_t self, uint16_t sender,
		const struct ffav_smc_regs *regs)
{
	uint64_t handle = regs->x[4], address = regs->x[5], size = regs->x[6];
	uint8_t *shared;
	uint64_t end;
	int code;

	if (!size || size > s->copy_size || address % FFA_PAGE_SIZE || size % FFA_PAGE_SIZE ||
	    !ffav_add(address, size, &end) || address < size) {
		ffav_report("MM buffer", "it is not whole pages, or too large, bytes", size);
		return MM_INVALID_PARAMETER;
	}
	code = retrieve(self, sender, handle, address, size);
	if (code != MM_SUCCESS)
		return code;
	shared = ffav_partition_map(address, (size_t)size);
	if (!shared) {
		ffav_report("MM buffer", "the partition does not see it at", address);
		relinquish(self, handle);
		return MM_DENIED;
	}
	if (s->handle)
		relinquish(self, s->handle);
	s->shared = shared;
	s->shared_address = address;
	s->shared_size = (size_t)size;
	s->handle = handle;
	return MM_SUCCESS;
}

/* Nothing of the buffer is touched any more before it is relinquished. */
static int give_up(struct ffav_service *s, uint16_t self, const struct ffav_smc_regs *regs)
{
	if (!s->handle || regs->x[4] != s->handle) {
		ffav_report("MM buffer", "it is not in use, the one with handle", regs->x[4]);
		return MM_INVALID_PARAMETER;
	}
	s->handle = 0;
	s->shared = s->own.shared;
	s->shared_address = s->own.address;
	s->shared_size = s->own.size;
	return relinquish(self, regs->x[4]) ? MM_SUCCESS : MM_DENIED;
}

bool ffav_service_buffer(struct ffav_service *s, struct ffav_smc_regs *regs)
{
	uint16_t self = ffav_ffa_receiver(regs->x[1]);
	uint16_t sender = ffav_ffa_sender(regs->x[1]);
	struct ffav_smc_regs mapped;
	int code;

	if ((uint32_t)regs->x[0] != FFA_MSG_SEND_DIRECT_REQ_64 ||
	    (regs->x[3] != MM_BUFFER_TAKE && regs->x[3] != MM_BUFFER_GIVE_UP))
		return false;
	/* A partition's own memory would take the place of the normal world's buffer. */
	if (sender & FFA_SECURE_ID_BIT) {
		ffav_report("MM buffer", "it is not the normal world's, the sender is", sender);
		ffav_service_respond(regs, MM_DENIED);
		return true;
	}
	mapped = call(FFA_RXTX_MAP_64, (uintptr_t)tx, (uintptr_t)rx, 1);
	if (refused(&mapped, "the manager takes no RX/TX, code")) {
		ffav_service_respond(regs, MM_NOT_SUPPORTED);
		return true;
	}
	code = regs->x[3] == MM_BUFFER_TAKE ? take(s, self, sender, regs)
					    : give_up(s, self, regs);
	call(FFA_RXTX_UNMAP, 0, 0, 0);
	ffav_service_respond(regs, code);
	return true;
}
