/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Partitions: from the packages in flash to memory, tables and a first register frame.
 *
 * A partition sees its own segments with the permissions that its image asks for (never
 * writable and executable), its manifest, the regions of its manifest that this machine lets
 * it have, and the shim's page, which is for S-EL1.
 */
#include <string.h>

#include "machines/qemu-virt/el3/console.h"
#include "machines/qemu-virt/el3/lock.h"
#include "machines/qemu-virt/el3/monitor.h"
#include "machines/qemu-virt/el3/package.h"
#include "machines/qemu-virt/el3/sysreg.h"
#include "machines/qemu-virt/el3/table.h"
#include "machines/qemu-virt/memory.h"
#include "secure/spmc/spmc.h"

#define PAGE_SIZE 4096u
/* Those that its image takes, and some for memory that it borrows. */
#define TABLE_PAGES  32u
#define BOOT_SIZE    8192u
#define MANIFEST_AT  (FFA_BOOT_INFO_HEADER_SIZE + 2 * FFA_BOOT_INFO_DESC_SIZE)
#define MANIFEST_MAX (BOOT_SIZE - MANIFEST_AT)
#define CACHE_LINE   64u

#define MAP_OWN (FFAV_MAP_NORMAL | FFAV_MAP_EL0 | FFAV_MAP_NOT_GLOBAL | FFAV_MAP_EL1_NO_EXECUTE)

extern uint8_t ffav_shim[];

/*
 * A segment of an image; offsets and sizes as in package.h. @image: its bytes, in flash and once
 * they are kept in secure RAM, @image_size of them
 */
struct segment {
	const uint8_t *image;
	uint32_t image_size;
	uint64_t base;
	uint64_t size;
	uint32_t flags;
};

static struct partition {
	struct ffav_partition_config config;
	struct segment segments[FFAV_PACKAGE_SEGMENTS];
	unsigned int segment_count;
	struct ffav_table table;
	struct ffav_world world;
} partitions[FFAV_SPMC_PARTITIONS_MAX];
static unsigned int partition_count;

/* What the partitions read but never write: boot information and manifest. */
static uint8_t boot_info[FFAV_SPMC_PARTITIONS_MAX][BOOT_SIZE] __attribute__((aligned(4096)));
static uint64_t tables[FFAV_SPMC_PARTITIONS_MAX][TABLE_PAGES][512]
	__attribute__((aligned(4096)));

/*
 * What partitions are started from again, behind the monitor. The flash cannot be read for it: it
 * may be in the middle of a command of the partition that faulted, or of another one.
 */
extern uint8_t ffav_bss_end[];
static size_t kept;

static struct ffav_spmc manager;
static struct ffav_lock manager_lock;
static uint64_t normal_memory_end;

struct ffav_spmc *ffav_manager(void)
{
	return &manager;
}

struct ffav_world *ffav_partition_world(unsigned int partition)
{
	return &partitions[partition].world;
}

uint64_t ffav_partition_ttbr(unsigned int partition)
{
	return (uintptr_t)tables[partition] | (uint64_t)(partition + 1) << 48;
}

const char *ffav_partition_name(unsigned int partition)
{
	return partitions[partition].config.name;
}

void ffav_machine_lock(void)
{
	/* Who waits here has changed nothing yet. */
	if (!ffav_machine_lock_unless_panicked())
		ffav_give_up();
}

bool ffav_machine_lock_unless_panicked(void)
{
	return ffav_lock_unless_panicked(&manager_lock);
}

void ffav_machine_unlock(void)
{
	ffav_unlock(&manager_lock);
}

/* Does [base, base + size) lie within [limit_base, limit_base + limit_size)? */
static bool within(uint64_t base, uint64_t size, uint64_t limit_base, uint64_t limit_size)
{
	return base >= limit_base && ffav_range_in(base - limit_base, size, limit_size);
}

void *ffav_machine_normal_memory(uint64_t address, size_t size)
{
	if (!within(address, size, FFAV_RAM_BASE, normal_memory_end - FFAV_RAM_BASE))
		return NULL;
	return (void *)(uintptr_t)address;
}

void *ffav_machine_partition_memory(unsigned int index, uint64_t address, size_t size)
{
	const struct partition *p = &partitions[index];

	/* The manager writes there on the partition's behalf: only where it could itself. */
	for (unsigned int i = 0; index < partition_count && i < p->segment_count; i++) {
		if (p->segments[i].flags & FFAV_SEGMENT_WRITE &&
		    within(address, size, p->segments[i].base, p->segments[i].size))
			return (void *)(uintptr_t)address;
	}
	return NULL;
}

uint32_t ffav_machine_partition_access(unsigned int index, uint64_t address)
{
	uint64_t entry = ffav_table_get(&partitions[index].table, address);

	if (!(entry & FFAV_MAP_EL0))
		return 0;
	return FFAV_REGION_READ | (entry & FFAV_MAP_READ_ONLY ? 0 : FFAV_REGION_WRITE) |
	       (entry & FFAV_MAP_NO_EXECUTE ? 0 : FFAV_REGION_EXECUTE) |
	       (entry & FFAV_MAP_NORMAL_WORLD ? FFAV_REGION_NORMAL_WORLD : 0) |
	       (entry & FFAV_MAP_NORMAL & FFAV_MAP_KIND ? 0 : FFAV_REGION_DEVICE);
}

/* Make what was written visible to instruction fetches of all CPUs. */
static void sync_code(uint64_t base, uint64_t size)
{
	for (uint64_t line = base; line < base + size; line += CACHE_LINE)
		__asm__ volatile("dc cvau, %0" : : "r"(line) : "memory");
	ffav_dsb();
	__asm__ volatile("ic ialluis" : : : "memory");
	ffav_dsb();
	ffav_isb();
}

bool ffav_machine_partition_set_access(unsigned int index, uint64_t address, uint64_t size,
				       uint32_t flags)
{
	uint64_t attributes = 0;

	if (flags) {
		attributes = MAP_OWN;
		if (!(flags & FFAV_REGION_WRITE))
			attributes |= FFAV_MAP_READ_ONLY;
		if (!(flags & FFAV_REGION_EXECUTE))
			attributes |= FFAV_MAP_NO_EXECUTE;
		if (flags & FFAV_REGION_NORMAL_WORLD)
			attributes |= FFAV_MAP_NORMAL_WORLD;
	}
	/* The partition wrote there what it is now to run. */
	if (flags & FFAV_REGION_EXECUTE)
		sync_code(address, size);
	return ffav_table_set(&partitions[index].table, index, address, size, attributes);
}

static const char *map_segment(const struct partition *p, struct ffav_table *table,
			       const struct segment *s)
{
	uint64_t attributes = MAP_OWN;

	if (s->flags & FFAV_SEGMENT_WRITE && s->flags & FFAV_SEGMENT_EXECUTE)
		return "a segment is writable and executable";
	if (s->base % PAGE_SIZE || !s->size || s->size % PAGE_SIZE || s->image_size > s->size ||
	    !within(s->base, s->size, p->config.load_address, p->config.image_size))
		return "a segment does not lie within the image on whole pages";
	if (!(s->flags & FFAV_SEGMENT_WRITE))
		attributes |= FFAV_MAP_READ_ONLY;
	if (!(s->flags & FFAV_SEGMENT_EXECUTE))
		attributes |= FFAV_MAP_NO_EXECUTE;
	if (!ffav_table_map(table, s->base, s->size, attributes))
		return "segments overlap or need too many tables";
	return NULL;
}

/* Only once the partition's memory is known to be nobody else's. @again: it has run before */
static void copy_segments(const struct partition *p, bool again)
{
	for (unsigned int i = 0; i < p->segment_count; i++) {
		const struct segment *s = &p->segments[i];

		if (again && s->flags & FFAV_SEGMENT_RETAINED)
			continue;
		memcpy((void *)(uintptr_t)s->base, s->image, s->image_size);
		memset((void *)(uintptr_t)(s->base + s->image_size), 0,
		       s->size - s->image_size);
		sync_code(s->base, s->size);
	}
}

/* Keep the images for the next start. */
static const char *keep_segments(struct partition *p)
{
	size_t room = FFAV_SECURE_RAM_BASE + FFAV_MONITOR_SIZE - (uintptr_t)ffav_bss_end;

	for (unsigned int i = 0; i < p->segment_count; i++) {
		struct segment *s = &p->segments[i];

		if (s->image_size > room - kept)
			return "there is no room behind the monitor to keep its image";
		memcpy(ffav_bss_end + kept, s->image, s->image_size);
		s->image = ffav_bss_end + kept;
		kept += s->image_size;
	}
	return NULL;
}

static const char *map_region(struct ffav_table *table, const struct ffav_region *r)
{
	uint64_t attributes = FFAV_MAP_EL0 | FFAV_MAP_NOT_GLOBAL | FFAV_MAP_EL1_NO_EXECUTE |
			      FFAV_MAP_NO_EXECUTE;

	if (r->flags & FFAV_REGION_EXECUTE)
		return "a region of the manifest is executable";
	if (r->flags & FFAV_REGION_DEVICE) {
		if (!within(r->base, r->size, FFAV_STORE_BASE, FFAV_STORE_SIZE))
			return "a device region is not the flash window";
		attributes |= FFAV_MAP_DEVICE;
	} else if (r->flags & FFAV_REGION_NORMAL_WORLD) {
		if (!ffav_machine_normal_memory(r->base, r->size))
			return "a normal-world region is not normal-world RAM";
		attributes |= FFAV_MAP_NORMAL | FFAV_MAP_NORMAL_WORLD;
	} else {
		if (!within(r->base, r->size, FFAV_SECURE_RAM_BASE + FFAV_MONITOR_SIZE,
			    FFAV_SECURE_RAM_SIZE - FFAV_MONITOR_SIZE))
			return "a memory region is not the partitions' secure RAM";
		attributes |= FFAV_MAP_NORMAL;
	}
	if (!(r->flags & FFAV_REGION_WRITE))
		attributes |= FFAV_MAP_READ_ONLY;
	if (!ffav_table_map(table, r->base, r->size, attributes))
		return "a region is not aligned, overlaps another or needs too many tables";
	return NULL;
}

/* Tables and first registers of a partition; nothing is written to its memory. */
static const char *prepare(struct partition *p, unsigned int index)
{
	struct ffav_table *table = &p->table;
	const char *why;

	*table = (struct ffav_table){.pool = tables[index], .pages = TABLE_PAGES, .used = 1};
	if (!within(p->config.load_address, p->config.image_size,
		    FFAV_SECURE_RAM_BASE + FFAV_MONITOR_SIZE,
		    FFAV_SECURE_RAM_SIZE - FFAV_MONITOR_SIZE))
		return "the image does not lie in the partitions' secure RAM";
	for (unsigned int i = 0; i < p->segment_count; i++) {
		why = map_segment(p, table, &p->segments[i]);
		if (why)
			return why;
	}
	for (unsigned int i = 0; i < p->config.region_count; i++) {
		why = map_region(table, &p->config.regions[i]);
		if (why)
			return why;
	}
	if (!ffav_table_map(table, (uintptr_t)boot_info[index], BOOT_SIZE,
			    MAP_OWN | FFAV_MAP_READ_ONLY | FFAV_MAP_NO_EXECUTE) ||
	    !ffav_table_map(table, (uintptr_t)ffav_shim, PAGE_SIZE,
			    FFAV_MAP_NORMAL | FFAV_MAP_READ_ONLY | FFAV_MAP_NO_EXECUTE))
		return "it needs too many tables";
	ffav_dsb();
	memset(&p->world, 0, sizeof(p->world));
	p->world.frame.x[0] = (uintptr_t)boot_info[index];
	p->world.frame.x[1] = BOOT_SIZE;
	p->world.frame.elr = p->config.load_address + p->config.entry_offset;
	p->world.frame.spsr = SPSR_EL0;
	return NULL;
}

/* A range of the packages' part of the flash; NULL if it is not. */
static const uint8_t *package_bytes(uint32_t offset, uint32_t size)
{
	if (!ffav_range_in(offset, size, FFAV_STORE_BASE - FFAV_PACKAGE_BASE))
		return NULL;
	return (const uint8_t *)(uintptr_t)(FFAV_PACKAGE_BASE + (uint64_t)offset);
}

static const char *parse_entry(const uint8_t *entry, struct partition *p, uint8_t *boot)
{
	uint32_t size = ffav_get32(entry + 4);
	const uint8_t *manifest = package_bytes(ffav_get32(entry), size);
	const char *why = "its manifest is too large or outside the packages";

	if (!manifest || size > MANIFEST_MAX)
		return why;
	memcpy(boot + MANIFEST_AT, manifest, size);
	ffav_boot_info_encode(boot, BOOT_SIZE, (uintptr_t)boot + MANIFEST_AT, size);
	ffav_boot_info_add_restarts(boot, 0);
	if (!ffav_manifest_parse(boot + MANIFEST_AT, size, &p->config, &why))
		return why;
	p->segment_count = ffav_get32(entry + 8);
	if (p->segment_count > FFAV_PACKAGE_SEGMENTS)
		return "it has too many segments";
	for (unsigned int i = 0; i < p->segment_count; i++) {
		const uint8_t *in = entry + 12 + FFAV_PACKAGE_SEGMENT_SIZE * (size_t)i;
		struct segment *s = &p->segments[i];

		s->image_size = ffav_get32(in + 4);
		s->image = package_bytes(ffav_get32(in), s->image_size);
		s->base = p->config.load_address + ffav_get32(in + 8);
		s->size = ffav_get32(in + 12);
		s->flags = ffav_get32(in + 16);
		if (!s->image)
			return "a segment lies outside the packages";
	}
	return NULL;
}

void ffav_partitions_load(uint64_t ram_size)
{
	const uint8_t *table = package_bytes(0, FFAV_PACKAGE_HEADER_SIZE);
	uint32_t count = ffav_get32(table + 12);

	normal_memory_end = FFAV_RAM_BASE + ram_size;
	ffav_spmc_init(&manager);
	if (memcmp(table, FFAV_PACKAGE_MAGIC, 8) != 0 ||
	    ffav_get32(table + 8) != FFAV_PACKAGE_VERSION || count > FFAV_SPMC_PARTITIONS_MAX) {
		ffav_console_value("There is no table of partitions at ", FFAV_PACKAGE_BASE,
				   " of the flash.");
		return;
	}
	for (uint32_t i = 0; i < count; i++) {
		const uint8_t *entry =
			package_bytes(FFAV_PACKAGE_HEADER_SIZE + FFAV_PACKAGE_ENTRY_SIZE * i,
				      FFAV_PACKAGE_ENTRY_SIZE);
		struct partition *p = &partitions[partition_count];
		size_t kept_before = kept;
		const char *why = parse_entry(entry, p, boot_info[partition_count]);

		if (!why)
			why = prepare(p, partition_count);
		if (!why)
			why = keep_segments(p);
		if (!why && ffav_spmc_add(&manager, &p->config, &why) == (int)partition_count) {
			copy_segments(p, false);
			partition_count++;
			ffav_console_value("Partition ", p->config.id, " is loaded.");
			continue;
		}
		ffav_console_value("Package ", i, " is refused:");
		ffav_console_line(why, strlen(why));
		kept = kept_before;
		memset(p, 0, sizeof(*p));
		memset(tables[partition_count], 0, sizeof(tables[partition_count]));
	}
}

void ffav_partition_restart(unsigned int partition)
{
	struct partition *p = &partitions[partition];

	memset(tables[partition], 0, sizeof(tables[partition]));
	/* The same map was made of the same memory before. */
	if (prepare(p, partition))
		ffav_panic("A partition that ran cannot be mapped again: ", partition);
	ffav_forget_addresses(partition);
	copy_segments(p, true);
	ffav_boot_info_add_restarts(boot_info[partition],
				    manager.partitions[partition].restarts);
}
