// SPDX-License-Identifier: BSD-3-Clause
/* Manifests for tests. */
#include "tests/unit/spmc/manifests.h"

/* Two services, as the words w1-w4 of FFA_PARTITION_INFO_GET. */
static const uint32_t uuids[] = {0x33d532ed, 0x0942e699, 0x722dc09c, 0xa798d9cd,
				 0xdcae8d37, 0x46446bf0, 0xab401483, 0xa3873c93};

static int region(void *fdt, const char *name, uint64_t base, uint32_t pages,
		  uint32_t attributes)
{
	int error = fdt_begin_node(fdt, name);

	error = error ? error : fdt_property_u64(fdt, "base-address", base);
	error = error ? error : fdt_property_u32(fdt, "pages-count", pages);
	error = error ? error : fdt_property_u32(fdt, "attributes", attributes);
	return error ? error : fdt_end_node(fdt);
}

static int root(void *fdt)
{
	fdt32_t cells[sizeof(uuids) / sizeof(uuids[0])];
	int error = fdt_property_string(fdt, "compatible", "arm,ffa-manifest-1.0");

	for (unsigned int i = 0; i < sizeof(uuids) / sizeof(uuids[0]); i++)
		cells[i] = cpu_to_fdt32(uuids[i]);
	error = error ? error : fdt_property_string(fdt, "description", "mm");
	error = error ? error : fdt_property_u32(fdt, "ffa-version", 0x10002);
	error = error ? error : fdt_property(fdt, "uuid", cells, sizeof(cells));
	error = error ? error : fdt_property_u32(fdt, "id", 0x8001);
	error = error ? error : fdt_property_u32(fdt, "execution-ctx-count", 1);
	error = error ? error : fdt_property_u32(fdt, "exception-level", 1);
	error = error ? error : fdt_property_u32(fdt, "execution-state", 0);
	error = error ? error : fdt_property_u64(fdt, "load-address", 0x0e200000);
	error = error ? error : fdt_property_u64(fdt, "entrypoint-offset", 0x1000);
	error = error ? error : fdt_property_u32(fdt, "mem-size", 0x100000);
	error = error ? error : fdt_property_u32(fdt, "xlat-granule", 0);
	error = error ? error : fdt_property_u32(fdt, "messaging-method", 0x201);
	error = error ? error : fdt_property_u32(fdt, "ns-interrupts-action", 2);
	return error ? error : fdt_property_u32(fdt, "gp-register-num", 0);
}

int manifest_make(void *fdt)
{
	int error = fdt_create(fdt, MANIFEST_ROOM);

	error = error ? error : fdt_finish_reservemap(fdt);
	error = error ? error : fdt_begin_node(fdt, "");
	error = error ? error : root(fdt);
	error = error ? error : fdt_begin_node(fdt, "memory-regions");
	error = error ? error
		      : fdt_property_string(fdt, "compatible",
					    "arm,ffa-manifest-memory-regions");
	error = error ? error : region(fdt, "buffer", 0x50000000, 32, 0xb);
	error = error ? error : fdt_end_node(fdt);
	error = error ? error : fdt_begin_node(fdt, "device-regions");
	error = error ? error
		      : fdt_property_string(fdt, "compatible",
					    "arm,ffa-manifest-device-regions");
	error = error ? error : region(fdt, "flash", 0x03c00000, 1024, 0x3);
	error = error ? error : fdt_end_node(fdt);
	error = error ? error : fdt_end_node(fdt);
	error = error ? error : fdt_finish(fdt);
	return error ? error : fdt_open_into(fdt, fdt, MANIFEST_ROOM);
}
