/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exception vectors of EL3. An exception from below puts the general registers into a struct
 * ffav_frame on this CPU's stack, calls ffav_exception(), and returns with what is in the
 * frame then, which may be another world's. An exception from EL3 itself is a bug: it is
 * told and the CPU stops.
 */
#include "machines/qemu-virt/el3/monitor.h"

	.macro	own, kind
	.balign	128
	mov	x0, #\kind
	b	ffav_own_exception
	.endm

	.macro	lower, kind
	.balign	128
	sub	sp, sp, #FFAV_FRAME_SIZE
	stp	x0, x1, [sp]
	mov	x1, #\kind
	b	lower_common
	.endm

	.section .text.vectors, "ax"
	.balign	2048
	.global ffav_vectors
ffav_vectors:
	.rept	2
	own	FFAV_EXCEPTION_SYNC
	own	FFAV_EXCEPTION_IRQ
	own	FFAV_EXCEPTION_FIQ
	own	FFAV_EXCEPTION_SERROR
	.endr
	/* From AArch64, then from AArch32. */
	.rept	2
	lower	FFAV_EXCEPTION_SYNC
	lower	FFAV_EXCEPTION_IRQ
	lower	FFAV_EXCEPTION_FIQ
	lower	FFAV_EXCEPTION_SERROR
	.endr
	.balign	128

lower_common:
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x19, [sp, #144]
	stp	x20, x21, [sp, #160]
	stp	x22, x23, [sp, #176]
	stp	x24, x25, [sp, #192]
	stp	x26, x27, [sp, #208]
	stp	x28, x29, [sp, #224]
	mrs	x2, elr_el3
	stp	x30, x2, [sp, #240]
	mrs	x2, spsr_el3
	mrs	x3, sp_el0
	stp	x2, x3, [sp, #FFAV_FRAME_ELR + 8]
	mov	x0, sp
	bl	ffav_exception

	/* Leave EL3 with the frame that is on the stack. */
	.global ffav_frame_return
ffav_frame_return:
	ldp	x2, x3, [sp, #FFAV_FRAME_ELR + 8]
	msr	spsr_el3, x2
	msr	sp_el0, x3
	ldp	x30, x2, [sp, #240]
	msr	elr_el3, x2
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x19, [sp, #144]
	ldp	x20, x21, [sp, #160]
	ldp	x22, x23, [sp, #176]
	ldp	x24, x25, [sp, #192]
	ldp	x26, x27, [sp, #208]
	ldp	x28, x29, [sp, #224]
	ldp	x0, x1, [sp]
	add	sp, sp, #FFAV_FRAME_SIZE
	eret

	.global ffav_frame_leave
ffav_frame_leave:
	mov	sp, x0
	b	ffav_frame_return

	.macro	fp_all, op
	\op	q0, q1, [x0]
	\op	q2, q3, [x0, #32]
	\op	q4, q5, [x0, #64]
	\op	q6, q7, [x0, #96]
	\op	q8, q9, [x0, #128]
	\op	q10, q11, [x0, #160]
	\op	q12, q13, [x0, #192]
	\op	q14, q15, [x0, #224]
	\op	q16, q17, [x0, #256]
	\op	q18, q19, [x0, #288]
	\op	q20, q21, [x0, #320]
	\op	q22, q23, [x0, #352]
	\op	q24, q25, [x0, #384]
	\op	q26, q27, [x0, #416]
	\op	q28, q29, [x0, #448]
	\op	q30, q31, [x0, #480]
	.endm

	.arch	armv8-a+fp+simd
	.global ffav_fp_save
ffav_fp_save:
	fp_all	stp
	mrs	x1, fpcr
	mrs	x2, fpsr
	add	x0, x0, #512
	stp	x1, x2, [x0]
	ret

	.global ffav_fp_load
ffav_fp_load:
	fp_all	ldp
	add	x0, x0, #512
	ldp	x1, x2, [x0]
	msr	fpcr, x1
	msr	fpsr, x2
	ret
