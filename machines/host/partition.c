// SPDX-License-Identifier: BSD-3-Clause
/* What a partition needs of its machine, on the host machine. */
#include "machines/host/state.h"
#include "secure/mm/partition.h"

static _Thread_local struct ffav_host_partition *inside;

void ffav_host_enter(struct ffav_host_partition *p)
{
	inside = p;
	ffav_context_enter(p->context);
	inside = NULL;
}

static void leave(struct ffav_host_partition *p, enum ffav_leave why)
{
	p->leave = why;
	/* Whoever enters again may be another thread: nothing thread-local is used after this. */
	ffav_context_leave(p->context);
}

void ffav_partition_call(struct ffav_smc_regs *regs)
{
	struct ffav_host_partition *p = inside;

	p->regs = *regs;
	leave(p, FFAV_LEAVE_CALL);
	*regs = p->regs;
}

void *ffav_partition_map(uint64_t address, size_t size)
{
	struct ffav_host *m = ffav_host_current();
	unsigned int index = (unsigned int)(inside - m->partitions);

	if (!size || address % FFA_PAGE_SIZE || !ffav_memory_ram(&m->memory, address, size))
		return NULL;
	for (uint64_t page = address; page < address + size; page += FFA_PAGE_SIZE) {
		if (!(ffav_machine_partition_access(index, page) & FFAV_REGION_READ))
			return NULL;
	}
	return inside->window + (address - FFAV_HOST_RAM);
}

/*
 * The flash is the only place where a partition works for long, so an interrupt
 * comes there: inside an operation, before it takes effect.
 */
static void observe(void *context, enum ffav_nor_operation operation, uint32_t offset,
		    size_t length)
{
	struct ffav_host *m = context;
	/* Asked once: whoever enters again may be another thread. */
	struct ffav_host_partition *p = inside;

	(void)offset;
	(void)length;
	if (m->booting)
		return;
	/* The partition's stack is left as it is and never returned to. */
	if (m->fault_in && !--m->fault_in)
		leave(p, FFAV_LEAVE_FAULT);
	for (unsigned int i = 0; operation == FFAV_NOR_ERASE && i < m->options.erase_interrupts;
	     i++)
		leave(p, FFAV_LEAVE_INTERRUPT);
	if (!m->interrupt_every || ++m->operations < m->interrupt_every)
		return;
	m->operations = 0;
	leave(p, FFAV_LEAVE_INTERRUPT);
}

/* As above: nobody comes back. */
static void power_lost(void *context)
{
	(void)context;
	leave(inside, FFAV_LEAVE_POWER);
}

void ffav_host_attach_flash(struct ffav_host *m)
{
	struct ffav_nor *nor = m->options.nor;

	nor->context = m;
	nor->observe = observe;
	nor->power_lost = power_lost;
}

void ffav_host_detach_flash(struct ffav_host *m)
{
	struct ffav_nor *nor = m->options.nor;

	nor->context = NULL;
	nor->observe = NULL;
	nor->power_lost = NULL;
}

int ffav_partition_flash(struct ffav_flash *flash, uint64_t address, size_t size)
{
	const struct ffav_nor *nor = ffav_host_current()->options.nor;

	if (address != FFAV_HOST_FLASH ||
	    size != (size_t)nor->flash.sector_size * nor->flash.sector_count)
		return -1;
	*flash = nor->flash;
	return 0;
}

bool ffav_partition_counter(struct ffav_counter *counter)
{
	const struct ffav_counter *machines = ffav_host_current()->options.counter;

	if (machines)
		*counter = *machines;
	return machines;
}
