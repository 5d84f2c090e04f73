/* SPDX-License-Identifier: BSD-3-Clause */
#include "machines/qemu-virt/el3/sysreg.h"

	.section .text, "ax"
	/* Where CPU_ON starts the second CPU; x0 is the argument. */
	.global payload_second
payload_second:
	ldr	x1, =second_stack_top
	mov	sp, x1
	ldr	x1, =bare_vectors
	msr	vbar_el2, x1
	isb
	bl	payload_second_main
	b	.

	/*
	 * payload_smc_at_el1(regs): bare_smc() at EL1 with interrupts masked there. Its stack
	 * begins 1 KiB below this one, where interrupts of EL2 find room.
	 */
	.global payload_smc_at_el1
payload_smc_at_el1:
	stp	x29, x30, [sp, #-16]!
	sub	x1, sp, #1024
	msr	sp_el1, x1
	ldr	x1, =SCTLR_EL1_RES1
	msr	sctlr_el1, x1
	ldr	x1, =el1_vectors
	msr	vbar_el2, x1
	ldr	x1, =at_el1
	msr	elr_el2, x1
	/* EL1 with SP_EL1. */
	mov	x1, #0x3c5
	msr	spsr_el2, x1
	isb
	eret
at_el1:
	bl	bare_smc
	hvc	#0
back_from_el1:
	ldr	x1, =bare_vectors
	msr	vbar_el2, x1
	isb
	ldp	x29, x30, [sp], #16
	ret

	.balign	2048
el1_vectors:
	.rept	8
	.balign	128
	b	bare_unexpected
	.endr
	.balign	128
	b	back_from_el1
	.balign	128
	b	bare_irq_vector
	.rept	6
	.balign	128
	b	bare_unexpected
	.endr

	.bss
	.balign	16
	.space	8192
second_stack_top:
