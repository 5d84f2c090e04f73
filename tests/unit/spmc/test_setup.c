// SPDX-License-Identifier: BSD-3-Clause
/* Version, features, ids and buffers: the chapter "Setup and discovery". */
#include "tests/unit/spmc/machine.h"

static struct ffav_spmc m;

static int setup(void **state)
{
	(void)state;
	machine_start(&m);
	return 0;
}

#define RX (NORMAL_BASE + 0x2000)
#define TX (NORMAL_BASE + 0x1000)

static void map_rxtx(void)
{
	assert_answer(normal(&m, 0, CALL3(FFA_RXTX_MAP_64, TX, RX, 1)), FFA_SUCCESS_32, 0, 0,
		      0);
}

/* Every version that a caller may ask for, what it is told and what holds then. */
static void version_matrix(void **state)
{
	static const struct {
		uint64_t asked;
		uint32_t answer;
		uint32_t holds;
	} rows[] = {
		{0x10000, FFA_VERSION_1_2, FFA_VERSION_1_0},
		{0x10001, FFA_VERSION_1_2, FFA_VERSION_1_1},
		{0x10002, FFA_VERSION_1_2, FFA_VERSION_1_2},
		{0x10003, FFA_VERSION_1_2, FFA_VERSION_1_2},
		{0x1ffff, FFA_VERSION_1_2, FFA_VERSION_1_2},
		/* The upper half of a 32-bit call's register does not count. */
		{UINT64_C(0xdead000000010001), FFA_VERSION_1_2, FFA_VERSION_1_1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_answer(normal(&m, 0, CALL1(FFA_VERSION, rows[i].asked)), rows[i].answer,
			      0, 0, 0);
		assert_int_equal(m.normal.version, rows[i].holds);
		assert_silent();
	}
}

static void version_refused(void **state)
{
	static const struct {
		uint64_t asked;
		const char *line;
	} rows[] = {
		{0x80010002,
		 "FFA_VERSION refused: bit 31 of the version is set (value 0x80010002)"},
		{0xffffffff,
		 "FFA_VERSION refused: bit 31 of the version is set (value 0xffffffff)"},
		{0x00000000, "FFA_VERSION refused: another major version (value 0x0)"},
		{0x0000ffff, "FFA_VERSION refused: another major version (value 0xffff)"},
		{0x00020000, "FFA_VERSION refused: another major version (value 0x20000)"},
		{0x7fff0000, "FFA_VERSION refused: another major version (value 0x7fff0000)"},
	};

	(void)state;
	normal(&m, 0, CALL1(FFA_VERSION, FFA_VERSION_1_1));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_answer(normal(&m, 0, CALL1(FFA_VERSION, rows[i].asked)), 0xffffffff, 0,
			      0, 0);
		assert_reported(rows[i].line);
		assert_int_equal(m.normal.version, FFA_VERSION_1_1);
	}
}

/* An operating system negotiates after its firmware, but not under live buffers. */
static void version_again(void **state)
{
	(void)state;
	assert_int_equal(m.normal.version, FFA_VERSION_1_0);
	normal(&m, 0, CALL1(FFA_VERSION, FFA_VERSION_1_1));
	normal(&m, 0, CALL0(FFA_ID_GET));
	assert_answer(normal(&m, 0, CALL1(FFA_VERSION, FFA_VERSION_1_2)), FFA_VERSION_1_2, 0, 0,
		      0);
	map_rxtx();
	assert_answer(normal(&m, 0, CALL1(FFA_VERSION, FFA_VERSION_1_2)), FFA_VERSION_1_2, 0, 0,
		      0);
	assert_silent();
	assert_answer(normal(&m, 0, CALL1(FFA_VERSION, FFA_VERSION_1_1)), 0xffffffff, 0, 0, 0);
	assert_reported("FFA_VERSION refused: the version changes while RX/TX are mapped "
			"(value 0x10001)");
	assert_int_equal(m.normal.version, FFA_VERSION_1_2);
	normal(&m, 0, CALL0(FFA_RXTX_UNMAP));
	assert_answer(normal(&m, 0, CALL1(FFA_VERSION, FFA_VERSION_1_0)), FFA_VERSION_1_2, 0, 0,
		      0);
	assert_int_equal(m.normal.version, FFA_VERSION_1_0);
}

static void version_in_flight(void **state)
{
	struct ffav_smc_regs r;

	(void)state;
	normal(&m, 0, CALL1(FFA_VERSION, FFA_VERSION_1_2));
	request(&m, 0, MM, CALL1(FFA_MSG_SEND_DIRECT_REQ_64, MM_ID));
	assert_answer(normal(&m, 1, CALL1(FFA_VERSION, FFA_VERSION_1_1)), 0xffffffff, 0, 0, 0);
	assert_reported("FFA_VERSION refused: the version changes during a direct request "
			"(value 0x10001)");
	assert_answer(normal(&m, 1, CALL1(FFA_VERSION, FFA_VERSION_1_2)), FFA_VERSION_1_2, 0, 0,
		      0);
	/* The same for the partition that works on it. */
	r = partition(&m, 0, MM, CALL1(FFA_VERSION, FFA_VERSION_1_1));
	assert_answer(r, 0xffffffff, 0, 0, 0);
	assert_reported("FFA_VERSION refused: the version changes during a direct request "
			"(value 0x10001)");
	r = partition(&m, 0, MM, CALL1(FFA_VERSION, FFA_VERSION_1_2));
	assert_answer(r, FFA_VERSION_1_2, 0, 0, 0);
	/* Also while it is preempted. */
	ffav_spmc_preempted(&m, 0, &r);
	assert_answer(normal(&m, 0, CALL1(FFA_VERSION, FFA_VERSION_1_0)), 0xffffffff, 0, 0, 0);
	assert_reported("FFA_VERSION refused: the version changes during a direct request "
			"(value 0x10000)");
}

/* The strict reading: the first other call fixes the version. */
static void version_locks(void **state)
{
	(void)state;
	m.version_locks = true;
	normal(&m, 0, CALL1(FFA_VERSION, FFA_VERSION_1_1));
	assert_answer(normal(&m, 0, CALL1(FFA_VERSION, FFA_VERSION_1_2)), FFA_VERSION_1_2, 0, 0,
		      0);
	normal(&m, 0, CALL0(FFA_ID_GET));
	assert_silent();
	assert_answer(normal(&m, 0, CALL1(FFA_VERSION, FFA_VERSION_1_1)), 0xffffffff, 0, 0, 0);
	assert_reported(
		"FFA_VERSION refused: the version changes after other calls (value 0x10001)");
	assert_answer(normal(&m, 0, CALL1(FFA_VERSION, FFA_VERSION_1_2)), FFA_VERSION_1_2, 0, 0,
		      0);
	/* A version that is held down to ours is ours. */
	assert_answer(normal(&m, 0, CALL1(FFA_VERSION, 0x10009)), FFA_VERSION_1_2, 0, 0, 0);
}

/* Each endpoint has a version of its own. */
static void version_per_endpoint(void **state)
{
	(void)state;
	normal(&m, 0, CALL1(FFA_VERSION, FFA_VERSION_1_1));
	assert_int_equal(m.normal.version, FFA_VERSION_1_1);
	assert_int_equal(m.partitions[MM].endpoint.version, FFA_VERSION_1_2);
	assert_int_equal(m.partitions[ECHO].endpoint.version, FFA_VERSION_1_0);
}

static void version_of_starting_partition(void **state)
{
	const char *why;
	struct ffav_partition_config config = machine_config(ECHO);

	(void)state;
	ffav_spmc_init(&m);
	ffav_spmc_add(&m, &config, &why);
	assert_int_equal(ffav_spmc_boot(&m, 0), 0);
	assert_answer(partition(&m, 0, 0, CALL1(FFA_VERSION, FFA_VERSION_1_1)), FFA_VERSION_1_2,
		      0, 0, 0);
	assert_int_equal(m.partitions[0].endpoint.version, FFA_VERSION_1_1);
	respond(&m, 0, CALL0(FFA_MSG_WAIT));
}

static void ids(void **state)
{
	(void)state;
	assert_answer(normal(&m, 0, CALL0(FFA_ID_GET)), FFA_SUCCESS_32, 0, 0, 0);
	assert_refused(normal(&m, 0, CALL0(FFA_SPM_ID_GET)), FFA_NOT_SUPPORTED,
		       "FFA_SPM_ID_GET refused: this caller has no such function "
		       "(value 0x84000085)");
	normal(&m, 0, CALL1(FFA_VERSION, FFA_VERSION_1_1));
	assert_answer(normal(&m, 0, CALL0(FFA_SPM_ID_GET)), FFA_SUCCESS_32, 0, 0x8000, 0);
	request(&m, 0, ECHO, CALL1(FFA_MSG_SEND_DIRECT_REQ_32, ECHO_ID));
	assert_answer(partition(&m, 0, ECHO, CALL0(FFA_ID_GET)), FFA_SUCCESS_32, 0, ECHO_ID, 0);
	request(&m, 1, MM, CALL1(FFA_MSG_SEND_DIRECT_REQ_32, MM_ID));
	assert_answer(partition(&m, 1, MM, CALL0(FFA_ID_GET)), FFA_SUCCESS_32, 0, MM_ID, 0);
	assert_answer(partition(&m, 1, MM, CALL0(FFA_SPM_ID_GET)), FFA_SUCCESS_32, 0, 0x8000,
		      0);
	assert_silent();
}

/* What each caller has at each version; everything else in the range it has not. */
struct feature_row {
	uint32_t function;
	uint32_t normal_since;
	uint32_t partition_since;
};

#define NEVER UINT32_MAX

static const struct feature_row feature_rows[] = {
	{FFA_ERROR, FFA_VERSION_1_0, FFA_VERSION_1_0},
	{FFA_SUCCESS_32, FFA_VERSION_1_0, FFA_VERSION_1_0},
	{FFA_SUCCESS_64, FFA_VERSION_1_0, FFA_VERSION_1_0},
	{FFA_INTERRUPT, FFA_VERSION_1_0, FFA_VERSION_1_0},
	{FFA_VERSION, FFA_VERSION_1_0, FFA_VERSION_1_0},
	{FFA_FEATURES, FFA_VERSION_1_0, FFA_VERSION_1_0},
	{FFA_RX_RELEASE, FFA_VERSION_1_0, FFA_VERSION_1_0},
	{FFA_RXTX_MAP_32, FFA_VERSION_1_0, FFA_VERSION_1_0},
	{FFA_RXTX_MAP_64, FFA_VERSION_1_0, FFA_VERSION_1_0},
	{FFA_RXTX_UNMAP, FFA_VERSION_1_0, FFA_VERSION_1_0},
	{FFA_PARTITION_INFO_GET, FFA_VERSION_1_0, FFA_VERSION_1_0},
	{FFA_PARTITION_INFO_GET_REGS, FFA_VERSION_1_2, FFA_VERSION_1_2},
	{FFA_ID_GET, FFA_VERSION_1_0, FFA_VERSION_1_0},
	{FFA_SPM_ID_GET, FFA_VERSION_1_1, FFA_VERSION_1_1},
	{FFA_MSG_WAIT, NEVER, FFA_VERSION_1_0},
	{FFA_YIELD, FFA_VERSION_1_0, FFA_VERSION_1_0},
	{FFA_RUN, FFA_VERSION_1_0, FFA_VERSION_1_0},
	{FFA_MSG_SEND_DIRECT_REQ_32, FFA_VERSION_1_0, FFA_VERSION_1_0},
	{FFA_MSG_SEND_DIRECT_REQ_64, FFA_VERSION_1_0, FFA_VERSION_1_0},
	{FFA_MSG_SEND_DIRECT_RESP_32, NEVER, FFA_VERSION_1_0},
	{FFA_MSG_SEND_DIRECT_RESP_64, NEVER, FFA_VERSION_1_0},
	{FFA_MSG_SEND_DIRECT_REQ2, FFA_VERSION_1_2, FFA_VERSION_1_2},
	{FFA_MSG_SEND_DIRECT_RESP2, NEVER, FFA_VERSION_1_2},
	{FFA_CONSOLE_LOG_32, NEVER, FFA_VERSION_1_0},
	{FFA_CONSOLE_LOG_64, NEVER, FFA_VERSION_1_0},
	{FFA_MEM_LEND_32, FFA_VERSION_1_0, FFA_VERSION_1_0},
	{FFA_MEM_LEND_64, FFA_VERSION_1_0, FFA_VERSION_1_0},
	{FFA_MEM_SHARE_32, FFA_VERSION_1_0, FFA_VERSION_1_0},
	{FFA_MEM_SHARE_64, FFA_VERSION_1_0, FFA_VERSION_1_0},
	{FFA_MEM_RETRIEVE_REQ_32, NEVER, FFA_VERSION_1_0},
	{FFA_MEM_RETRIEVE_REQ_64, NEVER, FFA_VERSION_1_0},
	{FFA_MEM_RETRIEVE_RESP, NEVER, FFA_VERSION_1_0},
	{FFA_MEM_RELINQUISH, NEVER, FFA_VERSION_1_0},
	{FFA_MEM_RECLAIM, FFA_VERSION_1_0, FFA_VERSION_1_0},
	{FFA_MEM_FRAG_RX, FFA_VERSION_1_0, FFA_VERSION_1_0},
	{FFA_MEM_FRAG_TX, FFA_VERSION_1_0, FFA_VERSION_1_0},
	{FFA_MEM_PERM_GET_32, NEVER, FFA_VERSION_1_1},
	{FFA_MEM_PERM_GET_64, NEVER, FFA_VERSION_1_1},
	{FFA_MEM_PERM_SET_32, NEVER, FFA_VERSION_1_1},
	{FFA_MEM_PERM_SET_64, NEVER, FFA_VERSION_1_1},
};

static const struct feature_row *feature_row(uint32_t function)
{
	for (size_t i = 0; i < sizeof(feature_rows) / sizeof(feature_rows[0]); i++) {
		if (feature_rows[i].function == function)
			return &feature_rows[i];
	}
	return NULL;
}

/* FFA_FEATURES with every property of the function set, of which one exists: the NS bit. */
static struct ffav_smc_regs features(uint32_t function)
{
	return CALL2(FFA_FEATURES, function, UINT32_MAX);
}

static bool is_retrieval(uint32_t function)
{
	return function == FFA_MEM_RETRIEVE_REQ_32 || function == FFA_MEM_RETRIEVE_REQ_64;
}

static void check_feature(struct ffav_smc_regs r, uint32_t function, uint32_t since,
			  uint32_t version)
{
	char line[FFAV_REPORT_LINE_MAX];
	bool ns = is_retrieval(function) && version >= FFA_VERSION_1_1;

	if (version >= since)
		assert_answer(r, FFA_SUCCESS_32, 0, ns ? 2 : 0, 0);
	else
		assert_answer(r, FFA_ERROR, 0, (uint32_t)FFA_NOT_SUPPORTED, 0);
	while (ffav_report_take(line))
		assert_true(version < since);
	ffav_report_refill(UINT16_MAX);
}

static void features_tell_the_truth(void **state)
{
	(void)state;
	request(&m, 1, MM, CALL1(FFA_MSG_SEND_DIRECT_REQ_32, MM_ID));
	for (uint32_t version = FFA_VERSION_1_0; version <= FFA_VERSION_1_2; version++) {
		m.normal.version = version;
		m.partitions[MM].endpoint.version = version;
		for (uint32_t n = 0x40; n < 0x100; n++) {
			for (uint32_t wide = 0; wide <= SMCCC_64; wide += SMCCC_64) {
				uint32_t function = FFA_FID32(n) | wide;
				const struct feature_row *row = feature_row(function);

				check_feature(normal(&m, 0, features(function)), function,
					      row ? row->normal_since : NEVER, version);
				check_feature(partition(&m, 1, MM, features(function)),
					      function, row ? row->partition_since : NEVER,
					      version);
			}
		}
	}
}

static void drain(void)
{
	char line[FFAV_REPORT_LINE_MAX];

	while (ffav_report_take(line))
		;
	ffav_report_refill(UINT16_MAX);
}

/* What FFA_FEATURES denies is refused when it is called, and what it grants is not. */
static void calls_agree_with_features(void **state)
{
	(void)state;
	for (uint32_t version = FFA_VERSION_1_0; version <= FFA_VERSION_1_2; version++) {
		for (uint32_t n = 0x40; n < 0x100; n++) {
			for (uint32_t wide = 0; wide <= SMCCC_64; wide += SMCCC_64) {
				uint32_t function = FFA_FID32(n) | wide;
				const struct feature_row *row = feature_row(function);
				struct ffav_smc_regs r;
				bool has = row && row->normal_since <= version;

				/* These reach callers as answers; nobody in the normal world makes them. */
				if (function == FFA_ERROR || function == FFA_SUCCESS_32 ||
				    function == FFA_SUCCESS_64 || function == FFA_INTERRUPT ||
				    function == FFA_YIELD || function == FFA_MEM_FRAG_RX)
					has = false;
				m.normal.version = version;
				/* Wrong in every argument, so nothing is set off. */
				r = normal(&m, 0,
					   CALL3(function, 0xffffffff, 0xffffffff, 0xffffffff));
				if (function == FFA_VERSION) {
					assert_int_equal(r.x[0], 0xffffffff);
				} else if (function == FFA_FEATURES) {
					assert_int_equal(r.x[2], 0xffffffff);
				} else if (has) {
					assert_int_not_equal(r.x[2], 0xffffffff);
				} else {
					assert_answer(r, FFA_ERROR, 0,
						      (uint32_t)FFA_NOT_SUPPORTED, 0);
				}
				drain();
			}
		}
	}
}

/* Who retrieves since FF-A 1.1 knows the NS bit of the answer, or has no such function. */
static void feature_ns_bit(void **state)
{
	static const struct {
		uint32_t version;
		uint64_t properties;
		uint32_t answer;
		uint64_t w2;
	} rows[] = {
		{FFA_VERSION_1_0, 0, FFA_SUCCESS_32, 0},
		{FFA_VERSION_1_0, 2, FFA_SUCCESS_32, 0},
		{FFA_VERSION_1_1, 2, FFA_SUCCESS_32, 2},
		{FFA_VERSION_1_2, 2, FFA_SUCCESS_32, 2},
		{FFA_VERSION_1_1, 0, FFA_ERROR, (uint32_t)FFA_NOT_SUPPORTED},
		{FFA_VERSION_1_2, 1, FFA_ERROR, (uint32_t)FFA_NOT_SUPPORTED},
	};

	(void)state;
	request(&m, 1, MM, CALL1(FFA_MSG_SEND_DIRECT_REQ_32, MM_ID));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		m.partitions[MM].endpoint.version = rows[i].version;
		assert_answer(partition(&m, 1, MM,
					CALL2(FFA_FEATURES, FFA_MEM_RETRIEVE_REQ_32,
					      rows[i].properties)),
			      rows[i].answer, 0, rows[i].w2, 0);
		if (rows[i].answer == FFA_SUCCESS_32)
			assert_silent();
		else
			assert_reported(
				rows[i].properties
					? "FFA_FEATURES refused: the caller does not say that "
					  "it knows the NS bit (value 0x1)"
					: "FFA_FEATURES refused: the caller does not say that "
					  "it knows the NS bit (value 0x0)");
	}
}

static void feature_ids(void **state)
{
	(void)state;
	assert_refused(normal(&m, 0, CALL1(FFA_FEATURES, FFA_FEATURE_NPI)), FFA_NOT_SUPPORTED,
		       "FFA_FEATURES refused: there are no notifications and no managed exit "
		       "(value 0x1)");
	assert_refused(normal(&m, 0, CALL1(FFA_FEATURES, 0)), FFA_NOT_SUPPORTED,
		       "FFA_FEATURES refused: there are no notifications and no managed exit "
		       "(value 0x0)");
	assert_refused(
		normal(&m, 0, CALL1(FFA_FEATURES, 0x80000000)), FFA_NOT_SUPPORTED,
		"FFA_FEATURES refused: this caller has no such function (value 0x80000000)");
}

static void unknown_function(void **state)
{
	(void)state;
	assert_refused(normal(&m, 0, CALL0(FFA_MEM_DONATE_64)), FFA_NOT_SUPPORTED,
		       "FF-A call refused: unknown function (value 0xc4000071)");
	assert_refused(normal(&m, 0, CALL0(FFA_MSG_WAIT)), FFA_NOT_SUPPORTED,
		       "FFA_MSG_WAIT refused: this caller has no such function "
		       "(value 0x8400006b)");
	/* The function id is a 32-bit value. */
	assert_answer(normal(&m, 0, CALL0(UINT64_C(0xffffffff00000000) | FFA_ID_GET)),
		      FFA_SUCCESS_32, 0, 0, 0);
}

static void rxtx(void **state)
{
	(void)state;
	map_rxtx();
	assert_refused(normal(&m, 1, CALL3(FFA_RXTX_MAP_64, TX, RX, 1)), FFA_DENIED,
		       "FFA_RXTX_MAP refused: RX/TX are mapped already (value 0x40002000)");
	assert_answer(normal(&m, 1, CALL0(FFA_RXTX_UNMAP)), FFA_SUCCESS_32, 0, 0, 0);
	assert_refused(normal(&m, 1, CALL0(FFA_RXTX_UNMAP)), FFA_INVALID_PARAMETERS,
		       "FFA_RXTX_UNMAP refused: RX/TX are not mapped (value 0x0)");
	/* A 32-bit call sees only the low halves. */
	assert_answer(normal(&m, 0,
			     CALL3(FFA_RXTX_MAP_32, UINT64_C(0xbad00000000) | TX,
				   UINT64_C(0xbad00000000) | RX, UINT64_C(0xbad00000000) | 1)),
		      FFA_SUCCESS_32, 0, 0, 0);
	assert_silent();
	/* Nothing was written. */
	for (size_t i = 0; i < NORMAL_SIZE; i++)
		assert_int_equal(machine_normal[i], 0x5a);
}

static void rxtx_refused(void **state)
{
	static const struct {
		uint64_t tx, rx, pages;
		const char *line;
	} rows[] = {
		{TX, RX, 0, "FFA_RXTX_MAP refused: the page count is not 1 to 63 (value 0x0)"},
		{TX, RX, 64,
		 "FFA_RXTX_MAP refused: the page count is not 1 to 63 (value 0x40)"},
		{TX, RX, 0x10001,
		 "FFA_RXTX_MAP refused: the page count is not 1 to 63 (value 0x10001)"},
		{TX + 1, RX, 1,
		 "FFA_RXTX_MAP refused: TX is not aligned to 4 KiB or wraps (value "
		 "0x40001001)"},
		{TX, RX + 0x800, 1,
		 "FFA_RXTX_MAP refused: RX is not aligned to 4 KiB or wraps (value "
		 "0x40002800)"},
		{UINT64_C(0xfffffffffffff000), RX, 1,
		 "FFA_RXTX_MAP refused: TX is not aligned to 4 KiB or wraps "
		 "(value 0xfffffffffffff000)"},
		{TX, UINT64_C(0xfffffffffffff000), 2,
		 "FFA_RXTX_MAP refused: RX is not aligned to 4 KiB or wraps "
		 "(value 0xfffffffffffff000)"},
		{TX, TX, 1, "FFA_RXTX_MAP refused: RX and TX overlap (value 0x40001000)"},
		{TX, RX, 2, "FFA_RXTX_MAP refused: RX and TX overlap (value 0x40002000)"},
		{RX, TX, 2, "FFA_RXTX_MAP refused: RX and TX overlap (value 0x40001000)"},
		/* Secure memory, memory behind the end, and across it. */
		{PARTITION_BASE, RX, 1,
		 "FFA_RXTX_MAP refused: TX is not memory that the caller may offer "
		 "(value 0xe100000)"},
		{TX, PARTITION_BASE, 1,
		 "FFA_RXTX_MAP refused: RX is not memory that the caller may offer "
		 "(value 0xe100000)"},
		{TX, NORMAL_BASE + NORMAL_SIZE - 0x1000, 2,
		 "FFA_RXTX_MAP refused: RX is not memory that the caller may offer "
		 "(value 0x4007f000)"},
		{0, RX, 1,
		 "FFA_RXTX_MAP refused: TX is not memory that the caller may offer (value "
		 "0x0)"},
		/* The buffer that the MM partition works on. */
		{TX, SHARED_BASE + SHARED_SIZE - 0x1000, 1,
		 "FFA_RXTX_MAP refused: RX is not memory that the caller may offer "
		 "(value 0x4005f000)"},
		{SHARED_BASE - 0x1000, RX, 2,
		 "FFA_RXTX_MAP refused: TX is not memory that the caller may offer "
		 "(value 0x4003f000)"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_refused(
			normal(&m, 0,
			       CALL3(FFA_RXTX_MAP_64, rows[i].tx, rows[i].rx, rows[i].pages)),
			FFA_INVALID_PARAMETERS, rows[i].line);
		assert_int_equal(m.normal.rx_pages, 0);
		assert_null(m.normal.rx);
	}
	/* The largest that there is. */
	assert_answer(
		normal(&m, 0,
		       CALL3(FFA_RXTX_MAP_64, NORMAL_BASE, SHARED_BASE + SHARED_SIZE, 32)),
		FFA_SUCCESS_32, 0, 0, 0);
}

static void rxtx_of_partition(void **state)
{
	uint64_t own = PARTITION_BASE + PARTITION_SIZE;
	struct ffav_smc_regs r;

	(void)state;
	request(&m, 0, ECHO, CALL1(FFA_MSG_SEND_DIRECT_REQ_32, ECHO_ID));
	r = partition(&m, 0, ECHO, CALL3(FFA_RXTX_MAP_64, PARTITION_BASE, own, 1));
	assert_refused(r, FFA_INVALID_PARAMETERS,
		       "FFA_RXTX_MAP refused: TX is not memory that the caller may offer "
		       "(value 0xe100000)");
	r = partition(&m, 0, ECHO, CALL3(FFA_RXTX_MAP_64, own, RX, 1));
	assert_refused(r, FFA_INVALID_PARAMETERS,
		       "FFA_RXTX_MAP refused: RX is not memory that the caller may offer "
		       "(value 0x40002000)");
	r = partition(&m, 0, ECHO, CALL3(FFA_RXTX_MAP_64, own, own + 0x1000, 1));
	assert_answer(r, FFA_SUCCESS_32, 0, 0, 0);
	/* It is the partition's, not the normal world's. */
	assert_answer(normal(&m, 1, CALL3(FFA_RXTX_MAP_64, TX, RX, 1)), FFA_SUCCESS_32, 0, 0,
		      0);
	assert_answer(partition(&m, 0, ECHO, CALL0(FFA_RXTX_UNMAP)), FFA_SUCCESS_32, 0, 0, 0);
	assert_int_equal(m.normal.rx_pages, 1);
	/* A fault takes the mapping with it. */
	r = partition(&m, 0, ECHO, CALL3(FFA_RXTX_MAP_64, own, own + 0x1000, 1));
	assert_answer(r, FFA_SUCCESS_32, 0, 0, 0);
	ffav_spmc_faulted(&m, 0, &r);
	assert_int_equal(m.partitions[ECHO].endpoint.rx_pages, 0);
	assert_null(m.partitions[ECHO].endpoint.rx);
}

/* The manager writes nothing that the partition could not write itself, by the map as it is now. */
static void rxtx_of_partition_follows_its_map(void **state)
{
	static const uint32_t wrong[] = {
		0, FFAV_REGION_READ, FFAV_REGION_READ | FFAV_REGION_EXECUTE,
		FFAV_REGION_READ | FFAV_REGION_WRITE | FFAV_REGION_NORMAL_WORLD};
	uint64_t own = PARTITION_BASE + PARTITION_SIZE;
	struct ffav_smc_regs r;

	(void)state;
	request(&m, 0, ECHO, CALL1(FFA_MSG_SEND_DIRECT_REQ_32, ECHO_ID));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		/* The second page of each. */
		machine_set_access(ECHO, own + 0x3000, wrong[i]);
		r = partition(&m, 0, ECHO, CALL3(FFA_RXTX_MAP_64, own, own + 0x2000, 2));
		assert_refused(r, FFA_INVALID_PARAMETERS,
			       "FFA_RXTX_MAP refused: RX is not memory that the caller may "
			       "offer (value 0xe112000)");
		r = partition(&m, 0, ECHO, CALL3(FFA_RXTX_MAP_64, own + 0x2000, own, 2));
		assert_refused(r, FFA_INVALID_PARAMETERS,
			       "FFA_RXTX_MAP refused: TX is not memory that the caller may "
			       "offer (value 0xe112000)");
	}
	machine_set_access(ECHO, own + 0x3000, FFAV_REGION_READ | FFAV_REGION_WRITE);
	r = partition(&m, 0, ECHO, CALL3(FFA_RXTX_MAP_64, own, own + 0x2000, 2));
	assert_answer(r, FFA_SUCCESS_32, 0, 0, 0);
}

static void other_endpoints_buffers(void **state)
{
	(void)state;
	map_rxtx();
	assert_refused(normal(&m, 0, CALL1(FFA_RXTX_UNMAP, 0x10000)), FFA_INVALID_PARAMETERS,
		       "FFA_RXTX_UNMAP refused: w1 names another endpoint (value 0x10000)");
	assert_refused(normal(&m, 0, CALL1(FFA_RX_RELEASE, 0x8001)), FFA_INVALID_PARAMETERS,
		       "FFA_RX_RELEASE refused: w1 names another endpoint (value 0x8001)");
	assert_int_equal(m.normal.rx_pages, 1);
}

static void rx_release(void **state)
{
	(void)state;
	assert_refused(normal(&m, 0, CALL0(FFA_RX_RELEASE)), FFA_DENIED,
		       "FFA_RX_RELEASE refused: the caller does not own RX (value 0x0)");
	map_rxtx();
	assert_refused(normal(&m, 0, CALL0(FFA_RX_RELEASE)), FFA_DENIED,
		       "FFA_RX_RELEASE refused: the caller does not own RX (value 0x0)");
	normal(&m, 0, CALL0(FFA_PARTITION_INFO_GET));
	assert_answer(normal(&m, 0, CALL0(FFA_RX_RELEASE)), FFA_SUCCESS_32, 0, 0, 0);
	assert_refused(normal(&m, 0, CALL0(FFA_RX_RELEASE)), FFA_DENIED,
		       "FFA_RX_RELEASE refused: the caller does not own RX (value 0x0)");
	/* What is unmapped is owned by nobody. */
	normal(&m, 0, CALL0(FFA_PARTITION_INFO_GET));
	normal(&m, 0, CALL0(FFA_RXTX_UNMAP));
	map_rxtx();
	assert_refused(normal(&m, 0, CALL0(FFA_RX_RELEASE)), FFA_DENIED,
		       "FFA_RX_RELEASE refused: the caller does not own RX (value 0x0)");
}

static void cpu_out_of_range(void **state)
{
	struct ffav_smc_regs r = CALL0(FFA_ID_GET);

	(void)state;
	assert_int_equal(ffav_spmc_from_normal(&m, FFAV_SPMC_CPUS_MAX, &r).to,
			 FFAV_SWITCH_NORMAL);
	assert_int_equal(r.x[0], FFA_ERROR);
	assert_int_equal(r.x[2], (uint32_t)FFA_DENIED);
	assert_reported("normal-world call refused: there is no such CPU, or it is not in that "
			"world (value 0x8)");
	assert_int_equal(ffav_spmc_boot(&m, FFAV_SPMC_CPUS_MAX), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(version_matrix, setup),
		cmocka_unit_test_setup(version_refused, setup),
		cmocka_unit_test_setup(version_again, setup),
		cmocka_unit_test_setup(version_in_flight, setup),
		cmocka_unit_test_setup(version_locks, setup),
		cmocka_unit_test_setup(version_per_endpoint, setup),
		cmocka_unit_test_setup(version_of_starting_partition, setup),
		cmocka_unit_test_setup(ids, setup),
		cmocka_unit_test_setup(features_tell_the_truth, setup),
		cmocka_unit_test_setup(calls_agree_with_features, setup),
		cmocka_unit_test_setup(feature_ns_bit, setup),
		cmocka_unit_test_setup(feature_ids, setup),
		cmocka_unit_test_setup(unknown_function, setup),
		cmocka_unit_test_setup(rxtx, setup),
		cmocka_unit_test_setup(rxtx_refused, setup),
		cmocka_unit_test_setup(rxtx_of_partition, setup),
		cmocka_unit_test_setup(rxtx_of_partition_follows_its_map, setup),
		cmocka_unit_test_setup(other_endpoints_buffers, setup),
		cmocka_unit_test_setup(rx_release, setup),
		cmocka_unit_test_setup(cpu_out_of_range, setup),
	};

	return cmocka_run_group_tests_name("spmc/setup", tests, NULL, NULL);
}
