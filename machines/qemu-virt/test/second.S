/* SPDX-License-Identifier: BSD-3-Clause */
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

	.bss
	.balign	16
	.space	8192
second_stack_top:
