// SPDX-License-Identifier: BSD-3-Clause
/* What the partition reads in its manifest, and that its manager reads the same one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "secure/mm/config.h"
#include "secure/spmc/spmc.h"

static uint8_t *blob;
static size_t blob_size;
/* The same with room to grow, for tests that change it. */
static uint8_t *tree;
static size_t tree_size;

static int setup(void **state)
{
	FILE *file = fopen(getenv("MANIFEST"), "rb");

	(void)state;
	blob = calloc(1, 65536);
	tree_size = 65536;
	tree = calloc(1, tree_size);
	if (!file)
		return -1;
	if (blob)
		blob_size = fread(blob, 1, 65536, file);
	fclose(file);
	if (!blob || !tree)
		return -1;
	return fdt_open_into(blob, tree, (int)tree_size);
}

static int teardown(void **state)
{
	(void)state;
	free(blob);
	free(tree);
	return 0;
}

static void everything_is_found(void **state)
{
	struct ffav_mm_config c;
	const char *why;

	(void)state;
	assert_true(ffav_mm_config_parse(blob, blob_size, &c, &why));
	assert_null(why);
	assert_int_equal(c.buffer_address, 0x50000000);
	assert_int_equal(c.buffer_size, 0x20000);
	assert_int_equal(c.store_address, 0x03c00000);
	assert_int_equal(c.store_size, 0x40000);
	assert_int_equal(c.items, 1024);
	assert_int_equal(c.name_max, 2050);
	assert_int_equal(c.data_max, 0x10000);
	assert_int_equal(c.error_record_size, 0x8000);
	assert_int_equal(c.boot_size, 0x8000);
	assert_int_equal(c.boot_items, 24);
	/* A version 3 header and the variable header go before the payload. */
	assert_int_equal(c.payload_max, 0x20000 - 56 - 16);
	assert_true(c.console_log);
	assert_false(c.platform_verifies_images);
}

static void the_manager_understands_it(void **state)
{
	static const struct ffav_uuid uuids[] = {FFAV_UUID_MM_VARIABLE,
						 FFAV_UUID_MM_COMMUNICATION2,
						 FFAV_UUID_MM_COMMUNICATION3};
	struct ffav_partition_config c;
	const char *why;

	(void)state;
	if (!ffav_manifest_parse(blob, blob_size, &c, &why))
		fail_msg("%s", why);
	assert_int_equal(c.uuid_count, 3);
	assert_memory_equal(c.uuids, uuids, sizeof(uuids));
	assert_int_equal(c.properties, FFA_PARTITION_AARCH64 | FFA_PARTITION_DIRECT_RECV |
					       FFA_PARTITION_DIRECT2_RECV);
	assert_int_equal(c.region_count, 2);
	assert_int_equal(c.regions[0].base, 0x50000000);
	assert_int_equal(c.regions[0].size, 0x20000);
	assert_int_equal(c.regions[0].flags,
			 FFAV_REGION_READ | FFAV_REGION_WRITE | FFAV_REGION_NORMAL_WORLD);
	assert_int_equal(c.regions[1].base, 0x03c00000);
	assert_int_equal(c.regions[1].flags,
			 FFAV_REGION_READ | FFAV_REGION_WRITE | FFAV_REGION_DEVICE);
}

static void refused(const char *words)
{
	struct ffav_mm_config c;
	const char *why = NULL;

	assert_false(ffav_mm_config_parse(tree, tree_size, &c, &why));
	assert_non_null(why);
	assert_non_null(strstr(why, words));
}

static int node(const char *path)
{
	int n = fdt_path_offset(tree, path);

	assert_true(n >= 0);
	return n;
}

static void missing_properties_are_named(void **state)
{
	static const struct {
		const char *path, *name, *words;
	} cases[] = {
		{"/memory-regions", "compatible", "shared-buffer"},
		{"/memory-regions/shared-buffer", "base-address", "shared-buffer"},
		{"/memory-regions/shared-buffer", "pages-count", "shared-buffer"},
		{"/device-regions/variable-store", "base-address", "variable-store"},
		{"/device-regions/variable-store", "pages-count", "variable-store"},
		{"/variable-service", "compatible", "ffavars,variable-service"},
		{"/variable-service", "maximum-variables", "maximum-variables"},
		{"/variable-service", "maximum-name-size", "maximum-name-size"},
		{"/variable-service", "maximum-data-size", "maximum-data-size"},
		{"/variable-service", "hardware-error-size", "hardware-error-size"},
		{"/variable-service", "boot-reserved-size", "boot-reserved-size"},
		{"/variable-service", "boot-reserved-variables", "boot-reserved-variables"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(fdt_open_into(blob, tree, (int)tree_size), 0);
		assert_int_equal(fdt_delprop(tree, node(cases[i].path), cases[i].name), 0);
		refused(cases[i].words);
		/* Present, but of another size. */
		assert_int_equal(fdt_open_into(blob, tree, (int)tree_size), 0);
		assert_int_equal(
			fdt_setprop(tree, node(cases[i].path), cases[i].name, "abc", 3), 0);
		refused(cases[i].words);
	}
}

static void impossible_values_are_refused(void **state)
{
	static const struct {
		const char *path, *name;
		uint32_t value;
		const char *words;
	} cases[] = {
		{"/memory-regions/shared-buffer", "pages-count", 0, "shared-buffer"},
		{"/memory-regions/shared-buffer", "pages-count", 16, "no room"},
		{"/memory-regions/shared-buffer", "pages-count", 0x80000, "for offsets"},
		{"/memory-regions/shared-buffer", "base-address", 0x1000, "for offsets"},
		{"/memory-regions/shared-buffer", "base-address", 0x50000800, "page-aligned"},
		{"/device-regions/variable-store", "pages-count", 0, "variable-store"},
		{"/variable-service", "maximum-variables", 0, "maximum-variables"},
		{"/variable-service", "maximum-name-size", 2, "maximum-name-size"},
		{"/variable-service", "maximum-name-size", 2049, "maximum-name-size"},
		{"/variable-service", "maximum-data-size", 0, "maximum-data-size"},
		{"/variable-service", "maximum-data-size", 0x20000, "no room"},
		{"/variable-service", "maximum-data-size", 0xffffffff, "no room"},
		{"/variable-service", "boot-reserved-variables", 1024, "not less than"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(fdt_open_into(blob, tree, (int)tree_size), 0);
		assert_int_equal(fdt_setprop_u32(tree, node(cases[i].path), cases[i].name,
						 cases[i].value),
				 0);
		refused(cases[i].words);
	}
	assert_int_equal(fdt_open_into(blob, tree, (int)tree_size), 0);
	assert_int_equal(fdt_setprop_u64(tree, node("/memory-regions/shared-buffer"),
					 "base-address", UINT64_MAX - 0xfff),
			 0);
	refused("shared-buffer");
}

static void flags_are_flags(void **state)
{
	struct ffav_mm_config c;
	const char *why;

	(void)state;
	assert_int_equal(
		fdt_setprop_empty(tree, node("/variable-service"), "platform-verifies-images"),
		0);
	assert_true(ffav_mm_config_parse(tree, tree_size, &c, &why));
	assert_false(c.rebind_store);
	assert_int_equal(
		fdt_setprop_empty(tree, node("/variable-service"), "rebind-variable-store"), 0);
	assert_int_equal(fdt_delprop(tree, node("/variable-service"), "console-log"), 0);
	assert_true(ffav_mm_config_parse(tree, tree_size, &c, &why));
	assert_true(c.platform_verifies_images);
	assert_false(c.self_signed_pk);
	assert_int_equal(
		fdt_setprop_empty(tree, node("/variable-service"), "self-signed-platform-key"),
		0);
	assert_true(ffav_mm_config_parse(tree, tree_size, &c, &why));
	assert_true(c.self_signed_pk);
	assert_true(c.rebind_store);
	assert_false(c.console_log);
}

static void broken_trees_are_refused(void **state)
{
	struct ffav_mm_config c;
	const char *why;

	(void)state;
	/* Cut off anywhere. */
	for (size_t size = 0; size < blob_size; size++) {
		uint8_t *cut = malloc(size ? size : 1);

		assert_non_null(cut);
		memcpy(cut, blob, size);
		why = NULL;
		assert_false(ffav_mm_config_parse(cut, size, &c, &why));
		assert_non_null(strstr(why, "not a whole flattened device tree"));
		free(cut);
	}
	/* Any byte changed: whatever it says, it is read within its bounds. */
	for (size_t i = 0; i < blob_size; i++) {
		uint8_t *changed = malloc(blob_size);

		assert_non_null(changed);
		memcpy(changed, blob, blob_size);
		changed[i] ^= 0x81;
		(void)ffav_mm_config_parse(changed, blob_size, &c, &why);
		free(changed);
	}
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(everything_is_found),
		CASE(the_manager_understands_it),
		CASE(missing_properties_are_named),
		CASE(impossible_values_are_refused),
		CASE(flags_are_flags),
		CASE(broken_trees_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
