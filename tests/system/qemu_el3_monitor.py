#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The monitor on QEMU: start-up, PSCI, test partitions, preemption, isolation."""
import os
import re
import sys
import tempfile

from qemu_el3_machine import BUILD, Run, Tap, copy_of

#: machines/qemu-virt/test/payload.c
MODE = "0x70000008"
MODE_SILENT = 1


def faults(text):
    """(ESR, ELR, FAR) of each fault that the secure console tells."""
    pattern = r"rogue made a fault and is stopped: ESR (0x\w+) ELR (0x\w+) FAR (0x\w+)"
    return [tuple(int(word, 16) for word in found) for found in re.findall(pattern, text)]


def trial(flash):
    """The bytes that the flash driver's trial programmed (machines/qemu-virt/rogue/flash.h)."""
    size = 5000
    with open(flash, "rb") as file:
        file.seek(0x03c00000 + 13 * 0x40000 + 1020)
        return file.read(size) == bytes((i * 7 + i // 256) & 0xff for i in range(size))


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        flash = copy_of("rogue-flash.bin", folder)
        run = Run(flash, os.path.join(BUILD, "payload.bin"))
        programmed = trial(flash)
    tap.take(run)
    tap.ok(programmed, "what the flash driver programmed is in the flash image")
    tap.ok(run.secure.count("Normal world:") == 2, "the secure world started again after a reset",
           run.secure)
    told = faults(run.secure)
    tap.ok(len(told) == 8, "the secure console tells each fault with ESR, ELR and FAR",
           run.secure)
    classes = [esr >> 26 for esr, _, _ in told]
    # Data abort and instruction abort from a lower level; a trapped system register.
    tap.ok(classes == [0x24, 0x24, 0x20, 0x24, 0x24, 0x24, 0x18, 0x20],
           "each for its own reason", told)
    tap.ok(bool(told) and told[0][2] == 0x0e000000, "the first at the monitor's address", told)
    tap.ok("rogue: It is started again." in run.secure and
           "rogue: It made a fault and was stopped for good." in run.secure,
           "and what becomes of the partition", run.secure)
    tap.ok("FFA_RUN refused" in run.secure, "the secure console tells a refused call",
           run.secure)
    # The hammering above made thousands of refusals in about a second.
    tap.ok(run.secure.count("\n") < 200, "refusals do not flood the secure console",
           run.secure.count("\n"))
    with tempfile.TemporaryDirectory() as folder:
        flash = copy_of("rogue-flash.bin", folder)
        silent = Run(flash, os.path.join(BUILD, "payload.bin"), until="# silent",
                     options=["-device", f"loader,addr={MODE},data={MODE_SILENT},data-len=8"])
    tap.ok(silent.ended and len(faults(silent.secure)) == 1,
           "a fault is told to the end though nobody calls any more", silent.secure)
    # What the manager has to say of it may follow, or not before QEMU ends.
    before, _, told = silent.secure.partition("rogue made a fault")
    tap.ok(before.count("FFA_RUN refused") == 8 and "FAR 0xe000000\n" in told,
           "after all that came before it", silent.secure)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
