// SPDX-License-Identifier: BSD-3-Clause
/*
 * Fuzz target: sequences of calls from both worlds on several CPUs.
 *
 * A model of FF-A, written from the specification and not from the manager,
 * foretells each answer and the state after it. On top of that:
 *   - a refused call changes nothing at all;
 *   - no register of the secure world reaches the normal world except through a
 *     response, and x8-x17 come back as they went;
 *   - memory of the normal world changes only in RX, and only when it is asked for.
 */
#include <stdio.h>
#include <stdlib.h>

#include "secure/spmc/spmc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CPUS  4u
#define PARTS 2u

#define NORMAL_BASE UINT64_C(0x40000000)
#define NORMAL_SIZE 0x6000u
/** The last page is shared by the first partition's manifest. */
#define SHARED_BASE (NORMAL_BASE + NORMAL_SIZE - 0x1000)
#define SECURE_BASE UINT64_C(0x0e000000)
#define SECURE_SIZE 0x4000u
/** What the partitions' registers hold where they say nothing. */
#define SECRET UINT64_C(0x5ec2e75ec2e70000)

static uint8_t normal_memory[NORMAL_SIZE];
static uint8_t secure_memory[PARTS][SECURE_SIZE];
static bool locked;
static struct ffav_spmc m;

static void require(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz_spmc: %s\n", what);
	abort();
}

void ffav_machine_lock(void)
{
	require(!locked, "the lock is taken twice");
	locked = true;
}

void ffav_machine_unlock(void)
{
	require(locked, "a free lock is released");
	locked = false;
}

void *ffav_machine_normal_memory(uint64_t address, size_t size)
{
	if (address < NORMAL_BASE || !ffav_range_in(address - NORMAL_BASE, size, NORMAL_SIZE))
		return NULL;
	return normal_memory + (address - NORMAL_BASE);
}

void *ffav_machine_partition_memory(unsigned int index, uint64_t address, size_t size)
{
	uint64_t base = SECURE_BASE + index * (uint64_t)SECURE_SIZE;

	if (address < base || !ffav_range_in(address - base, size, SECURE_SIZE))
		return NULL;
	return secure_memory[index] + (address - base);
}

/* The input as a stream; it ends in zeros. */
struct stream {
	const uint8_t *data;
	size_t size;
};

static uint8_t next_byte(struct stream *s)
{
	if (!s->size)
		return 0;
	s->size--;
	return *s->data++;
}

/* The model. Endpoint 0 is the normal world, 1 and 2 the partitions. */
enum state { WAITING, RUNNING, PREEMPTED, BLOCKED, DEAD };

struct model_endpoint {
	uint16_t id;
	uint32_t version;
	bool mapped;
	bool full;
	uint64_t rx;
};

struct model_partition {
	enum state state;
	int cpu;
	uint32_t request;
};

static struct model_endpoint endpoints[1 + PARTS];
static struct model_partition parts[PARTS];

/** What the model foretells: refused with a code, or where the CPU goes with what in x0. */
struct outcome {
	int32_t code;
	enum ffav_switch_to to;
	unsigned int partition;
	uint64_t x0, x1, x2, x3;
	bool any_payload;
};

static const struct ffav_uuid mm_uuids[] = {FFAV_UUID_MM_VARIABLE, FFAV_UUID_MM_COMMUNICATION2,
					    FFAV_UUID_MM_COMMUNICATION3};
static const struct ffav_uuid echo_uuid = {{0xec, 0x40}};

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

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static uint64_t next_value(struct stream *s)
{
	uint8_t pick = next_byte(s);
	uint64_t value = 0;

	if (pick < COUNT(interesting))
		return interesting[pick];
	for (unsigned int i = 0; i < (pick & 7u) + 1; i++)
		value = value << 8 | next_byte(s);
	return value;
}

static struct outcome refuse(int32_t code)
{
	return (struct outcome){.code = code, .x0 = FFA_ERROR, .x2 = (uint32_t)code};
}

static struct outcome succeed(uint64_t w2, uint64_t w3)
{
	return (struct outcome){.x0 = FFA_SUCCESS_32, .x2 = w2, .x3 = w3};
}

/* May @e make call @f, or meet it, at its version? */
static bool has(unsigned int e, uint32_t f, bool meet)
{
	uint32_t version = endpoints[e].version;

	switch (f) {
	case FFA_VERSION:
	case FFA_FEATURES:
	case FFA_RX_RELEASE:
	case FFA_RXTX_MAP_32:
	case FFA_RXTX_MAP_64:
	case FFA_RXTX_UNMAP:
	case FFA_PARTITION_INFO_GET:
	case FFA_ID_GET:
		return true;
	case FFA_SPM_ID_GET:
		return version >= FFA_VERSION_1_1;
	case FFA_PARTITION_INFO_GET_REGS:
		return version >= FFA_VERSION_1_2;
	case FFA_RUN:
	case FFA_MSG_SEND_DIRECT_REQ_32:
	case FFA_MSG_SEND_DIRECT_REQ_64:
		return e == 0;
	case FFA_MSG_SEND_DIRECT_REQ2:
		return e == 0 && version >= FFA_VERSION_1_2;
	case FFA_MSG_WAIT:
	case FFA_MSG_SEND_DIRECT_RESP_32:
	case FFA_MSG_SEND_DIRECT_RESP_64:
	case FFA_CONSOLE_LOG_32:
	case FFA_CONSOLE_LOG_64:
		return e != 0;
	case FFA_MSG_SEND_DIRECT_RESP2:
		return e != 0 && version >= FFA_VERSION_1_2;
	case FFA_ERROR:
	case FFA_YIELD:
		return e != 0 || meet;
	case FFA_SUCCESS_32:
	case FFA_SUCCESS_64:
		return meet;
	case FFA_INTERRUPT:
		return meet && e == 0;
	default:
		return false;
	}
}

static bool in_flight(unsigned int e)
{
	for (unsigned int i = 0; i < PARTS; i++) {
		if (parts[i].request && (e == 0 || e == i + 1))
			return true;
	}
	return false;
}

static struct outcome version(unsigned int e, uint32_t asked)
{
	uint32_t held = asked > FFA_VERSION_1_2 ? FFA_VERSION_1_2 : asked;
	struct outcome no = {.code = FFA_NOT_SUPPORTED, .x0 = UINT32_MAX};

	if (asked >> 31 || asked >> 16 != 1)
		return no;
	if (held != endpoints[e].version && (endpoints[e].mapped || in_flight(e)))
		return no;
	endpoints[e].version = held;
	return (struct outcome){.x0 = FFA_VERSION_1_2};
}

/* May @e offer [@address, @address + @size) as a buffer? */
static bool offers(unsigned int e, uint64_t address, uint64_t size)
{
	if (e == 0)
		return address >= NORMAL_BASE && address <= SHARED_BASE &&
		       size <= SHARED_BASE - address;
	return ffav_machine_partition_memory(e - 1, address, (size_t)size) != NULL;
}

static struct outcome rxtx_map(unsigned int e, uint64_t tx, uint64_t rx, uint64_t pages)
{
	uint64_t size = pages * 0x1000;

	if (!pages || pages > 63 || tx % 0x1000 || rx % 0x1000 || tx + size < tx ||
	    rx + size < rx)
		return refuse(FFA_INVALID_PARAMETERS);
	if (tx < rx + size && rx < tx + size)
		return refuse(FFA_INVALID_PARAMETERS);
	if (endpoints[e].mapped)
		return refuse(FFA_DENIED);
	if (!offers(e, tx, size) || !offers(e, rx, size))
		return refuse(FFA_INVALID_PARAMETERS);
	endpoints[e].mapped = true;
	endpoints[e].full = false;
	endpoints[e].rx = rx;
	return succeed(0, 0);
}

/* How many descriptors a caller of this version gets for a UUID. */
static unsigned int descriptors(uint32_t v, const struct ffav_uuid *uuid)
{
	if (ffav_uuid_is_nil(uuid))
		return v < FFA_VERSION_1_1 ? 2 : 4;
	for (size_t i = 0; i < COUNT(mm_uuids); i++) {
		if (ffav_uuid_equal(uuid, &mm_uuids[i]))
			return 1;
	}
	return ffav_uuid_equal(uuid, &echo_uuid);
}

static struct outcome info_get(unsigned int e, const uint64_t *x)
{
	struct model_endpoint *endpoint = &endpoints[e];
	struct ffav_uuid uuid = ffav_uuid_from_words((uint32_t)x[1], (uint32_t)x[2],
						     (uint32_t)x[3], (uint32_t)x[4]);
	unsigned int count = descriptors(endpoint->version, &uuid);
	bool old = endpoint->version < FFA_VERSION_1_1;

	if (x[5] > 1 || (old && x[5]) || !count)
		return refuse(FFA_INVALID_PARAMETERS);
	if (x[5])
		return succeed(count, 0);
	if (!endpoint->mapped)
		return refuse(FFA_DENIED);
	if (endpoint->full)
		return refuse(FFA_BUSY);
	endpoint->full = true;
	return succeed(count, old ? 0 : 24);
}

static struct outcome info_get_regs(unsigned int e, const uint64_t *x)
{
	struct ffav_uuid uuid = ffav_uuid_from_regs(x[1], x[2]);
	unsigned int count = descriptors(endpoints[e].version, &uuid);
	uint64_t start = x[3] & 0xffff;
	struct outcome o = {.x0 = FFA_SUCCESS_64, .any_payload = true};

	if (x[3] >> 32 || (!start && x[3] >> 16))
		return refuse(FFA_INVALID_PARAMETERS);
	if (start && x[3] >> 16 != m.generation)
		return refuse(FFA_RETRY);
	if (start >= count)
		return refuse(FFA_INVALID_PARAMETERS);
	o.x2 = (count - 1) | (uint64_t)(count - 1) << 16 | (uint64_t)m.generation << 32 |
	       UINT64_C(24) << 48;
	return o;
}

static struct outcome direct_request(unsigned int cpu, uint32_t f, const uint64_t *x)
{
	bool second = f == FFA_MSG_SEND_DIRECT_REQ2;
	struct ffav_uuid uuid = ffav_uuid_from_regs(x[2], x[3]);
	unsigned int i = (unsigned int)(x[1] - 0x8001);
	struct outcome o = {.to = FFAV_SWITCH_PARTITION, .any_payload = true};

	if (x[1] != 0x8001 && x[1] != 0x8002)
		return refuse(FFA_INVALID_PARAMETERS);
	if (!second && x[2])
		return refuse(FFA_INVALID_PARAMETERS);
	if (second && i == 1)
		return refuse(FFA_DENIED);
	if (second && !ffav_uuid_is_nil(&uuid) &&
	    (descriptors(FFA_VERSION_1_2, &uuid) != 1 || ffav_uuid_equal(&uuid, &echo_uuid)))
		return refuse(FFA_INVALID_PARAMETERS);
	if (parts[i].state == DEAD)
		return refuse(FFA_ABORTED);
	if (parts[i].state != WAITING)
		return refuse(FFA_BUSY);
	parts[i] = (struct model_partition){RUNNING, (int)cpu, f};
	o.partition = i;
	o.x0 = f;
	o.x1 = x[1];
	o.x2 = x[2];
	o.x3 = x[3];
	return o;
}

static struct outcome direct_response(unsigned int i, uint32_t f, const uint64_t *x)
{
	bool second = f == FFA_MSG_SEND_DIRECT_RESP2;
	struct outcome o = {.to = FFAV_SWITCH_NORMAL, .any_payload = true};
	/* A request's response is the next function id of the same width. */
	if (f != parts[i].request + 1)
		return refuse(FFA_DENIED);
	if (x[1] != (UINT64_C(0x8001) + i) << 16 || x[2] || (second && x[3]))
		return refuse(FFA_INVALID_PARAMETERS);
	parts[i] = (struct model_partition){WAITING, -1, 0};
	o.x0 = f;
	o.x1 = x[1];
	o.x3 = x[3];
	return o;
}

static struct outcome run(unsigned int cpu, uint64_t target)
{
	unsigned int i = (unsigned int)(target >> 16) - 0x8001;
	struct outcome o = {.to = FFAV_SWITCH_RESUME, .any_payload = true};

	if (target != 0x80010000 && target != 0x80020000)
		return refuse(FFA_INVALID_PARAMETERS);
	o.partition = i;
	switch (parts[i].state) {
	case WAITING:
		return refuse(FFA_DENIED);
	case RUNNING:
		return refuse(FFA_BUSY);
	case DEAD:
		return refuse(FFA_ABORTED);
	case BLOCKED:
		o.to = FFAV_SWITCH_PARTITION;
		o.x0 = FFA_SUCCESS_32;
		break;
	case PREEMPTED:
		break;
	}
	parts[i].state = RUNNING;
	parts[i].cpu = (int)cpu;
	return o;
}

/* Foretell a call of endpoint @e on @cpu with the registers that it may see, @x. */
static struct outcome foretell(unsigned int e, unsigned int cpu, const uint64_t *x)
{
	struct model_endpoint *endpoint = &endpoints[e];
	uint32_t f = (uint32_t)x[0];
	struct outcome o;

	if (!has(e, f, false))
		return refuse(FFA_NOT_SUPPORTED);
	switch (f) {
	case FFA_VERSION:
		return version(e, (uint32_t)x[1]);
	case FFA_FEATURES:
		return has(e, (uint32_t)x[1], true) ? succeed(0, 0) : refuse(FFA_NOT_SUPPORTED);
	case FFA_ID_GET:
		return succeed(endpoint->id, 0);
	case FFA_SPM_ID_GET:
		return succeed(0x8000, 0);
	case FFA_RXTX_MAP_32:
	case FFA_RXTX_MAP_64:
		return rxtx_map(e, x[1], x[2], x[3]);
	case FFA_RXTX_UNMAP:
		if (x[1] || !endpoint->mapped)
			return refuse(FFA_INVALID_PARAMETERS);
		endpoint->mapped = false;
		endpoint->full = false;
		return succeed(0, 0);
	case FFA_RX_RELEASE:
		if (x[1])
			return refuse(FFA_INVALID_PARAMETERS);
		if (!endpoint->full)
			return refuse(FFA_DENIED);
		endpoint->full = false;
		return succeed(0, 0);
	case FFA_PARTITION_INFO_GET:
		return info_get(e, x);
	case FFA_PARTITION_INFO_GET_REGS:
		return info_get_regs(e, x);
	case FFA_RUN:
		return run(cpu, x[1]);
	case FFA_CONSOLE_LOG_32:
	case FFA_CONSOLE_LOG_64:
		if (!x[1] || x[1] > (f == FFA_CONSOLE_LOG_32                ? 24
				     : endpoint->version >= FFA_VERSION_1_2 ? 128
									    : 48))
			return refuse(FFA_INVALID_PARAMETERS);
		return succeed(0, 0);
	case FFA_YIELD:
		parts[e - 1].state = BLOCKED;
		parts[e - 1].cpu = -1;
		o = (struct outcome){.to = FFAV_SWITCH_NORMAL, .x0 = FFA_YIELD};
		o.x1 = (uint64_t)endpoint->id << 16;
		return o;
	case FFA_MSG_WAIT:
	case FFA_ERROR:
		/* Every partition here works on a request whenever it runs. */
		return refuse(FFA_DENIED);
	case FFA_MSG_SEND_DIRECT_REQ_32:
	case FFA_MSG_SEND_DIRECT_REQ_64:
	case FFA_MSG_SEND_DIRECT_REQ2:
		return direct_request(cpu, f, x);
	default:
		return direct_response(e - 1, f, x);
	}
}

/* The manager's state is the model's. */
static void compare(void)
{
	static const enum ffav_partition_state states[] = {
		[WAITING] = FFAV_PARTITION_WAITING,     [RUNNING] = FFAV_PARTITION_RUNNING,
		[PREEMPTED] = FFAV_PARTITION_PREEMPTED, [BLOCKED] = FFAV_PARTITION_BLOCKED,
		[DEAD] = FFAV_PARTITION_DEAD,
	};

	require(!locked, "the lock is still held");
	for (unsigned int e = 0; e <= PARTS; e++) {
		const struct ffav_endpoint *have =
			e ? &m.partitions[e - 1].endpoint : &m.normal;

		require(have->version == endpoints[e].version, "version");
		require((have->rx_pages != 0) == endpoints[e].mapped, "RX/TX mapped");
		require(have->rx_full == endpoints[e].full, "RX full");
	}
	for (unsigned int i = 0; i < PARTS; i++) {
		require(m.partitions[i].state == states[parts[i].state], "partition state");
		require(m.partitions[i].request == parts[i].request, "request");
	}
	for (unsigned int cpu = 0; cpu < FFAV_SPMC_CPUS_MAX; cpu++) {
		int runs = -1;

		for (unsigned int i = 0; i < PARTS; i++) {
			if (parts[i].state == RUNNING && parts[i].cpu == (int)cpu)
				runs = (int)i;
		}
		require(m.current[cpu] == runs, "who runs where");
	}
}

/* A refused call leaves everything as it was but for the note that it was made. */
static void compare_unchanged(const struct ffav_spmc *before)
{
	struct ffav_spmc now = m, then = *before;

	memset(now.kept, 0, sizeof(now.kept));
	memset(then.kept, 0, sizeof(then.kept));
	now.normal.spoke = then.normal.spoke = false;
	for (unsigned int i = 0; i < PARTS; i++)
		now.partitions[i].endpoint.spoke = then.partitions[i].endpoint.spoke = false;
	require(!memcmp(&now, &then, sizeof(now)), "a refused call changed the state");
}

/* @kept: what x8-x17 must hold, or NULL for zeros; @sent: the call as the manager may see it. */
static void check_registers(const struct outcome *o, const struct ffav_smc_regs *sent,
			    const struct ffav_smc_regs *got, const uint64_t *kept)
{
	if (o->to == FFAV_SWITCH_RESUME)
		return;
	require(got->x[0] == o->x0, "x0");
	require(got->x[1] == o->x1, "x1");
	require(got->x[2] == o->x2, "x2");
	if (o->any_payload && o->x0 == FFA_SUCCESS_64)
		return;
	require(got->x[3] == o->x3, "x3");
	if (!o->any_payload) {
		for (unsigned int i = 4; i < 8; i++)
			require(!got->x[i], "an unused result is not zero");
	} else if (!(got->x[0] & SMCCC_64)) {
		for (unsigned int i = 1; i < 8; i++)
			require(!(got->x[i] >> 32), "an upper half of a 32-bit call");
	}
	if (got->x[0] == FFA_MSG_SEND_DIRECT_RESP2 || got->x[0] == FFA_MSG_SEND_DIRECT_REQ2) {
		require(!memcmp(&got->x[4], &sent->x[4], 14 * sizeof(got->x[0])),
			"x4-x17 of a second-kind message");
	} else {
		for (unsigned int i = 8; i < FFAV_SMC_REGS; i++)
			require(got->x[i] == (kept ? kept[i - 8] : 0), "x8-x17");
	}
}

static uint64_t kept_of[CPUS][10];
static uint8_t shadow[NORMAL_SIZE];

/* Memory of the normal world is as it was, but for a fresh answer in RX. */
static void check_memory(bool answered)
{
	size_t rx = (size_t)(endpoints[0].rx - NORMAL_BASE);

	if (answered)
		memcpy(shadow + rx, normal_memory + rx, 4 * FFA_PARTITION_INFO_SIZE_1_1);
	require(!memcmp(shadow, normal_memory, NORMAL_SIZE), "memory of the normal world");
}

static void call(struct stream *s, unsigned int cpu)
{
	struct ffav_spmc before = m;
	struct ffav_smc_regs sent, got, seen;
	struct outcome o;
	struct ffav_switch to;
	const uint64_t *keeps;
	unsigned int e = 0;
	uint8_t pick = next_byte(s);

	for (unsigned int i = 0; i < PARTS; i++) {
		if (parts[i].state == RUNNING && parts[i].cpu == (int)cpu)
			e = i + 1;
	}
	for (unsigned int i = 0; i < FFAV_SMC_REGS; i++)
		sent.x[i] = (e ? SECRET : UINT64_C(0xabcdef0100000000)) + i + cpu;
	sent.x[0] = pick < COUNT(functions) ? functions[pick] : next_value(s);
	/* Most calls have few arguments; the rest are zero or, half of the time, noise. */
	for (unsigned int i = 1; i < 8; i++)
		sent.x[i] = i < 4 ? next_value(s) : pick & 0x80 ? sent.x[i] : 0;
	if (sent.x[0] == FFA_PARTITION_INFO_GET) {
		sent.x[4] = next_value(s);
		sent.x[5] = next_value(s);
	}
	seen = sent;
	seen.x[0] = (uint32_t)sent.x[0];
	for (unsigned int i = 1; i < FFAV_SMC_REGS && !(sent.x[0] & SMCCC_64); i++)
		seen.x[i] = (uint32_t)sent.x[i];
	got = sent;
	if (e) {
		o = foretell(e, cpu, seen.x);
		if (o.code || o.x0 == FFA_SUCCESS_32 || o.x0 == FFA_SUCCESS_64 ||
		    seen.x[0] == FFA_VERSION) {
			o.to = FFAV_SWITCH_PARTITION;
			o.partition = e - 1;
		}
		to = ffav_spmc_from_partition(&m, cpu, &got);
	} else {
		memcpy(kept_of[cpu], &sent.x[8], sizeof(kept_of[cpu]));
		o = foretell(0, cpu, seen.x);
		to = ffav_spmc_from_normal(&m, cpu, &got);
	}
	require(to.to == o.to, "where the CPU goes");
	require(o.to == FFAV_SWITCH_NORMAL || to.partition == o.partition, "which partition");
	/* Whoever gets an answer keeps its own x8-x17; a partition that gets a message has none. */
	keeps = e && o.to == FFAV_SWITCH_PARTITION ? &sent.x[8] : kept_of[cpu];
	if (!e && o.to == FFAV_SWITCH_PARTITION)
		keeps = NULL;
	check_registers(&o, &seen, &got, keeps);
	if (o.code)
		compare_unchanged(&before);
	check_memory(!e && !o.code && seen.x[0] == FFA_PARTITION_INFO_GET && !seen.x[5]);
}

static void interrupt(unsigned int cpu, bool fatal)
{
	struct ffav_smc_regs got;
	struct ffav_switch to;
	struct outcome o = {.x0 = FFA_INTERRUPT};

	for (unsigned int i = 0; i < PARTS; i++) {
		if (parts[i].state != RUNNING || parts[i].cpu != (int)cpu)
			continue;
		for (unsigned int j = 0; j < FFAV_SMC_REGS; j++)
			got.x[j] = SECRET + j;
		if (fatal) {
			o = refuse(FFA_ABORTED);
			parts[i] = (struct model_partition){DEAD, -1, 0};
			endpoints[i + 1].mapped = false;
			endpoints[i + 1].full = false;
			to = ffav_spmc_faulted(&m, cpu, &got);
		} else {
			o.x1 = (uint64_t)endpoints[i + 1].id << 16;
			parts[i].state = PREEMPTED;
			parts[i].cpu = -1;
			to = ffav_spmc_preempted(&m, cpu, &got);
		}
		require(to.to == FFAV_SWITCH_NORMAL, "an interrupt goes to the normal world");
		check_registers(&o, &got, &got, kept_of[cpu]);
		return;
	}
}

static void drain(void)
{
	char line[FFAV_REPORT_LINE_MAX];
	size_t size, lines = 0;

	while ((size = ffav_report_take(line))) {
		require(size <= sizeof(line), "a report line is too long");
		for (size_t i = 0; i < size; i++)
			require(line[i] >= ' ' && line[i] <= '~',
				"a report line does not print");
		require(++lines <= 64, "the ring is not bounded");
	}
	ffav_report_refill(8);
}

static void add(const struct ffav_partition_config *config)
{
	struct ffav_smc_regs wait = {{FFA_MSG_WAIT}};
	const char *why;

	require(ffav_spmc_add(&m, config, &why) >= 0, "add");
	require(ffav_spmc_boot(&m, 0) >= 0, "boot");
	require(ffav_spmc_from_partition(&m, 0, &wait).to == FFAV_SWITCH_NORMAL, "start");
}

static void start(void)
{
	struct ffav_partition_config config = {
		.name = "mm",
		.id = 0x8001,
		.version = FFA_VERSION_1_2,
		.uuid_count = COUNT(mm_uuids),
		.properties = FFA_PARTITION_DIRECT_RECV | FFA_PARTITION_DIRECT2_RECV,
		.contexts = 1,
		.load_address = SECURE_BASE,
		.image_size = SECURE_SIZE,
		.regions = {{SHARED_BASE, 0x1000,
			     FFAV_REGION_READ | FFAV_REGION_WRITE | FFAV_REGION_NORMAL_WORLD}},
		.region_count = 1,
	};

	ffav_spmc_init(&m);
	memcpy(config.uuids, mm_uuids, sizeof(mm_uuids));
	add(&config);
	config.id = 0x8002;
	config.version = FFA_VERSION_1_0;
	config.uuids[0] = echo_uuid;
	config.uuid_count = 1;
	config.properties = FFA_PARTITION_DIRECT_RECV;
	config.load_address += SECURE_SIZE;
	config.region_count = 0;
	add(&config);
	memset(endpoints, 0, sizeof(endpoints));
	memset(kept_of, 0, sizeof(kept_of));
	memset(normal_memory, 0x5a, sizeof(normal_memory));
	memset(shadow, 0x5a, sizeof(shadow));
	endpoints[0].version = FFA_VERSION_1_0;
	endpoints[1].version = FFA_VERSION_1_2;
	endpoints[2].version = FFA_VERSION_1_0;
	for (unsigned int i = 0; i < PARTS; i++) {
		endpoints[i + 1].id = (uint16_t)(0x8001 + i);
		parts[i] = (struct model_partition){WAITING, -1, 0};
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stream s = {data, size};

	start();
	compare();
	while (s.size) {
		uint8_t what = next_byte(&s);
		unsigned int cpu = what % CPUS;

		switch (what >> 2 & 0xf) {
		case 0:
			interrupt(cpu, what >> 6 == 3);
			break;
		case 1:
			drain();
			break;
		case 2:
			/* The normal world writes wherever it likes, at any time. */
			memset(normal_memory, next_byte(&s), sizeof(normal_memory));
			memcpy(shadow, normal_memory, sizeof(shadow));
			break;
		default:
			call(&s, cpu);
			break;
		}
		compare();
	}
	drain();
	return 0;
}
