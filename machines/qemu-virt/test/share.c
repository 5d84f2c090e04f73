/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A normal world that shares its MM buffer by FFA_MEM_SHARE: the partition retrieves it, works on
 * it, and gives it up; then both go on with the one of the manifest, which was not touched.
 */
#include "machines/qemu-virt/memory.h"
#include "machines/qemu-virt/test/library.h"

/* Not whole 2 MiB: the partition's map has to have pages there. */
#define BUFFER (FFAV_RAM_BASE + 0x02345000)
#define SIZE   ((size_t)0x12000)
#define LARGE  0x7000u

static uint8_t rxtx[2][4096] __attribute__((aligned(4096)));

static efi_status_t probe_sharing(uint64_t address)
{
	return ffav_mm_probe_sharing(&library_mm, (void *)(uintptr_t)address, address, SIZE, 0,
				     rxtx, (uintptr_t)rxtx);
}

static int64_t reclaim(uint64_t handle)
{
	struct ffav_smc_regs regs =
		bare_call(FFA_MEM_RECLAIM, (uint32_t)handle, handle >> 32, 0);

	return regs.x[0] == FFA_ERROR ? (int32_t)(uint32_t)regs.x[2] : 0;
}

static bool manifest_buffer_used(void)
{
	const uint8_t *p = (const uint8_t *)FFAV_SHARED_BUFFER_BASE;

	for (size_t i = 0; i < FFAV_SHARED_BUFFER_SIZE; i++) {
		if (p[i])
			return true;
	}
	return false;
}

_Noreturn void bare_main(const void *dtb)
{
	efi_status_t status = EFI_SUCCESS;
	uint64_t handle;

	(void)dtb;
	bare_print("TAP version 13\n");
	library_interrupts_on();
	bare_equal(probe_sharing(BUFFER), EFI_SUCCESS,
		   "the library shares a buffer with the partition");
	handle = library_mm.handle;
	bare_ok(handle != 0, "under a handle");
	bare_equal(library_mm.buffer_address, BUFFER, "of its own choice");
	bare_equal(library_set(1, LARGE, 1), EFI_SUCCESS, "a variable is written there");
	bare_equal(library_get(1, LARGE, 1), EFI_SUCCESS, "and read");
	library_period = 50;
	for (unsigned int i = 0; i < 10 && !status; i++) {
		status = library_set(2, 2000, i);
		if (!status)
			status = library_get(2, 2000, i);
	}
	library_period = 0;
	bare_equal(status, EFI_SUCCESS, "others are, again and again, while interrupts come");
	bare_ok(library_preempted[0] > 0, "which preempt the partition");
	bare_equal((uint64_t)reclaim(handle), (uint64_t)FFA_DENIED,
		   "while the partition has it, it is not reclaimed");
	bare_ok(!manifest_buffer_used(), "the manifest's buffer was not touched");
	ffav_mm_buffer_take_back(&library_mm);
	bare_ok(!library_mm.dead && !library_mm.found, "the partition gives it up");
	bare_equal((uint64_t)reclaim(handle), (uint64_t)FFA_INVALID_PARAMETERS,
		   "and the handle is gone");
	library_forget();
	bare_equal(library_probe(), EFI_SUCCESS, "the manifest's buffer works again");
	bare_equal(library_get(1, LARGE, 1), EFI_SUCCESS, "with the same variables");
	library_forget();
	bare_equal(probe_sharing(BUFFER + SIZE), EFI_SUCCESS, "another buffer is shared");
	bare_equal(ffav_variables_exit_boot_services(&library_mm), EFI_SUCCESS,
		   "boot services end");
	bare_equal(library_set(1, LARGE, 2), EFI_SUCCESS, "a variable is written at runtime");
	bare_equal(library_get(1, LARGE, 2), EFI_SUCCESS, "and read");
	bare_end();
}
