// SPDX-License-Identifier: BSD-3-Clause
#define _DEFAULT_SOURCE
#include "tests/unit/host/hostile.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/** Seconds after which a run counts as one that never ends. */
#define PATIENCE 20u
/** What the window holds around a message. */
#define AROUND 0xa5

/**
 * struct scene - What the hook of a run works on.
 * @r: the machine
 * @message: the message
 * @attack: what happens
 * @window: the message's window in physical memory
 * @run: the result, shared with the parent
 * @stored: the secure side has written something
 * @fresh: offset of a byte whose store has been announced and not seen yet
 * @fresh_size: how many bytes
 */
struct scene {
	struct road *r;
	const struct hostile_message *message;
	const struct hostile_attack *attack;
	uint8_t *window;
	struct hostile_run *run;
	bool stored;
	size_t fresh;
	size_t fresh_size;
};

static struct hostile_run *result;

void hostile_start(struct road *r)
{
	struct ffav_host_options o = {.cpus = 2};

	if (!result) {
		result = mmap(NULL, sizeof(*result), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		assert_true(result != MAP_FAILED);
	}
	road_flash(r, HOSTILE_SECTORS);
	road_boot(r, &o, 0);
	assert_int_equal(road_set(r, "Old", NV_BS_RT, "old data", 8), EFI_SUCCESS);
	assert_int_equal(road_set(r, "Older", NV_BS, "x", 1), EFI_SUCCESS);
}

static struct ffav_smc_regs doorbell(const struct hostile_message *message)
{
	static const struct ffav_uuid uuid = FFAV_UUID_MM_COMMUNICATION2;
	struct ffav_smc_regs regs = {{FFA_MSG_SEND_DIRECT_REQ_64, 0x8001}};

	switch (message->dialect) {
	case HOSTILE_OFFSET:
		regs.x[3] = message->offset;
		break;
	case HOSTILE_ADDRESS:
		regs.x[3] = FFAV_HOST_BUFFER + message->offset;
		break;
	case HOSTILE_REQUEST2:
	case HOSTILE_DIALECTS:
		regs.x[0] = FFA_MSG_SEND_DIRECT_REQ2;
		regs.x[2] = ffav_get64(uuid.b);
		regs.x[3] = ffav_get64(uuid.b + 8);
		regs.x[4] = FFAV_HOST_BUFFER + message->offset;
		break;
	}
	return regs;
}

void hostile_make(struct hostile_message *message, unsigned int kind)
{
	uint8_t bytes[MESSAGE_MAX];

	message->name = message_name(kind);
	message->size = message_make(bytes, kind, message->header_size);
	assert_true(ffav_range_in(message->offset, message->size, HOSTILE_WINDOW));
	memset(message->window, AROUND, HOSTILE_WINDOW);
	memcpy(message->window + message->offset, bytes, message->size);
	message->base = FFAV_HOST_BUFFER;
	message->call = doorbell(message);
}

void hostile_as_read(struct hostile_message *message, const struct hostile_run *run)
{
	for (size_t i = 0; i < HOSTILE_WINDOW; i++) {
		if (run->reads[i])
			message->window[i] = run->first[i];
	}
}

void hostile_read_once(const struct hostile_run *run, const struct hostile_message *message)
{
	if (!run->finished)
		fail_msg("%s: the call was never answered", message->name);
	if (run->outside || run->late)
		fail_msg("%s: %zu accesses outside, %zu reads after the first store",
			 message->name, run->outside, run->late);
	for (size_t i = 0; i < HOSTILE_WINDOW; i++) {
		if (run->reads[i] > 1 || run->writes[i] > 1)
			fail_msg("%s: byte %zu is read %u and written %u times", message->name,
				 i, run->reads[i], run->writes[i]);
	}
}

/* The second CPU's turn. */
static void act(struct scene *s)
{
	const struct hostile_attack *a = s->attack;
	uint8_t *w = s->window;

	switch (a->kind) {
	case HOSTILE_FLIP:
	case HOSTILE_EVERY:
		for (size_t i = 0; i < HOSTILE_WINDOW; i++)
			w[i] = (uint8_t)~w[i];
		break;
	case HOSTILE_ONES:
	case HOSTILE_ZEROS:
		memset(w, a->kind == HOSTILE_ONES ? 0xff : 0, HOSTILE_WINDOW);
		break;
	case HOSTILE_FIELD:
		ffav_put64(w + s->message->offset + a->field, a->value);
		break;
	case HOSTILE_CALL:
		s->run->called = a->call;
		ffav_smc(&s->run->called);
		break;
	case HOSTILE_NOTHING:
		break;
	}
}

static void act_on_second_cpu(void *argument)
{
	act(argument);
}

/* See what the last store stored, before anybody changes it. */
static void settle(struct scene *s)
{
	memcpy(s->run->written + s->fresh, s->window + s->fresh, s->fresh_size);
	s->fresh_size = 0;
}

static void before_access(void *context, uint64_t address, size_t size, bool write)
{
	struct scene *s = context;
	struct hostile_run *run = s->run;
	size_t now = run->accesses++;
	size_t at = (size_t)(address - s->message->base);

	settle(s);
	if (now == s->attack->at || (now > s->attack->at && s->attack->kind == HOSTILE_EVERY))
		ffav_host_run(s->r->m, 1, act_on_second_cpu, s);
	if (!ffav_range_in(at, size, HOSTILE_WINDOW)) {
		run->outside++;
		return;
	}
	for (size_t i = at; i < at + size; i++) {
		if (write) {
			run->writes[i]++;
			continue;
		}
		run->late += s->stored;
		if (!run->reads[i]++)
			run->first[i] = s->window[i];
	}
	if (write) {
		s->stored = true;
		s->fresh = at;
		s->fresh_size = size;
	}
}

static void ring(void *argument)
{
	struct scene *s = argument;
	struct hostile_run *run = s->run;

	run->answer = s->message->call;
	ffav_watch(s->r->m, before_access, s);
	ffav_smc(&run->answer);
	ffav_watch(s->r->m, NULL, NULL);
	settle(s);
	memcpy(run->flash, s->r->nor.cells, sizeof(run->flash));
	run->finished = true;
}

const struct hostile_run *hostile_ring(struct road *r, const struct hostile_message *message,
				       const struct hostile_attack *attack)
{
	struct scene s = {.r = r, .message = message, .attack = attack, .run = result};
	pid_t child;
	int status;

	memset(result, 0, sizeof(*result));
	s.window = ffav_memory_ram(ffav_host_memory(r->m), message->base, HOSTILE_WINDOW);
	memcpy(s.window, message->window, HOSTILE_WINDOW);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		alarm(PATIENCE);
		_exit(!ffav_host_run(r->m, 0, ring, &s));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		result->finished = false;
	return result;
}

const struct hostile_run *hostile_in_peace(struct road *r,
					   const struct hostile_message *message)
{
	static const struct hostile_attack peace = {.kind = HOSTILE_NOTHING};
	static struct hostile_message last;
	static struct hostile_run run;

	/* Most attacks come after the byte was read that they change. */
	if (!run.finished || memcmp(&last, message, sizeof(last)) != 0) {
		last = *message;
		run = *hostile_ring(r, message, &peace);
		hostile_read_once(&run, message);
	}
	return &run;
}
