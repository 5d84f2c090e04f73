// SPDX-License-Identifier: BSD-3-Clause
#define _GNU_SOURCE
#include "machines/host/context.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define WITH_ASAN 1
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#else
#define WITH_ASAN 0
#endif
#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
#define WITH_TSAN 1
#include <sanitizer/tsan_interface.h>
#else
#define WITH_TSAN 0
#endif

/** Bytes of stack of a partition; sanitizers make frames several times larger. */
#define STACK_SIZE ((size_t)1024 * 1024)

/**
 * struct ffav_context - A coroutine.
 * @self: its registers while it is not running
 * @caller: the registers of whoever entered it
 * @entry: what it runs
 * @argument: for @entry
 * @stack: its stack, with one inaccessible page below
 * @guard: bytes of that page
 */
struct ffav_context {
	ucontext_t self;
	ucontext_t caller;
	void (*entry)(void *argument);
	void *argument;
	uint8_t *stack;
	size_t guard;
#if WITH_ASAN
	void *self_fake_stack;
	void *caller_fake_stack;
	const void *caller_stack;
	size_t caller_stack_size;
#endif
#if WITH_TSAN
	void *self_fiber;
	void *caller_fiber;
#endif
};

static void arrived_in_context(struct ffav_context *c)
{
#if WITH_ASAN
	__sanitizer_finish_switch_fiber(c->self_fake_stack, &c->caller_stack,
					&c->caller_stack_size);
#else
	(void)c;
#endif
}

static _Noreturn void start(unsigned int high, unsigned int low)
{
	struct ffav_context *c = (struct ffav_context *)((uintptr_t)high << 32 | low);

	arrived_in_context(c);
	c->entry(c->argument);
	/* A partition has nowhere to return to. */
	abort();
}

/* Apart from its caller, because getcontext() counts as a function that returns twice. */
static int prepare(struct ffav_context *c)
{
	uintptr_t address = (uintptr_t)c;

	if (mprotect(c->stack, c->guard, PROT_NONE) || getcontext(&c->self))
		return -1;
	c->self.uc_stack.ss_sp = c->stack + c->guard;
	c->self.uc_stack.ss_size = STACK_SIZE;
	c->self.uc_link = NULL;
	/* makecontext() passes ints only. */
	makecontext(&c->self, (void (*)(void))start, 2, (unsigned int)(address >> 32),
		    (unsigned int)address);
	return 0;
}

struct ffav_context *ffav_context_create(void (*entry)(void *argument), void *argument)
{
	struct ffav_context *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->entry = entry;
	c->argument = argument;
	c->guard = (size_t)sysconf(_SC_PAGESIZE);
	c->stack = mmap(NULL, c->guard + STACK_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (c->stack == MAP_FAILED) {
		free(c);
		return NULL;
	}
	if (prepare(c)) {
		munmap(c->stack, c->guard + STACK_SIZE);
		free(c);
		return NULL;
	}
#if WITH_TSAN
	c->self_fiber = __tsan_create_fiber(0);
#endif
	return c;
}

void ffav_context_destroy(struct ffav_context *c)
{
	if (!c)
		return;
#if WITH_TSAN
	__tsan_destroy_fiber(c->self_fiber);
#endif
#if WITH_ASAN
	/* Frames that were abandoned leave their red zones behind. */
	__asan_unpoison_memory_region(c->stack + c->guard, STACK_SIZE);
#endif
	munmap(c->stack, c->guard + STACK_SIZE);
	free(c);
}

void ffav_context_enter(struct ffav_context *c)
{
#if WITH_TSAN
	c->caller_fiber = __tsan_get_current_fiber();
	__tsan_switch_to_fiber(c->self_fiber, 0);
#endif
#if WITH_ASAN
	__sanitizer_start_switch_fiber(&c->caller_fake_stack, c->stack + c->guard, STACK_SIZE);
#endif
	if (swapcontext(&c->caller, &c->self))
		abort();
#if WITH_ASAN
	__sanitizer_finish_switch_fiber(c->caller_fake_stack, NULL, NULL);
#endif
}

void ffav_context_leave(struct ffav_context *c)
{
#if WITH_TSAN
	__tsan_switch_to_fiber(c->caller_fiber, 0);
#endif
#if WITH_ASAN
	__sanitizer_start_switch_fiber(&c->self_fake_stack, c->caller_stack,
				       c->caller_stack_size);
#endif
	if (swapcontext(&c->self, &c->caller))
		abort();
	arrived_in_context(c);
}

int ffav_context_owns(const struct ffav_context *c, const void *p, size_t size)
{
	uintptr_t base = (uintptr_t)c->stack + c->guard;
	uintptr_t address = (uintptr_t)p;

	return address >= base && size <= STACK_SIZE && address - base <= STACK_SIZE - size;
}
