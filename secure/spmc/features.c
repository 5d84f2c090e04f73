// SPDX-License-Identifier: BSD-3-Clause
/* FFA_FEATURES, FFA_ID_GET, FFA_SPM_ID_GET: what there is and who is who. */
#include "secure/spmc/core.h"

/** Property of FFA_MEM_RETRIEVE_REQ, asked in w2 and answered there: the NS bit is used. */
#define RETRIEVE_NS_BIT UINT64_C(2)

/*
 * Since FF-A 1.1 the answer to a retrieval says by the NS bit whose world the memory is of, and
 * a caller that does not say that it knows the bit has no such function. FF-A 1.0 callers get
 * answers without it, also those that ask for it.
 */
static bool uses_ns_bit(const struct ffav_spmc_call *call, uint32_t version)
{
	return version >= FFA_VERSION_1_1 && (call->function == FFA_MEM_RETRIEVE_REQ_32 ||
					      call->function == FFA_MEM_RETRIEVE_REQ_64);
}

/*
 * FF-A 1.2, section "FFA_FEATURES". The answer comes from the dispatcher's own
 * table, so it is true for this caller at its version. But for retrievals both
 * result words are 0: no other call has optional features here, and for
 * FFA_RXTX_MAP 0 says that a buffer is at least 4 KiB, 4 KiB aligned, with no
 * limit below the largest page count that the call can carry.
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
	if (!uses_ns_bit(call, caller->endpoint->version))
		return ffav_spmc_success(m, caller, 0, out);
	if (!(in->x[2] & RETRIEVE_NS_BIT))
		return ffav_spmc_refuse(m, caller, FFA_NOT_SUPPORTED,
					"the caller does not say that it knows the NS bit",
					in->x[2], out);
	return ffav_spmc_success(m, caller, (uint32_t)RETRIEVE_NS_BIT, out);
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
