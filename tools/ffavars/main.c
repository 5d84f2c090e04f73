// SPDX-License-Identifier: BSD-3-Clause
/* The command line. */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "tools/ffavars/ffavars.h"
#include "tools/ffavars/json.h"

enum option_code {
	OPTION_FLASH = 256,
	OPTION_CREATE,
	OPTION_SECTOR_SIZE,
	OPTION_PROGRAM_UNIT,
	OPTION_TRACE,
	OPTION_RAW,
	OPTION_LONG,
	OPTION_ATTRIBUTES,
	OPTION_FILE,
	OPTION_HEX,
	OPTION_JSON,
	OPTION_FORMAT,
	OPTION_LAYOUT,
	OPTION_FORCE,
	OPTION_REPAIR,
	OPTION_HELP,
};

static const struct option options[] = {
	{"flash", required_argument, NULL, OPTION_FLASH},
	{"create", required_argument, NULL, OPTION_CREATE},
	{"sector-size", required_argument, NULL, OPTION_SECTOR_SIZE},
	{"program-unit", required_argument, NULL, OPTION_PROGRAM_UNIT},
	{"trace", no_argument, NULL, OPTION_TRACE},
	{"raw", no_argument, NULL, OPTION_RAW},
	{"long", no_argument, NULL, OPTION_LONG},
	{"attributes", required_argument, NULL, OPTION_ATTRIBUTES},
	{"file", required_argument, NULL, OPTION_FILE},
	{"hex", no_argument, NULL, OPTION_HEX},
	{"json", no_argument, NULL, OPTION_JSON},
	{"format", required_argument, NULL, OPTION_FORMAT},
	{"layout", required_argument, NULL, OPTION_LAYOUT},
	{"force", no_argument, NULL, OPTION_FORCE},
	{"repair", no_argument, NULL, OPTION_REPAIR},
	{"help", no_argument, NULL, OPTION_HELP},
	{0},
};

void message(const char *format, ...)
{
	va_list arguments;

	fflush(stdout);
	fputs("ffavars: ", stderr);
	va_start(arguments, format);
	/* The analyzer forgets va_start() where it looks at several files in one run. */
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) */
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

/* A size with K or M behind it. */
static int parse_size(const char *option, const char *in, uint64_t limit, uint64_t *out)
{
	unsigned long long value;
	uint64_t factor = 1;
	char *end;

	errno = 0;
	value = strtoull(in, &end, 0);
	if (end != in && (*end == 'K' || *end == 'k'))
		factor = 1024, end++;
	else if (end != in && (*end == 'M' || *end == 'm'))
		factor = UINT64_C(1024) * 1024, end++;
	if (errno || end == in || *end || *in == '-' || !value || value > limit / factor) {
		message("--%s takes a size in bytes up to %llu, not \"%s\".", option,
			(unsigned long long)limit, in);
		return -1;
	}
	*out = value * factor;
	return 0;
}

static int parse_u32(const char *option, const char *in, uint32_t *out)
{
	uint64_t value;

	if (parse_size(option, in, UINT32_C(1) << 30, &value))
		return -1;
	*out = (uint32_t)value;
	return 0;
}

/* Return: 0, or -1 after a message. */
static int take_option(int code, struct arguments *a)
{
	switch (code) {
	case 'f':
	case OPTION_FLASH:
		a->flash = optarg;
		return 0;
	case OPTION_CREATE:
		a->create = true;
		return parse_size("create", optarg, UINT64_C(1) << 31, &a->create_size);
	case OPTION_SECTOR_SIZE:
		return parse_u32("sector-size", optarg, &a->sector_size);
	case OPTION_PROGRAM_UNIT:
		return parse_u32("program-unit", optarg, &a->program_unit);
	case OPTION_TRACE:
		a->trace = true;
		return 0;
	case OPTION_RAW:
		a->raw = true;
		return 0;
	case 'l':
	case OPTION_LONG:
		a->full = true;
		return 0;
	case 'a':
	case OPTION_ATTRIBUTES:
		a->attributes_given = true;
		if (!attributes_parse(optarg, &a->attributes))
			return 0;
		message("\"%s\" are not attributes: a number, or of NV BS RT HR AT joined by "
			"'|'.",
			optarg);
		return -1;
	case OPTION_FILE:
		a->file = optarg;
		return 0;
	case OPTION_HEX:
		a->hex = true;
		return 0;
	case OPTION_JSON:
		a->json = true;
		return 0;
	case OPTION_FORMAT:
		a->format = optarg;
		return 0;
	case OPTION_LAYOUT:
		a->layout = optarg;
		return 0;
	case OPTION_FORCE:
		a->force = true;
		return 0;
	case OPTION_REPAIR:
		a->repair = true;
		return 0;
	default:
		fputs("ffavars: --help lists the options.\n", stderr);
		return -1;
	}
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
	else if (a->create && v->run_alone && v->run_alone != verb_import)
		option = "create";
	if (!option)
		return 0;
	message("'%s' does not know --%s.", v->name, option);
	return -1;
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

static enum exit_status run(const struct verb *v, const struct arguments *a)
{
	uint32_t sector_size = a->sector_size ? a->sector_size : IMAGE_SECTOR_SIZE;
	bool writes = (v->flags & VERB_WRITES) || a->create || a->repair;
	enum exit_status status = STATUS_IMAGE;
	struct image image;

	if (a->create && image_create(a->flash, a->create_size, sector_size))
		return STATUS_IMAGE;
	if (!image_open(&image, a->flash, writes, a->sector_size, a->program_unit)) {
		status = run_on(&image, v, a);
		if (!status && writes && image_commit(&image))
			status = STATUS_IMAGE;
		image_close(&image);
	}
	/* An image that was made for something that failed is not left behind. */
	if (status && a->create)
		unlink(a->flash);
	return status;
}

/* Return: false if the command line makes no sense, after a message. */
static bool take_options(int argc, char **argv, struct arguments *a, bool *help)
{
	int code;

	while ((code = getopt_long(argc, argv, "f:a:lh", options, NULL)) != -1) {
		if (code == 'h' || code == OPTION_HELP)
			*help = true;
		else if (take_option(code, a))
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	struct arguments a = {.attributes = ATTRIBUTES_DEFAULT};
	const struct verb *v = NULL;
	enum exit_status status;
	bool help = false;

	json_start();
	if (!take_options(argc, argv, &a, &help))
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
		return STATUS_DONE;
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
	status = run(v, &a);
	if (fflush(stdout) || ferror(stdout)) {
		message("Standard output cannot be written: %s.", strerror(errno));
		if (!status)
			status = STATUS_USAGE;
	}
	return (int)status;
}
