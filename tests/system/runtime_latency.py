#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The secure world keeps interrupts off for a bounded number of instructions. Prints TAP."""
import os
import sys

from qemu_el3_machine import BUILD, ROOT, Tap

sys.path.insert(0, os.path.join(ROOT, "scripts"))

import latency  # pylint: disable=wrong-import-position


def main():
    tap = Tap()
    found, printed = latency.measure(BUILD)
    tap.ok("1.." in printed and "not ok" not in printed, "the workload came to its end", printed)
    rows = latency.summary(found)
    for why, to, count, longest in rows:
        print(f"# {why} and back to {to}: {count} times, at most {longest} instructions")
    ways = {(why, to) for why, to, _, _ in rows}
    # Calls of both worlds, and an interrupt that takes the CPU from the partition.
    tap.ok(len(ways) >= 3 and any(why in ("IRQ", "FIQ") for why, _ in ways),
           "every way into EL3 was seen", rows)
    # A count of nothing would pass: the shortest way in and out saves 31 registers.
    tap.ok(all(s.instructions >= 30 for s in found), "each was counted", rows)
    worst = max((s.instructions for s in found), default=latency.TARGET + 1)
    tap.ok(worst <= latency.TARGET,
           f"interrupts are off for at most {latency.TARGET} instructions", worst)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
