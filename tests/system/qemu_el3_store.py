#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The MM partition on the NOR flash of QEMU: write, kill QEMU, read back, reclaim."""
import os
import struct
import sys
import tempfile

from qemu_el3_machine import BUILD, Run, Tap, copy_of

# abi/flashmap.h, machines/qemu-virt/memory.h
FLASHMAP = 0x00040000
FLASH_SIZE = 0x04000000
STORE = 0x03c00000
STORE_SIZE = 0x00400000


def window(path):
    """The store's window, as the flash map says."""
    with open(path, "rb") as file:
        file.seek(FLASHMAP)
        magic, version, offset, size, sector, unit = struct.unpack("<8sIQQII", file.read(36))
        file.seek(offset)
        data = file.read(size)
    return (magic, version, offset, size, sector, unit), data


def main():
    tap = Tap()
    payload = os.path.join(BUILD, "variables.bin")
    with tempfile.TemporaryDirectory() as folder:
        flash = copy_of("secure-flash.bin", folder)
        said, data = window(flash)
        tap.ok(said == (b"FFAVFMAP", 1, STORE, STORE_SIZE, 0x40000, 4),
               "the flash map names the store's window", said)
        tap.ok(os.path.getsize(flash) == FLASH_SIZE and data.count(0xff) == len(data),
               "a new image is as large as the flash and its window is erased")

        run = Run(flash, payload, until="# written")
        tap.take(run, to_the_end=False)
        tap.ok("refused" not in run.secure and "fault" not in run.secure,
               "the secure console tells of no refusal", run.secure)
        tap.ok(window(flash)[1].count(0xff) < len(data), "the killed QEMU left a store behind")
        tap.take(Run(flash, payload))

        # A window that is somebody else's: nothing in it is touched.
        flash = copy_of("secure-flash.bin", folder)
        with open(flash, "r+b") as file:
            file.seek(STORE)
            file.write(b"somebody else's data " * 1000)
        before = window(flash)[1]
        run = Run(flash, payload)
        tap.ok(window(flash)[1] == before, "a window with foreign data is left as it is",
               run.secure)
        tap.ok("mm" in run.secure.split("Normal world:")[0],
               "the secure console says why the partition does not start", run.secure)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
