#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""rtcheck on the very objects that ffavars.efi is linked from, and the image's layout. Prints TAP."""
import os
import struct
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RTCHECK = os.path.join(ROOT, "build", "host", "tools", "rtcheck", "rtcheck")
FOLDER = os.path.join(ROOT, "build", "uefi", "ports", "uefi-driver")
#: UEFI 2.10 section 2.3.6: runtime regions of AArch64 keep to 64 KiB.
GRANULE = 0x10000
EFI_RUNTIME_DRIVER = 12
IMAGE_SIZE_TARGET = 24 * 1024


def linked_objects():
    """What the build passes to the linker, so that no object is left out."""
    shown = subprocess.run(["ninja", "-C", os.path.join(ROOT, "build", "uefi"), "-t", "inputs",
                            "ports/uefi-driver/ffavars.efi"], check=True, text=True,
                           stdout=subprocess.PIPE).stdout
    return [os.path.join(ROOT, "build", "uefi", line) for line in shown.split()
            if line.endswith(".obj")]


def main():
    count = failed = 0

    def point(good, name, output=""):
        nonlocal count, failed
        count += 1
        failed += not good
        print(f"{'ok' if good else 'not ok'} {count} - {name}")
        if not good:
            for line in str(output).splitlines()[-40:]:
                print(f"# {line}")

    objects = linked_objects()
    built = [name for name in os.listdir(os.path.join(FOLDER, "libffavars-uefi.a.p"))
             if name.endswith(".obj")]
    point(len(objects) >= 20 and len(objects) == len(built), "every object is looked at",
          f"{len(objects)} linked, {len(built)} built")
    done = subprocess.run([RTCHECK] + objects, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    point(done.returncode == 0 and " 0 references" in done.stdout,
          "nothing resident refers to what is gone", done.stdout)
    fewer = [o for o in objects if not o.endswith("memory.c.obj")]
    done = subprocess.run([RTCHECK] + fewer, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    point(done.returncode == 1 and "mem" in done.stdout,
          "rtcheck would see it: without memory.c the compiler's own calls dangle", done.stdout)

    image = os.path.join(FOLDER, "ffavars.efi")
    with open(image, "rb") as file:
        data = file.read()
    at = struct.unpack_from("<I", data, 0x3c)[0]
    sections, = struct.unpack_from("<H", data, at + 6)
    optional_size, = struct.unpack_from("<H", data, at + 20)
    align, = struct.unpack_from("<I", data, at + 24 + 32)
    subsystem, = struct.unpack_from("<H", data, at + 24 + 68)
    point(subsystem == EFI_RUNTIME_DRIVER, "the image is a runtime driver", subsystem)
    point(align == GRANULE, "sections are aligned to 64 KiB", hex(align))
    mixed = []
    for i in range(sections):
        head = at + 24 + optional_size + 40 * i
        name = data[head:head + 8].rstrip(b"\0").decode()
        flags, = struct.unpack_from("<I", data, head + 36)
        if flags & 0x20000000 and flags & 0x80000000:
            mixed.append(name)
    point(not mixed, "no section is writable and executable", mixed)
    point(len(data) <= IMAGE_SIZE_TARGET, f"the image has at most {IMAGE_SIZE_TARGET} bytes",
          len(data))
    print(f"1..{count}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
