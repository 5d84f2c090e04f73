/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an operating system does: leave boot services, give every runtime region
 * a new address, and call the services there with the old addresses gone.
 */
#include "tools/ffavars-check/check.h"

#define MEMORY_MAP_SIZE    0x20000u
#define TABLE_PAGES        512u
#define EFI_MEMORY_RUNTIME (UINT64_C(1) << 63)
#define EFI_RESET_SHUTDOWN 2u

#define MAP   "UEFI 2.10, 8.4"
#define AARCH "UEFI 2.10, 2.3.6"

static uint8_t memory_map[MEMORY_MAP_SIZE] __attribute__((aligned(8)));
static struct check_tables tables;

/** struct map - The memory map as GetMemoryMap() gave it. */
struct map {
	uint64_t size;
	uint64_t key;
	uint64_t stride;
	uint32_t version;
};

static struct efi_memory_descriptor *entry(const struct map *m, uint64_t i)
{
	return (struct efi_memory_descriptor *)(void *)(memory_map + i * m->stride);
}

static uint64_t entries(const struct map *m)
{
	return m->size / m->stride;
}

/*
 * @stale and @meanwhile: what ExitBootServices() said to an old map, and GetVariable() of no
 * variable after that. They are told later: between the two there may be no console.
 */
static efi_status_t leave_boot_services(struct check *c, struct map *m, efi_status_t *stale,
					efi_status_t *meanwhile)
{
	static const uint16_t name[] = {'A', 'b', 's', 'e', 'n', 't', 0};
	static const struct efi_guid guid = {{0}};
	efi_status_t status = EFI_SUCCESS;
	uint64_t size = 0;

	/* The map may change under a first attempt: UEFI 2.10 section 7.4.6 asks for another. */
	for (unsigned int attempt = 0; attempt < 4; attempt++) {
		m->size = sizeof(memory_map);
		status = c->system_table->boot->get_memory_map(
			&m->size, (struct efi_memory_descriptor *)(void *)memory_map, &m->key,
			&m->stride, &m->version);
		if (status != EFI_SUCCESS)
			return status;
		if (!attempt) {
			*stale =
				c->system_table->boot->exit_boot_services(c->image, m->key + 1);
			*meanwhile = c->system_table->runtime->get_variable(name, &guid, NULL,
									    &size, NULL);
			continue;
		}
		status = c->system_table->boot->exit_boot_services(c->image, m->key);
		if (status == EFI_SUCCESS)
			break;
	}
	return status;
}

static void check_alignment(struct check *c, const struct map *m)
{
	uint64_t bad = 0, seen = 0;

	for (uint64_t i = 0; i < entries(m); i++) {
		const struct efi_memory_descriptor *d = entry(m, i);
		uint64_t end = d->physical_start + d->pages * EFI_PAGE_SIZE;

		if (!(d->attribute & EFI_MEMORY_RUNTIME))
			continue;
		seen++;
		/* Regions that share a 64 KiB page must have the same attributes. */
		for (uint64_t j = 0; j < entries(m) && !bad; j++) {
			const struct efi_memory_descriptor *o = entry(m, j);
			uint64_t o_end = o->physical_start + o->pages * EFI_PAGE_SIZE;

			if (j != i &&
			    o->physical_start < ffav_align_up(end, EFI_RUNTIME_PAGE_SIZE) &&
			    ffav_align_down(d->physical_start, EFI_RUNTIME_PAGE_SIZE) < o_end &&
			    (d->attribute ^ o->attribute) & 0xff)
				bad = d->physical_start;
		}
	}
	check_point(c, seen, "the memory map has runtime regions", MAP, seen);
	check_point(c, !bad, "no 64 KiB page is shared by regions that are cached differently",
		    AARCH, bad);
}

static uint64_t new_address(const struct map *m, uint64_t address)
{
	for (uint64_t i = 0; i < entries(m); i++) {
		const struct efi_memory_descriptor *d = entry(m, i);

		if ((d->attribute & EFI_MEMORY_RUNTIME) && address >= d->physical_start &&
		    address - d->physical_start < d->pages * EFI_PAGE_SIZE)
			return address - d->physical_start + d->virtual_start;
	}
	return address;
}

/* Choose new addresses and map them; each keeps its place within a 64 KiB page. */
static bool map_new(const struct map *m)
{
	uint64_t next = check_tables_free_gib(&tables);

	if (!next)
		return false;
	for (uint64_t i = 0; i < entries(m); i++) {
		struct efi_memory_descriptor *d = entry(m, i);

		if (!(d->attribute & EFI_MEMORY_RUNTIME))
			continue;
		d->virtual_start = next + (d->physical_start & (EFI_RUNTIME_PAGE_SIZE - 1));
		for (uint64_t at = 0; at < d->pages * EFI_PAGE_SIZE; at += EFI_PAGE_SIZE) {
			uint64_t leaf = check_tables_find(&tables, d->physical_start + at);

			if (!leaf || !check_tables_map(&tables, d->virtual_start + at, leaf))
				return false;
		}
		next = ffav_align_up(d->virtual_start + d->pages * EFI_PAGE_SIZE,
				     EFI_RUNTIME_PAGE_SIZE) +
		       EFI_RUNTIME_PAGE_SIZE;
	}
	return true;
}

static bool unmap_old(const struct map *m)
{
	for (uint64_t i = 0; i < entries(m); i++) {
		const struct efi_memory_descriptor *d = entry(m, i);

		if (!(d->attribute & EFI_MEMORY_RUNTIME))
			continue;
		for (uint64_t at = 0; at < d->pages * EFI_PAGE_SIZE; at += EFI_PAGE_SIZE) {
			if (!check_tables_map(&tables, d->physical_start + at, 0))
				return false;
		}
	}
	return true;
}

static void finish(struct check *c)
{
	check_print(c, "1..");
	check_print_number(c, c->points);
	check_print(c, c->failed ? "\n# some rules do not hold\n" : "\n# all rules hold\n");
	if (c->phase != CHECK_VIRTUAL ||
	    (check_tables_find(&tables, (uintptr_t)c->system_table->runtime) &&
	     check_tables_find(&tables, (uintptr_t)c->system_table->runtime->reset_system)))
		c->system_table->runtime->reset_system(EFI_RESET_SHUTDOWN, EFI_SUCCESS, 0,
						       NULL);
	check_print(c, "# the platform could not be reset through the runtime table\n");
	for (;;)
		__asm__ volatile("wfi");
}

static void compare(struct check *c, const struct check_digest *before)
{
	struct check_digest after;
	bool whole = check_digest(c, &after);

	check_point(c, whole && after.count == before->count && after.hash == before->hash,
		    "the store is as it was found", "UEFI 2.10, 8.2", after.count);
}

/* A service that was left at its old address would fault: say so and do not call it. */
static bool is_moved(struct check *c, uintptr_t service, const char *rule)
{
	bool mapped = check_tables_find(&tables, service);

	check_point(c, mapped, rule, MAP, service);
	return mapped;
}

static bool services_moved(struct check *c, const struct efi_runtime_services *rt)
{
	bool ok = is_moved(c, (uintptr_t)rt->get_variable, "GetVariable() has moved");

	ok &= is_moved(c, (uintptr_t)rt->get_next_variable_name,
		       "GetNextVariableName() has moved");
	ok &= is_moved(c, (uintptr_t)rt->set_variable, "SetVariable() has moved");
	ok &= is_moved(c, (uintptr_t)rt->query_variable_info, "QueryVariableInfo() has moved");
	ok &= is_moved(c, (uintptr_t)rt->reset_system, "ResetSystem() has moved");
	return ok;
}

static void check_moved(struct check *c, const struct map *m, const struct check_digest *before)
{
	struct efi_runtime_services *rt;
	efi_status_t status;
	void *pointer = &tables;

	rt = c->system_table->runtime;
	status = rt->set_virtual_address_map(m->size, m->stride, m->version, memory_map);
	check_point(c, status == EFI_SUCCESS,
		    "SetVirtualAddressMap() takes a new address for every region", MAP, status);
	if (status != EFI_SUCCESS)
		return;
	c->system_table = (struct efi_system_table *)(uintptr_t)new_address(
		m, (uint64_t)(uintptr_t)c->system_table);
	c->uart = new_address(m, c->uart);
	c->phase = CHECK_VIRTUAL;
	if (!unmap_old(m)) {
		check_skip(c, "the services at their new addresses",
			   "no memory for tables is left");
		return;
	}
	check_tables_install(&tables);
	if (!is_moved(c, (uintptr_t)c->system_table, "the system table has moved"))
		return;
	rt = c->system_table->runtime;
	if (!is_moved(c, (uintptr_t)rt, "the runtime table has moved"))
		return;
	if (is_moved(c, (uintptr_t)rt->set_virtual_address_map,
		     "SetVirtualAddressMap() has moved")) {
		status =
			rt->set_virtual_address_map(m->size, m->stride, m->version, memory_map);
		check_point(c, status == EFI_UNSUPPORTED,
			    "a second SetVirtualAddressMap() is UNSUPPORTED", MAP, status);
	}
	if (is_moved(c, (uintptr_t)rt->convert_pointer, "ConvertPointer() has moved")) {
		status = rt->convert_pointer(0, &pointer);
		check_point(c, status == EFI_UNSUPPORTED,
			    "ConvertPointer() is UNSUPPORTED afterwards", "UEFI 2.10, 8.4.2",
			    status);
	}
	if (!services_moved(c, rt))
		return;
	check_services(c);
	compare(c, before);
}

void check_runtime(struct check *c, const struct check_digest *before)
{
	efi_status_t status, stale = EFI_SUCCESS, meanwhile = EFI_SUCCESS;
	efi_physical_address_t pages = 0;
	struct map m = {0};

	status = c->system_table->boot->allocate_pages(EFI_ALLOCATE_ANY_PAGES, EFI_LOADER_DATA,
						       TABLE_PAGES, &pages);
	if (status != EFI_SUCCESS) {
		check_skip(c, "everything at runtime", "there is no memory for tables");
		return;
	}
	if (!c->uart)
		check_print(c, "# the device tree chooses no PL011 as console: name one with "
			       "uart=ADDRESS to "
			       "read on\n");
	status = leave_boot_services(c, &m, &stale, &meanwhile);
	if (status != EFI_SUCCESS) {
		check_point(c, false, "ExitBootServices() succeeds", "UEFI 2.10, 7.4.6",
			    status);
		return;
	}
	__asm__ volatile("msr daifset, #0xf" : : : "memory");
	c->phase = CHECK_PHYSICAL;
	check_point(c, true, "ExitBootServices() succeeds", "UEFI 2.10, 7.4.6", status);
	check_point(c, stale == EFI_INVALID_PARAMETER,
		    "ExitBootServices() refuses a memory map that is not the latest",
		    "UEFI 2.10, 7.4.6", stale);
	check_point(c, meanwhile == EFI_NOT_FOUND,
		    "after a refused ExitBootServices() the variable services go on",
		    "UEFI 2.10, 7.4.6", meanwhile);
	check_alignment(c, &m);
	check_ffa_again(c);
	check_services(c);
	compare(c, before);
	if (!check_tables_copy(&tables, (void *)(uintptr_t)pages, TABLE_PAGES) ||
	    !map_new(&m)) {
		check_skip(c, "SetVirtualAddressMap()",
			   "this CPU's translation tables are not understood");
		finish(c);
	}
	check_tables_install(&tables);
	check_moved(c, &m, before);
	finish(c);
}
