/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reset. All CPUs come out of reset together at the start of the secure flash; this file is
 * what runs there. The first CPU copies the monitor to secure RAM, where it was linked to
 * run; the others wait in flash for bit 0 of GICD_CTLR, which a reset clears, while a flag in
 * secure RAM would keep its value through a warm reset.
 *
 * Until the jump everything is position independent, and until the MMU is on all memory is
 * device memory.
 */
#include "machines/qemu-virt/el3/monitor.h"
#include "machines/qemu-virt/el3/sysreg.h"
#include "machines/qemu-virt/memory.h"

	.section .text.start, "ax"
	.global ffav_reset
ffav_reset:
	ldr	x0, =(SCTLR_EL3_RES1 | SCTLR_SA | SCTLR_I)
	msr	sctlr_el3, x0
	msr	daifset, #15
	isb
	/* Index of this CPU: QEMU numbers 16 CPUs in affinity 0, then affinity 1. */
	mrs	x19, mpidr_el1
	ubfx	x20, x19, #8, #8
	ubfx	x19, x19, #0, #8
	add	x19, x19, x20, lsl #4
	cbnz	x19, wait_in_flash

	/* The image as it was linked starts with this file and ends with its data. */
	adr	x0, ffav_reset
	ldr	x1, =ffav_image_start
	ldr	x2, =ffav_image_end
1:	ldp	x3, x4, [x0], #16
	stp	x3, x4, [x1], #16
	cmp	x1, x2
	b.lo	1b
	ldr	x2, =ffav_bss_end
2:	stp	xzr, xzr, [x1], #16
	cmp	x1, x2
	b.lo	2b
	dsb	sy
	ic	iallu
	dsb	sy
	isb
	ldr	x0, =first_in_ram
	br	x0

wait_in_flash:
	cmp	x19, #FFAV_CPUS_MAX
	b.hs	stop
	mov	x0, #FFAV_GICD_BASE
3:	ldr	w1, [x0]
	tbnz	w1, #0, 4f
	yield
	b	3b
4:	dsb	sy
	ic	iallu
	dsb	sy
	isb
	ldr	x0, =second_in_ram
	br	x0
	/* More CPUs than the monitor has stacks for: those stay here for good. */
stop:	wfi
	b	stop
	.ltorg

	.section .text, "ax"
first_in_ram:
	bl	set_stack
	mov	x0, sp
	bl	ffav_first_main
	b	ffav_frame_return

second_in_ram:
	bl	set_stack
	/* Nothing is on the stack before the MMU is on: memory and cache agree about it then. */
	bl	ffav_mmu_enable
	mov	x0, x19
	mov	x1, sp
	bl	ffav_second_main
	b	ffav_frame_return

/* Stack of CPU x19, with one empty frame at its top, exception vectors, traps, no translations. */
set_stack:
	ldr	x0, =ffav_stacks
	add	x1, x19, #1
	mov	x2, #FFAV_CPU_STACK_SIZE
	madd	x0, x1, x2, x0
	sub	sp, x0, #FFAV_FRAME_SIZE
	ldr	x0, =ffav_vectors
	msr	vbar_el3, x0
	msr	cptr_el3, xzr
	/*
	 * No debug exceptions in the secure world, and no events of it are counted; the cycle
	 * counter goes on. The counters' registers are one set for both worlds: what keeps
	 * partitions from them is PMUSERENR_EL0.
	 */
	mov	x0, #(1 << 16)
	msr	mdcr_el3, x0
	mov	x0, #(SCR_RES1 | SCR_RW | SCR_SIF)
	msr	scr_el3, x0
	isb
	/*
	 * A TLB may hold anything after a reset. This is about the secure world's EL1 and EL0, as
	 * NS is zero; ffav_normal_entry() does it for the other world. QEMU's are empty.
	 */
	tlbi	alle1
	dsb	sy
	isb
	ret

	.global ffav_cpu_restart
ffav_cpu_restart:
	ldr	w19, [x0]
	mov	x20, x0
	bl	set_stack
	mov	x0, x20
	mov	x1, sp
	bl	ffav_cpu_wait
	b	ffav_frame_return

/*
 * ffav_mmu_enable(): turn on MMU and caches with the tables of ffav_monitor_ttbr. It uses no
 * stack, and every CPU runs it.
 */
	.global ffav_mmu_enable
ffav_mmu_enable:
	ldr	x0, =ffav_monitor_ttbr
	ldr	x0, [x0]
	msr	ttbr0_el3, x0
	ldr	x0, =MAIR_VALUE
	msr	mair_el3, x0
	/* 40-bit physical addresses; bits 31 and 23 are one. */
	ldr	x0, =(TCR_TTBR0 | (2 << 16) | (1 << 31) | (1 << 23))
	msr	tcr_el3, x0
	tlbi	alle3
	dsb	sy
	isb
	ldr	x0, =(SCTLR_EL3_RES1 | SCTLR_M | SCTLR_C | SCTLR_I | SCTLR_SA | SCTLR_WXN)
	msr	sctlr_el3, x0
	isb
	ret

	.section .bss.stacks, "aw", %nobits
	.balign	16
ffav_stacks:
	.space	FFAV_CPUS_MAX * FFAV_CPU_STACK_SIZE
