// SPDX-License-Identifier: BSD-3-Clause
/*
 * FFA_MEM_FRAG_TX and FFA_MEM_FRAG_RX: descriptors that are longer than a buffer.
 *
 * A sender that is told FFA_MEM_FRAG_RX sends more ranges; a borrower that has
 * read a part of its answer asks for more. Fragments hold whole ranges. One
 * that is refused changes nothing: the right one can follow, and a sender that
 * has none any more gives the handle up with FFA_MEM_RECLAIM.
 */
#include "secure/spmc/core.h"

/* FF-A 1.2, section "FFA_MEM_FRAG_TX": more ranges of a transaction that is not whole. */
struct ffav_switch ffav_spmc_mem_frag_tx(struct ffav_spmc *m, const struct ffav_caller *caller,
					 const struct ffav_smc_regs *in,
					 struct ffav_smc_regs *out)
{
	struct ffav_transaction *t =
		ffav_spmc_transaction(m, ffav_mem_handle(in->x[1], in->x[2]));
	const struct ffav_endpoint *endpoint = caller->endpoint;
	uint32_t length = (uint32_t)in->x[3];
	struct ffav_refusal refusal;

	if (in->x[4])
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"w4 names another endpoint", in->x[4], out);
	if (!t || t->sender != endpoint->id || ffav_spmc_whole(t))
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"no descriptor of the caller waits for more, handle",
					ffav_mem_handle(in->x[1], in->x[2]), out);
	if (!endpoint->tx)
		return ffav_spmc_refuse(m, caller, FFA_DENIED, "RX/TX are not mapped",
					endpoint->id, out);
	if (!length || length % FFA_MEM_RANGE_SIZE ||
	    length > (uint64_t)endpoint->rx_pages * FFA_PAGE_SIZE ||
	    length / FFA_MEM_RANGE_SIZE > t->ranges - t->received)
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"the length is not that of ranges that are missing",
					length, out);
	if (!ffav_spmc_receive_ranges(m, caller, t, 0, length / FFA_MEM_RANGE_SIZE, &refusal))
		return ffav_spmc_refuse(m, caller, refusal.code, refusal.reason, refusal.value,
					out);
	t->offset += length;
	return ffav_spmc_sent(m, caller, t, out);
}

uint32_t ffav_spmc_send_ranges(struct ffav_spmc *m, const struct ffav_caller *caller,
			       const struct ffav_transaction *t, struct ffav_borrower *borrower,
			       uint32_t offset)
{
	struct ffav_endpoint *endpoint = caller->endpoint;
	const struct ffav_mem_range *ranges = &m->memory.ranges[t->first];
	uint32_t size = endpoint->rx_pages * FFA_PAGE_SIZE;

	while (borrower->sent < t->ranges && size - offset >= FFA_MEM_RANGE_SIZE) {
		ffav_mem_range_encode(endpoint->rx + offset, &ranges[borrower->sent++]);
		offset += FFA_MEM_RANGE_SIZE;
	}
	borrower->state =
		borrower->sent == t->ranges ? FFAV_BORROWER_READY : FFAV_BORROWER_RECEIVING;
	endpoint->rx_full = true;
	return offset;
}

/* FF-A 1.2, section "FFA_MEM_FRAG_RX": a borrower wants the next part of its answer. */
struct ffav_switch ffav_spmc_mem_frag_rx(struct ffav_spmc *m, const struct ffav_caller *caller,
					 const struct ffav_smc_regs *in,
					 struct ffav_smc_regs *out)
{
	struct ffav_transaction *t =
		ffav_spmc_transaction(m, ffav_mem_handle(in->x[1], in->x[2]));
	struct ffav_endpoint *endpoint = caller->endpoint;
	struct ffav_borrower *borrower = t ? ffav_spmc_borrower(t, endpoint->id) : NULL;
	uint32_t head = ffav_spmc_answer_head(endpoint->version);
	uint32_t length;

	if (in->x[4])
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"w4 names another endpoint", in->x[4], out);
	if (!borrower || borrower->state != FFAV_BORROWER_RECEIVING)
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"no answer to the caller waits to go on, handle",
					ffav_mem_handle(in->x[1], in->x[2]), out);
	if (in->x[3] != head + (uint64_t)borrower->sent * FFA_MEM_RANGE_SIZE)
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"the next fragment does not start at", in->x[3], out);
	if (!endpoint->rx)
		return ffav_spmc_refuse(m, caller, FFA_DENIED, "RX/TX are not mapped",
					endpoint->id, out);
	if (endpoint->rx_full)
		return ffav_spmc_refuse(m, caller, FFA_BUSY, "the caller has not released RX",
					endpoint->id, out);
	length = ffav_spmc_send_ranges(m, caller, t, borrower, 0);
	ffav_spmc_answer(out, FFA_MEM_FRAG_TX);
	out->x[1] = (uint32_t)t->handle;
	out->x[2] = t->handle >> 32;
	out->x[3] = length;
	return ffav_spmc_back(m, caller);
}
