// SPDX-License-Identifier: BSD-3-Clause
/* Interrupts while the partition works: FFA_INTERRUPT and FFA_RUN for real. */
#include "tests/unit/host/road.h"

/** What an interrupt handler of a test has to work with. */
struct handler {
	struct road r;
	unsigned int interrupts;
	unsigned int resumes;
	unsigned int busy;
};

static void count_interrupts(void *context, unsigned int cpu)
{
	struct handler *h = context;

	assert_int_equal(cpu, 0);
	h->interrupts++;
}

static void count_resumes(void *context, const struct ffav_host_event *event)
{
	struct handler *h = context;

	if (event->kind != FFAV_HOST_RESUMED)
		return;
	h->resumes++;
	assert_int_equal(event->partition_id, 0x8001);
}

/* An interrupt inside every single flash operation, long writes and reclaiming included. */
static void test_every_operation(void **state)
{
	static uint8_t data[3000];
	static struct handler h;
	struct ffav_host_options o = {.interrupt_every = 1,
				      .cache_soiled = true,
				      .cache_percent = 20,
				      .hooks = {.context = &h,
						.trace = count_resumes,
						.interrupt = count_interrupts}};
	char name[16];

	(void)state;
	memset(&h, 0, sizeof(h));
	road_flash(&h.r, 16);
	road_boot(&h.r, &o, 0);
	for (unsigned int round = 0; round < 60; round++) {
		memset(data, (int)round, sizeof(data));
		snprintf(name, sizeof(name), "V%u", round % 5);
		assert_int_equal(road_set(&h.r, name, NV_BS_RT, data, sizeof(data)),
				 EFI_SUCCESS);
		road_expect(&h.r, name, NV_BS_RT, data, sizeof(data));
	}
	/* More than the flash holds was written, so sectors were erased under interrupts too. */
	assert_true(h.r.nor.sectors_erased > 0);
	assert_true(h.interrupts >= 60);
	assert_int_equal(h.interrupts, h.resumes);
	road_end(&h.r);
}

/* What another CPU does while the partition is preempted on the first. */
static void knock(void *argument)
{
	struct handler *h = argument;
	uint64_t request[8] = {FFA_MSG_SEND_DIRECT_REQ_64, 0x8001};
	uint64_t version[8] = {FFA_VERSION, FFA_VERSION_1_2};

	road_call(request);
	assert_int_equal(request[0], FFA_ERROR);
	assert_int_equal((int32_t)request[2], FFA_BUSY);
	h->busy++;
	road_call(version);
	assert_int_equal(version[0], FFA_VERSION_1_2);
}

static void interrupt_on_first(void *context, unsigned int cpu)
{
	struct handler *h = context;

	assert_int_equal(cpu, 0);
	h->interrupts++;
	assert_true(ffav_host_run(h->r.m, 1, knock, h));
	/* Re-entry from the interrupt handler of the same CPU is no different. */
	knock(h);
}

static void test_second_caller_is_busy(void **state)
{
	static struct handler h;
	struct ffav_host_options o = {
		.interrupt_every = 1,
		.cpus = 2,
		.hooks = {.context = &h, .interrupt = interrupt_on_first}};

	(void)state;
	memset(&h, 0, sizeof(h));
	road_flash(&h.r, ROAD_SECTORS);
	road_boot(&h.r, &o, 0);
	assert_int_equal(road_set(&h.r, "Shared", NV_BS_RT, "whole", 5), EFI_SUCCESS);
	assert_true(h.interrupts > 0);
	assert_int_equal(h.busy, 2 * h.interrupts);
	ffav_host_set_interrupts(h.r.m, 0);
	road_expect(&h.r, "Shared", NV_BS_RT, "whole", 5);
	road_end(&h.r);
}

/* The library's own lock: a caller that interrupts a call gets DEVICE_ERROR, not a deadlock. */
static void call_again(void *context, unsigned int cpu)
{
	struct handler *h = context;
	uint8_t buffer[16];
	size_t size = sizeof(buffer);
	uint32_t attributes;

	(void)cpu;
	h->interrupts++;
	assert_int_equal(road_get(&h->r, "Other", &attributes, buffer, &size),
			 EFI_DEVICE_ERROR);
}

static void test_reentry(void **state)
{
	static struct handler h;
	struct ffav_host_options o = {.hooks = {.context = &h, .interrupt = call_again}};

	(void)state;
	memset(&h, 0, sizeof(h));
	road_flash(&h.r, ROAD_SECTORS);
	road_boot(&h.r, &o, 0);
	assert_int_equal(road_set(&h.r, "Other", NV_BS_RT, "there", 5), EFI_SUCCESS);
	ffav_host_set_interrupts(h.r.m, 1);
	assert_int_equal(road_set(&h.r, "Mine", NV_BS_RT, "mine", 4), EFI_SUCCESS);
	assert_true(h.interrupts > 0);
	ffav_host_set_interrupts(h.r.m, 0);
	road_expect(&h.r, "Mine", NV_BS_RT, "mine", 4);
	road_expect(&h.r, "Other", NV_BS_RT, "there", 5);
	road_end(&h.r);
}

/* The partition is resumed on whichever CPU calls FFA_RUN. */
struct migration {
	uint64_t answer[8];
	uint64_t run[8];
};

static void start_request(void *argument)
{
	struct migration *g = argument;

	road_call(g->answer);
}

static void resume(void *argument)
{
	struct migration *g = argument;

	road_call(g->run);
}

static void test_resume_elsewhere(void **state)
{
	struct ffav_host_options o = {.interrupt_every = 1, .cpus = 3};
	struct migration g = {.answer = {FFA_MSG_SEND_DIRECT_REQ_64, 0x8001}};
	unsigned int resumes = 0;
	static struct road r;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, &o, 0);
	road_put_set(&r, "Wanderer", "from CPU to CPU", 15);
	assert_true(ffav_host_run(r.m, 0, start_request, &g));
	assert_int_equal(g.answer[0], FFA_INTERRUPT);
	do {
		memset(g.run, 0, sizeof(g.run));
		g.run[0] = FFA_RUN;
		g.run[1] = g.answer[1];
		assert_true(ffav_host_run(r.m, 1 + resumes % 2, resume, &g));
		assert_true(++resumes < 1000);
	} while (g.run[0] == FFA_INTERRUPT);
	assert_int_equal(g.run[0], FFA_MSG_SEND_DIRECT_RESP_64);
	assert_int_equal(g.run[3], 0);
	road_take_reply(&r);
	ffav_host_set_interrupts(r.m, 0);
	road_expect(&r, "Wanderer", NV_BS_RT, "from CPU to CPU", 15);
	road_end(&r);
}

/* A caller that never resumes: nobody else is harmed, and a power cycle heals it. */
static void test_never_resumed(void **state)
{
	struct ffav_host_options o = {.interrupt_every = 1};
	uint64_t request[8] = {FFA_MSG_SEND_DIRECT_REQ_64, 0x8001};
	static struct road r;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, NULL, 0);
	assert_int_equal(road_set(&r, "Before", NV_BS_RT, "kept", 4), EFI_SUCCESS);
	road_off(&r);
	road_boot(&r, &o, 0);
	road_put_set(&r, "Lost", "maybe", 5);
	road_call(request);
	assert_int_equal(request[0], FFA_INTERRUPT);
	assert_int_equal(road_set(&r, "Refused", NV_BS_RT, "x", 1), EFI_DEVICE_ERROR);
	road_off(&r);
	road_boot(&r, NULL, 0);
	road_expect(&r, "Before", NV_BS_RT, "kept", 4);
	assert_int_equal(road_count(&r), 1);
	road_end(&r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_operation),
		cmocka_unit_test(test_second_caller_is_busy),
		cmocka_unit_test(test_reentry),
		cmocka_unit_test(test_resume_elsewhere),
		cmocka_unit_test(test_never_resumed),
	};

	return cmocka_run_group_tests_name("host/preempt", tests, NULL, NULL);
}
