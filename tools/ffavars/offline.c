// SPDX-License-Identifier: BSD-3-Clause
#define _POSIX_C_SOURCE 200809L
#include "tools/ffavars/offline.h"

#include <inttypes.h>
#include <stdlib.h>

#include "secure/variables/variables.h"

/* The first byte of the window that erased flash would not have. */
static size_t first_byte(const struct offline *o)
{
	size_t i = 0;

	while (i < o->image->window_size && o->nor.cells[i] == 0xff)
		i++;
	return i;
}

static bool window_is_blank(const struct offline *o)
{
	return first_byte(o) == o->image->window_size;
}

static void tell_why(const struct offline *o, int result)
{
	const struct image *image = o->image;

	switch (result) {
	case FFAV_STORE_FOREIGN:
		message("%s holds no variable store: its window of %zu bytes at offset 0x%zx "
			"has "
			"no sector header that is right, but other data from offset 0x%zx on. "
			"Nothing was changed.",
			image->path, image->window_size, image->window,
			image->window + first_byte(o));
		break;
	case FFAV_STORE_VERSION:
		message("The store at offset 0x%zx of %s is of a format version that this "
			"tool does not know. Use the tool that came with the firmware that "
			"wrote it. Nothing was changed.",
			image->window, image->path);
		break;
	case FFAV_STORE_INVALID:
		message("A store has at least 8 sectors of at least 1024 bytes, programmed in "
			"units of 4, 16 or 32; the window of %s at offset 0x%zx has %zu of "
			"%" PRIu32 " in units of %" PRIu32 ".",
			image->path, image->window, image->window_size / image->sector_size,
			image->sector_size, image->program_unit);
		break;
	default:
		message("The store at offset 0x%zx of %s cannot be read (result %d). 'ffavars "
			"fsck' says more.",
			image->window, image->path, result);
		break;
	}
}

enum exit_status no_memory(void)
{
	message("There is no memory.");
	return STATUS_IMAGE;
}

/* Holds the store against its counter. Return: false after a message. */
static bool bind(struct offline *o, bool rebind)
{
	const struct ffav_counter *counter = image_counter(o->image);
	int result;

	if (ffav_store_epoch(&o->store, &o->epoch))
		o->epoch = 0;
	if (!counter)
		return true;
	if (counter->read(counter->context, &o->counted))
		o->counted = 0;
	result = ffav_store_bind(&o->store, counter, rebind);
	if (!result) {
		o->rebound = o->epoch < o->counted || o->epoch - o->counted > 1;
		return true;
	}
	if (result == FFAV_STORE_ROLLED_BACK)
		message("The store at offset 0x%zx of %s is older than its counter says: it "
			"is at %" PRIu64 ", the counter in %s at %" PRIu64 ". An earlier "
			"image was put in its place. --rebind takes it as it is.",
			o->image->window, o->image->path, o->epoch, o->image->counter_path,
			o->counted);
	else if (result == FFAV_STORE_COUNTER)
		message("The counter in %s cannot be read, or is not the one that the store "
			"in %s, which is at %" PRIu64 ", was used with.",
			o->image->counter_path, o->image->path, o->epoch);
	else
		message("The store in %s cannot be bound to the counter in %s (result %d).",
			o->image->path, o->image->counter_path, result);
	return false;
}

/* An erased flash is a new one, unless the counter knows of a store. */
static bool may_be_blank(const struct offline *o, bool rebind)
{
	const struct ffav_counter *counter = image_counter(o->image);
	uint64_t value = 0;

	if (!counter || rebind || (!counter->read(counter->context, &value) && !value))
		return true;
	message("The window of %s is erased flash, but the counter in %s, at %" PRIu64
		", says that it held a store. --rebind begins a new one.",
		o->image->path, o->image->counter_path, value);
	return false;
}

enum exit_status offline_open(struct offline *o, struct image *image, bool rebind)
{
	struct ffav_flash *flash = &o->nor.flash;
	size_t size;
	int result;

	memset(o, 0, sizeof(*o));
	o->image = image;
	if (image_flash(image, &o->nor))
		return STATUS_IMAGE;
	size = ffav_store_memory(flash, VARIABLES_MAX);
	o->memory = aligned_alloc(sizeof(uint64_t), (size_t)ffav_align_up(size, 8));
	if (!o->memory) {
		no_memory();
		goto fail;
	}
	result = ffav_store_mount(&o->store, flash, o->memory, size);
	if (result == FFAV_STORE_FOREIGN && window_is_blank(o)) {
		o->blank = true;
		if (!may_be_blank(o, rebind))
			goto fail;
	} else if (result) {
		tell_why(o, result);
		goto fail;
	} else if (!bind(o, rebind)) {
		goto fail;
	}
	return STATUS_DONE;
fail:
	offline_close(o);
	return STATUS_IMAGE;
}

const char *offline_mode(const struct offline *o)
{
	if (o->mode == FFAV_VARIABLES_MODE_AUDIT)
		return "audit";
	return o->mode == FFAV_VARIABLES_MODE_DEPLOYED ? "deployed" : NULL;
}

void offline_close(struct offline *o)
{
	free(o->memory);
	ffav_nor_close(&o->nor);
	memset(o, 0, sizeof(*o));
}

static bool is_mode(const struct unreadable *u)
{
	return u->key_size == 1 && u->key[0] == FFAV_VARIABLES_MODE_KEY;
}

const char *unreadable_label(const struct unreadable *u, char *out, size_t room)
{
	uint16_t name[FFAV_STORE_KEY_MAX / 2 + 1];
	struct variable v = {.name = name};
	size_t guid_size = sizeof(v.guid);

	if (is_mode(u)) {
		snprintf(out, room, "the Secure Boot mode (audit or deployed)");
		return out;
	}
	if (u->key_size <= guid_size) {
		snprintf(out, room, "an item with a key of %zu bytes", u->key_size);
		return out;
	}
	memcpy(&v.guid, u->key, guid_size);
	v.name_length = (u->key_size - guid_size) / 2;
	for (size_t i = 0; i < v.name_length; i++)
		name[i] = ffav_get16(u->key + guid_size + 2 * i);
	name[v.name_length] = 0;
	return variable_label(&v, out, room);
}

/* The mode that the service keeps. Return: NULL, or why it cannot be. */
static const char *read_mode(struct offline *o, ffav_store_id id)
{
	struct ffav_store_meta meta;
	uint8_t mode = 0;

	if (ffav_store_meta(&o->store, id, &meta))
		return "its record has a wrong checksum";
	if (meta.data_size != sizeof(mode) ||
	    ffav_store_read(&o->store, id, 0, &mode, sizeof(mode)))
		return "its data is not one byte that can be read";
	if (mode != FFAV_VARIABLES_MODE_AUDIT && mode != FFAV_VARIABLES_MODE_DEPLOYED)
		return "there is no such mode";
	o->mode = mode;
	return NULL;
}

/* Why a key is none of a variable, or NULL. */
static const char *wrong_key(const uint8_t *key, size_t size)
{
	size_t guid_size = sizeof(struct efi_guid);

	if (size <= guid_size || size % 2)
		return "its key is not a GUID and a name";
	if ((size - guid_size) / 2 > NAME_MAX_CHARACTERS)
		return "its name is too long";
	for (size_t i = guid_size; i < size; i += 2) {
		if (!ffav_get16(key + i))
			return "its name has a NUL inside";
	}
	return NULL;
}

/* Return: NULL, or why the item is no variable. */
static const char *read_item(struct offline *o, ffav_store_id id, struct unreadable *u,
			     struct variables *list, bool *memory)
{
	struct ffav_store_meta meta;
	struct variable *v;
	const char *why;
	int size = ffav_store_key(&o->store, id, u->key, sizeof(u->key));

	u->where = o->image->window + ffav_store_place(&o->store, id);
	u->key_size = size > 0 ? (size_t)size : 0;
	if (size < 0)
		return "its key cannot be read";
	if (is_mode(u))
		return read_mode(o, id);
	why = wrong_key(u->key, u->key_size);
	if (why)
		return why;
	if (ffav_store_meta(&o->store, id, &meta))
		return "its record has a wrong checksum";
	/* That is no variable, and nothing is wrong with it. */
	if (ffav_variables_is_deleted(meta.attributes))
		return NULL;
	v = variables_add(list, (u->key_size - sizeof(v->guid)) / 2, meta.data_size);
	*memory = v;
	if (!v)
		return "there is no memory";
	memcpy(&v->guid, u->key, sizeof(v->guid));
	for (size_t i = 0; i < v->name_length; i++)
		v->name[i] = ffav_get16(u->key + sizeof(v->guid) + 2 * i);
	v->where = o->image->window + ffav_store_place(&o->store, id);
	v->attributes = meta.attributes;
	v->has_time = meta.has_time;
	memcpy(v->time, meta.time, meta.has_time ? sizeof(v->time) : 0);
	v->signer_size = meta.signer_size;
	memcpy(v->signer, meta.signer, meta.signer_size);
	if (!ffav_store_read(&o->store, id, 0, v->data, v->size))
		return NULL;
	variables_drop(list, list->count - 1);
	return "its data cannot be read";
}

enum exit_status offline_read(struct offline *o, struct variables *list,
			      struct unreadable **bad, size_t *bad_count)
{
	struct unreadable u;
	size_t count = 0;

	if (o->blank)
		return STATUS_DONE;
	for (ffav_store_id id = ffav_store_next(&o->store, 0); id;
	     id = ffav_store_next(&o->store, id)) {
		struct unreadable *more;
		bool memory = true;
		char label[160];

		u.why = read_item(o, id, &u, list, &memory);
		if (!memory)
			return no_memory();
		if (!u.why)
			continue;
		if (!bad) {
			message("%s cannot be read: %s. 'ffavars fsck' shows all such "
				"variables, --force leaves them out.",
				unreadable_label(&u, label, sizeof(label)), u.why);
			return STATUS_IMAGE;
		}
		more = realloc(*bad, (count + 1) * sizeof(u));
		if (!more)
			return no_memory();
		more[count++] = u;
		*bad = more;
		*bad_count = count;
	}
	return STATUS_DONE;
}
