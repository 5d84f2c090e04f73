/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The four services of the published table in a firmware with timer interrupts, as edk2 is
 * one: whenever the TPL allows it, the handler of a pending event runs and calls a service
 * itself.
 */
#include <string.h>

#include "ports/uefi-driver/driver.h"
#include "tests/unit/normal/world.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define TPL_APPLICATION 4u

struct ffav_driver ffav_driver;

static struct {
	uint64_t tpl;
	unsigned int calls;
	/* An event of EFI_TPL_CALLBACK waits for its handler, which has run so often. */
	bool pending;
	unsigned int handled;
	/* The TPL while the partition worked. */
	uint64_t tpl_inside;
	unsigned int requests;
} firmware;

static efi_status_t call_get(void)
{
	static const uint16_t name[] = {'V', 0};
	static const struct efi_guid guid = EFI_GLOBAL_VARIABLE_GUID;
	uint64_t size = 0;

	return ffav_service_get_variable(name, &guid, NULL, &size, NULL);
}

static efi_status_t call_next(void)
{
	struct efi_guid guid = EFI_GLOBAL_VARIABLE_GUID;
	uint16_t name[2] = {'V', 0};
	uint64_t size = sizeof(name);

	return ffav_service_get_next_variable_name(&size, name, &guid);
}

static efi_status_t call_set(void)
{
	static const uint16_t name[] = {'V', 0};
	static const struct efi_guid guid = EFI_GLOBAL_VARIABLE_GUID;

	return ffav_service_set_variable(name, &guid, EFI_VARIABLE_BOOTSERVICE_ACCESS, 1, "v");
}

static efi_status_t call_query(void)
{
	uint64_t storage, remaining, largest;

	return ffav_service_query_variable_info(EFI_VARIABLE_BOOTSERVICE_ACCESS, &storage,
						&remaining, &largest);
}

static efi_status_t (*const services[])(void) = {call_get, call_next, call_set, call_query};

/* Run the handler of the event that is pending, if the TPL lets it in. */
static void dispatch(void)
{
	uint64_t interrupted = firmware.tpl;

	if (!firmware.pending || firmware.tpl >= EFI_TPL_CALLBACK)
		return;
	firmware.pending = false;
	firmware.tpl = EFI_TPL_CALLBACK;
	assert_int_equal(call_get(), EFI_NOT_FOUND);
	firmware.handled++;
	assert_int_equal(firmware.tpl, EFI_TPL_CALLBACK);
	firmware.tpl = interrupted;
}

/* Both stop, as edk2 does, at a level on the wrong side of the present one. */
static uint64_t raise_tpl(uint64_t level)
{
	uint64_t before = firmware.tpl;

	firmware.calls++;
	assert_in_range(level, before, EFI_TPL_HIGH_LEVEL);
	firmware.tpl = level;
	return before;
}

static void restore_tpl(uint64_t level)
{
	firmware.calls++;
	assert_in_range(level, TPL_APPLICATION, firmware.tpl);
	firmware.tpl = level;
	dispatch();
}

/* A partition that has no variable, and is interrupted by a timer first. */
static void serve(struct ffav_smc_regs *regs)
{
	if (firmware.tpl < EFI_TPL_HIGH_LEVEL)
		dispatch();
	firmware.tpl_inside = firmware.tpl;
	firmware.requests++;
	ffav_put64(world.far + MM_HEADER_V1_SIZE + 8, EFI_NOT_FOUND);
	world_respond(regs);
}

static int setup(void **state)
{
	(void)state;
	world_reset();
	memset(&ffav_driver, 0, sizeof(ffav_driver));
	memset(&firmware, 0, sizeof(firmware));
	world_connect(&ffav_driver.mm, FFAV_MM_OFFSET, 0);
	world.smc = serve;
	ffav_driver.raise_tpl = raise_tpl;
	ffav_driver.restore_tpl = restore_tpl;
	return 0;
}

/* An event is due amid the call: its handler waits for the call's end, and both succeed. */
static void test_event_amid_a_service(void **state)
{
	for (size_t i = 0; i < COUNT(services); i++) {
		setup(state);
		firmware.tpl = TPL_APPLICATION;
		firmware.pending = true;
		assert_int_equal(services[i](), EFI_NOT_FOUND);
		assert_int_equal(firmware.handled, 1);
		assert_int_equal(firmware.requests, 2);
		assert_int_equal(firmware.tpl, TPL_APPLICATION);
		assert_false(world.locked);
	}
}

/* Whatever the caller's TPL is: it is never lowered, and interrupts stay as they were. */
static void test_every_tpl(void **state)
{
	for (uint64_t tpl = TPL_APPLICATION; tpl <= EFI_TPL_HIGH_LEVEL; tpl++) {
		for (size_t i = 0; i < COUNT(services); i++) {
			setup(state);
			firmware.tpl = tpl;
			assert_int_equal(services[i](), EFI_NOT_FOUND);
			assert_int_equal(firmware.requests, 1);
			assert_int_equal(firmware.tpl_inside,
					 tpl < EFI_TPL_NOTIFY ? EFI_TPL_NOTIFY : tpl);
			assert_int_equal(firmware.tpl, tpl);
		}
	}
}

/* A call that fails before it reaches the partition leaves the TPL as it was, too. */
static void test_refused_call(void **state)
{
	(void)state;
	firmware.tpl = EFI_TPL_CALLBACK;
	assert_int_equal(ffav_service_get_variable(NULL, NULL, NULL, NULL, NULL),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(firmware.tpl, EFI_TPL_CALLBACK);
	assert_int_equal(firmware.requests, 0);
}

/* As the handler of ExitBootServices leaves it, which uefi/entry shows: boot services are gone. */
static void test_without_boot_services(void **state)
{
	(void)state;
	ffav_driver.raise_tpl = NULL;
	ffav_driver.restore_tpl = NULL;
	for (size_t i = 0; i < COUNT(services); i++)
		assert_int_equal(services[i](), EFI_NOT_FOUND);
	assert_int_equal(firmware.requests, COUNT(services));
	assert_int_equal(firmware.calls, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_event_amid_a_service, setup),
		cmocka_unit_test_setup(test_every_tpl, setup),
		cmocka_unit_test_setup(test_refused_call, setup),
		cmocka_unit_test_setup(test_without_boot_services, setup),
	};

	return cmocka_run_group_tests_name("uefi/services", tests, NULL, NULL);
}
