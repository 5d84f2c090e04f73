// SPDX-License-Identifier: BSD-3-Clause
/* GetVariable(); UEFI 2.10 section 8.2.1. */
#include "secure/variables/internal.h"

efi_status_t ffav_var_get(struct ffav_var_request *r)
{
	uint8_t computed[FFAV_VAR_STATE_DATA_MAX];
	uint8_t *name = r->payload + FFAV_VAR_ACCESS_SIZE;
	struct ffav_var_access a;
	struct ffav_var_item item;
	struct ffav_var_key key;
	uint64_t room, size;
	efi_status_t status;
	int number;

	if (!ffav_var_access_decode(r->payload, r->size, false, &a))
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "the message is cut off at byte", r->size);
	/* No variable has the empty name; asking for it is not malformed. */
	if (a.name_size == 2 && !ffav_get16(name))
		return EFI_NOT_FOUND;
	if (!ffav_name_check(name, a.name_size))
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "the name is not terminated, bytes", a.name_size);
	if (a.name_size > r->v->config.name_max)
		return EFI_NOT_FOUND;

	room = a.data_size;
	key = ffav_var_key_make(name, (size_t)a.name_size, a.guid);
	number = ffav_var_state_find(key.bytes, key.size);
	if (number >= 0) {
		a.attributes = FFAV_VAR_STATE_ATTRIBUTES;
		size = ffav_var_state_read(r->v, number, computed);
	} else {
		status = ffav_var_find(r->v, &key, &item);
		if (status)
			return ffav_var_refuse(r, status, "unreadable item", item.id);
		if (!item.id || !ffav_var_visible(r->v, item.meta.attributes))
			return EFI_NOT_FOUND;
		a.attributes = item.meta.attributes;
		size = item.meta.data_size;
	}

	/* Attributes and the size needed are part of the answer "too small", too. */
	a.guid = key.bytes;
	a.data_size = size > room ? 0 : size;
	r->reply = ffav_var_access_encode(r->payload, r->capacity, &a);
	if (!r->reply)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "the buffer has no room for data of size", size);
	if (size > room) {
		ffav_put64(r->payload + FFAV_VAR_GUID_SIZE, size);
		return EFI_BUFFER_TOO_SMALL;
	}
	if (number >= 0) {
		memcpy(r->payload + r->reply, computed, (size_t)size);
	} else if (item.meta.data) {
		memcpy(r->payload + r->reply, item.meta.data, (size_t)size);
	} else if (ffav_store_read(item.store, item.id, 0, r->payload + r->reply,
				   (size_t)size) != FFAV_STORE_OK) {
		r->reply = 0;
		return ffav_var_refuse(r, EFI_DEVICE_ERROR, "unreadable data of size", size);
	}
	r->reply += (size_t)size;
	return EFI_SUCCESS;
}
