#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Secure Boot keys that efitools signed, enrolled in an image with the tool. Prints TAP."""
import os
import sys
import tempfile

from tool_runner import ROOT, Tap, tool

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
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
