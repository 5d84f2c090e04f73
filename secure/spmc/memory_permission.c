// SPDX-License-Identifier: BSD-3-Clause
/* FFA_MEM_PERM_GET and FFA_MEM_PERM_SET: a partition at S-EL0 arranges its own pages while it starts. */
#include "secure/spmc/core.h"

/* The call's code of a permission. */
static uint32_t code_of(uint32_t access)
{
	if (access & FFAV_REGION_WRITE)
		return FFA_MEM_PERM_READ_WRITE;
	return access & FFAV_REGION_EXECUTE ? FFA_MEM_PERM_CODE : FFA_MEM_PERM_READ_ONLY;
}

/* What a code asks for; 0 for those that are reserved, give no access, or write and execute. */
static uint32_t access_of(uint64_t code)
{
	switch (code) {
	case FFA_MEM_PERM_CODE:
		return FFAV_REGION_READ | FFAV_REGION_EXECUTE;
	case FFA_MEM_PERM_READ_WRITE:
		return FFAV_REGION_READ | FFAV_REGION_WRITE;
	case FFA_MEM_PERM_READ_ONLY:
		return FFAV_REGION_READ;
	default:
		return 0;
	}
}

/* FF-A 1.2, section "FFA_MEM_PERM_GET": one page. */
struct ffav_switch ffav_spmc_mem_perm_get(struct ffav_spmc *m, const struct ffav_caller *caller,
					  const struct ffav_smc_regs *in,
					  struct ffav_smc_regs *out)
{
	uint64_t address = in->x[1];
	uint32_t access;

	if (!ffav_spmc_initialises(caller->partition))
		return ffav_spmc_refuse(m, caller, FFA_DENIED,
					"the partition has ended its initialisation", address,
					out);
	if (address % FFA_PAGE_SIZE)
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"the address is not aligned to 4 KiB", address, out);
	access = ffav_machine_partition_access(ffav_spmc_index(m, caller->partition), address);
	if (!access)
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"the partition has no page at", address, out);
	return ffav_spmc_success(m, caller, code_of(access), out);
}

/* May the partition change the page at @address to @wanted? */
static bool check_page(const struct ffav_spmc *m, const struct ffav_partition *partition,
		       uint64_t address, uint32_t wanted, struct ffav_refusal *refusal)
{
	const struct ffav_partition_config *config = &partition->config;
	uint32_t access = ffav_machine_partition_access(ffav_spmc_index(m, partition), address);

	if (!access)
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "the partition has no page at", address);
	/* Not either what the manager lets it see, such as its boot information. */
	if (access & (FFAV_REGION_NORMAL_WORLD | FFAV_REGION_DEVICE) ||
	    !ffav_partition_claims(config, address, FFA_PAGE_SIZE))
		return ffav_spmc_wrong(refusal, FFA_DENIED,
				       "it is not the partition's memory, the page at",
				       address);
	if (!ffav_ranges_overlap(address, FFA_PAGE_SIZE, config->load_address,
				 config->image_size) &&
	    wanted & FFAV_REGION_EXECUTE)
		return ffav_spmc_wrong(refusal, FFA_DENIED,
				       "only the image is executable, not the page at",
				       address);
	if (ffav_spmc_in_transaction(m, address, FFA_PAGE_SIZE) ||
	    ffav_spmc_is_buffer(m, address, FFA_PAGE_SIZE))
		return ffav_spmc_wrong(refusal, FFA_DENIED, "others work with the page at",
				       address);
	return true;
}

/* FF-A 1.2, section "FFA_MEM_PERM_SET". No page is ever writable and executable. */
struct ffav_switch ffav_spmc_mem_perm_set(struct ffav_spmc *m, const struct ffav_caller *caller,
					  const struct ffav_smc_regs *in,
					  struct ffav_smc_regs *out)
{
	const struct ffav_partition *partition = caller->partition;
	uint64_t address = in->x[1];
	uint64_t size = (uint64_t)(uint32_t)in->x[2] * FFA_PAGE_SIZE;
	uint32_t wanted = access_of((uint32_t)in->x[3]);
	struct ffav_refusal refusal;
	uint64_t end;

	if (!ffav_spmc_initialises(partition))
		return ffav_spmc_refuse(m, caller, FFA_DENIED,
					"the partition has ended its initialisation", address,
					out);
	if (address % FFA_PAGE_SIZE || !size || !ffav_add(address, size, &end))
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"the range is empty, not aligned to 4 KiB or wraps at",
					address, out);
	if (!wanted)
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"there are no such permissions", in->x[3], out);
	for (uint64_t page = address; page < end; page += FFA_PAGE_SIZE) {
		if (!check_page(m, partition, page, wanted, &refusal))
			return ffav_spmc_refuse(m, caller, refusal.code, refusal.reason,
						refusal.value, out);
	}
	if (!ffav_machine_partition_set_access(ffav_spmc_index(m, partition), address, size,
					       wanted))
		return ffav_spmc_refuse(m, caller, FFA_NO_MEMORY,
					"the partition's map cannot be split any further",
					address, out);
	return ffav_spmc_success(m, caller, 0, out);
}
