// SPDX-License-Identifier: BSD-3-Clause
/*
 * Fuzz target: hostile manifests.
 *
 * What the parser accepts must make sense in every field, be accepted by the
 * partition table, and be refused a second time for its id and for its memory. A
 * sentence comes with a refusal and with nothing else.
 */
#include <stdio.h>
#include <stdlib.h>

#include "secure/spmc/spmc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void ffav_machine_lock(void)
{
}

void ffav_machine_unlock(void)
{
}

void *ffav_machine_normal_memory(uint64_t address, size_t size)
{
	(void)address;
	(void)size;
	return NULL;
}

void *ffav_machine_partition_memory(unsigned int index, uint64_t address, size_t size)
{
	(void)index;
	(void)address;
	(void)size;
	return NULL;
}

uint32_t ffav_machine_partition_access(unsigned int index, uint64_t address)
{
	(void)index;
	(void)address;
	return 0;
}

bool ffav_machine_partition_set_access(unsigned int index, uint64_t address, uint64_t size,
				       uint32_t flags)
{
	(void)index;
	(void)address;
	(void)size;
	(void)flags;
	return false;
}

static void require(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz_manifest: %s\n", what);
	abort();
}

static void check_regions(const struct ffav_partition_config *c)
{
	require(c->region_count <= FFAV_SPMC_REGIONS_MAX, "region count");
	for (unsigned int i = 0; i < c->region_count; i++) {
		const struct ffav_region *r = &c->regions[i];
		uint64_t end;

		require(r->size && !(r->base % FFA_PAGE_SIZE) && !(r->size % FFA_PAGE_SIZE),
			"whole pages");
		require(ffav_add(r->base, r->size, &end), "a region wraps");
		require(r->flags & FFAV_REGION_READ, "an unreadable region");
		require(!(r->flags & FFAV_REGION_WRITE) || !(r->flags & FFAV_REGION_EXECUTE),
			"writable and executable");
		require(!c->image_size || end <= c->load_address ||
				r->base >= c->load_address + c->image_size,
			"a region in the image");
		for (unsigned int j = 0; j < i; j++)
			require(end <= c->regions[j].base ||
					r->base >= c->regions[j].base + c->regions[j].size,
				"two regions overlap");
	}
}

static void check_services(const struct ffav_partition_config *c)
{
	uint32_t second = FFA_PARTITION_DIRECT2_RECV | FFA_PARTITION_DIRECT2_SEND;

	require(c->uuid_count >= 1 && c->uuid_count <= FFAV_SPMC_UUIDS_MAX, "the services");
	for (unsigned int i = 0; i < c->uuid_count; i++) {
		require(!ffav_uuid_is_nil(&c->uuids[i]), "a nil service");
		for (unsigned int j = 0; j < i; j++)
			require(!ffav_uuid_equal(&c->uuids[i], &c->uuids[j]),
				"a service twice");
	}
	require(!(c->properties & ~(second | FFA_PARTITION_AARCH64 | FFA_PARTITION_DIRECT_RECV |
				    FFA_PARTITION_DIRECT_SEND)),
		"a property that is not there");
	require(c->version >= FFA_VERSION_1_2 || !(c->properties & second),
		"messages of FF-A 1.2 before it");
}

/* A second partition like it: refused for its id, and with another id for its memory. */
static void check_second(struct ffav_spmc *m, struct ffav_partition_config *c)
{
	bool memory = c->image_size || c->region_count;
	const char *why = NULL;

	c->id = m->partitions[0].config.id;
	require(ffav_spmc_add(m, c, &why) == -1 && why, "the same partition twice");
	c->id = 0;
	require((ffav_spmc_add(m, c, &why) == -1) == memory, "memory of two partitions");
	require(memory || m->partitions[1].config.id != m->partitions[0].config.id,
		"an id twice");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ffav_spmc m;
	struct ffav_partition_config c;
	const char *why = "not set";
	/* The machine places manifests at 8-byte boundaries; malloc() does too. */
	uint8_t *copy = malloc(size);
	bool ok;

	if (!copy)
		return 0;
	memcpy(copy, data, size);
	ok = ffav_manifest_parse(copy, size, &c, &why);
	free(copy);
	require(ok == (why == NULL), "a sentence comes with a refusal");
	if (!ok)
		return 0;
	require(memchr(c.name, 0, sizeof(c.name)) != NULL, "the name has an end");
	require(!c.id || (c.id > 0x8000 && c.id < 0xffff), "the id");
	require(c.version >= FFA_VERSION_1_0 && c.version <= FFA_VERSION_1_2, "the version");
	require(c.contexts == 1, "one context");
	check_services(&c);
	require(!c.image_size || c.entry_offset < c.image_size, "the entry point");
	check_regions(&c);
	ffav_spmc_init(&m);
	require(ffav_spmc_add(&m, &c, &why) == 0, "a parsed manifest is a partition");
	check_second(&m, &c);
	return 0;
}
