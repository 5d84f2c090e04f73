// SPDX-License-Identifier: BSD-3-Clause
/*
 * Fuzz target: any bytes as an object file for rtcheck. What must hold: it reads
 * nothing outside the file, and it comes to an end.
 */
#include "tools/rtcheck/rtcheck.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const resident[] = {".text.efi_runtime*", ".data*", ".text$*"};
	const struct rt_options options = {.resident = resident, .resident_count = 3};
	struct rt_input in = {0};
	FILE *nowhere = fopen("/dev/null", "w");
	char path[64];
	int fd = memfd_create("object", 0);

	/* Without a file there is no test: fail loudly rather than pass. */
	if (!nowhere || fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (rt_read_file(&in, &options, path))
		rt_check(&in, &options, nowhere);
	rt_input_free(&in);
	close(fd);
	fclose(nowhere);
	return 0;
}
