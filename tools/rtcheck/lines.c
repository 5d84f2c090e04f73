// SPDX-License-Identifier: BSD-3-Clause
/* Source lines of places in ELF files, from their debug information (elfutils' libdwfl). */
#include "tools/rtcheck/rtcheck.h"

#include <elfutils/libdwfl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_build_id_find_elf,
	.find_debuginfo = dwfl_standard_find_debuginfo,
	.section_address = dwfl_offline_section_address,
};

void *rt_lines_open(const char *path)
{
	Dwfl *dwfl = dwfl_begin(&callbacks);

	if (!dwfl)
		return NULL;
	dwfl_report_begin(dwfl);
	if (!dwfl_report_offline(dwfl, path, path, -1)) {
		dwfl_end(dwfl);
		return NULL;
	}
	dwfl_report_end(dwfl, NULL, NULL);
	return dwfl;
}

void rt_lines_close(void *lines)
{
	if (lines)
		dwfl_end(lines);
}

/**
 * struct search - A place to look up.
 * @member: archive member, or NULL for the file itself
 * @section: section number
 * @offset: bytes into it
 * @file: the answer, or NULL
 * @line: the answer
 */
struct search {
	const char *member;
	size_t section;
	uint64_t offset;
	const char *file;
	int line;
};

static int look_in_module(Dwfl_Module *module, void **user, const char *name, Dwarf_Addr start,
			  void *arg)
{
	struct search *s = arg;
	const char *colon = strrchr(name, ':');
	Dwarf_Addr bias;
	GElf_Addr elf_bias;
	Elf *elf;
	Elf_Scn *scn;
	GElf_Shdr shdr;
	Dwfl_Line *line;

	(void)user;
	(void)start;
	/* Members are reported as MODULE:MEMBER or by the member's name alone. */
	if (s->member && strcmp(name, s->member) && (!colon || strcmp(colon + 1, s->member)))
		return DWARF_CB_OK;
	if (!dwfl_module_getdwarf(module, &bias))
		return DWARF_CB_OK;
	elf = dwfl_module_getelf(module, &elf_bias);
	scn = elf ? elf_getscn(elf, s->section) : NULL;
	if (!scn || !gelf_getshdr(scn, &shdr))
		return DWARF_CB_OK;
	line = dwfl_module_getsrc(module, elf_bias + shdr.sh_addr + s->offset);
	if (!line)
		return DWARF_CB_OK;
	s->file = dwfl_lineinfo(line, NULL, &s->line, NULL, NULL, NULL);
	return s->file ? DWARF_CB_ABORT : DWARF_CB_OK;
}

const char *rt_lines_find(void *lines, const char *member, size_t section, uint64_t offset,
			  int *line)
{
	struct search s = {.member = member, .section = section, .offset = offset};

	if (!lines)
		return NULL;
	dwfl_getmodules(lines, look_in_module, &s, 0);
	*line = s.line;
	return s.file;
}
