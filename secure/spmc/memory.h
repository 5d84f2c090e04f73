/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: What the manager remembers of memory that is shared or lent
 *
 * A transaction lives from FFA_MEM_SHARE or FFA_MEM_LEND to FFA_MEM_RECLAIM.
 * Its address ranges are a slice of one pool, so that one long list or many
 * short ones fit; what is free in table and pool is zero. The descriptor that
 * made it was read once and is not kept.
 */
#ifndef FFAV_SPMC_MEMORY_H
#define FFAV_SPMC_MEMORY_H

#include "abi/ffa_memory.h"

/** Transactions that are alive at a time. */
#define FFAV_SPMC_TRANSACTIONS_MAX 16u
/** Borrowers of one transaction. */
#define FFAV_SPMC_BORROWERS_MAX 4u
/** Address ranges of all transactions together: 16 KiB of them. */
#define FFAV_SPMC_RANGES_MAX 1024u

/** How far a borrower has come. */
enum ffav_borrower_state {
	/** It has no access: not yet, or not any more. */
	FFAV_BORROWER_NONE,
	/** It has access; the rest of the answer waits for FFA_MEM_FRAG_RX. */
	FFAV_BORROWER_RECEIVING,
	/** It has access and knows all ranges. */
	FFAV_BORROWER_READY,
};

/**
 * struct ffav_borrower - A borrower of a transaction.
 * @id: endpoint id
 * @permissions: what the lender gives: FFA_MEM_READ_ONLY or FFA_MEM_READ_WRITE
 * @granted: what it retrieved, no more than that; 0 while it has no access
 * @state: how far it has come
 * @sent: ranges that its answer has carried so far
 * @valued: the lender speaks FF-A 1.2 and gave a value
 * @value: that value
 */
struct ffav_borrower {
	uint16_t id;
	uint8_t permissions;
	uint8_t granted;
	enum ffav_borrower_state state;
	uint32_t sent;
	bool valued;
	uint64_t value[2];
};

/**
 * struct ffav_transaction - Memory that is shared or lent, or about to be.
 * @handle: its handle, 0 for a free entry
 * @kind: FFA_MEM_SHARED or FFA_MEM_LENT
 * @sender: endpoint id of the owner
 * @tag: sender and borrowers agree on it
 * @borrowers: to whom
 * @borrower_count: how many
 * @first: its first range in the pool
 * @ranges: how many it has
 * @received: how many the sender has told so far; borrowers see it once that is all
 * @pages: how many pages the ranges that are missing have
 * @offset: bytes of the descriptor that the sender has sent
 */
struct ffav_transaction {
	uint64_t handle;
	uint32_t kind;
	uint16_t sender;
	uint64_t tag;
	struct ffav_borrower borrowers[FFAV_SPMC_BORROWERS_MAX];
	unsigned int borrower_count;
	unsigned int first;
	uint32_t ranges;
	uint32_t received;
	uint32_t pages;
	uint32_t offset;
};

/**
 * struct ffav_memory - All transactions.
 * @transactions: the handle table
 * @ranges: the pool; slices in use lie at its start without gaps
 * @ranges_used: ranges that are taken
 * @last_handle: none is given twice
 */
struct ffav_memory {
	struct ffav_transaction transactions[FFAV_SPMC_TRANSACTIONS_MAX];
	struct ffav_mem_range ranges[FFAV_SPMC_RANGES_MAX];
	unsigned int ranges_used;
	uint64_t last_handle;
};

#endif
