// SPDX-License-Identifier: BSD-3-Clause
/*
 * Fuzz target: direct requests to the MM service, one behind the other.
 *
 * The input is a sequence of requests. One byte says how the doorbell rings and
 * whether the bytes are a whole message or the data of a variable message (which
 * is wrapped, so that the rules are reached soon), two bytes say how many there
 * are. What must hold: every request gets its matching response, every reply a
 * status and a length that fits, and an enumeration ends.
 */
#include <stdlib.h>

#include "secure/mm/service.h"
#include "secure/report/report.h"
#include "secure/store/ram.h"

#define BASE        UINT64_C(0x50000000)
#define SHARED_SIZE 0x4000u
#define STORE_SIZE  0x4000u
#define SECTOR_SIZE 1024u
#define INDEX_SIZE  0x8000u
#define ITEMS       64u
#define DATA_MAX    2048u

/* What the first byte of a request means. */
#define KIND_DIALECT  0x03u
#define KIND_RAW      0x04u
#define KIND_VERSION3 0x08u
#define KIND_AT_END   0x10u

static uint8_t shared[SHARED_SIZE];
static uint8_t copy[SHARED_SIZE];
static uint8_t scratch[DATA_MAX];
static _Alignas(uint64_t) uint8_t memory[2][STORE_SIZE];
static _Alignas(uint64_t) uint8_t indexes[2][INDEX_SIZE];
static struct ffav_ram rams[2];
static struct ffav_store stores[2];
static struct ffav_variables variables;
static struct ffav_service service;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static const struct ffav_variables_config limits = {.payload_max = SHARED_SIZE - 72,
						    .name_max = 512,
						    .data_max = DATA_MAX,
						    .error_record_size = 1024,
						    .boot_size = 1024,
						    .boot_items = 4,
						    .scratch = scratch};

static void power_on(void)
{
	for (unsigned int i = 0; i < 2; i++) {
		const struct ffav_flash *flash = &rams[i].flash;

		ffav_ram_init(&rams[i], memory[i], sizeof(memory[i]), SECTOR_SIZE);
		must(ffav_store_format(flash) == FFAV_STORE_OK);
		must(ffav_store_memory(flash, ITEMS) <= INDEX_SIZE);
		must(ffav_store_mount(&stores[i], flash, indexes[i],
				      ffav_store_memory(flash, ITEMS)) == FFAV_STORE_OK);
	}
	ffav_variables_init(&variables, &limits, &stores[0], &stores[1]);
	service = (struct ffav_service){.shared = shared,
					.shared_address = BASE,
					.shared_size = SHARED_SIZE,
					.copy = copy,
					.copy_size = sizeof(copy),
					.variables = &variables};
}

/* Put the message where the doorbell will say; returns the offset. */
static size_t put_message(uint8_t kind, const uint8_t *bytes, size_t size)
{
	static const struct efi_guid guid = MM_VARIABLE_GUID;
	struct ffav_mm_header h = {.guid = &guid,
				   .header_size = kind & KIND_VERSION3 ? MM_HEADER_V3_SIZE
								       : MM_HEADER_V1_SIZE,
				   .data_size = size};
	size_t total = kind & KIND_RAW ? size : h.header_size + size;
	size_t offset = kind & KIND_AT_END ? SHARED_SIZE - total : 0;

	if (kind & KIND_RAW) {
		memcpy(shared + offset, bytes, size);
		return offset;
	}
	must(ffav_mm_header_encode(shared + offset, SHARED_SIZE - offset, &h));
	/* The client has all of the buffer for the reply. */
	if (kind & KIND_VERSION3)
		ffav_put64(shared + offset + 16, SHARED_SIZE - offset);
	memcpy(shared + offset + h.header_size, bytes, size);
	return offset;
}

static void check_reply(size_t offset)
{
	static const struct efi_guid guid = MM_VARIABLE_GUID;
	struct ffav_mm_header h;

	must(ffav_mm_header_decode(shared + offset, SHARED_SIZE - offset, &h));
	if (ffav_guid_equal(h.guid, &guid))
		must(h.data_size >= FFAV_VAR_HEADER_SIZE);
}

static void ring(uint8_t kind, size_t offset)
{
	static const struct ffav_uuid uuid = FFAV_UUID_MM_COMMUNICATION3;
	struct ffav_smc_regs regs = {.x = {FFA_MSG_SEND_DIRECT_REQ_64, 0x8001}};
	uint64_t response = FFA_MSG_SEND_DIRECT_RESP_64;
	unsigned int code = 4;

	switch (kind & KIND_DIALECT) {
	case 0:
		regs.x[3] = offset;
		break;
	case 1:
		regs.x[3] = BASE + offset;
		break;
	case 2:
		regs.x[0] = FFA_MSG_SEND_DIRECT_REQ2;
		regs.x[2] = ffav_uuid_lo(&uuid);
		regs.x[3] = ffav_uuid_hi(&uuid);
		regs.x[4] = BASE + offset;
		response = FFA_MSG_SEND_DIRECT_RESP2;
		break;
	default:
		regs.x[0] = FFA_MSG_SEND_DIRECT_REQ_32;
		response = FFA_MSG_SEND_DIRECT_RESP_32;
		code = 3;
		break;
	}
	must(ffav_service_request(&service, &regs));
	must(regs.x[0] == response && regs.x[1] == UINT64_C(0x80010000));
	must((int32_t)regs.x[code] <= 0);
	if (response != FFA_MSG_SEND_DIRECT_RESP_32 && !regs.x[code])
		check_reply(offset);
}

/* However the stores look by now, every name leads to another one, to the end. */
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
		must(ffav_variables_handle(&variables, message, size, size, &reply) ==
		     MM_SUCCESS);
		if (ffav_var_status(message) != EFI_SUCCESS)
			break;
		must(++steps <= 2 * ITEMS + 6);
	}
	must(ffav_var_status(message) == EFI_NOT_FOUND);
}

/* What was counted call by call is what a service that starts now counts, and no more than allowed. */
static void count_again(void)
{
	struct ffav_variables again;

	ffav_variables_init(&again, &limits, &stores[0], &stores[1]);
	must(again.error_records == variables.error_records);
	must(again.error_records <= limits.error_record_size);
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
		if (length > SHARED_SIZE - MM_HEADER_V3_SIZE)
			length = SHARED_SIZE - MM_HEADER_V3_SIZE;
		ring(kind, put_message(kind, data, length));
		data += length;
		size -= length;
		while (ffav_report_take(line))
			ffav_report_refill(16);
	}
	enumerate();
	count_again();
	return 0;
}
