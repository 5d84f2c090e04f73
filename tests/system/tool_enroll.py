#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""ffavars enroll: keys and hashes from every kind of file, signed and not. Prints TAP.

Files are made by OpenSSL and efitools.
"""
import glob
import hashlib
import json
import os
import struct
import subprocess
import sys
import tempfile
import uuid

from tool_runner import ROOT, Tap, content, tool, write

sys.path.insert(0, os.path.join(ROOT, "scripts"))

import secureboot_keys    # pylint: disable=wrong-import-position

DEFAULT_OWNER = "3da5623f-d511-48f5-aa64-35790f5b951e"
OTHER_OWNER = "5f3d2a10-7c41-4b8e-9d02-112233445566"
X509 = uuid.UUID("a5c059a1-94e4-4aa7-87b5-ab155c2bf072").bytes_le
SHA256 = uuid.UUID("c1c41626-504c-4092-aca9-41f936934328").bytes_le
VENDOR = os.environ.get("FFAV_SECUREBOOT_DATA", os.path.join(os.path.dirname(ROOT), "shared",
                                                             "data", "secureboot"))


class Keys:
    """A folder with keys, and files of every kind that hold them."""

    def __init__(self, folder):
        self.folder = folder
        secureboot_keys.make(folder)
        for name, kind in (("ec", ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]),
                           ("weak", ["rsa:1024"]), ("curve", ["ec", "-pkeyopt",
                                                              "ec_paramgen_curve:secp256k1"])):
            secureboot_keys.run("openssl", "req", "-new", "-x509", "-newkey", *kind, "-nodes",
                                "-days", "3650", "-subj", f"/CN={name}/", "-keyout", f"{name}.key",
                                "-out", f"{name}.crt", cwd=folder)
        for name in ("PK", "KEK", "db", "more", "ec", "weak"):
            secureboot_keys.run("openssl", "x509", "-in", f"{name}.crt", "-outform", "DER", "-out",
                                f"{name}.der", cwd=folder)
        write(self("two.pem"), b"A comment in front\n" + content(self("ec.crt")) +
              content(self("more.crt")))
        hashes = b"".join(uuid.UUID(OTHER_OWNER).bytes_le + bytes([i]) * 32 for i in (1, 2))
        write(self("hashes.esl"), SHA256 + struct.pack("<III", 28 + 96, 0, 48) + hashes)
        secureboot_keys.run("sign-efi-sig-list", "-t", "2034-01-01 00:00:00", "-k", "PK.key", "-c",
                            "PK.crt", "PK", "/dev/null", "noPK.auth", cwd=folder)

    def __call__(self, name):
        return os.path.join(self.folder, name)

    def digest(self, name):
        return hashlib.sha256(content(self(f"{name}.der"))).hexdigest()


def holds(image, name):
    """What a variable holds, entry by entry: the digest of a certificate, or the hash."""
    done = tool("--flash", image, "get", "--json", name)
    if done.code:
        return None
    return [s.get("sha256", s.get("hash")) for s in json.loads(done.out)["decoded"]["signatures"]]


def state(image):
    return tool("--flash", image, "--raw", "get", "global-SetupMode").raw


def setup_mode(tap, keys, image):
    arguments = ["enroll", "--pk", keys("PK.crt"), "--kek", keys("KEK.der"), "--db",
                 keys("two.pem"), "--db", keys("db.esl"), "--dbx", keys("hashes.esl")]
    done = tool("--flash", image, "--create", "1M", *arguments, "--dry-run")
    tap.ok(done.code == 0 and "db: would be enrolled: CN=ec" in done.out
           and not os.path.exists(image), "--dry-run shows it and makes nothing", done)
    tool("--flash", image, "--create", "1M", "list")
    before = content(image)
    done = tool("--flash", image, *arguments, "--dry-run")
    tap.ok(done.code == 0 and content(image) == before, "or leaves an image as it was", done)
    done = tool("--flash", image, *arguments)
    names = [line.split(":")[0] for line in done.lines]
    tap.ok(done.code == 0 and names == ["db"] * 3 + ["dbx"] * 2 + ["KEK", "PK"]
           and all("enrolled: " in line for line in done.lines)
           and keys.digest("PK") in done.lines[-1],
           "a certificate in PEM, one in DER, two in PEM, and two files of lists", done)
    tap.ok(holds(image, "security-db") == [keys.digest(n) for n in ("ec", "more", "db")] and
           holds(image, "security-dbx") == ["01" * 32, "02" * 32] and
           holds(image, "global-KEK") == [keys.digest("KEK")] and
           holds(image, "global-PK") == [keys.digest("PK")], "each variable holds what it should")
    tap.ok(state(image) == b"\0", "and setup mode has ended")
    said = json.loads(tool("--flash", image, "get", "--json", "security-db").out)
    tap.ok([s["owner"] for s in said["decoded"]["signatures"]] ==
           [DEFAULT_OWNER] * 2 + [secureboot_keys.OWNER], "owners are ours and the file's", said)
    before = content(image)
    for option, file in (("--db", "ec.crt"), ("--dbx", "hashes.esl"), ("--kek", "ec.der"),
                         ("--pk", "ec.crt")):
        done = tool("--flash", image, "enroll", option, keys(file))
        tap.ok(done.code == 1 and "PK is enrolled already" in done.err and file in done.err
               and content(image) == before, f"{option} without a signature is refused now", done)


def step_by_step(tap, keys, folder):
    image = os.path.join(folder, "steps.img")
    options = ["--flash", image, "enroll", "--time", "2020-02-29 01:02:03"]
    done = tool(*options, "--create", "1M", "--db", keys("ec.crt"), "--owner", OTHER_OWNER)
    said = json.loads(tool("--flash", image, "dump", "--json").out)["variables"]
    tap.ok(done.code == 0 and [v["time"] for v in said] == ["e407021d010203" + "00" * 9],
           "--time is the time stamp", done, said)
    done = tool(*options, "--db", keys("more.der"), "--db", keys("ec.crt"), "--owner", OTHER_OWNER)
    tap.ok(done.code == 0 and "there already: CN=ec" in done.out
           and holds(image, "security-db") == [keys.digest("ec"), keys.digest("more")],
           "in setup mode new ones are added, and what is there is not added again", done)
    done = tool("--flash", image, "enroll", "--force", "--db", keys("db.esl"), "--db",
                keys("ec.crt"), "--json")
    said = json.loads(done.out)
    tap.ok(done.code == 0 and holds(image, "security-db") == [keys.digest("db"), keys.digest("ec")]
           and [(s["variable"], s["kind"], s["append"]) for s in said] ==
           [("db", "signature lists", False), ("db", "PEM", True)],
           "--force replaces what was there by all that is given", done)
    done = tool(*options, "--db", keys("more.der"), "--force")
    tap.ok(done.code == 1 and "not later" in done.err, "but not with an earlier time", done)
    before = content(image)
    for what, arguments, words in (
            ("two certificates for PK", ["--pk", keys("two.pem")], "one certificate"),
            ("a hash for PK", ["--pk", keys("hashes.esl")], "X.509 certificate"),
            ("a weak key for KEK", ["--kek", keys("weak.crt")], "2048 to 4096"),
            ("a curve that nobody accepts", ["--pk", keys("curve.crt")], "P-256"),
            ("good files and a bad one", ["--db", keys("more.crt"), "--pk", keys("PK.key")],
             "private key"),
            ("good files and one that is missing", ["--db", keys("more.crt"), "--kek",
                                                    keys("absent")], "cannot be opened"),
            ("one that the service refuses", ["--db", keys("more.crt"), "--kek", keys("big.esl")],
             "KEK")):
        if what.endswith("refuses"):
            one = X509 + struct.pack("<III", 28 + 16 + len(content(keys("ec.der"))), 0,
                                     16 + len(content(keys("ec.der")))) + bytes(16) + \
                content(keys("ec.der"))
            write(keys("big.esl"), one * 300)
        done = tool("--flash", image, "enroll", *arguments)
        tap.ok(done.code in (1, 3) and words in done.err and "Nothing was changed" in done.err
               and content(image) == before, f"{what}: nothing is enrolled", done)
    tap.ok(tool("--flash", image, "enroll", "--db", keys("weak.crt")).code == 0,
           "in db a weak key verifies images, which is the firmware's affair")


def signed(tap, keys, folder):
    image = os.path.join(folder, "signed.img")
    done = tool("--flash", image, "--create", "1M", "enroll", "--pk", keys("PK.auth"), "--kek",
                keys("KEK.auth"), "--db", keys("db.auth"), "--db", keys("more.auth"))
    tap.ok(done.code == 0 and holds(image, "security-db") == [keys.digest("db"), keys.digest("more")]
           and "as it was signed" in done.out and state(image) == b"\0",
           "signed files in setup mode, one of them for appending", done)
    before = content(image)
    for what, arguments, code, words in (
            ("the same db again", ["--db", keys("db.auth")], 1, "not later"),
            ("a db by somebody else", ["--db", keys("foreign.auth")], 1, "vouches"),
            ("KEK's file for db", ["--db", keys("KEK.auth")], 3, "not signed for db"),
            ("db's file for dbx", ["--dbx", keys("db.auth")], 3, "not signed for dbx"),
            ("a good file and one without a signature", ["--db", keys("more.auth"), "--dbx",
                                                         keys("hashes.esl")], 1, "not signed")):
        done = tool("--flash", image, "enroll", *arguments)
        tap.ok(done.code == code and words in done.err and content(image) == before,
               f"{what} is refused, and nothing is changed", done)
    done = tool("--flash", image, "enroll", "--db", keys("more.auth"))
    tap.ok(done.code == 0 and "there already" in done.out, "an append once more is harmless", done)
    blob = bytearray(content(keys("more.auth")))
    blob[-5] ^= 1
    done = tool("--flash", image, "enroll", "--db", write(keys("flipped.auth"), blob))
    tap.ok(done.code == 3 and "other data" in done.err, "one bit of its data is another", done)
    done = tool("--flash", image, "enroll", "--pk", keys("noPK.auth"))
    tap.ok(done.code == 0 and "PK: removed, as it was signed" in done.out and state(image) == b"\1",
           "PK's owner removes it", done)


def files(tap, keys, folder):
    """Files that are none, and files that are cut off at every byte."""
    image = os.path.join(folder, "files.img")
    tool("--flash", image, "--create", "256K", "list")
    before = content(image)
    der, esl, auth = (content(keys(n)) for n in ("ec.der", "db.esl", "db.auth"))
    pem = content(keys("ec.crt"))
    for what, data, words in (
            ("an empty file", b"", "empty"), ("text", b"hello\n", "offset 0"),
            ("zeros", bytes(100), "offset 0"), ("a private key", content(keys("ec.key")),
                                                "private key"),
            ("a request", pem.replace(b"CERTIFICATE", b"CERTIFICATE REQUEST"), "no certificate"),
            ("PEM with a NUL", pem[:100] + b"\0" + pem[100:], "NUL"),
            ("PEM that is damaged", pem[:100] + b"!!!" + pem[103:], "certificate"),
            ("PEM with one of two damaged", pem + pem[:100] + b"AAAA" + pem[104:], "cannot be read"),
            ("DER with a byte behind it", der + b"\0", f"offset {len(der)}"),
            ("lists with a byte behind them", esl + b"\0", f"{len(esl)} of the file"),
            ("a file of efivarfs", b"\x27\0\0\0" + auth, "tail -c +5"),
            ("lists of efivarfs", b"\x27\0\0\0" + esl, "tail -c +5"),
            ("a descriptor of no length", auth[:16] + bytes(4) + auth[20:], "dwLength"),
            ("a descriptor that is too long", auth[:16] + b"\xff\xff\xff\x7f" + auth[20:], "dwLength"),
            ("a descriptor with a time zone", auth[:12] + b"\1\0" + auth[14:], "TimeZone"),
            ("a descriptor without a signature", auth[:16] + b"\x18\0\0\0" + auth[20:40] + esl,
             "no signature"),
            ("a large file", bytes(2 << 20), "larger than")):
        done = tool("--flash", image, "enroll", "--db", write(keys("bad"), data))
        tap.ok(done.code == 3 and words in done.err and content(image) == before, what, done)
    bad = []
    for name, blob, step in (("ec.der", der, 1), ("ec.crt", pem, 3), ("db.esl", esl, 9),
                             ("db.auth", auth, 17)):
        for size in range(0, len(blob), step):
            # PEM has a newline behind its last line.
            if name == "ec.crt" and blob[size:] == b"\n":
                continue
            done = tool("--flash", image, "enroll", "--db", write(keys("cut"), blob[:size]))
            if done.code != 3 or not done.err or content(image) != before:
                bad.append(done)
    tap.ok(not bad, "files that are cut off are refused wherever it is", *bad[:3])
    for path, words in ((folder, "cannot be read"), ("/nonexistent", "cannot be opened"),
                        ("/dev/zero", "larger than")):
        done = tool("--flash", image, "enroll", "--db", path)
        tap.ok(done.code == 3 and words in done.err, f"--db {os.path.basename(path)}", done)
    done = tool("--flash", image, "enroll", "--db", "-", stdin=pem)
    tap.ok(done.code == 0 and holds(image, "security-db") == [keys.digest("ec")],
           "standard input", done)


def command_lines(tap, keys, folder):
    image = os.path.join(folder, "usage.img")
    tool("--flash", image, "--create", "256K", "list")
    for arguments, words in (
            ([], "needs a file"), (["--pk", keys("PK.crt"), "--pk", keys("PK.crt")], "twice"),
            (["--db", keys("ec.crt"), "--owner", "me"], '"me"'),
            (["--db", keys("ec.crt"), "--owner", OTHER_OWNER + "0"], "GUID"),
            (["--db", keys("ec.crt"), "--time", "yesterday"], '"yesterday"'),
            (["--db", keys("ec.crt"), "--time", "2026-02-31 00:00:00"], "date"),
            (["--db", keys("ec.crt"), "--time", "2026-01-31 00:00:00Z"], "date"),
            (["--db", keys("ec.crt"), "name"], '"name"'),
            (["--db", keys("ec.crt")] * 65, "64 files")):
        done = tool("--flash", image, "enroll", *arguments)
        tap.ok(done.code == 2 and words in done.err, f"enroll {' '.join(arguments)[-40:]}", done)
    for option in ("--db", "--owner", "--time"):
        value = {"--db": keys("ec.crt"), "--owner": OTHER_OWNER,
                 "--time": "2026-01-31 00:00:00"}[option]
        done = tool("--flash", image, "list", option, value)
        tap.ok(done.code == 2 and option in done.err, f"list does not take {option}", done)


def vendors(tap, keys, folder):
    """The updates of dbx that vendors publish, under the key exchange key that signs them."""
    updates = sorted(glob.glob(os.path.join(VENDOR, "dbx-updates", "*.bin")))
    kek = os.path.join(VENDOR, "certificates", "kek-2011.der")
    if not updates or not os.path.exists(kek):
        tap.ok(True, "updates of vendors # SKIP they are not there")
        return
    for path in updates:
        image = os.path.join(folder, os.path.basename(path) + ".img")
        done = tool("--flash", image, "--create", "1M", "enroll", "--pk", keys("PK.crt"), "--kek",
                    keys("ec.crt"))
        before = content(image)
        refused = tool("--flash", image, "enroll", "--dbx", path)
        tap.ok(done.code == 0 and refused.code == 1 and "vouches" in refused.err
               and content(image) == before,
               f"{os.path.basename(path)} without its KEK", done, refused)
        image += "2"
        done = tool("--flash", image, "--create", "1M", "enroll", "--pk", keys("PK.crt"), "--kek",
                    kek)
        done = tool("--flash", image, "enroll", "--json", "--dbx", path)
        got = holds(image, "security-dbx")
        tap.ok(done.code == 0 and got and
               len(json.loads(done.out)[0]["signatures"]) == len(got),
               f"{os.path.basename(path)}, {len(got or [])} entries, under its KEK", done)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="ffavars-") as folder:
        keys = Keys(os.path.join(folder, "keys"))
        setup_mode(tap, keys, os.path.join(folder, "setup.img"))
        step_by_step(tap, keys, folder)
        signed(tap, keys, folder)
        files(tap, keys, folder)
        command_lines(tap, keys, folder)
        vendors(tap, keys, folder)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
