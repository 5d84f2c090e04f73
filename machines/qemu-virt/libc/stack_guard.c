/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Debian's libfdt is compiled with stack protection: its functions compare this value when
 * they return. It is fixed, there is no source of randomness here; it has a zero byte, so
 * that a string cannot contain it. An overrun ends in an undefined instruction, which each
 * image's owner reports: a partition is stopped, the monitor stops its CPU.
 */
#include <stdint.h>

extern uintptr_t __stack_chk_guard;
uintptr_t __stack_chk_guard = UINT64_C(0x2be4a700d15c93f6);
_Noreturn void __stack_chk_fail(void);

_Noreturn void __stack_chk_fail(void)
{
	__builtin_trap();
}
