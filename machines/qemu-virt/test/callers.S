/* SPDX-License-Identifier: BSD-3-Clause */
	.section .text, "ax"
	/* Where CPU_ON starts another CPU; x0 is the end of its stack, and says who it is. */
	.global callers_start
callers_start:
	mov	sp, x0
	ldr	x1, =bare_vectors
	msr	vbar_el2, x1
	isb
	bl	callers_cpu_main
	b	.
