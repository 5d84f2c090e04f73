/* SPDX-License-Identifier: BSD-3-Clause */
/* Translation tables (DDI0487, chapter D8) and the monitor's own map. */
#include "machines/qemu-virt/el3/table.h"
#include "machines/qemu-virt/el3/monitor.h"
#include "machines/qemu-virt/el3/sysreg.h"
#include "machines/qemu-virt/memory.h"

#define PAGE_SIZE    UINT64_C(4096)
#define ADDRESS_BITS 39

#define MONITOR_PAGES 8u

extern uint8_t ffav_image_start[], ffav_text_end[], ffav_rodata_end[];

/* Read by ffav_mmu_enable(). */
uint64_t ffav_monitor_ttbr;

static uint64_t monitor_pool[MONITOR_PAGES][512] __attribute__((aligned(4096)));
static struct ffav_table monitor = {.pool = monitor_pool, .pages = MONITOR_PAGES, .used = 1};

uint64_t *ffav_table_take(struct ffav_table *table)
{
	for (unsigned int i = 0; i < table->pages; i++) {
		if (table->used & UINT64_C(1) << i)
			continue;
		table->used |= UINT64_C(1) << i;
		return table->pool[i];
	}
	return NULL;
}

/* The table below @entry, made if there is none. */
static uint64_t *next_table(struct ffav_table *table, uint64_t *entry)
{
	if (!(*entry & FFAV_DESC_VALID)) {
		uint64_t *below = ffav_table_take(table);

		if (!below)
			return NULL;
		*entry = (uintptr_t)below | FFAV_DESC_TABLE | FFAV_DESC_VALID;
	} else if (!(*entry & FFAV_DESC_TABLE)) {
		return NULL;
	}
	return (uint64_t *)(uintptr_t)(*entry & FFAV_DESC_ADDRESS);
}

bool ffav_table_map(struct ffav_table *table, uint64_t base, uint64_t size, uint64_t attributes)
{
	uint64_t end;

	if (base % PAGE_SIZE || size % PAGE_SIZE || !ffav_add(base, size, &end) ||
	    end > UINT64_C(1) << ADDRESS_BITS)
		return false;
	while (base < end) {
		uint64_t *entries = table->pool[0];
		unsigned int level = FFAV_LEVEL_FIRST;
		uint64_t *entry;

		for (;;) {
			entry = &entries[base / ffav_level_span(level) % 512];
			/* A level 1 block (1 GiB), a level 2 block (2 MiB) or a page. */
			if (base % ffav_level_span(level) == 0 &&
			    end - base >= ffav_level_span(level) && !(*entry & FFAV_DESC_VALID))
				break;
			if (level == FFAV_LEVEL_LAST)
				return false;
			entries = next_table(table, entry);
			if (!entries)
				return false;
			level++;
		}
		*entry = base | attributes | FFAV_DESC_ACCESSED | FFAV_DESC_VALID |
			 (level == FFAV_LEVEL_LAST ? FFAV_DESC_PAGE : 0);
		base += ffav_level_span(level);
	}
	return true;
}

static void map(uint64_t base, uint64_t size, uint64_t attributes)
{
	/* Access permission bit 1 is one in tables of EL3. */
	if (!ffav_table_map(&monitor, base, size, attributes | FFAV_MAP_EL0))
		ffav_panic("The monitor's own tables have no room for ", base);
}

void ffav_monitor_map(void)
{
	const uint64_t data = FFAV_MAP_NORMAL | FFAV_MAP_NO_EXECUTE;
	const uint64_t device = FFAV_MAP_DEVICE | FFAV_MAP_NO_EXECUTE;
	uint64_t text = (uintptr_t)ffav_image_start;
	uint64_t text_end = (uintptr_t)ffav_text_end;
	uint64_t rodata_end = (uintptr_t)ffav_rodata_end;

	/* Packages are read from flash at start-up; nothing here ever writes to it. */
	map(FFAV_FLASH_BASE, FFAV_STORE_BASE, device | FFAV_MAP_READ_ONLY);
	map(FFAV_GICD_BASE, FFAV_GIC_SIZE, device);
	map(FFAV_SECURE_UART_BASE, FFAV_DEVICE_SIZE, device);
	map(FFAV_SECURE_GPIO_BASE, FFAV_DEVICE_SIZE, device);
	map(text, text_end - text, FFAV_MAP_NORMAL | FFAV_MAP_READ_ONLY);
	map(text_end, rodata_end - text_end, data | FFAV_MAP_READ_ONLY);
	map(rodata_end, FFAV_SECURE_RAM_BASE + FFAV_SECURE_RAM_SIZE - rodata_end, data);
	map(FFAV_RAM_BASE, FFAV_DTB_MAX, data | FFAV_MAP_NORMAL_WORLD);
	ffav_monitor_ttbr = (uintptr_t)monitor_pool;
}

void ffav_monitor_map_ram(uint64_t ram)
{
	/* What was invalid is in no TLB: nothing to invalidate. */
	map(FFAV_RAM_BASE + FFAV_DTB_MAX, ram - FFAV_DTB_MAX,
	    FFAV_MAP_NORMAL | FFAV_MAP_NO_EXECUTE | FFAV_MAP_NORMAL_WORLD);
	ffav_dsb();
	ffav_isb();
}
