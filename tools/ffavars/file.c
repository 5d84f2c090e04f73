// SPDX-License-Identifier: BSD-3-Clause
/* Whole files, in and out. */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/ffavars/ffavars.h"

uint8_t *file_read(const char *path, size_t limit, size_t *size)
{
	bool standard = !strcmp(path, "-");
	const char *name = standard ? "Standard input" : path;
	FILE *in = standard ? stdin : fopen(path, "rb");
	size_t room = 65536;
	uint8_t *content = NULL;

	*size = 0;
	if (!in) {
		message("%s cannot be opened: %s.", path, strerror(errno));
		return NULL;
	}
	for (;;) {
		uint8_t *more = realloc(content, room);

		if (!more) {
			no_memory();
			goto fail;
		}
		content = more;
		*size += fread(content + *size, 1, room - *size, in);
		if (*size < room)
			break;
		if (room > limit) {
			message("%s is larger than %zu bytes.", name, limit);
			goto fail;
		}
		room *= 2;
	}
	if (ferror(in)) {
		message("%s cannot be read: %s.", name, strerror(errno));
		goto fail;
	}
	if (!standard)
		fclose(in);
	return content;
fail:
	if (!standard)
		fclose(in);
	free(content);
	return NULL;
}

static int write_all(int fd, const uint8_t *content, size_t size)
{
	while (size) {
		ssize_t done = write(fd, content, size);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return -1;
		content += done;
		size -= (size_t)done;
	}
	return 0;
}

/* Gives the new file its name. A link never replaces what is there, a rename does. */
static int put_in_place(const char *from, const char *path, bool replace)
{
	if (replace)
		return rename(from, path);
	if (link(from, path))
		return -1;
	return unlink(from);
}

int file_write(const char *path, const void *content, size_t size, bool replace)
{
	static const char suffix[] = ".XXXXXX";
	mode_t mask = umask(0);
	char *temporary;
	int fd;
	int result = -1;

	umask(mask);
	if (!strcmp(path, "-"))
		return fwrite(content, 1, size, stdout) == size ? 0 : -1;
	temporary = malloc(strlen(path) + sizeof(suffix));
	if (!temporary) {
		no_memory();
		return -1;
	}
	memcpy(temporary, path, strlen(path));
	memcpy(temporary + strlen(path), suffix, sizeof(suffix));
	fd = mkstemp(temporary);
	if (fd < 0) {
		message("%s cannot be created: %s.", path, strerror(errno));
		goto out;
	}
	if (write_all(fd, content, size) || fsync(fd) || fchmod(fd, 0666 & ~mask)) {
		message("%s cannot be written: %s.", path, strerror(errno));
	} else if (put_in_place(temporary, path, replace)) {
		if (errno == EEXIST)
			message("%s exists. --force replaces it.", path);
		else
			message("%s cannot be created: %s.", path, strerror(errno));
	} else {
		result = 0;
	}
	close(fd);
	if (result)
		unlink(temporary);
out:
	free(temporary);
	return result;
}
