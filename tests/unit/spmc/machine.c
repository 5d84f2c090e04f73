// SPDX-License-Identifier: BSD-3-Clause
/* The machine of the partition manager's tests. */
#include "tests/unit/spmc/machine.h"

uint8_t machine_normal[NORMAL_SIZE];
uint8_t machine_partition[FFAV_SPMC_PARTITIONS_MAX][PARTITION_SIZE];
const struct ffav_uuid machine_echo_uuid = {{0xec, 0x40, 0x00, 0x01, 0x02, 0x03, 0x44, 0x05,
					     0x86, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d}};

static bool locked;

void ffav_machine_lock(void)
{
	assert_false(locked);
	locked = true;
}

void ffav_machine_unlock(void)
{
	assert_true(locked);
	locked = false;
}

bool machine_locked(void)
{
	return locked;
}

void *ffav_machine_normal_memory(uint64_t address, size_t size)
{
	assert_true(locked);
	if (address < NORMAL_BASE || !ffav_range_in(address - NORMAL_BASE, size, NORMAL_SIZE))
		return NULL;
	return machine_normal + (address - NORMAL_BASE);
}

void *ffav_machine_partition_memory(unsigned int index, uint64_t address, size_t size)
{
	uint64_t base = PARTITION_BASE + (uint64_t)index * PARTITION_SIZE;

	assert_true(locked);
	assert_true(index < FFAV_SPMC_PARTITIONS_MAX);
	if (address < base || !ffav_range_in(address - base, size, PARTITION_SIZE))
		return NULL;
	return machine_partition[index] + (address - base);
}

struct ffav_partition_config machine_config(unsigned int index)
{
	static const struct ffav_uuid mm_uuids[] = {FFAV_UUID_MM_VARIABLE,
						    FFAV_UUID_MM_COMMUNICATION2,
						    FFAV_UUID_MM_COMMUNICATION3};
	struct ffav_partition_config config = {
		.contexts = 1,
		.load_address = PARTITION_BASE + (uint64_t)index * PARTITION_SIZE,
		.image_size = PARTITION_SIZE,
		.properties = FFA_PARTITION_AARCH64 | FFA_PARTITION_DIRECT_RECV,
	};

	if (index == MM) {
		memcpy(config.name, "mm", 3);
		config.id = MM_ID;
		config.version = FFA_VERSION_1_2;
		config.properties |= FFA_PARTITION_DIRECT2_RECV;
		memcpy(config.uuids, mm_uuids, sizeof(mm_uuids));
		config.uuid_count = 3;
		config.regions[0] = (struct ffav_region){
			.base = SHARED_BASE,
			.size = SHARED_SIZE,
			.flags =
				FFAV_REGION_READ | FFAV_REGION_WRITE | FFAV_REGION_NORMAL_WORLD,
		};
		config.region_count = 1;
	} else {
		memcpy(config.name, "echo", 5);
		config.id = ECHO_ID;
		config.version = FFA_VERSION_1_0;
		config.uuids[0] = machine_echo_uuid;
		config.uuid_count = 1;
	}
	return config;
}

void machine_reset(void)
{
	char line[FFAV_REPORT_LINE_MAX];

	locked = false;
	memset(machine_normal, 0x5a, sizeof(machine_normal));
	memset(machine_partition, 0x5a, sizeof(machine_partition));
	while (ffav_report_take(line))
		;
	ffav_report_refill(UINT16_MAX);
}

void machine_start(struct ffav_spmc *m)
{
	const char *why;

	machine_reset();
	ffav_spmc_init(m);
	for (unsigned int i = MM; i <= ECHO; i++) {
		struct ffav_partition_config config = machine_config(i);

		assert_int_equal(ffav_spmc_add(m, &config, &why), i);
	}
	for (unsigned int i = MM; i <= ECHO; i++) {
		assert_int_equal(ffav_spmc_boot(m, 0), i);
		respond(m, 0, CALL0(FFA_MSG_WAIT));
	}
	assert_int_equal(ffav_spmc_boot(m, 0), -1);
}

struct ffav_smc_regs regs(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4,
			  uint64_t x5, uint64_t x6, uint64_t x7)
{
	struct ffav_smc_regs r = {{x0, x1, x2, x3, x4, x5, x6, x7}};

	for (unsigned int i = 8; i < FFAV_SMC_REGS; i++)
		r.x[i] = PATTERN(i);
	return r;
}

struct ffav_smc_regs normal(struct ffav_spmc *m, unsigned int cpu, struct ffav_smc_regs r)
{
	struct ffav_switch to = ffav_spmc_from_normal(m, cpu, &r);

	assert_false(locked);
	assert_int_equal(to.to, FFAV_SWITCH_NORMAL);
	return r;
}

struct ffav_smc_regs partition(struct ffav_spmc *m, unsigned int cpu, unsigned int index,
			       struct ffav_smc_regs r)
{
	struct ffav_switch to = ffav_spmc_from_partition(m, cpu, &r);

	assert_false(locked);
	assert_int_equal(to.to, FFAV_SWITCH_PARTITION);
	assert_int_equal(to.partition, index);
	return r;
}

struct ffav_smc_regs request(struct ffav_spmc *m, unsigned int cpu, unsigned int index,
			     struct ffav_smc_regs r)
{
	struct ffav_switch to = ffav_spmc_from_normal(m, cpu, &r);

	assert_false(locked);
	assert_int_equal(to.to, FFAV_SWITCH_PARTITION);
	assert_int_equal(to.partition, index);
	return r;
}

struct ffav_smc_regs respond(struct ffav_spmc *m, unsigned int cpu, struct ffav_smc_regs r)
{
	struct ffav_switch to = ffav_spmc_from_partition(m, cpu, &r);

	assert_false(locked);
	assert_int_equal(to.to, FFAV_SWITCH_NORMAL);
	return r;
}

void assert_answer(struct ffav_smc_regs r, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
	assert_int_equal(r.x[0], x0);
	assert_int_equal(r.x[1], x1);
	assert_int_equal(r.x[2], x2);
	assert_int_equal(r.x[3], x3);
	for (unsigned int i = 4; i < 8; i++)
		assert_int_equal(r.x[i], 0);
	for (unsigned int i = 8; i < FFAV_SMC_REGS; i++)
		assert_int_equal(r.x[i], PATTERN(i));
}

void assert_silent(void)
{
	char line[FFAV_REPORT_LINE_MAX + 1];
	size_t size = ffav_report_take(line);

	line[size] = '\0';
	assert_string_equal(line, "");
}

void assert_reported(const char *expected)
{
	char line[FFAV_REPORT_LINE_MAX + 1];
	size_t size = ffav_report_take(line);

	line[size] = '\0';
	assert_string_equal(line, expected);
	assert_silent();
	ffav_report_refill(UINT16_MAX);
}

void assert_refused(struct ffav_smc_regs r, int32_t code, const char *line)
{
	assert_answer(r, FFA_ERROR, 0, (uint32_t)code, 0);
	assert_reported(line);
}
