#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Download and unpack a Debian package for arm64, beside the machine's own packages.

usage: fetch-arm64.py PACKAGE DIRECTORY

Prints the directory that the package was unpacked into. Does nothing else if it is there.
"""
import glob
import os
import shutil
import subprocess
import sys

from private_apt import PrivateApt


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    package, directory = sys.argv[1], os.path.abspath(sys.argv[2])
    target = os.path.join(directory, package)
    if not os.path.isdir(target):
        state = os.path.join(directory, "apt")
        unpacked = os.path.join(state, "unpack")
        apt = PrivateApt(state, "arm64")
        apt.run("apt-get", "update")
        apt.run("apt-get", "download", package, cwd=state)
        shutil.rmtree(unpacked, ignore_errors=True)
        deb = max(glob.glob(os.path.join(state, f"{package}_*.deb")), key=os.path.getmtime)
        subprocess.run(["dpkg-deb", "-x", deb, unpacked], check=True)
        # Last, so that an interrupted run leaves nothing that looks complete.
        os.rename(unpacked, target)
    print(target)


if __name__ == "__main__":
    main()
