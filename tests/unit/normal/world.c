/* SPDX-License-Identifier: BSD-3-Clause */
#include <limits.h>
#include <string.h>

#include "tests/unit/normal/world.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define __asan_poison_memory_region(p, size)   ((void)(p), (void)(size))
#define __asan_unpoison_memory_region(p, size) ((void)(p), (void)(size))
#endif

struct world world;

static void line_range(const void *p, size_t size, size_t *first, size_t *end)
{
	size_t at = (size_t)((const uint8_t *)p - world.near);

	assert_false(world.forbidden);
	assert_true(size > 0);
	assert_true(ffav_range_in(at, size, WORLD_BUFFER_SIZE));
	*first = at / WORLD_LINE;
	*end = (at + size + WORLD_LINE - 1) / WORLD_LINE;
}

void ffav_clean(const void *p, size_t size)
{
	size_t first, end;

	line_range(p, size, &first, &end);
	for (size_t i = first * WORLD_LINE; i < end * WORLD_LINE; i += WORLD_LINE) {
		/* A line that is not dirty is not written; a dirty one is written whole. */
		if (!memcmp(world.near + i, world.shadow + i, WORLD_LINE))
			continue;
		memcpy(world.far + i, world.near + i, WORLD_LINE);
		memcpy(world.shadow + i, world.near + i, WORLD_LINE);
	}
	world.lines_cleaned += (unsigned int)(end - first);
}

void ffav_invalidate(void *p, size_t size)
{
	size_t first, end;

	line_range(p, size, &first, &end);
	memcpy(world.near + first * WORLD_LINE, world.far + first * WORLD_LINE,
	       (end - first) * WORLD_LINE);
	memcpy(world.shadow + first * WORLD_LINE, world.far + first * WORLD_LINE,
	       (end - first) * WORLD_LINE);
	world.lines_invalidated += (unsigned int)(end - first);
}

void ffav_smc(struct ffav_smc_regs *regs)
{
	world.smcs++;
	/* While it is being resumed the buffer is the partition's: nobody has written to it. */
	if (!world.allow_dirty && (uint32_t)regs->x[0] != FFA_RUN)
		assert_memory_equal(world.near, world.shadow, WORLD_BUFFER_SIZE);
	assert_non_null(world.smc);
	world.smc(regs);
}

void ffav_convert_pointer(void **p)
{
	world.conversions++;
	*p = (uint8_t *)*p + world.moved_by;
}

bool ffav_try_lock(void)
{
	world.lock_tries++;
	if (world.lock_refusals) {
		if (world.lock_refusals != UINT_MAX)
			world.lock_refusals--;
		return false;
	}
	assert_false(world.locked);
	world.locked = true;
	return true;
}

void ffav_unlock(void)
{
	assert_true(world.locked);
	world.locked = false;
}

uint64_t ffav_counter(void)
{
	if (!world.counter_stuck)
		world.now += 1000;
	return world.now;
}

uint64_t ffav_counter_rate(void)
{
	return world.rate;
}

void ffav_boot_log(const char *message, uint64_t value)
{
	/* A line is a sentence of some length, never a bare word. */
	assert_true(strlen(message) > 20);
	if (world.logs < WORLD_LOG_MAX) {
		world.log[world.logs] = message;
		world.log_value[world.logs] = value;
	}
	world.logs++;
}

void world_forbid(void)
{
	world.forbidden = true;
	world.smc = NULL;
	__asan_poison_memory_region(world.near, sizeof(world.near));
}

void world_reset(void)
{
	__asan_unpoison_memory_region(world.near, sizeof(world.near));
	memset(&world, 0, sizeof(world));
	world.rate = 62500000;
	/* What the buffer's memory held before, and lines of it that are still dirty. */
	memset(world.far, 0xa5, sizeof(world.far));
	memset(world.near, 0x5a, sizeof(world.near));
	memset(world.shadow, 0xa5, sizeof(world.shadow));
}

size_t world_hex(uint8_t *out, size_t room, const char *hex)
{
	size_t n = 0;

	while (*hex) {
		char digits[3];

		if (*hex == ' ') {
			hex++;
			continue;
		}
		digits[0] = hex[0];
		digits[1] = hex[1];
		digits[2] = 0;
		assert_true(n < room);
		out[n++] = (uint8_t)strtoul(digits, NULL, 16);
		hex += 2;
	}
	return n;
}

static size_t message_offset(const uint64_t *in)
{
	uint64_t where = in[3];

	if ((uint32_t)in[0] == FFA_MSG_SEND_DIRECT_REQ2)
		where = in[4];
	else if ((uint32_t)in[0] == MM_SPM_COMMUNICATE)
		where = in[2];
	if (where >= WORLD_BUFFER_ADDRESS)
		where -= WORLD_BUFFER_ADDRESS;
	assert_true(where < WORLD_BUFFER_SIZE);
	return (size_t)where;
}

static void converse(struct ffav_smc_regs *regs)
{
	const struct world_step *s;
	uint8_t bytes[WORLD_BUFFER_SIZE];
	size_t size;

	assert_true(world.step < world.step_count);
	s = &world.steps[world.step++];
	for (unsigned int i = 0; i < 8; i++) {
		if (regs->x[i] != s->in[i])
			print_error("step %zu: x%u\n", world.step - 1, i);
		assert_int_equal(regs->x[i], s->in[i]);
	}
	for (unsigned int i = 8; i < FFAV_SMC_REGS; i++)
		assert_int_equal(regs->x[i], 0);
	if (s->message) {
		size = world_hex(bytes, sizeof(bytes), s->message);
		assert_memory_equal(world.far + message_offset(s->in), bytes, size);
	}
	if (s->reply) {
		size = world_hex(bytes, sizeof(bytes), s->reply);
		memcpy(world.far + message_offset(s->in), bytes, size);
	}
	memset(regs, 0, sizeof(*regs));
	memcpy(regs->x, s->out, sizeof(s->out));
}

void world_run(const struct world_step *steps, size_t count)
{
	world.steps = steps;
	world.step_count = count;
	world.step = 0;
	world.smc = converse;
}

void world_finish(void)
{
	assert_int_equal(world.step, world.step_count);
}

bool world_logged(const char *part)
{
	for (unsigned int i = 0; i < world.logs && i < WORLD_LOG_MAX; i++) {
		if (strstr(world.log[i], part))
			return true;
	}
	return false;
}

void world_connect(struct ffav_mm *mm, enum ffav_mm_dialect dialect, size_t offset)
{
	memset(mm, 0, sizeof(*mm));
	mm->ffa.version = FFA_VERSION_1_2;
	mm->ffa.partition = WORLD_PARTITION;
	mm->dialect = dialect;
	mm->found = true;
	mm->buffer = world.near;
	mm->buffer_address = WORLD_BUFFER_ADDRESS;
	mm->buffer_size = WORLD_BUFFER_SIZE;
	mm->offset = offset;
	mm->header_size = MM_HEADER_V1_SIZE;
	mm->payload_max = WORLD_BUFFER_SIZE - offset - MM_HEADER_V1_SIZE - FFAV_VAR_HEADER_SIZE;
	ffav_clean(world.near, WORLD_BUFFER_SIZE);
	ffav_invalidate(world.near, WORLD_BUFFER_SIZE);
	world.lines_cleaned = 0;
	world.lines_invalidated = 0;
}

void world_error(struct ffav_smc_regs *regs, int32_t code)
{
	ffav_ffa_error(regs, code);
}

void world_respond(struct ffav_smc_regs *regs)
{
	uint32_t fid = FFA_MSG_SEND_DIRECT_RESP_64;
	uint64_t w1 = regs->x[1];

	if ((uint32_t)regs->x[0] == FFA_MSG_SEND_DIRECT_REQ2)
		fid = FFA_MSG_SEND_DIRECT_RESP2;
	memset(regs, 0, sizeof(*regs));
	regs->x[0] = fid;
	regs->x[1] = ffav_ffa_endpoints(ffav_ffa_receiver(w1), ffav_ffa_sender(w1));
}
