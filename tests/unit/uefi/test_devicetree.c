/* SPDX-License-Identifier: BSD-3-Clause */
/* The reader of device trees, against trees that libfdt wrote and against broken ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <libfdt.h>

#include "ports/uefi-driver/devicetree.h"

#define TREE_SIZE 2048

static uint8_t tree[TREE_SIZE];

/* A tree with near misses beside what is looked for. */
static int make_tree(void **state)
{
	const uint8_t reg[16] = {0, 0, 0, 0, 0x50, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0};

	(void)state;
	assert_int_equal(fdt_create(tree, TREE_SIZE), 0);
	assert_int_equal(fdt_finish_reservemap(tree), 0);
	assert_int_equal(fdt_begin_node(tree, ""), 0);
	assert_int_equal(fdt_property_string(tree, "method", "root"), 0);
	assert_int_equal(fdt_begin_node(tree, "psci-old"), 0);
	assert_int_equal(fdt_property_string(tree, "method", "hvc"), 0);
	assert_int_equal(fdt_end_node(tree), 0);
	assert_int_equal(fdt_begin_node(tree, "soc"), 0);
	assert_int_equal(fdt_begin_node(tree, "psci"), 0);
	assert_int_equal(fdt_property_string(tree, "method", "inner"), 0);
	assert_int_equal(fdt_end_node(tree), 0);
	assert_int_equal(fdt_end_node(tree), 0);
	assert_int_equal(fdt_begin_node(tree, "psci"), 0);
	assert_int_equal(fdt_property_string(tree, "compatible", "arm,psci-1.0"), 0);
	assert_int_equal(fdt_property_string(tree, "method", "smc"), 0);
	assert_int_equal(fdt_end_node(tree), 0);
	assert_int_equal(fdt_begin_node(tree, "firmware"), 0);
	assert_int_equal(fdt_begin_node(tree, "other"), 0);
	assert_int_equal(fdt_end_node(tree), 0);
	assert_int_equal(fdt_begin_node(tree, "ffavars@50000000"), 0);
	assert_int_equal(fdt_property(tree, "reg", reg, sizeof(reg)), 0);
	assert_int_equal(fdt_property(tree, "empty", NULL, 0), 0);
	assert_int_equal(fdt_end_node(tree), 0);
	assert_int_equal(fdt_end_node(tree), 0);
	assert_int_equal(fdt_end_node(tree), 0);
	assert_int_equal(fdt_finish(tree), 0);
	return 0;
}

static void finds_a_property_of_its_node_only(void **state)
{
	size_t length = 0;
	const char *method;

	(void)state;
	method = ffav_dt_property(tree, TREE_SIZE, "psci", "method", &length);
	assert_non_null(method);
	assert_int_equal(length, 4);
	assert_string_equal(method, "smc");
}

static void finds_a_node_with_a_unit_address(void **state)
{
	size_t length = 0;
	const void *reg;

	(void)state;
	reg = ffav_dt_property(tree, TREE_SIZE, "firmware/ffavars", "reg", &length);
	assert_non_null(reg);
	assert_int_equal(length, 16);
	assert_int_equal(ffav_dt_get64(reg), 0x50000000);
	assert_non_null(
		ffav_dt_property(tree, TREE_SIZE, "firmware/ffavars", "empty", &length));
	assert_int_equal(length, 0);
	assert_ptr_equal(ffav_dt_property(tree, TREE_SIZE, "firmware/ffavars", NULL, &length),
			 tree);
}

static void does_not_find_what_is_not_there(void **state)
{
	(void)state;
	assert_null(ffav_dt_property(tree, TREE_SIZE, "psci", "reg", NULL));
	assert_null(ffav_dt_property(tree, TREE_SIZE, "psc", "method", NULL));
	assert_null(ffav_dt_property(tree, TREE_SIZE, "psci-ol", "method", NULL));
	assert_null(ffav_dt_property(tree, TREE_SIZE, "firmware/ffavar", NULL, NULL));
	assert_null(ffav_dt_property(tree, TREE_SIZE, "firmware/ffavars/psci", NULL, NULL));
	assert_null(ffav_dt_property(tree, TREE_SIZE, "firmware/psci", "method", NULL));
}

/* A tree that ends early is malformed wherever it ends, and is not read past its end. */
static void refuses_a_short_tree(void **state)
{
	size_t whole = ffav_dt_size(tree);

	(void)state;
	for (size_t size = 0; size < whole; size++) {
		uint8_t *cut = malloc(size ? size : 1);

		assert_non_null(cut);
		memcpy(cut, tree, size);
		assert_null(ffav_dt_property(cut, size, "firmware/ffavars", "reg", NULL));
		free(cut);
	}
}

/* Every byte of the tree set to several values: no answer may lie outside the tree. */
static void survives_every_changed_byte(void **state)
{
	static const uint8_t values[] = {0x00, 0x01, 0x03, 0x7f, 0x80, 0xff};
	size_t whole = ffav_dt_size(tree);
	uint8_t *copy = malloc(whole);

	(void)state;
	assert_non_null(copy);
	for (size_t at = 0; at < whole; at++) {
		for (size_t v = 0; v < sizeof(values); v++) {
			size_t length = 0;
			const uint8_t *p;

			memcpy(copy, tree, whole);
			copy[at] = values[v];
			p = ffav_dt_property(copy, whole, "firmware/ffavars", "reg", &length);
			if (p)
				assert_true(p >= copy &&
					    ffav_range_in((size_t)(p - copy), length, whole));
		}
	}
	free(copy);
}

static void refuses_other_files_and_versions(void **state)
{
	(void)state;
	fdt_set_version(tree, 16);
	assert_null(ffav_dt_property(tree, TREE_SIZE, "psci", "method", NULL));
	fdt_set_version(tree, 17);
	fdt_set_last_comp_version(tree, 18);
	assert_null(ffav_dt_property(tree, TREE_SIZE, "psci", "method", NULL));
	tree[0] = 'x';
	assert_int_equal(ffav_dt_size(tree), 0);
	assert_null(ffav_dt_property(tree, TREE_SIZE, "psci", "method", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(finds_a_property_of_its_node_only, make_tree),
		cmocka_unit_test_setup(finds_a_node_with_a_unit_address, make_tree),
		cmocka_unit_test_setup(does_not_find_what_is_not_there, make_tree),
		cmocka_unit_test_setup(refuses_a_short_tree, make_tree),
		cmocka_unit_test_setup(survives_every_changed_byte, make_tree),
		cmocka_unit_test_setup(refuses_other_files_and_versions, make_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
