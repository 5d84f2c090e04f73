// SPDX-License-Identifier: BSD-3-Clause
#include <inttypes.h>

#include "tools/ffavars/decode.h"
#include "tools/ffavars/ffavars.h"
#include "tools/ffavars/json.h"

static uint8_t data[DATA_MAX];

static enum exit_status print_json(const struct name *n, uint32_t attributes, size_t size)
{
	cJSON *object = json_name(&n->guid, n->text);
	cJSON *decoded = decode(&n->guid, n->text, data, size);

	if (!object || !cJSON_AddNumberToObject(object, "attr", attributes) ||
	    !json_add_bytes(object, "data", data, size)) {
		cJSON_Delete(object);
		cJSON_Delete(decoded);
		return no_memory();
	}
	if (decoded)
		cJSON_AddItemToObject(object, "decoded", decoded);
	return json_print(object) ? STATUS_DONE : no_memory();
}

enum exit_status verb_get(struct session *s, const struct arguments *a)
{
	uint64_t size = sizeof(data);
	uint32_t attributes;
	const struct name *n = &a->parsed;
	efi_status_t status;
	const char *word;
	cJSON *decoded;

	status = ffav_get_variable(s->mm, n->text, &n->guid, &attributes, &size, data);
	if (status != EFI_SUCCESS)
		return refused("GetVariable", a->name, status);
	if (a->raw) {
		fwrite(data, 1, (size_t)size, stdout);
		return STATUS_DONE;
	}
	if (a->json)
		return print_json(n, attributes, (size_t)size);
	word = name_guid_word(&n->guid);
	fputs("GUID:       ", stdout);
	name_print_guid(stdout, &n->guid);
	if (word)
		printf(" (%s)", word);
	fputs("\nName:       ", stdout);
	name_print_text(stdout, n->text);
	fputs("\nAttributes: ", stdout);
	attributes_print(stdout, attributes);
	printf("\nSize:       %" PRIu64 " bytes\n", size);
	decoded = decode(&n->guid, n->text, data, (size_t)size);
	decode_print(stdout, decoded);
	cJSON_Delete(decoded);
	data_dump(stdout, data, (size_t)size);
	return STATUS_DONE;
}
