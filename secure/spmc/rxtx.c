// SPDX-License-Identifier: BSD-3-Clause
/* FFA_RXTX_MAP, FFA_RXTX_UNMAP, FFA_RX_RELEASE: an endpoint's buffers. */
#include "secure/spmc/core.h"

/** Page count of FFA_RXTX_MAP, w3; the other bits must be zero. */
#define RXTX_PAGES_MASK UINT64_C(0x3f)

/* Does a range touch the buffers of @endpoint? */
static bool in_buffers(const struct ffav_endpoint *endpoint, uint64_t base, uint64_t size)
{
	uint64_t buffer = (uint64_t)endpoint->rx_pages * FFA_PAGE_SIZE;

	return ffav_ranges_overlap(base, size, endpoint->rx_address, buffer) ||
	       ffav_ranges_overlap(base, size, endpoint->tx_address, buffer);
}

bool ffav_spmc_is_buffer(const struct ffav_spmc *m, uint64_t base, uint64_t size)
{
	if (in_buffers(&m->normal, base, size))
		return true;
	for (unsigned int i = 0; i < m->partition_count; i++) {
		if (in_buffers(&m->partitions[i].endpoint, base, size))
			return true;
	}
	return false;
}

void ffav_spmc_buffers_unmap(struct ffav_endpoint *endpoint)
{
	endpoint->rx = NULL;
	endpoint->tx = NULL;
	endpoint->rx_address = 0;
	endpoint->tx_address = 0;
	endpoint->rx_pages = 0;
	endpoint->rx_full = false;
}

/*
 * Reach one buffer of the caller; NULL if it is not memory that the caller may offer. What it
 * shares or lends others can change, and what it borrows it has to give back. The manager
 * writes where a partition could write itself, as its map is now.
 */
static uint8_t *reach(const struct ffav_spmc *m, const struct ffav_caller *caller,
		      uint64_t address, size_t size)
{
	if (ffav_spmc_in_transaction(m, address, size))
		return NULL;
	if (caller->partition)
		return ffav_spmc_is_data(m, caller->partition, address, size)
			       ? ffav_machine_partition_memory(
					 ffav_spmc_index(m, caller->partition), address, size)
			       : NULL;
	/* A partition works on the memory that its manifest shares with the normal world. */
	if (ffav_spmc_reserved(m, address, size))
		return NULL;
	return ffav_machine_normal_memory(address, size);
}

/* FF-A 1.2, section "FFA_RXTX_MAP". */
struct ffav_switch ffav_spmc_rxtx_map(struct ffav_spmc *m, const struct ffav_caller *caller,
				      const struct ffav_smc_regs *in, struct ffav_smc_regs *out)
{
	struct ffav_endpoint *endpoint = caller->endpoint;
	uint64_t tx = in->x[1];
	uint64_t rx = in->x[2];
	size_t size = (size_t)(in->x[3] & RXTX_PAGES_MASK) * FFA_PAGE_SIZE;
	uint64_t end;
	uint8_t *tx_memory, *rx_memory;

	if (!size || in->x[3] & ~RXTX_PAGES_MASK)
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"the page count is not 1 to 63", in->x[3], out);
	if (tx % FFA_PAGE_SIZE || !ffav_add(tx, size, &end))
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"TX is not aligned to 4 KiB or wraps", tx, out);
	if (rx % FFA_PAGE_SIZE || !ffav_add(rx, size, &end))
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"RX is not aligned to 4 KiB or wraps", rx, out);
	if (ffav_ranges_overlap(tx, size, rx, size))
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS, "RX and TX overlap",
					rx, out);
	if (endpoint->rx_pages)
		return ffav_spmc_refuse(m, caller, FFA_DENIED, "RX/TX are mapped already", rx,
					out);
	tx_memory = reach(m, caller, tx, size);
	if (!tx_memory)
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"TX is not memory that the caller may offer", tx, out);
	rx_memory = reach(m, caller, rx, size);
	if (!rx_memory)
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"RX is not memory that the caller may offer", rx, out);
	endpoint->rx = rx_memory;
	endpoint->tx = tx_memory;
	endpoint->rx_address = rx;
	endpoint->tx_address = tx;
	endpoint->rx_pages = (unsigned int)(size / FFA_PAGE_SIZE);
	return ffav_spmc_success(m, caller, 0, out);
}

/*
 * FF-A 1.2, section "FFA_RXTX_UNMAP". w1 names a virtual machine; only a
 * hypervisor has those, and nobody here is one.
 */
struct ffav_switch ffav_spmc_rxtx_unmap(struct ffav_spmc *m, const struct ffav_caller *caller,
					const struct ffav_smc_regs *in,
					struct ffav_smc_regs *out)
{
	struct ffav_endpoint *endpoint = caller->endpoint;

	if (in->x[1])
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"w1 names another endpoint", in->x[1], out);
	if (!endpoint->rx_pages)
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"RX/TX are not mapped", endpoint->id, out);
	ffav_spmc_buffers_unmap(endpoint);
	return ffav_spmc_success(m, caller, 0, out);
}

/* FF-A 1.2, section "FFA_RX_RELEASE". */
struct ffav_switch ffav_spmc_rx_release(struct ffav_spmc *m, const struct ffav_caller *caller,
					const struct ffav_smc_regs *in,
					struct ffav_smc_regs *out)
{
	if (in->x[1])
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"w1 names another endpoint", in->x[1], out);
	if (!caller->endpoint->rx_full)
		return ffav_spmc_refuse(m, caller, FFA_DENIED, "the caller does not own RX",
					caller->endpoint->id, out);
	caller->endpoint->rx_full = false;
	return ffav_spmc_success(m, caller, 0, out);
}
