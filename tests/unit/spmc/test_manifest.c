// SPDX-License-Identifier: BSD-3-Clause
/* Manifests: what is read from them, and what each wrong one is told. */
#include <stdlib.h>

#include "tests/unit/spmc/machine.h"
#include "tests/unit/spmc/manifests.h"

static _Alignas(8) uint8_t fdt[MANIFEST_ROOM];
static struct ffav_partition_config config;

static int setup(void **state)
{
	(void)state;
	assert_int_equal(manifest_make(fdt), 0);
	memset(&config, 0xa5, sizeof(config));
	return 0;
}

static void accepted(void)
{
	const char *why = "not set";

	if (!ffav_manifest_parse(fdt, sizeof(fdt), &config, &why))
		fail_msg("%s", why);
	assert_null(why);
}

static void refused(const char *expected)
{
	const char *why = NULL;

	assert_false(ffav_manifest_parse(fdt, sizeof(fdt), &config, &why));
	assert_non_null(why);
	assert_string_equal(why, expected);
}

static void set_cells(const char *path, const char *name, const uint32_t *values, int count)
{
	fdt32_t cells[32];
	int node = fdt_path_offset(fdt, path);

	assert_true(node >= 0 && count <= 32);
	for (int i = 0; i < count; i++)
		cells[i] = cpu_to_fdt32(values[i]);
	assert_int_equal(fdt_setprop(fdt, node, name, cells, 4 * count), 0);
}

static void set_u32(const char *path, const char *name, uint32_t value)
{
	set_cells(path, name, &value, 1);
}

static void set_u64(const char *path, const char *name, uint64_t value)
{
	set_cells(path, name, (uint32_t[]){(uint32_t)(value >> 32), (uint32_t)value}, 2);
}

static void set_bytes(const char *path, const char *name, const void *bytes, int size)
{
	assert_int_equal(fdt_setprop(fdt, fdt_path_offset(fdt, path), name, bytes, size), 0);
}

static void remove_property(const char *path, const char *name)
{
	assert_int_equal(fdt_delprop(fdt, fdt_path_offset(fdt, path), name), 0);
}

#define BUFFER "/memory-regions/buffer"
#define FLASH  "/device-regions/flash"

static void whole(void **state)
{
	static const struct ffav_uuid variable = FFAV_UUID_MM_VARIABLE;
	static const struct ffav_uuid communication2 = FFAV_UUID_MM_COMMUNICATION2;

	(void)state;
	accepted();
	assert_string_equal(config.name, "mm");
	assert_int_equal(config.id, 0x8001);
	assert_int_equal(config.version, FFA_VERSION_1_2);
	/* The cells are the words of the table that the field agrees on. */
	assert_int_equal(config.uuid_count, 2);
	assert_memory_equal(&config.uuids[0], &variable, sizeof(variable));
	assert_memory_equal(&config.uuids[1], &communication2, sizeof(communication2));
	assert_int_equal(config.properties, FFA_PARTITION_DIRECT_RECV |
						    FFA_PARTITION_DIRECT2_RECV |
						    FFA_PARTITION_AARCH64);
	assert_int_equal(config.contexts, 1);
	assert_int_equal(config.load_address, 0x0e200000);
	assert_int_equal(config.entry_offset, 0x1000);
	assert_int_equal(config.image_size, 0x100000);
	assert_int_equal(config.region_count, 2);
	assert_int_equal(config.regions[0].base, 0x50000000);
	assert_int_equal(config.regions[0].size, 0x20000);
	assert_int_equal(config.regions[0].flags,
			 FFAV_REGION_READ | FFAV_REGION_WRITE | FFAV_REGION_NORMAL_WORLD);
	assert_int_equal(config.regions[1].base, 0x03c00000);
	assert_int_equal(config.regions[1].size, 0x400000);
	assert_int_equal(config.regions[1].flags,
			 FFAV_REGION_READ | FFAV_REGION_WRITE | FFAV_REGION_DEVICE);
}

/* What may be left out, and what then holds. */
static void optional(void **state)
{
	(void)state;
	remove_property("/", "description");
	remove_property("/", "id");
	remove_property("/", "entrypoint-offset");
	remove_property("/", "mem-size");
	remove_property("/", "xlat-granule");
	remove_property("/", "ns-interrupts-action");
	remove_property("/", "gp-register-num");
	fdt_del_node(fdt, fdt_path_offset(fdt, "/memory-regions"));
	fdt_del_node(fdt, fdt_path_offset(fdt, "/device-regions"));
	accepted();
	assert_string_equal(config.name, "partition");
	assert_int_equal(config.id, 0);
	assert_int_equal(config.entry_offset, 0);
	assert_int_equal(config.image_size, 0);
	assert_int_equal(config.region_count, 0);
}

/* Public manifests write 64-bit values in one cell or two, and bytes as cells. */
static void other_spellings(void **state)
{
	(void)state;
	set_u32("/", "load-address", 0x0e300000);
	set_u32("/", "entrypoint-offset", 0);
	set_u64("/", "mem-size", 0x2000);
	set_u32(BUFFER, "base-address", 0x60000000);
	set_bytes("/", "messaging-method", "\x01", 1);
	accepted();
	assert_int_equal(config.load_address, 0x0e300000);
	assert_int_equal(config.image_size, 0x2000);
	assert_int_equal(config.regions[0].base, 0x60000000);
	assert_int_equal(config.properties, FFA_PARTITION_DIRECT_RECV | FFA_PARTITION_AARCH64);
}

/* Each direction of each form is a property of its own. */
static void messaging(void **state)
{
	static const struct {
		uint32_t method, properties;
	} rows[] = {
		{0, 0},
		{0x1, FFA_PARTITION_DIRECT_RECV},
		{0x2, FFA_PARTITION_DIRECT_SEND},
		{0x200, FFA_PARTITION_DIRECT2_RECV},
		{0x400, FFA_PARTITION_DIRECT2_SEND},
		{0x603, FFA_PARTITION_DIRECT_RECV | FFA_PARTITION_DIRECT_SEND |
				FFA_PARTITION_DIRECT2_RECV | FFA_PARTITION_DIRECT2_SEND},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		set_u32("/", "messaging-method", rows[i].method);
		accepted();
		assert_int_equal(config.properties, FFA_PARTITION_AARCH64 | rows[i].properties);
	}
}

static void high_addresses(void **state)
{
	(void)state;
	set_u64(BUFFER, "base-address", UINT64_C(0xfffffffffff00000));
	set_u32(BUFFER, "pages-count", 0xff);
	accepted();
	assert_int_equal(config.regions[0].base, UINT64_C(0xfffffffffff00000));
	set_u32(BUFFER, "pages-count", 0x100);
	refused("A region is empty, not made of whole 4 KiB pages, or wraps.");
	set_u64(BUFFER, "base-address", UINT64_C(0x100000000000));
	set_u32(BUFFER, "pages-count", 0xffffffff);
	accepted();
	assert_int_equal(config.regions[0].size, UINT64_C(0xffffffff000));
}

static void long_name(void **state)
{
	(void)state;
	set_bytes("/", "description", "a name that is longer than thirty-one characters", 49);
	accepted();
	assert_string_equal(config.name, "a name that is longer than thir");
}

/* One cell of the root that has a wrong value, a wrong size, or is missing. */
static void wrong_cells(void **state)
{
	static const struct {
		const char *name;
		uint32_t value;
		const char *why;
	} rows[] = {
		{"ffa-version", 0x20000,
		 "The partition was written for a version of FF-A that is not 1.0 to 1.2."},
		{"ffa-version", 0x10003,
		 "The partition was written for a version of FF-A that is not 1.0 to 1.2."},
		{"ffa-version", 0,
		 "The partition was written for a version of FF-A that is not 1.0 to 1.2."},
		{"ffa-version", 0x10001,
		 "The partition wants the messages of FF-A 1.2 and was written before it."},
		{"id", 0, "The id is not that of a secure partition."},
		{"id", 1, "The partition's id is not that of a secure partition."},
		{"id", 0x8000, "The partition's id is not that of a secure partition."},
		{"id", 0xffff, "The partition's id is not that of a secure partition."},
		{"id", 0x18001, "The id is not that of a secure partition."},
		{"execution-ctx-count", 0,
		 "The partition has not exactly one execution context."},
		{"execution-ctx-count", 2,
		 "The partition has not exactly one execution context."},
		{"execution-ctx-count", 0x10001,
		 "There is no execution-ctx-count of one cell below 65536."},
		{"exception-level", 2, "The exception-level is not that of S-EL0."},
		{"execution-state", 1, "The execution-state is not AArch64."},
		{"xlat-granule", 2, "The xlat-granule is not 4 KiB."},
		{"gp-register-num", 1,
		 "The gp-register-num is not 0, the register that boot information is in."},
		{"ns-interrupts-action", 0,
		 "The partition wants interrupts of the normal world to wait."},
		{"managed-exit", 0,
		 "The partition wants interrupts of the normal world to wait."},
		{"power-management-messages", 1,
		 "The partition wants power management messages."},
		{"rx-tx-buffer", 1, "The partition wants RX/TX buffers from its manifest."},
		{"messaging-method", 0x5,
		 "The messaging-method has more than direct requests."},
		{"messaging-method", 0x80000001,
		 "The messaging-method has more than direct requests."},
		{"load-address", 0x0e200800,
		 "The image is not made of whole 4 KiB pages, or wraps."},
		{"mem-size", 0x1001, "The image is not made of whole 4 KiB pages, or wraps."},
		{"mem-size", 0x1000, "The entry point is outside the image."},
		{"entrypoint-offset", 0x100000, "The entry point is outside the image."},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		setup(state);
		set_u32("/", rows[i].name, rows[i].value);
		refused(rows[i].why);
	}
}

static void wrong_sizes(void **state)
{
	static const struct {
		const char *path;
		const char *name;
		int size;
		const char *why;
	} rows[] = {
		{"/", "ffa-version", 8, "There is no ffa-version of one cell."},
		{"/", "ffa-version", 0, "There is no ffa-version of one cell."},
		{"/", "id", 2, "The id is not one cell."},
		{"/", "execution-ctx-count", 8,
		 "There is no execution-ctx-count of one cell below 65536."},
		{"/", "load-address", 12, "There is no load-address of one or two cells."},
		{"/", "load-address", 0, "There is no load-address of one or two cells."},
		{"/", "entrypoint-offset", 3, "The entrypoint-offset is not one or two cells."},
		{"/", "mem-size", 5, "The mem-size is not one or two cells."},
		{"/", "uuid", 0, "There is no uuid of four cells for each service."},
		{"/", "uuid", 15, "There is no uuid of four cells for each service."},
		{"/", "uuid", 20, "There is no uuid of four cells for each service."},
		{"/", "uuid", 80, "There are more service UUIDs than there is room for."},
		{"/", "messaging-method", 2,
		 "There is no messaging-method of one cell or one byte."},
		{"/", "messaging-method", 0,
		 "There is no messaging-method of one cell or one byte."},
		{"/", "exception-level", 8, "The exception-level is not that of S-EL0."},
		{"/", "execution-state", 1, "The execution-state is not AArch64."},
		{"/", "xlat-granule", 8, "The xlat-granule is not 4 KiB."},
		{"/", "description", 0, "The description is not a string."},
		{"/", "description", 1, "The description is not a string."},
		{BUFFER, "base-address", 12,
		 "A region has no base-address of one or two cells."},
		{BUFFER, "pages-count", 8, "A region has no pages-count of one cell."},
		{FLASH, "attributes", 0, "A region has no attributes of one cell."},
	};
	static const uint8_t zeros[80];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		setup(state);
		set_bytes(rows[i].path, rows[i].name, zeros, rows[i].size);
		refused(rows[i].why);
	}
	setup(state);
	set_bytes("/", "description", "no end", 6);
	refused("The description is not a string.");
}

static void missing(void **state)
{
	static const struct {
		const char *path;
		const char *name;
		const char *why;
	} rows[] = {
		{"/", "compatible", "It is not compatible with arm,ffa-manifest-1.0."},
		{"/", "ffa-version", "There is no ffa-version of one cell."},
		{"/", "uuid", "There is no uuid of four cells for each service."},
		{"/", "execution-ctx-count",
		 "There is no execution-ctx-count of one cell below 65536."},
		{"/", "exception-level", "The exception-level is not that of S-EL0."},
		{"/", "execution-state", "The execution-state is not AArch64."},
		{"/", "load-address", "There is no load-address of one or two cells."},
		{"/", "messaging-method",
		 "There is no messaging-method of one cell or one byte."},
		{BUFFER, "base-address", "A region has no base-address of one or two cells."},
		{BUFFER, "pages-count", "A region has no pages-count of one cell."},
		{BUFFER, "attributes", "A region has no attributes of one cell."},
		{FLASH, "base-address", "A region has no base-address of one or two cells."},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		setup(state);
		remove_property(rows[i].path, rows[i].name);
		refused(rows[i].why);
	}
}

static void uuids(void **state)
{
	static const uint32_t nil[4] = {0};
	static const uint32_t twice[8] = {1, 2, 3, 4, 1, 2, 3, 4};

	set_cells("/", "uuid", nil, 4);
	refused("A service UUID is nil.");
	setup(state);
	set_cells("/", "uuid", twice, 8);
	refused("Two service UUIDs are the same.");
}

static void regions(void **state)
{
	static const struct {
		const char *path;
		uint64_t base;
		uint32_t pages;
		uint32_t attributes;
		const char *why;
	} rows[] = {
		{BUFFER, 0x50000000, 0, 0xb,
		 "A region is empty, not made of whole 4 KiB pages, or wraps."},
		{BUFFER, 0x50000800, 1, 0xb,
		 "A region is empty, not made of whole 4 KiB pages, or wraps."},
		{BUFFER, UINT64_C(0xfffffffffffff000), 1, 0xb,
		 "A region is empty, not made of whole 4 KiB pages, or wraps."},
		{BUFFER, UINT64_C(0xfffff00000000000), 0xffffffff, 0xb, NULL},
		{BUFFER, UINT64_C(0xfffffffff0000000), 0xffffffff, 0xb,
		 "A region is empty, not made of whole 4 KiB pages, or wraps."},
		{BUFFER, 0x50000000, 1, 0, "A region cannot be read."},
		{BUFFER, 0x50000000, 1, 0x2, "A region cannot be read."},
		{BUFFER, 0x50000000, 1, 0x7, "A region is writable and executable at once."},
		{BUFFER, 0x50000000, 1, 0x5, NULL},
		{BUFFER, 0x50000000, 1, 0xd, "Normal-world memory or a device is executable."},
		{FLASH, 0x03c00000, 1, 0x5, "Normal-world memory or a device is executable."},
		{BUFFER, 0x50000000, 1, 0x13,
		 "A region has attributes that the binding does not know."},
		{BUFFER, 0x0e200000, 1, 0x3, "A region overlaps the partition's image."},
		{BUFFER, 0x0e2ff000, 1, 0x3, "A region overlaps the partition's image."},
		{BUFFER, 0x0e1ff000, 2, 0x3, "A region overlaps the partition's image."},
		{BUFFER, 0, 0xffffffff, 0x3, "A region overlaps the partition's image."},
		{BUFFER, 0x0e300000, 1, 0x3, NULL},
		{BUFFER, 0x0e1ff000, 1, 0x3, NULL},
		{BUFFER, 0x03c00000, 1, 0x3, "Two regions overlap."},
		{BUFFER, 0x03bff000, 2, 0x3, "Two regions overlap."},
		{BUFFER, 0x03fff000, 1, 0x3, "Two regions overlap."},
		{BUFFER, 0x03bff000, 1, 0x3, NULL},
		{BUFFER, 0x04000000, 1, 0x3, NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		setup(state);
		set_u64(rows[i].path, "base-address", rows[i].base);
		set_u32(rows[i].path, "pages-count", rows[i].pages);
		set_u32(rows[i].path, "attributes", rows[i].attributes);
		if (rows[i].why)
			refused(rows[i].why);
		else
			accepted();
	}
}

static void too_many_regions(void **state)
{
	(void)state;
	for (unsigned int i = 2; i <= FFAV_SPMC_REGIONS_MAX; i++) {
		char path[] = "/memory-regions/r0";

		accepted();
		path[sizeof(path) - 2] = (char)('0' + i);
		fdt_add_subnode(fdt, fdt_path_offset(fdt, "/memory-regions"),
				strrchr(path, '/') + 1);
		set_u64(path, "base-address", 0x60000000 + 0x1000 * (uint64_t)i);
		set_u32(path, "pages-count", 1);
		set_u32(path, "attributes", 3);
	}
	refused("There are more regions than there is room for.");
}

static void device_interrupts(void **state)
{
	(void)state;
	set_u64(FLASH, "interrupts", 0x2800000b01);
	refused("A device wants its interrupts delivered to the partition.");
}

static void rx_tx_node(void **state)
{
	int node;

	(void)state;
	node = fdt_add_subnode(fdt, 0, "rxtx");
	assert_true(node >= 0);
	fdt_setprop_string(fdt, node, "compatible", "arm,ffa-manifest-rx_tx-buffer");
	refused("The partition wants RX/TX buffers from its manifest.");
}

/* What other programs keep in a manifest is theirs. */
static void other_nodes(void **state)
{
	int node;

	(void)state;
	node = fdt_add_subnode(fdt, 0, "variable-service");
	fdt_setprop_string(fdt, node, "compatible", "someone,else");
	fdt_add_subnode(fdt, node, "below");
	accepted();
	assert_int_equal(config.region_count, 2);
}

/* Cut anywhere, nothing is read behind the cut (the sanitizer watches) and it is refused. */
static void truncated(void **state)
{
	const char *why;
	size_t size;

	(void)state;
	assert_int_equal(fdt_pack(fdt), 0);
	size = fdt_totalsize(fdt);
	assert_true(ffav_manifest_parse(fdt, size, &config, &why));
	for (size_t cut = 0; cut < size; cut++) {
		/* A block of exactly this size, so that the byte behind it is out of bounds. */
		uint8_t *copy = malloc(cut);

		assert_non_null(copy);
		memcpy(copy, fdt, cut);
		assert_false(ffav_manifest_parse(copy, cut, &config, &why));
		assert_string_equal(why, "It is not a whole flattened device tree.");
		free(copy);
	}
}

/* No single wrong byte makes it misbehave, and what is accepted makes sense. */
static void wrong_bytes(void **state)
{
	static const uint8_t patterns[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
	const char *why;
	size_t size;

	(void)state;
	assert_int_equal(fdt_pack(fdt), 0);
	size = fdt_totalsize(fdt);
	for (size_t i = 0; i < size; i++) {
		uint8_t good = fdt[i];

		for (size_t j = 0; j < sizeof(patterns); j++) {
			bool ok;

			fdt[i] = patterns[j];
			ok = ffav_manifest_parse(fdt, size, &config, &why);
			assert_int_equal(ok, why == NULL);
			if (!ok)
				continue;
			assert_in_range(config.uuid_count, 1, FFAV_SPMC_UUIDS_MAX);
			assert_in_range(config.region_count, 0, FFAV_SPMC_REGIONS_MAX);
			assert_int_equal(config.contexts, 1);
			assert_int_equal(config.name[sizeof(config.name) - 1], 0);
		}
		fdt[i] = good;
	}
}

/* The header's version is the sender's word, too: libfdt's own check trips over an old one. */
static void old_versions(void **state)
{
	for (uint32_t version = 0; version < 17; version++) {
		setup(state);
		((struct fdt_header *)fdt)->version = cpu_to_fdt32(version);
		((struct fdt_header *)fdt)->last_comp_version = cpu_to_fdt32(version);
		refused("It is not a whole flattened device tree.");
		((struct fdt_header *)fdt)->last_comp_version = 0;
		refused("It is not a whole flattened device tree.");
	}
}

static void misaligned(void **state)
{
	const char *why;

	(void)state;
	memmove(fdt + 4, fdt, sizeof(fdt) - 4);
	assert_false(ffav_manifest_parse(fdt + 4, sizeof(fdt) - 4, &config, &why));
	assert_string_equal(why, "It is not a whole flattened device tree.");
}

static void not_a_tree(void **state)
{
	(void)state;
	memset(fdt, 0, sizeof(fdt));
	refused("It is not a whole flattened device tree.");
	memset(fdt, 0xff, sizeof(fdt));
	refused("It is not a whole flattened device tree.");
}

/* A parsed manifest starts as a partition and is found by its services. */
static void starts(void **state)
{
	static struct ffav_spmc m;
	const char *why;

	(void)state;
	accepted();
	machine_reset();
	ffav_spmc_init(&m);
	m.normal.version = FFA_VERSION_1_2;
	assert_int_equal(ffav_spmc_add(&m, &config, &why), 0);
	ffav_spmc_boot(&m, 0);
	respond(&m, 0, CALL0(FFA_MSG_WAIT));
	assert_answer(normal(&m, 0,
			     regs(FFA_PARTITION_INFO_GET, 0xdcae8d37, 0x46446bf0, 0xab401483,
				  0xa3873c93, 1, 0, 0)),
		      FFA_SUCCESS_32, 0, 1, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(whole, setup),
		cmocka_unit_test_setup(optional, setup),
		cmocka_unit_test_setup(other_spellings, setup),
		cmocka_unit_test_setup(messaging, setup),
		cmocka_unit_test_setup(high_addresses, setup),
		cmocka_unit_test_setup(long_name, setup),
		cmocka_unit_test_setup(wrong_cells, setup),
		cmocka_unit_test_setup(wrong_sizes, setup),
		cmocka_unit_test_setup(missing, setup),
		cmocka_unit_test_setup(uuids, setup),
		cmocka_unit_test_setup(regions, setup),
		cmocka_unit_test_setup(too_many_regions, setup),
		cmocka_unit_test_setup(device_interrupts, setup),
		cmocka_unit_test_setup(rx_tx_node, setup),
		cmocka_unit_test_setup(other_nodes, setup),
		cmocka_unit_test_setup(truncated, setup),
		cmocka_unit_test_setup(wrong_bytes, setup),
		cmocka_unit_test_setup(old_versions, setup),
		cmocka_unit_test_setup(misaligned, setup),
		cmocka_unit_test_setup(not_a_tree, setup),
		cmocka_unit_test_setup(starts, setup),
	};

	return cmocka_run_group_tests_name("spmc/manifest", tests, NULL, NULL);
}
