# SPDX-License-Identifier: BSD-3-Clause
"""The Debian packages that a command needs on this machine.

ensure_host() installs what is missing where that is possible, and otherwise
says which packages are missing and what to type.
"""
import os
import shutil
import subprocess
import sys

#: To compile the secure world, the driver and the host tools.
BUILD = [
    # QEMU prints the device tree of its own machine.
    "qemu-system-arm",
    "meson", "ninja-build", "gcc", "libc6-dev", "pkg-config",
    "gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross",
    "clang", "lld", "llvm", "device-tree-compiler", "libfdt-dev", "libelf-dev", "libdw-dev", "libcmocka-dev", "libmbedtls-dev",
    "libssl-dev", "libcjson-dev", "dpkg-dev",
]
#: To boot U-Boot and Linux on QEMU.
RUN = BUILD + [
    "u-boot-qemu", "mtools", "dosfstools", "cpio", "xz-utils", "zstd",
    "openssl", "efitools",
]
#: To test.
TEST = RUN + [
    "libclang-rt-14-dev", "clang-format", "clang-tidy", "cppcheck", "git",
]
#: To measure.
BENCH = RUN + ["valgrind", "libc6-dbg"]


def missing(names):
    """Which of these Debian packages are not installed?"""
    if not shutil.which("dpkg-query"):
        sys.exit("This command sets itself up on Debian 12; dpkg-query was not found here. "
                 "Install by hand what these packages hold: " + " ".join(names))
    shown = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Status} ${binary:Package}\n"] + names,
        text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
    there = {line.split()[1].split(":")[0] for line in shown.splitlines()
             if line.startswith("installed ")}
    return [name for name in names if name not in there]


def ensure_host(names):
    """Install the packages that are missing, or stop with a sentence that says what to do."""
    wanted = missing(names)
    if not wanted:
        return
    line = "apt-get install --no-install-recommends " + " ".join(wanted)
    if os.geteuid() != 0:
        sys.exit("These Debian packages are missing, and only root can install them. "
                 "Type:\n  sudo " + line)
    print("Installing Debian packages: " + " ".join(wanted), flush=True)
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True,
             "env": dict(os.environ, DEBIAN_FRONTEND="noninteractive")}
    for command in (["apt-get", "update"],
                    ["apt-get", "install", "-y", "--no-install-recommends"] + wanted):
        done = subprocess.run(command, check=False, **quiet)
        if done.returncode:
            print(done.stdout)
            sys.exit(f"'{' '.join(command[:2])}' failed with exit status {done.returncode}; "
                     "its output is above.")
    still = missing(wanted)
    if still:
        sys.exit("apt-get succeeded, but these packages are still missing: " + " ".join(still))
