// SPDX-License-Identifier: BSD-3-Clause
/*
 * Fuzz target: sequences of calls from both worlds on several CPUs.
 *
 * A model of FF-A foretells each answer and the state after it (spmc/model.h). On
 * top of that:
 *   - a refused call changes nothing at all;
 *   - no register of the secure world reaches the normal world except through a
 *     response, and x8-x17 come back as they went;
 *   - a partition reaches its own pages, less those that it has lent, and those that it has
 *     retrieved and not given up, whatever happens to it or to their owner;
 *   - memory of the normal world changes only in RX, and only when it is asked for.
 */
#include "tests/fuzz/spmc/compare.h"
#include "tests/fuzz/spmc/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** What the partitions' registers hold where they say nothing. */
#define SECRET UINT64_C(0x5ec2e75ec2e70000)

/** x8-x17 of the last call of the normal world on each CPU. */
static uint64_t kept_of[CPUS][10];

/* What is in the registers that a caller has not set: endpoint @e on @cpu. */
static struct ffav_smc_regs noise(unsigned int e, unsigned int cpu)
{
	struct ffav_smc_regs regs;

	for (unsigned int i = 0; i < FFAV_SMC_REGS; i++)
		regs.x[i] = (e ? SECRET : UINT64_C(0xabcdef0100000000)) + i + cpu;
	return regs;
}

/* Endpoint @e makes the call @sent on @cpu. */
static void make(unsigned int e, unsigned int cpu, struct ffav_smc_regs sent)
{
	struct ffav_spmc before = model_manager;
	struct ffav_smc_regs got, seen;
	struct outcome o;
	struct ffav_switch to;

	seen = sent;
	seen.x[0] = (uint32_t)sent.x[0];
	for (unsigned int i = 1; i < FFAV_SMC_REGS && !(sent.x[0] & SMCCC_64); i++)
		seen.x[i] = (uint32_t)sent.x[i];
	got = sent;
	if (e) {
		memcpy(model_parts[e - 1].kept, &sent.x[8], sizeof(model_parts[e - 1].kept));
		o = model_foretell(e, cpu, seen.x);
		if (!o.moves) {
			o.to = FFAV_SWITCH_PARTITION;
			o.partition = e - 1;
			o.kept = model_parts[e - 1].kept;
		}
		to = ffav_spmc_from_partition(&model_manager, cpu, &got);
	} else {
		memcpy(kept_of[cpu], &sent.x[8], sizeof(kept_of[cpu]));
		o = model_foretell(0, cpu, seen.x);
		to = ffav_spmc_from_normal(&model_manager, cpu, &got);
	}
	require(to.to == o.to, "where the CPU goes");
	require(o.to == FFAV_SWITCH_NORMAL || to.partition == o.partition, "which partition");
	if (to.to == FFAV_SWITCH_START)
		machine_restart(to.partition);
	compare_registers(&o, &seen, &got, o.to == FFAV_SWITCH_NORMAL ? kept_of[cpu] : o.kept);
	if (o.code)
		compare_unchanged(&before);
	compare_rx(e);
	compare_memory(!e && !o.code && seen.x[0] == FFA_PARTITION_INFO_GET && !seen.x[5]);
}

/* Any call, with no good descriptor in TX. */
static void call(struct input *s, unsigned int cpu)
{
	unsigned int e = (unsigned int)(model_runs(cpu) + 1);
	uint8_t pick = input_byte(s);
	struct ffav_smc_regs sent = noise(e, cpu);

	sent.x[0] = input_function(s, pick);
	/* Most calls have few arguments; the rest are zero or, half of the time, noise. */
	for (unsigned int i = 1; i < 8; i++)
		sent.x[i] = i < 4 ? input_value(s) : pick & 0x80 ? sent.x[i] : 0;
	if (sent.x[0] == FFA_PARTITION_INFO_GET) {
		sent.x[4] = input_value(s);
		sent.x[5] = input_value(s);
	}
	memory_spoil(e);
	compare_memory_start();
	make(e, cpu, sent);
}

/* A call of memory management. */
static void memory_call(struct input *s, unsigned int cpu)
{
	unsigned int e = (unsigned int)(model_runs(cpu) + 1);
	struct ffav_smc_regs sent = noise(e, cpu);

	memory_choose(s, e, sent.x);
	compare_memory_start();
	make(e, cpu, sent);
}

/* An interrupt of the normal world, or a fault, while a partition runs on @cpu. */
static void interrupt(unsigned int cpu, bool fatal)
{
	int i = model_runs(cpu);
	struct ffav_smc_regs got;
	struct ffav_switch to;
	struct outcome o;

	if (i < 0)
		return;
	for (unsigned int j = 0; j < FFAV_SMC_REGS; j++)
		got.x[j] = SECRET + j;
	o = fatal ? model_fault((unsigned int)i) : model_preempt((unsigned int)i);
	to = fatal ? ffav_spmc_faulted(&model_manager, cpu, &got)
		   : ffav_spmc_preempted(&model_manager, cpu, &got);
	require(to.to == o.to, "where the CPU goes at an interrupt");
	require(o.to == FFAV_SWITCH_NORMAL || to.partition == o.partition,
		"to which partition it goes");
	compare_registers(&o, &got, &got, o.to == FFAV_SWITCH_NORMAL ? kept_of[cpu] : o.kept);
}

static void drain(void)
{
	char line[FFAV_REPORT_LINE_MAX];
	size_t size, lines = 0;

	while ((size = ffav_report_take(line))) {
		require(size <= sizeof(line), "a report line is too long");
		for (size_t i = 0; i < size; i++)
			require(line[i] >= ' ' && line[i] <= '~',
				"a report line does not print");
		require(++lines <= 128, "the ring is not bounded");
	}
	ffav_report_refill(8);
}

static void add(const struct ffav_partition_config *config)
{
	struct ffav_smc_regs wait = {{FFA_MSG_WAIT}};
	const char *why;

	require(ffav_spmc_add(&model_manager, config, &why) >= 0, "add");
	require(ffav_spmc_boot(&model_manager, 0) >= 0, "boot");
	require(ffav_spmc_from_partition(&model_manager, 0, &wait).to == FFAV_SWITCH_NORMAL,
		"start");
}

static void start(void)
{
	struct ffav_partition_config config = {
		.name = "mm",
		.id = 0x8001,
		.version = FFA_VERSION_1_2,
		.uuid_count = COUNT(model_mm_uuids),
		.properties = FFA_PARTITION_DIRECT_RECV | FFA_PARTITION_DIRECT_SEND |
			      FFA_PARTITION_DIRECT2_RECV | FFA_PARTITION_DIRECT2_SEND,
		.contexts = 1,
		.load_address = SECURE_BASE,
		.image_size = SECURE_SIZE,
		.regions = {{SHARED_BASE, 0x1000,
			     FFAV_REGION_READ | FFAV_REGION_WRITE | FFAV_REGION_NORMAL_WORLD}},
		.region_count = 1,
	};

	machine_start();
	ffav_spmc_init(&model_manager);
	memcpy(config.uuids, model_mm_uuids, sizeof(model_mm_uuids));
	add(&config);
	config.id = 0x8002;
	config.version = FFA_VERSION_1_0;
	config.uuids[0] = model_echo_uuid;
	config.uuid_count = 1;
	config.properties = FFA_PARTITION_DIRECT_RECV | FFA_PARTITION_DIRECT_SEND;
	config.load_address += SECURE_SIZE;
	config.region_count = 0;
	add(&config);
	model_start();
	memset(kept_of, 0, sizeof(kept_of));
	memset(machine_normal, 0x5a, sizeof(machine_normal));
	compare_memory_start();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input s = {data, size};

	start();
	compare_state();
	while (s.size) {
		uint8_t what = input_byte(&s);
		unsigned int cpu = what % CPUS;

		switch (what >> 2 & 0xf) {
		case 0:
			interrupt(cpu, what >> 6 == 3);
			break;
		case 1:
			drain();
			break;
		case 2:
			/* The normal world writes wherever it likes, at any time. */
			memset(machine_normal, input_byte(&s), sizeof(machine_normal));
			compare_memory_start();
			break;
		case 3:
			memory_call(&s, cpu);
			break;
		default:
			call(&s, cpu);
			break;
		}
		compare_state();
	}
	drain();
	return 0;
}
