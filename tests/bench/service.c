// SPDX-License-Identifier: BSD-3-Clause
#include "tests/bench/service.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/flash.h"

#define SECTOR_SIZE 4096u
#define SECTORS     256u
#define ITEMS       100u
/* Of a version 3 header and the variable header. */
#define HEADERS_SIZE 72u

static struct bench_flash flashes[2];
static struct ffav_store stores[2];
static uint8_t scratch[0x10000];

void bench_service_start(struct ffav_variables *v)
{
	const struct ffav_variables_config config = {.payload_max =
							     BENCH_MESSAGE_SIZE - HEADERS_SIZE,
						     .name_max = 2050,
						     .data_max = sizeof(scratch),
						     .scratch = scratch};

	for (unsigned int i = 0; i < 2; i++) {
		size_t size;
		void *memory;

		bench_flash_init(&flashes[i], SECTOR_SIZE, SECTORS, 4);
		size = ffav_store_memory(&flashes[i].flash, ITEMS);
		memory = malloc(size);
		if (!memory || ffav_store_format(&flashes[i].flash) ||
		    ffav_store_mount(&stores[i], &flashes[i].flash, memory, size)) {
			fprintf(stderr, "There is no memory for store %u.\n", i);
			exit(2);
		}
	}
	ffav_variables_init(v, &config, &stores[0], &stores[1]);
}
