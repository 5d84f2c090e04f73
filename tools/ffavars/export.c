// SPDX-License-Identifier: BSD-3-Clause
/* All variables, with time stamps and signers, into a file that others read. */
#include <stdlib.h>

#include "tools/ffavars/edk2.h"
#include "tools/ffavars/json.h"
#include "tools/ffavars/offline.h"

/* The format that the user names, or that the file's name suggests. Return: 'j', 'e' or 0. */
static int choose_format(const struct arguments *a)
{
	size_t length = strlen(a->other);

	if (a->format && !strcmp(a->format, "json"))
		return 'j';
	if (a->format && !strcmp(a->format, "edk2"))
		return 'e';
	if (a->format) {
		message("--format takes json or edk2, not \"%s\".", a->format);
		return 0;
	}
	if (a->layout || (length > 3 && !strcmp(a->other + length - 3, ".fd")))
		return 'e';
	if (length > 5 && !strcmp(a->other + length - 5, ".json"))
		return 'j';
	message("Which format %s is to have does not follow from its name: say --format json "
		"or --format edk2.",
		a->other);
	return 0;
}

static const struct edk2_layout *choose_layout(const struct arguments *a)
{
	const struct edk2_layout *l = edk2_layouts;

	if (!a->layout)
		return l;
	while (l->name && strcmp(l->name, a->layout) != 0)
		l++;
	if (l->name)
		return l;
	message("--layout takes armvirt, ovmf or ovmf-2m, not \"%s\".", a->layout);
	return NULL;
}

static enum exit_status write_list(const struct variables *list, const struct arguments *a,
				   int format, const struct edk2_layout *layout)
{
	struct problem p = {.text = "There is no memory."};
	size_t size = layout->file;
	void *content;
	enum file_written result;

	if (variables_check(list, &p)) {
		message("What is in %s cannot be exported. %s", a->flash, p.text);
		return STATUS_IMAGE;
	}
	content = format == 'j' ? (void *)json_text(list, &size)
				: (void *)edk2_write(list, layout, &p);
	if (!content) {
		message("%s", p.text);
		return STATUS_REFUSED;
	}
	result = file_write(a->other, content, size, a->force);
	free(content);
	if (result == FILE_EXISTS)
		return STATUS_REFUSED;
	return result ? STATUS_IMAGE : STATUS_DONE;
}

enum exit_status verb_export(struct image *image, const struct arguments *a)
{
	int format = choose_format(a);
	const struct edk2_layout *layout = choose_layout(a);
	struct variables list = {0};
	struct unreadable *bad = NULL;
	size_t bad_count = 0;
	struct offline o;
	enum exit_status status;

	if (!format || !layout)
		return STATUS_USAGE;
	if (strcmp(a->other, "-") != 0 && file_is(a->flash, a->other)) {
		message("%s is the flash image itself.", a->other);
		return STATUS_USAGE;
	}
	status = offline_open(&o, image, a->rebind);
	if (status)
		return status;
	status = offline_read(&o, &list, a->force ? &bad : NULL, &bad_count);
	for (size_t i = 0; bad && i < bad_count; i++) {
		char label[160];

		message("%s is left out: %s.", unreadable_label(&bad[i], label, sizeof(label)),
			bad[i].why);
	}
	/* The same variables make the same file, whichever was written first. */
	variables_sort(&list);
	if (!status)
		status = write_list(&list, a, format, layout);
	if (!status && offline_mode(&o))
		message("%s is in %s mode. That is no variable, and not in %s.", a->flash,
			offline_mode(&o), a->other);
	free(bad);
	variables_free(&list);
	offline_close(&o);
	return status;
}
