#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The MM partition at addresses that it was not built for, under this machine's manager."""
import os
import struct
import sys
import tempfile

from qemu_el3_machine import BUILD, Run, Tap, copy_of

# machines/qemu-virt/memory.h, machines/qemu-virt/el3/package.h
PACKAGES = 0x00080000
HEADER_SIZE = 16
MM_BASE = 0x0e200000
MM_SIZE = 0x00400000
SECURE_RAM_END = 0x0f000000

#: A page in secure RAM, aligned to nothing larger.
MOVED = 0x0ea53000


def move(flash, before, address):
    """Change the load-address in the manifest of the first package, and nothing else."""
    with open(flash, "r+b") as file:
        file.seek(PACKAGES + HEADER_SIZE)
        at, size = struct.unpack("<II", file.read(8))
        file.seek(PACKAGES + at)
        blob = file.read(size)
        cells = struct.pack(">Q", before)
        assert blob.count(cells) == 1
        file.seek(PACKAGES + at + blob.index(cells))
        file.write(struct.pack(">Q", address))


def main():
    tap = Tap()
    payload = os.path.join(BUILD, "variables.bin")
    with tempfile.TemporaryDirectory() as folder:
        flash = copy_of("secure-flash.bin", folder)
        # Any page will do; the second run finds what the first wrote, from elsewhere.
        move(flash, MM_BASE, MOVED)
        run = Run(flash, payload, until="# written")
        tap.take(run, to_the_end=False)
        tap.ok("fault" not in run.secure and "refused" not in run.secure,
               "the secure console tells of no refusal", run.secure)
        move(flash, MOVED, SECURE_RAM_END - MM_SIZE)
        tap.take(Run(flash, payload))
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
