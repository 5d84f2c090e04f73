#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""ffavars: fsck, map and dump on sound, damaged and foreign stores. Prints TAP."""
import json
import os
import random
import sys
import tempfile

from tool_runner import Tap, content, tool, write

GUID = "5f3d2a10-7c41-4b8e-9d02-112233445566"
DONE, IMAGE, WRONG, REPAIRED = 0, 3, 4, 5


def make(path, size="64K"):
    tool("--flash", path, "--create", size, "set", f"{GUID}-First", "first value")
    tool("--flash", path, "set", f"{GUID}-Victim", "the damaged value")
    tool("--flash", path, "set", f"{GUID}-Last", "last value")
    return path


def flip(path, needle, out):
    """A copy with one bit of these bytes wrong."""
    blob = bytearray(content(path))
    at = blob.find(needle)
    blob[at] ^= 1
    return write(out, bytes(blob)), at


def sound(tap, folder):
    image = make(os.path.join(folder, "sound"))
    before = content(image)
    done = tool("--flash", image, "fsck")
    tap.ok(done.code == DONE and "3 variables, nothing is wrong" in done.out,
           "fsck of a sound store", done)
    done = tool("--flash", image, "fsck", "--json")
    said = json.loads(done.out)
    tap.ok(done.code == DONE and said["verdict"] == "sound" and said["variables"] == 3
           and said["problems"] == [], "as JSON", done)
    done = tool("--flash", image, "fsck", "--repair")
    tap.ok(done.code == DONE and content(image) == before,
           "--repair of a sound store writes nothing", done)
    done = tool("--flash", image, "dump")
    tap.ok(done.code == DONE and f"{GUID}-Victim\n" in done.out and "|the damaged valu|" in done.out
           and content(image) == before, "dump prints names and data", done)


def damaged(tap, folder):
    good = make(os.path.join(folder, "good"))
    image, at = flip(good, b"the damaged value", os.path.join(folder, "damaged"))
    before = content(image)
    done = tool("--flash", image, "fsck")
    line = next((l for l in done.lines if f"{GUID}-Victim" in l), "")
    tap.ok(done.code == WRONG and "checksum" in line and "2 variables" in done.out,
           "fsck names the variable that a wrong bit has made unreadable", done)
    offset = int(line.split("0x")[1].split(":")[0], 16) if "0x" in line else 0
    tap.ok(0 < at - offset < 100, "and the offset of its record", done, f"damage at {at:#x}")
    tap.ok(content(image) == before, "and changes nothing")
    done = tool("--flash", image, "export", os.path.join(folder, "out.json"))
    tap.ok(done.code == IMAGE and f"{GUID}-Victim" in done.err
           and not os.path.exists(os.path.join(folder, "out.json")),
           "export does not leave it out silently", done)
    done = tool("--flash", image, "export", "--force", os.path.join(folder, "out.json"))
    tap.ok(done.code == DONE and f"{GUID}-Victim" in done.err
           and content(os.path.join(folder, "out.json")).count(b'"name"') == 2,
           "with --force it does, and says so", done)
    done = tool("--flash", image, "fsck", "--repair")
    tap.ok(done.code == REPAIRED and "is repaired" in done.out, "fsck --repair", done)
    again = tool("--flash", image, "fsck")
    tap.ok(again.code == DONE and "2 variables, nothing is wrong" in again.out,
           "after which nothing is wrong", again)
    values = [tool("--flash", image, "get", f"{GUID}-{n}", "--raw").raw for n in ("First", "Last")]
    tap.ok(values == [b"first value", b"last value"], "and the other variables are as before",
           values)
    done = tool("--flash", image, "get", f"{GUID}-Victim")
    tap.ok(done.code == 1 and "EFI_NOT_FOUND" in done.err, "the unreadable one is gone", done)


def damaged_header(tap, folder):
    """The header of the sector that holds everything is gone: nothing can be known of it."""
    image = make(os.path.join(folder, "headless"), "256K")
    tool("--flash", image, "set", f"{GUID}-Large", "--file",
         write(os.path.join(folder, "blob"), b"x" * 9000))
    blob = bytearray(content(image))
    blob[8] ^= 0x40
    write(image, bytes(blob))
    done = tool("--flash", image, "fsck")
    tap.ok(done.code == WRONG and "bytes of the log could not be made sense of" in done.out,
           "fsck counts what a lost sector header costs", done)
    done = tool("--flash", image, "fsck", "--repair")
    again = tool("--flash", image, "fsck")
    tap.ok(done.code == REPAIRED and again.code == DONE, "and makes a sound store of the rest",
           done, again)


def sectors(tap, folder):
    image = make(os.path.join(folder, "map"))
    done = tool("--flash", image, "map")
    rows = [line.split() for line in done.lines[1:-1]]
    tap.ok(done.code == DONE and len(rows) == 16 and [r[2] for r in rows].count("head") == 1,
           "map prints a row for each sector", done)
    said = json.loads(tool("--flash", image, "map", "--json").out)
    tap.ok(len(said["sectors"]) == 16 and said["sector_size"] == 4096
           and all(s["live"] + s["dead"] + s["blank"] == 4096 - 32 for s in said["sectors"]),
           "as JSON, and each byte of a sector is live, dead or blank", said)
    live = said["live"]
    for i in range(12):
        tool("--flash", image, "set", f"{GUID}-Victim", "--file",
             write(os.path.join(folder, "blob"), bytes([i]) * 4500))
    tool("--flash", image, "set", f"{GUID}-Victim", "the damaged value")
    again = json.loads(tool("--flash", image, "map", "--json").out)
    erases = [s["erases"] for s in again["sectors"] if "erases" in s]
    tap.ok(again["live"] == live and again["dead"] > 0,
           "overwriting leaves the live bytes as they were", again)
    tap.ok(max(erases) - min(erases) <= 1 and max(erases) >= 1, "erases are even", erases)


def foreign(tap, folder):
    generator = random.Random(3)
    files = {
        "noise": generator.randbytes(65536),
        "zeros": bytes(65536),
        "newer": b"FFVL\x09" + b"\xff" * 65531,
    }
    for name, data in files.items():
        path = write(os.path.join(folder, name), data)
        for verb in (["fsck"], ["fsck", "--repair"], ["map"], ["dump"],
                     ["export", os.path.join(folder, "never.json")]):
            done = tool("--flash", path, *verb)
            tap.ok(done.code == IMAGE and ("offset 0x" in done.err) and content(path) == data,
                   f"{' '.join(verb[:2])[:14]} of {name} says where and changes nothing", done)
    path = write(os.path.join(folder, "erased"), b"\xff" * 65536)
    done = tool("--flash", path, "fsck")
    tap.ok(done.code == DONE and "0 variables" in done.out, "erased flash is a store without any",
           done)
    done = tool("--flash", path, "map")
    tap.ok(done.code == IMAGE and "erased flash" in done.err, "of which there is no map", done)


def fuzz(tap, folder):
    """Damage all over: each verb ends by itself, and a repair leaves a sound store or says why."""
    blob = content(make(os.path.join(folder, "base")))
    generator = random.Random(4)
    bad = []
    for round_number in range(40):
        damage = bytearray(blob)
        for _ in range(generator.choice((1, 2, 30))):
            damage[generator.randrange(generator.choice((64, 400, 4096)))] = \
                generator.randrange(256)
        path = write(os.path.join(folder, "fuzzed"), bytes(damage))
        first = tool("--flash", path, "fsck")
        runs = [first, tool("--flash", path, "map"), tool("--flash", path, "dump", "--json")]
        if any(r.code not in (DONE, IMAGE, WRONG) for r in runs) or content(path) != bytes(damage):
            bad += [f"round {round_number}"] + runs
            continue
        repaired = tool("--flash", path, "fsck", "--repair")
        again = tool("--flash", path, "fsck")
        if first.code == WRONG and (repaired.code not in (REPAIRED, WRONG)
                                    or (repaired.code == REPAIRED and again.code != DONE)):
            bad += [f"round {round_number}", first, repaired, again]
    tap.ok(not bad, "40 damaged stores are checked and repaired", *bad[:4])


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        sound(tap, folder)
        damaged(tap, folder)
        damaged_header(tap, folder)
        sectors(tap, folder)
        foreign(tap, folder)
        fuzz(tap, folder)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
