/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * All of S-EL1: exception vectors that hand everything to EL3. The number in the SMC says
 * which vector it was; ESR_EL1, ELR_EL1 and FAR_EL1 say the rest. The monitor never returns
 * here: it goes straight back to S-EL0. The page is mapped executable for S-EL1 alone.
 */
	.section .text.shim, "ax"
	.balign	4096
	.global ffav_shim
ffav_shim:
	.set	number, 0
	.rept	16
	.balign	128
	smc	#number
	b	.
	.set	number, number + 1
	.endr
	.balign	4096
