// SPDX-License-Identifier: BSD-3-Clause
#include <inttypes.h>

#include "tools/ffavars/ffavars.h"
#include "tools/ffavars/json.h"

/**
 * struct use - What the service says of its store.
 * @variables: how many it lists
 * @storage: bytes for variables
 * @remaining: of these, bytes that are free
 * @largest: most bytes of one variable
 */
struct use {
	uint64_t variables;
	uint64_t storage;
	uint64_t remaining;
	uint64_t largest;
};

static void print_text(const struct session *s, const struct use *use)
{
	const struct image *image = s->image;

	printf("Flash image:       %s, %zu bytes%s\n", image->path, image->size,
	       image->mapped ? ", with a flash map" : "");
	printf("Store window:      %zu bytes at 0x%zx\n", image->window_size, image->window);
	printf("Sectors:           %zu of %" PRIu32 " bytes, programmed in units of %" PRIu32
	       "\n",
	       image->window_size / image->sector_size, image->sector_size,
	       image->program_unit);
	printf("Variables:         %" PRIu64 "\n", use->variables);
	printf("Storage:           %" PRIu64 " bytes\n", use->storage);
	printf("Remaining:         %" PRIu64 " bytes\n", use->remaining);
	printf("Largest variable:  %" PRIu64 " bytes\n", use->largest);
	printf("FF-A:              version %" PRIu32 ".%" PRIu32 ", partition 0x%04x\n",
	       s->mm->ffa.version >> 16, s->mm->ffa.version & 0xffff, s->mm->ffa.partition);
}

static enum exit_status print_json(const struct session *s, const struct use *use)
{
	const struct image *image = s->image;
	cJSON *o = cJSON_CreateObject();
	char version[24];

	snprintf(version, sizeof(version), "%" PRIu32 ".%" PRIu32, s->mm->ffa.version >> 16,
		 s->mm->ffa.version & 0xffff);
	if (!o || !cJSON_AddNumberToObject(o, "window_offset", (double)image->window) ||
	    !cJSON_AddNumberToObject(o, "window_size", (double)image->window_size) ||
	    !cJSON_AddNumberToObject(o, "sector_size", image->sector_size) ||
	    !cJSON_AddNumberToObject(o, "program_unit", image->program_unit) ||
	    !cJSON_AddNumberToObject(o, "variables", (double)use->variables) ||
	    !cJSON_AddNumberToObject(o, "storage", (double)use->storage) ||
	    !cJSON_AddNumberToObject(o, "remaining", (double)use->remaining) ||
	    !cJSON_AddNumberToObject(o, "largest", (double)use->largest) ||
	    !cJSON_AddStringToObject(o, "ffa_version", version) ||
	    !cJSON_AddNumberToObject(o, "partition", s->mm->ffa.partition)) {
		cJSON_Delete(o);
		return no_memory();
	}
	return json_print(o) ? STATUS_DONE : no_memory();
}

enum exit_status verb_info(struct session *s, const struct arguments *a)
{
	struct use use = {0};
	struct name n = {0};
	efi_status_t status;

	status = ffav_query_variable_info(s->mm, ATTRIBUTES_DEFAULT, &use.storage,
					  &use.remaining, &use.largest);
	if (status != EFI_SUCCESS)
		return refused("QueryVariableInfo", "NV|BS|RT", status);
	for (;;) {
		uint64_t size = sizeof(n.text);

		status = ffav_get_next_variable_name(s->mm, &size, n.text, &n.guid);
		if (status != EFI_SUCCESS)
			break;
		use.variables++;
	}
	if (status != EFI_NOT_FOUND)
		return refused("GetNextVariableName", "the next variable", status);
	if (a->json)
		return print_json(s, &use);
	print_text(s, &use);
	return STATUS_DONE;
}
