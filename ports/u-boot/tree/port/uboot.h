/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: What the port gives to U-Boot
 *
 * U-Boot's side of the seam only: uses U-Boot's types.
 */
#ifndef FFAVARS_PORT_UBOOT_H
#define FFAVARS_PORT_UBOOT_H

#include <efi.h>
#include <linux/types.h>

/**
 * efi_ffavars_rt_supported() - Bits of the RT properties table that this store adds
 *
 * Asked once the store is up: what the transport cannot do is not promised.
 *
 * Return: EFI_RT_SUPPORTED_SET_VARIABLE and EFI_RT_SUPPORTED_QUERY_VARIABLE_INFO, or 0.
 */
u32 efi_ffavars_rt_supported(void);

/**
 * ffavars_transport_start() - Take the shared buffer and find the partition
 *
 * Boot only. Says on the console what is missing.
 *
 * Return: status code; on failure nothing is kept but a buffer that a lost partition owns.
 */
efi_status_t ffavars_transport_start(void);

/**
 * ffavars_transport_is_mapped() - Will the operating system map the shared buffer?
 *
 * Boot only. A device tree that lists the buffer below /reserved-memory turns it into
 * reserved memory when it is installed for the operating system.
 *
 * Return: true if it still is EfiRuntimeServicesData in the memory map
 */
bool ffavars_transport_is_mapped(void);

/**
 * ffavars_transport_communicate() - MM communicate for the rest of U-Boot
 *
 * Boot only. The one place where MM return codes become errno values.
 *
 * @message:	MM header and data, in and out
 * @size:	in: bytes at @message; out: bytes of the reply
 * Return:	0, or: -EINVAL not supported or no answer, -EPERM invalid parameter,
 *		-EACCES denied, -EBUSY no memory, -E2BIG too long, -ENODEV no partition
 */
int ffavars_transport_communicate(void *message, ulong *size);

/** ffavars_runtime_publish() - Put the resident services into the runtime table. Boot only. */
void ffavars_runtime_publish(void);

/** ffavars_runtime_listen() - Register for the change of the address map. Boot only. */
efi_status_t ffavars_runtime_listen(void);

#endif
