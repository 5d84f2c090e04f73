/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * First instruction of a partition at S-EL0, under whichever manager loaded it, at whichever
 * address. x0 is the address of the boot information.
 *
 * This machine's manager says in x1 how many bytes are readable there; it has given each
 * segment its permissions and cleared bss. A manager that says nothing (x1 = 0) knows no
 * segments: it maps the whole image to be read and executed, and the partition takes the
 * permissions that it needs before its first store, with FFA_MEM_PERM_SET (FF-A 1.1, section
 * 18.3.2). There, bss and stack are part of the image. A refusal is not looked at: pages that
 * are writable already need no call, and with others the first store ends the partition.
 */

/* As abi/ffa.h has them; that header is C. */
#define FFA_MEM_PERM_SET_64 0xc4000089
#define FFA_MEM_PERM_RW     5	/* read and write, never execute */
#define FFA_MEM_PERM_RO     7	/* read only, never execute */
#define R_AARCH64_RELATIVE  1027
#define RELA_SIZE           24

	.macro	permissions from, to, what
	ldr	w0, =FFA_MEM_PERM_SET_64
	adrp	x1, \from
	adrp	x2, \to
	sub	x2, x2, x1
	lsr	x2, x2, #12
	mov	x3, #\what
	mov	x4, xzr
	mov	x5, xzr
	mov	x6, xzr
	mov	x7, xzr
	svc	#0
	.endm

	.section .text.start, "ax"
	.global _start
_start:
	mov	x19, x0
	mov	x20, x1
	cbnz	x1, 1f
	permissions ffav_rodata_start, ffav_rodata_end, FFA_MEM_PERM_RO
	permissions ffav_data_start, ffav_data_end, FFA_MEM_PERM_RW
1:
	/* Pointers in data are offsets until the image's address is added. */
	adrp	x2, ffav_image_start
	adrp	x3, ffav_rela_start
	add	x3, x3, :lo12:ffav_rela_start
	adrp	x4, ffav_rela_end
	add	x4, x4, :lo12:ffav_rela_end
2:	cmp	x3, x4
	b.hs	4f
	ldp	x5, x6, [x3]
	ldr	x7, [x3, #16]
	add	x3, x3, #RELA_SIZE
	cmp	x6, #R_AARCH64_RELATIVE
	b.ne	3f
	add	x7, x7, x2
	str	x7, [x2, x5]
	b	2b
3:	udf	#0	/* the build lets no other kind through */
4:
	adrp	x2, ffav_stack_top
	add	x2, x2, :lo12:ffav_stack_top
	mov	sp, x2
	mov	x29, xzr
	mov	x30, xzr
	mov	x0, x19
	mov	x1, x20
	bl	ffav_sel0_main
	b	.
	.ltorg

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
