/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Messages that are no EFI service, sent through the raw MM communicate call. Boot only.
 */
#include "abi/variable.h"
#include "connection.h"
#include "shim.h"

/* Names that U-Boot protects are its own, the longest of them 21 characters. */
#define NAME_MAX_SIZE 256u

/* Room for the headers of either version. */
#define HEADERS_MAX (MM_HEADER_V3_SIZE + FFAV_VAR_HEADER_SIZE)

/*
 * Write the headers of a message with @size bytes of payload, in the version that the
 * partition takes. Return: where the payload goes.
 */
FFAV_BOOT static uint8_t *put_headers(uint8_t *message, uint64_t function, size_t size)
{
	struct efi_guid guid = MM_VARIABLE_GUID;
	struct ffav_mm_header header = {guid.b, ffavars_mm.header_size,
					FFAV_VAR_HEADER_SIZE + size};
	uint8_t *data = message + header.header_size;

	ffav_mm_header_encode(message, header.header_size + (size_t)header.data_size, &header);
	/* A server that answers without writing its status has not succeeded. */
	ffav_var_header_encode(data, function, EFI_DEVICE_ERROR);
	return data + FFAV_VAR_HEADER_SIZE;
}

/* The status in a reply of @size bytes that was asked for with put_headers(). */
FFAV_BOOT static efi_status_t reply_status(const uint8_t *message, size_t size,
					   uint64_t function)
{
	const uint8_t *data = message + ffavars_mm.header_size;

	if (size < ffavars_mm.header_size + FFAV_VAR_HEADER_SIZE ||
	    ffav_var_function(data) != function)
		return EFI_DEVICE_ERROR;
	return ffav_var_status(data);
}

FFAV_BOOT int ffavars_ask_payload_size(unsigned long *payload,
				       int (*communicate)(void *message, unsigned long *size))
{
	uint8_t message[HEADERS_MAX + FFAV_VAR_PAYLOAD_SIZE_SIZE];
	uint8_t *data = put_headers(message, FFAV_VAR_PAYLOAD_SIZE, FFAV_VAR_PAYLOAD_SIZE_SIZE);
	unsigned long size = (unsigned long)(data - message) + FFAV_VAR_PAYLOAD_SIZE_SIZE;
	unsigned long sent = size;
	int ret;

	ffav_put64(data, 0);
	ret = communicate(message, &size);
	if (ret)
		return ret;
	if (size < sent || reply_status(message, size, FFAV_VAR_PAYLOAD_SIZE))
		return -1;
	*payload = ffav_get64(data);
	return 0;
}

/* Bytes of a name with its terminator, or 0 if it is longer than this file sends. */
FFAV_BOOT static size_t name_size_of(const unsigned short *name)
{
	for (size_t i = 0; i < NAME_MAX_SIZE / 2; i++) {
		if (!name[i])
			return 2 * (i + 1);
	}
	return 0;
}

FFAV_BOOT unsigned long ffavars_protect(const unsigned short *name, const void *guid,
					unsigned int attributes, unsigned long size,
					int read_only)
{
	uint8_t message[HEADERS_MAX + FFAV_VAR_CHECK_SIZE + NAME_MAX_SIZE];
	struct ffav_var_check check = {
		.guid = guid,
		.name = (const uint8_t *)name,
		.name_size = name_size_of(name),
		.revision = FFAV_VAR_CHECK_REVISION,
		.property = read_only ? FFAV_VAR_CHECK_READ_ONLY : 0,
		.attributes = attributes,
		.min_size = 1,
		.max_size = size,
	};
	size_t payload_size = FFAV_VAR_CHECK_SIZE + (size_t)check.name_size;
	unsigned long bytes;
	efi_status_t status;
	uint8_t *data;

	if (!check.name_size)
		return EFI_INVALID_PARAMETER;
	data = put_headers(message, FFAV_VAR_CHECK_PROPERTY_SET, payload_size);
	ffav_var_check_encode(data, payload_size, &check);
	bytes = (unsigned long)(data - message) + payload_size;
	status = ffavars_communicate(message, &bytes);
	if (status)
		return status;
	return reply_status(message, bytes, FFAV_VAR_CHECK_PROPERTY_SET);
}
