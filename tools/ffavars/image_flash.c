// SPDX-License-Identifier: BSD-3-Clause
/* The flash on an image's window, and how what was done to it gets into the file. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/ffavars/ffavars.h"

/* Makes room for @more things of @each bytes. The process ends where there is no memory. */
static void *grow(void *old, size_t each, size_t count, size_t more, size_t *room)
{
	size_t wanted = count + more;
	void *result = old;

	if (wanted > *room) {
		wanted = wanted < 2 * *room ? 2 * *room : wanted;
		result = realloc(old, wanted * each);
		if (!result) {
			no_memory();
			exit(STATUS_IMAGE);
		}
		*room = wanted;
	}
	return result;
}

static void take_down(struct image *image, struct image_step step)
{
	image->steps =
		grow(image->steps, sizeof(step), image->step_count, 1, &image->step_room);
	image->steps[image->step_count++] = step;
}

static int flash_read(void *context, uint32_t offset, void *out, size_t length)
{
	const struct image *image = context;

	return image->model.read(image->nor, offset, out, length);
}

static int flash_program(void *context, uint32_t offset, const void *in, size_t length)
{
	struct image *image = context;
	int result = image->model.program(image->nor, offset, in, length);

	if (result)
		return result;
	image->content =
		grow(image->content, 1, image->content_size, length, &image->content_room);
	memcpy(image->content + image->content_size, in, length);
	take_down(image, (struct image_step){offset, (uint32_t)length, image->content_size});
	image->content_size += length;
	return 0;
}

static int flash_erase(void *context, uint32_t sector)
{
	struct image *image = context;
	int result = image->model.erase(image->nor, sector);

	if (!result)
		take_down(image, (struct image_step){sector * image->sector_size,
						     image->sector_size, IMAGE_ERASED});
	return result;
}

/* The store did what a flash does not allow. It is a defect, and going on would spread it. */
static void broken_rule(void *context, const char *text)
{
	(void)context;
	message("Stopped, because the image cannot be handled as a flash: %s", text);
	exit(STATUS_IMAGE);
}

int image_flash(struct image *image, struct ffav_nor *nor)
{
	uint32_t count = (uint32_t)(image->window_size / image->sector_size);

	if (ffav_nor_file(nor, image->sector_size, count, image->program_unit, image->copy, 0,
			  true)) {
		message("%s cannot be used as a flash: %s.", image->path, strerror(errno));
		return -1;
	}
	nor->fault = broken_rule;
	image->nor = nor;
	image->model = nor->flash;
	nor->flash.context = image;
	nor->flash.read = flash_read;
	nor->flash.program = flash_program;
	nor->flash.erase = flash_erase;
	return 0;
}

static int read_counter(void *context, uint64_t *value)
{
	struct image *image = context;
	const struct ffav_counter *file = &image->counter_file.counter;
	int result = file->read(file->context, value);

	*value += image->pending;
	return result;
}

static int increment_counter(void *context)
{
	struct image *image = context;

	take_down(image, (struct image_step){0, 0, IMAGE_COUNTED});
	image->pending++;
	return 0;
}

void image_use_counter(struct image *image, const char *path)
{
	image->counter_path = path;
	ffav_counter_file_open(&image->counter_file, path, 1);
	image->counter = (struct ffav_counter){.window = 1,
					       .context = image,
					       .read = read_counter,
					       .increment = increment_counter};
}

const struct ffav_counter *image_counter(const struct image *image)
{
	return image->counter_path ? &image->counter : NULL;
}

static int write_at(const struct image *image, uint64_t offset, const uint8_t *in, size_t size)
{
	while (size) {
		ssize_t done = pwrite(image->fd, in, size, (off_t)offset);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return -1;
		in += done;
		offset += (uint64_t)done;
		size -= (size_t)done;
	}
	return 0;
}

/*
 * What is erased was copied before, and what is programmed into an erased sector comes after:
 * no disk may turn that round. The order of programs among themselves does not matter to
 * anybody who has not yet been told that they succeeded.
 */
static int erase_at(const struct image *image, uint64_t offset, const uint8_t *blank)
{
	if (fdatasync(image->fd) || write_at(image, offset, blank, image->sector_size) ||
	    fdatasync(image->fd))
		return -1;
	return 0;
}

/* The counter follows the flash: what it counts is on the disk. */
static int count(struct image *image)
{
	const struct ffav_counter *file = &image->counter_file.counter;

	if (fdatasync(image->fd) || file->increment(file->context)) {
		message("The counter in %s cannot be incremented: %s. The change that it "
			"should count is in %s; the next command that writes will try again.",
			image->counter_path, strerror(errno), image->path);
		return -1;
	}
	return 0;
}

static int commit_step(struct image *image, const struct image_step *step, const uint8_t *blank)
{
	uint64_t offset = (uint64_t)image->window + step->offset;
	int result;

	if (step->content == IMAGE_COUNTED)
		return count(image);
	if (step->content == IMAGE_ERASED)
		result = erase_at(image, offset, blank);
	else
		result = write_at(image, offset, image->content + step->content, step->length);
	if (result)
		message("%s cannot be written at offset 0x%llx: %s. What was in it before is "
			"still there; the change may be missing, in whole or in part.",
			image->path, (unsigned long long)offset, strerror(errno));
	return result;
}

int image_commit(struct image *image)
{
	uint8_t *blank;
	int result = 0;

	if (!image->step_count)
		return 0;
	blank = malloc(image->sector_size);
	if (!blank) {
		no_memory();
		return -1;
	}
	memset(blank, 0xff, image->sector_size);
	for (size_t i = 0; !result && i < image->step_count; i++)
		result = commit_step(image, &image->steps[i], blank);
	free(blank);
	if (!result && fsync(image->fd)) {
		message("%s cannot be written to the disk: %s.", image->path, strerror(errno));
		result = -1;
	}
	image->committed |= !result;
	image_forget(image);
	return result;
}

void image_forget(struct image *image)
{
	image->step_count = 0;
	image->content_size = 0;
	image->pending = 0;
}
