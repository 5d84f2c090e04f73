/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Flash images in files
 *
 * A file is either a whole flash with a map of it (abi/flashmap.h) or the
 * store's window alone. It is locked against other users while it is open; a
 * file that is opened for reading only is never written.
 */
#ifndef FFAVARS_IMAGE_H
#define FFAVARS_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct image - An open flash image.
 * @path: of the file
 * @fd: the file
 * @map: the whole file as memory, to look at
 * @size: bytes of the file
 * @writable: changes are to go to the file
 * @mapped: the image has a flash map; the window is only a part of it
 * @window: start of the store's window in the file, bytes
 * @window_size: bytes of the window
 * @sector_size: bytes that one erase covers
 * @program_unit: smallest program, bytes
 */
struct image {
	const char *path;
	int fd;
	const uint8_t *map;
	size_t size;
	bool writable;
	bool mapped;
	size_t window;
	size_t window_size;
	uint32_t sector_size;
	uint32_t program_unit;
};

/** Geometry that a window has where neither user nor store says otherwise. */
#define IMAGE_SECTOR_SIZE  4096u
#define IMAGE_PROGRAM_UNIT 4u

/**
 * image_create() - Make a file that is a blank window, as an erased flash has it.
 * @path: must not exist
 * @size: bytes, a multiple of @sector_size
 * @sector_size: bytes that one erase will cover
 *
 * Return: 0, or -1 after a message.
 */
int image_create(const char *path, uint64_t size, uint32_t sector_size);

/**
 * image_open() - Open a file and find the store's window in it.
 * @image: filled in; image_close() gives back what it took
 * @path: of the file; must outlive @image
 * @writable: changes are to go to the file
 * @sector_size: what the user says about a bare window, 0 for nothing
 * @program_unit: the same
 *
 * Return: 0, or -1 after a message; nothing is changed then.
 */
int image_open(struct image *image, const char *path, bool writable, uint32_t sector_size,
	       uint32_t program_unit);

/** image_sync() - Make sure that what was written is on the disk. Return: 0, or -1 after a message. */
int image_sync(const struct image *image);

/** image_close() - Unmap, unlock and close. */
void image_close(struct image *image);

#endif
