#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Four CPUs of QEMU call the MM partition: at once, from inside a call, resumed elsewhere, and
a crash with a call in flight (machines/qemu-virt/test/callers.c). Prints TAP."""
import os
import sys
import tempfile

from qemu_el3_machine import BUILD, Run, Tap, copy_of


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        flash = copy_of("secure-flash.bin", folder)
        run = Run(flash, os.path.join(BUILD, "callers.bin"), options=["-smp", "4"])
    tap.take(run)
    tap.ok(run.secure.count("Normal world:") == 2, "the secure world started again after a reset",
           run.secure)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
