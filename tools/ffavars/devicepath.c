// SPDX-License-Identifier: BSD-3-Clause
#include "tools/ffavars/devicepath.h"

#include <inttypes.h>
#include <stdlib.h>

#include "tools/ffavars/decode.h"
#include "tools/ffavars/name.h"

/** Bytes of a node's header: type, subtype, length 2. */
#define NODE_HEADER  4u
#define TYPE_MESSAGE 3u
#define TYPE_END     0x7fu

void device_node_ascii(FILE *out, const uint8_t *text, size_t size)
{
	for (size_t i = 0; i < size && text[i]; i++)
		fputc(text[i] >= 0x20 && text[i] < 0x7f ? text[i] : '?', out);
}

void device_node_utf16(FILE *out, const uint8_t *text, size_t size)
{
	char *utf8 = decode_text(text, size);

	if (utf8)
		fputs(utf8, out);
	free(utf8);
}

static void print_guid(FILE *out, const uint8_t *guid)
{
	struct efi_guid copy;

	memcpy(&copy, guid, sizeof(copy));
	name_print_guid(out, &copy);
}

void device_node_vendor(FILE *out, const char *kind, const struct device_node *n)
{
	fprintf(out, "%s(", kind);
	print_guid(out, n->data);
	for (size_t i = sizeof(struct efi_guid); i < n->size; i++)
		fprintf(out, "%s%02x", i == sizeof(struct efi_guid) ? "," : "", n->data[i]);
	fputc(')', out);
}

static void print_pci(FILE *out, const struct device_node *n)
{
	fprintf(out, "Pci(0x%x,0x%x)", n->data[1], n->data[0]);
}

static void print_pc_card(FILE *out, const struct device_node *n)
{
	fprintf(out, "PcCard(0x%x)", n->data[0]);
}

static void print_memory(FILE *out, const struct device_node *n)
{
	fprintf(out, "MemoryMapped(%" PRIu32 ",0x%" PRIx64 ",0x%" PRIx64 ")",
		ffav_get32(n->data), ffav_get64(n->data + 4), ffav_get64(n->data + 12));
}

static void print_ven_hw(FILE *out, const struct device_node *n)
{
	device_node_vendor(out, "VenHw", n);
}

static void print_controller(FILE *out, const struct device_node *n)
{
	fprintf(out, "Ctrl(0x%" PRIx32 ")", ffav_get32(n->data));
}

static void print_bmc(FILE *out, const struct device_node *n)
{
	fprintf(out, "BMC(0x%x,0x%" PRIx64 ")", n->data[0], ffav_get64(n->data + 1));
}

/* Ids of PCI roots have words; others are "PNP" and a number. */
static void print_acpi(FILE *out, const struct device_node *n)
{
	uint32_t hid = ffav_get32(n->data);
	uint32_t uid = ffav_get32(n->data + 4);

	if (hid == UINT32_C(0x0a0341d0))
		fprintf(out, "PciRoot(0x%" PRIx32 ")", uid);
	else if (hid == UINT32_C(0x0a0841d0))
		fprintf(out, "PcieRoot(0x%" PRIx32 ")", uid);
	else if ((hid & 0xffff) == 0x41d0)
		fprintf(out, "Acpi(PNP%04" PRIX32 ",0x%" PRIx32 ")", hid >> 16, uid);
	else
		fprintf(out, "Acpi(0x%08" PRIX32 ",0x%" PRIx32 ")", hid, uid);
}

/* The node has HID, UID and CID, as numbers and then as strings; the text has UID last. */
static void print_acpi_extended(FILE *out, const struct device_node *n)
{
	static const size_t order[] = {0, 2, 1};
	size_t start[3], at = 12;

	for (size_t i = 0; i < 3; i++) {
		start[i] = at < n->size ? at : n->size;
		while (at < n->size && n->data[at])
			at++;
		at++;
	}
	fputs("AcpiEx(", out);
	for (size_t i = 0; i < 3; i++)
		fprintf(out, "%s0x%08" PRIX32, i ? "," : "",
			ffav_get32(n->data + 4 * order[i]));
	for (size_t i = 0; i < 3; i++) {
		fputc(',', out);
		device_node_ascii(out, n->data + start[order[i]], n->size - start[order[i]]);
	}
	fputc(')', out);
}

static void print_acpi_address(FILE *out, const struct device_node *n)
{
	fputs("AcpiAdr(", out);
	for (size_t i = 0; i + 4 <= n->size; i += 4)
		fprintf(out, "%s0x%" PRIx32, i ? "," : "", ffav_get32(n->data + i));
	fputc(')', out);
}

static void print_hard_drive(FILE *out, const struct device_node *n)
{
	const uint8_t *d = n->data;

	fprintf(out, "HD(%" PRIu32 ",", ffav_get32(d));
	if (d[37] == 2) {
		fputs("GPT,", out);
		print_guid(out, d + 20);
	} else if (d[37] == 1) {
		fprintf(out, "MBR,0x%08" PRIx32, ffav_get32(d + 20));
	} else {
		fprintf(out, "%u", d[37]);
	}
	fprintf(out, ",0x%" PRIx64 ",0x%" PRIx64 ")", ffav_get64(d + 4), ffav_get64(d + 12));
}

static void print_cd(FILE *out, const struct device_node *n)
{
	fprintf(out, "CDROM(0x%" PRIx32 ",0x%" PRIx64 ",0x%" PRIx64 ")", ffav_get32(n->data),
		ffav_get64(n->data + 4), ffav_get64(n->data + 12));
}

static void print_ven_media(FILE *out, const struct device_node *n)
{
	device_node_vendor(out, "VenMedia", n);
}

static void print_file(FILE *out, const struct device_node *n)
{
	device_node_utf16(out, n->data, n->size);
}

static void print_protocol(FILE *out, const struct device_node *n)
{
	device_node_vendor(out, "Media", n);
}

static void print_fv_file(FILE *out, const struct device_node *n)
{
	device_node_vendor(out, "FvFile", n);
}

static void print_fv(FILE *out, const struct device_node *n)
{
	device_node_vendor(out, "Fv", n);
}

static void print_range(FILE *out, const struct device_node *n)
{
	fprintf(out, "Offset(0x%" PRIx64 ",0x%" PRIx64 ")", ffav_get64(n->data + 4),
		ffav_get64(n->data + 12));
}

static void print_ram_disk(FILE *out, const struct device_node *n)
{
	fprintf(out, "RamDisk(0x%" PRIx64 ",0x%" PRIx64 ",%u,", ffav_get64(n->data),
		ffav_get64(n->data + 8), ffav_get16(n->data + 32));
	print_guid(out, n->data + 16);
	fputc(')', out);
}

static void print_bbs(FILE *out, const struct device_node *n)
{
	static const char *const kinds[] = {NULL,     "Floppy", "HD",     "CDROM",
					    "PCMCIA", "USB",    "Network"};
	uint16_t kind = ffav_get16(n->data);

	fputs("BBS(", out);
	if (kind < sizeof(kinds) / sizeof(kinds[0]) && kinds[kind])
		fputs(kinds[kind], out);
	else
		fprintf(out, "0x%x", kind);
	if (n->size > 4) {
		fputc(',', out);
		device_node_ascii(out, n->data + 4, n->size - 4);
	}
	fputc(')', out);
}

static const struct {
	uint8_t type;
	uint8_t subtype;
	/* Fewest bytes behind the header. */
	uint8_t size;
	void (*print)(FILE *out, const struct device_node *n);
} kinds[] = {
	{1, 1, 2, print_pci},          {1, 2, 1, print_pc_card},
	{1, 3, 20, print_memory},      {1, 4, 16, print_ven_hw},
	{1, 5, 4, print_controller},   {1, 6, 9, print_bmc},
	{2, 1, 8, print_acpi},         {2, 2, 12, print_acpi_extended},
	{2, 3, 4, print_acpi_address}, {4, 1, 38, print_hard_drive},
	{4, 2, 20, print_cd},          {4, 3, 16, print_ven_media},
	{4, 4, 2, print_file},         {4, 5, 16, print_protocol},
	{4, 6, 16, print_fv_file},     {4, 7, 16, print_fv},
	{4, 8, 20, print_range},       {4, 9, 34, print_ram_disk},
	{5, 1, 2, print_bbs},
};

static void print_node(FILE *out, uint8_t type, uint8_t subtype, const struct device_node *n)
{
	if (type == TYPE_MESSAGE && device_node_message(out, subtype, n))
		return;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].type == type && kinds[i].subtype == subtype &&
		    n->size >= kinds[i].size) {
			kinds[i].print(out, n);
			return;
		}
	}
	fprintf(out, "Path(%u,%u", type, subtype);
	for (size_t i = 0; i < n->size; i++)
		fprintf(out, "%s%02x", i ? "" : ",", n->data[i]);
	fputc(')', out);
}

bool device_path_print(FILE *out, const uint8_t *path, size_t size)
{
	const char *separator = "";

	while (size) {
		uint8_t type = size >= NODE_HEADER ? path[0] & 0x7f : 0;
		size_t length = size >= NODE_HEADER ? ffav_get16(path + 2) : 0;

		if (length < NODE_HEADER || length > size) {
			fprintf(out, "%s(the path is broken, %zu bytes before its end)",
				separator, size);
			return false;
		}
		if (type == TYPE_END) {
			if (path[1] == 0xff)
				return true;
			separator = ",";
		} else {
			fputs(separator, out);
			print_node(out, type, path[1],
				   &(struct device_node){path + NODE_HEADER,
							 length - NODE_HEADER});
			separator = "/";
		}
		path += length;
		size -= length;
	}
	fputs(" (the path has no end)", out);
	return false;
}
