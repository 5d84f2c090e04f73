/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Read one property out of a flattened device tree
 *
 * The driver asks a tree two questions, so this is all of a reader that it
 * needs (Devicetree Specification 0.4, chapter 5). The tree comes from
 * outside: every offset and length is checked before it is followed.
 */
#ifndef FFAV_UEFI_DEVICETREE_H
#define FFAV_UEFI_DEVICETREE_H

#include "abi/bytes.h"

/**
 * ffav_dt_size() - Size of the tree at @dtb as its header says.
 * @dtb: 8 readable bytes
 *
 * Return: bytes, or 0 if this is no flattened device tree.
 */
size_t ffav_dt_size(const void *dtb);

/**
 * ffav_dt_property() - Find a property of a node.
 * @dtb: the tree, any alignment
 * @dtb_size: bytes readable at @dtb
 * @path: names of the nodes below the root, such as "firmware/ffavars". A name without
 *        a unit address also finds a node that has one.
 * @name: the property, or NULL to ask only whether the node is there
 * @length: length of the property's value, bytes; 0 without @name. May be NULL.
 *
 * Boot only. Return: the value inside the tree, valid as long as the tree is; @dtb
 * if @name is NULL and the node was found; NULL if there is no such node or property,
 * or if the tree is malformed before it.
 */
const void *ffav_dt_property(const void *dtb, size_t dtb_size, const char *path,
			     const char *name, size_t *length);

/** ffav_dt_get32() - Read a big-endian cell. @p: 4 readable bytes, any alignment. */
uint32_t ffav_dt_get32(const void *p);

/** ffav_dt_get64() - Read two big-endian cells as one number. @p: 8 readable bytes. */
uint64_t ffav_dt_get64(const void *p);

#endif
