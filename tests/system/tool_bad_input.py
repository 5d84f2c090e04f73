#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""ffavars: command lines, names, data and flash images that are wrong. Prints TAP.

Each is refused with a sentence and the right exit status, and changes nothing.
"""
import fcntl
import os
import random
import struct
import sys
import tempfile

from tool_runner import Tap, content, tool, write

GUID = "5f3d2a10-7c41-4b8e-9d02-112233445566"
REFUSED, USAGE, IMAGE = 1, 2, 3


def refused(tap, what, image, code, words, *arguments):
    """The run ends with this status and these words, and the image is as before."""
    before = content(image) if image and os.path.exists(image) else None
    done = tool(*(["--flash", image] if image else []), *arguments)
    after = content(image) if image and os.path.exists(image) else None
    tap.ok(done.code == code and all(w in done.err for w in words) and after == before, what,
           done, f"wanted status {code} and {words}", "unchanged" if before == after else "CHANGED")


def command_lines(tap, image):
    refused(tap, "no verb", image, USAGE, ["no verb"])
    refused(tap, "an unknown verb", image, USAGE, ['"frobnicate"'], "frobnicate")
    refused(tap, "no image", None, USAGE, ["--flash"], "list")
    refused(tap, "an unknown option", image, USAGE, ["--help"], "--frobnicate", "list")
    refused(tap, "no name", image, USAGE, ["needs the name"], "get")
    refused(tap, "too much", image, USAGE, ['"more"'], "get", f"{GUID}-A", "more")
    refused(tap, "no data", image, USAGE, ["needs data"], "set", f"{GUID}-A")
    refused(tap, "empty data", image, USAGE, ["'delete'"], "set", f"{GUID}-A", "")
    refused(tap, "--hex without an argument", image, USAGE, ["--hex"],
            "set", f"{GUID}-A", "--hex", "--file", "/dev/null")
    for text in ("0x", "zz", "123", "1 2"):
        refused(tap, f"hexadecimal {text}", image, USAGE, [text],
                "set", f"{GUID}-A", "--hex", text)
    for text in ("XX", "NV|", "", "7x", "0x100000000", "-1"):
        refused(tap, f"attributes '{text}'", image, USAGE, [f'"{text}"'],
                "set", f"{GUID}-A", "x", "-a", text)
    refused(tap, "a volatile variable", image, USAGE, ["without NV"],
            "set", f"{GUID}-A", "x", "-a", "BS|RT")
    done = tool("--flash", image, "set", f"{GUID}-A", "x", "-a", "NV|RT")
    tap.ok(done.code == REFUSED and "EFI_INVALID_PARAMETER" in done.err
           and f"{GUID}-A" not in tool("--flash", image, "list").lines,
           "attributes that the service refuses", done)
    refused(tap, "data from a file that is missing", image, USAGE, ["/nonexistent"],
            "set", f"{GUID}-A", "--file", "/nonexistent")
    refused(tap, "data from a folder", image, USAGE, ["cannot be read"],
            "set", f"{GUID}-A", "--file", "/")
    refused(tap, "data without end", image, USAGE, ["more than"],
            "set", f"{GUID}-A", "--file", "/dev/zero")
    refused(tap, "append to something absent without data", image, USAGE, ["needs data"],
            "append", f"{GUID}-A")
    refused(tap, "get of something absent", image, REFUSED, ["EFI_NOT_FOUND"],
            "get", f"{GUID}-Absent")


def names(tap, image):
    for name in ("Boot0000", GUID, f"{GUID}-", f"{GUID}x-A", f"{{{GUID}-A", f"{GUID[:-1]}g-A",
                 GUID.replace("-", "") + "-A", "unknown-A", "", f"{GUID}-\\u12",
                 f"{GUID}-\\x41", f"{GUID}-\\u0000", os.fsdecode(f"{GUID}-".encode() + b"\xff"),
                 os.fsdecode(f"{GUID}-".encode() + b"\xc0\x80"),
                 os.fsdecode(f"{GUID}-".encode() + b"\xed\xa0\x80")):
        refused(tap, f"name {ascii(name)}", image, USAGE, ["is not a variable's name"],
                "get", name)
    refused(tap, "a name of 1,025 characters", image, USAGE, ["longer than 1024"],
            "set", f"{GUID}-" + "n" * 1025, "x")


def images(tap, folder, good):
    def path(name):
        return os.path.join(folder, name)

    refused(tap, "a missing image", path("missing"), IMAGE, ["cannot be opened"], "list")
    tap.ok(not os.path.exists(path("missing")), "is not made by looking for it")
    done = tool("--flash", folder, "list")
    tap.ok(done.code == IMAGE and "not a regular file" in done.err, "a folder", done)
    refused(tap, "an empty file", write(path("empty"), b""), IMAGE, ["is empty"], "list")
    refused(tap, "half a sector", write(path("half"), b"\xff" * 2048), IMAGE, ["whole sectors"],
            "list")
    refused(tap, "a torn end", write(path("torn"), content(good)[:-100]), IMAGE,
            ["whole sectors"], "list")
    generator = random.Random(1)
    noise = write(path("noise"), generator.randbytes(256 * 1024))
    for verb in (["list"], ["set", f"{GUID}-A", "x"], ["delete", f"{GUID}-A"]):
        refused(tap, f"a foreign file and {verb[0]}", noise, IMAGE,
                ["does not start", "Nothing was changed"], *verb)
    zeros = write(path("zeros"), bytes(256 * 1024))
    refused(tap, "all zeros", zeros, IMAGE, ["does not start"], "set", f"{GUID}-A", "x")
    refused(tap, "a sector size that is none", good, IMAGE, ["3000"],
            "--sector-size", "3000", "list")
    refused(tap, "a program unit that is none", good, IMAGE, ["unit"],
            "--program-unit", "8192", "list")
    for text in ("0", "-5", "12x", "", "99999999999999999999"):
        refused(tap, f"--sector-size '{text}'", good, USAGE, ["--sector-size", f'"{text}"'],
                "--sector-size", text, "list")
    refused(tap, "--create over a file", good, IMAGE, ["cannot be created"],
            "--create", "256K", "list")
    for text in ("5000", "3G", "0"):
        done = tool("--flash", path("fresh"), "--create", text, "list")
        tap.ok(done.code in (USAGE, IMAGE) and done.err and not os.path.exists(path("fresh")),
               f"--create {text} makes nothing", done)
    done = tool("--flash", path("tiny"), "--create", "4K", "list")
    tap.ok(done.code == IMAGE and not os.path.exists(path("tiny")),
           "--create of what is too small for a store leaves nothing behind", done)


def flash_maps(tap, folder, good):
    def with_map(name, *fields):
        blob = bytearray(b"\xff" * 0x200000)
        blob[0x100000:0x140000] = content(good)
        blob[0x40000:0x40024] = b"FFAVFMAP" + struct.pack("<IQQII", *fields)
        return write(os.path.join(folder, name), bytes(blob))

    right = with_map("map-good", 1, 0x100000, 0x40000, 4096, 4)
    done = tool("--flash", right, "get", f"{GUID}-Witness", "--raw")
    tap.ok(done.raw == b"witness", "a flash map that is right", done)
    for what, fields in (("of another version", (2, 0x100000, 0x40000, 4096, 4)),
                         ("with a window outside", (1, 0x1f0000, 0x40000, 4096, 4)),
                         ("with a window that wraps", (1, 2**64 - 4096, 8192, 4096, 4)),
                         ("with an empty window", (1, 0x100000, 0, 4096, 4)),
                         ("with no sector size", (1, 0x100000, 0x40000, 0, 4)),
                         ("with no unit", (1, 0x100000, 0x40000, 4096, 0)),
                         ("with half sectors", (1, 0x100000, 0x40000 - 4, 4096, 4))):
        refused(tap, f"a flash map {what}", with_map("map-bad", *fields), IMAGE, ["flash map"],
                "list")
    refused(tap, "a geometry beside a flash map", right, IMAGE, ["--sector-size"],
            "--sector-size", "4096", "list")
    refused(tap, "a flash map with odd sectors", with_map("map-odd", 1, 0x100000 - 0x100000 % 3000,
                                                          3000, 3000, 4), IMAGE, ["3000"], "list")


def damage(tap, folder, good):
    """Flip bytes all over a store: every run ends by itself with a sentence or with names."""
    blob = content(good)
    generator = random.Random(2)
    bad = []
    for _ in range(60):
        damaged = bytearray(blob)
        for _ in range(generator.choice((1, 1, 4, 200))):
            # Most bytes of the image are erased: aim at what is used, too.
            limit = generator.choice((64, 600, len(damaged)))
            damaged[generator.randrange(limit)] = generator.randrange(256)
        path = write(os.path.join(folder, "damaged"), bytes(damaged))
        done = tool("--flash", path, "list", "--long")
        if done.code not in (0, REFUSED, IMAGE) or (done.code and not done.err) \
                or content(path) != bytes(damaged):
            bad.append(str(done))
    tap.ok(not bad, "60 damaged stores", *bad[:2])


def full(tap, folder):
    path = os.path.join(folder, "full")
    tool("--flash", path, "--create", "64K", "list")
    written = 0
    blob = write(os.path.join(folder, "blob"), b"x" * 8000)
    while written < 20:
        done = tool("--flash", path, "set", f"{GUID}-V{written}", "--file", blob)
        if done.code:
            break
        written += 1
    tap.ok(2 < written < 9 and done.code == REFUSED and "EFI_OUT_OF_RESOURCES" in done.err
           and "full" in done.err, "a full store says so", done)
    again = tool("--flash", path, "list")
    tap.ok(all(f"{GUID}-V{i}" in again.lines for i in range(written)), "and has lost nothing",
           again)


def busy(tap, good):
    lock = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
    f_ofd_setlk = 37
    with open(good, "r+b") as f:
        fcntl.fcntl(f, f_ofd_setlk, lock)
        refused(tap, "an image that another program writes", good, IMAGE, ["in use"], "list")
    with open(good, "rb") as f:
        fcntl.fcntl(f, f_ofd_setlk, struct.pack("hhqqi4x", fcntl.F_RDLCK, os.SEEK_SET, 100, 1, 0))
        refused(tap, "an image that another program reads, to be written", good, IMAGE,
                ["in use"], "set", f"{GUID}-A", "x")
        done = tool("--flash", good, "list")
        tap.ok(done.code == 0, "and two readers are fine", done)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        good = os.path.join(folder, "good")
        tool("--flash", good, "--create", "256K", "set", f"{GUID}-Witness", "witness")
        command_lines(tap, good)
        names(tap, good)
        images(tap, folder, good)
        flash_maps(tap, folder, good)
        damage(tap, folder, good)
        full(tap, folder)
        busy(tap, good)
        done = tool("--flash", good, "get", f"{GUID}-Witness", "--raw")
        tap.ok(done.raw == b"witness", "after all that the image is as it was", done)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
