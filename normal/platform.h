/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: What the normal-world library needs of its platform
 *
 * Bound at link time, not through stored pointers: a stored pointer would have
 * to be converted when the operating system moves the runtime, a call does not.
 * Everything here but ffav_boot_log() is called at runtime too and must be resident.
 */
#ifndef FFAV_NORMAL_PLATFORM_H
#define FFAV_NORMAL_PLATFORM_H

#include "abi/smccc.h"

/*
 * Marks of what stays after ExitBootServices, one for code, one for data, one
 * for constants, and one for what must not be reached any more then. A port may
 * define them before (U-Boot's __efi_runtime and __efi_runtime_data, say).
 */
#ifndef FFAV_RESIDENT
#if defined(_WIN32)
#define FFAV_RESIDENT        __attribute__((section(".text$efirt")))
#define FFAV_RESIDENT_DATA   __attribute__((section(".data$efirt")))
#define FFAV_RESIDENT_RODATA __attribute__((section(".rdata$efirt")))
#define FFAV_BOOT            __attribute__((section(".text$boot"), noinline))
#define FFAV_BOOT_DATA       __attribute__((section(".data$boot")))
#else
#define FFAV_RESIDENT        __attribute__((section(".text.efi_runtime")))
#define FFAV_RESIDENT_DATA   __attribute__((section(".data.efi_runtime")))
#define FFAV_RESIDENT_RODATA __attribute__((section(".rodata.efi_runtime")))
#define FFAV_BOOT            __attribute__((section(".text.boot"), noinline))
#define FFAV_BOOT_DATA       __attribute__((section(".data.boot")))
#endif
#endif

/** ffav_smc() - Make an SMC with x0-x17 as SMCCC 1.2 says. @regs: in and out. Boot and runtime. */
void ffav_smc(struct ffav_smc_regs *regs);

/** ffav_clean() - Clean the data cache lines of a range to the point of coherency. Boot and runtime. */
void ffav_clean(const void *p, size_t size);

/** ffav_invalidate() - Invalidate the data cache lines of a range (clean and invalidate at its edges). Boot and runtime. */
void ffav_invalidate(void *p, size_t size);

/**
 * ffav_convert_pointer() - Turn a physical pointer into the virtual one of the new map.
 * @p: the pointer, in and out
 *
 * Called only while the operating system sets the virtual address map.
 */
void ffav_convert_pointer(void **p);

/** ffav_try_lock() - Take the library's lock if it is free. Boot and runtime. */
bool ffav_try_lock(void);

/** ffav_unlock() - Release the library's lock. Boot and runtime. */
void ffav_unlock(void);

/** ffav_counter() - A free-running counter that may be read at runtime (CNTVCT_EL0). */
uint64_t ffav_counter(void);

/** ffav_counter_rate() - Ticks of ffav_counter() per second (CNTFRQ_EL0). */
uint64_t ffav_counter_rate(void);

/**
 * ffav_boot_log() - Tell the user something, while booting.
 * @message: a whole sentence without the value
 * @value: the value that it is about, printed in hexadecimal
 */
void ffav_boot_log(const char *message, uint64_t value);

#endif
