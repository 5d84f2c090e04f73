// SPDX-License-Identifier: BSD-3-Clause
/*
 * The client's half of the standard workload, against a transport that only
 * echoes: it marks the message in the buffer as answered and does nothing else.
 * callgrind collects inside measured_*() and stops inside ffav_smc().
 *
 *   bench_client get|set CALLS
 *
 * One line of results: calls, SMCs, bytes written into the shared buffer, bytes
 * copied out of it, cache lines cleaned and invalidated.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "normal/variables/variables.h"

#define BUFFER_SIZE ((size_t)128 * 1024)
#define LINE        ((size_t)64)
#define DATA_SIZE   64u
#define ATTRIBUTES  7u
/** Where the reply's DataSize is: behind MM header, variable header and GUID. */
#define DATA_SIZE_AT (24 + 16 + 16)

static _Alignas(4096) uint8_t buffer[BUFFER_SIZE];
static uint64_t smcs;
static uint64_t cleaned_bytes;
static uint64_t cleaned_lines;
static uint64_t invalidated_lines;
static bool locked;

static const struct efi_guid vendor = EFI_GUID_INIT(0x5f3d2a10, 0x7c41, 0x4b8e, 0x9d, 0x02,
						    0x11, 0x22, 0x33, 0x44, 0x55, 0x66);
static const uint16_t name[] = {'V', 'a', 'r', '0', '0', '0', '0', '0', 0};

void ffav_smc(struct ffav_smc_regs *regs)
{
	smcs++;
	ffav_put64(buffer + 24 + 8, EFI_SUCCESS);
	regs->x[0] = FFA_MSG_SEND_DIRECT_RESP_64;
	regs->x[1] =
		ffav_ffa_endpoints(ffav_ffa_receiver(regs->x[1]), ffav_ffa_sender(regs->x[1]));
	regs->x[3] = 0;
	regs->x[4] = 0;
}

static uint64_t lines(const void *p, size_t size)
{
	uintptr_t start = (uintptr_t)p & ~(LINE - 1);

	return ((uintptr_t)p + size - start + LINE - 1) / LINE;
}

void ffav_clean(const void *p, size_t size)
{
	cleaned_bytes += size;
	cleaned_lines += lines(p, size);
}

void ffav_invalidate(void *p, size_t size)
{
	invalidated_lines += lines(p, size);
}

bool ffav_try_lock(void)
{
	if (locked)
		return false;
	locked = true;
	return true;
}

void ffav_unlock(void)
{
	locked = false;
}

uint64_t ffav_counter(void)
{
	return 0;
}

uint64_t ffav_counter_rate(void)
{
	return 1;
}

void ffav_convert_pointer(void **p)
{
	(void)p;
}

void ffav_boot_log(const char *message, uint64_t value)
{
	(void)message;
	(void)value;
}

__attribute__((noinline)) static efi_status_t measured_get(struct ffav_mm *mm, uint8_t *data,
							   uint64_t *size)
{
	uint32_t attributes;

	return ffav_get_variable(mm, name, &vendor, &attributes, size, data);
}

__attribute__((noinline)) static efi_status_t measured_set(struct ffav_mm *mm,
							   const uint8_t *data)
{
	return ffav_set_variable(mm, name, &vendor, ATTRIBUTES, DATA_SIZE, data);
}

int main(int argc, char **argv)
{
	struct ffav_mm mm = {
		.ffa = {.version = FFA_VERSION_1_2, .partition = 0x8001},
		.dialect = FFAV_MM_OFFSET,
		.found = true,
		.buffer = buffer,
		.buffer_address = 0x40200000,
		.buffer_size = sizeof(buffer),
		.header_size = MM_HEADER_V1_SIZE,
		.payload_max = BUFFER_SIZE - 40,
	};
	uint8_t data[DATA_SIZE] = {0};
	unsigned long calls;
	uint64_t out = 0;
	bool getting;

	if (argc != 3) {
		fputs("bench_client: arguments are get or set, and the number of calls.\n",
		      stderr);
		return 2;
	}
	getting = !strcmp(argv[1], "get");
	calls = strtoul(argv[2], NULL, 10);
	for (unsigned long i = 0; i < calls; i++) {
		uint64_t size = DATA_SIZE;
		efi_status_t status =
			getting ? measured_get(&mm, data, &size) : measured_set(&mm, data);

		if (status || (getting && (size != DATA_SIZE ||
					   ffav_get64(buffer + DATA_SIZE_AT) != DATA_SIZE))) {
			fprintf(stderr,
				"bench_client: a call was answered with 0x%" PRIx64 ".\n",
				status);
			return 2;
		}
		out += getting ? size : 0;
	}
	printf("%lu %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", calls, smcs,
	       cleaned_bytes, out, cleaned_lines, invalidated_lines);
	return 0;
}
