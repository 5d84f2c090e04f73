/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A normal world that says what sharing memory costs, for scripts/bench.py. Under QEMU's
 * "-icount shift=0" the counter advances with instructions, of whichever world: one is a
 * nanosecond.
 */
#include "machines/qemu-virt/el3/sysreg.h"
#include "machines/qemu-virt/memory.h"
#include "machines/qemu-virt/test/descriptor.h"

#define PAGES (FFAV_RAM_BASE + 0x01000000)
#define TURNS 100u

/* Ticks since @start, which becomes now. */
static uint64_t lap(uint64_t *start)
{
	uint64_t now = ffav_sysreg_read(cntpct_el0);
	uint64_t ticks = now - *start;

	*start = now;
	return ticks;
}

static void print(const char *what, uint32_t pages, uint64_t ticks)
{
	uint64_t scale = 1000000000 / ffav_sysreg_read(cntfrq_el0);

	bare_print("# cost ");
	bare_print(what);
	bare_print(" ");
	bare_print_number(pages);
	bare_print(" ");
	bare_print_number((unsigned int)(ticks * scale / TURNS));
	bare_print("\n");
}

/* "# cost CALL PAGES INSTRUCTIONS", of one call, with the request that lets the partition make it. */
static void measure(uint32_t pages)
{
	uint64_t share = 0, retrieve = 0, relinquish = 0, reclaim = 0;
	unsigned int good = 0;

	for (unsigned int i = 0; i < TURNS; i++) {
		uint64_t start = ffav_sysreg_read(cntpct_el0);
		struct ffav_smc_regs regs =
			memory_share(FFA_MEM_SHARE_64, 0, FFA_MEM_READ_WRITE, PAGES,
				     2 * FFA_PAGE_SIZE, pages);
		uint64_t handle = ffav_mem_handle(regs.x[2], regs.x[3]);

		share += lap(&start);
		good += memory_ask(0, FFAV_ROGUE_RETRIEVE, handle) == PAGES;
		retrieve += lap(&start);
		good += memory_ask(0, FFAV_ROGUE_RELINQUISH, handle) == FFA_SUCCESS_32;
		relinquish += lap(&start);
		good += memory_reclaim(handle) == FFA_SUCCESS_32;
		reclaim += lap(&start);
	}
	bare_equal(good, 3 * TURNS, "all calls succeed");
	print("share", pages, share);
	print("retrieve", pages, retrieve);
	print("relinquish", pages, relinquish);
	print("reclaim", pages, reclaim);
}

_Noreturn void bare_main(const void *dtb)
{
	uint64_t start, empty = 0;

	(void)dtb;
	bare_print("TAP version 13\n");
	memory_start();
	for (unsigned int i = 0; i < TURNS; i++) {
		start = ffav_sysreg_read(cntpct_el0);
		memory_ask(0, FFAV_ROGUE_PLAIN, 0);
		empty += lap(&start);
	}
	print("request", 0, empty);
	measure(1);
	measure(16);
	bare_end();
}
