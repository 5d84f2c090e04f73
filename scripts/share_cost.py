#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What does it cost to share memory with a partition, in AArch64 instructions?

QEMU's counter advances with instructions ("-icount shift=0"), and
machines/qemu-virt/test/share_cost.c, in the place of the normal world, reads it
before and after each call. A partition retrieves and relinquishes within a
direct request of its own; what such a request costs by itself is told, too.

usage: share_cost.py [BUILD_FOLDER]
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SECONDS = 300
CALLS = {
    "share": "FFA_MEM_SHARE",
    "retrieve": "FFA_MEM_RETRIEVE_REQ",
    "relinquish": "FFA_MEM_RELINQUISH",
    "reclaim": "FFA_MEM_RECLAIM",
}


def measure(build):
    """[(call, pages, instructions), ...], the call by its key in CALLS; raises RuntimeError."""
    with tempfile.TemporaryDirectory(prefix="ffavars-") as folder:
        flash = os.path.join(folder, "flash.bin")
        shutil.copyfile(os.path.join(build, "rogue-flash.bin"), flash)
        program = os.path.join(build, "share-cost.bin")
        text = subprocess.run([
            "qemu-system-aarch64", "-M", "virt,secure=on,virtualization=on,gic-version=3",
            "-cpu", "cortex-a57", "-smp", "1", "-m", "1G", "-display", "none", "-nic", "none",
            "-monitor", "none", "-dtb", os.path.join(build, "virt.dtb"),
            "-drive", f"if=pflash,unit=0,format=raw,file={flash}",
            "-device", f"loader,file={program},addr=0x60000000,force-raw=on",
            "-icount", "shift=0,sleep=off", "-serial", "stdio", "-serial", "null"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, errors="replace",
            timeout=SECONDS, check=False).stdout.replace("\r", "")
    if "not ok" in text or "\n1.." not in text:
        raise RuntimeError(f"The program that shares memory did not come to its end:\n{text}")
    costs = {(call, int(pages)): int(cost)
             for call, pages, cost in re.findall(r"# cost (\w+) (\d+) (\d+)", text)}
    request = costs.pop(("request", 0))
    return [(call, pages, cost - (request if call in ("retrieve", "relinquish") else 0))
            for (call, pages), cost in costs.items()]


def rows(build):
    """A row for each call: its name, and instructions by the number of pages."""
    found = measure(build)
    pages = sorted({n for _, n, _ in found})
    table = [[name] + [next(cost for c, n, cost in found if c == call and n == count)
                       for count in pages] for call, name in CALLS.items()]
    return table + [["together"] + [sum(row[i + 1] for row in table) for i in range(len(pages))]]


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build", "secure")
    for name, *costs in rows(build):
        print(f"{name:24}" + "".join(f"{cost:>10,}" for cost in costs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
