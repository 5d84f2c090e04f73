// SPDX-License-Identifier: BSD-3-Clause
/*
 * The working area of the fault tolerant write driver: a queue of updates. An update is
 * written to the spare area first, then marked in the queue, then copied to where it belongs.
 */
#include <inttypes.h>

#include "tools/ffavars/edk2.h"

/** Places where a working area may begin, bytes. */
#define STEP ((size_t)0x1000)

static const struct efi_guid working = EDK2_WORKING_GUID;

/* Where the working area is, or 0: a volume may have none. */
static size_t find_working(const uint8_t *volume, size_t size, size_t from)
{
	for (size_t at = (size_t)ffav_align_up(from, STEP);
	     ffav_range_in(at, EDK2_WORKING_SIZE, size); at += STEP) {
		if (ffav_guid_equal(volume + at, &working))
			return at;
	}
	return 0;
}

/* Bits of a byte that have been cleared, which is how the queue says yes. */
static bool said(uint8_t byte, uint8_t bit)
{
	return !(byte & bit);
}

/**
 * waiting_record() - Find the update that waits, in a queue.
 * @queue: the queue
 * @size: bytes
 * @at: out: offset of its record in the queue
 *
 * Return: 1, or 0 if none waits, or -1 if the queue makes no sense at @at.
 */
static int waiting_record(const uint8_t *queue, size_t size, size_t *at)
{
	size_t header = 0;

	while (ffav_range_in(header, EDK2_QUEUE_HEADER, size)) {
		uint64_t writes = ffav_get64(queue + header + 24);
		uint64_t each = ffav_get64(queue + header + 32);
		size_t record = header + EDK2_QUEUE_HEADER;

		*at = header;
		if (!said(queue[header], EDK2_QUEUE_ALLOCATED))
			return 0;
		if (!said(queue[header], EDK2_QUEUE_WRITES))
			return 0;
		if (each > size || writes > size / (EDK2_QUEUE_RECORD + each) ||
		    !ffav_range_in(record, writes * (EDK2_QUEUE_RECORD + each), size))
			return -1;
		each += EDK2_QUEUE_RECORD;
		for (uint64_t i = 0; !said(queue[header], EDK2_QUEUE_COMPLETE) && i < writes;
		     i++, record += each) {
			*at = record;
			if (said(queue[record], EDK2_QUEUE_SPARE) &&
			    !said(queue[record], EDK2_QUEUE_DONE))
				return 1;
		}
		header += EDK2_QUEUE_HEADER + (size_t)(writes * each);
	}
	return 0;
}

int edk2_spare(const uint8_t *volume, size_t size, size_t store_end, size_t *spare,
	       struct problem *p)
{
	size_t area = find_working(volume, size, store_end);
	const uint8_t *header = volume + area;
	uint64_t queue_size;
	size_t at = 0;
	int waits;

	if (!area)
		return 0;
	/* The firmware begins a working area again that is not valid. */
	if (header[20] != EDK2_WORKING_VALID ||
	    ffav_get32(header + 16) != edk2_working_crc(header))
		return 0;
	queue_size = ffav_get64(header + 24);
	if (!ffav_range_in(area + EDK2_WORKING_SIZE, queue_size, size))
		return problem_set(p,
				   "The working area at offset %zu says that it has %" PRIu64
				   " bytes, which go beyond the volume.",
				   area, queue_size);
	waits = waiting_record(header + EDK2_WORKING_SIZE, (size_t)queue_size, &at);
	at += area + EDK2_WORKING_SIZE;
	if (waits < 0)
		return problem_set(p,
				   "The queue of updates makes no sense at offset %zu: its "
				   "entry does not fit.",
				   at);
	if (!waits)
		return 0;
	if (ffav_get64(volume + at + 8))
		return problem_set(p,
				   "The update that waits at offset %zu is for block %" PRIu64
				   ", where no variables are.",
				   at, ffav_get64(volume + at + 8));
	*spare = area + EDK2_WORKING_SIZE + (size_t)queue_size;
	return 1;
}
