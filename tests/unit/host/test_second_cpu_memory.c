// SPDX-License-Identifier: BSD-3-Clause
/*
 * A second CPU changes a memory descriptor in TX before every single access of the
 * manager. Whatever it does, each byte is read at most once, and the answer is that
 * for the descriptor as it was read.
 */
#include "abi/ffa_memory.h"
#include "tests/unit/host/hostile.h"

#define TX    FFAV_HOST_RXTX
#define RX    (FFAV_HOST_RXTX + 4096)
#define PAGES (FFAV_HOST_RAM + 0x200000)
/** Bytes in which fields are attacked one by one: more than a descriptor of these tests has. */
#define FIELDS 160u

static struct road r;

static void call(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t expected)
{
	uint64_t x[8] = {x0, x1, x2, x3};

	road_call(x);
	assert_int_equal(x[0], expected);
}

/* A machine whose normal world speaks @version and has its buffers mapped. */
static void start(uint32_t version)
{
	hostile_start(&r);
	call(FFA_VERSION, version, 0, 0, FFA_VERSION_1_2);
	call(FFA_RXTX_MAP_64, TX, RX, 1, FFA_SUCCESS_32);
}

/* Two ranges for the MM partition. */
static void make(struct hostile_message *m, uint32_t version, uint32_t function)
{
	struct ffav_mem_header h = {.attributes = FFA_MEM_RAM,
				    .tag = 7,
				    .access_size = ffav_mem_access_size(version),
				    .access_count = 1,
				    .access_offset = ffav_mem_header_size(version)};
	struct ffav_mem_access a = {.receiver = 0x8001, .permissions = FFA_MEM_READ_WRITE};
	struct ffav_mem_composite c = {.pages = 3, .ranges = 2};
	struct ffav_mem_range ranges[] = {{.address = PAGES, .pages = 1},
					  {.address = PAGES + 0x4000, .pages = 2}};
	size_t at = h.access_offset + h.access_size;

	if (function == FFA_MEM_LEND_64)
		h.attributes = 0;
	memset(m, 0, sizeof(*m));
	m->name = function == FFA_MEM_LEND_64 ? "FFA_MEM_LEND" : "FFA_MEM_SHARE";
	m->base = TX;
	memset(m->window, 0xa5, sizeof(m->window));
	assert_true(ffav_mem_header_encode(m->window, HOSTILE_WINDOW, version, &h));
	a.composite = (uint32_t)at;
	ffav_mem_access_encode(m->window + h.access_offset, h.access_size, &a);
	ffav_mem_composite_encode(m->window + at, &c);
	at += FFA_MEM_COMPOSITE_SIZE;
	for (size_t i = 0; i < 2; i++, at += FFA_MEM_RANGE_SIZE)
		ffav_mem_range_encode(m->window + at, &ranges[i]);
	m->size = at;
	m->call = (struct ffav_smc_regs){{function, at, at}};
}

static void attacked(const struct hostile_message *message, const struct hostile_attack *attack)
{
	static struct hostile_run run;
	static struct hostile_message read;
	const struct hostile_run *peaceful;

	run = *hostile_ring(&r, message, attack);
	hostile_read_once(&run, message);
	read = *message;
	hostile_as_read(&read, &run);
	peaceful = hostile_in_peace(&r, &read);
	if (memcmp(&peaceful->answer, &run.answer, sizeof(run.answer)) ||
	    memcmp(peaceful->reads, run.reads, sizeof(run.reads)))
		fail_msg("%s: attack %d before access %zu changes the answer", message->name,
			 attack->kind, attack->at);
	if (memchr(run.writes, 1, sizeof(run.writes)))
		fail_msg("%s: the manager writes to TX", message->name);
}

static void attack_all(const struct hostile_message *m)
{
	static const uint64_t values[] = {
		0,
		1,
		0x10,
		0x20,
		0x30,
		0x38,
		0x40,
		0x50,
		0x00010001,
		0x80010000,
		UINT64_C(0x100000000),
		UINT64_MAX,
	};
	const struct hostile_run *run = hostile_in_peace(&r, m);
	size_t count = run->accesses;

	assert_int_equal(run->answer.x[0], FFA_SUCCESS_32);
	assert_true(count > 0);
	for (size_t at = 0; at < count; at++) {
		struct hostile_attack a = {.at = at};

		for (a.kind = HOSTILE_FLIP; a.kind <= HOSTILE_EVERY; a.kind++)
			attacked(m, &a);
	}
	for (size_t field = 0; field + 8 <= m->size && field < FIELDS; field += 4) {
		for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
			struct hostile_attack a = {
				.kind = HOSTILE_FIELD, .field = field, .value = values[i]};

			for (a.at = 0; a.at < count; a.at += count / 5 + 1)
				attacked(m, &a);
		}
	}
}

static void each_descriptor(uint32_t version)
{
	static struct hostile_message m;

	start(version);
	make(&m, version, FFA_MEM_SHARE_64);
	attack_all(&m);
	make(&m, version, FFA_MEM_LEND_64);
	attack_all(&m);
	road_end(&r);
}

static void test_1_0(void **state)
{
	(void)state;
	each_descriptor(FFA_VERSION_1_0);
}

static void test_1_1(void **state)
{
	(void)state;
	each_descriptor(FFA_VERSION_1_1);
}

static void test_1_2(void **state)
{
	(void)state;
	each_descriptor(FFA_VERSION_1_2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_1_0),
		cmocka_unit_test(test_1_1),
		cmocka_unit_test(test_1_2),
	};

	return cmocka_run_group_tests_name("host/second-cpu-memory", tests, NULL, NULL);
}
