#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The monitor on QEMU: start-up, PSCI, echo partitions, preemption, isolation."""
import os
import re
import sys
import tempfile

from qemu_el3_machine import BUILD, Run, Tap, copy_of


def faults(text):
    """(ESR, ELR, FAR) of each fault that the secure console tells."""
    pattern = r"stopped:\n\w+\n  ESR (0x\w+)\n  ELR (0x\w+)\n  FAR (0x\w+)"
    return [tuple(int(word, 16) for word in found) for found in re.findall(pattern, text)]


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        run = Run(copy_of("echo-flash.bin", folder), os.path.join(BUILD, "payload.bin"))
    tap.take(run)
    told = faults(run.secure)
    tap.ok(len(told) == 4, "the secure console tells each fault with ESR, ELR and FAR",
           run.secure)
    classes = [esr >> 26 for esr, _, _ in told]
    # Data abort and instruction abort from a lower level.
    tap.ok(classes == [0x24, 0x24, 0x20, 0x24], "each for its own reason", told)
    tap.ok(bool(told) and told[0][2] == 0x0e000000, "the first at the monitor's address", told)
    tap.ok("FFA_RUN refused" in run.secure, "the secure console tells a refused call",
           run.secure)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
