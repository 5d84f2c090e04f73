// SPDX-License-Identifier: BSD-3-Clause
/* The table of memory transactions, and who has access to what because of them. */
#include "secure/spmc/core.h"

/** What an owner may do with what it gives; it can give nothing else. */
#define OWNER_ACCESS (FFAV_REGION_READ | FFAV_REGION_WRITE)

struct ffav_transaction *ffav_spmc_transaction(struct ffav_spmc *m, uint64_t handle)
{
	for (unsigned int i = 0; handle && i < FFAV_SPMC_TRANSACTIONS_MAX; i++) {
		if (m->memory.transactions[i].handle == handle)
			return &m->memory.transactions[i];
	}
	return NULL;
}

struct ffav_borrower *ffav_spmc_borrower(struct ffav_transaction *t, uint16_t id)
{
	for (unsigned int i = 0; i < t->borrower_count; i++) {
		if (t->borrowers[i].id == id)
			return &t->borrowers[i];
	}
	return NULL;
}

bool ffav_spmc_is_data(const struct ffav_spmc *m, const struct ffav_partition *partition,
		       uint64_t base, uint64_t size)
{
	unsigned int index = ffav_spmc_index(m, partition);

	for (uint64_t page = base; page < base + size; page += FFA_PAGE_SIZE) {
		if (ffav_machine_partition_access(index, page) !=
		    (FFAV_REGION_READ | FFAV_REGION_WRITE))
			return false;
	}
	return true;
}

bool ffav_spmc_in_transaction(const struct ffav_spmc *m, uint64_t base, uint64_t size)
{
	for (unsigned int i = 0; i < FFAV_SPMC_TRANSACTIONS_MAX; i++) {
		const struct ffav_transaction *t = &m->memory.transactions[i];

		for (unsigned int j = 0; t->handle && j < t->received; j++) {
			const struct ffav_mem_range *r = &m->memory.ranges[t->first + j];

			if (ffav_ranges_overlap(base, size, r->address, ffav_mem_range_size(r)))
				return true;
		}
	}
	return false;
}

bool ffav_spmc_has_transaction(const struct ffav_spmc *m, uint16_t id)
{
	for (unsigned int i = 0; i < FFAV_SPMC_TRANSACTIONS_MAX; i++) {
		const struct ffav_transaction *t = &m->memory.transactions[i];

		if (t->handle && t->sender == id)
			return true;
		for (unsigned int j = 0; j < t->borrower_count; j++) {
			if (t->borrowers[j].id == id &&
			    t->borrowers[j].state != FFAV_BORROWER_NONE)
				return true;
		}
	}
	return false;
}

void ffav_spmc_transaction_end(struct ffav_spmc *m, struct ffav_transaction *t)
{
	struct ffav_memory *memory = &m->memory;
	unsigned int end = t->first + t->ranges;

	memmove(&memory->ranges[t->first], &memory->ranges[end],
		(memory->ranges_used - end) * sizeof(memory->ranges[0]));
	memory->ranges_used -= t->ranges;
	memset(&memory->ranges[memory->ranges_used], 0, t->ranges * sizeof(memory->ranges[0]));
	for (unsigned int i = 0; i < FFAV_SPMC_TRANSACTIONS_MAX; i++) {
		if (memory->transactions[i].first >= end)
			memory->transactions[i].first -= t->ranges;
	}
	memset(t, 0, sizeof(*t));
}

bool ffav_spmc_give_ranges(struct ffav_spmc *m, const struct ffav_transaction *t, uint16_t id,
			   uint32_t flags)
{
	const struct ffav_mem_range *ranges = &m->memory.ranges[t->first];
	unsigned int index = ffav_spmc_index(m, ffav_spmc_find(m, id));
	uint32_t before = flags ? 0 : OWNER_ACCESS;
	unsigned int done;

	for (done = 0; done < t->ranges; done++) {
		if (!ffav_machine_partition_set_access(index, ranges[done].address,
						       ffav_mem_range_size(&ranges[done]),
						       flags))
			break;
	}
	if (done == t->ranges)
		return true;
	while (done--)
		ffav_machine_partition_set_access(index, ranges[done].address,
						  ffav_mem_range_size(&ranges[done]), before);
	return false;
}

void ffav_spmc_revoke(struct ffav_spmc *m, const struct ffav_transaction *t,
		      struct ffav_borrower *borrower)
{
	ffav_spmc_give_ranges(m, t, borrower->id, 0);
	borrower->state = FFAV_BORROWER_NONE;
	borrower->granted = 0;
	borrower->sent = 0;
}

void ffav_spmc_restore(struct ffav_spmc *m, const struct ffav_transaction *t)
{
	/* What the normal world lends it can reach all the time: nothing here could prevent it. */
	if (t->kind == FFA_MEM_LENT && ffav_spmc_whole(t) && t->sender != m->normal.id)
		ffav_spmc_give_ranges(m, t, t->sender, OWNER_ACCESS);
}

void ffav_spmc_memory_drop(struct ffav_spmc *m, struct ffav_partition *partition)
{
	for (unsigned int i = 0; i < FFAV_SPMC_TRANSACTIONS_MAX; i++) {
		struct ffav_transaction *t = &m->memory.transactions[i];
		bool own = t->handle && t->sender == partition->endpoint.id;

		for (unsigned int j = 0; j < t->borrower_count; j++) {
			struct ffav_borrower *borrower = &t->borrowers[j];

			if (borrower->state != FFAV_BORROWER_NONE &&
			    (own || borrower->id == partition->endpoint.id))
				ffav_spmc_revoke(m, t, borrower);
		}
		if (own) {
			ffav_spmc_restore(m, t);
			ffav_spmc_transaction_end(m, t);
		}
	}
}

void ffav_spmc_tx_read(const struct ffav_endpoint *endpoint, size_t offset, void *to,
		       size_t size)
{
	memcpy(to, endpoint->tx + offset, size);
	/* What was checked is what is used: the compiler cannot go back to TX for it. */
	__asm__ volatile("" : : "r"(to) : "memory");
}

bool ffav_spmc_read_head(const struct ffav_caller *caller, uint32_t length,
			 struct ffav_mem_header *header, uint8_t *accesses,
			 struct ffav_refusal *refusal)
{
	const struct ffav_endpoint *endpoint = caller->endpoint;
	uint32_t size = ffav_mem_header_size(endpoint->version);
	uint8_t bytes[FFA_MEM_HEADER_SIZE_1_1];

	if (!endpoint->tx)
		return ffav_spmc_wrong(refusal, FFA_DENIED, "RX/TX are not mapped",
				       endpoint->id);
	if (length < size || length > (uint64_t)endpoint->rx_pages * FFA_PAGE_SIZE)
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "the length is not that of a descriptor in TX", length);
	ffav_spmc_tx_read(endpoint, 0, bytes, size);
	if (!ffav_mem_header_decode(bytes, length, endpoint->version, header))
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "the header of the descriptor is not one of version",
				       endpoint->version);
	if (!header->access_count || header->access_count > FFAV_SPMC_BORROWERS_MAX)
		return ffav_spmc_wrong(refusal, FFA_INVALID_PARAMETERS,
				       "the number of borrowers is not 1 to 4",
				       header->access_count);
	ffav_spmc_tx_read(endpoint, header->access_offset, accesses,
			  (size_t)header->access_size * header->access_count);
	return true;
}
