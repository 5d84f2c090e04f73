#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What of the MM partition's memory outlives a fault: what holds until reset, and nothing else.

The image that is shipped is looked at, and images of sources that were spoilt, which must be found
out. That the manager keeps what the image marks is for qemu_el3_isolation.py. Prints TAP.
"""
import os
import shlex
import subprocess
import sys
import tempfile

from deploy_image import Elf
from qemu_el3_machine import BUILD, ROOT, Tap

IMAGE = os.path.join("machines", "qemu-virt", "mm.elf")
MAIN = os.path.join(ROOT, "secure", "mm", "main.c")
#: FFAV_SEGMENT_RETAINED of machines/qemu-virt/el3/package.h.
RETAINED = 0x100000
#: In secure/mm/main.c: the phase, and whether locks, properties and policies may still be set; the
#: volatile variables, with the locks, properties and policies themselves.
PROMISED = {"variables", "volatile_memory"}


def output(command):
    return subprocess.run(command, cwd=BUILD, stdout=subprocess.PIPE, check=True, text=True,
                          timeout=300).stdout


def retained(path):
    """Names of the data that lie wholly in a segment that a restart leaves as it is."""
    segments = [range(address, address + size) for address, _, size, flags in Elf(path).segments
                if flags & RETAINED]
    names = set()
    for line in output(["aarch64-linux-gnu-nm", "-S", "--defined-only", path]).splitlines():
        address, size, *_, name = line.split()
        if len(line.split()) == 4 and int(size, 16) and any(
                int(address, 16) in s and int(address, 16) + int(size, 16) - 1 in s
                for s in segments):
            names.add(name)
    return names


def commands():
    """How the build compiles main.c, and how it links the image."""
    found = [shlex.split(line) for line in
             output(["ninja", "-t", "commands", IMAGE]).splitlines()]
    compiling = [c for c in found if c[-1].endswith("/secure/mm/main.c") and
                 any("/mm.elf.p/" in word for word in c)]
    linking = [c for c in found if "-o" in c and c[c.index("-o") + 1] == IMAGE]
    if len(compiling) != 1 or len(linking) != 1:
        sys.exit("Bail out! The build does not say how it makes mm.elf.")
    return compiling[0], linking[0]


def spoilt(folder, find, replace):
    """The image, made of a main.c in which one thing is another."""
    compiling, linking = commands()
    built = compiling[compiling.index("-o") + 1]
    files = {name: os.path.join(folder, name) for name in ("main.c", "main.o", "main.d", "elf")}
    with open(MAIN, encoding="utf-8") as file:
        text = file.read()
    if text.count(find) != 1:
        sys.exit(f"Bail out! secure/mm/main.c does not have '{find}' once.")
    with open(files["main.c"], "w", encoding="utf-8") as file:
        file.write(text.replace(find, replace))
    for option, name in (("-MQ", "main.o"), ("-MF", "main.d"), ("-o", "main.o"), ("-c", "main.c")):
        compiling[compiling.index(option) + 1] = files[name]
    output(compiling)
    linking = [files["main.o"] if word == built else word for word in linking
               if not word.startswith("-Wl,-Map")]
    linking[linking.index("-o") + 1] = files["elf"]
    output(linking)
    return files["elf"]


def main():
    tap = Tap()
    found = retained(os.path.join(BUILD, IMAGE))
    tap.ok(PROMISED <= found, "a restart leaves what holds until reset", found)
    tap.ok(found <= PROMISED, "and makes all other data anew", found - PROMISED)
    rows = [
        ("the phase and the locks' state made anew", "FFAV_RETAINED struct ffav_variables",
         "struct ffav_variables", PROMISED - {"variables"}),
        ("the volatile store made anew", "FFAV_RETAINED _Alignas(uint64_t) uint8_t volatile_memory",
         "_Alignas(uint64_t) uint8_t volatile_memory", PROMISED - {"volatile_memory"}),
        ("the buffer that was shared left as it was", "static struct ffav_service service",
         "static FFAV_RETAINED struct ffav_service service", PROMISED | {"service"}),
    ]
    for what, find, replace, expected in rows:
        with tempfile.TemporaryDirectory() as folder:
            found = retained(spoilt(folder, find, replace))
        tap.ok(found == expected, f"spoilt and found out: {what}", found)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
