/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Messages for the MM partition, written by hand
 *
 * One of each kind that it knows, and some that it does not. They are whole and
 * make sense; what a test or a fuzz target does to them is its own affair.
 */
#ifndef TEST_HOST_MESSAGES_H
#define TEST_HOST_MESSAGES_H

#include "abi/variable.h"

/** Room for any of them, bytes. */
#define MESSAGE_MAX 512u
/** The ReturnStatus that they go out with; no service answers this. */
#define MESSAGE_STATUS UINT64_C(0xdead57a7dead57a7)

/** Vendor GUID of the variables that they name. */
extern const struct efi_guid message_guid;
/** How many kinds there are. */
extern const unsigned int message_kinds;

/** message_name() - What kind @kind is called. */
const char *message_name(unsigned int kind);

/**
 * message_make() - Write a message.
 * @out: MESSAGE_MAX bytes
 * @kind: index below message_kinds
 * @header_size: MM_HEADER_V1_SIZE or MM_HEADER_V3_SIZE
 *
 * Return: its length, bytes, header included.
 */
size_t message_make(uint8_t *out, unsigned int kind, size_t header_size);

#endif
