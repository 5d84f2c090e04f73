// SPDX-License-Identifier: BSD-3-Clause
/*
 * FFA_MEM_RETRIEVE_REQ: a borrower takes what was shared with it or lent to it.
 *
 * What it says about the transaction must be what the sender said, and what it
 * asks for no more than that. Memory of others is never executable, and its
 * address is the same for everybody.
 */
#include "secure/spmc/core.h"

/* FF-A 1.2, "Flags usage": bits 10 and 4 to 0; hints about addresses cannot be followed. */
static bool check_flags(const struct ffav_transaction *t, uint32_t flags,
			struct ffav_refusal *refusal)
{
	const uint32_t zero = FFA_MEM_ZERO | FFA_MEM_ZERO_AFTER;
	uint32_t type = flags & FFA_MEM_TRANSACTION;

	if (flags & ~(zero | FFA_MEM_TRANSACTION | FFA_MEM_BYPASS_BORROWERS) ||
	    (flags & zero && t->kind == FFA_MEM_SHARED))
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "flags are set that must not be", flags);
	if (type != FFA_MEM_TRANSACTION_NONE && type != t->kind)
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "the transaction is of another kind", flags);
	if (flags & zero)
		return ffav_spmc_wrong(refusal, FFA_DENIED, "the manager zeroes no memory",
				       flags);
	return true;
}

/* FF-A 1.2, "Memory region attributes usage": none, or those that the memory has. */
static bool check_attributes(uint32_t attributes, struct ffav_refusal *refusal)
{
	if (attributes & FFA_MEM_NON_SECURE || (attributes & FFA_MEM_TYPE) == FFA_MEM_TYPE)
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "the borrower's attributes have reserved bits",
				       attributes);
	if ((attributes & FFA_MEM_TYPE) != FFA_MEM_TYPE_NONE && attributes != FFA_MEM_RAM)
		return ffav_spmc_wrong(
			refusal, FFA_DENIED,
			"the memory is normal, write-back and inner shareable, not",
			attributes);
	return true;
}

/*
 * FF-A 1.2, "Instruction access permissions usage": the only borrower of lent memory says that
 * it does not execute it, all others say nothing about that.
 */
static bool check_permissions(const struct ffav_transaction *t,
			      const struct ffav_borrower *borrower, uint8_t wanted,
			      struct ffav_refusal *refusal)
{
	uint8_t data = wanted & FFA_MEM_DATA;
	uint8_t code = wanted & FFA_MEM_CODE;
	bool only = t->kind == FFA_MEM_LENT && t->borrower_count == 1;

	if (!only && code != FFA_MEM_CODE_NONE)
		return ffav_spmc_wrong(
			refusal, FFA_INVALID_PARAMETERS,
			"the borrower says whether it executes, with permissions", wanted);
	if (code == FFA_MEM_EXECUTE)
		return ffav_spmc_wrong(refusal, FFA_DENIED,
				       "memory of others is not executable", wanted);
	if (only && code == FFA_MEM_CODE_NONE)
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "the only borrower does not say whether it executes",
				       wanted);
	if (data == FFA_MEM_READ_WRITE && borrower->permissions == FFA_MEM_READ_ONLY)
		return ffav_spmc_wrong(refusal, FFA_DENIED,
				       "the sender lets the borrower only read", wanted);
	return true;
}

/* One borrower as the caller names it; @seen has a bit for each that was named before. */
static bool check_access(struct ffav_transaction *t, const uint8_t *in, size_t size,
			 uint16_t caller, unsigned int *seen, uint8_t *granted,
			 struct ffav_refusal *refusal)
{
	struct ffav_borrower *borrower;
	struct ffav_mem_access access;
	bool self;

	if (!ffav_mem_access_decode(in, size, &access))
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "reserved bits are set for borrower", access.receiver);
	self = access.receiver == caller;
	if (self && access.flags)
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "the caller says that it retrieves for others",
				       access.flags);
	if (access.composite)
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "the borrower chooses addresses", access.composite);
	borrower = ffav_spmc_borrower(t, access.receiver);
	if (!borrower || *seen & 1u << (borrower - t->borrowers))
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "the sender named other borrowers, not",
				       access.receiver);
	*seen |= 1u << (borrower - t->borrowers);
	if (borrower->valued && size == FFA_MEM_ACCESS_SIZE_1_2 &&
	    memcmp(borrower->value, access.value, sizeof(borrower->value)) != 0)
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "the sender gave another value, not", access.value[0]);
	if (!check_permissions(t, borrower, access.permissions, refusal))
		return false;
	if (self)
		*granted = access.permissions & FFA_MEM_DATA ? access.permissions & FFA_MEM_DATA
							     : borrower->permissions;
	return true;
}

/* All borrowers of the transaction, or with a flag the caller alone. */
static bool check_borrowers(struct ffav_transaction *t, const struct ffav_mem_header *h,
			    const uint8_t *accesses, uint16_t caller, uint8_t *granted,
			    struct ffav_refusal *refusal)
{
	bool alone = h->flags & FFA_MEM_BYPASS_BORROWERS;
	unsigned int seen = 0;

	if (alone ? h->access_count != 1 || t->borrower_count == 1
		  : h->access_count != t->borrower_count)
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "the sender named another number of borrowers",
				       h->access_count);
	*granted = 0;
	for (uint32_t i = 0; i < h->access_count; i++) {
		if (!check_access(t, accesses + (size_t)i * h->access_size, h->access_size,
				  caller, &seen, granted, refusal))
			return false;
	}
	if (!*granted)
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "the caller does not name itself", caller);
	return true;
}

/* FF-A 1.2, section "FFA_MEM_RETRIEVE_RESP": the descriptor as the borrower gets it, up to its ranges. */
static void put_head(const struct ffav_spmc *m, const struct ffav_endpoint *endpoint,
		     const struct ffav_transaction *t, const struct ffav_borrower *borrower)
{
	uint32_t version = endpoint->version;
	uint32_t size = ffav_mem_access_size(version);
	const struct ffav_mem_range *ranges = &m->memory.ranges[t->first];
	struct ffav_mem_composite composite = {.ranges = t->ranges};
	struct ffav_mem_header h = {
		.sender = t->sender,
		.attributes = FFA_MEM_RAM,
		.flags = t->kind,
		.handle = t->handle,
		.tag = t->tag,
		.access_size = size,
		.access_count = 1,
		.access_offset = ffav_mem_header_size(version),
	};
	struct ffav_mem_access access = {
		.receiver = borrower->id,
		.permissions = borrower->granted | FFA_MEM_NOT_EXECUTE,
		.composite = h.access_offset + size,
		.value = {borrower->value[0], borrower->value[1]},
	};

	/* FF-A 1.0 has no such bit. */
	if (version >= FFA_VERSION_1_1 && t->sender == m->normal.id)
		h.attributes |= FFA_MEM_NON_SECURE;
	for (uint32_t i = 0; i < t->ranges; i++)
		composite.pages += ranges[i].pages;
	ffav_mem_header_encode(endpoint->rx, h.access_offset, version, &h);
	ffav_mem_access_encode(endpoint->rx + h.access_offset, size, &access);
	ffav_mem_composite_encode(endpoint->rx + access.composite, &composite);
}

/* Everything that the caller says about the transaction. Return: it, or NULL. */
static struct ffav_transaction *check_request(struct ffav_spmc *m,
					      const struct ffav_caller *caller, uint32_t length,
					      uint8_t *granted, struct ffav_refusal *refusal)
{
	uint8_t accesses[FFAV_SPMC_ACCESSES_SIZE];
	const struct ffav_borrower *borrower;
	struct ffav_transaction *t;
	struct ffav_mem_header h;

	if (!ffav_spmc_read_head(caller, length, &h, accesses, refusal))
		return NULL;
	t = ffav_spmc_transaction(m, h.handle);
	borrower = t ? ffav_spmc_borrower(t, caller->endpoint->id) : NULL;
	if (!borrower || !ffav_spmc_whole(t)) {
		ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				"nothing was given to the caller under the handle", h.handle);
		return NULL;
	}
	if (h.access_offset + h.access_size * h.access_count != length) {
		ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				"the length is not that of the borrowers", length);
		return NULL;
	}
	if (h.sender != t->sender) {
		ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				"the memory is of another sender, not", h.sender);
		return NULL;
	}
	if (h.tag != t->tag) {
		ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				"the sender gave another tag, not", h.tag);
		return NULL;
	}
	if (!check_flags(t, h.flags, refusal) || !check_attributes(h.attributes, refusal) ||
	    !check_borrowers(t, &h, accesses, caller->endpoint->id, granted, refusal))
		return NULL;
	if (borrower->state != FFAV_BORROWER_NONE) {
		ffav_spmc_wrong(refusal, FFA_DENIED, "the caller has retrieved it already",
				h.handle);
		return NULL;
	}
	return t;
}

/* FF-A 1.2, section "FFA_MEM_RETRIEVE_REQ". The request is in TX, the answer goes to RX. */
struct ffav_switch ffav_spmc_mem_retrieve(struct ffav_spmc *m, const struct ffav_caller *caller,
					  const struct ffav_smc_regs *in,
					  struct ffav_smc_regs *out)
{
	struct ffav_endpoint *endpoint = caller->endpoint;
	uint32_t head = ffav_spmc_answer_head(endpoint->version);
	struct ffav_borrower *borrower;
	struct ffav_refusal refusal;
	struct ffav_transaction *t;
	uint32_t flags, length;
	uint8_t granted;

	if (in->x[3] || (uint32_t)in->x[4])
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"the descriptor is in a buffer other than TX", in->x[3],
					out);
	if ((uint32_t)in->x[1] != (uint32_t)in->x[2])
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"the request comes in more than one fragment",
					(uint32_t)in->x[2], out);
	t = check_request(m, caller, (uint32_t)in->x[1], &granted, &refusal);
	if (!t)
		return ffav_spmc_refuse(m, caller, refusal.code, refusal.reason, refusal.value,
					out);
	if (endpoint->rx_full)
		return ffav_spmc_refuse(m, caller, FFA_BUSY, "the caller has not released RX",
					endpoint->id, out);
	flags = FFAV_REGION_READ | (granted == FFA_MEM_READ_WRITE ? FFAV_REGION_WRITE : 0) |
		(t->sender == m->normal.id ? FFAV_REGION_NORMAL_WORLD : 0);
	if (!ffav_spmc_give_ranges(m, t, endpoint->id, flags))
		return ffav_spmc_refuse(m, caller, FFA_NO_MEMORY,
					"the borrower's map has no room for as many ranges",
					t->ranges, out);
	borrower = ffav_spmc_borrower(t, endpoint->id);
	borrower->granted = granted;
	put_head(m, endpoint, t, borrower);
	length = ffav_spmc_send_ranges(m, caller, t, borrower, head);
	ffav_spmc_answer(out, FFA_MEM_RETRIEVE_RESP);
	out->x[1] = head + (uint64_t)t->ranges * FFA_MEM_RANGE_SIZE;
	out->x[2] = length;
	return ffav_spmc_back(m, caller);
}
