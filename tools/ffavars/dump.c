// SPDX-License-Identifier: BSD-3-Clause
/* Everything that the store holds, for people or as JSON. */
#include <stdlib.h>

#include "tools/ffavars/decode.h"
#include "tools/ffavars/json.h"
#include "tools/ffavars/offline.h"

static void print_time(const uint8_t *t)
{
	printf("Time stamp: %04u-%02u-%02u %02u:%02u:%02u\n", ffav_get16(t), t[2], t[3], t[4],
	       t[5], t[6]);
}

static void print_variable(const struct variable *v)
{
	cJSON *decoded = decode(&v->guid, v->name, v->data, v->size);

	name_print(stdout, &v->guid, v->name);
	fputs("\nAttributes: ", stdout);
	attributes_print(stdout, v->attributes);
	printf("\nSize:       %zu bytes\n", v->size);
	if (v->has_time)
		print_time(v->time);
	if (v->signer_size) {
		fputs("Signer:     ", stdout);
		for (size_t i = 0; i < v->signer_size; i++)
			printf("%02x", v->signer[i]);
		fputc('\n', stdout);
	}
	decode_print(stdout, decoded);
	cJSON_Delete(decoded);
	data_dump(stdout, v->data, v->size);
	fputc('\n', stdout);
}

enum exit_status verb_dump(struct image *image, const struct arguments *a)
{
	struct variables list = {0};
	struct unreadable *bad = NULL;
	size_t bad_count = 0;
	struct offline o;
	enum exit_status status = offline_open(&o, image, a->rebind);

	if (status)
		return status;
	status = offline_read(&o, &list, &bad, &bad_count);
	if (!status && a->json) {
		size_t size;
		char *text = json_text(&list, &size);

		if (text)
			fwrite(text, 1, size, stdout);
		else
			status = no_memory();
		free(text);
	}
	for (size_t i = 0; !status && !a->json && i < list.count; i++)
		print_variable(&list.all[i]);
	if (!status && !a->json && offline_mode(&o))
		printf("Secure Boot mode: %s\n", offline_mode(&o));
	for (size_t i = 0; i < bad_count; i++) {
		char label[160];

		message("%s cannot be read: %s.",
			unreadable_label(&bad[i], label, sizeof(label)), bad[i].why);
		status = STATUS_IMAGE;
	}
	free(bad);
	variables_free(&list);
	offline_close(&o);
	return status;
}
