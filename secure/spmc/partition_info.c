// SPDX-License-Identifier: BSD-3-Clause
/* FFA_PARTITION_INFO_GET and FFA_PARTITION_INFO_GET_REGS: who serves what. */
#include "secure/spmc/core.h"

/** Properties that FF-A 1.0 defines. */
#define PROPERTIES_1_0 \
	(FFA_PARTITION_DIRECT_RECV | FFA_PARTITION_DIRECT_SEND | FFA_PARTITION_INDIRECT)
/** Properties that FF-A 1.2 adds. */
#define PROPERTIES_1_2 (FFA_PARTITION_DIRECT2_RECV | FFA_PARTITION_DIRECT2_SEND)

/** Most descriptors that an answer can have: one for each service of each partition. */
#define DESCRIPTORS_MAX (FFAV_SPMC_PARTITIONS_MAX * FFAV_SPMC_UUIDS_MAX)

_Static_assert(DESCRIPTORS_MAX *FFA_PARTITION_INFO_SIZE_1_1 <= FFA_PAGE_SIZE,
	       "the smallest RX buffer holds every descriptor");

/* Append a descriptor of @partition to a list. */
static void append(const struct ffav_partition *partition, uint32_t version,
		   const struct ffav_uuid *uuid, struct ffav_partition_info *list,
		   unsigned int *count)
{
	struct ffav_partition_info *info = &list[(*count)++];

	info->id = partition->config.id;
	info->contexts = partition->config.contexts;
	info->properties = partition->config.properties;
	if (version < FFA_VERSION_1_1)
		info->properties &= PROPERTIES_1_0;
	else if (version < FFA_VERSION_1_2)
		info->properties &= ~PROPERTIES_1_2;
	if (uuid)
		info->uuid = *uuid;
	else
		memset(&info->uuid, 0, sizeof(info->uuid));
}

/*
 * List what a caller of @version sees of @uuid. The nil UUID stands for all:
 * then each service is a descriptor with its UUID, or each partition one where
 * descriptors have none (FF-A 1.0). A query for one UUID is answered without it.
 */
static unsigned int list_partitions(const struct ffav_spmc *m, uint32_t version,
				    const struct ffav_uuid *uuid,
				    struct ffav_partition_info *list)
{
	bool all = ffav_uuid_is_nil(uuid);
	unsigned int count = 0;

	for (unsigned int i = 0; i < m->partition_count; i++) {
		const struct ffav_partition *partition = &m->partitions[i];
		const struct ffav_partition_config *config = &partition->config;

		if (!partition->ready)
			continue;
		if (all && (version < FFA_VERSION_1_1 || !config->uuid_count)) {
			append(partition, version, NULL, list, &count);
			continue;
		}
		for (unsigned int j = 0; j < config->uuid_count; j++) {
			if (all) {
				append(partition, version, &config->uuids[j], list, &count);
			} else if (ffav_uuid_equal(&config->uuids[j], uuid)) {
				append(partition, version, NULL, list, &count);
				break;
			}
		}
	}
	return count;
}

/* FF-A 1.2, section "FFA_PARTITION_INFO_GET". */
struct ffav_switch ffav_spmc_partition_info_get(struct ffav_spmc *m,
						const struct ffav_caller *caller,
						const struct ffav_smc_regs *in,
						struct ffav_smc_regs *out)
{
	struct ffav_endpoint *endpoint = caller->endpoint;
	bool old = endpoint->version < FFA_VERSION_1_1;
	size_t size = old ? FFA_PARTITION_INFO_SIZE_1_0 : FFA_PARTITION_INFO_SIZE_1_1;
	struct ffav_uuid uuid = ffav_uuid_from_words((uint32_t)in->x[1], (uint32_t)in->x[2],
						     (uint32_t)in->x[3], (uint32_t)in->x[4]);
	struct ffav_partition_info list[DESCRIPTORS_MAX];
	unsigned int count;

	/* FF-A 1.0 has no flags: w5 is reserved there. */
	if (in->x[5] & ~(uint64_t)(old ? 0 : FFA_PARTITION_INFO_COUNT))
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"reserved flags are set", in->x[5], out);
	count = list_partitions(m, endpoint->version, &uuid, list);
	if (!count)
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"no partition has the UUID that starts with",
					ffav_uuid_word(&uuid, 0), out);
	if (in->x[5] & FFA_PARTITION_INFO_COUNT)
		return ffav_spmc_success(m, caller, count, out);
	if (!endpoint->rx_pages)
		return ffav_spmc_refuse(m, caller, FFA_DENIED, "RX/TX are not mapped",
					endpoint->id, out);
	if (endpoint->rx_full)
		return ffav_spmc_refuse(m, caller, FFA_BUSY, "the caller has not released RX",
					endpoint->id, out);
	for (unsigned int i = 0; i < count; i++)
		ffav_partition_info_encode(endpoint->rx + i * size, size, &list[i]);
	endpoint->rx_full = true;
	ffav_spmc_success(m, caller, count, out);
	/* A caller of FF-A 1.0 knows the size; w3 is reserved there. */
	out->x[3] = old ? 0 : size;
	return ffav_spmc_back(m, caller);
}

/*
 * FF-A 1.2, section "FFA_PARTITION_INFO_GET_REGS". The tag is the manager's
 * generation: a caller that goes on after the set of partitions has changed is
 * told to start again.
 */
struct ffav_switch ffav_spmc_partition_info_get_regs(struct ffav_spmc *m,
						     const struct ffav_caller *caller,
						     const struct ffav_smc_regs *in,
						     struct ffav_smc_regs *out)
{
	struct ffav_uuid uuid = ffav_uuid_from_regs(in->x[1], in->x[2]);
	uint16_t start = (uint16_t)in->x[3];
	uint16_t tag = (uint16_t)(in->x[3] >> 16);
	struct ffav_partition_info list[DESCRIPTORS_MAX];
	struct ffav_info_regs meta;
	unsigned int count;

	if (in->x[3] >> 32)
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"reserved bits of x3 are set", in->x[3], out);
	if (!start && tag)
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"the first call has a tag", tag, out);
	if (start && tag != m->generation)
		return ffav_spmc_refuse(m, caller, FFA_RETRY, "the tag is out of date", tag,
					out);
	count = list_partitions(m, caller->endpoint->version, &uuid, list);
	if (!count)
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"no partition has the UUID that starts with",
					ffav_uuid_word(&uuid, 0), out);
	if (start >= count)
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"the start index is behind the last descriptor", start,
					out);
	memset(out, 0, sizeof(*out));
	out->x[0] = FFA_SUCCESS_64;
	meta.last = (uint16_t)(count - 1);
	meta.current =
		(uint16_t)(count - start > FFA_INFO_REGS_MAX ? start + FFA_INFO_REGS_MAX - 1
							     : count - 1);
	meta.tag = m->generation;
	meta.size = FFA_PARTITION_INFO_SIZE_1_1;
	out->x[2] = ffav_info_regs_encode(&meta);
	for (unsigned int i = start; i <= meta.current; i++)
		ffav_info_regs_put(out, i - start, &list[i]);
	return ffav_spmc_back(m, caller);
}
