/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The order of the take-over, with a firmware that counts: whichever step fails, everything
 * that was taken is given back, except memory that the secure world may still write to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "ports/uefi-driver/driver.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define BUFFER_ADDRESS UINT64_C(0x50000000)
#define BUFFER_SIZE    UINT64_C(0x20000)
/* Where memory without a place of its own comes from; a page off 64 KiB. */
#define POOL_ADDRESS UINT64_C(0x60001000)
#define PAGES_MAX    256u
#define EVENTS_MAX   2u

efi_status_t efi_main(efi_handle_t image_handle, struct efi_system_table *system_table);

static struct {
	/* Step of the take-over, from 1, that fails; 0: none does. */
	unsigned int fails_at;
	unsigned int steps;
	/* What the probe leaves behind when it fails. */
	efi_status_t probe_status;
	bool dead;
	bool mapped;

	bool pool[PAGES_MAX];
	bool buffer[BUFFER_SIZE / EFI_PAGE_SIZE];
	uint64_t next;
	efi_physical_address_t rxtx;
	bool events[EVENTS_MAX];
	bool marker;
	bool published;
	efi_event_notify_t exit_boot_services;
	bool told;
	bool properties;
	unsigned int lines;
} model;

/* May this step succeed? */
static efi_status_t step(efi_status_t failure)
{
	return ++model.steps == model.fails_at ? failure : EFI_SUCCESS;
}

/* The flag of a page, wherever it lies. */
static bool *page_at(uint64_t address)
{
	assert_int_equal(address % EFI_PAGE_SIZE, 0);
	if (address >= BUFFER_ADDRESS && address - BUFFER_ADDRESS < BUFFER_SIZE)
		return &model.buffer[(address - BUFFER_ADDRESS) / EFI_PAGE_SIZE];
	assert_in_range(address, POOL_ADDRESS, POOL_ADDRESS + (PAGES_MAX - 1) * EFI_PAGE_SIZE);
	return &model.pool[(address - POOL_ADDRESS) / EFI_PAGE_SIZE];
}

static efi_status_t allocate_pages(uint32_t how, uint32_t type, uint64_t pages,
				   efi_physical_address_t *address)
{
	efi_status_t status = step(EFI_OUT_OF_RESOURCES);

	if (status != EFI_SUCCESS)
		return status;
	if (how == EFI_ALLOCATE_ADDRESS) {
		assert_int_equal(*address, BUFFER_ADDRESS);
		assert_int_equal(type, EFI_RUNTIME_SERVICES_DATA);
	} else {
		*address = POOL_ADDRESS + model.next * EFI_PAGE_SIZE;
		model.next += pages;
		if (type == EFI_BOOT_SERVICES_DATA)
			model.rxtx = *address;
	}
	for (uint64_t i = 0; i < pages; i++) {
		bool *page = page_at(*address + i * EFI_PAGE_SIZE);

		assert_false(*page);
		*page = true;
	}
	return EFI_SUCCESS;
}

static efi_status_t free_pages(efi_physical_address_t address, uint64_t pages)
{
	for (uint64_t i = 0; i < pages; i++) {
		bool *page = page_at(address + i * EFI_PAGE_SIZE);

		assert_true(*page);
		*page = false;
	}
	return EFI_SUCCESS;
}

static efi_status_t create_event(uint32_t type, uint64_t tpl, efi_event_notify_t notify,
				 void *context, efi_event_t *event)
{
	unsigned int i = type == EFI_EVENT_EXIT_BOOT_SERVICES;
	efi_status_t status = step(EFI_OUT_OF_RESOURCES);

	(void)tpl;
	(void)context;
	assert_non_null(notify);
	if (status != EFI_SUCCESS)
		return status;
	/* Nobody may be called while something can still fail. */
	if (type == EFI_EVENT_EXIT_BOOT_SERVICES) {
		assert_true(model.marker && model.events[0] && !model.published);
		model.exit_boot_services = notify;
	}
	model.events[i] = true;
	*event = &model.events[i];
	return EFI_SUCCESS;
}

static efi_status_t close_event(efi_event_t event)
{
	bool *flag = event;

	assert_true(*flag);
	*flag = false;
	return EFI_SUCCESS;
}

static efi_status_t install(efi_handle_t *handle, const struct efi_guid *protocol,
			    uint32_t interface_type, void *interface)
{
	efi_status_t status = step(EFI_OUT_OF_RESOURCES);

	(void)protocol;
	(void)interface_type;
	(void)interface;
	if (status != EFI_SUCCESS)
		return status;
	model.marker = true;
	*handle = &model.marker;
	return EFI_SUCCESS;
}

static efi_status_t uninstall(efi_handle_t handle, const struct efi_guid *protocol,
			      void *interface)
{
	(void)protocol;
	(void)interface;
	assert_ptr_equal(handle, &model.marker);
	assert_true(model.marker);
	model.marker = false;
	return EFI_SUCCESS;
}

/* For the services, which are not linked here. */
static uint64_t raise_tpl(uint64_t level)
{
	fail();
	return level;
}

static void restore_tpl(uint64_t level)
{
	(void)level;
	fail();
}

static uint16_t options[] = {'b', 'u', 'f', 'f', 'e', 'r', '=', '0', 'x', '5', '0', '0', '0',
			     '0', '0', '0', '0', ',', '0', 'x', '2', '0', '0', '0', '0', 0};
static struct efi_loaded_image image = {.load_options_size = sizeof(options),
					.load_options = options};

static efi_status_t handle_protocol(efi_handle_t handle, const struct efi_guid *protocol,
				    void **interface)
{
	(void)handle;
	(void)protocol;
	*interface = &image;
	return step(EFI_UNSUPPORTED);
}

static efi_status_t locate_protocol(const struct efi_guid *protocol, void *registration,
				    void **interface)
{
	(void)protocol;
	(void)registration;
	(void)interface;
	return model.marker ? EFI_SUCCESS : EFI_NOT_FOUND;
}

static efi_status_t output_string(struct efi_text_output *self, const uint16_t *string)
{
	(void)self;
	assert_non_null(string);
	model.lines++;
	return EFI_SUCCESS;
}

/* Doubles of what is linked beside: the machine, the library and the tables. */
bool ffav_conduit_is_smc(void)
{
	return true;
}

efi_status_t ffav_table_prepare(void *region, size_t size)
{
	assert_int_equal((uintptr_t)region % EFI_RUNTIME_PAGE_SIZE, 0);
	assert_int_equal(size % EFI_RUNTIME_PAGE_SIZE, 0);
	return EFI_SUCCESS;
}

void ffav_table_publish(void)
{
	/* Whoever calls a service from now on finds these. */
	assert_ptr_equal(ffav_driver.raise_tpl, raise_tpl);
	assert_ptr_equal(ffav_driver.restore_tpl, restore_tpl);
	model.published = true;
}

void ffav_properties_update(void)
{
	model.properties = true;
}

void ffav_driver_convert(efi_event_t event, void *context)
{
	(void)event;
	(void)context;
}

efi_status_t ffav_variables_exit_boot_services(struct ffav_mm *mm)
{
	assert_ptr_equal(mm, &ffav_driver.mm);
	assert_null(ffav_driver.raise_tpl);
	assert_null(ffav_driver.restore_tpl);
	assert_false(model.told);
	model.told = true;
	return EFI_SUCCESS;
}

bool ffav_ffa_rxtx_unmap(struct ffav_ffa *ffa)
{
	return !ffa->rxtx_mapped;
}

efi_status_t ffav_mm_probe(struct ffav_mm *mm, void *buffer, uint64_t buffer_address,
			   size_t buffer_size, size_t offset, void *rxtx, uint64_t rxtx_address)
{
	efi_status_t status = step(EFI_DEVICE_ERROR);

	(void)buffer;
	(void)offset;
	(void)rxtx;
	assert_int_equal(buffer_address, BUFFER_ADDRESS);
	assert_int_equal(buffer_size, BUFFER_SIZE);
	assert_int_equal(rxtx_address, model.rxtx);
	memset(mm, 0, sizeof(*mm));
	ffav_boot_log("One attempt of several.", 1);
	ffav_boot_log("The outcome.", 2);
	if (model.probe_status != EFI_SUCCESS)
		status = model.probe_status;
	mm->found = status == EFI_SUCCESS;
	mm->dead = model.dead;
	mm->ffa.rxtx_mapped = model.mapped;
	return status;
}

static struct efi_text_output console = {.output_string = output_string};
static struct efi_boot_services boot_services = {
	.raise_tpl = raise_tpl,
	.restore_tpl = restore_tpl,
	.allocate_pages = allocate_pages,
	.free_pages = free_pages,
	.create_event = create_event,
	.close_event = close_event,
	.install_protocol_interface = install,
	.uninstall_protocol_interface = uninstall,
	.handle_protocol = handle_protocol,
	.locate_protocol = locate_protocol,
};
static struct efi_system_table system_table = {.console_out = &console, .boot = &boot_services};

static int setup(void **state)
{
	(void)state;
	memset(&model, 0, sizeof(model));
	memset(&ffav_driver, 0, sizeof(ffav_driver));
	return 0;
}

static unsigned int pages_taken(const bool *pages, size_t count)
{
	unsigned int taken = 0;

	for (size_t i = 0; i < count; i++)
		taken += pages[i];
	return taken;
}

/* Nothing of the firmware was changed, and nothing but pages is still held. */
static void check_unchanged(void)
{
	assert_false(model.marker);
	assert_false(model.events[0] || model.events[1]);
	assert_false(model.published || model.properties);
	assert_null(ffav_driver.raise_tpl);
	assert_null(ffav_driver.restore_tpl);
}

static void test_success(void **state)
{
	(void)state;
	assert_int_equal(efi_main(NULL, &system_table), EFI_SUCCESS);
	assert_true(model.marker && model.events[0] && model.events[1]);
	assert_true(model.published && model.properties);
	assert_int_equal(pages_taken(model.buffer, COUNT(model.buffer)), COUNT(model.buffer));
	/* The outcome of the probe and the driver's own line. */
	assert_int_equal(model.lines, 2);

	/* A second load changes nothing. */
	assert_int_equal(efi_main(NULL, &system_table), EFI_ALREADY_STARTED);
	assert_int_equal(model.lines, 3);
}

/* Boot services are gone before the partition is told; U-Boot signals the event twice. */
static void test_exit_boot_services(void **state)
{
	(void)state;
	assert_int_equal(efi_main(NULL, &system_table), EFI_SUCCESS);
	for (unsigned int i = 0; i < 2; i++) {
		model.exit_boot_services(NULL, NULL);
		assert_true(model.told && ffav_driver.at_runtime);
		assert_null(ffav_driver.raise_tpl);
		assert_null(ffav_driver.restore_tpl);
		assert_null(ffav_boot_services());
	}
}

/* Each step fails in its turn: one line, and everything is given back. */
static void test_every_failure(void **state)
{
	unsigned int steps;

	(void)state;
	assert_int_equal(efi_main(NULL, &system_table), EFI_SUCCESS);
	steps = model.steps;
	assert_int_equal(steps, 8);
	for (unsigned int i = 1; i <= steps; i++) {
		setup(NULL);
		model.fails_at = i;
		assert_int_not_equal(efi_main(NULL, &system_table), EFI_SUCCESS);
		check_unchanged();
		assert_int_equal(pages_taken(model.buffer, COUNT(model.buffer)), 0);
		assert_int_equal(pages_taken(model.pool, PAGES_MAX), 0);
		/* What the probe found is told before the one step behind it fails. */
		assert_int_equal(model.lines, i == steps ? 2 : 1);
	}
}

/* A partition may still write its answer: the memory stays taken for good. */
static void test_lost_partition(void **state)
{
	(void)state;
	model.probe_status = EFI_DEVICE_ERROR;
	model.dead = true;
	assert_int_equal(efi_main(NULL, &system_table), EFI_DEVICE_ERROR);
	check_unchanged();
	assert_int_equal(pages_taken(model.buffer, COUNT(model.buffer)), COUNT(model.buffer));
	assert_int_equal(pages_taken(model.pool, PAGES_MAX), 0);
	/* What went wrong, and that memory is lost. */
	assert_int_equal(model.lines, 2);
}

/* The manager may still write a descriptor into RX. */
static void test_still_mapped(void **state)
{
	(void)state;
	model.probe_status = EFI_NOT_FOUND;
	model.mapped = true;
	assert_int_equal(efi_main(NULL, &system_table), EFI_NOT_FOUND);
	check_unchanged();
	assert_int_equal(pages_taken(model.buffer, COUNT(model.buffer)), 0);
	assert_int_equal(pages_taken(model.pool, PAGES_MAX), 2);
	assert_true(*page_at(model.rxtx));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_success, setup),
		cmocka_unit_test_setup(test_exit_boot_services, setup),
		cmocka_unit_test_setup(test_every_failure, setup),
		cmocka_unit_test_setup(test_lost_partition, setup),
		cmocka_unit_test_setup(test_still_mapped, setup),
	};

	return cmocka_run_group_tests_name("uefi/entry", tests, NULL, NULL);
}
