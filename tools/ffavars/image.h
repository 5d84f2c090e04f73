/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Flash images in files
 *
 * A file is either a whole flash with a map of it (abi/flashmap.h) or the
 * store's window alone. It is locked against other users while it is open.
 *
 * All work is done on a copy of the window in memory, where what is programmed and erased is
 * also taken down. image_commit() does the same to the file, in the same order: a command
 * that fails or only reads leaves the file as it was, and one that is stopped while it
 * commits leaves what a flash holds after a power cut, which the store is made for.
 */
#ifndef FFAVARS_IMAGE_H
#define FFAVARS_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "machines/host/counter.h"
#include "machines/host/nor.h"

/**
 * struct image_step - One thing that was done to the flash.
 * @offset: in the window, bytes
 * @length: bytes
 * @content: where the bytes that were programmed are in &struct image.content, or one of the
 *	following
 */
struct image_step {
	uint32_t offset;
	uint32_t length;
	size_t content;
};

/** &struct image_step.content of an erase. */
#define IMAGE_ERASED SIZE_MAX
/** The same of an increment of the monotonic counter. */
#define IMAGE_COUNTED (SIZE_MAX - 1)

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
 * @copy: the window in memory, as a file without a name
 * @nor: the flash that image_flash() made of it
 * @model: what that does itself, without taking it down
 * @steps: what was done to the window since image_open(); owned
 * @step_count: how many
 * @step_room: for how many there is room
 * @content: bytes that were programmed; owned
 * @content_size: how many
 * @content_room: for how many there is room
 * @counter_path: file with the store's monotonic counter, or NULL
 * @counter_file: that counter
 * @counter: what the store is given: it counts in memory as well
 * @pending: by how much it is ahead of the file
 * @committed: image_commit() has changed the file
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
	int copy;
	struct ffav_nor *nor;
	struct ffav_flash model;
	struct image_step *steps;
	size_t step_count;
	size_t step_room;
	uint8_t *content;
	size_t content_size;
	size_t content_room;
	const char *counter_path;
	struct ffav_counter_file counter_file;
	struct ffav_counter counter;
	uint64_t pending;
	bool committed;
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

/**
 * image_flash() - Make a flash of the window's copy.
 * @image: an open image
 * @nor: filled in; ffav_nor_close() ends it. One at a time; the next sees what it did.
 *
 * Where a rule of NOR flash is broken the process ends with a message, before anything
 * was written to the file. Return: 0, or -1 after a message.
 */
int image_flash(struct image *image, struct ffav_nor *nor);

/**
 * image_use_counter() - Say that the store has a monotonic counter.
 * @image: an open image, which must stay where it is
 * @path: file with the counter; must outlive @image
 *
 * The file is written by image_commit(), each increment where the store made it.
 */
void image_use_counter(struct image *image, const char *path);

/** image_counter() - The counter for the store, or NULL where it has none. */
const struct ffav_counter *image_counter(const struct image *image);

/**
 * image_commit() - Do to the file what was done to the window's copy.
 * @image: an image that was opened to be written
 *
 * Nothing is written if nothing was done. Return: 0 when all is on the disk, or -1 after a
 * message.
 */
int image_commit(struct image *image);

/** image_forget() - Leave what was done to the window's copy out of the next commit. */
void image_forget(struct image *image);

/** image_close() - Forget the copy, unmap, unlock and close. */
void image_close(struct image *image);

#endif
