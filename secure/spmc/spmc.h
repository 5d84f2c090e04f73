/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Partition manager core
 *
 * The FF-A side of a secure partition manager, free of any CPU's registers. The
 * machine (EL3 on QEMU, an emulated SMC on the host) catches a call, hands its
 * x0-x17 to one of the entry functions, and does what the returned switch says.
 *
 * The entry functions may be called on several CPUs at a time; they take
 * ffav_machine_lock() themselves.
 */
#ifndef FFAV_SPMC_H
#define FFAV_SPMC_H

#include "abi/ffa.h"
#include "secure/report/report.h"
#include "secure/spmc/memory.h"

#define FFAV_SPMC_PARTITIONS_MAX 4u
#define FFAV_SPMC_UUIDS_MAX      4u
#define FFAV_SPMC_REGIONS_MAX    8u
#define FFAV_SPMC_CPUS_MAX       8u
/** Faults without a response in between after which a partition is not started again. */
#define FFAV_SPMC_FAULTS_MAX 3u

/** Permissions and kind of a memory region of a partition's manifest. */
#define FFAV_REGION_READ    (1u << 0)
#define FFAV_REGION_WRITE   (1u << 1)
#define FFAV_REGION_EXECUTE (1u << 2)
/** Memory of the normal world, mapped as such. */
#define FFAV_REGION_NORMAL_WORLD (1u << 3)
/** A device region: device memory attributes. */
#define FFAV_REGION_DEVICE (1u << 4)

/**
 * struct ffav_region - A memory or device region of a partition.
 * @base: physical address, 4 KiB aligned
 * @size: bytes, a multiple of 4 KiB
 * @flags: FFAV_REGION_*
 */
struct ffav_region {
	uint64_t base;
	uint64_t size;
	uint32_t flags;
};

/**
 * struct ffav_partition_config - A partition as its manifest describes it.
 * @name: for messages to people
 * @id: endpoint id, bit 15 set; 0: ffav_spmc_add() chooses one
 * @version: FF-A version that the partition was written for
 * @uuids: services
 * @uuid_count: how many
 * @properties: FFA_PARTITION_*
 * @contexts: execution contexts, 1
 * @load_address: physical address of the image
 * @entry_offset: of the first instruction, from @load_address
 * @image_size: bytes from @load_address that belong to image, bss and stack, whole pages (mem-size
 *	in a manifest); 0 where the manifest leaves it to the machine that loads the image
 * @regions: what else it may reach
 * @region_count: how many
 */
struct ffav_partition_config {
	char name[32];
	uint16_t id;
	uint32_t version;
	struct ffav_uuid uuids[FFAV_SPMC_UUIDS_MAX];
	unsigned int uuid_count;
	uint32_t properties;
	uint16_t contexts;
	uint64_t load_address;
	uint64_t entry_offset;
	uint64_t image_size;
	struct ffav_region regions[FFAV_SPMC_REGIONS_MAX];
	unsigned int region_count;
};

/**
 * ffav_manifest_parse() - Read an FF-A manifest in device-tree form.
 * @fdt: the flattened device tree, aligned to 8 bytes; nothing in it is believed
 * @size: readable bytes at @fdt
 * @config: filled in; keeps no pointer into @fdt
 * @why: where a sentence about the first thing that is wrong goes; lives for ever; NULL if
 *	nothing is
 *
 * The public binding arm,ffa-manifest-1.0; docs/ffa.md says which of it. Before any partition
 * runs; needs no lock.
 *
 * Return: true if the manifest is whole and makes sense.
 */
bool ffav_manifest_parse(const void *fdt, size_t size, struct ffav_partition_config *config,
			 const char **why);

/** Where a CPU goes next. */
enum ffav_switch_to {
	/** To the normal world, with the registers. */
	FFAV_SWITCH_NORMAL,
	/**
	 * Into a partition that waits for a call's result or a message, with the registers. It
	 * need not be the one that made the call: a partition may have called another.
	 */
	FFAV_SWITCH_PARTITION,
	/** Back into a partition that was preempted: all its registers as they were. */
	FFAV_SWITCH_RESUME,
	/**
	 * Into a partition at its entry point, as when the system started: image, bss, stack, map
	 * and registers are made anew, but for memory that its image keeps on purpose. Its boot
	 * information says how often that has happened (struct ffav_partition, @restarts).
	 */
	FFAV_SWITCH_START,
};

/**
 * struct ffav_switch - What the machine does after an entry function.
 * @to: where
 * @partition: index of the partition, for all but the first
 */
struct ffav_switch {
	enum ffav_switch_to to;
	unsigned int partition;
};

/**
 * struct ffav_endpoint - What the manager remembers of a caller.
 * @id: endpoint id
 * @version: the FF-A version whose rules hold for it
 * @spoke: it has made a call other than FFA_VERSION
 * @rx: its RX buffer as the manager reaches it, or NULL while none is mapped; the manager
 *	writes it and never reads it back, for its owner changes it at any time
 * @tx: its TX buffer, or NULL; the manager reads each byte of a message there once
 * @rx_address: what the endpoint calls @rx
 * @tx_address: what it calls @tx
 * @rx_pages: size of RX and of TX, pages of 4 KiB; 0 while none is mapped
 * @rx_full: it owns its RX buffer and has not released it
 */
struct ffav_endpoint {
	uint16_t id;
	uint32_t version;
	bool spoke;
	uint8_t *rx;
	const uint8_t *tx;
	uint64_t rx_address;
	uint64_t tx_address;
	unsigned int rx_pages;
	bool rx_full;
};

/** What a partition's only execution context does. */
enum ffav_partition_state {
	/** It has never run. */
	FFAV_PARTITION_NEW,
	/** It waits for a message. */
	FFAV_PARTITION_WAITING,
	/** It runs on a CPU: its initialisation, or a direct request. */
	FFAV_PARTITION_RUNNING,
	/** An interrupt took its CPU; FFA_RUN gives it one. */
	FFAV_PARTITION_PREEMPTED,
	/** It gave its CPU back with FFA_YIELD; FFA_RUN gives it one. */
	FFAV_PARTITION_BLOCKED,
	/** It gave its CPU to another partition, with a direct request or FFA_RUN. */
	FFAV_PARTITION_CALLING,
	/** It faulted; the next direct request starts it again. */
	FFAV_PARTITION_STOPPED,
	/** It failed to initialise, or faulted too often. */
	FFAV_PARTITION_DEAD,
};

/**
 * struct ffav_partition - A partition and what it does.
 * @config: as its manifest says
 * @endpoint: it as a caller
 * @state: of its execution context
 * @ready: it has ended its initialisation, so others may see it
 * @request: function id of the direct request that it works on, 0 for none
 * @requester: who sent that request
 * @starting: it initialises once more; the request is in @pending until it waits for messages
 * @pending: x0-x17 of that request
 * @faults: how often it has faulted since its last response
 * @restarts: how often it has been started again
 * @callee: while it is calling, index of the partition that has its CPU
 * @kept: while it is calling or has yielded, x8-x17 of its call, for an answer that has no
 *	results there
 * @line: what it wrote of a console line that has not ended yet
 * @line_size: characters in @line
 */
struct ffav_partition {
	struct ffav_partition_config config;
	struct ffav_endpoint endpoint;
	enum ffav_partition_state state;
	bool ready;
	uint32_t request;
	uint16_t requester;
	bool starting;
	struct ffav_smc_regs pending;
	unsigned int faults;
	uint32_t restarts;
	unsigned int callee;
	uint64_t kept[FFAV_SMC_REGS - 8];
	char line[FFAV_REPORT_LINE_MAX];
	size_t line_size;
};

/**
 * struct ffav_spmc - The partition manager. One per system; the machine owns the memory.
 * @partitions: the partition table
 * @partition_count: entries in use
 * @generation: changes with the set of partitions that callers see
 * @normal: the normal world as a caller
 * @memory: what is shared or lent
 * @current: for each CPU the index of the partition that runs there, or -1
 * @kept: for each CPU x8-x17 of the normal world's call: a call that returns nothing there
 *	preserves them (SMCCC 1.2, section 2.6)
 * @version_locks: an endpoint's version is fixed by its first call other than FFA_VERSION, as
 *	the FF-A compliance suite asks for. Off after ffav_spmc_init(), so that an operating
 *	system can negotiate after its firmware; the machine may set it before the first call.
 */
struct ffav_spmc {
	struct ffav_partition partitions[FFAV_SPMC_PARTITIONS_MAX];
	unsigned int partition_count;
	uint16_t generation;
	struct ffav_endpoint normal;
	struct ffav_memory memory;
	int current[FFAV_SPMC_CPUS_MAX];
	uint64_t kept[FFAV_SPMC_CPUS_MAX][FFAV_SMC_REGS - 8];
	bool version_locks;
};

/** ffav_spmc_init() - Start with an empty partition table. @m: filled in; the caller owns it. */
void ffav_spmc_init(struct ffav_spmc *m);

/**
 * ffav_spmc_add() - Add a partition; before any of them runs.
 * @m: the manager
 * @config: copied, after the same checks as a manifest's
 * @why: where a sentence about a refusal goes; lives for ever
 *
 * Return: the partition's index, or -1 (table full, double id, regions that overlap another's).
 */
int ffav_spmc_add(struct ffav_spmc *m, const struct ffav_partition_config *config,
		  const char **why);

/**
 * ffav_spmc_boot() - Which partition is to be initialised next?
 *
 * The machine calls it after all were added, enters the partition that is named at its entry
 * point, and passes what it calls to ffav_spmc_from_partition() as ever; that answers with a
 * switch to the normal world once the partition has ended its initialisation, or has failed to:
 * the registers are then FFA_SUCCESS, or FFA_ERROR with FFA_ABORTED, for the machine alone. An
 * initialisation is not preempted.
 *
 * Return: the partition's index, or -1 when all are initialised or have failed.
 */
int ffav_spmc_boot(struct ffav_spmc *m, unsigned int cpu);

/**
 * ffav_spmc_from_normal() - An SMC of the normal world in the FF-A range.
 * @m: the manager
 * @cpu: index of the calling CPU
 * @regs: x0-x17 of the call; on return those of where the switch goes
 *
 * What comes back to the normal world keeps the x8-x17 of its call, unless the answer has
 * results there (FFA_MSG_SEND_DIRECT_RESP2, FFA_PARTITION_INFO_GET_REGS); x1-x7 hold results or
 * zero. With FFAV_SWITCH_RESUME and FFAV_SWITCH_START @regs mean nothing.
 */
struct ffav_switch ffav_spmc_from_normal(struct ffav_spmc *m, unsigned int cpu,
					 struct ffav_smc_regs *regs);

/** ffav_spmc_from_partition() - A call of the partition that runs on @cpu; see ffav_spmc_from_normal(). */
struct ffav_switch ffav_spmc_from_partition(struct ffav_spmc *m, unsigned int cpu,
					    struct ffav_smc_regs *regs);

/**
 * ffav_spmc_preempted() - A normal-world interrupt arrived while a partition ran on @cpu.
 *
 * @regs: out: FFA_INTERRUPT for the normal world, with the ids of the partition that it called:
 * others may have been called from there. The machine has saved the registers of the partition
 * that ran and resumes them on FFAV_SWITCH_RESUME, which is also the answer, with @regs as they
 * were, while a partition is still initialising.
 */
struct ffav_switch ffav_spmc_preempted(struct ffav_spmc *m, unsigned int cpu,
				       struct ffav_smc_regs *regs);

/**
 * ffav_spmc_faulted() - The partition that runs on @cpu made a fault that it cannot survive.
 *
 * It is started again with the next request to it, in the time of whoever sends that. A fault in its
 * first initialisation, or FFAV_SPMC_FAULTS_MAX faults without a response, end it for good.
 *
 * @regs: out: what its caller gets (FFA_ERROR with FFA_ABORTED), which may be a partition.
 */
struct ffav_switch ffav_spmc_faulted(struct ffav_spmc *m, unsigned int cpu,
				     struct ffav_smc_regs *regs);

/**
 * ffav_spmc_memory_drop() - Give up all that a partition shares and borrows.
 * @m: the manager, locked
 * @partition: it has ended, or is about to start again
 *
 * What it borrowed it can no longer reach. What it gave away others can no longer reach, and it
 * is its own again: whoever touches it there makes a fault.
 */
void ffav_spmc_memory_drop(struct ffav_spmc *m, struct ffav_partition *partition);

/* Bound at link time by the machine. */

/**
 * ffav_machine_normal_memory() - Reach normal-world memory, for RX/TX buffers.
 * @address: physical address
 * @size: bytes
 *
 * Return: where the manager reaches it, or NULL if any of it is not normal-world RAM.
 */
void *ffav_machine_normal_memory(uint64_t address, size_t size);

/** ffav_machine_partition_memory() - Reach memory of partition @index at an address it named; NULL if it is not its own. */
void *ffav_machine_partition_memory(unsigned int index, uint64_t address, size_t size);

/**
 * ffav_machine_partition_access() - What may a partition do at an address?
 * @index: of the partition
 * @address: as the partition names it, 4 KiB aligned
 *
 * Return: FFAV_REGION_* of the page there, 0 if it has none.
 */
uint32_t ffav_machine_partition_access(unsigned int index, uint64_t address);

/**
 * ffav_machine_partition_set_access() - Change what a partition may do in a range.
 * @index: of the partition
 * @address: physical address, 4 KiB aligned, which is also what the partition will call it
 * @size: bytes, a multiple of 4 KiB
 * @flags: FFAV_REGION_* from now on; 0 takes the range away
 *
 * It holds on all CPUs before this returns. All pages of the range change, or none.
 *
 * Return: false if there is no memory for the map. It never is for a range that one call gave
 * and another takes away, nor for one that is given back where it was taken.
 */
bool ffav_machine_partition_set_access(unsigned int index, uint64_t address, uint64_t size,
				       uint32_t flags);

/** ffav_machine_lock() - Take the manager's lock; spins. */
void ffav_machine_lock(void);

/** ffav_machine_unlock() - Release the manager's lock. */
void ffav_machine_unlock(void);

#endif
