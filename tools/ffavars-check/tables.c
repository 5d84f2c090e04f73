/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A private copy of the firmware's translation tables (Arm DDI 0487, chapter
 * D8, 4 KiB granule). Attributes come from the firmware's own descriptors, so
 * MAIR and TCR stay as they are.
 */
#include "tools/ffavars-check/check.h"

#define DESC_VALID   UINT64_C(1)
#define DESC_TABLE   UINT64_C(2)
#define DESC_ADDRESS UINT64_C(0x0000fffffffff000)
/* A hint that sixteen neighbours are alike, which splitting makes untrue. */
#define DESC_CONTIGUOUS (UINT64_C(1) << 52)
#define ENTRIES         512u
#define PAGE            UINT64_C(4096)
#define GIB             (UINT64_C(1) << 30)

static unsigned int shift_of(unsigned int level)
{
	return 39 - 9 * level;
}

static uint64_t *new_table(struct check_tables *t)
{
	if (t->used == t->page_count)
		return NULL;
	return (uint64_t *)(void *)(t->pages + PAGE * t->used++);
}

static bool is_table(uint64_t desc, unsigned int level)
{
	return level < 3 && (desc & (DESC_VALID | DESC_TABLE)) == (DESC_VALID | DESC_TABLE);
}

static uint64_t *table_at(uint64_t desc)
{
	return (uint64_t *)(uintptr_t)(desc & DESC_ADDRESS);
}

static uint64_t *copy_table(struct check_tables *t, const uint64_t *from, unsigned int level)
{
	uint64_t *to = new_table(t);

	if (!to)
		return NULL;
	for (unsigned int i = 0; i < ENTRIES; i++) {
		to[i] = from[i];
		if (is_table(from[i], level)) {
			uint64_t *next = copy_table(t, table_at(from[i]), level + 1);

			if (!next)
				return NULL;
			to[i] = (from[i] & ~DESC_ADDRESS) | (uint64_t)(uintptr_t)next;
		}
	}
	return to;
}

bool check_tables_copy(struct check_tables *t, void *pages, size_t page_count)
{
	uint64_t el, sctlr, tcr, ttbr;

	__asm__("mrs %0, CurrentEL" : "=r"(el));
	t->el2 = (el >> 2) == 2;
	if (t->el2) {
		__asm__("mrs %0, sctlr_el2" : "=r"(sctlr));
		__asm__("mrs %0, tcr_el2" : "=r"(tcr));
		__asm__("mrs %0, ttbr0_el2" : "=r"(ttbr));
	} else {
		__asm__("mrs %0, sctlr_el1" : "=r"(sctlr));
		__asm__("mrs %0, tcr_el1" : "=r"(tcr));
		__asm__("mrs %0, ttbr0_el1" : "=r"(ttbr));
	}
	/* The MMU on, a 4 KiB granule, and no more than four levels. */
	if (!(sctlr & 1) || ((tcr >> 14) & 3) || (tcr & 0x3f) < 16 || (tcr & 0x3f) > 39)
		return false;
	t->va_bits = 64 - (unsigned int)(tcr & 0x3f);
	t->level = t->va_bits > 39 ? 0 : t->va_bits > 30 ? 1 : 2;
	t->pages = pages;
	t->page_count = page_count;
	t->used = 0;
	t->root = copy_table(t, table_at(ttbr), t->level);
	return t->root;
}

static unsigned int index_of(const struct check_tables *t, uint64_t va, unsigned int level)
{
	unsigned int bits = level == t->level ? t->va_bits - shift_of(level) : 9;

	return (unsigned int)(va >> shift_of(level)) & ((1u << bits) - 1);
}

uint64_t check_tables_find(const struct check_tables *t, uint64_t va)
{
	const uint64_t *table = t->root;

	for (unsigned int level = t->level; level <= 3; level++) {
		uint64_t desc = table[index_of(t, va, level)];
		uint64_t inside = va & ((UINT64_C(1) << shift_of(level)) - 1);

		if (!(desc & DESC_VALID))
			return 0;
		if (is_table(desc, level)) {
			table = table_at(desc);
			continue;
		}
		/* A block as the page that it contains: output address and descriptor type. */
		return ((desc & ~(DESC_ADDRESS | DESC_CONTIGUOUS)) | DESC_TABLE) |
		       (((desc & DESC_ADDRESS) + inside) & DESC_ADDRESS);
	}
	return 0;
}

/* The table below an entry; made from the block that was there, or empty. */
static uint64_t *descend(struct check_tables *t, uint64_t *entry, unsigned int level)
{
	uint64_t *table;
	uint64_t step = UINT64_C(1) << shift_of(level + 1);

	if (is_table(*entry, level))
		return table_at(*entry);
	table = new_table(t);
	if (!table)
		return NULL;
	for (unsigned int i = 0; i < ENTRIES; i++) {
		table[i] = 0;
		if (*entry & DESC_VALID)
			table[i] = ((*entry & ~DESC_CONTIGUOUS) + i * step) |
				   (level + 1 == 3 ? DESC_TABLE : 0);
	}
	*entry = (uint64_t)(uintptr_t)table | DESC_TABLE | DESC_VALID;
	return table;
}

bool check_tables_map(struct check_tables *t, uint64_t va, uint64_t leaf)
{
	uint64_t *table = t->root;

	for (unsigned int level = t->level; level < 3; level++) {
		table = descend(t, &table[index_of(t, va, level)], level);
		if (!table)
			return false;
	}
	table[index_of(t, va, 3)] = leaf;
	return true;
}

uint64_t check_tables_free_gib(const struct check_tables *t)
{
	uint64_t end = UINT64_C(1) << t->va_bits;

	for (uint64_t va = end - GIB; va; va -= GIB) {
		bool free = true;

		for (uint64_t at = va; at < va + GIB && free; at += 2 << 20)
			free = !check_tables_find(t, at);
		if (free)
			return va;
	}
	return 0;
}

void check_tables_install(const struct check_tables *t)
{
	uint64_t root = (uint64_t)(uintptr_t)t->root;

	__asm__ volatile("dsb sy" : : : "memory");
	if (t->el2)
		__asm__ volatile("msr ttbr0_el2, %0\n\tisb\n\ttlbi alle2"
				 :
				 : "r"(root)
				 : "memory");
	else
		__asm__ volatile("msr ttbr0_el1, %0\n\tisb\n\ttlbi vmalle1"
				 :
				 : "r"(root)
				 : "memory");
	__asm__ volatile("dsb sy\n\tic iallu\n\tdsb sy\n\tisb" : : : "memory");
}
