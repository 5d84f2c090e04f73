// SPDX-License-Identifier: BSD-3-Clause
/*
 * Runs a committed corpus through a fuzz target, as one TAP test per file. What
 * is wrong ends the program, and so the plan is not met.
 */
#define _POSIX_C_SOURCE 200809L

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Run one file; the block is of its exact size, so that reading behind it is seen. */
static int replay(const char *folder, const char *name)
{
	char path[1024];
	uint8_t *data;
	long size;
	FILE *f;
	int bad = 1;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "rb");
	if (!f)
		return 1;
	if (fseek(f, 0, SEEK_END) || (size = ftell(f)) < 0 || fseek(f, 0, SEEK_SET))
		goto out;
	data = malloc((size_t)size);
	if (data && fread(data, 1, (size_t)size, f) == (size_t)size) {
		LLVMFuzzerTestOneInput(data, (size_t)size);
		bad = 0;
	}
	free(data);
out:
	fclose(f);
	return bad;
}

int main(int argc, char **argv)
{
	char *names[4096];
	size_t count = 0;
	struct dirent *entry;
	int failed = 0;
	DIR *folder;

	folder = argc == 2 ? opendir(argv[1]) : NULL;
	if (!folder) {
		fprintf(stderr, "Give the folder of a corpus.\n");
		return 2;
	}
	while ((entry = readdir(folder)) && count < sizeof(names) / sizeof(names[0])) {
		if (entry->d_name[0] != '.')
			names[count++] = strdup(entry->d_name);
	}
	closedir(folder);
	qsort(names, count, sizeof(names[0]), by_name);
	printf("1..%zu\n", count);
	for (size_t i = 0; i < count; i++) {
		int bad = replay(argv[1], names[i]);

		printf("%sok %zu - %s\n", bad ? "not " : "", i + 1, names[i]);
		fflush(stdout);
		failed |= bad;
		free(names[i]);
	}
	/* An empty corpus tests nothing. */
	return failed || !count;
}
