// SPDX-License-Identifier: BSD-3-Clause
/* The partition's life after its start: wait for a request, answer it. */
#include "secure/mm/loop.h"

#include "secure/mm/partition.h"
#include "secure/report/report.h"

/** Characters in one FFA_CONSOLE_LOG of FF-A 1.1: six registers. */
#define LOG_CHARACTERS 48u
/** Requests after which one more line may be told. */
#define REQUESTS_PER_LINE 16u
/** Lines in a row, at most. */
#define LINES_MAX 16u

/* One FFA_CONSOLE_LOG. A manager that does not take it all delays nobody: the rest is dropped. */
static void log_part(const char *text, size_t size)
{
	struct ffav_smc_regs regs;

	memset(&regs, 0, sizeof(regs));
	regs.x[0] = FFA_CONSOLE_LOG_64;
	regs.x[1] = size;
	for (size_t i = 0; i < size; i++)
		regs.x[2 + i / 8] |= (uint64_t)(uint8_t)text[i] << 8 * (i % 8);
	ffav_partition_call(&regs);
}

void ffav_mm_log(const char *text, size_t size)
{
	char part[LOG_CHARACTERS];
	size_t n = 0;

	/* The newline comes in the last part: some managers print each part as a line. */
	for (size_t i = 0; i <= size; i++) {
		part[n++] = '\n';
		if (i < size)
			part[n - 1] = text[i];
		if (i == size || n == sizeof(part)) {
			log_part(part, n);
			n = 0;
		}
	}
}

_Noreturn void ffav_mm_fail(const char *why)
{
	struct ffav_smc_regs regs;
	size_t size = 0;

	while (why[size])
		size++;
	ffav_mm_log(why, size);
	ffav_ffa_error(&regs, FFA_ABORTED);
	ffav_partition_call(&regs);
	/* A manager that comes back from there cannot do without a partition that waits. */
	ffav_mm_loop(NULL, false);
}

/**
 * struct ration - How much may be told.
 * @requests: requests so far
 * @lines: lines that may be told before the next ration
 */
struct ration {
	unsigned int requests;
	unsigned int lines;
};

/*
 * Tell at most one refusal, between a request and its answer. The ring is left alone while
 * there is no ration: it announces what it dropped, and that is a line as well.
 */
static void tell(struct ration *ration)
{
	char line[FFAV_REPORT_LINE_MAX];
	size_t size;

	if (++ration->requests % REQUESTS_PER_LINE == 0 && ration->lines < LINES_MAX) {
		ration->lines++;
		ffav_report_refill(1);
	}
	if (!ration->lines)
		return;
	size = ffav_report_take(line);
	if (!size)
		return;
	ration->lines--;
	ffav_mm_log(line, size);
}

_Noreturn void ffav_mm_loop(struct ffav_service *service, bool console_log)
{
	struct ffav_smc_regs regs;
	struct ration ration = {.lines = LINES_MAX};
	bool waiting;

	for (;;) {
		memset(&regs, 0, sizeof(regs));
		regs.x[0] = FFA_MSG_WAIT;
		waiting = true;
		for (;;) {
			ffav_partition_call(&regs);
			if (service ? !ffav_service_buffer(service, &regs) &&
					      !ffav_service_request(service, &regs)
				    : !ffav_service_refuse(&regs))
				break;
			waiting = false;
			if (console_log)
				tell(&ration);
		}
		/* Nobody who refuses to let us wait can be waited for: a fault ends it. */
		if ((uint32_t)regs.x[0] == FFA_ERROR && waiting) {
			if (!service)
				__builtin_trap();
			ffav_mm_fail("The partition manager refuses FFA_MSG_WAIT.");
		}
		ffav_report("partition message", "neither a direct request nor expected, x0",
			    regs.x[0]);
	}
}
