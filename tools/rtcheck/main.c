// SPDX-License-Identifier: BSD-3-Clause
/* rtcheck: nothing resident refers to anything that is not. See rtcheck(1). */
#include "tools/rtcheck/rtcheck.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What ffavars and U-Boot call resident, in objects and in linked files. */
static const char *const default_resident[] = {
	".text.efi_runtime*", ".data.efi_runtime*", ".rodata.efi_runtime*",
	".bss.efi_runtime*",  ".efi_runtime",       ".text$efirt*",
	".data$efirt*",       ".rdata$efirt*",      ".bss$efirt*",
};

static const char help[] =
	"Usage: rtcheck [OPTION]... FILE...\n"
	"Report every reference from resident EFI runtime code or data to anything that is\n"
	"gone after ExitBootServices. FILEs are AArch64 ELF objects, archives, linked files\n"
	"that kept their relocations, or COFF objects.\n"
	"\n"
	"  -r, --resident=PATTERN   sections that stay (may be repeated; replaces the "
	"default)\n"
	"  -a, --allow=[FROM:]SYMBOL=REASON\n"
	"                           resident code (or only FROM) may refer to SYMBOL\n"
	"  -e, --entry=SYMBOL       start the chains here (may be repeated)\n"
	"  -q, --quiet              print nothing when there is nothing to report\n"
	"  -h, --help               print this\n"
	"\n"
	"Exit status: 0 nothing found, 1 references found, 2 an argument or a file is wrong.\n";

static bool parse_allow(struct rt_allow *allow, char *text)
{
	char *equals = strchr(text, '=');
	char *colon;

	if (!equals || equals == text || !equals[1]) {
		fprintf(stderr, "rtcheck: --allow takes [FROM:]SYMBOL=REASON, not '%s'.\n",
			text);
		return false;
	}
	*equals = '\0';
	colon = strchr(text, ':');
	if (colon)
		*colon = '\0';
	allow->from = colon ? text : NULL;
	allow->symbol = colon ? colon + 1 : text;
	allow->reason = equals + 1;
	return true;
}

static size_t count_resident(const struct rt_input *in)
{
	size_t count = 0;

	for (size_t i = 0; i < in->section_count; i++)
		count += in->sections[i].resident && in->sections[i].size;
	return count;
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{"resident", required_argument, NULL, 'r'},
		{"allow", required_argument, NULL, 'a'},
		{"entry", required_argument, NULL, 'e'},
		{"quiet", no_argument, NULL, 'q'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	const char **resident = calloc((size_t)argc + 1, sizeof(*resident));
	const char **entries = calloc((size_t)argc + 1, sizeof(*entries));
	struct rt_allow *allow = calloc((size_t)argc + 1, sizeof(*allow));
	struct rt_options options = {.resident = resident, .allow = allow, .entries = entries};
	struct rt_input in = {0};
	bool quiet = false;
	int status = 2, option;
	size_t found;

	if (!resident || !entries || !allow)
		goto out;
	while ((option = getopt_long(argc, argv, "r:a:e:qh", longs, NULL)) >= 0) {
		switch (option) {
		case 'r':
			resident[options.resident_count++] = optarg;
			break;
		case 'a':
			if (!parse_allow(&allow[options.allow_count++], optarg))
				goto out;
			break;
		case 'e':
			entries[options.entry_count++] = optarg;
			break;
		case 'q':
			quiet = true;
			break;
		case 'h':
			fputs(help, stdout);
			status = 0;
			goto out;
		default:
			fprintf(stderr, "Try 'rtcheck --help'.\n");
			goto out;
		}
	}
	if (optind == argc) {
		fprintf(stderr, "rtcheck: no file was named. Try 'rtcheck --help'.\n");
		goto out;
	}
	if (!options.resident_count) {
		options.resident = default_resident;
		options.resident_count = sizeof(default_resident) / sizeof(default_resident[0]);
	}
	for (int i = optind; i < argc; i++) {
		if (!rt_read_file(&in, &options, argv[i]))
			goto out;
	}
	if (!count_resident(&in)) {
		fprintf(stderr,
			"rtcheck: none of the files has a resident section; nothing was "
			"checked.\n");
		goto out;
	}
	found = rt_check(&in, &options, stdout);
	for (size_t i = 0; i < options.allow_count && !quiet; i++)
		printf("%s %s%s%s: %s\n", allow[i].used ? "allowed:" : "never used: --allow",
		       allow[i].from ? allow[i].from : "", allow[i].from ? ":" : "",
		       allow[i].symbol, allow[i].reason);
	if (found || !quiet)
		printf("rtcheck: %zu reference%s from resident to non-resident, %zu resident "
		       "section%s in %zu object%s.\n",
		       found, found == 1 ? "" : "s", count_resident(&in),
		       count_resident(&in) == 1 ? "" : "s", in.object_count,
		       in.object_count == 1 ? "" : "s");
	status = found ? 1 : 0;
out:
	rt_input_free(&in);
	free(resident);
	free(entries);
	free(allow);
	return status;
}
