// SPDX-License-Identifier: BSD-3-Clause
/* Memory descriptors for tests. */
#include "tests/unit/spmc/descriptor.h"

/* Where the composite descriptor belongs. */
static uint32_t composite_at(const struct descriptor *d)
{
	return d->header.access_offset + d->header.access_size * d->header.access_count;
}

uint32_t descriptor_head(const struct descriptor *d)
{
	return composite_at(d) + FFA_MEM_COMPOSITE_SIZE;
}

void descriptor_borrower(struct descriptor *d, uint16_t receiver)
{
	d->access[d->header.access_count++] = (struct ffav_mem_access){
		.receiver = receiver,
		.permissions = FFA_MEM_READ_WRITE,
	};
	for (uint32_t i = 0; i < d->header.access_count; i++)
		d->access[i].composite = composite_at(d);
}

void descriptor_range(struct descriptor *d, uint64_t address, uint32_t pages)
{
	d->ranges[d->range_count++] =
		(struct ffav_mem_range){.address = address, .pages = pages};
	d->composite.ranges++;
	d->composite.pages += pages;
}

struct descriptor descriptor_share(uint32_t version, uint16_t sender, uint16_t receiver,
				   uint64_t address, uint32_t pages)
{
	struct descriptor d = {.version = version};

	d.header.sender = sender;
	d.header.attributes = FFA_MEM_RAM;
	d.header.tag = UINT64_C(0x7a67);
	d.header.access_size = ffav_mem_access_size(version);
	d.header.access_offset = ffav_mem_header_size(version);
	descriptor_borrower(&d, receiver);
	descriptor_range(&d, address, pages);
	return d;
}

struct descriptor descriptor_retrieve(uint32_t version, uint16_t sender, uint16_t receiver,
				      uint64_t handle)
{
	struct descriptor d = descriptor_share(version, sender, receiver, 0, 0);

	d.header.handle = handle;
	d.access[0].composite = 0;
	d.range_count = 0;
	return d;
}

uint32_t descriptor_put(uint8_t *to, const struct descriptor *d)
{
	uint32_t at = composite_at(d);

	/* What a caller leaves between the parts means nothing. */
	memset(to, 0xee, descriptor_head(d));
	assert_true(ffav_mem_header_encode(to, FFA_PAGE_SIZE, d->version, &d->header));
	for (uint32_t i = 0; i < d->header.access_count; i++)
		ffav_mem_access_encode(to + d->header.access_offset +
					       (size_t)i * d->header.access_size,
				       d->header.access_size, &d->access[i]);
	if (!d->range_count)
		return at;
	ffav_mem_composite_encode(to + at, &d->composite);
	at += FFA_MEM_COMPOSITE_SIZE;
	for (uint32_t i = 0; i < d->range_count; i++, at += FFA_MEM_RANGE_SIZE)
		ffav_mem_range_encode(to + at, &d->ranges[i]);
	return at;
}

void map_normal(struct ffav_spmc *m, uint32_t version)
{
	normal(m, 7, CALL1(FFA_VERSION, version));
	assert_answer(normal(m, 7, CALL3(FFA_RXTX_MAP_64, TX, RX, 1)), FFA_SUCCESS_32, 0, 0, 0);
}

void enter(struct ffav_spmc *m, unsigned int cpu, unsigned int index)
{
	request(m, cpu, index, CALL1(FFA_MSG_SEND_DIRECT_REQ_64, 0x8001 + index));
	assert_answer(
		partition(m, cpu, index,
			  CALL3(FFA_RXTX_MAP_64, PARTITION_TX(index), PARTITION_RX(index), 1)),
		FFA_SUCCESS_32, 0, 0, 0);
}

uint8_t *normal_tx(void)
{
	return machine_normal + (TX - NORMAL_BASE);
}

uint8_t *partition_tx(unsigned int index)
{
	return machine_partition[index] + 0x1000;
}

const uint8_t *partition_rx(unsigned int index)
{
	return machine_partition[index] + 0x2000;
}

struct ffav_smc_regs send(struct ffav_spmc *m, const struct descriptor *d)
{
	uint32_t size = descriptor_put(normal_tx(), d);

	machine_snapshot(m);
	return normal(m, 7, CALL2(FFA_MEM_SHARE_64, size, size));
}

uint64_t shared(struct ffav_spmc *m, const struct descriptor *d)
{
	struct ffav_smc_regs r = send(m, d);

	assert_int_equal(r.x[0], FFA_SUCCESS_32);
	assert_silent();
	return ffav_mem_handle(r.x[2], r.x[3]);
}

struct ffav_smc_regs retrieve(struct ffav_spmc *m, unsigned int cpu, unsigned int index,
			      const struct descriptor *d)
{
	uint32_t size = descriptor_put(partition_tx(index), d);

	machine_snapshot(m);
	return partition(m, cpu, index, CALL2(FFA_MEM_RETRIEVE_REQ_64, size, size));
}

struct ffav_smc_regs relinquish(struct ffav_spmc *m, unsigned int cpu, unsigned int index,
				uint64_t handle, uint32_t flags)
{
	uint8_t *tx = partition_tx(index);

	assert_true(ffav_mem_relinquish_encode(tx, FFA_PAGE_SIZE, handle,
					       (uint16_t)(0x8001 + index)));
	ffav_put32(tx + 8, flags);
	machine_snapshot(m);
	return partition(m, cpu, index, CALL0(FFA_MEM_RELINQUISH));
}

struct ffav_smc_regs reclaim(struct ffav_spmc *m, uint64_t handle, uint64_t flags)
{
	machine_snapshot(m);
	return normal(m, 7, CALL3(FFA_MEM_RECLAIM, (uint32_t)handle, handle >> 32, flags));
}

void assert_denied(const struct ffav_spmc *m, struct ffav_smc_regs r, int32_t code,
		   const char *line)
{
	assert_refused(r, code, line);
	assert_unchanged(m);
}
