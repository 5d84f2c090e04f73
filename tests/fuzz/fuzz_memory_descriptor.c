// SPDX-License-Identifier: BSD-3-Clause
/*
 * Fuzz target: memory descriptors, as the normal world sends them and as a partition retrieves.
 *
 * Nothing is foretold here (fuzz_spmc.c does that of calls): whatever is in TX,
 *   - a refused call changes nothing;
 *   - what is accepted is RAM of the normal world that nobody else has, once, for partitions
 *     that there are, to be read or written and never to be executed;
 *   - a borrower gets exactly those pages, with no more than it was given, and loses them;
 *   - after the last reclaim everything is as it was;
 *   - TX is only read, and nothing behind it is.
 */
#include "tests/fuzz/spmc/machine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PAGE 0x1000u
#define TX   NORMAL_BASE
#define RX   (NORMAL_BASE + PAGE)
#define ID   0x8001u

static struct ffav_spmc m, before;
static uint8_t memory_before[NORMAL_SIZE];

/* The manager without what any call may change. */
static struct ffav_spmc bare(void)
{
	struct ffav_spmc copy = m;

	memset(copy.kept, 0, sizeof(copy.kept));
	copy.normal.spoke = false;
	for (unsigned int i = 0; i < PARTS; i++)
		copy.partitions[i].endpoint.spoke = false;
	return copy;
}

static void remember(void)
{
	before = bare();
	memcpy(memory_before, machine_normal, sizeof(memory_before));
}

static void unchanged(const char *what)
{
	struct ffav_spmc now = bare();

	require(!memcmp(&now, &before, sizeof(now)), what);
	require(!memcmp(machine_normal, memory_before, NORMAL_SIZE),
		"memory of the normal world changed");
}

static struct ffav_smc_regs call(bool partition, uint64_t x0, uint64_t x1, uint64_t x2,
				 uint64_t x3)
{
	struct ffav_smc_regs regs = {.x = {x0, x1, x2, x3}};
	struct ffav_switch to = partition ? ffav_spmc_from_partition(&m, 0, &regs)
					  : ffav_spmc_from_normal(&m, 1, &regs);
	char line[FFAV_REPORT_LINE_MAX];

	require(to.to == (partition ? FFAV_SWITCH_PARTITION : FFAV_SWITCH_NORMAL),
		"the answer goes elsewhere");
	while (ffav_report_take(line))
		;
	ffav_report_refill(8);
	return regs;
}

/* Add a partition, which maps RX/TX as it initialises; only the first is entered later. */
static void add(unsigned int index, uint32_t version)
{
	uint64_t base = SECURE_BASE + index * (uint64_t)SECURE_SIZE;
	struct ffav_partition_config config = {
		.name = "borrower",
		.id = (uint16_t)(ID + index),
		.version = version,
		.uuids = {{{(uint8_t)(index + 1)}}},
		.uuid_count = 1,
		.properties = FFA_PARTITION_DIRECT_RECV,
		.contexts = 1,
		.load_address = base,
		.image_size = SECURE_SIZE,
	};
	struct ffav_smc_regs wait = {.x = {FFA_MSG_WAIT}};
	const char *why;

	if (!index) {
		config.regions[0] = (struct ffav_region){SHARED_BASE, PAGE,
							 FFAV_REGION_READ | FFAV_REGION_WRITE |
								 FFAV_REGION_NORMAL_WORLD};
		config.region_count = 1;
	}
	require(ffav_spmc_add(&m, &config, &why) == (int)index, "add");
	require(ffav_spmc_boot(&m, 0) == (int)index, "boot");
	require(call(true, FFA_RXTX_MAP_64, base + PAGE, base + 2 * PAGE, 1).x[0] ==
			FFA_SUCCESS_32,
		"the partition maps RX/TX");
	require(ffav_spmc_from_partition(&m, 0, &wait).to == FFAV_SWITCH_NORMAL, "start");
}

static void start(uint32_t version, uint32_t borrower)
{
	struct ffav_smc_regs request = {.x = {FFA_MSG_SEND_DIRECT_REQ_64, ID}};

	machine_start();
	memset(machine_normal, 0, sizeof(machine_normal));
	ffav_spmc_init(&m);
	add(0, borrower);
	add(1, FFA_VERSION_1_0);
	call(false, FFA_VERSION, version, 0, 0);
	require(call(false, FFA_RXTX_MAP_64, TX, RX, 1).x[0] == FFA_SUCCESS_32, "RX/TX");
	/* The first partition works on a request from now on, on CPU 0. */
	require(ffav_spmc_from_normal(&m, 0, &request).to == FFAV_SWITCH_PARTITION, "enter");
}

/* Is a page of the transaction? Counts in how many ranges it is. */
static unsigned int holds(const struct ffav_transaction *t, uint64_t page)
{
	unsigned int count = 0;

	for (uint32_t i = 0; i < t->received; i++) {
		const struct ffav_mem_range *r = &m.memory.ranges[t->first + i];

		count += page >= r->address && page - r->address < ffav_mem_range_size(r);
	}
	return count;
}

/* The first partition in a transaction, or NULL. */
static const struct ffav_borrower *first_borrower(const struct ffav_transaction *t)
{
	for (unsigned int i = 0; i < t->borrower_count; i++) {
		if (t->borrowers[i].id == ID)
			return &t->borrowers[i];
	}
	return NULL;
}

static bool is_whole(const struct ffav_transaction *t)
{
	return t->received == t->ranges;
}

static void check_transaction(const struct ffav_transaction *t)
{
	require(t->received <= t->ranges && t->borrower_count >= 1 &&
			t->borrower_count <= PARTS,
		"counts");
	for (unsigned int i = 0; i < t->borrower_count; i++) {
		const struct ffav_borrower *b = &t->borrowers[i];

		require(b->id == ID || b->id == ID + 1, "a borrower that is nobody");
		require(b->permissions == FFA_MEM_READ_ONLY ||
				b->permissions == FFA_MEM_READ_WRITE,
			"permissions");
		require(!i || b->id != t->borrowers[0].id, "a borrower twice");
	}
	for (uint32_t i = 0; i < t->received; i++) {
		const struct ffav_mem_range *r = &m.memory.ranges[t->first + i];

		require(r->address >= RX + PAGE && !(r->address % PAGE) && r->pages &&
				r->pages <= (SHARED_BASE - r->address) / PAGE,
			"memory that is not free RAM of the normal world");
	}
	for (uint64_t page = NORMAL_BASE; page < NORMAL_BASE + NORMAL_SIZE; page += PAGE)
		require(holds(t, page) <= 1, "a page twice");
}

/* The first partition may reach its own memory, its manifest's page, and with @has the transaction. */
static void check_access(const struct ffav_transaction *t, uint8_t has)
{
	uint32_t flags = FFAV_REGION_NORMAL_WORLD | FFAV_REGION_READ |
			 (has == FFA_MEM_READ_WRITE ? FFAV_REGION_WRITE : 0);

	for (uint64_t page = NORMAL_BASE; page < SHARED_BASE; page += PAGE) {
		uint32_t wanted = has && holds(t, page) ? flags : 0;

		require(*machine_access(0, page) == wanted, "what the borrower may reach");
		require(!*machine_access(1, page), "what the other may reach");
	}
}

/* More ranges, out of the input, while the manager asks for them. */
static void send_rest(const struct ffav_transaction *t, struct input *s)
{
	while (t->received < t->ranges && s->size) {
		uint32_t count = 1 + input_byte(s) % 4u;
		struct ffav_smc_regs regs;

		for (uint32_t i = 0; i < count * 16; i++)
			machine_normal[i] = input_byte(s);
		remember();
		regs = call(false, FFA_MEM_FRAG_TX, (uint32_t)t->handle, t->handle >> 32,
			    count * UINT64_C(16));
		if (regs.x[0] == FFA_ERROR) {
			unchanged("a refused fragment changed the state");
			return;
		}
		check_transaction(t);
	}
}

/* A request that is right by construction must be granted, exactly. */
static void borrow(struct ffav_transaction *t, uint32_t version)
{
	const struct ffav_borrower *b = first_borrower(t);
	const uint8_t *rx = machine_secure[0] + 2 * PAGE;
	uint8_t *tx = machine_secure[0] + PAGE;
	uint32_t at = ffav_mem_header_size(version), size = ffav_mem_access_size(version);
	struct ffav_mem_header h = {
		.sender = 0,
		.flags = t->kind | (t->borrower_count > 1 ? FFA_MEM_BYPASS_BORROWERS : 0),
		.handle = t->handle,
		.tag = t->tag,
		.access_size = size,
		.access_count = 1,
		.access_offset = at,
	};
	/* Execution is a matter between a lender and its only borrower. */
	bool only = t->kind == FFA_MEM_LENT && t->borrower_count == 1;
	struct ffav_mem_access a = {.receiver = ID,
				    .permissions = only ? FFA_MEM_NOT_EXECUTE : 0};
	struct ffav_smc_regs regs;

	if (!b)
		return;
	memcpy(a.value, b->value, sizeof(a.value));
	ffav_mem_header_encode(tx, PAGE, version, &h);
	ffav_mem_access_encode(tx + at, size, &a);
	remember();
	regs = call(true, FFA_MEM_RETRIEVE_REQ_64, at + size, at + size, 0);
	if (!is_whole(t)) {
		require(regs.x[0] == FFA_ERROR, "a part of a transaction was retrieved");
		unchanged("a refused retrieval changed the state");
		return;
	}
	require(regs.x[0] == FFA_MEM_RETRIEVE_RESP && regs.x[1] == regs.x[2], "retrieve");
	check_access(t, b->permissions);
	require(ffav_mem_header_decode(rx, (size_t)regs.x[1], version, &h) &&
			h.handle == t->handle && h.tag == t->tag && h.access_count == 1,
		"the answer's header");
	require(ffav_mem_access_decode(rx + h.access_offset, h.access_size, &a) &&
			a.permissions == (b->permissions | FFA_MEM_NOT_EXECUTE),
		"the answer's permissions");
	require(call(false, FFA_MEM_RECLAIM, (uint32_t)t->handle, t->handle >> 32, 0).x[2] ==
			(uint32_t)FFA_DENIED,
		"reclaimed under a borrower");
	call(true, FFA_RX_RELEASE, 0, 0, 0);
	ffav_mem_relinquish_encode(tx, PAGE, t->handle, ID);
	require(call(true, FFA_MEM_RELINQUISH, 0, 0, 0).x[0] == FFA_SUCCESS_32, "relinquish");
	check_access(t, 0);
}

/* A request out of the input: whatever it gets is no more than it was given. */
static void borrow_anyhow(struct ffav_transaction *t, struct input *s)
{
	const struct ffav_borrower *b = first_borrower(t);
	uint8_t *tx = machine_secure[0] + PAGE;
	uint32_t length = (uint32_t)s->size & ~UINT32_C(15);
	struct ffav_smc_regs regs;

	if (length > PAGE)
		length = PAGE;
	memcpy(tx, s->data, length);
	s->data += s->size;
	s->size = 0;
	/* A handle that nobody can guess. */
	if (length >= 16)
		ffav_put64(tx + 8, t->handle);
	remember();
	regs = call(true, FFA_MEM_RETRIEVE_REQ_64, length, length, 0);
	if (regs.x[0] == FFA_ERROR) {
		unchanged("a refused retrieval changed the state");
		check_access(t, 0);
		return;
	}
	require(b && is_whole(t), "somebody else's memory");
	require(b->granted == FFA_MEM_READ_ONLY || b->granted == b->permissions, "too much");
	check_access(t, b->granted);
	ffav_mem_relinquish_encode(tx, PAGE, t->handle, ID);
	require(call(true, FFA_MEM_RELINQUISH, 0, 0, 0).x[0] == FFA_SUCCESS_32, "relinquish");
	check_access(t, 0);
}

/*
 * Input: versions and the call, the length of the whole if it is not that of the fragment, the
 * fragment and its length; then ranges, then what the partition asks for.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input s = {data, size};
	uint8_t what = input_byte(&s);
	uint32_t version = FFA_VERSION_1_0 + what % 3u;
	uint32_t borrower = FFA_VERSION_1_0 + (what / 3u) % 3u;
	uint32_t function = what & 0x40 ? FFA_MEM_LEND_64 : FFA_MEM_SHARE_64;
	uint32_t length = input_byte(&s);
	uint32_t total = length + 16u * input_byte(&s);
	struct ffav_transaction *t = &m.memory.transactions[0];
	struct ffav_smc_regs regs;
	struct ffav_spmc empty;

	length |= what & 0x80 ? 0x100 : 0;
	start(version, borrower);
	if (what & 0x80)
		total += 0x100;
	for (uint32_t i = 0; i < length; i++)
		machine_normal[i] = input_byte(&s);
	remember();
	empty = before;
	regs = call(false, function, total, length, 0);
	if (regs.x[0] == FFA_ERROR) {
		unchanged("a refused call changed the state");
		return 0;
	}
	require(regs.x[0] == FFA_SUCCESS_32 || regs.x[0] == FFA_MEM_FRAG_RX, "the answer");
	require(t->handle == 1 && (regs.x[0] == FFA_SUCCESS_32) == is_whole(t), "whole");
	check_transaction(t);
	check_access(t, 0);
	send_rest(t, &s);
	borrow(t, borrower);
	borrow_anyhow(t, &s);
	require(call(false, FFA_MEM_RECLAIM, 1, 0, 0).x[0] == FFA_SUCCESS_32, "reclaim");
	/* RX of the partition is as it was left, the handle is used up; nothing else is left. */
	m.memory.last_handle = 0;
	m.partitions[0].endpoint.rx_full = false;
	before = empty;
	memcpy(memory_before, machine_normal, sizeof(memory_before));
	unchanged("something of the transaction is left");
	return 0;
}
