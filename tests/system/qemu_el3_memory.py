#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Memory that the normal world and partitions share on QEMU, and what the tables make of it."""
import os
import re
import sys
import tempfile

from qemu_el3_machine import BUILD, Run, Tap, copy_of

#: Exception class of each fault, in the order of machines/qemu-virt/test/memory.c: data aborts,
#: and for what is executed an instruction abort.
CLASSES = [0x24, 0x24, 0x20, 0x24]
#: Fault status, the same: translation faults (0x4 to 0x7), permission faults (0xc to 0xf).
STATUS = [0x4, 0xc, 0xc, 0x4]


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        run = Run(copy_of("rogue-flash.bin", folder), os.path.join(BUILD, "memory.bin"))
    tap.take(run)
    codes = [int(code, 16) for code in re.findall(r"made a fault.*: ESR (0x\w+)", run.secure)]
    tap.ok([code >> 26 for code in codes] == CLASSES, "each fault is of the kind that it has to be",
           run.secure)
    tap.ok([code & 0x3c for code in codes] == STATUS, "for the reason that it has to have",
           run.secure)
    tap.ok("FFA_MEM_RETRIEVE_REQ refused: the borrower's map has no room" in run.secure,
           "the secure console tells why a list was refused", run.secure)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
