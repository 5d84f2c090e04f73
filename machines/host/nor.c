/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The NOR model. Rules are checked before an operation has any effect, so that a message
 * names the store's mistake and not its consequence.
 */
#include "machines/host/nor.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Values of @programmed: a torn unit may be programmed once more while it reads as erased. */
#define UNIT_PROGRAMMED 1
#define UNIT_TORN       2

/* The shape of damage only has to be varied and repeatable (splitmix64). */
static uint64_t nor_random(struct ffav_nor *nor)
{
	uint64_t z = nor->seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static void nor_fault(struct ffav_nor *nor, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void nor_fault(struct ffav_nor *nor, const char *format, ...)
{
	char message[200];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	if (nor->fault)
		nor->fault(nor->context, message);
	fprintf(stderr, "%s\n", message);
	abort();
}

static void nor_lose_power(struct ffav_nor *nor)
{
	nor->cut_step = UINT64_MAX;
	if (nor->power_lost)
		nor->power_lost(nor->context);
	fprintf(stderr, "The flash lost power and nobody was prepared for it.\n");
	abort();
}

/* Marks bits of one byte as unstable. Without memory for that they are merely torn. */
static void nor_set_unstable(struct ffav_nor *nor, size_t at, uint8_t bits)
{
	size_t size = (size_t)nor->flash.sector_size * nor->flash.sector_count;

	if (!nor->unstable)
		nor->unstable = calloc(size, 1);
	if (nor->unstable)
		nor->unstable[at] |= bits;
}

/* Which of the bits that a torn unit was to change are unstable: half of them, or few. */
static uint8_t nor_some_bits(struct ffav_nor *nor)
{
	uint64_t random = nor_random(nor);

	if (nor->restless)
		random &= random >> 8 & random >> 16 & random >> 24;
	return (uint8_t)random;
}

/* Programs some of the bits of one unit. The unit counts as programmed, whatever it reads. */
static void nor_tear_unit(struct ffav_nor *nor, size_t at, const uint8_t *in, bool unstable)
{
	uint64_t random = nor_random(nor);
	uint64_t shape = nor->restless && random & 4 ? 0 : random % 4;
	uint32_t i;

	nor->programmed[at / nor->flash.program_unit] = UNIT_TORN;
	for (i = 0; i < nor->flash.program_unit; i++) {
		uint8_t changing = (uint8_t)(nor->cells[at + i] & ~in[i]);
		uint8_t chosen = (uint8_t)nor_random(nor);

		/* Nothing to be seen, everything to be seen, the first bytes, or a mixture. */
		if (shape == 0)
			chosen = 0;
		else if (shape == 1)
			chosen = 0xff;
		else if (shape == 2)
			chosen = i < nor->flash.program_unit / 2 ? 0xff : 0;
		nor->cells[at + i] &= (uint8_t) ~(changing & chosen);
		if (unstable)
			nor_set_unstable(nor, at + i, changing & nor_some_bits(nor));
	}
}

static void nor_program_unit(struct ffav_nor *nor, size_t at, const uint8_t *in)
{
	uint32_t i;

	nor->programmed[at / nor->flash.program_unit] = UNIT_PROGRAMMED;
	for (i = 0; i < nor->flash.program_unit; i++) {
		nor->cells[at + i] &= in[i];
		/* A bit that was half programmed before and should be 1 stays as it is. */
		if (nor->unstable)
			nor->unstable[at + i] &= in[i];
	}
}

static void nor_cut_program(struct ffav_nor *nor, size_t at, const uint8_t *in, size_t left)
{
	uint32_t unit = nor->flash.program_unit;
	size_t end = at + left;

	switch (nor->cut) {
	case FFAV_NOR_CUT_TORN:
	case FFAV_NOR_CUT_UNSTABLE:
		nor_tear_unit(nor, at, in, nor->cut == FFAV_NOR_CUT_UNSTABLE);
		break;
	case FFAV_NOR_CUT_SCATTERED:
		if (end > ffav_align_up(at + 1, FFAV_NOR_BUFFER))
			end = (size_t)ffav_align_up(at + 1, FFAV_NOR_BUFFER);
		for (; at < end; at += unit, in += unit) {
			uint64_t fate = nor_random(nor) % 4;

			if (fate == 0)
				nor_program_unit(nor, at, in);
			else if (fate < 3)
				nor_tear_unit(nor, at, in, fate == 1);
		}
		break;
	case FFAV_NOR_CUT_AFTER:
		nor_program_unit(nor, at, in);
		break;
	case FFAV_NOR_CUT_BEFORE:
	default:
		break;
	}
	nor_lose_power(nor);
}

static int nor_read(void *context, uint32_t offset, void *out, size_t length)
{
	struct ffav_nor *nor = context;
	uint64_t size = (uint64_t)nor->flash.sector_size * nor->flash.sector_count;
	uint8_t *bytes = out;
	size_t i;

	if (!ffav_range_in(offset, length, size))
		nor_fault(nor, "A read of %zu bytes at 0x%x is outside the flash.", length,
			  offset);
	for (i = offset / nor->flash.sector_size;
	     length && i <= (offset + length - 1) / nor->flash.sector_size; i++)
		if (nor->failing[i] & FFAV_NOR_FAILS_READ)
			return FFAV_FLASH_IO_ERROR;
	memcpy(bytes, nor->cells + offset, length);
	for (i = 0; nor->unstable && i < length; i++)
		if (nor->unstable[offset + i])
			bytes[i] ^= nor->unstable[offset + i] & (uint8_t)nor_random(nor);
	nor->bytes_read += length;
	return FFAV_FLASH_OK;
}

static void nor_check_program(struct ffav_nor *nor, uint32_t offset, const uint8_t *in,
			      size_t length)
{
	uint64_t size = (uint64_t)nor->flash.sector_size * nor->flash.sector_count;
	uint32_t unit = nor->flash.program_unit;
	size_t i;

	if (!length || !ffav_range_in(offset, length, size))
		nor_fault(nor, "A program of %zu bytes at 0x%x is empty or outside the flash.",
			  length, offset);
	if (offset % unit || length % unit)
		nor_fault(nor, "A program of %zu bytes at 0x%x is not aligned to %u.", length,
			  offset, unit);
	for (i = 0; i < length; i++) {
		uint8_t weak = nor->unstable ? nor->unstable[offset + i] : 0;
		uint8_t state = nor->programmed[(offset + i) / unit];
		uint8_t zeros = (uint8_t)~nor->cells[offset + i];

		if (state == UNIT_PROGRAMMED || (state == UNIT_TORN && (zeros & ~weak)))
			nor_fault(nor, "The unit at 0x%zx is programmed twice.", offset + i);
		if (in[i] & zeros & ~weak)
			nor_fault(nor, "The program at 0x%zx would turn 0 into 1.", offset + i);
	}
}

static int nor_program(void *context, uint32_t offset, const void *in, size_t length)
{
	struct ffav_nor *nor = context;
	const uint8_t *bytes = in;
	uint32_t unit = nor->flash.program_unit;
	size_t i;

	nor_check_program(nor, offset, bytes, length);
	if (nor->observe)
		nor->observe(nor->context, FFAV_NOR_PROGRAM, offset, length);
	for (i = 0; i < length; i += unit) {
		if (nor->steps++ == nor->cut_step)
			nor_cut_program(nor, offset + i, bytes + i, length - i);
		nor->bytes_programmed += unit;
		if (nor->failing[(offset + i) / nor->flash.sector_size] &
		    FFAV_NOR_FAILS_PROGRAM) {
			nor_tear_unit(nor, offset + i, bytes + i, true);
			return FFAV_FLASH_IO_ERROR;
		}
		nor_program_unit(nor, offset + i, bytes + i);
	}
	return FFAV_FLASH_OK;
}

/* Leaves a sector as an erase that did not finish does: bits undefined, none to be trusted. */
static void nor_half_erase(struct ffav_nor *nor, size_t start, bool unstable, size_t clean)
{
	size_t size = nor->flash.sector_size;
	uint64_t shape = nor_random(nor) % 3;
	size_t i;

	memset(nor->programmed + start / nor->flash.program_unit, UNIT_PROGRAMMED,
	       size / nor->flash.program_unit);
	for (i = 0; i < size; i++) {
		uint8_t *cell = nor->cells + start + i;
		uint8_t changing = (uint8_t) ~*cell;
		uint8_t random = (uint8_t)nor_random(nor);

		if (i < clean)
			*cell = 0xff;
		else if (shape == 1)
			*cell |= random;
		else if (shape == 2)
			*cell = random;
		/* Few unstable bits, so that what is old stays readable now and then. */
		if (unstable && (nor_random(nor) & 63) == 0)
			nor_set_unstable(nor, start + i, changing);
	}
}

static void nor_wipe(struct ffav_nor *nor, size_t start)
{
	size_t size = nor->flash.sector_size;

	memset(nor->cells + start, 0xff, size);
	memset(nor->programmed + start / nor->flash.program_unit, 0,
	       size / nor->flash.program_unit);
	if (nor->unstable)
		memset(nor->unstable + start, 0, size);
}

static int nor_erase(void *context, uint32_t sector)
{
	struct ffav_nor *nor = context;
	size_t start = (size_t)sector * nor->flash.sector_size;

	if (sector >= nor->flash.sector_count)
		nor_fault(nor, "Sector %u is outside the flash.", sector);
	if (nor->observe)
		nor->observe(nor->context, FFAV_NOR_ERASE, (uint32_t)start,
			     nor->flash.sector_size);
	if (nor->steps++ == nor->cut_step) {
		if (nor->cut == FFAV_NOR_CUT_AFTER)
			nor_wipe(nor, start);
		else if (nor->cut == FFAV_NOR_CUT_SCATTERED)
			nor_half_erase(nor, start, true,
				       nor_random(nor) % nor->flash.sector_size);
		else if (nor->cut != FFAV_NOR_CUT_BEFORE)
			nor_half_erase(nor, start, nor->cut == FFAV_NOR_CUT_UNSTABLE, 0);
		nor_lose_power(nor);
	}
	nor->sectors_erased++;
	nor->erases[sector]++;
	if (nor->failing[sector] & FFAV_NOR_FAILS_ERASE) {
		nor_half_erase(nor, start, true, 0);
		return FFAV_FLASH_IO_ERROR;
	}
	nor_wipe(nor, start);
	return FFAV_FLASH_OK;
}

static int nor_prepare(struct ffav_nor *nor, uint32_t sector_size, uint32_t sector_count,
		       uint32_t program_unit)
{
	memset(nor, 0, sizeof(*nor));
	nor->flash.sector_size = sector_size;
	nor->flash.sector_count = sector_count;
	nor->flash.program_unit = program_unit;
	nor->flash.context = nor;
	nor->flash.read = nor_read;
	nor->flash.program = nor_program;
	nor->flash.erase = nor_erase;
	nor->cut_step = UINT64_MAX;
	nor->programmed = calloc((size_t)sector_size * sector_count / program_unit, 1);
	nor->failing = calloc(sector_count, 1);
	nor->erases = calloc(sector_count, sizeof(*nor->erases));
	if (nor->programmed && nor->failing && nor->erases)
		return 0;
	ffav_nor_close(nor);
	errno = ENOMEM;
	return -1;
}

int ffav_nor_memory(struct ffav_nor *nor, uint32_t sector_size, uint32_t sector_count,
		    uint32_t program_unit)
{
	size_t size = (size_t)sector_size * sector_count;

	if (nor_prepare(nor, sector_size, sector_count, program_unit))
		return -1;
	nor->cells = malloc(size);
	if (!nor->cells) {
		ffav_nor_close(nor);
		return -1;
	}
	memset(nor->cells, 0xff, size);
	nor->flash.map = nor->cells;
	return 0;
}

int ffav_nor_file(struct ffav_nor *nor, uint32_t sector_size, uint32_t sector_count,
		  uint32_t program_unit, int fd, uint64_t offset, bool writable)
{
	uint64_t size = (uint64_t)sector_size * sector_count;
	uint64_t start = ffav_align_down(offset, (uint64_t)sysconf(_SC_PAGESIZE));
	struct stat st;
	uint64_t i;

	if (nor_prepare(nor, sector_size, sector_count, program_unit))
		return -1;
	if (fstat(fd, &st))
		goto fail;
	if (st.st_size < 0 || !ffav_range_in(offset, size, (uint64_t)st.st_size)) {
		errno = EINVAL;
		goto fail;
	}
	nor->mapping_size = (size_t)(offset - start + size);
	nor->mapping = mmap(NULL, nor->mapping_size, PROT_READ | PROT_WRITE,
			    writable ? MAP_SHARED : MAP_PRIVATE, fd, (off_t)start);
	if (nor->mapping == MAP_FAILED) {
		nor->mapping = NULL;
		goto fail;
	}
	nor->cells = (uint8_t *)nor->mapping + (offset - start);
	for (i = 0; i < size; i++)
		if (nor->cells[i] != 0xff)
			nor->programmed[i / program_unit] = UNIT_PROGRAMMED;
	nor->flash.map = nor->cells;
	return 0;
fail:
	ffav_nor_close(nor);
	return -1;
}

void ffav_nor_close(struct ffav_nor *nor)
{
	int saved = errno;

	if (nor->mapping)
		munmap(nor->mapping, nor->mapping_size);
	else
		free(nor->cells);
	free(nor->programmed);
	free(nor->unstable);
	free(nor->failing);
	free(nor->erases);
	memset(nor, 0, sizeof(*nor));
	errno = saved;
}

void ffav_nor_power_on(struct ffav_nor *nor)
{
	size_t size = (size_t)nor->flash.sector_size * nor->flash.sector_count;
	size_t i;

	nor->cut_step = UINT64_MAX;
	for (i = 0; nor->unstable && i < size; i++)
		if (nor->unstable[i])
			nor->cells[i] ^= nor->unstable[i] & (uint8_t)nor_random(nor);
}
