#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Give the MM partition the forms that other partition managers load.

usage: make-sp.py OUTPUT_FOLDER LIST IMAGE OPTEE_DTB PACKAGE_DTB

IMAGE is the partition as one position-independent binary with its entry at 0; each DTB is a
manifest for it (machines/sp). Below OUTPUT_FOLDER this writes

  optee/img/UUID.bin, optee/manifest/UUID.dtb    embedded by OP-TEE's build
  tf-a/mm.bin, mm.dts, sp_layout.json            what TF-A's build makes an SP package of
  tf-a/mm.pkg                                    the SP package itself

and into the file LIST which file goes where.
"""
import json
import os
import re
import shutil
import struct
import subprocess
import sys

UUID = "ed32d533-99e6-4209-9cc0-2d72cdd998a7"
PAGE = 4096

# Header of an SP package: magic, version, manifest offset and size, image offset and size.
HEADER = struct.Struct("<4sIIIII")
MAGIC = b"SPKG"
VERSION = 2
MANIFEST_OFFSET = 0x1000


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    """Write a file whole or not at all."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "wb") as file:
        file.write(data)
    os.replace(path + ".new", path)


def package(manifest, image, image_offset):
    """An SP package: header, manifest and image, the last two on pages of their own."""
    room = image_offset - MANIFEST_OFFSET
    if image_offset % PAGE or len(manifest) > room:
        sys.exit(f"make-sp: the manifest has {len(manifest)} bytes, a package has room for {room}.")
    header = HEADER.pack(MAGIC, VERSION, MANIFEST_OFFSET, len(manifest), image_offset, len(image))
    return (header.ljust(MANIFEST_OFFSET, b"\0") + manifest.ljust(room, b"\0") + image)


def plain_source(dtb):
    """A manifest as source without includes and labels, which TF-A's scripts read as text."""
    done = subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", dtb], check=True,
                          stdout=subprocess.PIPE, text=True)
    return done.stdout


def number(source, name):
    """The value of a property of one or two cells in a manifest's source."""
    match = re.search(rf"\s{name} = <(0x[0-9a-f]+)(?: (0x[0-9a-f]+))?>;", source)
    if not match:
        sys.exit(f"make-sp: the package's manifest has no {name} of one or two cells.")
    first, second = (int(cell, 16) if cell else None for cell in match.groups())
    return first if second is None else first << 32 | second


def layout(address, image_offset):
    """The entry for SP_LAYOUT_FILE of TF-A's build."""
    return {
        "ffavars-mm": {
            "image": {"file": "mm.bin", "offset": hex(image_offset)},
            "pm": {"file": "mm.dts", "offset": hex(MANIFEST_OFFSET)},
            "uuid": UUID,
            "physical-load-address": hex(address),
            "owner": "SiP",
        },
    }


EXPLAINED = """\
The MM partition for other partition managers; docs/deploy.md says what each must grant.

OP-TEE (S-EL1 partition manager), embedded in its core:
  {optee_image}
  {optee_manifest}
      OP-TEE's build: CFG_SECURE_PARTITION=y SP_PATHS=<the .bin above>. It finds the manifest
      beside it, as ../manifest/<same name>.dtb.

TF-A with Hafnium (S-EL2 partition manager), loaded by BL2:
  {layout}
      TF-A's build: SP_LAYOUT_FILE=<this file>; it names mm.bin and mm.dts beside it.
  {package}
      The same as a finished SP package (manifest at {manifest_offset:#x}, image at {image_offset:#x}), for a FIP that is
      put together by hand: fiptool create --blob uuid={uuid},file=<this file>

Image: {image_size} bytes, stack and data included, entry at 0, runs at any page.
The flash window of the manifest must hold 0xff before the first start.
"""


def main():
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    folder, listing, image_path, optee_dtb, package_dtb = sys.argv[1:]
    image = read(image_path)
    if not image or len(image) % PAGE:
        sys.exit(f"make-sp: {image_path} has {len(image)} bytes, which is not whole pages.")
    source = plain_source(package_dtb)
    # The partition manager adds it to the address of the package.
    image_offset = number(source, "entrypoint-offset")
    files = {
        "optee_image": (f"optee/img/{UUID}.bin", image),
        "optee_manifest": (f"optee/manifest/{UUID}.dtb", read(optee_dtb)),
        "layout": ("tf-a/sp_layout.json",
                   (json.dumps(layout(number(source, "load-address"), image_offset), indent=8) + "\n").encode()),
        "package": ("tf-a/mm.pkg", package(read(package_dtb), image, image_offset)),
        "binary": ("tf-a/mm.bin", image),
        "source": ("tf-a/mm.dts", source.encode()),
    }
    shutil.rmtree(folder, ignore_errors=True)
    for name, data in files.values():
        write(os.path.join(folder, name), data)
    places = {key: os.path.join(folder, name) for key, (name, _) in files.items()}
    write(os.path.abspath(listing), EXPLAINED.format(
        uuid=UUID, image_size=len(image), manifest_offset=MANIFEST_OFFSET,
        image_offset=image_offset, **places).encode())


if __name__ == "__main__":
    main()
