/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: ffavars-check: does this platform keep the rules?
 *
 * An EFI application for any board, with or without ffavars in its firmware. It
 * checks FF-A, the MM partition and the variable services at boot, ends boot
 * services, moves the runtime to new addresses, checks the services again, and
 * resets. Results are TAP, each with the section it comes from. The store is
 * left as it was found.
 */
#ifndef FFAVARS_CHECK_H
#define FFAVARS_CHECK_H

#include "ports/uefi-driver/options.h"
#include "ports/uefi-driver/uefi.h"

/** When a rule was checked. */
enum check_phase {
	CHECK_BOOT,
	/** After ExitBootServices, at physical addresses. */
	CHECK_PHYSICAL,
	/** After SetVirtualAddressMap. */
	CHECK_VIRTUAL,
};

/**
 * struct check - State of the application.
 * @image: its handle
 * @system_table: the firmware's, at the address that holds in this phase
 * @phase: boot, runtime physical or virtual
 * @points: results so far
 * @failed: those that are not ok
 * @uart: registers of a PL011 for the time without a console, or 0
 * @supported: RuntimeServicesSupported of the RT properties table
 * @ffa: FF-A is there
 */
struct check {
	efi_handle_t image;
	struct efi_system_table *system_table;
	enum check_phase phase;
	unsigned int points;
	unsigned int failed;
	uint64_t uart;
	uint32_t supported;
	bool ffa;
};

/* --- report.c --- */

/** check_print() - Print ASCII text, on the console or, after ExitBootServices, the UART. */
void check_print(const struct check *c, const char *text);
/** check_print_hex() - Print "0x" and the value. */
void check_print_hex(const struct check *c, uint64_t value);
/** check_print_number() - Print a decimal number. */
void check_print_number(const struct check *c, uint64_t value);
/**
 * check_point() - Report one rule.
 * @c: the application
 * @ok: the rule holds
 * @rule: one sentence
 * @section: the specification and section that it comes from
 * @value: what was seen; printed where the rule does not hold
 */
void check_point(struct check *c, bool ok, const char *rule, const char *section,
		 uint64_t value);
/** check_skip() - Report a rule that cannot be checked here. @why: a sentence fragment. */
void check_skip(struct check *c, const char *rule, const char *why);
/** check_find_uart() - Look for a PL011 in the device tree. Boot only. */
void check_find_uart(struct check *c);

/* --- ffa.c --- */

/** check_ffa() - FF-A itself and the partitions, over SMCs of our own. Boot only. */
void check_ffa(struct check *c);
/** check_ffa_again() - What the operating system may ask of FF-A: its own version and RX/TX. After ExitBootServices. */
void check_ffa_again(struct check *c);

/* --- services.c --- */

/** struct check_digest - What the store looked like. @count: variables; @hash: of all their names, attributes and data. */
struct check_digest {
	uint64_t count;
	uint64_t hash;
};

/** check_services() - The four variable services, in whichever phase it is. */
void check_services(struct check *c);
/** check_digest() - Take a picture of all variables that a runtime caller sees. */
bool check_digest(struct check *c, struct check_digest *d);
/** check_plant() - Create a volatile boot-only variable that must be invisible at runtime. Boot only. */
void check_plant(struct check *c);

/* --- runtime.c --- */

/** check_runtime() - Leave boot services, move the runtime, check again. Returns only if that failed. */
void check_runtime(struct check *c, const struct check_digest *before);

/* --- tables.c --- */

/**
 * struct check_tables - A private copy of the firmware's translation tables.
 * @root: the first table
 * @level: its level, 0 to 2
 * @va_bits: virtual address bits
 * @el2: the CPU is at EL2
 * @pages: memory for tables, 4 KiB each
 * @page_count: how many
 * @used: how many are taken
 */
struct check_tables {
	uint64_t *root;
	unsigned int level;
	unsigned int va_bits;
	bool el2;
	uint8_t *pages;
	size_t page_count;
	size_t used;
};

/** check_tables_copy() - Copy the tables in use; false if this CPU's set-up is not understood. */
bool check_tables_copy(struct check_tables *t, void *pages, size_t page_count);
/** check_tables_find() - The leaf descriptor that maps @va with its output address, or 0. */
uint64_t check_tables_find(const struct check_tables *t, uint64_t va);
/** check_tables_map() - Map one 4 KiB page; @leaf: descriptor of level 3. */
bool check_tables_map(struct check_tables *t, uint64_t va, uint64_t leaf);
/** check_tables_free_gib() - A 1 GiB range of virtual addresses that nothing maps, or 0. */
uint64_t check_tables_free_gib(const struct check_tables *t);
/** check_tables_install() - Make the CPU use the tables. */
void check_tables_install(const struct check_tables *t);

#endif
