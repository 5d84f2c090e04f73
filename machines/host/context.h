/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Coroutines that partitions run in
 *
 * A partition has its own stack and is entered and left at the moments at which
 * a CPU would change world. It is never torn down in an orderly way: where the
 * power goes, its stack is simply given back. AddressSanitizer and
 * ThreadSanitizer are told of every change of stack.
 */
#ifndef FFAV_HOST_CONTEXT_H
#define FFAV_HOST_CONTEXT_H

#include <stddef.h>

struct ffav_context;

/**
 * ffav_context_create() - Make a coroutine.
 * @entry: what it runs on its first ffav_context_enter(); must not return
 * @argument: passed to @entry
 *
 * Return: the coroutine, or NULL if there is no memory for its stack. The caller gives it
 * back with ffav_context_destroy().
 */
struct ffav_context *ffav_context_create(void (*entry)(void *argument), void *argument);

/** ffav_context_destroy() - Give back a coroutine that is not running. @c: may be NULL. */
void ffav_context_destroy(struct ffav_context *c);

/**
 * ffav_context_enter() - Run a coroutine until it calls ffav_context_leave().
 * @c: a coroutine that is not running; it may have been entered from another thread before
 */
void ffav_context_enter(struct ffav_context *c);

/** ffav_context_leave() - Go back to whoever entered @c; called on @c's own stack. */
void ffav_context_leave(struct ffav_context *c);

/** ffav_context_owns() - Does [@p, @p + @size) lie on the stack of @c? */
int ffav_context_owns(const struct ffav_context *c, const void *p, size_t size);

#endif
