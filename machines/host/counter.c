/* SPDX-License-Identifier: BSD-3-Clause */
/* fileno() */
#define _GNU_SOURCE

#include "machines/host/counter.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static int counter_read(void *context, uint64_t *value)
{
	const struct ffav_counter_file *c = context;
	char behind;
	FILE *f;
	int found;

	if (c->fails_read)
		return -1;
	*value = 0;
	f = fopen(c->path, "r");
	if (!f)
		return errno == ENOENT ? 0 : -1;
	found = fscanf(f, "%" SCNu64 "%c", value, &behind);
	(void)fclose(f);
	/* A file that somebody has spoilt is not a counter at 0. */
	return found == 2 && behind == '\n' ? 0 : -1;
}

static int counter_increment(void *context)
{
	struct ffav_counter_file *c = context;
	char path[4096];
	uint64_t value;
	FILE *f;
	int failed;

	if (c->fails_increment || counter_read(c, &value) || value == UINT64_MAX ||
	    snprintf(path, sizeof(path), "%s.new", c->path) >= (int)sizeof(path))
		return -1;
	f = fopen(path, "w");
	if (!f)
		return -1;
	failed = fprintf(f, "%" PRIu64 "\n", value + 1) < 0 || fflush(f) || fsync(fileno(f));
	failed |= fclose(f) != 0;
	if (failed || rename(path, c->path))
		return -1;
	c->increments++;
	return 0;
}

void ffav_counter_file_open(struct ffav_counter_file *c, const char *path, uint32_t window)
{
	*c = (struct ffav_counter_file){
		.counter = {.window = window,
			    .context = c,
			    .read = counter_read,
			    .increment = counter_increment},
		.path = path,
	};
}
