// SPDX-License-Identifier: BSD-3-Clause
/* FFA_MEM_FRAG_TX and FFA_MEM_FRAG_RX: descriptors in pieces, both ways. */
#include "tests/unit/spmc/descriptor.h"

static struct ffav_spmc m;
/* Every second page of the upper RAM. */
static struct descriptor list;

static int setup(void **state)
{
	(void)state;
	machine_start(&m);
	map_normal(&m, FFA_VERSION_1_2);
	list = descriptor_share(FFA_VERSION_1_2, 0, MM_ID, HIGH_BASE, 1);
	for (uint32_t i = 1; i < 255; i++)
		descriptor_range(&list, HIGH_BASE + i * 0x2000ull, 1);
	return 0;
}

/* Put ranges [@from, @from + @count) of the list into TX. */
static void put_ranges(uint32_t from, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		ffav_mem_range_encode(normal_tx() + i * 16, &list.ranges[from + i]);
}

/* Send the head and the first @count ranges. */
static void start(uint32_t count)
{
	struct descriptor d = list;
	uint32_t total = 96 + list.range_count * 16;
	struct ffav_smc_regs r;

	d.range_count = count;
	descriptor_put(normal_tx(), &d);
	r = normal(&m, 0, CALL2(FFA_MEM_SHARE_64, total, 96 + count * 16));
	assert_answer(r, FFA_MEM_FRAG_RX, 1, 0, 96 + count * 16);
}

static struct ffav_smc_regs fragment(uint64_t handle, uint64_t length, uint64_t w4)
{
	machine_snapshot(&m);
	return normal(&m, 0, CALL4(FFA_MEM_FRAG_TX, handle, handle >> 32, length, w4));
}

/* In three pieces; only then is it there for its borrower. */
static void sent_in_pieces(void **state)
{
	struct descriptor ask = descriptor_retrieve(FFA_VERSION_1_2, 0, MM_ID, 1);

	(void)state;
	enter(&m, 1, MM);
	start(250);
	put_ranges(250, 4);
	assert_answer(fragment(1, 64, 0), FFA_MEM_FRAG_RX, 1, 0, 96 + 254 * 16);
	assert_denied(&m, (machine_snapshot(&m), retrieve(&m, 1, MM, &ask)),
		      FFA_INVALID_PARAMETERS,
		      "FFA_MEM_RETRIEVE_REQ refused: nothing was given to the caller under the "
		      "handle (value 0x1)");
	put_ranges(254, 1);
	assert_answer(fragment(1, 16, 0), FFA_SUCCESS_32, 0, 1, 0);
	assert_silent();
	for (uint32_t i = 0; i < 255; i++)
		assert_int_equal(m.memory.ranges[i].address, HIGH_BASE + i * 0x2000ull);
	assert_int_equal(retrieve(&m, 1, MM, &ask).x[0], FFA_MEM_RETRIEVE_RESP);
}

/* The first piece may have no range at all. */
static void head_alone(void **state)
{
	struct descriptor d = list;

	(void)state;
	descriptor_put(normal_tx(), &d);
	assert_answer(normal(&m, 0, CALL2(FFA_MEM_SHARE_32, 96 + 255 * 16, 96)),
		      FFA_MEM_FRAG_RX, 1, 0, 96);
	put_ranges(0, 255);
	assert_answer(fragment(1, 255 * 16, 0), FFA_SUCCESS_32, 0, 1, 0);
}

static void pieces_refused(void **state)
{
	static const struct {
		uint64_t handle, length, w4;
		const char *line;
	} rows[] = {
		{2, 80, 0,
		 "FFA_MEM_FRAG_TX refused: no descriptor of the caller waits for more, handle "
		 "(value 0x2)"},
		{0, 80, 0,
		 "FFA_MEM_FRAG_TX refused: no descriptor of the caller waits for more, handle "
		 "(value 0x0)"},
		{UINT64_C(0x100000001), 80, 0,
		 "FFA_MEM_FRAG_TX refused: no descriptor of the caller waits for more, handle "
		 "(value 0x100000001)"},
		{1, 80, 0x10000,
		 "FFA_MEM_FRAG_TX refused: w4 names another endpoint (value 0x10000)"},
		{1, 80, 1, "FFA_MEM_FRAG_TX refused: w4 names another endpoint (value 0x1)"},
		{1, 0, 0,
		 "FFA_MEM_FRAG_TX refused: the length is not that of ranges that are missing "
		 "(value 0x0)"},
		{1, 8, 0,
		 "FFA_MEM_FRAG_TX refused: the length is not that of ranges that are missing "
		 "(value 0x8)"},
		{1, 79, 0,
		 "FFA_MEM_FRAG_TX refused: the length is not that of ranges that are missing "
		 "(value 0x4f)"},
		{1, 96, 0,
		 "FFA_MEM_FRAG_TX refused: the length is not that of ranges that are missing "
		 "(value 0x60)"},
		{1, 0x1010, 0,
		 "FFA_MEM_FRAG_TX refused: the length is not that of ranges that are missing "
		 "(value 0x1010)"},
		{1, 0xfffffff0, 0,
		 "FFA_MEM_FRAG_TX refused: the length is not that of ranges that are missing "
		 "(value 0xfffffff0)"},
	};

	(void)state;
	start(250);
	put_ranges(250, 5);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_denied(&m, fragment(rows[i].handle, rows[i].length, rows[i].w4),
			      FFA_INVALID_PARAMETERS, rows[i].line);
	/* A range of an earlier piece, and one that is not the sender's. */
	ffav_put64(normal_tx() + 64, HIGH_BASE);
	assert_denied(&m, fragment(1, 80, 0), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_FRAG_TX refused: two ranges overlap (value 0x48000000)");
	ffav_put64(normal_tx() + 64, TX);
	assert_denied(&m, fragment(1, 80, 0), FFA_DENIED,
		      "FFA_MEM_FRAG_TX refused: the memory is an RX or TX buffer "
		      "(value 0x40001000)");
	/* More pages than were announced, early and at the end. */
	put_ranges(250, 5);
	ffav_put32(normal_tx() + 8, 6);
	assert_denied(&m, fragment(1, 16, 0), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_FRAG_TX refused: the page count is not that of the ranges "
		      "(value 0x5)");
	ffav_put32(normal_tx() + 8, 2);
	assert_denied(&m, fragment(1, 80, 0), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_FRAG_TX refused: the page count is not that of the ranges "
		      "(value 0x5)");
	/* The right one can still follow. */
	put_ranges(250, 5);
	assert_answer(fragment(1, 80, 0), FFA_SUCCESS_32, 0, 1, 0);
	assert_denied(&m, fragment(1, 16, 0), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_FRAG_TX refused: no descriptor of the caller waits for more, "
		      "handle (value 0x1)");
}

/* Somebody else's handle, and no buffers. */
static void pieces_of_others(void **state)
{
	struct ffav_smc_regs r;

	(void)state;
	start(250);
	enter(&m, 1, MM);
	machine_snapshot(&m);
	r = partition(&m, 1, MM, CALL3(FFA_MEM_FRAG_TX, 1, 0, 16));
	assert_denied(&m, r, FFA_INVALID_PARAMETERS,
		      "FFA_MEM_FRAG_TX refused: no descriptor of the caller waits for more, "
		      "handle (value 0x1)");
	normal(&m, 0, CALL0(FFA_RXTX_UNMAP));
	assert_denied(&m, fragment(1, 16, 0), FFA_DENIED,
		      "FFA_MEM_FRAG_TX refused: RX/TX are not mapped (value 0x0)");
}

/* Ranges count as given away from the moment they are told. */
static void pieces_hold_memory(void **state)
{
	struct descriptor d = descriptor_share(FFA_VERSION_1_2, 0, ECHO_ID, HIGH_BASE, 1);

	(void)state;
	start(1);
	assert_denied(&m, send(&m, &d), FFA_DENIED,
		      "FFA_MEM_SHARE refused: the memory is shared, lent or borrowed already "
		      "(value 0x48000000)");
	/* A sender that has lost its list gives the handle up. */
	assert_answer(reclaim(&m, 1, 0), FFA_SUCCESS_32, 0, 0, 0);
	assert_int_equal(m.memory.ranges_used, 0);
	assert_int_equal(shared(&m, &d), 2);
}

/* A partition that lends in pieces loses its memory with the last one. */
static void lent_in_pieces(void **state)
{
	const uint64_t own = PARTITION_BASE + PARTITION_SIZE + 0x8000;
	struct descriptor d = descriptor_share(FFA_VERSION_1_0, ECHO_ID, MM_ID, own, 1);
	struct ffav_smc_regs r;

	(void)state;
	enter(&m, 1, ECHO);
	d.header.attributes = 0;
	d.composite = (struct ffav_mem_composite){.pages = 2, .ranges = 2};
	descriptor_put(partition_tx(ECHO), &d);
	r = partition(&m, 1, ECHO, CALL2(FFA_MEM_LEND_64, 96, 80));
	assert_answer(r, FFA_MEM_FRAG_RX, 1, 0, 80);
	assert_int_equal(machine_access(ECHO, own), FFAV_REGION_READ | FFAV_REGION_WRITE);
	d.ranges[0].address += 0x3000;
	ffav_mem_range_encode(partition_tx(ECHO), &d.ranges[0]);
	machine_map_room = 1;
	machine_snapshot(&m);
	r = partition(&m, 1, ECHO, CALL3(FFA_MEM_FRAG_TX, 1, 0, 16));
	assert_denied(&m, r, FFA_NO_MEMORY,
		      "FFA_MEM_FRAG_TX refused: the sender's map cannot be split any further "
		      "(value 0x2)");
	machine_map_room = 2;
	r = partition(&m, 1, ECHO, CALL3(FFA_MEM_FRAG_TX, 1, 0, 16));
	assert_answer(r, FFA_SUCCESS_32, 0, 1, 0);
	assert_int_equal(machine_access(ECHO, own), 0);
	assert_int_equal(machine_access(ECHO, own + 0x3000), 0);
}

/* The answer in pieces: 250 ranges behind a head of 96 bytes fill a page, five are left. */
static void received_in_pieces(void **state)
{
	static const struct {
		uint64_t handle, offset, w4;
		const char *line;
	} rows[] = {
		{1, 0, 0,
		 "FFA_MEM_FRAG_RX refused: the next fragment does not start at (value 0x0)"},
		{1, 4080, 0,
		 "FFA_MEM_FRAG_RX refused: the next fragment does not start at (value 0xff0)"},
		{1, 4112, 0,
		 "FFA_MEM_FRAG_RX refused: the next fragment does not start at (value 0x1010)"},
		{1, 4096, 1, "FFA_MEM_FRAG_RX refused: w4 names another endpoint (value 0x1)"},
		{2, 4096, 0,
		 "FFA_MEM_FRAG_RX refused: no answer to the caller waits to go on, handle "
		 "(value 0x2)"},
	};
	struct descriptor ask = descriptor_retrieve(FFA_VERSION_1_2, 0, MM_ID, 1);
	struct ffav_smc_regs r;

	(void)state;
	enter(&m, 1, MM);
	start(250);
	put_ranges(250, 5);
	assert_answer(fragment(1, 80, 0), FFA_SUCCESS_32, 0, 1, 0);
	machine_snapshot(&m);
	r = partition(&m, 1, MM, CALL3(FFA_MEM_FRAG_RX, 1, 0, 96));
	assert_denied(&m, r, FFA_INVALID_PARAMETERS,
		      "FFA_MEM_FRAG_RX refused: no answer to the caller waits to go on, handle "
		      "(value 0x1)");
	r = retrieve(&m, 1, MM, &ask);
	assert_answer(r, FFA_MEM_RETRIEVE_RESP, 96 + 255 * 16, 4096, 0);
	assert_int_equal(ffav_get64(partition_rx(MM) + 4080), HIGH_BASE + 249 * 0x2000);
	/* It has access to all of it already. */
	assert_int_equal(machine_access(MM, HIGH_BASE + 254 * 0x2000),
			 FFAV_REGION_READ | FFAV_REGION_WRITE | FFAV_REGION_NORMAL_WORLD);
	machine_snapshot(&m);
	r = partition(&m, 1, MM, CALL3(FFA_MEM_FRAG_RX, 1, 0, 4096));
	assert_denied(&m, r, FFA_BUSY,
		      "FFA_MEM_FRAG_RX refused: the caller has not released RX (value 0x8001)");
	partition(&m, 1, MM, CALL0(FFA_RX_RELEASE));
	machine_snapshot(&m);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		r = partition(
			&m, 1, MM,
			CALL4(FFA_MEM_FRAG_RX, rows[i].handle, 0, rows[i].offset, rows[i].w4));
		assert_denied(&m, r, FFA_INVALID_PARAMETERS, rows[i].line);
	}
	r = partition(&m, 1, MM, CALL3(FFA_MEM_FRAG_RX, 1, 0, 4096));
	assert_answer(r, FFA_MEM_FRAG_TX, 1, 0, 80);
	for (unsigned int i = 0; i < 5; i++) {
		assert_int_equal(ffav_get64(partition_rx(MM) + i * 16ull),
				 HIGH_BASE + (250 + i) * 0x2000ull);
		assert_int_equal(ffav_get32(partition_rx(MM) + i * 16ull + 8), 1);
	}
	assert_true(m.partitions[MM].endpoint.rx_full);
	/* That was all. */
	partition(&m, 1, MM, CALL0(FFA_RX_RELEASE));
	machine_snapshot(&m);
	r = partition(&m, 1, MM, CALL3(FFA_MEM_FRAG_RX, 1, 0, 96 + 255 * 16));
	assert_denied(&m, r, FFA_INVALID_PARAMETERS,
		      "FFA_MEM_FRAG_RX refused: no answer to the caller waits to go on, handle "
		      "(value 0x1)");
}

/* Without buffers there is no next piece; given up half way it is given up. */
static void received_half(void **state)
{
	struct descriptor ask = descriptor_retrieve(FFA_VERSION_1_2, 0, MM_ID, 1);
	struct ffav_smc_regs r;

	(void)state;
	enter(&m, 1, MM);
	start(250);
	put_ranges(250, 5);
	fragment(1, 80, 0);
	retrieve(&m, 1, MM, &ask);
	partition(&m, 1, MM, CALL0(FFA_RXTX_UNMAP));
	machine_snapshot(&m);
	r = partition(&m, 1, MM, CALL3(FFA_MEM_FRAG_RX, 1, 0, 4096));
	assert_denied(&m, r, FFA_DENIED,
		      "FFA_MEM_FRAG_RX refused: RX/TX are not mapped (value 0x8001)");
	assert_answer(partition(&m, 1, MM,
				CALL3(FFA_RXTX_MAP_64, PARTITION_TX(MM), PARTITION_RX(MM), 1)),
		      FFA_SUCCESS_32, 0, 0, 0);
	assert_answer(relinquish(&m, 1, MM, 1, 0), FFA_SUCCESS_32, 0, 0, 0);
	for (uint32_t i = 0; i < 255; i++)
		assert_int_equal(machine_access(MM, HIGH_BASE + i * 0x2000ull), 0);
	/* From the start again. */
	assert_answer(retrieve(&m, 1, MM, &ask), FFA_MEM_RETRIEVE_RESP, 96 + 255 * 16, 4096, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(sent_in_pieces, setup),
		cmocka_unit_test_setup(head_alone, setup),
		cmocka_unit_test_setup(pieces_refused, setup),
		cmocka_unit_test_setup(pieces_of_others, setup),
		cmocka_unit_test_setup(pieces_hold_memory, setup),
		cmocka_unit_test_setup(lent_in_pieces, setup),
		cmocka_unit_test_setup(received_in_pieces, setup),
		cmocka_unit_test_setup(received_half, setup),
	};

	return cmocka_run_group_tests_name("spmc/memory_fragment", tests, NULL, NULL);
}
