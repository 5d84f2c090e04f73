// SPDX-License-Identifier: BSD-3-Clause
/* Whole files, in and out. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
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

/* All that makes a new file what it is, on the disk. */
static int complete(int fd, const uint8_t *content, size_t size, mode_t mode)
{
	return write_all(fd, content, size) || fsync(fd) || fchmod(fd, mode) ? -1 : 0;
}

/* A file that nobody has, written where it is: somebody else may see a part of it. */
static int write_here(const char *path, const void *content, size_t size, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int result, error;

	if (fd < 0)
		return -1;
	result = complete(fd, content, size, mode);
	error = errno;
	close(fd);
	if (result)
		unlink(path);
	errno = error;
	return result;
}

/* What kernels and file systems answer to what they do not know. */
static bool cannot_be_done(int error)
{
	return error == EINVAL || error == ENOSYS || error == EOPNOTSUPP || error == EPERM;
}

/*
 * Gives a new file its name, and its content a second time for where that cannot be done: not
 * every kernel and file system knows how to rename to a free name alone, nor has links. What is
 * there is never replaced.
 */
static int put_where_free(const char *from, const char *path, const void *content, size_t size,
			  mode_t mode)
{
	if (!renameat2(AT_FDCWD, from, AT_FDCWD, path, RENAME_NOREPLACE))
		return 0;
	if (!cannot_be_done(errno))
		return -1;
	if (link(from, path) &&
	    (!cannot_be_done(errno) || write_here(path, content, size, mode)))
		return -1;
	return unlink(from);
}

/* A new file takes the place of what is there, or the place that nobody has. */
static enum file_written write_new(const char *path, const void *content, size_t size,
				   bool replace, mode_t mode)
{
	static const char suffix[] = ".XXXXXX";
	char *temporary = malloc(strlen(path) + sizeof(suffix));
	int fd;
	enum file_written result = FILE_FAILED;

	if (!temporary) {
		no_memory();
		return FILE_FAILED;
	}
	sprintf(temporary, "%s%s", path, suffix);
	fd = mkstemp(temporary);
	if (fd < 0) {
		message("%s cannot be created: %s.", path, strerror(errno));
		goto out;
	}
	if (complete(fd, content, size, mode)) {
		message("%s cannot be written: %s.", path, strerror(errno));
	} else if (replace ? !rename(temporary, path)
			   : !put_where_free(temporary, path, content, size, mode)) {
		result = FILE_WRITTEN;
	} else if (errno == EEXIST) {
		message("%s exists. --force replaces it.", path);
		result = FILE_EXISTS;
	} else {
		message("%s cannot be created: %s.", path, strerror(errno));
	}
	close(fd);
	if (result != FILE_WRITTEN)
		unlink(temporary);
out:
	free(temporary);
	return result;
}

/* A pipe or a terminal cannot be replaced, and has nothing that could be lost. */
static enum file_written write_through(const char *path, const void *content, size_t size)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && !write_all(fd, content, size) && !close(fd))
		return FILE_WRITTEN;
	message("%s cannot be written: %s.", path, strerror(errno));
	return FILE_FAILED;
}

enum file_written file_write(const char *path, const void *content, size_t size, bool replace)
{
	mode_t mask = umask(0);
	mode_t mode = 0666 & ~mask;
	struct stat there;
	enum file_written result;
	char *target;

	umask(mask);
	if (!strcmp(path, "-"))
		return fwrite(content, 1, size, stdout) == size ? FILE_WRITTEN : FILE_FAILED;
	if (stat(path, &there))
		return write_new(path, content, size, replace, mode);
	if (S_ISCHR(there.st_mode) || S_ISFIFO(there.st_mode))
		return write_through(path, content, size);
	if (!S_ISREG(there.st_mode)) {
		message("%s is neither a file nor a pipe.", path);
		return FILE_FAILED;
	}
	/* Where a link leads the file is replaced, and not the link. */
	target = replace ? realpath(path, NULL) : NULL;
	result = write_new(target ? target : path, content, size, replace,
			   there.st_mode & 07777);
	free(target);
	return result;
}

bool file_is(const char *path, const char *other)
{
	struct stat a, b;

	return !stat(path, &a) && !stat(other, &b) && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}
