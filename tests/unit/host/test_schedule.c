// SPDX-License-Identifier: BSD-3-Clause
/*
 * A scheduler that means no good: requests that nobody resumes for long, resumed on any CPU,
 * callers and crash kernels in between, scribbles in the buffer while the partition works, a
 * reset in the middle, erases that take thousands of interrupts.
 */
#include "tests/unit/host/road.h"

#define CPUS   4u
#define ROUNDS 16u
#define STEPS  120u
#define TARGET 0x8001u

/** What the test believes: the partition works for nobody, or is preempted. */
static struct plot {
	struct road r;
	struct ffav_host_options options;
	uint64_t random;
	bool in_flight;
	/** Values of the variable: the last that was acknowledged, and the one in flight. */
	uint32_t known;
	uint32_t wanted;
	unsigned int resumed, busy, resets, crashes;
} plot;

static unsigned int chance(unsigned int n)
{
	plot.random ^= plot.random << 13;
	plot.random ^= plot.random >> 7;
	plot.random ^= plot.random << 17;
	return (unsigned int)(plot.random >> 33) % n;
}

static uint8_t *memory(void)
{
	return ffav_memory_ram(ffav_host_memory(plot.r.m), FFAV_HOST_BUFFER, 4096);
}

static void call(void *argument)
{
	road_call(argument);
}

/* One SMC on a CPU that chance chooses. */
static void on_some_cpu(uint64_t x[8])
{
	assert_true(ffav_host_run(plot.r.m, chance(CPUS), call, x));
}

static void expect_known(void)
{
	road_expect(&plot.r, "S", NV_BS_RT, &plot.known, sizeof(plot.known));
}

/* What a request or FFA_RUN may answer while the partition works. */
static void take_answer(const uint64_t x[8])
{
	const uint8_t *reply;

	if ((uint32_t)x[0] == FFA_INTERRUPT) {
		assert_int_equal(x[1], ffav_ffa_target(TARGET, 0));
		plot.in_flight = true;
		return;
	}
	assert_int_equal(x[0], FFA_MSG_SEND_DIRECT_RESP_64);
	assert_int_equal(x[1], ffav_ffa_endpoints(TARGET, 0));
	assert_int_equal(x[3], 0);
	/* Whatever was scribbled over the request, the reply is whole. */
	reply = road_take_reply(&plot.r);
	assert_int_equal(ffav_var_function(reply + MM_HEADER_V1_SIZE), FFAV_VAR_SET);
	assert_int_equal(ffav_var_status(reply + MM_HEADER_V1_SIZE), EFI_SUCCESS);
	plot.in_flight = false;
	plot.known = plot.wanted;
	expect_known();
}

static void do_request(void)
{
	uint64_t x[8] = {FFA_MSG_SEND_DIRECT_REQ_64, TARGET};

	if (!plot.in_flight) {
		plot.wanted++;
		road_put_set(&plot.r, "S", &plot.wanted, sizeof(plot.wanted));
		on_some_cpu(x);
		take_answer(x);
		return;
	}
	on_some_cpu(x);
	assert_int_equal(x[0], FFA_ERROR);
	assert_int_equal((int32_t)x[2], FFA_BUSY);
	plot.busy++;
}

static void do_run(void)
{
	uint64_t x[8] = {FFA_RUN, ffav_ffa_target(TARGET, 0)};

	on_some_cpu(x);
	if (plot.in_flight) {
		plot.resumed++;
		take_answer(x);
		return;
	}
	assert_int_equal(x[0], FFA_ERROR);
	assert_int_equal((int32_t)x[2], FFA_DENIED);
}

static void do_wrong_run(void)
{
	uint64_t x[8] = {FFA_RUN, ffav_ffa_target(TARGET, (uint16_t)(1 + chance(3)))};

	on_some_cpu(x);
	assert_int_equal(x[0], FFA_ERROR);
	assert_int_equal((int32_t)x[2], FFA_INVALID_PARAMETERS);
}

/* Through the library, which is told to wait a while and then to leave it. */
static void do_service(void)
{
	uint32_t found;
	size_t size = sizeof(found);
	uint32_t attributes;
	efi_status_t status = road_get(&plot.r, "S", &attributes, &found, &size);

	if (plot.in_flight) {
		assert_int_equal(status, EFI_DEVICE_ERROR);
		assert_false(plot.r.mm->dead);
		return;
	}
	assert_int_equal(status, EFI_SUCCESS);
	assert_int_equal(found, plot.known);
}

/* The buffer belongs to the partition, but nothing keeps a broken kernel from writing there. */
static void do_scribble(void)
{
	if (!plot.in_flight)
		return;
	for (unsigned int i = 0; i < 64; i++)
		memory()[chance(512)] = (uint8_t)chance(256);
}

/* Another kernel starts, with a client of its own. */
static void do_crash_kernel(void)
{
	struct ffav_mm *mm = plot.r.mm;
	struct ffav_mm before = *mm;
	efi_status_t status;

	memset(mm, 0, sizeof(*mm));
	status = ffav_host_probe(plot.r.m, 0, chance(2));
	plot.crashes++;
	if (plot.in_flight) {
		assert_int_not_equal(status, EFI_SUCCESS);
		assert_false(mm->found);
		assert_false(mm->dead);
		*mm = before;
		/* The message of its attempt lies over the request. */
		return;
	}
	assert_int_equal(status, EFI_SUCCESS);
	expect_known();
}

static void boot(void)
{
	road_boot(&plot.r, &plot.options, 0);
	plot.in_flight = false;
}

static void do_reset(void)
{
	uint32_t found;
	size_t size = sizeof(found);
	uint32_t attributes;
	bool was_in_flight = plot.in_flight;

	road_off(&plot.r);
	plot.resets++;
	plot.options.interrupt_every = 1 + chance(3);
	boot();
	assert_int_equal(road_get(&plot.r, "S", &attributes, &found, &size), EFI_SUCCESS);
	assert_true(found == plot.known || (was_in_flight && found == plot.wanted));
	plot.known = found;
	plot.wanted = found;
}

static void test_adversary(void **state)
{
	static void (*const moves[])(void) = {
		do_request, do_request, do_run,      do_run,          do_run,   do_wrong_run,
		do_service, do_service, do_scribble, do_crash_kernel, do_reset,
	};

	(void)state;
	memset(&plot, 0, sizeof(plot));
	for (unsigned int round = 0; round < ROUNDS; round++) {
		plot.random = 0x9e3779b97f4a7c15u * (round + 1);
		plot.options = (struct ffav_host_options){.cpus = CPUS, .interrupt_every = 1};
		plot.known = plot.wanted = 0;
		road_flash(&plot.r, 16);
		boot();
		assert_int_equal(
			road_set(&plot.r, "S", NV_BS_RT, &plot.known, sizeof(plot.known)),
			EFI_SUCCESS);
		for (unsigned int step = 0; step < STEPS; step++)
			moves[chance(sizeof(moves) / sizeof(moves[0]))]();
		while (plot.in_flight)
			do_run();
		expect_known();
		assert_int_equal(road_count(&plot.r), 1);
		road_end(&plot.r);
	}
	/* The scheduler came to each of its ideas. */
	assert_true(plot.resumed > 100 && plot.busy > 10 && plot.resets > 10 &&
		    plot.crashes > 10);
}

/** What happens at an interrupt in the middle of an erase. */
static struct erase {
	struct road r;
	unsigned int interrupts, most, refused;
} erase;

static void during_erase(void *context, unsigned int cpu)
{
	uint32_t value, attributes;
	size_t size = sizeof(value);

	(void)context;
	(void)cpu;
	if (++erase.interrupts % 1000)
		return;
	assert_int_equal(road_get(&erase.r, "Any", &attributes, &value, &size),
			 EFI_DEVICE_ERROR);
	erase.refused++;
}

static void test_long_erase(void **state)
{
	struct ffav_host_options o = {.erase_interrupts = 5000,
				      .cache_soiled = true,
				      .hooks = {.context = &erase, .interrupt = during_erase}};
	static uint8_t data[3000];

	(void)state;
	memset(&erase, 0, sizeof(erase));
	road_flash(&erase.r, 8);
	road_boot(&erase.r, &o, 0);
	for (unsigned int i = 0; i < 40; i++) {
		memset(data, (int)i, sizeof(data));
		erase.interrupts = 0;
		assert_int_equal(road_set(&erase.r, "Any", NV_BS_RT, data, sizeof(data)),
				 EFI_SUCCESS);
		if (erase.interrupts > erase.most)
			erase.most = erase.interrupts;
		road_expect(&erase.r, "Any", NV_BS_RT, data, sizeof(data));
	}
	assert_true(erase.most >= 5000);
	assert_true(erase.refused >= 5);
	road_end(&erase.r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_adversary),
		cmocka_unit_test(test_long_erase),
	};

	return cmocka_run_group_tests_name("host/schedule", tests, NULL, NULL);
}
