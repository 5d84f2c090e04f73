/* SPDX-License-Identifier: BSD-3-Clause */
/* The FF-A client: versions, discovery, and the completion loop. */
#include <string.h>

#include "tests/unit/normal/world.h"

#define NOT_SUPPORTED64 UINT64_C(0xffffffffffffffff)

/* A manager of FF-A that a test sets up. */
static struct {
	/* Answers to successive FFA_VERSION calls, and what was offered. */
	uint64_t version[8];
	uint64_t offered[8];
	unsigned int versions;
	uint64_t id;
	int32_t id_error;
	/* Interfaces. */
	bool has_regs;
	uint64_t rxtx_feature;
	int32_t map_error, unmap_error, info_error, regs_error;
	uint32_t count;
	uint32_t stride;
	uint64_t properties;
	uint16_t first_id;
	/* RX/TX as the manager sees them. */
	bool mapped, rx_full;
	unsigned int maps, unmaps, releases, reg_calls;
	uint64_t seen[8];
	/* Bytes of a descriptor of PARTITION_INFO_GET_REGS; 0 for 24. */
	uint32_t regs_size;
	/* Makes x2 of a reply of PARTITION_INFO_GET_REGS. */
	uint64_t (*index)(uint32_t start, uint32_t last);
} m;

static void succeed(struct ffav_smc_regs *regs, uint64_t x2, uint64_t x3)
{
	memset(regs, 0, sizeof(*regs));
	regs->x[0] = FFA_SUCCESS_32;
	regs->x[2] = x2;
	regs->x[3] = x3;
}

static void info_get(struct ffav_smc_regs *regs)
{
	assert_true(m.mapped && !m.rx_full);
	memcpy(m.seen, regs->x, sizeof(m.seen));
	if (m.info_error) {
		world_error(regs, m.info_error);
		return;
	}
	memset(world.rxtx, 0xee, 4096);
	for (uint32_t i = 0; i < m.count && m.stride >= 8 && (i + 1) * m.stride <= 4096; i++) {
		ffav_put16(world.rxtx + i * m.stride, (uint16_t)(m.first_id + i));
		ffav_put16(world.rxtx + i * m.stride + 2, 1);
		ffav_put32(world.rxtx + i * m.stride + 4, (uint32_t)m.properties);
	}
	m.rx_full = true;
	succeed(regs, m.count, m.stride == 8 ? 0 : m.stride);
}

static void info_get_regs(struct ffav_smc_regs *regs)
{
	uint32_t start = (uint16_t)regs->x[3];
	uint32_t last = m.count - 1;
	uint32_t size = m.regs_size ? m.regs_size : 24;
	uint32_t most = 120 / size;
	struct ffav_info_regs x2 = {(uint16_t)last, 0, 0x77, (uint16_t)size};

	memcpy(m.seen, regs->x, sizeof(m.seen));
	if (start)
		assert_int_equal(regs->x[3] >> 16, 0x77);
	m.reg_calls++;
	if (m.regs_error || !m.count) {
		world_error(regs, m.regs_error ? m.regs_error : FFA_INVALID_PARAMETERS);
		return;
	}
	x2.current = (uint16_t)(last - start >= most ? start + most - 1 : last);
	succeed(regs, ffav_info_regs_encode(&x2), 0);
	regs->x[0] = FFA_SUCCESS_64;
	memset(&regs->x[3], 0xee, 15 * sizeof(regs->x[0]));
	for (uint32_t i = start; i <= x2.current; i++) {
		struct ffav_partition_info info = {
			(uint16_t)(m.first_id + i), 1, (uint32_t)m.properties, {{0}}};
		struct ffav_smc_regs one;

		ffav_info_regs_put(&one, 0, &info);
		memcpy(&regs->x[3 + (i - start) * (size / 8)], &one.x[3], 24);
	}
	if (m.index)
		regs->x[2] = m.index(start, last);
}

static void manager(struct ffav_smc_regs *regs)
{
	switch ((uint32_t)regs->x[0]) {
	case FFA_VERSION:
		assert_true(m.versions < 8);
		m.offered[m.versions] = regs->x[1];
		regs->x[0] = m.version[m.versions++];
		return;
	case FFA_ID_GET:
		if (m.id_error)
			world_error(regs, m.id_error);
		else
			succeed(regs, m.id, 0);
		return;
	case FFA_FEATURES:
		if (regs->x[1] == FFA_PARTITION_INFO_GET_REGS && m.has_regs)
			succeed(regs, 0, 0);
		else if (regs->x[1] == FFA_RXTX_MAP_64)
			succeed(regs, m.rxtx_feature, 0);
		else
			world_error(regs, FFA_NOT_SUPPORTED);
		return;
	case FFA_RXTX_MAP_64:
		m.maps++;
		assert_false(m.mapped);
		assert_int_equal(regs->x[1], WORLD_RXTX_ADDRESS + 4096);
		assert_int_equal(regs->x[2], WORLD_RXTX_ADDRESS);
		assert_int_equal(regs->x[3], 1);
		if (m.map_error) {
			world_error(regs, m.map_error);
			return;
		}
		m.mapped = true;
		succeed(regs, 0, 0);
		return;
	case FFA_RXTX_UNMAP:
		m.unmaps++;
		assert_true(m.mapped);
		assert_int_equal(regs->x[1], m.id << 16);
		if (m.unmap_error) {
			world_error(regs, m.unmap_error);
			return;
		}
		m.mapped = false;
		succeed(regs, 0, 0);
		return;
	case FFA_RX_RELEASE:
		m.releases++;
		assert_true(m.rx_full);
		m.rx_full = false;
		succeed(regs, 0, 0);
		return;
	case FFA_PARTITION_INFO_GET:
		info_get(regs);
		return;
	case FFA_PARTITION_INFO_GET_REGS:
		info_get_regs(regs);
		return;
	default:
		fail_msg("SMC 0x%llx", (unsigned long long)regs->x[0]);
	}
}

static int setup(void **state)
{
	(void)state;
	world_reset();
	world.allow_dirty = true;
	world.smc = manager;
	memset(&m, 0, sizeof(m));
	m.version[0] = FFA_VERSION_1_2;
	m.has_regs = true;
	m.count = 1;
	m.stride = 24;
	m.first_id = WORLD_PARTITION;
	m.properties = FFA_PARTITION_DIRECT_RECV;
	return 0;
}

static void test_version_matrix(void **state)
{
	static const struct {
		uint64_t answer[4];
		uint64_t offered[4];
		uint32_t version;
	} rows[] = {
		{{0x10002}, {0x10002}, 0x10002},
		/* Newer than ours: ours it is, no second call. */
		{{0x10003}, {0x10002}, 0x10002},
		{{0x1ffff}, {0x10002}, 0x10002},
		/* Older: adopted by calling again with it. */
		{{0x10001, 0x10001}, {0x10002, 0x10001}, 0x10001},
		{{0x10000, 0x10000}, {0x10002, 0x10000}, 0x10000},
		{{0x10001, 0x10000, 0x10000}, {0x10002, 0x10001, 0x10000}, 0x10000},
		/* Refused until the offer is old enough; -1 in 32 and in 64 bits. */
		{{0xffffffff, 0x10001}, {0x10002, 0x10001}, 0x10001},
		{{NOT_SUPPORTED64, 0x10001}, {0x10002, 0x10001}, 0x10001},
		{{0xffffffff, 0xffffffff, 0x10000}, {0x10002, 0x10001, 0x10000}, 0x10000},
		/* Answers 1.1, then does not know it. */
		{{0x10001, 0xffffffff, 0x10000}, {0x10002, 0x10001, 0x10000}, 0x10000},
		/* Nobody there. */
		{{NOT_SUPPORTED64, NOT_SUPPORTED64, NOT_SUPPORTED64},
		 {0x10002, 0x10001, 0x10000},
		 0},
		/* Not 1.x: 0.9, 2.0, the reserved bit, an FFA_ERROR, a success code. */
		{{0x00009}, {0x10002}, 0},
		{{0x20000}, {0x10002}, 0},
		{{0x80010002}, {0x10002}, 0},
		{{FFA_ERROR}, {0x10002}, 0},
		{{0}, {0x10002}, 0},
		/* INT_MIN is not NOT_SUPPORTED. */
		{{0x80000000}, {0x10002}, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ffav_ffa ffa;
		efi_status_t status;
		unsigned int offers = 0;

		setup(NULL);
		memcpy(m.version, rows[i].answer, sizeof(rows[i].answer));
		status = ffav_ffa_open(&ffa);
		while (offers < 4 && rows[i].offered[offers]) {
			assert_int_equal(m.offered[offers], rows[i].offered[offers]);
			offers++;
		}
		assert_int_equal(m.versions, offers);
		assert_int_equal(ffa.version, rows[i].version);
		assert_int_equal(status, rows[i].version ? EFI_SUCCESS : EFI_UNSUPPORTED);
		assert_int_equal(world.logs != 0, !rows[i].version);
	}
}

static void test_id(void **state)
{
	struct ffav_ffa ffa;

	(void)state;
	m.id = 5;
	assert_int_equal(ffav_ffa_open(&ffa), EFI_SUCCESS);
	assert_int_equal(ffa.id, 5);

	m.versions = 0;
	m.id = 0x10005;
	assert_int_equal(ffav_ffa_open(&ffa), EFI_DEVICE_ERROR);
	m.versions = 0;
	m.id_error = INT32_MIN;
	assert_int_equal(ffav_ffa_open(&ffa), EFI_DEVICE_ERROR);
	assert_true(world_logged("FFA_ID_GET"));
}

static efi_status_t find(struct ffav_ffa *ffa, struct ffav_partition_info *info)
{
	static const struct ffav_uuid uuid = FFAV_UUID_MM_VARIABLE;
	struct ffav_ffa_rxtx rxtx = {world.rxtx, WORLD_RXTX_ADDRESS};
	efi_status_t status;

	assert_int_equal(ffav_ffa_open(ffa), EFI_SUCCESS);
	status = ffav_ffa_find(ffa, &uuid, &rxtx, info);
	/* On every path. */
	assert_false(m.rx_full);
	if (!m.unmap_error) {
		assert_false(m.mapped);
		assert_false(ffa->rxtx_mapped);
		assert_null(ffa->rx);
	}
	return status;
}

static void test_find_by_registers(void **state)
{
	struct ffav_partition_info info;
	struct ffav_ffa ffa;

	(void)state;
	assert_int_equal(find(&ffa, &info), EFI_SUCCESS);
	assert_int_equal(info.id, WORLD_PARTITION);
	assert_int_equal(info.properties, FFA_PARTITION_DIRECT_RECV);
	assert_int_equal(m.seen[1], UINT64_C(0x0942e69933d532ed));
	assert_int_equal(m.seen[2], UINT64_C(0xa798d9cd722dc09c));
	assert_int_equal(m.maps, 0);

	/* Seven partitions come in two answers, with the tag of the first. */
	setup(NULL);
	m.count = 7;
	assert_int_equal(find(&ffa, &info), EFI_ABORTED);
	assert_int_equal(m.reg_calls, 2);
	assert_int_equal(world.log_value[world.logs - 1], 7);

	setup(NULL);
	m.count = 0;
	assert_int_equal(find(&ffa, &info), EFI_NOT_FOUND);

	setup(NULL);
	m.regs_error = INT32_MIN;
	assert_int_equal(find(&ffa, &info), EFI_DEVICE_ERROR);
	assert_int_equal(m.maps, 0);

	/* FEATURES promises, the call does not know: RX/TX are next. */
	setup(NULL);
	m.regs_error = FFA_NOT_SUPPORTED;
	assert_int_equal(find(&ffa, &info), EFI_SUCCESS);
	assert_int_equal(m.maps, 1);
}

/* FF-A 1.3 has longer descriptors, and Hafnium gives them to callers of 1.2. */
static void test_find_by_registers_long(void **state)
{
	static const uint32_t sizes[] = {24, 32, 48, 120};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct ffav_partition_info info;
		struct ffav_ffa ffa;

		setup(NULL);
		m.regs_size = sizes[i];
		assert_int_equal(find(&ffa, &info), EFI_SUCCESS);
		assert_int_equal(info.id, m.first_id);
		assert_int_equal(m.reg_calls, 1);
		/* All of them are counted, however few fit into an answer. */
		setup(NULL);
		m.regs_size = sizes[i];
		m.count = 7;
		assert_int_equal(find(&ffa, &info), EFI_ABORTED);
		assert_int_equal(m.reg_calls, (7 + 120 / sizes[i] - 1) / (120 / sizes[i]));
	}
}

static uint64_t index_backwards(uint32_t start, uint32_t last)
{
	struct ffav_info_regs x2 = {(uint16_t)last, (uint16_t)(start ? start - 1 : 0), 0x77,
				    24};

	return ffav_info_regs_encode(&x2);
}

static uint64_t index_beyond_registers(uint32_t start, uint32_t last)
{
	struct ffav_info_regs x2 = {(uint16_t)last, (uint16_t)(start + 5), 0x77, 24};

	return ffav_info_regs_encode(&x2);
}

static uint64_t index_beyond_last(uint32_t start, uint32_t last)
{
	struct ffav_info_regs x2 = {(uint16_t)last, (uint16_t)(last + 1), 0x77, 24};

	(void)start;
	return ffav_info_regs_encode(&x2);
}

static uint64_t index_last_grows(uint32_t start, uint32_t last)
{
	struct ffav_info_regs x2 = {(uint16_t)(last + start), (uint16_t)(start + 4), 0x77, 24};

	return ffav_info_regs_encode(&x2);
}

static uint64_t index_size_zero(uint32_t start, uint32_t last)
{
	struct ffav_info_regs x2 = {(uint16_t)last, (uint16_t)(start + 4), 0x77, 0};

	return ffav_info_regs_encode(&x2);
}

static uint64_t index_size_odd(uint32_t start, uint32_t last)
{
	struct ffav_info_regs x2 = {(uint16_t)last, (uint16_t)(start + 2), 0x77, 28};

	return ffav_info_regs_encode(&x2);
}

static uint64_t index_too_many_long_ones(uint32_t start, uint32_t last)
{
	struct ffav_info_regs x2 = {(uint16_t)last, (uint16_t)(start + 2), 0x77, 48};

	return ffav_info_regs_encode(&x2);
}

static uint64_t index_ones(uint32_t start, uint32_t last)
{
	(void)start;
	(void)last;
	return UINT64_MAX;
}

static void test_find_by_registers_lies(void **state)
{
	static uint64_t (*const lies[])(uint32_t, uint32_t) = {
		index_backwards,  index_beyond_registers,   index_beyond_last,
		index_last_grows, index_size_zero,          index_size_odd,
		index_ones,       index_too_many_long_ones,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct ffav_partition_info info;
		struct ffav_ffa ffa;

		setup(NULL);
		m.count = 12;
		m.index = lies[i];
		assert_int_equal(find(&ffa, &info), EFI_DEVICE_ERROR);
		assert_true(world_logged("make no sense"));
		assert_true(m.reg_calls <= 3);
	}
}

static void test_find_by_rxtx(void **state)
{
	static const struct {
		uint64_t version;
		uint32_t stride, count;
		efi_status_t status;
	} rows[] = {
		{0x10000, 8, 1, EFI_SUCCESS},
		{0x10001, 24, 1, EFI_SUCCESS},
		{0x10002, 24, 1, EFI_SUCCESS},
		{0x10002, 48, 1, EFI_SUCCESS},
		{0x10001, 8, 1, EFI_SUCCESS},
		{0x10001, 24, 0, EFI_NOT_FOUND},
		{0x10001, 24, 3, EFI_ABORTED},
		{0x10001, 24, 170, EFI_ABORTED},
		{0x10001, 24, 171, EFI_DEVICE_ERROR},
		{0x10001, 4, 1, EFI_DEVICE_ERROR},
		{0x10001, 4097, 1, EFI_DEVICE_ERROR},
		{0x10001, UINT32_MAX, 1, EFI_DEVICE_ERROR},
		{0x10001, 24, UINT32_MAX, EFI_DEVICE_ERROR},
		/* 1.0 has no size field: what a manager leaves in w3 is not one. */
		{0x10000, 8, 512, EFI_ABORTED},
		{0x10000, 8, 513, EFI_DEVICE_ERROR},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ffav_partition_info info;
		struct ffav_ffa ffa;

		setup(NULL);
		m.version[0] = m.version[1] = rows[i].version;
		m.has_regs = false;
		m.stride = rows[i].stride;
		m.count = rows[i].count;
		assert_int_equal(find(&ffa, &info), rows[i].status);
		if (!rows[i].status)
			assert_int_equal(info.id, WORLD_PARTITION);
		assert_int_equal(m.seen[1], 0x33d532ed);
		assert_int_equal(m.seen[2], 0x0942e699);
		assert_int_equal(m.seen[3], 0x722dc09c);
		assert_int_equal(m.seen[4], 0xa798d9cd);
		assert_int_equal(m.seen[5], 0);
		assert_int_equal(m.maps, 1);
		assert_int_equal(m.unmaps, 1);
		assert_int_equal(m.releases, 1);
	}
}

static void test_find_by_rxtx_refused(void **state)
{
	struct ffav_uuid uuid = FFAV_UUID_MM_VARIABLE;
	struct ffav_ffa_rxtx none = {NULL, 0};
	struct ffav_partition_info info;
	struct ffav_ffa ffa;

	(void)state;
	m.has_regs = false;
	m.info_error = FFA_INVALID_PARAMETERS;
	assert_int_equal(find(&ffa, &info), EFI_NOT_FOUND);
	assert_int_equal(m.unmaps, 1);
	assert_int_equal(m.releases, 0);

	setup(NULL);
	m.has_regs = false;
	m.info_error = FFA_BUSY;
	assert_int_equal(find(&ffa, &info), EFI_DEVICE_ERROR);
	assert_int_equal(m.unmaps, 1);

	setup(NULL);
	m.has_regs = false;
	m.map_error = FFA_DENIED;
	assert_int_equal(find(&ffa, &info), EFI_DEVICE_ERROR);
	assert_int_equal(m.unmaps, 0);
	assert_true(world_logged("FFA_RXTX_MAP"));

	/* 64 KiB granule: our page would be too small. */
	setup(NULL);
	m.has_regs = false;
	m.rxtx_feature = 1;
	assert_int_equal(find(&ffa, &info), EFI_UNSUPPORTED);
	assert_int_equal(m.maps, 0);

	setup(NULL);
	m.has_regs = false;
	assert_int_equal(ffav_ffa_open(&ffa), EFI_SUCCESS);
	assert_int_equal(ffav_ffa_find(&ffa, &uuid, &none, &info), EFI_UNSUPPORTED);
	assert_int_equal(m.maps, 0);

	/* Could not be unmapped: it is told, and tried again later. */
	setup(NULL);
	m.has_regs = false;
	m.unmap_error = FFA_DENIED;
	assert_int_equal(find(&ffa, &info), EFI_SUCCESS);
	assert_true(world_logged("FFA_RXTX_UNMAP"));
	assert_true(ffa.rxtx_mapped);
	assert_null(ffa.rx);
	m.unmap_error = 0;
	assert_true(ffav_ffa_rxtx_unmap(&ffa));
	assert_false(m.mapped);
	assert_true(ffav_ffa_rxtx_unmap(&ffa));
	assert_int_equal(m.unmaps, 2);
}

static void test_partition_id_zero(void **state)
{
	struct ffav_partition_info info;
	struct ffav_ffa ffa;

	(void)state;
	/* Id 0 is an id like any other, unless it is our own. */
	m.first_id = 0;
	m.id = 1;
	assert_int_equal(find(&ffa, &info), EFI_SUCCESS);
	assert_int_equal(info.id, 0);

	setup(NULL);
	m.first_id = 0;
	assert_int_equal(find(&ffa, &info), EFI_ABORTED);
	assert_true(world_logged("our own endpoint id"));
}

/* --- The completion loop --- */

/* What the manager answers, one entry per SMC; the last one for ever. */
static struct {
	struct ffav_smc_regs answer[8];
	unsigned int answers;
	struct ffav_smc_regs seen[8];
	/* After this many SMCs of FFA_RUN the partition responds; 0: not by itself. */
	unsigned int runs;
	unsigned int respond_after;
} loop;

static void scripted(struct ffav_smc_regs *regs)
{
	unsigned int n = world.smcs - 1;

	if (n < 8)
		loop.seen[n] = *regs;
	if ((uint32_t)regs->x[0] == FFA_RUN)
		loop.runs++;
	if (loop.respond_after && loop.runs == loop.respond_after) {
		memset(regs, 0, sizeof(*regs));
		regs->x[0] = FFA_MSG_SEND_DIRECT_RESP_64;
		regs->x[1] = ffav_ffa_endpoints(WORLD_PARTITION, 1);
		return;
	}
	*regs = loop.answer[n < loop.answers ? n : loop.answers - 1];
}

static void answer(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
	struct ffav_smc_regs *r = &loop.answer[loop.answers++];

	r->x[0] = x0;
	r->x[1] = x1;
	r->x[2] = x2;
	r->x[3] = x3;
}

static int setup_loop(void **state)
{
	setup(state);
	memset(&loop, 0, sizeof(loop));
	world.smc = scripted;
	return 0;
}

static enum ffav_ffa_outcome direct(uint64_t fid, struct ffav_smc_regs *regs)
{
	struct ffav_ffa ffa = {
		.version = FFA_VERSION_1_2, .id = 1, .partition = WORLD_PARTITION};

	struct ffav_ffa_request request = {.fid = (uint32_t)fid, .x3 = 0x1234};

	memset(regs, 0xff, sizeof(*regs));
	return ffav_ffa_direct(&ffa, &request, regs);
}

#define ENDPOINTS UINT64_C(0x80030001)

static void test_direct_response(void **state)
{
	struct ffav_smc_regs regs;

	(void)state;
	answer(FFA_MSG_SEND_DIRECT_RESP_64, ENDPOINTS, 0, 42);
	assert_int_equal(direct(FFA_MSG_SEND_DIRECT_REQ_64, &regs), FFAV_FFA_RESPONSE);
	assert_int_equal(regs.x[3], 42);
	assert_int_equal(loop.seen[0].x[0], 0xc400006f);
	assert_int_equal(loop.seen[0].x[1], 0x00018003);
	assert_int_equal(loop.seen[0].x[2], 0);
	assert_int_equal(loop.seen[0].x[3], 0x1234);

	setup_loop(NULL);
	answer(FFA_MSG_SEND_DIRECT_RESP2, ENDPOINTS, UINT64_MAX, 0);
	assert_int_equal(direct(FFA_MSG_SEND_DIRECT_REQ2, &regs), FFAV_FFA_RESPONSE);
	assert_int_equal(loop.seen[0].x[0], 0xc400008d);
}

static void test_direct_nonsense(void **state)
{
	static const struct {
		uint64_t fid, x0, x1, x2;
	} rows[] = {
		/* Endpoints: swapped, another partition, another receiver. */
		{FFA_MSG_SEND_DIRECT_REQ_64, FFA_MSG_SEND_DIRECT_RESP_64, 0x00018003, 0},
		{FFA_MSG_SEND_DIRECT_REQ_64, FFA_MSG_SEND_DIRECT_RESP_64, 0x80040001, 0},
		{FFA_MSG_SEND_DIRECT_REQ_64, FFA_MSG_SEND_DIRECT_RESP_64, 0x80030002, 0},
		{FFA_MSG_SEND_DIRECT_REQ_64, FFA_MSG_SEND_DIRECT_RESP_64, 0, 0},
		{FFA_MSG_SEND_DIRECT_REQ2, FFA_MSG_SEND_DIRECT_RESP2, 0x80040001, 0},
		/* A message of the framework. */
		{FFA_MSG_SEND_DIRECT_REQ_64, FFA_MSG_SEND_DIRECT_RESP_64, ENDPOINTS,
		 0x80000000},
		/* The wrong form of response, and calls that are none. */
		{FFA_MSG_SEND_DIRECT_REQ_64, FFA_MSG_SEND_DIRECT_RESP_32, ENDPOINTS, 0},
		{FFA_MSG_SEND_DIRECT_REQ_64, FFA_MSG_SEND_DIRECT_RESP2, ENDPOINTS, 0},
		{FFA_MSG_SEND_DIRECT_REQ2, FFA_MSG_SEND_DIRECT_RESP_64, ENDPOINTS, 0},
		{FFA_MSG_SEND_DIRECT_REQ_64, FFA_SUCCESS_32, 0, 0},
		{FFA_MSG_SEND_DIRECT_REQ_64, FFA_SUCCESS_64, ENDPOINTS, 0},
		{FFA_MSG_SEND_DIRECT_REQ_64, FFA_MSG_WAIT, 0, 0},
		{FFA_MSG_SEND_DIRECT_REQ_64, 0, ENDPOINTS, 0},
		{FFA_MSG_SEND_DIRECT_REQ_64, NOT_SUPPORTED64, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ffav_smc_regs regs;

		setup_loop(NULL);
		answer(rows[i].x0, rows[i].x1, rows[i].x2, 0);
		assert_int_equal(direct(rows[i].fid, &regs), FFAV_FFA_LOST);
		assert_int_equal(world.smcs, 1);
	}
}

static void test_direct_interrupt_and_yield(void **state)
{
	struct ffav_smc_regs regs;

	(void)state;
	answer(FFA_INTERRUPT, 0x80030002, 0, 0);
	answer(FFA_YIELD, 0x80050001, 99, 98);
	answer(FFA_INTERRUPT, 0x80030000, 0, 0);
	answer(FFA_MSG_SEND_DIRECT_RESP_64, ENDPOINTS, 0, 0);
	assert_int_equal(direct(FFA_MSG_SEND_DIRECT_REQ_64, &regs), FFAV_FFA_RESPONSE);
	assert_int_equal(world.smcs, 4);
	for (unsigned int i = 1; i < 4; i++) {
		assert_int_equal(loop.seen[i].x[0], FFA_RUN);
		for (unsigned int r = 2; r < FFAV_SMC_REGS; r++)
			assert_int_equal(loop.seen[i].x[r], 0);
	}
	/* With the ids that came back, whosever they are. */
	assert_int_equal(loop.seen[1].x[1], 0x80030002);
	assert_int_equal(loop.seen[2].x[1], 0x80050001);
	assert_int_equal(loop.seen[3].x[1], 0x80030000);
}

static void test_direct_long_erase(void **state)
{
	struct ffav_smc_regs regs;

	(void)state;
	answer(FFA_INTERRUPT, 0x80030000, 0, 0);
	loop.respond_after = 100000;
	assert_int_equal(direct(FFA_MSG_SEND_DIRECT_REQ_64, &regs), FFAV_FFA_RESPONSE);
	assert_int_equal(world.smcs, 100001);
}

static void test_direct_interrupts_without_end(void **state)
{
	struct ffav_smc_regs regs;

	(void)state;
	answer(FFA_INTERRUPT, 0x80030000, 0, 0);
	assert_int_equal(direct(FFA_MSG_SEND_DIRECT_REQ_64, &regs), FFAV_FFA_LOST);
	assert_int_equal(world.smcs, FFAV_RESUME_MAX + 1);
}

static void test_direct_busy(void **state)
{
	static const int32_t codes[] = {FFA_BUSY, FFA_RETRY};

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		struct ffav_smc_regs regs;
		uint64_t before;

		/* Twice, then it works: the same request each time. */
		setup_loop(NULL);
		answer(FFA_ERROR, 0, (uint32_t)codes[i], 0);
		answer(FFA_ERROR, 0, (uint64_t)(int64_t)codes[i], 0);
		answer(FFA_MSG_SEND_DIRECT_RESP_64, ENDPOINTS, 0, 0);
		assert_int_equal(direct(FFA_MSG_SEND_DIRECT_REQ_64, &regs), FFAV_FFA_RESPONSE);
		assert_int_equal(world.smcs, 3);
		assert_memory_equal(&loop.seen[2], &loop.seen[0], sizeof(loop.seen[0]));

		/* For ever: bounded, with time between the attempts, and nothing was handed over. */
		setup_loop(NULL);
		answer(FFA_ERROR, 0, (uint32_t)codes[i], 0);
		before = world.now;
		assert_int_equal(direct(FFA_MSG_SEND_DIRECT_REQ_64, &regs), FFAV_FFA_ERROR);
		assert_int_equal(world.smcs, FFAV_BACKOFF_ATTEMPTS + 1);
		assert_true(world.now - before > world.rate / 20);
		assert_true(world.now - before < world.rate / 5);

		/* While resuming: FFA_RUN is what is repeated, and giving up loses the buffer. */
		setup_loop(NULL);
		answer(FFA_INTERRUPT, 0x80030000, 0, 0);
		answer(FFA_ERROR, 0, (uint32_t)codes[i], 0);
		assert_int_equal(direct(FFA_MSG_SEND_DIRECT_REQ_64, &regs), FFAV_FFA_LOST);
		assert_int_equal(loop.seen[2].x[0], FFA_RUN);
		assert_int_equal(loop.seen[2].x[1], 0x80030000);
	}
}

static void test_direct_busy_without_a_clock(void **state)
{
	struct ffav_smc_regs regs;

	(void)state;
	world.counter_stuck = true;
	answer(FFA_ERROR, 0, (uint32_t)FFA_BUSY, 0);
	assert_int_equal(direct(FFA_MSG_SEND_DIRECT_REQ_64, &regs), FFAV_FFA_ERROR);
	assert_int_equal(world.smcs, FFAV_BACKOFF_ATTEMPTS + 1);

	setup_loop(NULL);
	world.rate = UINT64_MAX;
	answer(FFA_ERROR, 0, (uint32_t)FFA_BUSY, 0);
	assert_int_equal(direct(FFA_MSG_SEND_DIRECT_REQ_64, &regs), FFAV_FFA_ERROR);

	setup_loop(NULL);
	world.rate = 0;
	answer(FFA_ERROR, 0, (uint32_t)FFA_BUSY, 0);
	assert_int_equal(direct(FFA_MSG_SEND_DIRECT_REQ_64, &regs), FFAV_FFA_ERROR);
}

static void test_direct_errors(void **state)
{
	static const int32_t codes[] = {-1, -2,  -3, -5, -6,        -8,
					-9, -10, 0,  1,  INT32_MIN, INT32_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		struct ffav_smc_regs regs;

		setup_loop(NULL);
		answer(FFA_ERROR, 0, (uint32_t)codes[i], 0);
		assert_int_equal(direct(FFA_MSG_SEND_DIRECT_REQ_64, &regs), FFAV_FFA_ERROR);
		assert_int_equal((int32_t)regs.x[2], codes[i]);
		assert_int_equal(world.smcs, 1);

		setup_loop(NULL);
		answer(FFA_INTERRUPT, 0x80030000, 0, 0);
		answer(FFA_ERROR, 0, (uint32_t)codes[i], 0);
		assert_int_equal(direct(FFA_MSG_SEND_DIRECT_REQ_64, &regs),
				 FFAV_FFA_ERROR_RESUMED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_version_matrix, setup),
		cmocka_unit_test_setup(test_id, setup),
		cmocka_unit_test_setup(test_find_by_registers, setup),
		cmocka_unit_test_setup(test_find_by_registers_long, setup),
		cmocka_unit_test_setup(test_find_by_registers_lies, setup),
		cmocka_unit_test_setup(test_find_by_rxtx, setup),
		cmocka_unit_test_setup(test_find_by_rxtx_refused, setup),
		cmocka_unit_test_setup(test_partition_id_zero, setup),
		cmocka_unit_test_setup(test_direct_response, setup_loop),
		cmocka_unit_test_setup(test_direct_nonsense, setup_loop),
		cmocka_unit_test_setup(test_direct_interrupt_and_yield, setup_loop),
		cmocka_unit_test_setup(test_direct_long_erase, setup_loop),
		cmocka_unit_test_setup(test_direct_interrupts_without_end, setup_loop),
		cmocka_unit_test_setup(test_direct_busy, setup_loop),
		cmocka_unit_test_setup(test_direct_busy_without_a_clock, setup_loop),
		cmocka_unit_test_setup(test_direct_errors, setup_loop),
	};

	return cmocka_run_group_tests_name("normal/ffa", tests, NULL, NULL);
}
