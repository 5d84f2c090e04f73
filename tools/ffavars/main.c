// SPDX-License-Identifier: BSD-3-Clause
/* The command line. */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "tools/ffavars/ffavars.h"
#include "tools/ffavars/json.h"

/* What is quoted in a message may come from a file that somebody else has made. */
void message(const char *format, ...)
{
	va_list arguments;
	char *text = NULL;
	int length;

	fflush(stdout);
	va_start(arguments, format);
	/* The analyzer forgets va_start() where it looks at several files in one run. */
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) */
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	fputs("ffavars: ", stderr);
	name_print_utf8(stderr, length < 0 ? "There is no memory for a message." : text);
	fputc('\n', stderr);
	if (length >= 0)
		free(text);
}

static const struct verb *find_verb(const char *name)
{
	for (const struct verb *v = verbs; v->name; v++) {
		if (!strcmp(v->name, name))
			return v;
	}
	return NULL;
}

/* What stands behind the verb. Return: 0, or -1 after a message. */
static int take_operands(const struct verb *v, int count, char **operands, struct arguments *a)
{
	bool takes_data = v->flags & VERB_DATA;

	if (v->flags & VERB_NAME) {
		if (!count) {
			message("'%s' needs the name of a variable.", v->name);
			return -1;
		}
		a->name = *operands++;
		count--;
	}
	if (v->flags & VERB_FILE) {
		if (!count) {
			message("'%s' needs the name of a file.", v->name);
			return -1;
		}
		a->other = *operands++;
		count--;
	}
	if (takes_data && count && !a->file) {
		a->data = *operands++;
		count--;
	}
	if (count) {
		message("'%s' does not take \"%s\".", v->name, *operands);
		return -1;
	}
	if ((v->flags & VERB_KEYS) && !a->enroll_count) {
		message("'%s' needs a file: --pk, --kek, --db or --dbx names one.", v->name);
		return -1;
	}
	if (takes_data && !a->data && !a->file) {
		message("'%s' needs data: as an argument, or with --file.", v->name);
		return -1;
	}
	if (a->hex && !a->data) {
		message("--hex says how to read data in the command line, and there is none.");
		return -1;
	}
	return 0;
}

/* Name, attributes and data, before the image is touched. Return: 0, or -1 after a message. */
static int check_operands(const struct verb *v, struct arguments *a)
{
	static uint8_t bytes[DATA_MAX];
	const char *why;

	if ((v->flags & VERB_NAME) && name_parse(a->name, &a->parsed, &why)) {
		message("%s is not a variable's name. %s", a->name, why);
		return -1;
	}
	if (!(v->flags & VERB_DATA))
		return 0;
	if (!(a->attributes & EFI_VARIABLE_NON_VOLATILE)) {
		message("A variable without NV would be gone when this command ends; the "
			"attributes are 0x%x.",
			(unsigned int)a->attributes);
		return -1;
	}
	a->bytes = bytes;
	if (data_read(a, a->bytes, &a->size))
		return -1;
	if (!a->size) {
		message("There is no data to write to %s; 'delete' removes a variable.",
			a->name);
		return -1;
	}
	return 0;
}

/* Options that only some verbs have. Return: 0, or -1 after a message. */
static int check_options(const struct verb *v, const struct arguments *a)
{
	const char *option = NULL;

	if (a->json && !(v->flags & VERB_JSON))
		option = "json";
	else if (a->force && !(v->flags & VERB_FORCE))
		option = "force";
	else if (a->repair && v->run_alone != verb_fsck)
		option = "repair";
	else if (a->format && v->run_alone != verb_export)
		option = "format";
	else if (a->layout && v->run_alone != verb_export)
		option = "layout";
	else if (a->layout && a->format && strcmp(a->format, "edk2") != 0)
		option = "layout without --format edk2";
	else if (a->rebind && !a->counter)
		option = "rebind without --counter FILE";
	else if (a->dry_run && !(v->flags & VERB_WRITES))
		option = "dry-run";
	else if (a->enroll_count && !(v->flags & VERB_KEYS))
		option = "pk, --kek, --db or --dbx";
	else if (a->owner_given && !(v->flags & VERB_KEYS))
		option = "owner";
	else if (a->time_given && !(v->flags & VERB_KEYS))
		option = "time";
	else if (a->create && v->run_alone && v->run_alone != verb_import)
		option = "create";
	if (!option)
		return 0;
	message("'%s' does not know --%s.", v->name, option);
	return -1;
}

int finish(struct image *image, const struct arguments *a)
{
	if (!a->dry_run)
		return image_commit(image);
	image_forget(image);
	return 0;
}

/* Does what the verb does to the copy in memory of the image. */
static enum exit_status run_on(struct image *image, const struct verb *v,
			       const struct arguments *a)
{
	struct session session;
	enum exit_status status;

	if (v->run_alone)
		return v->run_alone(image, a);
	status = session_open(&session, image, a);
	if (status)
		return status;
	status = v->run(&session, a);
	session_close(&session);
	return status;
}

/* @became: set to what became of the image's file, or left as it is if that stays as it was */
static enum exit_status run(const struct verb *v, const struct arguments *a,
			    const char **became)
{
	uint32_t sector_size = a->sector_size ? a->sector_size : IMAGE_SECTOR_SIZE;
	bool writes = (v->flags & VERB_WRITES) || a->create || a->repair;
	enum exit_status status = STATUS_IMAGE;
	struct image image;

	if (a->create && image_create(a->flash, a->create_size, sector_size))
		return STATUS_IMAGE;
	if (!image_open(&image, a->flash, writes, a->sector_size, a->program_unit)) {
		if (a->counter)
			image_use_counter(&image, a->counter);
		status = run_on(&image, v, a);
		if (!status && writes && finish(&image, a))
			status = STATUS_IMAGE;
		if (image.committed)
			*became = "changed";
		image_close(&image);
	}
	if (a->create) {
		*became = status || a->dry_run ? NULL : "made";
		/* What was made for something that was not done is not left behind. */
		if (!*became)
			unlink(a->flash);
	}
	return status;
}

/* Has all that was printed got to where it should? @became: what the image has become, or NULL */
static enum exit_status end(enum exit_status status, const char *flash, const char *became)
{
	bool lost = fflush(stdout) || ferror(stdout);

	if (lost)
		message("Standard output cannot be written: %s.", strerror(errno));
	if (lost && !status)
		status = STATUS_IMAGE;
	/* Who hears of a failure would think otherwise. */
	if (became && (lost || status == STATUS_IMAGE))
		message("%s was %s all the same.", flash, became);
	return status;
}

int main(int argc, char **argv)
{
	static struct arguments a = {.attributes = ATTRIBUTES_DEFAULT, .owner = OWNER_DEFAULT};
	time_t now = time(NULL);
	const struct verb *v = NULL;
	const char *became = NULL;
	enum exit_status status;
	bool help = false;

	json_start();
	gmtime_r(&now, &a.time);
	if (!options_take(argc, argv, &a, &help))
		return STATUS_USAGE;
	if (optind < argc) {
		v = find_verb(argv[optind]);
		if (!v) {
			message("\"%s\" is not a verb. --help lists them.", argv[optind]);
			return STATUS_USAGE;
		}
	}
	if (help) {
		help_print(v);
		return (int)end(STATUS_DONE, NULL, NULL);
	}
	if (!v) {
		message("There is no verb. --help lists them.");
		return STATUS_USAGE;
	}
	if (take_operands(v, argc - optind - 1, argv + optind + 1, &a) || check_options(v, &a))
		return STATUS_USAGE;
	if (!a.flash) {
		message("There is no flash image: --flash FILE names it.");
		return STATUS_USAGE;
	}
	if (check_operands(v, &a))
		return STATUS_USAGE;
	status = run(v, &a, &became);
	return (int)end(status, a.flash, became);
}
