// SPDX-License-Identifier: BSD-3-Clause
/*
 * Fuzz target: variable policy messages and writes that they are about, one behind the other.
 *
 * The input is a sequence: a byte says what comes, two bytes how long it is. What must hold:
 * every message gets a result, no reply is longer than its request, and an enumeration does
 * not see policies.
 */
#include <stdlib.h>

#include "secure/report/report.h"
#include "secure/store/ram.h"
#include "secure/variables/policy.h"

#define STORE_SIZE   0x8000u
#define SECTOR_SIZE  4096u
#define INDEX_SIZE   0x8000u
#define ITEMS        128u
#define DATA_MAX     1024u
#define MESSAGE_SIZE 0x1000u

/* What the first byte means. */
#define KIND_MASK  0x03u
#define KIND_WRITE 0x00u
#define KIND_RAW   0x01u

static uint8_t scratch[DATA_MAX];
static _Alignas(uint64_t) uint8_t memory[2][STORE_SIZE];
static _Alignas(uint64_t) uint8_t indexes[2][INDEX_SIZE];
static struct ffav_ram rams[2];
static struct ffav_store stores[2];
static struct ffav_variables service;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void power_on(void)
{
	const struct ffav_variables_config limits = {.payload_max = MESSAGE_SIZE - 16,
						     .name_max = 512,
						     .data_max = DATA_MAX,
						     .scratch = scratch};

	for (unsigned int i = 0; i < 2; i++) {
		const struct ffav_flash *flash = &rams[i].flash;

		ffav_ram_init(&rams[i], memory[i], sizeof(memory[i]), SECTOR_SIZE);
		must(ffav_store_format(flash) == FFAV_STORE_OK);
		must(ffav_store_memory(flash, ITEMS) <= INDEX_SIZE);
		must(ffav_store_mount(&stores[i], flash, indexes[i],
				      ffav_store_memory(flash, ITEMS)) == FFAV_STORE_OK);
	}
	ffav_variables_init(&service, &limits, &stores[0], &stores[1]);
}

/* A policy message: as it is, or with the header that makes it one. */
static void policy(uint8_t kind, const uint8_t *data, size_t size)
{
	uint8_t *exact = malloc(size + 1);
	size_t reply = SIZE_MAX;

	if (!exact)
		abort();
	memcpy(exact, data, size);
	if ((kind & KIND_MASK) != KIND_RAW && size >= 20) {
		memcpy(exact, "VCPC\x01\x00\x00\x00", 8);
		ffav_put32(exact + 8, exact[8] % 9u);
		ffav_put64(exact + 12, 0x1234);
	}
	if (ffav_policy_handle(&service, exact, size, &reply) == MM_SUCCESS) {
		must(reply >= 20 && reply <= size);
		must(ffav_get64(exact + 12) != 0x1234);
	} else {
		must(size < 20);
	}
	free(exact);
}

static void write(const uint8_t *data, size_t size)
{
	static uint8_t message[MESSAGE_SIZE];
	size_t reply;

	if (size > MESSAGE_SIZE - FFAV_VAR_HEADER_SIZE)
		size = MESSAGE_SIZE - FFAV_VAR_HEADER_SIZE;
	ffav_var_header_encode(message, FFAV_VAR_SET, 0x1234);
	memcpy(message + FFAV_VAR_HEADER_SIZE, data, size);
	must(ffav_variables_handle(&service, message, FFAV_VAR_HEADER_SIZE + size,
				   sizeof(message), &reply) == MM_SUCCESS);
	must(ffav_var_status(message) != 0x1234);
}

/* Every name leads to another one; none is a policy's. */
static void enumerate(void)
{
	static uint8_t message[1024];
	uint8_t *payload = message + FFAV_VAR_HEADER_SIZE;
	size_t size = FFAV_VAR_HEADER_SIZE + FFAV_VAR_NEXT_SIZE + 512;
	size_t reply;
	unsigned int steps = 0;

	memset(message, 0, sizeof(message));
	for (;;) {
		ffav_var_header_encode(message, FFAV_VAR_GET_NEXT_NAME, 0);
		ffav_put64(payload + 16, 512);
		must(ffav_variables_handle(&service, message, size, size, &reply) ==
		     MM_SUCCESS);
		if (ffav_var_status(message) != EFI_SUCCESS)
			break;
		must(++steps <= 2 * ITEMS - service.policies + 6);
	}
	must(ffav_var_status(message) == EFI_NOT_FOUND);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char line[FFAV_REPORT_LINE_MAX];

	power_on();
	while (size >= 3) {
		uint8_t kind = data[0];
		size_t length = ffav_get16(data + 1);

		data += 3;
		size -= 3;
		if (length > size)
			length = size;
		if ((kind & KIND_MASK) == KIND_WRITE)
			write(data, length);
		else
			policy(kind, data, length);
		data += length;
		size -= length;
		while (ffav_report_take(line))
			ffav_report_refill(16);
	}
	enumerate();
	return 0;
}
