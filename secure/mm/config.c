// SPDX-License-Identifier: BSD-3-Clause
/* The partition's manifest, as far as the partition itself reads it. */
#include <libfdt.h>

#include "abi/ffa.h"
#include "abi/variable.h"
#include "secure/mm/config.h"

/* Big-endian cells; libfdt's accessors want an alignment that properties do not have. */
static uint32_t cell(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool get_u32(const void *fdt, int node, const char *name, uint32_t *value)
{
	int length;
	const uint8_t *p = fdt_getprop(fdt, node, name, &length);

	if (!p || length != 4)
		return false;
	*value = cell(p);
	return true;
}

/* Public manifests write addresses as one cell or as two. */
static bool get_address(const void *fdt, int node, const char *name, uint64_t *value)
{
	int length;
	const uint8_t *p = fdt_getprop(fdt, node, name, &length);

	if (!p || (length != 4 && length != 8))
		return false;
	*value = length == 4 ? cell(p) : (uint64_t)cell(p) << 32 | cell(p + 4);
	return true;
}

/* The region @name in the list of regions that is compatible with @list. */
static bool get_region(const void *fdt, const char *list, const char *name, uint64_t *address,
		       uint64_t *size)
{
	int node = fdt_node_offset_by_compatible(fdt, -1, list);
	uint32_t pages;

	if (node >= 0)
		node = fdt_subnode_offset(fdt, node, name);
	if (node < 0 || !get_address(fdt, node, "base-address", address) ||
	    !get_u32(fdt, node, "pages-count", &pages) || !pages || *address % FFA_PAGE_SIZE)
		return false;
	*size = (uint64_t)pages * FFA_PAGE_SIZE;
	return *address <= UINT64_MAX - *size;
}

static const char *parse(const void *fdt, size_t size, struct ffav_mm_config *c)
{
	uint64_t needed;
	int node;

	if (fdt_check_full(fdt, size))
		return "The manifest is not a whole flattened device tree.";
	if (!get_region(fdt, "arm,ffa-manifest-memory-regions", "shared-buffer",
			&c->buffer_address, &c->buffer_size))
		return "The manifest has no memory region shared-buffer with page-aligned "
		       "base-address and pages-count.";
	if (!get_region(fdt, "arm,ffa-manifest-device-regions", "variable-store",
			&c->store_address, &c->store_size))
		return "The manifest has no device region variable-store with page-aligned "
		       "base-address and pages-count.";
	node = fdt_node_offset_by_compatible(fdt, -1, "ffavars,variable-service");
	if (node < 0)
		return "The manifest has no node compatible with ffavars,variable-service.";
	if (!get_u32(fdt, node, "maximum-variables", &c->items) || !c->items)
		return "The manifest's maximum-variables is missing or zero.";
	if (!get_u32(fdt, node, "maximum-name-size", &c->name_max) || c->name_max < 4 ||
	    c->name_max % 2)
		return "The manifest's maximum-name-size is missing, odd or below 4.";
	if (!get_u32(fdt, node, "maximum-data-size", &c->data_max) || !c->data_max)
		return "The manifest's maximum-data-size is missing or zero.";
	if (!get_u32(fdt, node, "hardware-error-size", &c->error_record_size))
		return "The manifest's hardware-error-size is missing.";
	if (!get_u32(fdt, node, "boot-reserved-size", &c->boot_size))
		return "The manifest's boot-reserved-size is missing.";
	if (!get_u32(fdt, node, "boot-reserved-variables", &c->boot_items) ||
	    c->boot_items >= c->items)
		return "The manifest's boot-reserved-variables is missing or not less than "
		       "maximum-variables.";
	/* A manager that does not map one to one puts its own addresses into base-address. */
	c->buffer_physical = c->buffer_address;
	if (fdt_getprop(fdt, node, "shared-buffer-physical", NULL) &&
	    (!get_address(fdt, node, "shared-buffer-physical", &c->buffer_physical) ||
	     c->buffer_physical % FFA_PAGE_SIZE ||
	     c->buffer_physical > UINT64_MAX - c->buffer_size))
		return "The manifest's shared-buffer-physical is not a page-aligned address.";
	c->platform_verifies_images = fdt_getprop(fdt, node, "platform-verifies-images", NULL);
	c->self_signed_pk = fdt_getprop(fdt, node, "self-signed-platform-key", NULL);
	c->rebind_store = fdt_getprop(fdt, node, "rebind-variable-store", NULL);
	c->console_log = fdt_getprop(fdt, node, "console-log", NULL);

	/* A doorbell's number below the buffer's size is an offset, else an address. */
	if (c->buffer_physical < c->buffer_size)
		return "The shared buffer's addresses could be taken for offsets.";
	needed = (uint64_t)MM_HEADER_V3_SIZE + FFAV_VAR_HEADER_SIZE + FFAV_VAR_ACCESS_SIZE +
		 c->name_max + c->data_max;
	if (needed > c->buffer_size || c->buffer_size > UINT32_MAX)
		return "The shared buffer has no room for the largest variable.";
	/* Eight bytes aligned, so that clients that round up still fit. */
	c->payload_max = (uint32_t)ffav_align_down(
		c->buffer_size - MM_HEADER_V3_SIZE - FFAV_VAR_HEADER_SIZE, 8);
	return NULL;
}

bool ffav_mm_config_parse(const void *fdt, size_t size, struct ffav_mm_config *config,
			  const char **why)
{
	memset(config, 0, sizeof(*config));
	*why = parse(fdt, size, config);
	return !*why;
}
