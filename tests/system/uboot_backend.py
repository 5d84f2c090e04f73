#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The U-Boot side of the port on this machine: backend.c and errno.c with a scripted library,
under AddressSanitizer and UBSan. Prints TAP."""
import os
import subprocess
import sys
import tempfile

import uboot_resident


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    ports = os.path.join(uboot_resident.TREE, "port")
    with tempfile.TemporaryDirectory(prefix="ffavars-") as folder:
        program = os.path.join(folder, "uboot_backend")
        done = subprocess.run(
            ["cc", "-std=gnu11", "-g", "-O1", "-fshort-wchar", "-Wall", "-Wextra", "-Werror",
             "-fsanitize=address,undefined", "-I", uboot_resident.headers(folder), "-I", ports,
             "-I", here, os.path.join(here, "uboot_backend.c"), os.path.join(ports, "backend.c"),
             os.path.join(ports, "errno.c"), "-lcmocka", "-o", program],
            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode:
            print("not ok 1 - the test is built")
            for line in done.stdout.splitlines()[:40]:
                print(f"# {line}")
            print("1..1")
            return 1
        return subprocess.run([program], env=dict(os.environ, CMOCKA_MESSAGE_OUTPUT="TAP"),
                              check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
