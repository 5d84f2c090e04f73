// SPDX-License-Identifier: BSD-3-Clause
/* Reader of AArch64 ELF objects, archives of them, and linked files that kept relocations. */
#include "tools/rtcheck/rtcheck.h"

#include <elf.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** struct elf_file - An ELF image while it is read. The maps go from its numbers to ours. */
struct elf_file {
	struct rt_input *in;
	const struct rt_options *options;
	const char *name;
	Elf *elf;
	size_t object;
	bool linked;
	size_t *sections;
	size_t section_count;
	size_t *symbols;
	size_t symbol_count;
};

static bool complain(const struct elf_file *f, const char *what)
{
	const char *why = elf_errmsg(0);

	fprintf(stderr, "rtcheck: %s: %s%s%s.\n", f->name, what, why ? ": " : "",
		why ? why : "");
	return false;
}

/* A name from a string table; never NULL, whatever the offsets say. */
static char *name_at(const struct elf_file *f, size_t table, size_t offset)
{
	const char *name = elf_strptr(f->elf, table, offset);

	return rt_copy(name ? name : "", SIZE_MAX);
}

static bool read_sections(struct elf_file *f)
{
	size_t names, count;
	Elf_Scn *scn = NULL;

	if (elf_getshdrnum(f->elf, &count) || elf_getshdrstrndx(f->elf, &names))
		return complain(f, "its section headers cannot be read");
	if (count == 0)
		return complain(f, "it has no section headers");
	f->sections = malloc(count * sizeof(*f->sections));
	if (!f->sections)
		return complain(f, "there is no memory for its sections");
	f->section_count = count;
	for (size_t i = 0; i < count; i++)
		f->sections[i] = RT_NONE;

	while ((scn = elf_nextscn(f->elf, scn))) {
		struct rt_section s = {.object = f->object, .index = elf_ndxscn(scn)};
		Elf_Data *data;
		GElf_Shdr shdr;

		if (s.index >= count || !gelf_getshdr(scn, &shdr))
			return complain(f, "a section header cannot be read");
		s.name = name_at(f, names, shdr.sh_name);
		s.loaded = shdr.sh_flags & SHF_ALLOC;
		s.code = shdr.sh_flags & SHF_EXECINSTR;
		s.address = f->linked ? shdr.sh_addr : 0;
		s.size = shdr.sh_size;
		s.resident = s.loaded && rt_is_resident(f->options, s.name);
		if (s.resident && shdr.sh_type != SHT_NOBITS && shdr.sh_size) {
			data = elf_getdata(scn, NULL);
			if (!data || !data->d_buf || data->d_size != shdr.sh_size) {
				free(s.name);
				return complain(
					f,
					"the bytes of a resident section are not in the file");
			}
			s.data = malloc(data->d_size);
			if (!s.data) {
				free(s.name);
				return complain(f, "there is no memory for a resident section");
			}
			memcpy(s.data, data->d_buf, data->d_size);
		}
		f->sections[s.index] = rt_add_section(f->in, &s);
	}
	return true;
}

/* Numbers of ordinary sections are below SHN_LORESERVE; SHN_XINDEX stands for larger ones. */
static size_t symbol_section(struct elf_file *f, Elf_Data *extended, int i, const GElf_Sym *sym)
{
	Elf32_Word large = 0;
	GElf_Sym again;
	size_t index = sym->st_shndx;

	if (index == SHN_XINDEX && extended &&
	    gelf_getsymshndx(NULL, extended, i, &again, &large))
		index = large;
	else if (index >= SHN_LORESERVE)
		return RT_NONE;
	return index < f->section_count ? f->sections[index] : RT_NONE;
}

static bool read_symbols(struct elf_file *f, Elf_Scn *scn)
{
	Elf_Data *data = elf_getdata(scn, NULL), *extended = NULL;
	GElf_Shdr shdr, other_shdr;
	Elf_Scn *other = NULL;
	size_t count;

	if (!gelf_getshdr(scn, &shdr) || !data || shdr.sh_entsize != sizeof(Elf64_Sym))
		return complain(f, "its symbol table cannot be read");
	while ((other = elf_nextscn(f->elf, other))) {
		if (gelf_getshdr(other, &other_shdr) && other_shdr.sh_type == SHT_SYMTAB_SHNDX)
			extended = elf_getdata(other, NULL);
	}
	count = data->d_size / sizeof(Elf64_Sym);
	f->symbols = malloc((count + 1) * sizeof(*f->symbols));
	if (!f->symbols || count > INT32_MAX)
		return complain(f, "there is no memory for its symbols");
	f->symbol_count = count;
	for (size_t i = 0; i < count; i++) {
		struct rt_symbol s = {.object = f->object, .alternative = RT_NONE};
		GElf_Sym sym;

		if (!gelf_getsym(data, (int)i, &sym))
			return complain(f, "a symbol cannot be read");
		s.section = symbol_section(f, extended, (int)i, &sym);
		s.absolute = sym.st_shndx == SHN_ABS;
		s.function = GELF_ST_TYPE(sym.st_info) == STT_FUNC;
		s.size = sym.st_size;
		s.offset = sym.st_value;
		if (s.section != RT_NONE)
			s.offset -= f->in->sections[s.section].address;
		s.binding = GELF_ST_BIND(sym.st_info) == STB_LOCAL  ? RT_LOCAL
			    : GELF_ST_BIND(sym.st_info) == STB_WEAK ? RT_WEAK
								    : RT_GLOBAL;
		if (GELF_ST_TYPE(sym.st_info) == STT_SECTION)
			s.name = rt_copy("", 0);
		else
			s.name = name_at(f, shdr.sh_link, sym.st_name);
		f->symbols[i] = rt_add_symbol(f->in, &s);
	}
	return true;
}

static bool is_call(uint64_t type)
{
	return type == R_AARCH64_CALL26 || type == R_AARCH64_JUMP26 ||
	       type == R_AARCH64_CONDBR19 || type == R_AARCH64_TSTBR14;
}

/* The table itself is data that nobody marked resident, so an access through it counts. */
static bool is_got(uint64_t type)
{
	return (type >= R_AARCH64_MOVW_GOTOFF_G0 && type <= R_AARCH64_LD64_GOTPAGE_LO15);
}

static bool read_relocations(struct elf_file *f, Elf_Scn *scn, const GElf_Shdr *shdr)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	struct rt_section *target;
	size_t count;

	if (shdr->sh_info >= f->section_count || f->sections[shdr->sh_info] == RT_NONE)
		return complain(f, "a relocation section names a section that is not there");
	target = &f->in->sections[f->sections[shdr->sh_info]];
	if (!target->resident)
		return true;
	if (!data || shdr->sh_entsize != sizeof(Elf64_Rela))
		return complain(f, "the relocations of a resident section cannot be read");
	target->relocated = true;
	count = data->d_size / sizeof(Elf64_Rela);
	for (size_t i = 0; i < count && i < INT32_MAX; i++) {
		struct rt_reference r = {.section = f->sections[shdr->sh_info]};
		GElf_Rela rela;
		size_t symbol;

		if (!gelf_getrela(data, (int)i, &rela))
			return complain(f, "a relocation cannot be read");
		symbol = GELF_R_SYM(rela.r_info);
		if (GELF_R_TYPE(rela.r_info) == R_AARCH64_NONE)
			continue;
		r.offset = rela.r_offset - target->address;
		if (r.offset >= target->size)
			return complain(f, "a relocation lies outside its section");
		if (symbol == 0)
			continue; /* relative to nothing: an address that was already fixed up */
		if (symbol >= f->symbol_count)
			return complain(f, "a relocation names a symbol that is not there");
		r.symbol = f->symbols[symbol];
		r.addend = rela.r_addend;
		r.call = is_call(GELF_R_TYPE(rela.r_info));
		r.got = is_got(GELF_R_TYPE(rela.r_info));
		rt_add_reference(f->in, &r);
	}
	return true;
}

/* A linked file whose resident code kept no relocations cannot be judged: say so, do not pass it. */
static bool relocations_kept(struct elf_file *f)
{
	bool any = false;

	if (!f->linked)
		return true;
	for (size_t i = 0; i < f->in->section_count; i++) {
		const struct rt_section *s = &f->in->sections[i];

		if (s->object != f->object || !s->resident || !s->code || !s->size)
			continue;
		any = true;
		if (s->relocated)
			return true;
	}
	if (!any)
		return true;
	fprintf(stderr,
		"rtcheck: %s was linked without its relocations; link it with --emit-relocs, "
		"or "
		"check the objects it was made from.\n",
		f->name);
	return false;
}

static bool read_image(struct rt_input *in, const struct rt_options *options, const char *name,
		       Elf *elf, void *lines)
{
	struct elf_file f = {.in = in, .options = options, .name = name, .elf = elf};
	Elf_Scn *scn = NULL;
	GElf_Ehdr ehdr;
	GElf_Shdr shdr;
	bool ok = false;

	if (!gelf_getehdr(elf, &ehdr))
		return complain(&f, "its ELF header cannot be read");
	if (gelf_getclass(elf) != ELFCLASS64 || ehdr.e_machine != EM_AARCH64 ||
	    ehdr.e_ident[EI_DATA] != ELFDATA2LSB) {
		fprintf(stderr,
			"rtcheck: %s is for ELF machine %u; only little-endian AArch64 is "
			"read.\n",
			name, ehdr.e_machine);
		return false;
	}
	f.linked = ehdr.e_type == ET_EXEC || ehdr.e_type == ET_DYN;
	if (!f.linked && ehdr.e_type != ET_REL) {
		fprintf(stderr,
			"rtcheck: %s has ELF type %u; objects and linked files are read.\n",
			name, ehdr.e_type);
		return false;
	}
	f.object = rt_add_object(in, name);
	in->objects[f.object].linked = f.linked;
	in->objects[f.object].lines = lines;

	if (!read_sections(&f))
		goto out;
	while ((scn = elf_nextscn(elf, scn))) {
		if (!gelf_getshdr(scn, &shdr))
			continue;
		if (shdr.sh_type == SHT_SYMTAB && !f.symbols && !read_symbols(&f, scn))
			goto out;
	}
	while ((scn = elf_nextscn(elf, scn))) {
		if (!gelf_getshdr(scn, &shdr) || shdr.sh_type != SHT_RELA)
			continue;
		/* Dynamic relocations repeat, for the loader, what the static ones say. */
		if (f.linked && (shdr.sh_flags & SHF_ALLOC))
			continue;
		if (!read_relocations(&f, scn, &shdr))
			goto out;
	}
	ok = relocations_kept(&f);
out:
	free(f.sections);
	free(f.symbols);
	return ok;
}

static bool read_archive(struct rt_input *in, const struct rt_options *options,
			 const char *path, int fd, Elf *archive, void *lines)
{
	Elf_Cmd command = ELF_C_READ;
	bool ok = true, any = false;
	Elf *member;

	while ((member = elf_begin(fd, command, archive))) {
		Elf_Arhdr *header = elf_getarhdr(member);

		if (!header) {
			fprintf(stderr, "rtcheck: %s: the header of a member cannot be read.\n",
				path);
			elf_end(member);
			return false;
		}
		/* The symbol index and the table of long names start with a slash. */
		if (header->ar_name[0] != '/') {
			size_t room = strlen(path) + strlen(header->ar_name) + 3;
			char *name = malloc(room);

			if (!name) {
				elf_end(member);
				return false;
			}
			snprintf(name, room, "%s(%s)", path, header->ar_name);
			any = true;
			if (elf_kind(member) != ELF_K_ELF) {
				fprintf(stderr, "rtcheck: %s is not an ELF object.\n", name);
				ok = false;
			} else {
				ok &= read_image(in, options, name, member, lines);
			}
			free(name);
		}
		command = elf_next(member);
		elf_end(member);
	}
	if (!any) {
		fprintf(stderr, "rtcheck: %s is an archive without members.\n", path);
		return false;
	}
	return ok;
}

bool rt_read_elf(struct rt_input *in, const struct rt_options *options, const char *path,
		 int fd)
{
	size_t before = in->object_count;
	bool ok = false;
	void *lines = NULL;
	Elf *elf;

	if (elf_version(EV_CURRENT) == EV_NONE) {
		fprintf(stderr, "rtcheck: libelf is too old: %s.\n", elf_errmsg(-1));
		return false;
	}
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf) {
		fprintf(stderr, "rtcheck: %s cannot be read: %s.\n", path, elf_errmsg(-1));
		return false;
	}
	switch (elf_kind(elf)) {
	case ELF_K_ELF:
		lines = rt_lines_open(path);
		ok = read_image(in, options, path, elf, lines);
		break;
	case ELF_K_AR:
		lines = rt_lines_open(path);
		ok = read_archive(in, options, path, fd, elf, lines);
		break;
	default:
		fprintf(stderr,
			"rtcheck: %s is neither an ELF file, an archive, nor an AArch64 COFF "
			"object.\n",
			path);
		break;
	}
	if (in->object_count == before)
		rt_lines_close(lines);
	elf_end(elf);
	return ok;
}
