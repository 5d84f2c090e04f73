/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: The host machine: both worlds in one process
 *
 * The normal-world library, the partition manager, the MM partition and the
 * store run as they do on a board; an SMC is a call, a partition is a coroutine,
 * the flash is a model in memory or in a file. One machine exists at a time,
 * because platform functions are bound at link time. Its flash outlives it: a
 * power cycle is a destroy and a create.
 */
#ifndef FFAV_HOST_H
#define FFAV_HOST_H

#include "machines/host/memory.h"
#include "machines/host/nor.h"
#include "normal/variables/variables.h"
#include "secure/spmc/spmc.h"
#include "secure/store/counter.h"

/** What a trace sees, in the order in which it happens. */
enum ffav_host_event_kind {
	/** Manager to partition: its first instruction. */
	FFAV_HOST_STARTED,
	/** Normal world to manager: an SMC and its arguments. */
	FFAV_HOST_SMC,
	/** Manager to normal world: what that SMC returned. */
	FFAV_HOST_SMC_RETURN,
	/** Partition to manager: an SVC and its arguments. */
	FFAV_HOST_SVC,
	/** Manager to partition: what that SVC returned, which may be a new message. */
	FFAV_HOST_SVC_RETURN,
	/** A normal-world interrupt took the CPU from the partition. */
	FFAV_HOST_PREEMPTED,
	/** Manager to partition: go on where the interrupt came. */
	FFAV_HOST_RESUMED,
};

/**
 * struct ffav_host_event - One step between the worlds.
 * @kind: which
 * @cpu: index of the CPU
 * @partition: index of the partition, where one is involved
 * @partition_id: its endpoint id
 * @regs: x0-x17; NULL where none are passed
 */
struct ffav_host_event {
	enum ffav_host_event_kind kind;
	unsigned int cpu;
	unsigned int partition;
	uint16_t partition_id;
	const struct ffav_smc_regs *regs;
};

/**
 * struct ffav_host_hooks - What a test or tool looks at and meddles with; any may be NULL.
 * @context: passed to each
 * @trace: sees each step between the worlds
 * @interrupt: the normal world's interrupt handler, on the CPU that FFA_INTERRUPT goes to;
 *	it may make calls of its own
 * @lie: the last word on what an SMC returns: may change registers and memory
 * @report: a line from the refusals' ring or from a partition's console, without a newline
 * @log: what the normal-world library tells the user while it boots
 */
struct ffav_host_hooks {
	void *context;
	void (*trace)(void *context, const struct ffav_host_event *event);
	void (*interrupt)(void *context, unsigned int cpu);
	void (*lie)(void *context, struct ffav_smc_regs *regs);
	void (*report)(void *context, const char *line, size_t length);
	void (*log)(void *context, const char *message, uint64_t value);
};

/**
 * struct ffav_host_options - How a machine is built.
 * @nor: the flash; the caller owns it and it outlives the machine
 * @counter: the monotonic counter of the NV store, or NULL for a machine that has none; the caller
 *	owns it and it outlives the machine
 * @verifies_images: the manifest says that the platform's firmware verifies what it boots
 * @rebind_store: the manifest says that the store is taken whatever the counter says
 * @buffer_size: bytes of the shared buffer, a multiple of 64 KiB; 0 for the usual 128 KiB
 * @share_buffer: the normal world shares a buffer of its own by FFA_MEM_SHARE and leaves the one
 *	of the manifest alone
 * @variables: most NV variables; 0 for what the manifest says
 * @cpus: how many CPUs, 1 to FFAV_SPMC_CPUS_MAX; 0 for 1
 * @interrupt_every: an interrupt comes after every so many flash operations of a partition
 *	that answers a request; 0 for never
 * @erase_interrupts: how often an erase is interrupted on top of that, where the normal world
 *	waits for it: it is the longest thing that a partition does
 * @cache_percent: how likely the cache evicts or fetches a line at each opportunity; 0: never
 * @cache_soiled: the cache starts with dirty lines all over the shared buffer
 * @seed: of everything that is left to chance
 * @hooks: see above
 */
struct ffav_host_options {
	struct ffav_nor *nor;
	const struct ffav_counter *counter;
	bool verifies_images;
	bool rebind_store;
	size_t buffer_size;
	bool share_buffer;
	uint32_t variables;
	unsigned int cpus;
	unsigned int interrupt_every;
	unsigned int erase_interrupts;
	unsigned int cache_percent;
	bool cache_soiled;
	uint64_t seed;
	struct ffav_host_hooks hooks;
};

struct ffav_host;

/** How the power-on of a machine ended. */
enum ffav_host_boot {
	/** The MM partition waits for messages. */
	FFAV_HOST_READY,
	/** The MM partition refused to start; why has gone to the report hook. */
	FFAV_HOST_NO_PARTITION,
	/** The flash model cut the power. */
	FFAV_HOST_POWER_LOST,
};

/**
 * ffav_host_create() - Build a machine. It is off.
 * @options: copied
 *
 * Return: the machine, or NULL if the system has no memory left or @options make no sense.
 */
struct ffav_host *ffav_host_create(const struct ffav_host_options *options);

/** ffav_host_destroy() - Pull the plug and scrap the machine, whatever it is doing. @m: may be NULL. */
void ffav_host_destroy(struct ffav_host *m);

/** ffav_host_boot() - Switch the machine on, once: the manager starts and initialises the partitions. */
enum ffav_host_boot ffav_host_boot(struct ffav_host *m);

/**
 * ffav_host_run() - Run normal-world code on a CPU.
 * @m: a machine that is on
 * @cpu: index of the CPU; the caller's thread is that CPU until this returns
 * @world: the code
 * @argument: passed to @world
 *
 * May be called from another thread for another CPU, and from the interrupt hook. Where
 * several threads run, the cache must be one that does nothing by itself.
 *
 * Return: true if @world returned, false if the power was cut under it.
 */
bool ffav_host_run(struct ffav_host *m, unsigned int cpu, void (*world)(void *argument),
		   void *argument);

/** ffav_host_memory() - The machine's memory. */
struct ffav_host_memory *ffav_host_memory(struct ffav_host *m);

/** ffav_host_set_interrupts() - Change &struct ffav_host_options.interrupt_every. */
void ffav_host_set_interrupts(struct ffav_host *m, unsigned int every);

/**
 * ffav_host_set_fault() - Let the MM partition make a fault; the next request starts it again.
 * @m: a machine that is on
 * @operations: how many flash operations from now, while it answers a request; 0 for never
 */
void ffav_host_set_fault(struct ffav_host *m, unsigned int operations);

/**
 * ffav_host_resident() - Where the normal world keeps its connection at runtime.
 *
 * It moves with ffav_host_move(). Return: zeroed memory for one struct ffav_mm.
 */
struct ffav_mm *ffav_host_resident(struct ffav_host *m);

/**
 * ffav_host_probe() - Let the normal-world library find the MM partition, as a port does at boot.
 * @m: a machine that is on
 * @offset: where messages start in the shared buffer, bytes
 * @rxtx: offer RX/TX pages to the library
 *
 * Return: what ffav_mm_probe() returns for ffav_host_resident().
 */
efi_status_t ffav_host_probe(struct ffav_host *m, size_t offset, bool rxtx);

/**
 * ffav_host_move() - Set the virtual address map.
 *
 * The shared buffer and the resident data get new addresses, the library converts its
 * pointers, the old addresses become inaccessible. Return: false without memory.
 */
bool ffav_host_move(struct ffav_host *m);

#endif
