/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A partition for tests of the monitor: it answers a direct request with its own words, takes
 * its time over it, or does what a partition must not be able to do.
 */
#include "machines/qemu-virt/rogue/rogue.h"
#include "machines/qemu-virt/el3/sysreg.h"
#include "machines/qemu-virt/rogue/flash.h"
#include "machines/qemu-virt/rogue/fp.h"
#include "machines/qemu-virt/rogue/memory.h"
#include "machines/qemu-virt/memory.h"
#include "machines/qemu-virt/sel0/sel0.h"
#include "secure/mm/partition.h"

static const uint32_t constant_value = 0x600df00d;
static uint32_t instruction = 0xd65f03c0; /* ret */
static uint64_t zero_word;
static uint64_t turns;

static void spin(uint64_t count)
{
	/* The counter proves that it went on where it was interrupted. */
	for (uint64_t i = 0; i < count; i++) {
		turns++;
		__asm__ volatile("" : : : "memory");
	}
}

static void touch(uint64_t address)
{
	*(volatile uint32_t *)(uintptr_t)address = 1;
}

/* Use 2 KiB of stack for each step down. */
static uint64_t dive(uint64_t depth)
{
	volatile uint64_t room[256];

	room[0] = depth;
	return depth ? dive(depth - 1) + room[0] : 0;
}

/* @regs: of the request; on return those of its response */
static void call(struct ffav_smc_regs *regs)
{
	struct ffav_smc_regs inner = {
		.x = {FFA_MSG_SEND_DIRECT_REQ_64,
		      ffav_ffa_endpoints(ffav_ffa_receiver(regs->x[1]), (uint16_t)regs->x[5]),
		      0, regs->x[6], regs->x[4]},
	};

	ffav_partition_call(&inner);
	regs->x[4] = inner.x[4];
	regs->x[5] = inner.x[0];
	regs->x[6] = inner.x[2];
}

static uint64_t obey(uint16_t self, uint64_t command, uint64_t argument)
{
	uint64_t old;

	switch (command) {
	case FFAV_ROGUE_PLAIN:
		break;
	case FFAV_ROGUE_SLOW:
		turns = 0;
		spin(argument);
		return turns;
	case FFAV_ROGUE_WRITE_ADDRESS:
		touch(argument);
		break;
	case FFAV_ROGUE_WRITE_CODE:
		touch((uintptr_t)ffav_sel0_main);
		break;
	case FFAV_ROGUE_WRITE_CONSTANT:
		touch((uintptr_t)&constant_value);
		break;
	case FFAV_ROGUE_EXECUTE_DATA:
		((void (*)(void))(uintptr_t)&instruction)();
		break;
	case FFAV_ROGUE_OVERFLOW_STACK:
		return dive(argument);
	case FFAV_ROGUE_FP:
		return ffav_fp_exchange(argument);
	case FFAV_ROGUE_READ_SHARED:
		return *(volatile uint64_t *)(uintptr_t)(FFAV_SHARED_BUFFER_BASE + argument);
	case FFAV_ROGUE_BSS:
		old = zero_word;
		zero_word = argument;
		return old;
	case FFAV_ROGUE_FLASH:
		return ffav_rogue_flash();
	case FFAV_ROGUE_READ_COUNTER:
		return ffav_sysreg_read(pmccntr_el0);
	default:
		return ffav_rogue_memory(self, command, argument);
	}
	return argument;
}

/* @regs: of a direct request; on return those of its response */
static void respond(struct ffav_smc_regs *regs)
{
	struct ffav_smc_regs request = *regs;

	if (request.x[3] == FFAV_ROGUE_CALL)
		call(&request);
	memset(regs, 0, sizeof(*regs));
	regs->x[0] = FFA_MSG_SEND_DIRECT_RESP_64;
	regs->x[1] = ffav_ffa_endpoints(ffav_ffa_receiver(request.x[1]),
					ffav_ffa_sender(request.x[1]));
	regs->x[3] = request.x[3];
	regs->x[4] = obey(ffav_ffa_receiver(request.x[1]), request.x[3], request.x[4]);
	regs->x[5] = request.x[5];
	regs->x[6] = request.x[6];
	regs->x[7] = request.x[7];
}

/* A request of the second kind carries a UUID where the other has a command: it is only echoed. */
static void respond2(struct ffav_smc_regs *regs)
{
	regs->x[0] = FFA_MSG_SEND_DIRECT_RESP2;
	regs->x[1] =
		ffav_ffa_endpoints(ffav_ffa_receiver(regs->x[1]), ffav_ffa_sender(regs->x[1]));
	regs->x[2] = 0;
	regs->x[3] = 0;
}

_Noreturn void ffav_sel0_main(const void *boot_info, size_t size)
{
	struct ffav_smc_regs regs = {.x = {FFA_MSG_WAIT}};
	uint32_t fdt_size;
	uint64_t fdt;

	if (!ffav_boot_info_decode(boot_info, size, &fdt, &fdt_size)) {
		regs.x[0] = FFA_ERROR;
		regs.x[2] = (uint32_t)FFA_INVALID_PARAMETERS;
	}
	ffav_rogue_memory_start();
	for (;;) {
		ffav_partition_call(&regs);
		switch (regs.x[0]) {
		case FFA_MSG_SEND_DIRECT_REQ_64:
			respond(&regs);
			break;
		case FFA_MSG_SEND_DIRECT_REQ2:
			respond2(&regs);
			break;
		default:
			memset(&regs, 0, sizeof(regs));
			regs.x[0] = FFA_MSG_WAIT;
			break;
		}
	}
}
