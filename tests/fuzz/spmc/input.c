// SPDX-License-Identifier: BSD-3-Clause
/*
 * The input. A committed corpus chooses from the tables by position: what is new
 * goes to their end.
 */
#include "tests/fuzz/spmc/machine.h"

static const uint64_t interesting[] = {
	0,
	1,
	2,
	3,
	5,
	0x40,
	0x8000,
	0x8001,
	0x8002,
	0x8003,
	0x80010000,
	0x80020000,
	0x80010001,
	0x80020001,
	0x80018002,
	0x00018001,
	0x10000,
	0x10001,
	0x10002,
	0x10003,
	0x20000,
	0x80000000,
	0xffffffff,
	UINT64_MAX,
	NORMAL_BASE,
	NORMAL_BASE + 0x1000,
	NORMAL_BASE + 0x2000,
	NORMAL_BASE + 0x3800,
	SHARED_BASE,
	SECURE_BASE,
	SECURE_BASE + 0x1000,
	SECURE_BASE + SECURE_SIZE,
	SECURE_BASE + SECURE_SIZE + 0x1000,
	UINT64_C(0xfffffffffffff000),
	UINT64_C(0x0942e69933d532ed),
	UINT64_C(0xa798d9cd722dc09c),
	0x33d532ed,
	0x0942e699,
	0x722dc09c,
	0xa798d9cd,
	0x40ec,
	UINT64_C(0x100000000),
	UINT64_C(0x100008001),
	UINT64_C(0x100000001),
	0x80028001,
};

static const uint32_t functions[] = {
	FFA_ERROR,
	FFA_SUCCESS_32,
	FFA_SUCCESS_64,
	FFA_INTERRUPT,
	FFA_VERSION,
	FFA_FEATURES,
	FFA_RX_RELEASE,
	FFA_RXTX_MAP_32,
	FFA_RXTX_MAP_64,
	FFA_RXTX_UNMAP,
	FFA_PARTITION_INFO_GET,
	FFA_ID_GET,
	FFA_MSG_POLL,
	FFA_MSG_WAIT,
	FFA_YIELD,
	FFA_RUN,
	FFA_MSG_SEND_DIRECT_REQ_32,
	FFA_MSG_SEND_DIRECT_REQ_64,
	FFA_MSG_SEND_DIRECT_RESP_32,
	FFA_MSG_SEND_DIRECT_RESP_64,
	FFA_MEM_SHARE_64,
	FFA_SPM_ID_GET,
	FFA_CONSOLE_LOG_32,
	FFA_CONSOLE_LOG_64,
	FFA_PARTITION_INFO_GET_REGS,
	FFA_MSG_SEND_DIRECT_REQ2,
	FFA_MSG_SEND_DIRECT_RESP2,
	0,
};

uint8_t input_byte(struct input *s)
{
	if (!s->size)
		return 0;
	s->size--;
	return *s->data++;
}

uint64_t input_value(struct input *s)
{
	uint8_t pick = input_byte(s);
	uint64_t value = 0;

	if (pick < COUNT(interesting))
		return interesting[pick];
	for (unsigned int i = 0; i < (pick & 7u) + 1; i++)
		value = value << 8 | input_byte(s);
	return value;
}

uint64_t input_function(struct input *s, uint8_t pick)
{
	return pick < COUNT(functions) ? functions[pick] : input_value(s);
}
