// SPDX-License-Identifier: BSD-3-Clause
/* The arrays that the readers fill, and the choice of a reader. */
#include "tools/rtcheck/rtcheck.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

void *rt_grow(void *array, size_t count, size_t size)
{
	/* Capacity is the next power of two, so it need not be stored. */
	if (count & (count - 1))
		return array;
	array = realloc(array, (count ? 2 * count : 1) * size);
	if (!array) {
		fprintf(stderr, "rtcheck: there is no memory left for the input.\n");
		exit(2);
	}
	return array;
}

char *rt_copy(const char *text, size_t size)
{
	size_t length = strnlen(text, size);
	char *copy = malloc(length + 1);

	if (!copy) {
		fprintf(stderr, "rtcheck: there is no memory left for the input.\n");
		exit(2);
	}
	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

size_t rt_add_object(struct rt_input *in, const char *name)
{
	in->objects = rt_grow(in->objects, in->object_count, sizeof(*in->objects));
	in->objects[in->object_count] = (struct rt_object){.name = rt_copy(name, SIZE_MAX)};
	return in->object_count++;
}

size_t rt_add_section(struct rt_input *in, const struct rt_section *s)
{
	in->sections = rt_grow(in->sections, in->section_count, sizeof(*in->sections));
	in->sections[in->section_count] = *s;
	return in->section_count++;
}

size_t rt_add_symbol(struct rt_input *in, const struct rt_symbol *s)
{
	in->symbols = rt_grow(in->symbols, in->symbol_count, sizeof(*in->symbols));
	in->symbols[in->symbol_count] = *s;
	return in->symbol_count++;
}

void rt_add_reference(struct rt_input *in, const struct rt_reference *r)
{
	in->references = rt_grow(in->references, in->reference_count, sizeof(*in->references));
	in->references[in->reference_count++] = *r;
}

void rt_input_free(struct rt_input *in)
{
	for (size_t i = 0; i < in->object_count; i++) {
		/* Members of an archive share one look-up; the last one that holds it closes it. */
		if (i + 1 == in->object_count ||
		    in->objects[i].lines != in->objects[i + 1].lines)
			rt_lines_close(in->objects[i].lines);
		free(in->objects[i].name);
	}
	for (size_t i = 0; i < in->section_count; i++) {
		free(in->sections[i].name);
		free(in->sections[i].data);
	}
	for (size_t i = 0; i < in->symbol_count; i++)
		free(in->symbols[i].name);
	free(in->objects);
	free(in->sections);
	free(in->symbols);
	free(in->references);
	memset(in, 0, sizeof(*in));
}

bool rt_is_resident(const struct rt_options *options, const char *name)
{
	for (size_t i = 0; i < options->resident_count; i++) {
		if (!fnmatch(options->resident[i], name, 0))
			return true;
	}
	return false;
}

bool rt_read_file(struct rt_input *in, const struct rt_options *options, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *map = MAP_FAILED;
	struct stat st;
	bool ok = false;

	if (fd < 0) {
		fprintf(stderr, "rtcheck: %s cannot be opened: %s.\n", path, strerror(errno));
		return false;
	}
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		fprintf(stderr, "rtcheck: %s is not a regular file.\n", path);
		goto out;
	}
	if (st.st_size == 0) {
		fprintf(stderr, "rtcheck: %s is empty.\n", path);
		goto out;
	}
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED) {
		fprintf(stderr, "rtcheck: %s cannot be read: %s.\n", path, strerror(errno));
		goto out;
	}
	if (rt_is_coff(map, (size_t)st.st_size))
		ok = rt_read_coff(in, options, path, map, (size_t)st.st_size);
	else
		ok = rt_read_elf(in, options, path, fd);
out:
	if (map != MAP_FAILED)
		munmap(map, (size_t)st.st_size);
	close(fd);
	return ok;
}
