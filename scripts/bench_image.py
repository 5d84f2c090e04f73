# SPDX-License-Identifier: BSD-3-Clause
"""What the MM partition's image is made of, by the linker's map; a part of 'make bench'."""
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MAP = os.path.join(ROOT, "build/secure/machines/qemu-virt/mm.map")
#: What an object's path in the map says it is part of; the first that fits counts.
PARTS = [
    ("libmbedtls.a", "mbedTLS"),
    ("libfdt.a", "libfdt"),
    ("libc.a", "memory and string functions"),
    ("secure_crypto", "crypto, in front of mbedTLS"),
    ("secure_variables_auth", "variables: descriptors, SignedData, lists"),
    ("secure_variables", "variables: everything else"),
    ("secure_store", "store"),
    ("secure_mm", "messages, manifest, start"),
    ("secure_report", "report"),
    (".p/", "entry, flash driver, relocations"),
    ("", "everything else"),
]
#: Kinds of sections: what is in the image, and what is only memory.
KINDS = [("code", re.compile(r"\.text")),
         ("constants", re.compile(r"\.rodata|\.data\.rel\.ro|\.rela")),
         ("data", re.compile(r"\.data")),
         ("memory", re.compile(r"\.bss|COMMON|\.retained"))]
PIECE = re.compile(r"^ (\S+)\s+0x[0-9a-f]+\s+0x([0-9a-f]+) (\S+)$")


def pieces(text):
    """(section, bytes, object) of everything that was linked."""
    _, _, text = text.partition("Linker script and memory map")
    # A section with a long name has the rest on a line of its own.
    for line in re.sub(r"^( \S+)\n +", r"\1 ", text, flags=re.MULTILINE).splitlines():
        found = PIECE.match(line)
        if found:
            yield found.group(1), int(found.group(2), 16), found.group(3)


def rows():
    """[(part, {kind: bytes})], or None where the image has not been built."""
    if not os.path.exists(MAP):
        return None
    with open(MAP, encoding="utf-8") as file:
        text = file.read()
    total = {name: dict.fromkeys((k for k, _ in KINDS), 0) for _, name in PARTS}
    for section, size, path in pieces(text):
        kind = next((k for k, pattern in KINDS if pattern.match(section)), None)
        if kind:
            part = next(name for word, name in PARTS if word in path)
            total[part][kind] += size
    # The largest share of the image first; memory is not in it.
    return sorted(total.items(), key=lambda row: row[1]["memory"] - sum(row[1].values()))
