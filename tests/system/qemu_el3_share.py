#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The MM partition on QEMU works on a buffer that the normal world shares by FFA_MEM_SHARE."""
import os
import sys
import tempfile

from qemu_el3_machine import BUILD, Run, Tap, copy_of


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        run = Run(copy_of("secure-flash.bin", folder), os.path.join(BUILD, "share.bin"))
    tap.take(run)
    tap.ok(run.secure.count("FFA_MEM_RECLAIM refused") == 2 and "fault" not in run.secure,
           "the secure console tells of the two refusals that were provoked", run.secure)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
