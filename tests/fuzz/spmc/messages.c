// SPDX-License-Identifier: BSD-3-Clause
/* The model: direct messages, and the line of a partition for the console. */
#include "tests/fuzz/spmc/model.h"

struct outcome model_direct_request(unsigned int e, unsigned int cpu, const uint64_t *x)
{
	uint32_t f = (uint32_t)x[0];
	bool second = f == FFA_MSG_SEND_DIRECT_REQ2;
	struct ffav_uuid uuid = ffav_uuid_from_regs(x[2], x[3]);
	unsigned int i = (unsigned int)(x[1] & 0xffff) - 0x8001;
	struct outcome o = {.to = FFAV_SWITCH_PARTITION, .any_payload = true};

	if (x[1] >> 16 != model_endpoints[e].id || i >= PARTS || i + 1 == e)
		return model_refuse(FFA_INVALID_PARAMETERS);
	if (!second && x[2])
		return model_refuse(FFA_INVALID_PARAMETERS);
	/* What has no call to respond with, by its manifest or by its version, is sent none. */
	if (second && (i == 1 || model_endpoints[i + 1].version < FFA_VERSION_1_2))
		return model_refuse(FFA_DENIED);
	if (second && !ffav_uuid_is_nil(&uuid) &&
	    (model_descriptors(FFA_VERSION_1_2, &uuid) != 1 ||
	     ffav_uuid_equal(&uuid, &model_echo_uuid)))
		return model_refuse(FFA_INVALID_PARAMETERS);
	if (model_parts[i].state == DEAD)
		return model_refuse(FFA_ABORTED);
	if (model_waits(i, e))
		return model_refuse(FFA_DENIED);
	if (model_parts[i].state != WAITING && model_parts[i].state != STOPPED)
		return model_refuse(FFA_BUSY);
	model_parts[i].request = f;
	model_parts[i].requester = e;
	if (model_parts[i].state == STOPPED)
		return model_start_again(e, cpu, i, x);
	o.x0 = f;
	o.x1 = x[1];
	o.x2 = x[2];
	o.x3 = x[3];
	return model_give(e, cpu, i, o);
}

struct outcome model_direct_response(unsigned int i, const uint64_t *x)
{
	uint32_t f = (uint32_t)x[0];
	bool second = f == FFA_MSG_SEND_DIRECT_RESP2;
	struct outcome o = {.to = FFAV_SWITCH_NORMAL, .any_payload = true};
	/* A request's response is the next function id of the same width. */
	if (!model_works(i) || f != model_parts[i].request + 1)
		return model_refuse(FFA_DENIED);
	if (x[1] != ffav_ffa_endpoints((uint16_t)(0x8001 + i),
				       model_endpoints[model_parts[i].requester].id) ||
	    x[2] || (second && x[3]))
		return model_refuse(FFA_INVALID_PARAMETERS);
	if (model_has_lent(i))
		return model_refuse(FFA_DENIED);
	o.x0 = f;
	o.x1 = x[1];
	o.x3 = x[3];
	o = model_give_back(i, WAITING, o);
	model_parts[i].request = 0;
	model_parts[i].faults = 0;
	return o;
}

struct outcome model_console_log(unsigned int e, const uint64_t *x)
{
	uint64_t most = 24;

	if (x[0] == FFA_CONSOLE_LOG_64)
		most = model_endpoints[e].version >= FFA_VERSION_1_2 ? 128 : 48;
	return !x[1] || x[1] > most ? model_refuse(FFA_INVALID_PARAMETERS)
				    : model_succeed(0, 0);
}
