// SPDX-License-Identifier: BSD-3-Clause
/*
 * Two CPUs that really run at the same time, each a thread. What may go wrong
 * here shows under ThreadSanitizer; without it the results are checked still.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "tests/unit/host/road.h"

#define ROUNDS 300u
#define CPUS   2u

static struct road r;

/** One CPU: what it wrote and how its calls ended. */
struct worker {
	unsigned int cpu;
	unsigned int done;
	unsigned int refused;
	unsigned int wrong;
};

/* Through the library: its lock keeps the callers apart; a bounded wait, then DEVICE_ERROR. */
static void use_library(void *argument)
{
	struct worker *w = argument;
	const uint16_t name[] = {'C', 'P', 'U', (uint16_t)('0' + w->cpu), 0};

	for (unsigned int i = 0; i < ROUNDS; i++) {
		uint32_t value = i << 8 | w->cpu;
		uint32_t found = 0;
		uint64_t size = sizeof(found);
		uint32_t attributes;
		efi_status_t status;

		status = ffav_set_variable(r.mm, name, &road_guid, NV_BS_RT, sizeof(value),
					   &value);
		if (status == EFI_DEVICE_ERROR) {
			w->refused++;
			continue;
		}
		w->wrong += status != EFI_SUCCESS;
		status = ffav_get_variable(r.mm, name, &road_guid, &attributes, &size, &found);
		if (status == EFI_DEVICE_ERROR) {
			w->refused++;
			continue;
		}
		w->wrong += status != EFI_SUCCESS || size != sizeof(found) || found != value;
		w->done++;
	}
}

/* Without the library: the manager lets one in and tells the other that it is busy. */
static void ring_at_once(void *argument)
{
	struct worker *w = argument;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct ffav_smc_regs regs = {.x = {FFA_MSG_SEND_DIRECT_REQ_64, 0x8001}};

		ffav_smc(&regs);
		while ((uint32_t)regs.x[0] == FFA_INTERRUPT) {
			uint64_t target = regs.x[1];

			memset(&regs, 0, sizeof(regs));
			regs.x[0] = FFA_RUN;
			regs.x[1] = target;
			ffav_smc(&regs);
		}
		if ((uint32_t)regs.x[0] == FFA_MSG_SEND_DIRECT_RESP_64)
			w->done++;
		else if ((uint32_t)regs.x[0] == FFA_ERROR &&
			 (int32_t)(uint32_t)regs.x[2] == FFA_BUSY)
			w->refused++;
		else
			w->wrong++;
	}
}

static void (*work)(void *argument);

static void *run_cpu(void *argument)
{
	struct worker *w = argument;

	if (!ffav_host_run(r.m, w->cpu, work, w))
		w->wrong++;
	return NULL;
}

static void run_all(struct worker workers[CPUS])
{
	pthread_t threads[CPUS];

	memset(workers, 0, CPUS * sizeof(workers[0]));
	for (unsigned int i = 0; i < CPUS; i++) {
		workers[i].cpu = i;
		assert_int_equal(pthread_create(&threads[i], NULL, run_cpu, &workers[i]), 0);
	}
	for (unsigned int i = 0; i < CPUS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static void test_library(void **state)
{
	struct ffav_host_options o = {.cpus = CPUS, .interrupt_every = 3};
	struct worker workers[CPUS];
	uint32_t value;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, &o, 0);
	work = use_library;
	run_all(workers);
	for (unsigned int i = 0; i < CPUS; i++) {
		assert_int_equal(workers[i].wrong, 0);
		assert_true(workers[i].done > 0);
	}
	/* Nobody is locked out for good. */
	value = 7;
	assert_int_equal(road_set(&r, "CPU0", NV_BS_RT, &value, sizeof(value)), EFI_SUCCESS);
	road_expect(&r, "CPU0", NV_BS_RT, &value, sizeof(value));
	assert_int_equal(road_count(&r), CPUS);
	road_end(&r);
}

static void test_manager(void **state)
{
	struct ffav_host_options o = {.cpus = CPUS};
	struct worker workers[CPUS];

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, &o, 0);
	assert_int_equal(road_set(&r, "Kept", NV_BS_RT, "x", 1), EFI_SUCCESS);
	work = ring_at_once;
	run_all(workers);
	for (unsigned int i = 0; i < CPUS; i++) {
		assert_int_equal(workers[i].wrong, 0);
		assert_int_equal(workers[i].done + workers[i].refused, ROUNDS);
	}
	assert_true(workers[0].done + workers[1].done > 0);
	road_expect(&r, "Kept", NV_BS_RT, "x", 1);
	road_end(&r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_library),
		cmocka_unit_test(test_manager),
	};

	return cmocka_run_group_tests_name("host/threads", tests, NULL, NULL);
}
