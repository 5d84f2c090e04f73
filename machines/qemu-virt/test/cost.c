/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A normal world that says what each service costs, for scripts/bench.py. Under QEMU's
 * "-icount shift=0" the counter advances with instructions, of whichever world: one is a
 * nanosecond.
 */
#include "machines/qemu-virt/test/library.h"

#define CALLS     200u
#define DATA_SIZE 64u
#define VARIABLES 1000u

static const struct efi_guid vendor = EFI_GUID_INIT(0x11bd2c3d, 0x7e1f, 0x4a2b, 0x93, 0x84,
						    0x75, 0x66, 0x57, 0x48, 0x39, 0x2a);
static uint8_t data[DATA_SIZE];
static uint16_t walk[64];
static struct efi_guid walk_guid;
static uint32_t chance = 1;

/* 18 bytes with the terminator. */
static void name_of(uint16_t name[9], unsigned int n)
{
	name[0] = 'V';
	for (unsigned int i = 7; i; i--, n /= 10)
		name[i] = (uint16_t)('0' + n % 10);
	name[8] = 0;
}

static unsigned int any(unsigned int count)
{
	chance = chance * 1664525u + 1013904223u;
	return (chance >> 8) % count;
}

static efi_status_t set(unsigned int n)
{
	uint16_t name[9];

	name_of(name, n);
	data[0]++;
	return ffav_set_variable(&library_mm, name, &vendor, LIBRARY_PLAIN, DATA_SIZE, data);
}

static efi_status_t overwrite_any(unsigned int count)
{
	return set(any(count));
}

static efi_status_t get_any(unsigned int count)
{
	uint64_t size = DATA_SIZE;
	uint32_t attributes;
	uint16_t name[9];

	name_of(name, any(count));
	return ffav_get_variable(&library_mm, name, &vendor, &attributes, &size, data);
}

static efi_status_t next(unsigned int count)
{
	uint64_t size = sizeof(walk);
	efi_status_t status = ffav_get_next_variable_name(&library_mm, &size, walk, &walk_guid);

	(void)count;
	if (status == EFI_NOT_FOUND) {
		walk[0] = 0;
		return EFI_SUCCESS;
	}
	return status;
}

static efi_status_t query(unsigned int count)
{
	uint64_t a, b, c;

	(void)count;
	return ffav_query_variable_info(&library_mm, LIBRARY_PLAIN, &a, &b, &c);
}

/* "# cost SERVICE VARIABLES CALLS INSTRUCTIONS SECURE", the last two of all calls together. */
static void measure(const char *what, efi_status_t (*service)(unsigned int count),
		    unsigned int count)
{
	uint64_t start = ffav_counter(), ticks;
	efi_status_t status = EFI_SUCCESS;
	uint64_t scale = 1000000000 / ffav_counter_rate();

	library_secure_ticks = 0;
	for (unsigned int i = 0; i < CALLS && !status; i++)
		status = service(count);
	ticks = ffav_counter() - start;
	bare_equal(status, EFI_SUCCESS, what);
	bare_print("# cost ");
	bare_print(what);
	bare_print(" ");
	bare_print_number(count);
	bare_print(" ");
	bare_print_number(CALLS);
	bare_print(" ");
	bare_print_number((unsigned int)(ticks * scale));
	bare_print(" ");
	bare_print_number((unsigned int)(library_secure_ticks * scale));
	bare_print("\n");
}

_Noreturn void bare_main(const void *dtb)
{
	efi_status_t status;
	unsigned int made = 0;

	(void)dtb;
	bare_print("TAP version 13\n");
	bare_equal(library_probe(), EFI_SUCCESS, "the library finds the partition");
	for (unsigned int count = 10; count <= VARIABLES; count *= 10) {
		for (status = EFI_SUCCESS; made < count && !status; made++)
			status = set(made);
		bare_equal(status, EFI_SUCCESS, "variables are created");
		walk[0] = 0;
		measure("get", get_any, count);
		measure("set", overwrite_any, count);
		measure("next", next, count);
		measure("query", query, count);
	}
	bare_end();
}
