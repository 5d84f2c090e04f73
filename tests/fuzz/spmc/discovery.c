// SPDX-License-Identifier: BSD-3-Clause
/* The model: who is there, and what it can do. */
#include "tests/fuzz/spmc/model.h"

const struct ffav_uuid model_mm_uuids[MODEL_MM_UUIDS] = {
	FFAV_UUID_MM_VARIABLE, FFAV_UUID_MM_COMMUNICATION2, FFAV_UUID_MM_COMMUNICATION3};
const struct ffav_uuid model_echo_uuid = {{0xec, 0x40}};

struct outcome model_features(unsigned int e, const uint64_t *x)
{
	uint32_t asked = (uint32_t)x[1], properties = (uint32_t)x[2];

	if (!model_has(e, asked, true))
		return model_refuse(FFA_NOT_SUPPORTED);
	if ((asked != FFA_MEM_RETRIEVE_REQ_32 && asked != FFA_MEM_RETRIEVE_REQ_64) ||
	    model_endpoints[e].version < FFA_VERSION_1_1)
		return model_succeed(0, 0);
	/* The NS bit of the answer: bit 1, which the borrower has to know. */
	return properties & 2 ? model_succeed(2, 0) : model_refuse(FFA_NOT_SUPPORTED);
}

unsigned int model_descriptors(uint32_t v, const struct ffav_uuid *uuid)
{
	if (ffav_uuid_is_nil(uuid))
		return v < FFA_VERSION_1_1 ? 2 : 4;
	for (size_t i = 0; i < COUNT(model_mm_uuids); i++) {
		if (ffav_uuid_equal(uuid, &model_mm_uuids[i]))
			return 1;
	}
	return ffav_uuid_equal(uuid, &model_echo_uuid);
}

struct outcome model_info_get(unsigned int e, const uint64_t *x)
{
	struct model_endpoint *endpoint = &model_endpoints[e];
	struct ffav_uuid uuid = ffav_uuid_from_words((uint32_t)x[1], (uint32_t)x[2],
						     (uint32_t)x[3], (uint32_t)x[4]);
	unsigned int count = model_descriptors(endpoint->version, &uuid);
	bool old = endpoint->version < FFA_VERSION_1_1;

	if (x[5] > 1 || (old && x[5]) || !count)
		return model_refuse(FFA_INVALID_PARAMETERS);
	if (x[5])
		return model_succeed(count, 0);
	if (!endpoint->mapped)
		return model_refuse(FFA_DENIED);
	if (endpoint->full)
		return model_refuse(FFA_BUSY);
	endpoint->full = true;
	return model_succeed(count, old ? 0 : 24);
}

struct outcome model_info_get_regs(unsigned int e, const uint64_t *x)
{
	struct ffav_uuid uuid = ffav_uuid_from_regs(x[1], x[2]);
	unsigned int count = model_descriptors(model_endpoints[e].version, &uuid);
	uint64_t start = x[3] & 0xffff;
	struct outcome o = {.x0 = FFA_SUCCESS_64, .any_payload = true};

	if (x[3] >> 32 || (!start && x[3] >> 16))
		return model_refuse(FFA_INVALID_PARAMETERS);
	if (start && x[3] >> 16 != model_manager.generation)
		return model_refuse(FFA_RETRY);
	if (start >= count)
		return model_refuse(FFA_INVALID_PARAMETERS);
	o.x2 = (count - 1) | (uint64_t)(count - 1) << 16 |
	       (uint64_t)model_manager.generation << 32 | UINT64_C(24) << 48;
	return o;
}
