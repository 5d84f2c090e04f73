// SPDX-License-Identifier: BSD-3-Clause
/* Options of the command line. */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
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
	OPTION_JSON,
	OPTION_FORMAT,
	OPTION_LAYOUT,
	OPTION_FORCE,
	OPTION_REPAIR,
	OPTION_DRY_RUN,
	OPTION_COUNTER,
	OPTION_REBIND,
	OPTION_PK,
	OPTION_KEK,
	OPTION_DB,
	OPTION_DBX,
	OPTION_OWNER,
	OPTION_TIME,
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
	{"counter", required_argument, NULL, OPTION_COUNTER},
	{"rebind", no_argument, NULL, OPTION_REBIND},
	{"dry-run", no_argument, NULL, OPTION_DRY_RUN},
	{"pk", required_argument, NULL, OPTION_PK},
	{"kek", required_argument, NULL, OPTION_KEK},
	{"db", required_argument, NULL, OPTION_DB},
	{"dbx", required_argument, NULL, OPTION_DBX},
	{"owner", required_argument, NULL, OPTION_OWNER},
	{"time", required_argument, NULL, OPTION_TIME},
	{"help", no_argument, NULL, OPTION_HELP},
	{0},
};

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
static int take_key_file(enum enroll_target target, struct arguments *a)
{
	for (size_t i = 0; i < a->enroll_count; i++) {
		if (target == ENROLL_PK && a->enroll[i].target == ENROLL_PK) {
			message("PK holds one certificate: --pk is given twice.");
			return -1;
		}
	}
	if (a->enroll_count == ENROLL_MAX) {
		message("At most %u files can be enrolled at once.", ENROLL_MAX);
		return -1;
	}
	a->enroll[a->enroll_count++] = (struct enroll_file){target, optarg};
	return 0;
}

/* Return: 0, or -1 after a message. */
static int take_time(struct arguments *a)
{
	const char *end = strptime(optarg, "%Y-%m-%d %H:%M:%S", &a->time);
	struct tm t = a->time;

	a->time_given = true;
	/* The library accepts the 31st of every month, and gives it a new date here. */
	if (end && !*end && t.tm_year >= 0 && t.tm_sec < 60 && timegm(&t) != -1 &&
	    t.tm_mday == a->time.tm_mday)
		return 0;
	message("--time takes a date and time of day in UTC, such as \"2026-01-31 12:00:00\", "
		"not \"%s\".",
		optarg);
	return -1;
}

/* Options of 'enroll'. Return: 0, or -1 after a message. */
static int take_enroll_option(int code, struct arguments *a)
{
	switch (code) {
	case OPTION_PK:
		return take_key_file(ENROLL_PK, a);
	case OPTION_KEK:
		return take_key_file(ENROLL_KEK, a);
	case OPTION_DB:
		return take_key_file(ENROLL_DB, a);
	case OPTION_DBX:
		return take_key_file(ENROLL_DBX, a);
	case OPTION_TIME:
		return take_time(a);
	case OPTION_OWNER:
		a->owner_given = true;
		if (name_guid_parse(optarg, &a->owner))
			return 0;
		message("--owner takes a GUID, such as "
			"3da5623f-d511-48f5-aa64-35790f5b951e, not \"%s\".",
			optarg);
		return -1;
	default:
		fputs("ffavars: --help lists the options.\n", stderr);
		return -1;
	}
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
	case OPTION_COUNTER:
		a->counter = optarg;
		return 0;
	case OPTION_REBIND:
		a->rebind = true;
		return 0;
	case OPTION_DRY_RUN:
		a->dry_run = true;
		return 0;
	default:
		return take_enroll_option(code, a);
	}
}

bool options_take(int argc, char **argv, struct arguments *a, bool *help)
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
