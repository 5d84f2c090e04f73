// SPDX-License-Identifier: BSD-3-Clause
/*
 * The server's half of the standard workload: N variables under one GUID, names
 * Var00000..., 64 bytes of data, attributes 7. Each call enters the partition's
 * message entry as one buffer; callgrind collects inside measured() only.
 *
 *   bench_server OPERATION VARIABLES CALLS SECTORS UNIT
 *
 * OPERATION is get, miss, overwrite, create, delete, next or mount. One line of
 * results: calls made, bytes programmed, sectors erased, worst single call in
 * bytes programmed and erases, bytes of index memory.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "secure/mm/service.h"
#include "tests/bench/flash.h"

#define SECTOR_SIZE 4096u
#define NAME_SIZE   18u
/* For any name in an enumeration: the service's computed variables are there too. */
#define NAME_ROOM    64u
#define DATA_SIZE    64u
#define BUFFER_SIZE  ((size_t)128 * 1024)
#define SHARED       UINT64_C(0x40200000)
#define ATTRIBUTES   7u
#define MESSAGE_BASE (MM_HEADER_V1_SIZE + FFAV_VAR_HEADER_SIZE)

static const struct efi_guid vendor = EFI_GUID_INIT(0x5f3d2a10, 0x7c41, 0x4b8e, 0x9d, 0x02,
						    0x11, 0x22, 0x33, 0x44, 0x55, 0x66);

static struct bench_flash flash;
static struct bench_flash memory;
static struct ffav_store nonvolatile;
static struct ffav_store volatiles;
static struct ffav_variables variables;
static struct ffav_service service;
static uint8_t *shared;
static uint64_t random_state = 88172645463325252u;

static _Noreturn void die(const char *what, uint64_t value)
{
	fprintf(stderr, "bench_server: %s (0x%" PRIx64 ").\n", what, value);
	exit(2);
}

static void *allocate(size_t size)
{
	void *p = aligned_alloc(64, (size + 63) & ~(size_t)63);

	if (!p)
		die("There is no memory", size);
	return p;
}

static uint32_t draw(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 20) % below;
}

static void mount(struct ffav_store *store, const struct ffav_flash *f, uint32_t items,
		  size_t *used)
{
	size_t size = ffav_store_memory(f, items);
	int result;

	result = ffav_store_format(f);
	if (result)
		die("The store is not formatted", (uint64_t)(int64_t)result);
	result = ffav_store_mount(store, f, allocate(size), size);
	if (result)
		die("The store is not mounted", (uint64_t)(int64_t)result);
	if (used)
		*used = size;
}

/* The message entry of the partition: what the manager's switch leads to. */
__attribute__((noinline)) static int measured(void)
{
	return ffav_service_message(&service, 0);
}

/* Ring with @size bytes of payload; the reply is checked on every call. */
static efi_status_t ring(int (*entry)(void), uint64_t function, size_t size)
{
	static const struct efi_guid guid = MM_VARIABLE_GUID;
	struct ffav_mm_header h = {.guid = guid.b,
				   .header_size = MM_HEADER_V1_SIZE,
				   .data_size = FFAV_VAR_HEADER_SIZE + size};
	int code;

	if (!ffav_mm_header_encode(shared, BUFFER_SIZE, &h))
		die("The message does not fit", size);
	ffav_var_header_encode(shared + MM_HEADER_V1_SIZE, function, EFI_DEVICE_ERROR);
	code = entry();
	if (code)
		die("The message was answered with a code", (uint64_t)(int64_t)code);
	if (!ffav_mm_header_decode(shared, BUFFER_SIZE, &h) ||
	    ffav_var_function(shared + MM_HEADER_V1_SIZE) != function)
		die("The reply is malformed, function", function);
	return ffav_var_status(shared + MM_HEADER_V1_SIZE);
}

static int unmeasured(void)
{
	return ffav_service_message(&service, 0);
}

static void name_of(uint32_t n, uint8_t *out)
{
	char text[NAME_SIZE / 2];

	snprintf(text, sizeof(text), "Var%05" PRIu32, n % 100000);
	for (size_t i = 0; i < sizeof(text); i++)
		ffav_put16(out + 2 * i, (uint8_t)text[i]);
}

static size_t put_access(uint32_t n, uint64_t data_size, uint8_t fill)
{
	uint8_t name[NAME_SIZE];
	struct ffav_var_access a = {.guid = vendor.b,
				    .name = name,
				    .name_size = NAME_SIZE,
				    .attributes = ATTRIBUTES,
				    .data_size = data_size};
	size_t at;

	name_of(n, name);
	at = ffav_var_access_encode(shared + MESSAGE_BASE, BUFFER_SIZE - MESSAGE_BASE, &a);
	memset(shared + MESSAGE_BASE + at, fill, DATA_SIZE);
	return at;
}

static void expect(efi_status_t status, efi_status_t wanted)
{
	if (status != wanted)
		die("A call was answered with status", status);
}

static void set(int (*entry)(void), uint32_t n, uint8_t fill)
{
	size_t at = put_access(n, DATA_SIZE, fill);

	expect(ring(entry, FFAV_VAR_SET, at + DATA_SIZE), EFI_SUCCESS);
}

static void delete (int (*entry)(void), uint32_t n)
{
	size_t at = put_access(n, 0, 0);

	expect(ring(entry, FFAV_VAR_SET, at), EFI_SUCCESS);
}

static void get(uint32_t n, bool there)
{
	size_t at = put_access(n, DATA_SIZE, 0);
	struct ffav_var_access a;

	expect(ring(measured, FFAV_VAR_GET, at + DATA_SIZE),
	       there ? EFI_SUCCESS : EFI_NOT_FOUND);
	if (there &&
	    (!ffav_var_access_decode(shared + MESSAGE_BASE, at + DATA_SIZE, true, &a) ||
	     a.data_size != DATA_SIZE || a.attributes != ATTRIBUTES))
		die("GetVariable answered something else about", n);
}

/* One pass over all variables, from the first to the end. */
static uint64_t enumerate(void)
{
	uint8_t name[NAME_ROOM] = {0};
	size_t name_size = 2;
	struct efi_guid guid = {0};
	uint64_t steps = 0;

	for (;;) {
		efi_status_t status;

		if (!ffav_var_next_encode(shared + MESSAGE_BASE, BUFFER_SIZE - MESSAGE_BASE,
					  guid.b, NAME_ROOM, name, name_size))
			die("The message does not fit", name_size);
		memset(shared + MESSAGE_BASE + FFAV_VAR_NEXT_SIZE + name_size, 0,
		       NAME_ROOM - name_size);
		status = ring(measured, FFAV_VAR_GET_NEXT_NAME, FFAV_VAR_NEXT_SIZE + NAME_ROOM);
		steps++;
		if (status == EFI_NOT_FOUND)
			return steps;
		expect(status, EFI_SUCCESS);
		memcpy(guid.b, shared + MESSAGE_BASE, sizeof(guid));
		name_size = (size_t)ffav_get64(shared + MESSAGE_BASE + 16);
		if (name_size > NAME_ROOM)
			die("A name is longer than its room", name_size);
		memcpy(name, shared + MESSAGE_BASE + FFAV_VAR_NEXT_SIZE, name_size);
	}
}

static void start(uint32_t items, uint32_t sectors, uint32_t unit, size_t *index)
{
	static uint8_t copy[BUFFER_SIZE];
	static uint8_t scratch[65536];
	struct ffav_variables_config config = {.payload_max = (uint32_t)(BUFFER_SIZE - 72),
					       .name_max = 2050,
					       .data_max = sizeof(scratch),
					       .scratch = scratch};

	bench_flash_init(&flash, SECTOR_SIZE, sectors, unit);
	bench_flash_init(&memory, SECTOR_SIZE, 64, 4);
	mount(&nonvolatile, &flash.flash, items, index);
	mount(&volatiles, &memory.flash, 64, NULL);
	ffav_variables_init(&variables, &config, &nonvolatile, &volatiles);
	shared = allocate(BUFFER_SIZE);
	service.shared = shared;
	service.shared_address = SHARED;
	service.shared_size = BUFFER_SIZE;
	service.copy = copy;
	service.copy_size = sizeof(copy);
	service.variables = &variables;
}

/** Worst single call so far. */
static uint64_t worst_bytes;
static uint64_t worst_erases;

static uint64_t one_call(char operation, uint32_t n, uint32_t call)
{
	switch (operation) {
	case 'g':
		get(draw(n), true);
		return 1;
	case 'm':
		get(n + draw(99999 - n), false);
		return 1;
	case 'o':
		set(measured, draw(n), (uint8_t)(call + 1));
		return 1;
	case 'c':
		set(measured, n + call % 89, (uint8_t)call);
		delete (unmeasured, n + call % 89);
		return 1;
	case 'd':
		set(unmeasured, n + call % 89, (uint8_t)call);
		delete (measured, n + call % 89);
		return 1;
	case 'n':
		return enumerate();
	default:
		die("There is no such operation", (uint8_t)operation);
	}
}

int main(int argc, char **argv)
{
	uint32_t n, calls, sectors, unit;
	uint64_t made = 0;
	uint64_t bytes, erases;
	size_t index;

	if (argc != 6)
		die("Arguments are OPERATION VARIABLES CALLS SECTORS UNIT, given",
		    (uint64_t)argc - 1);
	n = (uint32_t)strtoul(argv[2], NULL, 10);
	calls = (uint32_t)strtoul(argv[3], NULL, 10);
	sectors = (uint32_t)strtoul(argv[4], NULL, 10);
	unit = (uint32_t)strtoul(argv[5], NULL, 10);
	if (!n || n > 90000)
		die("The number of variables is 1 to 90000, not", n);
	start(n + 100, sectors, unit, &index);
	for (uint32_t i = 0; i < n; i++)
		set(unmeasured, i, (uint8_t)i);
	bytes = flash.bytes_programmed;
	erases = flash.erases;
	for (uint32_t i = 0; made < calls; i++) {
		uint64_t b = flash.bytes_programmed;
		uint64_t e = flash.erases;

		made += one_call(argv[1][0], n, i);
		if (flash.bytes_programmed - b > worst_bytes)
			worst_bytes = flash.bytes_programmed - b;
		if (flash.erases - e > worst_erases)
			worst_erases = flash.erases - e;
	}
	printf("%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %zu\n", made,
	       flash.bytes_programmed - bytes, flash.erases - erases, worst_bytes, worst_erases,
	       index);
	return 0;
}
