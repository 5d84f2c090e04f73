/* SPDX-License-Identifier: BSD-3-Clause */
/* A normal world for tests of the monitor: entry at NS-EL2, calls, exceptions. */
	.section .text.start, "ax"
	.global _start
_start:
	ldr	x1, =stack_top
	mov	sp, x1
	ldr	x1, =bare_vectors
	msr	vbar_el2, x1
	isb
	bl	bare_main
	b	.

	/*
	 * bare_smc(regs): one SMC. x18-x30 hold a pattern during the call; the return value is 0
	 * if they still do afterwards.
	 */
	.global bare_smc
bare_smc:
	sub	sp, sp, #112
	stp	x19, x20, [sp]
	stp	x21, x22, [sp, #16]
	stp	x23, x24, [sp, #32]
	stp	x25, x26, [sp, #48]
	stp	x27, x28, [sp, #64]
	stp	x29, x30, [sp, #80]
	str	x0, [sp, #96]
	mov	x18, #0x1118
	.irp	n, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	mov	x\n, #0x1100 + \n
	.endr
	mov	x17, x0
	ldp	x0, x1, [x17]
	ldp	x2, x3, [x17, #16]
	ldp	x4, x5, [x17, #32]
	ldp	x6, x7, [x17, #48]
	ldp	x8, x9, [x17, #64]
	ldp	x10, x11, [x17, #80]
	ldp	x12, x13, [x17, #96]
	ldp	x14, x15, [x17, #112]
	ldp	x16, x17, [x17, #128]
	smc	#0
	str	x0, [sp, #104]
	ldr	x0, [sp, #96]
	stp	x2, x3, [x0, #16]
	stp	x4, x5, [x0, #32]
	stp	x6, x7, [x0, #48]
	stp	x8, x9, [x0, #64]
	stp	x10, x11, [x0, #80]
	stp	x12, x13, [x0, #96]
	stp	x14, x15, [x0, #112]
	stp	x16, x17, [x0, #128]
	ldr	x2, [sp, #104]
	stp	x2, x1, [x0]
	eor	x18, x18, #0x1000
	sub	x18, x18, #0x118
	mov	x0, x18
	.irp	n, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	mov	x1, #0x1100 + \n
	eor	x1, x1, x\n
	orr	x0, x0, x1
	.endr
	ldp	x19, x20, [sp]
	ldp	x21, x22, [sp, #16]
	ldp	x23, x24, [sp, #32]
	ldp	x25, x26, [sp, #48]
	ldp	x27, x28, [sp, #64]
	ldp	x29, x30, [sp, #80]
	add	sp, sp, #112
	ret

	/* bare_peek(address): true if a read faults. The handler skips the load. */
	.global bare_peek, bare_peek_access
bare_peek:
	mov	x2, x0
	mov	x0, #0
bare_peek_access:
	ldr	w1, [x2]
	ret

	/* bare_poke(address): the same for a write. */
	.global bare_poke, bare_poke_access
bare_poke:
	mov	x2, x0
	mov	x0, #0
bare_poke_access:
	str	wzr, [x2]
	ret

	.macro	vector, label
	.balign	128
	b	\label
	.endm

	.balign	2048
	.global bare_vectors
bare_vectors:
	.rept	4
	vector	unexpected
	.endr
	vector	sync
	vector	irq
	vector	unexpected
	vector	unexpected
	.rept	8
	vector	unexpected
	.endr

	/* Only bare_peek() and bare_poke() may fault: x0 tells it, and the access is skipped. */
sync:
	mrs	x0, elr_el2
	adr	x1, bare_peek_access
	cmp	x0, x1
	adr	x1, bare_poke_access
	ccmp	x0, x1, #4, ne
	b.ne	unexpected
	add	x0, x0, #4
	msr	elr_el2, x0
	mov	x0, #1
	eret

	.global	bare_irq_vector
bare_irq_vector:
irq:
	sub	sp, sp, #192
	stp	x0, x1, [sp]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x30, [sp, #144]
	bl	bare_irq
	ldp	x0, x1, [sp]
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x30, [sp, #144]
	add	sp, sp, #192
	eret

unexpected:
	bl	bare_unexpected
	b	.

	.bss
	.balign	16
	.space	8192
stack_top:
