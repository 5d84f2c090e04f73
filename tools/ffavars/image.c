// SPDX-License-Identifier: BSD-3-Clause
#define _GNU_SOURCE
#include "tools/ffavars/image.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "abi/flashmap.h"
#include "secure/store/format.h"
#include "tools/ffavars/message.h"

/** Smallest sector that a store can have, bytes; headers are looked for at its multiples. */
#define SECTOR_SIZE_MIN ((size_t)1024)
/** Largest window, bytes: offsets in a store are 32 bits wide. */
#define WINDOW_MAX (UINT64_C(1) << 31)

static bool power_of_two(uint32_t v)
{
	return v && !(v & (v - 1));
}

int image_create(const char *path, uint64_t size, uint32_t sector_size)
{
	static uint8_t blank[65536];
	int fd = -1;
	int result = -1;

	if (!power_of_two(sector_size) || !size || size % sector_size || size > WINDOW_MAX) {
		message("A window of %" PRIu64 " bytes is not made of whole sectors of %" PRIu32
			" bytes, or is larger than 2 GiB.",
			size, sector_size);
		return -1;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0) {
		message("%s cannot be created: %s.", path, strerror(errno));
		return -1;
	}
	memset(blank, 0xff, sizeof(blank));
	while (size) {
		size_t piece = size < sizeof(blank) ? (size_t)size : sizeof(blank);
		ssize_t done = write(fd, blank, piece);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			message("%s cannot be written: %s.", path, strerror(errno));
			goto out;
		}
		size -= (uint64_t)done;
	}
	result = 0;
out:
	if (close(fd) && !result) {
		message("%s cannot be written: %s.", path, strerror(errno));
		result = -1;
	}
	if (result)
		unlink(path);
	return result;
}

/*
 * An open-file-description lock over the whole file. QEMU keeps such locks on
 * the images it uses, so a running machine's flash is refused as well.
 */
static int lock(const struct image *image)
{
	struct flock l = {.l_type = image->writable ? F_WRLCK : F_RDLCK, .l_whence = SEEK_SET};

	if (!fcntl(image->fd, F_OFD_SETLK, &l))
		return 0;
	if (errno == EAGAIN || errno == EACCES)
		message("%s is in use by another program.", image->path);
	else
		message("%s cannot be locked: %s.", image->path, strerror(errno));
	return -1;
}

static int map_file(struct image *image)
{
	struct stat st;
	void *map;

	if (fstat(image->fd, &st)) {
		message("%s cannot be examined: %s.", image->path, strerror(errno));
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		message("%s is not a regular file.", image->path);
		return -1;
	}
	if (!st.st_size) {
		message("%s is empty: it holds no store and has no size that a flash could "
			"have.",
			image->path);
		return -1;
	}
	image->size = (size_t)st.st_size;
	map = mmap(NULL, image->size, PROT_READ, MAP_PRIVATE, image->fd, 0);
	if (map == MAP_FAILED) {
		message("%s cannot be mapped: %s.", image->path, strerror(errno));
		return -1;
	}
	image->map = map;
	return 0;
}

/* Return: 1 if the image has a flash map, 0 if it has none, -1 after a message. */
static int find_map(struct image *image)
{
	const uint8_t *descriptor = image->map + FFAV_FLASHMAP_OFFSET;
	struct ffav_flashmap map;

	if (!ffav_range_in(FFAV_FLASHMAP_OFFSET, FFAV_FLASHMAP_SIZE, image->size) ||
	    memcmp(descriptor, FFAV_FLASHMAP_MAGIC, strlen(FFAV_FLASHMAP_MAGIC)) != 0)
		return 0;
	if (!ffav_flashmap_decode(descriptor, image->size, &map)) {
		message("%s has a flash map at offset 0x%" PRIx32
			" whose version is unknown or whose window is not in the file of %zu "
			"bytes.",
			image->path, FFAV_FLASHMAP_OFFSET, image->size);
		return -1;
	}
	image->mapped = true;
	image->window = (size_t)map.store_offset;
	image->window_size = (size_t)map.store_size;
	image->sector_size = map.sector_size;
	image->program_unit = map.program_unit;
	return 1;
}

/* What a sector's header says of the window it lies in, if it is one and the window is this. */
static bool header_tells(const struct image *image, size_t offset, uint32_t *sector_size,
			 uint32_t *program_unit)
{
	const uint8_t *in = image->map + offset;
	struct log_sector header;
	uint64_t count;

	if (memcmp(in, LOG_MAGIC, strlen(LOG_MAGIC)) != 0 || in[5] > 30 || in[6] > 30)
		return false;
	*sector_size = UINT32_C(1) << in[5];
	*program_unit = UINT32_C(1) << in[6];
	if (offset % *sector_size)
		return false;
	count = image->window_size / *sector_size;
	return count <= UINT16_MAX && image->window_size % *sector_size == 0 &&
	       log_sector_decode(in, *sector_size, (uint32_t)count, *program_unit, &header);
}

/*
 * What the store in a bare window says of its sectors. Data of a variable may look like a header,
 * but of smaller sectors only: where larger ones begin there is a header that the store wrote.
 */
static bool store_tells(const struct image *image, uint32_t *sector_size,
			uint32_t *program_unit)
{
	bool told = false;

	for (size_t i = 0; i + LOG_SECTOR_SIZE <= image->size; i += SECTOR_SIZE_MIN) {
		uint32_t size = 0, unit = 0;

		if (!header_tells(image, i, &size, &unit) || (told && size <= *sector_size))
			continue;
		*sector_size = size;
		*program_unit = unit;
		told = true;
	}
	return told;
}

/* The geometry of a bare window: as its store says, else as the user says, else the usual. */
static int choose_geometry(struct image *image, uint32_t sector_size, uint32_t program_unit)
{
	image->window_size = image->size;
	image->sector_size = sector_size ? sector_size : IMAGE_SECTOR_SIZE;
	image->program_unit = program_unit ? program_unit : IMAGE_PROGRAM_UNIT;
	if (!store_tells(image, &image->sector_size, &image->program_unit) ||
	    ((!sector_size || sector_size == image->sector_size) &&
	     (!program_unit || program_unit == image->program_unit)))
		return 0;
	message("The store in %s says that it has sectors of %" PRIu32
		" bytes and a program unit of %" PRIu32 "; the command line says %" PRIu32
		" and %" PRIu32 ". Leave --sector-size and --program-unit away.",
		image->path, image->sector_size, image->program_unit,
		sector_size ? sector_size : image->sector_size,
		program_unit ? program_unit : image->program_unit);
	return -1;
}

static int check_geometry(const struct image *image)
{
	if (!power_of_two(image->sector_size) || !power_of_two(image->program_unit) ||
	    image->program_unit > image->sector_size) {
		message("Sectors of %" PRIu32 " bytes that are programmed in units of %" PRIu32
			" bytes are not what a flash has.",
			image->sector_size, image->program_unit);
		return -1;
	}
	if (image->window_size % image->sector_size || image->window_size > WINDOW_MAX) {
		message("%s: a window of %zu bytes is not made of whole sectors of %" PRIu32
			" bytes, or is larger than 2 GiB.",
			image->path, image->window_size, image->sector_size);
		return -1;
	}
	return 0;
}

/* Copies the window to where it can be worked on. Return: 0, or -1 after a message. */
static int copy_window(struct image *image)
{
	static uint8_t piece[65536];
	size_t done = 0;

	image->copy = memfd_create("window", MFD_CLOEXEC);
	if (image->copy < 0) {
		message("There is no memory for a copy of the window: %s.", strerror(errno));
		return -1;
	}
	while (done < image->window_size) {
		size_t left = image->window_size - done;
		ssize_t size =
			pread(image->fd, piece, left < sizeof(piece) ? left : sizeof(piece),
			      (off_t)(image->window + done));

		if (size < 0 && errno == EINTR)
			continue;
		if (size <= 0) {
			message("%s cannot be read at offset 0x%zx: %s.", image->path,
				image->window + done,
				size ? strerror(errno) : "it has become shorter");
			return -1;
		}
		if (write(image->copy, piece, (size_t)size) != size) {
			message("There is no memory for a copy of the window: %s.",
				strerror(errno));
			return -1;
		}
		done += (size_t)size;
	}
	return 0;
}

int image_open(struct image *image, const char *path, bool writable, uint32_t sector_size,
	       uint32_t program_unit)
{
	int found;

	memset(image, 0, sizeof(*image));
	image->path = path;
	image->writable = writable;
	image->copy = -1;
	/* A pipe would keep us waiting for somebody at its other end. */
	image->fd = open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK);
	if (image->fd < 0) {
		message("%s cannot be opened: %s.", path, strerror(errno));
		return -1;
	}
	if (lock(image) || map_file(image))
		goto fail;
	found = find_map(image);
	if (found < 0)
		goto fail;
	if (found && (sector_size || program_unit)) {
		message("%s has a flash map, which says what its sectors are: --sector-size "
			"and "
			"--program-unit are for a window without one.",
			path);
		goto fail;
	}
	if (!found && choose_geometry(image, sector_size, program_unit))
		goto fail;
	if (check_geometry(image) || copy_window(image))
		goto fail;
	return 0;
fail:
	image_close(image);
	return -1;
}

void image_close(struct image *image)
{
	if (image->map)
		munmap((void *)(uintptr_t)image->map, image->size);
	if (image->copy >= 0)
		close(image->copy);
	if (image->fd >= 0)
		close(image->fd);
	free(image->steps);
	free(image->content);
	memset(image, 0, sizeof(*image));
	image->copy = -1;
	image->fd = -1;
}
