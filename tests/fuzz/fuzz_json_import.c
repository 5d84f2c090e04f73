/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fuzz target: an arbitrary text is read as JSON. What is accepted is written and read again,
 * which has to give the same.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tools/ffavars/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

static void round_trip(const struct variables *list)
{
	struct variables again = {0};
	struct problem p;
	size_t size;
	char *text = json_text(list, &size);

	if (!text)
		return;
	must(!json_read(text, size, &again, &p), p.text);
	must(again.count == list->count, "The number of variables is another.");
	for (size_t i = 0; i < list->count; i++)
		must(variable_same(&list->all[i], &again.all[i]), "A variable is another.");
	variables_free(&again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct variables list = {0};
	struct problem p = {.text = ""};
	int result = json_read((const char *)data, size, &list, &p);

	must(!result || *p.text, "It is refused without a word.");
	for (size_t i = 0; i < list.count; i++)
		must(list.all[i].where < size, "An offset lies outside of the text.");
	if (!result && !variables_check(&list, &p))
		round_trip(&list);
	variables_free(&list);
	return 0;
}
