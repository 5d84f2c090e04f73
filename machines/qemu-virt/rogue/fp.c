/* SPDX-License-Identifier: BSD-3-Clause */
/* FP and SIMD registers, which the compiler knows nothing of: it is told not to use them. */
#include "machines/qemu-virt/rogue/fp.h"
#include "machines/qemu-virt/el3/sysreg.h"

#define HALVES 64u
/* "ldr" or "str": q0 to q31 at the address in operand 0. */
#define NUMBERS                                                                               \
	"0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30," \
	"31"
#define ALL(operation)                                              \
	".arch_extension simd\n\t.irp n, " NUMBERS "\n\t" operation \
	" q\\n, [%0, #16 * \\n]\n\t.endr"

/* Bits that every CPU has: AHP, DN, FZ and RMode; the flags of exceptions. */
static uint64_t fpcr(uint64_t seed)
{
	return (seed & 0x1f) << 22;
}

static uint64_t fpsr(uint64_t seed)
{
	return seed & 0x9f;
}

uint64_t ffav_fp_exchange(uint64_t seed)
{
	uint64_t halves[HALVES] __attribute__((aligned(16)));
	uint64_t old;

	__asm__ volatile(ALL("str") : : "r"(halves) : "memory");
	old = halves[0];
	if (ffav_sysreg_read(fpcr) != fpcr(old) || ffav_sysreg_read(fpsr) != fpsr(old))
		old = FFAV_FP_NO_PATTERN;
	for (unsigned int i = 1; i < HALVES; i++) {
		if (halves[i] != halves[0] * (i + 1))
			old = FFAV_FP_NO_PATTERN;
	}
	for (unsigned int i = 0; i < HALVES; i++)
		halves[i] = seed * (i + 1);
	__asm__ volatile(ALL("ldr") : : "r"(halves) : "memory");
	ffav_sysreg_write(fpcr, fpcr(seed));
	ffav_sysreg_write(fpsr, fpsr(seed));
	return old;
}
