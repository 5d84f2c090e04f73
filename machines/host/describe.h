/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Registers of a call, in words
 */
#ifndef FFAV_HOST_DESCRIBE_H
#define FFAV_HOST_DESCRIBE_H

#include <stdio.h>

#include "abi/ffa.h"

/**
 * ffav_describe_call() - Write a call's name and what its arguments mean.
 * @out: where to; no newline is written
 * @regs: x0-x17
 */
void ffav_describe_call(FILE *out, const struct ffav_smc_regs *regs);

/**
 * ffav_describe_result() - Write what a call returned.
 * @out: where to; no newline is written
 * @function: function id of the call
 * @regs: x0-x17 of the result; may also be a message that arrived
 */
void ffav_describe_result(FILE *out, uint32_t function, const struct ffav_smc_regs *regs);

#endif
