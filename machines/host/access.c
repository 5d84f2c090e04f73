// SPDX-License-Identifier: BSD-3-Clause
/*
 * What a partition of the host machine can reach.
 *
 * Normal-world RAM it sees through a window of its own, in which the system
 * enforces what the manager decides. Its own data are this program's: what the
 * manager takes of them is remembered and believed, not enforced.
 */
#include "machines/host/state.h"

/* Does @r hold all of [@address, @address + @size)? */
static bool holds(const struct ffav_region *r, uint64_t address, uint64_t size)
{
	return address >= r->base && ffav_range_in(address - r->base, size, r->size);
}

/* What the partition may do at @address by its manifest. */
static uint32_t by_manifest(unsigned int index, uint64_t address)
{
	const struct ffav_partition_config *config =
		&ffav_host_current()->partitions[index].config;

	for (unsigned int i = 0; i < config->region_count; i++) {
		if (holds(&config->regions[i], address, FFA_PAGE_SIZE))
			return config->regions[i].flags;
	}
	return ffav_machine_partition_memory(index, address, FFA_PAGE_SIZE)
		       ? FFAV_REGION_READ | FFAV_REGION_WRITE
		       : 0;
}

uint32_t ffav_machine_partition_access(unsigned int index, uint64_t address)
{
	const struct ffav_host_partition *p = &ffav_host_current()->partitions[index];

	for (unsigned int i = p->change_count; i > 0; i--) {
		if (holds(&p->changes[i - 1], address, FFA_PAGE_SIZE))
			return p->changes[i - 1].flags;
	}
	return by_manifest(index, address);
}

/* Forget changes that lie within a range: a later one replaces them. */
static void forget(struct ffav_host_partition *p, const struct ffav_region *range)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < p->change_count; i++) {
		if (!holds(range, p->changes[i].base, p->changes[i].size))
			p->changes[kept++] = p->changes[i];
	}
	p->change_count = kept;
}

/*
 * What is as the manifest says needs no entry, unless one that stays says otherwise. What is given
 * back where it was taken has replaced an entry, and finds room. Return: false if there is none.
 */
static bool find_room(const struct ffav_host_partition *p, const struct ffav_region *change,
		      uint32_t manifest, bool *needed)
{
	unsigned int kept = 0;

	*needed = change->flags != manifest;
	for (unsigned int i = 0; i < p->change_count; i++) {
		const struct ffav_region *old = &p->changes[i];

		if (holds(change, old->base, old->size))
			continue;
		kept++;
		*needed |=
			ffav_ranges_overlap(old->base, old->size, change->base, change->size);
	}
	return !*needed || kept < FFAV_HOST_CHANGES_MAX;
}

bool ffav_machine_partition_set_access(unsigned int index, uint64_t address, uint64_t size,
				       uint32_t flags)
{
	struct ffav_host *m = ffav_host_current();
	struct ffav_host_partition *p = &m->partitions[index];
	const struct ffav_region change = {.base = address, .size = size, .flags = flags};
	bool ram = ffav_memory_ram(&m->memory, address, size) != NULL;
	bool needed;

	if (!find_room(p, &change, by_manifest(index, address), &needed))
		return false;
	if (ram && !ffav_memory_window_allow(p->window, address, size, flags & FFAV_REGION_READ,
					     flags & FFAV_REGION_WRITE))
		return false;
	forget(p, &change);
	if (needed)
		p->changes[p->change_count++] = change;
	return true;
}

bool ffav_host_open_window(struct ffav_host *m, struct ffav_host_partition *p)
{
	p->window = ffav_memory_window(&m->memory);
	if (!p->window)
		return false;
	for (unsigned int i = 0; i < p->config.region_count; i++) {
		const struct ffav_region *r = &p->config.regions[i];

		if (r->flags & FFAV_REGION_NORMAL_WORLD &&
		    !ffav_memory_window_allow(p->window, r->base, r->size, true,
					      r->flags & FFAV_REGION_WRITE))
			return false;
	}
	return true;
}
