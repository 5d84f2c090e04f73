/* SPDX-License-Identifier: BSD-3-Clause */
/** DOC: Writing a set of variables into an image, each by the road that keeps all of it */
#ifndef FFAVARS_IMPORT_H
#define FFAVARS_IMPORT_H

#include "tools/ffavars/offline.h"

/** How a variable gets into the image. */
enum import_way {
	/** It is there already, with all that it has. */
	IMPORT_THERE,
	/** The variable service writes it. */
	IMPORT_SERVICE,
	/** The same, after the service has deleted one with other attributes. */
	IMPORT_REPLACE,
	/** It goes into the store directly, with time stamp and signer. */
	IMPORT_STORE,
};

/**
 * struct import - What is to be done.
 * @list: what is to be in the image
 * @ways: one enum import_way for each; owned
 * @before: attributes of what IMPORT_REPLACE deletes; owned
 * @conflicts: how many exist with other content
 * @exists: one for each: it exists, whatever its content; owned
 */
struct import {
	const struct variables *list;
	uint8_t *ways;
	uint32_t *before;
	size_t conflicts;
	bool *exists;
};

/**
 * import_plan() - Compare with what is in the image.
 * @plan: @plan->list is set; the rest is filled in, import_free() gives it back
 * @there: what is in the image
 * @tell: print each conflict
 *
 * Return: STATUS_DONE, or another after a message.
 */
enum exit_status import_plan(struct import *plan, const struct variables *there, bool tell);

/** import_overwrites() - Does variable @i of the list exist with other content? */
bool import_overwrites(const struct import *plan, size_t i);

/** import_free() - Give back what planning took. */
void import_free(struct import *plan);

/**
 * import_apply() - Do it, on the image's copy in memory.
 * @plan: the plan
 * @image: the image
 * @a: the command line
 *
 * Return: STATUS_DONE, or another after a message.
 */
enum exit_status import_apply(const struct import *plan, struct image *image,
			      const struct arguments *a);

#endif
