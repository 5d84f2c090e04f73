#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Partition packages that ask for too much: the monitor refuses each and starts the rest."""
import os
import re
import struct
import sys
import tempfile

from qemu_el3_machine import BUILD, Run, Tap, copy_of, monitor_symbol

# machines/qemu-virt/el3/package.h
BASE = 0x00080000
HEADER_SIZE = 16
ENTRY_SIZE = 112
SEGMENTS_AT = 12
SEGMENT_SIZE = 20
# machines/qemu-virt/memory.h
MONITOR_END = 0x0e200000
ROGUE_SIZE = 0x00020000
ROGUE_STRIDE = 0x00200000


class Flash:
    """A flash image with packages that are changed in place."""

    def __init__(self, folder):
        self.path = copy_of("rogue-flash.bin", folder)

    def patch(self, offset, data):
        with open(self.path, "r+b") as file:
            file.seek(BASE + offset)
            file.write(data)

    def read(self, offset, size):
        with open(self.path, "rb") as file:
            file.seek(BASE + offset)
            return file.read(size)

    def entry(self, number):
        return HEADER_SIZE + ENTRY_SIZE * number

    def segment_word(self, number, word, value, segment=0):
        """Change a word of a package's segment."""
        self.patch(self.entry(number) + SEGMENTS_AT + SEGMENT_SIZE * segment + 4 * word,
                   struct.pack("<I", value))

    def manifest(self, number, before, after):
        """Change a cell of a package's manifest, which must be there exactly once."""
        at, size = struct.unpack("<II", self.read(self.entry(number), 8))
        blob = self.read(at, size)
        cell = struct.pack(">I", before)
        found = [i for i in range(0, size, 4) if blob[i:i + 4] == cell]
        assert len(found) == 1
        self.patch(at + found[0], struct.pack(">I", after))

    def boot(self):
        """Boot it; both consoles' text."""
        return Run(self.path, os.path.join(BUILD, "payload.bin"))

    def run(self):
        """Boot it; the secure console's text."""
        return self.boot().secure


def image_room():
    """Bytes behind the monitor, where images are kept."""
    return MONITOR_END - monitor_symbol("ffav_bss_end")


def refused(tap, text, number, reason):
    tap.ok(f"Package {number:#x} is refused:\n{reason}" in text, f"{reason} (package {number})",
           text)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        flash = Flash(folder)
        flash.manifest(0, 0x50000000, 0x0e000000)
        flash.segment_word(1, 4, 7)
        flash.segment_word(2, 2, 0x00200000)
        flash.manifest(3, 0x0ee00000, 0x0e000000)
        text = flash.run()
        refused(tap, text, 0, "a normal-world region is not normal-world RAM")
        refused(tap, text, 1, "a segment is writable and executable")
        refused(tap, text, 2, "a segment does not lie within the image on whole pages")
        refused(tap, text, 3, "the image does not lie in the partitions' secure RAM")
        tap.ok("Normal world:" in text, "the normal world starts without any partition", text)

        flash = Flash(folder)
        flash.manifest(0, 0x03c00000, 0x08000000)
        flash.manifest(1, 0xd00dfeed, 0xd00dfeee)
        flash.patch(flash.entry(2) + 4, struct.pack("<I", 0xffffffff))
        text = flash.run()
        refused(tap, text, 0, "a device region is not the flash window")
        refused(tap, text, 1, "It is not a whole flattened device tree.")
        refused(tap, text, 2, "its manifest is too large or outside the packages")
        tap.ok("Partition 0x8013 is loaded." in text, "the last is loaded all the same", text)

        # The second wants to be where the first is, with something that is no program.
        flash = Flash(folder)
        flash.manifest(1, 0x0ea00000, 0x0e800000)
        flash.segment_word(1, 0, 0)
        run = flash.boot()
        refused(tap, run.secure, 1, "The partition's memory overlaps that of another.")
        tap.ok("ok - a direct request is answered" in re.sub(r"^ok \d+", "ok", run.normal,
                                                             flags=re.MULTILINE),
               "the first is not overwritten by it", run.normal, run.secure)

        # The first is kept but for its last page: then the room is as if it had not been there.
        room = image_room()
        flash = Flash(folder)
        flash.manifest(0, ROGUE_SIZE, ROGUE_STRIDE)
        flash.patch(flash.entry(0) + 8, struct.pack("<I", 2))
        for segment, base, size in ((0, 0, room - 4096), (1, room, 8192)):
            flash.segment_word(0, 0, 0, segment)
            flash.segment_word(0, 1, size, segment)
            flash.segment_word(0, 2, base, segment)
            flash.segment_word(0, 3, size, segment)
        text = flash.run()
        refused(tap, text, 0, "there is no room behind the monitor to keep its image")
        tap.ok(all(f"Partition {n:#x} is loaded." in text for n in (0x8011, 0x8012, 0x8013)),
               "the others find the room that it had", text)

        flash = Flash(folder)
        flash.patch(0, b"\xff" * 8)
        text = flash.run()
        tap.ok("There is no table of partitions at 0x80000 of the flash." in text,
               "a flash without packages is told", text)
        tap.ok("Normal world:" in text, "the normal world starts all the same", text)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
