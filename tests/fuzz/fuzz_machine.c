// SPDX-License-Identifier: BSD-3-Clause
/*
 * Fuzz target: a hostile normal world against the whole secure side, which is the
 * manager, the MM partition and the store on the host machine.
 *
 * The input is a sequence of steps: calls with any registers on any CPU, messages
 * that are whole or changed, bytes in the shared buffer, a second CPU that acts
 * between two accesses, interrupts, faults of the partition, power cuts. What
 * must hold:
 *   - nothing crashes, hangs, or breaks a rule of the flash;
 *   - a direct request ends with its response, an interrupt or an error of FF-A,
 *     and an answered message has a status;
 *   - after every power cycle the store mounts, and the variables of a client that
 *     behaves are what it last wrote.
 */
#include "tests/fuzz/machine/world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Steps per input, so that none takes for ever. */
#define STEPS_MAX 200u

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The input as a stream; it ends in zeros. */
struct input {
	const uint8_t *data;
	size_t size;
};

static uint8_t byte(struct input *s)
{
	if (!s->size)
		return 0;
	s->size--;
	return *s->data++;
}

static uint16_t two_bytes(struct input *s)
{
	uint16_t low = byte(s);

	return (uint16_t)(low | byte(s) << 8);
}

static const uint32_t functions[] = {
	FFA_MSG_SEND_DIRECT_REQ_64,
	FFA_MSG_SEND_DIRECT_REQ_32,
	FFA_MSG_SEND_DIRECT_REQ2,
	FFA_RUN,
	FFA_VERSION,
	FFA_FEATURES,
	FFA_RXTX_MAP_64,
	FFA_RXTX_MAP_32,
	FFA_RXTX_UNMAP,
	FFA_RX_RELEASE,
	FFA_PARTITION_INFO_GET,
	FFA_PARTITION_INFO_GET_REGS,
	FFA_ID_GET,
	FFA_SPM_ID_GET,
	FFA_MSG_SEND_DIRECT_RESP_64,
	FFA_MSG_SEND_DIRECT_RESP2,
	FFA_MSG_WAIT,
	FFA_YIELD,
	FFA_ERROR,
	FFA_SUCCESS_32,
	FFA_INTERRUPT,
	FFA_CONSOLE_LOG_64,
	FFA_MEM_SHARE_64,
	FFA_MEM_RECLAIM,
	SMCCC_VERSION,
	SMCCC_ARCH_FEATURES,
};

static const uint64_t interesting[] = {
	0,
	1,
	2,
	0x8001,
	0x80010000,
	0x8002,
	0x80018001,
	FFA_VERSION_1_0,
	FFA_VERSION_1_1,
	FFA_VERSION_1_2,
	FFAV_HOST_RXTX,
	FFAV_HOST_RXTX + 0x1000,
	FFAV_HOST_BUFFER,
	FFAV_HOST_BUFFER + 0x1000,
	FFAV_HOST_FLASH,
	UINT32_MAX,
	UINT64_MAX,
	UINT64_C(0x46446bf0dcae8d37),
	UINT64_C(0xa3873c93ab401483),
};

static uint64_t value(struct input *s)
{
	uint8_t pick = byte(s);
	uint64_t number = 0;

	if (pick < COUNT(interesting))
		return interesting[pick];
	for (unsigned int i = 0; i < (pick & 7u) + 1; i++)
		number = number << 8 | byte(s);
	return number;
}

static struct ffav_smc_regs registers(struct input *s)
{
	struct ffav_smc_regs regs = {{0}};
	uint8_t pick = byte(s);

	regs.x[0] = pick < COUNT(functions) ? functions[pick] : value(s);
	for (unsigned int i = 1; i < 6; i++)
		regs.x[i] = value(s);
	return regs;
}

/* What may come back from a direct request. */
static void check_answer(uint32_t request, const struct ffav_smc_regs *regs)
{
	int32_t code = (int32_t)(uint32_t)regs->x[2];

	switch ((uint32_t)regs->x[0]) {
	case FFA_INTERRUPT:
		return;
	case FFA_ERROR:
		require(code <= FFA_NOT_SUPPORTED && code >= FFA_NO_DATA, "an unknown error");
		return;
	default:
		/* The response of a request is the next function id of the same width. */
		require((uint32_t)regs->x[0] == request + 1, "no response to a request");
		require(regs->x[1] == UINT64_C(0x80010000), "somebody else's response");
	}
}

static void any_call(struct input *s)
{
	unsigned int cpu = byte(s) % CPUS;
	struct ffav_smc_regs regs = registers(s);
	uint32_t function = (uint32_t)regs.x[0];

	if (!world_smc(cpu, &regs))
		return;
	if (function == FFA_MSG_SEND_DIRECT_REQ_64 || function == FFA_MSG_SEND_DIRECT_REQ_32 ||
	    function == FFA_MSG_SEND_DIRECT_REQ2)
		check_answer(function, &regs);
}

/* A message of a known kind, with some bytes changed, and its doorbell. */
static void message(struct input *s)
{
	static const struct efi_guid variables = MM_VARIABLE_GUID;
	uint8_t bytes[MESSAGE_MAX];
	unsigned int how = byte(s);
	unsigned int kind = byte(s) % message_kinds;
	size_t header_size = how & 1 ? MM_HEADER_V3_SIZE : MM_HEADER_V1_SIZE;
	size_t offset = how & 2 ? byte(s) : 0;
	size_t size = message_make(bytes, kind, header_size);
	struct ffav_smc_regs regs = {{FFA_MSG_SEND_DIRECT_REQ_64, 0x8001, 0, offset}};
	bool disturbed = world_second_cpu()->armed;
	const uint8_t *reply;

	for (unsigned int i = how >> 4; i; i--) {
		size_t at = two_bytes(s) % size;

		bytes[at] ^= byte(s);
	}
	memcpy(world_window() + offset, bytes, size);
	if (how & 4)
		regs.x[3] += FFAV_HOST_BUFFER;
	if (!world_smc(how & 8 ? 1 : 0, &regs))
		return;
	check_answer(FFA_MSG_SEND_DIRECT_REQ_64, &regs);
	if (disturbed || (uint32_t)regs.x[0] != FFA_MSG_SEND_DIRECT_RESP_64)
		return;
	if (regs.x[4])
		require((int64_t)regs.x[4] >= MM_NO_MEMORY && (int64_t)regs.x[4] < 0,
			"no code of MM communicate");
	reply = world_window() + offset;
	if (!regs.x[4] && header_size == MM_HEADER_V1_SIZE &&
	    ffav_guid_equal(reply, &variables))
		require(ffav_var_status(reply + header_size) != MESSAGE_STATUS,
			"an answer without a status");
}

static void write_bytes(struct input *s)
{
	size_t at = two_bytes(s) % WINDOW;

	for (unsigned int i = byte(s) % 64; i; i--, at++)
		world_window()[at % WINDOW] = byte(s);
}

static void arm(struct input *s)
{
	struct second_cpu *second = world_second_cpu();
	uint8_t how = byte(s);

	second->at = byte(s);
	second->count = how % (CHANGES + 1);
	for (unsigned int i = 0; i < second->count; i++) {
		second->where[i] = two_bytes(s);
		second->how[i] = byte(s);
	}
	second->call = how & 0x80;
	if (second->call)
		second->regs = registers(s);
	second->armed = true;
}

static void step(struct input *s)
{
	uint8_t what = byte(s);
	size_t size;

	switch (what & 0xf) {
	case 0:
		world_power_cycle();
		break;
	case 1:
		world_cut(byte(s), (enum ffav_nor_cut)(what >> 4) % FFAV_NOR_CUTS);
		break;
	case 2:
		ffav_host_set_fault(world_machine(), byte(s));
		break;
	case 3:
		ffav_host_set_interrupts(world_machine(), byte(s));
		break;
	case 4:
		world_check();
		break;
	case 5:
	case 6:
		size = two_bytes(s);
		world_keep((what >> 4) % KEEPERS, size, byte(s));
		break;
	case 7:
		write_bytes(s);
		break;
	case 8:
	case 9:
		arm(s);
		break;
	case 10:
	case 11:
	case 12:
		any_call(s);
		break;
	default:
		message(s);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input s = {data, size};

	world_start();
	for (unsigned int i = 0; s.size && i < STEPS_MAX; i++)
		step(&s);
	world_check();
	world_end();
	return 0;
}
