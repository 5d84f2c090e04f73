#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""U-Boot's own UEFI self-test, which goes through the published runtime table. Prints TAP."""
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
DRIVER = os.path.join(ROOT, "build", "uefi", "ports", "uefi-driver", "ffavars.efi")
#: What must not succeed, and the only error it may have.
DIFFERENT = {
    "random number generator": "Random number generator protocol not available",
    "simple network protocol": "Failed to locate simple network protocol",
    # 2023.01 wants NOT_FOUND; edk2, and U-Boot since 2024, answer SUCCESS as we do.
    "variables": "SetVariable(APPEND_WRITE) with size 0 to non-existent variable returns wrong code",
    # It wants UNSUPPORTED of the services that the driver adds.
    "variables at runtime": "QueryVariableInfo failed",
}
#: What this is about; must be among the tests that ran.
WANTED = ["crc32", "ExitBootServices", "virtual address map", "memory", "event services",
          "variables", "variables at runtime"]


def main():
    script = ["load ${devtype} ${devnum}:${distro_bootpart} ${kernel_addr_r} ffavars.efi",
              "bootefi ${kernel_addr_r}", "bootefi selftest"]
    seen, tests, current = [], {}, None
    with tempfile.TemporaryDirectory(prefix="ffavars-") as folder:
        flash = os.path.join(folder, "secure-flash.bin")
        disk = os.path.join(folder, "disk.img")
        shutil.copyfile(virtmachine.SECURE_FLASH, flash)
        bootdisk.make(disk, {"boot.scr": bootdisk.script_image("\n".join(script) + "\n"),
                             "ffavars.efi": DRIVER})
        with virtmachine.Machine(folder, flash, disk, UBOOT, "selftest") as qemu:
            for line in qemu.lines(120):
                seen.append(line)
                start = re.match(r"(?:Setting up|Executing|Tearing down) '(.*)'$", line)
                if start:
                    current = start.group(1)
                    tests.setdefault(current, [])
                elif line.startswith("ERROR: ") and current and \
                        not re.match(r"ERROR: (Executing|Setting up|Tearing down) '", line):
                    tests[current].append(line[len("ERROR: "):].strip())
                elif line.startswith("Summary: "):
                    break
    count = failed = 0
    for name in sorted(set(tests) | set(WANTED)):
        expected = [DIFFERENT[name]] if name in DIFFERENT else []
        good = tests.get(name) == expected
        count += 1
        failed += not good
        note = " differs as documented" if expected else ""
        print(f"{'ok' if good else 'not ok'} {count} - selftest '{name}'{note}")
        if not good:
            print(f"# errors: {tests.get(name)}, expected: {expected}")
    count += 1
    finished = bool(seen) and seen[-1].startswith("Summary: ") and \
        any("in the secure world now" in line for line in seen)
    failed += not finished
    print(f"{'ok' if finished else 'not ok'} {count} - the driver was loaded and the test finished")
    if failed:
        for line in seen[-40:]:
            print(f"# {line}")
    print(f"1..{count}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
