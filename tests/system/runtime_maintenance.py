#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""ffavars.efi maintains caches by address alone, never by set and way. Prints TAP."""
import os
import re
import subprocess
import sys

from tool_runner import ROOT, Tap

DRIVER = os.path.join(ROOT, "build", "uefi", "ports", "uefi-driver", "ffavars.efi")


def main():
    tap = Tap()
    shown = subprocess.run(["llvm-objdump", "-d", "--no-show-raw-insn", DRIVER], check=True,
                           text=True, stdout=subprocess.PIPE).stdout
    # Operations and registers without a name of their own would be "sys".
    used = set(re.findall(r"\t((?:dc|ic|sys)\t[^,\n]*)", shown))
    names = {re.sub(r"\s+", " ", text) for text in used}
    print(f"# used: {', '.join(sorted(names))}")
    tap.ok({"dc cvac", "dc civac"} <= names, "it cleans, and cleans and invalidates, by address",
           names)
    tap.ok(names <= {"dc cvac", "dc civac"}, "and does nothing else to caches", names)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
