// SPDX-License-Identifier: BSD-3-Clause
/*
 * A second CPU changes the shared buffer before every single access of the secure
 * side. Whatever it does, each byte is read at most once and none after the first
 * store; the request is answered with its response; and everything that comes out
 * is what the bytes, as they were read, get from a machine that nobody attacks.
 */
#include "tests/unit/host/hostile.h"

/** Bytes of a message in which fields are attacked one by one: headers and fixed parts. */
#define FIELDS 112u

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

/* What holds for every run. */
static void check_run(const struct hostile_run *run, const struct hostile_message *message)
{
	uint64_t response = message->dialect == HOSTILE_REQUEST2 ? FFA_MSG_SEND_DIRECT_RESP2
								 : FFA_MSG_SEND_DIRECT_RESP_64;

	hostile_read_once(run, message);
	if (run->answer.x[0] != response || run->answer.x[1] != UINT64_C(0x80010000))
		fail_msg("%s: answered by 0x%llx", message->name,
			 (unsigned long long)run->answer.x[0]);
}

static void attacked(const struct hostile_message *message, const struct hostile_attack *attack)
{
	static struct hostile_run run;
	static struct hostile_message read;
	const struct hostile_run *peaceful;

	run = *hostile_ring(&r, message, attack);
	check_run(&run, message);
	read = *message;
	hostile_as_read(&read, &run);
	peaceful = hostile_in_peace(&r, &read);
	check_run(peaceful, message);
	if (memcmp(&peaceful->answer, &run.answer, sizeof(run.answer)) ||
	    memcmp(peaceful->reads, run.reads, sizeof(run.reads)) ||
	    memcmp(peaceful->writes, run.writes, sizeof(run.writes)) ||
	    memcmp(peaceful->written, run.written, sizeof(run.written)))
		fail_msg("%s: attack %d before access %zu changes the answer", message->name,
			 attack->kind, attack->at);
	if (memcmp(peaceful->flash, run.flash, sizeof(run.flash)))
		fail_msg("%s: attack %d before access %zu changes the store", message->name,
			 attack->kind, attack->at);
}

/* How many accesses a message takes that nobody attacks; it is read whole and once. */
static size_t accesses(const struct hostile_message *message)
{
	const struct hostile_run *run = hostile_in_peace(&r, message);

	check_run(run, message);
	for (size_t i = 0; i < HOSTILE_WINDOW; i++) {
		bool in = i >= message->offset && i - message->offset < message->size;

		if (run->reads[i] != in)
			fail_msg("%s: byte %zu is read %u times", message->name, i,
				 run->reads[i]);
	}
	return run->accesses;
}

/* Every kind of message, rung in every way, with either header: read once, left in peace. */
static void test_reads(void **state)
{
	static struct hostile_message m;

	(void)state;
	for (unsigned int kind = 0; kind < message_kinds; kind++) {
		for (unsigned int i = 0; i < 2 * HOSTILE_DIALECTS; i++) {
			m.dialect = (enum hostile_dialect)(i / 2);
			m.header_size = i % 2 ? MM_HEADER_V3_SIZE : MM_HEADER_V1_SIZE;
			m.offset = 13 * i;
			hostile_make(&m, kind);
			accesses(&m);
		}
	}
}

/* The whole buffer changes, before every access. */
static void test_flood(void **state)
{
	static struct hostile_message m;

	(void)state;
	for (unsigned int kind = 0; kind < message_kinds; kind++) {
		size_t count;

		m.dialect = (enum hostile_dialect)(kind % HOSTILE_DIALECTS);
		m.header_size = kind % 2 ? MM_HEADER_V1_SIZE : MM_HEADER_V3_SIZE;
		m.offset = kind;
		hostile_make(&m, kind);
		count = accesses(&m);
		for (size_t at = 0; at < count; at++) {
			struct hostile_attack a = {.at = at};

			for (a.kind = HOSTILE_FLIP; a.kind <= HOSTILE_EVERY; a.kind++)
				attacked(&m, &a);
		}
	}
}

/* Each field by itself: while it is read, and right after it was. */
static void test_fields(void **state)
{
	static const uint64_t values[] = {0, 1, 0x7fffffff, 0x100000000, UINT64_MAX};
	static struct hostile_message m;

	(void)state;
	for (unsigned int kind = 0; kind < message_kinds; kind++) {
		m.dialect = (enum hostile_dialect)(kind % HOSTILE_DIALECTS);
		m.header_size = kind % 2 ? MM_HEADER_V3_SIZE : MM_HEADER_V1_SIZE;
		m.offset = 3 * kind;
		hostile_make(&m, kind);
		for (size_t field = 0; field < m.size && field < FIELDS; field += 8) {
			for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
				struct hostile_attack a = {
					HOSTILE_FIELD, field + 4, field, values[i], {{0}}};

				attacked(&m, &a);
				a.at = field + 8;
				attacked(&m, &a);
			}
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_fields),
	};

	return cmocka_run_group_tests_name("host/second-cpu", tests, start, end);
}
