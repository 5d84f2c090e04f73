/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: What the chapters of the partition manager share
 *
 * Each call of the specification is one handler, in the file of its chapter.
 * The dispatcher has looked the call up, taken the lock and copied the
 * registers (with only their low halves, for a 32-bit call) before a handler
 * runs; the handler checks them in the order of the specification, changes the
 * state only after the last check, and says where the CPU goes.
 *
 * On entry @out still holds the caller's registers. A handler that answers
 * replaces x0-x7 and leaves x8-x17, which SMCCC 1.2 has preserved; one that
 * enters a partition, or whose answer is 18 registers long, replaces them all.
 */
#ifndef FFAV_SPMC_CORE_H
#define FFAV_SPMC_CORE_H

#include "secure/spmc/spmc.h"

/** Endpoint id of the manager itself. */
#define FFAV_SPMC_ID 0x8000u
/** Endpoint id that the dispatcher between the worlds has where there is one. */
#define FFAV_SPMD_ID 0xffffu
/** The version that this manager implements. */
#define FFAV_SPMC_VERSION FFA_VERSION_1_2

/**
 * struct ffav_caller - Who made the call that is being handled.
 * @cpu: where
 * @endpoint: its state as a caller
 * @partition: the partition, or NULL for the normal world
 * @call: the call's name in the specification
 */
struct ffav_caller {
	unsigned int cpu;
	struct ffav_endpoint *endpoint;
	struct ffav_partition *partition;
	const char *call;
};

/** A handler of one call. @in: its registers; @out: those of where the switch goes. */
typedef struct ffav_switch ffav_spmc_handler(struct ffav_spmc *m,
					     const struct ffav_caller *caller,
					     const struct ffav_smc_regs *in,
					     struct ffav_smc_regs *out);

ffav_spmc_handler ffav_spmc_version;
ffav_spmc_handler ffav_spmc_features;
ffav_spmc_handler ffav_spmc_id_get;
ffav_spmc_handler ffav_spmc_spm_id_get;
ffav_spmc_handler ffav_spmc_rxtx_map;
ffav_spmc_handler ffav_spmc_rxtx_unmap;
ffav_spmc_handler ffav_spmc_rx_release;
ffav_spmc_handler ffav_spmc_partition_info_get;
ffav_spmc_handler ffav_spmc_partition_info_get_regs;
ffav_spmc_handler ffav_spmc_direct_request;
ffav_spmc_handler ffav_spmc_direct_response;
ffav_spmc_handler ffav_spmc_msg_wait;
ffav_spmc_handler ffav_spmc_run;
ffav_spmc_handler ffav_spmc_yield;
ffav_spmc_handler ffav_spmc_error;
ffav_spmc_handler ffav_spmc_console_log;
ffav_spmc_handler ffav_spmc_mem_share;
ffav_spmc_handler ffav_spmc_mem_frag_tx;
ffav_spmc_handler ffav_spmc_mem_frag_rx;
ffav_spmc_handler ffav_spmc_mem_retrieve;
ffav_spmc_handler ffav_spmc_mem_relinquish;
ffav_spmc_handler ffav_spmc_mem_reclaim;
ffav_spmc_handler ffav_spmc_mem_perm_get;
ffav_spmc_handler ffav_spmc_mem_perm_set;

/** Who may make a call. */
#define FFAV_FROM_NORMAL    (1u << 0)
#define FFAV_FROM_PARTITION (1u << 1)

/**
 * struct ffav_spmc_call - A call that the manager knows.
 * @function: function id
 * @since: first FF-A version that has it
 * @from: FFAV_FROM_*: who may make it
 * @seen: FFAV_FROM_*: who meets it in answers without making it
 * @name: in the specification
 * @handler: what it does; NULL where nobody makes it
 */
struct ffav_spmc_call {
	uint32_t function;
	uint32_t since;
	unsigned int from;
	unsigned int seen;
	const char *name;
	ffav_spmc_handler *handler;
};

/** ffav_spmc_find_call() - Look a function id up. Return: its entry, or NULL if it is not known. */
const struct ffav_spmc_call *ffav_spmc_find_call(uint32_t function);

/** ffav_spmc_side() - FFAV_FROM_* of a caller. */
static inline unsigned int ffav_spmc_side(const struct ffav_caller *caller)
{
	return caller->partition ? FFAV_FROM_PARTITION : FFAV_FROM_NORMAL;
}

/** ffav_spmc_find() - Look a partition up by its endpoint id. Return: it, or NULL. */
struct ffav_partition *ffav_spmc_find(struct ffav_spmc *m, uint16_t id);

/** ffav_spmc_index() - Index of a partition in its manager's table. */
static inline unsigned int ffav_spmc_index(const struct ffav_spmc *m,
					   const struct ffav_partition *partition)
{
	return (unsigned int)(partition - m->partitions);
}

/** ffav_spmc_to_normal() - The switch to the normal world. */
static inline struct ffav_switch ffav_spmc_to_normal(void)
{
	return (struct ffav_switch){.to = FFAV_SWITCH_NORMAL};
}

/** ffav_spmc_back() - The switch back to the caller. */
static inline struct ffav_switch ffav_spmc_back(const struct ffav_spmc *m,
						const struct ffav_caller *caller)
{
	if (!caller->partition)
		return ffav_spmc_to_normal();
	return (struct ffav_switch){.to = FFAV_SWITCH_PARTITION,
				    .partition = ffav_spmc_index(m, caller->partition)};
}

/** ffav_spmc_answer() - Make @out an answer: @x0 there, nothing in x1-x7, x8-x17 as they are. */
static inline void ffav_spmc_answer(struct ffav_smc_regs *out, uint32_t x0)
{
	memset(out->x, 0, 8 * sizeof(out->x[0]));
	out->x[0] = x0;
}

/** ffav_spmc_success() - Answer FFA_SUCCESS with @w2 and go back to the caller. */
static inline struct ffav_switch ffav_spmc_success(const struct ffav_spmc *m,
						   const struct ffav_caller *caller,
						   uint32_t w2, struct ffav_smc_regs *out)
{
	ffav_spmc_answer(out, FFA_SUCCESS_32);
	out->x[2] = w2;
	return ffav_spmc_back(m, caller);
}

/**
 * ffav_spmc_refuse() - Answer FFA_ERROR, say why, and go back to the caller.
 * @m: the manager
 * @caller: who is refused
 * @code: FF-A status code
 * @reason: for the report: one sentence fragment, a string that lives for ever
 * @value: the value that was wrong
 * @out: filled in
 */
struct ffav_switch ffav_spmc_refuse(const struct ffav_spmc *m, const struct ffav_caller *caller,
				    int32_t code, const char *reason, uint64_t value,
				    struct ffav_smc_regs *out);

/**
 * struct ffav_refusal - What ffav_spmc_refuse() is told, by whoever found out.
 * @code: FF-A status code
 * @reason: as there
 * @value: the value that was wrong
 */
struct ffav_refusal {
	int32_t code;
	const char *reason;
	uint64_t value;
};

/** ffav_spmc_wrong() - Fill a refusal in. Return: false, for the caller to return. */
static inline bool ffav_spmc_wrong(struct ffav_refusal *refusal, int32_t code,
				   const char *reason, uint64_t value)
{
	*refusal = (struct ffav_refusal){.code = code, .reason = reason, .value = value};
	return false;
}

/**
 * ffav_spmc_enter() - Let a partition run on a CPU.
 * @m: the manager
 * @partition: it, not running
 * @cpu: where
 * @to: FFAV_SWITCH_PARTITION or FFAV_SWITCH_RESUME
 */
struct ffav_switch ffav_spmc_enter(struct ffav_spmc *m, struct ffav_partition *partition,
				   unsigned int cpu, enum ffav_switch_to to);

/**
 * ffav_spmc_giver() - The partition whose CPU @partition runs on, or would.
 *
 * Return: it, or NULL where that is the normal world or the machine that initialises it.
 */
struct ffav_partition *ffav_spmc_giver(struct ffav_spmc *m,
				       const struct ffav_partition *partition);

/** ffav_spmc_has_lent() - Does a partition that works for @partition wait for its FFA_RUN? */
bool ffav_spmc_has_lent(struct ffav_spmc *m, const struct ffav_partition *partition);

/**
 * ffav_spmc_give() - Let @partition have the caller's CPU.
 * @m: the manager
 * @caller: who is to wait for it; a partition is left as it was when it made its call
 * @partition: it, not running
 * @to: FFAV_SWITCH_PARTITION, FFAV_SWITCH_RESUME or FFAV_SWITCH_START
 * @regs: x0-x17 of the call, as the caller made it
 */
struct ffav_switch ffav_spmc_give(struct ffav_spmc *m, const struct ffav_caller *caller,
				  struct ffav_partition *partition, enum ffav_switch_to to,
				  const struct ffav_smc_regs *regs);

/**
 * ffav_spmc_give_back() - Take the CPU from a partition and give it back to whom it came from.
 * @m: the manager
 * @partition: the one that runs on @cpu
 * @cpu: where
 * @state: its state from now on
 * @giver: ffav_spmc_giver(), from before its request was forgotten
 * @out: what the other gets; x8-x17 are replaced by those of its call, unless it is a message
 *	that has its payload there
 */
struct ffav_switch ffav_spmc_give_back(struct ffav_spmc *m, struct ffav_partition *partition,
				       unsigned int cpu, enum ffav_partition_state state,
				       struct ffav_partition *giver, struct ffav_smc_regs *out);

/**
 * ffav_spmc_leave() - Take the CPU from the partition that runs there.
 * @m: the manager
 * @partition: it
 * @cpu: where it runs
 * @state: its state from now on
 */
void ffav_spmc_leave(struct ffav_spmc *m, struct ffav_partition *partition, unsigned int cpu,
		     enum ffav_partition_state state);

/** ffav_spmc_has_request() - Has a partition been given the request that it works on? */
static inline bool ffav_spmc_has_request(const struct ffav_partition *partition)
{
	return partition->request && !partition->starting;
}

/** ffav_spmc_initialises() - Does a partition initialise itself, at first or after a fault? */
static inline bool ffav_spmc_initialises(const struct ffav_partition *partition)
{
	return !partition->ready || partition->starting;
}

/**
 * ffav_spmc_end() - End a partition that cannot go on.
 * @m: the manager
 * @partition: the one that runs on @cpu
 * @cpu: where
 * @state: FFAV_PARTITION_STOPPED or FFAV_PARTITION_DEAD
 * @why: for the report: a sentence
 * @out: FFA_ERROR with FFA_ABORTED, for whoever called it
 *
 * What works for it and waits for its FFA_RUN would wait for ever, and ends too.
 */
struct ffav_switch ffav_spmc_end(struct ffav_spmc *m, struct ffav_partition *partition,
				 unsigned int cpu, enum ffav_partition_state state,
				 const char *why, struct ffav_smc_regs *out);

/** ffav_spmc_log_flush() - Report what a partition wrote of a line that it did not end. */
void ffav_spmc_log_flush(struct ffav_partition *partition);

/**
 * ffav_partition_config_check() - Does a partition's description make sense by itself?
 * @config: it; id 0 asks the manager to choose
 *
 * Return: NULL, or a sentence about the first thing that is wrong; it lives for ever.
 */
const char *ffav_partition_config_check(const struct ffav_partition_config *config);

/** ffav_partition_claims() - Does a range touch image or regions of @config? */
bool ffav_partition_claims(const struct ffav_partition_config *config, uint64_t base,
			   uint64_t size);

/** ffav_spmc_reserved() - Does a range touch anything that a partition's manifest claims? */
bool ffav_spmc_reserved(const struct ffav_spmc *m, uint64_t base, uint64_t size);

/** ffav_spmc_is_buffer() - Does a range touch anybody's RX or TX buffer? */
bool ffav_spmc_is_buffer(const struct ffav_spmc *m, uint64_t base, uint64_t size);

/** ffav_spmc_buffers_unmap() - Forget an endpoint's RX and TX. */
void ffav_spmc_buffers_unmap(struct ffav_endpoint *endpoint);

/* memory.c: the table of transactions. */

/** ffav_spmc_transaction() - The transaction with @handle, or NULL; 0 is nobody's. */
struct ffav_transaction *ffav_spmc_transaction(struct ffav_spmc *m, uint64_t handle);

/** ffav_spmc_borrower() - The borrower @id of a transaction, or NULL. */
struct ffav_borrower *ffav_spmc_borrower(struct ffav_transaction *t, uint16_t id);

/** ffav_spmc_in_transaction() - Does a range touch memory of a live transaction? */
bool ffav_spmc_in_transaction(const struct ffav_spmc *m, uint64_t base, uint64_t size);

/**
 * ffav_spmc_is_data() - Is every page of a range a partition's own data as its map is now?
 * @m: the manager
 * @partition: whose
 * @base: of the range, page aligned
 * @size: bytes, whole pages; the range does not wrap
 *
 * Data is secure memory that is read and written, and nothing else.
 */
bool ffav_spmc_is_data(const struct ffav_spmc *m, const struct ffav_partition *partition,
		       uint64_t base, uint64_t size);

/** ffav_spmc_has_transaction() - Does endpoint @id lend, share or borrow anything? */
bool ffav_spmc_has_transaction(const struct ffav_spmc *m, uint16_t id);

/** ffav_spmc_transaction_end() - Free a transaction's entry and ranges. */
void ffav_spmc_transaction_end(struct ffav_spmc *m, struct ffav_transaction *t);

/**
 * ffav_spmc_give_ranges() - Give a partition access to all ranges of a transaction.
 * @m: the manager
 * @t: the transaction
 * @id: the partition's endpoint id
 * @flags: FFAV_REGION_*; 0 takes them away
 *
 * Return: false, with nothing changed, if the machine has no memory for it.
 */
bool ffav_spmc_give_ranges(struct ffav_spmc *m, const struct ffav_transaction *t, uint16_t id,
			   uint32_t flags);

/** ffav_spmc_revoke() - Take a borrower's access away. */
void ffav_spmc_revoke(struct ffav_spmc *m, const struct ffav_transaction *t,
		      struct ffav_borrower *borrower);

/** ffav_spmc_restore() - The owner has its memory to itself again: nobody else has access. */
void ffav_spmc_restore(struct ffav_spmc *m, const struct ffav_transaction *t);

/** Bytes of all access descriptors that a caller can name. */
#define FFAV_SPMC_ACCESSES_SIZE (FFAV_SPMC_BORROWERS_MAX * FFA_MEM_ACCESS_SIZE_1_2)

/**
 * ffav_spmc_read_head() - Take header and access descriptors of a descriptor from TX.
 * @caller: whose TX; its version says how they are laid out
 * @length: bytes of the descriptor, or of its first fragment
 * @header: where the decoded header goes
 * @accesses: where the access descriptors go, FFAV_SPMC_ACCESSES_SIZE bytes
 * @refusal: filled in on failure
 *
 * Return: false if TX is not mapped, or they are not whole or not well-formed.
 */
bool ffav_spmc_read_head(const struct ffav_caller *caller, uint32_t length,
			 struct ffav_mem_header *header, uint8_t *accesses,
			 struct ffav_refusal *refusal);

/** ffav_spmc_whole() - Has the sender told all ranges? Before that nobody borrows them. */
static inline bool ffav_spmc_whole(const struct ffav_transaction *t)
{
	return t->received == t->ranges;
}

/**
 * ffav_spmc_receive_ranges() - Take ranges of a transaction from its sender's TX buffer.
 * @m: the manager
 * @caller: the sender
 * @t: the transaction, not whole yet
 * @offset: where they are in TX, bytes
 * @count: how many; no more than are missing
 * @refusal: filled in where one of them is not the sender's to give
 *
 * With the last range the transaction is whole, and what a partition lends is no longer its own
 * to touch. Return: false, with nothing changed.
 */
bool ffav_spmc_receive_ranges(struct ffav_spmc *m, const struct ffav_caller *caller,
			      struct ffav_transaction *t, size_t offset, uint32_t count,
			      struct ffav_refusal *refusal);

/** ffav_spmc_sent() - Answer a sender: FFA_SUCCESS, or FFA_MEM_FRAG_RX while ranges are missing. */
struct ffav_switch ffav_spmc_sent(const struct ffav_spmc *m, const struct ffav_caller *caller,
				  const struct ffav_transaction *t, struct ffav_smc_regs *out);

/** Bytes before the ranges in the answer to a retrieval: one borrower is named, the caller. */
static inline uint32_t ffav_spmc_answer_head(uint32_t version)
{
	return ffav_mem_header_size(version) + ffav_mem_access_size(version) +
	       FFA_MEM_COMPOSITE_SIZE;
}

/**
 * ffav_spmc_send_ranges() - Put the next ranges of an answer into RX, as many as fit.
 * @m: the manager
 * @caller: the borrower; its RX is mapped and free, and then its own
 * @t: the transaction
 * @borrower: the caller in it; moves on
 * @offset: where they start in RX, bytes
 *
 * Return: bytes of RX that the fragment has, @offset among them.
 */
uint32_t ffav_spmc_send_ranges(struct ffav_spmc *m, const struct ffav_caller *caller,
			       const struct ffav_transaction *t, struct ffav_borrower *borrower,
			       uint32_t offset);

/**
 * ffav_spmc_tx_read() - Copy from the caller's TX buffer, once.
 * @endpoint: whose; mapped
 * @offset: bytes from its start
 * @to: where the copy goes
 * @size: bytes, within the buffer
 */
void ffav_spmc_tx_read(const struct ffav_endpoint *endpoint, size_t offset, void *to,
		       size_t size);

#endif
