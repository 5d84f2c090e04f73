/* SPDX-License-Identifier: BSD-3-Clause */
/* What the normal-world library needs of a bare-metal program; see library.h. */
#include "machines/qemu-virt/test/library.h"
#include "machines/qemu-virt/el3/sysreg.h"
#include "machines/qemu-virt/memory.h"

#define TIMER_INTID     30u
#define GICR_SGI        0x10000
#define GICR_ISENABLER0 0x100
/* How often one call is interrupted at most: on a busy host the next could be there at once. */
#define TURNS    8u
#define DATA_MAX 0x8000u

static const struct efi_guid vendor = EFI_GUID_INIT(0x6a1b2c3d, 0x0e1f, 0x4a2b, 0x93, 0x84,
						    0x75, 0x66, 0x57, 0x48, 0x39, 0x2a);

struct ffav_mm library_mm;
uint64_t library_secure_ticks;
volatile unsigned int library_period;
volatile unsigned int library_preempted[LIBRARY_CPUS];
void (*volatile library_interrupted)(struct ffav_smc_regs *regs);

static bool locked;
static unsigned int turns[LIBRARY_CPUS];
static uint8_t rxtx[2][4096] __attribute__((aligned(4096)));
static uint8_t data[LIBRARY_CPUS][DATA_MAX];

unsigned int library_cpu(void)
{
	return (unsigned int)ffav_sysreg_read(mpidr_el1) & 0xff;
}

void library_interrupts_on(void)
{
	bare_interrupts_on();
	ffav_write32(FFAV_GICR_BASE + FFAV_GICR_STRIDE * library_cpu() + GICR_SGI +
			     GICR_ISENABLER0,
		     1u << TIMER_INTID);
}

void ffav_smc(struct ffav_smc_regs *regs)
{
	unsigned int cpu = library_cpu();
	uint64_t start;

	if ((uint32_t)regs->x[0] != FFA_RUN)
		turns[cpu] = 0;
	if (library_period && turns[cpu]++ < TURNS)
		bare_timer_in(library_period);
	start = ffav_counter();
	bare_smc_unmasked(regs);
	__atomic_add_fetch(&library_secure_ticks, ffav_counter() - start, __ATOMIC_RELAXED);
	if ((uint32_t)regs->x[0] != FFA_INTERRUPT)
		return;
	library_preempted[cpu]++;
	if (library_interrupted)
		library_interrupted(regs);
}

void ffav_clean(const void *p, size_t size)
{
	(void)p;
	(void)size;
}

void ffav_invalidate(void *p, size_t size)
{
	(void)p;
	(void)size;
}

void ffav_convert_pointer(void **p)
{
	(void)p;
}

bool ffav_try_lock(void)
{
	return !__atomic_test_and_set(&locked, __ATOMIC_ACQUIRE);
}

void ffav_unlock(void)
{
	__atomic_clear(&locked, __ATOMIC_RELEASE);
}

uint64_t ffav_counter(void)
{
	return ffav_sysreg_read(cntpct_el0);
}

uint64_t ffav_counter_rate(void)
{
	return ffav_sysreg_read(cntfrq_el0);
}

void ffav_boot_log(const char *message, uint64_t value)
{
	bare_print("# ");
	bare_print(message);
	bare_print(" ");
	bare_print_hex(value);
	bare_print("\n");
}

void library_forget(void)
{
	memset(&library_mm, 0, sizeof(library_mm));
	ffav_unlock();
}

efi_status_t library_probe(void)
{
	return ffav_mm_probe(&library_mm, (void *)FFAV_SHARED_BUFFER_BASE,
			     FFAV_SHARED_BUFFER_BASE, FFAV_SHARED_BUFFER_SIZE, 0, rxtx,
			     (uintptr_t)rxtx);
}

void library_fill(uint8_t *bytes, size_t size, unsigned int seed)
{
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(i * 13 + (i >> 8) + seed * 29);
}

static void name_of(uint16_t name[3], unsigned int n)
{
	name[0] = 'V';
	name[1] = (uint16_t)('0' + n);
	name[2] = 0;
}

efi_status_t library_set(unsigned int n, size_t size, unsigned int seed)
{
	uint8_t *bytes = data[library_cpu()];
	uint16_t name[3];

	name_of(name, n);
	library_fill(bytes, size, seed);
	return ffav_set_variable(&library_mm, name, &vendor, LIBRARY_PLAIN, size,
				 size ? bytes : NULL);
}

efi_status_t library_get(unsigned int n, size_t size, unsigned int seed)
{
	uint8_t *bytes = data[library_cpu()];
	uint64_t found = DATA_MAX;
	uint32_t attributes = 0;
	efi_status_t status;
	uint16_t name[3];

	name_of(name, n);
	status = ffav_get_variable(&library_mm, name, &vendor, &attributes, &found, bytes);
	if (status)
		return status;
	if (found != size || attributes != LIBRARY_PLAIN)
		return EFI_ABORTED;
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] != (uint8_t)(i * 13 + (i >> 8) + seed * 29))
			return EFI_ABORTED;
	}
	return EFI_SUCCESS;
}
