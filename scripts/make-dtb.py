#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Make the device tree for QEMU's virt machine with the secure world in its flash.

usage: make-dtb.py MEMORY_HEADER OUTPUT [QEMU_OPTION...]

It is the tree that QEMU makes for itself, with what only the secure world knows: PSCI
through SMC, and the shared buffer in a node below /firmware. Pass it with -dtb. QEMU's
options for the machine, the CPUs and the memory must be those of the later run; without
any they are those of the README.
"""
import os
import re
import sys
import tempfile

from command import run

MACHINE = "virt,secure=on,virtualization=on,gic-version=3"
OPTIONS = ["-cpu", "cortex-a57", "-smp", "2", "-m", "1G"]


def constant(header, name):
    """A plain number from the header that the secure world uses."""
    with open(header, encoding="utf-8") as file:
        match = re.search(rf"^#define\s+{name}\s+(\w+)", file.read(), re.M)
    if not match:
        sys.exit(f"make-dtb: {header} does not define {name}.")
    return int(match.group(1), 0)


def put(dtb, kind, node, name, *values):
    run(["fdtput", "-p", "-t", kind, dtb, node, name, *values])


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    header, output = sys.argv[1:3]
    base = constant(header, "FFAV_SHARED_BUFFER_BASE")
    size = constant(header, "FFAV_SHARED_BUFFER_SIZE")
    temporary = output + ".new"
    with tempfile.NamedTemporaryFile() as flash:
        # The flash decides about the devices that QEMU describes: it must be there, empty.
        flash.truncate(constant(header, "FFAV_FLASH_SIZE"))
        run(["qemu-system-aarch64", "-M", f"{MACHINE},dumpdtb={temporary}",
             *(sys.argv[3:] or OPTIONS), "-display", "none", "-nic", "none",
             "-drive", f"if=pflash,unit=0,format=raw,file={flash.name}"])
    put(temporary, "s", "/psci", "compatible", "arm,psci-1.0", "arm,psci-0.2")
    put(temporary, "s", "/psci", "method", "smc")
    for node in run(["fdtget", "-l", temporary, "/cpus"]).split():
        if node.startswith("cpu@"):
            put(temporary, "s", f"/cpus/{node}", "enable-method", "psci")
    node = "/firmware/ffavars"
    put(temporary, "s", node, "compatible", "ffavars,shared-buffer")
    put(temporary, "x", node, "reg", f"{base >> 32:x}", f"{base & 0xffffffff:x}",
        f"{size >> 32:x}", f"{size & 0xffffffff:x}")
    put(temporary, "x", "/firmware", "#address-cells", "2")
    put(temporary, "x", "/firmware", "#size-cells", "2")
    os.replace(temporary, output)


if __name__ == "__main__":
    main()
