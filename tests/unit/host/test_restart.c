// SPDX-License-Identifier: BSD-3-Clause
/*
 * The MM partition makes a fault at every step that it takes on the flash: its caller is told, and
 * the next call finds it started again, with every variable old or new, and with all that holds
 * until reset.
 */
#include "tests/unit/host/road.h"

#define FAULTS    120u
#define DATA_SIZE 3000u
#define BS_RT     (EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS)

static struct road r;

static void expect_bystander(void)
{
	road_expect(&r, "Bystander", NV_BS_RT, "as it was", 9);
}

/* Writes until the partition makes its fault; the value that was there, and the one that failed. */
static void write_until_fault(unsigned int operations, uint8_t *known, uint8_t *failed)
{
	static uint8_t data[DATA_SIZE];
	efi_status_t status;

	ffav_host_set_fault(r.m, operations);
	for (unsigned int i = 0; i < 200; i++) {
		*failed = (uint8_t)(*known + 1);
		memset(data, *failed, sizeof(data));
		status = road_set(&r, "Target", NV_BS_RT, data, sizeof(data));
		if (status) {
			assert_int_equal(status, EFI_DEVICE_ERROR);
			return;
		}
		*known = *failed;
	}
	fail_msg("the partition has made no fault");
}

/* All of the variable is one of the two; which one is known from then on. */
static void expect_either(uint8_t *known, uint8_t failed)
{
	static uint8_t data[DATA_SIZE];
	size_t size = sizeof(data);
	uint32_t attributes;

	assert_int_equal(road_get(&r, "Target", &attributes, data, &size), EFI_SUCCESS);
	assert_int_equal(attributes, NV_BS_RT);
	assert_int_equal(size, sizeof(data));
	assert_true(data[0] == *known || data[0] == failed);
	*known = data[0];
	for (size_t i = 1; i < size; i++)
		assert_int_equal(data[i], *known);
}

static void at_every_step(unsigned int interrupt_every)
{
	struct ffav_host_options o = {
		.interrupt_every = interrupt_every,
		.cache_soiled = true,
		.cache_percent = 30,
	};
	static uint8_t data[DATA_SIZE];
	uint8_t known = 0, failed;

	road_flash(&r, 8);
	road_boot(&r, &o, 0);
	assert_int_equal(road_set(&r, "Bystander", NV_BS_RT, "as it was", 9), EFI_SUCCESS);
	assert_int_equal(road_set(&r, "Target", NV_BS_RT, data, sizeof(data)), EFI_SUCCESS);
	assert_int_equal(ffav_variables_exit_boot_services(r.mm), EFI_SUCCESS);
	for (unsigned int n = 1; n <= FAULTS; n++) {
		r.told[0] = '\0';
		write_until_fault(n, &known, &failed);
		assert_false(r.mm->dead);
		expect_either(&known, failed);
		assert_non_null(strstr(r.told, "It made a fault and was stopped.\n"));
		assert_non_null(strstr(r.told, "It is started again.\n"));
		expect_bystander();
		assert_int_equal(road_count(&r), 2);
	}
	road_off(&r);
	road_boot(&r, NULL, 0);
	expect_either(&known, known);
	expect_bystander();
	road_end(&r);
}

static void test_every_step(void **state)
{
	(void)state;
	at_every_step(0);
}

/* Preempted before the fault, and while it starts again. */
static void test_every_step_preempted(void **state)
{
	(void)state;
	at_every_step(1);
}

static efi_status_t lock(const struct efi_guid *guid, const char *name)
{
	static const struct efi_guid service = MM_VARIABLE_GUID;
	uint8_t message[256];
	uint8_t *payload = message + MM_HEADER_V1_SIZE + FFAV_VAR_HEADER_SIZE;
	size_t name_size = 2 * (strlen(name) + 1);
	struct ffav_mm_header h = {
		.guid = service.b,
		.header_size = MM_HEADER_V1_SIZE,
		.data_size = FFAV_VAR_HEADER_SIZE + FFAV_VAR_NEXT_SIZE + name_size,
	};
	size_t size = sizeof(message);

	assert_true(ffav_mm_header_encode(message, sizeof(message), &h));
	ffav_var_header_encode(message + MM_HEADER_V1_SIZE, FFAV_VAR_LOCK, EFI_DEVICE_ERROR);
	memcpy(payload, guid, sizeof(*guid));
	ffav_put64(payload + 16, name_size);
	memcpy(payload + FFAV_VAR_NEXT_SIZE, road_name(name), name_size);
	assert_int_equal(ffav_mm_communicate(r.mm, message, &size), EFI_SUCCESS);
	return ffav_var_status(message + MM_HEADER_V1_SIZE);
}

static void crash(void)
{
	ffav_host_set_fault(r.m, 1);
	assert_int_equal(road_set(&r, "Trap", NV_BS_RT, "x", 1), EFI_DEVICE_ERROR);
}

/*
 * A fault opens nothing that was closed until reset. All static data outlive a fault here;
 * tests/system/restart_retained.py sees that on a board what this needs does, too.
 */
static void test_until_reset(void **state)
{
	uint32_t attributes;
	uint8_t data[16];
	size_t size = sizeof(data);

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, NULL, 0);
	assert_int_equal(road_set(&r, "Boot", NV_BS, "secret", 6), EFI_SUCCESS);
	assert_int_equal(road_set(&r, "Locked", NV_BS_RT, "fixed", 5), EFI_SUCCESS);
	assert_int_equal(road_set(&r, "Volatile", BS_RT, "lost at reset", 13), EFI_SUCCESS);
	assert_int_equal(lock(&road_guid, "Locked"), EFI_SUCCESS);
	/* In the boot phase it stays in the boot phase. */
	crash();
	road_expect(&r, "Boot", NV_BS, "secret", 6);
	road_expect(&r, "Volatile", BS_RT, "lost at reset", 13);
	assert_int_equal(road_set(&r, "Locked", NV_BS_RT, "loose", 5), EFI_WRITE_PROTECTED);
	assert_int_equal(lock(&road_guid, "Boot"), EFI_SUCCESS);

	assert_int_equal(ffav_variables_exit_boot_services(r.mm), EFI_SUCCESS);
	for (unsigned int i = 0; i < 3; i++) {
		crash();
		assert_int_equal(road_get(&r, "Boot", &attributes, data, &size), EFI_NOT_FOUND);
		assert_int_equal(road_set(&r, "Boot", NV_BS, "open", 4), EFI_INVALID_PARAMETER);
		assert_int_equal(road_set(&r, "Locked", NV_BS_RT, "loose", 5),
				 EFI_WRITE_PROTECTED);
		road_expect(&r, "Volatile", BS_RT, "lost at reset", 13);
		road_expect(&r, "Locked", NV_BS_RT, "fixed", 5);
	}
	/* A reset does open it. */
	road_off(&r);
	road_boot(&r, NULL, 0);
	road_expect(&r, "Boot", NV_BS, "secret", 6);
	size = sizeof(data);
	assert_int_equal(road_get(&r, "Volatile", &attributes, data, &size), EFI_NOT_FOUND);
	assert_int_equal(road_set(&r, "Locked", NV_BS_RT, "loose", 5), EFI_SUCCESS);
	road_end(&r);
}

static int (*read_flash)(void *context, uint32_t offset, void *out, size_t length);
/* Reads are steps once there were other steps than these. */
static uint64_t steps;

/* An external abort can come in a read, too. */
static int read_in_steps(void *context, uint32_t offset, void *out, size_t length)
{
	if (r.nor.steps != steps && r.nor.observe)
		r.nor.observe(r.nor.context, FFAV_NOR_PROGRAM, offset, length);
	return read_flash(context, offset, out, length);
}

/* What was closed is closed, in the boot phase or after it. */
static void expect_closed(bool at_runtime)
{
	static const struct efi_guid global = EFI_GLOBAL_VARIABLE_GUID;
	uint32_t attributes;
	uint8_t data[16];
	size_t size = sizeof(data);

	assert_int_equal(road_get(&r, "Boot", &attributes, data, &size),
			 at_runtime ? EFI_NOT_FOUND : EFI_SUCCESS);
	assert_int_equal(road_set(&r, "Locked", NV_BS_RT, "loose", 5), EFI_WRITE_PROTECTED);
	assert_int_equal(
		ffav_set_variable(r.mm, road_name("AuditMode"), &global, BS_RT, 1, "\x01"),
		EFI_WRITE_PROTECTED);
	road_expect(&r, "Volatile", BS_RT, "lost at reset", 13);
}

/*
 * Nor does a fault while the partition starts again. Mounting the log ends with a mark in it; at
 * each step from there on, in which the service itself looks at what is stored, it is tried.
 */
static void test_until_reset_twice(void **state)
{
	static const struct efi_guid global = EFI_GLOBAL_VARIABLE_GUID;
	uint32_t attributes;
	uint8_t data[16];
	efi_status_t status;
	unsigned int n;
	size_t size;

	(void)state;
	road_flash(&r, 8);
	read_flash = r.nor.flash.read;
	r.nor.flash.read = read_in_steps;
	r.nor.flash.map = NULL;
	road_boot(&r, NULL, 0);
	assert_int_equal(road_set(&r, "Boot", NV_BS, "secret", 6), EFI_SUCCESS);
	assert_int_equal(road_set(&r, "Locked", NV_BS_RT, "fixed", 5), EFI_SUCCESS);
	assert_int_equal(road_set(&r, "Volatile", BS_RT, "lost at reset", 13), EFI_SUCCESS);
	assert_int_equal(lock(&road_guid, "Locked"), EFI_SUCCESS);
	assert_int_equal(lock(&global, "AuditMode"), EFI_SUCCESS);
	for (unsigned int at_runtime = 0; at_runtime < 2; at_runtime++) {
		if (at_runtime)
			assert_int_equal(ffav_variables_exit_boot_services(r.mm), EFI_SUCCESS);
		for (n = 1, status = EFI_DEVICE_ERROR; status; n++) {
			assert_true(n < 100);
			crash();
			steps = r.nor.steps;
			ffav_host_set_fault(r.m, n);
			size = sizeof(data);
			status = road_get(&r, "Volatile", &attributes, data, &size);
			assert_true(!status || status == EFI_DEVICE_ERROR);
			ffav_host_set_fault(r.m, 0);
			expect_closed(at_runtime);
		}
		/* The mark, a read for each of the two that are stored, and none. */
		assert_true(n > 4);
	}
	road_end(&r);
}

/* A partition that makes faults only is given up; a power cycle is a new beginning. */
static void test_given_up(void **state)
{
	(void)state;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, NULL, 0);
	assert_int_equal(road_set(&r, "Kept", NV_BS_RT, "old", 3), EFI_SUCCESS);
	for (unsigned int i = 0; i < FFAV_SPMC_FAULTS_MAX; i++)
		crash();
	assert_non_null(strstr(r.told, "It made a fault and was stopped for good.\n"));
	for (unsigned int i = 0; i < 3; i++) {
		uint64_t request[8] = {FFA_MSG_SEND_DIRECT_REQ_64, 0x8001};

		assert_int_equal(road_set(&r, "Kept", NV_BS_RT, "new", 3), EFI_DEVICE_ERROR);
		road_call(request);
		assert_int_equal(request[0], FFA_ERROR);
		assert_int_equal((int32_t)request[2], FFA_ABORTED);
	}
	road_off(&r);
	road_boot(&r, NULL, 0);
	road_expect(&r, "Kept", NV_BS_RT, "old", 3);
	assert_int_equal(road_set(&r, "Kept", NV_BS_RT, "new", 3), EFI_SUCCESS);
	road_end(&r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_step),  cmocka_unit_test(test_every_step_preempted),
		cmocka_unit_test(test_until_reset), cmocka_unit_test(test_until_reset_twice),
		cmocka_unit_test(test_given_up),
	};

	return cmocka_run_group_tests_name("host/restart", tests, NULL, NULL);
}
