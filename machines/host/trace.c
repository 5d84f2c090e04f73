// SPDX-License-Identifier: BSD-3-Clause
#include "machines/host/trace.h"

#include "abi/variable.h"
#include "machines/host/describe.h"

#include <inttypes.h>

static const struct {
	efi_status_t status;
	const char *name;
} statuses[] = {
	{EFI_SUCCESS, "SUCCESS"},
	{EFI_INVALID_PARAMETER, "INVALID_PARAMETER"},
	{EFI_UNSUPPORTED, "UNSUPPORTED"},
	{EFI_BAD_BUFFER_SIZE, "BAD_BUFFER_SIZE"},
	{EFI_BUFFER_TOO_SMALL, "BUFFER_TOO_SMALL"},
	{EFI_NOT_READY, "NOT_READY"},
	{EFI_DEVICE_ERROR, "DEVICE_ERROR"},
	{EFI_WRITE_PROTECTED, "WRITE_PROTECTED"},
	{EFI_OUT_OF_RESOURCES, "OUT_OF_RESOURCES"},
	{EFI_NOT_FOUND, "NOT_FOUND"},
	{EFI_ACCESS_DENIED, "ACCESS_DENIED"},
	{EFI_ALREADY_STARTED, "ALREADY_STARTED"},
	{EFI_ABORTED, "ABORTED"},
	{EFI_SECURITY_VIOLATION, "SECURITY_VIOLATION"},
};

static const char *const variable_functions[] = {
	[FFAV_VAR_GET] = "GetVariable",
	[FFAV_VAR_GET_NEXT_NAME] = "GetNextVariableName",
	[FFAV_VAR_SET] = "SetVariable",
	[FFAV_VAR_QUERY_INFO] = "QueryVariableInfo",
	[FFAV_VAR_READY_TO_BOOT] = "ReadyToBoot",
	[FFAV_VAR_EXIT_BOOT_SERVICES] = "ExitBootServices",
	[FFAV_VAR_STATISTICS] = "statistics",
	[FFAV_VAR_LOCK] = "lock variable",
	[FFAV_VAR_CHECK_PROPERTY_SET] = "set property",
	[FFAV_VAR_CHECK_PROPERTY_GET] = "get property",
	[FFAV_VAR_PAYLOAD_SIZE] = "payload size",
	[FFAV_VAR_CACHE_CONTEXT] = "runtime cache context",
	[FFAV_VAR_CACHE_SYNC] = "runtime cache sync",
	[FFAV_VAR_CACHE_INFO] = "runtime cache info",
};

const char *ffav_status_name(efi_status_t status)
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		if (statuses[i].status == status)
			return statuses[i].name;
	}
	return NULL;
}

static void put_guid(FILE *out, const uint8_t *g)
{
	fprintf(out, "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x", ffav_get32(g),
		ffav_get16(g + 4), ffav_get16(g + 6), g[8], g[9], g[10], g[11], g[12], g[13],
		g[14], g[15]);
}

/* Names go to a terminal: what is not plain ASCII is escaped. */
static void put_name(FILE *out, const uint8_t *name, size_t size)
{
	for (size_t i = 0; i + 1 < size; i += 2) {
		unsigned int c = ffav_get16(name + i);

		if (!c)
			return;
		if (c >= 0x20 && c < 0x7f)
			fputc((int)c, out);
		else
			fprintf(out, "\\u%04x", c);
	}
}

static void put_status(FILE *out, efi_status_t status)
{
	const char *name = ffav_status_name(status);

	if (name)
		fprintf(out, ", %s", name);
	else
		fprintf(out, ", status 0x%" PRIx64, status);
}

static void put_access(FILE *out, const uint8_t *in, size_t size)
{
	struct ffav_var_access a;

	if (!ffav_var_access_decode(in, size, false, &a))
		return;
	fputs(", ", out);
	put_guid(out, a.guid);
	fputc('-', out);
	put_name(out, a.name, (size_t)a.name_size);
	fprintf(out, ", attributes 0x%" PRIx32 ", data %" PRIu64 " bytes", a.attributes,
		a.data_size);
}

static void put_next(FILE *out, const uint8_t *in, size_t size)
{
	struct ffav_var_next n;

	if (!ffav_var_next_decode(in, size, &n))
		return;
	fputs(", ", out);
	put_guid(out, n.guid);
	fputc('-', out);
	put_name(out, n.name, n.name_room);
	fprintf(out, ", name %" PRIu64 " bytes", n.name_size);
}

static void put_info(FILE *out, const uint8_t *in, size_t size)
{
	struct ffav_var_info i;

	if (!ffav_var_info_decode(in, size, &i))
		return;
	fprintf(out,
		", attributes 0x%" PRIx32 ", storage %" PRIu64 ", remaining %" PRIu64
		", largest %" PRIu64 " bytes",
		i.attributes, i.max_storage, i.remaining, i.max_variable);
}

static void put_variable_message(FILE *out, const uint8_t *in, size_t size, bool reply)
{
	uint64_t function = ffav_var_function(in);
	efi_status_t status = ffav_var_status(in);
	const uint8_t *payload = in + FFAV_VAR_HEADER_SIZE;
	size_t payload_size = size - FFAV_VAR_HEADER_SIZE;
	bool whole = !reply || status == EFI_SUCCESS;

	if (function < sizeof(variable_functions) / sizeof(variable_functions[0]) &&
	    variable_functions[function])
		fputs(variable_functions[function], out);
	else
		fprintf(out, "variable function %" PRIu64, function);
	if (reply)
		put_status(out, status);
	if (function == FFAV_VAR_GET || (function == FFAV_VAR_SET && !reply))
		put_access(out, payload, payload_size);
	else if (function == FFAV_VAR_GET_NEXT_NAME && whole)
		put_next(out, payload, payload_size);
	else if (function == FFAV_VAR_QUERY_INFO && whole)
		put_info(out, payload, payload_size);
	else if (function == FFAV_VAR_PAYLOAD_SIZE && reply && payload_size >= 8)
		fprintf(out, ", %" PRIu64 " bytes", ffav_get64(payload));
}

/* The message is in memory that others may change: decode a copy. */
static void put_message(const struct ffav_trace *t, bool reply)
{
	static const struct efi_guid variable = MM_VARIABLE_GUID;
	static uint8_t copy[FFAV_HOST_BUFFER_SIZE_MAX];
	struct ffav_host_memory *memory = ffav_host_memory(t->machine);
	struct ffav_mm_header h;
	size_t room;

	if (t->offset >= memory->buffer_size)
		return;
	room = memory->buffer_size - (size_t)t->offset;
	memcpy(copy, ffav_memory_ram(memory, FFAV_HOST_BUFFER + t->offset, room), room);
	fprintf(t->out, "%30s%s: ", "", reply ? "reply" : "message");
	if (!ffav_mm_header_decode(copy, room, &h)) {
		fputs("not an MM message that fits in the buffer\n", t->out);
		return;
	}
	if (ffav_guid_equal(h.guid, &variable) && h.data_size >= FFAV_VAR_HEADER_SIZE) {
		put_variable_message(t->out, copy + h.header_size, (size_t)h.data_size, reply);
		fprintf(t->out, " (%zu bytes)\n", h.header_size + (size_t)h.data_size);
		return;
	}
	fputs("for ", t->out);
	put_guid(t->out, h.guid);
	fprintf(t->out, ", %" PRIu64 " bytes\n", h.data_size);
}

static bool is_doorbell(uint64_t x0)
{
	return (uint32_t)x0 == FFA_MSG_SEND_DIRECT_REQ_64 ||
	       (uint32_t)x0 == FFA_MSG_SEND_DIRECT_REQ2;
}

static bool is_answer(uint64_t x0)
{
	return (uint32_t)x0 == FFA_MSG_SEND_DIRECT_RESP_64 ||
	       (uint32_t)x0 == FFA_MSG_SEND_DIRECT_RESP2;
}

static uint64_t message_offset(const struct ffav_smc_regs *regs)
{
	uint64_t where =
		(uint32_t)regs->x[0] == FFA_MSG_SEND_DIRECT_REQ2 ? regs->x[4] : regs->x[3];

	return where >= FFAV_HOST_BUFFER ? where - FFAV_HOST_BUFFER : where;
}

static const char *event_name(enum ffav_host_event_kind kind)
{
	switch (kind) {
	case FFAV_HOST_STARTED:
		return "started";
	case FFAV_HOST_PREEMPTED:
		return "preempted by an interrupt";
	case FFAV_HOST_RESUMED:
		return "resumed";
	default:
		return "";
	}
}

static void put_event(struct ffav_trace *t, const struct ffav_host_event *event)
{
	switch (event->kind) {
	case FFAV_HOST_SMC:
		t->smc = (uint32_t)event->regs->x[0];
		ffav_describe_call(t->out, event->regs);
		break;
	case FFAV_HOST_SVC:
		t->svc = (uint32_t)event->regs->x[0];
		ffav_describe_call(t->out, event->regs);
		break;
	case FFAV_HOST_SMC_RETURN:
		ffav_describe_result(t->out, t->smc, event->regs);
		break;
	case FFAV_HOST_SVC_RETURN:
		ffav_describe_result(t->out, t->svc, event->regs);
		break;
	case FFAV_HOST_STARTED:
	case FFAV_HOST_PREEMPTED:
	case FFAV_HOST_RESUMED:
		fprintf(t->out, "0x%04x is %s", event->partition_id, event_name(event->kind));
		break;
	}
	fputc('\n', t->out);
}

void ffav_trace_event(void *context, const struct ffav_host_event *event)
{
	static const char *const roads[] = {
		[FFAV_HOST_STARTED] = "manager   -> partition",
		[FFAV_HOST_SMC] = "normal    -> manager  ",
		[FFAV_HOST_SMC_RETURN] = "normal    <- manager  ",
		[FFAV_HOST_SVC] = "manager   <- partition",
		[FFAV_HOST_SVC_RETURN] = "manager   -> partition",
		[FFAV_HOST_PREEMPTED] = "manager   <- partition",
		[FFAV_HOST_RESUMED] = "manager   -> partition",
	};
	struct ffav_trace *t = context;

	fprintf(t->out, "cpu%u %s  ", event->cpu, roads[event->kind]);
	put_event(t, event);
	if (!t->machine)
		return;
	if (event->kind == FFAV_HOST_SMC && is_doorbell(event->regs->x[0])) {
		t->offset = message_offset(event->regs);
		t->pending = true;
		put_message(t, false);
	} else if (event->kind == FFAV_HOST_SMC_RETURN && t->pending &&
		   is_answer(event->regs->x[0])) {
		t->pending = false;
		put_message(t, true);
	}
}
