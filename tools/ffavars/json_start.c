// SPDX-License-Identifier: BSD-3-Clause
#include <stdlib.h>

#include "tools/ffavars/ffavars.h"
#include "tools/ffavars/json.h"

static void *must_allocate(size_t size)
{
	void *memory = malloc(size ? size : 1);

	if (memory)
		return memory;
	no_memory();
	exit(STATUS_IMAGE);
}

void json_start(void)
{
	cJSON_InitHooks(&(cJSON_Hooks){must_allocate, free});
}
