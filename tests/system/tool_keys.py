#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Secure Boot keys that efitools signed, set in an image with the tool, and the commands of
docs/secure-boot.md as they stand there. Prints TAP."""
import json
import os
import re
import subprocess
import sys
import tempfile

from tool_runner import FFAVARS, ROOT, Tap, tool

sys.path.insert(0, os.path.join(ROOT, "scripts"))

import secureboot_keys    # pylint: disable=wrong-import-position

OWN = "NV|BS|RT|AT"

#: What is done with which file, words of the refusal (None: it is accepted), and what that shows.
STEPS = [
    ("set", "global-PK", "PK.auth", None, "PK is enrolled in a new image"),
    ("set", "global-KEK", "KEK.auth", None, "KEK is enrolled, signed by PK"),
    ("set", "security-db", "db.auth", None, "db is enrolled, signed by KEK"),
    ("append", "security-db", "more.auth", None, "db is appended to"),
    ("set", "security-db", "db.auth", "not later", "the first db once more is refused"),
    ("set", "security-db", "foreign.auth", "vouches", "a db by somebody else is refused"),
    ("set", "security-db", "db.esl", "SECURITY_VIOLATION", "a db that nobody signed is refused"),
    ("set", "security-dbx", "db.auth", "not over this write",
     "a file that was signed for another variable is refused"),
    ("set", "global-PK", "KEK.auth", "not later", "so is one with PK's time stamp"),
]


def common_names(flash, name):
    """Of the certificates that a variable holds."""
    done = tool("--flash", flash, "get", "--json", name)
    return [s["subject"] for s in json.loads(done.out)["decoded"]["signatures"]] \
        if done.code == 0 else done.code


def documented(tap, folder):
    """Each block of commands on the page, in the order in which a reader types them."""
    os.mkdir(folder)
    with open(os.path.join(ROOT, "docs", "secure-boot.md"), encoding="utf-8") as file:
        blocks = re.findall(r"^```sh\n(.*?)^```$", file.read(), flags=re.MULTILINE | re.DOTALL)
    tap.ok(len(blocks) == 6, "docs/secure-boot.md has six blocks of commands", blocks)
    # They share a shell: one chooses a name that others use.
    done = subprocess.run(["sh", "-e", "-x"], input="\n".join(blocks), text=True, cwd=folder,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False,
                          env=dict(os.environ, PATH=os.path.dirname(os.path.abspath(FFAVARS))
                                   + ":" + os.environ["PATH"]))
    tap.ok(done.returncode == 0 and "SetupMode" in done.stdout, "they all work", done.stdout)
    flash, signed = (os.path.join(folder, name) for name in ("flash.bin", "signed.bin"))
    got = [common_names(flash, name) for name in ("global-PK", "global-KEK", "security-db")]
    tap.ok(got == [["CN=PK"], ["CN=KEK"], ["CN=db", "CN=more"]], "and enroll what they say", got)
    got = [common_names(signed, name) for name in ("global-PK", "global-KEK", "security-db")]
    tap.ok(got == [1, ["CN=KEK"], ["CN=db"]], "and remove PK", got)


def notes(tap, flash, folder):
    """What the service notes for itself beside variables: fsck must neither blame nor remove it."""
    open(os.path.join(folder, "nothing.esl"), "wb").close()
    secureboot_keys.run("sign-efi-sig-list", "-t", "2024-04-01 00:00:00", "-k", "KEK.key", "-c",
                        "KEK.crt", "db", "nothing.esl", "no-db.auth", cwd=folder)
    done = tool("--flash", flash, "--attributes", OWN, "set", "security-db", "--file",
                os.path.join(folder, "no-db.auth"))
    tap.ok(done.code == 0, "db is deleted by a signed write", done)
    done = tool("--flash", flash, "--hex", "set", "global-DeployedMode", "01")
    tap.ok(done.code == 0, "deployed mode is entered", done)
    done = tool("--flash", flash, "fsck", "--repair")
    tap.ok(done.code == 0, "fsck finds nothing to repair", done)
    done = tool("--flash", flash, "--raw", "get", "global-DeployedMode")
    tap.ok(done.raw == b"\1", "and the mode is what it was", done)
    done = tool("--flash", flash, "--attributes", OWN, "set", "security-db", "--file",
                os.path.join(folder, "db.auth"))
    tap.ok(done.code == 1 and "not later" in done.err, "and the deleted db does not come back",
           done)


def strange_time(tap, folder):
    """sign-efi-sig-list makes 1900-1-0 of a time that it does not understand. The service takes
    what was signed with it, so that all else has to."""
    flash, volume, text = (os.path.join(folder, f"strange.{end}") for end in ("bin", "fd", "json"))
    secureboot_keys.run("sign-efi-sig-list", "-t", "garbage", "-k", "KEK.key", "-c", "KEK.crt", "db",
                        "db.esl", "strange.auth", cwd=folder)
    keys = [os.path.join(folder, f"{name}.auth") for name in ("PK", "KEK", "strange")]
    done = tool("--flash", flash, "--create", "1M", "enroll", "--pk", keys[0], "--kek", keys[1],
                "--db", keys[2])
    tap.ok(done.code == 0, "a db that was signed for a time that is no date is taken", done)
    done = tool("--flash", flash, "fsck")
    tap.ok(done.code == 0 and "nothing is wrong" in done.out and
           "db has the time stamp 1900-01-00 00:00:00, which is no date" in done.out,
           "fsck notes it and finds nothing wrong", done)
    done = tool("--flash", flash, "fsck", "--json")
    said = json.loads(done.out)
    tap.ok(done.code == 0 and said["problems"] == [] and len(said["notes"]) == 1, "as JSON, too", done)
    stored = sorted(json.loads(tool("--flash", flash, "dump", "--json").out)["variables"],
                    key=lambda v: v["name"])
    for path in (text, volume):
        done = tool("--flash", flash, "export", path)
        tap.ok(done.code == 0, f"it is exported into {os.path.basename(path)}", done)
        again = path + ".img"
        done = tool("--flash", again, "--create", "1M", "import", path)
        shown = tool("--flash", again, "dump", "--json")
        tap.ok(done.code == 0 and shown.code == 0 and stored ==
               sorted(json.loads(shown.out)["variables"], key=lambda v: v["name"]),
               "and imported with the same time stamp", done, shown)
    done = tool("--flash", again, "enroll", "--db", os.path.join(folder, "db.auth"))
    tap.ok(done.code == 0, "where a later db replaces it", done)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="ffavars-") as folder:
        secureboot_keys.make(folder)
        flash = os.path.join(folder, "flash.bin")
        tap.ok(tool("--flash", flash, "--create", "1M", "info").code == 0, "an image is made")
        for verb, name, file, words, what in STEPS:
            done = tool("--flash", flash, "--attributes", OWN, verb, name, "--file",
                        os.path.join(folder, file))
            tap.ok(done.code == 0 if words is None else done.code == 1 and words in done.err,
                   what, done)
        done = tool("--flash", flash, "--raw", "get", "global-SetupMode")
        tap.ok(done.raw == b"\0", "SetupMode is 0", done)
        expected = b""
        for name in ("db.esl", "more.esl"):
            with open(os.path.join(folder, name), "rb") as file:
                expected += file.read()
        done = tool("--flash", flash, "--raw", "get", "security-db")
        tap.ok(done.raw == expected, "db holds both certificates", done)
        notes(tap, flash, folder)
        strange_time(tap, folder)
        documented(tap, os.path.join(folder, "page"))
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
