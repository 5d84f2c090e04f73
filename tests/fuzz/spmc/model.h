/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: A model of FF-A, written from the specification and not from the manager
 *
 * It foretells each answer and the state after it. A file per chapter holds what
 * the calls of that chapter do to the state; model.c picks the call.
 */
#ifndef FFAV_FUZZ_SPMC_MODEL_H
#define FFAV_FUZZ_SPMC_MODEL_H

#include "tests/fuzz/spmc/machine.h"

enum model_state { WAITING, RUNNING, PREEMPTED, BLOCKED, CALLING, STOPPED, DEAD };

/** Faults without a response in between that end a partition for good. */
#define MODEL_FAULTS 3u

/**
 * struct model_endpoint - A caller.
 * @id: endpoint id
 * @version: the FF-A version whose rules hold for it
 * @mapped: it has RX/TX buffers
 * @full: it owns its RX buffer
 * @rx: address of that
 * @tx: address of its TX buffer
 * @size: bytes of each
 */
struct model_endpoint {
	uint16_t id;
	uint32_t version;
	bool mapped;
	bool full;
	uint64_t rx;
	uint64_t tx;
	uint64_t size;
};

/**
 * struct model_partition - A partition's execution context.
 * @state: what it does
 * @cpu: where it runs, or -1
 * @request: function id of the direct request that it works on, or 0
 * @requester: who sent that: 0 the normal world, else the partition's index plus 1
 * @callee: while it is CALLING, index of the partition that has its CPU
 * @kept: x8-x17 of the last call that it made
 * @starting: it initialises once more before it gets the request
 * @pending: x0-x17 of that request
 * @faults: how many since its last response
 * @access: FFAV_REGION_* of the pages of its image
 */
struct model_partition {
	enum model_state state;
	int cpu;
	uint32_t request;
	unsigned int requester;
	unsigned int callee;
	uint64_t kept[10];
	bool starting;
	uint64_t pending[FFAV_SMC_REGS];
	unsigned int faults;
	uint32_t access[SECURE_SIZE / FFA_PAGE_SIZE];
};

/** The state. Endpoint 0 is the normal world, 1 and 2 are the partitions. */
extern struct model_endpoint model_endpoints[1 + PARTS];
extern struct model_partition model_parts[PARTS];
/** What the model is compared with. */
extern struct ffav_spmc model_manager;

/** The services of the first partition, and of the second. */
#define MODEL_MM_UUIDS 3u
extern const struct ffav_uuid model_mm_uuids[MODEL_MM_UUIDS];
extern const struct ffav_uuid model_echo_uuid;

/**
 * struct outcome - What the model foretells of a call.
 * @code: FFA error code of a refusal, which leaves the state as it was; 0 for none
 * @codes: if not 0, the set of codes that are right for a refusal, which has several reasons
 * @moves: the CPU does not go back to the caller with an answer, but as @to says
 * @to: where the CPU goes
 * @partition: to which partition, if to one
 * @all: what all registers hold, or NULL where the other members say it
 * @kept: what x8-x17 hold there, NULL for zeros; the normal world gets back its own
 * @x0: what is there in these registers
 * @x1: the same
 * @x2: the same
 * @x3: the same
 * @any_payload: the registers behind are a message's; otherwise they are zero
 */
struct outcome {
	int32_t code;
	uint32_t codes;
	bool moves;
	enum ffav_switch_to to;
	unsigned int partition;
	const uint64_t *all;
	const uint64_t *kept;
	uint64_t x0, x1, x2, x3;
	bool any_payload;
};

/** model_start() - The state after both partitions were started. */
void model_start(void);

/** model_foretell() - A call of endpoint @e on @cpu with the registers that it may see, @x. */
struct outcome model_foretell(unsigned int e, unsigned int cpu, const uint64_t *x);

/** model_runs() - Index of the partition that runs on @cpu, or -1. */
int model_runs(unsigned int cpu);

/** model_has() - May endpoint @e make call @f at its version, or with @meet receive it? */
bool model_has(unsigned int e, uint32_t f, bool meet);

/** model_refuse() - FFA_ERROR with @code. */
struct outcome model_refuse(int32_t code);

/** model_succeed() - FFA_SUCCESS with @w2 and @w3. */
struct outcome model_succeed(uint64_t w2, uint64_t w3);

/* setup.c: FFA_VERSION and the RX/TX buffers. */
struct outcome model_version(unsigned int e, uint32_t asked);
struct outcome model_rxtx_map(unsigned int e, const uint64_t *x);
struct outcome model_rxtx_unmap(unsigned int e, const uint64_t *x);
struct outcome model_rx_release(unsigned int e, const uint64_t *x);

/* discovery.c: who is there. */
struct outcome model_features(unsigned int e, const uint64_t *x);
struct outcome model_info_get(unsigned int e, const uint64_t *x);
struct outcome model_info_get_regs(unsigned int e, const uint64_t *x);

/** model_descriptors() - How many descriptors a caller of version @v gets for a UUID. */
unsigned int model_descriptors(uint32_t v, const struct ffav_uuid *uuid);

/* messages.c: direct messages, and the console line. */
struct outcome model_direct_request(unsigned int e, unsigned int cpu, const uint64_t *x);
struct outcome model_direct_response(unsigned int i, const uint64_t *x);
struct outcome model_console_log(unsigned int e, const uint64_t *x);

/* memory_give.c and memory_borrow.c: what is shared and lent. */
struct outcome model_mem_share(unsigned int e, const uint64_t *x);
struct outcome model_mem_frag_tx(unsigned int e, const uint64_t *x);
struct outcome model_mem_frag_rx(unsigned int e, const uint64_t *x);
struct outcome model_mem_retrieve(unsigned int e, const uint64_t *x);
struct outcome model_mem_relinquish(unsigned int e, const uint64_t *x);
struct outcome model_mem_reclaim(unsigned int e, const uint64_t *x);

/** model_map() - What partition @i may do with each page, by machine_page(). */
void model_map(unsigned int i, uint32_t *map);

/** model_is_live() - Is @page in memory that is shared or lent? */
bool model_is_live(uint64_t page);

/** model_has_memory() - Does endpoint @e give anything, or has it retrieved anything? */
bool model_has_memory(unsigned int e);

/** model_memory_drop() - Endpoint @e has ended: what it gave and what it retrieved is over. */
void model_memory_drop(unsigned int e);

/* run.c: who runs where. */
struct outcome model_run(unsigned int e, unsigned int cpu, const uint64_t *x);
struct outcome model_yield(unsigned int i);

/** model_preempt() - An interrupt of the normal world while partition @i runs. */
struct outcome model_preempt(unsigned int i);

/* restart.c: partitions that end, and start again. */

/** model_fault() - Partition @i makes a fault. */
struct outcome model_fault(unsigned int i);

/** model_start_again() - Caller @e has a request @x for partition @i, which has faulted. */
struct outcome model_start_again(unsigned int e, unsigned int cpu, unsigned int i,
				 const uint64_t *x);

/** model_works() - Has partition @i got the request that it works on? */
bool model_works(unsigned int i);

struct outcome model_msg_wait(unsigned int i, const uint64_t *x);
struct outcome model_error(unsigned int i);
struct outcome model_perm_get(unsigned int i, const uint64_t *x);
struct outcome model_perm_set(unsigned int i, const uint64_t *x);

/** model_fresh_access() - The pages of partition @i are as its image asks for. */
void model_fresh_access(unsigned int i);

/* chain.c: partitions that call partitions. */

/** model_giver() - Index of the partition that partition @i works for, or -1 for the normal world or nobody. */
int model_giver(unsigned int i);

/** model_waits() - Is partition @i the caller @e, or does it wait for it? */
bool model_waits(unsigned int i, unsigned int e);

/** model_has_lent() - Has a partition that works for partition @i yielded to it? */
bool model_has_lent(unsigned int i);

/** model_first() - The partition that the normal world called, where partition @i runs. */
unsigned int model_first(unsigned int i);

/** model_last() - The partition that goes on where partition @i gets cycles. */
unsigned int model_last(unsigned int i);

/** model_give() - Caller @e lets partition @i have its CPU; @o is what that gets. */
struct outcome model_give(unsigned int e, unsigned int cpu, unsigned int i, struct outcome o);

/** model_give_back() - Partition @i leaves its CPU in @state; @o is what its caller gets. */
struct outcome model_give_back(unsigned int i, enum model_state state, struct outcome o);

#endif
