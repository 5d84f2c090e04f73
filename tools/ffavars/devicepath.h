/* SPDX-License-Identifier: BSD-3-Clause */
/** DOC: Device paths as text, UEFI 2.10 section 10.6 */
#ifndef FFAVARS_DEVICEPATH_H
#define FFAVARS_DEVICEPATH_H

#include <stdio.h>

#include "abi/efi.h"

/**
 * device_path_print() - Print a device path.
 * @out: where to, without a newline
 * @path: the path's bytes, which may be anything
 * @size: how many
 *
 * Nodes without a text of their own here are printed as "Path(type,subtype,bytes)". Return: false
 * where a node does not fit into the path; a note about it is then part of the text.
 */
bool device_path_print(FILE *out, const uint8_t *path, size_t size);

/** utf16_print() - Print UTF-16 up to a terminator or @size bytes, escaped like a name. */
void utf16_print(FILE *out, const uint8_t *text, size_t size);

#endif
