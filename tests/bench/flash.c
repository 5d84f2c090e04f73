// SPDX-License-Identifier: BSD-3-Clause
#include "tests/bench/flash.h"

#include <stdio.h>
#include <stdlib.h>

static int flash_read(void *context, uint32_t offset, void *out, size_t length)
{
	struct bench_flash *f = context;

	f->bytes_read += length;
	memcpy(out, f->cells + offset, length);
	return FFAV_FLASH_OK;
}

static int flash_program(void *context, uint32_t offset, const void *in, size_t length)
{
	struct bench_flash *f = context;

	memcpy(f->cells + offset, in, length);
	f->bytes_programmed += length;
	f->operations++;
	return FFAV_FLASH_OK;
}

static int flash_erase(void *context, uint32_t sector)
{
	struct bench_flash *f = context;

	memset(f->cells + (size_t)sector * f->flash.sector_size, 0xff, f->flash.sector_size);
	f->erases++;
	f->sector_erases[sector]++;
	f->operations++;
	return FFAV_FLASH_OK;
}

void bench_flash_init(struct bench_flash *f, uint32_t sector_size, uint32_t sectors,
		      uint32_t program_unit)
{
	size_t size = (size_t)sector_size * sectors;

	memset(f, 0, sizeof(*f));
	f->cells = malloc(size);
	f->sector_erases = calloc(sectors, sizeof(*f->sector_erases));
	if (!f->cells || !f->sector_erases) {
		fputs("There is no memory for the flash.\n", stderr);
		exit(2);
	}
	memset(f->cells, 0xff, size);
	f->flash.sector_size = sector_size;
	f->flash.sector_count = sectors;
	f->flash.program_unit = program_unit;
	f->flash.map = f->cells;
	f->flash.context = f;
	f->flash.read = flash_read;
	f->flash.program = flash_program;
	f->flash.erase = flash_erase;
}
