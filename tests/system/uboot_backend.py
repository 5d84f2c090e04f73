#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Both sides of the U-Boot port on this machine, under AddressSanitizer and UBSan: its U-Boot
side with a scripted library, its library side with a scripted partition. Prints TAP."""
import os
import re
import subprocess
import sys
import tempfile

import uboot_resident

HERE = os.path.dirname(os.path.abspath(__file__))
PORT = os.path.join(uboot_resident.TREE, "port")


def build(folder, name, sources, flags):
    program = os.path.join(folder, name)
    done = subprocess.run(
        ["cc", "-g", "-O1", "-fshort-wchar", "-Wall", "-Wextra", "-Werror",
         "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-I", PORT, *flags,
         os.path.join(HERE, name + ".c"), *sources, "-lcmocka", "-o", program],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return program, done


def main():
    count = failed = 0

    def point(good, name, output=""):
        nonlocal count, failed
        count += 1
        failed += not good
        print(f"{'ok' if good else 'not ok'} {count} - {name}", flush=True)
        if not good:
            for line in output.splitlines()[-40:]:
                print(f"# {line}")

    with tempfile.TemporaryDirectory(prefix="ffavars-") as folder:
        library = [uboot_resident.source(path) for path in uboot_resident.makefile_list("library-y")
                   if path != "port/platform.c" and not path.startswith("ports/resident/")]
        for name, sources, flags in (
                ("uboot_backend", [os.path.join(PORT, "backend.c"), os.path.join(PORT, "errno.c")],
                 ["-std=gnu11", "-I", uboot_resident.headers(folder), "-I", HERE]),
                ("uboot_property", library, ["-std=c17", "-I", uboot_resident.ROOT])):
            program, done = build(folder, name, sources, flags)
            if done.returncode:
                point(False, f"{name} is built", done.stdout)
                continue
            done = subprocess.run([program], env=dict(os.environ, CMOCKA_MESSAGE_OUTPUT="TAP"),
                                  text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  check=False)
            cases = re.findall(r"^(not )?ok \d+ - (\w+)", done.stdout, re.M)
            planned = re.search(r"^1\.\.(\d+)", done.stdout, re.M)
            for bad, case in cases:
                point(not bad, f"{name}: {case}", done.stdout)
            point(done.returncode == 0 and planned and len(cases) == int(planned.group(1)),
                  f"{name}: every case was run", done.stdout)
    print(f"1..{count}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
