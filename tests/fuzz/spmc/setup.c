// SPDX-License-Identifier: BSD-3-Clause
/* The model: FFA_VERSION and the RX/TX buffers. */
#include "tests/fuzz/spmc/model.h"

static bool model_in_flight(unsigned int e)
{
	for (unsigned int i = 0; i < PARTS; i++) {
		if (e == i + 1 ? model_works(i)
			       : model_parts[i].request && model_parts[i].requester == e)
			return true;
	}
	return false;
}

struct outcome model_version(unsigned int e, uint32_t asked)
{
	uint32_t held = asked > FFA_VERSION_1_2 ? FFA_VERSION_1_2 : asked;
	struct outcome no = {.code = FFA_NOT_SUPPORTED, .x0 = UINT32_MAX};

	if (asked >> 31 || asked >> 16 != 1)
		return no;
	if (held != model_endpoints[e].version &&
	    (model_endpoints[e].mapped || model_in_flight(e) || model_has_memory(e)))
		return no;
	model_endpoints[e].version = held;
	return (struct outcome){.x0 = FFA_VERSION_1_2};
}

/* May @e offer [@address, @address + @size) as a buffer? */
static bool offers(unsigned int e, uint64_t address, uint64_t size)
{
	for (uint64_t at = 0; at < size; at += FFA_PAGE_SIZE) {
		if (model_is_live(address + at))
			return false;
	}
	if (e == 0 && address >= BANK_BASE && address - BANK_BASE < BANK_SIZE)
		return size <= BANK_SIZE - (address - BANK_BASE);
	if (e == 0)
		return address >= NORMAL_BASE && address <= SHARED_BASE &&
		       size <= SHARED_BASE - address;
	/* Data of the partition, as it is at this moment. */
	address -= SECURE_BASE + (e - 1) * (uint64_t)SECURE_SIZE;
	if (address > SECURE_SIZE || size > SECURE_SIZE - address)
		return false;
	for (uint64_t at = address; at < address + size; at += FFA_PAGE_SIZE) {
		if (model_parts[e - 1].access[at / FFA_PAGE_SIZE] !=
		    (FFAV_REGION_READ | FFAV_REGION_WRITE))
			return false;
	}
	return true;
}

struct outcome model_rxtx_map(unsigned int e, const uint64_t *x)
{
	uint64_t tx = x[1], rx = x[2], pages = x[3];
	uint64_t size = pages * 0x1000;

	if (!pages || pages > 63 || tx % 0x1000 || rx % 0x1000 || tx + size < tx ||
	    rx + size < rx)
		return model_refuse(FFA_INVALID_PARAMETERS);
	if (tx < rx + size && rx < tx + size)
		return model_refuse(FFA_INVALID_PARAMETERS);
	if (model_endpoints[e].mapped)
		return model_refuse(FFA_DENIED);
	if (!offers(e, tx, size) || !offers(e, rx, size))
		return model_refuse(FFA_INVALID_PARAMETERS);
	model_endpoints[e].mapped = true;
	model_endpoints[e].full = false;
	model_endpoints[e].rx = rx;
	model_endpoints[e].tx = tx;
	model_endpoints[e].size = size;
	return model_succeed(0, 0);
}

struct outcome model_rxtx_unmap(unsigned int e, const uint64_t *x)
{
	if (x[1] || !model_endpoints[e].mapped)
		return model_refuse(FFA_INVALID_PARAMETERS);
	model_endpoints[e].mapped = false;
	model_endpoints[e].full = false;
	return model_succeed(0, 0);
}

struct outcome model_rx_release(unsigned int e, const uint64_t *x)
{
	if (x[1])
		return model_refuse(FFA_INVALID_PARAMETERS);
	if (!model_endpoints[e].full)
		return model_refuse(FFA_DENIED);
	model_endpoints[e].full = false;
	return model_succeed(0, 0);
}
