/* SPDX-License-Identifier: BSD-3-Clause */
/* What bare-metal test programs share; see bare.h. */
#include "machines/qemu-virt/test/bare.h"
#include "machines/qemu-virt/el3/sysreg.h"
#include "machines/qemu-virt/memory.h"

#define TIMER_INTID     30u
#define FIRST_GICR      (FFAV_GICR_BASE + 0x10000)
#define GICR_ISENABLER0 0x100

volatile unsigned int bare_interrupts;
unsigned int bare_tests;

/* Called by the exception vectors of start.S. */
void bare_irq(void);
_Noreturn void bare_unexpected(void);

static void put(char c)
{
	ffav_write32(FFAV_UART_BASE, (uint8_t)c);
}

void bare_print(const char *text)
{
	for (; *text; text++)
		put(*text);
}

void bare_print_number(unsigned int n)
{
	if (n >= 10)
		bare_print_number(n / 10);
	put((char)('0' + n % 10));
}

void bare_print_hex(uint64_t value)
{
	bare_print("0x");
	for (int shift = 60; shift >= 0; shift -= 4)
		put("0123456789abcdef"[(value >> shift) & 15]);
}

void bare_ok(bool good, const char *what)
{
	bare_print(good ? "ok " : "not ok ");
	bare_print_number(++bare_tests);
	bare_print(" - ");
	bare_print(what);
	bare_print("\n");
}

void bare_equal(uint64_t got, uint64_t wanted, const char *what)
{
	bare_ok(got == wanted, what);
	if (got != wanted) {
		bare_print("# got ");
		bare_print_hex(got);
		bare_print(", expected ");
		bare_print_hex(wanted);
		bare_print("\n");
	}
}

struct ffav_smc_regs bare_call(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
	struct ffav_smc_regs regs = {.x = {x0, x1, x2, x3}};

	bare_smc(&regs);
	return regs;
}

uint64_t bare_smc_unmasked(struct ffav_smc_regs *regs)
{
	uint64_t changed;

	__asm__ volatile("msr daifclr, #2\n\tisb" : : : "memory");
	changed = bare_smc(regs);
	__asm__ volatile("msr daifset, #2\n\tisb" : : : "memory");
	return changed;
}

_Noreturn void bare_power_off(void)
{
	bare_call(PSCI_SYSTEM_OFF, 0, 0, 0);
	for (;;)
		;
}

_Noreturn void bare_end(void)
{
	bare_print("1..");
	bare_print_number(bare_tests);
	bare_print("\n");
	bare_power_off();
}

_Noreturn void bare_unexpected(void)
{
	bare_print("Bail out! unexpected exception, ESR_EL2 ");
	bare_print_hex(ffav_sysreg_read(esr_el2));
	bare_print(" ELR_EL2 ");
	bare_print_hex(ffav_sysreg_read(elr_el2));
	bare_print("\n");
	bare_power_off();
}

/* The timer's interrupt: count it, turn the timer off. */
void bare_irq(void)
{
	uint64_t intid = ffav_sysreg_read(icc_iar1_el1);

	if (intid == TIMER_INTID) {
		bare_interrupts++;
		ffav_sysreg_write(cntp_ctl_el0, 0);
		ffav_isb();
	}
	ffav_sysreg_write(icc_eoir1_el1, intid);
}

void bare_interrupts_on(void)
{
	ffav_sysreg_write(hcr_el2, 1u << 4); /* IMO: to EL2 */
	ffav_sysreg_write(icc_sre_el2, 0xf);
	ffav_isb();
	ffav_write32(FIRST_GICR + GICR_ISENABLER0, 1u << TIMER_INTID);
	ffav_sysreg_write(icc_pmr_el1, 0xff);
	ffav_sysreg_write(icc_igrpen1_el1, 1);
	ffav_isb();
}

void bare_timer_in(uint64_t microseconds)
{
	ffav_sysreg_write(cntp_tval_el0, ffav_sysreg_read(cntfrq_el0) * microseconds / 1000000);
	ffav_sysreg_write(cntp_ctl_el0, 1);
	ffav_isb();
}

void bare_take_interrupts(void)
{
	__asm__ volatile("msr daifclr, #2\n\tisb\n\tnop\n\tmsr daifset, #2\n\tisb"
			 :
			 :
			 : "memory");
}
