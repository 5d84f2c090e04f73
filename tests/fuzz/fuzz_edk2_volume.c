/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fuzz target: an arbitrary file is read as a variable volume of edk2. What is accepted is
 * written as a volume and read again, which has to give the same.
 *
 * Input: a byte that chooses repairs and the size, then the file. Checksums are repaired on
 * request, so that what lies behind them is reached.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tools/ffavars/edk2.h"

/** The smallest volume that a firmware uses; files are filled up to it on request. */
#define VOLUME  0x20000u
#define WORKING 0xf000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void repair(uint8_t *file, size_t size)
{
	size_t header;

	if (size < EDK2_FV_SIZE)
		return;
	header = ffav_get16(file + EDK2_FV_HEADER_AT);
	ffav_put16(file + EDK2_FV_CHECKSUM_AT, 0);
	if (header <= size)
		ffav_put16(file + EDK2_FV_CHECKSUM_AT,
			   (uint16_t)(0u - edk2_checksum(file, header)));
	if (size >= WORKING + EDK2_WORKING_SIZE)
		ffav_put32(file + WORKING + 16, edk2_working_crc(file + WORKING));
}

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

/* Writing and reading again changes nothing. */
static void round_trip(const struct variables *list)
{
	const struct edk2_layout *layout = &edk2_layouts[2];
	struct variables again = {0};
	struct problem p = {.text = ""};
	uint8_t *file = edk2_write(list, layout, &p);

	/* What came from a larger file need not fit. */
	if (!file)
		return;
	must(!edk2_read(file, layout->file, &again, &p), p.text);
	must(again.count == list->count, "The number of variables is another.");
	for (size_t i = 0; i < list->count; i++)
		must(variable_same(&list->all[i], &again.all[i]), "A variable is another.");
	variables_free(&again);
	free(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct variables list = {0};
	struct problem p;
	uint8_t *file;
	size_t length;

	if (!size)
		return 0;
	length = (data[0] & 2) && size - 1 < VOLUME ? VOLUME : size - 1;
	file = malloc(length ? length : 1);
	if (!file)
		return 0;
	memset(file, 0xff, length);
	memcpy(file, data + 1, size - 1);
	if (data[0] & 1)
		repair(file, length);
	(void)edk2_detect(file, length);
	if (!edk2_read(file, length, &list, &p) && !variables_check(&list, &p))
		round_trip(&list);
	variables_free(&list);
	free(file);
	return 0;
}
