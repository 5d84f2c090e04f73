# SPDX-License-Identifier: BSD-3-Clause
"""How full the arena of cryptography gets; a part of 'make bench'.

mbedTLS from Debian's source, with the configuration that the partition has, is built for this
machine and verifies signatures of each kind. Words are 64 bits wide on both, so that what is
allocated is what the partition allocates.
"""
import glob
import os
import re
import sys

from command import run

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CONFIGURATION = '-DMBEDTLS_CONFIG_FILE="secure/crypto/mbedtls_config.h"'
OURS = ("secure/store", "secure/variables", "secure/variables/auth", "secure/crypto",
        "secure/report")
BENCH = ("tests/bench/arena.c", "tests/bench/flash.c", "tests/bench/service.c",
         "tests/unit/auth/vectors.c")
#: Keys, hash and certificates that are sent.
CASES = [("rsa2048", "SHA256", 1), ("rsa3072", "SHA384", 1), ("rsa4096", "SHA512", 1),
         ("P-256", "SHA256", 1), ("P-384", "SHA384", 1), ("P-521", "SHA512", 1),
         ("rsa4096", "SHA512", 8), ("P-521", "SHA512", 8)]


def library_parts():
    """The files of mbedTLS that the partition is built from, as its build names them."""
    with open(os.path.join(ROOT, "machines/qemu-virt/meson.build"), encoding="utf-8") as file:
        names = re.search(r"foreach part : \[(.*?)\]", file.read(), re.DOTALL).group(1)
    return re.findall(r"'(\w+)'", names)


def build(folder):
    """The program, in the folder."""
    source = run([sys.executable, os.path.join(ROOT, "scripts/fetch-source.py"), "mbedtls",
                  os.path.join(ROOT, "build/packages/secure")]).strip()
    files = [os.path.join(source, "library", f"{part}.c") for part in library_parts()]
    files += [p for room in OURS for p in sorted(glob.glob(os.path.join(ROOT, room, "*.c")))]
    files += [os.path.join(ROOT, p) for p in BENCH]
    program = os.path.join(folder, "bench_arena")
    run(["gcc", "-std=gnu17", "-O1", "-w", "-fno-strict-aliasing", CONFIGURATION, "-I", ROOT,
         "-isystem", os.path.join(source, "include"), *files, "-o", program, "-lcmocka",
         "-lcrypto"])
    return program


def rows(folder):
    """(title, most bytes allocated, size of the arena) of each case."""
    program = build(folder)
    found = []
    for key, hashed, count in CASES:
        peak, size = map(int, run([program, key, hashed, str(count)]).split())
        sent = "1 certificate" if count == 1 else f"{count} certificates"
        found.append((f"{key}, {hashed}, {sent}", peak, size))
    return found
