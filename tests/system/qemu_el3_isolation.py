#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Who can reach what on QEMU: each attempt faults, is told, harms nobody, and is survived."""
import os
import re
import sys
import tempfile

from qemu_el3_machine import BUILD, Run, Tap, copy_of

#: Exception classes of ESR_ELx: data abort and instruction abort from a lower level.
DATA, CODE = 0x24, 0x20
#: machines/qemu-virt/memory.h: where the partition's own image is.
OWN = range(0x0ea00000, 0x0ea20000)
#: What machines/qemu-virt/test/isolation.c lets the partition try, in its order.
ATTEMPTS = [
    ("its code", DATA, OWN), ("its constants", DATA, OWN), ("its data as code", CODE, OWN),
    ("below its stack", DATA, OWN), ("the manager, to read", DATA, 0x0e000000),
    ("the manager, to write", DATA, 0x0e000000), ("the manager's code", CODE, 0x0e000000),
    ("the kept images", DATA, 0x0e1ffff8), ("another partition, to read", DATA, 0x0e200000),
    ("another partition, to write", DATA, 0x0e240000),
    ("another partition's code", CODE, 0x0e600000), ("the shared buffer", DATA, 0x50000000),
    ("the normal world, to read", DATA, 0x50020000),
    ("the normal world, to write", DATA, 0x50020000), ("the store, to read", DATA, 0x03c00000),
    ("the store, to write", DATA, 0x03c00000), ("the flash", DATA, 0),
    ("the secure console", DATA, 0x09040000), ("the interrupt controller", DATA, 0x08000000),
    ("the power controller", DATA, 0x090b0000), ("nothing at all", DATA, 0x4000000000),
]


def told(text, name):
    """(class, FAR) of each fault of a partition that the secure console tells."""
    pattern = rf"{name} made a fault and is stopped: ESR (0x\w+) ELR 0x\w+ FAR (0x\w+)"
    return [(int(esr, 16) >> 26, int(far, 16)) for esr, far in re.findall(pattern, text)]


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        run = Run(copy_of("isolation-flash.bin", folder), os.path.join(BUILD, "isolation.bin"))
    tap.take(run)
    faults = told(run.secure, "rogue")
    tap.ok(len(faults) == len(ATTEMPTS), "the secure console tells each attempt of the partition",
           faults, run.secure)
    for (what, kind, where), (esr, far) in zip(ATTEMPTS, faults):
        good = far in where if isinstance(where, range) else far == where
        tap.ok(esr == kind and good, f"what it tried, and at which address: {what}",
               f"class {esr:#x}, FAR {far:#x}")
    tap.ok("rogue: It is started again." in run.secure, "and that it is started again", run.secure)
    tap.ok(not told(run.secure, "echo") and "echo: It" not in run.secure,
           "a partition that keeps to its own is never in trouble", run.secure)
    mm = told(run.secure, "mm")
    tap.ok(len(mm) > 20 and "mm: It is started again." in run.secure and
           "stopped for good" not in run.secure,
           "the MM partition is told to be stopped and started again", len(mm), run.secure)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
