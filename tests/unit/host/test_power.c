// SPDX-License-Identifier: BSD-3-Clause
/* Power cycles and power cuts under the whole road. */
#include "tests/unit/host/road.h"

static void test_power_cycle(void **state)
{
	static struct road r;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, NULL, 0);
	assert_int_equal(road_set(&r, "Kept", NV_BS_RT, "durable", 7), EFI_SUCCESS);
	assert_int_equal(road_set(&r, "Gone",
				  EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS,
				  "volatile", 8),
			 EFI_SUCCESS);
	assert_int_equal(road_set(&r, "Deleted", NV_BS, "x", 1), EFI_SUCCESS);
	assert_int_equal(road_set(&r, "Deleted", NV_BS, NULL, 0), EFI_SUCCESS);
	assert_int_equal(ffav_variables_exit_boot_services(r.mm), EFI_SUCCESS);
	for (unsigned int cycle = 0; cycle < 3; cycle++) {
		road_off(&r);
		road_boot(&r, NULL, 0);
		road_expect(&r, "Kept", NV_BS_RT, "durable", 7);
		assert_int_equal(road_count(&r), 1);
		/* Boot services are back: reset undoes ExitBootServices. */
		assert_int_equal(road_set(&r, "Boot", NV_BS, "again", 5), EFI_SUCCESS);
		road_expect(&r, "Boot", NV_BS, "again", 5);
		assert_int_equal(road_set(&r, "Boot", NV_BS, NULL, 0), EFI_SUCCESS);
	}
	road_end(&r);
}

/** A change that the power is cut in. */
struct change {
	struct road *r;
	uint32_t attributes;
	const void *data;
	size_t size;
	/** The call has returned, with this. */
	bool returned;
	efi_status_t status;
};

static void make_change(void *argument)
{
	struct change *c = argument;

	c->status = road_set(c->r, "Target", c->attributes, c->data, c->size);
	c->returned = true;
}

/* Does the variable hold exactly this? @size 0: is it absent? */
static bool holds(struct road *r, const void *data, size_t size)
{
	static uint8_t found[4096];
	size_t found_size = sizeof(found);
	uint32_t attributes;
	efi_status_t status = road_get(r, "Target", &attributes, found, &found_size);

	if (status == EFI_NOT_FOUND)
		return !size;
	assert_int_equal(status, EFI_SUCCESS);
	assert_int_equal(attributes, NV_BS_RT);
	return size == found_size && !memcmp(found, data, size);
}

static void put_bystanders(struct road *r)
{
	char name[16] = {0};

	for (unsigned int i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "Bystander%u", i);
		assert_int_equal(road_set(r, name, NV_BS_RT, name, sizeof(name)), EFI_SUCCESS);
	}
}

static void expect_bystanders(struct road *r)
{
	char name[16] = {0};

	for (unsigned int i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "Bystander%u", i);
		road_expect(r, name, NV_BS_RT, name, sizeof(name));
	}
}

/*
 * Cut at step @step of a change of the variable from @before to @after, in the way @cut, with
 * or without interrupts; power up and look. Return: false once the change has no such step.
 */
static bool cut_once(uint64_t step, enum ffav_nor_cut cut, unsigned int interrupt_every,
		     const void *before, size_t before_size, const void *after,
		     size_t after_size)
{
	struct ffav_host_options o = {.interrupt_every = interrupt_every};
	struct change c = {.attributes = NV_BS_RT, .data = after, .size = after_size};
	static struct road r;
	bool survived, old, new;

	road_flash(&r, 16);
	road_boot(&r, NULL, 0);
	put_bystanders(&r);
	if (before_size)
		assert_int_equal(road_set(&r, "Target", NV_BS_RT, before, before_size),
				 EFI_SUCCESS);
	road_off(&r);
	road_boot(&r, &o, 0);
	c.r = &r;
	r.nor.seed = step * 31 + cut;
	r.nor.cut = cut;
	r.nor.cut_step = r.nor.steps + step;
	survived = ffav_host_run(r.m, 0, make_change, &c);
	assert_true(survived == c.returned);
	if (survived)
		assert_int_equal(c.status, EFI_SUCCESS);
	road_off(&r);

	ffav_nor_power_on(&r.nor);
	road_boot(&r, NULL, 0);
	expect_bystanders(&r);
	old = holds(&r, before, before_size);
	new = holds(&r, after, after_size);
	if (survived ? !new : !old && !new)
		fail_msg("step %llu, cut %d: neither old nor new", (unsigned long long)step,
			 (int)cut);
	/* What was seen stays seen, and the store still works. */
	road_off(&r);
	ffav_nor_power_on(&r.nor);
	road_boot(&r, NULL, 0);
	assert_true(holds(&r, new ? after : before, new ? after_size : before_size));
	expect_bystanders(&r);
	assert_int_equal(road_set(&r, "Target", NV_BS_RT, "after all", 9), EFI_SUCCESS);
	assert_true(holds(&r, "after all", 9));
	road_end(&r);
	return !survived;
}

static void cut_everywhere(const void *before, size_t before_size, const void *after,
			   size_t after_size)
{
	for (int cut = 0; cut < FFAV_NOR_CUTS; cut++) {
		uint64_t step = 0;

		while (cut_once(step, (enum ffav_nor_cut)cut, step % 2, before, before_size,
				after, after_size))
			step++;
		assert_true(step > 0);
	}
}

static void test_cut_create(void **state)
{
	(void)state;
	cut_everywhere(NULL, 0, "a value of some length, to have several words", 45);
}

static void test_cut_overwrite(void **state)
{
	(void)state;
	cut_everywhere("the old value", 13, "a new and somewhat longer value", 31);
}

static void test_cut_delete(void **state)
{
	(void)state;
	cut_everywhere("the old value", 13, NULL, 0);
}

/* The power goes while the first store is made on a blank flash. */
static void test_cut_first_boot(void **state)
{
	(void)state;
	for (int cut = 0; cut < FFAV_NOR_CUTS; cut++) {
		enum ffav_host_boot boot;
		uint64_t step = 0;

		do {
			static struct road r;

			road_flash(&r, 16);
			r.nor.seed = step;
			r.nor.cut = (enum ffav_nor_cut)cut;
			r.nor.cut_step = step++;
			boot = road_on(&r, NULL);
			road_off(&r);
			ffav_nor_power_on(&r.nor);
			road_boot(&r, NULL, 0);
			assert_int_equal(road_count(&r), 0);
			assert_int_equal(road_set(&r, "Target", NV_BS_RT, "works", 5),
					 EFI_SUCCESS);
			assert_true(holds(&r, "works", 5));
			road_end(&r);
		} while (boot == FFAV_HOST_POWER_LOST);
		assert_int_equal(boot, FFAV_HOST_READY);
		assert_true(step > 1);
	}
}

static void ask_for_reset(void *argument)
{
	uint64_t x[8] = {PSCI_SYSTEM_RESET};

	(void)argument;
	road_call(x);
	fail_msg("SYSTEM_RESET returned");
}

static void test_psci_reset(void **state)
{
	static struct road r;

	(void)state;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, NULL, 0);
	assert_int_equal(road_set(&r, "Target", NV_BS_RT, "kept", 4), EFI_SUCCESS);
	assert_false(ffav_host_run(r.m, 0, ask_for_reset, NULL));
	/* Nothing runs on a machine that is off. */
	assert_false(ffav_host_run(r.m, 0, ask_for_reset, NULL));
	road_off(&r);
	road_boot(&r, NULL, 0);
	assert_true(holds(&r, "kept", 4));
	road_end(&r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_power_cycle),    cmocka_unit_test(test_cut_create),
		cmocka_unit_test(test_cut_overwrite),  cmocka_unit_test(test_cut_delete),
		cmocka_unit_test(test_cut_first_boot), cmocka_unit_test(test_psci_reset),
	};

	return cmocka_run_group_tests_name("host/power", tests, NULL, NULL);
}
