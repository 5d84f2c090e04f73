/* SPDX-License-Identifier: BSD-3-Clause */
/** DOC: Commands of the echo partition: x3 of a direct request; its argument is in x4. */
#ifndef FFAV_QEMU_ECHO_H
#define FFAV_QEMU_ECHO_H

enum ffav_echo_command {
	/** Answer with the same x3-x7. */
	FFAV_ECHO_PLAIN,
	/** Count to the argument first; the answer's x4 is the count. */
	FFAV_ECHO_SLOW,
	/** Write to the address in the argument. */
	FFAV_ECHO_WRITE_ADDRESS,
	/** Write to the partition's own code. */
	FFAV_ECHO_WRITE_CODE,
	/** Write to the partition's own read-only data. */
	FFAV_ECHO_WRITE_CONSTANT,
	/** Execute an instruction in the partition's own data. */
	FFAV_ECHO_EXECUTE_DATA,
	/** Use 2 KiB of stack as often as the argument says. */
	FFAV_ECHO_OVERFLOW_STACK,
	/** Put the argument into d8; the answer's x4 is what was there. */
	FFAV_ECHO_FP,
	/** The answer's x4 is the word at this offset of the shared buffer. */
	FFAV_ECHO_READ_SHARED,
	/** The answer's x4 is a word of bss, which then gets the argument. */
	FFAV_ECHO_BSS,
	/** Try the flash driver; the answer's x4 is the line of the check that failed, or 0. */
	FFAV_ECHO_FLASH,
	/**
	 * Send a request with the command in x6 and the argument to the endpoint in x5. The
	 * answer's x4 is that of the response, its x5 and x6 are x0 and x2 of it.
	 */
	FFAV_ECHO_CALL,
	/** Retrieve the memory with this handle, which the normal world shares; see below. */
	FFAV_ECHO_RETRIEVE,
	/** The same, to read only. */
	FFAV_ECHO_RETRIEVE_TO_READ,
	/** Retrieve what the partition in the upper half lends under the handle in the lower one. */
	FFAV_ECHO_RETRIEVE_LENT,
	/** Relinquish the memory with this handle. The answer's x4 is FFA_SUCCESS, or a status code. */
	FFAV_ECHO_RELINQUISH,
	/** Lend a page of its own, whose words are the argument, to the partition with this id. */
	FFAV_ECHO_LEND,
	/** Reclaim the memory with this handle. The answer's x4 as with FFAV_ECHO_RELINQUISH. */
	FFAV_ECHO_RECLAIM,
	/** The answer's x4 is a word of the page that it lends. */
	FFAV_ECHO_READ_OWN,
	/** The answer's x4 is the word at this address. */
	FFAV_ECHO_READ_ADDRESS,
	/** Call the address in the argument. */
	FFAV_ECHO_EXECUTE_ADDRESS,
	/** The answer's x4 is what FFA_MEM_PERM_GET and SET answered while it started, or 0. */
	FFAV_ECHO_PERMISSIONS,
};

/*
 * Where memory is retrieved or lent, the answer's x4 is the handle or the address of the first
 * range, or an FF-A status code, which is negative.
 */

#endif
