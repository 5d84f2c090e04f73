/* SPDX-License-Identifier: BSD-3-Clause */
/* Two NOR chips; see model.h. */
#include <string.h>

#include "machines/qemu-virt/sel0/nor_bus.h"
#include "tests/unit/nor/model.h"

#define SECTOR_WORDS (FFAV_FLASH_SECTOR_SIZE / 4)
/* Of one chip's buffer, which is aligned. */
#define BUFFER_WORDS   512u
#define READY          0x80
#define SEQUENCE_ERROR 0x30
#define LOCKED_ERROR   0x02

/* What the chip takes the next write for. */
enum expects {
	A_COMMAND,
	A_COUNT,
	A_DATUM,
	A_CONFIRMATION,
	AN_ERASE_CONFIRMATION,
	A_LOCK_CONFIRMATION,
};

enum reads {
	THE_ARRAY,
	THE_STATUS,
	THE_IDENTITY,
};

struct model_chip model_chips[2];

static struct chip {
	uint16_t array[MODEL_WORDS];
	uint16_t buffer[BUFFER_WORDS];
	bool written[BUFFER_WORDS];
	enum expects expects;
	enum reads reads;
	uint8_t status;
	bool forgotten;
	uint32_t waits;
	uint32_t block;
	uint32_t left;
} chips[2];

/* The driver gets addresses in here, and nothing is ever read or written there. */
static uint32_t window[MODEL_WORDS];

void model_reset(void)
{
	memset(chips, 0, sizeof(chips));
	memset(model_chips, 0, sizeof(model_chips));
	for (unsigned int i = 0; i < 2; i++) {
		memset(chips[i].array, 0xff, sizeof(chips[i].array));
		model_chips[i].device = 0x18;
	}
}

uint64_t model_address(void)
{
	return (uintptr_t)window;
}

uint32_t model_word(uint32_t index)
{
	return chips[0].array[index] | (uint32_t)chips[1].array[index] << 16;
}

bool model_in_array_mode(void)
{
	for (unsigned int i = 0; i < 2; i++) {
		if (chips[i].reads != THE_ARRAY || chips[i].expects != A_COMMAND ||
		    chips[i].status)
			return false;
	}
	return true;
}

static void misused(unsigned int n)
{
	model_chips[n].misuse++;
	chips[n].status |= SEQUENCE_ERROR;
	chips[n].expects = A_COMMAND;
	chips[n].waits = 0;
}

/* A command has been confirmed: @done is false where the chip does nothing of it. */
static bool done(unsigned int n)
{
	chips[n].expects = A_COMMAND;
	chips[n].forgotten = false;
	chips[n].waits = model_chips[n].busy_delay;
	chips[n].status |= model_chips[n].fault;
	return !model_chips[n].fault && !model_chips[n].silent;
}

/* Of a command only the low half counts. */
static void command(unsigned int n, uint32_t index, uint16_t value)
{
	struct chip *c = &chips[n];

	/* One that never got done is done once the test lets it. */
	if (c->waits == MODEL_NEVER && model_chips[n].busy_delay != MODEL_NEVER)
		c->waits = 0;
	/* While it works, it can be asked for its status and for nothing else. */
	if (c->waits && (value & 0xff) != 0x70)
		return;
	switch (value & 0xff) {
	case 0xff:
		c->reads = THE_ARRAY;
		break;
	case 0x90:
		c->reads = THE_IDENTITY;
		break;
	case 0x70:
		c->reads = THE_STATUS;
		break;
	case 0x50:
		c->status = 0;
		c->forgotten = model_chips[n].forgets;
		break;
	case 0x60:
		c->reads = THE_STATUS;
		c->expects = A_LOCK_CONFIRMATION;
		break;
	case 0x20:
		c->reads = THE_STATUS;
		c->expects = AN_ERASE_CONFIRMATION;
		break;
	case 0xe8:
		c->reads = THE_STATUS;
		c->expects = A_COUNT;
		c->block = index / BUFFER_WORDS;
		c->waits = model_chips[n].buffer_delay;
		c->forgotten = false;
		memset(c->written, 0, sizeof(c->written));
		break;
	default:
		misused(n);
		break;
	}
}

/* Is the sector of a word locked? The command ends with that error then. */
static bool is_locked(unsigned int n, uint32_t index)
{
	if (!(model_chips[n].locked & 1u << index / SECTOR_WORDS))
		return false;
	chips[n].expects = A_COMMAND;
	chips[n].status |= LOCKED_ERROR;
	return true;
}

static void program(unsigned int n)
{
	struct chip *c = &chips[n];

	if (is_locked(n, c->block * BUFFER_WORDS) || !done(n))
		return;
	for (uint32_t i = 0; i < BUFFER_WORDS; i++) {
		if (c->written[i])
			c->array[c->block * BUFFER_WORDS + i] &= c->buffer[i];
	}
}

static void erase(unsigned int n, uint32_t index)
{
	uint32_t first = index / SECTOR_WORDS * SECTOR_WORDS;

	if (is_locked(n, index) || !done(n))
		return;
	memset(chips[n].array + first, 0xff, SECTOR_WORDS * sizeof(uint16_t));
}

static void unlock(unsigned int n, uint32_t index)
{
	uint32_t sector = 1u << index / SECTOR_WORDS;

	chips[n].expects = A_COMMAND;
	chips[n].forgotten = false;
	if (!(model_chips[n].locked_down & sector))
		model_chips[n].locked &= ~sector;
}

static void chip_write(unsigned int n, uint32_t index, uint16_t value)
{
	struct chip *c = &chips[n];

	switch (c->expects) {
	case A_COMMAND:
		command(n, index, value);
		break;
	case A_COUNT:
		/* Until the buffer is there the chip is deaf. */
		if (c->waits || value >= BUFFER_WORDS) {
			misused(n);
			break;
		}
		c->left = value + 1u;
		c->expects = A_DATUM;
		break;
	case A_DATUM:
		if (index / BUFFER_WORDS != c->block) {
			misused(n);
			break;
		}
		c->buffer[index % BUFFER_WORDS] = value;
		c->written[index % BUFFER_WORDS] = true;
		if (!--c->left)
			c->expects = A_CONFIRMATION;
		break;
	case A_CONFIRMATION:
		if (value == 0xd0)
			program(n);
		else
			misused(n);
		break;
	case AN_ERASE_CONFIRMATION:
		if (value == 0xd0)
			erase(n, index);
		else
			misused(n);
		break;
	case A_LOCK_CONFIRMATION:
		if (value == 0xd0)
			unlock(n, index);
		else
			misused(n);
		break;
	}
}

static uint16_t chip_read(unsigned int n, uint32_t index)
{
	struct chip *c = &chips[n];

	switch (c->reads) {
	case THE_IDENTITY:
		if (index % SECTOR_WORDS == 2)
			return (uint16_t)(model_chips[n].locked >> index / SECTOR_WORDS & 1) |
			       (uint16_t)((model_chips[n].locked_down >> index / SECTOR_WORDS &
					   1)
					  << 1);
		return index % 2 ? model_chips[n].device : 0x89;
	case THE_STATUS:
		if (c->waits) {
			c->waits -= c->waits != MODEL_NEVER;
			return 0;
		}
		return (uint16_t)((c->forgotten ? 0 : READY) | c->status |
				  model_chips[n].suspended);
	default:
		return c->array[index];
	}
}

uint32_t ffav_nor_load(const volatile uint32_t *at)
{
	uint32_t index = (uint32_t)(at - window);

	return chip_read(0, index) | (uint32_t)chip_read(1, index) << 16;
}

void model_store(uint32_t index, uint32_t value)
{
	chip_write(0, index, (uint16_t)value);
	chip_write(1, index, (uint16_t)(value >> 16));
}

void ffav_nor_store(volatile uint32_t *at, uint32_t value)
{
	model_store((uint32_t)(at - window), value);
}

void ffav_nor_barrier(void)
{
}
