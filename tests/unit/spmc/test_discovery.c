// SPDX-License-Identifier: BSD-3-Clause
/* FFA_PARTITION_INFO_GET and FFA_PARTITION_INFO_GET_REGS. */
#include "tests/unit/spmc/machine.h"

#define TX (NORMAL_BASE + 0x1000)
#define RX (NORMAL_BASE + 0x2000)

static struct ffav_spmc m;
static const uint8_t *const rx = machine_normal + 0x2000;

static int setup(void **state)
{
	(void)state;
	machine_start(&m);
	normal(&m, 0, CALL3(FFA_RXTX_MAP_64, TX, RX, 1));
	return 0;
}

static struct ffav_smc_regs info_get(const struct ffav_uuid *uuid, uint32_t flags)
{
	return normal(&m, 0,
		      regs(FFA_PARTITION_INFO_GET, ffav_uuid_word(uuid, 0),
			   ffav_uuid_word(uuid, 1), ffav_uuid_word(uuid, 2),
			   ffav_uuid_word(uuid, 3), flags, 0, 0));
}

static const struct ffav_uuid nil;
static const struct ffav_uuid variable = FFAV_UUID_MM_VARIABLE;
static const struct ffav_uuid communication2 = FFAV_UUID_MM_COMMUNICATION2;
static const struct ffav_uuid communication3 = FFAV_UUID_MM_COMMUNICATION3;

static void assert_descriptor(const struct ffav_partition_info *info, uint16_t id,
			      uint32_t properties, const struct ffav_uuid *uuid)
{
	assert_int_equal(info->id, id);
	assert_int_equal(info->contexts, 1);
	assert_int_equal(info->properties, properties);
	assert_memory_equal(info->uuid.b, uuid->b, sizeof(uuid->b));
}

static void assert_rx(unsigned int n, size_t size, uint16_t id, uint32_t properties,
		      const struct ffav_uuid *uuid)
{
	struct ffav_partition_info info;

	assert_true(ffav_partition_info_decode(rx + n * size, size, &info));
	assert_descriptor(&info, id, properties, uuid);
}

/* Nothing but the descriptors was written: not behind them, not before RX. */
static void assert_rx_end(size_t used)
{
	for (size_t i = 0; i < NORMAL_SIZE; i++) {
		if (i < 0x2000 || i >= 0x2000 + used)
			assert_int_equal(machine_normal[i], 0x5a);
	}
}

#define RECV  FFA_PARTITION_DIRECT_RECV
#define RECV2 FFA_PARTITION_DIRECT2_RECV
#define A64   FFA_PARTITION_AARCH64

/* FF-A 1.0: 8 bytes, no UUID, no size in the answer, only its own properties. */
static void get_1_0(void **state)
{
	(void)state;
	assert_answer(info_get(&nil, 0), FFA_SUCCESS_32, 0, 2, 0);
	assert_rx(0, 8, MM_ID, RECV, &nil);
	assert_rx(1, 8, ECHO_ID, RECV, &nil);
	assert_rx_end(16);
	normal(&m, 0, CALL0(FFA_RX_RELEASE));
	assert_answer(info_get(&communication2, 0), FFA_SUCCESS_32, 0, 1, 0);
	assert_rx(0, 8, MM_ID, RECV, &nil);
	assert_rx_end(16);
	/* It has no flags. */
	normal(&m, 0, CALL0(FFA_RX_RELEASE));
	assert_refused(info_get(&nil, FFA_PARTITION_INFO_COUNT), FFA_INVALID_PARAMETERS,
		       "FFA_PARTITION_INFO_GET refused: reserved flags are set (value 0x1)");
}

/* FF-A 1.1 and 1.2: 24 bytes; every service is a descriptor when all are asked for. */
static void get_1_1(void **state)
{
	(void)state;
	m.normal.version = FFA_VERSION_1_1;
	assert_answer(info_get(&nil, 0), FFA_SUCCESS_32, 0, 4, 24);
	assert_rx(0, 24, MM_ID, RECV | A64, &variable);
	assert_rx(1, 24, MM_ID, RECV | A64, &communication2);
	assert_rx(2, 24, MM_ID, RECV | A64, &communication3);
	assert_rx(3, 24, ECHO_ID, RECV | A64, &machine_echo_uuid);
	assert_rx_end(96);
}

static void get_1_2(void **state)
{
	(void)state;
	m.normal.version = FFA_VERSION_1_2;
	assert_answer(info_get(&nil, 0), FFA_SUCCESS_32, 0, 4, 24);
	assert_rx(0, 24, MM_ID, RECV | RECV2 | A64, &variable);
	assert_rx(3, 24, ECHO_ID, RECV | A64, &machine_echo_uuid);
	normal(&m, 0, CALL0(FFA_RX_RELEASE));
	/* Whoever names a UUID gets it not told again. */
	assert_answer(info_get(&machine_echo_uuid, 0), FFA_SUCCESS_32, 0, 1, 24);
	assert_rx(0, 24, ECHO_ID, RECV | A64, &nil);
	normal(&m, 0, CALL0(FFA_RX_RELEASE));
	assert_answer(info_get(&communication3, 0), FFA_SUCCESS_32, 0, 1, 24);
	assert_rx(0, 24, MM_ID, RECV | RECV2 | A64, &nil);
	assert_silent();
}

/* The words of the table that both sides of the field agree on. */
static void words(void **state)
{
	(void)state;
	m.normal.version = FFA_VERSION_1_1;
	assert_answer(normal(&m, 0,
			     regs(FFA_PARTITION_INFO_GET, 0x33d532ed, 0x0942e699, 0x722dc09c,
				  0xa798d9cd, 1, 0, 0)),
		      FFA_SUCCESS_32, 0, 1, 0);
	assert_answer(normal(&m, 0,
			     regs(FFA_PARTITION_INFO_GET, 0xdcae8d37, 0x46446bf0, 0xab401483,
				  0xa3873c93, 1, 0, 0)),
		      FFA_SUCCESS_32, 0, 1, 0);
	/* The upper halves do not count. */
	assert_answer(normal(&m, 0,
			     regs(FFA_PARTITION_INFO_GET, UINT64_C(0x133d532ed),
				  UINT64_C(0x10942e699), UINT64_C(0x1722dc09c),
				  UINT64_C(0x1a798d9cd), UINT64_C(0x100000001), 0, 0)),
		      FFA_SUCCESS_32, 0, 1, 0);
}

static void count_only(void **state)
{
	(void)state;
	m.normal.version = FFA_VERSION_1_1;
	assert_answer(info_get(&nil, 1), FFA_SUCCESS_32, 0, 4, 0);
	assert_answer(info_get(&communication2, 1), FFA_SUCCESS_32, 0, 1, 0);
	assert_rx_end(0);
	/* It needs no buffer and takes none. */
	assert_refused(normal(&m, 0, CALL0(FFA_RX_RELEASE)), FFA_DENIED,
		       "FFA_RX_RELEASE refused: the caller does not own RX (value 0x0)");
	normal(&m, 0, CALL0(FFA_RXTX_UNMAP));
	assert_answer(info_get(&nil, 1), FFA_SUCCESS_32, 0, 4, 0);
}

static void get_refused(void **state)
{
	static const struct ffav_uuid unknown = {{0xed, 0x32, 0xd5, 0x33}};

	(void)state;
	m.normal.version = FFA_VERSION_1_2;
	assert_refused(
		info_get(&unknown, 0), FFA_INVALID_PARAMETERS,
		"FFA_PARTITION_INFO_GET refused: no partition has the UUID that starts with "
		"(value 0x33d532ed)");
	assert_refused(
		info_get(&unknown, 1), FFA_INVALID_PARAMETERS,
		"FFA_PARTITION_INFO_GET refused: no partition has the UUID that starts with "
		"(value 0x33d532ed)");
	assert_refused(info_get(&nil, 2), FFA_INVALID_PARAMETERS,
		       "FFA_PARTITION_INFO_GET refused: reserved flags are set (value 0x2)");
	assert_refused(info_get(&nil, 0x80000001), FFA_INVALID_PARAMETERS,
		       "FFA_PARTITION_INFO_GET refused: reserved flags are set "
		       "(value 0x80000001)");
	assert_answer(info_get(&nil, 0), FFA_SUCCESS_32, 0, 4, 24);
	assert_refused(info_get(&nil, 0), FFA_BUSY,
		       "FFA_PARTITION_INFO_GET refused: the caller has not released RX "
		       "(value 0x0)");
	normal(&m, 0, CALL0(FFA_RXTX_UNMAP));
	assert_refused(info_get(&nil, 0), FFA_DENIED,
		       "FFA_PARTITION_INFO_GET refused: RX/TX are not mapped (value 0x0)");
}

static void get_from_partition(void **state)
{
	uint64_t own = PARTITION_BASE;
	struct ffav_partition_info info;

	(void)state;
	request(&m, 0, MM, CALL1(FFA_MSG_SEND_DIRECT_REQ_32, MM_ID));
	partition(&m, 0, MM, CALL3(FFA_RXTX_MAP_64, own, own + 0x1000, 1));
	assert_answer(partition(&m, 0, MM, CALL0(FFA_PARTITION_INFO_GET)), FFA_SUCCESS_32, 0, 4,
		      24);
	assert_true(ffav_partition_info_decode(machine_partition[MM] + 0x1000 + 72, 24, &info));
	assert_descriptor(&info, ECHO_ID, RECV | A64, &machine_echo_uuid);
	assert_answer(partition(&m, 0, MM, CALL0(FFA_RX_RELEASE)), FFA_SUCCESS_32, 0, 0, 0);
	assert_rx_end(0);
}

static struct ffav_smc_regs info_regs(const struct ffav_uuid *uuid, uint64_t x3)
{
	return normal(&m, 0,
		      CALL4(FFA_PARTITION_INFO_GET_REGS, ffav_uuid_lo(uuid), ffav_uuid_hi(uuid),
			    x3, 0));
}

/* Registers behind the last descriptor are zero. */
static void assert_regs_end(const struct ffav_smc_regs *r, unsigned int count)
{
	for (unsigned int i = 3 + 3 * count; i < FFAV_SMC_REGS; i++)
		assert_int_equal(r->x[i], 0);
}

static void regs_all(void **state)
{
	struct ffav_smc_regs r;
	struct ffav_info_regs meta;
	struct ffav_partition_info info;

	(void)state;
	m.normal.version = FFA_VERSION_1_2;
	r = info_regs(&nil, 0);
	assert_int_equal(r.x[0], FFA_SUCCESS_64);
	assert_int_equal(r.x[1], 0);
	meta = ffav_info_regs_decode(r.x[2]);
	assert_int_equal(meta.last, 3);
	assert_int_equal(meta.current, 3);
	assert_int_equal(meta.size, 24);
	info = ffav_info_regs_get(&r, 0);
	assert_descriptor(&info, MM_ID, RECV | RECV2 | A64, &variable);
	info = ffav_info_regs_get(&r, 3);
	assert_descriptor(&info, ECHO_ID, RECV | A64, &machine_echo_uuid);
	assert_regs_end(&r, 4);
	/* It needs no buffers and touches none. */
	assert_rx_end(0);
	normal(&m, 0, CALL0(FFA_RXTX_UNMAP));
	r = info_regs(&communication2, 0);
	assert_int_equal(r.x[0], FFA_SUCCESS_64);
	info = ffav_info_regs_get(&r, 0);
	assert_descriptor(&info, MM_ID, RECV | RECV2 | A64, &nil);
	assert_regs_end(&r, 1);
	assert_silent();
}

/* Five descriptors in an answer; the next call goes on with the tag. */
static void regs_in_parts(void **state)
{
	struct ffav_smc_regs r;
	struct ffav_info_regs meta;
	struct ffav_partition_info info;
	struct ffav_partition_config config = machine_config(ECHO);
	const char *why;

	(void)state;
	/* A third partition with four services: eight descriptors. */
	config.id = 0;
	config.load_address += PARTITION_SIZE;
	config.uuid_count = 4;
	for (unsigned int i = 0; i < 4; i++)
		config.uuids[i].b[15] = (uint8_t)(0xa0 + i);
	assert_int_equal(ffav_spmc_add(&m, &config, &why), 2);
	assert_int_equal(ffav_spmc_boot(&m, 0), 2);
	respond(&m, 0, CALL0(FFA_MSG_WAIT));
	m.normal.version = FFA_VERSION_1_2;
	r = info_regs(&nil, 0);
	meta = ffav_info_regs_decode(r.x[2]);
	assert_int_equal(meta.last, 7);
	assert_int_equal(meta.current, 4);
	info = ffav_info_regs_get(&r, 4);
	assert_descriptor(&info, 0x8003, RECV | A64, &config.uuids[0]);
	r = info_regs(&nil, 5 | (uint64_t)meta.tag << 16);
	assert_int_equal(r.x[0], FFA_SUCCESS_64);
	meta = ffav_info_regs_decode(r.x[2]);
	assert_int_equal(meta.last, 7);
	assert_int_equal(meta.current, 7);
	info = ffav_info_regs_get(&r, 0);
	assert_descriptor(&info, 0x8003, RECV | A64, &config.uuids[1]);
	info = ffav_info_regs_get(&r, 2);
	assert_descriptor(&info, 0x8003, RECV | A64, &config.uuids[3]);
	assert_regs_end(&r, 3);
	/* From the middle: exactly five to the end. */
	r = info_regs(&nil, 3 | (uint64_t)meta.tag << 16);
	meta = ffav_info_regs_decode(r.x[2]);
	assert_int_equal(meta.current, 7);
	info = ffav_info_regs_get(&r, 0);
	assert_descriptor(&info, ECHO_ID, RECV | A64, &machine_echo_uuid);
	assert_silent();
}

static void regs_refused(void **state)
{
	struct ffav_info_regs meta;
	uint64_t tag;
	static const struct ffav_uuid unknown = {{1}};

	(void)state;
	assert_refused(info_regs(&nil, 0), FFA_NOT_SUPPORTED,
		       "FFA_PARTITION_INFO_GET_REGS refused: this caller has no such function "
		       "(value 0xc400008b)");
	m.normal.version = FFA_VERSION_1_2;
	meta = ffav_info_regs_decode(info_regs(&nil, 0).x[2]);
	tag = (uint64_t)meta.tag << 16;
	assert_refused(
		info_regs(&unknown, 0), FFA_INVALID_PARAMETERS,
		"FFA_PARTITION_INFO_GET_REGS refused: no partition has the UUID that starts "
		"with (value 0x1)");
	assert_refused(
		info_regs(&nil, 4 | tag), FFA_INVALID_PARAMETERS,
		"FFA_PARTITION_INFO_GET_REGS refused: the start index is behind the last "
		"descriptor (value 0x4)");
	assert_refused(
		info_regs(&nil, 0xffff | tag), FFA_INVALID_PARAMETERS,
		"FFA_PARTITION_INFO_GET_REGS refused: the start index is behind the last "
		"descriptor (value 0xffff)");
	assert_refused(info_regs(&nil, UINT64_C(0x100000000)), FFA_INVALID_PARAMETERS,
		       "FFA_PARTITION_INFO_GET_REGS refused: reserved bits of x3 are set "
		       "(value 0x100000000)");
	assert_refused(
		info_regs(&nil, UINT64_C(0x70000)), FFA_INVALID_PARAMETERS,
		"FFA_PARTITION_INFO_GET_REGS refused: the first call has a tag (value 0x7)");
	m.generation++;
	assert_refused(
		info_regs(&nil, 1 | tag), FFA_RETRY,
		"FFA_PARTITION_INFO_GET_REGS refused: the tag is out of date (value 0x3)");
}

/* Who has not started is not seen; who failed to start neither; who crashed later is. */
static void only_who_started(void **state)
{
	struct ffav_partition_config config;
	struct ffav_smc_regs r;
	const char *why;

	(void)state;
	machine_reset();
	ffav_spmc_init(&m);
	m.normal.version = FFA_VERSION_1_2;
	for (unsigned int i = MM; i <= ECHO; i++) {
		config = machine_config(i);
		ffav_spmc_add(&m, &config, &why);
	}
	assert_refused(
		info_get(&nil, 1), FFA_INVALID_PARAMETERS,
		"FFA_PARTITION_INFO_GET refused: no partition has the UUID that starts with "
		"(value 0x0)");
	ffav_spmc_boot(&m, 0);
	respond(&m, 0, CALL0(FFA_MSG_WAIT));
	assert_answer(info_get(&nil, 1), FFA_SUCCESS_32, 0, 3, 0);
	ffav_spmc_boot(&m, 0);
	respond(&m, 0, CALL3(FFA_ERROR, 0, (uint32_t)FFA_NO_MEMORY, 0));
	assert_reported("echo: It could not initialise: NO_MEMORY.");
	assert_answer(info_get(&nil, 1), FFA_SUCCESS_32, 0, 3, 0);
	request(&m, 0, MM, CALL1(FFA_MSG_SEND_DIRECT_REQ_64, MM_ID));
	ffav_spmc_faulted(&m, 0, &r);
	assert_answer(info_get(&nil, 1), FFA_SUCCESS_32, 0, 3, 0);
}

/* A partition without services is found by whoever asks for all. */
static void no_service(void **state)
{
	struct ffav_partition_config config = machine_config(ECHO);
	const char *why;

	(void)state;
	machine_reset();
	ffav_spmc_init(&m);
	config.uuid_count = 0;
	ffav_spmc_add(&m, &config, &why);
	ffav_spmc_boot(&m, 0);
	respond(&m, 0, CALL0(FFA_MSG_WAIT));
	normal(&m, 0, CALL3(FFA_RXTX_MAP_64, TX, RX, 1));
	m.normal.version = FFA_VERSION_1_1;
	assert_answer(info_get(&nil, 0), FFA_SUCCESS_32, 0, 1, 24);
	assert_rx(0, 24, ECHO_ID, RECV | A64, &nil);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(get_1_0, setup),
		cmocka_unit_test_setup(get_1_1, setup),
		cmocka_unit_test_setup(get_1_2, setup),
		cmocka_unit_test_setup(words, setup),
		cmocka_unit_test_setup(count_only, setup),
		cmocka_unit_test_setup(get_refused, setup),
		cmocka_unit_test_setup(get_from_partition, setup),
		cmocka_unit_test_setup(regs_all, setup),
		cmocka_unit_test_setup(regs_in_parts, setup),
		cmocka_unit_test_setup(regs_refused, setup),
		cmocka_unit_test_setup(only_who_started, setup),
		cmocka_unit_test_setup(no_service, setup),
	};

	return cmocka_run_group_tests_name("spmc/discovery", tests, NULL, NULL);
}
