// SPDX-License-Identifier: BSD-3-Clause
/*
 * The mistakes that callers of memory management make: one field of a descriptor, or a length.
 *
 * A committed corpus chooses them by number: what is new gets a new one. Most numbers are none.
 */
#include "tests/fuzz/spmc/memory.h"

void memory_spoil_gift(struct model_descriptor *d, uint8_t mistake, uint64_t *x)
{
	switch (mistake) {
	case 1:
		d->sender ^= 0x8001;
		break;
	case 2:
		d->handle = 1;
		break;
	case 3:
	case 4:
		d->flags = mistake - 2u;
		break;
	case 5:
		d->attributes ^= 0x10;
		break;
	case 6:
		d->attributes ^= 0x40;
		break;
	case 7:
		d->access[0].permissions |= 4;
		break;
	case 8:
		d->access[0].permissions = 0;
		break;
	case 9:
		d->access[0].receiver = d->sender;
		break;
	case 10:
		d->access[0].receiver = 0x8003;
		break;
	case 11:
		d->access[1] = d->access[0];
		d->access_count = 2;
		break;
	case 12:
		d->pages++;
		break;
	case 13:
		d->ranges[0].address += 0x800;
		break;
	case 14:
		d->ranges[d->range_count - 1].pages = 0;
		break;
	case 15:
		d->access[0].flags = 1;
		break;
	case 16:
		x[1] += 16;
		break;
	case 17:
		x[2] += 8;
		break;
	case 18:
		d->ranges[0].address = SHARED_BASE;
		break;
	case 19:
		d->ranges[0].address = SECURE_BASE + SECURE_SIZE;
		break;
	case 20:
		d->ranges[d->range_count - 1] = d->ranges[0];
		break;
	case 21:
		d->attributes = 0x23;
		break;
	default:
		break;
	}
}

void memory_spoil_retrieval(struct model_descriptor *d, uint8_t mistake, uint64_t *x)
{
	switch (mistake) {
	case 1:
		d->sender ^= 3;
		break;
	case 2:
		d->handle ^= 1;
		break;
	case 3:
		d->tag++;
		break;
	case 4:
		d->flags ^= 0x18;
		break;
	case 5:
		d->flags |= 1;
		break;
	case 6:
		d->flags |= 2;
		break;
	case 7:
		d->attributes = 0x10;
		break;
	case 8:
		d->attributes = 0x40;
		break;
	case 9:
		d->access[0].permissions = 2 | 8;
		break;
	case 10:
		d->access[0].permissions = 2 | 4;
		break;
	case 11:
		d->access[0].receiver ^= 3;
		break;
	case 12:
		d->access[0].composite = 16;
		break;
	case 13:
		d->access[0].flags = 1;
		break;
	case 14:
		d->access[0].value++;
		break;
	case 15:
		d->access[1] = d->access[0];
		break;
	case 16:
		d->flags ^= 0x400;
		break;
	case 17:
		x[1] += 16;
		break;
	case 18:
		d->access[0].permissions ^= 4;
		break;
	default:
		break;
	}
}
