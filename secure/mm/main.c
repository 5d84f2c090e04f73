// SPDX-License-Identifier: BSD-3-Clause
/* How the partition starts: manifest, stores, services. All of its memory is here. */
#include "secure/mm/config.h"
#include "secure/mm/loop.h"
#include "secure/mm/partition.h"
#include "secure/store/ram.h"

/** Largest shared buffer, bytes: every message in it can be copied. */
#define COPY_SIZE 0x20000u
/** Largest data of a variable, bytes. */
#define SCRATCH_SIZE 0x10000u
/** Index of the NV store, bytes. */
#define INDEX_SIZE 0x20000u
/** Memory of the volatile store, which also holds locks and properties, bytes. */
#define VOLATILE_SIZE 0x40000u
/** Size of its sectors, bytes. */
#define VOLATILE_SECTOR 4096u
/** Most volatile variables, locks and properties. */
#define VOLATILE_ITEMS 512u
/** Most that a sector header takes on flash, bytes. */
#define HEADER_SIZE 64u
/** Index of the volatile store, bytes. */
#define VOLATILE_INDEX_SIZE 0x10000u

static _Alignas(uint64_t) uint8_t copy[COPY_SIZE];
static _Alignas(uint64_t) uint8_t scratch[SCRATCH_SIZE];
static _Alignas(uint64_t) uint8_t nonvolatile_index[INDEX_SIZE];
/* What holds until reset is in here, and in the log that this memory has: no fault tears it. */
static FFAV_RETAINED _Alignas(uint64_t) uint8_t volatile_memory[VOLATILE_SIZE];
static FFAV_RETAINED struct ffav_variables variables;
static _Alignas(uint64_t) uint8_t volatile_index[VOLATILE_INDEX_SIZE];
static struct ffav_flash nonvolatile_flash;
static struct ffav_counter nonvolatile_counter;
static struct ffav_ram volatile_ram;
static struct ffav_store nonvolatile;
static struct ffav_store volatiles;
static struct ffav_service service;

/* Is there anything but 0xff in a range of the window? */
static bool has_data(const struct ffav_flash *flash, uint64_t offset, uint64_t size)
{
	uint8_t piece[64];

	for (uint64_t end = offset + size; offset < end; offset += sizeof(piece)) {
		if (flash->map)
			memcpy(piece, flash->map + offset, sizeof(piece));
		else if (flash->read(flash->context, (uint32_t)offset, piece, sizeof(piece)))
			return true;
		for (size_t i = 0; i < sizeof(piece); i++) {
			if (piece[i] != 0xff)
				return true;
		}
	}
	return false;
}

/* Headers that power cuts may have torn, one each, while the first store was made. */
#define TORN_MAX 4u

/*
 * An erased window is a new machine's, also where power cuts left the first sectors' headers
 * torn. Anything else that is no store may be somebody's data.
 */
static bool window_is_new(const struct ffav_flash *flash)
{
	uint32_t size = flash->sector_size;
	uint32_t torn = 0;

	for (uint32_t i = 0; i < flash->sector_count; i++) {
		uint64_t sector = (uint64_t)i * size;

		if (has_data(flash, sector + HEADER_SIZE, size - HEADER_SIZE))
			return false;
		torn += has_data(flash, sector, HEADER_SIZE);
	}
	return torn <= TORN_MAX;
}

static const char *why_not_mounted(int result)
{
	switch (result) {
	case FFAV_STORE_FOREIGN:
		return "The flash window holds neither a variable store nor erased flash; "
		       "it is left as it is.";
	case FFAV_STORE_VERSION:
		return "The variable store is of a format version that this partition does "
		       "not know; it is left as it is.";
	case FFAV_STORE_NO_INDEX:
		return "The variable store holds more variables than maximum-variables.";
	default:
		return "The flash of the variable store cannot be read.";
	}
}

/* The flash answers for nothing here: what the counter says decides whether a store is the newest. */
static const char *bind_nonvolatile(bool rebind)
{
	switch (ffav_store_bind(&nonvolatile, &nonvolatile_counter, rebind)) {
	case FFAV_STORE_OK:
		return NULL;
	case FFAV_STORE_ROLLED_BACK:
		return "The variable store is older than its monotonic counter says: an "
		       "earlier "
		       "image was put in its place. rebind-variable-store in the manifest "
		       "takes "
		       "it as it is.";
	case FFAV_STORE_COUNTER:
		return "The monotonic counter of the variable store cannot be read, or is not "
		       "the one that the store was used with.";
	case FFAV_STORE_IO_ERROR:
		return "What the variable store says of its monotonic counter cannot be read.";
	default:
		return "The variable store has no room to be bound to its monotonic counter.";
	}
}

/* A blank window is a new machine's, unless the counter says that there was a store. */
static bool may_format(const struct ffav_flash *flash, bool counted, bool rebind)
{
	uint64_t value;

	return window_is_new(flash) &&
	       (!counted || rebind ||
		(!nonvolatile_counter.read(nonvolatile_counter.context, &value) && !value));
}

static const char *mount_nonvolatile(const struct ffav_mm_config *config)
{
	bool counted = ffav_partition_counter(&nonvolatile_counter);
	uint32_t items = config->items;
	size_t size;
	int result;

	if (config->store_size > UINT32_MAX ||
	    ffav_partition_flash(&nonvolatile_flash, config->store_address,
				 (size_t)config->store_size))
		return "There is no flash that fits the device region variable-store.";
	/* What binds the store to its counter is an item, too. */
	if (counted && items < UINT32_MAX)
		items++;
	size = ffav_store_memory(&nonvolatile_flash, items);
	if (size > sizeof(nonvolatile_index))
		return "The manifest's maximum-variables is more than the index has room for.";
	result = ffav_store_mount(&nonvolatile, &nonvolatile_flash, nonvolatile_index, size);
	/* A torn header can look like one of another version. */
	if ((result == FFAV_STORE_FOREIGN || result == FFAV_STORE_VERSION) &&
	    may_format(&nonvolatile_flash, counted, config->rebind_store)) {
		result = ffav_store_format(&nonvolatile_flash);
		if (result == FFAV_STORE_OK)
			result = ffav_store_mount(&nonvolatile, &nonvolatile_flash,
						  nonvolatile_index, size);
	}
	if (result == FFAV_STORE_FOREIGN && counted && window_is_new(&nonvolatile_flash))
		return "The flash window is erased, but the monotonic counter says that it "
		       "held "
		       "a variable store. rebind-variable-store in the manifest makes a new "
		       "one.";
	if (result != FFAV_STORE_OK)
		return why_not_mounted(result);
	return counted ? bind_nonvolatile(config->rebind_store) : NULL;
}

/* What is set apart must leave something for all others. */
static const char *check_parts(const struct ffav_mm_config *config)
{
	struct ffav_store_space space;

	ffav_store_space(&nonvolatile, &space);
	if ((uint64_t)config->error_record_size + config->boot_size >= space.total)
		return "The manifest's hardware-error-size and boot-reserved-size leave "
		       "nothing of the variable store.";
	return NULL;
}

/* @again: the partition was started again after a fault */
static const char *mount_volatiles(bool again)
{
	static const char why[] = "The memory of the volatile variables makes no store.";
	const struct ffav_flash *flash = &volatile_ram.flash;
	size_t size;

	if (again)
		ffav_ram_resume(&volatile_ram, volatile_memory, sizeof(volatile_memory),
				VOLATILE_SECTOR);
	else
		ffav_ram_init(&volatile_ram, volatile_memory, sizeof(volatile_memory),
			      VOLATILE_SECTOR);
	size = ffav_store_memory(flash, VOLATILE_ITEMS);
	if (size > sizeof(volatile_index) ||
	    (!again && ffav_store_format(flash) != FFAV_STORE_OK) ||
	    ffav_store_mount(&volatiles, flash, volatile_index, size) != FFAV_STORE_OK)
		return why;
	return NULL;
}

static const char *start(const struct ffav_mm_config *config, bool again)
{
	struct ffav_variables_config limits = {
		.payload_max = config->payload_max,
		.name_max = config->name_max,
		.data_max = config->data_max,
		.error_record_size = config->error_record_size,
		.boot_size = config->boot_size,
		.boot_items = config->boot_items,
		.platform_verifies_images = config->platform_verifies_images,
		.self_signed_pk = config->self_signed_pk,
		.scratch = scratch,
	};
	const char *why;

	if (config->buffer_size > sizeof(copy))
		return "The shared buffer is larger than the partition's copy of it.";
	if (config->data_max > sizeof(scratch))
		return "The manifest's maximum-data-size is more than there is memory for.";
	if (config->name_max > FFAV_VARIABLES_NAME_MAX)
		return "The manifest's maximum-name-size is more than the store's keys take.";
	why = mount_nonvolatile(config);
	if (!why)
		why = check_parts(config);
	if (!why)
		why = mount_volatiles(again);
	if (why)
		return why;
	if (again)
		ffav_variables_resume(&variables, &limits, &nonvolatile, &volatiles);
	else
		ffav_variables_init(&variables, &limits, &nonvolatile, &volatiles);

	service.shared =
		ffav_partition_map(config->buffer_address, (size_t)config->buffer_size);
	if (!service.shared)
		return "The shared buffer is not mapped.";
	service.shared_address = config->buffer_physical;
	service.shared_size = (size_t)config->buffer_size;
	service.own.shared = service.shared;
	service.own.address = service.shared_address;
	service.own.size = service.shared_size;
	/* Not the one before a reset, where memory outlives that. */
	service.handle = 0;
	service.copy = copy;
	service.copy_size = sizeof(copy);
	service.variables = &variables;
	return NULL;
}

_Noreturn void ffav_mm_main(const void *boot_info, size_t boot_info_size)
{
	struct ffav_mm_config config;
	const char *why = "There is no boot information that names a device tree.";
	uint64_t fdt;
	uint32_t fdt_size;

	/* The header says how long the blob is; a page is mapped whole. */
	if (!boot_info)
		boot_info_size = 0;
	else if (!boot_info_size)
		boot_info_size = FFA_PAGE_SIZE - (uintptr_t)boot_info % FFA_PAGE_SIZE;
	if (ffav_boot_info_decode(boot_info, boot_info_size, &fdt, &fdt_size) &&
	    ffav_mm_config_parse((const void *)(uintptr_t)fdt, fdt_size, &config, &why))
		why = start(&config, ffav_boot_info_restarts(boot_info, boot_info_size) != 0);
	if (why)
		ffav_mm_fail(why);
	ffav_mm_loop(&service, config.console_log);
}
