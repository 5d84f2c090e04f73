// SPDX-License-Identifier: BSD-3-Clause
/* The verbs. Each is a few calls of the normal-world library. */
#include <inttypes.h>
#include <stdlib.h>

#include "tools/ffavars/ffavars.h"

static uint8_t data[DATA_MAX];

/* What a status means to the person at the keyboard. */
static enum exit_status refused(const char *call, const char *name, efi_status_t status)
{
	const char *text = ffav_status_name(status);
	const char *hint = "";

	switch (status) {
	case EFI_NOT_FOUND:
		hint = ": there is no such variable";
		break;
	case EFI_OUT_OF_RESOURCES:
		hint = ": the store is full, or the variable is larger than the service takes";
		break;
	case EFI_WRITE_PROTECTED:
		hint = ": the variable is read-only";
		break;
	case EFI_SECURITY_VIOLATION:
	case EFI_ACCESS_DENIED:
		hint = ": the service does not allow it";
		break;
	case EFI_INVALID_PARAMETER:
		hint = ": name, attributes and data do not go together, or the variable has "
		       "other attributes";
		break;
	default:
		break;
	}
	if (text)
		message("%s of %s was answered EFI_%s%s.", call, name, text, hint);
	else
		message("%s of %s was answered with status 0x%" PRIx64 ".", call, name, status);
	return STATUS_REFUSED;
}

static enum exit_status print_details(struct session *s, const uint16_t *text,
				      const struct efi_guid *guid)
{
	uint64_t size = sizeof(data);
	uint32_t attributes;
	efi_status_t status = ffav_get_variable(s->mm, text, guid, &attributes, &size, data);

	if (status != EFI_SUCCESS)
		return refused("GetVariable", "a listed variable", status);
	printf("%8" PRIu64 "  ", size);
	attributes_print(stdout, attributes);
	fputs("  ", stdout);
	return STATUS_DONE;
}

static enum exit_status list(struct session *s, const struct arguments *a)
{
	struct name n = {0};

	for (;;) {
		uint64_t size = sizeof(n.text);
		enum exit_status result = STATUS_DONE;
		efi_status_t status =
			ffav_get_next_variable_name(s->mm, &size, n.text, &n.guid);

		if (status == EFI_NOT_FOUND)
			return STATUS_DONE;
		if (status != EFI_SUCCESS)
			return refused("GetNextVariableName", "the next variable", status);
		if (a->full)
			result = print_details(s, n.text, &n.guid);
		if (result)
			return result;
		name_print(stdout, &n.guid, n.text);
		fputc('\n', stdout);
	}
}

static enum exit_status get(struct session *s, const struct arguments *a)
{
	uint64_t size = sizeof(data);
	uint32_t attributes;
	const struct name *n = &a->parsed;
	efi_status_t status;
	const char *word;

	status = ffav_get_variable(s->mm, n->text, &n->guid, &attributes, &size, data);
	if (status != EFI_SUCCESS)
		return refused("GetVariable", a->name, status);
	if (a->raw) {
		fwrite(data, 1, (size_t)size, stdout);
		return STATUS_DONE;
	}
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
	data_dump(stdout, data, (size_t)size);
	return STATUS_DONE;
}

static enum exit_status write_variable(struct session *s, const struct arguments *a,
				       uint32_t attributes)
{
	const struct name *n = &a->parsed;
	efi_status_t status =
		ffav_set_variable(s->mm, n->text, &n->guid, attributes, a->size, a->bytes);

	return status == EFI_SUCCESS ? STATUS_DONE : refused("SetVariable", a->name, status);
}

static enum exit_status set(struct session *s, const struct arguments *a)
{
	return write_variable(s, a, a->attributes);
}

/* An append keeps the attributes of what is there, unless the user says otherwise. */
static enum exit_status append(struct session *s, const struct arguments *a)
{
	const struct name *n = &a->parsed;
	uint32_t attributes = a->attributes;
	uint64_t size = sizeof(data);
	uint32_t there;

	if (!a->attributes_given &&
	    ffav_get_variable(s->mm, n->text, &n->guid, &there, &size, data) == EFI_SUCCESS)
		attributes = there;
	return write_variable(s, a, attributes | EFI_VARIABLE_APPEND_WRITE);
}

static enum exit_status delete (struct session *s, const struct arguments *a) {
	const struct name *n = &a->parsed; uint64_t size = sizeof(data); uint32_t attributes;
	efi_status_t status;

	status = ffav_get_variable(s->mm, n->text, &n->guid, &attributes, &size, data);
	if (status != EFI_SUCCESS) return refused("GetVariable", a->name, status);
	return write_variable(s, a, attributes);
}

static enum exit_status info(struct session *s, const struct arguments *a)
{
	uint64_t storage, remaining, largest;
	uint64_t count = 0;
	struct name n = {0};
	efi_status_t status;

	(void)a;
	status = ffav_query_variable_info(s->mm, ATTRIBUTES_DEFAULT, &storage, &remaining,
					  &largest);
	if (status != EFI_SUCCESS)
		return refused("QueryVariableInfo", "NV|BS|RT", status);
	for (;;) {
		uint64_t size = sizeof(n.text);

		status = ffav_get_next_variable_name(s->mm, &size, n.text, &n.guid);
		if (status != EFI_SUCCESS)
			break;
		count++;
	}
	if (status != EFI_NOT_FOUND)
		return refused("GetNextVariableName", "the next variable", status);
	printf("Flash image:       %s, %zu bytes%s\n", s->image.path, s->image.size,
	       s->image.mapped ? ", with a flash map" : "");
	printf("Store window:      %zu bytes at 0x%zx\n", s->image.window_size,
	       s->image.window);
	printf("Sectors:           %zu of %" PRIu32 " bytes, programmed in units of %" PRIu32
	       "\n",
	       s->image.window_size / s->image.sector_size, s->image.sector_size,
	       s->image.program_unit);
	printf("Variables:         %" PRIu64 "\n", count);
	printf("Storage:           %" PRIu64 " bytes\n", storage);
	printf("Remaining:         %" PRIu64 " bytes\n", remaining);
	printf("Largest variable:  %" PRIu64 " bytes\n", largest);
	printf("FF-A:              version %" PRIu32 ".%" PRIu32 ", partition 0x%04x\n",
	       s->mm->ffa.version >> 16, s->mm->ffa.version & 0xffff, s->mm->ffa.partition);
	return STATUS_DONE;
}

const struct verb verbs[] = {
	{"list", "print the name of every variable; with --long size and attributes too",
	 .run = list},
	{"get", "print a variable; with --raw its data alone", .needs_name = true, .run = get},
	{"set", "write a variable", .needs_name = true, .takes_data = true, .writes = true,
	 .run = set},
	{"append", "add data to a variable", .needs_name = true, .takes_data = true,
	 .writes = true, .run = append},
	{"delete", "remove a variable", .needs_name = true, .writes = true, .run = delete},
	{"info", "print how the store is used", .run = info},
	{.name = NULL},
};
