/* SPDX-License-Identifier: BSD-3-Clause */
/** DOC: Spin locks between the CPUs at EL3; the MMU must be on. */
#ifndef FFAV_QEMU_LOCK_H
#define FFAV_QEMU_LOCK_H

#include "abi/bytes.h"

/** struct ffav_lock - A spin lock; zero is free. */
struct ffav_lock {
	uint32_t taken;
};

/** ffav_trylock() - Take the lock if it is free. Return: true if it was. */
static inline bool ffav_trylock(struct ffav_lock *lock)
{
	return !__atomic_exchange_n(&lock->taken, 1, __ATOMIC_ACQUIRE);
}

/** ffav_lock() - Take the lock, spinning. */
static inline void ffav_lock(struct ffav_lock *lock)
{
	while (!ffav_trylock(lock)) {
		while (__atomic_load_n(&lock->taken, __ATOMIC_RELAXED))
			__asm__ volatile("yield");
	}
}

/** ffav_panicked - A CPU stopped for good, in the middle of something; the locks that it holds stay taken. */
extern bool ffav_panicked;

/** ffav_has_panicked() - See ffav_panicked. */
static inline bool ffav_has_panicked(void)
{
	return __atomic_load_n(&ffav_panicked, __ATOMIC_RELAXED);
}

/** ffav_lock_unless_panicked() - Take the lock, spinning. Return: false if it may never be free. */
static inline bool ffav_lock_unless_panicked(struct ffav_lock *lock)
{
	while (!ffav_trylock(lock)) {
		if (ffav_has_panicked())
			return false;
		__asm__ volatile("yield");
	}
	return true;
}

/** ffav_unlock() - Release the lock. */
static inline void ffav_unlock(struct ffav_lock *lock)
{
	__atomic_store_n(&lock->taken, 0, __ATOMIC_RELEASE);
}

#endif
