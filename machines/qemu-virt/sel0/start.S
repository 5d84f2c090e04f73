/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * First instruction of a partition at S-EL0. x0 is the address of the boot information, x1
 * the bytes that are readable there. The monitor has cleared bss and set up nothing else.
 */
	.section .text.start, "ax"
	.global _start
_start:
	adrp	x2, ffav_stack_top
	add	x2, x2, :lo12:ffav_stack_top
	mov	sp, x2
	mov	x29, xzr
	mov	x30, xzr
	bl	ffav_sel0_main
	b	.

	/* x0-x17 go in and come out through the structure; SVC changes no other register. */
	.section .text.ffav_partition_call, "ax"
	.global ffav_partition_call
ffav_partition_call:
	str	x0, [sp, #-16]!
	mov	x18, x0
	ldp	x0, x1, [x18]
	ldp	x2, x3, [x18, #16]
	ldp	x4, x5, [x18, #32]
	ldp	x6, x7, [x18, #48]
	ldp	x8, x9, [x18, #64]
	ldp	x10, x11, [x18, #80]
	ldp	x12, x13, [x18, #96]
	ldp	x14, x15, [x18, #112]
	ldp	x16, x17, [x18, #128]
	svc	#0
	ldr	x18, [sp], #16
	stp	x0, x1, [x18]
	stp	x2, x3, [x18, #16]
	stp	x4, x5, [x18, #32]
	stp	x6, x7, [x18, #48]
	stp	x8, x9, [x18, #64]
	stp	x10, x11, [x18, #80]
	stp	x12, x13, [x18, #96]
	stp	x14, x15, [x18, #112]
	stp	x16, x17, [x18, #128]
	ret
