// SPDX-License-Identifier: BSD-3-Clause
/* FFA_VERSION: which version's rules hold for an endpoint. */
#include "secure/spmc/core.h"

/* Is a request in flight that this endpoint sent or works on? */
static bool request_in_flight(const struct ffav_spmc *m, const struct ffav_caller *caller)
{
	for (unsigned int i = 0; i < m->partition_count; i++) {
		const struct ffav_partition *partition = &m->partitions[i];

		if (partition == caller->partition
			    ? ffav_spmc_has_request(partition)
			    : partition->request &&
				      partition->requester == caller->endpoint->id)
			return true;
	}
	return false;
}

/* The answer is a version or NOT_SUPPORTED in w0, never FFA_ERROR. */
static struct ffav_switch refuse_version(const struct ffav_spmc *m,
					 const struct ffav_caller *caller, const char *reason,
					 uint32_t value, struct ffav_smc_regs *out)
{
	ffav_report(caller->call, reason, value);
	ffav_spmc_answer(out, (uint32_t)FFA_NOT_SUPPORTED);
	return ffav_spmc_back(m, caller);
}

/*
 * FF-A 1.2, section "FFA_VERSION". The answer is the manager's own version
 * whatever older or newer minor version was asked for, and the rules of the
 * lower of the two hold from then on.
 *
 * Firmware and the operating system that it starts are the same endpoint, and
 * each negotiates. A version other than the one in force is therefore accepted
 * also after other calls, unless something that was set up under the old
 * version is still alive.
 */
struct ffav_switch ffav_spmc_version(struct ffav_spmc *m, const struct ffav_caller *caller,
				     const struct ffav_smc_regs *in, struct ffav_smc_regs *out)
{
	struct ffav_endpoint *endpoint = caller->endpoint;
	uint32_t asked = (uint32_t)in->x[1];
	uint32_t version = asked < FFAV_SPMC_VERSION ? asked : FFAV_SPMC_VERSION;

	if (asked & FFA_VERSION_RESERVED_BIT)
		return refuse_version(m, caller, "bit 31 of the version is set", asked, out);
	if (asked >> 16 != FFAV_SPMC_VERSION >> 16)
		return refuse_version(m, caller, "another major version", asked, out);
	if (version != endpoint->version) {
		if (endpoint->rx_pages)
			return refuse_version(m, caller,
					      "the version changes while RX/TX are mapped",
					      asked, out);
		if (request_in_flight(m, caller))
			return refuse_version(m, caller,
					      "the version changes during a direct request",
					      asked, out);
		if (ffav_spmc_has_transaction(m, endpoint->id))
			return refuse_version(m, caller,
					      "the version changes while memory is shared",
					      asked, out);
		if (m->version_locks && endpoint->spoke)
			return refuse_version(
				m, caller, "the version changes after other calls", asked, out);
	}
	endpoint->version = version;
	ffav_spmc_answer(out, FFAV_SPMC_VERSION);
	return ffav_spmc_back(m, caller);
}
