/* SPDX-License-Identifier: BSD-3-Clause */
/* The variable services: arguments, one request each, and replies that lie. */
#include <string.h>

#include "tests/unit/normal/world.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Where the parts of a message lie behind its start. */
#define AT_LENGTH   16u
#define AT_FUNCTION 24u
#define AT_STATUS   32u
#define AT_PAYLOAD  40u

static const struct efi_guid guid =
	EFI_GUID_INIT(0x11223344, 0x5566, 0x7788, 1, 2, 3, 4, 5, 6, 7, 8);
static const uint16_t name[] = {'V', 'a', 'r', '0', 0};
static struct ffav_mm mm;

/* What the partition does to the request to make its reply, and what it saw. */
static struct {
	efi_status_t status;
	bool keep_status;
	uint64_t length;
	bool has_length;
	/* Changes anything in the reply after the rest was filled in. */
	void (*lie)(uint8_t *message);
	uint8_t seen[WORLD_BUFFER_SIZE];
	/* Fills the payload of a good reply and returns its size. */
	size_t (*fill)(uint8_t *payload);
} server;

static void serve(struct ffav_smc_regs *regs)
{
	uint8_t *message = world.far + mm.offset;
	uint64_t length = ffav_get64(message + AT_LENGTH);

	memcpy(server.seen, message, WORLD_BUFFER_SIZE - mm.offset);
	if (!server.keep_status)
		ffav_put64(message + AT_STATUS, server.status);
	if (server.fill)
		length = FFAV_VAR_HEADER_SIZE + server.fill(message + AT_PAYLOAD);
	if (server.has_length)
		length = server.length;
	ffav_put64(message + AT_LENGTH, length);
	if (server.lie)
		server.lie(message);
	world_respond(regs);
}

static int setup_at(size_t offset)
{
	world_reset();
	memset(&server, 0, sizeof(server));
	world_connect(&mm, FFAV_MM_OFFSET, offset);
	world.smc = serve;
	return 0;
}

static int setup(void **state)
{
	(void)state;
	return setup_at(0);
}

/* --- GetVariable --- */

static uint64_t value_size;

static size_t fill_get(uint8_t *payload)
{
	uint64_t room = ffav_get64(payload + 16);
	uint64_t name_size = ffav_get64(payload + 24);

	ffav_put64(payload + 16, value_size);
	ffav_put32(payload + 32, 7);
	if (value_size > room)
		return 36 + (size_t)name_size;
	for (uint64_t i = 0; i < value_size; i++)
		payload[36 + name_size + i] = (uint8_t)(i + 1);
	return (size_t)(36 + name_size + value_size);
}

static void test_get(void **state)
{
	static const size_t offsets[] = {0, 8, 72, 1024};

	(void)state;
	for (size_t o = 0; o < COUNT(offsets); o++) {
		uint32_t attributes = 0;
		uint64_t size = 100;
		uint8_t data[104];

		setup_at(offsets[o]);
		server.fill = fill_get;
		value_size = 64;
		memset(data, 0xcc, sizeof(data));
		assert_int_equal(ffav_get_variable(&mm, name, &guid, &attributes, &size, data),
				 EFI_SUCCESS);
		assert_int_equal(world.smcs, 1);
		assert_int_equal(size, 64);
		assert_int_equal(attributes, 7);
		for (size_t i = 0; i < 64; i++)
			assert_int_equal(data[i], i + 1);
		for (size_t i = 64; i < sizeof(data); i++)
			assert_int_equal(data[i], 0xcc);
		/* The room is announced, but the data's place was not written. */
		assert_int_equal(ffav_get64(server.seen + AT_LENGTH), 16 + 36 + 10 + 100);
		assert_int_equal(ffav_get64(server.seen + AT_PAYLOAD + 16), 100);
		assert_int_equal(ffav_get64(server.seen + AT_PAYLOAD + 24), 10);
		assert_memory_equal(server.seen + AT_PAYLOAD, guid.b, 16);
		assert_memory_equal(server.seen + AT_PAYLOAD + 36, name, 10);
		/* 86 bytes of request; 150 of reply, the header's line twice. */
		assert_in_range(world.lines_cleaned, 2, 3);
		assert_in_range(world.lines_invalidated, 4, 5);
	}
}

static void test_get_too_small(void **state)
{
	uint32_t attributes = 0;
	uint64_t size = 63;
	uint8_t data[63];

	(void)state;
	server.fill = fill_get;
	server.status = EFI_BUFFER_TOO_SMALL;
	value_size = 64;
	assert_int_equal(ffav_get_variable(&mm, name, &guid, &attributes, &size, data),
			 EFI_BUFFER_TOO_SMALL);
	assert_int_equal(size, 64);
	assert_int_equal(attributes, 7);

	/* Asking for the size alone: no room, no pointer. */
	size = 0;
	assert_int_equal(ffav_get_variable(&mm, name, &guid, NULL, &size, NULL),
			 EFI_BUFFER_TOO_SMALL);
	assert_int_equal(size, 64);

	/* A reply that carries nothing but the fixed part. */
	size = 0;
	server.has_length = true;
	server.length = 16 + 36;
	assert_int_equal(ffav_get_variable(&mm, name, &guid, NULL, &size, NULL),
			 EFI_BUFFER_TOO_SMALL);
	assert_int_equal(size, 64);
}

/*
 * A null Data is a mistake only where the data would have been returned: a variable that is not
 * there is not found, and one that is larger than DataSize is too large (UEFI 2.10, 8.2.1).
 */
static void test_get_null_data(void **state)
{
	uint32_t attributes = 0;
	uint64_t size = 63;

	(void)state;
	server.fill = fill_get;
	value_size = 64;
	server.status = EFI_BUFFER_TOO_SMALL;
	assert_int_equal(ffav_get_variable(&mm, name, &guid, &attributes, &size, NULL),
			 EFI_BUFFER_TOO_SMALL);
	assert_int_equal(size, 64);
	assert_int_equal(attributes, 7);

	attributes = 0;
	server.status = EFI_SUCCESS;
	assert_int_equal(ffav_get_variable(&mm, name, &guid, &attributes, &size, NULL),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(size, 64);
	assert_int_equal(attributes, 0);

	server.status = EFI_NOT_FOUND;
	assert_int_equal(ffav_get_variable(&mm, name, &guid, &attributes, &size, NULL),
			 EFI_NOT_FOUND);
	assert_int_equal(size, 64);
	assert_int_equal(world.smcs, 3);
	assert_false(world.locked);
}

static void test_get_more_than_fits(void **state)
{
	static uint8_t data[2 * WORLD_BUFFER_SIZE];
	uint64_t size = sizeof(data);
	uint64_t max = mm.payload_max - 36 - 10;

	(void)state;
	/* The caller's room is larger than the buffer: less is asked for. */
	server.fill = fill_get;
	value_size = max;
	assert_int_equal(ffav_get_variable(&mm, name, &guid, NULL, &size, data), EFI_SUCCESS);
	assert_int_equal(size, max);
	assert_int_equal(ffav_get64(server.seen + AT_PAYLOAD + 16), max);

	/* A size that no message could bring is no answer. */
	size = UINT64_MAX;
	value_size = max + 1;
	server.status = EFI_BUFFER_TOO_SMALL;
	assert_int_equal(ffav_get_variable(&mm, name, &guid, NULL, &size, data),
			 EFI_DEVICE_ERROR);
	assert_int_equal(size, UINT64_MAX);
}

static void lie_data_size_plus_one(uint8_t *message)
{
	ffav_put64(message + AT_PAYLOAD + 16, 65);
}

static void lie_data_size_huge(uint8_t *message)
{
	ffav_put64(message + AT_PAYLOAD + 16, UINT64_MAX);
}

static void lie_data_size_wraps(uint8_t *message)
{
	ffav_put64(message + AT_PAYLOAD + 16, UINT64_MAX - 45);
}

static void lie_data_size_zero(uint8_t *message)
{
	ffav_put64(message + AT_PAYLOAD + 16, 0);
}

static void lie_name_size_zero(uint8_t *message)
{
	ffav_put64(message + AT_PAYLOAD + 24, 0);
}

static void lie_name_size_shifts(uint8_t *message)
{
	ffav_put64(message + AT_PAYLOAD + 24, 12);
}

static void lie_name_size_huge(uint8_t *message)
{
	ffav_put64(message + AT_PAYLOAD + 24, UINT64_MAX - 35);
}

static void lie_guid(uint8_t *message)
{
	message[AT_PAYLOAD + 15] ^= 1;
}

static void lie_attributes(uint8_t *message)
{
	ffav_put32(message + AT_PAYLOAD + 32, 0x80000007);
}

static void lie_function(uint8_t *message)
{
	ffav_put64(message + AT_FUNCTION, FFAV_VAR_PAYLOAD_SIZE);
}

static void lie_service(uint8_t *message)
{
	message[0] ^= 1;
}

static void lie_header_v3(uint8_t *message)
{
	struct efi_guid v3 = MM_HEADER_V3_GUID;

	memcpy(message, &v3, sizeof(v3));
}

static void lie_garbage(uint8_t *message)
{
	memset(message, 0xff, WORLD_BUFFER_SIZE - mm.offset);
}

static void lie_zeroes(uint8_t *message)
{
	memset(message, 0, WORLD_BUFFER_SIZE - mm.offset);
}

static void check_get_fails(void)
{
	uint32_t attributes = 0xabcd;
	uint64_t size = 64;
	uint8_t data[64 + 16];

	memset(data, 0xcc, sizeof(data));
	assert_int_equal(ffav_get_variable(&mm, name, &guid, &attributes, &size, data),
			 EFI_DEVICE_ERROR);
	assert_int_equal(size, 64);
	assert_int_equal(attributes, 0xabcd);
	for (size_t i = 0; i < sizeof(data); i++)
		assert_int_equal(data[i], 0xcc);
	assert_false(world.locked);
	assert_false(mm.dead);
}

static void test_get_lies(void **state)
{
	static void (*const lies[])(uint8_t *) = {
		lie_data_size_plus_one,
		lie_data_size_huge,
		lie_data_size_wraps,
		lie_name_size_zero,
		lie_name_size_shifts,
		lie_name_size_huge,
		lie_guid,
		lie_attributes,
		lie_function,
		lie_service,
		lie_header_v3,
		lie_garbage,
		lie_zeroes,
	};
	static void (*const small_lies[])(uint8_t *) = {
		/* BUFFER_TOO_SMALL with a size that is not larger than what was offered. */
		NULL,     lie_data_size_zero, lie_data_size_huge,
		lie_guid, lie_name_size_zero, lie_attributes,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lies); i++) {
		setup(NULL);
		server.fill = fill_get;
		value_size = 64;
		server.lie = lies[i];
		check_get_fails();
	}
	for (size_t i = 0; i < COUNT(small_lies); i++) {
		setup(NULL);
		server.fill = fill_get;
		value_size = 64;
		server.status = EFI_BUFFER_TOO_SMALL;
		server.lie = small_lies[i];
		check_get_fails();
	}
	/* Every length of reply that is too short for what it announces. */
	for (uint64_t length = 0; length < 16 + 36 + 10 + 64; length++) {
		setup(NULL);
		server.fill = fill_get;
		value_size = 64;
		server.has_length = true;
		server.length = length;
		check_get_fails();
	}
	/* Success, but the status was never written: what we put there is not success. */
	setup(NULL);
	server.fill = fill_get;
	value_size = 64;
	server.keep_status = true;
	check_get_fails();
}

static void test_statuses(void **state)
{
	static const struct {
		uint64_t status;
		efi_status_t get, set;
	} rows[] = {
		{EFI_NOT_FOUND, EFI_NOT_FOUND, EFI_NOT_FOUND},
		{EFI_INVALID_PARAMETER, EFI_INVALID_PARAMETER, EFI_INVALID_PARAMETER},
		{EFI_UNSUPPORTED, EFI_UNSUPPORTED, EFI_UNSUPPORTED},
		{EFI_WRITE_PROTECTED, EFI_WRITE_PROTECTED, EFI_WRITE_PROTECTED},
		{EFI_OUT_OF_RESOURCES, EFI_OUT_OF_RESOURCES, EFI_OUT_OF_RESOURCES},
		{EFI_SECURITY_VIOLATION, EFI_SECURITY_VIOLATION, EFI_SECURITY_VIOLATION},
		{EFI_ACCESS_DENIED, EFI_ACCESS_DENIED, EFI_ACCESS_DENIED},
		{EFI_DEVICE_ERROR, EFI_DEVICE_ERROR, EFI_DEVICE_ERROR},
		{EFI_ABORTED, EFI_ABORTED, EFI_ABORTED},
		/* Not what a service of this kind can say. */
		{EFI_BUFFER_TOO_SMALL, EFI_DEVICE_ERROR, EFI_DEVICE_ERROR},
		/* Warnings, unknown errors, other bits. */
		{1, EFI_DEVICE_ERROR, EFI_DEVICE_ERROR},
		{5, EFI_DEVICE_ERROR, EFI_DEVICE_ERROR},
		{EFI_ERROR_BIT, EFI_DEVICE_ERROR, EFI_DEVICE_ERROR},
		{EFI_ERROR_BIT | 1, EFI_DEVICE_ERROR, EFI_DEVICE_ERROR},
		{EFI_ERROR_BIT | 63, EFI_DEVICE_ERROR, EFI_DEVICE_ERROR},
		{EFI_ERROR_BIT | 64, EFI_DEVICE_ERROR, EFI_DEVICE_ERROR},
		{EFI_ERROR_BIT | (64 + 14), EFI_DEVICE_ERROR, EFI_DEVICE_ERROR},
		{EFI_ERROR_BIT >> 1, EFI_DEVICE_ERROR, EFI_DEVICE_ERROR},
		{0x8000000e, EFI_DEVICE_ERROR, EFI_DEVICE_ERROR},
		{UINT64_MAX, EFI_DEVICE_ERROR, EFI_DEVICE_ERROR},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint16_t next[8] = {0};
		struct efi_guid next_guid = {{0}};
		uint64_t a = 1, b = 2, c = 3, next_size = sizeof(next);
		uint64_t size = 4;
		uint8_t data[4] = {0};

		setup(NULL);
		server.status = rows[i].status;
		assert_int_equal(ffav_get_variable(&mm, name, &guid, NULL, &size, data),
				 rows[i].get);
		assert_int_equal(size, 4);
		assert_int_equal(ffav_set_variable(&mm, name, &guid, 7, 4, data), rows[i].set);
		assert_int_equal(ffav_query_variable_info(&mm, 7, &a, &b, &c), rows[i].set);
		assert_int_equal(a + b + c, 6);
		assert_int_equal(ffav_get_next_variable_name(&mm, &next_size, next, &next_guid),
				 rows[i].get);
		assert_int_equal(next_size, sizeof(next));
		assert_int_equal(world.smcs, 4);
	}
}

static void test_get_arguments(void **state)
{
	static const uint16_t empty[] = {0};
	static uint16_t endless[WORLD_BUFFER_SIZE];
	uint64_t size = 4;
	uint8_t data[4];

	(void)state;
	assert_int_equal(ffav_get_variable(&mm, NULL, &guid, NULL, &size, data),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(ffav_get_variable(&mm, name, NULL, NULL, &size, data),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(ffav_get_variable(&mm, name, &guid, NULL, NULL, data),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(ffav_get_variable(&mm, empty, &guid, NULL, &size, data),
			 EFI_NOT_FOUND);
	/* A name that ends nowhere is given up within the buffer; no dirty line stays. */
	memset(endless, 0x41, sizeof(endless));
	assert_int_equal(ffav_get_variable(&mm, endless, &guid, NULL, &size, data),
			 EFI_INVALID_PARAMETER);
	assert_memory_equal(world.near, world.shadow, WORLD_BUFFER_SIZE);
	assert_int_equal(ffav_set_variable(&mm, endless, &guid, 7, 4, data),
			 EFI_INVALID_PARAMETER);
	assert_memory_equal(world.near, world.shadow, WORLD_BUFFER_SIZE);
	assert_false(world.locked);
	assert_int_equal(world.smcs, 0);

	mm.found = false;
	world.lock_tries = 0;
	assert_int_equal(ffav_get_variable(&mm, name, &guid, NULL, &size, data),
			 EFI_UNSUPPORTED);
	assert_int_equal(ffav_set_variable(&mm, name, &guid, 7, 4, data), EFI_UNSUPPORTED);
	assert_int_equal(world.lock_tries, 0);
}

/* --- SetVariable --- */

static void test_set(void **state)
{
	uint8_t data[64];

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i ^ 0x40);
	assert_int_equal(ffav_set_variable(&mm, name, &guid, 0x47, sizeof(data), data),
			 EFI_SUCCESS);
	assert_int_equal(world.smcs, 1);
	assert_int_equal(ffav_get64(server.seen + AT_LENGTH), 16 + 36 + 10 + 64);
	assert_int_equal(ffav_get64(server.seen + AT_FUNCTION), 3);
	assert_int_equal(ffav_get64(server.seen + AT_PAYLOAD + 16), 64);
	assert_int_equal(ffav_get64(server.seen + AT_PAYLOAD + 24), 10);
	assert_int_equal(ffav_get32(server.seen + AT_PAYLOAD + 32), 0x47);
	assert_memory_equal(server.seen + AT_PAYLOAD + 36, name, 10);
	assert_memory_equal(server.seen + AT_PAYLOAD + 46, data, 64);
	assert_int_equal(world.lines_cleaned, 3);

	/* Deleting: no data, no pointer. */
	assert_int_equal(ffav_set_variable(&mm, name, &guid, 0, 0, NULL), EFI_SUCCESS);
	assert_int_equal(ffav_get64(server.seen + AT_LENGTH), 16 + 36 + 10);

	/* A reply of the variable header alone is enough; one byte less is not. */
	server.has_length = true;
	server.length = 16;
	assert_int_equal(ffav_set_variable(&mm, name, &guid, 7, 64, data), EFI_SUCCESS);
	server.length = 15;
	assert_int_equal(ffav_set_variable(&mm, name, &guid, 7, 64, data), EFI_DEVICE_ERROR);
	/* The partition answered without a word about the status. */
	server.has_length = false;
	server.keep_status = true;
	assert_int_equal(ffav_set_variable(&mm, name, &guid, 7, 64, data), EFI_DEVICE_ERROR);
}

/* Wherever the message ends in a line, and wherever it starts: all of it arrives, no line more. */
static void test_set_every_size(void **state)
{
	static uint8_t data[200];

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i + 1);
	for (size_t offset = 0; offset <= 72; offset += 8) {
		for (size_t size = 0; size <= sizeof(data); size++) {
			size_t end = offset + AT_PAYLOAD + 36 + 10 + size;

			setup_at(offset);
			assert_int_equal(ffav_set_variable(&mm, name, &guid, 7, size, data),
					 EFI_SUCCESS);
			if (size)
				assert_memory_equal(server.seen + AT_PAYLOAD + 46, data, size);
			assert_int_equal(world.lines_cleaned,
					 (end + WORLD_LINE - 1) / WORLD_LINE -
						 offset / WORLD_LINE);
		}
	}
}

static void test_set_arguments(void **state)
{
	static const uint16_t empty[] = {0};
	static uint8_t data[2 * WORLD_BUFFER_SIZE];
	uint64_t max = mm.payload_max - 36 - 10;
	static const struct {
		uint32_t attributes;
		efi_status_t status;
	} rows[] = {
		{7, EFI_SUCCESS},
		{3, EFI_SUCCESS},
		{0, EFI_SUCCESS},
		{0x27, EFI_SUCCESS},
		{0x67, EFI_SUCCESS},
		{4, EFI_INVALID_PARAMETER},
		{5, EFI_INVALID_PARAMETER},
		{0x107, EFI_INVALID_PARAMETER},
		{0x80000007, EFI_INVALID_PARAMETER},
	};

	(void)state;
	assert_int_equal(ffav_set_variable(&mm, NULL, &guid, 7, 4, data),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(ffav_set_variable(&mm, empty, &guid, 7, 4, data),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(ffav_set_variable(&mm, name, NULL, 7, 4, data), EFI_INVALID_PARAMETER);
	assert_int_equal(ffav_set_variable(&mm, name, &guid, 7, 4, NULL),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(ffav_set_variable(&mm, name, &guid, 7, max + 1, data),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(ffav_set_variable(&mm, name, &guid, 7, UINT64_MAX, data),
			 EFI_INVALID_PARAMETER);
	assert_memory_equal(world.near, world.shadow, WORLD_BUFFER_SIZE);
	assert_int_equal(world.smcs, 0);
	assert_int_equal(ffav_set_variable(&mm, name, &guid, 7, max, data), EFI_SUCCESS);
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(
			ffav_set_variable(&mm, name, &guid, rows[i].attributes, 4, data),
			rows[i].status);
}

/* --- GetNextVariableName --- */

static const uint16_t *next_name;
static uint64_t next_name_size;

static size_t fill_next(uint8_t *payload)
{
	payload[0] = 0x99;
	ffav_put64(payload + 16, next_name_size);
	if (server.status)
		return 24;
	memcpy(payload + 24, next_name, (size_t)next_name_size);
	return 24 + (size_t)next_name_size;
}

static void test_next(void **state)
{
	static const uint16_t found[] = {'B', 'o', 'o', 't', 0};
	uint16_t buffer[512] = {'A', 0};
	uint64_t size = sizeof(buffer);
	struct efi_guid g = guid;

	(void)state;
	server.fill = fill_next;
	next_name = found;
	next_name_size = 10;
	memset(buffer + 2, 0x55, sizeof(buffer) - 4);
	assert_int_equal(ffav_get_next_variable_name(&mm, &size, buffer, &g), EFI_SUCCESS);
	assert_int_equal(world.smcs, 1);
	assert_int_equal(size, 10);
	assert_memory_equal(buffer, found, 10);
	assert_int_equal(buffer[5], 0x5555);
	assert_int_equal(g.b[0], 0x99);
	/* The whole room is announced; the name is there, and a terminator at the room's end. */
	assert_int_equal(ffav_get64(server.seen + AT_LENGTH), 16 + 24 + 1024);
	assert_int_equal(ffav_get64(server.seen + AT_PAYLOAD + 16), 1024);
	assert_int_equal(ffav_get32(server.seen + AT_PAYLOAD + 24), 'A');
	assert_int_equal(ffav_get16(server.seen + AT_PAYLOAD + 24 + 1022), 0);
	/* Two lines of request, one of terminator; two of reply, the header's twice. */
	assert_int_equal(world.lines_cleaned, 3);
	assert_int_equal(world.lines_invalidated, 3);

	/* From the start: an empty name. */
	size = sizeof(buffer);
	buffer[0] = 0;
	assert_int_equal(ffav_get_next_variable_name(&mm, &size, buffer, &g), EFI_SUCCESS);
	assert_int_equal(ffav_get16(server.seen + AT_PAYLOAD + 24), 0);
	assert_memory_equal(buffer, found, 10);

	/* Exactly as large as needed, and one byte more. */
	size = 10;
	buffer[0] = 0;
	assert_int_equal(ffav_get_next_variable_name(&mm, &size, buffer, &g), EFI_SUCCESS);
	size = 11;
	buffer[0] = 0;
	assert_int_equal(ffav_get_next_variable_name(&mm, &size, buffer, &g), EFI_SUCCESS);
	assert_int_equal(ffav_get64(server.seen + AT_PAYLOAD + 16), 10);

	server.status = EFI_BUFFER_TOO_SMALL;
	size = 8;
	buffer[0] = 0;
	assert_int_equal(ffav_get_next_variable_name(&mm, &size, buffer, &g),
			 EFI_BUFFER_TOO_SMALL);
	assert_int_equal(size, 10);
	assert_int_equal(buffer[0], 0);
}

static void test_next_arguments(void **state)
{
	uint16_t buffer[8] = {'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'};
	struct efi_guid g = guid;
	uint64_t size = sizeof(buffer);

	(void)state;
	assert_int_equal(ffav_get_next_variable_name(&mm, NULL, buffer, &g),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(ffav_get_next_variable_name(&mm, &size, NULL, &g),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(ffav_get_next_variable_name(&mm, &size, buffer, NULL),
			 EFI_INVALID_PARAMETER);
	/* No terminator within the size. */
	for (size = 0; size <= sizeof(buffer); size++)
		assert_int_equal(ffav_get_next_variable_name(&mm, &size, buffer, &g),
				 EFI_INVALID_PARAMETER);
	assert_memory_equal(world.near, world.shadow, WORLD_BUFFER_SIZE);
	assert_int_equal(world.smcs, 0);
	assert_false(world.locked);

	/* A size beyond the buffer is cut to what a message can bring. */
	buffer[0] = 0;
	size = UINT64_MAX;
	server.status = EFI_NOT_FOUND;
	assert_int_equal(ffav_get_next_variable_name(&mm, &size, buffer, &g), EFI_NOT_FOUND);
	assert_int_equal(ffav_get64(server.seen + AT_PAYLOAD + 16), mm.payload_max - 24);
	assert_int_equal(size, UINT64_MAX);
}

static void lie_next_unterminated(uint8_t *message)
{
	ffav_put16(message + AT_PAYLOAD + 24 + 8, 'x');
}

static void lie_next_terminated_early(uint8_t *message)
{
	ffav_put16(message + AT_PAYLOAD + 24 + 2, 0);
}

static void lie_next_size(uint8_t *message, uint64_t size)
{
	ffav_put64(message + AT_PAYLOAD + 16, size);
}

static void lie_next_odd(uint8_t *message)
{
	lie_next_size(message, 9);
}

static void lie_next_empty(uint8_t *message)
{
	lie_next_size(message, 2);
	ffav_put16(message + AT_PAYLOAD + 24, 0);
}

static void lie_next_zero(uint8_t *message)
{
	lie_next_size(message, 0);
}

static void lie_next_beyond_reply(uint8_t *message)
{
	lie_next_size(message, 12);
}

static void lie_next_beyond_room(uint8_t *message)
{
	lie_next_size(message, 66);
}

static void lie_next_huge(uint8_t *message)
{
	lie_next_size(message, UINT64_MAX - 23);
}

static void lie_next_same_again(uint8_t *message)
{
	static const uint16_t asked[] = {'A', 's', 'k', 'd', 0};

	memcpy(message + AT_PAYLOAD, guid.b, 16);
	memcpy(message + AT_PAYLOAD + 24, asked, sizeof(asked));
}

static void check_next_fails(void)
{
	static const uint16_t asked[] = {'A', 's', 'k', 'd', 0};
	uint16_t buffer[32 + 4];
	struct efi_guid g = guid;
	uint64_t size = 64;

	memset(buffer, 0x55, sizeof(buffer));
	memcpy(buffer, asked, sizeof(asked));
	assert_int_equal(ffav_get_next_variable_name(&mm, &size, buffer, &g), EFI_DEVICE_ERROR);
	assert_int_equal(size, 64);
	assert_memory_equal(buffer, asked, sizeof(asked));
	assert_memory_equal(&g, &guid, sizeof(guid));
	for (size_t i = COUNT(asked); i < COUNT(buffer); i++)
		assert_int_equal(buffer[i], 0x5555);
	assert_false(world.locked);
}

static void test_next_lies(void **state)
{
	static const uint16_t found[] = {'B', 'o', 'o', 't', 0};
	static void (*const lies[])(uint8_t *) = {
		lie_next_unterminated,
		lie_next_terminated_early,
		lie_next_odd,
		lie_next_empty,
		lie_next_zero,
		lie_next_beyond_reply,
		lie_next_beyond_room,
		lie_next_huge,
		lie_next_same_again,
		lie_function,
		lie_service,
		lie_garbage,
		lie_zeroes,
	};
	static const uint64_t small[] = {0, 10, 64, 65, 67, UINT64_MAX, WORLD_BUFFER_SIZE};

	(void)state;
	next_name = found;
	for (size_t i = 0; i < COUNT(lies); i++) {
		setup(NULL);
		next_name_size = 10;
		server.fill = fill_next;
		server.lie = lies[i];
		check_next_fails();
	}
	for (uint64_t length = 0; length < 16 + 24 + 10; length++) {
		setup(NULL);
		next_name_size = 10;
		server.fill = fill_next;
		server.has_length = true;
		server.length = length;
		check_next_fails();
	}
	/* BUFFER_TOO_SMALL must name a size that is larger, even and possible. */
	for (size_t i = 0; i < COUNT(small); i++) {
		setup(NULL);
		server.status = EFI_BUFFER_TOO_SMALL;
		server.fill = fill_next;
		next_name_size = small[i];
		check_next_fails();
	}
}

/* --- QueryVariableInfo, ExitBootServices --- */

static size_t fill_info(uint8_t *payload)
{
	struct ffav_var_info info = {1000, 900, 800, ffav_get32(payload + 24)};

	assert_true(ffav_var_info_encode(payload, 28, &info));
	return 28;
}

static void lie_info_remaining(uint8_t *message)
{
	ffav_put64(message + AT_PAYLOAD + 8, 1001);
}

static void lie_info_attributes(uint8_t *message)
{
	ffav_put32(message + AT_PAYLOAD + 24, 6);
}

static void test_info(void **state)
{
	static void (*const lies[])(uint8_t *) = {lie_info_remaining, lie_info_attributes,
						  lie_function, lie_garbage, lie_zeroes};
	uint64_t a = 1, b = 2, c = 3;

	(void)state;
	server.fill = fill_info;
	assert_int_equal(ffav_query_variable_info(&mm, 7, &a, &b, &c), EFI_SUCCESS);
	assert_int_equal(a, 1000);
	assert_int_equal(b, 900);
	assert_int_equal(c, 800);
	/* With the padding that some servers insist on, and nothing of the stack in it. */
	assert_int_equal(ffav_get64(server.seen + AT_LENGTH), 16 + 32);
	assert_int_equal(ffav_get64(server.seen + AT_PAYLOAD + 24), 7);

	assert_int_equal(ffav_query_variable_info(&mm, 0, &a, &b, &c), EFI_INVALID_PARAMETER);
	assert_int_equal(ffav_query_variable_info(&mm, 7, NULL, &b, &c), EFI_INVALID_PARAMETER);
	assert_int_equal(ffav_query_variable_info(&mm, 7, &a, NULL, &c), EFI_INVALID_PARAMETER);
	assert_int_equal(ffav_query_variable_info(&mm, 7, &a, &b, NULL), EFI_INVALID_PARAMETER);
	assert_int_equal(world.smcs, 1);

	for (size_t i = 0; i < COUNT(lies); i++) {
		setup(NULL);
		server.fill = fill_info;
		server.lie = lies[i];
		assert_int_equal(ffav_query_variable_info(&mm, 7, &a, &b, &c),
				 EFI_DEVICE_ERROR);
	}
	server.lie = NULL;
	server.has_length = true;
	server.length = 16 + 27;
	assert_int_equal(ffav_query_variable_info(&mm, 7, &a, &b, &c), EFI_DEVICE_ERROR);
	assert_int_equal(a, 1000);
}

/* The same services in every phase, after the operating system moved the buffer. */
static void test_phases(void **state)
{
	static uint8_t data[64];

	(void)state;
	server.fill = fill_get;
	value_size = 64;
	for (unsigned int phase = 0; phase < 3; phase++) {
		uint64_t size = sizeof(data);

		assert_int_equal(ffav_get_variable(&mm, name, &guid, NULL, &size, data),
				 EFI_SUCCESS);
		assert_int_equal(size, 64);
		server.fill = NULL;
		assert_int_equal(ffav_set_variable(&mm, name, &guid, 7, size, data),
				 EFI_SUCCESS);
		if (phase == 0)
			assert_int_equal(ffav_variables_exit_boot_services(&mm), EFI_SUCCESS);
		else if (phase == 1)
			ffav_mm_set_virtual_address_map(&mm);
		server.fill = fill_get;
	}
	assert_int_equal(world.logs, 0);
	assert_int_equal(world.conversions, 1);
	assert_int_equal(world.smcs, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_get, setup),
		cmocka_unit_test_setup(test_get_too_small, setup),
		cmocka_unit_test_setup(test_get_null_data, setup),
		cmocka_unit_test_setup(test_get_more_than_fits, setup),
		cmocka_unit_test_setup(test_get_lies, setup),
		cmocka_unit_test_setup(test_statuses, setup),
		cmocka_unit_test_setup(test_get_arguments, setup),
		cmocka_unit_test_setup(test_set, setup),
		cmocka_unit_test_setup(test_set_every_size, setup),
		cmocka_unit_test_setup(test_set_arguments, setup),
		cmocka_unit_test_setup(test_next, setup),
		cmocka_unit_test_setup(test_next_arguments, setup),
		cmocka_unit_test_setup(test_next_lies, setup),
		cmocka_unit_test_setup(test_info, setup),
		cmocka_unit_test_setup(test_phases, setup),
	};

	return cmocka_run_group_tests_name("normal/variables", tests, NULL, NULL);
}
