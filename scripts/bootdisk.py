# SPDX-License-Identifier: BSD-3-Clause
"""The disk that U-Boot finds: one FAT partition with the driver, the kernel and a script."""
import os
import struct
import subprocess
import zlib

SECTOR = 512
FIRST_SECTOR = 2048
#: What efibootmgr records of the partition, as a label that is easy to find again.
DISK_SIGNATURE = 0x46464156


def script_image(text):
    """U-Boot's legacy image of type 'script', as mkimage -T script makes it."""
    body = text.encode()
    data = struct.pack(">II", len(body), 0) + body
    name = b"ffavars"

    def header(crc):
        # magic, crc, time, size, load, entry, data crc, os Linux, arch AArch64, script, none
        return struct.pack(">7I4B32s", 0x27051956, crc, 0, len(data), 0, 0, zlib.crc32(data),
                           5, 22, 6, 0, name)
    return header(zlib.crc32(header(0))) + data


def script(drivers, kernel_options):
    """The commands that U-Boot runs: drivers (file, load options), then Linux by its EFI stub."""
    lines = ["echo ffavars: boot.scr runs"]
    for name, options in drivers + [("linux", kernel_options)]:
        lines += [f"setenv bootargs '{options}'",
                  f"load ${{devtype}} ${{devnum}}:${{distro_bootpart}} ${{kernel_addr_r}} {name}",
                  "bootefi ${kernel_addr_r}"]
    return "\n".join(lines) + "\n"


def make(path, files):
    """Write a disk image with these files (name: bytes or path) on its one partition."""
    sizes = [len(f) if isinstance(f, bytes) else os.path.getsize(f) for f in files.values()]
    megabytes = max(48, sum(sizes) // (1 << 20) + 16)
    sectors = megabytes * 2048
    entry = struct.pack("<8BII", 0x80, 0xfe, 0xff, 0xff, 0x0c, 0xfe, 0xff, 0xff, FIRST_SECTOR,
                        sectors - FIRST_SECTOR)
    mbr = bytes(440) + struct.pack("<IH", DISK_SIGNATURE, 0) + entry + bytes(48) + b"\x55\xaa"
    with open(path, "wb") as disk:
        disk.write(mbr)
        disk.truncate(sectors * SECTOR)
    # mtools alone, so that no loop device and no root is needed.
    env = dict(os.environ, MTOOLS_SKIP_CHECK="1")
    drive = f"{path}@@{FIRST_SECTOR * SECTOR}"
    quiet = {"check": True, "env": env, "stdout": subprocess.DEVNULL}
    subprocess.run(["mformat", "-i", drive, "-F", "-T", str(sectors - FIRST_SECTOR), "-h", "255",
                    "-s", "63", "::"], **quiet)
    for name, content in files.items():
        if isinstance(content, bytes):
            subprocess.run(["mcopy", "-i", drive, "-", f"::{name}"], input=content, **quiet)
        else:
            subprocess.run(["mcopy", "-i", drive, content, f"::{name}"], **quiet)
