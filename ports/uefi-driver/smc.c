/* SPDX-License-Identifier: BSD-3-Clause */
/* The SMC instruction with the registers of SMCCC 1.2. */
#include "normal/platform.h"

FFAV_RESIDENT void ffav_smc(struct ffav_smc_regs *regs)
{
	register uint64_t x0 __asm__("x0") = regs->x[0];
	register uint64_t x1 __asm__("x1") = regs->x[1];
	register uint64_t x2 __asm__("x2") = regs->x[2];
	register uint64_t x3 __asm__("x3") = regs->x[3];
	register uint64_t x4 __asm__("x4") = regs->x[4];
	register uint64_t x5 __asm__("x5") = regs->x[5];
	register uint64_t x6 __asm__("x6") = regs->x[6];
	register uint64_t x7 __asm__("x7") = regs->x[7];
	register uint64_t x8 __asm__("x8") = regs->x[8];
	register uint64_t x9 __asm__("x9") = regs->x[9];
	register uint64_t x10 __asm__("x10") = regs->x[10];
	register uint64_t x11 __asm__("x11") = regs->x[11];
	register uint64_t x12 __asm__("x12") = regs->x[12];
	register uint64_t x13 __asm__("x13") = regs->x[13];
	register uint64_t x14 __asm__("x14") = regs->x[14];
	register uint64_t x15 __asm__("x15") = regs->x[15];
	register uint64_t x16 __asm__("x16") = regs->x[16];
	register uint64_t x17 __asm__("x17") = regs->x[17];

	__asm__ volatile("smc #0"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5), "+r"(x6),
			   "+r"(x7), "+r"(x8), "+r"(x9), "+r"(x10), "+r"(x11), "+r"(x12),
			   "+r"(x13), "+r"(x14), "+r"(x15), "+r"(x16), "+r"(x17)
			 :
			 : "memory", "cc");

	regs->x[0] = x0;
	regs->x[1] = x1;
	regs->x[2] = x2;
	regs->x[3] = x3;
	regs->x[4] = x4;
	regs->x[5] = x5;
	regs->x[6] = x6;
	regs->x[7] = x7;
	regs->x[8] = x8;
	regs->x[9] = x9;
	regs->x[10] = x10;
	regs->x[11] = x11;
	regs->x[12] = x12;
	regs->x[13] = x13;
	regs->x[14] = x14;
	regs->x[15] = x15;
	regs->x[16] = x16;
	regs->x[17] = x17;
}
