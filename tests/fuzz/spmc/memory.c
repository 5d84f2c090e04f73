// SPDX-License-Identifier: BSD-3-Clause
/* The model: memory management. Nothing writes a descriptor into TX yet, so each call is refused. */
#include "tests/fuzz/spmc/model.h"

struct outcome model_mem_share(unsigned int e, const uint64_t *x)
{
	if (x[3] || (uint32_t)x[4])
		return model_refuse(FFA_INVALID_PARAMETERS);
	if ((uint32_t)x[2] > (uint32_t)x[1])
		return model_refuse(FFA_INVALID_PARAMETERS);
	return model_refuse(model_endpoints[e].mapped ? FFA_INVALID_PARAMETERS : FFA_DENIED);
}

struct outcome model_mem_frag_tx(unsigned int e, const uint64_t *x)
{
	(void)e;
	(void)x;
	return model_refuse(FFA_INVALID_PARAMETERS);
}

struct outcome model_mem_frag_rx(unsigned int e, const uint64_t *x)
{
	(void)e;
	(void)x;
	return model_refuse(FFA_INVALID_PARAMETERS);
}

struct outcome model_mem_retrieve(unsigned int e, const uint64_t *x)
{
	if (x[3] || (uint32_t)x[4] || (uint32_t)x[1] != (uint32_t)x[2])
		return model_refuse(FFA_INVALID_PARAMETERS);
	return model_refuse(model_endpoints[e].mapped ? FFA_INVALID_PARAMETERS : FFA_DENIED);
}

struct outcome model_mem_relinquish(unsigned int e, const uint64_t *x)
{
	(void)x;
	return model_refuse(model_endpoints[e].mapped ? FFA_INVALID_PARAMETERS : FFA_DENIED);
}

struct outcome model_mem_reclaim(unsigned int e, const uint64_t *x)
{
	(void)e;
	(void)x;
	return model_refuse(FFA_INVALID_PARAMETERS);
}
