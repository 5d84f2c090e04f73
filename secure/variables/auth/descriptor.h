/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: EFI_VARIABLE_AUTHENTICATION_2
 *
 * What stands in front of the data of a time-based authenticated write: a time stamp
 * and a signature. UEFI 2.10 sections 8.2.1 and 8.2.2, section 32.2.4 for
 * WIN_CERTIFICATE_UEFI_GUID.
 */
#ifndef FFAV_VARIABLES_DESCRIPTOR_H
#define FFAV_VARIABLES_DESCRIPTOR_H

#include "abi/efi.h"
#include "secure/crypto/crypto.h"

/** Size of the time stamp and the fixed part of the certificate, bytes. */
#define FFAV_DESCRIPTOR_SIZE (EFI_TIME_SIZE + 24u)

/** struct ffav_descriptor - A write, taken apart. All of it lies in the data that was passed.
 * @time: EFI_TIME, EFI_TIME_SIZE bytes
 * @signed_data: the signature; not looked into, may be empty
 * @payload: the new data of the variable
 */
struct ffav_descriptor {
	const uint8_t *time;
	struct ffav_bytes signed_data;
	struct ffav_bytes payload;
};

/**
 * ffav_descriptor_parse() - Take the data of an authenticated write apart.
 * @descriptor: filled in
 * @data: as passed to SetVariable()
 * @value: out: the value that is wrong
 *
 * Return: NULL, or what is wrong: words that live for ever.
 */
const char *ffav_descriptor_parse(struct ffav_descriptor *descriptor, struct ffav_bytes data,
				  uint64_t *value);

/**
 * ffav_time_compare() - Compare two EFI_TIMEs, field by field.
 * @a: EFI_TIME_SIZE bytes
 * @b: EFI_TIME_SIZE bytes
 *
 * Return: below, at or above 0, as @a is earlier than, the same as or later than @b.
 */
int ffav_time_compare(const uint8_t *a, const uint8_t *b);

#endif
