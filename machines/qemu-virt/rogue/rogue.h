/* SPDX-License-Identifier: BSD-3-Clause */
/** DOC: Commands of the test partition: x3 of a direct request; its argument is in x4. */
#ifndef FFAV_QEMU_ROGUE_H
#define FFAV_QEMU_ROGUE_H

enum ffav_rogue_command {
	/** Answer with the same x3-x7. */
	FFAV_ROGUE_PLAIN,
	/** Count to the argument first; the answer's x4 is the count. */
	FFAV_ROGUE_SLOW,
	/** Write to the address in the argument. */
	FFAV_ROGUE_WRITE_ADDRESS,
	/** Write to the partition's own code. */
	FFAV_ROGUE_WRITE_CODE,
	/** Write to the partition's own read-only data. */
	FFAV_ROGUE_WRITE_CONSTANT,
	/** Execute an instruction in the partition's own data. */
	FFAV_ROGUE_EXECUTE_DATA,
	/** Use 2 KiB of stack as often as the argument says. */
	FFAV_ROGUE_OVERFLOW_STACK,
	/** Fill all FP and SIMD registers; the answer's x4 is what was there (ffav_fp_exchange()). */
	FFAV_ROGUE_FP,
	/** The answer's x4 is the word at this offset of the shared buffer. */
	FFAV_ROGUE_READ_SHARED,
	/** The answer's x4 is a word of bss, which then gets the argument. */
	FFAV_ROGUE_BSS,
	/** Try the flash driver; the answer's x4 is the line of the check that failed, or 0. */
	FFAV_ROGUE_FLASH,
	/** The answer's x4 is the cycle counter of the performance monitors. */
	FFAV_ROGUE_READ_COUNTER,
	/**
	 * Send a request with the command in x6 and the argument to the endpoint in x5. The
	 * answer's x4 is that of the response, its x5 and x6 are x0 and x2 of it.
	 */
	FFAV_ROGUE_CALL,
	/** Retrieve the memory with this handle, which the normal world shares; see below. */
	FFAV_ROGUE_RETRIEVE,
	/** The same, to read only. */
	FFAV_ROGUE_RETRIEVE_TO_READ,
	/** Retrieve what the partition in the upper half lends under the handle in the lower one. */
	FFAV_ROGUE_RETRIEVE_LENT,
	/** Relinquish the memory with this handle. The answer's x4 is FFA_SUCCESS, or a status code. */
	FFAV_ROGUE_RELINQUISH,
	/** Lend a page of its own, whose words are the argument, to the partition with this id. */
	FFAV_ROGUE_LEND,
	/** Reclaim the memory with this handle. The answer's x4 as with FFAV_ROGUE_RELINQUISH. */
	FFAV_ROGUE_RECLAIM,
	/** The answer's x4 is a word of the page that it lends. */
	FFAV_ROGUE_READ_OWN,
	/** The answer's x4 is the word at this address. */
	FFAV_ROGUE_READ_ADDRESS,
	/** Call the address in the argument. */
	FFAV_ROGUE_EXECUTE_ADDRESS,
	/** The answer's x4 is what FFA_MEM_PERM_GET and SET answered while it started, or 0. */
	FFAV_ROGUE_PERMISSIONS,
};

/*
 * Where memory is retrieved or lent, the answer's x4 is the handle or the address of the first
 * range, or an FF-A status code, which is negative.
 */

#endif
