// SPDX-License-Identifier: BSD-3-Clause
/* The machine of the partition manager's tests. */
#include <limits.h>

#include "tests/unit/spmc/machine.h"

uint8_t machine_normal[NORMAL_SIZE];
uint8_t machine_partition[FFAV_SPMC_PARTITIONS_MAX][PARTITION_SIZE];
const struct ffav_uuid machine_echo_uuid = {{0xec, 0x40, 0x00, 0x01, 0x02, 0x03, 0x44, 0x05,
					     0x86, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d}};

static uint8_t high[HIGH_SIZE];
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
	if (address >= HIGH_BASE && ffav_range_in(address - HIGH_BASE, size, HIGH_SIZE))
		return high + (address - HIGH_BASE);
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

/* What partitions may do: pages of normal-world RAM, then of each partition's memory. */
#define NORMAL_PAGES    (NORMAL_SIZE / 4096)
#define HIGH_PAGES      (HIGH_SIZE / 4096)
#define PARTITION_PAGES (PARTITION_SIZE / 4096)
#define FIRST_PARTITION (NORMAL_PAGES + HIGH_PAGES)
static uint32_t access_map[FFAV_SPMC_PARTITIONS_MAX]
			  [FIRST_PARTITION + FFAV_SPMC_PARTITIONS_MAX * PARTITION_PAGES];
unsigned int machine_map_room;

/* The entry of a page; NULL where there is no memory at all. */
static uint32_t *access_of(unsigned int index, uint64_t address)
{
	const uint64_t secure_size = (uint64_t)FFAV_SPMC_PARTITIONS_MAX * PARTITION_SIZE;

	assert_true(index < FFAV_SPMC_PARTITIONS_MAX);
	assert_int_equal(address % 4096, 0);
	if (address >= NORMAL_BASE && address - NORMAL_BASE < NORMAL_SIZE)
		return &access_map[index][(address - NORMAL_BASE) / 4096];
	if (address >= HIGH_BASE && address - HIGH_BASE < HIGH_SIZE)
		return &access_map[index][NORMAL_PAGES + (address - HIGH_BASE) / 4096];
	if (address >= PARTITION_BASE && address - PARTITION_BASE < secure_size)
		return &access_map[index][FIRST_PARTITION + (address - PARTITION_BASE) / 4096];
	return NULL;
}

uint32_t machine_access(unsigned int index, uint64_t address)
{
	const uint32_t *entry = access_of(index, address);

	return entry ? *entry : 0;
}

void machine_set_access(unsigned int index, uint64_t address, uint32_t flags)
{
	*access_of(index, address) = flags;
}

uint32_t ffav_machine_partition_access(unsigned int index, uint64_t address)
{
	assert_true(locked);
	return machine_access(index, address);
}

bool ffav_machine_partition_set_access(unsigned int index, uint64_t address, uint64_t size,
				       uint32_t flags)
{
	uint64_t base = PARTITION_BASE + (uint64_t)index * PARTITION_SIZE;
	bool own;

	assert_true(locked);
	assert_true(size > 0);
	assert_int_equal(size % 4096, 0);
	own = address >= base && address - base < PARTITION_SIZE;
	/* Own pages that change are split off, others' are new; the rest has its room already. */
	if (own ? machine_access(index, address) != 0 : flags != 0) {
		if (!machine_map_room)
			return false;
		if (machine_map_room != UINT_MAX)
			machine_map_room--;
	}
	for (uint64_t page = address; page < address + size; page += 4096) {
		assert_non_null(access_of(index, page));
		*access_of(index, page) = flags;
	}
	return true;
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
	memset(access_map, 0, sizeof(access_map));
	machine_map_room = UINT_MAX;
	for (unsigned int i = 0; i < FFAV_SPMC_PARTITIONS_MAX; i++) {
		for (unsigned int page = 0; page < PARTITION_PAGES; page++)
			access_map[i][FIRST_PARTITION + i * PARTITION_PAGES + page] =
				FFAV_REGION_READ | FFAV_REGION_WRITE;
	}
	for (uint64_t page = 0; page < SHARED_SIZE; page += 4096)
		machine_set_access(MM, SHARED_BASE + page,
				   FFAV_REGION_READ | FFAV_REGION_WRITE |
					   FFAV_REGION_NORMAL_WORLD);
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

static struct {
	struct ffav_spmc manager;
	uint32_t access_map[FFAV_SPMC_PARTITIONS_MAX][sizeof(access_map[0]) / sizeof(uint32_t)];
	uint8_t normal[NORMAL_SIZE];
	uint8_t partition[FFAV_SPMC_PARTITIONS_MAX][PARTITION_SIZE];
} saved;

/* The manager without what any call may change. */
static struct ffav_spmc bare(const struct ffav_spmc *m)
{
	struct ffav_spmc copy = *m;

	memset(copy.kept, 0, sizeof(copy.kept));
	copy.normal.spoke = false;
	for (unsigned int i = 0; i < FFAV_SPMC_PARTITIONS_MAX; i++)
		copy.partitions[i].endpoint.spoke = false;
	return copy;
}

void machine_snapshot(const struct ffav_spmc *m)
{
	saved.manager = bare(m);
	memcpy(saved.access_map, access_map, sizeof(access_map));
	memcpy(saved.normal, machine_normal, sizeof(machine_normal));
	memcpy(saved.partition, machine_partition, sizeof(machine_partition));
}

void assert_unchanged(const struct ffav_spmc *m)
{
	struct ffav_spmc now = bare(m);

	assert_memory_equal(&now, &saved.manager, sizeof(now));
	assert_memory_equal(saved.access_map, access_map, sizeof(access_map));
	assert_memory_equal(saved.normal, machine_normal, sizeof(machine_normal));
	assert_memory_equal(saved.partition, machine_partition, sizeof(machine_partition));
}
