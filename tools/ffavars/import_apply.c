// SPDX-License-Identifier: BSD-3-Clause
#include "tools/ffavars/import.h"

#include <inttypes.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	const struct variable *const *left = a;
	const struct variable *const *right = b;
	uint8_t left_key[VARIABLE_KEY_MAX];
	uint8_t right_key[VARIABLE_KEY_MAX];
	size_t left_size = variable_key(*left, left_key);
	size_t right_size = variable_key(*right, right_key);
	int order =
		memcmp(left_key, right_key, left_size < right_size ? left_size : right_size);

	return order ? order : (left_size > right_size) - (left_size < right_size);
}

static bool authenticated(const struct variable *v)
{
	return v->attributes & EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS;
}

static enum import_way choose(const struct variable *v, const struct variable *old)
{
	if (old && variable_same(v, old))
		return IMPORT_THERE;
	/* The service would ask for a signature. */
	if (authenticated(v) || (old && authenticated(old)))
		return IMPORT_STORE;
	return old && old->attributes != v->attributes ? IMPORT_REPLACE : IMPORT_SERVICE;
}

enum exit_status import_plan(struct import *plan, const struct variables *there, bool tell)
{
	const struct variable **sorted =
		malloc((there->count + 1) * sizeof(const struct variable *));
	size_t count = plan->list->count;

	plan->ways = calloc(count + 1, sizeof(*plan->ways));
	plan->before = calloc(count + 1, sizeof(*plan->before));
	plan->exists = calloc(count + 1, sizeof(*plan->exists));
	plan->conflicts = 0;
	if (!sorted || !plan->ways || !plan->before || !plan->exists) {
		free(sorted);
		return no_memory();
	}
	for (size_t i = 0; i < there->count; i++)
		sorted[i] = &there->all[i];
	qsort(sorted, there->count, sizeof(const struct variable *), compare);
	for (size_t i = 0; i < count; i++) {
		const struct variable *v = &plan->list->all[i];
		const struct variable *const *found = bsearch(
			&v, sorted, there->count, sizeof(const struct variable *), compare);
		const struct variable *old = found ? *found : NULL;
		char label[160];

		plan->ways[i] = (uint8_t)choose(v, old);
		plan->before[i] = old ? old->attributes : 0;
		plan->exists[i] = old;
		if (!import_overwrites(plan, i))
			continue;
		plan->conflicts++;
		if (tell)
			message("%s exists with other content.",
				variable_label(v, label, sizeof(label)));
	}
	free(sorted);
	return STATUS_DONE;
}

bool import_overwrites(const struct import *plan, size_t i)
{
	return plan->exists[i] && plan->ways[i] != IMPORT_THERE;
}

void import_free(struct import *plan)
{
	free(plan->ways);
	free(plan->before);
	free(plan->exists);
	plan->ways = NULL;
	plan->before = NULL;
	plan->exists = NULL;
}

static size_t count_way(const struct import *plan, enum import_way way)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->list->count; i++)
		count += plan->ways[i] == way;
	return count;
}

static enum exit_status service_write(struct session *s, const struct import *plan, size_t i)
{
	const struct variable *v = &plan->list->all[i];
	efi_status_t status = EFI_SUCCESS;
	char label[160];

	if (plan->ways[i] == IMPORT_REPLACE)
		status = ffav_set_variable(s->mm, v->name, &v->guid, plan->before[i], 0, NULL);
	if (status == EFI_SUCCESS)
		status = ffav_set_variable(s->mm, v->name, &v->guid, v->attributes, v->size,
					   v->data);
	if (status == EFI_SUCCESS)
		return STATUS_DONE;
	return refused("SetVariable", variable_label(v, label, sizeof(label)), status);
}

/* The machine is started also where it has nothing to write: it makes the store. */
static enum exit_status write_by_service(const struct import *plan, struct image *image,
					 const struct arguments *a)
{
	struct session s;
	enum exit_status status = session_open(&s, image, a);

	if (status)
		return status;
	for (size_t i = 0; !status && i < plan->list->count; i++) {
		if (plan->ways[i] == IMPORT_SERVICE || plan->ways[i] == IMPORT_REPLACE)
			status = service_write(&s, plan, i);
	}
	session_close(&s);
	return status;
}

static enum exit_status store_write(struct offline *o, const struct variable *v)
{
	uint8_t key[VARIABLE_KEY_MAX];
	struct ffav_store_change change = variable_change(v, key);
	char label[160];
	int result;

	/* What was signed once must not be put back to what it was before. */
	change.anchored = true;
	result = ffav_store_commit(&o->store, &change, 1);
	if (!result)
		return STATUS_DONE;
	variable_label(v, label, sizeof(label));
	if (result == FFAV_STORE_NO_SPACE || result == FFAV_STORE_NO_INDEX)
		message("The store is full: %s with %zu bytes does not fit.", label, v->size);
	else
		message("The store does not take %s (result %d).", label, result);
	return STATUS_REFUSED;
}

static enum exit_status write_to_store(const struct import *plan, struct image *image,
				       const struct arguments *a)
{
	struct offline o;
	enum exit_status status = offline_open(&o, image, a->rebind);

	if (status)
		return status;
	for (size_t i = 0; !status && i < plan->list->count; i++) {
		if (plan->ways[i] == IMPORT_STORE)
			status = store_write(&o, &plan->list->all[i]);
	}
	offline_close(&o);
	return status;
}

enum exit_status import_apply(const struct import *plan, struct image *image,
			      const struct arguments *a)
{
	enum exit_status status = write_by_service(plan, image, a);

	if (!status && count_way(plan, IMPORT_STORE))
		status = write_to_store(plan, image, a);
	return status;
}
