// SPDX-License-Identifier: BSD-3-Clause
/* GetNextVariableName(); UEFI 2.10 section 8.2.2. */
#include "secure/variables/internal.h"

/*
 * Where a key goes in the payload: its GUID lies over the GUID's second half and the NameSize
 * field, so that its name is in the name's place already.
 */
#define KEY_OFFSET (FFAV_VAR_NEXT_SIZE - FFAV_VAR_GUID_SIZE)

/* Could a client name this item? Anything else in a store (locks, foreign items) is passed over. */
static bool nameable(const struct ffav_variables *v, size_t key_size)
{
	return key_size > FFAV_VAR_GUID_SIZE && key_size % 2 == 0 &&
	       ffav_var_key_name_size(key_size) <= v->config.name_max;
}

/*
 * The next visible variable of @store behind @id. Its key is copied into the payload, with a
 * terminator behind it, where @room has space for the key.
 *
 * Return: the size of its key, 0 at the end of the store.
 */
static size_t next_stored(struct ffav_var_request *r, struct ffav_store *store,
			  ffav_store_id id, size_t room)
{
	uint8_t *key = r->payload + KEY_OFFSET;
	uint32_t attributes;

	for (;;) {
		int result = ffav_store_step(store, &id, &attributes, key, room);
		size_t size = (size_t)result;

		if (!id)
			return 0;
		if (result < 0 || !ffav_var_visible(r->v, attributes) || !nameable(r->v, size))
			continue;
		if (size > room)
			return size;
		/* The computed ones have their own place in the order. */
		ffav_put16(key + size, 0);
		if (ffav_name_check(key + FFAV_VAR_GUID_SIZE, ffav_var_key_name_size(size)) &&
		    ffav_var_state_find(key, size) < 0)
			return size;
	}
}

/* The order is: NV variables, volatile variables, computed variables. */
static size_t next_key(struct ffav_var_request *r, const struct ffav_var_item *item, int number,
		       size_t room)
{
	size_t size = 0;

	if (item->store == r->v->nonvolatile)
		size = next_stored(r, item->store, item->id, room);
	if (!size && number < 0)
		size = next_stored(r, r->v->volatiles,
				   item->store == r->v->volatiles ? item->id : 0, room);
	if (!size)
		size = ffav_var_state_key(number + 1, r->payload + KEY_OFFSET, room);
	return size;
}

efi_status_t ffav_var_next(struct ffav_var_request *r)
{
	uint8_t *name = r->payload + FFAV_VAR_NEXT_SIZE;
	struct ffav_var_item item;
	struct ffav_var_next n;
	struct ffav_var_key key;
	struct efi_guid guid;
	efi_status_t status;
	size_t size, key_size;
	size_t room;
	int number = -1;

	if (!ffav_var_next_decode(r->payload, r->size, &n))
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "the message is cut off at byte", r->size);
	size = ffav_name_length(name, n.name_room);
	if (!size)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "the name is not terminated, bytes", n.name_size);
	memcpy(&guid, n.guid, sizeof(guid));

	item.store = r->v->nonvolatile;
	item.id = 0;
	if (size > 2) {
		key = ffav_var_key_make(name, size, n.guid);
		number = ffav_var_state_find(key.bytes, key.size);
		item.store = NULL;
		if (number < 0) {
			status = ffav_var_find(r->v, &key, &item);
			if (status)
				return ffav_var_refuse(r, status, "unreadable item", item.id);
			if (!item.id || !ffav_var_visible(r->v, item.meta.attributes))
				return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
						       "no such variable, name of size", size);
		}
	}

	/* The terminator needs two bytes behind the key. */
	room = r->capacity < FFAV_VAR_NEXT_SIZE + 2 ? 0 : r->capacity - KEY_OFFSET - 2;
	key_size = next_key(r, &item, number, room);
	if (!key_size)
		return EFI_NOT_FOUND;
	size = (size_t)ffav_var_key_name_size(key_size);
	if (size > n.name_size) {
		(void)ffav_var_next_encode(r->payload, r->capacity, &guid, size, NULL, 0);
		r->reply = FFAV_VAR_NEXT_SIZE;
		return EFI_BUFFER_TOO_SMALL;
	}
	if (key_size > room)
		return ffav_var_refuse(r, EFI_INVALID_PARAMETER,
				       "the buffer has no room for a name of size", size);
	ffav_put16(name + size - 2, 0);
	memcpy(&guid, r->payload + KEY_OFFSET, sizeof(guid));
	(void)ffav_var_next_encode(r->payload, r->capacity, &guid, size, name, size);
	r->reply = FFAV_VAR_NEXT_SIZE + size;
	return EFI_SUCCESS;
}
