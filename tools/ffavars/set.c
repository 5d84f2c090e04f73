// SPDX-License-Identifier: BSD-3-Clause
/* Verbs that write one variable. */
#include "tools/ffavars/ffavars.h"

static uint8_t data[DATA_MAX];

static enum exit_status write_variable(struct session *s, const struct arguments *a,
				       uint32_t attributes)
{
	const struct name *n = &a->parsed;
	efi_status_t status =
		ffav_set_variable(s->mm, n->text, &n->guid, attributes, a->size, a->bytes);

	return status == EFI_SUCCESS ? STATUS_DONE : refused("SetVariable", a->name, status);
}

/* Return: what GetVariable answers for the variable that the user named. */
static efi_status_t existing(struct session *s, const struct arguments *a, uint32_t *attributes)
{
	const struct name *n = &a->parsed;
	uint64_t size = sizeof(data);

	return ffav_get_variable(s->mm, n->text, &n->guid, attributes, &size, data);
}

enum exit_status verb_set(struct session *s, const struct arguments *a)
{
	return write_variable(s, a, a->attributes);
}

/* An append keeps the attributes of what is there, unless the user says otherwise. */
enum exit_status verb_append(struct session *s, const struct arguments *a)
{
	uint32_t attributes = a->attributes;
	uint32_t there;

	if (!a->attributes_given && existing(s, a, &there) == EFI_SUCCESS)
		attributes = there;
	return write_variable(s, a, attributes | EFI_VARIABLE_APPEND_WRITE);
}

enum exit_status verb_delete(struct session *s, const struct arguments *a)
{
	uint32_t attributes;
	efi_status_t status = existing(s, a, &attributes);

	if (status != EFI_SUCCESS)
		return refused("GetVariable", a->name, status);
	return write_variable(s, a, attributes);
}
