// SPDX-License-Identifier: BSD-3-Clause
#include <inttypes.h>

#include "tools/ffavars/ffavars.h"
#include "tools/ffavars/json.h"

static uint8_t data[DATA_MAX];

/* Size and attributes of a variable that was listed. */
static enum exit_status details(struct session *s, const struct name *n, uint64_t *size,
				uint32_t *attributes)
{
	efi_status_t status;

	*size = sizeof(data);
	status = ffav_get_variable(s->mm, n->text, &n->guid, attributes, size, data);
	if (status != EFI_SUCCESS)
		return refused("GetVariable", "a listed variable", status);
	return STATUS_DONE;
}

static enum exit_status print_line(struct session *s, const struct arguments *a,
				   const struct name *n)
{
	uint32_t attributes;
	uint64_t size;

	if (a->full) {
		enum exit_status result = details(s, n, &size, &attributes);

		if (result)
			return result;
		printf("%8" PRIu64 "  ", size);
		attributes_print(stdout, attributes);
		fputs("  ", stdout);
	}
	name_print(stdout, &n->guid, n->text);
	fputc('\n', stdout);
	return STATUS_DONE;
}

static enum exit_status add_object(struct session *s, const struct name *n, cJSON *array)
{
	uint32_t attributes;
	uint64_t size;
	enum exit_status result = details(s, n, &size, &attributes);
	cJSON *object;

	if (result)
		return result;
	object = json_name(&n->guid, n->text);
	if (!object || !cJSON_AddItemToArray(array, object) ||
	    !cJSON_AddNumberToObject(object, "attr", attributes) ||
	    !cJSON_AddNumberToObject(object, "size", (double)size))
		return no_memory();
	return STATUS_DONE;
}

enum exit_status verb_list(struct session *s, const struct arguments *a)
{
	cJSON *array = a->json ? cJSON_CreateArray() : NULL;
	enum exit_status result = STATUS_DONE;
	struct name n = {0};

	while (!result) {
		uint64_t size = sizeof(n.text);
		efi_status_t status =
			ffav_get_next_variable_name(s->mm, &size, n.text, &n.guid);

		if (status == EFI_NOT_FOUND)
			break;
		if (status != EFI_SUCCESS)
			result = refused("GetNextVariableName", "the next variable", status);
		else if (a->json)
			result = add_object(s, &n, array);
		else
			result = print_line(s, a, &n);
	}
	if (result || !a->json)
		cJSON_Delete(array);
	else if (!json_print(array))
		result = no_memory();
	return result;
}
