#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Put a secure flash image together.

usage: make-flash.py INCLUDE_ROOT OUTPUT MONITOR_BINARY [PARTITION_ELF MANIFEST_DTB]...

The image has the monitor at its start, the flash map (abi/flashmap.h), the partition
packages (machines/qemu-virt/el3/package.h) and an erased variable store. It is sparse: its
size is that of the flash, the store's window holds 0xff. An image that is there already is
replaced, its variables with it.
"""
import os
import re
import struct
import sys

PROGRAM_UNIT = 4
ELF_HEADER = struct.Struct('<16sHHIQQQIHHHHHH')
PROGRAM_HEADER = struct.Struct('<IIQQQQQQ')
PT_LOAD = 1
EM_AARCH64 = 183


def constants(root):
    """Plain numbers from the headers that C uses, so that there is one place for each."""
    found = {}
    for name in ('machines/qemu-virt/memory.h', 'machines/qemu-virt/el3/package.h',
                 'abi/flashmap.h'):
        with open(os.path.join(root, name), encoding='utf-8') as file:
            for line in file:
                match = re.match(r'#define\s+(\w+)\s+(?:UINT32_C\()?(0x[0-9a-fA-F]+|\d+)u?\)?\s*$',
                                 line)
                if match:
                    found[match.group(1)] = int(match.group(2), 0)
    return found


def segments(path):
    """Loadable segments of an ELF file: (bytes, offset from the lowest, size, flags)."""
    with open(path, 'rb') as file:
        data = file.read()
    header = ELF_HEADER.unpack_from(data)
    if header[0][:5] != b'\x7fELF\x02' or header[2] != EM_AARCH64:
        sys.exit(f'make-flash: {path} is not a 64-bit ELF file for AArch64.')
    loads = []
    for i in range(header[10]):
        kind, flags, offset, address, _, file_size, size, _ = PROGRAM_HEADER.unpack_from(
            data, header[5] + i * header[9])
        if kind == PT_LOAD and size:
            size = (size + 4095) & ~4095
            loads.append((data[offset:offset + file_size], address, size, flags))
    base = min(load[1] for load in loads)
    if header[4] != base:
        sys.exit(f'make-flash: the entry point of {path} is not at its start.')
    return [(body, address - base, size, flags) for body, address, size, flags in loads]


def packages(pairs, c):
    """The table of packages and what it names."""
    header_size = c['FFAV_PACKAGE_HEADER_SIZE'] + len(pairs) * c['FFAV_PACKAGE_ENTRY_SIZE']
    body = bytearray()

    def append(data):
        while (header_size + len(body)) % 16:
            body.append(0)
        body.extend(data)
        return header_size + len(body) - len(data)

    table = struct.pack('<8sII', b'FFAVPKGS', c['FFAV_PACKAGE_VERSION'], len(pairs))
    for elf, manifest in pairs:
        with open(manifest, 'rb') as file:
            blob = file.read()
        loads = segments(elf)
        if len(loads) > c['FFAV_PACKAGE_SEGMENTS']:
            sys.exit(f'make-flash: {elf} has {len(loads)} segments, '
                     f'{c["FFAV_PACKAGE_SEGMENTS"]} at most are possible.')
        entry = struct.pack('<III', append(blob), len(blob), len(loads))
        for data, offset, size, flags in loads:
            entry += struct.pack('<IIIII', append(data), len(data), offset, size, flags)
        table += entry.ljust(c['FFAV_PACKAGE_ENTRY_SIZE'], b'\0')
    return table + bytes(body)


def main():
    if len(sys.argv) < 4 or len(sys.argv) % 2:
        sys.exit(__doc__)
    root, output, monitor_path = sys.argv[1:4]
    pairs = list(zip(sys.argv[4::2], sys.argv[5::2]))
    c = constants(root)
    with open(monitor_path, 'rb') as file:
        monitor = file.read()
    package = packages(pairs, c)
    if len(monitor) > c['FFAV_FLASHMAP_OFFSET']:
        sys.exit(f'make-flash: the monitor has {len(monitor)} bytes and reaches into the '
                 f'flash map at {c["FFAV_FLASHMAP_OFFSET"]:#x}.')
    if c['FFAV_PACKAGE_BASE'] + len(package) > c['FFAV_STORE_BASE']:
        sys.exit(f'make-flash: {len(package)} bytes of partitions reach into the store.')
    flash_map = struct.pack('<8sIQQII', b'FFAVFMAP', c['FFAV_FLASHMAP_VERSION'],
                            c['FFAV_STORE_BASE'] - c['FFAV_FLASH_BASE'], c['FFAV_STORE_SIZE'],
                            c['FFAV_FLASH_SECTOR_SIZE'], PROGRAM_UNIT)
    temporary = output + '.new'
    with open(temporary, 'wb') as file:
        file.truncate(c['FFAV_FLASH_SIZE'])
        file.write(monitor)
        file.seek(c['FFAV_FLASHMAP_OFFSET'])
        file.write(flash_map)
        file.seek(c['FFAV_PACKAGE_BASE'])
        file.write(package)
        file.seek(c['FFAV_STORE_BASE'] - c['FFAV_FLASH_BASE'])
        file.write(b'\xff' * c['FFAV_STORE_SIZE'])
    os.replace(temporary, output)


if __name__ == '__main__':
    main()
