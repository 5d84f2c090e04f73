/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The published runtime table, with a model of a firmware that behaves as U-Boot does:
 * it refuses a memory map with two regions of runtime code, calls every event's handler,
 * and points the system table at its own runtime table again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "ports/uefi-driver/driver.h"

/* What the model adds to every address. */
#define MOVE        UINT64_C(0x100000000000)
#define REGION_SIZE 4096

struct ffav_driver ffav_driver;

static struct {
	struct efi_runtime_services table;
	struct efi_system_table system_table;
	union {
		struct efi_runtime_services table;
		uint8_t bytes[REGION_SIZE];
	} region;
	struct efi_memory_descriptor map[3];
	unsigned int map_calls;
	bool refuses;
	unsigned int time_calls;
	unsigned int convert_calls;
} model;

/* Doubles of what is linked beside: the services and the library's conversion. */
efi_status_t ffav_service_get_variable(const uint16_t *name, const struct efi_guid *guid,
				       uint32_t *attributes, uint64_t *data_size, void *data)
{
	(void)name;
	(void)guid;
	(void)attributes;
	(void)data_size;
	(void)data;
	return EFI_NOT_FOUND;
}

efi_status_t ffav_service_get_next_variable_name(uint64_t *name_size, uint16_t *name,
						 struct efi_guid *guid)
{
	(void)name_size;
	(void)name;
	(void)guid;
	return EFI_NOT_FOUND;
}

efi_status_t ffav_service_set_variable(const uint16_t *name, const struct efi_guid *guid,
				       uint32_t attributes, uint64_t data_size,
				       const void *data)
{
	(void)name;
	(void)guid;
	(void)attributes;
	(void)data_size;
	(void)data;
	return EFI_NOT_FOUND;
}

efi_status_t ffav_service_query_variable_info(uint32_t attributes, uint64_t *max_storage,
					      uint64_t *remaining, uint64_t *max_variable)
{
	(void)attributes;
	(void)max_storage;
	(void)remaining;
	(void)max_variable;
	return EFI_NOT_FOUND;
}

void ffav_boot_log(const char *message, uint64_t value)
{
	(void)message;
	(void)value;
}

void ffav_convert_pointer(void **p)
{
	if (*p)
		*p = (void *)((uintptr_t)*p + MOVE);
}

void ffav_mm_set_virtual_address_map(struct ffav_mm *mm)
{
	void *p = mm->buffer;

	ffav_convert_pointer(&p);
	mm->buffer = p;
}

static efi_status_t model_get_time(void *time, void *capabilities)
{
	(void)time;
	(void)capabilities;
	model.time_calls++;
	return EFI_SUCCESS;
}

static efi_status_t model_convert_pointer(uint64_t disposition, void **address)
{
	(void)disposition;
	(void)address;
	model.convert_calls++;
	return EFI_SUCCESS;
}

static efi_status_t model_set_virtual_address_map(uint64_t map_size, uint64_t descriptor_size,
						  uint32_t version, void *map)
{
	unsigned int code = 0;

	(void)version;
	model.map_calls++;
	for (uint64_t at = 0; at < map_size; at += descriptor_size) {
		struct efi_memory_descriptor d;

		memcpy(&d, (uint8_t *)map + at, sizeof(d));
		code += d.type == EFI_RUNTIME_SERVICES_CODE;
	}
	if (code != 1 || model.refuses)
		return EFI_INVALID_PARAMETER;
	ffav_driver_convert(NULL, NULL);
	/* A second call of the handler must not move anything again. */
	ffav_driver_convert(NULL, NULL);
	/* Another driver's handler comes later, and needs ConvertPointer() still. */
	assert_int_equal(model.region.table.convert_pointer(0, NULL), EFI_SUCCESS);
	model.system_table.runtime = &model.table;
	return EFI_SUCCESS;
}

static bool crc_fits(const struct efi_table_header *header)
{
	uint8_t copy[sizeof(struct efi_runtime_services)] = {0};
	struct efi_table_header *h = (void *)copy;

	assert_true(header->header_size <= sizeof(copy));
	memcpy(copy, header, header->header_size);
	h->crc32 = 0;
	return ffav_crc32(copy, header->header_size) == header->crc32;
}

static int set_up(void **state)
{
	(void)state;
	memset(&model, 0, sizeof(model));
	memset(&ffav_driver, 0, sizeof(ffav_driver));
	model.table.header.signature = EFI_RUNTIME_SERVICES_SIGNATURE;
	model.table.header.header_size = sizeof(model.table);
	model.table.get_time = model_get_time;
	model.table.convert_pointer = model_convert_pointer;
	model.table.set_virtual_address_map = model_set_virtual_address_map;
	model.system_table.header.header_size = sizeof(model.system_table);
	model.system_table.runtime = &model.table;
	/* The firmware's code, the driver's image, and data. */
	model.map[0].type = EFI_RUNTIME_SERVICES_CODE;
	model.map[0].physical_start = 0x10000;
	model.map[0].pages = 16;
	model.map[1].type = EFI_RUNTIME_SERVICES_CODE;
	model.map[1].physical_start = 0x40000;
	model.map[1].pages = 64;
	model.map[2].type = EFI_RUNTIME_SERVICES_DATA;
	ffav_driver.tables.system_table = &model.system_table;
	ffav_driver.image_start = 0x40000;
	ffav_driver.mm.buffer = (uint8_t *)(uintptr_t)0x50000000;
	assert_int_equal(ffav_table_prepare(&model.region, sizeof(model.region)), EFI_SUCCESS);
	return 0;
}

static void crc_is_the_one_of_the_specification(void **state)
{
	(void)state;
	assert_int_equal(ffav_crc32("123456789", 9), 0xcbf43926);
	assert_int_equal(ffav_crc32("", 0), 0);
}

static void nothing_is_published_while_preparing(void **state)
{
	(void)state;
	assert_ptr_equal(model.system_table.runtime, &model.table);
	ffav_table_publish();
	assert_ptr_equal(model.system_table.runtime, &model.region.table);
	assert_true(crc_fits(&model.system_table.header));
	assert_true(crc_fits(&model.region.table.header));
}

static void an_old_table_is_refused(void **state)
{
	(void)state;
	model.table.header.header_size = sizeof(model.table) - 8;
	assert_int_equal(ffav_table_prepare(&model.region, sizeof(model.region)),
			 EFI_UNSUPPORTED);
	model.table.header.header_size = sizeof(model.table);
	model.table.header.signature = 0;
	assert_int_equal(ffav_table_prepare(&model.region, sizeof(model.region)),
			 EFI_UNSUPPORTED);
}

/* Services that are not ours go through the firmware's table as it is at the time. */
static void other_services_are_forwarded(void **state)
{
	(void)state;
	model.table.get_time = NULL;
	ffav_table_publish();
	model.table.get_time = model_get_time;
	assert_int_equal(model.region.table.get_time(NULL, NULL), EFI_SUCCESS);
	assert_int_equal(model.time_calls, 1);
	assert_int_equal(model.region.table.convert_pointer(0, NULL), EFI_SUCCESS);
}

static void the_address_map_moves_everything_once(void **state)
{
	struct efi_runtime_services before;
	struct efi_memory_descriptor map[3];

	(void)state;
	ffav_table_publish();
	before = model.region.table;
	memcpy(map, model.map, sizeof(map));
	assert_int_equal(ffav_set_virtual_address_map(sizeof(model.map), sizeof(model.map[0]),
						      1, model.map),
			 EFI_SUCCESS);
	/* The operating system's own map was not touched. */
	assert_memory_equal(map, model.map, sizeof(map));
	assert_int_equal(model.map_calls, 2);
	assert_int_equal(model.convert_calls, 1);
	assert_int_equal((uintptr_t)model.system_table.runtime,
			 (uintptr_t)&model.region.table + MOVE);
	assert_int_equal((uintptr_t)model.region.table.get_variable,
			 (uintptr_t)before.get_variable + MOVE);
	assert_int_equal((uintptr_t)model.region.table.query_variable_info,
			 (uintptr_t)before.query_variable_info + MOVE);
	assert_true(crc_fits(&model.system_table.header));
	assert_true(crc_fits(&model.region.table.header));
	assert_int_equal((uintptr_t)ffav_driver.mm.buffer, 0x50000000 + MOVE);
	assert_int_equal((uintptr_t)ffav_driver.tables.firmware,
			 (uintptr_t)&model.table + MOVE);

	assert_int_equal(ffav_set_virtual_address_map(sizeof(model.map), sizeof(model.map[0]),
						      1, model.map),
			 EFI_UNSUPPORTED);
	assert_int_equal(model.map_calls, 2);
	assert_int_equal(before.convert_pointer(0, NULL), EFI_UNSUPPORTED);
}

/* A firmware that takes the map as it is gets the map as it is. */
static void a_map_is_not_retyped_without_need(void **state)
{
	(void)state;
	model.map[1].type = EFI_RUNTIME_SERVICES_DATA;
	ffav_table_publish();
	assert_int_equal(ffav_set_virtual_address_map(sizeof(model.map), sizeof(model.map[0]),
						      1, model.map),
			 EFI_SUCCESS);
	assert_int_equal(model.map_calls, 1);
	assert_true(ffav_driver.moved);
}

static void a_refusal_leaves_everything_as_it_was(void **state)
{
	struct efi_runtime_services before;

	(void)state;
	ffav_table_publish();
	before = model.region.table;
	model.refuses = true;
	assert_int_equal(ffav_set_virtual_address_map(sizeof(model.map), sizeof(model.map[0]),
						      1, model.map),
			 EFI_INVALID_PARAMETER);
	assert_memory_equal(&before, &model.region.table, sizeof(before));
	assert_ptr_equal(model.system_table.runtime, &model.region.table);
	assert_false(ffav_driver.moved);
	/* Nor is a map copied that does not fit, or whose entries are too short. */
	model.map_calls = 0;
	assert_int_equal(ffav_set_virtual_address_map(sizeof(model.map), 24, 1, model.map),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(model.map_calls, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(crc_is_the_one_of_the_specification, set_up),
		cmocka_unit_test_setup(nothing_is_published_while_preparing, set_up),
		cmocka_unit_test_setup(an_old_table_is_refused, set_up),
		cmocka_unit_test_setup(other_services_are_forwarded, set_up),
		cmocka_unit_test_setup(the_address_map_moves_everything_once, set_up),
		cmocka_unit_test_setup(a_map_is_not_retyped_without_need, set_up),
		cmocka_unit_test_setup(a_refusal_leaves_everything_as_it_was, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
