// SPDX-License-Identifier: BSD-3-Clause
#include <inttypes.h>

#include "tools/ffavars/edk2.h"

static const struct efi_guid authenticated = EDK2_AUTHENTICATED_GUID;
static const struct efi_guid plain = EDK2_PLAIN_GUID;
static const struct efi_guid nv_data = EDK2_NV_DATA_GUID;

/**
 * struct record - Header of a record, decoded.
 * @state: EDK2_ADDED and others
 * @attributes: EFI_VARIABLE_*
 * @count: of a way of authentication that nobody uses any more
 * @time: 16 bytes, or NULL
 * @guid: 16 bytes
 * @name_size: bytes with the terminator
 * @data_size: bytes
 * @header_size: bytes in front of the name
 */
struct record {
	uint8_t state;
	uint32_t attributes;
	uint64_t count;
	const uint8_t *time;
	const uint8_t *guid;
	uint32_t name_size;
	uint32_t data_size;
	size_t header_size;
};

/**
 * struct reader - A variable store that is being read.
 * @file: the file
 * @base: where the volume or store begins in it, bytes
 * @end: behind the store
 * @has_times: its records have time stamps
 * @list: what was read
 * @p: what is wrong
 */
struct reader {
	const uint8_t *file;
	size_t base;
	size_t end;
	bool has_times;
	struct variables *list;
	struct problem *p;
};

static bool is_store(const uint8_t *in, size_t size)
{
	return size >= EDK2_STORE_SIZE &&
	       (ffav_guid_equal(in, &authenticated) || ffav_guid_equal(in, &plain));
}

static bool is_volume(const uint8_t *in, size_t size)
{
	return size >= EDK2_FV_SIZE && ffav_get32(in + EDK2_FV_MAGIC_AT) == EDK2_FV_MAGIC;
}

bool edk2_detect(const uint8_t *file, size_t size)
{
	return is_volume(file, size) || is_store(file, size);
}

static void decode(const struct reader *r, size_t at, struct record *out)
{
	const uint8_t *in = r->file + at;
	const uint8_t *sizes = in + (r->has_times ? 36 : 8);

	out->state = in[2];
	out->attributes = ffav_get32(in + 4);
	out->count = r->has_times ? ffav_get64(in + 8) : 0;
	out->time = r->has_times ? in + 16 : NULL;
	out->name_size = ffav_get32(sizes);
	out->data_size = ffav_get32(sizes + 4);
	out->guid = sizes + 8;
	out->header_size = r->has_times ? EDK2_RECORD_SIZE : EDK2_PLAIN_RECORD_SIZE;
}

/* Is the rest of the store erased? Tools that make volumes also leave zeros there. */
static bool blank_from(const struct reader *r, size_t at)
{
	uint8_t first = at < r->end ? r->file[at] : 0xff;

	while (at < r->end && r->file[at] == first)
		at++;
	return at == r->end && (first == 0xff || !first);
}

static int take_record(struct reader *r, size_t at, const struct record *record)
{
	const uint8_t *name = r->file + at + record->header_size;
	size_t length = record->name_size / 2 - 1;
	struct variable *v;

	if (ffav_get16(name + 2 * length))
		return problem_set(
			r->p, "The name of the variable at offset %zu is not terminated.", at);
	if (record->data_size > VARIABLE_DATA_MAX)
		return problem_set(r->p,
				   "The variable at offset %zu has %" PRIu32
				   " bytes; at most %zu are possible.",
				   at, record->data_size, VARIABLE_DATA_MAX);
	if (r->list->count == VARIABLES_MAX)
		return problem_set(r->p,
				   "The variable at offset %zu is one more than the %u that a "
				   "store can hold.",
				   at, VARIABLES_MAX);
	v = variables_add(r->list, length, record->data_size);
	if (!v)
		return problem_set(r->p, "There is no memory.");
	v->where = at;
	memcpy(&v->guid, record->guid, sizeof(v->guid));
	for (size_t i = 0; i < length; i++)
		v->name[i] = ffav_get16(name + 2 * i);
	v->attributes = record->attributes;
	memcpy(v->data, name + record->name_size, record->data_size);
	if (record->attributes & EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS) {
		v->has_time = record->time;
		if (record->time)
			memcpy(v->time, record->time, sizeof(v->time));
	}
	return 0;
}

/* Length of the record at @at, checked. Return: 0, or -1 after a problem. */
static int check_record(const struct reader *r, size_t at, const struct record *record,
			size_t *length)
{
	uint64_t total = (uint64_t)record->header_size + record->name_size + record->data_size;

	if (!ffav_range_in(at, total, r->end))
		return problem_set(
			r->p,
			"The variable at offset %zu says that its name has %" PRIu32
			" and its data %" PRIu32
			" bytes, which go beyond the end of the store at offset %zu.",
			at, record->name_size, record->data_size, r->end);
	*length = (size_t)total;
	return 0;
}

/*
 * An overwrite marks the old record, adds the new one, and deletes the old. Where that was
 * interrupted both are there, and the new one counts.
 */
static void drop_old(struct reader *r, const size_t *old, size_t count)
{
	for (size_t i = count; i--;) {
		struct variable *v = &r->list->all[old[i]];

		for (size_t j = 0; j < r->list->count; j++) {
			struct variable *other = &r->list->all[j];

			if (j != old[i] && other->name_length == v->name_length &&
			    ffav_guid_equal(&other->guid, &v->guid) &&
			    !memcmp(other->name, v->name, v->name_length * sizeof(*v->name))) {
				variables_drop(r->list, old[i]);
				break;
			}
		}
	}
}

/** Most overwrites that can be under way at once; a firmware has one. */
#define OLD_MAX 16u

static int read_records(struct reader *r, size_t at)
{
	size_t header = r->has_times ? EDK2_RECORD_SIZE : EDK2_PLAIN_RECORD_SIZE;
	size_t old[OLD_MAX];
	size_t old_count = 0;
	bool cut = false;

	for (;;) {
		struct record record;
		size_t length = 0;

		at = r->base + (size_t)ffav_align_up(at - r->base, EDK2_RECORD_ALIGN);
		if (at >= r->end || r->end - at < header ||
		    ffav_get16(r->file + at) != EDK2_RECORD_START)
			break;
		decode(r, at, &record);
		/* A write that was cut before its header was whole: its sizes do not count. */
		if (record.state == 0xff || record.name_size == UINT32_MAX ||
		    record.data_size == UINT32_MAX) {
			cut = true;
			at += header;
			continue;
		}
		if (check_record(r, at, &record, &length))
			return -1;
		if (record.state == EDK2_ADDED || record.state == EDK2_IN_TRANSITION) {
			if (record.name_size < 2 || record.name_size % 2)
				return problem_set(r->p,
						   "The name of the variable at offset %zu has "
						   "%" PRIu32 " bytes, which is no name.",
						   at, record.name_size);
			if (record.state == EDK2_IN_TRANSITION && old_count == OLD_MAX)
				return problem_set(r->p,
						   "At offset %zu more than %u variables are "
						   "being overwritten at once.",
						   at, OLD_MAX);
			if (record.state == EDK2_IN_TRANSITION)
				old[old_count++] = r->list->count;
			if (take_record(r, at, &record))
				return -1;
		}
		at += length;
	}
	/* What such a write left is in the way of nobody. */
	if (!cut && !blank_from(r, at < r->end ? at : r->end))
		return problem_set(
			r->p, "At offset %zu there is neither a variable nor erased flash.",
			at);
	drop_old(r, old, old_count);
	return 0;
}

/* A variable store at @at of the file; @limit is what it has to lie within. */
static int read_store(struct reader *r, size_t at, size_t limit)
{
	const uint8_t *in = r->file + at;
	uint32_t size;

	if (!ffav_range_in(at, EDK2_STORE_SIZE, limit) || !is_store(in, limit - at))
		return problem_set(r->p,
				   "At offset %zu there is no variable store that edk2 would "
				   "know.",
				   at);
	size = ffav_get32(in + 16);
	if (size < EDK2_STORE_SIZE || !ffav_range_in(at, size, limit))
		return problem_set(r->p,
				   "The variable store at offset %zu says that it has %" PRIu32
				   " bytes; there are %zu.",
				   at, size, limit - at);
	if (in[20] != EDK2_STORE_FORMATTED || in[21] != EDK2_STORE_HEALTHY)
		return problem_set(r->p,
				   "The variable store at offset %zu is not marked as "
				   "formatted and healthy (0x%02x, 0x%02x).",
				   at, in[20], in[21]);
	r->has_times = ffav_guid_equal(in, &authenticated);
	r->end = at + size;
	return read_records(r, at + EDK2_STORE_SIZE);
}

/* Checks the header of the volume at @base. Return: 0, or -1 after a problem. */
static int check_volume(const struct reader *r, size_t limit, size_t *header_size,
			size_t *length)
{
	const uint8_t *in = r->file + r->base;
	uint64_t says = ffav_get64(in + EDK2_FV_LENGTH_AT);

	*header_size = ffav_get16(in + EDK2_FV_HEADER_AT);
	if (*header_size < EDK2_FV_SIZE || *header_size % 2 || *header_size > limit - r->base)
		return problem_set(r->p,
				   "The header of the volume at offset %zu says that it has "
				   "%zu bytes.",
				   r->base, *header_size);
	if (edk2_checksum(in, *header_size))
		return problem_set(r->p,
				   "The header of the volume at offset %zu has a wrong "
				   "checksum.",
				   r->base);
	if (!ffav_guid_equal(in + EDK2_FV_GUID_AT, &nv_data))
		return problem_set(r->p,
				   "The volume at offset %zu does not hold variables: it has "
				   "another file system GUID.",
				   r->base);
	if (says < *header_size || says > limit - r->base)
		return problem_set(r->p,
				   "The volume at offset %zu says that it has %" PRIu64
				   " bytes; the file has %zu.",
				   r->base, says, limit - r->base);
	*length = (size_t)says;
	return 0;
}

static int read_volume(struct reader *r, size_t size)
{
	size_t header_size = 0, length = 0, store_end, spare = 0;
	uint32_t store_size;
	int waits;

	if (check_volume(r, size, &header_size, &length))
		return -1;
	/* The queue says whether the first block or its copy in the spare area counts. */
	store_size = header_size + EDK2_STORE_SIZE <= length
			     ? ffav_get32(r->file + header_size + 16)
			     : 0;
	store_end = ffav_range_in(header_size, store_size, length) ? header_size + store_size
								   : length;
	waits = edk2_spare(r->file, length, store_end, &spare, r->p);
	if (waits < 0)
		return -1;
	if (!waits)
		return read_store(r, header_size, length);
	r->base = spare;
	if (!is_volume(r->file + spare, length - spare))
		return problem_set(r->p,
				   "An update waits in the spare area at offset %zu, but there "
				   "is no volume.",
				   spare);
	/* The copy has the length of the volume in its header, not its own. */
	header_size = ffav_get16(r->file + spare + EDK2_FV_HEADER_AT);
	if (header_size < EDK2_FV_SIZE || header_size % 2 || header_size > length - spare ||
	    edk2_checksum(r->file + spare, header_size))
		return problem_set(r->p,
				   "An update waits in the spare area at offset %zu, but the "
				   "volume there has a wrong checksum.",
				   spare);
	return read_store(r, spare + header_size, length);
}

int edk2_read(const uint8_t *file, size_t size, struct variables *list, struct problem *p)
{
	struct reader r = {.file = file, .list = list, .p = p};
	int result;

	if (is_volume(file, size))
		result = read_volume(&r, size);
	else
		result = read_store(&r, 0, size);
	return result ? result : edk2_certdb_take(list, p);
}
