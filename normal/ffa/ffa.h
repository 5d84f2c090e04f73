/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: FF-A client of the normal world
 */
#ifndef FFAV_NORMAL_FFA_H
#define FFAV_NORMAL_FFA_H

#include "abi/ffa.h"
#include "normal/platform.h"

/**
 * struct ffav_ffa - State of the FF-A client.
 * @version: negotiated version
 * @id: our endpoint id
 * @partition: endpoint id of the partition that direct requests go to
 * @uuid_index: which of the UUIDs that were asked for it answered
 * @rx: RX buffer while mapped, or NULL; boot only
 * @rxtx_mapped: RX/TX are mapped
 */
struct ffav_ffa {
	uint32_t version;
	uint16_t id;
	uint16_t partition;
	unsigned int uuid_index;
	const uint8_t *rx;
	bool rxtx_mapped;
};

#endif
