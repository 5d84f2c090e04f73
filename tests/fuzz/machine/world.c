// SPDX-License-Identifier: BSD-3-Clause
#include "tests/fuzz/machine/world.h"

#include <stdio.h>
#include <stdlib.h>

#define SECTOR  4096u
#define SECTORS 8u
/** Most data of a variable of the well-behaved client, bytes. */
#define DATA_MAX 256u
#define NV_BS_RT                                                       \
	(EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | \
	 EFI_VARIABLE_RUNTIME_ACCESS)

/** A value: @size bytes of @fill; none where @size is 0. */
struct value {
	size_t size;
	uint8_t fill;
};

/** A variable: what was acknowledged, and what was written since without an answer. */
struct keeper {
	struct value known;
	struct value maybe[16];
	unsigned int maybes;
};

static const struct efi_guid guid = EFI_GUID_INIT(0x6b656570, 0x7468, 0x6973, 0x9a, 0xf1, 0x33,
						  0x5c, 0x0e, 0xd2, 0x71, 0x48);

static struct ffav_nor nor;
static struct ffav_host *machine;
static struct second_cpu second;
static struct keeper keepers[KEEPERS];

void require(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz_machine: %s\n", what);
	abort();
}

static void report(void *context, const char *line, size_t length)
{
	(void)context;
	require(length <= FFAV_REPORT_LINE_MAX, "a report line is too long");
	for (size_t i = 0; i < length; i++)
		require(line[i] >= ' ' && line[i] <= '~', "a report line does not print");
}

static void act(void *argument)
{
	struct second_cpu now = second;

	(void)argument;
	for (unsigned int i = 0; i < now.count; i++)
		world_window()[now.where[i] % WINDOW] ^= now.how[i];
	if (now.call)
		ffav_smc(&now.regs);
}

static void before_access(void *context, uint64_t address, size_t size, bool write)
{
	(void)context;
	(void)write;
	/* The manager reaches RX/TX under its lock, where another CPU's call would wait. */
	if (address < FFAV_HOST_BUFFER ||
	    !ffav_range_in(address - FFAV_HOST_BUFFER, size, FFAV_HOST_BUFFER_SIZE_MAX))
		return;
	if (!second.armed || second.at--)
		return;
	second.armed = false;
	ffav_host_run(machine, CPUS - 1, act, NULL);
}

static void power_on(void)
{
	struct ffav_host_options o = {.nor = &nor, .cpus = CPUS, .hooks = {.report = report}};

	memset(&second, 0, sizeof(second));
	ffav_nor_power_on(&nor);
	machine = ffav_host_create(&o);
	require(machine != NULL, "there is no memory for a machine");
	require(ffav_host_boot(machine) == FFAV_HOST_READY, "the partition does not start");
	require(ffav_host_probe(machine, 0, true) == EFI_SUCCESS, "the partition is not found");
	ffav_watch(machine, before_access, NULL);
}

void world_start(void)
{
	require(!ffav_nor_memory(&nor, SECTOR, SECTORS, 4), "there is no memory for a flash");
	memset(keepers, 0, sizeof(keepers));
	power_on();
}

void world_end(void)
{
	ffav_watch(NULL, NULL, NULL);
	ffav_host_destroy(machine);
	ffav_nor_close(&nor);
}

struct ffav_host *world_machine(void)
{
	return machine;
}

uint8_t *world_window(void)
{
	return ffav_memory_ram(ffav_host_memory(machine), FFAV_HOST_BUFFER, WINDOW);
}

struct second_cpu *world_second_cpu(void)
{
	return &second;
}

void world_power_cycle(void)
{
	ffav_watch(NULL, NULL, NULL);
	ffav_host_destroy(machine);
	power_on();
}

void world_cut(unsigned int steps, enum ffav_nor_cut how)
{
	nor.cut_step = nor.steps + steps;
	nor.cut = how;
}

static void call(void *argument)
{
	ffav_smc(argument);
}

/* The rest of the normal world does not learn the vendor GUID of the client that behaves. */
static void keep_secret(void)
{
	uint8_t *window = world_window();

	for (size_t i = 0; i + sizeof(guid) <= WINDOW; i++) {
		if (ffav_guid_equal(window + i, &guid))
			memset(window + i, 0, sizeof(guid));
	}
}

bool world_smc(unsigned int cpu, struct ffav_smc_regs *regs)
{
	bool powered;

	keep_secret();
	powered = ffav_host_run(machine, cpu, call, regs);
	if (!powered)
		world_power_cycle();
	return powered;
}

/* What the well-behaved client does, and what came of it. */
struct access {
	bool write;
	uint16_t name[3];
	struct value value;
	efi_status_t status;
};

static void use_library(void *argument)
{
	static uint8_t data[DATA_MAX];
	struct access *a = argument;
	uint64_t size = sizeof(data);
	uint32_t attributes = 0;

	if (a->write) {
		memset(data, a->value.fill, sizeof(data));
		a->status = ffav_set_variable(ffav_host_resident(machine), a->name, &guid,
					      NV_BS_RT, a->value.size, data);
		return;
	}
	a->status = ffav_get_variable(ffav_host_resident(machine), a->name, &guid, &attributes,
				      &size, data);
	if (a->status)
		return;
	require(attributes == NV_BS_RT, "a kept variable has other attributes");
	require(size > 0 && size <= sizeof(data), "a kept variable has another size");
	a->value = (struct value){(size_t)size, data[0]};
	for (size_t i = 0; i < size; i++)
		require(data[i] == data[0], "a kept variable is torn");
}

static bool reach(struct access *a, unsigned int index)
{
	struct ffav_host_memory *memory = ffav_host_memory(machine);
	bool alive;

	a->name[0] = 'K';
	a->name[1] = (uint16_t)('0' + index);
	/* Nobody disturbs the buffer of this client; whoever does deserves what it reads. */
	second.armed = false;
	/* The rest of the normal world wrote to memory; its caches are coherent with this one. */
	ffav_invalidate(ffav_memory_view(memory), memory->buffer_size);
	alive = ffav_host_run(machine, 0, use_library, a);
	if (!alive)
		world_power_cycle();
	/* Nor does anybody find its message there and send it again. */
	memset(world_window(), 0, WINDOW);
	return alive;
}

void world_keep(unsigned int index, size_t size, uint8_t fill)
{
	struct keeper *k = &keepers[index];
	struct access a = {.write = true};

	a.value = (struct value){size % (DATA_MAX + 1), fill};
	if (k->maybes == sizeof(k->maybe) / sizeof(k->maybe[0]))
		return;
	if (reach(&a, index) &&
	    (a.status == EFI_SUCCESS || (a.status == EFI_NOT_FOUND && !a.value.size))) {
		k->known = a.value;
		k->maybes = 0;
		return;
	}
	k->maybe[k->maybes++] = a.value;
}

static bool is(const struct value *value, const struct access *found)
{
	if (found->status)
		return found->status == EFI_NOT_FOUND && !value->size;
	return value->size == found->value.size &&
	       (!value->size || value->fill == found->value.fill);
}

void world_check(void)
{
	world_power_cycle();
	for (unsigned int i = 0; i < KEEPERS; i++) {
		struct keeper *k = &keepers[i];
		struct access a = {.write = false};
		bool fine;

		require(reach(&a, i), "the power goes while nothing is written");
		fine = is(&k->known, &a);
		for (unsigned int j = 0; j < k->maybes; j++)
			fine |= is(&k->maybe[j], &a);
		require(fine, "a variable that was acknowledged is lost or another");
	}
}
