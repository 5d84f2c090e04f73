// SPDX-License-Identifier: BSD-3-Clause
/* FFA_MEM_SHARE and FFA_MEM_LEND: every field of the descriptor, and whose memory it is. */
#include "tests/unit/spmc/descriptor.h"

static struct ffav_spmc m;
/* One that is right: two pages of the normal world for the MM partition. */
static struct descriptor good;

#define PAGE (NORMAL_BASE + 0x10000)

static int setup(void **state)
{
	(void)state;
	machine_start(&m);
	map_normal(&m, FFA_VERSION_1_2);
	good = descriptor_share(FFA_VERSION_1_2, 0, MM_ID, PAGE, 2);
	return 0;
}

/* Every layout of every version, 32 and 64 bits. */
static void layouts(void **state)
{
	static const struct {
		uint32_t version, size, function;
	} rows[] = {
		{FFA_VERSION_1_0, 16, FFA_MEM_SHARE_32},
		{FFA_VERSION_1_0, 16, FFA_MEM_SHARE_64},
		{FFA_VERSION_1_1, 16, FFA_MEM_SHARE_32},
		{FFA_VERSION_1_1, 16, FFA_MEM_SHARE_64},
		{FFA_VERSION_1_2, 16, FFA_MEM_SHARE_64},
		{FFA_VERSION_1_2, 32, FFA_MEM_SHARE_32},
		{FFA_VERSION_1_2, 32, FFA_MEM_SHARE_64},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct descriptor d =
			descriptor_share(rows[i].version, 0, MM_ID, PAGE + i * 0x2000, 2);
		struct ffav_smc_regs r;
		uint32_t size;

		d.header.access_size = rows[i].size;
		d.access[0].composite = descriptor_head(&d) - 16;
		m.normal.version = rows[i].version;
		size = descriptor_put(normal_tx(), &d);
		r = normal(&m, 0, CALL2(rows[i].function, size, size));
		assert_answer(r, FFA_SUCCESS_32, 0, i + 1, 0);
		assert_int_equal(m.memory.transactions[i].handle, i + 1);
		assert_int_equal(m.memory.transactions[i].kind, FFA_MEM_SHARED);
		assert_int_equal(m.memory.transactions[i].tag, 0x7a67);
		assert_int_equal(m.memory.transactions[i].borrowers[0].valued,
				 rows[i].size == 32);
		assert_int_equal(m.memory.ranges[i].address, PAGE + i * 0x2000);
		assert_int_equal(m.memory.ranges[i].pages, 2);
	}
	assert_silent();
	/* Nobody has access before it retrieves. */
	assert_int_equal(machine_access(MM, PAGE), 0);
}

/* Access descriptors may lie anywhere behind the header, ranges anywhere behind them. */
static void gaps(void **state)
{
	(void)state;
	good.header.access_offset = 96;
	good.access[0].composite = 128;
	assert_int_equal(shared(&m, &good), 1);
}

/* A field of the header, and what is wrong with it. */
struct header_row {
	struct ffav_mem_header h;
	int32_t code;
	const char *line;
};

static void header_fields(void **state)
{
	static const struct header_row rows[] = {
		{{.sender = 1, .attributes = 0x2f},
		 FFA_DENIED,
		 "FFA_MEM_SHARE refused: the sender is not the caller (value 0x1)"},
		{{.sender = MM_ID, .attributes = 0x2f},
		 FFA_DENIED,
		 "FFA_MEM_SHARE refused: the sender is not the caller (value 0x8001)"},
		{{.handle = 1, .attributes = 0x2f},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_SHARE refused: a new transaction has a handle (value 0x1)"},
		{{.flags = 1, .attributes = 0x2f},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_SHARE refused: flags are set that must not be (value 0x1)"},
		{{.flags = 2, .attributes = 0x2f},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_SHARE refused: flags are set that must not be (value 0x2)"},
		{{.flags = 0x8, .attributes = 0x2f},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_SHARE refused: flags are set that must not be (value 0x8)"},
		{{.flags = 0x80000000, .attributes = 0x2f},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_SHARE refused: flags are set that must not be (value 0x80000000)"},
		{{.attributes = 0x6f},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_SHARE refused: the sender says which world the memory is of "
		 "(value 0x6f)"},
		{{.attributes = 0x00},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_SHARE refused: the memory has no type (value 0x0)"},
		{{.attributes = 0x3f},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_SHARE refused: the memory has no type (value 0x3f)"},
		{{.attributes = 0x10},
		 FFA_DENIED,
		 "FFA_MEM_SHARE refused: the memory is not normal, write-back and inner "
		 "shareable (value 0x10)"},
		{{.attributes = 0x27},
		 FFA_DENIED,
		 "FFA_MEM_SHARE refused: the memory is not normal, write-back and inner "
		 "shareable (value 0x27)"},
		{{.attributes = 0x2e},
		 FFA_DENIED,
		 "FFA_MEM_SHARE refused: the memory is not normal, write-back and inner "
		 "shareable (value 0x2e)"},
		{{.attributes = 0x2c},
		 FFA_DENIED,
		 "FFA_MEM_SHARE refused: the memory is not normal, write-back and inner "
		 "shareable (value 0x2c)"},
		{{.attributes = 0x80},
		 FFA_INVALID_PARAMETERS,
		 "FFA_MEM_SHARE refused: the header of the descriptor is not one of version "
		 "(value 0x10002)"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct descriptor d = good;

		d.header.sender = rows[i].h.sender;
		d.header.handle = rows[i].h.handle;
		d.header.flags = rows[i].h.flags;
		d.header.attributes = rows[i].h.attributes;
		assert_denied(&m, send(&m, &d), rows[i].code, rows[i].line);
	}
	/* Nothing of it was at fault but that field. */
	assert_int_equal(shared(&m, &good), 1);
}

static void header_layout(void **state)
{
	struct descriptor d = good;
	uint32_t size = descriptor_put(normal_tx(), &d);
	static const uint32_t sizes[] = {0, 8, 24, 48, 0xffffffe0};
	static const uint32_t offsets[] = {0, 32, 40, 0x1000, 0xfffffff0};
	static const uint32_t counts[] = {0, 5, 6, 0x08000000, UINT32_MAX};
	static const char bad_header[] = "FFA_MEM_SHARE refused: the header of the descriptor "
					 "is not one of version (value 0x10002)";

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		ffav_put32(normal_tx() + 24, sizes[i]);
		machine_snapshot(&m);
		assert_denied(&m, normal(&m, 0, CALL2(FFA_MEM_SHARE_64, size, size)),
			      FFA_INVALID_PARAMETERS, bad_header);
		ffav_put32(normal_tx() + 24, 32);
		ffav_put32(normal_tx() + 32, offsets[i]);
		machine_snapshot(&m);
		assert_denied(&m, normal(&m, 0, CALL2(FFA_MEM_SHARE_64, size, size)),
			      FFA_INVALID_PARAMETERS, bad_header);
		ffav_put32(normal_tx() + 32, 48);
		ffav_put32(normal_tx() + 28, counts[i]);
		machine_snapshot(&m);
		assert_denied(&m, normal(&m, 0, CALL2(FFA_MEM_SHARE_64, size, size)),
			      FFA_INVALID_PARAMETERS,
			      counts[i] ? bad_header
					: "FFA_MEM_SHARE refused: the number of borrowers is "
					  "not 1 to 4 (value 0x0)");
		ffav_put32(normal_tx() + 28, 1);
	}
	/* Five borrowers that are all there are one too many. */
	for (unsigned int i = 1; i < 5; i++)
		descriptor_borrower(&d, (uint16_t)(MM_ID + i));
	assert_denied(&m, send(&m, &d), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_SHARE refused: the number of borrowers is not 1 to 4 "
		      "(value 0x5)");
	/* A caller of FF-A 1.0 has other fields there. */
	m.normal.version = FFA_VERSION_1_0;
	descriptor_put(normal_tx(), &good);
	machine_snapshot(&m);
	assert_denied(&m, normal(&m, 0, CALL2(FFA_MEM_SHARE_64, size, size)),
		      FFA_INVALID_PARAMETERS,
		      "FFA_MEM_SHARE refused: the header of the descriptor is not one of "
		      "version (value 0x10000)");
}

/* A borrower, and what is wrong with it. */
static void borrower_fields(void **state)
{
	static const struct {
		struct ffav_mem_access a;
		const char *line;
	} rows[] = {
		{{.receiver = 0, .permissions = 2},
		 "FFA_MEM_SHARE refused: the sender borrows from itself (value 0x0)"},
		{{.receiver = 0x8000, .permissions = 2},
		 "FFA_MEM_SHARE refused: there is no such partition (value 0x8000)"},
		{{.receiver = 0x8003, .permissions = 2},
		 "FFA_MEM_SHARE refused: there is no such partition (value 0x8003)"},
		{{.receiver = 1, .permissions = 2},
		 "FFA_MEM_SHARE refused: there is no such partition (value 0x1)"},
		{{.receiver = MM_ID, .permissions = 0},
		 "FFA_MEM_SHARE refused: permissions are not to read, or to read and write "
		 "(value 0x0)"},
		{{.receiver = MM_ID, .permissions = 0x6},
		 "FFA_MEM_SHARE refused: permissions are not to read, or to read and write "
		 "(value 0x6)"},
		{{.receiver = MM_ID, .permissions = 0xa},
		 "FFA_MEM_SHARE refused: permissions are not to read, or to read and write "
		 "(value 0xa)"},
		{{.receiver = MM_ID, .permissions = 3},
		 "FFA_MEM_SHARE refused: reserved bits are set for borrower (value 0x8001)"},
		{{.receiver = MM_ID, .permissions = 0x12},
		 "FFA_MEM_SHARE refused: reserved bits are set for borrower (value 0x8001)"},
		{{.receiver = MM_ID, .permissions = 2, .flags = 1},
		 "FFA_MEM_SHARE refused: reserved bits are set for borrower (value 0x8001)"},
		{{.receiver = MM_ID, .permissions = 2, .flags = 2},
		 "FFA_MEM_SHARE refused: reserved bits are set for borrower (value 0x8001)"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct descriptor d = good;

		d.access[0] = rows[i].a;
		d.access[0].composite = good.access[0].composite;
		assert_denied(&m, send(&m, &d), FFA_INVALID_PARAMETERS, rows[i].line);
	}
}

static void several_borrowers(void **state)
{
	struct descriptor d = good;

	(void)state;
	descriptor_borrower(&d, MM_ID);
	assert_denied(&m, send(&m, &d), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_SHARE refused: a borrower is named twice (value 0x8001)");
	d.access[1].receiver = ECHO_ID;
	d.access[1].permissions = FFA_MEM_READ_ONLY;
	d.access[1].value[0] = 0x76;
	d.access[1].composite += 16;
	assert_denied(&m, send(&m, &d), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_SHARE refused: borrowers have different composite descriptors "
		      "(value 0x80)");
	d.access[1].composite -= 16;
	assert_int_equal(shared(&m, &d), 1);
	assert_int_equal(m.memory.transactions[0].borrower_count, 2);
	assert_int_equal(m.memory.transactions[0].borrowers[0].permissions, FFA_MEM_READ_WRITE);
	assert_int_equal(m.memory.transactions[0].borrowers[1].permissions, FFA_MEM_READ_ONLY);
	assert_int_equal(m.memory.transactions[0].borrowers[1].value[0], 0x76);
}

/* The composite descriptor: where it is and what is in it. */
static void composite_fields(void **state)
{
	static const struct {
		uint32_t offset, pages, ranges;
		const char *line;
	} rows[] = {
		{0, 2, 1,
		 "FFA_MEM_SHARE refused: the composite descriptor is not behind the borrowers "
		 "(value 0x0)"},
		{64, 2, 1,
		 "FFA_MEM_SHARE refused: the composite descriptor is not behind the borrowers "
		 "(value 0x40)"},
		{88, 2, 1,
		 "FFA_MEM_SHARE refused: the composite descriptor is not behind the borrowers "
		 "(value 0x58)"},
		{112, 2, 1,
		 "FFA_MEM_SHARE refused: the composite descriptor is not behind the borrowers "
		 "(value 0x70)"},
		{0xfffffff0, 2, 1,
		 "FFA_MEM_SHARE refused: the composite descriptor is not behind the borrowers "
		 "(value 0xfffffff0)"},
		{80, 2, 0,
		 "FFA_MEM_SHARE refused: the total length is not that of the ranges "
		 "(value 0x70)"},
		{80, 2, 2,
		 "FFA_MEM_SHARE refused: the total length is not that of the ranges "
		 "(value 0x70)"},
		{80, 2, 0x10000001,
		 "FFA_MEM_SHARE refused: the total length is not that of the ranges "
		 "(value 0x70)"},
		{80, 2, UINT32_MAX,
		 "FFA_MEM_SHARE refused: the total length is not that of the ranges "
		 "(value 0x70)"},
		{80, 1, 1,
		 "FFA_MEM_SHARE refused: the page count is not that of the ranges (value 0x1)"},
		{80, 3, 1,
		 "FFA_MEM_SHARE refused: the page count is not that of the ranges (value 0x3)"},
		{80, 0, 1,
		 "FFA_MEM_SHARE refused: the page count is not that of the ranges (value 0x0)"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct descriptor d = good;

		d.access[0].composite = rows[i].offset;
		d.composite.pages = rows[i].pages;
		d.composite.ranges = rows[i].ranges;
		assert_denied(&m, send(&m, &d), FFA_INVALID_PARAMETERS, rows[i].line);
	}
	descriptor_put(normal_tx(), &good);
	normal_tx()[80 + 8] = 1;
	machine_snapshot(&m);
	assert_denied(&m, normal(&m, 0, CALL2(FFA_MEM_SHARE_64, 112, 112)),
		      FFA_INVALID_PARAMETERS,
		      "FFA_MEM_SHARE refused: reserved bits are set in the composite "
		      "descriptor (value 0x50)");
}

/* Lengths in the registers, near every limit. */
static void lengths(void **state)
{
	static const struct {
		uint64_t total, length, x3, x4;
		const char *line;
	} rows[] = {
		{112, 113, 0, 0,
		 "FFA_MEM_SHARE refused: the fragment is longer than the descriptor "
		 "(value 0x71)"},
		{0, UINT32_MAX, 0, 0,
		 "FFA_MEM_SHARE refused: the fragment is longer than the descriptor "
		 "(value 0xffffffff)"},
		{UINT32_MAX, UINT32_MAX, 0, 0,
		 "FFA_MEM_SHARE refused: the length is not that of a descriptor in TX "
		 "(value 0xffffffff)"},
		{0x1010, 0x1010, 0, 0,
		 "FFA_MEM_SHARE refused: the length is not that of a descriptor in TX "
		 "(value 0x1010)"},
		{112, 47, 0, 0,
		 "FFA_MEM_SHARE refused: the length is not that of a descriptor in TX "
		 "(value 0x2f)"},
		{0, 0, 0, 0,
		 "FFA_MEM_SHARE refused: the length is not that of a descriptor in TX "
		 "(value 0x0)"},
		{112, 64, 0, 0,
		 "FFA_MEM_SHARE refused: the header of the descriptor is not one of version "
		 "(value 0x10002)"},
		{112, 95, 0, 0,
		 "FFA_MEM_SHARE refused: the composite descriptor is not behind the borrowers "
		 "(value 0x50)"},
		{112, 111, 0, 0,
		 "FFA_MEM_SHARE refused: the fragment ends within a range (value 0x6f)"},
		{128, 112, 0, 0,
		 "FFA_MEM_SHARE refused: the total length is not that of the ranges "
		 "(value 0x80)"},
		{96, 96, 0, 0,
		 "FFA_MEM_SHARE refused: the total length is not that of the ranges "
		 "(value 0x60)"},
		{112, 112, TX, 0,
		 "FFA_MEM_SHARE refused: the descriptor is in a buffer other than TX "
		 "(value 0x40001000)"},
		{112, 112, 0, 1,
		 "FFA_MEM_SHARE refused: the descriptor is in a buffer other than TX "
		 "(value 0x0)"},
	};

	(void)state;
	descriptor_put(normal_tx(), &good);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		machine_snapshot(&m);
		assert_denied(&m,
			      normal(&m, 0,
				     CALL4(FFA_MEM_SHARE_64, rows[i].total, rows[i].length,
					   rows[i].x3, rows[i].x4)),
			      FFA_INVALID_PARAMETERS, rows[i].line);
	}
	/* w1 and w2 have 32 bits in the 64-bit call, too. */
	assert_answer(normal(&m, 0,
			     CALL2(FFA_MEM_SHARE_64, UINT64_C(0xffffffff00000070),
				   UINT64_C(0x100000070))),
		      FFA_SUCCESS_32, 0, 1, 0);
}

static void without_buffers(void **state)
{
	(void)state;
	normal(&m, 0, CALL0(FFA_RXTX_UNMAP));
	assert_denied(&m, send(&m, &good), FFA_DENIED,
		      "FFA_MEM_SHARE refused: RX/TX are not mapped (value 0x0)");
}

/* A range of the normal world, and what is wrong with it. */
static void ranges_of_normal_world(void **state)
{
	static const struct {
		uint64_t address;
		uint32_t pages;
		int32_t code;
		const char *line;
	} rows[] = {
		{PAGE + 0x800, 2, FFA_INVALID_PARAMETERS,
		 "FFA_MEM_SHARE refused: a range is empty, not aligned, wraps or has reserved "
		 "bits set (value 0x40010800)"},
		{PAGE, 0, FFA_INVALID_PARAMETERS,
		 "FFA_MEM_SHARE refused: a range is empty, not aligned, wraps or has reserved "
		 "bits set (value 0x40010000)"},
		{UINT64_C(0xfffffffffffff000), 1, FFA_INVALID_PARAMETERS,
		 "FFA_MEM_SHARE refused: a range is empty, not aligned, wraps or has reserved "
		 "bits set (value 0xfffffffffffff000)"},
		{PAGE, UINT32_MAX, FFA_INVALID_PARAMETERS,
		 "FFA_MEM_SHARE refused: two ranges overlap (value 0x40010000)"},
		{HIGH_BASE, UINT32_MAX, FFA_DENIED,
		 "FFA_MEM_SHARE refused: the memory is not RAM of the normal world "
		 "(value 0x48000000)"},
		{TX, 1, FFA_DENIED,
		 "FFA_MEM_SHARE refused: the memory is an RX or TX buffer (value 0x40001000)"},
		{RX - 0x1000, 3, FFA_DENIED,
		 "FFA_MEM_SHARE refused: the memory is an RX or TX buffer (value 0x40001000)"},
		{NORMAL_BASE, 2, FFA_DENIED,
		 "FFA_MEM_SHARE refused: the memory is an RX or TX buffer (value 0x40000000)"},
		{SHARED_BASE, 1, FFA_DENIED,
		 "FFA_MEM_SHARE refused: the memory is in a partition's manifest "
		 "(value 0x40040000)"},
		{SHARED_BASE + SHARED_SIZE - 0x1000, 2, FFA_DENIED,
		 "FFA_MEM_SHARE refused: the memory is in a partition's manifest "
		 "(value 0x4005f000)"},
		{PARTITION_BASE, 1, FFA_DENIED,
		 "FFA_MEM_SHARE refused: the memory is in a partition's manifest "
		 "(value 0xe100000)"},
		{PARTITION_BASE + 2 * PARTITION_SIZE, 1, FFA_DENIED,
		 "FFA_MEM_SHARE refused: the memory is not RAM of the normal world "
		 "(value 0xe120000)"},
		{NORMAL_BASE + NORMAL_SIZE - 0x1000, 2, FFA_DENIED,
		 "FFA_MEM_SHARE refused: the memory is not RAM of the normal world "
		 "(value 0x4007f000)"},
		{0, 1, FFA_DENIED,
		 "FFA_MEM_SHARE refused: the memory is not RAM of the normal world "
		 "(value 0x0)"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct descriptor d = good;

		/* Behind one that is right, which has to be forgotten. */
		d.range_count = 1;
		d.composite = (struct ffav_mem_composite){.pages = 2, .ranges = 1};
		d.ranges[0].address = NORMAL_BASE + 0x70000;
		descriptor_range(&d, rows[i].address, rows[i].pages);
		assert_denied(&m, send(&m, &d), rows[i].code, rows[i].line);
	}
	descriptor_put(normal_tx(), &good);
	normal_tx()[96 + 12] = 1;
	machine_snapshot(&m);
	assert_denied(&m, normal(&m, 0, CALL2(FFA_MEM_SHARE_64, 112, 112)),
		      FFA_INVALID_PARAMETERS,
		      "FFA_MEM_SHARE refused: a range is empty, not aligned, wraps or has "
		      "reserved bits set (value 0x40010000)");
}

/* Nothing is given away twice, neither in one transaction nor in two. */
static void overlaps(void **state)
{
	struct descriptor d = good;

	(void)state;
	descriptor_range(&d, PAGE + 0x1000, 1);
	assert_denied(&m, send(&m, &d), FFA_INVALID_PARAMETERS,
		      "FFA_MEM_SHARE refused: two ranges overlap (value 0x40011000)");
	assert_int_equal(shared(&m, &good), 1);
	assert_denied(&m, send(&m, &good), FFA_DENIED,
		      "FFA_MEM_SHARE refused: the memory is shared, lent or borrowed already "
		      "(value 0x40010000)");
	d = descriptor_share(FFA_VERSION_1_2, 0, ECHO_ID, PAGE - 0x1000, 2);
	assert_denied(&m, send(&m, &d), FFA_DENIED,
		      "FFA_MEM_SHARE refused: the memory is shared, lent or borrowed already "
		      "(value 0x4000f000)");
	/* Nor is it a buffer of anybody. */
	normal(&m, 0, CALL0(FFA_RXTX_UNMAP));
	machine_snapshot(&m);
	assert_denied(&m, normal(&m, 0, CALL3(FFA_RXTX_MAP_64, PAGE + 0x1000, RX, 1)),
		      FFA_INVALID_PARAMETERS,
		      "FFA_RXTX_MAP refused: TX is not memory that the caller may offer "
		      "(value 0x40011000)");
	assert_denied(&m, normal(&m, 0, CALL3(FFA_RXTX_MAP_64, TX, PAGE, 1)),
		      FFA_INVALID_PARAMETERS,
		      "FFA_RXTX_MAP refused: RX is not memory that the caller may offer "
		      "(value 0x40010000)");
	/* Neighbours are free. */
	map_normal(&m, FFA_VERSION_1_2);
	d = descriptor_share(FFA_VERSION_1_2, 0, MM_ID, PAGE - 0x1000, 1);
	descriptor_range(&d, PAGE + 0x2000, 1);
	assert_int_equal(shared(&m, &d), 2);
}

/* FFA_MEM_LEND: attributes and zeroing. */
static void lend(void **state)
{
	static const struct {
		uint16_t attributes;
		uint32_t flags;
		bool two;
		int32_t code;
		const char *line;
	} rows[] = {
		{0x2f, 0, false, FFA_INVALID_PARAMETERS,
		 "FFA_MEM_LEND refused: attributes are the only borrower's to say "
		 "(value 0x2f)"},
		{0x03, 0, false, FFA_INVALID_PARAMETERS,
		 "FFA_MEM_LEND refused: attributes are the only borrower's to say "
		 "(value 0x3)"},
		{0x40, 0, false, FFA_INVALID_PARAMETERS,
		 "FFA_MEM_LEND refused: the sender says which world the memory is of "
		 "(value 0x40)"},
		{0, FFA_MEM_ZERO, false, FFA_DENIED,
		 "FFA_MEM_LEND refused: the manager zeroes no memory (value 0x1)"},
		{0, FFA_MEM_TIME_SLICE, false, FFA_INVALID_PARAMETERS,
		 "FFA_MEM_LEND refused: flags are set that must not be (value 0x2)"},
		{0, 4, false, FFA_INVALID_PARAMETERS,
		 "FFA_MEM_LEND refused: flags are set that must not be (value 0x4)"},
		{0, 0, true, FFA_INVALID_PARAMETERS,
		 "FFA_MEM_LEND refused: the memory has no type (value 0x0)"},
		{0x2d, 0, true, FFA_DENIED,
		 "FFA_MEM_LEND refused: the memory is not normal, write-back and inner "
		 "shareable (value 0x2d)"},
	};
	struct descriptor d;
	uint32_t size;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		d = good;
		if (rows[i].two)
			descriptor_borrower(&d, ECHO_ID);
		d.header.attributes = rows[i].attributes;
		d.header.flags = rows[i].flags;
		size = descriptor_put(normal_tx(), &d);
		machine_snapshot(&m);
		assert_denied(&m, normal(&m, 0, CALL2(FFA_MEM_LEND_32, size, size)),
			      rows[i].code, rows[i].line);
	}
	d = good;
	d.header.attributes = 0;
	size = descriptor_put(normal_tx(), &d);
	assert_answer(normal(&m, 0, CALL2(FFA_MEM_LEND_64, size, size)), FFA_SUCCESS_32, 0, 1,
		      0);
	assert_int_equal(m.memory.transactions[0].kind, FFA_MEM_LENT);
	d = descriptor_share(FFA_VERSION_1_2, 0, MM_ID, PAGE + 0x2000, 1);
	descriptor_borrower(&d, ECHO_ID);
	size = descriptor_put(normal_tx(), &d);
	assert_answer(normal(&m, 0, CALL2(FFA_MEM_LEND_32, size, size)), FFA_SUCCESS_32, 0, 2,
		      0);
}

/* What a partition may give away: its own data, as long as they are data. */
static void partition_gives(void **state)
{
	const uint64_t own = PARTITION_BASE + PARTITION_SIZE;
	static const struct {
		uint64_t address;
		uint32_t pages;
		const char *line;
	} rows[] = {
		{PARTITION_BASE, 1,
		 "FFA_MEM_SHARE refused: the memory is not data of the partition "
		 "(value 0xe100000)"},
		{PARTITION_BASE + 2 * PARTITION_SIZE - 0x1000, 2,
		 "FFA_MEM_SHARE refused: the memory is not data of the partition "
		 "(value 0xe11f000)"},
		{PAGE, 1,
		 "FFA_MEM_SHARE refused: the memory is not data of the partition "
		 "(value 0x40010000)"},
		{PARTITION_BASE + PARTITION_SIZE + 0x1000, 1,
		 "FFA_MEM_SHARE refused: the memory is an RX or TX buffer (value 0xe111000)"},
		{PARTITION_BASE + PARTITION_SIZE + 0x4000, 1,
		 "FFA_MEM_SHARE refused: the memory is not data of the partition "
		 "(value 0xe114000)"},
		{PARTITION_BASE + PARTITION_SIZE + 0x5000, 1,
		 "FFA_MEM_SHARE refused: the memory is not data of the partition "
		 "(value 0xe115000)"},
		{PARTITION_BASE + PARTITION_SIZE + 0x6000, 1,
		 "FFA_MEM_SHARE refused: the memory is not data of the partition "
		 "(value 0xe116000)"},
		{PARTITION_BASE + PARTITION_SIZE, UINT32_MAX,
		 "FFA_MEM_SHARE refused: the memory is an RX or TX buffer (value 0xe110000)"},
	};
	struct descriptor d;
	uint32_t size;

	(void)state;
	enter(&m, 0, ECHO);
	machine_set_access(ECHO, own + 0x4000, FFAV_REGION_READ | FFAV_REGION_EXECUTE);
	machine_set_access(ECHO, own + 0x5000, FFAV_REGION_READ);
	machine_set_access(ECHO, own + 0x6000,
			   FFAV_REGION_READ | FFAV_REGION_WRITE | FFAV_REGION_DEVICE);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		d = descriptor_share(FFA_VERSION_1_0, ECHO_ID, MM_ID, rows[i].address,
				     rows[i].pages);
		size = descriptor_put(partition_tx(ECHO), &d);
		machine_snapshot(&m);
		assert_denied(&m, partition(&m, 0, ECHO, CALL2(FFA_MEM_SHARE_32, size, size)),
			      FFA_DENIED, rows[i].line);
	}
	/* Not to the normal world. */
	d = descriptor_share(FFA_VERSION_1_0, ECHO_ID, 0, own + 0x8000, 1);
	size = descriptor_put(partition_tx(ECHO), &d);
	machine_snapshot(&m);
	assert_denied(&m, partition(&m, 0, ECHO, CALL2(FFA_MEM_SHARE_32, size, size)),
		      FFA_INVALID_PARAMETERS,
		      "FFA_MEM_SHARE refused: there is no such partition (value 0x0)");
	d.access[0].receiver = MM_ID;
	size = descriptor_put(partition_tx(ECHO), &d);
	assert_answer(partition(&m, 0, ECHO, CALL2(FFA_MEM_SHARE_32, size, size)),
		      FFA_SUCCESS_32, 0, 1, 0);
	/* What it shares it still has. */
	assert_int_equal(machine_access(ECHO, own + 0x8000),
			 FFAV_REGION_READ | FFAV_REGION_WRITE);
}

/* What a partition lends it loses, all of it or nothing. */
static void partition_lends(void **state)
{
	const uint64_t own = PARTITION_BASE + PARTITION_SIZE + 0x8000;
	const uint32_t data = FFAV_REGION_READ | FFAV_REGION_WRITE;
	struct descriptor d = descriptor_share(FFA_VERSION_1_0, ECHO_ID, MM_ID, own, 1);
	uint32_t size;

	(void)state;
	descriptor_range(&d, own + 0x2000, 2);
	d.header.attributes = 0;
	enter(&m, 0, ECHO);
	size = descriptor_put(partition_tx(ECHO), &d);
	machine_map_room = 1;
	machine_snapshot(&m);
	assert_denied(&m, partition(&m, 0, ECHO, CALL2(FFA_MEM_LEND_32, size, size)),
		      FFA_NO_MEMORY,
		      "FFA_MEM_LEND refused: the sender's map cannot be split any further "
		      "(value 0x2)");
	machine_map_room = 2;
	assert_answer(partition(&m, 0, ECHO, CALL2(FFA_MEM_LEND_32, size, size)),
		      FFA_SUCCESS_32, 0, 1, 0);
	assert_int_equal(machine_access(ECHO, own), 0);
	assert_int_equal(machine_access(ECHO, own + 0x1000), data);
	assert_int_equal(machine_access(ECHO, own + 0x2000), 0);
	assert_int_equal(machine_access(ECHO, own + 0x3000), 0);
	/* Back as it was. */
	assert_answer(partition(&m, 0, ECHO, CALL1(FFA_MEM_RECLAIM, 1)), FFA_SUCCESS_32, 0, 0,
		      0);
	for (uint64_t page = own; page < own + 0x4000; page += 0x1000)
		assert_int_equal(machine_access(ECHO, page), data);
	assert_silent();
}

/* Table and pool are full; a handle comes back, but never the same one. */
static void full(void **state)
{
	struct descriptor d;
	uint64_t last = 0;

	(void)state;
	for (unsigned int i = 0; i < FFAV_SPMC_TRANSACTIONS_MAX; i++) {
		d = descriptor_share(FFA_VERSION_1_2, 0, MM_ID, HIGH_BASE + i * 0x1000ull, 1);
		last = shared(&m, &d);
	}
	assert_int_equal(last, FFAV_SPMC_TRANSACTIONS_MAX);
	assert_denied(&m, send(&m, &good), FFA_NO_MEMORY,
		      "FFA_MEM_SHARE refused: there is no room for as many ranges or "
		      "transactions (value 0x1)");
	assert_answer(reclaim(&m, 3, 0), FFA_SUCCESS_32, 0, 0, 0);
	assert_int_equal(shared(&m, &good), last + 1);
	/* The slice of the pool moved up. */
	assert_int_equal(m.memory.ranges_used, FFAV_SPMC_TRANSACTIONS_MAX);
	assert_int_equal(m.memory.transactions[3].first, 2);
	assert_int_equal(m.memory.ranges[2].address, HIGH_BASE + 0x3000);
	assert_int_equal(m.memory.transactions[2].first, FFAV_SPMC_TRANSACTIONS_MAX - 1);
}

/* Ranges that have not come are reserved; more than there are cannot be. */
static void pool(void **state)
{
	struct ffav_smc_regs r;

	(void)state;
	good.composite = (struct ffav_mem_composite){.pages = 1024, .ranges = 1024};
	good.ranges[0].pages = 1;
	descriptor_put(normal_tx(), &good);
	r = normal(&m, 0, CALL2(FFA_MEM_SHARE_64, 96 + 1024 * 16, 112));
	assert_answer(r, FFA_MEM_FRAG_RX, 1, 0, 112);
	good.composite = (struct ffav_mem_composite){.pages = 1, .ranges = 1};
	good.ranges[0].address = PAGE + 0x1000;
	assert_denied(&m, send(&m, &good), FFA_NO_MEMORY,
		      "FFA_MEM_SHARE refused: there is no room for as many ranges or "
		      "transactions (value 0x1)");
	assert_answer(reclaim(&m, 1, 0), FFA_SUCCESS_32, 0, 0, 0);
	assert_int_equal(shared(&m, &good), 2);
	good.composite = (struct ffav_mem_composite){.pages = 1024, .ranges = 1024};
	good.ranges[0].address = PAGE;
	descriptor_put(normal_tx(), &good);
	machine_snapshot(&m);
	assert_denied(&m, normal(&m, 0, CALL2(FFA_MEM_SHARE_64, 96 + 1024 * 16, 112)),
		      FFA_NO_MEMORY,
		      "FFA_MEM_SHARE refused: there is no room for as many ranges or "
		      "transactions (value 0x400)");
}

/*
 * Byte for byte what the arm_ffa driver of an operating system writes: FF-A 1.0, where the
 * header has no offset, and 1.1, which it announces with a size of 16 and an offset of 48.
 * It shares normal, write-back, inner shareable memory and passes neither address nor size of
 * another buffer.
 */
static void operating_system(void **state)
{
	static const uint8_t driver_1_0[] = {
		0x00,
		0x00,
		0x2f,
		0x00,
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
		0x00,
		0x00,
		0x00,
		0x00,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		1,
		0,
		0,
		0,
		/* for 0x8001, to read and write, composite descriptor at 48 */
		0x01,
		0x80,
		0x02,
		0x00,
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
		/* 3 pages in 2 ranges */
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
		/* 0x40010000, 2 pages; 0x40014000, 1 page */
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
	static const uint8_t driver_1_1[] = {
		0x00, 0x00, 0x2f, 0x00, 0,  0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0,
		0x00, 0x00, 0x00, 0x00, 0,  0, 0, 0, 16, 0, 0, 0, 1, 0, 0, 0,
		48,   0,    0,    0,    0,  0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0,
		0x01, 0x80, 0x02, 0x00, 64, 0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0,
		3,    0,    0,    0,    2,  0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0,
		0x00, 0x00, 0x02, 0x40, 0,  0, 0, 0, 2,  0, 0, 0, 0, 0, 0, 0,
		0x00, 0x40, 0x02, 0x40, 0,  0, 0, 0, 1,  0, 0, 0, 0, 0, 0, 0,
	};

	(void)state;
	m.normal.version = FFA_VERSION_1_0;
	memcpy(normal_tx(), driver_1_0, sizeof(driver_1_0));
	assert_answer(
		normal(&m, 0,
		       CALL4(FFA_MEM_SHARE_64, sizeof(driver_1_0), sizeof(driver_1_0), 0, 0)),
		FFA_SUCCESS_32, 0, 1, 0);
	m.normal.version = FFA_VERSION_1_1;
	memcpy(normal_tx(), driver_1_1, sizeof(driver_1_1));
	assert_answer(
		normal(&m, 0,
		       CALL4(FFA_MEM_SHARE_64, sizeof(driver_1_1), sizeof(driver_1_1), 0, 0)),
		FFA_SUCCESS_32, 0, 2, 0);
	assert_silent();
	assert_answer(reclaim(&m, 1, 0), FFA_SUCCESS_32, 0, 0, 0);
	assert_answer(reclaim(&m, 2, 0), FFA_SUCCESS_32, 0, 0, 0);
	assert_int_equal(m.memory.ranges_used, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(layouts, setup),
		cmocka_unit_test_setup(gaps, setup),
		cmocka_unit_test_setup(header_fields, setup),
		cmocka_unit_test_setup(header_layout, setup),
		cmocka_unit_test_setup(borrower_fields, setup),
		cmocka_unit_test_setup(several_borrowers, setup),
		cmocka_unit_test_setup(composite_fields, setup),
		cmocka_unit_test_setup(lengths, setup),
		cmocka_unit_test_setup(without_buffers, setup),
		cmocka_unit_test_setup(ranges_of_normal_world, setup),
		cmocka_unit_test_setup(overlaps, setup),
		cmocka_unit_test_setup(lend, setup),
		cmocka_unit_test_setup(partition_gives, setup),
		cmocka_unit_test_setup(partition_lends, setup),
		cmocka_unit_test_setup(full, setup),
		cmocka_unit_test_setup(pool, setup),
		cmocka_unit_test_setup(operating_system, setup),
	};

	return cmocka_run_group_tests_name("spmc/memory_share", tests, NULL, NULL);
}
