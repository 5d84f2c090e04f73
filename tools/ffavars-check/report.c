/* SPDX-License-Identifier: BSD-3-Clause */
/* Results as TAP, while there is a console and when there is none any more. */
#include "tools/ffavars-check/check.h"

#include "ports/uefi-driver/devicetree.h"

/* PL011 registers, Arm DDI 0183. */
#define PL011_DR      0x00u
#define PL011_FR      0x18u
#define PL011_FR_FULL (1u << 5)

/* A UART that never drains must not hang the check: this many polls are seconds. */
#define PL011_PATIENCE 10000000u

static void uart_put(uint64_t base, char character)
{
	volatile uint32_t *flags = (volatile uint32_t *)(uintptr_t)(base + PL011_FR);
	volatile uint32_t *data = (volatile uint32_t *)(uintptr_t)(base + PL011_DR);

	for (unsigned int i = 0; i < PL011_PATIENCE && (*flags & PL011_FR_FULL); i++)
		;
	*data = (uint8_t)character;
}

static void put(const struct check *c, char character)
{
	uint16_t text[2] = {(uint8_t)character, 0};

	if (character == '\n')
		put(c, '\r');
	if (c->phase == CHECK_BOOT)
		c->system_table->console_out->output_string(c->system_table->console_out, text);
	else if (c->uart)
		uart_put(c->uart, character);
}

void check_print(const struct check *c, const char *text)
{
	for (; *text; text++)
		put(c, *text);
}

void check_print_hex(const struct check *c, uint64_t value)
{
	unsigned int shift = 60;

	check_print(c, "0x");
	while (shift && !(value >> shift))
		shift -= 4;
	for (;; shift -= 4) {
		unsigned int digit = (unsigned int)(value >> shift) & 0xf;

		put(c, (char)(digit < 10 ? '0' + digit : 'a' + digit - 10));
		if (!shift)
			break;
	}
}

void check_print_number(const struct check *c, uint64_t value)
{
	if (value >= 10)
		check_print_number(c, value / 10);
	put(c, (char)('0' + value % 10));
}

static void print_start(struct check *c, bool ok, const char *rule)
{
	static const char *const phases[] = {"boot: ", "runtime: ", "virtual: "};

	c->points++;
	c->failed += !ok;
	check_print(c, ok ? "ok " : "not ok ");
	check_print_number(c, c->points);
	check_print(c, " - ");
	check_print(c, phases[c->phase]);
	check_print(c, rule);
}

void check_point(struct check *c, bool ok, const char *rule, const char *section,
		 uint64_t value)
{
	print_start(c, ok, rule);
	check_print(c, " [");
	check_print(c, section);
	check_print(c, "]\n");
	if (!ok) {
		check_print(c, "# seen: ");
		check_print_hex(c, value);
		check_print(c, "\n");
	}
}

void check_skip(struct check *c, const char *rule, const char *why)
{
	print_start(c, true, rule);
	check_print(c, " # SKIP ");
	check_print(c, why);
	check_print(c, "\n");
}

/* Does this "compatible" list of strings name a PL011? */
static bool is_pl011(const char *list, size_t length)
{
	static const char name[] = "arm,pl011";

	for (size_t at = 0; at + sizeof(name) <= length; at++) {
		if ((!at || !list[at - 1]) && !memcmp(list + at, name, sizeof(name)))
			return true;
	}
	return false;
}

/* The console that the tree chooses; any other PL011 may belong to the secure world. */
static uint64_t console_of(const void *dtb)
{
	size_t size = ffav_dt_size(dtb), length = 0, at = 0;
	char path[128];
	const char *chosen, *compatible;
	const uint8_t *reg;

	chosen = ffav_dt_property(dtb, size, "chosen", "stdout-path", &length);
	if (!chosen || length < 2 || chosen[0] != '/')
		return 0;
	/* Without the slash in front, and without options such as ":115200". */
	while (at + 1 < length && at + 1 < sizeof(path) && chosen[at + 1] &&
	       chosen[at + 1] != ':') {
		path[at] = chosen[at + 1];
		at++;
	}
	path[at] = '\0';
	compatible = ffav_dt_property(dtb, size, path, "compatible", &length);
	if (!compatible || !is_pl011(compatible, length))
		return 0;
	reg = ffav_dt_property(dtb, size, path, "reg", &length);
	return reg && length >= 16 ? ffav_dt_get64(reg) : 0;
}

void check_find_uart(struct check *c)
{
	static const struct efi_guid guid = EFI_DEVICE_TREE_TABLE_GUID;
	const struct efi_system_table *st = c->system_table;

	for (uint64_t i = 0; i < st->configuration_tables; i++) {
		if (ffav_guid_equal(&st->configuration_table[i].guid, &guid))
			c->uart = console_of(st->configuration_table[i].table);
	}
}
