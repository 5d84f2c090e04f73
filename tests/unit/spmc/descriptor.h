/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Memory descriptors for tests, field by field
 *
 * A test starts from one that is right, changes a field, and writes it into TX.
 */
#ifndef FFAV_TESTS_SPMC_DESCRIPTOR_H
#define FFAV_TESTS_SPMC_DESCRIPTOR_H

#include "tests/unit/spmc/machine.h"

/** The normal world's buffers, and those of partition n in its own memory. */
#define TX              (NORMAL_BASE + 0x1000)
#define RX              (NORMAL_BASE + 0x2000)
#define PARTITION_TX(n) (PARTITION_BASE + (n) * (uint64_t)PARTITION_SIZE + 0x1000)
#define PARTITION_RX(n) (PARTITION_BASE + (n) * (uint64_t)PARTITION_SIZE + 0x2000)

/** Ranges of a descriptor. */
#define DESCRIPTOR_RANGES_MAX 1100u

/**
 * struct descriptor - What descriptor_put() writes.
 * @version: layout
 * @header: as it is written
 * @access: borrowers, @header.access_count of them
 * @composite: as it is written
 * @ranges: @range_count of them
 * @range_count: how many
 */
struct descriptor {
	uint32_t version;
	struct ffav_mem_header header;
	struct ffav_mem_access access[5];
	struct ffav_mem_composite composite;
	struct ffav_mem_range ranges[DESCRIPTOR_RANGES_MAX];
	uint32_t range_count;
};

/**
 * descriptor_share() - One range for one borrower, to read and write, shared.
 * @version: layout
 * @sender: endpoint id
 * @receiver: endpoint id
 * @address: of the range
 * @pages: in it
 */
struct descriptor descriptor_share(uint32_t version, uint16_t sender, uint16_t receiver,
				   uint64_t address, uint32_t pages);

/** descriptor_borrower() - Add a borrower that may read and write. */
void descriptor_borrower(struct descriptor *d, uint16_t receiver);

/** descriptor_range() - Add a range. */
void descriptor_range(struct descriptor *d, uint64_t address, uint32_t pages);

/** descriptor_head() - Bytes before the ranges. */
uint32_t descriptor_head(const struct descriptor *d);

/**
 * descriptor_put() - Write a descriptor.
 * @to: TX; room for all of it
 * @d: what to write; its composite descriptor follows the borrowers wherever they say it is
 *
 * Return: bytes in all.
 */
uint32_t descriptor_put(uint8_t *to, const struct descriptor *d);

/** descriptor_retrieve() - What a borrower asks for: what was shared under @handle, as it was. */
struct descriptor descriptor_retrieve(uint32_t version, uint16_t sender, uint16_t receiver,
				      uint64_t handle);

/** map_normal() - Map the normal world's buffers of one page, under @version. */
void map_normal(struct ffav_spmc *m, uint32_t version);

/** enter() - Let partition @index work on a request on @cpu, with its buffers mapped. */
void enter(struct ffav_spmc *m, unsigned int cpu, unsigned int index);

/** normal_tx() - The normal world's TX. */
uint8_t *normal_tx(void);

/** partition_tx() - TX of partition @index. */
uint8_t *partition_tx(unsigned int index);

/** partition_rx() - Its RX. */
const uint8_t *partition_rx(unsigned int index);

/** send() - FFA_MEM_SHARE_64 of a descriptor by the normal world, in one piece; the answer. */
struct ffav_smc_regs send(struct ffav_spmc *m, const struct descriptor *d);

/** shared() - The same, which must succeed. Return: the handle. */
uint64_t shared(struct ffav_spmc *m, const struct descriptor *d);

/** retrieve() - FFA_MEM_RETRIEVE_REQ_64 of the partition that runs on @cpu; the answer. */
struct ffav_smc_regs retrieve(struct ffav_spmc *m, unsigned int cpu, unsigned int index,
			      const struct descriptor *d);

/** relinquish() - FFA_MEM_RELINQUISH of the partition that runs on @cpu, of its own; the answer. */
struct ffav_smc_regs relinquish(struct ffav_spmc *m, unsigned int cpu, unsigned int index,
				uint64_t handle, uint32_t flags);

/** reclaim() - FFA_MEM_RECLAIM by the normal world; the answer. */
struct ffav_smc_regs reclaim(struct ffav_spmc *m, uint64_t handle, uint64_t flags);

/** assert_denied() - @r is FFA_ERROR with @code, @line is the only report, and nothing has changed since machine_snapshot(). */
void assert_denied(const struct ffav_spmc *m, struct ffav_smc_regs r, int32_t code,
		   const char *line);

#endif
