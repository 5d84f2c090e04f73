/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Partition packages in the secure flash
 *
 * scripts/make-flash.py writes them behind the monitor and the flash map; the monitor reads
 * them. A table of entries at FFAV_PACKAGE_BASE names each partition's manifest and the
 * segments of its image. Offsets in flash count from FFAV_PACKAGE_BASE. All fields are
 * 32-bit little-endian:
 *
 *   table:   magic 8, version, entry count
 *   entry:   manifest offset, manifest size, segment count, 5 segments
 *   segment: offset in flash, bytes in flash, offset from the load address, bytes in memory,
 *            flags as in an ELF program header (1 execute, 2 write, 4 read, and of those that it
 *            leaves to the operating system 0x100000: a partition that is started again after a
 *            fault finds this segment as it left it)
 */
#ifndef FFAV_QEMU_PACKAGE_H
#define FFAV_QEMU_PACKAGE_H

#define FFAV_PACKAGE_BASE         0x00080000
#define FFAV_PACKAGE_MAGIC        "FFAVPKGS"
#define FFAV_PACKAGE_VERSION      2
#define FFAV_PACKAGE_HEADER_SIZE  16
#define FFAV_PACKAGE_SEGMENTS     5
#define FFAV_PACKAGE_SEGMENT_SIZE 20
#define FFAV_PACKAGE_ENTRY_SIZE   112

#define FFAV_SEGMENT_EXECUTE  1
#define FFAV_SEGMENT_WRITE    2
#define FFAV_SEGMENT_READ     4
#define FFAV_SEGMENT_RETAINED 0x100000

#endif
