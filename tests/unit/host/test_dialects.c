// SPDX-License-Identifier: BSD-3-Clause
/*
 * Our client and our partition in each dialect that both have. The partition serves them all,
 * so a shim in between takes away what the client would prefer; for SPM_MM it is the secure
 * monitor of a machine without FF-A.
 */
#include "tests/unit/host/road.h"

#define VARIABLE_LO UINT64_C(0x0942e69933d532ed)
#define COMM2_LO    UINT64_C(0x46446bf0dcae8d37)

/**
 * struct shim - What stands between the worlds.
 * @hide_variable: there is no service ed32d533
 * @hide_comm2: there is no service 378daedc
 * @only_second: the partition receives requests of the second kind only
 * @spm: there is no FF-A, but SPM_MM
 * @call: the call that is being made
 * @inside: the shim makes a call of its own
 * @rings: doorbells
 */
struct shim {
	bool hide_variable;
	bool hide_comm2;
	bool only_second;
	bool spm;
	struct ffav_smc_regs call;
	bool inside;
	unsigned int rings;
};

static void watch(void *context, const struct ffav_host_event *event)
{
	struct shim *s = context;

	if (event->kind != FFAV_HOST_SMC || s->inside)
		return;
	s->call = *event->regs;
	switch ((uint32_t)s->call.x[0]) {
	case FFA_MSG_SEND_DIRECT_REQ_64:
	case FFA_MSG_SEND_DIRECT_REQ2:
	case MM_SPM_COMMUNICATE:
		s->rings++;
		break;
	default:
		break;
	}
}

/* The monitor passes the address on and returns the partition's code in x0. */
static void communicate(struct shim *s, struct ffav_smc_regs *regs)
{
	struct ffav_smc_regs request = {
		.x = {FFA_MSG_SEND_DIRECT_REQ_64, 0x8001, 0, s->call.x[2]}};

	s->inside = true;
	ffav_smc(&request);
	s->inside = false;
	assert_int_equal(request.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
	memset(regs, 0, sizeof(*regs));
	regs->x[0] = request.x[4];
}

static void change(void *context, struct ffav_smc_regs *regs)
{
	struct shim *s = context;

	if (s->inside)
		return;
	switch ((uint32_t)s->call.x[0]) {
	case FFA_VERSION:
		if (s->spm)
			regs->x[0] = UINT64_MAX;
		break;
	case FFA_PARTITION_INFO_GET_REGS:
		if ((s->hide_variable && s->call.x[1] == VARIABLE_LO) ||
		    (s->hide_comm2 && s->call.x[1] == COMM2_LO))
			ffav_ffa_error(regs, FFA_INVALID_PARAMETERS);
		else if (s->only_second)
			regs->x[3] &= ~((uint64_t)FFA_PARTITION_DIRECT_RECV << 32);
		break;
	case MM_SPM_VERSION:
		if (s->spm)
			regs->x[0] = MM_SPM_VERSION_1_0;
		break;
	case MM_SPM_COMMUNICATE:
		if (s->spm)
			communicate(s, regs);
		break;
	default:
		break;
	}
}

static void use(struct road *r, struct shim *s)
{
	uint8_t large[5000];
	uint64_t storage, remaining, largest;
	size_t size = 0;
	uint32_t attributes = 0;

	memset(large, 0x3c, sizeof(large));
	s->rings = 0;
	assert_int_equal(road_set(r, "One", NV_BS_RT, "first", 5), EFI_SUCCESS);
	assert_int_equal(road_set(r, "Two", NV_BS, large, sizeof(large)), EFI_SUCCESS);
	assert_int_equal(road_get(r, "Two", &attributes, NULL, &size), EFI_BUFFER_TOO_SMALL);
	assert_int_equal(size, sizeof(large));
	assert_int_equal(attributes, NV_BS);
	assert_int_equal(s->rings, 3);
	road_expect(r, "One", NV_BS_RT, "first", 5);
	road_expect(r, "Two", NV_BS, large, sizeof(large));
	assert_int_equal(road_count(r), 2);
	assert_int_equal(
		ffav_query_variable_info(r->mm, NV_BS_RT, &storage, &remaining, &largest),
		EFI_SUCCESS);
	assert_true(remaining < storage && remaining > 0);
	assert_int_equal(ffav_variables_exit_boot_services(r->mm), EFI_SUCCESS);
	assert_true(ffav_host_move(r->m));
	r->mm = ffav_host_resident(r->m);
	assert_int_equal(road_get(r, "Two", NULL, NULL, &size), EFI_NOT_FOUND);
	s->rings = 0;
	assert_int_equal(road_set(r, "One", NV_BS_RT, "second", 6), EFI_SUCCESS);
	road_expect(r, "One", NV_BS_RT, "second", 6);
	assert_int_equal(road_set(r, "One", NV_BS_RT, NULL, 0), EFI_SUCCESS);
	assert_int_equal(s->rings, 3);
	assert_int_equal(road_count(r), 0);
}

static void talk(struct shim shim, size_t offset, enum ffav_mm_dialect dialect, size_t header)
{
	struct ffav_host_options o = {
		.hooks = {.context = &shim, .trace = watch, .lie = change}};
	static struct road r;

	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, &o, offset);
	assert_int_equal(r.mm->dialect, dialect);
	assert_int_equal(r.mm->header_size, header);
	use(&r, &shim);
	road_end(&r);
}

static const size_t offsets[] = {0, 0x40, 0x1238};
#define EACH_OFFSET(i) for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++)

static void test_offset(void **state)
{
	(void)state;
	EACH_OFFSET(i)
	{
		talk((struct shim){0}, offsets[i], FFAV_MM_OFFSET, MM_HEADER_V1_SIZE);
	}
}

static void test_address(void **state)
{
	(void)state;
	EACH_OFFSET(i)
	{
		talk((struct shim){.hide_variable = true}, offsets[i], FFAV_MM_ADDRESS,
		     MM_HEADER_V1_SIZE);
	}
}

static void test_request2(void **state)
{
	(void)state;
	EACH_OFFSET(i)
	{
		talk((struct shim){.only_second = true}, offsets[i], FFAV_MM_REQUEST2,
		     MM_HEADER_V1_SIZE);
		talk((struct shim){.only_second = true, .hide_comm2 = true}, offsets[i],
		     FFAV_MM_REQUEST2, MM_HEADER_V3_SIZE);
	}
}

static void test_spm_mm(void **state)
{
	(void)state;
	EACH_OFFSET(i)
	{
		talk((struct shim){.spm = true}, offsets[i], FFAV_MM_SPM, MM_HEADER_V1_SIZE);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_offset),
		cmocka_unit_test(test_address),
		cmocka_unit_test(test_request2),
		cmocka_unit_test(test_spm_mm),
	};

	return cmocka_run_group_tests_name("host/dialects", tests, NULL, NULL);
}
