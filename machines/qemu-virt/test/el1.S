/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * isolation_at_el1(function, argument): call a function at EL1, on the same stack, with MMU and
 * caches off. An access of bare_peek() or bare_poke() that faults there is skipped with 1 in x0,
 * as at EL2.
 */
#include "machines/qemu-virt/el3/sysreg.h"

	.section .text, "ax"
	.global isolation_at_el1
isolation_at_el1:
	stp	x29, x30, [sp, #-16]!
	mov	x9, x0
	mov	x0, x1
	sub	x1, sp, #1024
	msr	sp_el1, x1
	ldr	x1, =SCTLR_EL1_RES1
	msr	sctlr_el1, x1
	ldr	x1, =vectors
	msr	vbar_el1, x1
	msr	vbar_el2, x1
	ldr	x1, =at_el1
	msr	elr_el2, x1
	/* EL1 with SP_EL1. */
	mov	x1, #0x3c5
	msr	spsr_el2, x1
	isb
	eret
at_el1:
	blr	x9
	hvc	#0
back:
	mrs	x1, esr_el2
	tbnz	x1, #0, told
	ldr	x1, =bare_vectors
	msr	vbar_el2, x1
	isb
	ldp	x29, x30, [sp], #16
	ret
skip:
	mrs	x0, elr_el1
	ldr	x1, =bare_peek_access
	cmp	x0, x1
	ldr	x1, =bare_poke_access
	ccmp	x0, x1, #4, ne
	b.ne	tell
	add	x0, x0, #4
	msr	elr_el1, x0
	mov	x0, #1
	eret
	/* It is EL2 that says what was unexpected at EL1. */
tell:
	hvc	#1
told:
	mrs	x0, esr_el1
	msr	esr_el2, x0
	mrs	x0, elr_el1
	msr	elr_el2, x0
	b	bare_unexpected

	/* EL1 takes a fault of its own with its stack pointer; EL2 takes the HVC from below. */
	.balign	2048
vectors:
	.rept	4
	.balign	128
	b	bare_unexpected
	.endr
	.balign	128
	b	skip
	.rept	3
	.balign	128
	b	bare_unexpected
	.endr
	.balign	128
	b	back
	.rept	7
	.balign	128
	b	bare_unexpected
	.endr
