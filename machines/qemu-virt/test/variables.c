/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A normal world that uses the MM partition by hand: finds it by its UUID, writes and reads
 * variables through the shared buffer while its timer interrupts them.
 *
 * The first run writes a variable, says so and waits to be killed. A run that finds the
 * variable goes on from there.
 */
#include "abi/variable.h"
#include "machines/qemu-virt/memory.h"
#include "machines/qemu-virt/test/bare.h"

#define SHARED  ((uint8_t *)FFAV_SHARED_BUFFER_BASE)
#define PAYLOAD (SHARED + MM_HEADER_V1_SIZE + FFAV_VAR_HEADER_SIZE)
#define ROOM    (FFAV_SHARED_BUFFER_SIZE - MM_HEADER_V1_SIZE - FFAV_VAR_HEADER_SIZE)
#define PLAIN                                                          \
	(EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | \
	 EFI_VARIABLE_RUNTIME_ACCESS)
#define LARGE_WRITES 24u
#define LARGE        0x8000u
/* The timer, microseconds, and how often it interrupts one request at most. */
#define PERIOD 300u
#define TURNS  4u

static const struct efi_guid vendor = EFI_GUID_INIT(0x0f1e2d3c, 0x4b5a, 0x6978, 0x87, 0x96,
						    0xa5, 0xb4, 0xc3, 0xd2, 0xe1, 0xf0);
static uint16_t service;
static unsigned int preempted;

/* UTF-16 with its terminator, at @out. Return: bytes. */
static size_t utf16(uint8_t *out, const char *name)
{
	size_t n = 0;

	do {
		ffav_put16(out + 2 * n, (uint8_t)name[n]);
	} while (name[n++]);
	return 2 * n;
}

static bool find_service(void)
{
	const struct ffav_uuid uuid = FFAV_UUID_MM_VARIABLE;
	struct ffav_smc_regs regs;

	bare_call(FFA_VERSION, FFA_VERSION_1_2, 0, 0);
	regs = bare_call(FFA_PARTITION_INFO_GET_REGS, ffav_uuid_lo(&uuid), ffav_uuid_hi(&uuid),
			 0);
	if (regs.x[0] != FFA_SUCCESS_64)
		return false;
	service = ffav_info_regs_get(&regs, 0).id;
	return true;
}

/* Ring the doorbell, and again after each interrupt. Return: the status in the reply. */
static efi_status_t send(uint64_t function, size_t payload_size)
{
	static const struct efi_guid guid = MM_VARIABLE_GUID;
	const struct ffav_mm_header header = {.guid = &guid,
					      .header_size = MM_HEADER_V1_SIZE,
					      .data_size = FFAV_VAR_HEADER_SIZE + payload_size};
	struct ffav_smc_regs regs;
	unsigned int turns = 0;

	if (!ffav_mm_header_encode(SHARED, FFAV_SHARED_BUFFER_SIZE, &header))
		return EFI_BAD_BUFFER_SIZE;
	ffav_var_header_encode(SHARED + MM_HEADER_V1_SIZE, function, EFI_NOT_READY);
	regs = (struct ffav_smc_regs){
		.x = {FFA_MSG_SEND_DIRECT_REQ_64,
		      ffav_ffa_endpoints(FFA_NORMAL_WORLD_ID, service)},
	};
	bare_timer_in(PERIOD);
	bare_smc_unmasked(&regs);
	while (regs.x[0] == FFA_INTERRUPT) {
		preempted++;
		regs = (struct ffav_smc_regs){.x = {FFA_RUN, regs.x[1]}};
		/* A few times only: on a busy host the next one could be there at once, for ever. */
		if (++turns < TURNS)
			bare_timer_in(PERIOD);
		bare_smc_unmasked(&regs);
	}
	if (regs.x[0] != FFA_MSG_SEND_DIRECT_RESP_64 || regs.x[3] != MM_SUCCESS) {
		bare_print("# the doorbell's answer is ");
		bare_print_hex(regs.x[0]);
		bare_print(" ");
		bare_print_hex(regs.x[2]);
		bare_print(" ");
		bare_print_hex(regs.x[3]);
		bare_print("\n");
		return EFI_ABORTED;
	}
	return ffav_var_status(SHARED + MM_HEADER_V1_SIZE);
}

static uint8_t pattern(size_t i, uint8_t seed)
{
	return (uint8_t)(i * 13 + (i >> 8) + seed);
}

static efi_status_t set(const char *name, uint32_t attributes, size_t size, uint8_t seed)
{
	uint8_t utf[64];
	struct ffav_var_access a = {.guid = vendor.b,
				    .name = utf,
				    .name_size = utf16(utf, name),
				    .attributes = attributes,
				    .data_size = size};
	size_t at = ffav_var_access_encode(PAYLOAD, ROOM, &a);

	for (size_t i = 0; i < size; i++)
		PAYLOAD[at + i] = pattern(i, seed);
	return send(FFAV_VAR_SET, at + size);
}

/* Read a variable of @size bytes. Return: 0, its status, or 1 if it is another. */
static efi_status_t get(const char *name, uint32_t attributes, size_t size, uint8_t seed)
{
	uint8_t utf[64];
	struct ffav_var_access a = {.guid = vendor.b,
				    .name = utf,
				    .name_size = utf16(utf, name),
				    .data_size = size};
	size_t at = ffav_var_access_encode(PAYLOAD, ROOM, &a);
	efi_status_t status = send(FFAV_VAR_GET, at + size);

	if (status)
		return status;
	if (!ffav_var_access_decode(PAYLOAD, ROOM, true, &a) || a.data_size != size ||
	    a.attributes != attributes)
		return 1;
	for (size_t i = 0; i < size; i++) {
		if (a.data[i] != pattern(i, seed))
			return 1;
	}
	return 0;
}

static void first_run(void)
{
	bare_equal(set("Kept", PLAIN, 100, 1), EFI_SUCCESS, "a variable is written");
	bare_equal(set("Large", PLAIN, LARGE, 2), EFI_SUCCESS, "and one of 32 KiB");
	bare_equal(get("Kept", PLAIN, 100, 1), EFI_SUCCESS, "the first is read back");
	bare_equal(get("Large", PLAIN, LARGE, 2), EFI_SUCCESS, "and the large one");
	bare_equal(set("Gone", PLAIN, 10, 3), EFI_SUCCESS, "a third is written");
	bare_equal(set("Gone", PLAIN, 0, 0), EFI_SUCCESS, "and deleted");
	bare_equal(set("Volatile", PLAIN & ~EFI_VARIABLE_NON_VOLATILE, 10, 4), EFI_SUCCESS,
		   "a volatile one is written");
	bare_equal(get("Volatile", PLAIN & ~EFI_VARIABLE_NON_VOLATILE, 10, 4), EFI_SUCCESS,
		   "and read");
	bare_print("# written\n");
	for (;;)
		;
}

static void second_run(void)
{
	bare_ok(true, "the variable of the run before is there");
	bare_equal(get("Large", PLAIN, LARGE, 2), EFI_SUCCESS, "and the large one");
	bare_equal(get("Gone", PLAIN, 10, 3), EFI_NOT_FOUND, "not the deleted one");
	bare_equal(get("Volatile", PLAIN & ~EFI_VARIABLE_NON_VOLATILE, 10, 4), EFI_NOT_FOUND,
		   "nor the volatile one");
	/* Over several sectors of the flash. */
	for (unsigned int i = 0; i < LARGE_WRITES; i++) {
		if (set("Large", PLAIN, LARGE, (uint8_t)i)) {
			bare_ok(false, "a large variable is written again");
			return;
		}
	}
	bare_equal(get("Large", PLAIN, LARGE, LARGE_WRITES - 1), EFI_SUCCESS,
		   "the last of many large writes is read back");
	bare_equal(get("Kept", PLAIN, 100, 1), EFI_SUCCESS, "the small one is as it was");
	bare_ok(preempted >= 10, "the timer preempted the partition at its work");
	/* On a busy host some come before the call. */
	bare_ok(bare_interrupts >= preempted, "and the normal world took every interrupt");
	bare_print("# preempted ");
	bare_print_number(preempted);
	bare_print(" times\n");
	bare_equal(set("Kept", PLAIN, 0, 0), EFI_SUCCESS, "it can be deleted");
}

_Noreturn void bare_main(const void *dtb)
{
	(void)dtb;
	bare_interrupts_on();
	bare_print("TAP version 13\n");
	bare_ok(find_service(), "the partition is found by its UUID");
	if (get("Kept", PLAIN, 100, 1) == EFI_NOT_FOUND)
		first_run();
	second_run();
	bare_end();
}
