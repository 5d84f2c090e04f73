#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""ffavars.efi under Debian's U-Boot where something is missing or wrong: one line that says
what, an error to the firmware, and nothing left behind. Prints TAP."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "scripts"))

import bootdisk      # pylint: disable=wrong-import-position
import virtmachine   # pylint: disable=wrong-import-position

UBOOT = "/usr/lib/u-boot/qemu_arm64/u-boot.bin"
DRIVER = os.path.join(ROOT, "build", "uefi", "ports", "uefi-driver", "ffavars.efi")
RESIDENT = r"EFI variables are in the secure world now"


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def point(self, good, name, lines):
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}", flush=True)
        if not good:
            for line in lines:
                print(f"# {line}")

    def end(self):
        print(f"1..{self.count}")
        return 1 if self.failed else 0


def loads(folder, name, options, **machine):
    """Load the driver once with each of the load options; its lines and result for each."""
    lines = ["echo ffavars-test: begin"]
    for text in options:
        lines += [f"setenv bootargs '{text}'" if text else "setenv bootargs",
                  "load ${devtype} ${devnum}:${distro_bootpart} ${kernel_addr_r} ffavars.efi",
                  "bootefi ${kernel_addr_r}", "echo ffavars-test: next"]
    lines += ["printenv -e", "echo ffavars-test: end"]
    disk = os.path.join(folder, f"{name}.img")
    bootdisk.make(disk, {"boot.scr": bootdisk.script_image("\n".join(lines) + "\n"),
                         "ffavars.efi": DRIVER})
    results, said, seen, result = [], [], [], "success"
    with virtmachine.Machine(folder, machine.get("flash"), disk, UBOOT, name,
                             dtb=machine.get("dtb")) as qemu:
        for line in qemu.lines(60):
            seen.append(line)
            if line.startswith("ffavars: "):
                said.append(line)
            elif line.startswith("## Application failed"):
                # bootefi's own result is an error here even where the image succeeded.
                result = "error"
            elif line == "ffavars-test: next":
                results.append((result, said))
                said, result = [], "success"
            elif line == "ffavars-test: end":
                break
    return results, seen


def check_refusal(tap, name, result, pattern, seen):
    good = result is not None and result[0] == "error" and len(result[1]) == 1 and \
        re.search(pattern, result[1][0])
    tap.point(bool(good), name, [f"expected an error and one line: {pattern}", f"got {result}"]
              + seen[-20:])


def at(results, i):
    return results[i] if i < len(results) else None


def without_secure_world(tap, folder):
    results, seen = loads(folder, "no-el3", ["", "buffer=0x50000000,0x20000"])
    for i in range(2):
        check_refusal(tap, f"a machine without EL3, attempt {i + 1}", at(results, i),
                      r"no EL3 \(ID_AA64PFR0_EL1.EL3 is 0\)", seen)
    tap.point(any("PlatformLang" in line for line in seen),
              "the firmware's own variables are still there", seen[-20:])


def wrong_options(tap, folder, flash):
    ram_end = 0x80000000
    cases = [
        ("an option that is no place", "buffer=everywhere", r"not \"buffer=ADDRESS,SIZE"),
        ("an address off 64 KiB", "buffer=0x50001000,0x20000", r"multiple of 64 KiB.*0x50001000"),
        ("a size off 64 KiB", "buffer=0x50000000,0x1000", r"multiple of 64 KiB.*0x1000\)"),
        ("an offset outside", "buffer=0x50000000,0x20000,0x20000", r"offset.*0x20000\)"),
        ("memory that the firmware uses", f"buffer={ram_end - 0x20000:#x},0x20000",
         r"is taken or not there.*0x7ffe0000"),
        ("memory that does not exist", f"buffer={2 * ram_end:#x},0x20000",
         r"is taken or not there.*0x100000000"),
    ]
    options = [case[1] for case in cases] + ["", ""]
    results, seen = loads(folder, "options", options, flash=flash)
    for i, (name, _, pattern) in enumerate(cases):
        check_refusal(tap, name, at(results, i), pattern, seen)
    last = at(results, len(cases))
    tap.point(last is not None and last[0] == "success" and re.search(RESIDENT, last[1][-1]),
              "after all of these the driver loads, told by the device tree",
              [f"got {last}"] + seen[-20:])
    check_refusal(tap, "a second load", at(results, len(cases) + 1), "resident already", seen)


def wrong_trees(tap, folder, flash):
    changes = [
        ("no /psci", ["-r", "/psci"], [], r"Neither /psci"),
        ("a conduit of HVC", ["-t", "s"], ["/psci", "method", "hvc"], r"HVC, not SMC"),
        ("no /firmware/ffavars", ["-r", "/firmware/ffavars"], [], r"Neither the load options"),
        ("a buffer of one number", ["-t", "x"], ["/firmware/ffavars", "reg", "0", "50000000"],
         r"no \"reg\" of two"),
    ]
    for i, (name, before, after, pattern) in enumerate(changes):
        dtb = os.path.join(folder, f"tree{i}.dtb")
        shutil.copyfile(virtmachine.DEVICE_TREE, dtb)
        command = ["fdtput"] + before[:1] + [dtb] + before[1:] if before[0] == "-r" else \
            ["fdtput"] + before + [dtb] + after
        subprocess.run(command, check=True)
        results, seen = loads(folder, f"tree{i}", [""], flash=flash, dtb=dtb)
        check_refusal(tap, f"a device tree with {name}", at(results, 0), pattern, seen)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="ffavars-") as folder:
        flash = os.path.join(folder, "secure-flash.bin")
        shutil.copyfile(virtmachine.SECURE_FLASH, flash)
        without_secure_world(tap, folder)
        wrong_options(tap, folder, flash)
        wrong_trees(tap, folder, flash)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
