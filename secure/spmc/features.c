// SPDX-License-Identifier: BSD-3-Clause
/* FFA_FEATURES, FFA_ID_GET, FFA_SPM_ID_GET: what there is and who is who. */
#include "secure/spmc/core.h"

/*
 * FF-A 1.2, section "FFA_FEATURES". The answer comes from the dispatcher's own
 * table, so it is true for this caller at its version. Both result words are
 * 0: no call has optional features here, and for FFA_RXTX_MAP 0 says that a
 * buffer is at least 4 KiB, 4 KiB aligned, with no limit below the largest
 * page count that the call can carry.
 */
struct ffav_switch ffav_spmc_features(struct ffav_spmc *m, const struct ffav_caller *caller,
				      const struct ffav_smc_regs *in, struct ffav_smc_regs *out)
{
	uint32_t asked = (uint32_t)in->x[1];
	const struct ffav_spmc_call *call;

	if (!(asked & SMCCC_FAST))
		return ffav_spmc_refuse(m, caller, FFA_NOT_SUPPORTED,
					"there are no notifications and no managed exit", asked,
					out);
	call = ffav_spmc_find_call(asked);
	if (!call || !((call->from | call->seen) & ffav_spmc_side(caller)) ||
	    caller->endpoint->version < call->since)
		return ffav_spmc_refuse(m, caller, FFA_NOT_SUPPORTED,
					"this caller has no such function", asked, out);
	return ffav_spmc_success(m, caller, 0, out);
}

/* FF-A 1.2, section "FFA_ID_GET". */
struct ffav_switch ffav_spmc_id_get(struct ffav_spmc *m, const struct ffav_caller *caller,
				    const struct ffav_smc_regs *in, struct ffav_smc_regs *out)
{
	(void)in;
	return ffav_spmc_success(m, caller, caller->endpoint->id, out);
}

/* FF-A 1.2, section "FFA_SPM_ID_GET". */
struct ffav_switch ffav_spmc_spm_id_get(struct ffav_spmc *m, const struct ffav_caller *caller,
					const struct ffav_smc_regs *in,
					struct ffav_smc_regs *out)
{
	(void)in;
	return ffav_spmc_success(m, caller, FFAV_SPMC_ID, out);
}
