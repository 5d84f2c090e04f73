// SPDX-License-Identifier: BSD-3-Clause
/* FFA_MEM_PERM_GET and FFA_MEM_PERM_SET, which belong to a partition's initialisation. */
#include <stdio.h>

#include "tests/unit/spmc/descriptor.h"

#define OWN  PARTITION_BASE
#define READ FFAV_REGION_READ
#define DATA (FFAV_REGION_READ | FFAV_REGION_WRITE)
#define CODE (FFAV_REGION_READ | FFAV_REGION_EXECUTE)
/** A memory region of the partition beside its image, in memory that no other test uses. */
#define EXTRA (PARTITION_BASE + 2 * PARTITION_SIZE)

static struct ffav_spmc m;

/* The MM partition, which initialises itself on CPU 0. */
static int setup(void **state)
{
	struct ffav_partition_config config = machine_config(MM);
	const char *why;

	(void)state;
	machine_reset();
	ffav_spmc_init(&m);
	config.regions[config.region_count++] =
		(struct ffav_region){.base = EXTRA, .size = 0x1000, .flags = DATA};
	machine_set_access(MM, EXTRA, DATA);
	assert_int_equal(ffav_spmc_add(&m, &config, &why), MM);
	assert_int_equal(ffav_spmc_boot(&m, 0), MM);
	return 0;
}

static struct ffav_smc_regs get(uint64_t address)
{
	machine_snapshot(&m);
	return partition(&m, 0, MM, CALL1(FFA_MEM_PERM_GET_64, address));
}

static struct ffav_smc_regs set(uint64_t address, uint64_t pages, uint64_t code)
{
	machine_snapshot(&m);
	return partition(&m, 0, MM, CALL3(FFA_MEM_PERM_SET_64, address, pages, code));
}

static void get_each(void **state)
{
	(void)state;
	machine_set_access(MM, OWN + 0x1000, CODE);
	machine_set_access(MM, OWN + 0x2000, READ);
	assert_answer(get(OWN), FFA_SUCCESS_32, 0, 5, 0);
	assert_answer(get(OWN + 0x1000), FFA_SUCCESS_32, 0, 3, 0);
	assert_answer(get(OWN + 0x2000), FFA_SUCCESS_32, 0, 7, 0);
	assert_answer(get(SHARED_BASE), FFA_SUCCESS_32, 0, 5, 0);
	assert_answer(partition(&m, 0, MM, CALL1(FFA_MEM_PERM_GET_32, OWN + 0x2000)),
		      FFA_SUCCESS_32, 0, 7, 0);
	assert_silent();
	assert_denied(&m, get(OWN + 0x800), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_PERM_GET refused: the address is not aligned to 4 KiB "
		      "(value 0xe100800)");
	assert_denied(&m, get(OWN + PARTITION_SIZE), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_PERM_GET refused: the partition has no page at "
		      "(value 0xe110000)");
	assert_denied(&m, get(UINT64_C(0xfffffffffffff000)), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_PERM_GET refused: the partition has no page at "
		      "(value 0xfffffffffffff000)");
}

static void set_each(void **state)
{
	(void)state;
	assert_answer(set(OWN, 2, 7), FFA_SUCCESS_32, 0, 0, 0);
	assert_int_equal(machine_access(MM, OWN), READ);
	assert_int_equal(machine_access(MM, OWN + 0x1000), READ);
	assert_int_equal(machine_access(MM, OWN + 0x2000), DATA);
	assert_answer(set(OWN + 0x1000, 1, 3), FFA_SUCCESS_32, 0, 0, 0);
	assert_int_equal(machine_access(MM, OWN + 0x1000), CODE);
	assert_answer(partition(&m, 0, MM, CALL3(FFA_MEM_PERM_SET_32, OWN, 2, 5)),
		      FFA_SUCCESS_32, 0, 0, 0);
	assert_int_equal(machine_access(MM, OWN), DATA);
	assert_int_equal(machine_access(MM, OWN + 0x1000), DATA);
	assert_answer(set(EXTRA, 1, 7), FFA_SUCCESS_32, 0, 0, 0);
	assert_int_equal(machine_access(MM, EXTRA), READ);
	assert_silent();
}

/* Every code that there is: three are permissions. */
static void codes(void **state)
{
	(void)state;
	for (uint64_t code = 0; code < 16; code++) {
		char line[100];

		if (code == 3 || code == 5 || code == 7)
			continue;
		snprintf(line, sizeof(line),
			 "FFA_MEM_PERM_SET refused: there are no such permissions (value 0x%x)",
			 (unsigned int)code);
		assert_denied(&m, set(OWN, 1, code), FFA_INVALID_PARAMETERS, line);
	}
	assert_denied(&m, set(OWN, 1, 0x80000005), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_PERM_SET refused: there are no such permissions "
		      "(value 0x80000005)");
}

static void set_refused(void **state)
{
	static const struct {
		uint64_t address, pages, code;
		int32_t error;
		const char *line;
	} rows[] = {
		{OWN, 0, 5, FFA_INVALID_PARAMETERS,
		 "FFA_MEM_PERM_SET refused: the range is empty, not aligned to 4 KiB or wraps "
		 "at (value 0xe100000)"},
		{OWN + 0x10, 1, 5, FFA_INVALID_PARAMETERS,
		 "FFA_MEM_PERM_SET refused: the range is empty, not aligned to 4 KiB or wraps "
		 "at (value 0xe100010)"},
		{UINT64_C(0xfffffffffffff000), 1, 5, FFA_INVALID_PARAMETERS,
		 "FFA_MEM_PERM_SET refused: the range is empty, not aligned to 4 KiB or wraps "
		 "at (value 0xfffffffffffff000)"},
		{UINT64_C(0xffffffffffffe000), UINT32_MAX, 5, FFA_INVALID_PARAMETERS,
		 "FFA_MEM_PERM_SET refused: the range is empty, not aligned to 4 KiB or wraps "
		 "at (value 0xffffffffffffe000)"},
		{OWN + 0xf000, 2, 5, FFA_INVALID_PARAMETERS,
		 "FFA_MEM_PERM_SET refused: the partition has no page at (value 0xe110000)"},
		{OWN, UINT32_MAX, 5, FFA_INVALID_PARAMETERS,
		 "FFA_MEM_PERM_SET refused: the partition has no page at (value 0xe110000)"},
		{SHARED_BASE, 1, 7, FFA_DENIED,
		 "FFA_MEM_PERM_SET refused: it is not the partition's memory, the page at "
		 "(value 0x40040000)"},
		{EXTRA, 1, 3, FFA_DENIED,
		 "FFA_MEM_PERM_SET refused: only the image is executable, not the page at "
		 "(value 0xe120000)"},
		/* A page that the manager lets it read, such as its boot information. */
		{EXTRA + 0x2000, 1, 5, FFA_DENIED,
		 "FFA_MEM_PERM_SET refused: it is not the partition's memory, the page at "
		 "(value 0xe122000)"},
		/* A device. */
		{OWN + 0x5000, 1, 7, FFA_DENIED,
		 "FFA_MEM_PERM_SET refused: it is not the partition's memory, the page at "
		 "(value 0xe105000)"},
	};

	(void)state;
	machine_set_access(MM, EXTRA + 0x2000, READ);
	machine_set_access(MM, OWN + 0x5000, DATA | FFAV_REGION_DEVICE);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].pages == UINT32_MAX)
			machine_set_access(MM, OWN + 0x5000, DATA);
		assert_denied(&m, set(rows[i].address, rows[i].pages, rows[i].code),
			      rows[i].error, rows[i].line);
		machine_set_access(MM, OWN + 0x5000, DATA | FFAV_REGION_DEVICE);
	}
	machine_map_room = 0;
	assert_denied(&m, set(OWN, 1, 7), FFA_NO_MEMORY,
		      "FFA_MEM_PERM_SET refused: the partition's map cannot be split any "
		      "further (value 0xe100000)");
}

/* Pages that the manager or others work with stay as they are. */
static void in_use(void **state)
{
	struct descriptor d =
		descriptor_share(FFA_VERSION_1_2, MM_ID, ECHO_ID, OWN + 0x8000, 1);
	struct ffav_partition_config echo = machine_config(ECHO);
	const char *why;
	uint32_t size;

	(void)state;
	assert_int_equal(ffav_spmc_add(&m, &echo, &why), ECHO);
	assert_answer(partition(&m, 0, MM,
				CALL3(FFA_RXTX_MAP_64, PARTITION_TX(MM), PARTITION_RX(MM), 1)),
		      FFA_SUCCESS_32, 0, 0, 0);
	assert_denied(&m, set(PARTITION_RX(MM), 1, 7), FFA_DENIED,
		      "FFA_MEM_PERM_SET refused: others work with the page at "
		      "(value 0xe102000)");
	size = descriptor_put(partition_tx(MM), &d);
	assert_answer(partition(&m, 0, MM, CALL2(FFA_MEM_SHARE_64, size, size)), FFA_SUCCESS_32,
		      0, 1, 0);
	assert_denied(&m, set(OWN + 0x7000, 2, 7), FFA_DENIED,
		      "FFA_MEM_PERM_SET refused: others work with the page at "
		      "(value 0xe108000)");
}

/* Once it waits for messages, its map is what it is. */
static void after_initialisation(void **state)
{
	(void)state;
	respond(&m, 0, CALL0(FFA_MSG_WAIT));
	request(&m, 0, MM, CALL1(FFA_MSG_SEND_DIRECT_REQ_64, MM_ID));
	assert_denied(&m, get(OWN), FFA_DENIED,
		      "FFA_MEM_PERM_GET refused: the partition has ended its initialisation "
		      "(value 0xe100000)");
	assert_denied(&m, set(OWN, 1, 7), FFA_DENIED,
		      "FFA_MEM_PERM_SET refused: the partition has ended its initialisation "
		      "(value 0xe100000)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(get_each, setup),
		cmocka_unit_test_setup(set_each, setup),
		cmocka_unit_test_setup(codes, setup),
		cmocka_unit_test_setup(set_refused, setup),
		cmocka_unit_test_setup(in_use, setup),
		cmocka_unit_test_setup(after_initialisation, setup),
	};

	return cmocka_run_group_tests_name("spmc/memory_permission", tests, NULL, NULL);
}
