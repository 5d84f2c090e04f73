/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: The store in an image, without a machine that runs on it
 *
 * For what the variable service does not tell: time stamps, signers, sectors, damage. It is
 * the partition's own code that reads the store.
 */
#ifndef FFAVARS_OFFLINE_H
#define FFAVARS_OFFLINE_H

#include "secure/store/inspect.h"
#include "secure/variables/variables.h"
#include "tools/ffavars/ffavars.h"
#include "tools/ffavars/variable.h"

/**
 * struct offline - An open store.
 * @image: the image; somebody else's
 * @nor: the flash model on it
 * @store: the store, mounted unless @blank
 * @memory: its index
 * @blank: the window is erased flash: there is no store yet
 * @epoch: what the store shares with its monotonic counter, 0 if it was never bound to one
 * @rebound: its counter said otherwise, and the user wants it taken
 * @counted: what the counter said
 * @mode: FFAV_VARIABLES_MODE_*, or 0: what offline_read() found beside the variables
 */
struct offline {
	struct image *image;
	struct ffav_nor nor;
	struct ffav_store store;
	void *memory;
	bool blank;
	uint64_t epoch;
	bool rebound;
	uint64_t counted;
	uint8_t mode;
};

/**
 * offline_open() - Open the store in an image.
 * @o: filled in; offline_close() ends it
 * @image: an open image that outlives @o
 * @rebind: where it has a monotonic counter, the store is taken whatever that says
 *
 * Return: STATUS_DONE, or STATUS_IMAGE after a message; nothing is left open then.
 */
enum exit_status offline_open(struct offline *o, struct image *image, bool rebind);

/** offline_mode() - The stored Secure Boot mode in a word, or NULL for setup and user mode. */
const char *offline_mode(const struct offline *o);

/** offline_close() - Forget the store. */
void offline_close(struct offline *o);

/**
 * struct unreadable - An item that is there and cannot be read as a variable.
 * @key: its key in the store, as far as it can be read
 * @key_size: bytes
 * @where: offset of its data's record in the image
 * @why: words that live for ever
 */
struct unreadable {
	uint8_t key[FFAV_STORE_KEY_MAX];
	size_t key_size;
	size_t where;
	const char *why;
};

/**
 * offline_read() - Read all variables.
 * @o: an open store
 * @list: an empty list
 * @bad: where what cannot be read goes, for free(), or NULL to stop there
 * @bad_count: how many
 *
 * The variable service's own item is no variable: what it says goes to &struct offline.mode.
 *
 * Return: STATUS_DONE, or another after a message. @list and @bad are to be freed either way.
 */
enum exit_status offline_read(struct offline *o, struct variables *list,
			      struct unreadable **bad, size_t *bad_count);

/** unreadable_label() - What to call it in a message. Return: @out. */
const char *unreadable_label(const struct unreadable *u, char *out, size_t room);

#endif
