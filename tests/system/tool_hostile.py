#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""ffavars against whoever wants to break it: files that are cut off, forged stores, places that
cannot be written or read. Prints TAP."""
import json
import os
import random
import shutil
import stat
import struct
import subprocess
import sys
import tempfile
import threading

from tool_runner import FFAVARS, ROOT, Tap, content, tool, write

sys.path.insert(0, os.path.join(ROOT, "scripts"))

import secureboot_keys    # pylint: disable=wrong-import-position

GUID = "5f3d2a10-7c41-4b8e-9d02-112233445566"
#: What a run on a broken store may end with: everything but wrong use, a repair and a crash.
ENDS = (0, 1, 3, 4)
READERS = (["list"], ["dump", "--json"], ["map"], ["fsck"])


def make(path, size="64K"):
    tool("--flash", path, "--create", size, "set", f"{GUID}-First", "first value")
    for i in range(4):
        tool("--flash", path, "set", f"{GUID}-Turned", f"{i}" * 3000)
    tool("--flash", path, "set", f"{GUID}-Last", "last value")
    return path


def ends_well(done, path, before):
    return done.code in ENDS and (not done.code or done.err or done.out) \
        and content(path) == before


def full_disk(*arguments):
    """A run of the tool whose standard output cannot be written."""
    with open("/dev/full", "wb") as full:
        return subprocess.run([FFAVARS, *arguments], stdout=full, stderr=subprocess.PIPE,
                              timeout=60, check=False)


def written_and_not_told(tap, folder, image, verb, code=3):
    """What a verb does cannot be printed any more: that it was done is said."""
    path = write(os.path.join(folder, "written"), content(image))
    write(os.path.join(folder, "f.json"), json.dumps({"version": 2, "variables": [
        {"name": "Imported", "guid": GUID, "attr": 7, "data": "00"}]}).encode())
    if "enroll" in verb:
        secureboot_keys.run("openssl", "req", "-new", "-x509", "-newkey", "ec", "-pkeyopt",
                            "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=full/", "-keyout",
                            "c.key", "-out", "c.pem", cwd=folder)
    for options, changed in ((["--dry-run"], False), ([], True)):
        if "fsck" in verb and options:
            continue
        done = full_disk("--flash", path, *verb, *options)
        said = f"{path} was changed all the same".encode() in done.stderr
        tap.ok(done.returncode == code and said == changed == (content(path) != content(image)),
               f"{' '.join([*verb, *options]).replace(folder, 'DIR')} on a full disk", done)


def damaged(folder, image):
    """A store of which a variable cannot be read."""
    return write(os.path.join(folder, "damaged"),
                 content(image).replace(b"first value", b"fIrst value"))


def outputs(tap, folder, image):
    """Where what is printed or written cannot go."""
    for verb in (["list"], ["list", "--json"], ["get", f"{GUID}-First"], ["info"], ["map"],
                 ["dump", "--json"], ["fsck"], ["export", "-", "--format", "json"],
                 ["get", "--raw", f"{GUID}-First"], ["--help"]):
        done = full_disk("--flash", image, *verb)
        tap.ok(done.returncode == 3 and b"Standard output cannot be written" in done.stderr
               and b"all the same" not in done.stderr, f"{' '.join(verb)[:20]} on a full disk", done)
    for name, verb in (("f.json", ["import"]), ("f.json", ["import", "--json"]),
                       ("c.pem", ["enroll", "--db"]), ("c.pem", ["enroll", "--json", "--db"])):
        written_and_not_told(tap, folder, image, [*verb, os.path.join(folder, name)])
    written_and_not_told(tap, folder, damaged(folder, image), ["fsck", "--repair"], code=5)
    made = os.path.join(folder, "made.img")
    done = full_disk("--flash", made, "--create", "64K", "list")
    tap.ok(done.returncode == 3 and f"{made} was made all the same".encode() in done.stderr
           and os.path.exists(made), "--create list on a full disk", done)
    # A device of this test's own where it can have one: a tool that replaces it would break the
    # machine's, which nobody but root could do.
    device = "/dev/full"
    if os.geteuid() == 0:
        device = os.path.join(folder, "full")
        os.mknod(device, 0o666 | stat.S_IFCHR, os.makedev(1, 7))
    for path in (device, folder, os.path.join(folder, "absent", "x.json")):
        done = tool("--flash", image, "export", "--format", "json", "--force", path)
        tap.ok(done.code == 3 and path in done.err, f"export to {path.replace(folder, 'DIR')}", done)
    tap.ok(stat.S_ISCHR(os.stat(device).st_mode), "a device is not replaced by a file")
    before = content(image)
    for force in ([], ["--force"]):
        done = tool("--flash", image, "export", "--format", "json", image, *force)
        tap.ok(done.code == 2 and "itself" in done.err and content(image) == before,
               f"export over the image {' '.join(force)}", done)
    target, link = os.path.join(folder, "target"), os.path.join(folder, "link.json")
    write(target, b"something of somebody")
    os.chmod(target, 0o600)
    os.symlink(target, link)
    done = tool("--flash", image, "export", link)
    tap.ok(done.code == 1 and "--force" in done.err and content(target) == b"something of somebody",
           "a link is not followed without --force", done)
    done = tool("--flash", image, "export", "--force", link)
    tap.ok(done.code == 0 and os.path.islink(link) and json.loads(content(target))["version"] == 2
           and stat.S_IMODE(os.stat(target).st_mode) == 0o600,
           "with it the file behind is replaced, and keeps its mode", done)
    fifo = os.path.join(folder, "fifo.json")
    os.mkfifo(fifo)
    got = []
    reader = threading.Thread(target=lambda: got.append(content(fifo)))
    reader.start()
    done = tool("--flash", image, "export", fifo)
    reader.join(timeout=30)
    tap.ok(done.code == 0 and got and got[0] == content(target)
           and stat.S_ISFIFO(os.stat(fifo).st_mode), "a pipe", done)
    done = tool("--flash", fifo, "list")
    tap.ok(done.code == 3 and "not a regular file" in done.err, "which is no flash image", done)
    left = [n for n in os.listdir(folder) if n.count(".") > 1]
    tap.ok(not left, "nothing half written is left behind", left)


def permissions(tap, folder, image):
    """Run by somebody who may not."""
    nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    # The project may lie where only its owner gets to, such as below /root.
    program = shutil.copy(FFAVARS, os.path.join(folder, "program"))

    def run(*arguments):
        done = subprocess.run([program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=60, check=False, **nobody)
        return done.returncode, done.stderr.decode()

    os.chmod(folder, 0o755)
    before = content(image)
    os.chmod(image, 0o444)
    code, err = run("--flash", image, "get", f"{GUID}-First")
    tap.ok(code == 0, "a file that may only be read is read", err)
    for verb in (["set", f"{GUID}-First", "x"], ["delete", f"{GUID}-First"], ["fsck", "--repair"]):
        code, err = run("--flash", image, *verb)
        tap.ok(code == 3 and "Permission denied" in err and content(image) == before,
               f"but not written: {verb[0]}", err)
    os.chmod(image, 0o000)
    code, err = run("--flash", image, "list")
    tap.ok(code == 3 and "Permission denied" in err, "one that may not be read", err)
    os.chmod(image, 0o644)
    os.chmod(folder, 0o555)
    for what, verb in (("export", ["--flash", image, "export", os.path.join(folder, "new.json")]),
                       ("--create", ["--flash", os.path.join(folder, "new.img"), "--create", "64K",
                                     "list"])):
        code, err = run(*verb)
        tap.ok(code == 3 and "cannot be created" in err, f"{what} in a folder of others", err)
    os.chmod(folder, 0o755)


def cut_images(tap, folder, image):
    blob = content(image)
    generator = random.Random(5)
    lengths = list(range(1024, len(blob), 1024)) + [generator.randrange(len(blob)) for _ in range(40)]
    path, bad = os.path.join(folder, "cut"), []
    for number, size in enumerate(lengths):
        write(path, blob[:size])
        for verb in (READERS[number % 3], ["fsck"]):
            done = tool("--flash", path, *verb)
            if not ends_well(done, path, blob[:size]) or done.code == 0:
                bad.append(done)
    tap.ok(not bad, f"images of {len(lengths)} lengths that are too short", *bad[:3])


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc


def with_header(blob, sector, offset, fmt, value):
    """A sector's header with another value in it, and the right checksum."""
    at = sector * 4096
    struct.pack_into("<" + fmt, blob, at + offset, value)
    struct.pack_into("<I", blob, at + 28, crc32c(blob[at:at + 28]))


def forged(tap, folder, image):
    """Stores of which each sector is right, and which are wrong as a whole."""
    good = content(image)
    used = [s for s in range(16) if good[4096 * s:4096 * s + 4] == b"FFVL"]
    cases = {}

    def case(name):
        cases[name] = bytearray(good)
        return cases[name]

    for name, offset, fmt, value in (
            ("sequence 0", 8, "I", 0), ("the last sequence", 8, "I", 0xfffffff0),
            ("a sequence that is too high", 8, "I", 0xffffffff), ("a span of all", 12, "H", 15),
            ("a span of more than all", 12, "H", 0xffff), ("another number of sectors", 14, "H", 8),
            ("the highest erase count", 16, "I", 0xffffffff),
            ("a transaction that never ends", 20, "I", 0xfffffffc),
            ("an end outside of the sector before", 24, "I", 0xfffffff0),
            ("a decision where there is none", 7, "B", 1)):
        for sector in (used[0], used[-1]):
            with_header(case(f"{name}, sector {sector}"), sector, offset, fmt, value)
    blob = case("a sector twice")
    blob[4096 * 15:] = blob[4096 * used[-1]:4096 * used[-1] + 4096]
    blob = case("every sector the same")
    blob[:] = blob[4096 * used[-1]:4096 * used[-1] + 4096] * 16
    blob = case("the ring turned round")
    blob[:] = b"".join(bytes(blob[4096 * s:4096 * s + 4096]) for s in reversed(range(16)))
    blob = case("all sectors in a ring of sequences")
    for sector in range(16):
        blob[4096 * sector:4096 * sector + 4096] = good[4096 * used[-1]:4096 * used[-1] + 4096]
        with_header(blob, sector, 8, "I", 100 + sector)
        with_header(blob, sector, 12, "H", 15)
    path, bad = os.path.join(folder, "forged"), []
    for name, blob in cases.items():
        write(path, bytes(blob))
        for verb in READERS + (["export", "-", "--format", "json", "--force"],):
            done = tool("--flash", path, *verb)
            if not ends_well(done, path, blob):
                bad += [name, done]
        # What is written to such a store can be read again, or it is not written.
        done = tool("--flash", path, "set", f"{GUID}-New", "new value")
        again = tool("--flash", path, "get", "--raw", f"{GUID}-New")
        if done.code not in (0, 1, 3) or (done.code == 0) != (again.raw == b"new value") \
                or (done.code and content(path) != blob):
            bad += [name, done, again]
        write(path, bytes(blob))
        done = tool("--flash", path, "fsck", "--repair")
        again = tool("--flash", path, "fsck")
        if done.code not in (0, 3, 4, 5) or (done.code in (0, 5)) != (again.code == 0):
            bad += [name, done, again]
    tap.ok(not bad, f"{len(cases)} forged stores", *bad[:6])
    for version in (0, 2, 200):
        blob = bytearray(good)
        for sector in used:
            with_header(blob, sector, 4, "B", version)
        write(path, bytes(blob))
        done = [tool("--flash", path, *verb) for verb in READERS +
                (["fsck", "--repair"], ["set", f"{GUID}-A", "x"])]
        tap.ok(all(d.code == 3 for d in done) and content(path) == blob and
               all("version" in d.err for d in done[1:5]), f"format version {version}", *done)


def disguised(tap, folder, image):
    """A variable whose data look like the header of a store with smaller sectors."""
    blob = bytearray(content(image))
    used = [s for s in range(16) if blob[4096 * s:4096 * s + 4] == b"FFVL"]
    header = bytearray(blob[4096 * used[-1]:4096 * used[-1] + 32])
    header[5] = 10
    struct.pack_into("<H", header, 14, 64)
    struct.pack_into("<I", header, 28, crc32c(header[:28]))
    blob[1024:1056] = header
    blob[4096 * used[-1] + 1024:4096 * used[-1] + 1056] = header
    # The first sector that is looked at has no header of its own.
    blob[:1024] = b"\xff" * 1024
    path = write(os.path.join(folder, "disguised"), bytes(blob))
    done = tool("--flash", path, "info", "--json")
    tap.ok(done.code == 0 and json.loads(done.out)["sector_size"] == 4096,
           "a store in the data of a variable is not taken for the store", done)
    for option, value in (("--sector-size", "1024"), ("--program-unit", "16")):
        done = tool("--flash", image, option, value, "fsck", "--repair")
        tap.ok(done.code == 3 and "sectors of 4096 bytes and a program unit of 4" in done.err,
               f"{option} that contradicts the store", done)


def beyond_repair(tap, folder, image):
    """A variable that no service would store, in records that are right: a repair keeps it."""
    blob = bytearray(content(image))
    at = blob.rfind(b"last value") - 20
    struct.pack_into("<I", blob, at + 8, 0x16)
    struct.pack_into("<I", blob, at + 16, crc32c(blob[at:at + 16]))
    path = write(os.path.join(folder, "beyond"), bytes(blob))
    done = tool("--flash", path, "fsck")
    tap.ok(done.code == 4 and f"{GUID}-Last" in done.out and "--repair tries" in done.out,
           "fsck finds attributes that the service does not have", done)
    done = tool("--flash", path, "fsck", "--repair")
    tap.ok(done.code == 4 and "--repair has not repaired it" in done.out
           and "Nothing was changed" in done.err and content(path) == blob,
           "and says that a repair does not help", done)


def cut_imports(tap, folder, image):
    source = os.path.join(folder, "whole")
    tool("--flash", image, "export", source + ".json")
    tool("--flash", image, "export", source + ".fd", "--layout", "ovmf-2m")
    target = os.path.join(folder, "target.img")
    tool("--flash", target, "--create", "64K", "list")
    before = content(target)
    text, volume = content(source + ".json"), content(source + ".fd")
    for name, blob, lengths in (
            ("JSON", text.rstrip(), list(range(0, 300, 2)) + list(range(300, len(text) - 1, 97))),
            ("volume", volume, list(range(0, 400, 3)) + list(range(400, len(volume), 4096)))):
        bad = []
        for size in lengths:
            done = tool("--flash", target, "import", write(source, blob[:size]))
            if done.code != 3 or "offset" not in done.err or content(target) != before:
                bad.append(done)
        tap.ok(not bad, f"a {name} that is cut off at {len(lengths)} places", *bad[:3])
    generator, bad = random.Random(6), []
    for _ in range(150):
        blob = bytearray(generator.choice((text, volume)))
        for _ in range(generator.choice((1, 3, 20))):
            blob[generator.randrange(min(len(blob), generator.choice((120, 800))))] = \
                generator.randrange(256)
        done = tool("--flash", target, "import", "--dry-run", write(source, bytes(blob)))
        if done.code not in (0, 1, 3) or (done.code and not done.err) or content(target) != before:
            bad.append(done)
    tap.ok(not bad, "150 damaged files", *bad[:3])
    field = {"version": 2, "variables": [{"name": "A", "a\x1b[2J\u202eb": 1}]}
    done = tool("--flash", target, "import", write(source, json.dumps(field).encode()))
    tap.ok(done.code == 3 and "a\\u001b[2J\\u202eb" in done.err and "\x1b" not in done.err,
           "what a message quotes does not reach the terminal as it is", done)
    done = tool("--flash", target, "import", source + ".json", source + ".fd")
    tap.ok(done.code == 2, "two files", done)
    done = tool("--flash", target, "import", target)
    tap.ok(done.code == 3 and content(target) == before, "an image is no file to import", done)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        image = make(os.path.join(folder, "image"))
        outputs(tap, folder, image)
        permissions(tap, folder, image)
        cut_images(tap, folder, image)
        forged(tap, folder, image)
        disguised(tap, folder, image)
        beyond_repair(tap, folder, image)
        cut_imports(tap, folder, image)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
