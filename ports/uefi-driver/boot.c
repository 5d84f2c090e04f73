/* SPDX-License-Identifier: BSD-3-Clause */
#include "ports/uefi-driver/driver.h"

/* Longest line, characters; longer ones are cut. */
#define LINE 160

static FFAV_BOOT_DATA struct {
	struct efi_system_table *system_table;
	struct efi_boot_services *services;
	struct efi_text_output *console;
	/* While true, lines replace one another in last[] instead of going to the console. */
	bool holding;
	uint16_t last[LINE + 3];
} boot;

FFAV_BOOT void ffav_boot_start(struct efi_system_table *system_table)
{
	boot.system_table = system_table;
	boot.services = system_table->boot;
	boot.console = system_table->console_out;
}

FFAV_BOOT struct efi_boot_services *ffav_boot_services(void)
{
	return boot.services;
}

FFAV_BOOT void ffav_boot_end(void)
{
	boot.system_table = NULL;
	boot.services = NULL;
	boot.console = NULL;
}

/* Append @text to @line, which has room for LINE characters and a line end. */
FFAV_BOOT static size_t append(uint16_t *line, size_t used, const char *text)
{
	for (; *text && used < LINE; text++)
		line[used++] = (uint8_t)*text;
	return used;
}

FFAV_BOOT static void print(const char *message, const char *value)
{
	uint16_t line[LINE + 3];
	size_t used = append(line, 0, "ffavars: ");

	if (!boot.console)
		return;
	used = append(line, used, message);
	used = append(line, used, value);
	line[used++] = '\r';
	line[used++] = '\n';
	line[used] = 0;
	if (boot.holding)
		memcpy(boot.last, line, sizeof(line));
	else
		boot.console->output_string(boot.console, line);
}

FFAV_BOOT void ffav_boot_hold(void)
{
	boot.holding = true;
	boot.last[0] = 0;
}

FFAV_BOOT void ffav_boot_release(void)
{
	boot.holding = false;
	if (boot.console && boot.last[0])
		boot.console->output_string(boot.console, boot.last);
}

FFAV_BOOT void ffav_boot_say(const char *message)
{
	print(message, "");
}

FFAV_BOOT void ffav_boot_log(const char *message, uint64_t value)
{
	char text[] = " (0x0000000000000000)";
	size_t digits = 1;

	for (uint64_t rest = value >> 4; rest; rest >>= 4)
		digits++;
	for (size_t i = 0; i < digits; i++) {
		unsigned int d = (value >> (4 * (digits - 1 - i))) & 0xf;

		text[4 + i] = (char)(d < 10 ? '0' + d : 'a' + d - 10);
	}
	text[4 + digits] = ')';
	text[5 + digits] = '\0';
	print(message, text);
}

FFAV_BOOT void *ffav_configuration_table(const struct efi_guid *guid)
{
	for (uint64_t i = 0; i < boot.system_table->configuration_tables; i++) {
		struct efi_configuration_table *entry =
			&boot.system_table->configuration_table[i];

		if (ffav_guid_equal(&entry->guid, guid))
			return entry->table;
	}
	return NULL;
}

FFAV_BOOT efi_status_t ffav_allocate_runtime(uint64_t size, efi_physical_address_t *address)
{
	struct efi_boot_services *bs = boot.services;
	uint64_t spare = EFI_RUNTIME_PAGE_SIZE - EFI_PAGE_SIZE;
	efi_physical_address_t start, before, after;
	efi_status_t status;

	/* Firmware may align to 4 KiB only: take more and give the ends back. */
	status = bs->allocate_pages(EFI_ALLOCATE_ANY_PAGES, EFI_RUNTIME_SERVICES_DATA,
				    (size + spare) / EFI_PAGE_SIZE, &start);
	if (status != EFI_SUCCESS)
		return status;
	*address = ffav_align_up(start, EFI_RUNTIME_PAGE_SIZE);
	before = *address - start;
	after = spare - before;
	if (before)
		bs->free_pages(start, before / EFI_PAGE_SIZE);
	if (after)
		bs->free_pages(*address + size, after / EFI_PAGE_SIZE);
	return EFI_SUCCESS;
}
