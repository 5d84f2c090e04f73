/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A normal world with four CPUs that call the MM partition through the library: at once, from
 * inside an interrupted call, from another CPU while a call is in flight, resumed elsewhere;
 * and a crash: a CPU that never resumes its call, another kernel that starts on another CPU
 * meanwhile, and a reset. The second start looks whether anything was lost.
 */
#include "machines/qemu-virt/el3/sysreg.h"
#include "machines/qemu-virt/memory.h"
#include "machines/qemu-virt/test/library.h"

/* Outlives a reset, as QEMU's RAM does; the image itself is loaded anew. */
#define RESET_FLAG ((volatile uint64_t *)(FFAV_NORMAL_ENTRY + 0x10000000))
#define RESET_DONE UINT64_C(0x63616c6c65727321)
#define ROUNDS     12u
#define LARGE      0x8000u
/*
 * A caller waits some 60 ms when another one is in, but a busy host may stop this machine in
 * the middle of that: what is tested is that it does not wait for ever.
 */
#define PATIENCE (20 * ffav_counter_rate())

/* callers.S */
void callers_start(void);
_Noreturn void callers_cpu_main(void);

/** What a CPU does next; it says that it is done by clearing this. */
typedef void work_fn(void);
static work_fn *volatile work[LIBRARY_CPUS];
static uint8_t stacks[LIBRARY_CPUS][8192] __attribute__((aligned(16)));

/** What one CPU of many that call has seen. */
static struct tally {
	unsigned int done;
	unsigned int refused;
	unsigned int wrong;
} tallies[LIBRARY_CPUS];

static volatile bool intruded;
static volatile uint64_t intruder_get, intruder_set, intruder_raw, intruder_ticks;
static unsigned int resumes[LIBRARY_CPUS];
static struct ffav_smc_regs moved;

_Noreturn void callers_cpu_main(void)
{
	unsigned int cpu = library_cpu();

	library_interrupts_on();
	for (;;) {
		work_fn *next = __atomic_load_n(&work[cpu], __ATOMIC_ACQUIRE);

		if (!next)
			continue;
		next();
		__atomic_store_n(&work[cpu], NULL, __ATOMIC_RELEASE);
	}
}

static void start_on(unsigned int cpu, work_fn *what)
{
	__atomic_store_n(&work[cpu], what, __ATOMIC_RELEASE);
}

static void wait_for(unsigned int cpu)
{
	while (__atomic_load_n(&work[cpu], __ATOMIC_ACQUIRE))
		;
}

static void on(unsigned int cpu, work_fn *what)
{
	start_on(cpu, what);
	wait_for(cpu);
}

static void cpus_on(void)
{
	bool good = true;

	for (unsigned int cpu = 1; cpu < LIBRARY_CPUS; cpu++)
		good &= !bare_call(PSCI_CPU_ON_64, cpu, (uintptr_t)callers_start,
				   (uintptr_t)stacks[cpu] + sizeof(stacks[cpu]))
				 .x[0];
	bare_ok(good, "four CPUs are on");
}

/*
 * Each CPU has a variable of its own; sizes differ, so that a mixed reply would show. It goes
 * on until ROUNDS of its calls were answered, so nobody may be locked out for good.
 */
static void call_again_and_again(void)
{
	unsigned int cpu = library_cpu();
	struct tally *t = &tallies[cpu];

	for (unsigned int i = 0; t->done < ROUNDS && !t->wrong; i++) {
		size_t size = 200 + 900 * cpu + i;
		efi_status_t status = library_set(cpu, size, 16 * cpu + i);

		if (status == EFI_DEVICE_ERROR) {
			t->refused++;
			continue;
		}
		t->wrong += status != EFI_SUCCESS;
		status = library_get(cpu, size, 16 * cpu + i);
		if (status == EFI_DEVICE_ERROR)
			t->refused++;
		else if (status)
			t->wrong++;
		else
			t->done++;
	}
}

static void test_all_at_once(void)
{
	unsigned int wrong = 0, interrupted = 0;

	library_period = 200;
	for (unsigned int cpu = 1; cpu < LIBRARY_CPUS; cpu++)
		start_on(cpu, call_again_and_again);
	call_again_and_again();
	for (unsigned int cpu = 1; cpu < LIBRARY_CPUS; cpu++)
		wait_for(cpu);
	library_period = 0;
	for (unsigned int cpu = 0; cpu < LIBRARY_CPUS; cpu++) {
		wrong += tallies[cpu].wrong;
		interrupted += library_preempted[cpu];
		bare_print("# CPU ");
		bare_print_number(cpu);
		bare_print(": done ");
		bare_print_number(tallies[cpu].done);
		bare_print(", refused ");
		bare_print_number(tallies[cpu].refused);
		bare_print(", interrupted ");
		bare_print_number(library_preempted[cpu]);
		bare_print("\n");
	}
	bare_equal(wrong, 0,
		   "four CPUs call at once: each gets its own answer or DEVICE_ERROR");
	bare_ok(interrupted > 0, "while their timers interrupt them");
	bare_ok(!library_mm.dead, "nor has the partition been given up");
}

/* A caller that comes while another is in: through the library, and past it. */
static void intrude(void)
{
	uint64_t start = ffav_counter();

	intruder_get = library_get(0, 1, 1);
	intruder_set = library_set(9, 1, 1);
	intruder_ticks = ffav_counter() - start;
	intruder_raw =
		bare_call(FFA_MSG_SEND_DIRECT_REQ_64,
			  ffav_ffa_endpoints(FFA_NORMAL_WORLD_ID, library_mm.ffa.partition), 0,
			  0)
			.x[2];
}

static void intrude_here(struct ffav_smc_regs *regs)
{
	(void)regs;
	if (intruded)
		return;
	intruded = true;
	intrude();
}

static void intrude_elsewhere(struct ffav_smc_regs *regs)
{
	(void)regs;
	if (intruded)
		return;
	intruded = true;
	on(1, intrude);
}

/* A write that is long enough for the timer, with somebody else calling in the middle. */
static void test_intruder(void (*how)(struct ffav_smc_regs *regs), unsigned int seed)
{
	efi_status_t status = EFI_SUCCESS;

	intruded = false;
	library_interrupted = how;
	library_period = 100;
	for (unsigned int i = 0; i < 50 && !intruded && !status; i++)
		status = library_set(4, LARGE, seed + i % 2);
	library_period = 0;
	library_interrupted = NULL;
	bare_ok(intruded, "it comes while the call is in flight");
	bare_equal(status, EFI_SUCCESS, "the call in flight succeeds");
	bare_equal(intruder_get, EFI_DEVICE_ERROR, "the other's GetVariable() is refused");
	bare_equal(intruder_set, EFI_DEVICE_ERROR, "and its SetVariable()");
	bare_ok(intruder_ticks < 2 * PATIENCE, "after a bounded wait");
	bare_equal(intruder_raw, (uint32_t)FFA_BUSY, "past the library the manager says BUSY");
	bare_equal(library_get(9, 1, 1), EFI_NOT_FOUND, "nothing of the other's was done");
}

static void resume_moved(void)
{
	uint64_t target = moved.x[1];

	memset(&moved, 0, sizeof(moved));
	moved.x[0] = FFA_RUN;
	moved.x[1] = target;
	bare_timer_in(100);
	bare_smc_unmasked(&moved);
	resumes[library_cpu()]++;
}

/* The other CPUs take turns at resuming; this one gets the response from their hands. */
static void resume_elsewhere(struct ffav_smc_regs *regs)
{
	static unsigned int next;

	moved = *regs;
	while ((uint32_t)moved.x[0] == FFA_INTERRUPT)
		on(1 + next++ % (LIBRARY_CPUS - 1), resume_moved);
	*regs = moved;
}

static void test_resumed_elsewhere(void)
{
	efi_status_t status = EFI_SUCCESS;
	unsigned int i;

	library_interrupted = resume_elsewhere;
	library_period = 100;
	for (i = 0; i < 50 && !status && (!resumes[1] || !resumes[2] || !resumes[3]); i++)
		status = library_set(5, LARGE, i);
	library_period = 0;
	library_interrupted = NULL;
	bare_ok(resumes[1] && resumes[2] && resumes[3],
		"calls of the first CPU are resumed by the other three");
	bare_equal(status, EFI_SUCCESS, "and succeed");
	bare_equal(library_get(5, LARGE, i - 1), EFI_SUCCESS, "with the right bytes written");
}

/* The kernel of the first CPU has crashed with a call in flight; this is the next kernel. */
static void crash_kernel(void)
{
	uint64_t start = ffav_counter();
	uint64_t a, b, c;

	/* It uses the firmware's runtime services, whose lock the dead caller still has. */
	bare_equal(ffav_query_variable_info(&library_mm, LIBRARY_PLAIN, &a, &b, &c),
		   EFI_DEVICE_ERROR, "after a crash the services answer DEVICE_ERROR");
	bare_ok(ffav_counter() - start < PATIENCE, "after a bounded wait");
	/* Or it has a client of its own. */
	library_forget();
	start = ffav_counter();
	bare_equal(bare_call(FFA_VERSION, FFA_VERSION_1_2, 0, 0).x[0], FFA_VERSION_1_2,
		   "another kernel can negotiate a version");
	bare_ok(library_probe() != EFI_SUCCESS,
		"its client finds the partition busy with the dead caller's request");
	bare_ok(ffav_counter() - start < 4 * PATIENCE, "after a bounded wait");
	bare_equal(library_get(0, 1, 1), EFI_UNSUPPORTED, "and has no services then");
	*RESET_FLAG = RESET_DONE + bare_tests;
	bare_call(PSCI_SYSTEM_RESET, 0, 0, 0);
}

static void crash(struct ffav_smc_regs *regs)
{
	(void)regs;
	library_interrupted = NULL;
	library_period = 0;
	on(2, crash_kernel);
}

static void first_start(void)
{
	bare_print("TAP version 13\n");
	bare_equal(library_probe(), EFI_SUCCESS, "the library finds the partition");
	cpus_on();
	bare_equal(library_set(6, LARGE, 0), EFI_SUCCESS, "a variable is written");
	bare_equal(library_set(7, 1000, 7), EFI_SUCCESS, "and another");
	test_all_at_once();
	test_intruder(intrude_here, 40);
	test_intruder(intrude_elsewhere, 50);
	test_resumed_elsewhere();
	library_interrupted = crash;
	library_period = 100;
	for (unsigned int i = 1; i <= 50; i++)
		library_set(6, LARGE, i % 2);
	bare_ok(false, "a call is in flight when the kernel crashes");
	bare_end();
}

static void second_start(void)
{
	efi_status_t before, after;

	bare_equal(library_probe(), EFI_SUCCESS, "after a reset the partition is there again");
	before = library_get(6, LARGE, 0);
	after = library_get(6, LARGE, 1);
	bare_ok(!before || !after,
		"what was being written at the reset is whole, the old or the new");
	bare_equal(library_get(7, 1000, 7), EFI_SUCCESS, "what was written before is there");
	bare_equal(library_set(7, 999, 8), EFI_SUCCESS, "and can be overwritten");
	bare_equal(library_get(7, 999, 8), EFI_SUCCESS, "and read");
	bare_end();
}

_Noreturn void bare_main(const void *dtb)
{
	uint64_t flag = *RESET_FLAG;

	(void)dtb;
	*RESET_FLAG = 0;
	library_interrupts_on();
	if (flag < RESET_DONE || flag - RESET_DONE > 1000)
		first_start();
	bare_tests = (unsigned int)(flag - RESET_DONE);
	second_start();
	bare_end();
}
