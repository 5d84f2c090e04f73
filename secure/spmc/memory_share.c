// SPDX-License-Identifier: BSD-3-Clause
/*
 * FFA_MEM_SHARE and FFA_MEM_LEND: an owner lets others at its memory.
 *
 * The first fragment of the descriptor carries everything but ranges, and as
 * many of those as fit. Each part is copied out of TX once, where the part
 * before it says that it is, and ranges one by one into the pool.
 */
#include "secure/spmc/core.h"

/**
 * struct head - The part of a descriptor before its ranges.
 * @header: decoded
 * @accesses: the access descriptors, as copied from TX
 * @composite: decoded
 * @ranges: where the ranges start, bytes
 */
struct head {
	struct ffav_mem_header header;
	uint8_t accesses[FFAV_SPMC_ACCESSES_SIZE];
	struct ffav_mem_composite composite;
	uint32_t ranges;
};

/*
 * FF-A 1.2, "Memory region attributes usage". Who lends to one borrower leaves the attributes
 * to that; in all other cases the owner says them, and there is one kind of memory that can be
 * shared.
 */
static bool check_attributes(uint32_t kind, const struct ffav_mem_header *h,
			     struct ffav_refusal *refusal)
{
	uint32_t type = h->attributes & FFA_MEM_TYPE;

	if (h->attributes & FFA_MEM_NON_SECURE)
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "the sender says which world the memory is of",
				       h->attributes);
	if (kind == FFA_MEM_LENT && h->access_count == 1) {
		if (h->attributes)
			return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
					       "attributes are the only borrower's to say",
					       h->attributes);
		return true;
	}
	if (type != FFA_MEM_TYPE_NORMAL && type != FFA_MEM_TYPE_DEVICE)
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "the memory has no type", h->attributes);
	if (h->attributes != FFA_MEM_RAM)
		return ffav_spmc_wrong(
			refusal, FFA_DENIED,
			"the memory is not normal, write-back and inner shareable",
			h->attributes);
	return true;
}

static bool check_header(const struct ffav_caller *caller, uint32_t kind,
			 const struct ffav_mem_header *h, struct ffav_refusal *refusal)
{
	/* Not INVALID_PARAMETERS: the sender is who is denied to speak for another. */
	if (h->sender != caller->endpoint->id)
		return ffav_spmc_wrong(refusal, FFA_DENIED, "the sender is not the caller",
				       h->sender);
	if (h->handle)
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "a new transaction has a handle", h->handle);
	if (h->flags & ~FFA_MEM_ZERO || (h->flags && kind == FFA_MEM_SHARED))
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "flags are set that must not be", h->flags);
	if (h->flags)
		return ffav_spmc_wrong(refusal, FFA_DENIED, "the manager zeroes no memory",
				       h->flags);
	return check_attributes(kind, h, refusal);
}

/* FF-A 1.2, "Endpoint memory access descriptor": one borrower. */
static bool add_borrower(struct ffav_spmc *m, const struct head *head, uint32_t n,
			 struct ffav_transaction *t, struct ffav_refusal *refusal)
{
	const struct ffav_mem_header *h = &head->header;
	const uint8_t *in = head->accesses + (size_t)n * h->access_size;
	struct ffav_borrower *borrower;
	struct ffav_mem_access access;

	if (!ffav_mem_access_decode(in, h->access_size, &access) || access.flags)
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "reserved bits are set for borrower", access.receiver);
	if (access.receiver == t->sender)
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "the sender borrows from itself", access.receiver);
	if (!ffav_spmc_find(m, access.receiver))
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "there is no such partition", access.receiver);
	if (ffav_spmc_borrower(t, access.receiver))
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "a borrower is named twice", access.receiver);
	if (access.composite + FFA_MEM_COMPOSITE_SIZE != head->ranges)
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "borrowers have different composite descriptors",
				       access.composite);
	if (access.permissions != FFA_MEM_READ_ONLY && access.permissions != FFA_MEM_READ_WRITE)
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "permissions are not to read, or to read and write",
				       access.permissions);
	borrower = &t->borrowers[t->borrower_count++];
	borrower->id = access.receiver;
	borrower->permissions = access.permissions;
	borrower->valued = h->access_size == FFA_MEM_ACCESS_SIZE_1_2;
	memcpy(borrower->value, access.value, sizeof(borrower->value));
	return true;
}

/* Header, borrowers and the composite descriptor, to which they all point. */
static bool read_head(const struct ffav_caller *caller, uint32_t total, uint32_t length,
		      struct head *head, struct ffav_refusal *refusal)
{
	const struct ffav_mem_header *h = &head->header;
	uint8_t bytes[FFA_MEM_COMPOSITE_SIZE];
	uint32_t composite;

	if (!ffav_spmc_read_head(caller, length, &head->header, head->accesses, refusal))
		return false;
	composite = ffav_get32(head->accesses + 4);
	if (composite % FFA_MEM_ALIGN ||
	    composite < h->access_offset + h->access_size * h->access_count ||
	    !ffav_range_in(composite, FFA_MEM_COMPOSITE_SIZE, length))
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "the composite descriptor is not behind the borrowers",
				       composite);
	ffav_spmc_tx_read(caller->endpoint, composite, bytes, sizeof(bytes));
	if (!ffav_mem_composite_decode(bytes, &head->composite))
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "reserved bits are set in the composite descriptor",
				       composite);
	head->ranges = composite + FFA_MEM_COMPOSITE_SIZE;
	if (!head->composite.ranges ||
	    (uint64_t)head->composite.ranges * FFA_MEM_RANGE_SIZE + head->ranges != total)
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "the total length is not that of the ranges", total);
	if ((length - head->ranges) % FFA_MEM_RANGE_SIZE)
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "the fragment ends within a range", length);
	return true;
}

/* May the caller give this range away? */
static bool check_range(const struct ffav_spmc *m, const struct ffav_caller *caller,
			const struct ffav_mem_range *r, struct ffav_refusal *refusal)
{
	uint64_t size = ffav_mem_range_size(r);

	if (ffav_spmc_in_transaction(m, r->address, size))
		return ffav_spmc_wrong(refusal, FFA_DENIED,
				       "the memory is shared, lent or borrowed already",
				       r->address);
	if (ffav_spmc_is_buffer(m, r->address, size))
		return ffav_spmc_wrong(refusal, FFA_DENIED, "the memory is an RX or TX buffer",
				       r->address);
	if (caller->partition) {
		if (!ffav_spmc_is_data(m, caller->partition, r->address, size))
			return ffav_spmc_wrong(refusal, FFA_DENIED,
					       "the memory is not data of the partition",
					       r->address);
		return true;
	}
	if (ffav_spmc_reserved(m, r->address, size))
		return ffav_spmc_wrong(refusal, FFA_DENIED,
				       "the memory is in a partition's manifest", r->address);
	if (!ffav_machine_normal_memory(r->address, (size_t)size))
		return ffav_spmc_wrong(refusal, FFA_DENIED,
				       "the memory is not RAM of the normal world", r->address);
	return true;
}

/* One range from TX into the pool, at @to; those from @own up to it are of the same transaction. */
static bool receive_range(const struct ffav_spmc *m, const struct ffav_caller *caller,
			  size_t offset, const struct ffav_mem_range *own,
			  struct ffav_mem_range *to, struct ffav_refusal *refusal)
{
	uint8_t bytes[FFA_MEM_RANGE_SIZE];
	struct ffav_mem_range r;

	ffav_spmc_tx_read(caller->endpoint, offset, bytes, sizeof(bytes));
	if (!ffav_mem_range_decode(bytes, &r))
		return ffav_spmc_wrong(
			refusal, FFA_INVALID_PARAMETERS,
			"a range is empty, not aligned, wraps or has reserved bits set",
			r.address);
	for (; own < to; own++) {
		if (ffav_ranges_overlap(r.address, ffav_mem_range_size(&r), own->address,
					ffav_mem_range_size(own)))
			return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
					       "two ranges overlap", r.address);
	}
	if (!check_range(m, caller, &r, refusal))
		return false;
	*to = r;
	return true;
}

bool ffav_spmc_receive_ranges(struct ffav_spmc *m, const struct ffav_caller *caller,
			      struct ffav_transaction *t, size_t offset, uint32_t count,
			      struct ffav_refusal *refusal)
{
	struct ffav_mem_range *own = &m->memory.ranges[t->first];
	struct ffav_mem_range *first = own + t->received;
	bool whole = t->received + count == t->ranges;
	uint64_t pages = 0;

	for (uint32_t i = 0; i < count; i++) {
		if (!receive_range(m, caller, offset + (size_t)i * FFA_MEM_RANGE_SIZE, own,
				   first + i, refusal))
			goto undo;
		pages += first[i].pages;
	}
	if (pages > t->pages || (whole && pages != t->pages)) {
		ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				"the page count is not that of the ranges", t->pages);
		goto undo;
	}
	if (whole && t->kind == FFA_MEM_LENT && caller->partition &&
	    !ffav_spmc_give_ranges(m, t, t->sender, 0)) {
		ffav_spmc_wrong(refusal, FFA_NO_MEMORY,
				"the sender's map cannot be split any further", t->ranges);
		goto undo;
	}
	t->received += count;
	t->pages -= (uint32_t)pages;
	return true;
undo:
	memset(first, 0, count * sizeof(*first));
	return false;
}

struct ffav_switch ffav_spmc_sent(const struct ffav_spmc *m, const struct ffav_caller *caller,
				  const struct ffav_transaction *t, struct ffav_smc_regs *out)
{
	if (ffav_spmc_whole(t)) {
		ffav_spmc_success(m, caller, (uint32_t)t->handle, out);
		out->x[3] = t->handle >> 32;
		return ffav_spmc_back(m, caller);
	}
	ffav_spmc_answer(out, FFA_MEM_FRAG_RX);
	out->x[1] = (uint32_t)t->handle;
	out->x[2] = t->handle >> 32;
	out->x[3] = t->offset;
	return ffav_spmc_back(m, caller);
}

/* The head of the descriptor as a transaction without ranges. */
static bool read_transaction(struct ffav_spmc *m, const struct ffav_caller *caller,
			     uint32_t total, uint32_t length, struct head *head,
			     struct ffav_transaction *t, struct ffav_refusal *refusal)
{
	if (length > total)
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "the fragment is longer than the descriptor", length);
	if (!read_head(caller, total, length, head, refusal) ||
	    !check_header(caller, t->kind, &head->header, refusal))
		return false;
	t->sender = head->header.sender;
	t->tag = head->header.tag;
	t->ranges = head->composite.ranges;
	t->pages = head->composite.pages;
	t->offset = length;
	for (uint32_t i = 0; i < head->header.access_count; i++) {
		if (!add_borrower(m, head, i, t, refusal))
			return false;
	}
	return true;
}

/* Room for a transaction; NULL if there is none. Its handle is still 0. */
static struct ffav_transaction *take_entry(struct ffav_spmc *m,
					   const struct ffav_transaction *draft)
{
	struct ffav_memory *memory = &m->memory;

	if (draft->ranges > FFAV_SPMC_RANGES_MAX - memory->ranges_used)
		return NULL;
	for (unsigned int i = 0; i < FFAV_SPMC_TRANSACTIONS_MAX; i++) {
		struct ffav_transaction *t = &memory->transactions[i];

		if (t->handle)
			continue;
		*t = *draft;
		t->first = memory->ranges_used;
		memory->ranges_used += t->ranges;
		return t;
	}
	return NULL;
}

/* FF-A 1.2, sections "FFA_MEM_SHARE" and "FFA_MEM_LEND". The descriptor is in TX. */
struct ffav_switch ffav_spmc_mem_share(struct ffav_spmc *m, const struct ffav_caller *caller,
				       const struct ffav_smc_regs *in,
				       struct ffav_smc_regs *out)
{
	uint32_t function = (uint32_t)in->x[0];
	bool lends = function == FFA_MEM_LEND_32 || function == FFA_MEM_LEND_64;
	struct ffav_transaction draft = {.kind = lends ? FFA_MEM_LENT : FFA_MEM_SHARED};
	uint32_t length = (uint32_t)in->x[2];
	struct ffav_transaction *t;
	struct ffav_refusal refusal;
	struct head head;

	if (in->x[3] || (uint32_t)in->x[4])
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"the descriptor is in a buffer other than TX", in->x[3],
					out);
	if (!read_transaction(m, caller, (uint32_t)in->x[1], length, &head, &draft, &refusal))
		goto refuse;
	t = take_entry(m, &draft);
	if (!t)
		return ffav_spmc_refuse(m, caller, FFA_NO_MEMORY,
					"there is no room for as many ranges or transactions",
					draft.ranges, out);
	if (!ffav_spmc_receive_ranges(m, caller, t, head.ranges,
				      (length - head.ranges) / FFA_MEM_RANGE_SIZE, &refusal)) {
		ffav_spmc_transaction_end(m, t);
		goto refuse;
	}
	t->handle = ++m->memory.last_handle;
	return ffav_spmc_sent(m, caller, t, out);
refuse:
	return ffav_spmc_refuse(m, caller, refusal.code, refusal.reason, refusal.value, out);
}
