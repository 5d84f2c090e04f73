// SPDX-License-Identifier: BSD-3-Clause
#include <inttypes.h>
#include <stdlib.h>

#include "tools/ffavars/edk2.h"

const struct edk2_layout edk2_layouts[] = {
	{"armvirt", "edk2 for QEMU's Arm machine, AAVMF_VARS.fd", 0x00000e36, 0x40000, 0x40000,
	 0, 0x40000, 0x40000, 0x4000000},
	{"ovmf", "OVMF with 4 MiB of flash, OVMF_VARS_4M.fd", 0x0004feff, 0x1000, 0x40000,
	 0x1000, 0x1000, 0x42000, 0x84000},
	{"ovmf-2m", "OVMF with 2 MiB of flash, OVMF_VARS.fd", 0x0004feff, 0x1000, 0xe000,
	 0x1000, 0x1000, 0x10000, 0x20000},
	{.name = NULL},
};

static const struct efi_guid nv_data = EDK2_NV_DATA_GUID;
static const struct efi_guid authenticated = EDK2_AUTHENTICATED_GUID;
static const struct efi_guid working = EDK2_WORKING_GUID;
static const struct efi_guid certdb = EDK2_CERTDB_GUID;

uint16_t edk2_checksum(const uint8_t *in, size_t size)
{
	uint16_t sum = 0;

	for (size_t i = 0; i + 2 <= size; i += 2)
		sum = (uint16_t)(sum + ffav_get16(in + i));
	return sum;
}

/* The CRC counts the fields that change later as if they were erased. */
uint32_t edk2_working_crc(const uint8_t *header)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < EDK2_WORKING_SIZE; i++) {
		crc ^= i >= 16 && i < 24 ? 0xff : header[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
	}
	return ~crc;
}

static void write_volume_header(uint8_t *out, const struct edk2_layout *l)
{
	uint32_t length = l->variables + l->log + l->working + l->spare;

	memset(out, 0, EDK2_FV_SIZE);
	memcpy(out + EDK2_FV_GUID_AT, &nv_data, sizeof(nv_data));
	ffav_put64(out + EDK2_FV_LENGTH_AT, length);
	ffav_put32(out + EDK2_FV_MAGIC_AT, EDK2_FV_MAGIC);
	ffav_put32(out + EDK2_FV_FLAGS_AT, l->flags);
	ffav_put16(out + EDK2_FV_HEADER_AT, EDK2_FV_SIZE);
	out[EDK2_FV_REVISION_AT] = EDK2_FV_REVISION;
	ffav_put32(out + EDK2_FV_BLOCKS_AT, length / l->block);
	ffav_put32(out + EDK2_FV_BLOCKS_AT + 4, l->block);
	ffav_put16(out + EDK2_FV_CHECKSUM_AT,
		   (uint16_t)(0u - edk2_checksum(out, EDK2_FV_SIZE)));
}

static void write_store_header(uint8_t *out, uint32_t size)
{
	memset(out, 0, EDK2_STORE_SIZE);
	memcpy(out, &authenticated, sizeof(authenticated));
	ffav_put32(out + 16, size);
	out[20] = EDK2_STORE_FORMATTED;
	out[21] = EDK2_STORE_HEALTHY;
}

static void write_working_header(uint8_t *out, uint32_t size)
{
	memset(out, 0xff, EDK2_WORKING_SIZE);
	memcpy(out, &working, sizeof(working));
	ffav_put64(out + 24, size - EDK2_WORKING_SIZE);
	ffav_put32(out + 16, edk2_working_crc(out));
	out[20] = EDK2_WORKING_VALID;
}

static size_t record_size(const struct variable *v)
{
	return EDK2_RECORD_SIZE + 2 * (v->name_length + 1) + v->size;
}

static void write_record(uint8_t *out, const struct variable *v)
{
	memset(out, 0, EDK2_RECORD_SIZE);
	ffav_put16(out, EDK2_RECORD_START);
	out[2] = EDK2_ADDED;
	ffav_put32(out + 4, v->attributes);
	if (v->has_time)
		memcpy(out + 16, v->time, sizeof(v->time));
	ffav_put32(out + 36, (uint32_t)(2 * (v->name_length + 1)));
	ffav_put32(out + 40, (uint32_t)v->size);
	memcpy(out + 44, &v->guid, sizeof(v->guid));
	out += EDK2_RECORD_SIZE;
	for (size_t i = 0; i <= v->name_length; i++, out += 2)
		ffav_put16(out, v->name[i]);
	memcpy(out, v->data, v->size);
}

/* Return: false after a problem. */
static bool put_record(uint8_t *volume, size_t *at, size_t end, const struct variable *v,
		       struct problem *p)
{
	size_t start = (size_t)ffav_align_up(*at, EDK2_RECORD_ALIGN);
	char label[160];

	if (!ffav_range_in(start, record_size(v), end)) {
		problem_set(p,
			    "The variables do not fit into the volume's %zu bytes: %s needs "
			    "%zu more, and %zu are left. Another --layout may have more.",
			    end - EDK2_FV_SIZE - EDK2_STORE_SIZE,
			    variable_label(v, label, sizeof(label)), record_size(v),
			    end > start ? end - start : 0);
		return false;
	}
	write_record(volume + start, v);
	*at = start + record_size(v);
	return true;
}

static bool put_certdb(uint8_t *volume, size_t *at, size_t end, const struct variables *list,
		       struct problem *p)
{
	static uint16_t name[] = {'c', 'e', 'r', 't', 'd', 'b', 0};
	struct variable v = {
		.guid = certdb,
		.name = name,
		.name_length = sizeof(name) / sizeof(name[0]) - 1,
		.attributes = EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS |
			      EFI_VARIABLE_RUNTIME_ACCESS |
			      EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS,
	};
	bool result = true;

	v.data = edk2_certdb_make(list, &v.size);
	if (!v.data) {
		problem_set(p, "There is no memory.");
		return false;
	}
	if (v.size)
		result = put_record(volume, at, end, &v, p);
	free(v.data);
	return result;
}

uint8_t *edk2_write(const struct variables *list, const struct edk2_layout *layout,
		    struct problem *p)
{
	uint32_t length = layout->variables + layout->log + layout->working + layout->spare;
	size_t end = layout->variables;
	size_t at = EDK2_FV_SIZE + EDK2_STORE_SIZE;
	uint8_t *out = calloc(1, layout->file);

	if (!out) {
		problem_set(p, "There is no memory.");
		return NULL;
	}
	memset(out, 0xff, length);
	write_volume_header(out, layout);
	write_store_header(out + EDK2_FV_SIZE, layout->variables - EDK2_FV_SIZE);
	write_working_header(out + layout->variables + layout->log, layout->working);
	for (size_t i = 0; i < list->count; i++) {
		if (!put_record(out, &at, end, &list->all[i], p))
			goto fail;
	}
	if (put_certdb(out, &at, end, list, p))
		return out;
fail:
	free(out);
	return NULL;
}
