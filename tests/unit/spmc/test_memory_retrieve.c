// SPDX-License-Identifier: BSD-3-Clause
/* FFA_MEM_RETRIEVE_REQ: who gets what, in which layout, and what it may do with it. */
#include "tests/unit/spmc/descriptor.h"

#define PAGE  (NORMAL_BASE + 0x10000)
#define WRITE (FFAV_REGION_READ | FFAV_REGION_WRITE)

static struct ffav_spmc m;
static uint64_t handle;
/* What the MM partition asks for if it asks right. */
static struct descriptor ask;

/* Two ranges of the normal world, shared with the MM partition, which runs on CPU 0. */
static int setup(void **state)
{
	struct descriptor d;

	(void)state;
	machine_start(&m);
	map_normal(&m, FFA_VERSION_1_2);
	d = descriptor_share(FFA_VERSION_1_2, 0, MM_ID, PAGE, 2);
	descriptor_range(&d, PAGE + 0x4000, 1);
	d.access[0].value[0] = UINT64_C(0x1122334455667788);
	d.access[0].value[1] = UINT64_C(0x99aabbccddeeff00);
	handle = shared(&m, &d);
	enter(&m, 0, MM);
	ask = descriptor_retrieve(FFA_VERSION_1_2, 0, MM_ID, handle);
	memcpy(ask.access[0].value, d.access[0].value, sizeof(ask.access[0].value));
	return 0;
}

/* The answer to a partition of FF-A 1.2, byte for byte. */
static void answer_1_2(void **state)
{
	static const uint8_t answer[] = {
		/* sender 0, normal-world RAM, shared */
		0x00,
		0x00,
		0x6f,
		0x00,
		0x08,
		0,
		0,
		0,
		1,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0x67,
		0x7a,
		0,
		0,
		0,
		0,
		0,
		0,
		32,
		0,
		0,
		0,
		1,
		0,
		0,
		0,
		48,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		/* to read and write, never to execute; composite descriptor at 80 */
		0x01,
		0x80,
		0x06,
		0x00,
		80,
		0,
		0,
		0,
		0x88,
		0x77,
		0x66,
		0x55,
		0x44,
		0x33,
		0x22,
		0x11,
		0x00,
		0xff,
		0xee,
		0xdd,
		0xcc,
		0xbb,
		0xaa,
		0x99,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		3,
		0,
		0,
		0,
		2,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0x00,
		0x00,
		0x01,
		0x40,
		0,
		0,
		0,
		0,
		2,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0x00,
		0x40,
		0x01,
		0x40,
		0,
		0,
		0,
		0,
		1,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
	};

	(void)state;
	assert_answer(retrieve(&m, 0, MM, &ask), FFA_MEM_RETRIEVE_RESP, sizeof(answer),
		      sizeof(answer), 0);
	assert_memory_equal(partition_rx(MM), answer, sizeof(answer));
	assert_int_equal(partition_rx(MM)[sizeof(answer)], 0x5a);
	assert_int_equal(machine_access(MM, PAGE), WRITE | FFAV_REGION_NORMAL_WORLD);
	assert_int_equal(machine_access(MM, PAGE + 0x1000), WRITE | FFAV_REGION_NORMAL_WORLD);
	assert_int_equal(machine_access(MM, PAGE + 0x2000), 0);
	assert_int_equal(machine_access(MM, PAGE + 0x4000), WRITE | FFAV_REGION_NORMAL_WORLD);
	assert_int_equal(machine_access(ECHO, PAGE), 0);
	assert_true(m.partitions[MM].endpoint.rx_full);
	assert_silent();
}

/* To one of FF-A 1.0, by the 32-bit call: no word about the world, no sizes. */
static void answer_1_0(void **state)
{
	static const uint8_t answer[] = {
		0x00, 0x00, 0x2f, 0x00, 0x08, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
		0x67, 0x7a, 0,    0,    0,    0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0,
		0x02, 0x80, 0x05, 0x00, 48,   0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		1,    0,    0,    0,    1,    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0x00, 0x00, 0x02, 0x40, 0,    0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
	};
	struct descriptor d = descriptor_share(FFA_VERSION_1_2, 0, ECHO_ID, PAGE + 0x10000, 1);
	struct ffav_smc_regs r;
	uint32_t size;

	(void)state;
	d.access[0].permissions = FFA_MEM_READ_ONLY;
	handle = shared(&m, &d);
	enter(&m, 1, ECHO);
	d = descriptor_retrieve(FFA_VERSION_1_0, 0, ECHO_ID, handle);
	/* What the sender gave is asked for by saying nothing. */
	d.access[0].permissions = 0;
	d.header.attributes = 0;
	size = descriptor_put(partition_tx(ECHO), &d);
	r = partition(&m, 1, ECHO, CALL2(FFA_MEM_RETRIEVE_REQ_32, size, size));
	assert_answer(r, FFA_MEM_RETRIEVE_RESP, sizeof(answer), sizeof(answer), 0);
	assert_memory_equal(partition_rx(ECHO), answer, sizeof(answer));
	assert_int_equal(machine_access(ECHO, PAGE + 0x10000),
			 FFAV_REGION_READ | FFAV_REGION_NORMAL_WORLD);
}

/* A field of the request, and what is wrong with it. */
static void fields(void **state)
{
	static const struct {
		struct ffav_mem_header h;
		int32_t code;
		const char *line;
	} rows[] = {
		{{.handle = 0, .tag = 0x7a67, .attributes = 0x2f},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_RETRIEVE_REQ refused: nothing was given to the caller under the "
		 "handle (value 0x0)"},
		{{.handle = 2, .tag = 0x7a67, .attributes = 0x2f},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_RETRIEVE_REQ refused: nothing was given to the caller under the "
		 "handle (value 0x2)"},
		{{.handle = UINT64_C(0x8000000000000001), .tag = 0x7a67, .attributes = 0x2f},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_RETRIEVE_REQ refused: nothing was given to the caller under the "
		 "handle (value 0x8000000000000001)"},
		{{.handle = 1, .tag = 0x7a67, .attributes = 0x2f, .sender = ECHO_ID},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_RETRIEVE_REQ refused: the memory is of another sender, not "
		 "(value 0x8002)"},
		{{.handle = 1, .tag = 0x7a66, .attributes = 0x2f},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_RETRIEVE_REQ refused: the sender gave another tag, not "
		 "(value 0x7a66)"},
		{{.handle = 1, .tag = 0x7a67, .attributes = 0x6f},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_RETRIEVE_REQ refused: the borrower's attributes have reserved bits "
		 "(value 0x6f)"},
		{{.handle = 1, .tag = 0x7a67, .attributes = 0x3f},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_RETRIEVE_REQ refused: the borrower's attributes have reserved bits "
		 "(value 0x3f)"},
		{{.handle = 1, .tag = 0x7a67, .attributes = 0x10},
		 FFA_DENIED,
		 "FFA_MEM_RETRIEVE_REQ refused: the memory is normal, write-back and inner "
		 "shareable, not (value 0x10)"},
		{{.handle = 1, .tag = 0x7a67, .attributes = 0x27},
		 FFA_DENIED,
		 "FFA_MEM_RETRIEVE_REQ refused: the memory is normal, write-back and inner "
		 "shareable, not (value 0x27)"},
		{{.handle = 1, .tag = 0x7a67, .attributes = 0x2f, .flags = 1},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_RETRIEVE_REQ refused: flags are set that must not be (value 0x1)"},
		{{.handle = 1, .tag = 0x7a67, .attributes = 0x2f, .flags = 2},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_RETRIEVE_REQ refused: flags are set that must not be (value 0x2)"},
		{{.handle = 1, .tag = 0x7a67, .attributes = 0x2f, .flags = 4},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_RETRIEVE_REQ refused: flags are set that must not be (value 0x4)"},
		{{.handle = 1, .tag = 0x7a67, .attributes = 0x2f, .flags = 0x10},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_RETRIEVE_REQ refused: the transaction is of another kind "
		 "(value 0x10)"},
		{{.handle = 1, .tag = 0x7a67, .attributes = 0x2f, .flags = 0x18},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_RETRIEVE_REQ refused: the transaction is of another kind "
		 "(value 0x18)"},
		{{.handle = 1, .tag = 0x7a67, .attributes = 0x2f, .flags = 0x20},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_RETRIEVE_REQ refused: flags are set that must not be (value 0x20)"},
		{{.handle = 1, .tag = 0x7a67, .attributes = 0x2f, .flags = 0x200},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_RETRIEVE_REQ refused: flags are set that must not be (value 0x200)"},
		{{.handle = 1, .tag = 0x7a67, .attributes = 0x2f, .flags = 0x800},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_RETRIEVE_REQ refused: flags are set that must not be (value 0x800)"},
		/* With one borrower there is nobody to bypass. */
		{{.handle = 1, .tag = 0x7a67, .attributes = 0x2f, .flags = 0x400},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_RETRIEVE_REQ refused: the sender named another number of borrowers "
		 "(value 0x1)"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct descriptor d = ask;

		d.header.handle = rows[i].h.handle;
		d.header.tag = rows[i].h.tag;
		d.header.attributes = rows[i].h.attributes;
		d.header.flags = rows[i].h.flags;
		d.header.sender = rows[i].h.sender;
		assert_denied(&m, retrieve(&m, 0, MM, &d), rows[i].code, rows[i].line);
	}
	/* The kind may be said. */
	ask.header.flags = FFA_MEM_SHARED;
	assert_int_equal(retrieve(&m, 0, MM, &ask).x[0], FFA_MEM_RETRIEVE_RESP);
}

static void access_fields(void **state)
{
	static const struct {
		struct ffav_mem_access a;
		int32_t code;
		const char *line;
	} rows[] = {
		{{.receiver = ECHO_ID, .permissions = 2},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_RETRIEVE_REQ refused: the sender named other borrowers, not "
		 "(value 0x8002)"},
		{{.receiver = 0, .permissions = 2},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_RETRIEVE_REQ refused: the sender named other borrowers, not "
		 "(value 0x0)"},
		{{.receiver = MM_ID, .permissions = 2, .composite = 80},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_RETRIEVE_REQ refused: the borrower chooses addresses (value 0x50)"},
		{{.receiver = MM_ID, .permissions = 2, .flags = 1},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_RETRIEVE_REQ refused: the caller says that it retrieves for others "
		 "(value 0x1)"},
		{{.receiver = MM_ID, .permissions = 2, .flags = 2},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_RETRIEVE_REQ refused: reserved bits are set for borrower "
		 "(value 0x8001)"},
		{{.receiver = MM_ID, .permissions = 3},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_RETRIEVE_REQ refused: reserved bits are set for borrower "
		 "(value 0x8001)"},
		/* Of shared memory nobody says whether it is executed. */
		{{.receiver = MM_ID, .permissions = 0x6},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_RETRIEVE_REQ refused: the borrower says whether it executes, with "
		 "permissions (value 0x6)"},
		{{.receiver = MM_ID, .permissions = 0x9},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_RETRIEVE_REQ refused: the borrower says whether it executes, with "
		 "permissions (value 0x9)"},
	};
	struct descriptor d;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		d = ask;
		d.access[0] = rows[i].a;
		memcpy(d.access[0].value, ask.access[0].value, sizeof(d.access[0].value));
		assert_denied(&m, retrieve(&m, 0, MM, &d), rows[i].code, rows[i].line);
	}
	d = ask;
	d.access[0].value[1]++;
	assert_denied(&m, retrieve(&m, 0, MM, &d), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RETRIEVE_REQ refused: the sender gave another value, not "
		      "(value 0x1122334455667788)");
	/* A short access descriptor has no value to compare. */
	d = ask;
	d.header.access_size = 16;
	d.access[0].permissions = FFA_MEM_READ_ONLY;
	assert_int_equal(retrieve(&m, 0, MM, &d).x[0], FFA_MEM_RETRIEVE_RESP);
	assert_int_equal(partition_rx(MM)[48 + 2], FFA_MEM_READ_ONLY | FFA_MEM_NOT_EXECUTE);
	assert_int_equal(machine_access(MM, PAGE), FFAV_REGION_READ | FFAV_REGION_NORMAL_WORLD);
}

/* Never more than the sender gave. */
static void permissions(void **state)
{
	struct descriptor d = descriptor_share(FFA_VERSION_1_2, 0, MM_ID, PAGE + 0x10000, 1);

	(void)state;
	d.access[0].permissions = FFA_MEM_READ_ONLY;
	handle = shared(&m, &d);
	d = descriptor_retrieve(FFA_VERSION_1_2, 0, MM_ID, handle);
	assert_denied(&m, retrieve(&m, 0, MM, &d), FFA_DENIED,
		      "FFA_MEM_RETRIEVE_REQ refused: the sender lets the borrower only read "
		      "(value 0x2)");
	d.access[0].permissions = FFA_MEM_READ_ONLY;
	assert_int_equal(retrieve(&m, 0, MM, &d).x[0], FFA_MEM_RETRIEVE_RESP);
	assert_int_equal(machine_access(MM, PAGE + 0x10000),
			 FFAV_REGION_READ | FFAV_REGION_NORMAL_WORLD);
}

static void registers(void **state)
{
	uint32_t size = descriptor_put(partition_tx(MM), &ask);
	struct ffav_smc_regs r;

	(void)state;
	machine_snapshot(&m);
	r = partition(&m, 0, MM, CALL2(FFA_MEM_RETRIEVE_REQ_64, size + 16, size));
	assert_denied(&m, r, FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RETRIEVE_REQ refused: the request comes in more than one "
		      "fragment (value 0x50)");
	r = partition(&m, 0, MM, CALL2(FFA_MEM_RETRIEVE_REQ_64, size + 16, size + 16));
	assert_denied(&m, r, FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RETRIEVE_REQ refused: the length is not that of the borrowers "
		      "(value 0x60)");
	r = partition(&m, 0, MM, CALL2(FFA_MEM_RETRIEVE_REQ_64, size - 1, size - 1));
	assert_denied(&m, r, FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RETRIEVE_REQ refused: the header of the descriptor is not one "
		      "of version (value 0x10002)");
	r = partition(&m, 0, MM, CALL2(FFA_MEM_RETRIEVE_REQ_64, UINT32_MAX, UINT32_MAX));
	assert_denied(&m, r, FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RETRIEVE_REQ refused: the length is not that of a descriptor in "
		      "TX (value 0xffffffff)");
	r = partition(&m, 0, MM,
		      CALL4(FFA_MEM_RETRIEVE_REQ_64, size, size, PARTITION_TX(MM), 1));
	assert_denied(&m, r, FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RETRIEVE_REQ refused: the descriptor is in a buffer other than "
		      "TX (value 0xe101000)");
	r = partition(&m, 0, MM, CALL4(FFA_MEM_RETRIEVE_REQ_64, size, size, 0, 1));
	assert_denied(&m, r, FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RETRIEVE_REQ refused: the descriptor is in a buffer other than "
		      "TX (value 0x0)");
	m.partitions[MM].endpoint.rx_full = true;
	assert_denied(&m, retrieve(&m, 0, MM, &ask), FFA_BUSY,
		      "FFA_MEM_RETRIEVE_REQ refused: the caller has not released RX "
		      "(value 0x8001)");
	m.partitions[MM].endpoint.rx_full = false;
	partition(&m, 0, MM, CALL0(FFA_RXTX_UNMAP));
	assert_denied(&m, retrieve(&m, 0, MM, &ask), FFA_DENIED,
		      "FFA_MEM_RETRIEVE_REQ refused: RX/TX are not mapped (value 0x8001)");
}

/* No room for the second of two ranges: the first is taken back. */
static void no_memory(void **state)
{
	(void)state;
	machine_map_room = 1;
	assert_denied(&m, retrieve(&m, 0, MM, &ask), FFA_NO_MEMORY,
		      "FFA_MEM_RETRIEVE_REQ refused: the borrower's map has no room for as "
		      "many ranges (value 0x2)");
	machine_map_room = 2;
	assert_int_equal(retrieve(&m, 0, MM, &ask).x[0], FFA_MEM_RETRIEVE_RESP);
}

static void twice(void **state)
{
	(void)state;
	assert_int_equal(retrieve(&m, 0, MM, &ask).x[0], FFA_MEM_RETRIEVE_RESP);
	partition(&m, 0, MM, CALL0(FFA_RX_RELEASE));
	assert_denied(&m, retrieve(&m, 0, MM, &ask), FFA_DENIED,
		      "FFA_MEM_RETRIEVE_REQ refused: the caller has retrieved it already "
		      "(value 0x1)");
	assert_answer(relinquish(&m, 0, MM, handle, 0), FFA_SUCCESS_32, 0, 0, 0);
	assert_int_equal(retrieve(&m, 0, MM, &ask).x[0], FFA_MEM_RETRIEVE_RESP);
}

/* Others have nothing of it. */
static void not_the_borrower(void **state)
{
	struct descriptor d = descriptor_retrieve(FFA_VERSION_1_0, 0, ECHO_ID, handle);

	(void)state;
	enter(&m, 1, ECHO);
	assert_denied(&m, retrieve(&m, 1, ECHO, &d), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RETRIEVE_REQ refused: nothing was given to the caller under the "
		      "handle (value 0x1)");
	/* Not even in the name of the borrower. */
	d.access[0].receiver = MM_ID;
	assert_denied(&m, retrieve(&m, 1, ECHO, &d), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RETRIEVE_REQ refused: nothing was given to the caller under the "
		      "handle (value 0x1)");
}

/* Two borrowers: named both, or the caller alone with a flag. */
static void two_borrowers(void **state)
{
	struct descriptor d = descriptor_share(FFA_VERSION_1_2, 0, MM_ID, PAGE + 0x10000, 1);
	struct ffav_smc_regs r;

	(void)state;
	descriptor_borrower(&d, ECHO_ID);
	d.access[1].permissions = FFA_MEM_READ_ONLY;
	handle = shared(&m, &d);

	d = descriptor_retrieve(FFA_VERSION_1_2, 0, MM_ID, handle);
	assert_denied(&m, retrieve(&m, 0, MM, &d), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RETRIEVE_REQ refused: the sender named another number of "
		      "borrowers (value 0x1)");
	descriptor_borrower(&d, MM_ID);
	d.access[0].composite = d.access[1].composite = 0;
	assert_denied(&m, retrieve(&m, 0, MM, &d), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RETRIEVE_REQ refused: the sender named other borrowers, not "
		      "(value 0x8001)");
	d.access[1].receiver = ECHO_ID;
	d.access[1].flags = FFA_MEM_OTHER_BORROWER;
	/* What is asked for the other is checked, too. */
	assert_denied(&m, retrieve(&m, 0, MM, &d), FFA_DENIED,
		      "FFA_MEM_RETRIEVE_REQ refused: the sender lets the borrower only read "
		      "(value 0x2)");
	d.access[1].permissions = FFA_MEM_READ_ONLY;
	r = retrieve(&m, 0, MM, &d);
	assert_int_equal(r.x[0], FFA_MEM_RETRIEVE_RESP);
	/* The answer names the caller alone. */
	assert_int_equal(ffav_get32(partition_rx(MM) + 28), 1);
	assert_int_equal(machine_access(ECHO, PAGE + 0x10000), 0);

	enter(&m, 1, ECHO);
	d = descriptor_retrieve(FFA_VERSION_1_0, 0, MM_ID, handle);
	d.header.flags = FFA_MEM_BYPASS_BORROWERS;
	assert_denied(&m, retrieve(&m, 1, ECHO, &d), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RETRIEVE_REQ refused: the caller does not name itself "
		      "(value 0x8002)");
	d.access[0].receiver = ECHO_ID;
	d.access[0].permissions = FFA_MEM_READ_ONLY;
	assert_int_equal(retrieve(&m, 1, ECHO, &d).x[0], FFA_MEM_RETRIEVE_RESP);
	assert_int_equal(machine_access(ECHO, PAGE + 0x10000),
			 FFAV_REGION_READ | FFAV_REGION_NORMAL_WORLD);
	assert_silent();
}

/* Memory of a partition, lent: the only borrower says that it does not execute it. */
static void lent_by_partition(void **state)
{
	const uint64_t own = PARTITION_BASE + PARTITION_SIZE + 0x8000;
	struct descriptor d = descriptor_share(FFA_VERSION_1_0, ECHO_ID, MM_ID, own, 1);
	uint32_t size;

	(void)state;
	enter(&m, 1, ECHO);
	d.header.attributes = 0;
	size = descriptor_put(partition_tx(ECHO), &d);
	assert_answer(partition(&m, 1, ECHO, CALL2(FFA_MEM_LEND_64, size, size)),
		      FFA_SUCCESS_32, 0, 2, 0);
	d = descriptor_retrieve(FFA_VERSION_1_2, ECHO_ID, MM_ID, 2);
	d.header.attributes = 0;
	assert_denied(&m, retrieve(&m, 0, MM, &d), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RETRIEVE_REQ refused: the only borrower does not say whether it "
		      "executes (value 0x2)");
	d.access[0].permissions = FFA_MEM_READ_WRITE | FFA_MEM_EXECUTE;
	assert_denied(&m, retrieve(&m, 0, MM, &d), FFA_DENIED,
		      "FFA_MEM_RETRIEVE_REQ refused: memory of others is not executable "
		      "(value 0xa)");
	d.access[0].permissions = FFA_MEM_READ_WRITE | FFA_MEM_NOT_EXECUTE;
	d.header.flags = FFA_MEM_ZERO;
	assert_denied(&m, retrieve(&m, 0, MM, &d), FFA_DENIED,
		      "FFA_MEM_RETRIEVE_REQ refused: the manager zeroes no memory (value 0x1)");
	d.header.flags = FFA_MEM_ZERO_AFTER;
	assert_denied(&m, retrieve(&m, 0, MM, &d), FFA_DENIED,
		      "FFA_MEM_RETRIEVE_REQ refused: the manager zeroes no memory (value 0x4)");
	d.header.flags = FFA_MEM_SHARED;
	assert_denied(&m, retrieve(&m, 0, MM, &d), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RETRIEVE_REQ refused: the transaction is of another kind "
		      "(value 0x8)");
	d.header.flags = FFA_MEM_LENT;
	assert_int_equal(retrieve(&m, 0, MM, &d).x[0], FFA_MEM_RETRIEVE_RESP);
	/* Secure memory, lent, and nobody else's now. */
	assert_int_equal(ffav_get16(partition_rx(MM) + 2), FFA_MEM_RAM);
	assert_int_equal(ffav_get32(partition_rx(MM) + 4), FFA_MEM_LENT);
	assert_int_equal(machine_access(MM, own), WRITE);
	assert_int_equal(machine_access(ECHO, own), 0);
	/* Borrowed memory is not the borrower's to give or to use as a buffer. */
	partition(&m, 0, MM, CALL0(FFA_RX_RELEASE));
	d = descriptor_share(FFA_VERSION_1_2, MM_ID, ECHO_ID, own, 1);
	size = descriptor_put(partition_tx(MM), &d);
	machine_snapshot(&m);
	assert_denied(&m, partition(&m, 0, MM, CALL2(FFA_MEM_SHARE_64, size, size)), FFA_DENIED,
		      "FFA_MEM_SHARE refused: the memory is shared, lent or borrowed already "
		      "(value 0xe118000)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(answer_1_2, setup),
		cmocka_unit_test_setup(answer_1_0, setup),
		cmocka_unit_test_setup(fields, setup),
		cmocka_unit_test_setup(access_fields, setup),
		cmocka_unit_test_setup(permissions, setup),
		cmocka_unit_test_setup(registers, setup),
		cmocka_unit_test_setup(no_memory, setup),
		cmocka_unit_test_setup(twice, setup),
		cmocka_unit_test_setup(not_the_borrower, setup),
		cmocka_unit_test_setup(two_borrowers, setup),
		cmocka_unit_test_setup(lent_by_partition, setup),
	};

	return cmocka_run_group_tests_name("spmc/memory_retrieve", tests, NULL, NULL);
}
