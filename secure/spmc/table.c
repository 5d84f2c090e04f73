// SPDX-License-Identifier: BSD-3-Clause
/* The partition table: who there is, what belongs to whom, and in which order they start. */
#include "secure/spmc/core.h"

void ffav_spmc_init(struct ffav_spmc *m)
{
	memset(m, 0, sizeof(*m));
	m->generation = 1;
	m->normal.id = FFA_NORMAL_WORLD_ID;
	/* Until it says otherwise: what the first callers of FF-A knew. */
	m->normal.version = FFA_VERSION_1_0;
	for (unsigned int i = 0; i < FFAV_SPMC_CPUS_MAX; i++)
		m->current[i] = -1;
}

struct ffav_partition *ffav_spmc_find(struct ffav_spmc *m, uint16_t id)
{
	for (unsigned int i = 0; i < m->partition_count; i++) {
		if (m->partitions[i].config.id == id)
			return &m->partitions[i];
	}
	return NULL;
}

bool ffav_partition_claims(const struct ffav_partition_config *config, uint64_t base,
			   uint64_t size)
{
	if (ffav_ranges_overlap(base, size, config->load_address, config->image_size))
		return true;
	for (unsigned int i = 0; i < config->region_count; i++) {
		if (ffav_ranges_overlap(base, size, config->regions[i].base,
					config->regions[i].size))
			return true;
	}
	return false;
}

bool ffav_spmc_reserved(const struct ffav_spmc *m, uint64_t base, uint64_t size)
{
	for (unsigned int i = 0; i < m->partition_count; i++) {
		if (ffav_partition_claims(&m->partitions[i].config, base, size))
			return true;
	}
	return false;
}

/* Does anything that @config claims touch what is claimed already? */
static bool claims_taken(const struct ffav_spmc *m, const struct ffav_partition_config *config)
{
	if (ffav_spmc_reserved(m, config->load_address, config->image_size))
		return true;
	for (unsigned int i = 0; i < config->region_count; i++) {
		if (ffav_spmc_reserved(m, config->regions[i].base, config->regions[i].size))
			return true;
	}
	return false;
}

/* The lowest id that no partition has. */
static uint16_t free_id(struct ffav_spmc *m)
{
	uint16_t id = FFAV_SPMC_ID + 1;

	while (ffav_spmc_find(m, id))
		id++;
	return id;
}

int ffav_spmc_add(struct ffav_spmc *m, const struct ffav_partition_config *config,
		  const char **why)
{
	struct ffav_partition *partition;
	uint16_t id = config->id;

	if (m->partition_count == FFAV_SPMC_PARTITIONS_MAX) {
		*why = "The partition table is full.";
		return -1;
	}
	*why = ffav_partition_config_check(config);
	if (*why)
		return -1;
	if (!id)
		id = free_id(m);
	if (ffav_spmc_find(m, id)) {
		*why = "Another partition has the same id.";
		return -1;
	}
	if (claims_taken(m, config)) {
		*why = "The partition's memory overlaps that of another.";
		return -1;
	}
	partition = &m->partitions[m->partition_count];
	memset(partition, 0, sizeof(*partition));
	partition->config = *config;
	partition->config.id = id;
	partition->endpoint.id = id;
	partition->endpoint.version = config->version;
	return (int)m->partition_count++;
}

int ffav_spmc_boot(struct ffav_spmc *m, unsigned int cpu)
{
	int index = -1;

	ffav_machine_lock();
	if (cpu >= FFAV_SPMC_CPUS_MAX || m->current[cpu] >= 0)
		goto out;
	for (unsigned int i = 0; i < m->partition_count; i++) {
		if (m->partitions[i].state == FFAV_PARTITION_NEW) {
			ffav_spmc_enter(m, &m->partitions[i], cpu, FFAV_SWITCH_PARTITION);
			index = (int)i;
			break;
		}
	}
out:
	ffav_machine_unlock();
	return index;
}
