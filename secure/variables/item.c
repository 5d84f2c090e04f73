// SPDX-License-Identifier: BSD-3-Clause
/* Stored variables: found, compared and changed. */
#include "secure/variables/internal.h"

efi_status_t ffav_var_find(struct ffav_variables *v, const struct ffav_var_key *key,
			   struct ffav_var_item *item)
{
	item->store = v->nonvolatile;
	item->id = ffav_store_find(item->store, key->bytes, key->size);
	if (!item->id) {
		item->store = v->volatiles;
		item->id = ffav_store_find(item->store, key->bytes, key->size);
	}
	if (item->id && ffav_store_meta(item->store, item->id, &item->meta) != FFAV_STORE_OK)
		return EFI_DEVICE_ERROR;
	return EFI_SUCCESS;
}

bool ffav_var_same_data(const struct ffav_var_item *item, const uint8_t *data, size_t size)
{
	uint8_t piece[256];

	if (item->meta.data_size != size)
		return false;
	for (size_t done = 0, n; done < size; done += n) {
		n = size - done < sizeof(piece) ? size - done : sizeof(piece);
		if (ffav_store_read(item->store, item->id, done, piece, n) != FFAV_STORE_OK ||
		    memcmp(piece, data + done, n) != 0)
			return false;
	}
	return true;
}

efi_status_t ffav_var_commit(const struct ffav_var_request *r, struct ffav_store *store,
			     const struct ffav_store_change *change)
{
	int result = ffav_store_commit(store, change, 1);
	uint64_t size = change->data[0].size + change->data[1].size;

	switch (result) {
	case FFAV_STORE_OK:
		return EFI_SUCCESS;
	case FFAV_STORE_NO_SPACE:
		return ffav_var_refuse(r, EFI_OUT_OF_RESOURCES, "no space for data of size",
				       size);
	case FFAV_STORE_NO_INDEX:
		return ffav_var_refuse(r, EFI_OUT_OF_RESOURCES,
				       "too many variables, data of size", size);
	case FFAV_STORE_INVALID:
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "larger than the store takes, data of size", size);
	default:
		return ffav_var_refuse(r, EFI_DEVICE_ERROR, "the store failed with result",
				       (uint64_t)(int64_t)result);
	}
}
