/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The messages that the U-Boot port makes by itself, and the seam in plain types, against a
 * partition that is played here. Built and run by uboot_backend.py with the library and
 * ports/u-boot/tree/port/services.c and property.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "abi/variable.h"
#include "connection.h"
#include "shim.h"

#define BUFFER_SIZE 0x20000u
#define PARTITION   0x8003u
#define PAYLOAD     4000u

static uint8_t buffer[BUFFER_SIZE] __attribute__((aligned(4096)));
static uint8_t rxtx[2 * 4096] __attribute__((aligned(4096)));

/* What the partition saw last, and how it answers. */
static struct {
	uint64_t function;
	uint8_t payload[512];
	size_t size;
	unsigned int requests;
	/* The answer: MM code, status, and what is wrong with it. */
	int64_t code;
	efi_status_t status;
	bool other_function, no_status;
} partition;

static void answer(struct ffav_smc_regs *regs)
{
	struct ffav_mm_header header;
	uint8_t *data;

	partition.requests++;
	memset(regs, 0, sizeof(*regs));
	regs->x[0] = FFA_MSG_SEND_DIRECT_RESP_64;
	regs->x[1] = (uint64_t)PARTITION << 16;
	regs->x[3] = (uint64_t)partition.code;
	assert_true(ffav_mm_header_decode(buffer, BUFFER_SIZE, &header));
	data = buffer + header.header_size;
	partition.function = ffav_var_function(data);
	partition.size = (size_t)header.data_size - FFAV_VAR_HEADER_SIZE;
	assert_true(partition.size <= sizeof(partition.payload));
	memcpy(partition.payload, data + FFAV_VAR_HEADER_SIZE, partition.size);
	if (partition.no_status)
		return;
	if (partition.function == FFAV_VAR_PAYLOAD_SIZE)
		ffav_put64(data + FFAV_VAR_HEADER_SIZE, PAYLOAD);
	ffav_var_header_encode(data, partition.function + partition.other_function,
			       partition.status);
}

void ffav_smc(struct ffav_smc_regs *regs)
{
	struct ffav_partition_info info = {PARTITION, 1, FFA_PARTITION_DIRECT_RECV, {{0}}};
	uint32_t fid = (uint32_t)regs->x[0];

	if (fid == FFA_MSG_SEND_DIRECT_REQ_64) {
		answer(regs);
		return;
	}
	memset(regs, 0, sizeof(*regs));
	regs->x[0] = FFA_SUCCESS_32;
	if (fid == FFA_VERSION)
		regs->x[0] = FFA_VERSION_1_0;
	if (fid == FFA_PARTITION_INFO_GET) {
		/* FF-A 1.0: one descriptor of 8 bytes, and no size. */
		regs->x[2] = 1;
		ffav_put16(rxtx, info.id);
		ffav_put16(rxtx + 2, 1);
		ffav_put32(rxtx + 4, info.properties);
	}
}

void ffav_clean(const void *p, size_t size)
{
	(void)p;
	(void)size;
}

void ffav_invalidate(void *p, size_t size)
{
	(void)p;
	(void)size;
}

void ffav_convert_pointer(void **p)
{
	*p = (uint8_t *)*p + 16;
}

bool ffav_try_lock(void)
{
	return true;
}

void ffav_unlock(void)
{
}

uint64_t ffav_counter(void)
{
	static uint64_t counter;

	return counter += 1000;
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

static int found(void **state)
{
	(void)state;
	memset(&partition, 0, sizeof(partition));
	assert_int_equal(ffavars_probe(buffer, BUFFER_SIZE, 0, rxtx), EFI_SUCCESS);
	partition.requests = 0;
	return 0;
}

static const uint16_t name[] = u"OsIndicationsSupported";
static const uint8_t guid[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static void test_description(void **state)
{
	struct ffavars_connection c;

	(void)state;
	ffavars_describe(&c);
	assert_true(c.ready && !c.dead && !c.rxtx_mapped);
	assert_int_equal(c.version, FFA_VERSION_1_0);
	assert_int_equal(c.partition_id, PARTITION);
	assert_int_equal(c.payload_max, PAYLOAD);
	assert_string_equal(c.dialect, "offset in the buffer");
}

static void test_a_property_says_what_was_asked(void **state)
{
	struct ffav_var_check check;

	(void)state;
	for (int read_only = 0; read_only < 2; read_only++) {
		assert_int_equal(ffavars_protect(name, guid, 6, 8, read_only), EFI_SUCCESS);
		assert_int_equal(partition.function, FFAV_VAR_CHECK_PROPERTY_SET);
		assert_true(ffav_var_check_decode(partition.payload, partition.size, &check));
		assert_memory_equal(check.guid, guid, 16);
		assert_int_equal(check.name_size, sizeof(name));
		assert_memory_equal(check.name, name, sizeof(name));
		assert_int_equal(check.revision, FFAV_VAR_CHECK_REVISION);
		assert_int_equal(check.property, read_only ? FFAV_VAR_CHECK_READ_ONLY : 0);
		assert_int_equal(check.attributes, 6);
		assert_int_equal(check.min_size, 1);
		assert_int_equal(check.max_size, 8);
		assert_int_equal(partition.size, FFAV_VAR_CHECK_SIZE + sizeof(name));
	}
	assert_int_equal(partition.requests, 2);
}

static void test_a_property_that_is_refused(void **state)
{
	(void)state;
	partition.status = EFI_ACCESS_DENIED;
	assert_int_equal(ffavars_protect(name, guid, 6, 8, 1), EFI_ACCESS_DENIED);
	partition.code = MM_NO_MEMORY;
	assert_int_equal(ffavars_protect(name, guid, 6, 8, 1), EFI_OUT_OF_RESOURCES);
}

static void test_an_answer_that_is_none(void **state)
{
	(void)state;
	partition.other_function = true;
	assert_int_equal(ffavars_protect(name, guid, 6, 8, 1), EFI_DEVICE_ERROR);
	partition.other_function = false;
	partition.no_status = true;
	assert_int_equal(ffavars_protect(name, guid, 6, 8, 1), EFI_DEVICE_ERROR);
}

static void test_a_name_that_is_too_long_is_not_sent(void **state)
{
	uint16_t longest[129];

	(void)state;
	for (size_t i = 0; i < 129; i++)
		longest[i] = 'x';
	longest[127] = 0;
	assert_int_equal(ffavars_protect(longest, guid, 6, 8, 1), EFI_SUCCESS);
	longest[127] = 'x';
	longest[128] = 0;
	partition.requests = 0;
	assert_int_equal(ffavars_protect(longest, guid, 6, 8, 1), EFI_INVALID_PARAMETER);
	assert_int_equal(partition.requests, 0);
}

static int communicate(void *message, unsigned long *size)
{
	return ffavars_communicate(message, size) ? -22 : 0;
}

static void test_the_payload_size(void **state)
{
	unsigned long payload = 0;

	(void)state;
	assert_int_equal(ffavars_ask_payload_size(&payload, communicate), 0);
	assert_int_equal(payload, PAYLOAD);
	partition.code = MM_DENIED;
	assert_int_equal(ffavars_ask_payload_size(&payload, communicate), -22);
	partition.code = 0;
	partition.status = EFI_UNSUPPORTED;
	assert_int_equal(ffavars_ask_payload_size(&payload, communicate), -1);
	partition.status = 0;
	partition.other_function = true;
	assert_int_equal(ffavars_ask_payload_size(&payload, communicate), -1);
}

static void test_services_bear_missing_pointers(void **state)
{
	unsigned long long n;
	unsigned long size = 4;

	(void)state;
	assert_int_equal(ffavars_get(name, guid, NULL, NULL, buffer), EFI_INVALID_PARAMETER);
	assert_int_equal(ffavars_get(NULL, guid, NULL, &size, rxtx), EFI_INVALID_PARAMETER);
	assert_int_equal(ffavars_next(NULL, NULL, NULL), EFI_INVALID_PARAMETER);
	assert_int_equal(ffavars_set(NULL, guid, 7, 0, NULL), EFI_INVALID_PARAMETER);
	assert_int_equal(ffavars_query(7, NULL, &n, &n), EFI_INVALID_PARAMETER);
	assert_int_equal(ffavars_query(7, &n, NULL, &n), EFI_INVALID_PARAMETER);
	assert_int_equal(ffavars_query(7, &n, &n, NULL), EFI_INVALID_PARAMETER);
	assert_int_equal(size, 4);
	assert_int_equal(partition.requests, 0);
}

static void test_what_was_given_up_is_not_touched(void **state)
{
	struct ffavars_connection c;
	unsigned long size = 4;

	(void)state;
	ffavars_give_up();
	memset(buffer, 0xa5, 256);
	assert_int_equal(ffavars_get(name, guid, NULL, &size, rxtx), EFI_DEVICE_ERROR);
	assert_int_equal(ffavars_set(name, guid, 7, 4, rxtx), EFI_DEVICE_ERROR);
	assert_int_equal(partition.requests, 0);
	for (size_t i = 0; i < 256; i++)
		assert_int_equal(buffer[i], 0xa5);
	ffavars_describe(&c);
	assert_true(!c.ready && c.dead);
}

static void test_the_pointer_is_converted_once(void **state)
{
	(void)state;
	assert_int_equal(ffavars_exit_boot_services(), EFI_SUCCESS);
	assert_int_equal(partition.function, FFAV_VAR_EXIT_BOOT_SERVICES);
	ffavars_set_virtual_address_map();
	ffavars_set_virtual_address_map();
	assert_ptr_equal(ffavars_mm.buffer, buffer + 16);
}

#define TEST(f) cmocka_unit_test_setup(f, found)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_description),
		TEST(test_a_property_says_what_was_asked),
		TEST(test_a_property_that_is_refused),
		TEST(test_an_answer_that_is_none),
		TEST(test_a_name_that_is_too_long_is_not_sent),
		TEST(test_the_payload_size),
		TEST(test_services_bear_missing_pointers),
		TEST(test_what_was_given_up_is_not_touched),
		TEST(test_the_pointer_is_converted_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
