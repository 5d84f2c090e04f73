// SPDX-License-Identifier: BSD-3-Clause
/* QueryVariableInfo(), UEFI 2.10 section 8.2.4, and the size of messages. */
#include "secure/variables/internal.h"

efi_status_t ffav_var_query_info(struct ffav_var_request *r)
{
	struct ffav_store_space space;
	struct ffav_var_info info;
	efi_status_t status;

	if (!ffav_var_info_decode(r->payload, r->size, &info))
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "the message is cut off at byte", r->size);
	status = ffav_var_attributes_check(r, info.attributes);
	if (status)
		return status;
	if (!(info.attributes & FFAV_VAR_ACCESS_BITS))
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER, "no access attributes",
				       info.attributes);
	if (!ffav_var_visible(r->v, info.attributes))
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "boot-only attributes at runtime", info.attributes);

	ffav_var_quota_space(r->v, info.attributes, &space);
	info.max_storage = space.total;
	info.remaining = space.total - space.used;
	info.max_variable =
		space.largest < r->v->config.data_max ? space.largest : r->v->config.data_max;
	(void)ffav_var_info_encode(r->payload, r->capacity, &info);
	r->reply = FFAV_VAR_INFO_SIZE;
	return EFI_SUCCESS;
}

efi_status_t ffav_var_payload_size(struct ffav_var_request *r)
{
	if (r->size < FFAV_VAR_PAYLOAD_SIZE_SIZE)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "the message is cut off at byte", r->size);
	ffav_put64(r->payload, r->v->config.payload_max);
	r->reply = FFAV_VAR_PAYLOAD_SIZE_SIZE;
	return EFI_SUCCESS;
}
