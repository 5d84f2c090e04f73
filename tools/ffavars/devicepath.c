// SPDX-License-Identifier: BSD-3-Clause
#include "tools/ffavars/devicepath.h"

#include <inttypes.h>
#include <stdlib.h>

#include "tools/ffavars/name.h"

/** Bytes of a node's header: type, subtype, length 2. */
#define NODE_HEADER 4u
#define TYPE_END    0x7fu

/**
 * struct node - One node.
 * @data: behind its header
 * @size: bytes there
 */
struct node {
	const uint8_t *data;
	size_t size;
};

void utf16_print(FILE *out, const uint8_t *text, size_t size)
{
	uint16_t *units = calloc(size / 2 + 1, sizeof(*units));

	if (!units)
		return;
	for (size_t i = 0; i < size / 2; i++)
		units[i] = ffav_get16(text + 2 * i);
	name_print_text(out, units);
	free(units);
}

static void print_pci(FILE *out, const struct node *n)
{
	fprintf(out, "Pci(0x%x,0x%x)", n->data[1], n->data[0]);
}

static void print_vendor(FILE *out, const char *kind, const struct node *n)
{
	fprintf(out, "%s(", kind);
	name_print_guid(out, (const struct efi_guid *)(const void *)n->data);
	for (size_t i = 16; i < n->size; i++)
		fprintf(out, "%s%02x", i == 16 ? "," : "", n->data[i]);
	fputc(')', out);
}

static void print_ven_hw(FILE *out, const struct node *n)
{
	print_vendor(out, "VenHw", n);
}

static void print_ven_msg(FILE *out, const struct node *n)
{
	print_vendor(out, "VenMsg", n);
}

static void print_ven_media(FILE *out, const struct node *n)
{
	print_vendor(out, "VenMedia", n);
}

static void print_memory(FILE *out, const struct node *n)
{
	fprintf(out, "MemoryMapped(%" PRIu32 ",0x%" PRIx64 ",0x%" PRIx64 ")",
		ffav_get32(n->data), ffav_get64(n->data + 4), ffav_get64(n->data + 12));
}

/* ACPI ids of PCI roots have words; others are "PNP" and a number. */
static void print_acpi(FILE *out, const struct node *n)
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

static void print_scsi(FILE *out, const struct node *n)
{
	fprintf(out, "Scsi(0x%x,0x%x)", ffav_get16(n->data), ffav_get16(n->data + 2));
}

static void print_usb(FILE *out, const struct node *n)
{
	fprintf(out, "USB(0x%x,0x%x)", n->data[0], n->data[1]);
}

static void print_sata(FILE *out, const struct node *n)
{
	fprintf(out, "Sata(0x%x,0x%x,0x%x)", ffav_get16(n->data), ffav_get16(n->data + 2),
		ffav_get16(n->data + 4));
}

static void print_nvme(FILE *out, const struct node *n)
{
	fprintf(out, "NVMe(0x%" PRIx32, ffav_get32(n->data));
	for (size_t i = 8; i--;)
		fprintf(out, "%c%02X", i == 7 ? ',' : '-', n->data[4 + i]);
	fputc(')', out);
}

static void print_mac(FILE *out, const struct node *n)
{
	/* Ethernet and its like use 6 of the 32 bytes. */
	size_t size = n->data[32] <= 1 ? 6 : 32;

	fputs("MAC(", out);
	for (size_t i = 0; i < size; i++)
		fprintf(out, "%02x", n->data[i]);
	fprintf(out, ",0x%x)", n->data[32]);
}

static void print_ipv4(FILE *out, const struct node *n)
{
	const uint8_t *d = n->data;

	fprintf(out, "IPv4(%u.%u.%u.%u)", d[4], d[5], d[6], d[7]);
}

static void print_ipv6(FILE *out, const struct node *n)
{
	fputs("IPv6(", out);
	for (size_t i = 0; i < 16; i += 2)
		fprintf(out, "%s%02x%02x", i ? ":" : "", n->data[16 + i], n->data[17 + i]);
	fputc(')', out);
}

static void print_uri(FILE *out, const struct node *n)
{
	fputs("Uri(", out);
	for (size_t i = 0; i < n->size; i++)
		fputc(n->data[i] >= 0x20 && n->data[i] < 0x7f ? n->data[i] : '?', out);
	fputc(')', out);
}

static void print_hard_drive(FILE *out, const struct node *n)
{
	const uint8_t *d = n->data;

	fprintf(out, "HD(%" PRIu32 ",", ffav_get32(d));
	if (d[37] == 2) {
		fputs("GPT,", out);
		name_print_guid(out, (const struct efi_guid *)(const void *)(d + 20));
	} else if (d[37] == 1) {
		fprintf(out, "MBR,0x%08" PRIx32, ffav_get32(d + 20));
	} else {
		fprintf(out, "%u", d[37]);
	}
	fprintf(out, ",0x%" PRIx64 ",0x%" PRIx64 ")", ffav_get64(d + 4), ffav_get64(d + 12));
}

static void print_cd(FILE *out, const struct node *n)
{
	fprintf(out, "CDROM(0x%" PRIx32 ")", ffav_get32(n->data));
}

static void print_file(FILE *out, const struct node *n)
{
	utf16_print(out, n->data, n->size);
}

static void print_guid_node(FILE *out, const char *kind, const struct node *n)
{
	fprintf(out, "%s(", kind);
	name_print_guid(out, (const struct efi_guid *)(const void *)n->data);
	fputc(')', out);
}

static void print_fv_file(FILE *out, const struct node *n)
{
	print_guid_node(out, "FvFile", n);
}

static void print_fv(FILE *out, const struct node *n)
{
	print_guid_node(out, "Fv", n);
}

static void print_bbs(FILE *out, const struct node *n)
{
	fprintf(out, "BBS(0x%x)", ffav_get16(n->data));
}

static const struct {
	uint8_t type;
	uint8_t subtype;
	/* Fewest bytes behind the header. */
	uint8_t size;
	void (*print)(FILE *out, const struct node *n);
} kinds[] = {
	{1, 1, 2, print_pci},        {1, 3, 20, print_memory},     {1, 4, 16, print_ven_hw},
	{2, 1, 8, print_acpi},       {3, 2, 4, print_scsi},        {3, 5, 2, print_usb},
	{3, 10, 16, print_ven_msg},  {3, 11, 33, print_mac},       {3, 12, 15, print_ipv4},
	{3, 13, 35, print_ipv6},     {3, 18, 6, print_sata},       {3, 23, 12, print_nvme},
	{3, 24, 0, print_uri},       {4, 1, 38, print_hard_drive}, {4, 2, 4, print_cd},
	{4, 3, 16, print_ven_media}, {4, 4, 2, print_file},        {4, 6, 16, print_fv_file},
	{4, 7, 16, print_fv},        {5, 1, 2, print_bbs},
};

static void print_node(FILE *out, uint8_t type, uint8_t subtype, const struct node *n)
{
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
				   &(struct node){path + NODE_HEADER, length - NODE_HEADER});
			separator = "/";
		}
		path += length;
		size -= length;
	}
	fputs(" (the path has no end)", out);
	return false;
}
