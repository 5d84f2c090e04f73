// SPDX-License-Identifier: BSD-3-Clause
/*
 * Who may use how much of the NV store; UEFI 2.10 section 8.2.4.
 *
 * Hardware error records have a part of their own: they take no more, and others leave it to
 * them. After ExitBootServices a part is left to the firmware, so that an operating system that
 * fills the store does not keep the next boot from writing what it has to. The store itself
 * counts what all of them use; only the error records are counted here, once at the start and
 * then with each change.
 */
#include "secure/variables/internal.h"

/* Does a variable with these attributes count as a hardware error record? */
static bool is_error_record(const struct ffav_variables *v, uint32_t attributes)
{
	return attributes & EFI_VARIABLE_HARDWARE_ERROR_RECORD && v->config.error_record_size;
}

static uint32_t change_size(const struct ffav_store_change *c)
{
	return ffav_store_item_size(c->key_size, c->time, c->signer_size,
				    c->data[0].size + c->data[1].size);
}

/* What is left of the part of the error records, bytes. */
static uint32_t error_records_left(const struct ffav_variables *v)
{
	uint32_t size = v->config.error_record_size;

	return v->error_records < size ? size - v->error_records : 0;
}

/*
 * Bytes that must stay free behind a write. What the firmware has taken of its own part
 * already is not asked of an error record, whose part is another.
 */
static uint32_t keep_free(const struct ffav_variables *v, bool error_record)
{
	uint32_t boot = v->at_runtime ? v->config.boot_size : 0;
	uint32_t left = error_records_left(v);
	struct ffav_store_space space;

	if (!error_record)
		return left + boot;
	if (!boot)
		return 0;
	ffav_store_space_beside(v->nonvolatile, left, 0, &space);
	return space.total - space.used < boot ? (uint32_t)(space.total - space.used) : boot;
}

static uint32_t keep_items(const struct ffav_variables *v)
{
	return v->at_runtime ? v->config.boot_items : 0;
}

void ffav_var_quota_init(struct ffav_variables *v)
{
	struct ffav_store *store = v->nonvolatile;
	struct ffav_store_meta meta;

	v->error_records = 0;
	for (ffav_store_id id = ffav_store_next(store, 0); id;
	     id = ffav_store_next(store, id)) {
		/* What an item takes is known also where its data cannot be read. */
		(void)ffav_store_meta(store, id, &meta);
		if (is_error_record(v, meta.attributes))
			v->error_records += ffav_store_item_size(
				meta.key_size, meta.has_time, meta.signer_size, meta.data_size);
	}
}

efi_status_t ffav_var_quota_commit(const struct ffav_var_request *r, struct ffav_store *store,
				   const struct ffav_var_item *item,
				   struct ffav_store_change *changes, size_t count)
{
	struct ffav_variables *v = r->v;
	const struct ffav_store_meta *m = &item->meta;
	bool error_record =
		is_error_record(v, item->id ? m->attributes : changes[0].attributes);
	uint32_t old = 0, new = 0;
	efi_status_t status;

	if (store != v->nonvolatile)
		return ffav_var_commit(r, store, changes, count);
	if (error_record) {
		if (item->id)
			old = ffav_store_item_size(m->key_size, m->has_time, m->signer_size,
						   m->data_size);
		if (!changes[0].remove)
			new = change_size(&changes[0]);
		if (new > old &&new - old > error_records_left(v))
			return ffav_var_refuse(
				r, EFI_OUT_OF_RESOURCES,
				"hardware error records have no more space for bytes", new);
	}
	changes[0].keep = keep_free(v, error_record);
	changes[0].keep_items = keep_items(v);
	status = ffav_var_commit(r, store, changes, count);
	if (!status && error_record)
		v->error_records += new - old;
	return status;
}

void ffav_var_quota_space(const struct ffav_variables *v, uint32_t attributes,
			  struct ffav_store_space *space)
{
	uint32_t left = error_records_left(v);
	bool error_record = is_error_record(v, attributes);
	uint64_t room, overhead;

	if (!(attributes & EFI_VARIABLE_NON_VOLATILE)) {
		ffav_store_space(v->volatiles, space);
		return;
	}
	ffav_store_space_beside(v->nonvolatile, keep_free(v, error_record), keep_items(v),
				space);
	room = space->total - space->used;
	if (error_record) {
		/* The longest name is not known; the largest data leaves room for it. */
		overhead =
			ffav_store_item_size(FFAV_STORE_KEY_MAX, true, FFAV_VAR_SIGNER_SIZE, 0);
		space->total = v->config.error_record_size;
		if (room > left)
			room = left;
		if (left < overhead)
			space->largest = 0;
		else if (space->largest > left - overhead)
			space->largest = left - overhead;
	} else {
		left = v->config.error_record_size + (v->at_runtime ? v->config.boot_size : 0);
		space->total = space->total > left ? space->total - left : 0;
		if (room > space->total)
			room = space->total;
	}
	space->used = space->total - room;
}
