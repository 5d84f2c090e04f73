// SPDX-License-Identifier: BSD-3-Clause
/* Memory for cryptography: pieces do not overlap, nothing is lost, the end is the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "secure/crypto/arena.h"

#define PIECES 200u

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
	uint8_t *pieces[PIECES];

	(void)state;
	for (size_t i = 0; i < PIECES; i++) {
		pieces[i] = ffav_arena_calloc(1, i + 1);
		assert_non_null(pieces[i]);
		assert_int_equal((uintptr_t)pieces[i] % 16, 0);
		for (size_t j = 0; j <= i; j++)
			assert_int_equal(pieces[i][j], 0);
		memset(pieces[i], (int)i + 1, i + 1);
	}
	for (size_t i = 0; i < PIECES; i++) {
		for (size_t j = 0; j <= i; j++)
			assert_int_equal(pieces[i][j], (uint8_t)(i + 1));
	}
	for (size_t i = 0; i < PIECES; i += 2)
		ffav_arena_free(pieces[i]);
	for (size_t i = 1; i < PIECES; i += 2)
		ffav_arena_free(pieces[i]);
	assert_int_equal(ffav_arena_used(), 0);
	assert_true(ffav_arena_peak() >= PIECES * PIECES / 2);
}

static void all_of_it_can_be_had_again_and_again(void **state)
{
	const size_t all = FFAV_ARENA_SIZE - 16;
	void *a, *b, *c;

	(void)state;
	for (unsigned int i = 0; i < 6; i++) {
		static const unsigned int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
							  {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
		void *pieces[3];

		a = ffav_arena_calloc(1, all);
		assert_non_null(a);
		assert_null(ffav_arena_calloc(1, 1));
		ffav_arena_free(a);
		for (unsigned int p = 0; p < 3; p++) {
			pieces[p] = ffav_arena_calloc(10, 100);
			assert_non_null(pieces[p]);
		}
		for (unsigned int p = 0; p < 3; p++)
			ffav_arena_free(pieces[orders[i][p]]);
	}
	/* A gap is used for what fits into it, and only for that. */
	a = ffav_arena_calloc(1, 1000);
	b = ffav_arena_calloc(1, 1000);
	ffav_arena_free(a);
	c = ffav_arena_calloc(1, 1001 + 15);
	assert_true(c > b);
	ffav_arena_free(c);
	c = ffav_arena_calloc(1, 500);
	assert_ptr_equal(c, a);
	ffav_arena_free(b);
	ffav_arena_free(c);
	assert_int_equal(ffav_arena_used(), 0);
}

static void impossible_sizes_are_refused(void **state)
{
	(void)state;
	assert_null(ffav_arena_calloc(0, 1));
	assert_null(ffav_arena_calloc(1, 0));
	assert_null(ffav_arena_calloc(1, FFAV_ARENA_SIZE));
	assert_null(ffav_arena_calloc(1, SIZE_MAX));
	assert_null(ffav_arena_calloc(SIZE_MAX, SIZE_MAX));
	assert_null(ffav_arena_calloc(SIZE_MAX / 2 + 2, 2));
	ffav_arena_free(NULL);
	assert_int_equal(ffav_arena_used(), 0);
	assert_true(ffav_arena_peak() <= FFAV_ARENA_SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
		cmocka_unit_test(all_of_it_can_be_had_again_and_again),
		cmocka_unit_test(impossible_sizes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
