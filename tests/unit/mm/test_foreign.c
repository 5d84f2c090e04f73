// SPDX-License-Identifier: BSD-3-Clause
/*
 * The partition under a manager that is not ours, from its entry point on. The test is that
 * manager. It does what OP-TEE was seen to do: it says nothing about the size of the boot
 * information, writes virtual addresses into the manifest, takes both away at the first
 * FFA_MSG_WAIT, and returns from FFA_ERROR.
 */
/* mmap(), sigsetjmp() */
#define _GNU_SOURCE

#include "tests/unit/variables/fixture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <libfdt.h>

#include "secure/mm/loop.h"
#include "secure/mm/partition.h"

#define PHYSICAL    UINT64_C(0x50000000)
#define SHARED_SIZE 0x20000u
#define STORE_SIZE  0x400000u
#define SECTOR_SIZE 0x40000u
#define STEPS       16u
#define THERE       UINT64_C(0x00008002)
#define ARRAY(a)    (sizeof(a) / sizeof((a)[0]))

/* Pages: boot information, a guard, the manifest, a guard. */
#define BOOT_INFO 0u
#define TREE      (2u * FFA_PAGE_SIZE)
#define MAP_SIZE  (4u * FFA_PAGE_SIZE)

static uint8_t *map;
static uint8_t *shared;
static struct ffav_nor nor;
static bool no_flash;

static struct ffav_smc_regs returns[STEPS];
static struct ffav_smc_regs calls[STEPS];
static unsigned int return_count, call_count;
static char console[1024];
static size_t console_size;
static unsigned int console_calls;
static sigjmp_buf end;

void ffav_partition_call(struct ffav_smc_regs *regs)
{
	if (regs->x[0] == FFA_CONSOLE_LOG_64) {
		assert_in_range(regs->x[1], 1, 48);
		for (size_t i = 0; i < regs->x[1]; i++) {
			assert_true(console_size < sizeof(console) - 1);
			console[console_size++] = (char)(regs->x[2 + i / 8] >> 8 * (i % 8));
		}
		console_calls++;
		memset(regs, 0, sizeof(*regs));
		regs->x[0] = FFA_SUCCESS_32;
		return;
	}
	if (regs->x[0] == FFA_MSG_WAIT)
		assert_int_equal(mprotect(map, MAP_SIZE, PROT_NONE), 0);
	assert_true(call_count < STEPS);
	calls[call_count++] = *regs;
	if (call_count > return_count)
		siglongjmp(end, 1);
	*regs = returns[call_count - 1];
}

void *ffav_partition_map(uint64_t address, size_t size)
{
	assert_int_equal(address, (uintptr_t)shared);
	assert_int_equal(size, SHARED_SIZE);
	return (void *)(uintptr_t)address;
}

int ffav_partition_flash(struct ffav_flash *flash, uint64_t address, size_t size)
{
	/* A page further on than a sector would begin, as it is mapped nowhere in particular. */
	assert_int_equal(address, 0x40001000);
	assert_int_equal(size, STORE_SIZE);
	*flash = nor.flash;
	return no_flash ? -1 : 0;
}

bool ffav_partition_counter(struct ffav_counter *counter)
{
	(void)counter;
	return false;
}

static void set_address(void *fdt, const char *path, const char *name, uint64_t value)
{
	assert_int_equal(fdt_setprop_u64(fdt, fdt_path_offset(fdt, path), name, value), 0);
}

static int setup(void **state)
{
	FILE *file = fopen(getenv("MANIFEST"), "rb");
	static uint8_t blob[FFA_PAGE_SIZE];
	size_t size;

	(void)state;
	no_flash = false;
	return_count = 0;
	if (!file)
		return -1;
	size = fread(blob, 1, sizeof(blob), file);
	fclose(file);
	map = mmap(NULL, MAP_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	shared = aligned_alloc(FFA_PAGE_SIZE, SHARED_SIZE);
	if (size < 100 || map == MAP_FAILED || !shared ||
	    ffav_nor_memory(&nor, SECTOR_SIZE, STORE_SIZE / SECTOR_SIZE, 4) ||
	    mprotect(map + BOOT_INFO + FFA_PAGE_SIZE, FFA_PAGE_SIZE, PROT_NONE) ||
	    mprotect(map + TREE + FFA_PAGE_SIZE, FFA_PAGE_SIZE, PROT_NONE) ||
	    fdt_open_into(blob, map + TREE, FFA_PAGE_SIZE))
		return -1;
	(void)fx_reported("");
	set_address(map + TREE, "/memory-regions/shared-buffer", "base-address",
		    (uintptr_t)shared);
	set_address(map + TREE, "/device-regions/variable-store", "base-address", 0x40001000);
	ffav_boot_info_encode(map + BOOT_INFO, FFA_PAGE_SIZE, (uintptr_t)(map + TREE),
			      FFA_PAGE_SIZE);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ffav_nor_close(&nor);
	free(shared);
	return munmap(map, MAP_SIZE);
}

/* Run the partition; which signal ended it, or 0 if its script did. */
static int run_from(const void *boot_info)
{
	int how;

	call_count = 0;
	console_size = 0;
	console_calls = 0;
	memset(console, 0, sizeof(console));
	how = sigsetjmp(end, 1);
	if (!how)
		ffav_mm_main(boot_info, 0);
	return how > 1 ? how : 0;
}

static int run(void)
{
	return run_from(map + BOOT_INFO);
}

static struct ffav_smc_regs *script(uint64_t x0)
{
	struct ffav_smc_regs *regs = &returns[return_count++];

	*regs = (struct ffav_smc_regs){.x = {x0, THERE}};
	return regs;
}

static void put_payload_size(size_t offset)
{
	static const struct efi_guid guid = MM_VARIABLE_GUID;
	struct ffav_mm_header h = {
		.guid = &guid, .header_size = MM_HEADER_V1_SIZE, .data_size = 24};
	uint8_t *at = shared + offset;

	assert_true(ffav_mm_header_encode(at, SHARED_SIZE - offset, &h));
	ffav_var_header_encode(at + MM_HEADER_V1_SIZE, FFAV_VAR_PAYLOAD_SIZE, 1);
}

/* The reply's payload. */
static uint64_t payload_size(size_t offset)
{
	return ffav_get64(shared + offset + MM_HEADER_V1_SIZE + 16);
}

static void offset_doorbell_at_virtual_addresses(void **state)
{
	(void)state;
	put_payload_size(0);
	script(FFA_MSG_SEND_DIRECT_REQ_64);
	assert_int_equal(run(), 0);
	assert_int_equal(console_size, 0);
	assert_int_equal(call_count, 2);
	assert_int_equal(calls[0].x[0], FFA_MSG_WAIT);
	assert_int_equal(calls[1].x[0], FFA_MSG_SEND_DIRECT_RESP_64);
	/* Requester and partition changed places; a response with anything in x2 is refused. */
	assert_int_equal(calls[1].x[1], 0x80020000);
	assert_int_equal(calls[1].x[2], 0);
	assert_int_equal(calls[1].x[3], 0);
	assert_int_equal(payload_size(0), SHARED_SIZE - 56 - 16);
}

/* Doorbells of the normal world name physical addresses, whatever the partition's are. */
static void address_doorbells_at_virtual_addresses(void **state)
{
	static const struct ffav_uuid uuid = FFAV_UUID_MM_COMMUNICATION2;
	struct ffav_smc_regs *regs;

	(void)state;
	put_payload_size(0x1000);
	put_payload_size(0x2000);
	script(FFA_MSG_SEND_DIRECT_REQ_64)->x[3] = PHYSICAL + 0x1000;
	regs = script(FFA_MSG_SEND_DIRECT_REQ2);
	regs->x[2] = ffav_uuid_lo(&uuid);
	regs->x[3] = ffav_uuid_hi(&uuid);
	regs->x[4] = PHYSICAL + 0x2000;
	script(FFA_MSG_SEND_DIRECT_REQ_64)->x[3] = (uintptr_t)shared;
	assert_int_equal(run(), 0);
	assert_int_equal(call_count, 4);
	assert_int_equal(calls[1].x[3], MM_EVENT_COMPLETE);
	assert_int_equal(calls[1].x[4], 0);
	assert_int_equal(payload_size(0x1000), SHARED_SIZE - 56 - 16);
	assert_int_equal(calls[2].x[0], FFA_MSG_SEND_DIRECT_RESP2);
	assert_int_equal(calls[2].x[4], 0);
	assert_int_equal(payload_size(0x2000), SHARED_SIZE - 56 - 16);
	assert_int_equal((int64_t)calls[3].x[3], MM_INVALID_PARAMETER);
	assert_int_equal((int64_t)calls[3].x[4], MM_INVALID_PARAMETER);
}

/* Another partition may share what it has, but not put it in the normal world's buffer's place. */
static void buffer_is_the_normal_worlds_to_replace(void **state)
{
	static const uint16_t senders[] = {0x8001, 0x8003, 0xffff};
	static const uint64_t messages[] = {MM_BUFFER_TAKE, MM_BUFFER_GIVE_UP};
	unsigned int rows = ARRAY(senders) * ARRAY(messages);

	(void)state;
	for (unsigned int i = 0; i < rows; i++) {
		struct ffav_smc_regs *regs = script(FFA_MSG_SEND_DIRECT_REQ_64);

		regs->x[1] = ffav_ffa_endpoints(senders[i / ARRAY(messages)], THERE);
		regs->x[3] = messages[i % ARRAY(messages)];
		regs->x[4] = 1;
		regs->x[5] = PHYSICAL;
		regs->x[6] = SHARED_SIZE;
	}
	script(FFA_MSG_SEND_DIRECT_REQ_64)->x[3] = MM_BUFFER_TAKE;
	script(FFA_ERROR);
	assert_int_equal(run(), 0);
	/* The manager is asked for nothing. */
	for (unsigned int i = 0; i < rows; i++) {
		const uint64_t *x = calls[1 + i].x;

		assert_int_equal(x[0], FFA_MSG_SEND_DIRECT_RESP_64);
		assert_int_equal(x[1], ffav_ffa_endpoints(THERE, senders[i / ARRAY(messages)]));
		assert_int_equal(x[2], 0);
		assert_int_equal((int64_t)x[3], MM_DENIED);
		assert_int_equal((int64_t)x[4], MM_DENIED);
	}
	assert_non_null(strstr(console, "it is not the normal world's"));
	/* The normal world's own message goes as far as to the manager, which refuses. */
	assert_int_equal(calls[1 + rows].x[0], FFA_RXTX_MAP_64);
	assert_int_equal((int64_t)calls[2 + rows].x[3], MM_NOT_SUPPORTED);
}

/* Without a size nothing is read beyond the page in which the boot information begins. */
static void boot_info_ends_with_its_page(void **state)
{
	uint8_t *last = map + FFA_PAGE_SIZE - FFA_BOOT_INFO_HEADER_SIZE;

	(void)state;
	memcpy(last, map + BOOT_INFO, FFA_BOOT_INFO_HEADER_SIZE);
	assert_int_equal(run_from(last), 0);
	assert_non_null(strstr(console, "no boot information"));
	/* A blob that says itself that it is shorter than what it holds. */
	ffav_put32(map + BOOT_INFO + 8,
		   FFA_BOOT_INFO_HEADER_SIZE + FFA_BOOT_INFO_DESC_SIZE - 1);
	assert_int_equal(run(), 0);
	assert_non_null(strstr(console, "no boot information"));
	assert_int_equal(run_from(NULL), 0);
	assert_non_null(strstr(console, "no boot information"));
}

/* FFA_ERROR is returned to the partition: it tells everybody that there is no service. */
static void a_failed_start_refuses_requests(void **state)
{
	static const uint64_t requests[] = {FFA_MSG_SEND_DIRECT_REQ_64,
					    FFA_MSG_SEND_DIRECT_REQ2,
					    FFA_MSG_SEND_DIRECT_REQ_32};
	static const uint64_t responses[] = {FFA_MSG_SEND_DIRECT_RESP_64,
					     FFA_MSG_SEND_DIRECT_RESP2,
					     FFA_MSG_SEND_DIRECT_RESP_32};

	(void)state;
	no_flash = true;
	script(FFA_ERROR);
	for (size_t i = 0; i < ARRAY(requests); i++)
		script(requests[i]);
	/* An answer that is not taken, something else, and the next request. */
	script(FFA_ERROR);
	script(FFA_INTERRUPT);
	script(FFA_MSG_SEND_DIRECT_REQ_64);
	assert_int_equal(run(), 0);
	assert_non_null(strstr(console, "no flash that fits"));
	assert_int_equal(call_count, 8);
	assert_int_equal(calls[0].x[0], FFA_ERROR);
	assert_int_equal((int32_t)calls[0].x[2], FFA_ABORTED);
	assert_int_equal(calls[1].x[0], FFA_MSG_WAIT);
	for (size_t i = 0; i < ARRAY(responses); i++) {
		const uint64_t *x = calls[2 + i].x;

		assert_int_equal(x[0], responses[i]);
		assert_int_equal(x[1], 0x80020000);
		assert_int_equal(x[2], 0);
		assert_int_equal((int32_t)x[i == 1 ? 4 : 3], MM_NOT_SUPPORTED);
	}
	assert_int_equal(calls[5].x[0], FFA_MSG_WAIT);
	assert_int_equal(calls[6].x[0], FFA_MSG_WAIT);
	assert_int_equal(calls[7].x[0], FFA_MSG_SEND_DIRECT_RESP_64);
}

static void on_fault(int number)
{
	siglongjmp(end, number + 1);
}

/* A manager that takes nothing at all: a fault after a few calls, not a loop. */
static void nobody_listens(void **state)
{
	static const int faults[] = {SIGILL, SIGTRAP};
	struct sigaction old[ARRAY(faults)];
	struct sigaction mine = {.sa_handler = on_fault};
	int how;

	(void)state;
	for (size_t i = 0; i < ARRAY(faults); i++)
		sigaction(faults[i], &mine, &old[i]);
	for (unsigned int i = 0; i < STEPS; i++)
		script(FFA_ERROR);
	how = run();
	for (size_t i = 0; i < ARRAY(faults); i++)
		sigaction(faults[i], &old[i], NULL);
	assert_int_not_equal(how, 0);
	assert_non_null(strstr(console, "refuses FFA_MSG_WAIT"));
	assert_int_equal(call_count, 3);
	assert_int_equal(calls[0].x[0], FFA_MSG_WAIT);
	assert_int_equal(calls[1].x[0], FFA_ERROR);
	assert_int_equal(calls[2].x[0], FFA_MSG_WAIT);
}

static void fails(const char *words)
{
	assert_int_equal(run(), 0);
	assert_int_equal(calls[0].x[0], FFA_ERROR);
	if (!strstr(console, words))
		fail_msg("\"%s\" is not about \"%s\".", console, words);
}

static void bad_physical_addresses(void **state)
{
	static const char name[] = "shared-buffer-physical";
	void *fdt = map + TREE;
	const char *path = "/variable-service";

	(void)state;
	set_address(fdt, path, name, PHYSICAL + 1);
	fails("shared-buffer-physical is not a page-aligned address");
	set_address(fdt, path, name, UINT64_MAX - FFA_PAGE_SIZE + 1);
	fails("shared-buffer-physical is not a page-aligned address");
	set_address(fdt, path, name, SHARED_SIZE - FFA_PAGE_SIZE);
	fails("could be taken for offsets");
	assert_int_equal(fdt_setprop(fdt, fdt_path_offset(fdt, path), name, "abc", 3), 0);
	fails("shared-buffer-physical is not a page-aligned address");
	/* Without it the partition's addresses are the normal world's. */
	assert_int_equal(fdt_delprop(fdt, fdt_path_offset(fdt, path), name), 0);
	put_payload_size(0);
	script(FFA_MSG_SEND_DIRECT_REQ_64)->x[3] = (uintptr_t)shared;
	assert_int_equal(run(), 0);
	assert_int_equal(calls[1].x[3], MM_EVENT_COMPLETE);
}

/* The newline is in the last part, so that no manager prints an empty line. */
static void lines_come_in_parts(void **state)
{
	static const struct {
		size_t size;
		unsigned int parts;
	} lines[] = {{0, 1}, {1, 1}, {47, 1}, {48, 2}, {95, 2}, {96, 3}};
	char text[96];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < ARRAY(lines); i++) {
		console_size = 0;
		console_calls = 0;
		ffav_mm_log(text, lines[i].size);
		assert_int_equal(console_size, lines[i].size + 1);
		assert_memory_equal(console, text, lines[i].size);
		assert_int_equal(console[lines[i].size], '\n');
		assert_int_equal(console_calls, lines[i].parts);
	}
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(offset_doorbell_at_virtual_addresses),
		CASE(address_doorbells_at_virtual_addresses),
		CASE(buffer_is_the_normal_worlds_to_replace),
		CASE(boot_info_ends_with_its_page),
		CASE(a_failed_start_refuses_requests),
		CASE(nobody_listens),
		CASE(bad_physical_addresses),
		CASE(lines_come_in_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
