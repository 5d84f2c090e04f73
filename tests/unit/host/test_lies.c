// SPDX-License-Identifier: BSD-3-Clause
/*
 * A secure side that lies, over the whole road: the manager and the partition do their work,
 * and then the answer or the reply is changed on the way back. Every kind of lie for every
 * service, at boot and at runtime: the service returns a status that it may return, writes
 * nothing behind the caller's buffers, and a lie in one reply costs that one call.
 */
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>

#include "tests/unit/host/road.h"

#define ROOM   64u
#define GUARD  64u
#define FILLER 0xa5

/** What a lie does to the answer; @m is the message in memory, as the partition left it. */
struct lie {
	const char *name;
	void (*tell)(struct ffav_smc_regs *regs, uint8_t *m);
	/** The client cannot tell, and has nothing to fear: the call may succeed. */
	bool harmless;
	/** The partition has the request and nobody knows what became of it: no call after it works. */
	bool lost;
};

static uint8_t *payload(uint8_t *m)
{
	return m + MM_HEADER_V1_SIZE + FFAV_VAR_HEADER_SIZE;
}

static void wrong_endpoint(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)m;
	regs->x[1] = ffav_ffa_endpoints(0x8002, 0);
}

static void wrong_receiver(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)m;
	regs->x[1] = ffav_ffa_endpoints(0x8001, 7);
}

static void wrong_function(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)m;
	regs->x[0] = FFA_MSG_SEND_DIRECT_RESP_32;
}

static void framework_message(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)m;
	regs->x[2] = UINT32_C(1) << 31;
}

static void nobody_there(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)m;
	memset(regs, 0xff, sizeof(*regs));
}

static void code(struct ffav_smc_regs *regs, int64_t value)
{
	regs->x[3] = (uint64_t)value;
}

static void code_int_min(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)m;
	code(regs, INT_MIN);
}

static void code_int64_min(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)m;
	code(regs, INT64_MIN);
}

static void code_positive(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)m;
	code(regs, 1);
}

static void code_out_of_range(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)m;
	code(regs, -1000);
}

static void error_int_min(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)m;
	ffav_ffa_error(regs, INT_MIN);
}

static void error_zero(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)m;
	ffav_ffa_error(regs, 0);
}

static void length(uint8_t *m, uint64_t size)
{
	ffav_put64(m + 16, size);
}

static void length_zero(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)regs;
	length(m, 0);
}

static void length_short(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)regs;
	length(m, FFAV_VAR_HEADER_SIZE - 1);
}

static void length_one_less(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)regs;
	length(m, ffav_get64(m + 16) - 1);
}

static void length_past_buffer(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)regs;
	length(m, 128 * 1024 - MM_HEADER_V1_SIZE + 1);
}

static void length_wraps(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)regs;
	length(m, UINT64_MAX - 8);
}

static void other_service(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)regs;
	m[3] ^= 0x80;
}

static void other_call(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)regs;
	m[MM_HEADER_V1_SIZE] ^= 0x40;
}

static void put_status(uint8_t *m, uint64_t status)
{
	ffav_put64(m + MM_HEADER_V1_SIZE + 8, status);
}

static void status_without_bit(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)regs;
	put_status(m, 14);
}

static void status_unknown(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)regs;
	put_status(m, EFI_ERROR_BIT | 63);
}

static void status_int_min(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)regs;
	put_status(m, EFI_ERROR_BIT);
}

/* BUFFER_TOO_SMALL with sizes that no buffer could ever have. */
static void too_small_for_ever(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)regs;
	put_status(m, EFI_BUFFER_TOO_SMALL);
	memset(payload(m) + 16, 0xff, 16);
}

/* Success, and where its data should be there is nothing. */
static void status_without_data(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)regs;
	put_status(m, EFI_SUCCESS);
	length(m, FFAV_VAR_HEADER_SIZE);
}

/* The partition says that it is done and has written nothing: the request is still there. */
static uint8_t request[4096];

static void nothing_written(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)regs;
	memcpy(m, request, sizeof(request));
}

/* The header is the reply's, the rest is the request's. */
static void partly_written(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)regs;
	memcpy(payload(m), request + (payload(m) - m),
	       sizeof(request) - (size_t)(payload(m) - m));
}

static void all_ones(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)regs;
	memset(payload(m), 0xff, 1024);
}

/* Sizes and status fit, but there is no zero anywhere in the name. */
static void no_terminator(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)regs;
	for (size_t i = FFAV_VAR_NEXT_SIZE; i < 200; i++)
		payload(m)[i] |= 0x11;
}

static void odd_sizes(struct ffav_smc_regs *regs, uint8_t *m)
{
	(void)regs;
	payload(m)[16] |= 1;
	payload(m)[24] |= 1;
}

static const struct lie lies[] = {
	{"the response of another endpoint", wrong_endpoint, false, true},
	{"a response for another receiver", wrong_receiver, false, true},
	{"a response of the other width", wrong_function, false, true},
	{"a message of the framework", framework_message, false, true},
	{"all ones in every register", nobody_there, false, true},
	{"a code of INT_MIN", code_int_min, false, false},
	{"a code of INT64_MIN", code_int64_min, false, false},
	{"a positive code", code_positive, false, false},
	{"a code out of range", code_out_of_range, false, false},
	{"FFA_ERROR with INT_MIN", error_int_min, false, false},
	{"FFA_ERROR with no error", error_zero, false, false},
	{"a length of 0", length_zero, false, false},
	{"a length that cuts the header", length_short, false, false},
	/* SetVariable() has no use for the payload of its reply. */
	{"a length that lacks a byte", length_one_less, true, false},
	{"a length past the buffer", length_past_buffer, false, false},
	{"a length that wraps", length_wraps, false, false},
	{"another service's reply", other_service, false, false},
	{"another call's reply", other_call, false, false},
	{"an error without its bit", status_without_bit, false, false},
	{"an unknown error", status_unknown, false, false},
	{"the error bit alone", status_int_min, false, false},
	{"too small for ever", too_small_for_ever, false, false},
	{"status without data", status_without_data, true, false},
	{"nothing was written", nothing_written, false, false},
	{"a partly written reply", partly_written, true, false},
	{"all ones behind the header", all_ones, true, false},
	{"no terminator", no_terminator, true, false},
	{"odd sizes", odd_sizes, true, false},
};

/** The lie that is told to the next request, and what the request was. */
static struct teller {
	struct road r;
	const struct lie *lie;
	unsigned int told;
} teller;

static uint8_t *message(void)
{
	return ffav_memory_ram(ffav_host_memory(teller.r.m), FFAV_HOST_BUFFER, 128 * 1024);
}

static void tell(void *context, struct ffav_smc_regs *regs)
{
	(void)context;
	if (!teller.lie || (uint32_t)regs->x[0] != FFA_MSG_SEND_DIRECT_RESP_64)
		return;
	teller.told++;
	teller.lie->tell(regs, message());
}

static void remember(void *context, const struct ffav_host_event *event)
{
	(void)context;
	if (event->kind == FFAV_HOST_SMC && teller.lie &&
	    (uint32_t)event->regs->x[0] == FFA_MSG_SEND_DIRECT_REQ_64)
		memcpy(request, message(), sizeof(request));
}

static bool untouched(const uint8_t *p, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (p[i] != FILLER)
			return false;
	}
	return true;
}

static efi_status_t call_get(void)
{
	uint8_t data[ROOM + GUARD];
	uint32_t attributes = 0x5a5a5a5a;
	uint64_t size = ROOM;
	efi_status_t status;

	memset(data, FILLER, sizeof(data));
	status = ffav_get_variable(teller.r.mm, road_name("Known"), &road_guid, &attributes,
				   &size, data);
	assert_true(untouched(data + ROOM, GUARD));
	if (!status) {
		assert_true(size <= ROOM);
		assert_int_equal(attributes & ~EFI_VARIABLE_ATTRIBUTES_MASK, 0);
	} else if (status != EFI_BUFFER_TOO_SMALL) {
		assert_true(untouched(data, ROOM));
		assert_int_equal(size, ROOM);
		assert_int_equal(attributes, 0x5a5a5a5a);
	}
	return status;
}

static efi_status_t call_next(void)
{
	uint8_t bytes[ROOM + GUARD];
	uint16_t *name = (uint16_t *)(void *)bytes;
	struct efi_guid guid;
	uint64_t size = ROOM;
	efi_status_t status;
	bool ends = false;

	memset(bytes, FILLER, sizeof(bytes));
	memset(&guid, FILLER, sizeof(guid));
	name[0] = 0;
	status = ffav_get_next_variable_name(teller.r.mm, &size, name, &guid);
	assert_true(untouched(bytes + ROOM, GUARD));
	if (!status) {
		assert_true(size <= ROOM && size % 2 == 0);
		for (size_t i = 0; i < size / 2; i++)
			ends |= !name[i];
		assert_true(ends);
	} else if (status != EFI_BUFFER_TOO_SMALL) {
		assert_int_equal(name[0], 0);
		assert_true(untouched(bytes + 2, ROOM - 2));
		assert_true(untouched(guid.b, sizeof(guid)));
		assert_int_equal(size, ROOM);
	}
	return status;
}

static efi_status_t call_set(void)
{
	return road_set(&teller.r, "Written", NV_BS_RT, "what", 4);
}

static efi_status_t call_query(void)
{
	uint64_t storage = 1, remaining = 2, largest = 3;
	efi_status_t status =
		ffav_query_variable_info(teller.r.mm, NV_BS_RT, &storage, &remaining, &largest);

	if (status) {
		assert_int_equal(storage, 1);
		assert_int_equal(remaining, 2);
		assert_int_equal(largest, 3);
	}
	return status;
}

static efi_status_t call_exit(void)
{
	/* As if nobody had told the partition yet. */
	teller.r.mm->exit_told = false;
	return ffav_variables_exit_boot_services(teller.r.mm);
}

static efi_status_t call_raw(void)
{
	static const struct efi_guid service = MM_VARIABLE_GUID;
	struct ffav_mm_header h = {.guid = service.b,
				   .header_size = MM_HEADER_V1_SIZE,
				   .data_size =
					   FFAV_VAR_HEADER_SIZE + FFAV_VAR_INFO_PADDED_SIZE};
	uint8_t *at = ffav_mm_message(teller.r.mm);
	struct ffav_var_info info = {.attributes = NV_BS_RT};
	size_t size = MM_HEADER_V1_SIZE + (size_t)h.data_size;
	efi_status_t status;

	assert_true(ffav_mm_header_encode(at, 4096, &h));
	ffav_var_header_encode(at + MM_HEADER_V1_SIZE, FFAV_VAR_QUERY_INFO, EFI_DEVICE_ERROR);
	memset(payload(at), 0, FFAV_VAR_INFO_PADDED_SIZE);
	ffav_var_info_encode(payload(at), FFAV_VAR_INFO_PADDED_SIZE, &info);
	status = ffav_mm_communicate(teller.r.mm, at, &size);
	assert_true(status || size <= MM_HEADER_V1_SIZE + (size_t)h.data_size);
	return status;
}

static const struct service {
	const char *name;
	efi_status_t (*call)(void);
	/** Whoever calls this reads the reply himself: only the MM header is the library's. */
	bool raw;
} services[] = {
	{"GetVariable", call_get, false},       {"GetNextVariableName", call_next, false},
	{"SetVariable", call_set, false},       {"QueryVariableInfo", call_query, false},
	{"ExitBootServices", call_exit, false}, {"MM communicate", call_raw, true},
};

static void start(unsigned int seed)
{
	struct ffav_host_options o = {
		.seed = seed,
		.cache_soiled = true,
		.cache_percent = seed % 3 * 10,
		.hooks = {.context = &teller, .lie = tell, .trace = remember}};

	memset(&teller, 0, sizeof(teller));
	road_flash(&teller.r, ROAD_SECTORS);
	road_boot(&teller.r, &o, 0);
	assert_int_equal(road_set(&teller.r, "Known", NV_BS_RT, "value", 5), EFI_SUCCESS);
	assert_int_equal(road_set(&teller.r, "Written", NV_BS_RT, "that", 4), EFI_SUCCESS);
}

/* A status that an EFI service may return, and an error unless the lie is one that does not matter. */
static void check_status(const struct lie *lie, const struct service *s, efi_status_t status)
{
	uint64_t number = status & ~EFI_ERROR_BIT;

	if (status && (number == status || !number || number > 31))
		fail_msg("%s, %s: 0x%llx is no EFI error", s->name, lie->name,
			 (unsigned long long)status);
	if (!status && !lie->harmless && !s->raw)
		fail_msg("%s believes %s", s->name, lie->name);
}

static void start_in_phase(unsigned int seed, bool at_runtime)
{
	start(seed);
	if (!at_runtime)
		return;
	assert_int_equal(ffav_variables_exit_boot_services(teller.r.mm), EFI_SUCCESS);
	assert_true(ffav_host_move(teller.r.m));
	teller.r.mm = ffav_host_resident(teller.r.m);
}

static void tell_one(const struct lie *lie, const struct service *s)
{
	teller.told = 0;
	teller.lie = lie;
	check_status(lie, s, s->call());
	assert_int_equal(teller.told, 1);
	teller.lie = NULL;
	assert_int_equal(ffav_cache_dirty(&ffav_host_memory(teller.r.m)->cache), 0);
	/* The next call finds a store that is as it was, or nobody. */
	assert_int_equal(teller.r.mm->dead, lie->lost);
	if (lie->lost)
		assert_int_equal(s->call(), EFI_DEVICE_ERROR);
	else
		road_expect(&teller.r, "Known", NV_BS_RT, "value", 5);
}

static void tell_all(bool at_runtime)
{
	unsigned int seed = 0;

	for (size_t k = 0; k < sizeof(services) / sizeof(services[0]); k++) {
		start_in_phase(seed++, at_runtime);
		for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
			tell_one(&lies[i], &services[k]);
			if (!lies[i].lost)
				continue;
			/* Until reset. */
			road_end(&teller.r);
			start_in_phase(seed++, at_runtime);
		}
		road_end(&teller.r);
	}
}

static void test_at_boot(void **state)
{
	(void)state;
	tell_all(false);
}

static void test_at_runtime(void **state)
{
	(void)state;
	tell_all(true);
}

/* The reply of the call before, which was for another variable. */
static void keep_or_replay(struct ffav_smc_regs *regs, uint8_t *m)
{
	static uint8_t kept[4096];

	(void)regs;
	if (teller.told % 2)
		memcpy(kept, m, sizeof(kept));
	else
		memcpy(m, kept, sizeof(kept));
}

static void test_stale_reply(void **state)
{
	static const struct lie stale = {.name = "a stale reply", .tell = keep_or_replay};
	uint8_t data[ROOM];
	uint32_t attributes;
	size_t size = ROOM;

	(void)state;
	for (size_t k = 0; k < sizeof(services) / sizeof(services[0]); k++) {
		start((unsigned int)k);
		assert_int_equal(road_set(&teller.r, "Longer name", NV_BS_RT, "secret", 6),
				 EFI_SUCCESS);
		teller.lie = &stale;
		size = ROOM;
		assert_int_equal(road_get(&teller.r, "Longer name", &attributes, data, &size),
				 EFI_SUCCESS);
		check_status(&stale, &services[k], services[k].call());
		assert_int_equal(teller.told, 2);
		teller.lie = NULL;
		road_expect(&teller.r, "Known", NV_BS_RT, "value", 5);
		road_end(&teller.r);
	}
}

static uint64_t interrupts;

/* From the first answer on there are only interrupts. */
static void only_interrupts(void *context, struct ffav_smc_regs *regs)
{
	(void)context;
	if (!teller.lie)
		return;
	interrupts++;
	memset(regs, 0, sizeof(*regs));
	regs->x[0] = FFA_INTERRUPT;
	regs->x[1] = ffav_ffa_target(0x8001, 0);
}

/* The one lie that takes millions of calls; the others are told for every service. */
static void test_interrupt_without_end(void **state)
{
	static const struct lie any = {.name = "interrupts without end"};
	struct ffav_host_options o = {.hooks = {.context = &teller, .lie = only_interrupts}};
	uint8_t before[256];

	(void)state;
	memset(&teller, 0, sizeof(teller));
	road_flash(&teller.r, ROAD_SECTORS);
	road_boot(&teller.r, &o, 0);
	teller.lie = &any;
	interrupts = 0;
	assert_int_equal(call_set(), EFI_DEVICE_ERROR);
	assert_int_equal(interrupts, (uint64_t)FFAV_RESUME_MAX + 1);
	assert_true(teller.r.mm->dead);
	/* Given up: no call and no touch of the buffer any more. */
	memcpy(before, message(), sizeof(before));
	for (size_t k = 0; k < sizeof(services) / sizeof(services[0]); k++) {
		if (!services[k].raw)
			assert_int_equal(services[k].call(), EFI_DEVICE_ERROR);
	}
	assert_int_equal(interrupts, (uint64_t)FFAV_RESUME_MAX + 1);
	assert_memory_equal(before, message(), sizeof(before));
	road_end(&teller.r);
}

/** Somebody who changes the buffer under the client's eyes. */
static struct flipper {
	_Atomic(volatile uint8_t *) at;
	atomic_bool stop;
} flipper;

/* The atomic accesses keep this thread's stores from being merged or moved. */
static void *flip(void *argument)
{
	uint64_t random = 88172645463325252u;

	(void)argument;
	while (!atomic_load(&flipper.stop)) {
		volatile uint8_t *at = atomic_load(&flipper.at);

		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		if (at)
			at[random % 192] = (uint8_t)(random >> 32);
	}
	return NULL;
}

/* Between the doorbell's return and the end of the call the reply changes all the time. */
static void test_changed_after_return(void **state)
{
	pthread_t thread;

	(void)state;
	start(0);
	atomic_store(&flipper.stop, false);
	assert_int_equal(pthread_create(&thread, NULL, flip, NULL), 0);
	for (unsigned int i = 0; i < 1000; i++) {
		const struct service *s = &services[i % 4];
		uint64_t number;
		efi_status_t status;

		atomic_store(&flipper.at, ffav_mm_message(teller.r.mm) + MM_HEADER_V1_SIZE);
		status = s->call();
		atomic_store(&flipper.at, NULL);
		number = status & ~EFI_ERROR_BIT;
		assert_true(!status || (number != status && number && number < 32));
		assert_false(teller.r.mm->dead);
	}
	atomic_store(&flipper.stop, true);
	assert_int_equal(pthread_join(thread, NULL), 0);
	road_end(&teller.r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_at_boot),
		cmocka_unit_test(test_at_runtime),
		cmocka_unit_test(test_stale_reply),
		cmocka_unit_test(test_interrupt_without_end),
		cmocka_unit_test(test_changed_after_return),
	};

	return cmocka_run_group_tests_name("host/lies", tests, NULL, NULL);
}
