// SPDX-License-Identifier: BSD-3-Clause
/* Who may use how much of the NV store, and that QueryVariableInfo() says just that. */
#include "tests/unit/variables/fixture.h"

#include <stdio.h>
#include <string.h>

#define COMMON (NV | BS | RT)
#define RECORD (NV | BS | RT | HR)
/** Data of most variables here, bytes: the store keeps room to move the largest. */
#define PIECE 1000u

#define RECORDS_SIZE 8192u
#define BOOT_SIZE    12288u
#define BOOT_ITEMS   10u

static uint8_t data[2 * PIECE];

static int setup(void **state)
{
	struct fx *f;

	if (fx_setup(state))
		return -1;
	f = *state;
	f->config.error_record_size = RECORDS_SIZE;
	f->config.boot_size = BOOT_SIZE;
	f->config.boot_items = BOOT_ITEMS;
	fx_reset(f);
	return 0;
}

static void exit_boot_services(struct fx *f)
{
	assert_int_equal(fx_call(f, FFAV_VAR_EXIT_BOOT_SERVICES, 0), EFI_SUCCESS);
}

static struct ffav_var_info query(struct fx *f, uint32_t attributes)
{
	struct ffav_var_info i = {.attributes = attributes};

	assert_true(ffav_var_info_encode(fx_payload(f), FX_PAYLOAD_MAX, &i));
	assert_int_equal(fx_call(f, FFAV_VAR_QUERY_INFO, FFAV_VAR_INFO_SIZE), EFI_SUCCESS);
	assert_true(
		ffav_var_info_decode(fx_payload(f), f->reply_size - FFAV_VAR_HEADER_SIZE, &i));
	assert_true(i.remaining <= i.max_storage);
	return i;
}

static efi_status_t set_numbered(struct fx *f, const char *word, unsigned int n,
				 uint32_t attributes, size_t size)
{
	char name[32];

	snprintf(name, sizeof(name), "%s%04u", word, n);
	memset(data, (int)n, sizeof(data));
	return fx_set(f, name, attributes, data, size);
}

static void expect_numbered(struct fx *f, const char *word, unsigned int n, uint32_t attributes,
			    size_t size)
{
	char name[32];

	snprintf(name, sizeof(name), "%s%04u", word, n);
	memset(data, (int)n, sizeof(data));
	fx_expect(f, &fx_guid, name, attributes, data, size);
}

/*
 * Fills what is told to remain to the last byte. Return: how many variables; the last one's size
 * goes to @last.
 */
static unsigned int fill(struct fx *f, const char *word, uint32_t attributes, size_t *last)
{
	uint64_t before, now;
	unsigned int n = 0;
	size_t overhead;

	assert_int_equal(set_numbered(f, word, n++, attributes, PIECE), EFI_SUCCESS);
	before = query(f, attributes).remaining;
	assert_int_equal(set_numbered(f, word, n++, attributes, PIECE), EFI_SUCCESS);
	now = query(f, attributes).remaining;
	overhead = (size_t)(before - now) - PIECE;
	assert_in_range(overhead, 40, 120);
	for (; now >= 2 * (PIECE + overhead); now = query(f, attributes).remaining)
		assert_int_equal(set_numbered(f, word, n++, attributes, PIECE), EFI_SUCCESS);
	/* The last two share what is left; neither is larger than the first. */
	*last = (size_t)now / 2 / 4 * 4 - overhead;
	if (now > PIECE + overhead) {
		assert_int_equal(set_numbered(f, word, n++, attributes, *last), EFI_SUCCESS);
		now = query(f, attributes).remaining;
	}
	*last = (size_t)now - overhead;
	assert_int_equal(set_numbered(f, word, n, attributes, *last + 4), EFI_OUT_OF_RESOURCES);
	assert_int_equal(set_numbered(f, word, n, attributes, *last + 1), EFI_OUT_OF_RESOURCES);
	assert_int_equal(query(f, attributes).remaining, now);
	assert_int_equal(set_numbered(f, word, n++, attributes, *last), EFI_SUCCESS);
	assert_int_equal(query(f, attributes).remaining, 0);
	return n;
}

static void expect_filled(struct fx *f, const char *word, uint32_t attributes, unsigned int n,
			  size_t last)
{
	for (unsigned int i = 0; i + 2 < n; i++)
		expect_numbered(f, word, i, attributes, PIECE);
	expect_numbered(f, word, n - 1, attributes, last);
}

static void error_records_have_their_own_part(void **state)
{
	struct fx *f = *state;
	uint64_t common = query(f, COMMON).remaining;
	unsigned int records, others;
	size_t last, last_record;

	assert_int_equal(query(f, RECORD).max_storage, RECORDS_SIZE);
	assert_int_equal(query(f, RECORD).remaining, RECORDS_SIZE);
	/* As large as the first of each kind is, the store keeps room to move it. */
	assert_int_equal(set_numbered(f, "First", 0, COMMON, PIECE), EFI_SUCCESS);
	common = query(f, COMMON).remaining;
	records = fill(f, "Record", RECORD, &last_record);
	assert_true(fx_reported("hardware error records have no more space for bytes"));
	assert_int_equal(query(f, COMMON).remaining, common);
	assert_int_equal(set_numbered(f, "First", 0, 0, 0), EFI_SUCCESS);
	others = fill(f, "Other", COMMON, &last);
	assert_true(fx_reported("SetVariable refused: no space for data of size"));
	for (unsigned int reset = 0; reset < 2; reset++) {
		expect_filled(f, "Record", RECORD, records, last_record);
		expect_filled(f, "Other", COMMON, others, last);
		assert_int_equal(query(f, RECORD).remaining, 0);
		assert_int_equal(query(f, COMMON).remaining, 0);
		fx_reset(f);
	}
	/* What one kind gives back is its own. */
	assert_int_equal(set_numbered(f, "Record", 0, 0, 0), EFI_SUCCESS);
	assert_true(query(f, RECORD).remaining > PIECE);
	assert_int_equal(query(f, COMMON).remaining, 0);
	assert_int_equal(set_numbered(f, "Again", 0, COMMON, 10), EFI_OUT_OF_RESOURCES);
	assert_int_equal(set_numbered(f, "Record", 0, RECORD, PIECE), EFI_SUCCESS);
	assert_int_equal(query(f, RECORD).remaining, 0);
}

/* A system whose others came first finds the part of the error records free. */
static void others_leave_it_free(void **state)
{
	struct fx *f = *state;
	unsigned int records, others;
	size_t last, last_record;

	others = fill(f, "Other", COMMON, &last);
	assert_true(fx_reported("SetVariable refused: no space beside what is set apart"));
	exit_boot_services(f);
	assert_int_equal(query(f, RECORD).remaining, RECORDS_SIZE);
	records = fill(f, "Record", RECORD, &last_record);
	/* Appending, replacing by more and by less. */
	assert_int_equal(set_numbered(f, "Record", 0, RECORD | APP, 4), EFI_OUT_OF_RESOURCES);
	assert_int_equal(set_numbered(f, "Record", 0, RECORD, PIECE + 4), EFI_OUT_OF_RESOURCES);
	expect_numbered(f, "Record", 0, RECORD, PIECE);
	assert_int_equal(set_numbered(f, "Record", 0, RECORD, PIECE - 100), EFI_SUCCESS);
	assert_int_equal(query(f, RECORD).remaining, 100);
	assert_int_equal(set_numbered(f, "Record", 0, RECORD, PIECE), EFI_SUCCESS);
	fx_reset(f);
	expect_filled(f, "Record", RECORD, records, last_record);
	expect_filled(f, "Other", COMMON, others, last);
}

static void an_operating_system_leaves_the_firmware_its_part(void **state)
{
	struct fx *f = *state;
	struct ffav_var_info boot = query(f, COMMON), runtime;
	unsigned int n, more;
	size_t last;

	exit_boot_services(f);
	runtime = query(f, COMMON);
	assert_int_equal(boot.max_storage - runtime.max_storage, BOOT_SIZE);
	assert_int_equal(boot.remaining - runtime.remaining, BOOT_SIZE);
	n = fill(f, "Os", COMMON, &last);
	assert_true(fx_reported("SetVariable refused: no space beside what is set apart"));
	/* What does not grow is always welcome. */
	assert_int_equal(fx_set(f, "Os0000", COMMON | APP, "more", 4), EFI_OUT_OF_RESOURCES);
	memset(data, 0x55, sizeof(data));
	assert_int_equal(fx_set(f, "Os0000", COMMON, data, PIECE), EFI_SUCCESS);
	assert_int_equal(set_numbered(f, "Os", 0, COMMON, PIECE), EFI_SUCCESS);
	/* The next boot finds its part. */
	fx_reset(f);
	assert_int_equal(query(f, COMMON).remaining, BOOT_SIZE);
	assert_int_equal(set_numbered(f, "PlatformLang", 0, COMMON, 6), EFI_SUCCESS);
	more = fill(f, "Firmware", COMMON, &last);
	assert_true(more * PIECE >= BOOT_SIZE - 3 * PIECE);
	for (unsigned int i = 0; i + 2 < n; i++)
		expect_numbered(f, "Os", i, COMMON, PIECE);
	/* With that used up, too, an operating system can still record errors, and delete. */
	exit_boot_services(f);
	assert_int_equal(query(f, COMMON).remaining, 0);
	assert_int_equal(set_numbered(f, "Record", 0, RECORD, PIECE), EFI_SUCCESS);
	assert_int_equal(set_numbered(f, "Os", 0, COMMON, PIECE - 100), EFI_SUCCESS);
	assert_int_equal(set_numbered(f, "Os", 0, COMMON, PIECE), EFI_OUT_OF_RESOURCES);
	assert_int_equal(set_numbered(f, "Os", 1, 0, 0), EFI_SUCCESS);
}

/* Numbers of variables run out, too. */
static void some_variables_are_the_firmware_s(void **state)
{
	struct fx f;
	unsigned int n = 0, all;

	(void)state;
	fx_open_sized(&f, 64, 40);
	f.config.boot_items = BOOT_ITEMS;
	fx_reset(&f);
	exit_boot_services(&f);
	while (set_numbered(&f, "Os", n, COMMON, 8) == EFI_SUCCESS)
		n++;
	assert_true(fx_reported("SetVariable refused: too many variables beside what is set"));
	assert_true(n >= 30 && n < 40);
	assert_int_equal(query(&f, COMMON).remaining, 0);
	assert_int_equal(query(&f, COMMON).max_variable, 0);
	assert_int_equal(set_numbered(&f, "Os", 0, COMMON, 12), EFI_SUCCESS);
	fx_reset(&f);
	assert_true(query(&f, COMMON).remaining > 0);
	for (all = n; set_numbered(&f, "Firmware", all, COMMON, 8) == EFI_SUCCESS; all++)
		;
	assert_int_equal(all - n, BOOT_ITEMS);
	for (unsigned int i = 1; i < n; i++)
		expect_numbered(&f, "Os", i, COMMON, 8);
	fx_close(&f);
}

/* The largest that is told fits, for each kind and in both phases. */
static void largest_fits(void **state)
{
	static uint8_t large[FX_DATA_MAX];
	struct fx *f = *state;
	struct ffav_var_info i;

	for (unsigned int runtime = 0; runtime < 2; runtime++) {
		for (unsigned int kind = 0; kind < 2; kind++) {
			uint32_t attributes = kind ? RECORD : COMMON;

			if (runtime)
				exit_boot_services(f);
			i = query(f, attributes);
			assert_true(i.max_variable > (kind ? RECORDS_SIZE / 2 : 20000));
			assert_true(i.max_variable < i.remaining);
			assert_int_equal(fx_set(f, "V", attributes, large, i.max_variable),
					 EFI_SUCCESS);
			fx_reset(f);
			fx_expect(f, &fx_guid, "V", attributes, large, i.max_variable);
			assert_int_equal(fx_set(f, "V", 0, NULL, 0), EFI_SUCCESS);
		}
	}
	/* One that does not fit the part is refused, however empty the store is. */
	assert_int_equal(fx_set(f, "V", RECORD, large, RECORDS_SIZE), EFI_OUT_OF_RESOURCES);
	fx_absent(f, "V");
}

/* A store that was filled before there were parts, or with others. */
static void a_fuller_store_is_no_error(void **state)
{
	struct fx *f = *state;
	size_t last;

	f->config.error_record_size = 0;
	f->config.boot_size = 0;
	fx_reset(f);
	/* Without a part of their own they share with all others. */
	assert_int_equal(query(f, RECORD).remaining, query(f, COMMON).remaining);
	assert_int_equal(set_numbered(f, "Record", 0, RECORD, 2 * PIECE), EFI_SUCCESS);
	(void)fill(f, "Other", COMMON, &last);
	f->config.error_record_size = PIECE;
	f->config.boot_size = BOOT_SIZE;
	fx_reset(f);
	assert_int_equal(query(f, COMMON).remaining, 0);
	assert_int_equal(query(f, RECORD).remaining, 0);
	assert_int_equal(query(f, RECORD).max_variable, 0);
	assert_int_equal(set_numbered(f, "Record", 0, RECORD, 2 * PIECE - 4), EFI_SUCCESS);
	assert_int_equal(set_numbered(f, "Record", 0, RECORD, 2 * PIECE), EFI_OUT_OF_RESOURCES);
	expect_numbered(f, "Record", 0, RECORD, 2 * PIECE - 4);
	assert_int_equal(set_numbered(f, "Other", 0, COMMON, PIECE - 4), EFI_SUCCESS);
	assert_int_equal(set_numbered(f, "Record", 0, 0, 0), EFI_SUCCESS);
	assert_int_equal(query(f, RECORD).remaining, PIECE);
}

static jmp_buf powered_off;

static void lose_power(void *context)
{
	(void)context;
	longjmp(powered_off, 1);
}

/* A write that the power cuts is counted where it came to be, and only there. */
static void counts_survive_power_cuts(void **state)
{
	struct fx *f = *state;
	volatile bool finished = false;
	uint64_t empty, full;

	assert_int_equal(set_numbered(f, "Record", 1, RECORD, 100), EFI_SUCCESS);
	empty = query(f, RECORD).remaining;
	assert_int_equal(set_numbered(f, "Record", 0, RECORD, 200), EFI_SUCCESS);
	full = query(f, RECORD).remaining;
	assert_int_equal(set_numbered(f, "Record", 0, 0, 0), EFI_SUCCESS);
	for (uint64_t step = 0; !finished; step++) {
		f->nor.power_lost = lose_power;
		f->nor.seed = step;
		f->nor.cut = (enum ffav_nor_cut)(step % FFAV_NOR_CUTS);
		f->nor.cut_step = f->nor.steps + step;
		if (!setjmp(powered_off)) {
			assert_int_equal(set_numbered(f, "Record", 0, RECORD, 200),
					 EFI_SUCCESS);
			finished = true;
		}
		ffav_nor_power_on(&f->nor);
		fx_reset(f);
		if (fx_get(f, &fx_guid, "Record0000", PIECE) == EFI_SUCCESS) {
			assert_int_equal(query(f, RECORD).remaining, full);
			assert_int_equal(set_numbered(f, "Record", 0, 0, 0), EFI_SUCCESS);
		} else {
			assert_false(finished);
		}
		assert_int_equal(query(f, RECORD).remaining, empty);
	}
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, fx_teardown)
	const struct CMUnitTest tests[] = {
		CASE(error_records_have_their_own_part),
		CASE(others_leave_it_free),
		CASE(an_operating_system_leaves_the_firmware_its_part),
		cmocka_unit_test(some_variables_are_the_firmware_s),
		CASE(largest_fits),
		CASE(a_fuller_store_is_no_error),
		CASE(counts_survive_power_cuts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
