/* SPDX-License-Identifier: BSD-3-Clause */
/* Entry of ffavars-check.efi. */
#include "tools/ffavars-check/check.h"

#include "ports/uefi-driver/driver.h"

static struct check check;

/* The parts of the driver that are used here ask for these. */
void *ffav_configuration_table(const struct efi_guid *guid)
{
	const struct efi_system_table *st = check.system_table;

	for (uint64_t i = 0; i < st->configuration_tables; i++) {
		if (ffav_guid_equal(&st->configuration_table[i].guid, guid))
			return st->configuration_table[i].table;
	}
	return NULL;
}

void ffav_boot_say(const char *message)
{
	check_print(&check, "# ");
	check_print(&check, message);
	check_print(&check, "\n");
}

/* "uart=0x9000000" anywhere in the load options, UTF-16. */
static void read_options(struct check *c, const struct efi_loaded_image *image)
{
	static const char key[] = "uart=0x";
	const uint16_t *text = image->load_options;
	size_t count = image->load_options_size / 2;
	uint64_t value = 0;

	for (size_t i = 0; text && i + sizeof(key) - 1 <= count; i++) {
		size_t k = 0;

		while (key[k] && text[i + k] == (uint8_t)key[k])
			k++;
		if (key[k])
			continue;
		for (i += k; i < count; i++) {
			unsigned int digit = text[i];

			if (digit >= '0' && digit <= '9')
				digit -= '0';
			else if (digit >= 'a' && digit <= 'f')
				digit -= 'a' - 10;
			else
				break;
			value = value << 4 | digit;
		}
		c->uart = value;
		return;
	}
}

static uint32_t supported_services(void)
{
	static const struct efi_guid guid = EFI_RT_PROPERTIES_TABLE_GUID;
	const struct efi_rt_properties *table = ffav_configuration_table(&guid);

	/* UEFI 2.10 section 4.6: without the table every service is supported. */
	return table ? table->supported : UINT32_MAX;
}

efi_status_t efi_main(efi_handle_t image, struct efi_system_table *system_table);

efi_status_t efi_main(efi_handle_t image, struct efi_system_table *system_table)
{
	static const struct efi_guid loaded = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	struct check_digest before;
	void *interface = NULL;

	check = (struct check){.image = image, .system_table = system_table};
	check_print(&check, "TAP version 13\n");
	check_find_uart(&check);
	if (system_table->boot->handle_protocol(image, &loaded, &interface) == EFI_SUCCESS)
		read_options(&check, interface);
	check.supported = supported_services();
	check_ffa(&check);
	check_plant(&check);
	check_services(&check);
	if (!check_digest(&check, &before)) {
		check_skip(&check, "everything at runtime",
			   "the variables cannot be enumerated");
		check_print(&check, "1..");
		check_print_number(&check, check.points);
		check_print(&check, "\n");
		return EFI_DEVICE_ERROR;
	}
	check_runtime(&check, &before);
	return EFI_DEVICE_ERROR;
}
