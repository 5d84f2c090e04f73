// SPDX-License-Identifier: BSD-3-Clause
/* The command line. */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>

#include "tools/ffavars/ffavars.h"

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

static void help(void)
{
	fputs("Usage: ffavars --flash FILE [OPTION]... VERB [NAME] [DATA]\n"
	      "Reads and writes EFI variables in a flash image, through the same FF-A calls,\n"
	      "partition and store that serve them on a board.\n\nVerbs:\n",
	      stdout);
	for (const struct verb *v = verbs; v->name; v++)
		printf("  %-7s %s\n", v->name, v->help);
	fputs("\nOptions:\n"
	      "  -f, --flash FILE         flash image, or the variable store's window alone\n"
	      "      --create SIZE        make FILE first, blank, of SIZE bytes (K and M are "
	      "understood)\n"
	      "      --sector-size N      erase size of a window without a flash map, default "
	      "4096\n"
	      "      --program-unit N     its smallest program: 4, 16 or 32 bytes, default 4\n"
	      "  -a, --attributes A       a number, or of NV BS RT HR AT joined by '|'; "
	      "default "
	      "NV|BS|RT\n"
	      "      --file FILE          data to write; '-' is standard input\n"
	      "      --hex                DATA is hexadecimal\n"
	      "      --raw                get: write the data alone\n"
	      "  -l, --long               list: sizes and attributes too\n"
	      "      --trace              print every SMC and SVC, decoded, on standard error\n"
	      "  -h, --help               this\n"
	      "\nNAME is GUID-Name as efivar writes it. These words stand for GUIDs:\n",
	      stdout);
	name_print_words(stdout);
	fputs("\nExit status: 0 done, 1 refused or not found, 2 wrong use, 3 unusable image.\n",
	      stdout);
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
	if (v->needs_name) {
		if (!count) {
			message("'%s' needs the name of a variable.", v->name);
			return -1;
		}
		a->name = *operands++;
		count--;
	}
	if (v->takes_data && count && !a->file) {
		a->data = *operands++;
		count--;
	}
	if (count) {
		message("'%s' does not take \"%s\".", v->name, *operands);
		return -1;
	}
	if (v->takes_data && !a->data && !a->file) {
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

	if (v->needs_name && name_parse(a->name, &a->parsed, &why)) {
		message("%s is not a variable's name. %s", a->name, why);
		return -1;
	}
	if (!v->takes_data)
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

int main(int argc, char **argv)
{
	struct arguments a = {.attributes = ATTRIBUTES_DEFAULT};
	const struct verb *v;
	struct session session;
	enum exit_status status;
	int code;

	while ((code = getopt_long(argc, argv, "f:a:lh", options, NULL)) != -1) {
		if (code == 'h' || code == OPTION_HELP) {
			help();
			return STATUS_DONE;
		}
		if (take_option(code, &a))
			return STATUS_USAGE;
	}
	if (optind == argc) {
		message("There is no verb. --help lists them.");
		return STATUS_USAGE;
	}
	v = find_verb(argv[optind]);
	if (!v) {
		message("\"%s\" is not a verb. --help lists them.", argv[optind]);
		return STATUS_USAGE;
	}
	if (take_operands(v, argc - optind - 1, argv + optind + 1, &a))
		return STATUS_USAGE;
	if (!a.flash) {
		message("There is no flash image: --flash FILE names it.");
		return STATUS_USAGE;
	}
	if (check_operands(v, &a))
		return STATUS_USAGE;
	status = session_open(&session, &a, v->writes);
	if (!status)
		status = session_close(&session, v->run(&session, &a));
	if (fflush(stdout) || ferror(stdout)) {
		message("Standard output cannot be written: %s.", strerror(errno));
		if (!status)
			status = STATUS_USAGE;
	}
	return (int)status;
}
