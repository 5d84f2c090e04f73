// SPDX-License-Identifier: BSD-3-Clause
/* Variable messages: which function, and the frame of every reply. */
#include "secure/variables/internal.h"

void ffav_variables_init(struct ffav_variables *v, const struct ffav_variables_config *config,
			 struct ffav_store *nonvolatile, struct ffav_store *volatiles)
{
	v->at_runtime = false;
	v->rules_closed = false;
	v->rules = 0;
	v->audit_rule = 0;
	v->deployed_rule = 0;
	v->policies = 0;
	v->policies_locked = false;
	v->policies_disabled = false;
	ffav_variables_resume(v, config, nonvolatile, volatiles);
}

/*
 * What holds until reset is not touched, not even for a moment: a fault in the walk over the
 * stored items starts the partition again with what is there then.
 */
void ffav_variables_resume(struct ffav_variables *v, const struct ffav_variables_config *config,
			   struct ffav_store *nonvolatile, struct ffav_store *volatiles)
{
	v->config = *config;
	if (v->config.name_max > FFAV_VARIABLES_NAME_MAX)
		v->config.name_max = FFAV_VARIABLES_NAME_MAX;
	v->nonvolatile = nonvolatile;
	v->volatiles = volatiles;
	ffav_var_quota_init(v);
}

void ffav_variables_end_of_dxe(struct ffav_variables *v)
{
	v->rules_closed = true;
}

void ffav_variables_enter_runtime(struct ffav_variables *v)
{
	v->rules_closed = true;
	v->at_runtime = true;
}

static efi_status_t call(struct ffav_var_request *r, const char *name,
			 efi_status_t (*handler)(struct ffav_var_request *r))
{
	r->call = name;
	return handler(r);
}

static efi_status_t dispatch(struct ffav_var_request *r, uint64_t function)
{
	switch (function) {
	case FFAV_VAR_GET:
		return call(r, "GetVariable", ffav_var_get);
	case FFAV_VAR_GET_NEXT_NAME:
		return call(r, "GetNextVariableName", ffav_var_next);
	case FFAV_VAR_SET:
		return call(r, "SetVariable", ffav_var_set);
	case FFAV_VAR_QUERY_INFO:
		return call(r, "QueryVariableInfo", ffav_var_query_info);
	case FFAV_VAR_READY_TO_BOOT:
		ffav_variables_end_of_dxe(r->v);
		return EFI_SUCCESS;
	case FFAV_VAR_EXIT_BOOT_SERVICES:
		ffav_variables_enter_runtime(r->v);
		return EFI_SUCCESS;
	case FFAV_VAR_LOCK:
		return call(r, "LockVariable", ffav_var_lock);
	case FFAV_VAR_CHECK_PROPERTY_SET:
		return call(r, "VarCheckPropertySet", ffav_var_property_set);
	case FFAV_VAR_CHECK_PROPERTY_GET:
		return call(r, "VarCheckPropertyGet", ffav_var_property_get);
	case FFAV_VAR_PAYLOAD_SIZE:
		return call(r, "GetPayloadSize", ffav_var_payload_size);
	default:
		r->call = "variable message";
		return ffav_var_refuse(r, EFI_UNSUPPORTED, "no such function", function);
	}
}

int ffav_variables_handle(struct ffav_variables *v, uint8_t *message, size_t size,
			  size_t capacity, size_t *reply_size)
{
	struct ffav_var_request r = {.v = v};
	uint64_t function;
	efi_status_t status;

	*reply_size = 0;
	if (size < FFAV_VAR_HEADER_SIZE || capacity < size) {
		ffav_report("variable message", "too short for its header, bytes", size);
		return MM_INVALID_PARAMETER;
	}
	r.payload = message + FFAV_VAR_HEADER_SIZE;
	r.size = size - FFAV_VAR_HEADER_SIZE;
	r.capacity = capacity - FFAV_VAR_HEADER_SIZE;
	function = ffav_var_function(message);
	status = dispatch(&r, function);
	ffav_var_header_encode(message, function, status);
	*reply_size = FFAV_VAR_HEADER_SIZE + r.reply;
	return MM_SUCCESS;
}
