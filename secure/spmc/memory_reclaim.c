// SPDX-License-Identifier: BSD-3-Clause
/* FFA_MEM_RELINQUISH and FFA_MEM_RECLAIM: borrowers give memory up, then its owner takes it back. */
#include "secure/spmc/core.h"

/* Bits 1 and up are time slicing, which there is not, and reserved; zeroing is never done. */
static bool check_flags(const struct ffav_transaction *t, uint64_t flags,
			struct ffav_refusal *refusal)
{
	if (flags & ~(uint64_t)FFA_MEM_ZERO || (flags && t->kind == FFA_MEM_SHARED))
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "flags are set that must not be", flags);
	if (flags)
		return ffav_spmc_wrong(refusal, FFA_DENIED, "the manager zeroes no memory",
				       flags);
	return true;
}

/* FF-A 1.2, section "FFA_MEM_RELINQUISH". The descriptor is in TX and names the caller alone. */
struct ffav_switch ffav_spmc_mem_relinquish(struct ffav_spmc *m,
					    const struct ffav_caller *caller,
					    const struct ffav_smc_regs *in,
					    struct ffav_smc_regs *out)
{
	uint8_t bytes[FFA_MEM_RELINQUISH_SIZE + sizeof(uint16_t)];
	const struct ffav_endpoint *endpoint = caller->endpoint;
	struct ffav_mem_relinquish relinquish;
	struct ffav_borrower *borrower;
	struct ffav_refusal refusal;
	struct ffav_transaction *t;

	(void)in;
	if (!endpoint->tx)
		return ffav_spmc_refuse(m, caller, FFA_DENIED, "RX/TX are not mapped",
					endpoint->id, out);
	ffav_spmc_tx_read(endpoint, 0, bytes, sizeof(bytes));
	ffav_mem_relinquish_decode(bytes, &relinquish);
	if (relinquish.count != 1 ||
	    ffav_get16(bytes + FFA_MEM_RELINQUISH_SIZE) != endpoint->id)
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"the caller does not name itself alone",
					relinquish.count, out);
	t = ffav_spmc_transaction(m, relinquish.handle);
	borrower = t ? ffav_spmc_borrower(t, endpoint->id) : NULL;
	if (!borrower || borrower->state == FFAV_BORROWER_NONE)
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"the caller has retrieved nothing under the handle",
					relinquish.handle, out);
	if (!check_flags(t, relinquish.flags, &refusal))
		return ffav_spmc_refuse(m, caller, refusal.code, refusal.reason, refusal.value,
					out);
	ffav_spmc_revoke(m, t, borrower);
	return ffav_spmc_success(m, caller, 0, out);
}

/*
 * FF-A 1.2, section "FFA_MEM_RECLAIM". The handle ends here, also that of a
 * descriptor whose last fragments have not come.
 */
struct ffav_switch ffav_spmc_mem_reclaim(struct ffav_spmc *m, const struct ffav_caller *caller,
					 const struct ffav_smc_regs *in,
					 struct ffav_smc_regs *out)
{
	uint64_t handle = ffav_mem_handle(in->x[1], in->x[2]);
	struct ffav_transaction *t = ffav_spmc_transaction(m, handle);
	struct ffav_refusal refusal;

	if (!t || t->sender != caller->endpoint->id)
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"the caller has no such handle", handle, out);
	if (!check_flags(t, in->x[3], &refusal))
		return ffav_spmc_refuse(m, caller, refusal.code, refusal.reason, refusal.value,
					out);
	for (unsigned int i = 0; i < t->borrower_count; i++) {
		if (t->borrowers[i].state != FFAV_BORROWER_NONE)
			return ffav_spmc_refuse(m, caller, FFA_DENIED,
						"it has not been relinquished by",
						t->borrowers[i].id, out);
	}
	ffav_spmc_restore(m, t);
	ffav_spmc_transaction_end(m, t);
	return ffav_spmc_success(m, caller, 0, out);
}
