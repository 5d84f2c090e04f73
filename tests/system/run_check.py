#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""ffavars-check.efi on QEMU under Debian's U-Boot: with ffavars.efi every rule holds, at boot,
after ExitBootServices and at new addresses with the old ones gone; without it the application
finds what that U-Boot leaves behind. Prints TAP."""
import os
import re
import shutil
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "scripts"))

import bootdisk      # pylint: disable=wrong-import-position
import virtmachine   # pylint: disable=wrong-import-position

UBOOT = "/usr/lib/u-boot/qemu_arm64/u-boot.bin"
UEFI = os.path.join(ROOT, "build", "uefi")
DRIVER = os.path.join(UEFI, "ports", "uefi-driver", "ffavars.efi")
CHECK = os.path.join(UEFI, "tools", "ffavars-check", "ffavars-check.efi")
POINT = re.compile(r"^(not )?ok (\d+) - (.*)$")


def run(folder, name, drivers, flash):
    """What the application reported: [(rule, holds)], its plan, and all lines."""
    lines = []
    for file in drivers + ["check.efi"]:
        lines += ["load ${devtype} ${devnum}:${distro_bootpart} ${kernel_addr_r} " + file,
                  "bootefi ${kernel_addr_r} ${fdtcontroladdr}"]
    disk = os.path.join(folder, f"{name}.img")
    bootdisk.make(disk, {"boot.scr": bootdisk.script_image("\n".join(lines) + "\n"),
                         "ffavars.efi": DRIVER, "check.efi": CHECK})
    points, plan, seen = [], None, []
    with virtmachine.Machine(folder, flash, disk, UBOOT, name) as qemu:
        for line in qemu.lines(90):
            seen.append(line)
            match = POINT.match(line)
            if match:
                points.append((match.group(3), not match.group(1)))
            elif line.startswith("1.."):
                plan = int(line[3:])
                break
            elif points and line.startswith("TAP version"):
                break   # it crashed, and the machine came up again
    return points, plan, seen


def main():
    results = []

    def point(ok, text, lines=()):
        results.append(ok)
        print(f"{'ok' if ok else 'not ok'} {len(results)} - {text}", flush=True)
        if not ok:
            for line in lines:
                print("#   " + line)

    with tempfile.TemporaryDirectory(prefix="ffavars-") as folder:
        flash = os.path.join(folder, "secure-flash.bin")
        shutil.copyfile(virtmachine.SECURE_FLASH, flash)
        points, plan, seen = run(folder, "ours", ["ffavars.efi"], flash)
        for rule, holds in points:
            point(holds, rule.replace("#", "-"), seen[-30:])
        point(plan == len(points) and plan > 80, "every rule was checked", seen[-30:])
        point(not any("SKIP" in rule for rule, _ in points), "none was skipped", seen[-40:])

        points, plan, seen = run(folder, "stock", [], None)
        bad = [rule for rule, holds in points if not holds]
        point(plan == len(points), "an unmodified U-Boot is checked to the end", seen[-30:])
        point(len(bad) == 2 and "SetVirtualAddressMap() has moved" in bad[0] and
              "ConvertPointer() has moved" in bad[1],
              "and the two services that it leaves at their old addresses are found", bad)
    print(f"1..{len(results)}")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
