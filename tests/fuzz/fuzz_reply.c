/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every service against a secure world whose answers are the input: all
 * registers of each SMC and any bytes of the shared buffer.
 *
 * Built with libFuzzer, or with replay.c to run a corpus again. What must hold:
 * nothing outside the caller's buffers is written, no outcome is anything but an
 * EFI_STATUS that the service may give, the lock is free afterwards, and a lost
 * partition stays lost with its buffer untouched.
 */
#include <stdio.h>
#include <stdlib.h>

#include "abi/variable.h"
#include "normal/variables/variables.h"

#define BUFFER_SIZE 1024u
#define ROOM        96u
#define GUARD       32u

/* An answer of the input: which registers and what of the buffer it changes. */
static const uint8_t *input;
static size_t left;
static uint8_t *buffer;
static bool locked;
static uint64_t now;
static bool buffer_is_ours;

static void check(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "fuzz_reply: %s.\n", what);
	abort();
}

static uint8_t take8(void)
{
	if (!left)
		return 0;
	left--;
	return *input++;
}

static uint64_t take64(unsigned int bytes)
{
	uint64_t v = 0;

	for (unsigned int i = 0; i < bytes; i++)
		v |= (uint64_t)take8() << (8 * i);
	return v;
}

/* The good answer first; then the input says how it is changed. */
void ffav_smc(struct ffav_smc_regs *regs)
{
	uint8_t form;

	check(buffer_is_ours, "an SMC was made for a partition that is lost");
	/* An input that has ended answers something that ends every loop. */
	if (!left) {
		memset(regs, 0, sizeof(*regs));
		regs->x[0] = UINT64_MAX;
		return;
	}
	form = take8();
	if ((uint32_t)regs->x[0] == FFA_MSG_SEND_DIRECT_REQ2)
		regs->x[0] = FFA_MSG_SEND_DIRECT_RESP2;
	else
		regs->x[0] = FFA_MSG_SEND_DIRECT_RESP_64;
	regs->x[1] = UINT64_C(0x80030000);
	for (unsigned int i = 2; i < FFAV_SMC_REGS; i++)
		regs->x[i] = 0;
	if (form & 1) {
		static const uint32_t answers[] = {FFA_ERROR,    FFA_INTERRUPT,
						   FFA_YIELD,    FFA_SUCCESS_32,
						   FFA_MSG_WAIT, FFA_MSG_SEND_DIRECT_RESP_32};

		regs->x[0] = answers[take8() % 6];
		regs->x[2] = (uint32_t) - (int32_t)(take8() % 12);
	}
	if (form & 2) {
		unsigned int reg = take8() % FFAV_SMC_REGS;

		regs->x[reg] = take64(8);
	}
	for (unsigned int edits = form >> 2; edits && left; edits--) {
		size_t at = (size_t)take64(2) % BUFFER_SIZE;
		size_t size = take8();

		for (size_t i = 0; i < size && at + i < BUFFER_SIZE && left; i++)
			buffer[at + i] = take8();
	}
}

static void check_range(const void *p, size_t size)
{
	size_t at = (size_t)((const uint8_t *)p - buffer);

	check(buffer_is_ours, "the buffer of a lost partition was touched");
	check(size && ffav_range_in(at, size, BUFFER_SIZE), "maintenance left the buffer");
}

void ffav_clean(const void *p, size_t size)
{
	check_range(p, size);
}

void ffav_invalidate(void *p, size_t size)
{
	check_range(p, size);
}

void ffav_convert_pointer(void **p)
{
	(void)p;
}

bool ffav_try_lock(void)
{
	check(!locked, "the lock was taken twice");
	locked = true;
	return true;
}

void ffav_unlock(void)
{
	check(locked, "a free lock was released");
	locked = false;
}

uint64_t ffav_counter(void)
{
	return now += 100000;
}

uint64_t ffav_counter_rate(void)
{
	return 1000000;
}

void ffav_boot_log(const char *message, uint64_t value)
{
	(void)message;
	(void)value;
}

static void check_status(efi_status_t status, bool may_be_too_small)
{
	uint64_t code = status & ~EFI_ERROR_BIT;

	check(!status || (status & EFI_ERROR_BIT && code && code < 32),
	      "a status that is none was returned");
	check(may_be_too_small || status != EFI_BUFFER_TOO_SMALL,
	      "BUFFER_TOO_SMALL came from a service that has no buffer");
	check(!locked, "the lock was kept");
}

/* The caller's memory: @room bytes that may change, and a guard behind them that may not. */
static void check_guard(const uint8_t *p, size_t room)
{
	for (size_t i = 0; i < GUARD; i++)
		check(p[room + i] == 0xa5, "something was written behind the caller's buffer");
}

static void try_get(struct ffav_mm *mm)
{
	static const uint16_t name[] = {'N', 'a', 'm', 'e', 0};
	struct efi_guid guid = EFI_GLOBAL_VARIABLE_GUID;
	size_t room = take8() % (ROOM + 1);
	uint8_t *data = malloc(ROOM + GUARD);
	uint64_t size = room;
	uint32_t attributes = 0;
	efi_status_t status;

	check(data != NULL, "out of memory");
	memset(data, 0xa5, ROOM + GUARD);
	status = ffav_get_variable(mm, name, &guid, &attributes, &size, data);
	check_status(status, true);
	check_guard(data, room);
	check(status || size <= room, "success with more data than there is room");
	check(status != EFI_BUFFER_TOO_SMALL || size > room,
	      "too small for what would have fitted");
	check(!(attributes & ~EFI_VARIABLE_ATTRIBUTES_MASK),
	      "attributes that there are none of");
	if (status && status != EFI_BUFFER_TOO_SMALL) {
		check(size == room && !attributes, "a failed call left results");
		check_guard(data, 0);
	}
	free(data);
}

static void try_next(struct ffav_mm *mm)
{
	size_t room = (take8() % (ROOM + 1)) & ~(size_t)1;
	uint8_t *name = malloc(ROOM + GUARD);
	struct efi_guid guid = EFI_GLOBAL_VARIABLE_GUID;
	uint64_t size = room;
	efi_status_t status;

	check(name != NULL, "out of memory");
	memset(name, 0xa5, ROOM + GUARD);
	if (room)
		memset(name, 0, 2);
	/* malloc aligns for every type. */
	status = ffav_get_next_variable_name(mm, &size, (uint16_t *)(void *)name, &guid);
	check_status(status, true);
	check_guard(name, room ? room : 0);
	check(status || (size <= room && ffav_name_check(name, size)), "a name that is none");
	check(status != EFI_BUFFER_TOO_SMALL || size > room,
	      "too small for what would have fitted");
	free(name);
}

static void try_raw(struct ffav_mm *mm)
{
	uint8_t *message = malloc(ROOM + GUARD);
	size_t room = 24 + take8() % (ROOM - 24 + 1);
	size_t size = room;
	efi_status_t status;

	check(message != NULL, "out of memory");
	memset(message, 0xa5, ROOM + GUARD);
	ffav_put64(message + 16, take8());
	status = ffav_mm_communicate(mm, message, &size);
	check_status(status, false);
	check_guard(message, room);
	check(status || size <= room, "a reply that is longer than the caller's buffer");
	free(message);
}

static void try_one(struct ffav_mm *mm, unsigned int service)
{
	static const uint16_t name[] = {'N', 'a', 'm', 'e', 0};
	struct efi_guid guid = EFI_GLOBAL_VARIABLE_GUID;
	uint64_t a = 0, b = 0, c = 0;

	switch (service) {
	case 0:
		try_get(mm);
		break;
	case 1:
		try_next(mm);
		break;
	case 2:
		check_status(ffav_set_variable(mm, name, &guid, 7, sizeof(name), name), false);
		break;
	case 3:
		check_status(ffav_query_variable_info(mm, 7, &a, &b, &c), false);
		break;
	case 4:
		check_status(ffav_variables_exit_boot_services(mm), false);
		break;
	case 5:
		ffav_mm_set_virtual_address_map(mm);
		break;
	default:
		try_raw(mm);
		break;
	}
}

/* The probe against the same liar: every register of discovery is the input's. */
static void try_probe(void)
{
	static _Alignas(4096) uint8_t rxtx[2 * 4096];
	struct ffav_mm mm;
	efi_status_t status;

	status = ffav_mm_probe(&mm, buffer, 0x40000000, BUFFER_SIZE, 0, rxtx, 0x50000000);
	check_status(status, false);
	check(mm.found == !status, "a partition was found and was not");
	check(!status || !mm.buffer, "a failed probe kept the buffer");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ffav_mm mm = {.found = true, .buffer_address = 0x40000000};
	uint8_t set_up;

	input = data;
	left = size;
	locked = false;
	buffer_is_ours = true;
	buffer = calloc(1, BUFFER_SIZE);
	check(buffer, "out of memory");

	set_up = take8();
	if (set_up & 0x80) {
		try_probe();
		goto out;
	}
	mm.ffa.version = FFA_VERSION_1_2;
	mm.ffa.partition = 0x8003;
	mm.dialect = (enum ffav_mm_dialect)(set_up & 3);
	mm.header_size = set_up & 4 ? MM_HEADER_V3_SIZE : MM_HEADER_V1_SIZE;
	mm.buffer = buffer;
	mm.buffer_size = BUFFER_SIZE;
	mm.offset = set_up & 8 ? 72 : 0;
	mm.payload_max = BUFFER_SIZE - mm.offset - mm.header_size - FFAV_VAR_HEADER_SIZE;
	while (left) {
		try_one(&mm, take8() % 7);
		buffer_is_ours = !mm.dead;
	}
out:
	free(buffer);
	return 0;
}
