/* SPDX-License-Identifier: BSD-3-Clause */
/* The driver of the secure NOR flash against chips that are slow and that fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "machines/qemu-virt/sel0/nor.h"
#include "tests/unit/nor/model.h"

#define SIZE (MODEL_SECTORS * FFAV_FLASH_SECTOR_SIZE)

static struct ffav_flash flash;
static uint8_t bytes[5000];

static int setup(void **state)
{
	(void)state;
	model_reset();
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + i / 256);
	return ffav_nor_open(&flash, model_address(), SIZE);
}

static int teardown(void **state)
{
	(void)state;
	return model_chips[0].misuse || model_chips[1].misuse;
}

static void assert_programmed(uint32_t offset, size_t length)
{
	static uint8_t read[sizeof(bytes)];

	assert_int_equal(flash.read(flash.context, offset, read, length), 0);
	assert_memory_equal(read, bytes, length);
}

static void test_open(void **state)
{
	(void)state;
	assert_true(model_in_array_mode());
	assert_int_equal(flash.sector_count, MODEL_SECTORS);
	assert_int_equal(ffav_nor_open(&flash, model_address(), SIZE - 4), -1);
	assert_int_equal(ffav_nor_open(&flash, model_address(), 0), -1);
	assert_int_equal(ffav_nor_open(&flash, model_address() + 2, SIZE), -1);
	for (unsigned int i = 0; i < 2; i++) {
		model_chips[i].device = 0x17;
		assert_int_equal(ffav_nor_open(&flash, model_address(), SIZE), -1);
		assert_true(model_in_array_mode());
		model_chips[i].device = 0x18;
	}
}

static void test_program_and_erase(void **state)
{
	(void)state;
	/* It begins within one buffer and ends within another. */
	assert_int_equal(flash.program(flash.context, 1020, bytes, sizeof(bytes)), 0);
	assert_programmed(1020, sizeof(bytes));
	assert_int_equal(model_word(1020 / 4 - 1), UINT32_MAX);
	assert_int_equal(model_word((1020 + sizeof(bytes)) / 4), UINT32_MAX);
	assert_int_equal(flash.program(flash.context, FFAV_FLASH_SECTOR_SIZE, bytes, 4), 0);
	assert_int_equal(flash.erase(flash.context, 0), 0);
	for (uint32_t i = 0; i < FFAV_FLASH_SECTOR_SIZE / 4; i++)
		assert_int_equal(model_word(i), UINT32_MAX);
	assert_programmed(FFAV_FLASH_SECTOR_SIZE, 4);
	assert_true(model_in_array_mode());
}

/* The chips need not be ready together. */
static void test_slow(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		model_chips[i].buffer_delay = 3;
		model_chips[1 - i].busy_delay = 5;
		assert_int_equal(flash.erase(flash.context, 0), 0);
		assert_int_equal(flash.program(flash.context, 0, bytes, sizeof(bytes)), 0);
		assert_programmed(0, sizeof(bytes));
		model_chips[i].buffer_delay = 0;
		model_chips[1 - i].busy_delay = 0;
	}
}

static void assert_fails(void)
{
	assert_int_equal(flash.program(flash.context, 64, bytes, 64), FFAV_FLASH_IO_ERROR);
	assert_true(model_in_array_mode());
	assert_int_equal(flash.erase(flash.context, 1), FFAV_FLASH_IO_ERROR);
	assert_true(model_in_array_mode());
}

static void assert_works(void)
{
	assert_int_equal(flash.erase(flash.context, 0), 0);
	assert_int_equal(flash.program(flash.context, 64, bytes, 64), 0);
	assert_programmed(64, 64);
}

/* Erase failed, program failed, supply too low, block locked; then the next one succeeds. */
static void test_status_errors(void **state)
{
	static const uint8_t faults[] = {0x20, 0x10, 0x08, 0x02, 0x30, 0x12, 0x22};

	(void)state;
	for (unsigned int i = 0; i < 2 * sizeof(faults); i++) {
		model_chips[i % 2].fault = faults[i / 2];
		assert_fails();
		model_chips[i % 2].fault = 0;
		assert_works();
	}
}

/* Nobody suspends here; if a chip says so, it has not done what it was told. */
static void test_suspended(void **state)
{
	static const uint8_t bits[] = {0x40, 0x04};

	(void)state;
	for (unsigned int i = 0; i < 2 * sizeof(bits); i++) {
		model_chips[i % 2].suspended = bits[i / 2];
		assert_fails();
		model_chips[i % 2].suspended = 0;
		assert_works();
	}
}

static void test_never_done(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		model_chips[i].busy_delay = MODEL_NEVER;
		assert_int_equal(flash.program(flash.context, 64, bytes, 64),
				 FFAV_FLASH_IO_ERROR);
		assert_int_equal(flash.erase(flash.context, 1), FFAV_FLASH_IO_ERROR);
		model_chips[i].busy_delay = 0;
		assert_works();
	}
}

/* No count goes to a chip that has no buffer, and nothing is programmed. */
static void test_no_buffer(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		model_chips[i].buffer_delay = MODEL_NEVER;
		assert_int_equal(flash.program(flash.context, 64, bytes, 64),
				 FFAV_FLASH_IO_ERROR);
		assert_int_equal(model_word(16), UINT32_MAX);
		assert_true(model_in_array_mode());
		model_chips[i].buffer_delay = 0;
		assert_works();
		model_reset();
	}
}

static void test_not_written(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		model_chips[i].silent = true;
		assert_int_equal(flash.program(flash.context, 4096 * i, bytes, 64),
				 FFAV_FLASH_IO_ERROR);
		model_chips[i].silent = false;
	}
	/* A bit that is 0 stays 0. */
	assert_works();
	assert_int_equal(flash.program(flash.context, 64, bytes + 1, 64), FFAV_FLASH_IO_ERROR);
	assert_true(model_in_array_mode());
}

static void open_again(void)
{
	assert_int_equal(ffav_nor_open(&flash, model_address(), SIZE), 0);
	assert_true(model_in_array_mode());
	/* What was cut short is the misuse of whoever was cut short. */
	for (unsigned int i = 0; i < 2; i++)
		model_chips[i].misuse = 0;
	assert_works();
}

/* A program that was ended at any of its writes, or whose last command still runs. */
static void test_left_behind(void **state)
{
	static const uint32_t buffered[] = {0x00e800e8, 0x01ff01ff, 0, 0xffffffff, 0x00700070};
	static const uint32_t other[] = {0x00200020, 0x00600060, 0x00700070, 0x00900090,
					 0x00500050};

	(void)state;
	/* Another sector has something to lose. */
	assert_int_equal(flash.program(flash.context, FFAV_FLASH_SECTOR_SIZE, bytes, 64), 0);
	for (uint32_t block = 0; block < FFAV_FLASH_SECTOR_SIZE / 4; block += 0x8000) {
		for (size_t n = 1; n <= sizeof(buffered) / sizeof(buffered[0]); n++) {
			for (size_t i = 0; i < n; i++)
				model_store(block + (i > 1 ? (uint32_t)i : 0), buffered[i]);
			open_again();
		}
	}
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		model_store(8, other[i]);
		open_again();
	}
	assert_programmed(FFAV_FLASH_SECTOR_SIZE, 64);
	/* The last datum is there and the confirmation is not, in one chip or in both. */
	for (uint32_t chip = 1; chip < 4; chip++) {
		uint32_t which = (chip & 1 ? 0xffff : 0) | (chip & 2 ? 0xffff0000 : 0);

		model_store(0, 0x00e800e8 & which);
		model_store(0, 0);
		model_store(0, 0);
		open_again();
	}
}

/* Chips that seem to be busy when they are asked for their status and nothing else. */
static void test_forgetful(void **state)
{
	(void)state;
	model_chips[0].forgets = model_chips[1].forgets = true;
	for (unsigned int i = 0; i < 3; i++)
		open_again();
}

/* An erase that was started before a reset goes on: it is waited for, as long as it takes. */
static void test_busy(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		model_chips[i].busy_delay = 900;
		model_store(0, 0x00200020);
		model_store(0, 0x00d000d0);
		model_chips[i].busy_delay = 0;
		open_again();
	}
	model_chips[1].busy_delay = MODEL_NEVER;
	model_store(0, 0x00200020);
	model_store(0, 0x00d000d0);
	assert_int_equal(ffav_nor_open(&flash, model_address(), SIZE), -1);
}

static void test_locked(void **state)
{
	(void)state;
	for (uint32_t sectors = 1; sectors < 4; sectors++) {
		for (unsigned int i = 0; i < 2; i++) {
			model_chips[i].locked = sectors;
			assert_int_equal(ffav_nor_open(&flash, model_address(), SIZE), 0);
			assert_int_equal(model_chips[i].locked, 0);
			assert_true(model_in_array_mode());
			assert_works();
		}
	}
	/* A lock that the board has tied down stays, and the flash is of no use. */
	model_chips[1].locked = model_chips[1].locked_down = 2;
	assert_int_equal(ffav_nor_open(&flash, model_address(), SIZE), -1);
	assert_true(model_in_array_mode());
	assert_int_equal(model_chips[1].locked, 2);
	assert_int_equal(flash.erase(flash.context, 1), FFAV_FLASH_IO_ERROR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_open, setup, teardown),
		cmocka_unit_test_setup_teardown(test_program_and_erase, setup, teardown),
		cmocka_unit_test_setup_teardown(test_slow, setup, teardown),
		cmocka_unit_test_setup_teardown(test_status_errors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_suspended, setup, teardown),
		cmocka_unit_test_setup_teardown(test_never_done, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_buffer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_written, setup, teardown),
		cmocka_unit_test_setup_teardown(test_left_behind, setup, teardown),
		cmocka_unit_test_setup_teardown(test_forgetful, setup, teardown),
		cmocka_unit_test_setup_teardown(test_busy, setup, teardown),
		cmocka_unit_test_setup_teardown(test_locked, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
