#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What the partition manager costs: a part of 'make bench'.

A direct request to the echo partition and back, by QEMU's count of instructions: those at EL3,
which are the monitor's and the manager's, apart from those of the partition. The manager's core
alone by callgrind, with what memory costs that is shared, retrieved and reclaimed. And how the
monitor's image is made up.
"""
import os
import re
import statistics
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "scripts"))

import latency  # pylint: disable=wrong-import-position

SECURE = os.path.join(ROOT, "build", "secure")
KINDS = {"req": "FFA_MSG_SEND_DIRECT_REQ", "req2": "FFA_MSG_SEND_DIRECT_REQ2"}
#: What the core calls and the machine does.
MACHINE = ["lock", "unlock", "normal_memory", "partition_memory", "partition_access",
           "partition_set_access"]
TOGGLES = ["ffav_spmc_from_normal", "ffav_spmc_from_partition",
           *[f"ffav_machine_{name}" for name in MACHINE]]


def trips(stretches):
    """Instructions at EL3 of each round trip: into a partition, and then out of it."""
    found, inward = [], None
    for s in stretches:
        if s.to == "EL0":
            inward = s.instructions
        elif inward is not None:
            found.append(inward + s.instructions)
            inward = None
    return found


def round_trips():
    """For each kind of request: (all instructions, those at EL3) of a round trip, or None."""
    if not os.path.exists(os.path.join(SECURE, "roundtrip.bin")):
        return None
    stretches, printed = latency.measure(SECURE, "secure-flash.bin", "roundtrip.bin")
    told = re.findall(r"# trip (\w+) (\d+) (\d+)", printed)
    if "not ok" in printed or [kind for kind, _, _ in told] != list(KINDS):
        sys.exit(f"The program that counts round trips did not come to its end:\n{printed}")
    monitor = trips(stretches)
    if len(monitor) != sum(int(calls) for _, calls, _ in told):
        sys.exit(f"{len(monitor)} round trips were seen at EL3, not those that were made.")
    found = {}
    for kind, calls, instructions in told:
        own, monitor = monitor[:int(calls)], monitor[int(calls):]
        found[kind] = (round(int(instructions) / int(calls)), round(statistics.median(own)))
    return found


def core(instructions):
    """Rows about the core alone. @instructions: bench.instructions()"""
    rows = []
    for kind, title in KINDS.items():
        total, result = instructions("bench_manager", [kind, 200], TOGGLES)
        rows.append([title + " and its response", 2, round(total / result[0])])
    for pages in (1, 16):
        total, result = instructions("bench_manager", ["share", 50, pages], TOGGLES)
        rows.append([f"share, retrieve, relinquish, reclaim: {pages} page{'s' * (pages > 1)}", 5,
                     round(total / result[0])])
    return rows


def part_of(source):
    """Whose code an object file of the monitor is, by the name of its source."""
    if "spmc" in source:
        return "partition manager core"
    if "libfdt" in source:
        return "libfdt"
    if "report" in source:
        return "ring of refusals"
    if "libc" in source:
        return "C library"
    return "monitor"


def parts(link_map):
    """Bytes that are loaded, for each part of an image, from GNU ld's map of it."""
    found = {}
    # An input section: its name, possibly on a line of its own, address, size, file. Where the
    # address is 0 it has been dropped.
    section = re.compile(r"^ (\.(?:text|rodata|data)\S*)\s+0x0*[1-9a-f][0-9a-f]*\s+"
                         r"0x([0-9a-f]+) (\S+)$", re.MULTILINE)
    joined = re.sub(r"^( \.\S+)\n\s+", r"\1 ", link_map, flags=re.MULTILINE)
    for _, size, source in section.findall(joined):
        part = part_of(source)
        found[part] = found.get(part, 0) + int(size, 16)
    return found


def image():
    """Rows about the monitor's image, or None where it has not been built."""
    folder = os.path.join(SECURE, "machines", "qemu-virt")
    path = os.path.join(folder, "el3.map")
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8", errors="replace") as f:
        found = parts(f.read())
    whole = os.path.getsize(os.path.join(folder, "el3.bin"))
    rows = sorted(found.items(), key=lambda row: -row[1])
    rows.append(("between them, for alignment", whole - sum(found.values())))
    rows.append(("el3.bin", whole))
    return rows


def report(table, number, instructions):
    """Print all of it. @table, @number, @instructions: bench's functions of these names"""
    rows = [[title, calls, number(value)] for title, calls, value in core(instructions)]
    table("Partition manager core alone, instructions (callgrind, x86-64 -O2)",
          ["", "calls", "instructions"], rows)
    found = round_trips()
    if found is None:
        print("\nRound trips to the echo partition are not counted: 'make secure-image' builds "
              "what that needs.")
    else:
        table("Round trip to the echo partition on QEMU's virt machine, AArch64 instructions "
              "(-icount)",
              ["request", "monitor and manager", "partition and caller", "together"],
              [[KINDS[kind], number(el3), number(both - el3), number(both)]
               for kind, (both, el3) in found.items()])
    rows = image()
    if rows is not None:
        table("The image of monitor and manager, bytes (AArch64 -Os)", ["part", "bytes"],
              [[title, number(size)] for title, size in rows])
