// SPDX-License-Identifier: BSD-3-Clause
/* Stored variables: found, compared and changed. */
#include "secure/variables/internal.h"

efi_status_t ffav_var_find(struct ffav_variables *v, const struct ffav_var_key *key,
			   struct ffav_var_item *item)
{
	int result;

	item->hash = ffav_store_hash(key->bytes, key->size);
	item->store = v->nonvolatile;
	result = ffav_store_lookup(item->store, key->bytes, key->size, item->hash, &item->id,
				   &item->meta);
	if (result == FFAV_STORE_NOT_FOUND) {
		item->store = v->volatiles;
		result = ffav_store_lookup(item->store, key->bytes, key->size, item->hash,
					   &item->id, &item->meta);
	}
	return result == FFAV_STORE_IO_ERROR ? EFI_DEVICE_ERROR : EFI_SUCCESS;
}

bool ffav_var_same_data(const struct ffav_var_item *item, const uint8_t *data, size_t size)
{
	uint8_t piece[256];

	if (item->meta.data_size != size)
		return false;
	if (item->meta.data)
		return !memcmp(item->meta.data, data, size);
	for (size_t done = 0, n; done < size; done += n) {
		n = size - done < sizeof(piece) ? size - done : sizeof(piece);
		if (ffav_store_read(item->store, item->id, done, piece, n) != FFAV_STORE_OK ||
		    memcmp(piece, data + done, n) != 0)
			return false;
	}
	return true;
}

efi_status_t ffav_var_commit(const struct ffav_var_request *r, struct ffav_store *store,
			     const struct ffav_store_change *changes, size_t count)
{
	int result = ffav_store_commit(store, changes, count);
	uint64_t size = changes->data[0].size + changes->data[1].size;

	switch (result) {
	case FFAV_STORE_OK:
		return EFI_SUCCESS;
	case FFAV_STORE_NO_SPACE:
		return ffav_var_refuse(r, EFI_OUT_OF_RESOURCES,
				       changes->keep ? "no space beside what is set apart, for "
						       "data of size"
						     : "no space for data of size",
				       size);
	case FFAV_STORE_NO_INDEX:
		return ffav_var_refuse(r, EFI_OUT_OF_RESOURCES,
				       changes->keep_items ? "too many variables beside what "
							     "is set apart, data of size"
							   : "too many variables, data of size",
				       size);
	case FFAV_STORE_INVALID:
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "larger than the store takes, data of size", size);
	case FFAV_STORE_COUNTER:
		return ffav_var_refuse(r, EFI_DEVICE_ERROR,
				       "the monotonic counter fails, data of size", size);
	default:
		return ffav_var_refuse(r, EFI_DEVICE_ERROR, "the store failed with result",
				       (uint64_t)(int64_t)result);
	}
}

efi_status_t ffav_var_load(const struct ffav_var_request *r, const struct ffav_var_item *item,
			   struct ffav_bytes *data)
{
	uint32_t size = item->meta.data_size;

	/* An image that was made elsewhere may hold more than this service would write. */
	if (size > r->v->config.data_max ||
	    ffav_store_read(item->store, item->id, 0, r->v->config.scratch, size) !=
		    FFAV_STORE_OK)
		return ffav_var_refuse(r, EFI_DEVICE_ERROR, "unreadable data of size", size);
	*data = (struct ffav_bytes){.data = r->v->config.scratch, .size = size};
	return EFI_SUCCESS;
}
