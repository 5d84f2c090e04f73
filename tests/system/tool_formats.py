#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""ffavars: export and import as JSON and as edk2's volume, there and back. Prints TAP.

The volumes are taken apart, and made, by code of this test's own.
"""
import json
import os
import struct
import sys
import tempfile
import uuid
import zlib

from tool_runner import GLOBAL, Tap, content, tool, write

GUID = "5f3d2a10-7c41-4b8e-9d02-112233445566"
SECURITY = "d719b2cb-3d3a-4596-a3bc-dad00e67656f"
CERTDB = "d9bee56e-75dc-49d9-b4d7-b534210f637a"
NV_DATA = uuid.UUID("fff12b8d-7696-4c8b-a985-2747075b4f50").bytes_le
STORE = uuid.UUID("aaf32c78-947b-439a-a180-2e144ec37792").bytes_le
PLAIN_STORE = uuid.UUID("ddcf3616-3275-4164-98b6-fe85707ffe7d").bytes_le
WORKING = uuid.UUID("9e58292b-7c68-497d-a0ce-6500fd9f1b95").bytes_le
PLAIN, AUTH = 0x7, 0x27
#: The layouts, as edk2's flash descriptions have them: variables, working area, spare, all.
LAYOUTS = {"armvirt": (0x40000, 0x40000, 0x80000, 0x40000, 0xc0000, 0x4000000),
           "ovmf": (0x40000, 0x41000, 0x42000, 0x1000, 0x84000, 0x84000),
           "ovmf-2m": (0xe000, 0xf000, 0x10000, 0x1000, 0x20000, 0x20000)}
TIME = struct.pack("<HBBBBBBIhBB", 2024, 2, 29, 23, 59, 58, 0, 0, 0, 0, 0)


def variable(name, data, guid=GUID, attr=PLAIN, time=None, digest=None):
    made = {"name": name, "guid": guid, "attr": attr, "data": data.hex()}
    if time is not None:
        made["time"] = time.hex()
    if digest is not None:
        made["digest"] = digest.hex()
    return made


SAMPLE = [
    variable("Plain", b"some data"),
    variable("BootOrder", b"\x01\x00", GLOBAL),
    variable("Boot-only", b"x" * 1000, attr=0x3),
    variable("Grüße-名前-\U0001f600", bytes(range(256))),
    dict(variable("half \ufffd", b"y"), **{"name-utf16": "h\0a\0l\0f\0 \0".encode().hex() + "00d8"}),
    variable("db", b"\x26\x16" * 40, SECURITY, AUTH, TIME),
    variable("Mine", b"signed", attr=AUTH, time=TIME, digest=bytes(range(32))),
]


def write_json(path, variables, version=2):
    return write(path, json.dumps({"version": version, "variables": variables}).encode())


def stored(image):
    done = tool("--flash", image, "dump", "--json")
    return sorted(json.loads(done.out)["variables"], key=lambda v: (v["name"], v["guid"])) \
        if done.code == 0 else done


def expected(variables):
    return sorted(variables, key=lambda v: (v["name"], v["guid"]))


def record(name, data, guid=GUID, attr=PLAIN, time=bytes(16), state=0x3f):
    name = (name + "\0").encode("utf-16-le")
    made = struct.pack("<HBBIQ16sIII", 0x55aa, state, 0, attr, 0, time, 0, len(name), len(data)) + \
        uuid.UUID(guid).bytes_le + name + data
    return made + b"\xff" * (-len(made) % 4)


def working_header(size):
    head = WORKING + b"\xff" * 8 + struct.pack("<Q", size - 32)
    return WORKING + struct.pack("<I", zlib.crc32(head)) + b"\xfe\xff\xff\xff" + head[24:]


def volume(records, layout="ovmf-2m", store=STORE):
    variables, working, _, working_size, length, size = LAYOUTS[layout]
    head = bytearray(bytes(16) + NV_DATA + struct.pack("<Q4sIHHHBB", length, b"_FVH", 0x4feff, 72,
                                                       0, 0, 0, 2)
                     + struct.pack("<IIII", length // 4096, 4096, 0, 0))
    struct.pack_into("<H", head, 50, -sum(struct.unpack("<36H", head)) & 0xffff)
    blob = bytearray(b"\xff" * length) + bytearray(size - length)
    body = bytes(head) + store + struct.pack("<IBBHI", variables - 72, 0x5a, 0xfe, 0, 0) + records
    blob[:len(body)] = body
    blob[working:working + 32] = working_header(working_size)
    return blob


def json_round_trip(tap, folder):
    image, out = os.path.join(folder, "j.img"), os.path.join(folder, "out.json")
    source = write_json(os.path.join(folder, "in.json"), SAMPLE)
    done = tool("--flash", image, "--create", "256K", "import", source)
    tap.ok(done.code == 0 and done.out.startswith("7 variables"), "import of JSON", done)
    tap.ok(stored(image) == expected(SAMPLE), "keeps time stamps, signers and odd names",
           stored(image))
    done = tool("--flash", image, "export", out)
    tap.ok(done.code == 0 and expected(json.loads(content(out))["variables"]) == expected(SAMPLE),
           "export of JSON gives the same again", done)
    done = tool("--flash", image, "get", f"{GUID}-Plain", "--raw")
    tap.ok(done.raw == b"some data", "the service sees what was imported", done)
    done = tool("--flash", image, "export", out)
    tap.ok(done.code == 1 and "--force" in done.err, "an existing file is not replaced", done)
    done = tool("--flash", image, "export", "--force", out)
    tap.ok(done.code == 0, "but with --force", done)
    done = tool("--flash", image, "export", "-", "--format", "json")
    tap.ok(done.raw == content(out), "standard output", done)
    write_json(source, list(reversed(SAMPLE)))
    reverse = os.path.join(folder, "reverse.img")
    tool("--flash", reverse, "--create", "256K", "import", source)
    done = tool("--flash", reverse, "export", "-", "--format", "json")
    tap.ok(done.raw == content(out), "the same variables make the same file", done)
    second = os.path.join(folder, "j2.img")
    done = tool("--flash", second, "--create", "256K", "import", "-", stdin=content(out))
    tap.ok(done.code == 0 and stored(second) == expected(SAMPLE), "standard input", done)
    return image


def volume_round_trip(tap, folder, image):
    for layout, (variables, working, spare, size, length, file_size) in LAYOUTS.items():
        out = os.path.join(folder, layout + ".fd")
        done = tool("--flash", image, "export", out, "--layout", layout)
        blob = content(out) if done.code == 0 else bytes(file_size)
        words = struct.unpack("<36H", blob[:72])
        tap.ok(done.code == 0 and len(blob) == file_size and sum(words) & 0xffff == 0
               and blob[16:32] == NV_DATA
               and struct.unpack_from("<Q4s", blob, 32) == (length, b"_FVH")
               and blob[72:88] == STORE
               and struct.unpack_from("<IBB", blob, 88) == (variables - 72, 0x5a, 0xfe),
               f"a volume for {layout} has the headers of edk2", done, blob[:104].hex())
        tap.ok(blob[working:working + 32] == working_header(size)
               and set(blob[working + 32:working + size]) == {255}
               and set(blob[spare:length]) == {255} and set(blob[length:]) <= {0},
               f"and working and spare areas for {layout}", blob[working:working + 32].hex())
        again = os.path.join(folder, layout + ".img")
        done = tool("--flash", again, "--create", "256K", "import", out)
        tap.ok(done.code == 0 and stored(again) == expected(SAMPLE),
               f"import of the volume for {layout} gives the same again", done, stored(again))
        second = os.path.join(folder, layout + "-2.fd")
        done = tool("--flash", again, "export", second, "--layout", layout)
        tap.ok(done.code == 0 and content(second) == bytes(blob),
               "byte by byte, from a store in which they lie in another order", done)
        ours = walk(blob)
        theirs = walk(content(second))
        tap.ok(done.code == 0 and sorted(ours) == sorted(theirs) and len(ours) == 8,
               "and so does its export", done, ours, theirs)
    # What Debian's AAVMF and OVMF volumes have there.
    tap.ok(content(os.path.join(folder, "armvirt.fd"))[0x40010:0x40014].hex() == "5be7c686"
           and content(os.path.join(folder, "ovmf.fd"))[0x41010:0x41014].hex() == "2caf2c64",
           "the working areas have the checksums that edk2 computes")


def walk(blob):
    """All records of a volume, taken apart."""
    found, at = [], 100
    while struct.unpack_from("<H", blob, at)[0] == 0x55aa:
        (_, state, _, attr, _, time, _, name, data) = struct.unpack_from("<HBBIQ16sIII", blob, at)
        start = at + 60
        if state == 0x3f:
            found.append((blob[at + 44:start], blob[start:start + name], attr, time,
                          blob[start + name:start + name + data]))
        at = (start + name + data + 3) & ~3
    return found


def volume_states(tap, folder):
    """What a firmware leaves in a volume besides variables."""
    def imported(blob):
        image = os.path.join(folder, "states.img")
        if os.path.exists(image):
            os.unlink(image)
        done = tool("--flash", image, "--create", "128K", "import",
                    write(os.path.join(folder, "states.fd"), bytes(blob)))
        names = {v["name"]: bytes.fromhex(v["data"]) for v in stored(image)} \
            if done.code == 0 else str(done)
        return names

    got = imported(volume(record("A", b"a") + record("Gone", b"g", state=0x3d) +
                          record("Half", b"h", state=0x7f) + record("B", b"b")))
    tap.ok(got == {"A": b"a", "B": b"b"}, "deleted and unfinished records are left out", got)
    got = imported(volume(record("A", b"old", state=0x3e) + record("A", b"new")))
    tap.ok(got == {"A": b"new"}, "of an interrupted overwrite the new record counts", got)
    got = imported(volume(record("A", b"old", state=0x3e)))
    tap.ok(got == {"A": b"old"}, "or the old one, where there is no new one", got)
    cut = bytearray(record("B", b"b", state=0xff))
    cut[4:60] = b"\xff" * 56
    got = imported(volume(record("A", b"a") + bytes(cut)))
    tap.ok(got == {"A": b"a"}, "a record that was cut off is left out", got)
    zeros = volume(record("A", b"a"))
    zeros[168:0xe000] = bytes(0xe000 - 168)
    got = imported(zeros)
    tap.ok(got == {"A": b"a"}, "zeros behind the variables are fine", got)
    plain = struct.pack("<HBBIII", 0x55aa, 0x3f, 0, 7, 4, 1) + uuid.UUID(GUID).bytes_le + b"C\0\0\0c"
    got = imported(volume(plain, store=PLAIN_STORE))
    tap.ok(got == {"C": b"c"}, "a store without authentication", got)
    got = imported(volume(record("D", b"d"))[72:0xe000])
    tap.ok(got == {"D": b"d"}, "a variable store without a volume", got)
    for state, wanted in ((0xf9, b"old"), (0xfd, b"spare"), (0xf9 & 0xfd, b"old")):
        blob = volume(record("A", b"old"))
        # An update whose spare area is complete and whose destination is not.
        blob[0xf020:0xf020 + 80] = struct.pack("<B3x16s4xQQ", 0xfc, b"caller", 1, 0) + \
            struct.pack("<B7xQQQq", state, 0, 72, 0xdfb8, 0x1000)
        copy = volume(record("A", b"spare"))[:0xe000]
        blob[0x10000:0x10000 + len(copy)] = copy
        got = imported(blob)
        tap.ok(got == {"A": wanted}, f"an update with state {state:#x} in the spare area", got)


def volume_signers(tap, folder):
    def certdb(entries, size=None):
        body = b"".join(entries)
        return record("certdb", struct.pack("<I", size or len(body) + 4) + body, CERTDB, AUTH)

    def entry(name, digest, node=None):
        text = name.encode("utf-16-le")
        return uuid.UUID(GUID).bytes_le + struct.pack(
            "<III", node or 28 + len(text) + len(digest), len(text) // 2, len(digest)) + text + digest

    mine = record("Mine", b"signed", attr=AUTH, time=TIME)
    image = os.path.join(folder, "signers.img")
    path = os.path.join(folder, "signers.fd")
    write(path, bytes(volume(mine + certdb([entry("Other", b"o" * 32), entry("Mine", b"m" * 32)]))))
    done = tool("--flash", image, "--create", "128K", "import", path)
    tap.ok(done.code == 0 and stored(image) ==
           [variable("Mine", b"signed", attr=AUTH, time=TIME, digest=b"m" * 32)],
           "signers from certdb", done)
    for what, db in (("that says another size", certdb([entry("Mine", b"m" * 32)], 99)),
                     ("whose entry has another size", certdb([entry("Mine", b"m" * 32, 77)])),
                     ("with a whole certificate", certdb([entry("Mine", b"m" * 800)])),
                     ("with two signers", certdb([entry("Mine", b"m" * 32)] * 2)),
                     ("that is there twice", certdb([]) * 2)):
        rejected(tap, f"certdb {what}", image, write(path, bytes(volume(mine + db))))


def rejected(tap, what, image, path, words="offset", *options):
    before = content(image)
    done = tool("--flash", image, "import", path, *options)
    tap.ok(done.code == 3 and words in done.err and "Nothing was changed" in done.err
           and content(image) == before, f"import: {what}", done)


def bad_json(tap, folder, image):
    def text(what, data, words="offset"):
        rejected(tap, what, image, write(os.path.join(folder, "bad.json"), data), words)

    def one(what, words="offset", without=(), **fields):
        v = dict(variable("New", b"new"), **fields)
        v = {k: w for k, w in v.items() if k not in without}
        rejected(tap, what, image, write_json(os.path.join(folder, "bad.json"), [v]), words)

    for field in ("name", "guid", "attr", "data"):
        one(f"no {field}", f'no "{field}"', without=(field,))
    one("an unknown field", '"tiem"', tiem="00" * 16)
    one("a name that is a number", '"name"', name=3)
    one("an empty name", "no name", name="")
    one("a long name", "1024", name="n" * 1025)
    one("a NUL in a name", "NUL", name="a\0b")
    one("a name that contradicts", "contradict", **{"name-utf16": "41004200"})
    one("a GUID that is none", '"guid"', guid=GUID[:-1])
    one("data that is not hexadecimal", "hexadecimal", data="0x")
    one("half a byte", "odd", data="123")
    one("no data at all", "no data", data="")
    for value in (-1, 2**32, 1.5, "7", None, 1e300):
        one(f"attributes {value}", '"attr"', attr=value)
    for value, words in ((0x6, "NV"), (0x5, "BS"), (0x100 | 7, "not define"), (0x17, "AW"),
                         (0x47, "AP"), (0xb, "HR")):
        one(f"attributes {value:#x}", words, attr=value)
    one("AT without a time stamp", "time stamp", attr=AUTH)
    one("a time stamp without AT", "but not AT", time=TIME.hex())
    one("a digest without AT", "but not AT", digest="00" * 32)
    one("a short time stamp", '"time"', attr=AUTH, time="00")
    one("two time stamps", "both", attr=AUTH, time=TIME.hex(), timestamp=TIME.hex())
    one("a time stamp with a zone", "time zone", attr=AUTH, time=(TIME[:12] + b"\1" + TIME[13:]).hex())
    one("a long digest", '"digest"', attr=AUTH, time=TIME.hex(), digest="00" * 65)
    one("a key database without AT", "AT", guid=SECURITY, name="db")
    twice = [variable("A", b"1"), variable("B", b"2"), variable("A", b"3")]
    rejected(tap, "a variable twice", image,
             write_json(os.path.join(folder, "bad.json"), twice), "twice")
    text("a field twice", b'{"version": 2, "variables": [{"name": "a", "name": "b"}]}', "twice")
    text("another version", b'{"version": 3, "variables": []}', '"version"')
    text("no version", b'{"variables": []}', '"version"')
    text("no variables", b'{"version": 2}', '"variables"')
    text("variables that are none", b'{"version": 2, "variables": {}}', '"variables"')
    text("a list", b'{"version": 2, "variables": [[]]}')
    text("half a file", b'{"version": 2, "variables": [{"name": "a"')
    text("more than one text", b'{"version": 2, "variables": []} {}', "offset 32")
    text("a NUL byte", b'{"version": 2,\0 "variables": []}', "offset 14")
    text("deep nesting", b'{"version": ' + b"[" * 100000, "offset")
    text("an empty file", b"", "offset 0")
    text("something else", b"\x7fELF" + b"x" * 100, "offset 0")
    blob = json.dumps({"version": 2, "variables": [variable("A", b"1"), {"name": "B"}]}).encode()
    text("the second variable", blob, f"offset {blob.rindex(b'{')}")


def bad_volumes(tap, folder, image):
    path = os.path.join(folder, "bad.fd")

    def bad(what, blob, words="offset"):
        rejected(tap, what, image, write(path, bytes(blob)), words)

    def changed(at, data, records=record("A", b"a"), fix=False):
        blob = volume(records)
        blob[at:at + len(data)] = data
        if fix:
            blob[50:52] = bytes(2)
            struct.pack_into("<H", blob, 50, -sum(struct.unpack("<36H", blob[:72])) & 0xffff)
        return blob

    bad("a wrong checksum", changed(56, b"\x77"), "checksum")
    bad("a header of no size", changed(48, b"\0\0", fix=True), "header")
    bad("a header larger than the file", changed(48, b"\xfe\xff", fix=True), "header")
    bad("another file system", changed(16, b"\0" * 16, fix=True), "GUID")
    bad("a volume larger than the file", changed(32, struct.pack("<Q", 2**63), fix=True), "bytes")
    bad("another store", changed(72, b"\0" * 16), "offset 72")
    bad("a store larger than the volume", changed(88, b"\xff" * 4), "offset 72")
    bad("a store of no size", changed(88, b"\0" * 4), "offset 72")
    bad("a store that is not healthy", changed(93, b"\0"), "healthy")
    bad("a name that is too long", changed(136, b"\xf0\xff\xff\x7f"), "offset 100")
    bad("data that is too long", changed(140, b"\xf0\xff\xff\xff"), "offset 100")
    bad("a name of no size", changed(136, b"\0" * 4), "offset 100")
    bad("an odd name", changed(136, b"\3\0\0\0"), "offset 100")
    bad("a name without an end", changed(162, b"AA"), "terminated")
    bad("noise behind the variables", changed(0x2000, b"noise"), "neither")
    bad("a variable twice", volume(record("A", b"a") * 2), "twice")
    bad("a volatile variable", volume(record("A", b"a", attr=6)), "NV")
    bad("a count-based variable", volume(record("A", b"a", attr=0x17)), "AW")
    bad("a queue that does not fit",
        changed(0xf020, struct.pack("<B3x16s4xQQ", 0xfc, b"", 2**60, 2**60)), "queue")
    bad("a working area that does not fit",
        changed(0xf000, WORKING + struct.pack("<I", zlib.crc32(
            WORKING + b"\xff" * 8 + b"\xff" * 8)) + b"\xfe\xff\xff\xff" + b"\xff" * 8), "working")
    waits = struct.pack("<B3x16s4xQQ", 0xfc, b"", 1, 0) + struct.pack("<B7xQQQq", 0xfd, 0, 0, 0, 0)
    bad("an update that waits without a copy", changed(0xf020, waits), "spare")
    whole = bytes(volume(b"".join(record(f"V{i}", b"v" * i) for i in range(1, 60))))
    wrong = []
    for size in list(range(0, 200, 7)) + list(range(200, 0x20000, 5003)):
        done = tool("--flash", image, "import", write(path, whole[:size]))
        if done.code != 3 or "offset" not in done.err:
            wrong.append(done)
    tap.ok(not wrong, "import: truncated volumes", *wrong[:1])


def conflicts(tap, folder):
    image = os.path.join(folder, "conflicts.img")
    path = os.path.join(folder, "conflicts.json")
    tool("--flash", image, "--create", "64K", "set", f"{GUID}-Same", "same")
    tool("--flash", image, "set", f"{GUID}-Other", "other")
    tool("--flash", image, "set", f"{GUID}-Kept", "kept")
    before = content(image)
    write_json(path, [variable("Same", b"same"), variable("Other", b"changed", attr=3),
                      variable("New", b"new")])
    done = tool("--flash", image, "import", path)
    tap.ok(done.code == 1 and f"{GUID}-Other" in done.err and "--force" in done.err
           and f"{GUID}-Same" not in done.err and content(image) == before,
           "a variable with other content is not overwritten", done)
    done = tool("--flash", image, "import", path, "--force")
    got = {v["name"]: (bytes.fromhex(v["data"]), v["attr"]) for v in stored(image)}
    tap.ok(done.code == 0 and got == {"Same": (b"same", 7), "Other": (b"changed", 3),
                                      "New": (b"new", 7), "Kept": (b"kept", 7)},
           "but with --force, also where attributes differ; nothing is removed", done, got)
    before = content(image)
    write_json(path, [variable(f"Big{i}", b"b" * 10000) for i in range(8)])
    done = tool("--flash", image, "import", path)
    tap.ok(done.code == 1 and "OUT_OF_RESOURCES" in done.err and "Nothing was changed" in done.err
           and content(image) == before, "what does not fit is not begun", done)
    fresh = os.path.join(folder, "fresh.img")
    done = tool("--flash", fresh, "--create", "64K", "import", path)
    tap.ok(done.code == 1 and not os.path.exists(fresh),
           "and a file that was made for it does not stay", done)
    write_json(path, [variable("SetupMode", b"\1", GLOBAL)])
    before = content(image)
    done = tool("--flash", image, "import", path)
    tap.ok(done.code == 1 and "SetupMode" in done.err and content(image) == before,
           "a variable that the service computes cannot be imported", done)
    write_json(path, [variable("Untimed", b"u", attr=AUTH)])
    done = tool("--flash", image, "import", path, "--force")
    got = [v for v in stored(image) if v["name"] == "Untimed"]
    tap.ok(done.code == 0 and "Untimed" in done.err and got[0]["time"] == "00" * 16,
           "--force takes zeros for a missing time stamp, and says so", done, got)
    done = tool("--flash", image, "export", os.path.join(folder, "what"))
    tap.ok(done.code == 2 and "--format" in done.err, "a format has to be named", done)
    big = os.path.join(folder, "big.img")
    write_json(path, [variable(f"Big{i}", b"b" * 10000) for i in range(8)])
    tool("--flash", big, "--create", "512K", "import", path)
    done = tool("--flash", big, "export", os.path.join(folder, "big.fd"), "--layout", "ovmf-2m")
    tap.ok(done.code == 1 and "--layout" in done.err
           and not os.path.exists(os.path.join(folder, "big.fd")),
           "a volume that is too small says so", done)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        image = json_round_trip(tap, folder)
        volume_round_trip(tap, folder, image)
        volume_states(tap, folder)
        volume_signers(tap, folder)
        bad_json(tap, folder, image)
        bad_volumes(tap, folder, image)
        conflicts(tap, folder)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
