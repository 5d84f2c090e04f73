/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Between the partition and its manager
 */
#ifndef FFAV_MM_LOOP_H
#define FFAV_MM_LOOP_H

#include "secure/mm/service.h"

/**
 * ffav_mm_log() - Write a line to the manager's console with FFA_CONSOLE_LOG.
 * @text: the line, no newline
 * @size: bytes
 *
 * What the manager does not take at once is dropped.
 */
void ffav_mm_log(const char *text, size_t size);

/**
 * ffav_mm_fail() - Give up: say why, and tell the manager with FFA_ERROR.
 * @why: a sentence
 *
 * Where the manager does not end the partition there, it waits for requests and refuses each.
 */
_Noreturn void ffav_mm_fail(const char *why);

/**
 * ffav_mm_loop() - End the initialisation with FFA_MSG_WAIT, then answer direct requests.
 * @service: what answers them, or NULL: all of them are refused
 * @console_log: refusals go to the manager, at most one per request
 */
_Noreturn void ffav_mm_loop(struct ffav_service *service, bool console_log);

#endif
