#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The forms of the MM partition that other partition managers load, without any of those."""
import json
import os
import struct
import subprocess
import sys
import tempfile

from qemu_el3_machine import BUILD, ROOT, Tap

PAGE = 4096
UUID = "ed32d533-99e6-4209-9cc0-2d72cdd998a7"
ELF_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
PROGRAM_HEADER = struct.Struct("<IIQQQQQQ")
SECTION_HEADER = struct.Struct("<IIQQQQIIQQ")
RELA = struct.Struct("<QQq")
PT_LOAD, SHT_RELA = 1, 4
EXECUTE, WRITE = 1, 2
R_AARCH64_RELATIVE = 1027

#: Instructions that trap at S-EL0 under some manager, or may not be there: (mask, value, name).
FORBIDDEN = (
    (0xfff00000, 0xd5300000, "mrs"),    # the counter, CTR_EL0
    (0xfff00000, 0xd5100000, "msr"),
    (0xfff80000, 0xd5080000, "sys"),    # DC and IC
    (0xfff80000, 0xd5280000, "sysl"),
    (0xffe0001f, 0xd4000002, "hvc"),
    (0xffe0001f, 0xd4000003, "smc"),
    (0xffffffff, 0xd503207f, "wfi"),
    (0xffffffff, 0xd503205f, "wfe"),
)

SVC = 0xd4000001


def read(path):
    with open(path, "rb") as file:
        return file.read()


class Elf:
    """Segments and relocations of an image."""

    def __init__(self, path):
        data = read(path)
        header = ELF_HEADER.unpack_from(data)
        self.entry = header[4]
        self.segments = []
        self.relocations = []
        for i in range(header[10]):
            kind, flags, at, address, _, in_file, size, _ = PROGRAM_HEADER.unpack_from(
                data, header[5] + i * header[9])
            if kind == PT_LOAD:
                self.segments.append((address, data[at:at + in_file], size, flags))
        for i in range(header[12]):
            section = SECTION_HEADER.unpack_from(data, header[6] + i * header[11])
            if section[1] == SHT_RELA:
                self.relocations += RELA.iter_unpack(data[section[4]:section[4] + section[5]])

    def memory(self):
        """The image as it is when it starts, from its lowest address on."""
        image = bytearray(max(address + size for address, _, size, _ in self.segments))
        for address, body, _, _ in self.segments:
            image[address:address + len(body)] = body
        return bytes(image)


def image_rules(tap, elf, raw):
    tap.ok(elf.entry == 0 and elf.segments[0][0] == 0, "the image starts at its entry point")
    kinds = {info & 0xffffffff for _, info, _ in elf.relocations}
    tap.ok(kinds <= {R_AARCH64_RELATIVE}, "its relocations are relative ones only", kinds)
    end = len(elf.memory())
    good = all(0 <= addend < end and
               any(address <= at and at + 8 <= address + size and flags & WRITE
                   for address, _, size, flags in elf.segments)
               for at, _, addend in elf.relocations)
    tap.ok(good, "they change writable data only, and point into the image", elf.relocations)
    tap.ok(not any(flags & WRITE and flags & EXECUTE for *_, flags in elf.segments),
           "nothing is writable and executable")
    tap.ok(all(address % PAGE == 0 for address, *_ in elf.segments),
           "permissions change between pages", elf.segments and [s[0] for s in elf.segments])
    tap.ok(raw == elf.memory() + bytes(-len(elf.memory()) % PAGE),
           "the binary is the whole memory: code, data, bss, stack",
           f"binary {len(raw)} bytes, memory {end}")
    code = [word for _, body, _, flags in elf.segments if flags & EXECUTE
            for word, in struct.iter_unpack("<I", body)]
    found = [name for word in code for mask, value, name in FORBIDDEN if word & mask == value]
    tap.ok(SVC in code and not found,
           "it calls its manager, and has no instruction that one may trap", found)
    gaps = [b[0] - (a[0] + a[2] + -a[2] % PAGE)
            for a, b in zip(elf.segments, elf.segments[1:])]
    tap.ok(PAGE in gaps, "a guard page lies below the stack", gaps)


def manifest(blob):
    """A manifest's properties by path; a cell list is a list of numbers."""
    def get(path, name, kind="x"):
        done = subprocess.run(["fdtget", "-t", kind, "-", path, name], input=blob, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode:
            return None
        words = done.stdout.decode().split()
        return words if kind == "s" else [int(word, 16) for word in words]
    return get


def optee_rules(tap, folder, raw):
    image = os.path.join(folder, "img", UUID + ".bin")
    # OP-TEE's build takes the manifest's place from the image's.
    beside = os.path.join(os.path.dirname(image), "..", "manifest", UUID + ".dtb")
    tap.ok(read(image) == raw, "OP-TEE: the image is the binary")
    get = manifest(read(beside))
    tap.ok(get("/", "compatible", "s") == ["arm,ffa-manifest-1.0"], "OP-TEE: a manifest 1.0")
    tap.ok(get("/", "uuid") == [0x33d532ed, 0x0942e699, 0x722dc09c, 0xa798d9cd],
           "OP-TEE: one UUID, that of U-Boot's client", get("/", "uuid"))
    tap.ok(get("/", "boot-order") is not None, "OP-TEE: there is a boot-order")
    tap.ok(get("/variable-service", "shared-buffer-physical") ==
           get("/memory-regions/shared-buffer", "base-address"),
           "OP-TEE: the buffer's physical address stays known")


def package_rules(tap, folder, raw):
    package = read(os.path.join(folder, "mm.pkg"))
    magic, version, pm_at, pm_size, image_at, image_size = struct.unpack_from("<4sIIIII", package)
    tap.ok(magic == b"SPKG" and version == 2, "package: magic and version", (magic, version))
    tap.ok(pm_at == 0x1000 and pm_at + pm_size <= image_at and image_at % PAGE == 0,
           "package: manifest and image lie on pages of their own",
           [hex(n) for n in (pm_at, pm_size, image_at)])
    tap.ok(image_size == len(raw) and package[image_at:] == raw,
           "package: the image is the binary, to the end")
    get = manifest(package[pm_at:pm_at + pm_size])
    tap.ok(get("/", "entrypoint-offset") == [image_at],
           "package: the manifest's entry point is the image", get("/", "entrypoint-offset"))
    tap.ok(len(get("/", "uuid") or []) == 12, "package: all three UUIDs are published")
    tap.ok(get("/boot-info", "ffa_manifest") == [],
           "package: it asks for its manifest as boot information")

    layout = json.loads(read(os.path.join(folder, "sp_layout.json")))
    entry, = layout.values()
    tap.ok(int(entry["image"]["offset"], 0) == image_at and int(entry["pm"]["offset"], 0) == pm_at,
           "sp_layout.json: the same offsets", entry)
    high, low = get("/", "load-address")
    tap.ok(int(entry["physical-load-address"], 0) == high << 32 | low and entry["uuid"] == UUID,
           "sp_layout.json: address and UUID are the manifest's", entry)
    compiled = subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb",
                               os.path.join(folder, entry["pm"]["file"])], check=False,
                              stdout=subprocess.PIPE).stdout
    # The order of the strings may differ: compare what it says.
    def text(blob):
        return subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", "-s"], input=blob,
                              check=False, stdout=subprocess.PIPE).stdout
    tap.ok(text(compiled) == text(package[pm_at:pm_at + pm_size]) != b"" and
           read(os.path.join(folder, entry["image"]["file"])) == raw,
           "sp_layout.json: the files it names are those in the package")


def bad_input(tap, raw):
    """scripts/make-sp.py refuses what no manager could load, and writes nothing."""
    tool = os.path.join(ROOT, "scripts", "make-sp.py")
    dtb = os.path.join(BUILD, "sp", "optee", "manifest", UUID + ".dtb")

    def refused(what, words, image, package_dtb):
        with tempfile.TemporaryDirectory() as folder:
            binary = os.path.join(folder, "image.bin")
            tree = os.path.join(folder, "package.dtb")
            for path, data in ((binary, image), (tree, package_dtb)):
                with open(path, "wb") as file:
                    file.write(data)
            done = subprocess.run([tool, os.path.join(folder, "sp"),
                                   os.path.join(folder, "list"), binary, dtb, tree],
                                  check=False, stderr=subprocess.PIPE, text=True)
            left = sorted(os.listdir(folder))
            tap.ok(done.returncode and words in done.stderr and
                   left == ["image.bin", "package.dtb"], what, done.stderr, left)

    package = read(os.path.join(BUILD, "sp", "tf-a", "mm.pkg"))
    at, size = struct.unpack_from("<II", package, 8)
    tree = package[at:at + size]
    refused("an image of half a page is refused", "not whole pages", raw[:PAGE // 2], tree)
    refused("an empty image is refused", "not whole pages", b"", tree)
    refused("a package without a load-address is refused",
            "no load-address of one or two cells", raw, read(dtb))
    with tempfile.NamedTemporaryFile(suffix=".dtb") as file:
        file.write(tree)
        file.flush()
        subprocess.run(["fdtput", "-t", "x", file.name, "/", "entrypoint-offset", "1000"],
                       check=True)
        refused("a manifest that reaches into the image is refused", "a package has room for 0",
                raw, read(file.name))


def main():
    tap = Tap()
    folder = os.path.join(BUILD, "sp")
    raw = read(os.path.join(folder, "tf-a", "mm.bin"))
    image_rules(tap, Elf(os.path.join(BUILD, "machines", "qemu-virt", "mm.elf")), raw)
    optee_rules(tap, os.path.join(folder, "optee"), raw)
    package_rules(tap, os.path.join(folder, "tf-a"), raw)
    bad_input(tap, raw)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
