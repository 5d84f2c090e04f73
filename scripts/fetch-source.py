#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Download and unpack the source of a Debian package, with Debian's patches.

usage: fetch-source.py PACKAGE DIRECTORY

Prints the directory that the source was unpacked into. Does nothing else if it is there.
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
    target = os.path.join(directory, package + "-source")
    if not os.path.isdir(target):
        state = os.path.join(directory, "apt-source")
        unpacked = os.path.join(state, "unpack")
        apt = PrivateApt(state, "arm64", "deb-src")
        apt.run("apt-get", "update")
        apt.run("apt-get", "source", "--download-only", package, cwd=state)
        shutil.rmtree(unpacked, ignore_errors=True)
        dsc = max(glob.glob(os.path.join(state, f"{package}_*.dsc")), key=os.path.getmtime)
        # apt has checked the files' hashes against its signed lists.
        subprocess.run(["dpkg-source", "--no-check", "-x", dsc, unpacked], check=True,
                       stdout=subprocess.DEVNULL)
        # Last, so that an interrupted run leaves nothing that looks complete.
        os.rename(unpacked, target)
    print(target)


if __name__ == "__main__":
    main()
