/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Maps of partitions that change while they live: memory that is shared, and permissions.
 *
 * Memory is mapped here in pages only, so that what is given can be taken again without a
 * table more. A block that the range cuts is split first (DDI0487, "Using break-before-make").
 * That is only ever one of the partition that waits for this call: nobody uses it meanwhile.
 */
#include "machines/qemu-virt/el3/monitor.h"
#include "machines/qemu-virt/el3/sysreg.h"
#include "machines/qemu-virt/el3/table.h"
#include "machines/qemu-virt/memory.h"

#define PAGE_SIZE   UINT64_C(4096)
#define ADDRESS_END (UINT64_C(1) << 39)
#define ENTRIES     512u

static uint64_t *below(uint64_t entry)
{
	return (uint64_t *)(uintptr_t)(entry & FFAV_DESC_ADDRESS);
}

static bool is_table(uint64_t entry)
{
	return entry & FFAV_DESC_VALID && entry & FFAV_DESC_TABLE;
}

/* Put a table in the place of a block, or of nothing. */
static bool make_table(struct ffav_table *table, unsigned int partition, uint64_t *entry,
		       unsigned int level)
{
	uint64_t block = *entry;
	uint64_t *entries = ffav_table_take(table);
	uint64_t kind = level + 1 == FFAV_LEVEL_LAST ? FFAV_DESC_PAGE : 0;

	if (!entries)
		return false;
	for (unsigned int i = 0; block & FFAV_DESC_VALID && i < ENTRIES; i++)
		entries[i] = (block + i * ffav_level_span(level + 1)) | kind;
	if (block & FFAV_DESC_VALID) {
		*entry = 0;
		ffav_forget_addresses(partition);
	}
	ffav_dsb();
	*entry = (uintptr_t)entries | FFAV_DESC_TABLE | FFAV_DESC_VALID;
	return true;
}

/*
 * The page entry for @address, which with @make is made if there is none; otherwise @found is
 * NULL then. Return: false if there is no room for a table that it takes.
 */
static bool find_page(struct ffav_table *table, unsigned int partition, uint64_t address,
		      bool make, uint64_t **found)
{
	uint64_t *entries = table->pool[0];

	*found = NULL;
	for (unsigned int level = FFAV_LEVEL_FIRST; level < FFAV_LEVEL_LAST; level++) {
		uint64_t *entry = &entries[address / ffav_level_span(level) % ENTRIES];

		if (!make && !(*entry & FFAV_DESC_VALID))
			return true;
		if (!is_table(*entry) && !make_table(table, partition, entry, level))
			return false;
		entries = below(*entry);
	}
	*found = &entries[address / PAGE_SIZE % ENTRIES];
	return true;
}

/* Give a table back if it has no entry left, and say whether. */
static bool release(struct ffav_table *table, uint64_t *entry)
{
	const uint64_t *entries = below(*entry);

	for (unsigned int i = 0; i < ENTRIES; i++) {
		if (entries[i])
			return false;
	}
	*entry = 0;
	for (unsigned int i = 0; i < table->pages; i++) {
		if (table->pool[i] == entries)
			table->used &= ~(UINT64_C(1) << i);
	}
	return true;
}

/*
 * Tables of normal-world memory that hold nothing any more. Those of secure memory are few, and
 * what a partition lends of its own has to find them again.
 */
static void release_tables(struct ffav_table *table, uint64_t base, uint64_t end)
{
	const uint64_t step = ffav_level_span(FFAV_LEVEL_LAST - 1);

	if (base < FFAV_RAM_BASE)
		return;
	for (base = ffav_align_down(base, step); base < end; base += step) {
		uint64_t *root =
			&table->pool[0][base / ffav_level_span(FFAV_LEVEL_FIRST) % ENTRIES];
		uint64_t *entry;

		if (!is_table(*root))
			continue;
		entry = &below(*root)[base / step % ENTRIES];
		if (is_table(*entry) && release(table, entry))
			release(table, root);
	}
}

bool ffav_table_set(struct ffav_table *table, unsigned int partition, uint64_t base,
		    uint64_t size, uint64_t attributes)
{
	uint64_t *entry;
	uint64_t end;

	if (base % PAGE_SIZE || size % PAGE_SIZE || !ffav_add(base, size, &end) ||
	    end > ADDRESS_END)
		return false;
	/* Everything that can fail comes first. */
	for (uint64_t page = base; page < end; page += PAGE_SIZE) {
		if (!find_page(table, partition, page, attributes != 0, &entry)) {
			release_tables(table, base, end);
			ffav_forget_addresses(partition);
			return false;
		}
	}
	for (uint64_t page = base; page < end; page += PAGE_SIZE) {
		if (find_page(table, partition, page, false, &entry) && entry)
			*entry = 0;
	}
	if (!attributes)
		release_tables(table, base, end);
	ffav_forget_addresses(partition);
	for (uint64_t page = base; attributes && page < end; page += PAGE_SIZE) {
		if (find_page(table, partition, page, false, &entry) && entry)
			*entry = page | attributes | FFAV_DESC_ACCESSED | FFAV_DESC_PAGE |
				 FFAV_DESC_VALID;
	}
	ffav_dsb();
	ffav_isb();
	return true;
}

uint64_t ffav_table_get(const struct ffav_table *table, uint64_t address)
{
	const uint64_t *entries = table->pool[0];

	if (address >= ADDRESS_END)
		return 0;
	for (unsigned int level = FFAV_LEVEL_FIRST;; level++) {
		uint64_t entry = entries[address / ffav_level_span(level) % ENTRIES];

		if (level == FFAV_LEVEL_LAST || !is_table(entry))
			return entry & FFAV_DESC_VALID ? entry : 0;
		entries = below(entry);
	}
}
