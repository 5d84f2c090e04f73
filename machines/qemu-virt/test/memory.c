/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A normal world that shares memory with partitions: they reach what they retrieve, as long as
 * they have it, with the permissions that they were given, and nothing else. Each fault ends a
 * partition, so there is one for each.
 */
#include "machines/qemu-virt/memory.h"
#include "machines/qemu-virt/test/descriptor.h"

/* RAM that nobody uses: behind the device tree, far from this program. */
#define PAGES  (FFAV_RAM_BASE + 0x01000000)
#define STRIDE UINT64_C(0x200000)
/* More 2 MiB pieces than a partition's map has tables for. */
#define MANY  40u
#define TURNS 100u
#define WORD  UINT64_C(0x0123456789abcdef)

static volatile uint64_t *at(uint64_t address)
{
	return (volatile uint64_t *)(uintptr_t)address;
}

static uint64_t share(unsigned int n, uint8_t permissions, uint64_t address, uint32_t pages)
{
	struct ffav_smc_regs regs = memory_share(FFA_MEM_SHARE_64, n, permissions, address,
						 2 * FFA_PAGE_SIZE, pages);

	bare_equal(regs.x[0], FFA_SUCCESS_32, "FFA_MEM_SHARE succeeds");
	return ffav_mem_handle(regs.x[2], regs.x[3]);
}

/* There and back. */
static void test_share(void)
{
	uint64_t handle = share(0, FFA_MEM_READ_WRITE, PAGES, 3);

	*at(PAGES) = WORD;
	*at(PAGES + 4 * FFA_PAGE_SIZE) = WORD + 1;
	bare_equal(memory_ask(0, FFAV_ROGUE_RETRIEVE, handle), PAGES,
		   "a partition retrieves three pages");
	bare_equal(memory_ask(0, FFAV_ROGUE_READ_ADDRESS, PAGES), WORD,
		   "it reads what the normal world wrote");
	bare_equal(memory_ask(0, FFAV_ROGUE_READ_ADDRESS, PAGES + 4 * FFA_PAGE_SIZE), WORD + 1,
		   "also in the last one");
	memory_ask(0, FFAV_ROGUE_WRITE_ADDRESS, PAGES + 8);
	bare_equal(*at(PAGES + 8) & 1, 1, "and the normal world what it wrote");
	bare_equal(memory_reclaim(handle), (uint64_t)FFA_DENIED,
		   "what a partition has is not reclaimed");
	bare_equal(memory_ask(0, FFAV_ROGUE_RELINQUISH, handle), FFA_SUCCESS_32,
		   "it relinquishes");
	bare_equal(memory_reclaim(handle), FFA_SUCCESS_32, "now it is");
}

/* Tables are given back: this would need more than a hundred. */
static void test_many(void)
{
	struct ffav_smc_regs regs;
	unsigned int good = 0;
	uint64_t handle;

	for (unsigned int i = 0; i < TURNS; i++) {
		uint64_t address = PAGES + i * STRIDE;

		regs = memory_share(FFA_MEM_SHARE_64, 0, FFA_MEM_READ_WRITE, address, STRIDE,
				    4);
		handle = ffav_mem_handle(regs.x[2], regs.x[3]);
		if (regs.x[0] == FFA_SUCCESS_32 &&
		    memory_ask(0, FFAV_ROGUE_RETRIEVE, handle) == address &&
		    memory_ask(0, FFAV_ROGUE_RELINQUISH, handle) == FFA_SUCCESS_32 &&
		    memory_reclaim(handle) == FFA_SUCCESS_32)
			good++;
	}
	bare_equal(good, TURNS, "sharing goes on and on");
	regs = memory_share(FFA_MEM_SHARE_64, 0, FFA_MEM_READ_WRITE, PAGES, STRIDE, MANY);
	handle = ffav_mem_handle(regs.x[2], regs.x[3]);
	bare_equal(memory_ask(0, FFAV_ROGUE_RETRIEVE, handle), (uint64_t)FFA_NO_MEMORY,
		   "a list that needs more tables than there are is refused");
	bare_equal(memory_reclaim(handle), FFA_SUCCESS_32, "and nobody has anything of it");
	handle = share(0, FFA_MEM_READ_WRITE, PAGES, 16);
	bare_equal(memory_ask(0, FFAV_ROGUE_RETRIEVE, handle), PAGES,
		   "the tables are there for others");
	bare_equal(memory_ask(0, FFAV_ROGUE_RELINQUISH, handle), FFA_SUCCESS_32,
		   "which are relinquished");
	bare_equal(memory_reclaim(handle), FFA_SUCCESS_32, "and reclaimed");
}

/* What the normal world must not give away, on a machine where all of it is there. */
static void test_refused(void)
{
	static const struct {
		uint64_t address;
		const char *what;
	} rows[] = {
		{FFAV_SECURE_RAM_BASE,
		 "the monitor's memory is not the normal world's to share"},
		{FFAV_ROGUE_BASE + FFAV_ROGUE_STRIDE, "nor is a partition's"},
		{FFAV_STORE_BASE, "nor the secure flash"},
		{FFAV_UART_BASE, "nor a device"},
		{FFAV_SHARED_BUFFER_BASE, "nor a page of a manifest"},
		{UINT64_C(0x8000000000), "nor what is beyond all memory"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ffav_smc_regs regs =
			memory_share(FFA_MEM_SHARE_64, 1, FFA_MEM_READ_WRITE, rows[i].address,
				     FFA_PAGE_SIZE, 1);

		bare_ok(regs.x[0] == FFA_ERROR && (int32_t)regs.x[2] == FFA_DENIED,
			rows[i].what);
	}
}

/* A partition lends a page to another, which then has it alone. */
static void test_lend(void)
{
	uint64_t handle = memory_ask(0, FFAV_ROGUE_LEND, ROGUE_ID + 1);
	uint64_t page =
		memory_ask(1, FFAV_ROGUE_RETRIEVE_LENT, (uint64_t)ROGUE_ID << 32 | handle);

	bare_ok(page >= FFAV_ROGUE_BASE && page < FFAV_ROGUE_BASE + FFAV_ROGUE_SIZE,
		"a partition retrieves what another lends");
	bare_equal(memory_ask(1, FFAV_ROGUE_READ_ADDRESS, page), ROGUE_ID + 1,
		   "and reads what that wrote");
	bare_equal(memory_ask(1, FFAV_ROGUE_RELINQUISH, handle), FFA_SUCCESS_32,
		   "it relinquishes");
	bare_equal(memory_ask(0, FFAV_ROGUE_RECLAIM, handle), FFA_SUCCESS_32,
		   "the owner reclaims");
	bare_equal(memory_ask(0, FFAV_ROGUE_READ_OWN, 0), ROGUE_ID + 1, "and has it again");
	handle = memory_ask(0, FFAV_ROGUE_LEND, ROGUE_ID + 1);
	bare_ok(memory_dies(0, FFAV_ROGUE_READ_OWN, 0),
		"an owner that touches it meanwhile dies");
	bare_equal(memory_ask(1, FFAV_ROGUE_RETRIEVE_LENT, (uint64_t)ROGUE_ID << 32 | handle),
		   (uint64_t)FFA_INVALID_PARAMETERS, "and its handle with it");
}

static void test_faults(void)
{
	uint64_t handle = share(1, FFA_MEM_READ_ONLY, PAGES, 1);

	memory_ask(1, FFAV_ROGUE_RETRIEVE_TO_READ, handle);
	*at(PAGES) = WORD + 2;
	bare_equal(memory_ask(1, FFAV_ROGUE_READ_ADDRESS, PAGES), WORD + 2,
		   "memory that is shared to be read is read");
	bare_ok(memory_dies(1, FFAV_ROGUE_WRITE_ADDRESS, PAGES), "but not written");
	bare_equal(*at(PAGES), WORD + 2, "it is as it was");
	bare_equal(memory_reclaim(handle), FFA_SUCCESS_32,
		   "what a dead partition had is reclaimed");

	/* ret, if anybody executed it. */
	*at(PAGES) = 0xd65f03c0;
	handle = share(2, FFA_MEM_READ_WRITE, PAGES, 1);
	memory_ask(2, FFAV_ROGUE_RETRIEVE, handle);
	bare_equal(memory_ask(2, FFAV_ROGUE_READ_ADDRESS, PAGES), 0xd65f03c0,
		   "instructions of the normal world are read");
	bare_ok(memory_dies(2, FFAV_ROGUE_EXECUTE_ADDRESS, PAGES), "but not executed");
	bare_equal(memory_reclaim(handle), FFA_SUCCESS_32, "the page is reclaimed");

	handle = share(3, FFA_MEM_READ_WRITE, PAGES, 1);
	memory_ask(3, FFAV_ROGUE_RETRIEVE, handle);
	memory_ask(3, FFAV_ROGUE_READ_ADDRESS, PAGES);
	memory_ask(3, FFAV_ROGUE_RELINQUISH, handle);
	bare_ok(memory_dies(3, FFAV_ROGUE_READ_ADDRESS, PAGES),
		"what was relinquished is out of reach at once");
	bare_equal(memory_reclaim(handle), FFA_SUCCESS_32, "and the normal world's again");
}

_Noreturn void bare_main(const void *dtb)
{
	(void)dtb;
	bare_print("TAP version 13\n");
	memory_start();
	/* Read and write; read only; read and write; read and execute; never write and execute. */
	bare_equal(memory_ask(0, FFAV_ROGUE_PERMISSIONS, 0), UINT64_C(0xfe03050705),
		   "a partition that starts arranges its pages");
	test_share();
	test_many();
	test_refused();
	test_lend();
	test_faults();
	bare_end();
}
