/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: A NOR flash that is stricter than the real ones
 *
 * A struct ffav_flash over memory or over a window of an image file. It enforces the rules
 * of secure/store/flash.h, counts what is done to it, lets an observer run inside each
 * operation, fails sectors on demand, and can cut the power at any step: before a unit is
 * programmed, while it is (some bits, or bits that read differently each time, also of other
 * units of the same write buffer), after it, and likewise for an erase.
 */
#ifndef FFAV_HOST_NOR_H
#define FFAV_HOST_NOR_H

#include "secure/store/flash.h"

/** What an operation does, for the observer. */
enum ffav_nor_operation {
	FFAV_NOR_PROGRAM,
	FFAV_NOR_ERASE,
};

/** How the power goes at the step that was chosen. One step is one program unit or one erase. */
enum ffav_nor_cut {
	/** Right before the step: it has no effect. */
	FFAV_NOR_CUT_BEFORE,
	/** Inside: some of the bits have changed; they read the same each time. */
	FFAV_NOR_CUT_TORN,
	/** Inside: some of the bits have changed, some read differently each time. */
	FFAV_NOR_CUT_UNSTABLE,
	/**
	 * Inside a write buffer: this and the following units of the same program up to the
	 * end of the buffer are untouched, torn, unstable or done, each on its own. For an
	 * erase: the sector's first part is erased, the rest undefined.
	 */
	FFAV_NOR_CUT_SCATTERED,
	/** Right after the step. */
	FFAV_NOR_CUT_AFTER,
	FFAV_NOR_CUTS,
};

/** How a sector fails; or'ed. */
#define FFAV_NOR_FAILS_PROGRAM 1u
#define FFAV_NOR_FAILS_ERASE   2u
#define FFAV_NOR_FAILS_READ    4u

/** Bytes that a device programs at once from its write buffer; see FFAV_NOR_CUT_SCATTERED. */
#define FFAV_NOR_BUFFER 256u

/**
 * struct ffav_nor - One flash device.
 * @flash: what the store takes. Set @flash.map to NULL after opening to have every read go
 *	through @flash.read, which counts, fails and flickers; plain loads cannot.
 * @cells: content
 * @programmed: one byte per program unit: whether it has been programmed since the last erase,
 *	wholly or in part; what was programmed in part and reads as erased nobody can know of,
 *	and may be programmed once more
 * @unstable: NULL, or one byte per byte: bits that read differently each time, until they are
 *	programmed or erased
 * @failing: FFAV_NOR_FAILS_* per sector
 * @erases: erases per sector since opening
 * @mapping: start of the file mapping, or NULL for memory
 * @mapping_size: its length, bytes
 * @bytes_programmed: since opening
 * @bytes_read: through @flash.read since opening
 * @sectors_erased: since opening
 * @steps: steps since opening: program units and erases
 * @cut_step: the value of @steps at which the power goes; UINT64_MAX for never
 * @cut: how it goes
 * @restless: what is torn mostly shows nothing, and has few unstable bits, so that it often reads
 *	one way and the next time another way, whole or untouched
 * @seed: state of the generator that chooses bits
 * @observe: NULL, or called inside each operation before it takes effect
 * @power_lost: called when the power has gone; must not return. NULL aborts the process.
 * @fault: NULL, or called with a message where a NOR rule is broken; must not return. NULL
 *	prints the message and aborts.
 * @context: for the three functions
 */
struct ffav_nor {
	struct ffav_flash flash;
	uint8_t *cells;
	uint8_t *programmed;
	uint8_t *unstable;
	uint8_t *failing;
	uint32_t *erases;
	void *mapping;
	size_t mapping_size;
	uint64_t bytes_programmed;
	uint64_t bytes_read;
	uint64_t sectors_erased;
	uint64_t steps;
	uint64_t cut_step;
	enum ffav_nor_cut cut;
	bool restless;
	uint64_t seed;
	void (*observe)(void *context, enum ffav_nor_operation operation, uint32_t offset,
			size_t length);
	void (*power_lost)(void *context);
	void (*fault)(void *context, const char *message);
	void *context;
};

/**
 * ffav_nor_memory() - Make an erased device in memory.
 * @nor: filled in
 * @sector_size: bytes per sector, a power of two
 * @sector_count: sectors
 * @program_unit: bytes per program unit: 4, 16 or 32
 *
 * Return: 0, or -1 where there is no memory.
 */
int ffav_nor_memory(struct ffav_nor *nor, uint32_t sector_size, uint32_t sector_count,
		    uint32_t program_unit);

/**
 * ffav_nor_file() - Make a device over a window of an open file.
 * @nor: filled in
 * @sector_size: bytes per sector, a power of two
 * @sector_count: sectors
 * @program_unit: bytes per program unit: 4, 16 or 32
 * @fd: the file, open for reading and, where @writable, for writing; may be closed afterwards
 * @offset: where the window starts in the file, bytes; any alignment
 * @writable: changes go to the file; else they stay in this process
 *
 * The window must lie within the file. A unit counts as programmed where it is not erased.
 *
 * Return: 0, or -1 with errno set.
 */
int ffav_nor_file(struct ffav_nor *nor, uint32_t sector_size, uint32_t sector_count,
		  uint32_t program_unit, int fd, uint64_t offset, bool writable);

/** ffav_nor_close() - Release what opening took; a file's content is left in the file. */
void ffav_nor_close(struct ffav_nor *nor);

/**
 * ffav_nor_power_on() - Begin again after a cut: no further cut is set, and the bits that are
 * unstable get new values, so that plain loads see them change as well.
 */
void ffav_nor_power_on(struct ffav_nor *nor);

#endif
