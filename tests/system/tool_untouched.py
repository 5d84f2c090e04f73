#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""ffavars: what a command that fails, reads or is stopped leaves of an image. Prints TAP.

The flash's window lies high in its file, and a limit on the size of files stops the tool in the
middle of what it writes: with a signal, as a kill does, or with an error, as a full disk does.
"""
import json
import os
import resource
import struct
import subprocess
import sys
import tempfile

from tool_runner import FFAVARS, Tap, tool, write

GUID = "5f3d2a10-7c41-4b8e-9d02-112233445566"
#: Higher than the memory of the machine, which the limit must not touch.
WINDOW, SIZE, SECTOR = 0x50000000, 0x10000, 0x1000


def content(path):
    """Of an image: the window; what is in front of it is one hole and a map."""
    with open(path, "rb") as f:
        f.seek(WINDOW)
        return f.read()


def write_image(path, window):
    if not os.path.exists(path):
        with open(path, "wb") as f:
            f.seek(0x40000)
            f.write(b"FFAVFMAP" + struct.pack("<IQQII", 1, WINDOW, SIZE, SECTOR, 4))
    with open(path, "r+b") as f:
        f.seek(WINDOW)
        f.write(window)
    return path


def make(path):
    """An image with a map, and some variables in it, some of them dead."""
    write_image(path, b"\xff" * SIZE)
    tool("--flash", path, "set", f"{GUID}-Old", "o" * 300)
    for i in range(7):
        tool("--flash", path, "set", f"{GUID}-Turned", f"{i}" * 5000)
    tool("--flash", path, "set", f"{GUID}-Victim", "before")
    return path


def stopped(limit, signal, *arguments):
    """Run the tool with files limited to so many bytes: (exit status, messages)."""
    done = subprocess.run([FFAVARS, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=60, check=False, restore_signals=signal,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE,
                                                                (limit, limit)))
    return done.returncode, done.stderr.decode()


def values(path):
    said = tool("--flash", path, "dump", "--json")
    if said.code:
        return str(said)
    return {v["name"]: bytes.fromhex(v["data"]) for v in json.loads(said.out)["variables"]}


def last_written(path):
    """Offset behind the last byte of the window that is not erased."""
    blob = content(path)
    return WINDOW + max(i for i in range(SIZE) if blob[i] != 0xff) + 1


def cuts(tap, folder, good, signal):
    """Stop an import of one small and one large variable after each word that it writes."""
    before = values(good)
    source = write(os.path.join(folder, "in.json"), json.dumps(
        {"version": 2, "variables": [
            {"name": "New", "guid": GUID, "attr": 7, "data": "ab" * 40},
            {"name": "Victim", "guid": GUID, "attr": 7, "data": "cd" * 60}]}).encode())
    blob = content(good)
    start = last_written(good)
    # Its writes end where a run that nobody stops ends.
    whole = write_image(os.path.join(folder, "whole"), blob)
    done = tool("--flash", whole, "import", "--force", source)
    after = values(whole)
    tap.ok(done.code == 0 and after["Victim"] == b"\xcd" * 60 and last_written(whole) > start + 200,
           "an import that nobody stops", done)
    bad, unsettled, said = [], [], []
    for limit in range(start, last_written(whole) + 4, 4):
        path = write_image(os.path.join(folder, "cut"), blob)
        code, err = stopped(limit, signal, "--flash", path, "import", "--force", source)
        said.append((code, err))
        got = values(path)
        if isinstance(got, str) or any(got.get(n) != v for n, v in before.items()
                                       if n != "Victim") \
                or got.get("New", b"\xab" * 40) != b"\xab" * 40 \
                or got.get("Victim") not in (before["Victim"], after["Victim"]):
            bad.append(f"{limit:#x}: {got}")
        unsettled.append(content(path))
    tap.ok(not bad, f"stopped at each of {len(said)} words: old or new, and nothing else", *bad[:3])
    if signal:
        tap.ok(any(code < 0 for code, _ in said), "it was stopped by a signal", said[0])
        tap.ok(len({bytes(u) for u in unsettled}) > 20, "at many places")
    else:
        tap.ok(any(code == 3 and f"offset {WINDOW:#x}"[:-4] in err and "still there" in err
                   for code, err in said), "a full disk is told, with the offset", said[0])
    return unsettled


def untouched(tap, folder, images):
    """On images that a firmware would settle when it starts."""
    path = os.path.join(folder, "unsettled")
    conflict = write(os.path.join(folder, "conflict.json"), json.dumps(
        {"version": 2, "variables": [
            {"name": "Fresh", "guid": GUID, "attr": 7, "data": "00"},
            {"name": "Old", "guid": GUID, "attr": 7, "data": "11"}]}).encode())
    large = write(os.path.join(folder, "large"), b"x" * 60000)
    commands = (
        (0, "list"), (0, "list", "--long"), (0, "list", "--json"), (0, "info"), (0, "map"),
        (0, "dump"), (0, "get", f"{GUID}-Old"), (1, "get", f"{GUID}-Absent"),
        (0, "export", "-", "--format", "json"), (0, "fsck"), (0, "fsck", "--repair"),
        (1, "delete", f"{GUID}-Absent"), (1, "set", f"{GUID}-Old", "x", "-a", "NV|BS"),
        (1, "set", f"{GUID}-Old", "x", "-a", "NV|BS|RT|AT"),
        (1, "set", f"{GUID}-Large", "--file", large), (1, "append", f"{GUID}-Old", "--file", large),
        (1, "import", conflict), (3, "import", large))
    settles = 0
    for blob in images:
        write_image(path, blob)
        said = json.loads(tool("--flash", path, "fsck", "--json").out)
        settles += said["programmed"] > 0
    tap.ok(settles > 0, f"opening {settles} of {len(images)} images programs something")
    for code, *command in commands:
        bad = []
        for blob in images:
            write_image(path, blob)
            done = tool("--flash", path, *command)
            if done.code != code or content(path) != blob:
                bad.append(done)
        tap.ok(not bad, f"{' '.join(command)[:60].replace(folder, '')} leaves each as it was",
               *bad[:2])
    write_image(path, images[-1])
    done = tool("--flash", path, "set", f"{GUID}-Fresh", "works")
    tap.ok(done.code == 0 and values(path).get("Fresh") == b"works"
           and values(path)["Old"] == b"o" * 300, "and one that succeeds is written", done)


def not_made(tap, folder):
    """--create leaves no image behind for a command that fails."""
    path = os.path.join(folder, "not-made")
    for command in (["get", f"{GUID}-Absent"], ["set", f"{GUID}-A", "x", "-a", "NV|RT"],
                    ["import", os.path.join(folder, "absent.json")]):
        done = tool("--flash", path, "--create", "64K", *command)
        tap.ok(done.code in (1, 3) and not os.path.exists(path),
               f"--create with a '{command[0]}' that fails makes nothing", done)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        good = make(os.path.join(folder, "good"))
        images = cuts(tap, folder, good, True)
        cuts(tap, folder, good, False)
        untouched(tap, folder, images[2::40] + [content(good)])
        not_made(tap, folder)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
