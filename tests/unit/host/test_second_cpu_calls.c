// SPDX-License-Identifier: BSD-3-Clause
/*
 * A second CPU makes calls while the partition reads its message or writes its
 * reply: what it gets is what the state allows, and the request's answer, the
 * reply and the store are what they are without it.
 */
#include "tests/unit/host/hostile.h"

static struct road r;

static int start(void **state)
{
	(void)state;
	hostile_start(&r);
	return 0;
}

static int end(void **state)
{
	(void)state;
	road_end(&r);
	return 0;
}

/* A call of the second CPU, and what it gets in x0 and x2. */
static const struct {
	const char *name;
	struct ffav_smc_regs call;
	uint64_t x0;
	int32_t x2;
} calls[] = {
	{"a second request", {{FFA_MSG_SEND_DIRECT_REQ_64, 0x8001}}, FFA_ERROR, FFA_BUSY},
	{"a second request of the second kind",
	 {{FFA_MSG_SEND_DIRECT_REQ2, 0x8001}},
	 FFA_ERROR,
	 FFA_BUSY},
	{"FFA_RUN of a partition that runs", {{FFA_RUN, 0x80010000}}, FFA_ERROR, FFA_BUSY},
	{"FFA_VERSION 1.1 with a request in flight",
	 {{FFA_VERSION, FFA_VERSION_1_1}},
	 UINT32_MAX,
	 0},
	{"the response to its own request",
	 {{FFA_MSG_SEND_DIRECT_RESP_64, UINT64_C(0x80010000)}},
	 FFA_ERROR,
	 FFA_NOT_SUPPORTED},
	{"FFA_MSG_WAIT", {{FFA_MSG_WAIT}}, FFA_ERROR, FFA_NOT_SUPPORTED},
	{"FFA_YIELD", {{FFA_YIELD}}, FFA_ERROR, FFA_NOT_SUPPORTED},
	{"RX/TX in the shared buffer",
	 {{FFA_RXTX_MAP_64, FFAV_HOST_BUFFER, FFAV_HOST_BUFFER + 4096, 1}},
	 FFA_ERROR,
	 FFA_INVALID_PARAMETERS},
	{"RX/TX elsewhere",
	 {{FFA_RXTX_MAP_64, FFAV_HOST_RXTX, FFAV_HOST_RXTX + 4096, 1}},
	 FFA_SUCCESS_32,
	 0},
	{"its own id", {{FFA_ID_GET}}, FFA_SUCCESS_32, 0},
};

static void test_calls(void **state)
{
	static const struct hostile_attack peace = {.kind = HOSTILE_NOTHING};
	static struct hostile_message m = {.header_size = MM_HEADER_V1_SIZE};
	static struct hostile_run peaceful;

	(void)state;
	for (unsigned int kind = 0; kind < message_kinds; kind++) {
		hostile_make(&m, kind);
		peaceful = *hostile_ring(&r, &m, &peace);
		assert_true(peaceful.finished);
		for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
			/* Different places of different messages, and the last store. */
			struct hostile_attack a = {
				.kind = HOSTILE_CALL,
				.at = i % 3 ? (31 * i + 7 * kind) % peaceful.accesses
					    : peaceful.accesses - 1,
				.call = calls[i].call,
			};
			const struct hostile_run *run = hostile_ring(&r, &m, &a);

			if (!run->finished)
				fail_msg("%s: %s ends the request", m.name, calls[i].name);
			if (run->called.x[0] != calls[i].x0 ||
			    (int32_t)(uint32_t)run->called.x[2] != calls[i].x2)
				fail_msg("%s: %s gets 0x%llx, 0x%llx", m.name, calls[i].name,
					 (unsigned long long)run->called.x[0],
					 (unsigned long long)run->called.x[2]);
			if (memcmp(&run->answer, &peaceful.answer, sizeof(run->answer)) ||
			    memcmp(run->written, peaceful.written, sizeof(run->written)) ||
			    memcmp(run->flash, peaceful.flash, sizeof(run->flash)))
				fail_msg("%s: %s changes what the request gets", m.name,
					 calls[i].name);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
	};

	return cmocka_run_group_tests_name("host/second-cpu-calls", tests, start, end);
}
