// SPDX-License-Identifier: BSD-3-Clause
/*
 * FF-A manifests in device-tree form, by the public binding "arm,ffa-manifest-1.0".
 *
 * What the binding offers and this manager does not do is refused, not passed
 * over: a partition that asks for managed exits, say, would wait for them in vain.
 */
#include <libfdt.h>

#include "secure/spmc/core.h"

/* Attributes of memory and device regions. */
#define ATTRIBUTE_READ       UINT32_C(0x1)
#define ATTRIBUTE_WRITE      UINT32_C(0x2)
#define ATTRIBUTE_EXECUTE    UINT32_C(0x4)
#define ATTRIBUTE_NON_SECURE UINT32_C(0x8)
#define ATTRIBUTES_ALL       UINT32_C(0xf)

/* messaging-method. */
#define METHOD_DIRECT_RECV  UINT32_C(0x001)
#define METHOD_DIRECT_SEND  UINT32_C(0x002)
#define METHOD_DIRECT2_RECV UINT32_C(0x200)
#define METHOD_DIRECT2_SEND UINT32_C(0x400)
#define METHODS_ALL \
	(METHOD_DIRECT_RECV | METHOD_DIRECT_SEND | METHOD_DIRECT2_RECV | METHOD_DIRECT2_SEND)

#define EXCEPTION_LEVEL_S_EL0   1u
#define EXECUTION_STATE_AARCH64 0u
#define XLAT_GRANULE_4K         0u
#define NS_INTERRUPTS_SIGNALLED 2u
#define BOOT_INFO_REGISTER      0u
#define UUID_CELLS_SIZE         16

/** What reading a property gives. */
enum found {
	FOUND_NOT,
	FOUND,
	FOUND_MALFORMED,
};

/* Big-endian cells, any alignment. */
static uint32_t cell(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* A property of one cell, or of two: public manifests write 64-bit values either way. */
static enum found get_u64(const void *fdt, int node, const char *name, uint64_t *value)
{
	int length;
	const uint8_t *p = fdt_getprop(fdt, node, name, &length);

	if (!p)
		return FOUND_NOT;
	if (length == 4)
		*value = cell(p);
	else if (length == 8)
		*value = (uint64_t)cell(p) << 32 | cell(p + 4);
	else
		return FOUND_MALFORMED;
	return FOUND;
}

static enum found get_u32(const void *fdt, int node, const char *name, uint32_t *value)
{
	int length;
	const uint8_t *p = fdt_getprop(fdt, node, name, &length);

	if (!p)
		return FOUND_NOT;
	if (length != 4)
		return FOUND_MALFORMED;
	*value = cell(p);
	return FOUND;
}

/* A property that must be there and must have this one value. */
static bool is_u32(const void *fdt, int node, const char *name, uint32_t wanted)
{
	uint32_t value;

	return get_u32(fdt, node, name, &value) == FOUND && value == wanted;
}

/* A property that may be absent, and must have this one value if it is not. */
static bool is_u32_or_absent(const void *fdt, int node, const char *name, uint32_t wanted)
{
	return !fdt_getprop(fdt, node, name, NULL) || is_u32(fdt, node, name, wanted);
}

static const char *parse_name(const void *fdt, struct ffav_partition_config *config)
{
	int length;
	const char *p = fdt_getprop(fdt, 0, "description", &length);
	size_t size;

	if (!p) {
		memcpy(config->name, "partition", sizeof("partition"));
		return NULL;
	}
	if (length < 2 || p[length - 1])
		return "The description is not a string.";
	size = (size_t)length - 1;
	if (size > sizeof(config->name) - 1)
		size = sizeof(config->name) - 1;
	memcpy(config->name, p, size);
	return NULL;
}

/*
 * uuid: four cells for each service. A cell holds the value that
 * FFA_PARTITION_INFO_GET carries in w1-w4, so its number is the UUID's bytes
 * read as a little-endian word: b4b5671e-... is written <0x1e67b5b4 ...>.
 */
static const char *parse_uuids(const void *fdt, struct ffav_partition_config *config)
{
	int length;
	const uint8_t *p = fdt_getprop(fdt, 0, "uuid", &length);

	if (!p || !length || length % UUID_CELLS_SIZE)
		return "There is no uuid of four cells for each service.";
	if ((size_t)length / UUID_CELLS_SIZE > FFAV_SPMC_UUIDS_MAX)
		return "There are more service UUIDs than there is room for.";
	for (; length; length -= UUID_CELLS_SIZE, p += UUID_CELLS_SIZE)
		config->uuids[config->uuid_count++] =
			ffav_uuid_from_words(cell(p), cell(p + 4), cell(p + 8), cell(p + 12));
	return NULL;
}

/* messaging-method: the binding makes it a byte, public manifests a cell. */
static const char *parse_messaging(const void *fdt, struct ffav_partition_config *config)
{
	int length;
	const uint8_t *p = fdt_getprop(fdt, 0, "messaging-method", &length);
	uint32_t method;

	if (!p || (length != 1 && length != 4))
		return "There is no messaging-method of one cell or one byte.";
	method = length == 1 ? p[0] : cell(p);
	if (method & ~METHODS_ALL)
		return "The messaging-method has more than direct requests.";
	config->properties = FFA_PARTITION_AARCH64;
	if (method & METHOD_DIRECT_RECV)
		config->properties |= FFA_PARTITION_DIRECT_RECV;
	if (method & METHOD_DIRECT_SEND)
		config->properties |= FFA_PARTITION_DIRECT_SEND;
	if (method & METHOD_DIRECT2_RECV)
		config->properties |= FFA_PARTITION_DIRECT2_RECV;
	if (method & METHOD_DIRECT2_SEND)
		config->properties |= FFA_PARTITION_DIRECT2_SEND;
	return NULL;
}

/* What the binding offers and this manager does not do. */
static const char *refuse_unsupported(const void *fdt)
{
	if (!is_u32(fdt, 0, "exception-level", EXCEPTION_LEVEL_S_EL0))
		return "The exception-level is not that of S-EL0.";
	if (!is_u32(fdt, 0, "execution-state", EXECUTION_STATE_AARCH64))
		return "The execution-state is not AArch64.";
	if (!is_u32_or_absent(fdt, 0, "xlat-granule", XLAT_GRANULE_4K))
		return "The xlat-granule is not 4 KiB.";
	if (!is_u32_or_absent(fdt, 0, "gp-register-num", BOOT_INFO_REGISTER))
		return "The gp-register-num is not 0, the register that boot information is "
		       "in.";
	if (!is_u32_or_absent(fdt, 0, "ns-interrupts-action", NS_INTERRUPTS_SIGNALLED) ||
	    fdt_getprop(fdt, 0, "managed-exit", NULL))
		return "The partition wants interrupts of the normal world to wait.";
	if (!is_u32_or_absent(fdt, 0, "power-management-messages", 0))
		return "The partition wants power management messages.";
	if (fdt_getprop(fdt, 0, "rx-tx-buffer", NULL))
		return "The partition wants RX/TX buffers from its manifest.";
	return NULL;
}

static const char *parse_root(const void *fdt, struct ffav_partition_config *config)
{
	uint32_t value;

	if (get_u32(fdt, 0, "ffa-version", &config->version) != FOUND)
		return "There is no ffa-version of one cell.";
	switch (get_u32(fdt, 0, "id", &value)) {
	case FOUND:
		if (!value || value > UINT16_MAX)
			return "The id is not that of a secure partition.";
		config->id = (uint16_t)value;
		break;
	case FOUND_MALFORMED:
		return "The id is not one cell.";
	case FOUND_NOT:
		break;
	}
	if (get_u32(fdt, 0, "execution-ctx-count", &value) != FOUND || value > UINT16_MAX)
		return "There is no execution-ctx-count of one cell below 65536.";
	config->contexts = (uint16_t)value;
	if (get_u64(fdt, 0, "load-address", &config->load_address) != FOUND)
		return "There is no load-address of one or two cells.";
	if (get_u64(fdt, 0, "entrypoint-offset", &config->entry_offset) == FOUND_MALFORMED)
		return "The entrypoint-offset is not one or two cells.";
	if (get_u64(fdt, 0, "mem-size", &config->image_size) == FOUND_MALFORMED)
		return "The mem-size is not one or two cells.";
	return NULL;
}

/* One memory or device region. */
static const char *parse_region(const void *fdt, int node, uint32_t flags,
				struct ffav_partition_config *config)
{
	struct ffav_region *region;
	uint32_t pages, attributes;

	if (config->region_count == FFAV_SPMC_REGIONS_MAX)
		return "There are more regions than there is room for.";
	region = &config->regions[config->region_count++];
	if (get_u64(fdt, node, "base-address", &region->base) != FOUND)
		return "A region has no base-address of one or two cells.";
	if (get_u32(fdt, node, "pages-count", &pages) != FOUND)
		return "A region has no pages-count of one cell.";
	if (get_u32(fdt, node, "attributes", &attributes) != FOUND)
		return "A region has no attributes of one cell.";
	if (attributes & ~ATTRIBUTES_ALL)
		return "A region has attributes that the binding does not know.";
	if (fdt_getprop(fdt, node, "interrupts", NULL))
		return "A device wants its interrupts delivered to the partition.";
	/* 32 bits of pages: the product fits. */
	region->size = (uint64_t)pages * FFA_PAGE_SIZE;
	region->flags = flags;
	if (attributes & ATTRIBUTE_READ)
		region->flags |= FFAV_REGION_READ;
	if (attributes & ATTRIBUTE_WRITE)
		region->flags |= FFAV_REGION_WRITE;
	if (attributes & ATTRIBUTE_EXECUTE)
		region->flags |= FFAV_REGION_EXECUTE;
	if (attributes & ATTRIBUTE_NON_SECURE)
		region->flags |= FFAV_REGION_NORMAL_WORLD;
	return NULL;
}

/* The nodes below the root: lists of regions, and what other programs keep there. */
static const char *parse_regions(const void *fdt, struct ffav_partition_config *config)
{
	const char *why = NULL;
	int list, node;

	fdt_for_each_subnode(list, fdt, 0)
	{
		uint32_t flags;

		if (!fdt_node_check_compatible(fdt, list, "arm,ffa-manifest-memory-regions"))
			flags = 0;
		else if (!fdt_node_check_compatible(fdt, list,
						    "arm,ffa-manifest-device-regions"))
			flags = FFAV_REGION_DEVICE;
		else if (!fdt_node_check_compatible(fdt, list, "arm,ffa-manifest-rx_tx-buffer"))
			return "The partition wants RX/TX buffers from its manifest.";
		else
			continue;
		fdt_for_each_subnode(node, fdt, list)
		{
			why = parse_region(fdt, node, flags, config);
			if (why)
				return why;
		}
	}
	return NULL;
}

/*
 * Is it a whole tree? libfdt checks every offset, string and nesting, so that
 * what follows cannot leave the blob; but its check follows a null pointer in
 * trees of versions before 16, which dtc has not written for many years.
 */
static bool whole_tree(const void *fdt, size_t size)
{
	const uint8_t *header = fdt;

	if ((uintptr_t)fdt % 8 || size < FDT_V17_SIZE)
		return false;
	return cell(header + offsetof(struct fdt_header, version)) >= 17 &&
	       !fdt_check_full(fdt, size);
}

bool ffav_manifest_parse(const void *fdt, size_t size, struct ffav_partition_config *config,
			 const char **why)
{
	memset(config, 0, sizeof(*config));
	*why = NULL;
	if (!whole_tree(fdt, size))
		*why = "It is not a whole flattened device tree.";
	else if (fdt_node_check_compatible(fdt, 0, "arm,ffa-manifest-1.0"))
		*why = "It is not compatible with arm,ffa-manifest-1.0.";
	if (!*why)
		*why = parse_root(fdt, config);
	if (!*why)
		*why = parse_name(fdt, config);
	if (!*why)
		*why = parse_uuids(fdt, config);
	if (!*why)
		*why = parse_messaging(fdt, config);
	if (!*why)
		*why = refuse_unsupported(fdt);
	if (!*why)
		*why = parse_regions(fdt, config);
	if (!*why)
		*why = ffav_partition_config_check(config);
	return !*why;
}
