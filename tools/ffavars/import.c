// SPDX-License-Identifier: BSD-3-Clause
/* The variables of a file into the store: all of them, or none. */
#include "tools/ffavars/import.h"

#include <stdlib.h>

#include "tools/ffavars/edk2.h"
#include "tools/ffavars/json.h"

/** Largest file that is read, bytes: the largest flash that edk2 is built for. */
#define FILE_MAX ((size_t)128 * 1024 * 1024)

/* Other programs leave a time stamp out that is all zeros. The user has said to go on. */
static void fill_times(struct variables *list)
{
	char label[160];

	for (size_t i = 0; i < list->count; i++) {
		struct variable *v = &list->all[i];

		if (v->has_time ||
		    !(v->attributes & EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS))
			continue;
		v->has_time = true;
		message("%s has no time stamp: zeros are taken, and any signature is newer.",
			variable_label(v, label, sizeof(label)));
	}
}

static enum exit_status read_list(const struct arguments *a, struct variables *list)
{
	struct problem p = {.text = ""};
	size_t size, start = 0;
	uint8_t *content = file_read(a->other, FILE_MAX, &size);
	int result;

	if (!content)
		return STATUS_IMAGE;
	while (start < size && strchr(" \t\r\n", content[start]) && content[start])
		start++;
	if (start < size && content[start] == '{')
		result = json_read((const char *)content, size, list, &p);
	else if (edk2_detect(content, size))
		result = edk2_read(content, size, list, &p);
	else
		result = problem_set(&p, "At offset 0 there is neither a JSON object nor a "
					 "firmware volume or variable store of edk2.");
	if (!result && a->force)
		fill_times(list);
	if (!result)
		result = variables_check(list, &p);
	if (result)
		message("%s cannot be imported. %s Nothing was changed.", a->other, p.text);
	free(content);
	return result ? STATUS_IMAGE : STATUS_DONE;
}

static enum exit_status read_image(struct image *image, const struct arguments *a,
				   struct variables *there)
{
	struct unreadable *bad = NULL;
	size_t bad_count = 0;
	struct offline o;
	enum exit_status status = offline_open(&o, image, a->rebind);

	if (status)
		return status;
	status = offline_read(&o, there, a->force ? &bad : NULL, &bad_count);
	free(bad);
	offline_close(&o);
	return status;
}

/* Every variable of the list is in the image as it is in the file. */
static enum exit_status verify(const struct import *plan, struct image *image,
			       const struct arguments *a)
{
	struct variables there = {0};
	struct import after = {.list = plan->list};
	enum exit_status status = read_image(image, a, &there);
	char label[160];

	if (!status)
		status = import_plan(&after, &there, false);
	for (size_t i = 0; !status && i < plan->list->count; i++) {
		if (after.ways[i] == IMPORT_THERE)
			continue;
		message("%s is not a variable that the service stores as it is in the file.",
			variable_label(&plan->list->all[i], label, sizeof(label)));
		status = STATUS_REFUSED;
	}
	import_free(&after);
	variables_free(&there);
	return status;
}

/* What was done, or would have been. */
static void tell(const struct import *plan, const struct arguments *a)
{
	cJSON *object, *array;

	if (!a->json) {
		if (!plan->conflicts || a->force)
			printf("%zu variables in %s; %zu of them %s overwritten.\n",
			       plan->list->count, a->other, plan->conflicts,
			       a->dry_run ? "would be" : "were");
		return;
	}
	object = cJSON_CreateObject();
	cJSON_AddNumberToObject(object, "variables", (double)plan->list->count);
	cJSON_AddNumberToObject(object, "overwritten",
				a->force ? (double)plan->conflicts : 0.0);
	array = cJSON_AddArrayToObject(object, "conflicts");
	for (size_t i = 0; i < plan->list->count; i++) {
		const struct variable *v = &plan->list->all[i];

		if (import_overwrites(plan, i))
			cJSON_AddItemToArray(array, json_name(&v->guid, v->name));
	}
	json_print(object);
}

static enum exit_status import_list(const struct variables *list, struct image *image,
				    const struct arguments *a)
{
	struct import plan = {.list = list};
	struct variables there = {0};
	enum exit_status status = read_image(image, a, &there);

	if (!status)
		status = import_plan(&plan, &there, !a->force);
	if (!status && plan.conflicts && !a->force) {
		message("Nothing was changed. --force overwrites the variables named above.");
		tell(&plan, a);
		status = STATUS_REFUSED;
	} else if (!status) {
		status = import_apply(&plan, image, a);
		if (!status)
			status = verify(&plan, image, a);
		if (status)
			message("Nothing was changed in %s.", a->flash);
	}
	if (!status && finish(image, a))
		status = STATUS_IMAGE;
	if (!status)
		tell(&plan, a);
	import_free(&plan);
	variables_free(&there);
	return status;
}

enum exit_status verb_import(struct image *image, const struct arguments *a)
{
	struct variables list = {0};
	enum exit_status status = read_list(a, &list);

	if (!status)
		status = import_list(&list, image, a);
	variables_free(&list);
	return status;
}
