// SPDX-License-Identifier: BSD-3-Clause
/*
 * The partition from its entry point on. The test is its manager: it answers the
 * partition's calls, and leaves it with a longjmp when its script ends.
 */
#include "tests/unit/variables/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "secure/mm/partition.h"
#include "secure/report/report.h"

#define BASE        UINT64_C(0x50000000)
#define SHARED_SIZE 0x20000u
#define STEPS       400u
#define THERE       UINT64_C(0x00008001)

static uint8_t shared[SHARED_SIZE];
static _Alignas(8) uint8_t tree[65536];
static uint8_t boot_info[FFA_BOOT_INFO_HEADER_SIZE + FFA_BOOT_INFO_DESC_SIZE];
static struct ffav_nor nor;
static bool no_flash, no_buffer;

/* What the manager gives in return for each call, and the calls themselves. */
static struct ffav_smc_regs returns[STEPS];
static struct ffav_smc_regs calls[STEPS];
static unsigned int return_count, call_count;
static char console[65536];
static size_t console_size;
static unsigned int console_lines;
static jmp_buf end;

void ffav_partition_call(struct ffav_smc_regs *regs)
{
	if (regs->x[0] == FFA_CONSOLE_LOG_64) {
		assert_in_range(regs->x[1], 1, 48);
		for (size_t i = 0; i < regs->x[1]; i++) {
			char c = (char)(regs->x[2 + i / 8] >> 8 * (i % 8));

			assert_true(console_size < sizeof(console) - 1);
			console[console_size++] = c;
			console_lines += c == '\n';
		}
		memset(regs, 0, sizeof(*regs));
		regs->x[0] = FFA_SUCCESS_32;
		return;
	}
	calls[call_count++] = *regs;
	if (call_count > return_count)
		longjmp(end, 1);
	*regs = returns[call_count - 1];
}

void *ffav_partition_map(uint64_t address, size_t size)
{
	assert_int_equal(address, BASE);
	assert_int_equal(size, SHARED_SIZE);
	return no_buffer ? NULL : shared;
}

int ffav_partition_flash(struct ffav_flash *flash, uint64_t address, size_t size)
{
	assert_int_equal(address, 0x03c00000);
	assert_int_equal(size, 64 * 4096);
	*flash = nor.flash;
	return no_flash ? -1 : 0;
}

bool ffav_partition_counter(struct ffav_counter *counter)
{
	(void)counter;
	return false;
}

static int setup(void **state)
{
	FILE *file = fopen(getenv("MANIFEST"), "rb");
	static uint8_t blob[16384];
	size_t size;

	(void)state;
	no_flash = no_buffer = false;
	if (!file)
		return -1;
	size = fread(blob, 1, sizeof(blob), file);
	fclose(file);
	if (size < 100 || ffav_nor_memory(&nor, 4096, 64, 4))
		return -1;
	(void)fx_reported("");
	ffav_boot_info_encode(boot_info, sizeof(boot_info), (uintptr_t)tree, sizeof(tree));
	return fdt_open_into(blob, tree, sizeof(tree));
}

static int teardown(void **state)
{
	(void)state;
	ffav_nor_close(&nor);
	return 0;
}

/* Run the partition with the script in @returns. */
static void run(void)
{
	call_count = 0;
	console_size = 0;
	console_lines = 0;
	memset(console, 0, sizeof(console));
	if (!setjmp(end))
		ffav_mm_main(boot_info, sizeof(boot_info));
}

static void script(uint64_t x0, uint64_t x3)
{
	returns[return_count++] = (struct ffav_smc_regs){.x = {x0, THERE, 0, x3}};
}

/* It must not start: it says why in words, and FFA_ERROR is all that it calls. */
static void fails(const char *words)
{
	return_count = 0;
	run();
	assert_int_equal(call_count, 1);
	assert_int_equal(calls[0].x[0], FFA_ERROR);
	assert_int_equal((int32_t)calls[0].x[2], FFA_ABORTED);
	assert_int_equal(console_lines, 1);
	if (!strstr(console, words))
		fail_msg("\"%s\" is not about \"%s\".", console, words);
}

static void put_payload_size(void)
{
	static const struct efi_guid guid = MM_VARIABLE_GUID;
	struct ffav_mm_header h = {
		.guid = &guid, .header_size = MM_HEADER_V1_SIZE, .data_size = 24};

	assert_true(ffav_mm_header_encode(shared, sizeof(shared), &h));
	ffav_var_header_encode(shared + MM_HEADER_V1_SIZE, FFAV_VAR_PAYLOAD_SIZE, 1);
}

static void waits_then_answers(void **state)
{
	(void)state;
	put_payload_size();
	return_count = 0;
	script(FFA_MSG_SEND_DIRECT_REQ_64, 0);
	script(FFA_MSG_SEND_DIRECT_REQ_64, BASE);
	script(FFA_MSG_SEND_DIRECT_REQ_32, 0);
	run();
	assert_int_equal(call_count, 4);
	assert_int_equal(calls[0].x[0], FFA_MSG_WAIT);
	assert_int_equal(calls[1].x[0], FFA_MSG_SEND_DIRECT_RESP_64);
	assert_int_equal(calls[1].x[1], 0x80010000);
	assert_int_equal(calls[1].x[3], 0);
	assert_int_equal(ffav_get64(shared + MM_HEADER_V1_SIZE + 16), SHARED_SIZE - 56 - 16);
	assert_int_equal(calls[2].x[0], FFA_MSG_SEND_DIRECT_RESP_64);
	assert_int_equal(calls[3].x[0], FFA_MSG_SEND_DIRECT_RESP_32);
	assert_non_null(strstr(console, "MM doorbell refused: 32-bit requests"));
}

/* What is no request goes by; the partition waits for the next one. */
static void goes_on_after_anything_else(void **state)
{
	static const uint64_t others[] = {FFA_INTERRUPT, FFA_RUN, FFA_SUCCESS_32, 0,
					  UINT64_MAX};

	(void)state;
	return_count = 0;
	for (size_t i = 0; i < 5; i++)
		script(others[i], 0);
	script(FFA_MSG_SEND_DIRECT_REQ_64, UINT64_MAX);
	/* The manager does not take the answer: whatever became of it, wait again. */
	script(FFA_ERROR, 0);
	script(FFA_MSG_SEND_DIRECT_REQ_64, UINT64_MAX);
	run();
	assert_int_equal(call_count, 9);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(calls[i].x[0], FFA_MSG_WAIT);
	assert_int_equal(calls[6].x[0], FFA_MSG_SEND_DIRECT_RESP_64);
	assert_int_equal(calls[7].x[0], FFA_MSG_WAIT);
	assert_int_equal(calls[8].x[0], FFA_MSG_SEND_DIRECT_RESP_64);
}

static void gives_up_where_it_may_not_wait(void **state)
{
	(void)state;
	return_count = 0;
	script(FFA_ERROR, 0);
	run();
	assert_int_equal(call_count, 2);
	assert_int_equal(calls[0].x[0], FFA_MSG_WAIT);
	assert_int_equal(calls[1].x[0], FFA_ERROR);
	assert_non_null(strstr(console, "refuses FFA_MSG_WAIT"));
}

/* One line per request at most, however many refusals there are, and all of them counted. */
static void console_is_rationed(void **state)
{
	(void)state;
	return_count = 0;
	for (unsigned int i = 0; i < 320; i++)
		script(FFA_MSG_SEND_DIRECT_REQ_64, UINT64_MAX - i);
	run();
	assert_int_equal(call_count, 321);
	/* A burst and one line for every sixteen requests; some of them count the dropped. */
	assert_in_range(console_lines, 16, 16 + 320 / 16);
	assert_non_null(strstr(console, "dropped"));
}

static void keeps_quiet_where_the_manifest_says_so(void **state)
{
	int node = fdt_path_offset(tree, "/variable-service");

	(void)state;
	assert_int_equal(fdt_delprop(tree, node, "console-log"), 0);
	return_count = 0;
	script(FFA_MSG_SEND_DIRECT_REQ_64, UINT64_MAX);
	run();
	assert_int_equal(call_count, 2);
	assert_int_equal(console_size, 0);
	assert_true(fx_reported("MM doorbell refused"));
}

static void erased_flash_becomes_a_store(void **state)
{
	uint64_t erased;

	(void)state;
	return_count = 0;
	run();
	assert_int_equal(calls[0].x[0], FFA_MSG_WAIT);
	assert_int_equal(console_size, 0);
	assert_int_not_equal(nor.steps, 0);
	/* The next start finds it there. */
	erased = nor.sectors_erased;
	run();
	assert_int_equal(calls[0].x[0], FFA_MSG_WAIT);
	assert_int_equal(nor.sectors_erased, erased);
}

static void lose_power(void *context)
{
	(void)context;
	longjmp(end, 2);
}

/* Whenever the power goes while an erased flash becomes a store: the next start succeeds. */
static void power_cuts_while_a_store_is_made(void **state)
{
	(void)state;
	return_count = 0;
	for (int cut = 0; cut < FFAV_NOR_CUTS; cut++) {
		for (uint64_t step = 0, seed = 0; seed < 4; step++) {
			ffav_nor_close(&nor);
			assert_int_equal(ffav_nor_memory(&nor, 4096, 64, 4), 0);
			nor.seed += seed;
			nor.cut_step = step;
			nor.cut = (enum ffav_nor_cut)cut;
			nor.power_lost = lose_power;
			run();
			if (call_count) {
				/* The start was through before the cut came. */
				assert_true(step > 10);
				step = 0;
				seed++;
				continue;
			}
			ffav_nor_power_on(&nor);
			run();
			if (calls[0].x[0] != FFA_MSG_WAIT)
				fail_msg("Cut %d at step %d: %s", cut, (int)step, console);
		}
	}
}

static void foreign_flash_is_left_alone(void **state)
{
	uint64_t steps;
	uint8_t piece[128];
	static const uint32_t places[] = {0, 4096, 63 * 4096 + 3968};

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		ffav_nor_close(&nor);
		assert_int_equal(ffav_nor_memory(&nor, 4096, 64, 4), 0);
		memset(piece, 0x11, sizeof(piece));
		assert_int_equal(
			nor.flash.program(nor.flash.context, places[i], piece, sizeof(piece)),
			0);
		steps = nor.steps;
		fails("neither a variable store nor erased flash");
		assert_int_equal(nor.steps, steps);
	}
}

static void set_u32(const char *path, const char *name, uint32_t value)
{
	assert_int_equal(fdt_setprop_u32(tree, fdt_path_offset(tree, path), name, value), 0);
}

static void reasons_not_to_start(void **state)
{
	(void)state;
	no_flash = true;
	fails("no flash that fits");
	no_flash = false;
	no_buffer = true;
	fails("shared buffer is not mapped");
	no_buffer = false;
	set_u32("/variable-service", "maximum-variables", 0x10000000);
	fails("maximum-variables is more than the index has room for");
	set_u32("/variable-service", "maximum-variables", 100);
	set_u32("/variable-service", "maximum-data-size", 0x10001);
	fails("maximum-data-size is more than there is memory for");
	set_u32("/variable-service", "maximum-data-size", 0x1000);
	set_u32("/variable-service", "maximum-name-size", 2068);
	fails("maximum-name-size is more than the store's keys take");
	set_u32("/variable-service", "maximum-name-size", 2050);
	set_u32("/variable-service", "boot-reserved-size", 0x38000);
	fails("hardware-error-size and boot-reserved-size leave nothing");
	set_u32("/variable-service", "boot-reserved-size", 0xffffffff);
	fails("hardware-error-size and boot-reserved-size leave nothing");
	set_u32("/variable-service", "boot-reserved-size", 0x8000);
	set_u32("/memory-regions/shared-buffer", "pages-count", 33);
	fails("shared buffer is larger than the partition's copy");
	set_u32("/memory-regions/shared-buffer", "pages-count", 0);
	fails("memory region shared-buffer");
	memset(boot_info, 0, sizeof(boot_info));
	fails("no boot information");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(waits_then_answers),
		CASE(goes_on_after_anything_else),
		CASE(gives_up_where_it_may_not_wait),
		CASE(console_is_rationed),
		CASE(keeps_quiet_where_the_manifest_says_so),
		CASE(erased_flash_becomes_a_store),
		CASE(power_cuts_while_a_store_is_made),
		CASE(foreign_flash_is_left_alone),
		CASE(reasons_not_to_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
