/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Bare-metal programs in the place of a normal world
 *
 * A program has bare_main(), prints TAP on the UART and powers the machine off. It runs at
 * NS-EL2 with MMU and caches off and interrupts masked.
 */
#ifndef FFAV_QEMU_TEST_BARE_H
#define FFAV_QEMU_TEST_BARE_H

#include "abi/ffa.h"

/** Timer interrupts that were taken so far. */
extern volatile unsigned int bare_interrupts;

/** bare_tests - Tests so far; a program that resets the machine goes on counting. */
extern unsigned int bare_tests;

/** bare_main() - The program. @dtb: x0 as the monitor passed it */
_Noreturn void bare_main(const void *dtb);

/**
 * bare_smc() - One SMC. @regs: x0-x17, in and out
 *
 * Return: 0 if x18 to x30 are as they were before the call.
 */
uint64_t bare_smc(struct ffav_smc_regs *regs);

/**
 * bare_smc_unmasked() - One SMC during which the caller takes interrupts, as an operating
 * system does: only then is a partition preempted. See bare_smc().
 */
uint64_t bare_smc_unmasked(struct ffav_smc_regs *regs);

/** bare_call() - One SMC with up to three arguments. Return: x0-x17 of the answer. */
struct ffav_smc_regs bare_call(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3);

/** bare_peek() - Read a word at @address. Return: 1 if that faults, else 0. */
uint64_t bare_peek(uint64_t address);

/** bare_poke() - Write a word of zero at @address. Return: 1 if that faults, else 0. */
uint64_t bare_poke(uint64_t address);

/** bare_print() - Write a string to the UART. */
void bare_print(const char *text);

/** bare_print_number() - Write a number in decimal. */
void bare_print_number(unsigned int n);

/** bare_print_hex() - Write a number in hexadecimal. */
void bare_print_hex(uint64_t value);

/** bare_ok() - One test in TAP. */
void bare_ok(bool good, const char *what);

/** bare_equal() - One test in TAP, which tells both values where they differ. */
void bare_equal(uint64_t got, uint64_t wanted, const char *what);

/** bare_end() - Print the plan and power off. */
_Noreturn void bare_end(void);

/** bare_power_off() - Power off. */
_Noreturn void bare_power_off(void);

/** bare_interrupts_on() - Let this CPU have its timer's interrupts, still masked. */
void bare_interrupts_on(void);

/** bare_timer_in() - Start the timer. @microseconds: until it fires */
void bare_timer_in(uint64_t microseconds);

/** bare_take_interrupts() - Take what is pending. */
void bare_take_interrupts(void);

#endif
