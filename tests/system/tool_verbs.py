#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""ffavars: every verb on images that it makes, and what each prints. Prints TAP."""
import json
import os
import re
import struct
import sys
import tempfile

from tool_runner import GLOBAL, Tap, tool

GUID = "5f3d2a10-7c41-4b8e-9d02-112233445566"
VERBS = ("list", "get", "set", "append", "delete", "info", "dump", "export", "import", "map",
         "fsck")


def basics(tap, image):
    done = tool("--flash", image, "--create", "256K", "list")
    tap.ok(done.code == 0, "a new image can be listed", done)
    before = done.lines
    tap.ok(not any(GUID in line for line in before), "and holds nothing of ours", done)
    tap.ok(os.path.getsize(image) == 256 * 1024, "it has the size that was asked for")

    done = tool("--flash", image, "set", f"{GUID}-Hello", "world")
    tap.ok(done.code == 0 and not done.out and not done.err, "set is silent", done)
    done = tool("--flash", image, "list")
    tap.ok(set(done.lines) - set(before) == {f"{GUID}-Hello"}, "list names it", done)
    done = tool("--flash", image, "get", f"{GUID}-Hello", "--raw")
    tap.ok(done.raw == b"world", "get --raw writes the data alone", done)
    done = tool("--flash", image, "get", f"{GUID}-Hello")
    tap.ok("NV|BS|RT" in done.out and "77 6f 72 6c 64" in done.out and "|world|" in done.out
           and "5 bytes" in done.out, "get prints attributes, size and a dump", done)
    done = tool("--flash", image, "list", "--long")
    tap.ok(any(re.fullmatch(rf"\s*5\s+NV\|BS\|RT\s+{GUID}-Hello", line) for line in done.lines),
           "list --long prints size and attributes", done)

    done = tool("--flash", image, "append", f"{GUID}-Hello", ", again")
    again = tool("--flash", image, "get", f"{GUID}-Hello", "--raw")
    tap.ok(done.code == 0 and again.raw == b"world, again", "append adds", done, again)
    done = tool("--flash", image, "delete", f"{GUID}-Hello")
    again = tool("--flash", image, "get", f"{GUID}-Hello")
    tap.ok(done.code == 0 and again.code == 1 and "EFI_NOT_FOUND" in again.err,
           "delete removes", done, again)
    done = tool("--flash", image, "delete", f"{GUID}-Hello")
    tap.ok(done.code == 1 and "EFI_NOT_FOUND" in done.err, "and only once", done)


def data_sources(tap, image, folder):
    path = os.path.join(folder, "data")
    blob = bytes(range(256)) * 200
    with open(path, "wb") as f:
        f.write(blob)
    tool("--flash", image, "set", f"{GUID}-File", "--file", path)
    done = tool("--flash", image, "get", "--raw", f"{GUID}-File")
    tap.ok(done.raw == blob, "data from a file, 51,200 bytes", done)
    tool("--flash", image, "set", f"{GUID}-Stdin", "--file", "-", stdin=b"\0\xff from a pipe")
    done = tool("--flash", image, "get", "--raw", f"{GUID}-Stdin")
    tap.ok(done.raw == b"\0\xff from a pipe", "data from standard input", done)
    tool("--flash", image, "set", f"{GUID}-Hex", "--hex", "00 ff:7F 0a")
    done = tool("--flash", image, "get", "--raw", f"{GUID}-Hex")
    tap.ok(done.raw == b"\x00\xff\x7f\x0a", "data in hexadecimal", done)


def attributes(tap, image):
    for text, shown in (("NV|BS", "NV|BS"), ("nv,bs,rt", "NV|BS|RT"), ("3", "NV|BS"),
                        ("0x7", "NV|BS|RT")):
        name = f"{GUID}-A{len(text)}{shown.count('|')}"
        tool("--flash", image, "set", name, "x", "--attributes", text)
        done = tool("--flash", image, "get", name)
        tap.ok(f"Attributes: {shown}\n" in done.out, f"attributes {text}", done)
    done = tool("--flash", image, "set", f"{GUID}-A51", "y", "-a", "NV|BS|RT")
    tap.ok(done.code == 1 and "EFI_INVALID_PARAMETER" in done.err,
           "attributes of an existing variable do not change", done)
    done = tool("--flash", image, "append", f"{GUID}-A51", "y")
    again = tool("--flash", image, "get", f"{GUID}-A51", "--raw")
    tap.ok(done.code == 0 and again.raw == b"xy", "append uses the attributes that are there",
           done, again)


def names(tap, image):
    tool("--flash", image, "set", "global-BootOrder", "--hex", "0100")
    done = tool("--flash", image, "get", f"{GLOBAL}-BootOrder", "--raw")
    tap.ok(done.raw == b"\x01\x00", "a word stands for a well-known GUID", done)
    done = tool("--flash", image, "get", f"{{{GLOBAL.upper()}}}-BootOrder")
    tap.ok(done.code == 0 and "(global)" in done.out, "braces and capitals are fine", done)
    for name in ("Grüße", "名前", "Füße-with-hyphens", "emoji-\U0001f600", "back\\\\slash",
                 "bell\\u0007"):
        tool("--flash", image, "set", f"{GUID}-{name}", "x")
        done = tool("--flash", image, "list")
        again = tool("--flash", image, "get", f"{GUID}-{name}", "--raw")
        tap.ok(f"{GUID}-{name}" in done.lines and again.raw == b"x",
               f"the name {name} goes in and out", done, again)
    long_name = f"{GUID}-" + "n" * 1000
    done = tool("--flash", image, "set", long_name, "x")
    again = tool("--flash", image, "list")
    tap.ok(done.code == 0 and long_name in again.lines, "a name of 1,000 characters", done)


def overview(tap, image):
    done = tool("--flash", image, "info")
    count = len(tool("--flash", image, "list").lines)
    tap.ok(re.search(rf"^Variables: +{count}$", done.out, re.MULTILINE) is not None,
           "info counts what list lists", done)
    tap.ok("64 of 4096 bytes" in done.out and "version 1.2" in done.out,
           "info tells geometry and FF-A version", done)
    done = tool("--help")
    tap.ok(done.code == 0 and all(f"\n  {verb}" in done.out for verb in
                                  VERBS), "--help names every verb", done)
    for verb in VERBS:
        done = tool(verb, "--help")
        tap.ok(done.code == 0 and f"[OPTION]... {verb}" in done.out, f"{verb} --help", done)
    for verb, option in (("set", "--json"), ("list", "--force"), ("map", "--repair"),
                         ("import", "--format"), ("fsck", "--create")):
        values = {"--format": ["json"], "--create": ["64K"]}
        done = tool("--flash", image, verb, option, *values.get(option, []),
                    *{"set": [f"{GUID}-A", "x"], "import": ["file"]}.get(verb, []))
        tap.ok(done.code == 2 and option in done.err, f"{verb} does not take {option}", done)


def as_json(tap, image):
    names = [v["name"] for v in json.loads(tool("--flash", image, "list", "--json").out)]
    tap.ok(len(names) == len(tool("--flash", image, "list").lines) and "Grüße" in names,
           "list --json lists what list lists", names)
    said = json.loads(tool("--flash", image, "info", "--json").out)
    tap.ok(said["variables"] == len(names) and said["sector_size"] == 4096, "info --json", said)
    said = json.loads(tool("--flash", image, "get", f"{GUID}-Hex", "--json").out)
    tap.ok(said == {"name": "Hex", "guid": GUID, "attr": 7, "data": "00ff7f0a"},
           "get --json", said)


def trace(tap, image):
    done = tool("--flash", image, "--trace", "set", f"{GUID}-Traced", "12345")
    err = done.err
    tap.ok(done.code == 0 and "FFA_VERSION" in err and "FFA_PARTITION_INFO_GET_REGS" in err,
           "the trace starts with discovery", done)
    request = re.search(r"normal +-> manager +FFA_MSG_SEND_DIRECT_REQ_64.*\n.*"
                        rf"SetVariable, {GUID}-Traced, attributes 0x7, data 5 bytes", err)
    tap.ok(request is not None, "it decodes the request", done)
    tail = err[request.end():] if request else ""
    tap.ok(re.search(r"manager +-> partition +FFA_MSG_SEND_DIRECT_REQ_64", tail) is not None
           and re.search(r"manager +<- partition +FFA_MSG_SEND_DIRECT_RESP_64", tail) is not None
           and re.search(r"normal +<- manager +FFA_MSG_SEND_DIRECT_RESP_64", tail) is not None,
           "and follows it to the partition and back", done)
    tap.ok("reply: SetVariable, SUCCESS" in tail, "and decodes the reply", done)
    done = tool("--flash", image, "--trace", "get", f"{GUID}-Nothing")
    tap.ok("reply: GetVariable, NOT_FOUND" in done.err, "also a refusal", done)


def geometries(tap, folder):
    for sector, unit, size in ((4096, 16, "128K"), (65536, 32, "1M"), (262144, 4, "4M")):
        image = os.path.join(folder, f"g{sector}-{unit}")
        options = ["--flash", image, "--sector-size", str(sector), "--program-unit", str(unit)]
        done = tool(*options, "--create", size, "set", f"{GUID}-Geometry", "fits")
        again = tool("--flash", image, "info")
        tap.ok(done.code == 0 and
               f"of {sector} bytes, programmed in units of {unit}\n" in again.out,
               f"sectors of {sector} bytes, units of {unit}: the store itself tells", done, again)
        again = tool(*options, "get", f"{GUID}-Geometry", "--raw")
        tap.ok(again.raw == b"fits", "and the user may say the same", again)


def flash_map(tap, folder):
    """A whole flash with a map: only the window changes."""
    image = os.path.join(folder, "mapped")
    window, size, sector = 0x100000, 0x400000, 0x40000
    blob = bytearray(os.urandom(0x600000))
    blob[window:window + size] = b"\xff" * size
    blob[0x40000:0x40000 + 36] = (b"FFAVFMAP" +
                                  struct.pack("<IQQII", 1, window, size, sector, 4))
    with open(image, "wb") as f:
        f.write(blob)
    done = tool("--flash", image, "set", f"{GUID}-Inside", "window")
    again = tool("--flash", image, "info")
    tap.ok(done.code == 0 and "with a flash map" in again.out and "at 0x100000" in again.out,
           "an image with a flash map", done, again)
    with open(image, "rb") as f:
        after = f.read()
    tap.ok(after[:window] == blob[:window] and after[window + size:] == blob[window + size:],
           "nothing outside the window changes")
    tap.ok(b"w\0i\0n\0d\0o\0w\0" not in after and b"window" in after[window:window + size],
           "the data is in the window")


def read_only(tap, image):
    with open(image, "rb") as f:
        before = f.read()
    os.chmod(image, 0o444)
    codes = [tool("--flash", image, *verb).code for verb in
             (["list"], ["list", "--long"], ["get", "global-BootOrder"], ["info"])]
    os.chmod(image, 0o644)
    with open(image, "rb") as f:
        tap.ok(codes == [0, 0, 0, 0] and f.read() == before,
               "list, get and info read a file that they do not change", codes)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        image = os.path.join(folder, "vars.img")
        basics(tap, image)
        data_sources(tap, image, folder)
        attributes(tap, image)
        names(tap, image)
        overview(tap, image)
        as_json(tap, image)
        trace(tap, image)
        geometries(tap, folder)
        flash_map(tap, folder)
        read_only(tap, image)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
