// SPDX-License-Identifier: BSD-3-Clause
#define _GNU_SOURCE
#include "tools/ffavars/variable.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

int problem_set(struct problem *p, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	/* The analyzer forgets va_start() where it looks at several files in one run. */
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) */
	vsnprintf(p->text, sizeof(p->text), format, arguments);
	va_end(arguments);
	return -1;
}

struct variable *variables_add(struct variables *list, size_t name_length, size_t size)
{
	struct variable *v;

	if (list->count == list->room) {
		size_t room = list->room ? 2 * list->room : 64;
		struct variable *all = realloc(list->all, room * sizeof(*all));

		if (!all)
			return NULL;
		list->all = all;
		list->room = room;
	}
	v = &list->all[list->count];
	memset(v, 0, sizeof(*v));
	v->name = calloc(name_length + 1, sizeof(*v->name));
	v->data = malloc(size ? size : 1);
	if (!v->name || !v->data) {
		free(v->name);
		free(v->data);
		return NULL;
	}
	v->name_length = name_length;
	v->size = size;
	list->count++;
	return v;
}

void variables_drop(struct variables *list, size_t index)
{
	free(list->all[index].name);
	free(list->all[index].data);
	list->count--;
	memmove(&list->all[index], &list->all[index + 1],
		(list->count - index) * sizeof(list->all[0]));
}

void variables_free(struct variables *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->all[i].name);
		free(list->all[i].data);
	}
	free(list->all);
	memset(list, 0, sizeof(*list));
}

static int compare_names(const struct variable *a, const struct variable *b)
{
	int order = memcmp(&a->guid, &b->guid, sizeof(a->guid));
	size_t shorter = a->name_length < b->name_length ? a->name_length : b->name_length;

	if (!order)
		order = memcmp(a->name, b->name, shorter * sizeof(*a->name));
	if (!order && a->name_length != b->name_length)
		order = a->name_length < b->name_length ? -1 : 1;
	return order;
}

static int compare_pointers(const void *a, const void *b)
{
	const struct variable *const *left = a;
	const struct variable *const *right = b;

	return compare_names(*left, *right);
}

static int compare_variables(const void *a, const void *b)
{
	return compare_names(a, b);
}

void variables_sort(struct variables *list)
{
	if (list->count > 1)
		qsort(list->all, list->count, sizeof(list->all[0]), compare_variables);
}

bool variable_same(const struct variable *a, const struct variable *b)
{
	return !compare_names(a, b) && a->attributes == b->attributes && a->size == b->size &&
	       !memcmp(a->data, b->data, a->size) && a->has_time == b->has_time &&
	       (!a->has_time || !memcmp(a->time, b->time, sizeof(a->time))) &&
	       a->signer_size == b->signer_size &&
	       !memcmp(a->signer, b->signer, a->signer_size);
}

bool variable_is(const struct variable *v, const struct efi_guid *guid, const char *name)
{
	if (!ffav_guid_equal(&v->guid, guid) || strlen(name) != v->name_length)
		return false;
	for (size_t i = 0; i < v->name_length; i++) {
		if (v->name[i] != (uint8_t)name[i])
			return false;
	}
	return true;
}

size_t variable_key(const struct variable *v, uint8_t *out)
{
	memcpy(out, &v->guid, sizeof(v->guid));
	for (size_t i = 0; i < v->name_length; i++)
		ffav_put16(out + sizeof(v->guid) + 2 * i, v->name[i]);
	return sizeof(v->guid) + 2 * v->name_length;
}

struct ffav_store_change variable_change(const struct variable *v, uint8_t *key)
{
	return (struct ffav_store_change){
		.key = key,
		.key_size = variable_key(v, key),
		.attributes = v->attributes,
		.time = v->has_time ? v->time : NULL,
		.signer = v->signer_size ? v->signer : NULL,
		.signer_size = v->signer_size,
		.data = {{v->data, v->size}},
	};
}

const char *variable_label(const struct variable *v, char *out, size_t room)
{
	FILE *text = fmemopen(out, room, "w");

	*out = 0;
	if (text) {
		name_print(text, &v->guid, v->name);
		fclose(text);
	}
	out[room - 1] = 0;
	return out;
}

bool variable_is_key_database(const struct variable *v)
{
	static const struct efi_guid global = EFI_GLOBAL_VARIABLE_GUID;
	static const struct efi_guid security = EFI_IMAGE_SECURITY_DATABASE_GUID;
	static const char *const databases[] = {"db", "dbx", "dbt", "dbr"};

	for (size_t i = 0; i < sizeof(databases) / sizeof(databases[0]); i++) {
		if (variable_is(v, &security, databases[i]))
			return true;
	}
	return variable_is(v, &global, "PK") || variable_is(v, &global, "KEK");
}

bool variable_time_is_odd(const struct variable *v)
{
	static const uint8_t none[FFAV_STORE_TIME_SIZE];
	const uint8_t *t = v->time;

	if (!v->has_time || !memcmp(t, none, sizeof(none)))
		return false;
	return ffav_get16(t) < 1900 || ffav_get16(t) > 9999 || t[2] < 1 || t[2] > 12 ||
	       t[3] < 1 || t[3] > 31 || t[4] > 23 || t[5] > 59 || t[6] > 59;
}

static const char *wrong_attributes(uint32_t attributes)
{
	if (attributes & ~EFI_VARIABLE_ATTRIBUTES_MASK)
		return "have bits that UEFI does not define";
	if (!(attributes & EFI_VARIABLE_NON_VOLATILE))
		return "lack NV, so that it would not outlive this command";
	if (!(attributes & EFI_VARIABLE_BOOTSERVICE_ACCESS))
		return "lack BS";
	if (attributes & EFI_VARIABLE_APPEND_WRITE)
		return "have AP, which is a way to write and not kept";
	if (attributes & (EFI_VARIABLE_AUTHENTICATED_WRITE_ACCESS |
			  EFI_VARIABLE_ENHANCED_AUTHENTICATED_ACCESS))
		return "ask for AW or EA, ways of authentication that the service does not "
		       "have";
	if ((attributes & EFI_VARIABLE_HARDWARE_ERROR_RECORD) &&
	    !(attributes & EFI_VARIABLE_RUNTIME_ACCESS))
		return "have HR without RT";
	return NULL;
}

/*
 * What the service asks of a time stamp, and no more: one that is no date has been signed all the
 * same, and is compared field by field.
 */
static const char *wrong_time(const struct variable *v)
{
	const uint8_t *t = v->time;

	if (t[7] || ffav_get32(t + 8) || t[12] || t[13] || t[14] || t[15])
		return "has a time zone or parts of a second, which the time of a signature "
		       "must not have";
	return NULL;
}

static int check_one(const struct variable *v, struct problem *p)
{
	bool authenticated = v->attributes & EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS;
	char label[160];
	const char *why;

	variable_label(v, label, sizeof(label));
	if (!v->name_length)
		return problem_set(p, "The variable at offset %zu has no name.", v->where);
	if (v->name_length > NAME_MAX_CHARACTERS)
		return problem_set(p,
				   "The name of the variable at offset %zu has %zu characters; "
				   "at most %u are possible.",
				   v->where, v->name_length, NAME_MAX_CHARACTERS);
	for (size_t i = 0; i < v->name_length; i++) {
		if (!v->name[i])
			return problem_set(p,
					   "The name of the variable at offset %zu has a NUL "
					   "inside.",
					   v->where);
	}
	why = wrong_attributes(v->attributes);
	if (why)
		return problem_set(p, "%s at offset %zu: the attributes 0x%" PRIx32 " %s.",
				   label, v->where, v->attributes, why);
	if (!v->size)
		return problem_set(p,
				   "%s at offset %zu has no data; a variable without data "
				   "does not exist.",
				   label, v->where);
	if (v->size > VARIABLE_DATA_MAX)
		return problem_set(p,
				   "%s at offset %zu has %zu bytes; at most %zu are possible.",
				   label, v->where, v->size, VARIABLE_DATA_MAX);
	if (authenticated && !v->has_time)
		return problem_set(p,
				   "%s at offset %zu has AT but no time stamp (--force takes "
				   "zeros).",
				   label, v->where);
	if (!authenticated && (v->has_time || v->signer_size))
		return problem_set(p, "%s at offset %zu has a %s but not AT.", label, v->where,
				   v->has_time ? "time stamp" : "signer");
	if (!authenticated && variable_is_key_database(v))
		return problem_set(p, "%s at offset %zu is a key database but has not AT.",
				   label, v->where);
	why = authenticated ? wrong_time(v) : NULL;
	if (why)
		return problem_set(p, "%s at offset %zu: its time stamp %s.", label, v->where,
				   why);
	return 0;
}

int variables_check(const struct variables *list, struct problem *p)
{
	const struct variable **sorted = NULL;
	char label[160];
	int result = 0;

	for (size_t i = 0; !result && i < list->count; i++)
		result = check_one(&list->all[i], p);
	if (result || list->count < 2)
		return result;
	sorted = malloc(list->count * sizeof(const struct variable *));
	if (!sorted)
		return problem_set(p, "There is no memory.");
	for (size_t i = 0; i < list->count; i++)
		sorted[i] = &list->all[i];
	qsort(sorted, list->count, sizeof(const struct variable *), compare_pointers);
	for (size_t i = 1; !result && i < list->count; i++) {
		if (!compare_names(sorted[i - 1], sorted[i]))
			result = problem_set(
				p, "%s is there twice, at offsets %zu and %zu.",
				variable_label(sorted[i], label, sizeof(label)),
				sorted[i - 1]->where < sorted[i]->where ? sorted[i - 1]->where
									: sorted[i]->where,
				sorted[i - 1]->where < sorted[i]->where ? sorted[i]->where
									: sorted[i - 1]->where);
	}
	free(sorted);
	return result;
}
