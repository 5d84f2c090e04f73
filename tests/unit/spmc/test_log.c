// SPDX-License-Identifier: BSD-3-Clause
/* FFA_CONSOLE_LOG and the report that it goes to. */
#include <limits.h>

#include "tests/unit/spmc/machine.h"

static struct ffav_spmc m;

static int setup(void **state)
{
	(void)state;
	machine_start(&m);
	request(&m, 0, MM, CALL1(FFA_MSG_SEND_DIRECT_REQ_64, MM_ID));
	return 0;
}

/* A partition writes @text, @count characters of it, in one call. */
static struct ffav_smc_regs write_log(uint32_t function, const char *text, uint64_t count)
{
	size_t width = function & SMCCC_64 ? 8 : 4;
	struct ffav_smc_regs r = CALL1(function, count);

	/* x8-x17 are characters in a 64-bit call and not looked at in a 32-bit one. */
	if (width == 8)
		memset(&r.x[8], 0, sizeof(r) - 8 * sizeof(r.x[0]));
	for (size_t i = 0; i < strlen(text); i++)
		r.x[2 + i / width] |= (uint64_t)(uint8_t)text[i] << 8 * (i % width);
	if (width == 4) {
		/* The upper halves do not count. */
		for (unsigned int i = 1; i < 8; i++)
			r.x[i] |= UINT64_C(0x4141414100000000);
	}
	return partition(&m, 0, MM, r);
}

#define LONG_TEXT                                                          \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void lines(void **state)
{
	(void)state;
	assert_int_equal(write_log(FFA_CONSOLE_LOG_64, "store mounted\n", 14).x[0],
			 FFA_SUCCESS_32);
	assert_reported("mm: store mounted");
	assert_int_equal(write_log(FFA_CONSOLE_LOG_32, "half a line, ", 13).x[0],
			 FFA_SUCCESS_32);
	assert_silent();
	assert_int_equal(write_log(FFA_CONSOLE_LOG_32, "then the rest\nnext", 18).x[0],
			 FFA_SUCCESS_32);
	assert_reported("mm: half a line, then the rest");
	/* The response ends the line. */
	respond(&m, 0, CALL1(FFA_MSG_SEND_DIRECT_RESP_64, ffav_ffa_endpoints(MM_ID, 0)));
	assert_reported("mm: next");
}

/* A preemption in the middle of a line does not break it. */
static void line_across_preemption(void **state)
{
	struct ffav_smc_regs r = CALL1(FFA_RUN, ffav_ffa_target(MM_ID, 0));

	(void)state;
	write_log(FFA_CONSOLE_LOG_64, "one ", 4);
	ffav_spmc_preempted(&m, 0, &(struct ffav_smc_regs){0});
	assert_silent();
	ffav_spmc_from_normal(&m, 0, &r);
	write_log(FFA_CONSOLE_LOG_64, "line\n", 5);
	assert_reported("mm: one line");
}

/* What was written last before a fault is what one wants to read. */
static void line_before_fault(void **state)
{
	struct ffav_smc_regs r;
	char line[FFAV_REPORT_LINE_MAX + 1];

	(void)state;
	write_log(FFA_CONSOLE_LOG_64, "about to crash", 14);
	ffav_spmc_faulted(&m, 0, &r);
	line[ffav_report_take(line)] = '\0';
	assert_string_equal(line, "mm: about to crash");
	assert_reported("mm: It made a fault and was stopped.");
}

static void most_characters(void **state)
{
	(void)state;
	assert_int_equal(write_log(FFA_CONSOLE_LOG_32, "0123456789abcdef01234567", 24).x[0],
			 FFA_SUCCESS_32);
	assert_refused(
		write_log(FFA_CONSOLE_LOG_32, "0", 25), FFA_INVALID_PARAMETERS,
		"FFA_CONSOLE_LOG refused: the character count does not fit (value 0x19)");
}

static void most_characters_by_version(void **state)
{
	static const struct {
		uint32_t version;
		uint64_t count;
		bool fits;
	} rows[] = {
		{FFA_VERSION_1_0, 48, true},
		{FFA_VERSION_1_0, 49, false},
		{FFA_VERSION_1_1, 48, true},
		{FFA_VERSION_1_1, 128, false},
		{FFA_VERSION_1_2, 128, true},
		{FFA_VERSION_1_2, 129, false},
		{FFA_VERSION_1_2, 0, false},
		{FFA_VERSION_1_2, UINT64_MAX, false},
		{FFA_VERSION_1_2, UINT64_C(0x100000001), false},
	};
	char line[FFAV_REPORT_LINE_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ffav_smc_regs r;

		m.partitions[MM].endpoint.version = rows[i].version;
		m.partitions[MM].line_size = 0;
		r = write_log(FFA_CONSOLE_LOG_64, LONG_TEXT, rows[i].count);
		assert_int_equal(r.x[0], rows[i].fits ? FFA_SUCCESS_32 : FFA_ERROR);
		if (!rows[i].fits)
			assert_int_equal(r.x[2], (uint32_t)FFA_INVALID_PARAMETERS);
		while (ffav_report_take(line))
			;
		ffav_report_refill(UINT16_MAX);
	}
}

/* A line without an end is cut where the ring's lines end, not lost and not overflowing. */
static void long_line(void **state)
{
	char line[FFAV_REPORT_LINE_MAX + 1];
	size_t size;

	(void)state;
	write_log(FFA_CONSOLE_LOG_64, LONG_TEXT, 128);
	write_log(FFA_CONSOLE_LOG_64, "end\n", 4);
	size = ffav_report_take(line);
	assert_int_equal(size, FFAV_REPORT_LINE_MAX);
	line[size] = '\0';
	assert_memory_equal(line, "mm: 0123456789abcdef", 20);
	assert_reported("mm: 89abcdefend");
}

static void terminal_codes(void **state)
{
	(void)state;
	write_log(FFA_CONSOLE_LOG_64, "a\x1b[2Jb\r\x7f\xff\t\n", 11);
	assert_reported("mm: a?[2Jb???");
	/* Nothing is no line. */
	write_log(FFA_CONSOLE_LOG_64, "\n\n", 2);
	assert_silent();
}

static void not_for_the_normal_world(void **state)
{
	(void)state;
	assert_refused(normal(&m, 1, CALL2(FFA_CONSOLE_LOG_64, 1, 'x')), FFA_NOT_SUPPORTED,
		       "FFA_CONSOLE_LOG refused: this caller has no such function "
		       "(value 0xc400008a)");
}

static size_t take_all(char last[FFAV_REPORT_LINE_MAX + 1])
{
	char line[FFAV_REPORT_LINE_MAX + 1];
	size_t count = 0, size;

	while ((size = ffav_report_take(line))) {
		line[size] = '\0';
		memcpy(last, line, size + 1);
		count++;
	}
	return count;
}

/* Promise 8: a flood is counted, not printed, and what comes after it is printed again. */
static void flood(void **state)
{
	char last[FFAV_REPORT_LINE_MAX + 1];

	(void)state;
	for (unsigned int i = 0; i < 100000; i++)
		normal(&m, 1, CALL0(0x8400ffff));
	assert_int_equal(take_all(last), 17);
	assert_string_equal(last, "99984 lines were dropped here.");
	normal(&m, 1, CALL0(0x8400ffff));
	assert_int_equal(take_all(last), 1);
	assert_string_equal(last, "1 line was dropped here.");
	ffav_report_refill(1);
	normal(&m, 1, CALL0(0x8400fffe));
	normal(&m, 1, CALL0(0x8400fffd));
	assert_int_equal(take_all(last), 2);
	assert_string_equal(last, "1 line was dropped here.");
	/* The gap is told before the line that follows it. */
	ffav_report_refill(2);
	normal(&m, 1, CALL0(0x8400fffc));
	normal(&m, 1, CALL0(0x8400fffb));
	normal(&m, 1, CALL0(0x8400fffa));
	ffav_report_refill(1);
	normal(&m, 1, CALL0(0x8400fff9));
	assert_int_equal(take_all(last), 4);
	assert_string_equal(last, "FF-A call refused: unknown function (value 0x8400fff9)");
	assert_silent();
}

/* Whoever floods the ring silences nobody else: not its partitions, not what happens to them. */
static void rations(void **state)
{
	static const char *const expected[] = {"mm: last words",
					       "mm: It made a fault and was stopped."};
	char line[FFAV_REPORT_LINE_MAX + 1];
	struct ffav_smc_regs r;
	size_t size, found = 0, refused = 0;

	(void)state;
	for (unsigned int i = 0; i < 1000; i++) {
		ffav_report_refill(UINT_MAX);
		normal(&m, 1, CALL0(0x8400ffff));
	}
	write_log(FFA_CONSOLE_LOG_64, "last words\n", 11);
	ffav_spmc_faulted(&m, 0, &r);
	while ((size = ffav_report_take(line))) {
		line[size] = '\0';
		refused += strncmp(line, "FF-A call refused", 17) == 0;
		found += found < 2 && strcmp(line, expected[found]) == 0;
	}
	assert_int_equal(refused, 16);
	assert_int_equal(found, 2);
	/* Nor does a partition that talks without end. */
	ffav_report_refill(UINT_MAX);
	request(&m, 0, ECHO, CALL1(FFA_MSG_SEND_DIRECT_REQ_32, ECHO_ID));
	for (unsigned int i = 0; i < 1000; i++)
		partition(&m, 0, ECHO, CALL0(0x8400ffff));
	normal(&m, 1, CALL0(0x8400fffe));
	while ((size = ffav_report_take(line))) {
		line[size] = '\0';
		found += strcmp(line, "FF-A call refused: unknown function "
				      "(value 0x8400fffe)") == 0;
	}
	assert_int_equal(found, 3);
	ffav_report_refill(UINT_MAX);
}

/* A console that drains nothing bounds the ring too, however often it is refilled. */
static void ring_is_bounded(void **state)
{
	char last[FFAV_REPORT_LINE_MAX + 1];

	(void)state;
	for (unsigned int i = 0; i < 1000; i++) {
		ffav_report_refill(UINT_MAX);
		ffav_report("call", "reason", i);
	}
	assert_int_equal(take_all(last), 17);
	assert_string_equal(last, "984 lines were dropped here.");
	ffav_report_refill(UINT_MAX);
	ffav_report("call", "reason", UINT64_MAX);
	assert_reported("call refused: reason (value 0xffffffffffffffff)");
}

/* A refill grants a burst at most, whatever was asked for and however often. */
static void refill_is_bounded(void **state)
{
	char last[FFAV_REPORT_LINE_MAX + 1];

	(void)state;
	for (unsigned int i = 0; i < 100; i++)
		ffav_report_refill(100);
	for (unsigned int i = 0; i < 30; i++)
		ffav_report("call", "reason", i);
	assert_int_equal(take_all(last), 17);
	assert_string_equal(last, "14 lines were dropped here.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(lines, setup),
		cmocka_unit_test_setup(line_across_preemption, setup),
		cmocka_unit_test_setup(line_before_fault, setup),
		cmocka_unit_test_setup(most_characters, setup),
		cmocka_unit_test_setup(most_characters_by_version, setup),
		cmocka_unit_test_setup(long_line, setup),
		cmocka_unit_test_setup(terminal_codes, setup),
		cmocka_unit_test_setup(not_for_the_normal_world, setup),
		cmocka_unit_test_setup(flood, setup),
		cmocka_unit_test_setup(rations, setup),
		cmocka_unit_test_setup(ring_is_bounded, setup),
		cmocka_unit_test_setup(refill_is_bounded, setup),
	};

	return cmocka_run_group_tests_name("spmc/log", tests, NULL, NULL);
}
