// SPDX-License-Identifier: BSD-3-Clause
/* Nodes of messaging devices: disks, networks, what hangs on a bus; UEFI 2.10 section 10.3.4. */
#include "tools/ffavars/devicepath.h"

#include <inttypes.h>

static void print_ata(FILE *out, const struct device_node *n)
{
	fprintf(out, "Ata(%s,%s,0x%x)", n->data[0] ? "Secondary" : "Primary",
		n->data[1] ? "Slave" : "Master", ffav_get16(n->data + 2));
}

static void print_scsi(FILE *out, const struct device_node *n)
{
	fprintf(out, "Scsi(0x%x,0x%x)", ffav_get16(n->data), ffav_get16(n->data + 2));
}

static void print_fibre(FILE *out, const struct device_node *n)
{
	fprintf(out, "Fibre(0x%" PRIx64 ",0x%" PRIx64 ")", ffav_get64(n->data + 4),
		ffav_get64(n->data + 12));
}

static void print_1394(FILE *out, const struct device_node *n)
{
	fprintf(out, "I1394(%016" PRIx64 ")", ffav_get64(n->data + 4));
}

static void print_usb(FILE *out, const struct device_node *n)
{
	fprintf(out, "USB(0x%x,0x%x)", n->data[0], n->data[1]);
}

static void print_ven_msg(FILE *out, const struct device_node *n)
{
	device_node_vendor(out, "VenMsg", n);
}

static void print_mac(FILE *out, const struct device_node *n)
{
	/* Ethernet and its like use 6 of the 32 bytes. */
	size_t size = n->data[32] <= 1 ? 6 : 32;

	fputs("MAC(", out);
	for (size_t i = 0; i < size; i++)
		fprintf(out, "%02x", n->data[i]);
	fprintf(out, ",0x%x)", n->data[32]);
}

static void print_ipv4_address(FILE *out, const uint8_t *a)
{
	fprintf(out, "%u.%u.%u.%u", a[0], a[1], a[2], a[3]);
}

static void print_ipv6_address(FILE *out, const uint8_t *a)
{
	for (size_t i = 0; i < 16; i += 2)
		fprintf(out, "%s%02x%02x", i ? ":" : "", a[i], a[i + 1]);
}

/* Number of the protocol in an IP header. */
static void print_transport(FILE *out, uint16_t number)
{
	if (number == 6)
		fputs(",TCP", out);
	else if (number == 17)
		fputs(",UDP", out);
	else
		fprintf(out, ",0x%x", number);
}

/* Paths that were made before UEFI 2.3.1 have no gateway and mask. */
static void print_ipv4(FILE *out, const struct device_node *n)
{
	const uint8_t *d = n->data;

	fputs("IPv4(", out);
	print_ipv4_address(out, d + 4);
	print_transport(out, ffav_get16(d + 12));
	fputs(d[14] ? ",Static," : ",DHCP,", out);
	print_ipv4_address(out, d);
	for (size_t i = 15; i + 4 <= n->size && i < 23; i += 4) {
		fputc(',', out);
		print_ipv4_address(out, d + i);
	}
	fputc(')', out);
}

static void print_ipv6(FILE *out, const struct device_node *n)
{
	static const char *const origins[] = {",Static,", ",StatelessAutoConfigure,",
					      ",StatefulAutoConfigure,"};
	const uint8_t *d = n->data;

	fputs("IPv6(", out);
	print_ipv6_address(out, d + 16);
	print_transport(out, ffav_get16(d + 36));
	fputs(d[38] < 3 ? origins[d[38]] : ",?,", out);
	print_ipv6_address(out, d);
	if (n->size >= 56) {
		fprintf(out, ",%u,", d[39]);
		print_ipv6_address(out, d + 40);
	}
	fputc(')', out);
}

static void print_uart(FILE *out, const struct device_node *n)
{
	static const char *const stops[] = {"D", "1", "1.5", "2"};
	uint64_t baud = ffav_get64(n->data + 4);
	uint8_t bits = n->data[12], parity = n->data[13], stop = n->data[14];

	if (baud)
		fprintf(out, "Uart(%" PRIu64 ",", baud);
	else
		fputs("Uart(DEFAULT,", out);
	if (bits)
		fprintf(out, "%u,", bits);
	else
		fputs("DEFAULT,", out);
	fprintf(out, "%c,%s)", parity < 6 ? "DNEOMS"[parity] : '?',
		stop < 4 ? stops[stop] : "?");
}

static void print_usb_class(FILE *out, const struct device_node *n)
{
	fprintf(out, "UsbClass(0x%x,0x%x,0x%x,0x%x,0x%x)", ffav_get16(n->data),
		ffav_get16(n->data + 2), n->data[4], n->data[5], n->data[6]);
}

static void print_usb_wwid(FILE *out, const struct device_node *n)
{
	fprintf(out, "UsbWwid(0x%x,0x%x,0x%x,\"", ffav_get16(n->data + 2),
		ffav_get16(n->data + 4), ffav_get16(n->data));
	device_node_utf16(out, n->data + 6, n->size - 6);
	fputs("\")", out);
}

static void print_unit(FILE *out, const struct device_node *n)
{
	fprintf(out, "Unit(0x%x)", n->data[0]);
}

static void print_sata(FILE *out, const struct device_node *n)
{
	fprintf(out, "Sata(0x%x,0x%x,0x%x)", ffav_get16(n->data), ffav_get16(n->data + 2),
		ffav_get16(n->data + 4));
}

static void print_iscsi(FILE *out, const struct device_node *n)
{
	fputs("iSCSI(", out);
	device_node_ascii(out, n->data + 14, n->size - 14);
	fprintf(out, ",0x%x,0x", ffav_get16(n->data + 12));
	for (size_t i = 4; i < 12; i++)
		fprintf(out, "%02x", n->data[i]);
	fprintf(out, ",0x%x,%s)", ffav_get16(n->data + 2), ffav_get16(n->data) ? "?" : "TCP");
}

static void print_vlan(FILE *out, const struct device_node *n)
{
	fprintf(out, "Vlan(%u)", ffav_get16(n->data));
}

static void print_nvme(FILE *out, const struct device_node *n)
{
	fprintf(out, "NVMe(0x%" PRIx32, ffav_get32(n->data));
	for (size_t i = 8; i--;)
		fprintf(out, "%c%02X", i == 7 ? ',' : '-', n->data[4 + i]);
	fputc(')', out);
}

static void print_uri(FILE *out, const struct device_node *n)
{
	fputs("Uri(", out);
	device_node_ascii(out, n->data, n->size);
	fputc(')', out);
}

static void print_ufs(FILE *out, const struct device_node *n)
{
	fprintf(out, "UFS(0x%x,0x%x)", n->data[0], n->data[1]);
}

static void print_sd(FILE *out, const struct device_node *n)
{
	fprintf(out, "SD(0x%x)", n->data[0]);
}

static void print_emmc(FILE *out, const struct device_node *n)
{
	fprintf(out, "eMMC(0x%x)", n->data[0]);
}

static void print_bluetooth(FILE *out, const struct device_node *n)
{
	fputs("Bluetooth(", out);
	for (size_t i = 0; i < 6; i++)
		fprintf(out, "%02x", n->data[i]);
	fputc(')', out);
}

static void print_bluetooth_le(FILE *out, const struct device_node *n)
{
	fputs("BluetoothLE(", out);
	for (size_t i = 0; i < 6; i++)
		fprintf(out, "%02x", n->data[i]);
	fprintf(out, ",0x%x)", n->data[6]);
}

static void print_wifi(FILE *out, const struct device_node *n)
{
	fputs("Wi-Fi(", out);
	device_node_ascii(out, n->data, n->size < 32 ? n->size : 32);
	fputc(')', out);
}

/* Addresses take 16 bytes, whichever kind they are. */
static void print_dns(FILE *out, const struct device_node *n)
{
	fputs("Dns(", out);
	for (size_t i = 1; i + 16 <= n->size; i += 16) {
		fputs(i > 1 ? "," : "", out);
		if (n->data[0])
			print_ipv6_address(out, n->data + i);
		else
			print_ipv4_address(out, n->data + i);
	}
	fputc(')', out);
}

static const struct {
	uint8_t subtype;
	/* Fewest bytes behind the header. */
	uint8_t size;
	void (*print)(FILE *out, const struct device_node *n);
} kinds[] = {
	{1, 4, print_ata},    {2, 4, print_scsi},       {3, 20, print_fibre},
	{4, 12, print_1394},  {5, 2, print_usb},        {10, 16, print_ven_msg},
	{11, 33, print_mac},  {12, 15, print_ipv4},     {13, 39, print_ipv6},
	{14, 15, print_uart}, {15, 7, print_usb_class}, {16, 6, print_usb_wwid},
	{17, 1, print_unit},  {18, 6, print_sata},      {19, 14, print_iscsi},
	{20, 2, print_vlan},  {23, 12, print_nvme},     {24, 0, print_uri},
	{25, 2, print_ufs},   {26, 1, print_sd},        {27, 6, print_bluetooth},
	{28, 1, print_wifi},  {29, 1, print_emmc},      {30, 7, print_bluetooth_le},
	{31, 1, print_dns},
};

bool device_node_message(FILE *out, uint8_t subtype, const struct device_node *n)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].subtype == subtype && n->size >= kinds[i].size) {
			kinds[i].print(out, n);
			return true;
		}
	}
	return false;
}
