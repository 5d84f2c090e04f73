/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Variable policies
 *
 * What platform firmware says, until reset, about variables that a pattern names: which
 * attributes and sizes they may have, and when they become read-only. The messages are
 * those of edk2's variable policy protocol: a header of 20 bytes (signature, revision,
 * command, result) and what belongs to the command.
 */
#ifndef FFAV_VARIABLES_POLICY_H
#define FFAV_VARIABLES_POLICY_H

#include "secure/variables/variables.h"

/**
 * ffav_policy_handle() - Carry out one policy message, in place.
 * @v: the service
 * @message: header and parameters in private memory; the reply replaces them
 * @size: bytes of the request
 * @reply_size: where the reply's length goes, bytes; at most @size
 *
 * The result is in the header of the reply.
 *
 * Return: MM_SUCCESS if there is a reply, MM_INVALID_PARAMETER if @size does not even cover
 * the header.
 */
int ffav_policy_handle(struct ffav_variables *v, uint8_t *message, size_t size,
		       size_t *reply_size);

#endif
