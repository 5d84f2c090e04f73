/* SPDX-License-Identifier: BSD-3-Clause */
/* ExitBootServices: who is told, and what becomes of a partition that could not be told. */
#include <string.h>

#include "tests/unit/normal/world.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Where the parts of a message lie behind its start. */
#define AT_LENGTH   16u
#define AT_FUNCTION 24u
#define AT_STATUS   32u

#define REQUESTS_MAX 8u

static const struct efi_guid guid =
	EFI_GUID_INIT(0x11223344, 0x5566, 0x7788, 1, 2, 3, 4, 5, 6, 7, 8);
static struct ffav_mm mm;

static struct {
	/* What the partition answers to ExitBootServices. */
	efi_status_t status;
	/* The manager's error in place of an answer, and after how many interrupts. */
	int32_t error;
	unsigned int interrupts;
	unsigned int interrupted;
	/* The functions that have reached the partition. */
	uint64_t functions[REQUESTS_MAX];
	unsigned int requests;
	/* RX/TX: how often they were unmapped, and the manager's answer. */
	unsigned int unmaps;
	int32_t unmap_error;
} server;

/* A partition without variables, for which everything else is right. */
static void answer(struct ffav_smc_regs *regs)
{
	uint64_t function = ffav_get64(world.far + AT_FUNCTION);
	efi_status_t status = EFI_NOT_FOUND;

	assert_true(server.requests < REQUESTS_MAX);
	server.functions[server.requests++] = function;
	if (function == FFAV_VAR_EXIT_BOOT_SERVICES) {
		assert_int_equal(ffav_get64(world.far + AT_LENGTH), FFAV_VAR_HEADER_SIZE);
		status = server.status;
	}
	ffav_put64(world.far + AT_STATUS, status);
	world_respond(regs);
}

static void serve(struct ffav_smc_regs *regs)
{
	uint32_t fid = (uint32_t)regs->x[0];

	if (fid == FFA_RXTX_UNMAP) {
		server.unmaps++;
		assert_int_equal(regs->x[1], UINT64_C(9) << 16);
		memset(regs, 0, sizeof(*regs));
		regs->x[0] = FFA_SUCCESS_32;
		if (server.unmap_error)
			world_error(regs, server.unmap_error);
	} else if (server.error && server.interrupted == server.interrupts) {
		server.interrupted = 0;
		world_error(regs, server.error);
	} else if (server.error) {
		server.interrupted++;
		memset(regs, 0, sizeof(*regs));
		regs->x[0] = FFA_INTERRUPT;
	} else {
		answer(regs);
	}
}

static int setup(void **state)
{
	(void)state;
	world_reset();
	memset(&server, 0, sizeof(server));
	world_connect(&mm, FFAV_MM_OFFSET, 0);
	world.smc = serve;
	return 0;
}

static efi_status_t call_get(void)
{
	static const uint16_t name[] = {'V', 0};
	uint64_t size = 0;

	return ffav_get_variable(&mm, name, &guid, NULL, &size, NULL);
}

static efi_status_t call_next(void)
{
	uint16_t name[4] = {'V', 0};
	uint64_t size = sizeof(name);
	struct efi_guid vendor = guid;

	return ffav_get_next_variable_name(&mm, &size, name, &vendor);
}

static efi_status_t call_set(void)
{
	static const uint16_t name[] = {'V', 0};

	return ffav_set_variable(&mm, name, &guid, 7, 1, "v");
}

static efi_status_t call_query(void)
{
	uint64_t a, b, c;

	return ffav_query_variable_info(&mm, 7, &a, &b, &c);
}

static const struct {
	efi_status_t (*call)(void);
	enum ffav_var_function function;
} services[] = {
	{call_get, FFAV_VAR_GET},
	{call_next, FFAV_VAR_GET_NEXT_NAME},
	{call_set, FFAV_VAR_SET},
	{call_query, FFAV_VAR_QUERY_INFO},
};

/* The requests that have reached the partition since the last look, up to two; 0: none. */
static void expect_requests(uint64_t first, uint64_t second)
{
	unsigned int expected = second ? 2 : first ? 1 : 0;

	assert_int_equal(server.requests, expected);
	assert_int_equal(server.functions[0], first);
	assert_int_equal(server.functions[1], second);
	memset(server.functions, 0, sizeof(server.functions));
	server.requests = 0;
	assert_false(world.locked);
}

static void test_exit_boot_services(void **state)
{
	(void)state;
	assert_int_equal(ffav_variables_exit_boot_services(&mm), EFI_SUCCESS);
	assert_int_equal(mm.phase, FFAV_PHASE_RUNTIME);
	expect_requests(FFAV_VAR_EXIT_BOOT_SERVICES, 0);
	/* Repeated: nothing is done twice, neither by the event nor by a service. */
	assert_int_equal(ffav_variables_exit_boot_services(&mm), EFI_SUCCESS);
	expect_requests(0, 0);
	for (size_t i = 0; i < COUNT(services); i++) {
		assert_int_equal(services[i].call(), EFI_NOT_FOUND);
		expect_requests(services[i].function, 0);
	}
}

/* Before ExitBootServices there is nothing to tell. */
static void test_boot(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(services); i++) {
		assert_int_equal(services[i].call(), EFI_NOT_FOUND);
		expect_requests(services[i].function, 0);
	}
}

static void test_rxtx(void **state)
{
	(void)state;
	/* RX/TX that discovery could not give back. */
	mm.ffa.rxtx_mapped = true;
	mm.ffa.id = 9;
	server.unmap_error = FFA_DENIED;
	assert_int_equal(ffav_variables_exit_boot_services(&mm), EFI_DEVICE_ERROR);
	/* No service cares: the partition knows. */
	assert_int_equal(call_get(), EFI_NOT_FOUND);
	assert_int_equal(server.unmaps, 1);
	server.unmap_error = 0;
	assert_int_equal(ffav_variables_exit_boot_services(&mm), EFI_SUCCESS);
	assert_int_equal(ffav_variables_exit_boot_services(&mm), EFI_SUCCESS);
	assert_int_equal(server.unmaps, 2);
	expect_requests(FFAV_VAR_EXIT_BOOT_SERVICES, FFAV_VAR_GET);
}

/* Nobody to tell, which is not an accident. */
static void test_without_partition(void **state)
{
	(void)state;
	mm.found = false;
	assert_int_equal(ffav_variables_exit_boot_services(&mm), EFI_UNSUPPORTED);
	assert_int_equal(mm.phase, FFAV_PHASE_RUNTIME);
	assert_int_equal(call_get(), EFI_UNSUPPORTED);
	assert_int_equal(world.smcs, 0);
}

/* Busy for all retries, dead at once, dead amid the request: nobody has answered. */
static const struct {
	int32_t error;
	unsigned int interrupts;
	unsigned int smcs;
} accidents[] = {
	{FFA_BUSY, 0, FFAV_BACKOFF_ATTEMPTS + 1},
	{FFA_ABORTED, 0, 1},
	{FFA_ABORTED, 2, 3},
};

/* What could not be told by the event is told before the first request of any service. */
static void test_told_late(void **state)
{
	for (size_t i = 0; i < COUNT(accidents); i++) {
		for (size_t j = 0; j < COUNT(services); j++) {
			setup(state);
			server.error = accidents[i].error;
			server.interrupts = accidents[i].interrupts;
			assert_int_equal(ffav_variables_exit_boot_services(&mm),
					 EFI_DEVICE_ERROR);
			assert_int_equal(mm.phase, FFAV_PHASE_RUNTIME);
			assert_int_equal(world.smcs, accidents[i].smcs);
			assert_false(mm.dead);

			/* It fails again, and the request is not sent to who would misjudge it. */
			assert_int_equal(services[j].call(), EFI_DEVICE_ERROR);
			assert_int_equal(world.smcs, 2 * accidents[i].smcs);
			expect_requests(0, 0);

			server.error = 0;
			assert_int_equal(services[j].call(), EFI_NOT_FOUND);
			expect_requests(FFAV_VAR_EXIT_BOOT_SERVICES, services[j].function);
			assert_int_equal(services[j].call(), EFI_NOT_FOUND);
			expect_requests(services[j].function, 0);
			assert_int_equal(ffav_variables_exit_boot_services(&mm), EFI_SUCCESS);
			expect_requests(0, 0);
		}
	}
}

/* The event never came, or its handler was not called: the address map tells as much. */
static void test_address_map_alone(void **state)
{
	(void)state;
	ffav_mm_set_virtual_address_map(&mm);
	assert_int_equal(call_get(), EFI_NOT_FOUND);
	expect_requests(FFAV_VAR_EXIT_BOOT_SERVICES, FFAV_VAR_GET);
	assert_int_equal(call_get(), EFI_NOT_FOUND);
	expect_requests(FFAV_VAR_GET, 0);
}

/* An error that the partition itself reports as an accident, or that makes no sense, is one. */
static void test_no_answer(void **state)
{
	static const efi_status_t statuses[] = {EFI_DEVICE_ERROR, EFI_BUFFER_TOO_SMALL, 1,
						~0ull};

	for (size_t i = 0; i < COUNT(statuses); i++) {
		setup(state);
		server.status = statuses[i];
		assert_int_equal(ffav_variables_exit_boot_services(&mm), EFI_DEVICE_ERROR);
		expect_requests(FFAV_VAR_EXIT_BOOT_SERVICES, 0);
		assert_int_equal(call_set(), EFI_DEVICE_ERROR);
		expect_requests(FFAV_VAR_EXIT_BOOT_SERVICES, 0);
		server.status = EFI_SUCCESS;
		assert_int_equal(call_set(), EFI_NOT_FOUND);
		expect_requests(FFAV_VAR_EXIT_BOOT_SERVICES, FFAV_VAR_SET);
	}
}

/* A partition that refuses has decided: services go on at once, only the event asks again. */
static void test_refused(void **state)
{
	static const efi_status_t statuses[] = {EFI_UNSUPPORTED, EFI_ACCESS_DENIED,
						EFI_INVALID_PARAMETER};

	for (size_t i = 0; i < COUNT(statuses); i++) {
		setup(state);
		server.status = statuses[i];
		assert_int_equal(ffav_variables_exit_boot_services(&mm), statuses[i]);
		assert_int_equal(mm.phase, FFAV_PHASE_RUNTIME);
		expect_requests(FFAV_VAR_EXIT_BOOT_SERVICES, 0);
		assert_int_equal(call_get(), EFI_NOT_FOUND);
		expect_requests(FFAV_VAR_GET, 0);
		server.status = EFI_SUCCESS;
		assert_int_equal(ffav_variables_exit_boot_services(&mm), EFI_SUCCESS);
		assert_int_equal(ffav_variables_exit_boot_services(&mm), EFI_SUCCESS);
		expect_requests(FFAV_VAR_EXIT_BOOT_SERVICES, 0);

		/* The same if it is a service that hears of it. */
		setup(state);
		server.error = FFA_BUSY;
		assert_int_equal(ffav_variables_exit_boot_services(&mm), EFI_DEVICE_ERROR);
		server.error = 0;
		server.status = statuses[i];
		assert_int_equal(call_get(), EFI_NOT_FOUND);
		expect_requests(FFAV_VAR_EXIT_BOOT_SERVICES, FFAV_VAR_GET);
		assert_int_equal(call_get(), EFI_NOT_FOUND);
		expect_requests(FFAV_VAR_GET, 0);
	}
}

/* Given up for good while it is told: nothing is sent any more. */
static void test_lost(void **state)
{
	(void)state;
	server.error = FFA_DENIED;
	server.interrupts = 1;
	mm.phase = FFAV_PHASE_RUNTIME;
	assert_int_equal(call_get(), EFI_DEVICE_ERROR);
	assert_true(mm.dead);
	world_forbid();
	assert_int_equal(call_get(), EFI_DEVICE_ERROR);
	assert_int_equal(ffav_variables_exit_boot_services(&mm), EFI_DEVICE_ERROR);
	assert_false(world.locked);
	world_reset();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_exit_boot_services, setup),
		cmocka_unit_test_setup(test_boot, setup),
		cmocka_unit_test_setup(test_rxtx, setup),
		cmocka_unit_test_setup(test_without_partition, setup),
		cmocka_unit_test_setup(test_told_late, setup),
		cmocka_unit_test_setup(test_address_map_alone, setup),
		cmocka_unit_test_setup(test_no_answer, setup),
		cmocka_unit_test_setup(test_refused, setup),
		cmocka_unit_test_setup(test_lost, setup),
	};

	return cmocka_run_group_tests_name("normal/exit", tests, NULL, NULL);
}
