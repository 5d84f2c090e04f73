/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: The model of memory that is shared and lent
 *
 * Transactions as the specification describes them: memory_table.c has the table and who
 * reaches what because of it, memory_give.c what owners do, memory_borrow.c what borrowers do,
 * memory_layout.c how descriptors look, memory_choice.c what is tried, memory_mistake.c what is wrong
 * with it.
 *
 * The specification does not say which of several mistakes is answered. A refusal is foretold
 * as the set of codes that are right, one for each mistake.
 */
#ifndef FFAV_FUZZ_SPMC_MEMORY_H
#define FFAV_FUZZ_SPMC_MEMORY_H

#include "tests/fuzz/spmc/model.h"

/** What docs/ffa.md promises: transactions at a time, and ranges in all of them. */
#define MODEL_REGIONS 16u
#define MODEL_RANGES  1024u
/** The longest list of ranges that is tried: too long for one page. */
#define MODEL_RANGES_TRIED BANK_PAGES

/** The set with the code of one mistake. */
#define MODEL_CODE(code) (UINT32_C(1) << -(code))

/** struct model_range - A range. @address: of its first byte; @pages: of 4 KiB */
struct model_range {
	uint64_t address;
	uint32_t pages;
};

/** struct model_access - A borrower, as a descriptor names it; members as in the specification. */
struct model_access {
	uint16_t receiver;
	uint8_t permissions;
	uint8_t flags;
	uint32_t composite;
	uint64_t value;
};

/**
 * struct model_descriptor - A descriptor before it is written: of any kind.
 * @sender: who gives the memory
 * @attributes: of the memory
 * @flags: of the transaction, or of a relinquish descriptor
 * @handle: 0 for a new transaction
 * @tag: of the transaction
 * @access_size: bytes of an access descriptor
 * @access_count: how many there are
 * @access: the first two
 * @pages: in all ranges, as the composite descriptor says
 * @range_count: how many follow; 0 where there is no composite descriptor
 * @ranges: the ranges
 */
struct model_descriptor {
	uint16_t sender;
	uint16_t attributes;
	uint32_t flags;
	uint64_t handle;
	uint64_t tag;
	uint32_t access_size;
	uint32_t access_count;
	struct model_access access[2];
	uint32_t pages;
	uint32_t range_count;
	struct model_range ranges[MODEL_RANGES_TRIED];
};

/**
 * struct model_borrower - A borrower.
 * @e: endpoint
 * @write: the owner lets it write
 * @valued: the owner gave a value
 * @value: that
 * @has: it has retrieved, and reaches the memory
 * @writes: it may write there
 * @sent: ranges that it has been told
 */
struct model_borrower {
	unsigned int e;
	bool write;
	bool valued;
	uint64_t value;
	bool has;
	bool writes;
	uint32_t sent;
};

/**
 * struct model_region - A transaction.
 * @handle: 0 for a free entry
 * @lent: it is lent, not shared
 * @owner: endpoint
 * @tag: as the owner said
 * @borrowers: how many
 * @borrower: they
 * @count: ranges
 * @told: how many of them the owner has told
 * @pages: in all of them, as the owner said
 * @offset: bytes of the descriptor that were sent
 * @ranges: as told; those behind are what the owner means to tell
 */
struct model_region {
	uint64_t handle;
	bool lent;
	unsigned int owner;
	uint64_t tag;
	unsigned int borrowers;
	struct model_borrower borrower[PARTS];
	uint32_t count;
	uint32_t told;
	uint32_t pages;
	uint32_t offset;
	struct model_range ranges[MODEL_RANGES_TRIED];
};

extern struct model_region model_regions[MODEL_REGIONS];

/** The good descriptor that was written into the caller's TX for this call; NULL: noise is there. */
extern const struct model_descriptor *model_tx;

/** What must be in the caller's RX after the call, and how much; 0 for nothing new. */
extern uint8_t model_rx[NORMAL_SIZE];
extern size_t model_rx_size;

/* memory_table.c */

/** model_refuse_any() - FFA_ERROR with any of @codes, a set of MODEL_CODE(). */
struct outcome model_refuse_any(uint32_t codes);

/** model_memory_start() - Nothing is shared or lent. */
void model_memory_start(void);

/** model_new_region() - A free entry of the table, or NULL. */
struct model_region *model_new_region(void);

/** model_next_handle() - The next handle; none is given twice. */
uint64_t model_next_handle(void);

/** model_region() - The transaction with @handle, or NULL. */
struct model_region *model_region(uint64_t handle);

/** model_borrower() - Endpoint @e as a borrower of @r, or NULL. */
struct model_borrower *model_borrower(struct model_region *r, unsigned int e);

/** model_zero_flags() - What is wrong with @flags of a reclaim or a relinquishment of @r. */
uint32_t model_zero_flags(const struct model_region *r, uint64_t flags);

/** model_is_buffer() - Is @page in RX or TX of anybody? */
bool model_is_buffer(uint64_t page);

/* memory_layout.c */

/** model_head_size() - Bytes of @d before its ranges, for a sender of @version. */
uint32_t model_head_size(uint32_t version, const struct model_descriptor *d);

/** model_put_head() - Write @d up to its ranges to @out, model_head_size() bytes. */
void model_put_head(uint32_t version, const struct model_descriptor *d, uint8_t *out);

/** model_put_ranges() - Write @count ranges to @out. Return: their bytes. */
size_t model_put_ranges(const struct model_range *ranges, uint32_t count, uint8_t *out);

/** model_put_relinquish() - Write a relinquish descriptor of 18 bytes to @out. */
void model_put_relinquish(const struct model_descriptor *d, uint8_t *out);

/* memory_mistake.c */

/** memory_spoil_gift() - Make @mistake in @d or in the lengths in @x, which share or lend memory. */
void memory_spoil_gift(struct model_descriptor *d, uint8_t mistake, uint64_t *x);

/** memory_spoil_retrieval() - Make @mistake in @d or in the lengths in @x, which retrieve memory. */
void memory_spoil_retrieval(struct model_descriptor *d, uint8_t mistake, uint64_t *x);

/* memory_choice.c */

/**
 * memory_choose() - Choose a call of memory management, mostly a good one, from the input.
 * @s: the input
 * @e: who makes it
 * @x: x0-x4 are filled in
 *
 * What belongs to the call is written into the caller's TX, and model_tx points to it.
 */
void memory_choose(struct input *s, unsigned int e, uint64_t *x);

/** memory_spoil() - Endpoint @e has noise in TX: no call finds a descriptor there. */
void memory_spoil(unsigned int e);

#endif
