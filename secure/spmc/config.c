// SPDX-License-Identifier: BSD-3-Clause
/* What a partition's description must be, wherever it comes from. */
#include "secure/spmc/core.h"

/* Is [@base, @base + @size) a range of whole pages that does not wrap? */
static bool whole_pages(uint64_t base, uint64_t size)
{
	uint64_t end;

	return size && base % FFA_PAGE_SIZE == 0 && size % FFA_PAGE_SIZE == 0 &&
	       ffav_add(base, size, &end);
}

/* One region, and those before it, which must not share a byte with it. */
static const char *check_region(const struct ffav_partition_config *config, unsigned int n)
{
	const struct ffav_region *region = &config->regions[n];

	if (!whole_pages(region->base, region->size))
		return "A region is empty, not made of whole 4 KiB pages, or wraps.";
	if (!(region->flags & FFAV_REGION_READ))
		return "A region cannot be read.";
	if (region->flags & FFAV_REGION_WRITE && region->flags & FFAV_REGION_EXECUTE)
		return "A region is writable and executable at once.";
	if (region->flags & FFAV_REGION_EXECUTE &&
	    region->flags & (FFAV_REGION_NORMAL_WORLD | FFAV_REGION_DEVICE))
		return "Normal-world memory or a device is executable.";
	if (ffav_ranges_overlap(region->base, region->size, config->load_address,
				config->image_size))
		return "A region overlaps the partition's image.";
	for (unsigned int i = 0; i < n; i++) {
		if (ffav_ranges_overlap(region->base, region->size, config->regions[i].base,
					config->regions[i].size))
			return "Two regions overlap.";
	}
	return NULL;
}

/* The services: each named once, none nil, for the nil UUID stands for all of them. */
static const char *check_uuids(const struct ffav_partition_config *config)
{
	for (unsigned int i = 0; i < config->uuid_count; i++) {
		if (ffav_uuid_is_nil(&config->uuids[i]))
			return "A service UUID is nil.";
		for (unsigned int j = 0; j < i; j++) {
			if (ffav_uuid_equal(&config->uuids[i], &config->uuids[j]))
				return "Two service UUIDs are the same.";
		}
	}
	return NULL;
}

const char *ffav_partition_config_check(const struct ffav_partition_config *config)
{
	const char *why;

	if (config->id && (!(config->id & FFA_SECURE_ID_BIT) || config->id == FFAV_SPMC_ID ||
			   config->id == FFAV_SPMD_ID))
		return "The partition's id is not that of a secure partition.";
	if (config->version < FFA_VERSION_1_0 || config->version > FFAV_SPMC_VERSION)
		return "The partition was written for a version of FF-A that is not 1.0 to "
		       "1.2.";
	if (config->properties & (FFA_PARTITION_DIRECT2_RECV | FFA_PARTITION_DIRECT2_SEND) &&
	    config->version < FFA_VERSION_1_2)
		return "The partition wants the messages of FF-A 1.2 and was written before "
		       "it.";
	if (config->contexts != 1)
		return "The partition has not exactly one execution context.";
	if (config->uuid_count > FFAV_SPMC_UUIDS_MAX)
		return "The partition has more services than there is room for.";
	if (config->region_count > FFAV_SPMC_REGIONS_MAX)
		return "The partition has more regions than there is room for.";
	if (config->image_size && !whole_pages(config->load_address, config->image_size))
		return "The image is not made of whole 4 KiB pages, or wraps.";
	if (config->image_size && config->entry_offset >= config->image_size)
		return "The entry point is outside the image.";
	why = check_uuids(config);
	for (unsigned int i = 0; !why && i < config->region_count; i++)
		why = check_region(config, i);
	return why;
}
