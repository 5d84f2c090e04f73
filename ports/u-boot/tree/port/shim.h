/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: The seam between the library and U-Boot
 *
 * Both have an efi_status_t, an EFI_SUCCESS and an EFI_VARIABLE_NON_VOLATILE of
 * their own, so no file sees both. This header is what the two sides of the port
 * share: plain C types only, status codes as they are in an EFI table. Names are
 * terminated UTF-16 strings, GUIDs 16 bytes of any alignment, sizes bytes.
 *
 * "Resident" says that a function may be called, and is called, after
 * ExitBootServices; everything else is gone then.
 */
#ifndef FFAVARS_PORT_SHIM_H
#define FFAVARS_PORT_SHIM_H

/** struct ffavars_connection - What was found, for people. */
struct ffavars_connection {
	/** The partition answers and variables can be used. */
	int ready;
	/** A request was given up: the buffer belongs to the partition until reset. */
	int dead;
	/** RX/TX are still mapped, because the manager refused to unmap them. */
	int rxtx_mapped;
	/** FF-A version, major in the upper half; 0 without FF-A. */
	unsigned int version;
	/** Endpoint ids, ours and the partition's. */
	unsigned int own_id;
	unsigned int partition_id;
	/** How the doorbell speaks: a word for people. */
	const char *dialect;
	/** Most bytes behind the variable header of a message. */
	unsigned long payload_max;
};

/* The library's side, called by U-Boot's. */

/**
 * ffavars_probe() - Find the MM partition; ffav_mm_probe() says more. Boot only.
 * @buffer: the shared buffer, mapped one to one
 * @size: its size
 * @offset: where messages start in it
 * @rxtx: two pages that discovery may use, mapped one to one
 *
 * Return: EFI status. On failure, ffavars_describe() tells whether @buffer may be freed.
 */
unsigned long ffavars_probe(void *buffer, unsigned long size, unsigned long offset, void *rxtx);

/** ffavars_describe() - Fill in @connection. Boot only. */
void ffavars_describe(struct ffavars_connection *connection);

/**
 * ffavars_communicate() - Raw MM communicate: header and data at @message, in and out. Boot only.
 * @size: in: bytes at @message; out: bytes of the reply
 *
 * Return: EFI status, mapped from the MM return code.
 */
unsigned long ffavars_communicate(void *message, unsigned long *size);

/**
 * ffavars_ask_payload_size() - Ask the partition how large a message may be. Boot only.
 * @payload: where the answer goes
 * @communicate: what sends the message; 0 if it was answered
 *
 * Return: what @communicate returned, or -1 if the answer makes no sense.
 */
int ffavars_ask_payload_size(unsigned long *payload,
			     int (*communicate)(void *message, unsigned long *size));

/**
 * ffavars_protect() - Make a variable read-only in the partition, or writable again. Boot only.
 * @attributes: the variable's attributes
 * @size: the size that it may have
 *
 * The var-check property of edk2's variable service (functions 9 and 10). It lasts until the
 * partition is reset.
 *
 * Return: EFI status.
 */
unsigned long ffavars_protect(const unsigned short *name, const void *guid,
			      unsigned int attributes, unsigned long size, int read_only);

/* The four services of the runtime table; resident, boot and runtime. */
unsigned long ffavars_get(const unsigned short *name, const void *guid,
			  unsigned int *attributes, unsigned long *size, void *data);
unsigned long ffavars_next(unsigned long *size, unsigned short *name, void *guid);
unsigned long ffavars_set(const unsigned short *name, const void *guid, unsigned int attributes,
			  unsigned long size, const void *data);
unsigned long ffavars_query(unsigned int attributes, unsigned long long *max_storage,
			    unsigned long long *remaining, unsigned long long *max_variable);

/** ffavars_exit_boot_services() - Tell the partition, give RX/TX back. EFI status. */
unsigned long ffavars_exit_boot_services(void);

/**
 * ffavars_give_up() - Never touch the buffer again: it will not be there. Boot only.
 *
 * Every service answers EFI_DEVICE_ERROR from now on, until reset.
 */
void ffavars_give_up(void);

/** ffavars_set_virtual_address_map() - Convert the library's pointers, once; resident. */
void ffavars_set_virtual_address_map(void);

/* U-Boot's side, called by the library's. */

/** ffavars_uboot_smc() - SMC with x0 to x17 in @regs, in and out; resident. */
void ffavars_uboot_smc(unsigned long *regs);

/** ffavars_uboot_convert_pointer() - ConvertPointer() of U-Boot's EFI table; resident. */
void ffavars_uboot_convert_pointer(void **p);

/** ffavars_uboot_log() - A sentence and a number for whoever watches the boot. Boot only. */
void ffavars_uboot_log(const char *message, unsigned long value);

#endif
