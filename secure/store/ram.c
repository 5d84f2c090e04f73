/* SPDX-License-Identifier: BSD-3-Clause */
#include "secure/store/ram.h"

#define UNIT 4u

static int ram_read(void *context, uint32_t offset, void *out, size_t length)
{
	const struct ffav_ram *ram = context;

	memcpy(out, ram->bytes + offset, length);
	return FFAV_FLASH_OK;
}

static int ram_program(void *context, uint32_t offset, const void *in, size_t length)
{
	struct ffav_ram *ram = context;

	memcpy(ram->bytes + offset, in, length);
	return FFAV_FLASH_OK;
}

static int ram_erase(void *context, uint32_t sector)
{
	struct ffav_ram *ram = context;

	memset(ram->bytes + (size_t)sector * ram->flash.sector_size, 0xff,
	       ram->flash.sector_size);
	return FFAV_FLASH_OK;
}

void ffav_ram_resume(struct ffav_ram *ram, void *memory, size_t size, uint32_t sector_size)
{
	ram->bytes = memory;
	ram->flash.sector_size = sector_size;
	ram->flash.sector_count = (uint32_t)(size / sector_size);
	ram->flash.program_unit = UNIT;
	ram->flash.map = memory;
	ram->flash.context = ram;
	ram->flash.read = ram_read;
	ram->flash.program = ram_program;
	ram->flash.erase = ram_erase;
}

void ffav_ram_init(struct ffav_ram *ram, void *memory, size_t size, uint32_t sector_size)
{
	uint32_t i;

	ffav_ram_resume(ram, memory, size, sector_size);
	for (i = 0; i < ram->flash.sector_count; i++)
		memset(ram->bytes + (size_t)i * sector_size, 0, UNIT);
}
