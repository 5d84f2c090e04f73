// SPDX-License-Identifier: BSD-3-Clause
/*
 * Messages that no honest client sends. Each lies in a block of its own size,
 * so that the sanitizers see every byte read or written beside it.
 */
#include "tests/unit/variables/fixture.h"

#include <stdlib.h>
#include <string.h>

/* Send a copy of @size bytes of f->message; 0x1234 if there is no reply. */
static efi_status_t send_exactly(struct fx *f, size_t size)
{
	uint8_t *m = malloc(size ? size : 1);
	efi_status_t status = 0x1234;
	size_t reply = 99;
	int code;

	assert_non_null(m);
	memcpy(m, f->message, size);
	if (size >= FFAV_VAR_HEADER_SIZE)
		ffav_put64(m + 8, 0x1234);
	code = ffav_variables_handle(&f->v, m, size, size, &reply);
	if (size < FFAV_VAR_HEADER_SIZE) {
		assert_int_equal(code, MM_INVALID_PARAMETER);
		assert_int_equal(reply, 0);
	} else {
		assert_int_equal(code, MM_SUCCESS);
		assert_in_range(reply, FFAV_VAR_HEADER_SIZE, size);
		status = ffav_var_status(m);
		assert_int_not_equal(status, 0x1234);
	}
	free(m);
	return status;
}

/* The fields of a message that say how long something is. */
struct shape {
	uint64_t function;
	size_t size;
	size_t length_fields[2];
};

static struct shape shape_of(struct fx *f, uint64_t function)
{
	struct shape s = {.function = function};
	uint8_t *p = fx_payload(f);
	struct ffav_var_check c = {
		.guid = fx_guid.b, .revision = FFAV_VAR_CHECK_REVISION, .max_size = 8};
	uint8_t name[16];

	memset(f->message, 0, 256);
	ffav_var_header_encode(f->message, function, 0);
	switch (function) {
	case FFAV_VAR_GET:
		s.size = fx_access(f, &fx_guid, "Var", 0, 4, "room");
		s.length_fields[0] = 24;
		break;
	case FFAV_VAR_SET:
		s.size = fx_access(f, &fx_guid, "New", NV | BS | RT, 4, "data");
		s.length_fields[0] = 16;
		s.length_fields[1] = 24;
		break;
	case FFAV_VAR_GET_NEXT_NAME:
	case FFAV_VAR_LOCK:
		memcpy(p, &fx_guid, sizeof(fx_guid));
		ffav_put64(p + 16, 8);
		s.size = FFAV_VAR_NEXT_SIZE + fx_name(p + FFAV_VAR_NEXT_SIZE, "Var");
		s.length_fields[0] = 16;
		break;
	case FFAV_VAR_QUERY_INFO:
		ffav_put32(p + 24, NV | BS | RT);
		s.size = FFAV_VAR_INFO_SIZE;
		break;
	case FFAV_VAR_CHECK_PROPERTY_SET:
	case FFAV_VAR_CHECK_PROPERTY_GET:
		c.name = name;
		c.name_size = fx_name(name, "Var");
		assert_true(ffav_var_check_encode(p, FX_PAYLOAD_MAX, &c));
		s.size = FFAV_VAR_CHECK_SIZE + (size_t)c.name_size;
		s.length_fields[0] = 16;
		break;
	case FFAV_VAR_PAYLOAD_SIZE:
		s.size = FFAV_VAR_PAYLOAD_SIZE_SIZE;
		break;
	default:
		break;
	}
	s.size += FFAV_VAR_HEADER_SIZE;
	return s;
}

static const uint64_t functions[] = {
	FFAV_VAR_GET,
	FFAV_VAR_GET_NEXT_NAME,
	FFAV_VAR_SET,
	FFAV_VAR_QUERY_INFO,
	FFAV_VAR_LOCK,
	FFAV_VAR_CHECK_PROPERTY_SET,
	FFAV_VAR_CHECK_PROPERTY_GET,
	FFAV_VAR_PAYLOAD_SIZE,
};

static void nothing_changed(struct fx *f)
{
	struct ffav_store_space space;

	ffav_store_space(&f->nonvolatile, &space);
	assert_int_equal(space.items, 1);
	assert_int_equal(f->v.rules, 0);
	fx_expect(f, &fx_guid, "Var", NV | BS | RT, "data", 4);
}

static void truncated_at_every_byte(void **state)
{
	struct fx *f = *state;

	assert_int_equal(fx_set(f, "Var", NV | BS | RT, "data", 4), EFI_SUCCESS);
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		size_t full = shape_of(f, functions[i]).size;

		for (size_t size = 0; size < full; size++) {
			efi_status_t status;

			/* Each attempt needs the whole message again. */
			(void)shape_of(f, functions[i]);
			(void)fx_reported("");
			status = send_exactly(f, size);
			if (size >= FFAV_VAR_HEADER_SIZE)
				assert_int_equal(status, EFI_INVALID_PARAMETER);
			assert_true(fx_reported("refused"));
			nothing_changed(f);
		}
	}
}

static void lengths_that_lie(void **state)
{
	struct fx *f = *state;
	static const uint64_t lengths[] = {
		1,
		3,
		5,
		7,
		9,
		10,
		11,
		12,
		13,
		0xff,
		0x7fff,
		0xffff,
		0x10000,
		0x7fffffff,
		0x80000000,
		0xffffffff,
		0x100000000,
		0x7fffffffffffffff,
		0x8000000000000000,
		0xffffffffffffffdb,
		0xffffffffffffffdc,
		0xfffffffffffffffe,
		0xffffffffffffffff,
	};

	assert_int_equal(fx_set(f, "Var", NV | BS | RT, "data", 4), EFI_SUCCESS);
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		for (size_t j = 0; j < 2 * sizeof(lengths) / sizeof(lengths[0]); j++) {
			struct shape s = shape_of(f, functions[i]);
			size_t field = s.length_fields[j % 2];
			efi_status_t status;

			if (!field)
				continue;
			/* The data's length in SetVariable may be smaller than what is there. */
			if (s.function == FFAV_VAR_SET && field == 16 && lengths[j / 2] < 4)
				continue;
			ffav_put64(fx_payload(f) + field, lengths[j / 2]);
			status = send_exactly(f, s.size);
			/* So may the room for the next name be larger than what is there. */
			if (s.function == FFAV_VAR_GET_NEXT_NAME && lengths[j / 2] >= 8)
				assert_true(status == EFI_SUCCESS ||
					    status == EFI_BUFFER_TOO_SMALL ||
					    status == EFI_INVALID_PARAMETER);
			else
				assert_int_equal(status, EFI_INVALID_PARAMETER);
			nothing_changed(f);
		}
	}
}

static void names_without_a_terminator(void **state)
{
	struct fx *f = *state;
	static const uint8_t names[][8] = {
		{'V', 0, 'a', 0, 'r', 0, 'x', 0}, {'V', 0, 0, 0, 'r', 0, 0, 0},
		{0, 0, 'a', 0, 'r', 0, 0, 0},     {0, 0, 0, 0, 0, 0, 0, 0},
		{'V', 0, 'a', 0, 0, 0, 0, 0},     {'V', 0, 'a', 0, 'r', 0, 0, 1},
	};
	static const struct {
		uint64_t function;
		size_t name;
	} cases[] = {
		{FFAV_VAR_GET, FFAV_VAR_ACCESS_SIZE},
		{FFAV_VAR_SET, FFAV_VAR_ACCESS_SIZE},
		{FFAV_VAR_LOCK, FFAV_VAR_NEXT_SIZE},
		{FFAV_VAR_CHECK_PROPERTY_SET, FFAV_VAR_CHECK_SIZE},
		{FFAV_VAR_CHECK_PROPERTY_GET, FFAV_VAR_CHECK_SIZE},
	};

	assert_int_equal(fx_set(f, "Var", NV | BS | RT, "data", 4), EFI_SUCCESS);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t j = 0; j < sizeof(names) / sizeof(names[0]); j++) {
			struct shape s = shape_of(f, cases[i].function);

			memcpy(fx_payload(f) + cases[i].name, names[j], 8);
			assert_int_equal(send_exactly(f, s.size), EFI_INVALID_PARAMETER);
			nothing_changed(f);
		}
	}
}

static void unknown_functions(void **state)
{
	struct fx *f = *state;
	static const uint64_t unknown[] = {0,
					   FFAV_VAR_STATISTICS,
					   FFAV_VAR_CACHE_CONTEXT,
					   FFAV_VAR_CACHE_SYNC,
					   FFAV_VAR_CACHE_INFO,
					   15,
					   0x80,
					   0x100000001,
					   UINT64_MAX};

	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		assert_int_equal(fx_call(f, unknown[i], 64), EFI_UNSUPPORTED);
		assert_int_equal(f->reply_size, FFAV_VAR_HEADER_SIZE);
		assert_true(fx_reported("variable message refused: no such function"));
	}
}

/* Clients exist whose sizeof counts tail padding, and others that send the whole buffer. */
static void trailing_bytes_are_fine(void **state)
{
	struct fx *f = *state;
	size_t size;

	for (size_t tail = 0; tail < 8; tail++) {
		size = fx_access(f, &fx_guid, "Var", NV | BS | RT, 4, "data");
		assert_int_equal(fx_call(f, FFAV_VAR_SET, size + tail), EFI_SUCCESS);
		fx_expect(f, &fx_guid, "Var", NV | BS | RT, "data", 4);
		memset(fx_payload(f), 0, FFAV_VAR_INFO_PADDED_SIZE);
		ffav_put32(fx_payload(f) + 24, NV | BS | RT);
		assert_int_equal(fx_call(f, FFAV_VAR_QUERY_INFO, FFAV_VAR_INFO_SIZE + tail),
				 EFI_SUCCESS);
		assert_int_equal(f->reply_size, FFAV_VAR_HEADER_SIZE + FFAV_VAR_INFO_SIZE);
		assert_int_equal(fx_call(f, FFAV_VAR_EXIT_BOOT_SERVICES, tail), EFI_SUCCESS);
		assert_int_equal(f->reply_size, FFAV_VAR_HEADER_SIZE);
	}
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, fx_setup, fx_teardown)
	const struct CMUnitTest tests[] = {
		CASE(truncated_at_every_byte),    CASE(lengths_that_lie),
		CASE(names_without_a_terminator), CASE(unknown_functions),
		CASE(trailing_bytes_are_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
