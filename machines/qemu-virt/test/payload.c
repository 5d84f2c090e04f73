/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A bare-metal normal world that tests the monitor and prints TAP on the UART: PSCI, FF-A
 * with an echo partition, preemption by a timer of the normal world, what the worlds keep of
 * each other's registers, and what a partition must not reach.
 */
#include "abi/ffa.h"
#include "machines/qemu-virt/echo/echo.h"
#include "machines/qemu-virt/el3/sysreg.h"
#include "machines/qemu-virt/memory.h"

/* Survives a reset, which QEMU's RAM does; the image itself is loaded anew. */
#define RESET_FLAG       ((volatile uint64_t *)(FFAV_NORMAL_ENTRY + 0x10000000))
#define RESET_DONE       UINT64_C(0x7265736574646f6e)
#define PSCI_CPU_SUSPEND UINT32_C(0xc4000001)
#define HAMMER_TURNS     2000u
#define ECHO_ID          0x8010u
#define TIMER_INTID      30u
#define FIRST_GICR       (FFAV_GICR_BASE + 0x10000)
#define GICR_ISENABLER0  0x100
#define GICR_IPRIORITYR  0x400

uint64_t payload_smc(struct ffav_smc_regs *regs);
uint64_t payload_peek(uint64_t address);
void payload_second(void);
_Noreturn void payload_main(const void *dtb);
_Noreturn void payload_second_main(uint64_t argument);
void payload_irq(void);
_Noreturn void payload_unexpected(void);

static unsigned int tests;
static volatile unsigned int interrupts;
static volatile uint64_t second_argument;
static volatile uint64_t second_sctlr;
static volatile uint32_t second_command;
static struct ffav_smc_regs second_regs;
static volatile unsigned int second_hammered;

/* Commands for the second CPU. */
enum {
	SECOND_IDLE,
	SECOND_CALL,
	SECOND_OFF,
	SECOND_HAMMER,
};

static uint8_t buffers[2][4096] __attribute__((aligned(4096)));

static void put(char c)
{
	ffav_write32(FFAV_UART_BASE, (uint8_t)c);
}

static void print(const char *text)
{
	for (; *text; text++)
		put(*text);
}

static void print_number(unsigned int n)
{
	if (n >= 10)
		print_number(n / 10);
	put((char)('0' + n % 10));
}

static void print_hex(uint64_t value)
{
	print("0x");
	for (int shift = 60; shift >= 0; shift -= 4)
		put("0123456789abcdef"[(value >> shift) & 15]);
}

static void ok(bool good, const char *what)
{
	print(good ? "ok " : "not ok ");
	print_number(++tests);
	print(" - ");
	print(what);
	print("\n");
}

static void equal(uint64_t got, uint64_t wanted, const char *what)
{
	ok(got == wanted, what);
	if (got != wanted) {
		print("# got ");
		print_hex(got);
		print(", expected ");
		print_hex(wanted);
		print("\n");
	}
}

static struct ffav_smc_regs call(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
	struct ffav_smc_regs regs = {.x = {x0, x1, x2, x3}};

	payload_smc(&regs);
	return regs;
}

static struct ffav_smc_regs request(unsigned int n, uint64_t command, uint64_t argument)
{
	struct ffav_smc_regs regs = {
		.x = {FFA_MSG_SEND_DIRECT_REQ_64,
		      ffav_ffa_endpoints(FFA_NORMAL_WORLD_ID, (uint16_t)(ECHO_ID + n)), 0,
		      command, argument, 0x55, 0x66, 0x77},
	};

	equal(payload_smc(&regs), 0, "x18 to x30, d8 and d9 are as before the call");
	return regs;
}

static void power_off(void)
{
	call(PSCI_SYSTEM_OFF, 0, 0, 0);
}

_Noreturn void payload_unexpected(void)
{
	print("Bail out! unexpected exception, ESR_EL2 ");
	print_hex(ffav_sysreg_read(esr_el2));
	print(" ELR_EL2 ");
	print_hex(ffav_sysreg_read(elr_el2));
	print("\n");
	power_off();
	for (;;)
		;
}

/* The timer's interrupt: count it, turn the timer off. */
void payload_irq(void)
{
	uint64_t intid = ffav_sysreg_read(icc_iar1_el1);

	if (intid == TIMER_INTID) {
		interrupts++;
		ffav_sysreg_write(cntp_ctl_el0, 0);
		ffav_isb();
	}
	ffav_sysreg_write(icc_eoir1_el1, intid);
}

static void interrupts_on(void)
{
	ffav_sysreg_write(hcr_el2, 1u << 4); /* IMO: to EL2 */
	ffav_sysreg_write(icc_sre_el2, 0xf);
	ffav_isb();
	ffav_write32(FIRST_GICR + GICR_ISENABLER0, 1u << TIMER_INTID);
	ffav_sysreg_write(icc_pmr_el1, 0xff);
	ffav_sysreg_write(icc_igrpen1_el1, 1);
	ffav_isb();
}

static void timer_in(uint64_t microseconds)
{
	ffav_sysreg_write(cntp_tval_el0, ffav_sysreg_read(cntfrq_el0) * microseconds / 1000000);
	ffav_sysreg_write(cntp_ctl_el0, 1);
	ffav_isb();
}

static void take_interrupts(void)
{
	__asm__ volatile("msr daifclr, #2\n\tisb\n\tnop\n\tmsr daifset, #2\n\tisb"
			 :
			 :
			 : "memory");
}

static void test_calls(void)
{
	struct ffav_smc_regs regs;

	equal(call(SMCCC_VERSION, 0, 0, 0).x[0], SMCCC_VERSION_1_2, "SMCCC_VERSION is 1.2");
	equal(call(PSCI_VERSION, 0, 0, 0).x[0], 0x00010001, "PSCI_VERSION is 1.1");
	equal(call(PSCI_FEATURES, PSCI_CPU_ON_64, 0, 0).x[0], 0, "PSCI_FEATURES knows CPU_ON");
	equal(call(PSCI_FEATURES, 0x8400001f, 0, 0).x[0], (uint64_t)PSCI_NOT_SUPPORTED,
	      "PSCI_FEATURES does not know an unassigned function");
	timer_in(1000);
	equal(call(PSCI_CPU_SUSPEND, 0, 0, 0).x[0], 0,
	      "CPU_SUSPEND stands by until an interrupt");
	equal(ffav_sysreg_read(cntp_ctl_el0) & 4, 4, "which is pending then");
	take_interrupts();
	equal(interrupts, 1, "and the normal world's");
	interrupts = 0;
	equal(call(PSCI_MIGRATE_INFO_TYPE, 0, 0, 0).x[0], 2, "no trusted OS needs migration");
	equal(call(0xc2001234, 1, 2, 3).x[0], (uint64_t)SMCCC_NOT_SUPPORTED,
	      "an unknown SMC is not supported");
	equal(call(0x44000063, 0, 0, 0).x[0], (uint64_t)SMCCC_NOT_SUPPORTED,
	      "a yielding SMC is not supported");
	equal(call(FFA_VERSION, FFA_VERSION_1_2, 0, 0).x[0], FFA_VERSION_1_2,
	      "FFA_VERSION is 1.2");
	equal(call(FFA_ID_GET, 0, 0, 0).x[2], FFA_NORMAL_WORLD_ID,
	      "FFA_ID_GET gives endpoint 0");
	regs = call(FFA_PARTITION_INFO_GET_REGS, 0, 0, 0);
	equal(regs.x[0], FFA_SUCCESS_64, "FFA_PARTITION_INFO_GET_REGS succeeds");
	equal(ffav_info_regs_decode(regs.x[2]).last, 3, "there are four partitions");
	equal(ffav_info_regs_get(&regs, 0).id, ECHO_ID, "the first is the first echo");
}

static void test_buffers(void)
{
	uint64_t tx = (uintptr_t)buffers[0];
	uint64_t rx = (uintptr_t)buffers[1];
	struct ffav_smc_regs regs = {.x = {FFA_PARTITION_INFO_GET}};

	equal(call(FFA_RXTX_MAP_64, FFAV_SECURE_RAM_BASE, rx, 1).x[0], FFA_ERROR,
	      "a TX buffer in secure RAM is refused");
	equal(call(FFA_RXTX_MAP_64, tx, FFAV_STORE_BASE, 1).x[0], FFA_ERROR,
	      "an RX buffer in the secure flash is refused");
	equal(call(FFA_RXTX_MAP_64, tx, UINT64_C(0x4000000000), 1).x[0], FFA_ERROR,
	      "an RX buffer behind the RAM is refused");
	equal(call(FFA_RXTX_MAP_64, tx, FFAV_GICD_BASE, 1).x[0], FFA_ERROR,
	      "an RX buffer in a device is refused");
	equal(call(FFA_RXTX_MAP_64, tx, rx, 1).x[0], FFA_SUCCESS_32, "FFA_RXTX_MAP succeeds");
	payload_smc(&regs);
	equal(regs.x[2], 4, "FFA_PARTITION_INFO_GET counts four partitions");
	equal(ffav_get16(buffers[1]), ECHO_ID, "and describes the first in the RX buffer");
	equal(call(FFA_RX_RELEASE, 0, 0, 0).x[0], FFA_SUCCESS_32, "FFA_RX_RELEASE succeeds");
	equal(call(FFA_RXTX_UNMAP, 0, 0, 0).x[0], FFA_SUCCESS_32, "FFA_RXTX_UNMAP succeeds");
}

static void test_echo(void)
{
	struct ffav_smc_regs regs = request(0, FFAV_ECHO_PLAIN, 0x1122334455667788);

	equal(regs.x[0], FFA_MSG_SEND_DIRECT_RESP_64, "a direct request is answered");
	equal(regs.x[1], ffav_ffa_endpoints(ECHO_ID, 0), "by the partition it was for");
	equal(regs.x[4], 0x1122334455667788, "with x4");
	equal(regs.x[7], 0x77, "with x7");
	equal(request(0, FFAV_ECHO_BSS, 1).x[4], 0, "the partition's bss is zero");
	*(volatile uint64_t *)(FFAV_SHARED_BUFFER_BASE + 0x1fff8) = 0x0123456789abcdef;
	equal(request(0, FFAV_ECHO_READ_SHARED, 0x1fff8).x[4], 0x0123456789abcdef,
	      "the partition reads the shared buffer's last word");
}

/* A slow request that the timer interrupts, again and again, until it is done. */
static void test_preemption(void)
{
	struct ffav_smc_regs regs;
	unsigned int preempted = 0;
	bool target = true;

	timer_in(2000);
	regs = request(0, FFAV_ECHO_SLOW, 40000000);
	equal(regs.x[0], FFA_INTERRUPT, "the timer preempts the partition: FFA_INTERRUPT");
	equal(request(0, FFAV_ECHO_PLAIN, 0).x[2], (uint32_t)FFA_BUSY,
	      "another request meanwhile is BUSY");
	while (regs.x[0] == FFA_INTERRUPT && preempted < 100000) {
		preempted++;
		target &= regs.x[1] == ffav_ffa_target(ECHO_ID, 0);
		take_interrupts();
		if (preempted < 5)
			timer_in(2000);
		regs = call(FFA_RUN, regs.x[1], 0, 0);
	}
	ok(preempted >= 5, "it is preempted each time the timer fires");
	ok(target, "FFA_INTERRUPT names partition and context");
	equal(interrupts, preempted, "the normal world takes each interrupt itself");
	equal(regs.x[0], FFA_MSG_SEND_DIRECT_RESP_64, "FFA_RUN goes on to the response");
	equal(regs.x[4], 40000000, "the partition lost no turn of its loop");
	equal(call(FFA_RUN, ffav_ffa_target(ECHO_ID, 0), 0, 0).x[0], FFA_ERROR,
	      "FFA_RUN on a partition that waits is refused");
}

static void test_fp(void)
{
	struct ffav_smc_regs regs;

	equal(request(0, FFAV_ECHO_FP, 0xaaaa).x[4], 0,
	      "a partition starts with FP registers of zero");
	equal(request(0, FFAV_ECHO_FP, 0xbbbb).x[4], 0xaaaa, "its FP registers are its own");
	regs = request(0, FFAV_ECHO_FP, 0);
	equal(regs.x[4], 0xbbbb, "and stay");
}

/* EL1 registers of the normal world, which the partition's own take the place of. */
static void test_el1_registers(void)
{
	ffav_sysreg_write(ttbr0_el1, 0x1000);
	ffav_sysreg_write(ttbr1_el1, 0x2000);
	ffav_sysreg_write(mair_el1, 0x3);
	ffav_sysreg_write(vbar_el1, 0x4000);
	ffav_sysreg_write(tcr_el1, 0x5);
	ffav_sysreg_write(elr_el1, 0x6000);
	ffav_sysreg_write(spsr_el1, 0x3c5);
	ffav_sysreg_write(sp_el0, 0x7000);
	ffav_sysreg_write(tpidr_el0, 0x8000);
	ffav_sysreg_write(cntkctl_el1, 0x3);
	ffav_sysreg_write(cpacr_el1, 3u << 20);
	ffav_sysreg_write(esr_el1, 0x9);
	ffav_isb();
	request(0, FFAV_ECHO_PLAIN, 0);
	equal(ffav_sysreg_read(ttbr0_el1), 0x1000, "TTBR0_EL1 is kept");
	equal(ffav_sysreg_read(ttbr1_el1), 0x2000, "TTBR1_EL1 is kept");
	equal(ffav_sysreg_read(mair_el1), 0x3, "MAIR_EL1 is kept");
	equal(ffav_sysreg_read(vbar_el1), 0x4000, "VBAR_EL1 is kept");
	equal(ffav_sysreg_read(tcr_el1), 0x5, "TCR_EL1 is kept");
	equal(ffav_sysreg_read(elr_el1), 0x6000, "ELR_EL1 is kept");
	equal(ffav_sysreg_read(spsr_el1), 0x3c5, "SPSR_EL1 is kept");
	equal(ffav_sysreg_read(sp_el0), 0x7000, "SP_EL0 is kept");
	equal(ffav_sysreg_read(tpidr_el0), 0x8000, "TPIDR_EL0 is kept");
	equal(ffav_sysreg_read(cntkctl_el1), 0x3, "CNTKCTL_EL1 is kept");
	equal(ffav_sysreg_read(cpacr_el1), 3u << 20, "CPACR_EL1 is kept");
	equal(ffav_sysreg_read(esr_el1), 0x9, "ESR_EL1 is kept");
}

/* The flash driver at S-EL0; tests/system/qemu_el3_echo.py looks at the image afterwards. */
static void test_flash(void)
{
	equal(request(0, FFAV_ECHO_FLASH, 0).x[4], 0,
	      "the flash driver erases, programs and reads (line of the failed check)");
}

/* Each of these ends a partition. */
static void test_faults(void)
{
	equal(request(1, FFAV_ECHO_WRITE_ADDRESS, FFAV_SECURE_RAM_BASE).x[2],
	      (uint32_t)FFA_ABORTED, "a partition that writes to the monitor is stopped");
	equal(request(1, FFAV_ECHO_PLAIN, 0).x[0], FFA_ERROR, "and stays stopped");
	equal(request(2, FFAV_ECHO_WRITE_CODE, 0).x[2], (uint32_t)FFA_ABORTED,
	      "a partition that writes to its code is stopped");
	equal(request(3, FFAV_ECHO_EXECUTE_DATA, 0).x[2], (uint32_t)FFA_ABORTED,
	      "a partition that executes its data is stopped");
	equal(request(0, FFAV_ECHO_PLAIN, 0).x[0], FFA_MSG_SEND_DIRECT_RESP_64,
	      "the others go on");
	equal(request(0, FFAV_ECHO_OVERFLOW_STACK, 1000).x[2], (uint32_t)FFA_ABORTED,
	      "a partition that overflows its stack is stopped");
}

/*
 * Requests as fast as they go, each with a number of its own. Return: how many were answered,
 * or 0 if an answer was not to its request.
 */
static unsigned int hammer(uint64_t start)
{
	unsigned int answered = 0;

	for (uint64_t i = start; i < start + HAMMER_TURNS; i++) {
		struct ffav_smc_regs regs = {
			.x = {FFA_MSG_SEND_DIRECT_REQ_64,
			      ffav_ffa_endpoints(FFA_NORMAL_WORLD_ID, ECHO_ID), 0,
			      FFAV_ECHO_SLOW, i % 4096, i, i, i},
		};

		payload_smc(&regs);
		while (regs.x[0] == FFA_INTERRUPT) {
			take_interrupts();
			regs = call(FFA_RUN, regs.x[1], 0, 0);
		}
		if (regs.x[0] == FFA_ERROR && (int32_t)regs.x[2] == FFA_BUSY)
			continue;
		if (regs.x[0] != FFA_MSG_SEND_DIRECT_RESP_64 || regs.x[4] != i % 4096 ||
		    regs.x[5] != i || regs.x[7] != i)
			return 0;
		answered++;
	}
	return answered;
}

/* The second CPU: run commands of the first one, then turn off. */
_Noreturn void payload_second_main(uint64_t argument)
{
	second_sctlr = ffav_sysreg_read(sctlr_el2);
	second_argument = argument;
	for (;;) {
		while (!__atomic_load_n(&second_command, __ATOMIC_ACQUIRE))
			;
		if (second_command == SECOND_OFF)
			break;
		if (second_command == SECOND_CALL)
			payload_smc(&second_regs);
		else
			second_hammered = hammer(UINT64_C(0x200000000));
		__atomic_store_n(&second_command, SECOND_IDLE, __ATOMIC_RELEASE);
	}
	call(PSCI_CPU_OFF, 0, 0, 0);
	payload_unexpected();
}

static bool wait_for(uint64_t wanted)
{
	uint64_t start = ffav_sysreg_read(cntpct_el0);

	while (call(PSCI_AFFINITY_INFO_64, 1, 0, 0).x[0] != wanted) {
		if (ffav_sysreg_read(cntpct_el0) - start > 5 * ffav_sysreg_read(cntfrq_el0))
			return false;
	}
	return true;
}

static struct ffav_smc_regs on_second(const struct ffav_smc_regs *regs)
{
	second_regs = *regs;
	__atomic_store_n(&second_command, SECOND_CALL, __ATOMIC_RELEASE);
	while (__atomic_load_n(&second_command, __ATOMIC_ACQUIRE))
		;
	return second_regs;
}

/* Both CPUs at the same partition, with a timer between: no reply is ever mixed up. */
static void test_both(void)
{
	unsigned int answered;

	__atomic_store_n(&second_command, SECOND_HAMMER, __ATOMIC_RELEASE);
	timer_in(3000);
	answered = hammer(UINT64_C(0x100000000));
	while (__atomic_load_n(&second_command, __ATOMIC_ACQUIRE))
		;
	take_interrupts();
	ok(answered > 0, "with both CPUs calling, the first gets its own answers");
	ok(second_hammered > 0, "and the second its own");
	print("# answered ");
	print_number(answered);
	print(" and ");
	print_number(second_hammered);
	print("\n");
}

static void test_second_cpu(void)
{
	struct ffav_smc_regs regs;

	equal(call(PSCI_AFFINITY_INFO_64, 0, 0, 0).x[0], 0, "the first CPU is on");
	equal(call(PSCI_AFFINITY_INFO_64, 1, 0, 0).x[0], 1, "the second is off");
	equal(call(PSCI_CPU_ON_64, 0, (uintptr_t)payload_second, 0).x[0],
	      (uint64_t)PSCI_ALREADY_ON, "the first cannot be turned on again");
	equal(call(PSCI_CPU_ON_64, 7, (uintptr_t)payload_second, 0).x[0],
	      (uint64_t)PSCI_INVALID_PARAMS, "nor one that is not there");
	equal(call(PSCI_CPU_ON_64, 1, FFAV_SECURE_RAM_BASE, 0).x[0], (uint64_t)-9,
	      "nor at a secure address");
	for (unsigned int round = 0; round < 2; round++) {
		second_argument = 0;
		equal(call(PSCI_CPU_ON_64, 1, (uintptr_t)payload_second, 0x5ec0d).x[0], 0,
		      "CPU_ON succeeds");
		ok(wait_for(0), "the second CPU comes up");
		while (!second_argument)
			;
		equal(second_argument, 0x5ec0d, "with its argument");
		equal(second_sctlr & 5, 0, "with MMU and caches off");
		regs = (struct ffav_smc_regs){.x = {FFA_ID_GET}};
		equal(on_second(&regs).x[0], FFA_SUCCESS_32, "it can call");
		if (!round)
			test_both();
		/* Preempted here, resumed there. */
		timer_in(2000);
		regs = request(0, FFAV_ECHO_SLOW, 20000000);
		equal(regs.x[0], FFA_INTERRUPT, "a request is preempted on the first CPU");
		take_interrupts();
		regs = (struct ffav_smc_regs){.x = {FFA_RUN, regs.x[1]}};
		regs = on_second(&regs);
		equal(regs.x[0], FFA_MSG_SEND_DIRECT_RESP_64, "resumed on the second");
		equal(regs.x[4], 20000000, "and lost nothing");
		__atomic_store_n(&second_command, SECOND_OFF, __ATOMIC_RELEASE);
		ok(wait_for(1), "the second CPU turns itself off");
		second_command = SECOND_IDLE;
	}
}

static void test_secure_addresses(void)
{
	equal(payload_peek(FFAV_RAM_BASE), 0, "RAM can be read");
	equal(payload_peek(FFAV_FLASH_BASE), 1, "the secure flash cannot");
	equal(payload_peek(FFAV_STORE_BASE), 1, "nor the variable store");
	equal(payload_peek(FFAV_SECURE_RAM_BASE), 1, "nor secure RAM");
	equal(payload_peek(FFAV_SECURE_UART_BASE), 1, "nor the secure console");
	equal(payload_peek(FFAV_SECURE_GPIO_BASE), 1, "nor the power controller");
}

_Noreturn void payload_main(const void *dtb)
{
	/* Everything is tested after a warm reset with both CPUs on and a partition preempted. */
	interrupts_on();
	if (*RESET_FLAG != RESET_DONE) {
		struct ffav_smc_regs slow = {
			.x = {FFA_MSG_SEND_DIRECT_REQ_64,
			      ffav_ffa_endpoints(FFA_NORMAL_WORLD_ID, ECHO_ID), 0,
			      FFAV_ECHO_SLOW, UINT64_MAX},
		};

		*RESET_FLAG = RESET_DONE;
		call(PSCI_CPU_ON_64, 1, (uintptr_t)payload_second, 1);
		while (!second_argument)
			;
		timer_in(1000);
		call(FFA_VERSION, FFA_VERSION_1_2, 0, 0);
		payload_smc(&slow);
		call(PSCI_SYSTEM_RESET, 0, 0, 0);
	}
	*RESET_FLAG = 0;
	print("TAP version 13\n");
	equal((uintptr_t)dtb, FFAV_RAM_BASE, "x0 is the address of the device tree");
	equal((ffav_sysreg_read(currentel) >> 2) & 3, 2, "the normal world starts at EL2");
	test_secure_addresses();
	test_calls();
	test_buffers();
	test_echo();
	test_preemption();
	interrupts = 0;
	test_fp();
	test_el1_registers();
	test_second_cpu();
	test_flash();
	test_faults();
	print("1..");
	print_number(tests);
	print("\n");
	power_off();
	for (;;)
		;
}
