/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: What passes between the worlds, in words
 *
 * One line per SMC and SVC and their results, as a sequence between normal
 * world, manager and partition; where a direct message rings for an MM message
 * in the shared buffer, that message is decoded below it.
 */
#ifndef FFAV_HOST_TRACE_H
#define FFAV_HOST_TRACE_H

#include <stdio.h>

#include "machines/host/host.h"

/**
 * struct ffav_trace - A trace that is being written.
 * @out: where to
 * @machine: whose shared buffer holds the messages; may be set after the trace has started
 * @offset: where the last message started in the shared buffer, bytes
 * @smc: function id of the last SMC
 * @svc: function id of the last SVC
 * @pending: a message was sent and its reply has not come
 */
struct ffav_trace {
	FILE *out;
	struct ffav_host *machine;
	uint64_t offset;
	uint32_t smc;
	uint32_t svc;
	bool pending;
};

/** ffav_trace_event() - Write one step. @context: struct ffav_trace; fits &struct ffav_host_hooks.trace. */
void ffav_trace_event(void *context, const struct ffav_host_event *event);

/** ffav_status_name() - EFI_STATUS by its name in the specification without "EFI_", or NULL. */
const char *ffav_status_name(efi_status_t status);

#endif
