// SPDX-License-Identifier: BSD-3-Clause
/* The MM partition's manifest, fitted to the machine, and what the partition starts with. */
#include <libfdt.h>
#include <stdlib.h>

#include "machines/host/state.h"
#include "secure/mm/partition.h"
#include "secure/report/report.h"

/* The tree is read as 32-bit cells. */
static const _Alignas(8) uint8_t manifest[] = {
#include "machines/host/manifest.inc"
};

static bool set_pages(void *fdt, const char *path, size_t size)
{
	int node = fdt_path_offset(fdt, path);

	return node >= 0 && size % FFA_PAGE_SIZE == 0 &&
	       !fdt_setprop_inplace_u32(fdt, node, "pages-count",
					(uint32_t)(size / FFA_PAGE_SIZE));
}

/* Room for the properties that an option adds. */
#define ADDED 128u

static bool set_flag(void *fdt, const char *name, bool value)
{
	int node = fdt_path_offset(fdt, "/variable-service");

	return !value || (node >= 0 && !fdt_setprop_empty(fdt, node, name));
}

static bool set_limit(void *fdt, const char *name, uint32_t value)
{
	int node = fdt_path_offset(fdt, "/variable-service");

	return !value || (node >= 0 && !fdt_setprop_inplace_u32(fdt, node, name, value));
}

/* Of a window that is smaller than a board's no more than an eighth is set apart. */
static bool set_part(void *fdt, const char *name, const struct ffav_flash *flash)
{
	uint64_t most = (uint64_t)flash->sector_size * flash->sector_count / 16;
	int node = fdt_path_offset(fdt, "/variable-service");
	const fdt32_t *cell = node < 0 ? NULL : fdt_getprop(fdt, node, name, NULL);

	return cell && (fdt32_ld(cell) <= most || set_limit(fdt, name, (uint32_t)most));
}

static _Noreturn void start(void *argument)
{
	const struct ffav_host_partition *p = argument;

	ffav_mm_main(p->boot_info, sizeof(p->boot_info));
}

static const char *add(struct ffav_host *m)
{
	const struct ffav_flash *flash = &m->options.nor->flash;
	struct ffav_host_partition *p = &m->partitions[0];
	const char *why = NULL;
	int index;

	p->manifest = malloc(sizeof(manifest) + ADDED);
	if (!p->manifest)
		return "There is no memory for the manifest.";
	if (fdt_open_into(manifest, p->manifest, sizeof(manifest) + ADDED) ||
	    !set_flag(p->manifest, "rebind-variable-store", m->options.rebind_store) ||
	    !set_flag(p->manifest, "platform-verifies-images", m->options.verifies_images))
		return "The manifest has no room for what is added to it.";
	if (!set_pages(p->manifest, "/memory-regions/shared-buffer", m->memory.buffer_size))
		return "The shared buffer is not whole pages.";
	if (!set_pages(p->manifest, "/device-regions/variable-store",
		       (size_t)flash->sector_size * flash->sector_count))
		return "The store's window is not whole pages of 4096 bytes.";
	if (!set_limit(p->manifest, "maximum-variables", m->options.variables) ||
	    !set_part(p->manifest, "hardware-error-size", flash) ||
	    !set_part(p->manifest, "boot-reserved-size", flash))
		return "The manifest has no limits.";
	if (!ffav_manifest_parse(p->manifest, sizeof(manifest) + ADDED, &p->config, &why))
		return why;
	index = ffav_spmc_add(&m->spmc, &p->config, &why);
	if (index < 0)
		return why;
	p->config = m->spmc.partitions[index].config;
	ffav_boot_info_encode(p->boot_info, sizeof(p->boot_info), (uintptr_t)p->manifest,
			      sizeof(manifest) + ADDED);
	ffav_boot_info_add_restarts(p->boot_info, 0);
	if (!ffav_host_open_window(m, p))
		return "There is no memory for the partition's window on RAM.";
	p->context = ffav_context_create(start, p);
	return p->context ? NULL : "There is no memory for the partition's stack.";
}

bool ffav_host_restart(struct ffav_host *m, unsigned int index)
{
	struct ffav_host_partition *p = &m->partitions[index];

	ffav_context_destroy(p->context);
	ffav_memory_window_close(p->window);
	p->change_count = 0;
	p->context = ffav_context_create(start, p);
	p->started = false;
	ffav_boot_info_add_restarts(p->boot_info, m->spmc.partitions[index].restarts);
	return ffav_host_open_window(m, p) && p->context;
}

bool ffav_host_add_mm(struct ffav_host *m)
{
	const char *why;

	m->partition_count = 1;
	why = add(m);
	if (why)
		ffav_report_line(FFAV_REPORT_EVENTS, "machine", why, strlen(why));
	return !why;
}
