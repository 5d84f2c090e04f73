/* SPDX-License-Identifier: BSD-3-Clause */
/* Driver of the secure NOR flash; see nor.h. Command set: Intel/Sharp extended (CFI 0x0001). */
#include "machines/qemu-virt/sel0/nor.h"
#include "machines/qemu-virt/memory.h"
#include "machines/qemu-virt/sel0/nor_bus.h"
#include "secure/report/report.h"

/* A command for both chips. */
#define BOTH(command) ((uint32_t)(command)*0x00010001u)

#define COMMAND_ARRAY        BOTH(0xff)
#define COMMAND_IDENTIFY     BOTH(0x90)
#define COMMAND_STATUS       BOTH(0x70)
#define COMMAND_CLEAR_STATUS BOTH(0x50)
#define COMMAND_LOCK         BOTH(0x60)
#define COMMAND_ERASE        BOTH(0x20)
#define COMMAND_BUFFER       BOTH(0xe8)
#define COMMAND_CONFIRM      BOTH(0xd0)

#define STATUS_READY BOTH(0x80)
/*
 * Erase failed, program failed, supply too low, block locked. Erase or program suspended: not
 * by this driver, so the chip has not done what it was told.
 */
#define STATUS_FAILED BOTH(0x7e)

/* The chips' identification: manufacturer, device; for each sector, whether it is locked. */
#define MANUFACTURER BOTH(0x89)
#define DEVICE       BOTH(0x18)
#define LOCK_AT      2u
#define LOCKED       BOTH(0x1)

#define ERASED UINT32_MAX

#define WORD 4u
/* One buffered program stays in one aligned block of this size, commands included. */
#define BUFFER_SIZE 2048u

static volatile uint32_t *word_at(void *context, uint32_t offset)
{
	return (volatile uint32_t *)context + offset / WORD;
}

/* Wait until both chips are ready. @status: what they said last */
static bool wait_ready(volatile uint32_t *at, uint32_t *status)
{
	for (unsigned int polls = 0; polls < FFAV_NOR_POLLS_MAX; polls++) {
		*status = ffav_nor_load(at);
		if ((*status & STATUS_READY) == STATUS_READY)
			return true;
	}
	return false;
}

/* Back to array mode, so that the next read is data. */
static void leave(volatile uint32_t *at)
{
	ffav_nor_store(at, COMMAND_CLEAR_STATUS);
	ffav_nor_store(at, COMMAND_ARRAY);
	ffav_nor_barrier();
}

static int failed(const char *what, uint32_t status)
{
	ffav_report(what, "the flash says that it failed, with status", status);
	return FFAV_FLASH_IO_ERROR;
}

/* Wait for the end of a command, and go back to array mode whatever happened. */
static int finish(volatile uint32_t *at, const char *what)
{
	uint32_t status;
	bool ready = wait_ready(at, &status);

	leave(at);
	return ready && !(status & STATUS_FAILED) ? FFAV_FLASH_OK : failed(what, status);
}

static int nor_read(void *context, uint32_t offset, void *out, size_t length)
{
	uint8_t *to = out;

	while (length) {
		uint32_t word = ffav_nor_load(word_at(context, offset));
		size_t skip = offset % WORD;
		size_t n = WORD - skip < length ? WORD - skip : length;

		memcpy(to, (const uint8_t *)&word + skip, n);
		to += n;
		offset += (uint32_t)n;
		length -= n;
	}
	return FFAV_FLASH_OK;
}

/* Program @length bytes within one block of the buffer's size. */
static int program_block(void *context, uint32_t offset, const uint8_t *in, size_t length)
{
	volatile uint32_t *at = word_at(context, offset);
	size_t words = length / WORD;
	uint32_t status;
	int result;

	ffav_nor_store(at, COMMAND_BUFFER);
	/* Until its buffer is there a chip does not take the count. */
	if (!wait_ready(at, &status)) {
		/*
		 * The other chip may have one: it gets a count, and a datum that changes
		 * nothing. What comes instead of the confirmation is not a command to it.
		 */
		ffav_nor_store(at, BOTH(0));
		ffav_nor_store(at, ERASED);
		leave(at);
		leave(at);
		return failed("flash program", status);
	}
	ffav_nor_store(at, BOTH(words - 1));
	for (size_t i = 0; i < words; i++)
		ffav_nor_store(at + i, ffav_get32(in + WORD * i));
	ffav_nor_store(at, COMMAND_CONFIRM);
	result = finish(at, "flash program");
	/* A chip can drop a sequence that it did not like without a word. */
	for (size_t i = 0; !result && i < words; i++) {
		if (ffav_nor_load(at + i) != ffav_get32(in + WORD * i)) {
			ffav_report("flash program",
				    "the flash has not what was written, at offset",
				    offset + WORD * i);
			result = FFAV_FLASH_IO_ERROR;
		}
	}
	return result;
}

static int nor_program(void *context, uint32_t offset, const void *in, size_t length)
{
	const uint8_t *from = in;

	while (length) {
		size_t n = BUFFER_SIZE - offset % BUFFER_SIZE;
		int result;

		if (n > length)
			n = length;
		result = program_block(context, offset, from, n);
		if (result)
			return result;
		from += n;
		offset += (uint32_t)n;
		length -= n;
	}
	return FFAV_FLASH_OK;
}

static int nor_erase(void *context, uint32_t sector)
{
	volatile uint32_t *at = word_at(context, sector * FFAV_FLASH_SECTOR_SIZE);

	ffav_nor_store(at, COMMAND_ERASE);
	ffav_nor_store(at, COMMAND_CONFIRM);
	return finish(at, "flash erase");
}

static void send_unlock(volatile uint32_t *sector)
{
	ffav_nor_store(sector, COMMAND_LOCK);
	ffav_nor_store(sector, COMMAND_CONFIRM);
	ffav_nor_store(sector, COMMAND_STATUS);
}

/*
 * Bring the chips from wherever they are to array mode: a partition that made a fault, or a CPU
 * that was reset, may have left them in the middle of a command. Where they wait for the
 * confirmation of one, or for the count or a datum of a buffered one, they take for that what was
 * meant as a command; nothing is confirmed, so that such a command comes to nothing. The count
 * that they can have taken, and the data that they still want, are no more than a buffer.
 *
 * While they program or erase, they do not listen, but for being asked for their status. That
 * says that they are ready only after some command: QEMU's forget it when the status is cleared.
 */
static bool recover(volatile uint32_t *window)
{
	uint32_t status;
	bool ready;

	for (unsigned int i = 0; i < BUFFER_SIZE / WORD + 2; i++)
		ffav_nor_store(window, COMMAND_ARRAY);
	send_unlock(window);
	ready = wait_ready(window, &status);
	leave(window);
	return ready;
}

/* Chips of this family power up with all of their sectors locked, or some. */
static bool unlock(volatile uint32_t *sector)
{
	uint32_t locked, status;

	for (unsigned int attempt = 0; attempt < 2; attempt++) {
		ffav_nor_store(sector, COMMAND_IDENTIFY);
		locked = ffav_nor_load(sector + LOCK_AT) & LOCKED;
		leave(sector);
		if (!locked)
			return true;
		send_unlock(sector);
		wait_ready(sector, &status);
		leave(sector);
	}
	return false;
}

int ffav_nor_open(struct ffav_flash *flash, uint64_t address, size_t size)
{
	volatile uint32_t *window = (volatile uint32_t *)(uintptr_t)address;
	uint32_t manufacturer, device;

	if (!size || address % WORD || size % FFAV_FLASH_SECTOR_SIZE) {
		ffav_report("flash", "the window is not whole sectors, bytes", size);
		return -1;
	}
	if (!recover(window)) {
		ffav_report("flash", "the chips do not become ready, at", address);
		return -1;
	}
	ffav_nor_store(window, COMMAND_IDENTIFY);
	manufacturer = ffav_nor_load(window);
	device = ffav_nor_load(window + 1);
	ffav_nor_store(window, COMMAND_ARRAY);
	ffav_nor_barrier();
	if (manufacturer != MANUFACTURER || device != DEVICE) {
		ffav_report("flash", "this manufacturer and device are not known",
			    (uint64_t)manufacturer << 32 | device);
		return -1;
	}
	for (size_t at = 0; at < size; at += FFAV_FLASH_SECTOR_SIZE) {
		if (!unlock(window + at / WORD)) {
			ffav_report("flash", "a sector stays locked, at", address + at);
			return -1;
		}
	}
	*flash = (struct ffav_flash){
		.sector_size = FFAV_FLASH_SECTOR_SIZE,
		.sector_count = (uint32_t)(size / FFAV_FLASH_SECTOR_SIZE),
		.program_unit = WORD,
		.context = (void *)(uintptr_t)address,
		.read = nor_read,
		.program = nor_program,
		.erase = nor_erase,
	};
	return 0;
}
