/* SPDX-License-Identifier: BSD-3-Clause */
/** DOC: Device paths as text, UEFI 2.10 section 10.6 */
#ifndef FFAVARS_DEVICEPATH_H
#define FFAVARS_DEVICEPATH_H

#include <stdio.h>

#include "abi/efi.h"

/**
 * device_path_print() - Print a device path.
 * @out: where to, without a newline; UTF-8 that may hold any character
 * @path: the path's bytes, which may be anything
 * @size: how many
 *
 * Nodes without a text of their own here are printed as "Path(type,subtype,bytes)". Return: false
 * where a node does not fit into the path; a note about it is then part of the text.
 */
bool device_path_print(FILE *out, const uint8_t *path, size_t size);

/**
 * struct device_node - One node of a path.
 * @data: behind its header
 * @size: bytes there
 */
struct device_node {
	const uint8_t *data;
	size_t size;
};

/**
 * device_node_message() - Print a node of a messaging device, section 10.3.4.
 * @out: where to
 * @subtype: of the node
 * @n: the node
 *
 * Return: false if this is none that is known here, or it is too short; nothing is printed then.
 */
bool device_node_message(FILE *out, uint8_t subtype, const struct device_node *n);

/** device_node_vendor() - Print a node that is a vendor's: @kind, the GUID, the bytes behind it. */
void device_node_vendor(FILE *out, const char *kind, const struct device_node *n);

/** device_node_ascii() - Print characters up to a NUL or @size; other than ASCII becomes '?'. */
void device_node_ascii(FILE *out, const uint8_t *text, size_t size);

/** device_node_utf16() - Print UTF-16 up to a NUL or @size bytes as UTF-8. */
void device_node_utf16(FILE *out, const uint8_t *text, size_t size);

#endif
