// SPDX-License-Identifier: BSD-3-Clause
#include "tools/ffavars/ffavars.h"

static void print_all(void)
{
	fputs("Usage: ffavars --flash FILE [OPTION]... VERB [OPERAND]...\n"
	      "Reads and writes EFI variables in a flash image, through the same FF-A calls,\n"
	      "partition and store that serve them on a board; looks into the store itself,\n"
	      "repairs it, and brings variables from and to other formats.\n\nVerbs:\n",
	      stdout);
	for (const struct verb *v = verbs; v->name; v++)
		printf("  %-7s %-10s %s\n", v->name, v->operands, v->help);
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
	      "      --json               all that print something: print it as JSON\n"
	      "      --format F           export: json or edk2\n"
	      "      --layout L           export: an edk2 volume for armvirt, ovmf or ovmf-2m\n"
	      "      --force              export: replace FILE; import: overwrite variables; "
	      "enroll:\n"
	      "                           replace what is enrolled\n"
	      "      --pk FILE            enroll: the platform key\n"
	      "      --kek FILE           enroll: key exchange keys\n"
	      "      --db FILE            enroll: keys and hashes of what may be started\n"
	      "      --dbx FILE           enroll: keys and hashes of what may not\n"
	      "      --owner GUID         enroll: whose certificates are\n"
	      "      --time T             enroll: time stamp of what is not signed; default "
	      "now, "
	      "UTC\n"
	      "      --counter FILE       monotonic counter of the store, by which older "
	      "images "
	      "are found out\n"
	      "      --rebind             take the store as it is, whatever the counter says\n"
	      "      --dry-run            do all but write to the flash image\n"
	      "      --repair             fsck: repair what is wrong\n"
	      "      --trace              print every SMC and SVC, decoded, on standard error\n"
	      "  -h, --help               this; with a verb, more about it\n"
	      "\nNAME is GUID-Name as efivar writes it. These words stand for GUIDs:\n",
	      stdout);
	name_print_words(stdout);
	fputs("\nExit status: 0 done, 1 refused or not found, 2 wrong use, 3 unusable image or "
	      "file,\n4 fsck found something wrong, 5 fsck repaired it.\n",
	      stdout);
}

void help_print(const struct verb *v)
{
	if (!v) {
		print_all();
		return;
	}
	printf("Usage: ffavars --flash FILE [OPTION]... %s%s%s\n", v->name,
	       *v->operands ? " " : "", v->operands);
	printf("%c%s.\n", *v->help >= 'a' && *v->help <= 'z' ? *v->help - 'a' + 'A' : *v->help,
	       v->help + 1);
	if (v->details)
		printf("%s", v->details);
	puts("'ffavars --help' lists all verbs and options.");
}
