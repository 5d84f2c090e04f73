/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A normal world that makes the secure one do everything that it does for MM calls, so that
 * scripts/latency.py can look how long it keeps interrupts off: every service, values that
 * need several sectors of the flash, refusals with their lines, preemptions and resumes.
 */
#include "machines/qemu-virt/memory.h"
#include "machines/qemu-virt/test/library.h"

#define LARGE        0x8000u
#define LARGE_WRITES 20u
#define REFUSALS     40u

static void every_service(void)
{
	static uint16_t name[64];
	struct efi_guid guid = {{0}};
	uint64_t size = sizeof(name), a, b, c;

	bare_equal(library_set(0, 100, 1), EFI_SUCCESS, "SetVariable() creates");
	bare_equal(library_set(0, 90, 2), EFI_SUCCESS, "SetVariable() overwrites");
	bare_equal(library_get(0, 90, 2), EFI_SUCCESS, "GetVariable()");
	bare_equal(library_get(9, 1, 1), EFI_NOT_FOUND, "GetVariable() of none");
	bare_equal(ffav_get_next_variable_name(&library_mm, &size, name, &guid), EFI_SUCCESS,
		   "GetNextVariableName()");
	bare_equal(ffav_query_variable_info(&library_mm, LIBRARY_PLAIN, &a, &b, &c),
		   EFI_SUCCESS, "QueryVariableInfo()");
	bare_equal(library_set(0, 0, 0), EFI_SUCCESS, "SetVariable() deletes");
}

static void large_values(void)
{
	efi_status_t status = EFI_SUCCESS;

	for (unsigned int i = 0; i < LARGE_WRITES && !status; i++)
		status = library_set(1, LARGE, i);
	bare_equal(status, EFI_SUCCESS, "values of 32 KiB, over several sectors of the flash");
	bare_equal(library_get(1, LARGE, LARGE_WRITES - 1), EFI_SUCCESS,
		   "and the last is read");
}

/* Each of these leaves a line in a ring, the partition's or the manager's. */
static void refusals(void)
{
	static const uint16_t name[] = {'R', 0};
	struct efi_guid guid = {{0}};
	unsigned int refused = 0;

	bare_equal(ffav_set_variable(&library_mm, name, &guid, LIBRARY_PLAIN, 1, "x"),
		   EFI_SUCCESS, "one more variable");
	for (unsigned int i = 0; i < REFUSALS; i++) {
		/* Its attributes cannot change. */
		refused += ffav_set_variable(&library_mm, name, &guid,
					     LIBRARY_PLAIN & ~EFI_VARIABLE_NON_VOLATILE, 1,
					     "x") == EFI_INVALID_PARAMETER;
		refused += bare_call(FFA_RUN, 0x80010000 + i, 0, 0).x[0] == FFA_ERROR;
		refused += bare_call(FFA_RXTX_MAP_64, FFAV_SECURE_RAM_BASE, 0, 1).x[0] ==
			   FFA_ERROR;
	}
	bare_equal(refused, 3 * REFUSALS, "what is wrong is refused");
}

_Noreturn void bare_main(const void *dtb)
{
	(void)dtb;
	library_interrupts_on();
	bare_print("TAP version 13\n");
	bare_equal(library_probe(), EFI_SUCCESS, "the library finds the partition");
	every_service();
	library_period = 50;
	large_values();
	refusals();
	bare_ok(library_preempted[0] >= 20, "the timer preempted the partition at its work");
	bare_equal(ffav_variables_exit_boot_services(&library_mm), EFI_SUCCESS,
		   "ExitBootServices");
	bare_end();
}
