// SPDX-License-Identifier: BSD-3-Clause
/*
 * How a doorbell names its message, and what its ringer takes for an answer.
 * Everything comes as an FF-A direct request and leaves as the matching response.
 */
#include "secure/mm/service.h"
#include "secure/report/report.h"

/* The services whose clients ring with FFA_MSG_SEND_DIRECT_REQ2. */
static const struct ffav_uuid services[] = {
	FFAV_UUID_MM_VARIABLE,
	FFAV_UUID_MM_COMMUNICATION2,
	FFAV_UUID_MM_COMMUNICATION3,
};

/* A return code in a register, its sign extended: clients read 32 or 64 bits of it. */
static uint64_t code_register(int code)
{
	return (uint64_t)(int64_t)code;
}

/* Turn the request into its response, without arguments yet. */
static void respond(struct ffav_smc_regs *regs, uint32_t fid)
{
	uint64_t endpoints =
		ffav_ffa_endpoints(ffav_ffa_receiver(regs->x[1]), ffav_ffa_sender(regs->x[1]));

	memset(regs, 0, sizeof(*regs));
	regs->x[0] = fid;
	regs->x[1] = endpoints;
}

/* Clients of the offset dialect look for it in x3, those of the address dialect in x4. */
void ffav_service_respond(struct ffav_smc_regs *regs, int code)
{
	respond(regs, FFA_MSG_SEND_DIRECT_RESP_64);
	regs->x[3] = code_register(code);
	regs->x[4] = code_register(code);
}

static void respond2(struct ffav_smc_regs *regs, int code)
{
	respond(regs, FFA_MSG_SEND_DIRECT_RESP2);
	regs->x[4] = code_register(code);
	regs->x[5] = code_register(code);
}

/* No dialect has 32-bit doorbells: an address would not fit. */
static void respond32(struct ffav_smc_regs *regs)
{
	respond(regs, FFA_MSG_SEND_DIRECT_RESP_32);
	regs->x[3] = (uint32_t)MM_NOT_SUPPORTED;
}

/* The message at a physical address. */
static int message_at(struct ffav_service *s, uint64_t address)
{
	if (address < s->shared_address || address - s->shared_address >= s->shared_size) {
		ffav_report("MM doorbell", "the address is outside the shared buffer", address);
		return MM_INVALID_PARAMETER;
	}
	return ffav_service_message(s, address - s->shared_address);
}

/* x3 is an offset in the buffer or an address: the buffer's address is beyond its offsets. */
static void request64(struct ffav_service *s, struct ffav_smc_regs *regs)
{
	uint64_t where = regs->x[3];
	bool offset = where < s->shared_size;
	uint64_t flags = regs->x[2];
	int code;

	if (flags) {
		ffav_report("MM doorbell", "framework messages are not supported, flags",
			    flags);
		code = MM_NOT_SUPPORTED;
	} else {
		code = offset ? ffav_service_message(s, where) : message_at(s, where);
	}
	ffav_service_respond(regs, code);
	/* Clients of the address dialect wait for this event. */
	if (!offset && code == MM_SUCCESS)
		regs->x[3] = MM_EVENT_COMPLETE;
}

static void request2(struct ffav_service *s, struct ffav_smc_regs *regs)
{
	struct ffav_uuid uuid = ffav_uuid_from_regs(regs->x[2], regs->x[3]);
	int code = MM_NOT_SUPPORTED;
	size_t i = 0;

	while (i < sizeof(services) / sizeof(services[0]) &&
	       !ffav_uuid_equal(&uuid, &services[i]))
		i++;
	if (i < sizeof(services) / sizeof(services[0]))
		code = message_at(s, regs->x[4]);
	else
		ffav_report("MM doorbell", "no service has the UUID that starts with",
			    ffav_uuid_word(&uuid, 0));
	respond2(regs, code);
}

bool ffav_service_request(struct ffav_service *s, struct ffav_smc_regs *regs)
{
	switch ((uint32_t)regs->x[0]) {
	case FFA_MSG_SEND_DIRECT_REQ_64:
		request64(s, regs);
		return true;
	case FFA_MSG_SEND_DIRECT_REQ2:
		request2(s, regs);
		return true;
	case FFA_MSG_SEND_DIRECT_REQ_32:
		ffav_report("MM doorbell", "32-bit requests are not supported, w3", regs->x[3]);
		respond32(regs);
		return true;
	default:
		return false;
	}
}

bool ffav_service_refuse(struct ffav_smc_regs *regs)
{
	switch ((uint32_t)regs->x[0]) {
	case FFA_MSG_SEND_DIRECT_REQ_64:
		ffav_service_respond(regs, MM_NOT_SUPPORTED);
		return true;
	case FFA_MSG_SEND_DIRECT_REQ2:
		respond2(regs, MM_NOT_SUPPORTED);
		return true;
	case FFA_MSG_SEND_DIRECT_REQ_32:
		respond32(regs);
		return true;
	default:
		return false;
	}
}
