/* SPDX-License-Identifier: BSD-3-Clause */
/* The client's side of sharing memory: descriptors in fragments, and managers that lie. */
#include <string.h>

#include "tests/unit/normal/world.h"

#define HANDLE UINT64_C(0x1122334400000005)
#define RANGES 600u

/* A manager that takes a descriptor to pieces, or does what a test wants instead. */
static struct {
	/* The descriptor so far, and what was announced. */
	uint8_t bytes[48 + 32 + 16 + RANGES * 16];
	uint32_t size, total;
	bool mapped;
	unsigned int sends, reclaims, unmaps;
	/* Answers: to the n-th piece (from 1) this instead, in x0 to x3. */
	unsigned int lie_at;
	uint64_t lie[4];
	int32_t map_error, reclaim_error, unmap_error;
	/* Answers of the partition to MM_BUFFER_TAKE and MM_BUFFER_GIVE_UP. */
	uint64_t take, give_up;
	/* x0 and x2 in the place of any answer of the partition's. */
	uint64_t partition_x0, partition_x2;
	unsigned int messages;
	uint64_t seen[8];
} m;

static struct ffav_mem_range ranges[RANGES];
static struct ffav_ffa ffa;
static struct ffav_ffa_rxtx pages;

static void answer(struct ffav_smc_regs *regs, uint64_t x0, uint64_t x1, uint64_t x2,
		   uint64_t x3)
{
	memset(regs, 0, sizeof(*regs));
	regs->x[0] = x0;
	regs->x[1] = x1;
	regs->x[2] = x2;
	regs->x[3] = x3;
}

static void result(struct ffav_smc_regs *regs, int32_t error)
{
	if (error)
		world_error(regs, error);
	else
		answer(regs, FFA_SUCCESS_32, 0, 0, 0);
}

/* One piece of a descriptor, which must follow what came before. */
static void piece(struct ffav_smc_regs *regs, uint32_t size)
{
	assert_true(m.mapped);
	assert_true(size > 0 && size <= 4096);
	assert_true(m.size + size <= sizeof(m.bytes));
	memcpy(m.bytes + m.size, world.rxtx + 4096, size);
	m.size += size;
	if (++m.sends == m.lie_at) {
		answer(regs, m.lie[0], m.lie[1], m.lie[2], m.lie[3]);
		return;
	}
	if (m.size == m.total)
		answer(regs, FFA_SUCCESS_32, 0, (uint32_t)HANDLE, HANDLE >> 32);
	else
		answer(regs, FFA_MEM_FRAG_RX, (uint32_t)HANDLE, HANDLE >> 32, m.size);
}

static void message(struct ffav_smc_regs *regs)
{
	uint64_t code = regs->x[3] == MM_BUFFER_TAKE ? m.take : m.give_up;

	memcpy(m.seen, regs->x, sizeof(m.seen));
	m.messages++;
	if (m.partition_x0) {
		answer(regs, m.partition_x0, 0, m.partition_x2, 0);
		return;
	}
	answer(regs, FFA_MSG_SEND_DIRECT_RESP_64, ffav_ffa_endpoints(WORLD_PARTITION, ffa.id),
	       0, code);
	regs->x[4] = code;
}

static void manager(struct ffav_smc_regs *regs)
{
	switch ((uint32_t)regs->x[0]) {
	case FFA_FEATURES:
		result(regs, 0);
		break;
	case FFA_RXTX_MAP_64:
		assert_false(m.mapped);
		assert_int_equal(regs->x[1], WORLD_RXTX_ADDRESS + 4096);
		assert_int_equal(regs->x[2], WORLD_RXTX_ADDRESS);
		m.mapped = !m.map_error;
		result(regs, m.map_error);
		break;
	case FFA_RXTX_UNMAP:
		assert_true(m.mapped);
		m.unmaps++;
		m.mapped = m.unmap_error != 0;
		result(regs, m.unmap_error);
		break;
	case FFA_MEM_SHARE_64:
		assert_int_equal(m.size, 0);
		assert_int_equal(regs->x[3], 0);
		assert_int_equal(regs->x[4], 0);
		m.total = (uint32_t)regs->x[1];
		piece(regs, (uint32_t)regs->x[2]);
		break;
	case FFA_MEM_FRAG_TX:
		assert_int_equal(regs->x[1], (uint32_t)HANDLE);
		assert_int_equal(regs->x[2], HANDLE >> 32);
		assert_int_equal(regs->x[4], 0);
		piece(regs, (uint32_t)regs->x[3]);
		break;
	case FFA_MEM_RECLAIM:
		assert_int_equal(regs->x[3], 0);
		m.reclaims++;
		result(regs, m.reclaim_error);
		break;
	case FFA_MSG_SEND_DIRECT_REQ_64:
		message(regs);
		break;
	default:
		fail_msg("an SMC that nobody expects: 0x%x", (unsigned int)regs->x[0]);
	}
}

static int setup(void **state)
{
	(void)state;
	world_reset();
	world.allow_dirty = true;
	world.smc = manager;
	memset(&m, 0, sizeof(m));
	for (uint32_t i = 0; i < RANGES; i++)
		ranges[i] = (struct ffav_mem_range){0x80000000 + i * UINT64_C(0x3000), 2};
	ffa = (struct ffav_ffa){
		.version = FFA_VERSION_1_2, .id = 3, .partition = WORLD_PARTITION};
	pages = (struct ffav_ffa_rxtx){world.rxtx, WORLD_RXTX_ADDRESS};
	return 0;
}

static efi_status_t share(uint32_t count, uint64_t *handle)
{
	m.size = 0;
	m.sends = 0;
	m.reclaims = 0;
	return ffav_ffa_mem_share(&ffa, &pages, 0x746167, ranges, count, handle);
}

/* What arrived is what was meant, in the layout of each version and any number of pieces. */
static void test_descriptor(void **state)
{
	static const uint32_t versions[] = {FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2};
	static const uint32_t counts[] = {1, 2, 249, 250, 251, 252, 253, 506, RANGES};

	(void)state;
	for (size_t v = 0; v < 3; v++) {
		for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
			struct ffav_mem_composite composite = {0};
			struct ffav_mem_access access = {0};
			struct ffav_mem_header header = {0};
			uint64_t handle = 0;
			size_t at;

			ffa.version = versions[v];
			assert_int_equal(share(counts[c], &handle), EFI_SUCCESS);
			assert_int_equal(handle, HANDLE);
			assert_false(m.mapped);
			assert_int_equal(m.size, m.total);
			assert_true(
				ffav_mem_header_decode(m.bytes, m.size, versions[v], &header));
			assert_int_equal(header.sender, 3);
			assert_int_equal(header.attributes, FFA_MEM_RAM);
			assert_int_equal(header.flags, 0);
			assert_int_equal(header.handle, 0);
			assert_int_equal(header.tag, 0x746167);
			assert_int_equal(header.access_count, 1);
			assert_true(ffav_mem_access_decode(m.bytes + header.access_offset,
							   header.access_size, &access));
			assert_int_equal(access.receiver, WORLD_PARTITION);
			assert_int_equal(access.permissions, FFA_MEM_READ_WRITE);
			assert_int_equal(access.flags, 0);
			at = access.composite;
			assert_int_equal(at, header.access_offset + header.access_size);
			assert_true(ffav_mem_composite_decode(m.bytes + at, &composite));
			assert_int_equal(composite.ranges, counts[c]);
			assert_int_equal(composite.pages, 2 * counts[c]);
			at += FFA_MEM_COMPOSITE_SIZE;
			assert_int_equal(at + counts[c] * 16, m.total);
			for (uint32_t i = 0; i < counts[c]; i++, at += FFA_MEM_RANGE_SIZE) {
				struct ffav_mem_range r = {0};

				assert_true(ffav_mem_range_decode(m.bytes + at, &r));
				assert_int_equal(r.address, ranges[i].address);
				assert_int_equal(r.pages, 2);
			}
		}
	}
	assert_int_equal(world.logs, 0);
}

/* Every code, at the first piece and at a later one, which is given up. */
static void test_errors(void **state)
{
	static const struct {
		int32_t code;
		efi_status_t status;
	} rows[] = {
		{FFA_NOT_SUPPORTED, EFI_UNSUPPORTED},
		{FFA_INVALID_PARAMETERS, EFI_INVALID_PARAMETER},
		{FFA_NO_MEMORY, EFI_OUT_OF_RESOURCES},
		{FFA_DENIED, EFI_ACCESS_DENIED},
		{FFA_ABORTED, EFI_DEVICE_ERROR},
		{FFA_BUSY, EFI_DEVICE_ERROR},
		{0, EFI_DEVICE_ERROR},
		{INT32_MIN, EFI_DEVICE_ERROR},
	};
	uint64_t handle;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (m.lie_at = 1; m.lie_at <= 3; m.lie_at++) {
			m.lie[0] = FFA_ERROR;
			m.lie[2] = (uint32_t)rows[i].code;
			assert_int_equal(share(RANGES, &handle), rows[i].status);
			assert_int_equal(m.sends, m.lie_at);
			assert_int_equal(m.reclaims, m.lie_at == 1 ? 0 : 1);
			assert_false(m.mapped);
		}
	}
	/* Where half a descriptor cannot be given up, nobody knows whose the memory is. */
	m.lie_at = 2;
	m.lie[2] = (uint32_t)FFA_DENIED;
	m.reclaim_error = FFA_DENIED;
	assert_int_equal(share(RANGES, &handle), EFI_DEVICE_ERROR);
}

/* Answers that make no sense: success too early or too late, other offsets, other handles. */
static void test_lies(void **state)
{
	static const struct {
		unsigned int at;
		uint64_t x[4];
	} rows[] = {
		{1, {FFA_SUCCESS_32, 0, 5, 0x11223344}},
		{1, {FFA_MEM_FRAG_RX, 5, 0x11223344, 0}},
		{1, {FFA_MEM_FRAG_RX, 5, 0x11223344, 4095}},
		{1, {FFA_MEM_FRAG_RX, 5, 0x11223344, 4112}},
		{1, {FFA_MEM_RETRIEVE_RESP, 0, 0, 0}},
		{1, {0, 0, 0, 0}},
		{1, {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}},
		{2, {FFA_MEM_FRAG_RX, 6, 0x11223344, 8192}},
		{2, {FFA_MEM_FRAG_RX, 5, 0x11223344, 4096}},
		{2, {FFA_SUCCESS_32, 0, 5, 0x11223344}},
		{3, {FFA_SUCCESS_32, 0, 6, 0x11223344}},
		{3, {FFA_MEM_FRAG_RX, 5, 0x11223344, 96 + RANGES * 16}},
	};
	uint64_t handle;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		m.lie_at = rows[i].at;
		memcpy(m.lie, rows[i].x, sizeof(m.lie));
		assert_int_equal(share(RANGES, &handle), EFI_DEVICE_ERROR);
		assert_int_equal(m.sends, rows[i].at);
		assert_false(m.mapped);
	}
	/* One piece is all that is asked for, and more is. */
	m.lie_at = 1;
	memcpy(m.lie, (uint64_t[4]){FFA_MEM_FRAG_RX, 5, 0x11223344, 112}, sizeof(m.lie));
	assert_int_equal(share(1, &handle), EFI_DEVICE_ERROR);
	assert_int_equal(m.sends, 1);
}

static void test_buffers(void **state)
{
	uint64_t handle;

	(void)state;
	m.map_error = FFA_DENIED;
	assert_int_equal(share(1, &handle), EFI_DEVICE_ERROR);
	assert_int_equal(m.sends, 0);
	m.map_error = 0;
	m.unmap_error = FFA_DENIED;
	assert_int_equal(share(1, &handle), EFI_DEVICE_ERROR);
	assert_true(ffa.rxtx_mapped);
	setup(NULL);
	pages.pages = NULL;
	assert_int_equal(share(1, &handle), EFI_UNSUPPORTED);
	assert_int_equal(world.smcs, 0);
}

static void test_reclaim(void **state)
{
	(void)state;
	assert_int_equal(ffav_ffa_mem_reclaim(HANDLE), EFI_SUCCESS);
	m.reclaim_error = FFA_DENIED;
	assert_int_equal(ffav_ffa_mem_reclaim(HANDLE), EFI_ACCESS_DENIED);
	m.reclaim_error = FFA_INVALID_PARAMETERS;
	assert_int_equal(ffav_ffa_mem_reclaim(HANDLE), EFI_INVALID_PARAMETER);
	m.reclaim_error = FFA_ABORTED;
	assert_int_equal(ffav_ffa_mem_reclaim(HANDLE), EFI_DEVICE_ERROR);
	assert_true(world_logged("FFA_MEM_RECLAIM failed"));
}

static struct ffav_mm connection(void)
{
	struct ffav_mm mm;

	world_connect(&mm, FFAV_MM_OFFSET, 0);
	mm.ffa = ffa;
	mm.sharing = true;
	m.size = 0;
	m.reclaims = 0;
	m.messages = 0;
	return mm;
}

/* The partition is told; what it answers decides. */
static void test_take(void **state)
{
	static const struct {
		uint64_t code;
		efi_status_t status;
	} rows[] = {
		{(uint64_t)MM_INVALID_PARAMETER, EFI_INVALID_PARAMETER},
		{(uint32_t)MM_INVALID_PARAMETER, EFI_INVALID_PARAMETER},
		{(uint64_t)MM_NOT_SUPPORTED, EFI_DEVICE_ERROR},
		{(uint64_t)MM_DENIED, EFI_ACCESS_DENIED},
		{(uint64_t)MM_NO_MEMORY, EFI_OUT_OF_RESOURCES},
		{77, EFI_ACCESS_DENIED},
	};
	struct ffav_mm mm = connection();

	(void)state;
	assert_int_equal(ffav_mm_buffer_share(&mm, &pages), EFI_SUCCESS);
	assert_int_equal(mm.handle, HANDLE);
	assert_int_equal(m.seen[1], (uint64_t)3 << 16 | WORLD_PARTITION);
	assert_int_equal(m.seen[2], 0);
	assert_int_equal(m.seen[3], MM_BUFFER_TAKE);
	assert_int_equal(m.seen[4], HANDLE);
	assert_int_equal(m.seen[5], WORLD_BUFFER_ADDRESS);
	assert_int_equal(m.seen[6], WORLD_BUFFER_SIZE);
	assert_int_equal(m.seen[7], 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		mm = connection();
		m.take = rows[i].code;
		assert_int_equal(ffav_mm_buffer_share(&mm, &pages), rows[i].status);
		/* Nobody has the buffer. */
		assert_int_equal(m.reclaims, 1);
		assert_int_equal(mm.handle, 0);
		assert_false(mm.dead);
	}
	m.reclaim_error = FFA_DENIED;
	mm = connection();
	assert_int_equal(ffav_mm_buffer_share(&mm, &pages), EFI_ACCESS_DENIED);
	assert_true(mm.dead);
}

/* A partition that is never heard of again may have it. */
static void test_lost(void **state)
{
	struct ffav_mm mm = connection();

	(void)state;
	m.partition_x0 = FFA_SUCCESS_32;
	assert_int_equal(ffav_mm_buffer_share(&mm, &pages), EFI_DEVICE_ERROR);
	assert_true(mm.dead);
	assert_int_equal(m.reclaims, 0);
	/* One that was never reached has it not. */
	m.partition_x0 = FFA_ERROR;
	m.partition_x2 = (uint32_t)FFA_DENIED;
	mm = connection();
	assert_int_equal(ffav_mm_buffer_share(&mm, &pages), EFI_DEVICE_ERROR);
	assert_false(mm.dead);
	assert_int_equal(m.reclaims, 1);
	/* Nor is there anything to tell it where nothing was shared. */
	mm = connection();
	m.lie_at = 1;
	m.sends = 0;
	m.lie[0] = FFA_ERROR;
	m.lie[2] = (uint32_t)FFA_NO_MEMORY;
	assert_int_equal(ffav_mm_buffer_share(&mm, &pages), EFI_OUT_OF_RESOURCES);
	assert_int_equal(m.messages, 0);
	assert_false(mm.dead);
	mm = connection();
	m.sends = 0;
	m.lie[0] = 0;
	assert_int_equal(ffav_mm_buffer_share(&mm, &pages), EFI_DEVICE_ERROR);
	assert_true(mm.dead);
}

static void test_take_back(void **state)
{
	struct ffav_mm mm = connection();

	(void)state;
	/* Nothing is shared. */
	ffav_mm_buffer_take_back(&mm);
	assert_true(mm.found);
	assert_int_equal(world.smcs, 0);
	mm.handle = HANDLE;
	ffav_mm_buffer_take_back(&mm);
	assert_int_equal(m.seen[3], MM_BUFFER_GIVE_UP);
	assert_int_equal(m.seen[4], HANDLE);
	assert_int_equal(m.reclaims, 1);
	assert_false(mm.found);
	assert_false(mm.dead);
	assert_int_equal(mm.handle, 0);
	/* It does not give it up; or the manager does not believe that it did. */
	mm = connection();
	mm.handle = HANDLE;
	m.give_up = (uint64_t)MM_DENIED;
	ffav_mm_buffer_take_back(&mm);
	assert_true(mm.dead);
	assert_int_equal(m.reclaims, 0);
	mm = connection();
	mm.handle = HANDLE;
	m.give_up = 0;
	m.reclaim_error = FFA_DENIED;
	ffav_mm_buffer_take_back(&mm);
	assert_true(mm.dead);
	/* A lost partition is not asked. */
	mm = connection();
	mm.handle = HANDLE;
	mm.dead = true;
	ffav_mm_buffer_take_back(&mm);
	assert_int_equal(m.messages, 0);
	assert_true(mm.dead);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_descriptor, setup),
		cmocka_unit_test_setup(test_errors, setup),
		cmocka_unit_test_setup(test_lies, setup),
		cmocka_unit_test_setup(test_buffers, setup),
		cmocka_unit_test_setup(test_reclaim, setup),
		cmocka_unit_test_setup(test_take, setup),
		cmocka_unit_test_setup(test_lost, setup),
		cmocka_unit_test_setup(test_take_back, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
