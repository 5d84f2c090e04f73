/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Direct messages: one completion loop for both phases and both forms of the
 * request (FF-A 1.2, chapter 15; scheduling in chapter 8).
 */
#include "normal/ffa/ffa.h"

/* The message is one of the framework, not of the partition (FF-A 1.1 and later, w2). */
#define MESSAGE_FROM_FRAMEWORK (UINT32_C(1) << 31)

/* Is this the response of our partition to our request, in the form that we asked? */
FFAV_RESIDENT static bool is_response(const struct ffav_ffa *ffa,
				      const struct ffav_smc_regs *regs, uint32_t expected)
{
	if ((uint32_t)regs->x[0] != expected)
		return false;
	if ((uint32_t)regs->x[1] != (uint32_t)ffav_ffa_endpoints(ffa->partition, ffa->id))
		return false;
	/* x2 of DIRECT_RESP2 is reserved, w2 of DIRECT_RESP has the flags. */
	return expected == FFA_MSG_SEND_DIRECT_RESP2 ||
	       !((uint32_t)regs->x[2] & MESSAGE_FROM_FRAMEWORK);
}

/* The registers of the request, again for each attempt: an answer overwrites them. */
FFAV_RESIDENT static void put_request(const struct ffav_ffa *ffa,
				      const struct ffav_ffa_request *request,
				      struct ffav_smc_regs *regs)
{
	memset(regs, 0, sizeof(*regs));
	regs->x[0] = request->fid;
	regs->x[1] = ffav_ffa_endpoints(ffa->id, ffa->partition);
	regs->x[2] = request->x2;
	regs->x[3] = request->x3;
	regs->x[4] = request->x4;
	regs->x[5] = request->x5;
	regs->x[6] = request->x6;
}

FFAV_RESIDENT enum ffav_ffa_outcome ffav_ffa_direct(const struct ffav_ffa *ffa,
						    const struct ffav_ffa_request *request,
						    struct ffav_smc_regs *regs)
{
	uint32_t expected = FFA_MSG_SEND_DIRECT_RESP_64;
	uint32_t resumed = 0;
	uint32_t target = 0;
	unsigned int busy = 0;

	if (request->fid == FFA_MSG_SEND_DIRECT_REQ2)
		expected = FFA_MSG_SEND_DIRECT_RESP2;

	for (;;) {
		uint32_t fid;
		int32_t code;

		if (resumed) {
			memset(regs, 0, sizeof(*regs));
			regs->x[0] = FFA_RUN;
			regs->x[1] = target;
		} else {
			put_request(ffa, request, regs);
		}
		ffav_smc(regs);
		if (is_response(ffa, regs, expected))
			return FFAV_FFA_RESPONSE;

		fid = (uint32_t)regs->x[0];
		if (fid == FFA_INTERRUPT || fid == FFA_YIELD) {
			/*
			 * Whoever was preempted may be a partition that ours called,
			 * so the id is passed on, not compared.
			 */
			if (resumed++ == FFAV_RESUME_MAX)
				return FFAV_FFA_LOST;
			target = (uint32_t)regs->x[1];
			continue;
		}
		if (fid != FFA_ERROR)
			return FFAV_FFA_LOST;
		code = (int32_t)(uint32_t)regs->x[2];
		if (code != FFA_BUSY && code != FFA_RETRY)
			return resumed ? FFAV_FFA_ERROR_RESUMED : FFAV_FFA_ERROR;
		if (busy == FFAV_BACKOFF_ATTEMPTS)
			return resumed ? FFAV_FFA_LOST : FFAV_FFA_ERROR;
		ffav_backoff(busy++);
	}
}
